// Package lint judges how a bot would sound: what loads and runs, and would still annoy a
// caller. A web address read aloud, a sentence of forty words, three questions at once, a
// button that a phone cannot show, an intent with four examples.
//
// The rules are those of conversation design for the telephone (prompts of at most 15 words
// where possible, one question, at the end; who answers within six seconds), and what
// cross-validation says of the examples. A rule can be silenced at one place, with a reason,
// by a comment on the line or above it:
//
//	# lint:allow long: the regulator prescribes the sentence
//
// Nothing is changed and nothing is called: durations are estimated from words unless
// Options.Measure asks a voice.
package lint

import (
	"slices"
	"time"

	"decroche/flows"
)

// Severity says what a finding costs.
type Severity string

// Severities.
const (
	Error   Severity = "error"   // callers will stumble
	Warning Severity = "warning" // callers may stumble
	Note    Severity = "note"    // could be better
)

// Rule is one thing that is looked for.
type Rule struct {
	Name     string   `json:"name"`
	Severity Severity `json:"severity"`
	About    string   `json:"about"`
}

// Rules lists every rule, in the order of the reference.
func Rules() []Rule {
	return []Rule{
		{"url", Error, "a web address is spoken"},
		{"email", Error, "an e-mail address is spoken"},
		{"emoji", Error, "a pictogram is spoken"},
		{"markdown", Error, "marks of Markdown are spoken"},
		{"list", Warning, "more than three options are spoken at once"},
		{"long", Error, "a sentence has more than 25 words"},
		{"wordy", Note, "a sentence has more than 15 words"},
		{"question", Warning, "more than one question, or something after it"},
		{"quick", Warning, "buttons are shown that the spoken form does not name"},
		{"hands", Warning, "keys are spoken of, which a smart speaker has not"},
		{"doubt", Warning, "what was heard in doubt is read back on the telephone only, and speakers mishear too"},
		{"language", Warning, "two languages have the same words"},
		{"disclosure", Error, "the caller hears after more than 6 seconds that a machine answers"},
		{"briefing", Warning, "a fact does not fit into the 10 seconds that an agent hears"},
		{"few", Warning, "an intent has fewer than 8 examples"},
		{"twice", Error, "one example stands in two intents"},
		{"confusion", Warning, "more than 20 % of an intent's examples are taken for other intents by cross-validation"},
		{"colloquial", Note, "no example of an intent is said the way people speak"},
		{"allow", Warning, "a lint:allow that has no reason, no such rule, or nothing to allow"},
	}
}

// Finding is one thing found.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	flows.Place
	Text string `json:"text"`
	// Source is the line of the file.
	Source string `json:"-"`
}

// Caret writes the finding as people read it: place, text, the line, a caret under the column.
func (f Finding) Caret() string {
	return flows.Problem{File: f.File, Line: f.Line, Col: f.Col, Msg: f.Text + " (" + string(f.Severity) + ", " + f.Rule + ")", Source: f.Source}.Caret()
}

// Options change how a bot is judged.
type Options struct {
	// Measure returns how long text takes to say in lang, by the configured voice; nil, and an
	// error, estimate it at 165 words a minute.
	Measure func(lang, text string) (time.Duration, error)
	// Without names rules that are not looked for.
	Without []string
}

// Bot judges a loaded bot and returns what it found, in reading order, without what the
// author allowed. It takes as long as training the classifier a few times: a second for ten
// intents of forty examples.
func Bot(b *flows.Bot, opt Options) []Finding {
	l := &linter{bot: b, opt: opt, severity: map[string]Severity{}}
	for _, r := range Rules() {
		l.severity[r.Name] = r.Severity
	}
	written := b.Written()
	for _, w := range written {
		l.spoken(w)
	}
	l.languages(written)
	l.disclosure(written)
	l.intents()
	l.allowed()
	slices.SortStableFunc(l.found, func(a, b Finding) int {
		switch {
		case a.Before(b.Place):
			return -1
		case b.Before(a.Place):
			return 1
		}
		return 0
	})
	return l.found
}

type linter struct {
	bot      *flows.Bot
	opt      Options
	severity map[string]Severity
	found    []Finding
}

func (l *linter) say(rule string, at flows.Place, text string) {
	if slices.Contains(l.opt.Without, rule) {
		return
	}
	f := Finding{Rule: rule, Severity: l.severity[rule], Place: at, Text: text, Source: l.bot.Complain(at, "").Source}
	if !slices.Contains(l.found, f) {
		l.found = append(l.found, f)
	}
}
