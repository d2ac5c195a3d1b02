package desk

import (
	"testing"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

func TestPropose(t *testing.T) {
	t.Parallel()
	stepped := event.Stepped{Intent: "colis_non_recu", Steps: []event.Step{{Flow: "litige", Step: "preuve"}}, Slots: []event.Slot{{Name: "choix", Value: "renvoi"}}}
	own := agents.DefaultDeskConfig()
	own.Conclusions = append(own.Conclusions, "renvoi")
	own.Proposals = append([]agents.Proposal{{Conclusion: "renvoi", Intent: "colis_non_recu", Step: "litige/preuve", Slot: "choix=Renvoi", Act: "enquete=ok"}}, own.Proposals...)
	for name, c := range map[string]struct {
		evs  []event.Body
		want string
	}{
		"nothing happened":  {nil, ""},
		"only talk":         {[]event.Body{stepped}, ""},
		"done":              {[]event.Body{event.Acted{Target: "suivi", Outcome: "ok"}}, "résolu"},
		"failed last":       {[]event.Body{event.Acted{Target: "suivi", Outcome: "ok"}, event.Acted{Target: "enquete", Outcome: "timeout"}}, "à suivre"},
		"callback":          {[]event.Body{event.Acted{Target: "suivi", Outcome: "ok"}, event.CallbackTaken{}}, "rappel prévu"},
		"passed on":         {[]event.Body{event.AgentActed{Act: event.AgentTransfer}, event.AgentActed{Act: event.AgentTransferred}}, "transmis"},
		"passed on in vain": {[]event.Body{event.AgentActed{Act: event.AgentTransfer}, event.AgentActed{Act: event.AgentNotMoved}}, ""},
		"a rule of its own": {[]event.Body{stepped, event.Acted{Target: "enquete", Outcome: "ok"}}, "renvoi"},
	} {
		var evs []event.Event
		for i, b := range c.evs {
			evs = append(evs, event.Event{Conv: "c", Seq: uint64(i + 1), Body: b})
		}
		if got := Propose(own, evs); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	few := agents.DefaultDeskConfig()
	few.Conclusions = []string{"fini"}
	if got := Propose(few, []event.Event{{Body: event.CallbackTaken{}}}); got != "" {
		t.Errorf("%q cannot be chosen here", got)
	}
}
