// Package model writes what Alexa has to know before anybody talks to a skill: its interaction model,
// made of a bot's own intents, examples and entities. What Amazon does not take is left out and told,
// never bent until it passes; Check holds any model against Amazon's limits.
//
// The one idea: Alexa is the ear, the flow stays the mind. Two ways lead a person's words to the flow:
// an intent of the bot, which Alexa recognised by its samples, and Words, a phrase slot that the door
// elicits after every question, so that an answer comes as it was said.
package model

import (
	"fmt"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/flows/entity"
)

// Names of the intents that every model has beside the bot's own. None of them can be a bot's: those
// are written in small letters.
const (
	Words     = "FreeWords" // what was said, whole
	WordsSlot = "words"
	Number    = "SpokenNumber" // a number alone
	NumberAt  = "spoken_number"
	Date      = "SpokenDate" // a date alone
	DateAt    = "spoken_date"
)

// Locales that Build knows.
func Locales() []string { return []string{"fr-FR", "en-GB", "en-US"} }

// Model is an interaction model, as the developer console and the ASK command line take it.
type Model struct {
	Interaction Interaction `json:"interactionModel"`
}

// Interaction is what is in it.
type Interaction struct {
	Language Language `json:"languageModel"`
	Dialog   Dialog   `json:"dialog"`
	Prompts  []Prompt `json:"prompts"`
}

// Language is what people may say.
type Language struct {
	Invocation string   `json:"invocationName"`
	Intents    []Intent `json:"intents"`
	Types      []Type   `json:"types"`
}

// Intent is one thing that they want.
type Intent struct {
	Name    string   `json:"name"`
	Slots   []Slot   `json:"slots,omitempty"`
	Samples []string `json:"samples"`
}

// Slot is a value in a sample.
type Slot struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Samples []string `json:"samples,omitempty"`
}

// Type is a list of values.
type Type struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
}

// Value is one of them.
type Value struct {
	ID   string    `json:"id"`
	Name ValueName `json:"name"`
}

// ValueName is how a value is said.
type ValueName struct {
	Value    string   `json:"value"`
	Synonyms []string `json:"synonyms,omitempty"`
}

// Dialog says which slots may be asked for by the skill.
type Dialog struct {
	Intents  []DialogIntent `json:"intents"`
	Strategy string         `json:"delegationStrategy"`
}

// DialogIntent is an intent with such a slot.
type DialogIntent struct {
	Name     string       `json:"name"`
	Confirm  bool         `json:"confirmationRequired"`
	Prompts  struct{}     `json:"prompts"`
	Slots    []DialogSlot `json:"slots"`
	Strategy string       `json:"delegationStrategy,omitempty"`
}

// DialogSlot is such a slot.
type DialogSlot struct {
	Name    string            `json:"name"`
	Type    string            `json:"type"`
	Confirm bool              `json:"confirmationRequired"`
	Elicit  bool              `json:"elicitationRequired"`
	Prompts map[string]string `json:"prompts"`
}

// Prompt is what Alexa would say to ask for a slot; the skill always says it itself.
type Prompt struct {
	ID         string      `json:"id"`
	Variations []Variation `json:"variations"`
}

// Variation is one form of it.
type Variation struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Left is something of the bot's that is not in the model, and why.
type Left struct {
	flows.Place
	What string // `example "où est le 4512"`
	Why  string
}

func (l Left) String() string {
	if l.File == "" {
		return l.What + ": " + l.Why
	}
	return fmt.Sprintf("%s:%d: %s: %s", l.File, l.Line, l.What, l.Why)
}

// Options of Build.
type Options struct {
	Locale     string // one of Locales
	Invocation string // what people say to open the skill; "" makes one of the bot's title
}

// Build makes the model of a bot for one locale, and says what was left out. The error says that the
// bot does not speak the locale's language, or that the invocation name is none.
func Build(bot *flows.Bot, o Options) (*Model, []Left, error) {
	lang, _, _ := strings.Cut(o.Locale, "-")
	if !slices.Contains(Locales(), o.Locale) {
		return nil, nil, fmt.Errorf("locale %q is not known; use %s", o.Locale, strings.Join(Locales(), ", "))
	}
	if !slices.Contains(bot.Languages, lang) {
		return nil, nil, fmt.Errorf("bot %q does not speak %q; its languages are %s", bot.Name, lang, strings.Join(bot.Languages, ", "))
	}
	b := &builder{bot: bot, lang: lang, taken: map[string]string{}}
	name := o.Invocation
	if name == "" {
		name = invocation(bot.Title(), lang)
	}
	if bad := CheckInvocation(name, lang); len(bad) > 0 {
		return nil, nil, fmt.Errorf("invocation name %q: %s; give another with --invocation", name, strings.Join(bad, "; "))
	}
	b.m.Interaction.Language.Invocation = name
	b.m.Interaction.Language.Types = []Type{}
	b.builtIn()
	b.own()
	b.free()
	return &b.m, b.left, nil
}

// Intents maps the names in a model to a bot's intents.
func Intents(bot *flows.Bot) map[string]string {
	out := map[string]string{}
	for _, in := range bot.Intents() {
		out[unique(name(in), out)] = in
	}
	return out
}

// builder is a model at work.
type builder struct {
	bot   *flows.Bot
	lang  string
	m     Model
	left  []Left
	taken map[string]string // sample to the intent that has it
}

func (b *builder) leave(p flows.Place, what, why string) { b.left = append(b.left, Left{p, what, why}) }

// amazons are the built-in intents that the door takes.
func amazons() []string {
	return []string{"AMAZON.CancelIntent", "AMAZON.HelpIntent", "AMAZON.StopIntent", "AMAZON.NavigateHomeIntent", "AMAZON.FallbackIntent", "AMAZON.RepeatIntent", "AMAZON.YesIntent", "AMAZON.NoIntent"}
}

func (b *builder) builtIn() {
	for _, n := range amazons() {
		b.m.Interaction.Language.Intents = append(b.m.Interaction.Language.Intents, Intent{Name: n, Samples: []string{}})
	}
	for _, s := range reserved[b.lang] {
		b.taken[s] = "one of Alexa's own intents"
	}
}

// own writes the bot's intents, with the slots that their examples mark.
func (b *builder) own() {
	specs := map[string]flows.EntityLines{}
	for _, e := range b.bot.WrittenEntities() {
		specs[e.Name] = e
	}
	names := map[string]string{}
	for n, in := range Intents(b.bot) {
		names[in] = n
	}
	for _, line := range b.bot.WrittenIntents() {
		in := Intent{Name: names[line.Name], Samples: []string{}}
		examples := slices.Clone(line.Examples[b.lang])
		if t := line.Title[b.lang]; t != "" {
			examples = append([]flows.ExampleLine{{Place: line.Place, Text: t, Marked: t}}, examples...)
		}
		for _, ex := range examples {
			b.sample(&in, ex, specs)
		}
		if len(in.Samples) == 0 {
			b.leave(line.Place, fmt.Sprintf("intent %q", line.Name), "none of its examples can be a sample")
			continue
		}
		b.m.Interaction.Language.Intents = append(b.m.Interaction.Language.Intents, in)
	}
}

// sample adds one example, unless Amazon would not take it.
func (b *builder) sample(in *Intent, ex flows.ExampleLine, specs map[string]flows.EntityLines) {
	what := fmt.Sprintf("example %q", ex.Text)
	s, slots, why := b.read(ex.Marked, specs)
	if why != "" {
		b.leave(ex.Place, what, why)
		return
	}
	if had := b.taken[s]; had == in.Name {
		return // written twice, once with another comma
	} else if had != "" {
		b.leave(ex.Place, what, "is a sample of "+had+" already")
		return
	}
	b.taken[s] = in.Name
	in.Samples = append(in.Samples, s)
	for _, sl := range slots {
		if !slices.Contains(slotNames(in.Slots), sl.Name) {
			in.Slots = append(in.Slots, sl)
		}
	}
}

func slotNames(list []Slot) (out []string) {
	for _, s := range list {
		out = append(out, s.Name)
	}
	return out
}

// typeOf is the slot type of an entity: Amazon's own, or a list of the bot's; "" when Alexa has none.
func (b *builder) typeOf(e flows.EntityLines) string {
	switch e.Spec.Type {
	case entity.TypeDigits, entity.TypeNumber, entity.TypePhone, entity.TypePostcodeFR, entity.TypeAmount:
		return "AMAZON.NUMBER"
	case entity.TypeDate:
		return "AMAZON.DATE"
	case entity.TypeTime:
		return "AMAZON.TIME"
	case entity.TypeList:
		return b.list(e)
	}
	return ""
}

// list adds an entity's values as a type, once.
func (b *builder) list(e flows.EntityLines) string {
	n := strings.ToUpper(name(e.Name)) + "_VALUES"
	for _, t := range b.m.Interaction.Language.Types {
		if t.Name == n {
			return n
		}
	}
	t := Type{Name: n}
	seen := map[string]bool{}
	keys := make([]string, 0, len(e.Spec.Values))
	for k := range e.Spec.Values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		var said []string
		for _, s := range append([]string{k}, e.Spec.Values[k]...) {
			word := strings.Join(strings.Fields(strings.ToLower(s)), " ")
			switch {
			case word == "" || seen[word]:
			case len([]rune(word)) > maxValue:
				b.leave(e.Place, fmt.Sprintf("value %q", s), fmt.Sprintf("has more than %d characters", maxValue))
			case len(said) > maxSynonyms:
				b.leave(e.Place, fmt.Sprintf("value %q", s), fmt.Sprintf("is synonym number %d of %q; Alexa takes %d", len(said), k, maxSynonyms))
			default:
				seen[word] = true
				said = append(said, word)
			}
		}
		if len(said) > 0 {
			t.Values = append(t.Values, Value{ID: id(k), Name: ValueName{said[0], said[1:]}})
		}
	}
	b.m.Interaction.Language.Types = append(b.m.Interaction.Language.Types, t)
	return n
}

// free adds the intents that take whatever is said.
func (b *builder) free() {
	l := &b.m.Interaction.Language
	words := Intent{Name: Words, Slots: []Slot{{Name: WordsSlot, Type: "AMAZON.SearchQuery", Samples: []string{"{" + WordsSlot + "}"}}}, Samples: []string{}}
	for _, c := range carriers[b.lang] {
		if s := c + " {" + WordsSlot + "}"; b.taken[s] == "" {
			words.Samples = append(words.Samples, s)
		}
	}
	l.Intents = append(l.Intents, words,
		Intent{Name: Number, Slots: []Slot{{Name: NumberAt, Type: "AMAZON.NUMBER"}}, Samples: around(numberCarriers[b.lang], NumberAt)},
		Intent{Name: Date, Slots: []Slot{{Name: DateAt, Type: "AMAZON.DATE"}}, Samples: around(dateCarriers[b.lang], DateAt)})
	prompt := "Elicit.Slot." + Words + "." + WordsSlot
	b.m.Interaction.Dialog = Dialog{Strategy: "SKILL_RESPONSE", Intents: []DialogIntent{{Name: Words, Slots: []DialogSlot{{Name: WordsSlot, Type: "AMAZON.SearchQuery", Elicit: true, Prompts: map[string]string{"elicitation": prompt}}}}}}
	b.m.Interaction.Prompts = []Prompt{{ID: prompt, Variations: []Variation{{"PlainText", listening[b.lang]}}}}
}

// around is a slot alone, and behind each carrier.
func around(carriers []string, slot string) []string {
	out := []string{"{" + slot + "}"}
	for _, c := range carriers {
		out = append(out, c+" {"+slot+"}")
	}
	return out
}
