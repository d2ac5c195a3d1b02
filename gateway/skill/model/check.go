package model

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an interaction model, as Amazon's pages have them ("Create the Interaction Model",
// "Interaction Model Schemas", "Choose the Invocation Name"), or below them where the pages say nothing
// precise. The console, which builds the model, remains the judge.
const (
	minInvocation, maxInvocation = 2, 50
	maxIntents                   = 250
	maxName                      = 100
	maxSample                    = 200     // characters; ours are short
	maxSamples                   = 200_000 // characters of all samples
	maxTypes                     = 50
	maxValue                     = 140 // characters of a value or a synonym
	maxSynonyms                  = 100
	maxValues                    = 50_000 // values and synonyms of all types
	maxModel                     = 1_500_000
)

var (
	nameShape   = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*$`)
	sampleShape = regexp.MustCompile(`^(?:[\p{Latin}\p{M}'.-]+|\{[A-Za-z_]+\}|\{[A-Za-z_]+\}'s)(?: (?:[\p{Latin}\p{M}'.-]+|\{[A-Za-z_]+\}))*$`)
	slotShape   = regexp.MustCompile(`\{([A-Za-z_]+)\}`)
	idShape     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)
	builtSlots  = []string{"AMAZON.NUMBER", "AMAZON.DATE", "AMAZON.TIME", "AMAZON.SearchQuery"}
)

// Words that an invocation name may not have: wake words, words that open a skill, words that connect.
var (
	wakeWords = []string{"alexa", "amazon", "echo", "computer", "ziggy", "skill", "app", "application"}
	openWords = map[string][]string{
		"en": {"launch", "ask", "tell", "load", "begin", "enable", "open", "start", "run", "play", "resume", "use", "talk"},
		"fr": {"lance", "lancer", "demande", "demander", "dis", "ouvre", "ouvrir", "démarre", "démarrer", "commence", "commencer", "active", "activer", "utilise", "utiliser", "joue", "jouer", "charge", "charger"},
	}
	joinWords = map[string][]string{
		"en": {"to", "from", "in", "using", "with", "about", "for", "that", "by", "if", "and", "whether"},
		"fr": {"pour", "avec", "par", "si", "que", "dans", "sur", "depuis", "via"},
	}
	articles = map[string][]string{"en": {"the", "a", "an"}, "fr": {"le", "la", "les", "un", "une", "des"}}
)

// CheckInvocation says what is wrong with an invocation name.
func CheckInvocation(s, lang string) (bad []string) {
	if n := utf8.RuneCountInString(s); n < minInvocation || n > maxInvocation {
		bad = append(bad, fmt.Sprintf("has %d characters; %d to %d are taken", n, minInvocation, maxInvocation))
	}
	if s != strings.Join(strings.Fields(s), " ") || s != strings.ToLower(s) {
		bad = append(bad, "must be small letters with single spaces")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' && r != '\'' && r != '.' }) {
		bad = append(bad, "may have letters, spaces, apostrophes and the points of initials only; spell figures out")
	}
	words := strings.Fields(s)
	for _, w := range words {
		for _, list := range [][]string{wakeWords, openWords[lang], joinWords[lang]} {
			if slices.Contains(list, w) {
				bad = append(bad, fmt.Sprintf("has %q, which Alexa needs herself", w))
			}
		}
	}
	switch {
	case len(words) == 1:
		bad = append(bad, "is one word, which is for brands only")
	case len(words) == 2 && slices.Contains(articles[lang], words[0]):
		bad = append(bad, "is one word with an article")
	}
	return bad
}

// Check says everything that Amazon would not take in a model for a language; nothing for a good one.
func (m *Model) Check(lang string) []string {
	c := &checker{m: m.Interaction, names: map[string]string{}, samples: map[string]string{}}
	c.bad = append(c.bad, CheckInvocation(m.Interaction.Language.Invocation, lang)...)
	c.types()
	c.intents()
	c.dialog()
	if data, err := json.Marshal(m); err != nil || len(data) > maxModel {
		c.say("the model has %d bytes; at most %d", len(data), maxModel)
	}
	return c.bad
}

type checker struct {
	m       Interaction
	bad     []string
	names   map[string]string // of intents, slots and types: what has it
	samples map[string]string // sample to its intent
	total   int
}

func (c *checker) say(format string, args ...any) {
	c.bad = append(c.bad, fmt.Sprintf(format, args...))
}

func (c *checker) types() {
	if len(c.m.Language.Types) > maxTypes {
		c.say("%d types; at most %d", len(c.m.Language.Types), maxTypes)
	}
	all := 0
	for _, t := range c.m.Language.Types {
		if !nameShape.MatchString(t.Name) || len(t.Name) > maxName || c.names[t.Name] != "" {
			c.say("type %q: the name is not one, or taken", t.Name)
		}
		c.names[t.Name] = "type"
		if len(t.Values) == 0 {
			c.say("type %q has no values", t.Name)
		}
		ids, said := map[string]bool{}, map[string]bool{}
		for _, v := range t.Values {
			if !idShape.MatchString(v.ID) || ids[v.ID] {
				c.say("type %q: the ID %q is none, or there twice", t.Name, v.ID)
			}
			ids[v.ID] = true
			if len(v.Name.Synonyms) > maxSynonyms {
				c.say("type %q: %q has %d synonyms; at most %d", t.Name, v.Name.Value, len(v.Name.Synonyms), maxSynonyms)
			}
			for _, w := range append([]string{v.Name.Value}, v.Name.Synonyms...) {
				all++
				if n := utf8.RuneCountInString(w); strings.TrimSpace(w) == "" || n > maxValue || said[strings.ToLower(w)] {
					c.say("type %q: %q is empty, too long or there twice", t.Name, w)
				}
				said[strings.ToLower(w)] = true
			}
		}
	}
	if all > maxValues {
		c.say("%d values and synonyms; at most %d", all, maxValues)
	}
}

func (c *checker) intents() {
	list := c.m.Language.Intents
	if len(list) > maxIntents {
		c.say("%d intents; at most %d", len(list), maxIntents)
	}
	for _, in := range list {
		if c.names[in.Name] != "" {
			c.say("intent %q: the name is taken by a %s", in.Name, c.names[in.Name])
		}
		c.names[in.Name] = "intent"
	}
	for _, in := range list {
		c.intent(in)
	}
	for _, need := range []string{"AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.HelpIntent", "AMAZON.NavigateHomeIntent", "AMAZON.FallbackIntent"} {
		if c.names[need] != "intent" {
			c.say("intent %q is needed and not there", need)
		}
	}
	if c.total > maxSamples {
		c.say("the samples have %d characters; at most %d", c.total, maxSamples)
	}
}

func (c *checker) intent(in Intent) {
	if strings.HasPrefix(in.Name, "AMAZON.") {
		if !slices.Contains(amazons(), in.Name) || len(in.Slots) > 0 {
			c.say("intent %q is not one of Amazon's that we use, or has slots", in.Name)
		}
		return
	}
	if !nameShape.MatchString(in.Name) || len(in.Name) > maxName {
		c.say("intent %q: a name has letters and _ only, at most %d", in.Name, maxName)
	}
	slots, phrases := map[string]string{}, 0
	for _, s := range in.Slots {
		if !nameShape.MatchString(s.Name) || len(s.Name) > maxName || slots[s.Name] != "" || c.names[s.Name] != "" {
			c.say("intent %q: the slot name %q is none, or taken", in.Name, s.Name)
		}
		if slots[s.Name] = s.Type; !slices.Contains(builtSlots, s.Type) && c.names[s.Type] != "type" {
			c.say("intent %q: slot %q has the type %q, which there is not", in.Name, s.Name, s.Type)
		}
		if s.Type == "AMAZON.SearchQuery" {
			phrases++
		}
	}
	if len(in.Samples) == 0 {
		c.say("intent %q has no samples", in.Name)
	}
	if phrases > 0 && len(in.Slots) > 1 {
		c.say("intent %q: a phrase slot stands with another", in.Name)
	}
	used := map[string]bool{}
	for _, s := range in.Samples {
		c.sample(in.Name, s, slots, used)
	}
	for n := range slots {
		if !used[n] {
			c.say("intent %q: slot %q is in no sample", in.Name, n)
		}
	}
}

func (c *checker) sample(intent, s string, slots map[string]string, used map[string]bool) {
	c.total += utf8.RuneCountInString(s)
	if !sampleShape.MatchString(s) || utf8.RuneCountInString(s) > maxSample {
		c.say("intent %q: the sample %q has characters that it may not have, or too many", intent, s)
	}
	if had := c.samples[s]; had != "" {
		c.say("the sample %q is of %s and of %s", s, had, intent)
	}
	c.samples[s] = intent
	here := map[string]bool{}
	for _, m := range slotShape.FindAllStringSubmatch(s, -1) {
		n := m[1]
		if slots[n] == "" || here[n] {
			c.say("intent %q: the sample %q names the slot %q, which it has not, or has twice", intent, s, n)
		}
		here[n], used[n] = true, true
		if slots[n] == "AMAZON.SearchQuery" && s == m[0] {
			c.say("intent %q: the sample %q is a phrase slot without a carrier phrase", intent, s)
		}
	}
}

// dialog: what may be elicited is there, and has a prompt.
func (c *checker) dialog() {
	prompts := map[string]bool{}
	for _, p := range c.m.Prompts {
		prompts[p.ID] = len(p.Variations) > 0
	}
	for _, d := range c.m.Dialog.Intents {
		at := slices.IndexFunc(c.m.Language.Intents, func(in Intent) bool { return in.Name == d.Name })
		if at < 0 {
			c.say("dialog: intent %q is not there", d.Name)
			continue
		}
		for _, s := range d.Slots {
			if !slices.ContainsFunc(c.m.Language.Intents[at].Slots, func(o Slot) bool { return o.Name == s.Name && o.Type == s.Type }) {
				c.say("dialog: intent %q has no slot %q of type %q", d.Name, s.Name, s.Type)
			}
			if s.Elicit && !prompts[s.Prompts["elicitation"]] {
				c.say("dialog: slot %q is elicited without a prompt", s.Name)
			}
		}
	}
}
