// Package storetest is the conformance kit of store.Store: what every implementation must do,
// as tests. An implementation passes when Run passes.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// t0 has microseconds, which is what a store must keep.
var t0 = time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)

// Run checks one implementation. open returns a new, empty store each time; Run closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	tests := []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"events come back as they were written", testRoundTrip},
		{"append is idempotent", testIdempotent},
		{"append is all or nothing", testAllOrNothing},
		{"append from many goroutines", testManyWriters},
		{"a reader may write while it reads", testWriteWhileReading},
		{"the summary follows the events", testSummary},
		{"conversations page without loss", testPaging},
		{"conversations are filtered", testFilters},
		{"unknown things are ErrNotFound", testNotFound},
		{"callbacks", testCallbacks},
		{"links", testLinks},
		{"xfer_38_killed: recover closes what was left open", testRecover},
		{"a cancelled context ends calls", testCancelled},
		{"close twice, then refuse", testClose},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			st := open(t)
			tc.test(t, st)
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

// Call returns the events of one whole call, for tests that need a record to look at: a parcel
// question with a barge-in, a failed and a completed hand-off.
func Call(conv string, start time.Time) []event.Event {
	slot := event.Slot{Name: "commande", Value: "45127801", Shown: "45 12 78 01", Confidence: 0.93, Confirmed: true}
	bodies := []event.Body{
		event.Started{Channel: "voice", From: "sip:+33612345678@trunk.example", Called: "hotline", Bot: "colibri", Lang: "fr", CallID: "a84b4c76e66710@pc33.example"},
		event.Answered{Codec: "PCMA"},
		event.Prompted{Text: "Colibri Express, bonjour. Que puis-je faire pour vous ?", Heard: "Colibri Express, bonjour.", Cut: true, ForMS: 1240, Step: "policy/greeting", Lang: "fr"},
		event.Said{Text: "où est mon colis", Confidence: 0.91, How: "speech", Barge: true, Alternatives: []event.Alternative{{Text: "ou est mon colis", Confidence: 0.4}}, StartMS: 1300, EndMS: 2600},
		event.Stepped{Intent: "suivi_colis", Steps: []event.Step{{Flow: "suivi_colis", Step: "numero"}}},
		event.Silent{ForMS: 8000},
		event.Said{Text: "45127801", Confidence: 1, How: "keys"},
		event.Stepped{Intent: "suivi_colis", Slots: []event.Slot{slot}, Steps: []event.Step{{Flow: "suivi_colis", Step: "lire", Note: "no_match 1"}}},
		event.Acted{Name: "http", Target: "suivi", Outcome: "ok", TookMS: 41},
		event.Prompted{Text: "Il arrive mardi.", Heard: "Il arrive mardi.", ForMS: 1500, AnswerMS: 640, Step: "suivi_colis/reponse", Lang: "fr"},
		event.Said{Text: "passez-moi quelqu’un", Confidence: 0.55, How: "speech"},
		event.TransferStarted{Skills: []string{"litige", "fr"}, Reason: "asked", Topic: "Suivi de colis", Summary: []string{"Colis 45 12 78 01."}, Briefing: "Litige. Colis 45 12 78 01."},
		event.TransferRinging{Agent: "lina", Addr: "sip:lina@192.0.2.7", Try: 1},
		event.TransferAttempt{Agent: "lina", Addr: "sip:lina@192.0.2.7", Outcome: "busy", Status: 486, TookMS: 210},
		event.TransferRinging{Agent: "karim", Addr: "sip:karim@192.0.2.8", Try: 2},
		event.TransferAttempt{Agent: "karim", Addr: "sip:karim@192.0.2.8", Outcome: "completed", Status: 200, TookMS: 5200},
		event.Bridged{Agent: "karim"},
		event.Said{Text: "bonjour, c’est Karim", Confidence: 0.8, How: "speech", Who: "agent"},
		event.TransferEnded{Outcome: "completed", Agent: "karim", WaitedMS: 5410, TalkedMS: 81000},
		event.Trouble{Where: "asr", What: "stream reset", Did: "opened again"},
		event.CallbackTaken{Phone: "+33612345678", Reason: "asked", Window: "9h-18h"},
		event.Ended{Outcome: "transferred", By: "agent", Cause: "normal clearing"},
	}
	evs := make([]event.Event, len(bodies))
	for i, b := range bodies {
		evs[i] = event.Event{Conv: conv, Seq: uint64(i + 1), At: start.Add(time.Duration(i) * 1500 * time.Millisecond), Body: b}
	}
	return evs
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func events(t *testing.T, st store.Store, conv string, after uint64) []event.Event {
	t.Helper()
	var out []event.Event
	for e, err := range st.Events(t.Context(), conv, after) {
		must(t, err)
		out = append(out, e)
	}
	return out
}

func list(t *testing.T, st store.Store, q store.Query) (ids []string, last store.Summary) {
	t.Helper()
	for s, err := range st.Conversations(t.Context(), q) {
		must(t, err)
		ids = append(ids, s.ID)
		last = s
	}
	return ids, last
}

func testRoundTrip(t *testing.T, st store.Store) {
	want := Call("c1", t0)
	must(t, st.Append(t.Context(), want[:5]...))
	must(t, st.Append(t.Context(), want[5:]...))
	must(t, st.Append(t.Context()))
	must(t, st.Append(t.Context(), Call("c2", t0)...))
	if got := events(t, st, "c1", 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := events(t, st, "c1", 20); !reflect.DeepEqual(got, want[20:]) {
		t.Errorf("after 20: got %v", got)
	}
	if got := events(t, st, "nobody", 0); got != nil {
		t.Errorf("events of an unknown conversation: %v", got)
	}
	// Times of other zones come back as UTC; a long conversation is not cut.
	paris := time.FixedZone("UTC+1", 3600)
	var long []event.Event
	for i := range 1000 {
		long = append(long, event.Event{Conv: "long", Seq: uint64(i + 1), At: t0.In(paris), Body: event.Silent{ForMS: int64(i)}})
	}
	must(t, st.Append(t.Context(), long...))
	got := events(t, st, "long", 0)
	if len(got) != 1000 || got[999].Body.(event.Silent).ForMS != 999 || got[0].At.Location() != time.UTC || !got[0].At.Equal(t0) {
		t.Errorf("long conversation: %d events", len(got))
	}
}

func testIdempotent(t *testing.T, st store.Store) {
	evs := Call("c1", t0)
	must(t, st.Append(t.Context(), evs...))
	before, err := st.Conversation(t.Context(), "c1")
	must(t, err)
	changed := Call("c1", t0.Add(time.Hour))
	changed[3].Body = event.Said{Text: "something else"}
	must(t, st.Append(t.Context(), changed...))
	if got := events(t, st, "c1", 0); !reflect.DeepEqual(got, evs) {
		t.Error("appending again changed the record")
	}
	after, err := st.Conversation(t.Context(), "c1")
	must(t, err)
	if !reflect.DeepEqual(after, before) {
		t.Errorf("appending again changed the summary: %+v", after)
	}
}

func testAllOrNothing(t *testing.T, st store.Store) {
	good := event.Event{Conv: "c1", Seq: 1, At: t0, Body: event.Silent{}}
	for _, bad := range []event.Event{
		{Conv: "c1", Seq: 2, At: t0},
		{Conv: "", Seq: 2, At: t0, Body: event.Silent{}},
		{Conv: "c1", Seq: 0, At: t0, Body: event.Silent{}},
		{Conv: "c1", Seq: 2, Body: event.Silent{}},
	} {
		if err := st.Append(t.Context(), good, bad); err == nil {
			t.Errorf("a bad event was accepted: %+v", bad)
		}
	}
	if got := events(t, st, "c1", 0); got != nil {
		t.Errorf("half of a batch was kept: %v", got)
	}
}

func testManyWriters(t *testing.T, st store.Store) {
	const writers, each = 10, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			conv := fmt.Sprintf("c%02d", w)
			for i := range each {
				if err := st.Append(t.Context(), event.Event{Conv: conv, Seq: uint64(i + 1), At: t0, Body: event.Said{Text: conv}}); err != nil {
					t.Errorf("%s: %v", conv, err)
				}
				if s, err := st.Conversation(t.Context(), conv); err != nil || s.Turns != i+1 {
					t.Errorf("%s: after append %d the summary says %d turns, %v", conv, i+1, s.Turns, err)
				}
			}
		})
	}
	wg.Wait()
	for w := range writers {
		if got := events(t, st, fmt.Sprintf("c%02d", w), 0); len(got) != each {
			t.Errorf("writer %d: %d events, want %d", w, len(got), each)
		}
	}
}

func testWriteWhileReading(t *testing.T, st store.Store) {
	must(t, st.Append(t.Context(), Call("c1", t0)...))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for e, err := range st.Events(ctx, "c1", 0) {
		must(t, err)
		e.Conv = "copy"
		must(t, st.Append(ctx, e))
	}
	for s, err := range st.Conversations(ctx, store.Query{}) {
		must(t, err)
		_, err = st.AddCallback(ctx, store.Callback{Conv: s.ID, At: t0, Phone: "1", Reason: "nobody"})
		must(t, err)
	}
	for c, err := range st.Callbacks(ctx, store.CallbackQuery{}) {
		must(t, err)
		must(t, st.SetCallback(ctx, c.ID, "done"))
	}
	if got := events(t, st, "copy", 0); len(got) != len(Call("", t0)) {
		t.Errorf("%d events copied", len(got))
	}
}

func testSummary(t *testing.T, st store.Store) {
	evs := Call("c1", t0)
	want := store.Summary{ID: "c1", Channel: "voice", From: "sip:+33612345678@trunk.example", Called: "hotline", Bot: "colibri", Lang: "fr",
		Start: t0, End: evs[len(evs)-1].At, Outcome: "transferred", EndedBy: "agent", Intent: "suivi_colis", Topic: "suivi_colis", Turns: 3,
		Transfer: "completed", Agent: "karim", Queue: "litige, fr",
		Slots: []event.Slot{{Name: "commande", Value: "45127801", Shown: "45 12 78 01", Confidence: 0.93, Confirmed: true}}}
	for _, e := range evs[:len(evs)-1] {
		must(t, st.Append(t.Context(), e))
	}
	running, err := st.Conversation(t.Context(), "c1")
	must(t, err)
	if !running.End.IsZero() || running.Outcome != "" || running.Agent != "karim" {
		t.Errorf("while it runs: %+v", running)
	}
	must(t, st.Append(t.Context(), evs[len(evs)-1]))
	got, err := st.Conversation(t.Context(), "c1")
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if _, last := list(t, st, store.Query{}); !reflect.DeepEqual(last, want) {
		t.Errorf("the list says %+v", last)
	}
}

func testPaging(t *testing.T, st store.Store) {
	// Three start in the same microsecond: a page may end between them.
	for i := range 9 {
		at := t0.Add(time.Duration(i/3) * time.Minute)
		must(t, st.Append(t.Context(), event.Event{Conv: fmt.Sprintf("c%d", i), Seq: 1, At: at, Body: event.Started{Channel: "voice"}}))
	}
	all, _ := list(t, st, store.Query{})
	if want := []string{"c6", "c7", "c8", "c3", "c4", "c5", "c0", "c1", "c2"}; !reflect.DeepEqual(all, want) {
		t.Fatalf("got %v, want newest first %v", all, want)
	}
	for size := 1; size <= 9; size++ {
		var got []string
		q := store.Query{Limit: size}
		for {
			ids, last := list(t, st, q)
			if len(ids) == 0 {
				break
			}
			if len(ids) > size {
				t.Fatalf("page of %d has %d lines", size, len(ids))
			}
			got = append(got, ids...)
			q.Before, q.BeforeID = last.Start, last.ID
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("pages of %d: %v, want %v", size, got, all)
		}
	}
	if ids, _ := list(t, st, store.Query{Before: t0.Add(time.Minute)}); !reflect.DeepEqual(ids, []string{"c0", "c1", "c2"}) {
		t.Errorf("before the second minute: %v", ids)
	}
}

func testFilters(t *testing.T, st store.Store) {
	for i, c := range []struct{ channel, outcome string }{{"voice", "resolved"}, {"text", "resolved"}, {"voice", "failed"}, {"voice", ""}} {
		conv, at := fmt.Sprintf("c%d", i), t0.Add(time.Duration(i)*time.Second)
		must(t, st.Append(t.Context(), event.Event{Conv: conv, Seq: 1, At: at, Body: event.Started{Channel: c.channel}}))
		if c.outcome != "" {
			must(t, st.Append(t.Context(), event.Event{Conv: conv, Seq: 2, At: at, Body: event.Ended{Outcome: c.outcome}}))
		}
	}
	for _, tc := range []struct {
		q    store.Query
		want []string
	}{
		{store.Query{Channel: "voice"}, []string{"c3", "c2", "c0"}},
		{store.Query{Outcome: "resolved"}, []string{"c1", "c0"}},
		{store.Query{Open: true}, []string{"c3"}},
		{store.Query{Channel: "text", Outcome: "resolved", Before: t0.Add(time.Hour)}, []string{"c1"}},
		{store.Query{Channel: "text", Open: true}, nil},
	} {
		if got, _ := list(t, st, tc.q); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%+v: got %v, want %v", tc.q, got, tc.want)
		}
	}
}

func testNotFound(t *testing.T, st store.Store) {
	_, errConv := st.Conversation(t.Context(), "nobody")
	_, errLink := st.Link(t.Context(), "nothing", t0)
	for what, err := range map[string]error{"conversation": errConv, "link": errLink, "callback": st.SetCallback(t.Context(), 99, "done")} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", what, err)
		}
	}
}

func testCallbacks(t *testing.T, st store.Store) {
	read := func(q store.CallbackQuery) (out []store.Callback) {
		for c, err := range st.Callbacks(t.Context(), q) {
			must(t, err)
			out = append(out, c)
		}
		return out
	}
	var want []store.Callback
	for i := range 3 {
		c := store.Callback{Conv: fmt.Sprint("c", i), At: t0, Phone: "+33612345678", Reason: "nobody", Window: "9h-18h", Lang: "fr",
			Slots: []event.Slot{{Name: "commande", Value: "1", Shown: "1"}}}
		id, err := st.AddCallback(t.Context(), c)
		must(t, err)
		c.ID, c.State = id, "open"
		want = append(want, c)
	}
	if got := read(store.CallbackQuery{}); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v\nwant oldest first %+v", got, want)
	}
	must(t, st.SetCallback(t.Context(), want[1].ID, "done"))
	if err := st.SetCallback(t.Context(), want[0].ID, "whatever"); err == nil {
		t.Error("an unknown state was accepted")
	}
	if got := read(store.CallbackQuery{State: "open"}); len(got) != 2 || got[1].ID != want[2].ID {
		t.Errorf("open ones: %+v", got)
	}
	if got := read(store.CallbackQuery{State: "done"}); len(got) != 1 || got[0].State != "done" {
		t.Errorf("done ones: %+v", got)
	}
	if got := read(store.CallbackQuery{Limit: 1}); len(got) != 1 || got[0].ID != want[0].ID {
		t.Errorf("the first one: %+v", got)
	}
}

func testLinks(t *testing.T, st store.Store) {
	a, err := st.AddLink(t.Context(), "c1", t0.Add(time.Hour))
	must(t, err)
	b, err := st.AddLink(t.Context(), "c1", t0.Add(2*time.Hour))
	must(t, err)
	if a == b || len(a) < 22 {
		t.Errorf("tokens %q and %q, want different ones of 128 bits", a, b)
	}
	for _, tc := range []struct {
		token string
		now   time.Time
		ok    bool
	}{
		{a, t0, true}, {a, t0.Add(59 * time.Minute), true}, {a, t0.Add(time.Hour), false}, {b, t0.Add(time.Hour), true},
		{a[:len(a)-1], t0, false}, {"", t0, false}, {"' OR 1=1 --", t0, false},
	} {
		conv, err := st.Link(t.Context(), tc.token, tc.now)
		if tc.ok && (err != nil || conv != "c1") || !tc.ok && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("token %q at %v: %q, %v", tc.token, tc.now, conv, err)
		}
	}
}

func testRecover(t *testing.T, st store.Store) {
	call := Call("ringing", t0)
	must(t, st.Append(t.Context(), call[:15]...)) // karim's phone rings
	must(t, st.Append(t.Context(), func() []event.Event { c := Call("talking", t0); return c[:18] }()...))
	must(t, st.Append(t.Context(), Call("over", t0)...))
	now := t0.Add(72 * time.Hour)
	n, err := st.Recover(t.Context(), now)
	must(t, err)
	if n != 2 {
		t.Errorf("%d recovered, want 2", n)
	}
	for _, tc := range []struct {
		conv  string
		types []string
		seen  uint64
	}{
		{"ringing", []string{"transfer_attempt", "transfer_ended", "ended"}, 15},
		{"talking", []string{"transfer_ended", "ended"}, 18},
		{"over", nil, uint64(len(call))},
	} {
		var types []string
		for _, e := range events(t, st, tc.conv, tc.seen) {
			types = append(types, e.Body.Type())
			if v, ok := e.Body.(event.TransferEnded); ok && (v.Outcome != "unknown" || v.Agent != "karim") {
				t.Errorf("%s: %+v", tc.conv, v)
			}
		}
		if !reflect.DeepEqual(types, tc.types) {
			t.Errorf("%s: got %v, want %v", tc.conv, types, tc.types)
		}
	}
	s, err := st.Conversation(t.Context(), "ringing")
	must(t, err)
	if s.Outcome != "failed" || s.EndedBy != "gateway" || s.Transfer != "unknown" || !s.End.Equal(call[14].At) {
		t.Errorf("summary %+v, want it closed when it was last heard of", s)
	}
	if n, err := st.Recover(t.Context(), now); n != 0 || err != nil {
		t.Errorf("second time: %d, %v", n, err)
	}
}

func testCancelled(t *testing.T, st store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := st.Append(ctx, Call("c1", t0)...); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	for _, err := range st.Events(ctx, "c1", 0) {
		if err == nil {
			t.Error("events went on")
		}
	}
}

func testClose(t *testing.T, st store.Store) {
	must(t, st.Append(t.Context(), Call("c1", t0)...))
	must(t, st.Close())
	must(t, st.Close())
	if err := st.Append(t.Context(), Call("c2", t0)...); err == nil {
		t.Error("a closed store accepted events")
	}
	if _, err := st.Conversation(t.Context(), "c1"); err == nil {
		t.Error("a closed store answered")
	}
}
