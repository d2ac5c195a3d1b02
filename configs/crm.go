package configs

import (
	"fmt"
	"slices"

	"decroche/flows"
	"decroche/internal/strictyaml"
)

// CRM compares the slots that desk.crm.url has fields for with those that the hotlines ask for. bad: one
// is sensitive, is hidden from agents, and would leave its field empty, where the address, which ends up
// in logs, must never have it. hints: no hotline asks for one, so that its field stays empty too. bots
// are those of c.
func CRM(c Config, doc *Document, bots []*flows.Bot) (bad, hints Problems) {
	const key = "desk.crm.url"
	var known []string
	for _, b := range bots {
		known = append(known, b.Slots()...)
	}
	for _, slot := range c.Gateway.Desk.CRM.Slots() {
		if !slices.Contains(known, slot) {
			hints = append(hints, At(doc, key, fmt.Sprintf("no hotline asks for the slot %q, and {slot.%s} stays empty%s", slot, slot, strictyaml.DidYouMean(slot, known))))
		}
		for _, b := range bots {
			if _, open := b.SlotTitle(slot, b.DefaultLanguage()); !open {
				bad = append(bad, At(doc, key, fmt.Sprintf("the slot %q is sensitive in hotline %s, and addresses end up in logs; take {slot.%s} out", slot, b.Name, slot)))
			}
		}
	}
	return bad, hints
}
