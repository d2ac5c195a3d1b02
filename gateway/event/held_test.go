package event

import (
	"testing"
	"time"
)

// A line of the Board tells since when its caller is on hold, through a transfer that begins in it,
// and nothing once they are not.
func TestSinceWhenACallerIsHeld(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)
	var l Live
	for i, c := range []struct {
		body Body
		want time.Time
	}{
		{AgentActed{Act: AgentHold}, at},
		{AgentActed{Act: AgentMute}, at},
		{AgentActed{Act: AgentTransfer}, at},
		{AgentActed{Act: AgentNotMoved}, time.Time{}},
		{AgentActed{Act: AgentHold}, at.Add(4 * time.Second)},
		{AgentActed{Act: AgentResume}, time.Time{}},
		{AgentActed{Act: AgentHold}, at.Add(6 * time.Second)},
		{TransferEnded{}, time.Time{}},
	} {
		l.count(Event{At: at.Add(time.Duration(i) * time.Second), Body: c.body})
		if !l.HeldAt.Equal(c.want) || l.Held == c.want.IsZero() {
			t.Errorf("%d %+v: held %v since %v, want %v", i, c.body, l.Held, l.HeldAt, c.want)
		}
	}
}
