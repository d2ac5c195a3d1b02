// Package digest sums a conversation up for somebody who was not there: why it went to a person, what was
// told, what became of it. It is written by rule from the record, says what the caller confirmed and what is
// only believed to have been heard, and adds nothing of its own. What the record masks is left out.
package digest

import (
	"fmt"
	"strings"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// ReasonMessage is the reason of a callback that is a message (flows.ReasonMessage): nobody is to be rung.
const ReasonMessage = "message"

// Made is a conversation in sentences, and in the words of the record.
type Made struct {
	Sentences []string // as an agent reads them; never empty
	Reasons   []string // why hand-offs began and callbacks were taken, in their order, each once
	Outcomes  []string // how the hand-offs ended, in their order
	Message   string   // that the caller left, the last one; "" for none
	Phone     string   // where they want to be rung, "" for nowhere
	Window    string   // and when
}

// Options say in which words, and what must not be among them.
type Options struct {
	Lang  string                         // fr or en; French when it is neither
	Mask  string                         // what stands for hidden values in the record; "" when nothing is hidden
	Title func(intent string) string     // what an intent is called; nil, or "": its name
	Agent func(name string) (who string) // what an agent is called; nil, or "": their name
}

// Of sums up what happened up to and with the last of evs, of which the other events than hand-offs and
// callbacks may be left out: what they say is in sum. It keeps no slice of theirs. Pure.
func Of(sum store.Summary, evs []event.Event, o Options) Made {
	m := maker{o: o, sum: sum}
	if m.o.Lang != "en" {
		m.o.Lang = "fr"
	}
	for _, e := range evs {
		m.add(e.Body)
	}
	m.known()
	m.out.Sentences = append(m.out.Sentences, m.became...)
	if len(m.out.Sentences) == 0 {
		m.out.Sentences = []string{m.say("nothing")}
	}
	return m.out
}

type maker struct {
	o       Options
	sum     store.Summary
	started event.TransferStarted // the last one
	became  []string              // sentences about what was done
	out     Made
}

func (m *maker) say(key string, args ...any) string {
	text := words[m.o.Lang][key]
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// word is a code of the record in people's words, or as it is: flows invent reasons.
func (m *maker) word(prefix, code string) string {
	if text := words[m.o.Lang][prefix+code]; text != "" {
		return text
	}
	return strings.ReplaceAll(code, "_", " ")
}

func (m *maker) add(b event.Body) {
	switch v := b.(type) {
	case event.TransferStarted:
		m.started = v
		m.reason(v.Reason)
	case event.TransferEnded:
		m.out.Outcomes = append(m.out.Outcomes, v.Outcome)
		m.handedOff(v)
	case event.CallbackTaken:
		m.reason(v.Reason)
		m.callback(v)
	case event.Ended:
		m.became = append(m.became, m.say("ended", m.word("o_", v.Outcome)))
	}
}

func (m *maker) reason(r string) {
	for _, have := range m.out.Reasons {
		if have == r {
			return
		}
	}
	m.out.Reasons = append(m.out.Reasons, r)
}

func (m *maker) handedOff(v event.TransferEnded) {
	why := m.word("r_", m.started.Reason)
	waited := (v.WaitedMS + 500) / 1000
	switch {
	case v.Outcome == "completed" || v.TalkedMS > 0:
		m.became = append(m.became, m.say("talked", m.agent(v.Agent), waited))
	case v.Outcome == "cancelled":
		m.became = append(m.became, m.say("cancelled", why))
	default:
		m.became = append(m.became, m.say("missed", why, m.word("t_", v.Outcome), waited))
	}
}

func (m *maker) agent(name string) string {
	if m.o.Agent != nil {
		if title := m.o.Agent(name); title != "" {
			return title
		}
	}
	if name == "" {
		return m.say("somebody")
	}
	return name
}

func (m *maker) callback(v event.CallbackTaken) {
	switch {
	case v.Reason == ReasonMessage || v.Message != "":
		m.out.Message = v.Message
		m.became = append(m.became, m.say("left"))
		return
	case v.Window != "":
		m.became = append(m.became, m.say("ring_when", v.Phone, v.Window))
	default:
		m.became = append(m.became, m.say("ring", v.Phone))
	}
	m.out.Phone, m.out.Window = v.Phone, v.Window
}

// known begins with what the agent read of the last hand-off, or else with what the record knows.
func (m *maker) known() {
	for _, line := range m.started.Summary {
		if line = strings.TrimSpace(line); line != "" && !m.hidden(line) {
			m.out.Sentences = append(m.out.Sentences, line)
		}
	}
	if len(m.out.Sentences) > 0 {
		return
	}
	if intent := m.sum.Intent; intent != "" {
		title := ""
		if m.o.Title != nil {
			title = m.o.Title(intent)
		}
		if title == "" {
			title = strings.ReplaceAll(intent, "_", " ")
		}
		m.out.Sentences = append(m.out.Sentences, m.say("wish", title))
	}
	for _, s := range m.sum.Slots {
		name, text := strings.ReplaceAll(s.Name, "_", " "), s.Text()
		switch {
		case text == "" || m.hidden(text):
		case s.Confirmed:
			m.out.Sentences = append(m.out.Sentences, m.say("confirmed", name, text))
		case s.Confidence > 0:
			m.out.Sentences = append(m.out.Sentences, m.say("heard", name, text, int(s.Confidence*100+0.5)))
		default:
			m.out.Sentences = append(m.out.Sentences, m.say("unsure", name, text))
		}
	}
}

func (m *maker) hidden(text string) bool { return m.o.Mask != "" && strings.Contains(text, m.o.Mask) }
