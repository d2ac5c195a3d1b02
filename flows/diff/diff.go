// Package diff shows where one flow speaks differently by channel. One mind answers calls,
// chats and speakers, so most differences are meant (a number read back on the phone, buttons
// in a chat); the others are a prompt that was changed in one place only, a step that a chat
// never reaches, a choice that cannot be heard.
//
// It plays the golden conversations once on each channel and puts the turns side by side, and
// looks at every text that is written in two forms. How a number is written out is no
// difference: every channel has its own way of that.
package diff

import (
	"io/fs"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/flows/lint"
)

// Report is what differs.
type Report struct {
	Channels      []flows.Channel `json:"channels"`
	Conversations []Conversation  `json:"conversations"` // every one that was played
	Forms         []Form          `json:"forms"`         // texts written in two forms
	Buttons       []Button        `json:"buttons"`       // choices that cannot be heard
}

// Conversation is one golden conversation on every channel.
type Conversation struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Name  string `json:"name"`
	Turns int    `json:"turns"`
	// Differ are the turns that are not the same everywhere, in order.
	Differ []Turn `json:"differ"`
	// Failed has what no longer holds, on the channels where something does not.
	Failed map[flows.Channel]string `json:"failed,omitempty"`
	// CallOnly: it has steps that only a call has, so in a chat it need not hold.
	CallOnly bool `json:"call_only"`
}

// Turn is one turn that differs.
type Turn struct {
	Number int                        `json:"number"` // 0 is the greeting
	Caller string                     `json:"caller"`
	Said   map[flows.Channel][]string `json:"said"`
	Steps  map[flows.Channel][]string `json:"steps"` // passed on this channel and not on all
	Why    []string                   `json:"why"`
}

// Form is a text with a spoken form of its own.
type Form struct {
	flows.Place
	ID    string `json:"id"`
	Lang  string `json:"lang"`
	Text  string `json:"text"`
	Voice string `json:"voice"`
}

// Button is a choice that is shown and not said.
type Button struct {
	flows.Place
	ID    string `json:"id"`
	Lang  string `json:"lang"`
	Words string `json:"words"`
}

// OneSided reports whether a golden conversation that any channel could have holds on one
// and not on another.
func (r *Report) OneSided() bool {
	return slices.ContainsFunc(r.Conversations, func(c Conversation) bool {
		return len(c.Failed) > 0 && len(c.Failed) < len(r.Channels) && !c.CallOnly
	})
}

// Run plays the conversations in fsys against the bot, which was loaded from there. done is told
// after each; it may be nil.
func Run(fsys fs.FS, b *flows.Bot, channels []flows.Channel, done func(done, of int)) *Report {
	r := &Report{Channels: channels, Conversations: []Conversation{}, Forms: []Form{}, Buttons: []Button{}}
	two := map[string]bool{}
	for _, w := range b.Written() {
		if w.Text != w.Voice && w.Role != flows.RoleFact {
			two[w.Lang+" "+w.ID] = true
			r.Forms = append(r.Forms, Form{w.Place, w.ID, w.Lang, w.Text, w.Voice})
		}
		for _, q := range lint.Unspoken(w) {
			r.Buttons = append(r.Buttons, Button{w.Place, w.ID, w.Lang, q})
		}
	}
	results := flowtest.RunWith(fsys, flowtest.Options{Channels: channels, Record: true, Bot: b, Done: done})
	for i := 0; i < len(results); {
		if results[i].Channel == "" { // a file that cannot be read
			r.Conversations = append(r.Conversations, unread(results[i], channels))
			i++
			continue
		}
		r.Conversations = append(r.Conversations, compare(results[i:i+len(channels)], two))
		i += len(channels)
	}
	return r
}

func unread(res flowtest.Result, channels []flows.Channel) Conversation {
	c := Conversation{File: res.File, Line: res.Line, Name: res.Name, Failed: map[flows.Channel]string{}, Differ: []Turn{}}
	for _, ch := range channels {
		c.Failed[ch] = res.Diff
	}
	return c
}

// compare puts one conversation's results, one for each channel, side by side.
func compare(results []flowtest.Result, two map[string]bool) Conversation {
	first := results[0]
	c := Conversation{File: first.File, Line: first.Line, Name: strings.TrimSuffix(first.Name, " ["+string(first.Channel)+"]"), Differ: []Turn{}, CallOnly: first.CallOnly}
	for _, res := range results {
		c.Turns = max(c.Turns, len(res.Turns))
		if !res.OK {
			if c.Failed == nil {
				c.Failed = map[flows.Channel]string{}
			}
			c.Failed[res.Channel] = res.Diff
		}
	}
	for n := range c.Turns {
		if t := turn(n, results, two); len(t.Why) > 0 {
			c.Differ = append(c.Differ, t)
		}
	}
	return c
}

// side is one channel's part of a turn.
type side struct {
	channel flows.Channel
	there   bool
	ids     []string
	said    []string
	steps   []string
	end     string
}

// turn compares the n-th turn of one conversation.
func turn(n int, results []flowtest.Result, two map[string]bool) Turn {
	t := Turn{Number: n, Said: map[flows.Channel][]string{}, Steps: map[flows.Channel][]string{}}
	var sides []side
	forms := false
	for _, res := range results {
		s := side{channel: res.Channel}
		if n < len(res.Turns) {
			s.there = true
			t.Caller = res.Turns[n].Caller
			forms = s.read(res.Turns[n].Outputs, two) || forms
		}
		t.Said[s.channel] = s.said
		sides = append(sides, s)
	}
	t.Why = why(sides, forms)
	for _, s := range sides {
		if only := missingSomewhere(s, sides); len(only) > 0 {
			t.Steps[s.channel] = only
		}
	}
	return t
}

// read takes what was said out of the outputs. It reports whether a text of two forms was.
func (s *side) read(outputs []flows.Output, two map[string]bool) (forms bool) {
	for _, o := range outputs {
		say := o.Say
		if o.Transfer != nil && o.Transfer.Say.Text != "" && (len(say) == 0 || say[len(say)-1].Text != o.Transfer.Say.Text) {
			say = append(slices.Clone(say), o.Transfer.Say)
		}
		for _, p := range say {
			words := p.Voice
			if s.channel == flows.Text {
				words = p.Text
				for _, q := range p.Quick {
					words += " [" + q + "]"
				}
			}
			forms = forms || two[p.Lang+" "+p.ID]
			s.said, s.ids = append(s.said, words), append(s.ids, p.ID)
		}
		for _, st := range o.Trace {
			if at := st.Flow + "/" + st.Step; !slices.Contains(s.steps, at) {
				s.steps = append(s.steps, at)
			}
		}
		s.end = string(o.Next)
		if o.Transfer != nil {
			s.end += " " + o.Transfer.Reason
		}
		if o.Next == flows.End {
			s.end += " " + o.Outcome
		}
	}
	return forms
}

// why says in words what differs between the sides.
func why(sides []side, forms bool) (out []string) {
	var on, off []string
	for _, s := range sides {
		if s.there {
			on = append(on, string(s.channel))
		} else {
			off = append(off, string(s.channel))
		}
	}
	if len(off) > 0 {
		return []string{"happens on " + strings.Join(on, ", ") + " only"}
	}
	first := sides[0]
	for _, s := range sides[1:] {
		if s.end != first.end {
			out = append(out, "what comes next: "+first.end+" on "+string(first.channel)+", "+s.end+" on "+string(s.channel))
		}
	}
	for _, s := range sides {
		for _, id := range s.ids {
			if !strings.HasSuffix(id, "#confirm") && id != "policy/confirm" {
				continue
			}
			if where := saidOn(id, sides); len(where) < len(sides) {
				out = append(out, "confirms on "+strings.Join(where, ", ")+" only")
			}
		}
	}
	if len(out) == 0 && slices.ContainsFunc(sides, func(s side) bool { return !slices.Equal(s.ids, first.ids) }) {
		out = append(out, "other prompts")
	}
	if slices.ContainsFunc(sides, func(s side) bool { return len(missingSomewhere(s, sides)) > 0 }) {
		out = append(out, "other steps")
	}
	if len(out) == 0 && forms && slices.ContainsFunc(sides, func(s side) bool { return (s.channel == flows.Text) != (first.channel == flows.Text) }) {
		out = append(out, "written in two forms")
	}
	return compact(out)
}

func compact(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func saidOn(id string, sides []side) (out []string) {
	for _, s := range sides {
		if slices.Contains(s.ids, id) {
			out = append(out, string(s.channel))
		}
	}
	return out
}

// missingSomewhere lists the steps of s that another side does not pass.
func missingSomewhere(s side, sides []side) (out []string) {
	for _, st := range s.steps {
		if slices.ContainsFunc(sides, func(o side) bool { return !slices.Contains(o.steps, st) }) {
			out = append(out, st)
		}
	}
	return out
}
