package flows

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// agentWords are what the engine itself says to agents.
var agentWords = map[string]map[string]string{
	"fr": {
		"caller": "Appelant : %s.", "wish": "Demande : %s.", "no_wish": "Demande non comprise",
		"slot": "%s : %s.", "confirmed": "%s : %s, confirmé.", "doubtful": "%s : %s, à vérifier (entendu à %d %%%%).", "is_confirmed": "%s : confirmé", "given": "%s : donné", "unconfirmed": "%s : à vérifier",
		"once": "A dû se répéter une fois", "times": "A dû se répéter %d fois", "again": "Un premier transfert n’a pas abouti",
		"asked": "Demande une personne", "not_understood": "L’assistant n’a pas compris", "error": "Panne d’un de nos systèmes",
	},
	"en": {
		"caller": "Caller: %s.", "wish": "Wants: %s.", "no_wish": "Wish not understood",
		"slot": "%s: %s.", "confirmed": "%s: %s, confirmed.", "doubtful": "%s: %s, to be checked (heard at %d%%).", "is_confirmed": "%s: confirmed", "given": "%s: given", "unconfirmed": "%s: to be checked",
		"once": "Had to repeat once", "times": "Had to repeat %d times", "again": "A first transfer did not get through",
		"asked": "Asked for a person", "not_understood": "The assistant did not understand", "error": "One of our systems failed",
	},
}

func (t *turn) agentWord(key string, args ...any) string {
	w := agentWords[t.m.Lang]
	if w == nil {
		w = agentWords["en"]
	}
	if len(args) == 0 {
		return w[key]
	}
	return fmt.Sprintf(w[key], args...)
}

// topic is the title of what the caller came for: the running flow's, else the latest
// wish's; "" when all that was understood is that they want a person.
func (t *turn) topic() string {
	if len(t.m.Stack) > 0 {
		f := t.m.Stack[0]
		if title := t.topicOfFlow(f.Flow, f.Intent); title != "" {
			return title
		}
	}
	for i := len(t.m.Intents) - 1; i >= 0; i-- {
		if in := t.b.intent(t.m.Intents[i]); in != nil {
			if title := t.topicOfFlow(in.flow, in.name); title != "" {
				return title
			}
		}
	}
	return ""
}

func (t *turn) topicOfFlow(flowName, intentName string) string {
	fl := t.b.flows[flowName]
	if fl == nil {
		return ""
	}
	if title := fl.title[t.m.Lang]; title != "" {
		return title
	}
	if in := t.b.intent(intentName); in != nil && !fl.onlyPerson() && !fl.onlyGoodbye() {
		return in.title[t.m.Lang]
	}
	return ""
}

// onlyPerson reports whether the flow does nothing but fetch a person: it is no topic.
func (f *flow) onlyPerson() bool { return f.begins(kindTransfer) }

// onlyGoodbye reports whether the flow does nothing but end the call.
func (f *flow) onlyGoodbye() bool { return f.begins(kindGoodbye) }

// begins reports whether the first step that is not said is of kind k.
func (f *flow) begins(k stepKind) bool {
	s := f.steps[f.first]
	for n := 0; s != nil && s.kind == kindSay && n < len(f.order); n++ {
		s = f.steps[s.next]
	}
	return s != nil && s.kind == k
}

func (t *turn) slotTitle(name string) string {
	for _, fn := range t.b.flowNames {
		for _, s := range t.b.flows[fn].steps {
			if s.collect != nil && s.collect.slot == name && s.collect.slotTitles[t.m.Lang] != "" {
				return s.collect.slotTitles[t.m.Lang]
			}
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

// sure is the confidence from which what was heard needs no check, although nobody confirmed it.
const sure = 0.9

// summary is what the agent reads: who, why, what was told and how sure that is, what was found, what went
// wrong. It is made of memory by rule alone: it says nothing that the record does not have.
func (t *turn) summary(reason string) []string {
	var out []string
	if t.m.Caller != "" {
		out = append(out, t.agentWord("caller", t.m.Caller))
	}
	if topic := t.topic(); topic != "" {
		out = append(out, t.agentWord("wish", topic))
	}
	for i := range t.m.Slots {
		s := &t.m.Slots[i]
		line := t.agentWord("slot", t.slotTitle(s.Name), s.Shown)
		switch {
		case s.Confirmed:
			line = t.agentWord("confirmed", t.slotTitle(s.Name), s.Shown)
		case s.Confidence < sure:
			line = t.agentWord("doubtful", t.slotTitle(s.Name), s.Shown, int(100*s.Confidence))
		}
		out = append(out, capital(line))
	}
	out = append(out, t.m.Facts...)
	if r := t.repeated(); r != "" {
		out = append(out, r+".")
	}
	if r := t.agentWord(reason); r != "" && agentWords["en"][reason] != "" {
		out = append(out, r+".")
	}
	if t.m.Handoffs > 0 {
		out = append(out, t.agentWord("again")+".")
	}
	return out
}

func (t *turn) repeated() string {
	switch {
	case t.m.Misses == 1:
		return t.agentWord("once")
	case t.m.Misses > 1:
		return t.agentWord("times", t.m.Misses)
	}
	return ""
}

// maxBriefingWords is 10 seconds at 165 words a minute.
const maxBriefingWords = 27

// briefing is what the agent hears before the caller: queue, fact, what was given and
// whether the caller confirmed it, what went wrong; never an emotion, never a number to note down. What does not fit is left out,
// the latest fact and the topic last.
func (t *turn) briefing(reason string) string {
	topic := t.topic()
	if topic == "" {
		topic = t.agentWord("no_wish")
	}
	parts := []string{topic}
	if n := len(t.m.Facts); n > 0 {
		parts = append(parts, t.m.Facts[n-1])
	}
	for i := range t.m.Slots {
		s := &t.m.Slots[i]
		key := "unconfirmed"
		switch {
		case s.Confirmed:
			key = "is_confirmed"
		case s.Confidence >= sure: // and never read back
			key = "given"
		}
		parts = append(parts, t.agentWord(key, t.slotTitle(s.Name)))
	}
	if r := t.repeated(); r != "" {
		parts = append(parts, r)
	}
	if agentWords["en"][reason] != "" {
		parts = append(parts, t.agentWord(reason))
	}
	var b strings.Builder
	count := 0
	for _, p := range parts {
		p = capital(strings.TrimRight(p, ". "))
		n := len(strings.Fields(p))
		if p == "" || count+n > maxBriefingWords {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p + ".")
		count += n
	}
	return spaces.Replace(b.String())
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
