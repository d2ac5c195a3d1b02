package importer

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"decroche/flows/entity"
)

var languages = []string{"fr", "en"}

// Bounds on what one bot takes; what is beyond is listed as left out.
const (
	maxExample = 500  // bytes
	maxAnswer  = 1000 // bytes
	maxValues  = 2000 // of one entity, synonyms counted
	maxName    = 48
)

// project is what a reader found, on its way to a folder.
type project struct {
	opt       Options
	name      string
	zone      string // as the source says; "" when it does not
	lang      string // the source's first language, "" when it does not say
	langs     []string
	intents   []*intent
	entities  []*entityType
	imported  []Item
	left      []Item
	synonymOf map[string]string // of Rasa: what is said, in small letters -> the value
}

// intent is one thing callers want.
type intent struct {
	name     string // in the source
	id       string
	at       where
	examples map[string][]example
	answers  map[string]*answer
	person   string // why a person takes over, when it is not that there is no answer
}

// example is one sentence, in pieces of which some are entities.
type example struct {
	spans []span
	at    where
}

type span struct{ text, entity, value string }

func (e example) text() string {
	var b strings.Builder
	for _, s := range e.spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// answer is what the other bot said.
type answer struct {
	text  string
	quick []string
	at    where
	note  string
}

// entityType is one kind of value.
type entityType struct {
	name    string
	id      string
	at      where
	builtin string // one of ours that takes its place
	pattern string
	values  []value
	seen    map[string]int // canonical value in small letters -> index in values
	size    int
	lost    int // values beyond maxValues
	note    string
}

type value struct {
	canon    string
	synonyms []string
}

func newProject(opt Options) *project {
	p := &project{opt: opt, name: opt.Name}
	if p.name == "" {
		p.name = strings.TrimSuffix(filepath.Base(opt.Src), filepath.Ext(opt.Src))
	}
	return p
}

func (p *project) leave(kind, name string, at where, format string, args ...any) {
	p.left = append(p.left, Item{Kind: kind, Name: name, File: at.file, Line: at.line, Note: fmt.Sprintf(format, args...)})
}

func (p *project) took(kind, name, as string, at where, note string) {
	p.imported = append(p.imported, Item{Kind: kind, Name: name, As: as, File: at.file, Line: at.line, Note: note})
}

func (p *project) intent(name string, at where) *intent {
	for _, in := range p.intents {
		if in.name == name {
			return in
		}
	}
	in := &intent{name: name, at: at, examples: map[string][]example{}, answers: map[string]*answer{}}
	p.intents = append(p.intents, in)
	return in
}

func (p *project) entity(name string, at where) *entityType {
	for _, e := range p.entities {
		if e.name == name {
			return e
		}
	}
	e := &entityType{name: name, at: at, seen: map[string]int{}}
	p.entities = append(p.entities, e)
	return e
}

// add notes that a value may be said in other words.
func (e *entityType) add(canon string, synonyms ...string) {
	canon = clean(canon)
	if canon == "" {
		return
	}
	i, known := e.seen[strings.ToLower(canon)]
	if !known {
		if e.size >= maxValues {
			e.lost++
			return
		}
		i = len(e.values)
		e.size++
		e.seen[strings.ToLower(canon)] = i
		e.values = append(e.values, value{canon: canon})
	}
	for _, s := range synonyms {
		if s = clean(s); s == "" || strings.EqualFold(s, e.values[i].canon) || slices.ContainsFunc(e.values[i].synonyms, func(o string) bool { return strings.EqualFold(o, s) }) {
			continue
		}
		if e.size >= maxValues {
			e.lost++
			continue
		}
		e.size++
		e.values[i].synonyms = append(e.values[i].synonyms, s)
	}
}

// clean takes control characters and runs of blanks out of a stranger's text.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// addExample takes one sentence, unless it is empty, too long or there already.
func (p *project) addExample(in *intent, lang string, e example) {
	text := clean(e.text())
	switch {
	case text == "":
	case len(text) > maxExample:
		p.leave("example", text, e.at, "intent %q: longer than %d characters; callers say less", in.name, maxExample)
	case slices.ContainsFunc(in.examples[lang], func(o example) bool { return strings.EqualFold(clean(o.text()), text) }):
		p.leave("example", text, e.at, "intent %q has it already", in.name)
	default:
		in.examples[lang] = append(in.examples[lang], e)
	}
}

// usable tells why an answer cannot be said as it is; "" when it can.
func usable(text string, marks ...string) string {
	switch {
	case clean(text) == "":
		return "it is empty"
	case len(text) > maxAnswer:
		return fmt.Sprintf("it is longer than %d characters; nobody listens to that", maxAnswer)
	case strings.Contains(text, "{{") || strings.Contains(text, "}}"):
		return `it holds "{{" or "}}", which write a value here`
	}
	for _, m := range marks {
		if strings.Contains(text, m) {
			return "it holds a value that only the other system's code knows; write the step that finds it"
		}
	}
	return ""
}

// settle decides what the bot is made of: its languages, names and entities.
func (p *project) settle() error {
	if err := p.settleLanguages(); err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, in := range p.intents {
		in.id = unique(identifier(in.name, "intent"), taken)
	}
	p.name = identifier(p.name, "bot")
	if _, err := time.LoadLocation(p.zone); err != nil || p.zone == "" || p.zone == "Local" {
		if p.zone != "" {
			p.leave("setting", "time zone "+p.zone, where{}, "it is not known here; bot.yaml says Europe/Paris")
		}
		p.zone = "Europe/Paris"
	}
	p.settleEntities()
	return nil
}

func (p *project) settleLanguages() error {
	first := p.opt.Lang
	if first == "" {
		first = p.lang
	}
	if first == "" {
		first = languages[0]
	}
	var kept []*intent
	for _, in := range p.intents {
		switch {
		case len(in.examples[first]) > 0:
			kept = append(kept, in)
		case len(in.examples) == 0 && slices.ContainsFunc(p.intents, func(o *intent) bool { return strings.HasPrefix(o.name, in.name+"/") }):
			// the name of a group of Rasa's retrieval intents, which are here one by one
		case len(in.examples) == 0:
			p.leave("intent", in.name, in.at, "it has no examples")
		default:
			p.leave("intent", in.name, in.at, "it has no examples in %q, the bot's first language", first)
		}
	}
	p.intents = kept
	if len(kept) == 0 {
		return fmt.Errorf("there is no intent with examples in %q; say which language it is with --lang", first)
	}
	p.langs = []string{first}
	for _, lang := range languages {
		if lang == first {
			continue
		}
		have, lack := 0, ""
		for _, in := range kept {
			if len(in.examples[lang]) > 0 {
				have++
			} else if lack == "" {
				lack = in.name
			}
		}
		switch {
		case have == len(kept):
			p.langs = append(p.langs, lang)
		case have > 0:
			p.leave("language", lang, where{}, "%d of %d intents have no examples in it (%q is the first); a bot speaks all of its languages", len(kept)-have, len(kept), lack)
		}
	}
	return nil
}

// settleEntities names the entities, finds values for those that the source only shows in
// examples, and drops what cannot be read here.
func (p *project) settleEntities() {
	p.harvest()
	taken := map[string]bool{}
	for _, t := range entity.Types() {
		taken[t] = true
	}
	var kept []*entityType
	for _, e := range p.entities {
		if e.lost > 0 {
			p.leave("value", fmt.Sprintf("%d of %s", e.lost, e.name), e.at, "more than %d values; look them up with an http step instead", maxValues)
		}
		switch {
		case e.builtin != "":
			e.id = e.builtin
			p.took("entity", e.name, e.builtin, e.at, fmt.Sprintf("the built-in %s reads it", e.builtin))
		case e.pattern == "" && len(e.values) == 0:
			why := e.note
			if why == "" {
				why = "it has no values and no example marks it"
			}
			p.leave("entity", e.name, e.at, "%s", why)
			continue
		default:
			e.id = unique(identifier(e.name, "entity"), taken)
			note := e.note
			if e.pattern != "" {
				note = "a pattern; no step collects it yet"
			} else if note == "" {
				note = fmt.Sprintf("a list of %d; no step collects it yet", len(e.values))
			}
			p.took("entity", e.name, e.id, e.at, note)
		}
		kept = append(kept, e)
	}
	p.entities = kept
}

// harvest gives the lists what the examples show and what the synonyms say of their values.
func (p *project) harvest() {
	said := slices.Sorted(maps.Keys(p.synonymOf))
	for _, e := range p.entities {
		if e.builtin != "" || e.pattern != "" {
			continue
		}
		listed := len(e.values) > 0
		p.eachSpan(func(s span) {
			if s.entity == e.name {
				canon := s.value
				if canon == "" {
					canon = s.text
				}
				if _, known := e.seen[strings.ToLower(clean(s.text))]; !known || s.value != "" {
					e.add(canon, s.text)
				}
			}
		})
		if !listed && len(e.values) > 0 {
			e.note = fmt.Sprintf("a list of the %d values that the examples show; callers may say others", len(e.values))
		}
		for _, word := range said {
			if _, known := e.seen[strings.ToLower(p.synonymOf[word])]; known {
				e.add(p.synonymOf[word], word)
			}
		}
	}
}

// eachSpan visits the pieces of every example.
func (p *project) eachSpan(visit func(span)) {
	for _, in := range p.intents {
		for _, lang := range p.langs {
			for _, ex := range in.examples[lang] {
				for _, s := range ex.spans {
					visit(s)
				}
			}
		}
	}
}

// identifier makes a name of ours of any name: "Default Welcome Intent" is "default_welcome_intent".
func identifier(name, kind string) string {
	var b strings.Builder
	for _, r := range entity.Fold(name) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	id := strings.Trim(b.String(), "_")
	if len(id) > maxName {
		id = strings.Trim(id[:maxName], "_")
	}
	if id == "" {
		return kind
	}
	if id[0] >= '0' && id[0] <= '9' || slices.Contains([]string{"on", "off", "yes", "no", "true", "false", "null", "y", "n"}, id) {
		id = kind + "_" + id
	}
	return id
}

func unique(id string, taken map[string]bool) string {
	out := id
	for n := 2; taken[out]; n++ {
		out = fmt.Sprintf("%s_%d", id, n)
	}
	taken[out] = true
	return out
}

// spoken makes a title of a name: "head.send.group_request" is "head send group request".
func spoken(name string) string {
	return clean(strings.Map(func(r rune) rune {
		if strings.ContainsRune("_./-:@#", r) {
			return ' '
		}
		return r
	}, strings.ToLower(name)))
}

var errNoYesNo = errors.New("yes and no are understood in every question, without an intent")

// general tells whether an intent is one that every bot of ours understands by itself.
func general(name string) error {
	switch identifier(name, "intent") {
	case "affirm", "deny", "confirm", "intent_yes", "intent_no", "confirmation_yes", "confirmation_no", "smalltalk_confirmation_yes", "smalltalk_confirmation_no":
		return errNoYesNo
	case "nlu_fallback", "default_negative_intent", "default_fallback_intent", "fallback":
		return errors.New("what to do when nothing was understood is the bot's policy here")
	}
	return nil
}
