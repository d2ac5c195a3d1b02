package gateway

import (
	"testing"
	"time"

	"decroche/gateway/event"
)

// How long a person takes is told from what happened, or not at all.
func TestUsualWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	w := newWaits(func() time.Time { return now })
	happens := func(conv string, after time.Duration, b event.Body) {
		now = now.Add(after)
		w.take(event.Event{Conv: conv, At: now, Body: b})
	}
	answered := func(conv string, after time.Duration) {
		happens(conv, 0, event.TransferStarted{})
		happens(conv, after, event.Bridged{Agent: "karim"})
		happens(conv, time.Minute, event.TransferEnded{})
	}
	answered("a", 20*time.Second)
	answered("b", 40*time.Second)
	happens("c", 0, event.TransferStarted{})
	happens("c", 5*time.Minute, event.Ended{}) // who gave up says nothing about who is answered
	if d := w.usual(); d != 0 {
		t.Errorf("two answers make a figure: %v", d)
	}
	answered("d", 90*time.Second)
	if d := w.usual(); d != 40*time.Second {
		t.Errorf("the usual wait is %v", d)
	}
	happens("e", 0, event.TransferStarted{})
	now = now.Add(3 * time.Minute)
	if d := w.usual(); d != 3*time.Minute {
		t.Errorf("somebody waits for 3 minutes, and callers are told %v", d)
	}
	w.forget()
	if d := w.usual(); d != 40*time.Second {
		t.Errorf("after a gap the usual wait is %v", d)
	}
	now = now.Add(waitsOf)
	if d := w.usual(); d != 0 {
		t.Errorf("an hour later it is still %v", d)
	}
}
