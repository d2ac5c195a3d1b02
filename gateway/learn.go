package gateway

import (
	"decroche/flows"
	"decroche/gateway/inbox"
	"decroche/gateway/store"
)

// NewInbox makes the work on what was not understood, over a record and the hotlines of cfg; bots
// gives them as they answer now, in the order of cfg's folders.
func NewInbox(cfg Config, st store.Inbox, bots func() []*flows.Bot) *inbox.Inbox {
	return inbox.New(inbox.Deps{Store: st, Bots: bots, Dir: func(name string) (string, bool) {
		for i, b := range bots() {
			if b.Name == name && i < len(cfg.Hotlines) {
				return cfg.Hotlines[i], true
			}
		}
		return "", false
	}})
}
