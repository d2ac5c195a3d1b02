package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"decroche/flows/entity"
	"decroche/flows/render"
)

// Engine runs one bot. It keeps nothing between turns; any goroutine may use it.
type Engine struct{ bot *Bot }

// Turn runs one turn: what the caller did, or how an action or hand-off ended, to what the
// bot does next. It does no I/O, reads no clock and never panics on a State it wrote itself.
// An error means a wiring fault of the host (an answer to nothing, a State that is not one)
// and leaves the conversation as it was; whatever can go wrong for the caller is an Output.
//
// ctx reaches the Understander that is asked when in.Meaning is nil.
func (e *Engine) Turn(ctx context.Context, st State, in Input) (Output, error) {
	if in.Hint != "" {
		return e.hinted(ctx, st, in)
	}
	m, err := readMemory(st)
	if err != nil {
		return Output{}, err
	}
	t := &turn{ctx: ctx, b: e.bot, m: m, in: in}
	secrets, asked := t.secrets(), t.asksSensitive()
	if err := t.dispatch(); err != nil {
		return Output{}, err
	}
	t.close()
	t.hush(secrets, asked)
	t.out.State, err = m.write(e.bot.limits.MaxStateBytes)
	return t.out, err
}

// turn is one turn at work.
type turn struct {
	ctx   context.Context
	b     *Bot
	m     *memory
	in    Input
	out   Output
	said  string // the utterance, until a step has used it
	steps int

	heard bool // memory.Heard's last is of this turn

	freshMiss  bool // memory.Missed is of this turn
	freshBegun bool // memory.Begun is
}

// maxOutcome bounds the word with which a host says how something ended, in bytes.
const maxOutcome = 64

var errOver = errors.New("flows: the conversation has ended; begin a new one with an empty State")

func (t *turn) dispatch() error {
	if t.m.Over && t.in.Kind != Hangup {
		return errOver
	}
	if t.m.Wait.For == "" && t.in.Kind != Start && t.in.Kind != Hangup {
		return fmt.Errorf("flows: %q before the conversation began; the first input is %q", t.in.Kind, Start)
	}
	t.in.Outcome = clip(t.in.Outcome, maxOutcome)
	away := t.m.Wait.For == forAct || t.m.Wait.For == forHandoff
	switch t.in.Kind {
	case Said, Digits, Silence:
		if away {
			return fmt.Errorf("flows: %q while the %s is out; tell how it ended first", t.in.Kind, t.m.Wait.For)
		}
		t.noteCut()
	}
	switch t.in.Kind {
	case Start, Moved, Taken, Resume, Hangup, Aside:
	default:
		if t.settle() {
			return nil
		}
	}
	switch t.in.Kind {
	case Start:
		return t.start()
	case Moved:
		t.moved()
	case Said:
		t.hear()
	case Digits:
		t.keyed()
	case Silence:
		t.fail(true)
	case Acted:
		if t.m.Wait.For != forAct {
			return fmt.Errorf("flows: %q, but no action is out", Acted)
		}
		t.acted()
	case Returned:
		if t.m.Wait.For != forHandoff {
			return fmt.Errorf("flows: %q, but no hand-off is out", Returned)
		}
		t.returned(t.in.Outcome)
	case Aside:
		if t.m.Wait.For != forHandoff {
			return fmt.Errorf("flows: %q, but no hand-off is out", Aside)
		}
		t.aside()
	case Taken:
		t.takenOver()
	case Resume:
		return t.givenBack()
	case Hangup:
		t.end(t.outcomeOnHangup())
	default:
		return fmt.Errorf("flows: unknown kind of input %q", t.in.Kind)
	}
	return nil
}

func (t *turn) start() error {
	if t.m.Wait.For != "" {
		return fmt.Errorf("flows: %q in a conversation that has begun", Start)
	}
	t.m.Lang = t.b.defaultLang
	if contains(t.b.Languages, t.in.Lang) {
		t.m.Lang = t.in.Lang
	}
	t.m.Channel, t.m.Caller, t.m.Began = t.in.Channel, clip(t.in.Caller, 200), t.in.Now
	t.m.Lot = lot(t.in.ID)
	if t.m.Channel == "" {
		t.m.Channel = Voice
	}
	t.noticeRecording()
	if t.in.Outbound != nil {
		t.ring(wait{})
		return nil
	}
	t.out.Say = append(t.out.Say, t.b.greetingPrompt(t.m.Lang))
	t.wish(forWish)
	return nil
}

// close fills what every Output carries.
func (t *turn) close() {
	o := &t.out
	o.Lang = t.m.Lang
	for i := range t.m.Slots {
		o.Slots = append(o.Slots, t.m.Slots[i].SlotValue)
	}
	if f := t.m.top(); f != nil && f.Intent != "" { // a survey has none of its own
		o.Intent = f.Intent
	} else if n := len(t.m.Intents); n > 0 {
		o.Intent = t.m.Intents[n-1]
	}
	t.forgetMisses()
	if t.guarded() && o.Next == Listen && len(o.Say) > 0 {
		o.Say[len(o.Say)-1].Barge = false
	}
	if t.m.Rating != nil && (t.m.Wait.For != forComment || o.Next == End) {
		o.Rating, t.m.Rating = t.m.Rating, nil // whole, or as whole as it will be
	}
	if t.m.Disclose && len(o.Say) > 0 && o.Next != End {
		o.Say = append([]Prompt{t.b.prompt("policy/disclosure", &t.b.disclosure, t.m.Lang, nil)}, o.Say...)
		t.m.Disclose = false
	}
	for i := range o.Say {
		o.Say[i].Slow = t.m.Slow
	}
	if o.Act != nil {
		o.Act.Filler.Slow, o.Act.Late.Slow = t.m.Slow, t.m.Slow
	}
	if len(o.Say) > 0 {
		t.m.Last = o.Say
	}
	if o.Next == Listen {
		o.Expect = t.expect()
	}
}

// noteCut remembers that the greeting was cut before it had said that a machine answers.
func (t *turn) noteCut() {
	if !t.in.Cut || len(t.m.Last) == 0 {
		return
	}
	for _, p := range t.m.Last {
		if p.ID != "policy/greeting" && p.ID != "policy/moved_voice" && p.ID != "policy/outbound_greeting" && p.ID != "policy/disclosure" {
			continue
		}
		d := t.b.prompt("policy/disclosure", &t.b.disclosure, t.m.Lang, nil)
		heard := flat(t.in.Heard)
		if !strings.Contains(heard, flat(d.Voice)) && !strings.Contains(heard, flat(d.Text)) {
			t.m.Disclose = true
		}
		return
	}
}

// flat keeps letters and digits, in lower case.
func flat(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// spaces makes the no-break spaces of print ordinary ones: synthesisers need none, and some
// read them out.
var spaces = strings.NewReplacer("\u202f", " ", "\u00a0", " ")

// prompt renders a phrase. A nil scope is for phrases without values.
func (b *Bot) prompt(id string, ph *phrase, lang string, sc scope) Prompt {
	w := ph.in[lang]
	if w.fixed != nil {
		p := *w.fixed
		p.ID = id
		return p
	}
	p := Prompt{ID: id, Lang: lang, Barge: true, Quick: w.quick}
	if w.text == nil {
		return p
	}
	if sc == nil {
		sc = words{}
	}
	p.Text, _ = w.text.write(sc, lang, false, b.Timezone)
	p.Text = render.Typography(lang, p.Text)
	v := w.voice
	if v == nil {
		v = w.text
	}
	p.Voice, _ = v.write(sc, b.Tag(lang), true, b.Timezone)
	p.Voice = b.spoken(lang, p.Voice)
	if w.marks != nil {
		p.SSML = w.marks.document(b, sc, lang)
	}
	return p
}

func (b *Bot) greetingPrompt(lang string) Prompt {
	d := b.prompt("", &b.disclosure, lang, nil)
	return b.prompt("policy/greeting", &b.greeting, lang,
		words{with: map[string]spoken{"disclosure": {d.Text, d.Voice}}, over: values{b, &memory{Lang: lang}}})
}

func (t *turn) scope() scope { return values{t.b, t.m} }

// say adds a phrase of the bot to what is said.
func (t *turn) say(id string, ph *phrase, with map[string]spoken) Prompt {
	var sc scope = t.scope()
	if with != nil {
		sc = words{with: with, over: sc}
	}
	p := t.b.prompt(id, ph, t.m.Lang, sc)
	if p.Text != "" || p.Voice != "" {
		t.out.Say = append(t.out.Say, p)
	}
	return p
}

// atSpeaker ends the names of responses that a smart speaker says in the place of those without it: a
// speaker has no keys.
const atSpeaker = "_speaker"

// respond says one of the responses.
func (t *turn) respond(name string, with map[string]spoken) Prompt {
	ph := t.b.responses[name]
	if t.m.Channel == Speaker {
		if own, ok := t.b.responses[name+atSpeaker]; ok {
			ph = own
		}
	}
	return t.say("policy/"+name, &ph, with)
}

// response renders one of the responses without saying it.
func (t *turn) response(name string, with map[string]spoken) Prompt {
	ph := t.b.responses[name]
	return t.b.prompt("policy/"+name, &ph, t.m.Lang, words{with: with, over: t.scope()})
}

// ask makes p the open question, and listens.
func (t *turn) ask(what string, p Prompt) {
	if n := len(t.out.Say); n > 0 && len(p.Quick) == 0 && asksYesNo(what) {
		p.Quick = quickYesNo[t.m.Lang]
		t.out.Say[n-1].Quick = p.Quick
	}
	t.m.Wait = wait{For: what, Question: question{p.Text, p.Voice, p.Quick}}
	t.out.Next = Listen
}

// wish listens for anything; what is forWish or forMore.
func (t *turn) wish(what string) {
	t.ask(what, t.response("question", nil))
}

func (t *turn) end(outcome string) {
	t.out.Next, t.out.Outcome = End, outcome
	t.m.Over = true
}

func (t *turn) goodbye(outcome string) {
	t.respond("goodbye", nil)
	t.end(outcome)
}

// outcomeNow is how the conversation ends when it ends well now.
func (t *turn) outcomeNow() string {
	switch {
	case t.m.Talked:
		return "transferred"
	case t.m.Called:
		return "callback"
	case t.m.Answered == 0:
		return "abandoned"
	}
	return "resolved"
}

// OutcomeUnconfirmed is the outcome of a conversation whose caller had an answer and left without a word
// about it: nobody knows whether it was the one they wanted.
const OutcomeUnconfirmed = "unconfirmed"

// outcomeOnHangup is how a conversation ended whose caller hung up. That is never taken for success,
// whatever they may have heard by then: who had an answer and was asked whether there was anything else is
// unconfirmed, who had none abandoned. What they had ended themselves before, when a survey is all that was
// still to come, stays as it was.
func (t *turn) outcomeOnHangup() string {
	if t.m.Closing != "" {
		return t.m.Closing
	}
	switch o := t.outcomeNow(); {
	case o != "resolved" || t.closingSurvey():
		return o
	case t.m.Wait.For == forMore:
		return OutcomeUnconfirmed
	}
	return "abandoned"
}

// closingSurvey reports whether the caller is being asked for a note at the end of the conversation: the
// step that asked ends it.
func (t *turn) closingSurvey() bool {
	n := len(t.m.Stack)
	if n < 2 || t.surveyNow() == nil {
		return false
	}
	f := t.m.Stack[n-2]
	fl := t.b.flows[f.Flow]
	return fl != nil && fl.steps[f.Step] != nil && fl.steps[f.Step].kind == kindGoodbye
}

func (t *turn) note(flow, id, note string) {
	id, _, _ = strings.Cut(id, "+")
	s := Step{Flow: flow, Step: id, Note: note}
	if n := len(t.out.Trace); n > 0 && t.out.Trace[n-1] == s {
		return
	}
	t.out.Trace = append(t.out.Trace, s)
}

// noteHere adds a note at the step on top.
func (t *turn) noteHere(format string, args ...any) {
	f := t.m.top()
	if f == nil {
		f = &frame{Flow: "policy", Step: t.m.Wait.For}
	}
	t.note(f.Flow, f.Step, fmt.Sprintf(format, args...))
}

// expect tells the ears what the open question wants.
func (t *turn) expect() Expect {
	w, p := t.m.Wait, t.b.policy.patience
	e := Expect{Silence: p.word, Layout: w.Layout, DTMF: w.Keys != "" || len(w.Intents) > 0 || len(w.Choices) > 0}
	s := t.current()
	switch w.For {
	case forValue:
		if s != nil && s.collect != nil {
			c := s.collect
			e.Entity, e.Slot, e.Silence = c.spec.Type, c.slot, s.patience
			e.DTMF = e.DTMF || c.keys
			if kindOf(c.spec.Type) == "digits" {
				e.Digits = max(0, c.spec.Length-t.m.partialLength())
			}
			e.Spec = c.spec
			if e.Digits > 0 && e.Digits < c.spec.Length { // the rest of a number said in pieces
				e.Spec.Length, e.Spec.Pattern, e.Spec.Check = e.Digits, "", ""
			}
			for k, syn := range c.spec.Values {
				e.Hints = append(append(e.Hints, k), syn...)
			}
		}
	case forPhone:
		e.Entity, e.Silence, e.DTMF = entity.TypePhone, p.number, true
	case forYesNo, forConfirm, forCallback, forHelped, forOffer, forPerson, forLeave:
		e.Entity, e.DTMF = "yes_no", true
		e.Hints = yesNoWords[t.m.Lang]
		if s != nil && w.For == forYesNo {
			e.Silence = s.patience
		}
		if s != nil && s.collect != nil && w.For == forConfirm {
			e.Slot = s.collect.slot
		}
	case forMessage:
		e.Entity, e.Silence, e.Ends = entity.TypeText, p.number, Ends{Pause: messagePause, Complete: messagePause}
	case forScore:
		t.expectScore(&e)
	case forClarify:
		e.Hints = t.titles(w.Intents)
	case forWish, forMore:
		e.Hints = t.titles(nil)
	}
	if s != nil && (w.For == forValue || w.For == forYesNo) {
		e.Ends = s.ends
	}
	e.Spec.Type, e.Sensitive = e.Entity, t.asksSensitive()
	if e.Entity == entity.TypePhone {
		_, e.Spec.Region, _ = strings.Cut(t.b.regions[t.m.Lang], "-")
	}
	if w.Patience {
		e.Silence = max(e.Silence, p.wait)
	}
	if e.Silence <= 0 {
		e.Silence = 5 * time.Second
	}
	e.Hints = slices.Sorted(slices.Values(e.Hints)) // a copy: words of a table are every call's
	return e
}

var quickYesNo = map[string][]string{"fr": {"Oui", "Non"}, "en": {"Yes", "No"}}

var yesNoWords = map[string][]string{"fr": {"oui", "non"}, "en": {"yes", "no"}}

// titles of the given intents, or of all that are offered.
func (t *turn) titles(names []string) []string {
	var out []string
	for _, in := range t.b.intents {
		if names == nil && in.offer || contains(names, in.name) {
			out = append(out, in.title[t.m.Lang])
		}
	}
	return out
}

// current is the step on top, or nil.
func (t *turn) current() *step {
	f := t.m.top()
	if f == nil {
		return nil
	}
	fl := t.b.flows[f.Flow]
	if fl == nil {
		return nil
	}
	return fl.steps[f.Step]
}
