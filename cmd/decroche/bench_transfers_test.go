package main

import (
	"os"
	"testing"
	"time"
)

// TestHostileTransfers is bench transfers in small, without its times: nobody is left alone, every record is
// as the telephones' logs say, nothing remains.
func TestHostileTransfers(t *testing.T) {
	if os.Getenv("DECROCHE_LONG") == "" {
		t.Skip("takes a minute; make test-long runs it")
	}
	t.Parallel()
	c := benchTransfersCmd{Calls: 40, Rate: 4, Leave: 0.15, Wait: 30 * time.Second, Seed: 3}
	r, err := c.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.StopP95, r.JoinP95, r.RigLimit = 0, 0, "" // times are the bench's
	if wrong := r.wrong(); wrong != "" {
		t.Errorf("%s\n%v", wrong, r.Errors)
	}
}

// TestKilledUnderAQueue kills the gateway under callers who wait and agents who ring: afterwards every record is
// there and closed once, and another system, which refuses every second delivery at first, has all it is owed.
func TestKilledUnderAQueue(t *testing.T) {
	t.Parallel()
	k := benchTransfersCmd{Rate: 10, Seed: 3, Kill: 10}
	if err := k.kill(t.Context()); err != nil {
		t.Error(err)
	}
}
