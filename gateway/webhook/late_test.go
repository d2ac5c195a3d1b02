package webhook

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

// lateSender tells f late, of conversations that made writes.
func (h *house) lateSender(t *testing.T, f *far, l Late) *Sender {
	t.Helper()
	s := h.sender(t, Config{URL: f.URL, Key: key, AllowPrivate: true}) // the same address may be told both ways
	l.Name, l.ContentType = "vcon", "application/vcon"
	if err := s.Late(Config{URL: f.URL, Key: key, AllowPrivate: true}, l); err != nil {
		t.Fatal(err)
	}
	return s
}

// A conversation's end is told once it is durable, also by the next process, with the same ID; what is told is
// made when it leaves.
func TestLateOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var up atomic.Bool
	f := newFar(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Content-Type"); got != "application/vcon" {
			t.Errorf("%s: %q", r.Header.Get("webhook-id"), got)
		}
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	var made atomic.Int64
	l := Late{MaxBytes: 100, Make: func(_ context.Context, conv string) ([]byte, error) {
		made.Add(1)
		return []byte("of " + conv), nil
	}}
	s := h.lateSender(t, f, l)
	h.st.Tell(s.Calls, s.Wake)
	for _, conv := range []string{"c1", "c2"} {
		if err := h.st.Append(t.Context(), storetest.Call(conv, h.clock())...); err != nil {
			t.Fatal(err)
		}
	}
	h.until(t, s, func() bool { return len(f.ids()) >= 3 })
	if l := h.left(t); l != [2]int{2, 0} {
		t.Error("waiting and dead:", l)
	}
	up.Store(true)
	next := h.lateSender(t, f, l)
	h.until(t, next, func() bool { return h.left(t) == [2]int{0, 0} })
	got := slices.Compact(slices.Sorted(slices.Values(f.ids())))
	if len(got) != 2 || !strings.HasPrefix(got[0], "vcon_c1_") || !strings.HasPrefix(got[1], "vcon_c2_") || made.Load() != int64(len(f.ids())) {
		t.Errorf("%q, made %d times", got, made.Load())
	}
}

// What is not ready is tried again; what is too large, or erased, is not.
func TestLateThatCannotBeMade(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err         error
		body        string
		sent, tries int
		left        [2]int
	}{
		"not ready":  {errors.New("the recording is still being written"), "", 1, 3, [2]int{0, 0}},
		"erased":     {ErrGone, "", 0, 1, [2]int{0, 0}},
		"too large":  {nil, strings.Repeat("x", 11), 0, 1, [2]int{0, 1}},
		"just right": {nil, strings.Repeat("x", 10), 1, 1, [2]int{0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			f := newFar(t, nil)
			var tries atomic.Int64
			s := h.lateSender(t, f, Late{MaxBytes: 10, After: time.Hour, Make: func(context.Context, string) ([]byte, error) {
				if n := tries.Add(1); tc.err != nil && (n < 3 || errors.Is(tc.err, ErrGone)) {
					return nil, tc.err
				}
				return []byte(tc.body), nil
			}})
			h.st.Tell(s.Calls, s.Wake)
			if err := h.st.Append(t.Context(), event.Event{Conv: "c", Seq: 1, At: h.clock(), Body: event.Started{Channel: "text"}}, event.Event{Conv: "c", Seq: 2, At: h.clock(), Body: event.Ended{Outcome: "resolved"}}); err != nil {
				t.Fatal(err)
			}
			if due, err := h.st.DueDeliveries(t.Context(), "vcon "+f.URL, h.clock().Add(59*time.Minute), 10); err != nil || len(due) > 0 {
				t.Error("before its hour is over:", due, err)
			}
			h.until(t, s, func() bool { return tries.Load() > 0 && h.left(t) == tc.left })
			if len(f.ids()) != tc.sent || int(tries.Load()) != tc.tries {
				t.Errorf("sent %q, made %d times", f.ids(), tries.Load())
			}
		})
	}
}

// Other hooks are told nothing of it, and it is told nothing else.
func TestLateIsApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := newFar(t, nil)
	s := h.lateSender(t, f, Late{MaxBytes: 10, Make: func(context.Context, string) ([]byte, error) { return nil, nil }})
	end := event.Event{Conv: "c", Seq: 9, Body: event.Ended{Outcome: "resolved"}}
	got := s.Deliveries(store.Chat{Conv: "c"}, []event.Event{end})
	if len(got) != 1 || got[0].Hook != f.URL || got[0].Key != "msg_c_9" {
		t.Errorf("%+v", got)
	}
	if got = s.Calls(store.Summary{Channel: "text"}, end); len(got) != 1 || got[0].Hook != "vcon "+f.URL || got[0].Key != "vcon_c_9" || string(got[0].Body) != "{}" {
		t.Errorf("%+v", got)
	}
	if err := s.Late(Config{URL: f.URL, Key: "short"}, Late{}); err == nil {
		t.Error("a short secret was taken")
	}
}
