package flows

import (
	"regexp"
	"strings"

	"decroche/flows/nlu"
)

// maxUnclear bounds an utterance in the inbox, in bytes.
const maxUnclear = 300

// missed is an utterance that nobody understood, kept over the turns that may show what was meant.
type missed struct {
	Text  string  `json:"text"`
	Guess string  `json:"guess,omitempty"`
	P     float64 `json:"p,omitempty"`
	Why   string  `json:"why"`
	Free  bool    `json:"free,omitempty"`  // it was a wish: the next intent says which
	Asked string  `json:"asked,omitempty"` // what it was no answer to, unless it was a wish
}

// begun is the utterance that began the flow at hand, until the caller has gone along with it.
type begun struct {
	Text   string  `json:"text"`
	Intent string  `json:"intent"`
	P      float64 `json:"p"`
}

// missed remembers an utterance for the inbox. The one before, of which nothing was learned, is
// told now.
func (t *turn) missed(text string, mean Meaning, free bool) {
	t.learned("")
	if text = clip(text, maxUnclear); text != "" {
		t.m.Missed = &missed{Text: text, Guess: mean.Intent, P: mean.Confidence, Why: "no_match", Free: free}
		t.freshMiss = true
	}
}

// missedNow remembers the words of this turn.
func (t *turn) missedNow() {
	var mean Meaning
	if t.in.Meaning != nil {
		mean = *t.in.Meaning
	}
	w := t.m.Wait.For
	free := w == forWish || w == forMore || w == forClarify || w == forHelped
	t.missed(t.said, mean, free)
	if t.freshMiss && !free {
		t.m.Missed.Asked = t.asked()
	}
}

// asked names the open question: the slot it fills, or its step.
func (t *turn) asked() string {
	f, s := t.m.top(), t.current()
	switch {
	case s != nil && s.collect != nil:
		return s.collect.slot
	case f != nil && s != nil:
		id, _, _ := strings.Cut(f.Step, "+")
		return f.Flow + "/" + id
	}
	return "policy/" + t.m.Wait.For
}

// learned tells the host of the utterance that was missed, with the intent that came of it.
func (t *turn) learned(intent string) {
	m := t.m.Missed
	if m == nil {
		return
	}
	if !m.Free {
		intent = ""
	}
	t.out.Unclear = append(t.out.Unclear, Unclear{Text: m.Text, Guess: m.Guess, P: m.P, Why: m.Why, Asked: m.Asked, Intent: intent})
	t.m.Missed = nil
}

// forgetMisses tells of what was missed before this turn, when this turn brought nothing to light:
// a question back and a silence leave it open.
func (t *turn) forgetMisses() {
	open := t.out.Next == Listen && (t.m.Wait.For == forClarify || t.in.Kind == Silence)
	if !t.freshMiss && !open || t.out.Next == End || t.out.Next == HandOff {
		t.learned("")
	}
}

// took remembers which words began an intent, and tells what had been missed before.
func (t *turn) took(mean Meaning) {
	t.learned(mean.Intent)
	t.freshBegun = true
	t.m.Begun = &begun{Text: clip(t.said, maxUnclear), Intent: mean.Intent, P: mean.Confidence}
}

// The words with which callers say that they were taken for something else.
var (
	denials = map[string]*regexp.Regexp{
		"fr": regexp.MustCompile(`(?i)^(?:(?:non|nan|mais|euh|ah|en fait|pardon|attendez)[ ,.!]+)*(?:(?:c[’']est|ce n[’']est|[cç]a n[’']est) pas (?:du tout )?(?:[cç]a|cela|pour [cç]a|ce que je (?:veux|voulais|demande|demandais))|pas (?:du tout )?(?:[cç]a|pour [cç]a)|vous (?:avez|m[’']avez) mal compris|je n[’']ai pas (?:dit|demandé) (?:[cç]a|cela)|je (?:voulais|parlais|parle|demandais|veux) (?:plutôt |juste |dire )*(?:d[’']|de |du |pour )?|plutôt|non|nan)`),
		"en": regexp.MustCompile(`(?i)^(?:(?:no|nope|but|uh|um|oh|actually|sorry|wait)[ ,.!]+)*(?:(?:that[’']s|it[’']s) not (?:it|that|what i (?:want|wanted|meant|asked for))|not that|you(?:[’']ve)? (?:misunderstood|got (?:that|me) wrong)|i (?:wanted|meant|was asking|am asking|asked|want) (?:about |for |to )*|rather|no|nope)`),
	}
	mistaken = map[string]*regexp.Regexp{
		"fr": regexp.MustCompile(`(?i)pas (?:du tout )?(?:[cç]a|cela|pour [cç]a)|pas ce que|mal compris|pas (?:dit|demandé)`),
		"en": regexp.MustCompile(`(?i)not (?:it|that|what i)|misunderstood|wrong`),
	}
)

// misled takes a caller back whose words began the wrong flow: "non, je voulais un remboursement".
// The flow is dropped rather than kept for later, and the inbox learns of it.
func (t *turn) misled() bool {
	b := t.m.Begun
	if b == nil || t.m.top() == nil || t.guarded() || t.m.Wait.For == forConfirm {
		return false
	}
	denial := denials[t.m.Lang].FindString(t.said)
	if denial == "" {
		return false
	}
	rest := strings.TrimLeft(t.said[len(denial):], " ,.;:!?…\u202f\u00a0-")
	if rest == "" {
		return t.misunderstood(denial)
	}
	if nlu.Command(t.m.Lang, rest) != "" {
		return false
	}
	if s := t.current(); s != nil && s.collect != nil && len(t.candidates(s, []Alternative{{rest, 1}})) > 0 {
		return false
	}
	mean, err := t.b.understandNow(t.ctx, t.m.Lang, rest, t.expect())
	act, _ := t.b.Thresholds(t.m.Lang)
	in := t.b.intent(mean.Intent)
	if err != nil || in == nil || mean.Confidence < act || in.name == b.Intent || t.running(in.flow) || t.b.flows[in.flow].onlyGoodbye() {
		return false
	}
	t.noteHere("intent %s %.2f, not %s", in.name, mean.Confidence, b.Intent)
	t.out.Unclear = append(t.out.Unclear, Unclear{Text: b.Text, Guess: b.Intent, P: b.P, Why: "corrected", Intent: in.name})
	t.m.dropTop()
	t.said, t.in.Meaning = rest, &mean
	t.m.Begun = nil
	t.begin(in.name, t.m.top() != nil)
	return true
}

// misunderstood gives up a flow whose caller only says that it is the wrong one.
func (t *turn) misunderstood(denial string) bool {
	b := t.m.Begun
	if t.m.Wait.For != forValue || !mistaken[t.m.Lang].MatchString(denial) {
		return false
	}
	t.noteHere("not intent %s", b.Intent)
	t.missed(b.Text, Meaning{Intent: b.Intent, Confidence: b.P}, true)
	t.m.Missed.Why = "corrected"
	t.m.dropTop()
	t.m.Begun, t.said = nil, ""
	if t.m.top() != nil {
		t.run()
		return true
	}
	t.respond("misunderstood", nil)
	t.wish(forWish)
	return true
}

// running reports whether a flow is among those that run.
func (t *turn) running(flowName string) bool {
	for _, f := range t.m.Stack {
		if f.Flow == flowName {
			return true
		}
	}
	return false
}
