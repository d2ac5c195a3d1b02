package flows

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"decroche/flows/entity"
)

// Place is where something is written in a bot's folder.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

// Before reports whether p stands before q in reading order.
func (p Place) Before(q Place) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	return p.Line < q.Line || p.Line == q.Line && p.Col < q.Col
}

// Role is what a text is for.
type Role string

// Roles of a text.
const (
	RoleGreeting   Role = "greeting"
	RoleDisclosure Role = "disclosure"
	RoleResponse   Role = "response" // of responses: in bot.yaml
	RoleSay        Role = "say"
	RoleAsk        Role = "ask" // the caller is expected to answer
	RoleFact       Role = "fact"
)

// Written is one text of a bot in one language as its author wrote it, templates and all: what
// tools that judge the words look at.
type Written struct {
	Place
	ID    string // of the prompt, as in Prompt.ID
	Role  Role
	Lang  string
	Text  string   // as shown
	Voice string   // as spoken; Text when the author wrote no other
	Quick []string // buttons
	YesNo bool     // the answer is yes or no, so buttons that say these need no words
	Topic string   // of a fact: the title of its flow, which agents hear before it
	Keys  bool     // of a rung that offers keys: where there are none, other words are said
	When  string   // of a confirmation: its condition
}

// Written lists every text that the bot's author wrote, in reading order. The responses that
// every bot has are not there unless bot.yaml says them better.
func (b *Bot) Written() []Written {
	var out []Written
	add := func(id string, role Role, yesNo bool, topic map[string]string, ph *phrase) {
		if ph == nil || ph.at.file == "responses.yaml" {
			return
		}
		for _, lang := range b.Languages {
			w, ok := ph.in[lang]
			if !ok || w.text == nil {
				continue
			}
			line := Written{Place: Place{w.at.file, w.at.line, w.at.col}, ID: id, Role: role, Lang: lang, Text: w.text.src, Voice: w.text.src,
				Quick: slices.Clone(w.quick), YesNo: yesNo, Topic: topic[lang]}
			if w.voice != nil {
				line.Voice = w.voice.src
			}
			out = append(out, line)
		}
	}
	add("policy/greeting", RoleGreeting, false, nil, &b.greeting)
	add("policy/disclosure", RoleDisclosure, false, nil, &b.disclosure)
	for name, ph := range b.responses {
		add("policy/"+name, RoleResponse, false, nil, &ph)
	}
	for _, name := range b.flowNames {
		f := b.flows[name]
		add(promptID(f.name, "back", ""), RoleSay, false, nil, f.back)
		for _, id := range f.order {
			s := f.steps[id]
			s.eachPhrase(func(what string, ph *phrase) {
				from := len(out)
				add(promptID(f.name, id, what), s.role(what), s.answersYesNo(what), nil, ph)
				for i := range out[from:] {
					out[from+i].Keys, out[from+i].When = s.offersKeys(what), s.confirmsWhen(what)
				}
			})
			add(promptID(f.name, id, "fact"), RoleFact, false, b.topics(f), s.fact)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Before(out[j].Place) })
	return out
}

// role is what a phrase of a step is for.
func (s *step) role(what string) Role {
	asks := s.kind == kindCollect || s.kind == kindYesNo || s.kind == kindCallback
	switch {
	case what == "confirm", asks && (what == "" || strings.HasPrefix(what, "retry")):
		return RoleAsk
	}
	return RoleSay
}

func (s *step) answersYesNo(what string) bool {
	return what == "confirm" || s.kind == kindYesNo || s.kind == kindCallback ||
		s.collect != nil && s.collect.spec.Type == entity.TypeYesNo
}

// offersKeys tells whether a phrase is of a rung that offers keys.
func (s *step) offersKeys(what string) bool {
	for i, r := range s.retry {
		if n := itoa(i + 1); what == "retry"+n || what == "silence"+n {
			return r.dtmf != ""
		}
	}
	return false
}

// confirmsWhen is the condition of a confirmation.
func (s *step) confirmsWhen(what string) string {
	if what != "confirm" || s.collect == nil || s.collect.when == nil {
		return ""
	}
	return s.collect.when.src
}

// topics are the words for a flow that agents hear before its facts.
func (b *Bot) topics(f *flow) map[string]string {
	if f.title != nil {
		return f.title
	}
	for _, in := range b.intents {
		if in.flow == f.name {
			return in.title
		}
	}
	return nil
}

// ExampleLine is one example of an intent with its place.
type ExampleLine struct {
	Place
	Text string // without the marks of entities
	// Marked is the example as it stands in the file: "où est la [45127802](numero_commande)".
	Marked string
}

// IntentLines is one intent as its author wrote it.
type IntentLines struct {
	Place
	Name     string
	Title    map[string]string
	Near     []string                 // intents easily taken for it: the bot asks which
	Examples map[string][]ExampleLine // by language
}

// WrittenIntents lists the bot's intents in reading order, with their examples.
func (b *Bot) WrittenIntents() []IntentLines {
	var out []IntentLines
	for _, in := range b.intents {
		line := IntentLines{Place: Place{in.at.file, in.at.line, in.at.col}, Name: in.name, Title: in.title, Near: slices.Clone(in.near), Examples: map[string][]ExampleLine{}}
		for lang, texts := range in.examples {
			for i, text := range texts {
				at := in.placed[lang][i]
				line.Examples[lang] = append(line.Examples[lang], ExampleLine{Place{at.file, at.line, at.col}, text, in.marked[lang][i]})
			}
		}
		out = append(out, line)
	}
	return out
}

// EntityLines is one kind of value as its author wrote it.
type EntityLines struct {
	Place
	Name  string
	Spec  entity.Spec
	Title map[string]string
}

// WrittenEntities lists the bot's own entities, sorted by name.
func (b *Bot) WrittenEntities() []EntityLines {
	var out []EntityLines
	for _, name := range slices.Sorted(maps.Keys(b.entities)) {
		e := b.entities[name]
		out = append(out, EntityLines{Place{e.at.file, e.at.line, e.at.col}, name, e.spec, e.title})
	}
	return out
}

// Source returns one of the bot's YAML files as it was read, nil when there is no such file.
// The caller must not change it.
func (b *Bot) Source(file string) []byte { return b.sources[file] }

// Files lists the bot's YAML files that were read, sorted.
func (b *Bot) Files() []string {
	out := make([]string, 0, len(b.sources))
	for name := range b.sources {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Complain makes a complaint about something written at p, with its line.
func (b *Bot) Complain(p Place, text string) Problem {
	return Problem{File: p.File, Line: p.Line, Col: p.Col, Msg: text, Source: sourceLine(b.sources[p.File], p.Line)}
}
