package gateway

import (
	"fmt"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// Who waited for a person when the gateway died is in the list of callbacks afterwards, once, for people to ring;
// who spoke with one already, who was with the bot, and who withholds their number is not.
func TestCutOffWhileTheyWaited(t *testing.T) {
	t.Parallel()
	data := t.TempDir() + "/x.db"
	st, err := sqlite.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	waits := []event.Body{event.TransferStarted{Reason: "asked"}, event.TransferRinging{Agent: "karim"}}
	for i, c := range []struct {
		from string
		then []event.Body
	}{
		{"sip:+33612345678@trunk", waits},
		{"sip:+33612345679@trunk", append(waits[:2:2], event.Bridged{Agent: "karim"}, event.Said{Who: event.Agent, Text: "bonjour"})},
		{"sip:+33612345670@trunk", nil},
		{"sip:anonymous@anonymous.invalid", waits},
	} {
		at := time.Now().Add(-time.Minute)
		for n, b := range append([]event.Body{event.Started{Channel: "voice", From: c.from, Bot: "colibri", Lang: "fr"}, event.Answered{}}, c.then...) {
			if err := st.Append(t.Context(), event.Event{Conv: fmt.Sprint("c", i), Seq: uint64(n + 1), At: at.Add(time.Duration(n) * time.Second), Body: b}); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = st.Close()
	for round := range 2 { // the second finds nothing more to close
		if st, err = sqlite.Open(t.Context(), data); err != nil {
			t.Fatal(err)
		}
		var cut cutOff
		st.Tell(func(sum store.Summary, e event.Event) []store.Delivery { cut.note(sum, e); return nil }, nil)
		if _, err := st.Recover(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if n, err := cut.keep(t.Context(), st); err != nil || n != 1-round {
			t.Errorf("round %d: %d callbacks, %v", round, n, err)
		}
		var got []store.Callback
		for cb, err := range st.Callbacks(t.Context(), store.CallbackQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, cb)
		}
		if len(got) != 1 || got[0].Phone != "+33612345678" || got[0].State != store.OutboundGivenUp || !got[0].Next.IsZero() || got[0].Reason != ReasonCutOff || got[0].Conv != "c0" {
			t.Errorf("round %d: %+v", round, got)
		}
		_ = st.Close()
	}
}
