package configs

import "decroche/flows"

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
