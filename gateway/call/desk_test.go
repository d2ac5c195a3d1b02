package call

import (
	"context"
	"testing"
	"time"

	"decroche/gateway/agents"
	realdesk "decroche/gateway/desk"
	"decroche/gateway/event"
	"decroche/gateway/leg/legtest"
)

// A whole hand-off to an agent at a desk, with the real desk in between: one declines, the next
// accepts, their page is loaded again in the middle of the call, and they hang up.
func TestThroughTheDesk(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"rtc:lina": {}, "rtc:omar": {}})
		d := agents.NewDesk(agents.DefaultDeskConfig(), nil, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() { defer close(ran); d.Run(ctx) }()
		defer func() { cancel(); <-ran }()
		for _, n := range []string{"omar", "lina"} {
			d.Beat(n, "", n+"-tab", true, false)
			if err := d.Set(n, "", agents.Available, "", ""); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		dial := &realdesk.Dialer{Desk: d, Board: event.NewBoard(event.NewBus(nil)), Phone: r.dialer, Web: r.dialer}
		r.s.Desk, r.s.Dial = d, dial
		r.start()
		offered := func(n string) func() bool {
			return func() bool { d.Beat(n, "", n+"-tab", true, false); return d.State(n).Offer != nil }
		}
		r.await("an offer to omar, who has been idle longer", offered("omar"))
		if err := d.Decline("omar", "c1", agents.FileOpen); err != nil {
			t.Fatal(err)
		}
		d.Beat("lina", "", "lina-tab", true, false)
		r.await("an offer to lina", offered("lina"))
		if len(r.dialer.Attempts()) != 0 {
			t.Error("a browser was dialled before anybody accepted")
		}
		if err := d.Accept("lina", "c1"); err != nil {
			t.Fatal(err)
		}
		r.await("a bridge", r.bridged)
		time.Sleep(3 * time.Second)
		d.Close("lina", "lina-tab") // the page is loaded again
		r.attemptLine(0).HangUp()
		time.Sleep(2 * time.Second)
		if st := d.State("lina"); st.Status != agents.OnCall || st.Offer == nil || st.Offer.Origin != "rejoin" {
			t.Errorf("while lina is gone her desk shows %+v", st)
		}
		d.Beat("lina", "", "new-tab", true, false)
		r.await("lina again", func() bool { return len(all[event.AgentBack](r.notes)) == 1 })
		time.Sleep(2 * time.Second)
		if err := dial.HangUp(ctx, "lina", "c1"); err != nil {
			t.Fatal(err)
		}
		e := r.over()
		if got := r.outcomes(); got != "omar refused, lina completed, lina completed = completed" || e.Outcome != "transferred" {
			t.Errorf("%s, ended %+v", got, e)
		}
		if a := all[event.TransferAttempt](r.notes)[0]; a.Reason != string(agents.FileOpen) || a.Status != 603 {
			t.Errorf("the record of the refusal: %+v", a)
		}
		if l := all[event.AgentLost](r.notes); len(l) != 1 {
			t.Errorf("lost %d times", len(l))
		}
		if s := d.State("lina").Status; s != agents.WrapUp {
			t.Errorf("lina is %s", s)
		}
		if s := d.State("omar"); s.Status == agents.Away {
			t.Errorf("omar declined, and is %s", s.Status)
		}
	})
}
