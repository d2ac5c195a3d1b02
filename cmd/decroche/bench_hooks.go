package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// hookEar is another system that is told what happens in calls. Every second delivery it refuses at first, so that
// some wait to be sent again whenever a gateway is killed.
type hookEar struct {
	srv    *http.Server
	addr   string
	secret string // its file

	mu      sync.Mutex
	refused map[string]bool
	bodies  map[string][]byte // of what was taken, by webhook-id
	again   int               // that came once more
	changed int               // of them with another body
}

// newHookEar listens on loopback. Close it.
func newHookEar() (*hookEar, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "decroche-hook-")
	if err == nil {
		_, err = f.WriteString(rand.Text())
		if e := f.Close(); err == nil {
			err = e
		}
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	h := &hookEar{addr: l.Addr().String(), secret: f.Name(), refused: map[string]bool{}, bodies: map[string][]byte{}}
	h.srv = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.srv.Serve(l) }()
	return h, nil
}

// config is the part of a gateway's configuration that tells it everything of calls.
func (h *hookEar) config() string {
	return fmt.Sprintf("chat: {webhooks: [{url: \"http://%s/\", secret: \"file:%s\", allow_private: true, events: [call.handoff, call.handoff_ended, call.callback, call.ended]}]}", h.addr, h.secret)
}

// ServeHTTP implements http.Handler.
func (h *hookEar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	id := r.Header.Get("Webhook-Id")
	h.mu.Lock()
	defer h.mu.Unlock()
	was, taken := h.bodies[id]
	switch {
	case err != nil || id == "":
		w.WriteHeader(http.StatusBadRequest)
	case taken:
		h.again++
		if !bytes.Equal(was, body) {
			h.changed++
		}
	case !h.refused[id] && id[len(id)-1]%2 == 1:
		h.refused[id] = true
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		h.bodies[id] = body
	}
}

// lacks lists which of these deliveries have not come.
func (h *hookEar) lacks(want map[string]bool) (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range want {
		if h.bodies[id] == nil {
			out = append(out, id)
		}
	}
	return out
}

// strangers counts what came and nobody should have sent.
func (h *hookEar) strangers(want map[string]bool) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range h.bodies {
		if !want[id] {
			n++
		}
	}
	return n
}

func (h *hookEar) Close() {
	_ = h.srv.Close()
	_ = os.Remove(h.secret)
}

// told are the kinds of events of which other systems are told, in calls.
func told(kind string) bool {
	return strings.Contains(" transfer_started transfer_ended callback_taken ended ", " "+kind+" ")
}
