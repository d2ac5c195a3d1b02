package turneval

import (
	"decroche/bench"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Bot is the hotline that answers a set at gateway level: one question for each kind of answer that
// the set expects, which comes back for ever. A caller names the kind first, in one word.
type Bot struct {
	kinds  map[string]*Expectation
	values []string // of lists
}

// Kinds of questions beside those of expectations.
const (
	kindFree = "libre"   // free speech: what callers are greeted with
	kindLong = "annonce" // a long prompt that is spoken over
)

// kindOf is the kind of question that a turn answers.
func kindOf(t *Turn) string {
	switch x := t.Expect; {
	case t.Overlap != nil:
		return kindLong
	case x == nil:
		return kindFree
	case x.Digits > 0 && (x.Entity == "digits" || x.Entity == "spelled"):
		return fmt.Sprintf("%s_%d", x.Entity, x.Digits)
	default:
		return x.Entity
	}
}

// NewBot makes the bot for some turns.
func NewBot(turns []*Turn) Bot {
	b := Bot{kinds: map[string]*Expectation{}}
	for _, t := range turns {
		if kindOf(t) != kindFree {
			b.kinds[kindOf(t)] = t.Expect
		}
		if t.Expect.scored() && t.Expect.Entity == "list" && !slices.Contains(b.values, t.Expect.Value) {
			b.values = append(b.values, t.Expect.Value)
		}
	}
	slices.Sort(b.values)
	return b
}

// wishes are words that are not like each other, one for each kind.
var wishes = strings.Fields("abricot bateau citron dragon écharpe fauteuil girafe hélicoptère igloo jardin kangourou lampadaire montagne nuage oreiller parapluie " +
	"quiche rivière serpent tambour usine violon wagon xylophone yaourt zèbre")

// wish is what a caller says to be asked a kind of question.
func (b Bot) wish(kind string) string {
	return wishes[slices.Index(slices.Sorted(maps.Keys(b.kinds)), kind)%len(wishes)]
}

// Questions by how long bench.Voice takes for them: 66 letters are 3.96 s, the question of
// generated turns lasts 4 s; the long one is longer than any generated prompt, one sentence without a breath.
const (
	shortQuestion = "dites maintenant la réponse que vous voulez nous donner à cette question, merci"
	greeting      = "je suis un assistant automatique, bonjour, dites ce que vous voulez, je vous écoute"
	longQuestion  = "nous vous remercions de votre appel et nous vous prions de bien vouloir écouter cette annonce jusqu'au bout parce qu'elle contient des informations qui vous seront très utiles"
)

// Number is the number to ring for a language.
func Number(lang string) string { return "turns-" + lang }

// Write makes the bot's folder.
func (b Bot) Write(dir string) error {
	var intents, entities, flows strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(b.kinds)) {
		x, word := b.kinds[kind], b.wish(kind)
		fmt.Fprintf(&intents, "%s:\n  title: {fr: %q, en: %[2]q}\n  flow: %[1]s\n", kind, word)
		for _, lang := range languages {
			fmt.Fprintf(&intents, "  %s:\n", lang)
			for _, form := range []string{"%s", "le %s", "un %s", "%s %[1]s", "mon %s", "%s oui", "ce %s", "%s là"} {
				fmt.Fprintf(&intents, "  - %q\n", fmt.Sprintf(form, word))
			}
		}
		spec := "{type: text}"
		switch {
		case kind == kindLong:
		case x.Entity == "list":
			spec = "{type: list, values: {"
			for i, v := range b.values {
				spec += fmt.Sprintf("v%d: [%q], ", i, v)
			}
			spec = strings.TrimSuffix(spec, ", ") + "}}"
		case x.Digits > 0 && (x.Entity == "digits" || x.Entity == "spelled"):
			spec = fmt.Sprintf("{type: %s, length: %d}", x.Entity, x.Digits)
		default:
			spec = "{type: " + x.Entity + "}"
		}
		fmt.Fprintf(&entities, "  v_%s: %s\n", kind, spec)
		q := shortQuestion
		if kind == kindLong {
			q = longQuestion
		}
		fmt.Fprintf(&flows, "  %s:\n    steps:\n    - id: q_%[1]s\n      collect: v_%[1]s\n      ask: {fr: %q, en: %[2]q}\n      listen: {timeout: 60s}\n    - reset: v_%[1]s\n      goto: q_%[1]s\n", kind, q)
	}
	files := map[string]string{
		"bot.yaml": fmt.Sprintf(`name: turns
title: Tours de parole
languages: [fr, en]
default_language: fr
timezone: Europe/Paris
called: {%s: fr, %s: en}
disclosure: {fr: %[3]q, en: %[3]q}
greeting: {fr: "{{disclosure}}", en: "{{disclosure}}"}
policy:
  patience: {word: 60s, number: 60s, wait: 60s}
  max_failed_steps: 20
  transfer: {skills: ["{{lang}}"]}
`, Number("fr"), Number("en"), greeting),
		"intents/kinds.yaml": intents.String(),
		"flows/kinds.yaml":   "entities:\n" + entities.String() + "flows:\n" + flows.String(),
	}
	return bench.WriteFiles(dir, files)
}
