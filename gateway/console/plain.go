package console

import (
	"fmt"
	"strings"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// Plain is a transcript as plain text, times in loc: for a terminal, a mail, a ticket. agent is as
// for Lines.
func Plain(sum store.Summary, evs []event.Event, lang string, loc *time.Location, agent func(name string) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s · %s (%s)\n", say(lang, "id"), clean(sum.ID), moment(lang, sum.Start.In(loc)), loc)
	fmt.Fprintf(&b, "%s %s → %s\n", say(lang, "from"), clean(People(sum.From)), clean(sum.Called))
	for _, s := range sum.Slots {
		fmt.Fprintf(&b, "%s: %s\n", clean(s.Name), clean(s.Text()))
	}
	b.WriteString("\n")
	names := map[string]string{byCaller: say(lang, "caller"), byBot: say(lang, "bot"), byAgent: say(lang, "agent"), byNobody: "·"}
	for _, l := range Lines(evs, lang, agent) {
		if l.Who == bySteps {
			continue
		}
		name := names[l.Who]
		if l.Who == byAgent && l.Name != "" {
			name = l.Name
		}
		text := clean(l.Text)
		if l.Unheard != "" {
			text += " [" + say(lang, "cut") + ": " + clean(l.Unheard) + "]"
		}
		fmt.Fprintf(&b, "%6s  %-9s %s\n", clock(l.OffsetMS), clean(name), strings.TrimSpace(text))
	}
	return b.String()
}

// clean keeps what was said from moving a terminal's cursor or starting a line of its own.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}
