package desk

import (
	"testing"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

func TestTheCustomersPage(t *testing.T) {
	t.Parallel()
	b := event.Brief{Live: event.Live{ID: "c1", Channel: "voice", Bot: "colibri", Lang: "fr", From: "sip:+33612345678@trunk.example", Intent: "suivi",
		Slots: []event.Slot{{Name: "carte", Value: "••••", Customer: true}, {Name: "client", Value: "C 45", Shown: "C quarante-cinq", Customer: true}}},
		Transfer: event.TransferStarted{Queue: "litige"}}
	names := Names{Hidden: "••••", CRM: agents.CRMConfig{URL: "https://crm.example.com/{customer}?t={phone}&k={slot.carte}&q={queue}"}}
	if got := Describe(b, names).CRM; got != "https://crm.example.com/C%2045?t=%2B33612345678&k=&q=litige" {
		t.Errorf("%q", got)
	}
	b.From, b.Slots, b.Transfer = "sip:anonymous@anonymous.invalid", nil, event.TransferStarted{}
	if got := Describe(b, names).CRM; got != "" {
		t.Errorf("of nobody known: %q", got)
	}
	if got := Describe(b, Names{}).CRM; got != "" {
		t.Errorf("without one: %q", got)
	}
}
