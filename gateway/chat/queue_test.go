package chat

import (
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
)

// Typed conversations keep the order and the hours of queues too: a VIP is asked for first, the own agent
// is asked before who has been idle longest, and outside the hours nobody is fetched.
func TestQueuesHoldForTypedConversations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := handingMind(time.Hour)
		for word, tr := range map[string]flows.Transfer{"vip": {VIP: true}, "sien": {Owner: "Omar"}, "nuit": {Queue: "nuit"}} {
			tr.Reason, tr.MaxWait = "asked", time.Hour
			ask := say(flows.HandOff, "je demande")
			ask.Transfer = &tr
			m["said "+word] = ask
		}
		m["returned closed"] = say(flows.Listen, "fermé")
		f := newFloor(t, ":memory:", m, "lina", "omar")
		f.desk.SetQueues(agents.Queues{{Name: "tous"}, {Name: "nuit", Hours: map[string]string{"mon-sun": "22:00-23:00"}}}) // it is one in the morning
		ask := func(word string) string {
			o := f.begin(t, Opening{})
			f.write(t, o.ID, word)
			f.pass(time.Second)
			return o.ID
		}
		if l := f.lines(t, ask("nuit")); l[len(l)-1] != "bot: fermé" {
			t.Errorf("%q", l)
		}
		f.accept(t, "omar", ask("sien")) // lina has been idle for as long, and comes first
		var first string
		for range 5 { // all places but none
			first = ask("humain")
			for _, name := range []string{"lina", "omar"} {
				for _, o := range f.desk.State(name).ChatOffers {
					f.accept(t, name, o.Conv)
				}
			}
		}
		waits, vip := ask("humain"), ask("vip")
		for conv, before := range map[string]int{waits: 1, vip: 0} {
			if p, _ := f.Messages(t.Context(), conv, 0, 0, nil); p.With == nil || p.With.Before != before {
				t.Errorf("%s: %+v, want %d before", conv, p.With, before)
			}
		}
		agent := "lina"
		if has, _, _ := f.desk.ChatLine("omar", first); has {
			agent = "omar"
		}
		if err := f.AgentEnds(t.Context(), first, agent); err != nil {
			t.Fatal(err)
		}
		f.pass(time.Second)
		f.accept(t, agent, vip)
	})
}
