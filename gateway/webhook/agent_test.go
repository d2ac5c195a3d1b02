package webhook

import (
	"encoding/json"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// An agent's words reach the messenger as the bot's do, with who wrote them; the person's own do not.
func TestAnAgentsWordsAreTold(t *testing.T) {
	t.Parallel()
	s := &Sender{hooks: []*hook{{cfg: Config{URL: "https://connector.example.com"}}}}
	out := s.Deliveries(store.Chat{Conv: "c"}, []event.Event{
		{Conv: "c", Seq: 1, At: time.Unix(0, 0), Body: event.Said{Text: "bonjour"}},
		{Conv: "c", Seq: 2, At: time.Unix(0, 0), Body: event.Said{Text: "je regarde", Who: event.Agent, Name: "Karim"}},
	})
	if len(out) != 1 {
		t.Fatalf("%d deliveries, want the agent's alone", len(out))
	}
	var got struct {
		Type string
		Data struct{ Text, From, Name string }
	}
	if err := json.Unmarshal(out[0].Body, &got); err != nil || got.Type != "chat.message" || got.Data != struct{ Text, From, Name string }{"je regarde", "agent", "Karim"} {
		t.Errorf("%s %v", out[0].Body, err)
	}
}
