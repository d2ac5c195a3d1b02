package webhook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/internal/hooksign"
)

const key = "a-secret-of-some-length"

// far is a system that is told; answer decides by the number of the request.
type far struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string
	answer func(n int, w http.ResponseWriter, r *http.Request)
}

func newFar(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *far {
	f := &far{answer: answer}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		at := time.Unix(0, 0)
		if _, err := fmt.Sscan(r.Header.Get("webhook-timestamp"), new(int64)); err == nil {
			var sec int64
			_, _ = fmt.Sscan(r.Header.Get("webhook-timestamp"), &sec)
			at = time.Unix(sec, 0)
		}
		if r.Header.Get("webhook-signature") != hooksign.Sign(key, r.Header.Get("webhook-id"), at, body) || r.Method != "POST" {
			t.Errorf("%s %s is not signed: %v", r.Method, r.URL, r.Header)
		}
		f.mu.Lock()
		f.got = append(f.got, r.Header.Get("webhook-id"))
		n := len(f.got)
		f.mu.Unlock()
		if f.answer != nil {
			f.answer(n, w, r)
		}
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *far) ids() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// house is a store with a clock that runs as fast as asked.
type house struct {
	st  *sqlite.Store
	now atomic.Int64 // ahead of the real clock
}

func (h *house) clock() time.Time { return time.Now().Add(time.Duration(h.now.Load())) }

func newHouse(t *testing.T) *house {
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &house{st: st}
}

func (h *house) sender(t *testing.T, c ...Config) *Sender {
	t.Helper()
	s, err := New(h.st, c, NewMetrics(nil), slog.New(slog.DiscardHandler), h.clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// say stores what a conversation writes.
func (h *house) say(t *testing.T, s *Sender, conv string, bodies ...event.Body) {
	t.Helper()
	now := time.Now().UTC()
	c := store.Chat{Conv: conv, Bot: "colibri", Lang: "fr", Created: now, Touched: now, Seq: uint64(len(bodies))}
	var evs []event.Event
	for i, b := range bodies {
		evs = append(evs, event.Event{Conv: conv, Seq: uint64(i + 1), At: now, Body: b})
	}
	if err := h.st.CommitChat(t.Context(), store.ChatCommit{Chat: c, Events: evs, Outbox: s.Deliveries(c, evs)}); err != nil {
		t.Fatal(err)
	}
	s.Wake()
}

// until runs the sender until ok.
func (h *house) until(t *testing.T, s *Sender, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	for !ok() {
		if ctx.Err() != nil {
			t.Fatal("it never came")
		}
		h.now.Add(int64(time.Minute)) // pauses pass quickly
		s.Wake()
		time.Sleep(2 * time.Millisecond)
	}
	cancel()
	<-done
}

func (h *house) left(t *testing.T) [2]int {
	t.Helper()
	waiting, dead, err := h.st.CountDeliveries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return [2]int{waiting, dead}
}

// Failures are tried again; what follows in the conversation waits, other conversations do not.
func TestInOrderAndTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := newFar(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n <= 3 && strings.HasPrefix(r.Header.Get("webhook-id"), "msg_a_") {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	s := h.sender(t, Config{URL: f.URL, Key: key, AllowPrivate: true})
	h.say(t, s, "a", event.Prompted{Text: "1"}, event.Said{Text: "silence"}, event.Prompted{Text: "2"}, event.Ended{Outcome: "resolved"})
	h.say(t, s, "b", event.Prompted{Text: "1"})
	h.until(t, s, func() bool { return h.left(t) == [2]int{} })
	var a, b []string
	for _, id := range f.ids() {
		if strings.HasPrefix(id, "msg_a_") {
			a = append(a, id)
		} else {
			b = append(b, id)
		}
	}
	a = slices.Compact(a)
	if !slices.Equal(a, []string{"msg_a_1", "msg_a_3", "msg_a_4"}) || len(b) != 1 {
		t.Errorf("told %q and %q", a, b)
	}
}

// What was stored leaves with the next process; what is for nobody any more is given up.
func TestAnotherProcessSends(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := newFar(t, nil)
	gone := Config{URL: "http://127.0.0.1:1/gone", Key: key, AllowPrivate: true}
	here := Config{URL: f.URL, Key: key, AllowPrivate: true, Events: []string{"handoff"}}
	h.say(t, h.sender(t, gone, here), "a", event.Prompted{Text: "1"}, event.TransferStarted{Reason: "asked"})
	h.until(t, h.sender(t, here), func() bool { return h.left(t) == [2]int{0, 2} })
	if got := f.ids(); !slices.Equal(got, []string{"msg_a_2"}) {
		t.Errorf("told %q", got)
	}
}

func TestGivenUp(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"for ever broken": 500, "gone": 410, "moved": 302} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			var visited atomic.Int64
			private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited.Add(1) }))
			defer private.Close()
			f := newFar(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", private.URL)
				w.WriteHeader(status)
			})
			s := h.sender(t, Config{URL: f.URL, Key: key, AllowPrivate: true})
			h.say(t, s, "a", event.Prompted{Text: "1"})
			h.until(t, s, func() bool { h.now.Add(int64(pauseMost)); return h.left(t) == [2]int{0, 1} })
			want := maxTries
			if status == 410 {
				want = 1
			}
			if n := len(f.ids()); n != want || visited.Load() != 0 {
				t.Errorf("%d tries, want %d; %d redirects followed", n, want, visited.Load())
			}
		})
	}
}

// An answer without end takes neither memory nor time.
func TestAnAnswerOfTwoGigabytes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var wrote atomic.Int64
	f := newFar(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for range 2 << 10 {
			n, err := w.Write(chunk)
			wrote.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	s := h.sender(t, Config{URL: f.URL, Key: key, AllowPrivate: true})
	h.say(t, s, "a", event.Prompted{Text: "1"})
	h.until(t, s, func() bool { return h.left(t) == [2]int{} })
	if n := wrote.Load(); n > 64<<20 {
		t.Errorf("%d bytes were taken", n)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	f := newFar(t, nil)
	h := newHouse(t)
	s := h.sender(t, Config{URL: f.URL, Key: key})
	err := s.try(t.Context(), s.hooks[0], store.Delivery{Key: "msg_a_1"})
	if err == nil || !strings.Contains(err.Error(), "allow_private") || len(f.ids()) > 0 {
		t.Errorf("loopback: %v", err)
	}
	for _, a := range []string{"127.0.0.1:80", "10.0.0.1:80", "192.168.1.1:80", "169.254.169.254:80", "100.64.0.1:80", "0.0.0.0:80", "[::1]:80", "[fd00::1]:80", "[fe80::1%25]:80", "[::ffff:10.0.0.1]:80", "[64:ff9b::a00:1]:80", "224.0.0.1:80", "nonsense"} {
		if refusePrivate("tcp", a, nil) == nil {
			t.Errorf("%s is let through", a)
		}
	}
	for _, a := range []string{"93.184.216.34:443", "[2606:4700::1111]:443"} {
		if err := refusePrivate("tcp", a, nil); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestConfigComplains(t *testing.T) {
	t.Parallel()
	good := Config{URL: "https://a.example/x", Secret: "env:S", Events: []string{"message"}}
	for want, change := range map[string]func(*Config){
		"":           func(*Config) {},
		"url: ":      func(c *Config) { c.URL = "ftp://x" },
		"in clear":   func(c *Config) { c.URL = "http://a.example" },
		"secret: ":   func(c *Config) { c.Secret = "s3cret" },
		"events[0]:": func(c *Config) { c.Events = []string{"everything"} },
	} {
		c := good
		change(&c)
		if got := strings.Join(c.Validate(), "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q", want, got)
		}
	}
	if _, err := New(nil, []Config{{Key: "short"}}, nil, nil, nil); err == nil {
		t.Error("a short secret is taken")
	}
}
