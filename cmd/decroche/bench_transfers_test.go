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

// TestHostileTransfersLossy plays the rows of the hostile transfers that are decided above SIP, on lines that lose one SIP
// message in twenty, against the binary: the caller, the agent or both hang up in the consultation (18, 19, 20), the
// agent declines (28), no sound comes from them (34), their line breaks once they speak (37). make test-long has
// 200 at once of each.
func TestHostileTransfersLossy(t *testing.T) {
	t.Parallel()
	c := benchTransfersCmd{Calls: 12, Rate: 100, Wait: 5 * time.Second, Seed: 4, Loss: 5,
		Moods: []string{"caller_leaves", "hangs_up_told", "both_leave", "presses_2", "soundless", "goes_mute", "hangs_up_joined"}}
	r, err := c.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.RigLimit = "" // the bench's
	if wrong := r.wrong(); wrong != "" {
		t.Errorf("%s\n%v", wrong, r.Errors)
	}
	if r.Cut == 0 || len(r.Rows) != len(c.Moods) {
		t.Errorf("%d lines given up; %d moods of %d", r.Cut, len(r.Rows), len(c.Moods))
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
