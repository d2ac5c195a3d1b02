package agents

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestCloses(t *testing.T) {
	t.Parallel()
	const paris = "Europe/Paris"
	office := map[string]string{"mon-fri": "09:00-12:30 13:30-18:00", "sat": "09:00-12:00"}
	for _, tc := range []struct {
		what   string
		h      *Hours
		at     string
		closes string // "" never, or closed already
	}{
		{"no hours at all", hoursOf(t, "", nil), "2026-11-23 10:00", ""},
		{"before lunch", hoursOf(t, "", office), "2026-11-23 10:00", "2026-11-23 12:30"},
		{"in the afternoon", hoursOf(t, "", office), "2026-11-23 13:30", "2026-11-23 18:00"},
		{"closed already", hoursOf(t, "", office), "2026-11-23 13:00", ""},
		{"past midnight", hoursOf(t, "", map[string]string{"fri": "22:00-06:00"}), "2026-11-28 01:00", "2026-11-28 06:00"},
		{"a span into the next", hoursOf(t, "", map[string]string{"mon": "09:00-24:00", "tue": "00:00-08:00"}), "2026-11-23 10:00", "2026-11-24 08:00"},
		{"always, but a holiday", hoursOf(t, "", map[string]string{"mon-sun": "00:00-24:00"}, "12-25"), "2026-11-23 10:00", "2026-12-25 00:00"},
		{"always", hoursOf(t, "", map[string]string{"mon-sun": "00:00-24:00"}), "2026-11-23 10:00", ""},
		{"a day of 25 hours", hoursOf(t, "", map[string]string{"sun": "00:00-09:00"}), "2026-10-25 02:30", "2026-10-25 09:00"},
		{"into the hour that comes twice", hoursOf(t, "", map[string]string{"sun": "00:00-02:30"}), "2026-10-25 01:00", "2026-10-25 02:30"},
		{"into the hour that is left out", hoursOf(t, "", map[string]string{"sun": "00:00-02:30"}), "2026-03-29 01:30", "2026-03-29 03:30"},
	} {
		got, ok := tc.h.Closes(local(t, paris, tc.at))
		if ok != (tc.closes != "") {
			t.Errorf("%s: %v %v", tc.what, got, ok)
		} else if ok && got.In(got.Location()).Format("2006-01-02 15:04") != tc.closes {
			t.Errorf("%s: %v, want %s", tc.what, got, tc.closes)
		}
	}
}

// What a board shows of a queue: who waits since when, who is there and who is not, the service level, and
// until when it is open.
func TestQueueState(t *testing.T) {
	inOffice(t, Queues{{Name: "litige", Skills: []string{"litige"}, InTime: 30 * time.Second, Hours: map[string]string{"mon-sun": "00:00-24:00"}, Holidays: []string{"12-25"}}, {Name: "general"}}, func(o *office) {
		q := o.Queues()[0]
		if q.Waiting != 0 || !q.Since.IsZero() || q.Level != nil || q.InTimeS != 30 || q.Free != 1 || q.Busy != 0 || q.Away != 0 || q.Closes.IsZero() {
			t.Errorf("at first %+v", q)
		}
		if g := o.Queues()[1]; !g.Open || !g.Closes.IsZero() || g.InTimeS != 20 || g.Free != 2 {
			t.Errorf("without hours %+v", g)
		}
		o.ask(Request{Conv: "a", Skills: []string{"litige"}})
		synctest.Wait()
		since := time.Now()
		o.ask(Request{Conv: "b", Skills: []string{"litige"}})
		time.Sleep(10 * time.Second)
		o.ask(Request{Conv: "c", Skills: []string{"litige"}})
		synctest.Wait()
		if q := o.Queues()[0]; q.Waiting != 2 || !q.Since.Equal(since) || q.LongestS != 10 || q.Busy != 1 || q.Free != 0 || q.Level == nil || *q.Level != 1 {
			t.Errorf("with two who wait %+v", q)
		}
		time.Sleep(50 * time.Second)
		o.mu.Lock()
		karim := o.busy["a"]
		o.mu.Unlock()
		karim.Release()
		synctest.Wait()
		if q := o.Queues()[0]; q.Waiting != 1 || q.Answered != 2 || *q.Level != 0.5 {
			t.Errorf("one was late %+v", q)
		}
		if err := o.Set("nora", "Nora", Break, "déjeuner", ""); err != nil {
			t.Fatal(err)
		}
		if q := o.Queues()[0]; q.Away != 1 || q.Free != 0 {
			t.Errorf("nora has a break: %+v", q)
		}
		for req, want := range map[*Request]string{{Skills: []string{"litige"}}: "litige", {Queue: "general"}: "general", {Skills: []string{"suivi"}}: "general"} {
			if got := o.QueueOf(*req); got != want {
				t.Errorf("%+v waits in %q, want %q", req, got, want)
			}
		}
	})
}
