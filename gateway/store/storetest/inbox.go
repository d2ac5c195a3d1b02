package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// InboxStore is a Store that also keeps what was not understood.
type InboxStore interface {
	store.Store
	store.Inbox
}

// RunInbox checks one implementation of store.Inbox. open returns a new, empty store each time;
// RunInbox closes it.
func RunInbox(t *testing.T, open func(t *testing.T) InboxStore) {
	for name, test := range map[string]func(*testing.T, InboxStore){
		"unclear events are utterances":         testUtterances,
		"utterances are decided, all or none":   testDecide,
		"labels reach the utterances":           testLabel,
		"a running conversation takes no label": testLabelRefused,
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

// muddled is a conversation in which two utterances were not understood.
func muddled(conv string, start time.Time) []event.Event {
	bodies := []event.Body{
		event.Started{Channel: "voice", Bot: "colibri", Lang: "fr"},
		event.Said{Text: "rien eu du tout", Confidence: 0.8, How: "speech"},
		event.Unclear{Text: "rien eu du tout", Guess: "remboursement", P: 0.31, Why: "no_match"},
		event.Stepped{Intent: "suivi_colis"},
		event.Unclear{Text: "a refund", Lang: "en", Why: "corrected", Intent: "remboursement"},
		event.Ended{Outcome: "resolved", By: "bot"},
	}
	evs := make([]event.Event, len(bodies))
	for i, b := range bodies {
		evs[i] = event.Event{Conv: conv, Seq: uint64(i + 1), At: start.Add(time.Duration(i) * time.Second), Body: b}
	}
	return evs
}

func utterances(t *testing.T, st InboxStore, q store.UtteranceQuery) (out []store.Utterance) {
	t.Helper()
	for u, err := range st.Utterances(t.Context(), q) {
		must(t, err)
		out = append(out, u)
	}
	return out
}

func testUtterances(t *testing.T, st InboxStore) {
	evs := muddled("c1", t0)
	must(t, st.Append(t.Context(), evs...))
	must(t, st.Append(t.Context(), evs...)) // again does nothing
	must(t, st.Append(t.Context(), muddled("c2", t0.Add(time.Hour))...))
	got := utterances(t, st, store.UtteranceQuery{})
	if len(got) != 4 {
		t.Fatalf("%d utterances, want 4: %+v", len(got), got)
	}
	want := store.Utterance{ID: got[0].ID, Conv: "c1", Seq: 3, At: t0.Add(2 * time.Second), Bot: "colibri", Lang: "fr", Channel: "voice", Text: "rien eu du tout",
		Guess: "remboursement", P: 0.31, Why: "no_match", Final: "suivi_colis", State: store.UtteranceOpen}
	if got[0] != want {
		t.Errorf("got  %+v\nwant %+v", got[0], want)
	}
	if got[1].Lang != "en" || got[1].Intent != "remboursement" {
		t.Errorf("the second one: %+v", got[1])
	}
	if !slices.IsSortedFunc(got, func(a, b store.Utterance) int { return int(a.ID - b.ID) }) {
		t.Error("not in the order of their IDs")
	}
	if rest := utterances(t, st, store.UtteranceQuery{After: got[1].ID, Limit: 1}); len(rest) != 1 || rest[0] != got[2] {
		t.Errorf("after %d: %+v", got[1].ID, rest)
	}
	if none := utterances(t, st, store.UtteranceQuery{Bot: "autre"}); len(none) != 0 {
		t.Errorf("of another bot: %+v", none)
	}
}

func testDecide(t *testing.T, st InboxStore) {
	must(t, st.Append(t.Context(), muddled("c1", t0)...))
	all := utterances(t, st, store.UtteranceQuery{})
	must(t, st.SetUtterances(t.Context(), []int64{all[0].ID}, store.UtteranceAccepted, "suivi_colis"))
	if got := utterances(t, st, store.UtteranceQuery{State: store.UtteranceAccepted}); len(got) != 1 || got[0].Decided != "suivi_colis" {
		t.Errorf("accepted: %+v", got)
	}
	if err := st.SetUtterances(t.Context(), []int64{all[1].ID, 999}, store.UtteranceDismissed, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if got := utterances(t, st, store.UtteranceQuery{State: store.UtteranceOpen}); len(got) != 1 || got[0].ID != all[1].ID {
		t.Errorf("still open: %+v", got)
	}
	must(t, st.SetUtterances(t.Context(), []int64{all[0].ID}, store.UtteranceOpen, "x"))
	if got := utterances(t, st, store.UtteranceQuery{State: store.UtteranceOpen}); len(got) != 2 || got[0].Decided != "" {
		t.Errorf("opened again: %+v", got)
	}
	for _, intent := range []string{store.OutOfScope, "suivi_colis"} {
		must(t, st.SetUtterances(t.Context(), []int64{all[0].ID}, store.UtteranceDismissed, intent))
		got := utterances(t, st, store.UtteranceQuery{State: store.UtteranceDismissed})
		if want := map[bool]string{true: intent}[intent == store.OutOfScope]; len(got) != 1 || got[0].Decided != want {
			t.Errorf("dismissed as %s: %+v", intent, got)
		}
	}
	if err := st.SetUtterances(t.Context(), []int64{all[0].ID}, "lost", ""); err == nil {
		t.Error("a state that is none was taken")
	}
}

func testLabel(t *testing.T, st InboxStore) {
	must(t, st.Append(t.Context(), muddled("c1", t0)...))
	for _, intent := range []string{"remboursement", "litige"} {
		must(t, st.Label(t.Context(), "c1", event.Labelled{Agent: "karim", Intent: intent}, t0.Add(time.Hour)))
	}
	if got := utterances(t, st, store.UtteranceQuery{}); got[0].Label != "litige" {
		t.Errorf("label %q, want the last one", got[0].Label)
	}
	evs := events(t, st, "c1", 6)
	if len(evs) != 2 || evs[1].Seq != 8 || evs[1].Body != (event.Labelled{Agent: "karim", Intent: "litige"}) {
		t.Errorf("events: %+v", evs)
	}
	sum, err := st.Conversation(t.Context(), "c1")
	must(t, err)
	if sum.Outcome != "resolved" || !sum.End.Equal(t0.Add(5*time.Second)) {
		t.Errorf("a label changed the summary: %+v", sum)
	}
}

func testLabelRefused(t *testing.T, st InboxStore) {
	if err := st.Label(t.Context(), "nowhere", event.Labelled{Intent: "x"}, t0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
	must(t, st.Append(t.Context(), muddled("c1", t0)[:5]...))
	if err := st.Label(t.Context(), "c1", event.Labelled{Intent: "x"}, t0); !errors.Is(err, store.ErrRunning) {
		t.Errorf("running: %v", err)
	}
}
