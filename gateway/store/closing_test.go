package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
)

// Each attempt that a dead process left open gets its one outcome: also the one that the caller's exchange was asked
// for, which stays open for seconds while caller and agent are joined here.
func TestClosingEveryAttempt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	ring, join := event.TransferRinging{Agent: "karim"}, event.Bridged{Agent: "karim"}
	here, there := event.TransferAttempt{Agent: "karim", Outcome: "completed"}, event.TransferAttempt{Agent: "karim", Via: "attended", Outcome: "timeout"}
	for name, c := range map[string]struct {
		evs  []event.Body
		want string
	}{
		"ringing":              {[]event.Body{ring}, "unknown, ended unknown"},
		"joined":               {[]event.Body{ring, here, join}, "ended unknown"},
		"asked, then joined":   {[]event.Body{ring, ring, here, join}, "attended unknown, ended unknown"},
		"asked, rings here":    {[]event.Body{ring, ring}, "attended unknown, unknown, ended unknown"},
		"asked, joined, known": {[]event.Body{ring, ring, here, join, there}, "ended unknown"},
		"refused, rings here":  {[]event.Body{ring, there, ring}, "unknown, ended unknown"},
		"all is over":          {[]event.Body{ring, ring, here, join, there, event.TransferEnded{Outcome: "completed"}}, ""},
	} {
		evs := []event.Event{{Conv: "c", Seq: 1, At: at, Body: event.TransferStarted{}}}
		for i, b := range c.evs {
			evs = append(evs, event.Event{Conv: "c", Seq: uint64(i) + 2, At: at, Body: b})
		}
		var got []string
		for _, e := range Closing(evs, at) {
			switch b := e.Body.(type) {
			case event.TransferAttempt:
				got = append(got, strings.TrimSpace(b.Via+" "+b.Outcome))
			case event.TransferEnded:
				got = append(got, fmt.Sprint("ended ", b.Outcome))
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
