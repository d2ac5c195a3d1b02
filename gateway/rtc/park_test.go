package rtc_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/browser"
)

// desks is a house where pages may park.
func desks(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, nil, nil)
	h.mux.HandleFunc("POST /park/{name}", func(w http.ResponseWriter, r *http.Request) { h.server.Park(w, r, r.PathValue("name")) })
	return h
}

// talk checks that a leg and a browser hear each other, and tells how long the browser waited.
func talk(t *testing.T, l leg.Leg, b *browser.Browser) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var hums sync.WaitGroup
	hums.Go(func() { hum(ctx, l, 440) })
	hums.Go(func() { hum(ctx, b, 1000) })
	hears(t, b, 440, 0)
	hears(t, l, 1000, 0)
	cancel()
	hums.Wait()
}

// Who is parked is dialled as often as there are calls; sound flows at once, both ways.
func TestDialWhoIsParked(t *testing.T) {
	t.Parallel()
	h := desks(t)
	var no *leg.Refused
	if _, err := h.server.Dial(within(t), leg.Invite{Addr: "rtc:nadia"}); !errors.As(err, &no) || no.Status != 480 {
		t.Errorf("who is not there is dialled: %v", err)
	}
	b := h.dial(browser.Options{Path: "/park/nadia", Codecs: []string{"PCMU"}})
	for range 3 {
		l, err := h.server.Dial(within(t), leg.Invite{Addr: "rtc:nadia"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.server.Dial(within(t), leg.Invite{Addr: "rtc:nadia"}); !errors.As(err, &no) || no.Status != 486 || h.server.Parked("nadia") {
			t.Errorf("who is on a call is dialled: %v", err)
		}
		talk(t, l, b)
		if err := l.Hangup(within(t), leg.Normal); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Receive(within(t)); !errors.Is(err, io.EOF) {
			t.Errorf("a call that is over hears %v", err)
		}
		if err := l.Drain(within(t)); err == nil {
			t.Error("a call that is over speaks")
		}
		if !h.server.Parked("nadia") || b.Gone() {
			t.Fatal("the desk has gone with its call")
		}
	}
	if len(h.calls) != 0 {
		t.Error("a desk was taken for a caller")
	}
}

// A second desk of the same person takes the place and the call over; the first sees its end, and
// cannot end what is no longer its own.
func TestSecondDesk(t *testing.T) {
	t.Parallel()
	h := desks(t)
	first := h.dial(browser.Options{Path: "/park/nadia", Codecs: []string{"PCMU"}})
	l, err := h.server.Dial(within(t), leg.Invite{Addr: "rtc:nadia"})
	if err != nil {
		t.Fatal(err)
	}
	talk(t, l, first)
	var no *browser.Refused
	if _, err := h.host.Call(within(t), browser.Options{URL: h.url, Path: "/park/nadia", IfFree: true}); !errors.As(err, &no) || no.Status != 412 {
		t.Errorf("a page that takes the line from no other: %v", err)
	}
	second := h.dial(browser.Options{Path: "/park/nadia", Codecs: []string{"PCMU"}})
	select {
	case <-first.Closed():
	case <-within(t).Done():
		t.Error("the first desk does not see that another is open")
	}
	if res := h.ask("DELETE", first.Location, ""); res.StatusCode != 404 {
		t.Errorf("the first desk may end the second: %d", res.StatusCode)
	}
	talk(t, l, second)
	if err := second.Hangup(within(t), leg.Normal); err != nil { // signs out
		t.Fatal(err)
	}
	for {
		if _, err = l.Receive(within(t)); err != nil {
			break
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the call of a desk that was closed hears %v", err)
	}
	if h.server.Parked("nadia") || h.server.Lines() != 0 {
		t.Error("the desk is still there")
	}
}

// A desk whose page was closed is still there for a while, and Dial does not wait for ever.
func TestDeskIsLost(t *testing.T) {
	t.Parallel()
	h := desks(t)
	b := h.dial(browser.Options{Path: "/park/nadia", Codecs: []string{"PCMU"}})
	l, err := h.server.Dial(within(t), leg.Invite{Addr: "rtc:nadia"})
	if err != nil {
		t.Fatal(err)
	}
	talk(t, l, b)
	b.Vanish()
	again := h.dial(browser.Options{Path: "/park/nadia", Codecs: []string{"PCMU"}})
	talk(t, l, again)
	again.Vanish()
	deadline := time.Now().Add(patience)
	for h.server.Parked("nadia") && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if h.server.Parked("nadia") {
		t.Error("a page that was closed counts as a desk")
	}
}
