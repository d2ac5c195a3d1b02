package gateway

import (
	"decroche/flows"
	"decroche/gateway/inbox"
	"decroche/gateway/store"
)

// NewInbox makes the work on what was not understood, over a record; bots gives the hotlines as
// they answer now, in the order of r's folders, and r reads them.
func NewInbox(st store.Inbox, bots func() []*flows.Bot, r Reload) *inbox.Inbox {
	return inbox.New(inbox.Deps{Store: st, Bots: bots, Load: r.Load, Dir: func(name string) (string, bool) {
		for i, b := range bots() {
			if b.Name == name && i < len(r.Folders) {
				return r.Folders[i], r.Folders[i] != ""
			}
		}
		return "", false
	}})
}
