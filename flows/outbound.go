package flows

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"decroche/flows/nlu"
)

// Outbound is what we have rung somebody for.
type Outbound struct {
	Asked   bool     `json:"asked,omitempty"`   // they asked to be rung back
	Reason  string   `json:"reason,omitempty"`  // said to them, a few words: "votre rendez-vous de jeudi"; "" says none
	Name    string   `json:"name,omitempty"`    // whom we want, as people say it; may be empty
	Confirm bool     `json:"confirm,omitempty"` // ask whether it is them before anything else is said
	Start   string   `json:"start,omitempty"`   // then go on here: a flow, or "flow/step"; "" is the open question
	Person  bool     `json:"person,omitempty"`  // then put them through to a human
	Skills  []string `json:"skills,omitempty"`  // with these; none: the policy's
	StopKey string   `json:"stop_key,omitempty"`
}

// What Output.Person may say.
const (
	PersonConfirmed = "confirmed"
	PersonDenied    = "denied"
)

// ours is what the memory keeps of a call that we have placed.
type ours struct {
	Outbound
	Was wait `json:"was,omitzero"` // what was asked when the conversation stopped
}

// ring begins a call that we have placed: who rings, what for, and, where that must be sure, whether
// they are who it is for. was is the question that a conversation goes on with.
func (t *turn) ring(was wait) {
	o := *t.in.Outbound
	o.Reason, o.Name = clip(strings.TrimSpace(o.Reason), 200), clip(strings.TrimSpace(o.Name), 80)
	t.m.Ours = &ours{Outbound: o, Was: was}
	for _, name := range slices.Sorted(maps.Keys(t.in.Slots)) {
		if err := t.give(name, t.in.Slots[name]); err != nil {
			t.noteHere("not given %s", clip(name, 40))
		}
	}
	d := t.b.prompt("policy/disclosure", &t.b.disclosure, t.m.Lang, nil)
	p := t.respond("outbound_greeting", map[string]spoken{"company": {t.b.title, t.b.title}, "disclosure": {d.Text, d.Voice}})
	t.m.Disclose = !strings.Contains(flat(p.Voice), flat(d.Voice))
	if o.Asked {
		t.respond("outbound_asked", nil)
	}
	if !o.Confirm {
		t.purpose()
		return
	}
	t.sayStopKey()
	t.askPerson()
}

func (t *turn) sayStopKey() {
	if key := t.m.Ours.StopKey; key != "" && !t.m.Ours.Asked {
		t.respond("outbound_key", map[string]spoken{"key": {key, key}})
	}
}

func (t *turn) askPerson() {
	name := t.m.Ours.Name
	if name == "" {
		t.ask(forPerson, t.respond("outbound_person", nil))
		return
	}
	t.ask(forPerson, t.respond("outbound_person_name", map[string]spoken{"name": {name, name}}))
}

// Over folded words: what people say who are asked for, beside yes and no.
var (
	itIsMe = regexp.MustCompile(`^(?:oui )*(?:(?:c est|oui c est)(?: bien)? moi(?: meme)?|moi meme|lui meme|elle meme|en personne|a l appareil|speaking|(?:yes )?(?:this is|that s|it s) (?:me|him|her|he|she)|yes speaking)$`)
	notMe  = regexp.MustCompile(`\b(?:(?:il|elle|on) (?:n )?(?:est|y est) (?:pas|plus) (?:la|ici|chez)|(?:est|suis) absente?|pas la pour le moment|(?:mauvais|faux) numero|vous vous trompez|vous faites erreur|c est (?:pas|plus) (?:moi|le bon numero|son numero)|connais pas|wrong number|not here|isn t here|is not here|no longer here|don t know (?:him|her|them))\b`)
)

// answerPerson takes whether they are who we ring.
func (t *turn) answerPerson() bool {
	words := strings.TrimSpace(foldedWords(t.said))
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case notMe.MatchString(words):
		yes, ok = false, true
	case itIsMe.MatchString(words):
		yes, ok, rest = true, true, ""
	case ok && !yes && itIsMe.MatchString(strings.TrimSpace(foldedWords(rest))): // "non non, c'est moi"
		yes = true
	}
	if !ok {
		return false
	}
	t.said = ""
	if !yes {
		t.noteHere("somebody else")
		t.out.Person = PersonDenied
		t.respond("outbound_wrong", nil)
		t.end("abandoned")
		return true
	}
	t.noteHere("confirmed")
	t.out.Person = PersonConfirmed
	t.respond("outbound_thanks", nil)
	t.purpose()
	return true
}

// purpose goes on with what we have rung for.
func (t *turn) purpose() {
	o := t.m.Ours
	if o.Reason != "" {
		t.respond("outbound_reason", map[string]spoken{"reason": {o.Reason, o.Reason}})
	}
	if !o.Confirm {
		t.sayStopKey()
	}
	t.m.Wait = o.Was
	switch {
	case o.Person:
		h := *t.b.policy.handoff
		if len(o.Skills) > 0 {
			h.skills = nil
		}
		t.handoff(&h, nil, ReasonAsked)
		if len(o.Skills) > 0 {
			t.out.Transfer.Skills = o.Skills
		}
	case o.Start != "":
		if err := t.goTo(t.stepOf(o.Start)); err == nil {
			t.run()
			return
		}
		t.noteHere("no step %s", clip(o.Start, 80))
		t.respond("question", nil)
		t.wish(forWish)
	case o.Was.For != "":
		t.takeUp()
	default:
		t.respond("question", nil)
		t.wish(forWish)
	}
}

// stepOf is "flow/step" of what names a flow, or a step of one.
func (t *turn) stepOf(start string) string {
	if fl := t.b.flows[start]; fl != nil {
		return start + "/" + fl.first
	}
	return start
}

// CanStart says why no call can begin at start, a flow or "flow/step"; nil when one can.
func (b *Bot) CanStart(start string) error {
	name, id, named := strings.Cut(start, "/")
	if fl := b.flows[name]; start == "" || fl != nil && (!named || fl.steps[id] != nil) {
		return nil
	}
	return &ResumeError{"start: this bot has no " + clip(start, 80)}
}

// canStopCalls reports whether it is known whom not to call.
func (t *turn) canStopCalls() bool {
	return t.m.Ours != nil || dialable(t.m.Caller, Voice) != ""
}

// stopKey reports whether the caller has pressed the key that stops calls, where keys are no answer.
func (t *turn) stopKey() bool {
	o := t.m.Ours
	if o == nil || o.StopKey == "" || strings.TrimSpace(t.in.Digits) != o.StopKey {
		return false
	}
	switch t.m.Wait.For {
	case forValue, forPhone, forScore:
		return false
	}
	return true
}

// noMoreCalls does what they ask who do not want to be rung again, and says so.
func (t *turn) noMoreCalls() {
	t.noteHere("no more calls")
	t.out.DoNotCall = true
	t.respond("no_more_calls", nil)
	t.end("resolved")
}

// Voicemail is what a machine is told that answers our call: who rang, that a machine speaks, and the message.
func (b *Bot) Voicemail(lang, message string) Prompt {
	if !contains(b.Languages, lang) {
		lang = b.defaultLang
	}
	d := b.prompt("", &b.disclosure, lang, nil)
	ph := b.responses["outbound_voicemail"]
	p := b.prompt("policy/outbound_voicemail", &ph, lang, words{with: map[string]spoken{"company": {b.title, b.title}, "disclosure": {d.Text, d.Voice}, "message": {message, message}}, over: values{b, &memory{Lang: lang}}})
	p.Barge = false
	return p
}
