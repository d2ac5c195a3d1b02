package store_test

import (
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// TestHandoffKeepsAgent: who is rung while an agent has the caller does not have them.
func TestHandoffKeepsAgent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bodies []event.Body
		agent  string
		rung   int
	}{
		"passed on in vain": {[]event.Body{event.AgentActed{Agent: "karim", Act: event.AgentTransfer, To: "lina"}, event.TransferRinging{Agent: "lina"}, event.AgentActed{Agent: "karim", Act: event.AgentNotMoved}}, "karim", 2},
		"passed on":         {[]event.Body{event.AgentActed{Agent: "karim", Act: event.AgentTransfer, To: "lina"}, event.TransferRinging{Agent: "lina"}, event.Bridged{Agent: "lina"}}, "lina", 2},
		"line lost":         {[]event.Body{event.AgentLost{Agent: "karim", Why: "line"}, event.TransferRinging{Agent: "karim"}, event.AgentBack{Agent: "karim"}}, "karim", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
			var evs []event.Event
			for i, b := range append([]event.Body{event.TransferStarted{Reason: "asked"}, event.TransferRinging{Agent: "omar"}, event.TransferRinging{Agent: "karim"}, event.Bridged{Agent: "karim"}}, c.bodies...) {
				evs = append(evs, event.Event{Conv: "a", Seq: uint64(i + 1), At: at.Add(time.Duration(i) * time.Second), Body: b})
			}
			hs := store.HandoffsOf(evs)
			if len(hs) != 1 || hs[0].Agent != c.agent || hs[0].Rung != c.rung || hs[0].Waited != 3*time.Second {
				t.Errorf("%+v, want %s after %d rung", hs, c.agent, c.rung)
			}
		})
	}
}
