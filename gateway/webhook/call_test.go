package webhook

import (
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
)

// What is told of a call is in the outbox of the next process when this one dies after Append.
func TestCallsSurviveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "calls.db")
	const url, other = "https://crm.example.com/hook", "https://messenger.example.com"
	st, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(st, []Config{{URL: url, Key: "0123456789abcdef", Events: kinds[5:]}, {URL: other, Key: "0123456789abcdef"}}, nil, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	st.Tell(s.Calls, s.Wake)
	if err := st.Append(t.Context(), storetest.Call("c1", time.Now().Add(-time.Hour))...); err != nil {
		t.Fatal(err)
	}
	if err := st.Append(t.Context(), event.Event{Conv: "chat", Seq: 1, At: time.Now(), Body: event.Started{Channel: "text"}}, event.Event{Conv: "chat", Seq: 2, At: time.Now(), Body: event.Ended{Outcome: "resolved"}}); err != nil {
		t.Fatal(err)
	}
	if len(s.hooks[0].wake) != 1 {
		t.Error("nobody was woken")
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if st, err = sqlite.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var got []string
	for {
		due, err := st.DueDeliveries(t.Context(), url, time.Now(), 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(due) == 0 {
			break
		}
		for _, d := range due {
			var p struct {
				Type string
				Data callData
			}
			if err := json.Unmarshal(d.Body, &p); err != nil || p.Data.Conv != "c1" {
				t.Fatalf("%v: %s", err, d.Body)
			}
			if got = append(got, p.Type); p.Type == "call.ended" && (!slices.Equal(p.Data.Reasons, []string{"asked"}) || !slices.Equal(p.Data.Outcomes, []string{"completed"}) || len(p.Data.Summary) != 4 || p.Data.Summary[0] != "Colis 45 12 78 01." || p.Data.Outcome != "transferred" || len(p.Data.Slots) == 0 || p.Data.Agent != "karim") {
				t.Errorf("%s", d.Body)
			}
			if err := st.Delivered(t.Context(), d.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.Contains(got, "call.handoff") || !slices.Contains(got, "call.handoff_ended") || got[len(got)-1] != "call.ended" {
		t.Errorf("told %v", got)
	}
	if n, err := st.AbandonDeliveries(t.Context(), nil); err != nil || n != 0 {
		t.Errorf("%d were left, %v", n, err)
	}
	st.Tell(s.Calls, nil)
	if err := st.Append(t.Context(), storetest.Call("c2", time.Now())...); err != nil {
		t.Fatal(err)
	}
	n, err := st.AbandonDeliveries(t.Context(), nil)
	if dead, err2 := st.DeadDeliveries(t.Context(), 2); err != nil || err2 != nil || n < 3 || len(dead) != 2 || dead[0].Conv != "c2" || dead[0].ID < dead[1].ID {
		t.Errorf("%d given up, listed %v, %v, %v", n, dead, err, err2)
	}
	if due, err := st.DueDeliveries(t.Context(), other, time.Now(), 10); err != nil || len(due) != 0 {
		t.Errorf("who asked for no calls is told %v, %v", due, err)
	}
}

// A message that was left is no wish to be rung, in calls and in writing.
func TestAMessageThatWasLeft(t *testing.T) {
	t.Parallel()
	s := &Sender{hooks: []*hook{{name: "crm", cfg: Config{URL: "crm", Events: []string{"left_message", "call.left_message"}}}, {name: "rings", cfg: Config{URL: "rings", Events: []string{"callback", "call.callback"}}}}}
	left := event.Event{Conv: "c", Seq: 4, At: time.Unix(0, 0), Body: event.CallbackTaken{Phone: "+33612345678", Reason: "message", Message: "je suis passé"}}
	out := append(s.Calls(store.Summary{Channel: "voice"}, left), s.Deliveries(store.Chat{Conv: "c"}, []event.Event{left})...)
	if len(out) != 2 || out[0].Hook != "crm" || out[1].Hook != "crm" {
		t.Fatalf("%+v", out)
	}
	var call, chat struct {
		Type string
		Data struct{ Message, Text, Reason string }
	}
	if err := errors.Join(json.Unmarshal(out[0].Body, &call), json.Unmarshal(out[1].Body, &chat)); err != nil {
		t.Fatal(err)
	}
	if call.Type != "call.left_message" || call.Data.Message != "je suis passé" || call.Data.Reason != "message" || chat.Type != "chat.left_message" || chat.Data.Text != "je suis passé" {
		t.Errorf("%s\n%s", out[0].Body, out[1].Body)
	}
}
