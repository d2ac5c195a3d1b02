package configs

import (
	"fmt"
	"slices"
	"strings"

	"decroche/flows"
)

// OpenSpeakers returns what it costs to have the satellites of a configuration: they speak in clear. One
// whose hotline there is not would be told so at each wake. bots are those of c.
func OpenSpeakers(c Config, doc *Document, bots []*flows.Bot) (hints Problems) {
	for i, s := range c.Gateway.Wyoming.Satellites {
		if s.Bot != "" && !slices.ContainsFunc(bots, func(b *flows.Bot) bool { return b.Name == s.Bot }) {
			hints = append(hints, At(doc, fmt.Sprintf("wyoming.satellites[%d].bot", i), fmt.Sprintf("no hotline is called %q, and nobody would answer %s; name one of hotlines:", s.Bot, s.Name)))
		}
	}
	for _, w := range c.Gateway.Wyoming.Warnings() {
		key, msg, _ := strings.Cut(w, ": ")
		hints = append(hints, At(doc, "wyoming."+key, msg))
	}
	return hints
}

// Warnings returns what looks unintended in the hotlines, which load all the same: an entity
// that nothing collects, a button that nobody would understand. bots are those of c, in order.
func Warnings(c Config, bots []*flows.Bot) Problems {
	var ps Problems
	for i, f := range folders(c) {
		if i < len(bots) && len(bots[i].Warnings()) > 0 {
			ps = append(ps, BotError(f.name, bots[i].Warnings())...)
		}
	}
	return ps
}
