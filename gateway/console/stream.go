package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"decroche/gateway/event"
)

const (
	heartbeat   = 15 * time.Second // keeps proxies from closing a quiet stream
	streamWrite = 10 * time.Second // a browser that does not read for so long is gone
)

// events streams the running conversations, then every event (server-sent events, WHATWG HTML
// §9.2). A watcher that fell behind gets a new snapshot marked "gap" and goes on from there.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "10")
		s.fail(w, r, http.StatusServiceUnavailable, "too many watch already (http.max_streams)")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	out := &stream{w: w, ctl: http.NewResponseController(w)}
	for gap := false; ; gap = true {
		again, err := s.watch(r.Context(), out, gap)
		if err != nil || !again {
			return
		}
	}
}

// watch sends one snapshot and what follows; it returns true after a gap.
func (s *Server) watch(ctx context.Context, out *stream, gap bool) (bool, error) {
	snap, sub := s.d.Board.Watch()
	defer sub.Close()
	if err := out.send("snapshot", struct {
		event.Snapshot
		Gap bool `json:"gap,omitempty"`
	}{snap, gap}); err != nil {
		return false, err
	}
	for {
		wait, cancel := context.WithTimeout(ctx, heartbeat)
		e, err := sub.Recv(wait)
		cancel()
		switch {
		case err == nil:
			err = out.send("event", eventJSON{e.Conv, e.Seq, e.At, e.Body.Type(), e.Body})
		case errors.Is(err, event.ErrGap):
			return true, nil
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			err = out.write(": still here\n\n")
		}
		if err != nil {
			return false, err
		}
	}
}

// stream writes server-sent events and pushes each out at once.
type stream struct {
	w   http.ResponseWriter
	ctl *http.ResponseController
}

func (s *stream) send(name string, v any) error {
	data, err := json.Marshal(v) // one line: JSON escapes line ends
	if err != nil {
		return err
	}
	return s.write("event: " + name + "\ndata: " + string(data) + "\n\n")
}

func (s *stream) write(text string) error {
	if err := s.ctl.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.ctl.Flush()
}
