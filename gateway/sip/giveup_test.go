package sip

import (
	"bytes"
	"context"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// TestHostile03GivenUp: a REFER that nobody answered is repeated for as long as the attempt lasts and not once
// after it, however that ends; a late answer and late reports move nobody.
func TestHostile03GivenUp(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, want string
		patience   time.Duration // of who ordered it
		script     []string
		ends       bool
	}{
		{name: "xfer_03_no_more_repeats", want: "timeout", patience: time.Minute, script: []string{"refer -", "wait 20s", "late 202", "notify 100 !481", "notify 200 end !481"}},
		{name: "xfer_03_ordered_back", want: "cancelled", patience: 3 * time.Second, script: []string{"refer -", "wait 20s", "late 202", "notify 200 end !481"}},
		{name: "xfer_03_bye", want: "caller_left", patience: time.Minute, script: []string{"refer -", "wait 2s", "bye", "wait 10s", "late 202"}, ends: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				var over atomic.Bool
				var before, after atomic.Int32
				st.net.Drop = func(_, _ netip.AddrPort, b []byte) bool {
					if bytes.HasPrefix(b, []byte("REFER ")) {
						if before.Add(1); over.Load() {
							after.Add(1)
						}
					}
					return false
				}
				c := st.caller()
				c.Call(t, "", 4000)
				l := <-st.legs
				h := peer.NewHostile(t, c)
				defer h.Close()
				played := make(chan struct{})
				go func() { defer close(played); h.Run(row.script...) }()
				ctx, cancel := context.WithTimeout(context.Background(), row.patience)
				defer cancel()
				got := l.Refer(ctx, toAgent)
				over.Store(true)
				<-played
				time.Sleep(40 * time.Second)
				if got.Outcome != row.want || before.Load() < 3 || after.Load() != 0 {
					t.Errorf("came to %+v; %d REFER, %d of them afterwards", got, before.Load(), after.Load())
				}
				if ended := l.ctx.Err() != nil; ended != row.ends {
					t.Errorf("the line has ended: %v, want %v", ended, row.ends)
				}
				l.Hangup(context.Background(), leg.Normal)
				st.idleSoon()
			})
		})
	}
}
