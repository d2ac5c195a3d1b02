package flows

import (
	"context"
	"sort"
	"time"

	"decroche/flows/entity"
	"decroche/flows/kb"
	"decroche/flows/lexicon"
	"decroche/flows/nlu"
	"decroche/flows/render"
)

// Bot is one loaded and proven folder. It is immutable; any goroutine may use it.
type Bot struct {
	// Name is the bot's name in records and metrics.
	Name string
	// Languages are in the order of bot.yaml; the first is the default unless it says otherwise.
	Languages []string
	// Timezone renders times for callers of this bot.
	Timezone *time.Location
	// Version is the hash of the folder that was loaded, see Version.
	Version string

	title       string
	regions     map[string]string // language to tag: "fr" to "fr-BE"
	lexicon     *lexicon.Lexicon  // nil when there is none
	defaultLang string
	called      map[string]string
	vars        map[string]string
	policy      policy
	greeting    phrase
	disclosure  phrase
	recording   *Recording
	responses   map[string]phrase
	intents     []*intent
	entities    map[string]*entityDef
	flows       map[string]*flow
	flowNames   []string // in reading order
	surveys     []*survey
	knowledge   *kb.Base
	limits      Config
	saved       map[string]bool
	sensitive   map[string]entity.Spec // slots whose values are written nowhere, and what they look like
	slots       []string               // every name that a step collects
	anyVars     map[string]any
	minds       map[string]*mind
	understand  func(lang string) Understander
	engine      *Engine
	warnings    Problems
	sources     map[string][]byte // every file that was read, by name
}

// policy holds what a bot does when nothing more precise is written in a flow.
type policy struct {
	patience       patience
	maxFailedSteps int
	filler         time.Duration // of waiting for an action on voice
	late           time.Duration // and then once more
	handoff        *handoffStep
	callback       *callbackStep // nil: callbacks are not offered
	message        bool          // a message may be left where nobody takes the caller
	maxHandoffs    int
}

// patience is how long to wait for the caller, by what is asked.
type patience struct{ word, number, wait time.Duration }

// intent is one thing callers want.
type intent struct {
	name     string
	title    map[string]string
	examples map[string][]string
	placed   map[string][]place  // of the examples, in their order
	marked   map[string][]string // the examples with the marks of their entities
	flow     string
	near     []string // intents easily taken for this one
	offer    bool     // named in clarifications, menus and help
	at       place
}

// entityDef is a kind of value that a slot may hold.
type entityDef struct {
	name  string
	spec  entity.Spec
	title map[string]string
	keys  bool // may be keyed in
	at    place
}

// flow is a named sequence of steps, compiled to a graph.
type flow struct {
	name   string
	start  []string
	title  map[string]string
	back   *phrase
	skills []*template
	first  string
	steps  map[string]*step
	order  []string
	at     place
}

// mind is what understands one language.
type mind struct {
	classifier   *nlu.Classifier
	act, clarify float64
}

// Engine returns the engine that runs this bot.
func (b *Bot) Engine() *Engine { return b.engine }

// DefaultLanguage is the language of a conversation whose Start names none.
func (b *Bot) DefaultLanguage() string { return b.defaultLang }

// Title is the company's name as callers hear it; Name when bot.yaml gives none.
func (b *Bot) Title() string { return b.title }

// Tag is the language tag of lang for this bot's callers: "fr-BE" where the bot says so, else lang.
func (b *Bot) Tag(lang string) string {
	if t := b.regions[lang]; t != "" {
		return t
	}
	return lang
}

// Lexicon is how the bot's words are pronounced; nil when it says nothing about that.
func (b *Bot) Lexicon() *lexicon.Lexicon { return b.lexicon }

// spoken writes a text out for a voice, the words of the lexicon left as they are.
func (b *Bot) spoken(lang, text string) string {
	return spaces.Replace(render.SpokenBut(b.Tag(lang), text, b.lexicon.Keep(lang)))
}

// LangFor returns the language in which a call to the user part called ("hotline-en") is
// answered, and whether this bot answers that number at all.
func (b *Bot) LangFor(called string) (lang string, ok bool) {
	lang, ok = b.called[called]
	return lang, ok
}

// Called lists the numbers (user parts) that this bot answers, sorted.
func (b *Bot) Called() []string {
	out := make([]string, 0, len(b.called))
	for c := range b.called {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

// Vars returns a copy of the bot's plain values, after Options.Vars.
func (b *Bot) Vars() map[string]string {
	out := make(map[string]string, len(b.vars))
	for k, v := range b.vars {
		out[k] = v
	}
	return out
}

// Examples returns every example sentence of the bot in lang, titles included: phrases for
// a recogniser, in reading order.
func (b *Bot) Examples(lang string) []string {
	var out []string
	for _, in := range b.intents {
		if t := in.title[lang]; t != "" {
			out = append(out, t)
		}
		out = append(out, in.examples[lang]...)
	}
	return out
}

// Lists returns the values of the bot's own lists by the name of their entity, synonyms included.
func (b *Bot) Lists() map[string][]string {
	out := map[string][]string{}
	for name, e := range b.entities {
		for value, synonyms := range e.spec.Values {
			out[name] = append(append(out[name], value), synonyms...)
		}
		sort.Strings(out[name])
	}
	return out
}

// Secrets lists the names of the secrets that the bot's actions read ("secret:NAME"),
// sorted, so that a host can refuse to start without one.
func (b *Bot) Secrets() []string {
	seen := map[string]bool{}
	for _, f := range b.flows {
		for _, s := range f.steps {
			if s.http == nil {
				continue
			}
			if s.http.sign != "" {
				seen[s.http.sign] = true
			}
			for _, h := range s.http.headers {
				if name, ok := secretName(h.value.src); ok {
					seen[name] = true
				}
			}
		}
	}
	out := make([]string, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// StaticPrompts returns every prompt whose words are known before the call, in every
// language, for rendering them ahead of it. A prompt said by several steps is there once.
func (b *Bot) StaticPrompts() []Prompt {
	var out []Prompt
	seen := map[[2]string]bool{}
	add := func(id string, ph *phrase) {
		if ph == nil {
			return
		}
		for _, lang := range b.Languages {
			w, ok := ph.in[lang]
			if !ok || !w.text.static() || w.voice != nil && !w.voice.static() {
				continue
			}
			p := b.prompt(id, ph, lang, nil)
			if p.Voice == "" || seen[[2]string{lang, p.Voice + p.SSML}] {
				continue
			}
			seen[[2]string{lang, p.Voice + p.SSML}] = true
			out = append(out, p)
		}
	}
	for _, lang := range b.Languages {
		p := b.greetingPrompt(lang)
		seen[[2]string{lang, p.Voice}] = true
		out = append(out, p)
	}
	add("policy/disclosure", &b.disclosure)
	names := make([]string, 0, len(b.responses))
	for n := range b.responses {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		ph := b.responses[n]
		add("policy/"+n, &ph)
	}
	for _, fn := range b.flowNames {
		f := b.flows[fn]
		for _, id := range f.order {
			f.steps[id].eachPhrase(func(what string, ph *phrase) {
				add(promptID(f.name, id, what), ph)
			})
		}
		add(promptID(f.name, "back", ""), f.back)
	}
	return out
}

// Understander returns the bot's own understander for lang: the classifier trained from its
// examples. It answers in microseconds and ignores its context.
func (b *Bot) Understander(lang string) Understander { return ownMind{b.minds[lang]} }

// Thresholds returns the confidence above which an intent in lang is acted upon, and above
// which the engine asks which of two was meant.
func (b *Bot) Thresholds(lang string) (act, clarify float64) {
	m := b.minds[lang]
	if m == nil {
		return 1, 1
	}
	return m.act, m.clarify
}

type ownMind struct{ m *mind }

// Understand classifies text.
func (o ownMind) Understand(_ context.Context, text string, _ Expect) (Meaning, error) {
	if o.m == nil {
		return Meaning{}, nil
	}
	return meaning(o.m.classifier.Classify(text)), nil
}

func meaning(best []nlu.Score) Meaning {
	var m Meaning
	if len(best) > 0 {
		m.Intent, m.Confidence, m.Margin = best[0].Intent, best[0].P, best[0].P
	}
	if len(best) > 1 {
		m.Second, m.Margin = best[1].Intent, best[0].P-best[1].P
	}
	return m
}

func (b *Bot) intent(name string) *intent {
	for _, in := range b.intents {
		if in.name == name {
			return in
		}
	}
	return nil
}
