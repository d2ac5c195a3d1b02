package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"decroche/gateway/event"
)

const (
	heartbeat   = 15 * time.Second // keeps proxies from closing a quiet stream
	streamWrite = 10 * time.Second // a browser that does not read for so long is gone
	// A watcher takes what has come in gulps, so that the number of watchers costs the calls
	// nothing: at most streamGulp events at once, and not more often than each streamPace.
	streamPace = 50 * time.Millisecond
	streamGulp = 32
	// crewPace is how often a quiet stream looks whether somebody came or went.
	crewPace = 500 * time.Millisecond
	crewLook = 5 * time.Second
)

// events streams the running conversations, then every event (server-sent events, WHATWG HTML
// §9.2), and who can take callers whenever that changes. A watcher that fell behind gets a new snapshot marked "gap" and goes on from there.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	leave, ok := enter(s.boards)
	if !ok {
		w.Header().Set("Retry-After", "10")
		s.fail(w, r, http.StatusServiceUnavailable, fmt.Sprintf("%d boards watch already, which is http.max_streams; close one, or raise it", cap(s.boards)))
		return
	}
	defer leave()
	out := newStream(w)
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
	list := make([]event.Event, 0, streamGulp)
	crew, queues := crewStream{s: s, out: out}, queueStream{s: s, out: out}
	for {
		wait, cancel := context.WithTimeout(ctx, crewPace)
		list, err := sub.Next(wait, list)
		cancel()
		switch {
		case err == nil:
			err = out.events(list)
		case errors.Is(err, event.ErrGap):
			return true, nil
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			if err = nil; time.Since(out.wrote) >= heartbeat {
				err = out.write(": still here\n\n")
			}
		}
		if err == nil {
			err = errors.Join(crew.send(), queues.send())
		}
		if err == nil && len(list) < cap(list) { // who lags behind does not wait
			err = pause(ctx, streamPace)
		}
		if err != nil {
			return false, err
		}
	}
}

// crewStream sends who is there, whole, whenever it changes.
type crewStream struct {
	s      *Server
	out    *stream
	turn   uint64
	looked time.Time
	sent   []byte
}

// send looks at once when something changed at a desk; telephones of who has no desk tell nobody that
// they are in use, so that these are looked at now and then.
func (c *crewStream) send() error {
	d := c.s.d.Desk
	if d == nil || d.Turn() == c.turn && time.Since(c.looked) < crewLook {
		return nil
	}
	team, turn, _ := d.Team()
	c.turn, c.looked = turn, time.Now()
	data, err := json.Marshal(crewOf(team))
	if err != nil || bytes.Equal(data, c.sent) {
		return err
	}
	c.sent = data
	return c.out.send("agents", json.RawMessage(data))
}

// queueStream sends how the queues stand, whole, whenever that changes.
type queueStream struct {
	s      *Server
	out    *stream
	looked time.Time
	sent   []byte
}

// queuePace is how soon the queues are looked at again, beside crewPace.
const queuePace = 250 * time.Millisecond

// send looks again, and sends what differs in more than how long somebody has waited: that is told by
// when they came.
func (q *queueStream) send() error {
	if q.s.d.Desk == nil || time.Since(q.looked) < queuePace {
		return nil
	}
	q.looked = time.Now()
	now := q.s.queuesNow()
	told := now
	told.Queues = slices.Clone(now.Queues)
	for i := range told.Queues {
		told.Queues[i].LongestS = 0
	}
	data, err := json.Marshal(told)
	if err != nil || bytes.Equal(data, q.sent) {
		return err
	}
	q.sent = data
	return q.out.send("queues", now)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter takes one of the places of a kind of stream, of which there are as many as the channel is long; false
// when all are taken. leave gives it back.
func enter(places chan struct{}) (leave func(), ok bool) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, true
	default:
		return nil, false
	}
}

// newStream begins to answer with server-sent events, which nobody on the way keeps or holds back.
func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would
	return &stream{w: w, ctl: http.NewResponseController(w)}
}

// stream writes server-sent events and pushes each out at once.
type stream struct {
	w     http.ResponseWriter
	ctl   *http.ResponseController
	wrote time.Time // last
}

func (s *stream) send(name string, v any) error {
	data, err := json.Marshal(v) // one line: JSON escapes line ends
	if err != nil {
		return err
	}
	return s.write("event: " + name + "\ndata: " + string(data) + "\n\n")
}

// events writes what happened, and pushes it out at once: one deadline and one push for all of it, since
// two hundred boards beside a thousand calls take a hundred thousand events a second.
func (s *stream) events(list []event.Event) error {
	if err := s.begin(); err != nil {
		return err
	}
	for _, e := range list {
		data, err := e.JSON()
		if err != nil {
			return err
		}
		for _, part := range [...][]byte{eventHead, data, eventTail} {
			if _, err := s.w.Write(part); err != nil {
				return err
			}
		}
	}
	return s.ctl.Flush()
}

func (s *stream) write(text string) error {
	if err := s.begin(); err != nil {
		return err
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.ctl.Flush()
}

// eventHead and eventTail stand around each event.
var eventHead, eventTail = []byte("event: event\ndata: "), []byte("\n\n")

// begin gives what is written next its time.
func (s *stream) begin() error {
	s.wrote = time.Now()
	if err := s.ctl.SetWriteDeadline(s.wrote.Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
