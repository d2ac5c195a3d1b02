package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// OutboundStore is a store that keeps calls to place.
type OutboundStore interface {
	store.Store
	store.Outbound
	Callback(ctx context.Context, id int64) (store.Callback, error)
}

// RunOutbound checks one implementation of store.Outbound. open returns a new, empty store each time;
// RunOutbound closes it.
func RunOutbound(t *testing.T, open func(t *testing.T) OutboundStore) {
	for name, test := range map[string]func(*testing.T, OutboundStore){
		"a callback is planned, claimed and rung":   testOutboundCallback,
		"none is claimed twice":                     testClaimOnce,
		"the longest wait comes first":              testClaimOrder,
		"a dead holder's calls come back":           testRecoverOutbound,
		"an idempotency key adds once":              testOutboundKey,
		"dropped while it rings stays dropped":      testDropWhileDialling,
		"who has taken one rings it alone":          testTakeOutbound,
		"attempts are counted":                      testCountAttempts,
		"who is not to be called is dropped":        testNoCall,
		"a hundred queued callbacks survive a kill": testHundred,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := open(t)
			test(t, st)
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

// ordered is an ordered call to a number, due at t0.
func ordered(number string) store.OutboundCall {
	return store.OutboundCall{Kind: store.KindCall, At: t0, Phone: number, Number: number, Lang: "fr", Due: t0, Campaign: "rappels",
		Slots: []event.Slot{}, Plan: store.OutboundPlan{Bot: "colibri", Consent: &store.Consent{How: "web_form", When: t0, Reference: "f-1"}}}
}

func add(t *testing.T, st store.Outbound, c store.OutboundCall) int64 {
	t.Helper()
	id, _, err := st.AddOutbound(t.Context(), c)
	must(t, err)
	return id
}

func state(t *testing.T, st store.Outbound, id int64) store.OutboundCall {
	t.Helper()
	c, err := st.OutboundCall(t.Context(), id)
	must(t, err)
	return c
}

func testOutboundCallback(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	id, err := st.AddCallback(ctx, store.Callback{Conv: "c1", At: t0, Phone: "06 12 34 56 78", Reason: "nobody", Window: "demain matin", Lang: "fr", Mind: []byte(`{"a":1}`)})
	must(t, err)
	list, err := st.Unplanned(ctx, 10)
	must(t, err)
	if len(list) != 1 || list[0].ID != id || string(list[0].Mind) != `{"a":1}` {
		t.Fatalf("unplanned: %+v", list)
	}
	if next, err := st.NextOutbound(ctx); err != nil || !next.IsZero() {
		t.Errorf("before it is planned the next is %v, %v", next, err)
	}
	c := list[0]
	c.Number, c.From, c.Until, c.Due = "+33612345678", t0.Add(time.Hour), t0.Add(3*time.Hour), t0.Add(time.Hour)
	must(t, st.PlanOutbound(ctx, c))
	if next, err := st.NextOutbound(ctx); err != nil || !next.Equal(c.Due) {
		t.Errorf("the next is %v, %v; want %v", next, err, c.Due)
	}
	if got, err := st.Claim(ctx, t0, t0.Add(time.Hour), "a", 9); err != nil || len(got) != 0 {
		t.Errorf("claimed before it is due: %v, %v", got, err)
	}
	now := t0.Add(2 * time.Hour)
	got, err := st.Claim(ctx, now, now.Add(time.Minute), "a", 9)
	must(t, err)
	if len(got) != 1 || got[0].State != store.OutboundDialling {
		t.Fatalf("claimed %+v", got)
	}
	n, err := st.BeginAttempt(ctx, id, "a", now, now.Add(time.Minute), "gateway")
	must(t, err)
	again := now.Add(10 * time.Minute)
	must(t, st.EndAttempt(ctx, id, store.OutboundAttempt{N: n, End: now.Add(20 * time.Second), Outcome: "no_answer", Detail: "408"}, store.OutboundRetry, again))
	cb, err := st.Callback(ctx, id)
	must(t, err)
	if cb.State != store.OutboundRetry || cb.Tries != 1 || cb.Last != "no_answer" || !cb.Next.Equal(again) || !cb.From.Equal(c.From) || !cb.Until.Equal(c.Until) {
		t.Errorf("after no answer: %+v", cb)
	}
	_, err = st.ClaimOne(ctx, id, now.Add(time.Minute), "b")
	must(t, err)
	if n, err = st.BeginAttempt(ctx, id, "b", again, again.Add(time.Minute), "nadia"); n != 2 || err != nil {
		t.Fatalf("attempt %d, %v", n, err)
	}
	must(t, st.AnsweredAttempt(ctx, id, n, "c2"))
	must(t, st.EndAttempt(ctx, id, store.OutboundAttempt{N: n, End: again, Outcome: "answered", Heard: "person", Score: 0.9}, store.OutboundDone, time.Time{}))
	if cb, _ = st.Callback(ctx, id); cb.State != store.OutboundDone || cb.Call != "c2" {
		t.Errorf("after the answer: %+v", cb)
	}
	tries, err := st.Attempts(ctx, id)
	must(t, err)
	if len(tries) != 2 || tries[0].Outcome != "no_answer" || tries[1].By != "nadia" || tries[1].Conv != "c2" || tries[1].Heard != "person" || tries[1].Score != 0.9 {
		t.Errorf("attempts %+v", tries)
	}
	if _, err := st.ClaimOne(ctx, id, again, "b"); !errors.Is(err, store.ErrNotClaimed) {
		t.Errorf("a callback that is done was claimed: %v", err)
	}
	must(t, st.SetCallback(ctx, id, "open"))
	if list, _ := st.Unplanned(ctx, 10); len(list) != 1 {
		t.Errorf("opened again and not planned again: %+v", list)
	}
}

func testClaimOnce(t *testing.T, st OutboundStore) {
	const calls, hands = 40, 8
	for i := range calls {
		add(t, st, ordered(fmt.Sprintf("+336%08d", i)))
	}
	var mu sync.Mutex
	taken := map[int64]int{}
	var wg sync.WaitGroup
	for h := range hands {
		wg.Go(func() {
			for {
				got, err := st.Claim(context.WithoutCancel(t.Context()), t0, t0.Add(time.Minute), fmt.Sprint(h), 3)
				if err != nil {
					t.Error(err)
				}
				if len(got) == 0 {
					return
				}
				mu.Lock()
				for _, c := range got {
					taken[c.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(taken) != calls {
		t.Errorf("%d of %d claimed", len(taken), calls)
	}
	for id, n := range taken {
		if n != 1 {
			t.Errorf("call %d was claimed %d times", id, n)
		}
	}
	if _, err := st.BeginAttempt(t.Context(), 1, "nobody", t0, t0, "x"); !errors.Is(err, store.ErrNotClaimed) {
		t.Errorf("rung by who does not hold it: %v", err)
	}
}

func testClaimOrder(t *testing.T, st OutboundStore) {
	var want []int64
	for i := range 3 { // asked for later, due sooner
		c := ordered(fmt.Sprintf("+336%08d", i))
		c.At, c.Due = t0.Add(-time.Duration(i)*time.Hour), t0.Add(time.Duration(i)*time.Second)
		want = append([]int64{add(t, st, c)}, want...)
	}
	got, err := st.Claim(t.Context(), t0.Add(time.Minute), t0.Add(time.Hour), "a", 9)
	must(t, err)
	for i, id := range want {
		if i >= len(got) || got[i].ID != id {
			t.Fatalf("claimed %+v, want %v: who has waited longest comes first", got, want)
		}
	}
	must(t, st.Unclaim(t.Context(), want[0], "a", "", "", t0.Add(time.Second)))
	must(t, st.Unclaim(t.Context(), want[1], "a", "", "", t0.Add(time.Second)))
	one, err := st.Claim(t.Context(), t0.Add(time.Minute), t0.Add(time.Hour), "a", 1)
	must(t, err)
	if len(one) != 1 || one[0].ID != want[0] || one[0].State != store.OutboundDialling {
		t.Errorf("first %+v, want call %d, which has waited longest", one, want[0])
	}
}

func testRecoverOutbound(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	held, ringing, talking, alive := add(t, st, ordered("+33600000001")), add(t, st, ordered("+33600000002")), add(t, st, ordered("+33600000003")), add(t, st, ordered("+33600000004"))
	for _, id := range []int64{held, ringing, talking} {
		_, err := st.ClaimOne(ctx, id, t0.Add(time.Minute), "dead")
		must(t, err)
	}
	_, err := st.ClaimOne(ctx, alive, t0.Add(time.Hour), "alive")
	must(t, err)
	for _, id := range []int64{ringing, talking} {
		_, err := st.BeginAttempt(ctx, id, "dead", t0, t0.Add(time.Minute), "gateway")
		must(t, err)
	}
	must(t, st.AnsweredAttempt(ctx, talking, 1, "c9"))
	now, due := t0.Add(2*time.Minute), t0.Add(10*time.Minute)
	n, err := st.RecoverOutbound(ctx, now, false, due)
	must(t, err)
	if n != 3 {
		t.Errorf("%d came back, want 3", n)
	}
	for id, want := range map[int64]store.OutboundCall{
		held:    {State: store.OutboundOpen, Due: now},
		ringing: {State: store.OutboundRetry, Due: due, Last: "unknown"},
		talking: {State: store.OutboundGivenUp, Last: "unknown"},
		alive:   {State: store.OutboundDialling, Due: t0},
	} {
		if c := state(t, st, id); c.State != want.State || !c.Due.Equal(want.Due) || c.Last != want.Last {
			t.Errorf("call %d is %s, due %v, last %q; want %s, %v, %q", id, c.State, c.Due, c.Last, want.State, want.Due, want.Last)
		}
	}
	if tries, _ := st.Attempts(ctx, ringing); len(tries) != 1 || tries[0].Outcome != "unknown" || !tries[0].End.Equal(now) {
		t.Errorf("the attempt that was going on: %+v", tries)
	}
	if n, err := st.RecoverOutbound(ctx, now, true, due); n != 1 || err != nil {
		t.Errorf("a new process took back %d, %v; want the one left", n, err)
	}
	if err := st.EndAttempt(ctx, alive, store.OutboundAttempt{N: 1, End: now, Outcome: "busy"}, store.OutboundDone, due); err == nil {
		t.Error("an attempt that never began has ended")
	}
}

func testOutboundKey(t *testing.T, st OutboundStore) {
	c := ordered("+33612345678")
	c.Key = "k1"
	first := add(t, st, c)
	id, existing, err := st.AddOutbound(t.Context(), c)
	if id != first || !existing || err != nil {
		t.Errorf("the same key again: %d, %v, %v; want %d", id, existing, err, first)
	}
	c.Number = "+33612345679"
	if _, _, err := st.AddOutbound(t.Context(), c); !errors.Is(err, store.ErrKeyUsed) {
		t.Errorf("the same key for another number: %v", err)
	}
	got := state(t, st, first)
	if got.Plan.Consent == nil || got.Plan.Consent.Reference != "f-1" || got.Campaign != "rappels" || got.Key != "k1" || got.Kind != store.KindCall {
		t.Errorf("kept as %+v", got)
	}
	for cb, err := range st.Callbacks(t.Context(), store.CallbackQuery{}) {
		t.Errorf("an ordered call is among the callbacks: %+v, %v", cb, err)
	}
	if _, err := st.OutboundCall(t.Context(), 99); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such call: %v", err)
	}
}

func testDropWhileDialling(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	id := add(t, st, ordered("+33612345678"))
	_, err := st.ClaimOne(ctx, id, t0.Add(time.Minute), "a")
	must(t, err)
	n, err := st.BeginAttempt(ctx, id, "a", t0, t0.Add(time.Minute), "gateway")
	must(t, err)
	must(t, st.SetOutbound(ctx, id, "open", "")) // changes nothing: it is being rung
	if _, err := st.ClaimOne(ctx, id, t0, "b"); !errors.Is(err, store.ErrNotClaimed) {
		t.Errorf("claimed while it rings: %v", err)
	}
	must(t, st.SetOutbound(ctx, id, store.OutboundDropped, "cancelled"))
	must(t, st.EndAttempt(ctx, id, store.OutboundAttempt{N: n, End: t0, Outcome: "busy"}, store.OutboundRetry, t0))
	if c := state(t, st, id); c.State != store.OutboundDropped || c.Last != "cancelled" {
		t.Errorf("dropped, then %s, %q", c.State, c.Last)
	}
	pending, err := st.OutboundCalls(ctx, store.OutboundQuery{State: store.OutboundPending})
	must(t, err)
	if len(pending) != 0 {
		t.Errorf("pending: %+v", pending)
	}
}

func testCountAttempts(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	for i := range 3 {
		id := add(t, st, ordered("+33612345678"))
		at := t0.Add(time.Duration(i) * 24 * time.Hour)
		_, err := st.ClaimOne(ctx, id, at.Add(time.Minute), "a")
		must(t, err)
		_, err = st.BeginAttempt(ctx, id, "a", at, at.Add(time.Minute), "gateway")
		must(t, err)
	}
	last := t0.Add(48 * time.Hour)
	for name, tc := range map[string]struct {
		number, campaign string
		since            time.Time
		want             int
	}{
		"of a number":        {"+33612345678", "", t0, 3},
		"of its last day":    {"+33612345678", "", t0.Add(30 * time.Hour), 1},
		"of another number":  {"+33612345679", "", t0, 0},
		"of a campaign":      {"", "rappels", t0.Add(time.Hour), 2},
		"of another":         {"", "promo", t0, 0},
		"after all of these": {"+33612345678", "", last.Add(time.Second), 0},
	} {
		c, err := st.CountAttempts(ctx, tc.number, tc.campaign, tc.since)
		must(t, err)
		if c.Attempts != tc.want || (c.Attempts > 0) != c.Last.Equal(last) {
			t.Errorf("%s: %+v, want %d", name, c, tc.want)
		}
	}
	if n, err := st.CampaignCalls(ctx, "rappels", t0); n != 3 || err != nil {
		t.Errorf("the campaign has %d calls, %v", n, err)
	}
}

func testNoCall(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	id, other := add(t, st, ordered("+33612345678")), add(t, st, ordered("+33612345679"))
	n := store.NoCall{Number: "+33612345678", At: t0, How: "said", Who: "c1", Note: "stop"}
	if added, err := st.AddNoCall(ctx, n, store.NoCall{Number: "+33600000000", At: t0, How: "list"}, n); added != 2 || err != nil {
		t.Errorf("added %d, %v", added, err)
	}
	if c := state(t, st, id); c.State != store.OutboundDropped || c.Last != "do_not_call" {
		t.Errorf("a call to who said stop is %s, %q", c.State, c.Last)
	}
	if c := state(t, st, other); c.State != store.OutboundOpen {
		t.Errorf("a call to somebody else is %s", c.State)
	}
	if got, err := st.NoCall(ctx, n.Number); got != n || err != nil {
		t.Errorf("got %+v, %v; want %+v", got, err, n)
	}
	if got, err := st.NoCalls(ctx, "+33600000000", 5); len(got) != 1 || got[0] != n || err != nil {
		t.Errorf("after the first: %+v, %v", got, err)
	}
	must(t, st.RemoveNoCall(ctx, n.Number))
	for _, err := range []error{second(st.NoCall(ctx, n.Number)), st.RemoveNoCall(ctx, n.Number)} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("taken off: %v", err)
		}
	}
}

func testHundred(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	for i := range 100 {
		c := ordered(fmt.Sprintf("+336%08d", i))
		add(t, st, c)
	}
	got, err := st.Claim(ctx, t0, t0.Add(time.Hour), "dead", 10)
	must(t, err)
	for _, c := range got {
		_, err := st.BeginAttempt(ctx, c.ID, "dead", t0, t0.Add(time.Hour), "gateway")
		must(t, err)
	}
	must(t, st.AnsweredAttempt(ctx, got[0].ID, 1, "c1"))
	_, err = st.RecoverOutbound(ctx, t0.Add(time.Second), true, t0.Add(time.Minute))
	must(t, err)
	again, err := st.Claim(ctx, t0.Add(2*time.Minute), t0.Add(time.Hour), "new", 500)
	must(t, err)
	if len(again) != 99 {
		t.Errorf("%d of the 99 that nobody had answered are rung after the kill", len(again))
	}
	for _, c := range again {
		if c.ID == got[0].ID {
			t.Error("who had answered is rung again")
		}
	}
}

// A callback that somebody has taken is theirs: no machine rings there, until it is given back.
func testTakeOutbound(t *testing.T, st OutboundStore) {
	ctx := t.Context()
	id, err := st.AddCallback(ctx, store.Callback{Conv: "c1", At: t0, Phone: "06 12 34 56 78", Lang: "fr"})
	must(t, err)
	plan := state(t, st, id)
	plan.Number, plan.Due = "+33612345678", t0
	must(t, st.PlanOutbound(ctx, plan))
	if was, err := st.TakeOutbound(ctx, id, "nadia", false); was != "" || err != nil {
		t.Fatalf("taken from %q, %v", was, err)
	}
	if c := state(t, st, id); c.Taker != "nadia" || !c.Due.IsZero() {
		t.Errorf("taken: %+v", c)
	}
	if was, err := st.TakeOutbound(ctx, id, "karim", false); was != "nadia" || !errors.Is(err, store.ErrNotClaimed) {
		t.Errorf("taken again from %q, %v", was, err)
	}
	if _, err := st.TakeOutbound(ctx, id, "nadia", false); err != nil {
		t.Errorf("taken twice by one: %v", err)
	}
	// An attempt by hand that fails leaves it with them.
	_, err = st.ClaimOne(ctx, id, t0.Add(time.Hour), "p")
	must(t, err)
	n, err := st.BeginAttempt(ctx, id, "p", t0, t0.Add(time.Hour), "nadia")
	must(t, err)
	must(t, st.EndAttempt(ctx, id, store.OutboundAttempt{N: n, End: t0, Outcome: "no_answer"}, store.OutboundRetry, t0.Add(time.Minute)))
	if list, err := st.Claim(ctx, t0.Add(time.Hour), t0.Add(2*time.Hour), "p", 10); err != nil || len(list) != 0 {
		t.Errorf("the machine claims what somebody has: %+v, %v", list, err)
	}
	if was, err := st.TakeOutbound(ctx, id, "karim", true); was != "nadia" || err != nil {
		t.Errorf("a supervisor: from %q, %v", was, err)
	}
	if _, err := st.TakeOutbound(ctx, id, "", true); err != nil {
		t.Error(err)
	}
	if c := state(t, st, id); c.Taker != "" || c.State != store.OutboundOpen || c.Number != "" || c.Tries != 1 {
		t.Errorf("given back: %+v", c)
	}
	must(t, st.SetCallback(ctx, id, store.OutboundDone))
	if _, err := st.TakeOutbound(ctx, id, "nadia", true); !errors.Is(err, store.ErrNotClaimed) {
		t.Errorf("one that is done: %v", err)
	}
	if _, err := st.TakeOutbound(ctx, 99, "nadia", false); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}
