package rtc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/internal/browser"
)

// within is a context of a test's patience.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// humming is a house whose gateway hums on one line, and a browser that hears it.
func humming(t *testing.T, change func(*rtc.Config)) (*house, *browser.Browser, call, chan error) {
	t.Helper()
	ended := make(chan error, 1)
	var h *house
	h = newHouse(t, change, func(ctx context.Context, l leg.Leg, w rtc.Wish) {
		if err := l.Answer(ctx); err != nil {
			t.Error(err)
			return
		}
		go func() {
			hum(ctx, l, 440)
			ended <- l.Drain(ctx)
		}()
		h.answer(ctx, l, w)
	})
	b := h.dial(browser.Options{Codecs: []string{"PCMU"}})
	hears(t, b, 440, 0)
	return h, b, <-h.calls, ended
}

// Whoever comes back, by an ICE restart or with a new page, is on the same line and hears on.
func TestBrowserComesBack(t *testing.T) {
	t.Parallel()
	h, b, c, _ := humming(t, nil)
	first := b.Location
	for name, back := range map[string]func(context.Context) error{
		"by an ICE restart":              b.Restart,
		"with a new page":                b.Return,
		"with a new page, again":         b.Return,
		"by an ICE restart of that page": b.Restart,
	} {
		if err := back(within(t)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for range 30 { // what was in the buffers
			if _, err := b.Receive(within(t)); err != nil {
				t.Fatal(err)
			}
		}
		hears(t, b, 440, 0)
		if b.Location != first || h.server.Lines() != 1 || len(h.calls) != 0 {
			t.Errorf("%s: Location %q after %q, %d lines, %d more calls", name, b.Location, first, h.server.Lines(), len(h.calls))
		}
	}
	if c.Info().Tag != b.Conversation {
		t.Errorf("the conversation is %q, was %q", b.Conversation, c.Info().Tag)
	}
}

// A page that was closed is waited for, and then its leg ends with a cause.
func TestBrowserStaysAway(t *testing.T) {
	t.Parallel()
	h, b, c, ended := humming(t, func(cfg *rtc.Config) { cfg.ReconnectFor = 300 * time.Millisecond })
	began := time.Now()
	b.Vanish()
	select {
	case err := <-ended:
		if !errors.Is(err, leg.ErrMediaTimeout) {
			t.Errorf("the leg ended with %v", err)
		}
		if d := time.Since(began); d < 300*time.Millisecond {
			t.Errorf("the leg ended after %v, before reconnect_for", d)
		}
	case <-within(t).Done():
		t.Fatal("the leg did not end")
	}
	if h.server.Lines() != 0 {
		t.Error("the line is still there")
	}
	<-c.ctx.Done()
	var no *browser.Refused
	if err := b.Return(within(t)); !errors.As(err, &no) || no.Status != 404 {
		t.Errorf("who comes back too late is told %v", err)
	}
}

// A network that is gone says nothing: the line notices by itself.
func TestNetworkIsLost(t *testing.T) {
	t.Parallel()
	_, b, _, ended := humming(t, func(cfg *rtc.Config) { cfg.ReconnectFor = 100 * time.Millisecond })
	b.Cut()
	select {
	case err := <-ended:
		if !errors.Is(err, leg.ErrMediaTimeout) {
			t.Errorf("the leg ended with %v", err)
		}
	case <-within(t).Done():
		t.Fatal("the leg did not end")
	}
}

// DELETE ends the call at once; so does our hanging up, which the browser sees.
func TestHangups(t *testing.T) {
	t.Parallel()
	_, b, c, ended := humming(t, nil)
	if err := b.Hangup(within(t), leg.Normal); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, leg.ErrHungUp) {
		t.Errorf("the leg ended with %v", err)
	}
	<-c.ctx.Done()
	h, b, c, _ := humming(t, nil)
	if err := c.Hangup(within(t), leg.Normal); err != nil {
		t.Fatal(err)
	}
	<-c.ctx.Done()
	select {
	case <-b.Closed():
	case <-within(t).Done():
		t.Error("the browser does not see that the call is over")
	}
	if h.server.Lines() != 0 {
		t.Error("the line is still there")
	}
}

// A browser that takes the answer and never connects ends its leg unanswered.
func TestBrowserNeverConnects(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	h := newHouse(t, func(cfg *rtc.Config) { cfg.ConnectTimeout = time.Second }, func(ctx context.Context, l leg.Leg, _ rtc.Wish) {
		failed <- l.Answer(ctx)
	})
	res := h.post(offerOf(t, h, nil), "application/sdp")
	if res.StatusCode != 201 {
		t.Fatalf("answered %d", res.StatusCode)
	}
	select {
	case err := <-failed:
		if err == nil {
			t.Error("answered, and nobody is there")
		}
	case <-within(t).Done():
		t.Fatal("it is waited for without end")
	}
}

// A line that somebody listens to tells that its browser is gone and back; an older page that names
// the connection it had does not take the call from the page that has it.
func TestLineTellsThatItsBrowserIsAway(t *testing.T) {
	t.Parallel()
	h, b, c, _ := humming(t, nil)
	res := h.ask("PATCH", b.Location, offerOf(t, h, []string{"PCMU"}), "Content-Type: application/sdp", `If-Match: "77"`)
	if res.StatusCode != 412 {
		t.Errorf("a page that the call was taken from is answered %d", res.StatusCode)
	}
	hears(t, b, 440, 0)
	news := make(chan bool, 8)
	c.Leg.(leg.Absenter).Away(func(gone bool) { news <- gone })
	b.Vanish()
	for _, want := range []bool{true, false} {
		select {
		case gone := <-news:
			if gone != want {
				t.Fatalf("told gone %v, want %v", gone, want)
			}
		case <-within(t).Done():
			t.Fatalf("nothing told, want gone %v", want)
		}
		if want {
			if err := b.Return(within(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
	hears(t, b, 440, 0)
	if len(news) > 0 {
		t.Error("told more than once")
	}
}
