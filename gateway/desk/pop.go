package desk

import (
	"strings"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// Pop is what an address of the company's CRM is filled with. A value that holds hidden, what the record has in
// the place of what is sensitive, is left out.
func Pop(b event.Brief, hidden string) agents.Pop {
	p := agents.Pop{Conversation: b.ID, Hotline: b.Bot, Intent: b.Intent, Language: b.Lang, Queue: b.Transfer.Line(), Slots: map[string]string{}}
	if b.Channel != "text" {
		p.Phone = phone(b.From)
	}
	for _, s := range b.Slots {
		if hidden != "" && strings.Contains(s.Value, hidden) {
			continue
		}
		p.Slots[s.Name] = s.Value
		if s.Customer && p.Customer == "" {
			p.Customer = s.Value
		}
	}
	return p
}
