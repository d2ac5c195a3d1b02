package flows

import (
	"net/url"
	"strings"
	"time"

	"decroche/flows/render"
)

// phrase is one thing to say, in every language of the bot.
type phrase struct {
	in map[string]wording
	at place
}

// wording is a phrase in one language.
type wording struct {
	text  *template
	voice *template // nil: the text is spoken
	marks *speech   // voice with its marks; nil when it has none
	quick []string
	at    place
	fixed *Prompt // as rendered at load, when no value is in it
}

// fix renders what can be rendered before the call.
func (b *Bot) fix(ph *phrase) {
	if ph == nil {
		return
	}
	for lang, w := range ph.in {
		if w.text == nil || !w.text.static() || w.voice != nil && !w.voice.static() {
			continue
		}
		p := b.prompt("", ph, lang, nil)
		w.fixed = &p
		ph.in[lang] = w
	}
}

// fixAll renders every phrase of the bot that holds no value.
func (b *Bot) fixAll() {
	b.fix(&b.disclosure)
	for _, ph := range b.responses {
		b.fix(&ph)
	}
	for _, f := range b.flows {
		b.fix(f.back)
		for _, s := range f.steps {
			s.eachPhrase(func(_ string, ph *phrase) { b.fix(ph) })
			s.reads = s.used()
		}
	}
}

// template is text with values in it: {{name}}, {{digits name}}, {{vars.name}}.
type template struct {
	src   string
	parts []part
}

// part is literal text, or a value with the way to write it.
type part struct {
	lit  string
	fn   string // "" writes a slot the way its entity is written, anything else as it is
	name string
	col  int // runes into the template, for complaints
}

// renderKinds maps the functions of templates to the kinds of package render.
var renderKinds = map[string]string{
	"digits": "digits", "spell": "spelled", "spelled": "spelled", "date": "date",
	"time": "time", "money": "money", "number": "number", "phone": "phone",
}

func renderFunctions() []string {
	return []string{"digits", "spell", "date", "time", "money", "number", "phone"}
}

// parseTemplate splits src. A complaint is about src as a whole: YAML quoting hides exact columns.
func parseTemplate(src string) (*template, string) {
	t := &template{src: src}
	rest := src
	for {
		open := strings.Index(rest, "{{")
		if open < 0 {
			if strings.Contains(rest, "}}") {
				return t, `has "}}" without "{{"; a value is written {{name}}`
			}
			t.literal(rest)
			return t, ""
		}
		end := strings.Index(rest[open:], "}}")
		if end < 0 {
			return t, `has "{{" without "}}"; a value is written {{name}}`
		}
		if strings.Contains(rest[open+2:open+end], "{{") {
			return t, `has "{{" inside "{{"; a value is written {{name}}`
		}
		t.literal(rest[:open])
		words := strings.Fields(rest[open+2 : open+end])
		switch len(words) {
		case 1:
			t.parts = append(t.parts, part{name: words[0]})
		case 2:
			if renderKinds[words[0]] == "" {
				return t, "does not know the way of writing " + quote(words[0]) + didYouMean(words[0], renderFunctions())
			}
			t.parts = append(t.parts, part{fn: words[0], name: words[1]})
		default:
			return t, "has " + quote(rest[open:open+end+2]) + "; write {{name}} or {{digits name}}"
		}
		rest = rest[open+end+2:]
	}
}

func quote(s string) string { return `"` + s + `"` }

func (t *template) literal(s string) {
	if s != "" {
		t.parts = append(t.parts, part{lit: s})
	}
}

// static reports whether the template holds no value.
func (t *template) static() bool {
	for _, p := range t.parts {
		if p.name != "" {
			return false
		}
	}
	return true
}

// names lists the values that the template reads.
func (t *template) names() []string {
	var out []string
	for _, p := range t.parts {
		if p.name != "" {
			out = append(out, p.name)
		}
	}
	return out
}

// scope gives the values of templates. kind is how a bare value is written ("digits"), ""
// for as it is; behind writtenAs stands what people are told instead.
type scope interface {
	value(name string) (text, kind string, ok bool)
}

// words is a scope of fixed texts over another one.
type words struct {
	with map[string]spoken
	over scope
}

// spoken is a text with the form it takes in speech.
type spoken struct{ text, voice string }

// writtenAs begins the kind of a value that is written as what follows.
const writtenAs = "as:"

func (w words) value(name string) (string, string, bool) {
	if s, ok := w.with[name]; ok {
		return s.text, "", true
	}
	if w.over == nil {
		return "", "", false
	}
	return w.over.value(name)
}

// write renders the template. missing names the values that were not there, which read as
// nothing.
func (t *template) write(sc scope, lang string, voice bool, loc *time.Location) (out string, missing []string) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.lit)
			continue
		}
		if w, ok := sc.(words); ok {
			if s, ok := w.with[p.name]; ok && p.fn == "" {
				said := s.text
				if voice {
					said = s.voice
				}
				if b.Len() == 0 && p.name == "value" && !strings.Contains(s.text, "@") { // "Mardi, d’accord."
					said = capital(said)
				}
				b.WriteString(said)
				continue
			}
		}
		v, kind, ok := sc.value(p.name)
		if !ok {
			missing = append(missing, p.name)
			continue
		}
		if p.fn != "" {
			kind = renderKinds[p.fn]
		}
		said := shown(kind, lang, v, voice, loc, nowOf(sc))
		if b.Len() == 0 && (kind == "date" || strings.HasPrefix(kind, writtenAs)) {
			said = capital(said)
		}
		b.WriteString(said)
	}
	return b.String(), missing
}

// nowOf is when the conversation began: the time from which dates are told.
func nowOf(sc scope) time.Time {
	switch sc := sc.(type) {
	case words:
		return nowOf(sc.over)
	case values:
		return sc.m.Began
	}
	return time.Time{}
}

// shown writes v as kind asks; a value that is not of that kind is written as it is, for a
// caller is better served by "2026-11-24" than by a bot that stops.
func shown(kind, lang, v string, voice bool, loc *time.Location, now time.Time) string {
	if kind == "" {
		return v
	}
	if kind == "date" && !now.IsZero() {
		if s, err := render.Date(lang, v, voice, loc, now); err == nil {
			return s
		}
		return v
	}
	if w, ok := strings.CutPrefix(kind, writtenAs); ok {
		return w
	}
	if told, ok := strings.CutPrefix(kind, opensAt); ok {
		return opensSaid(lang, v, told, voice, loc)
	}
	f := render.Text
	if voice {
		f = render.Voice
	}
	s, err := f(kind, lang, v, loc)
	if err != nil {
		return v
	}
	return s
}

// raw writes the template for machines: values as they are, escaped as path segments when
// the template is a URL, except those of vars, which belong to the author.
func (t *template) raw(sc scope, inURL bool) (out string, missing []string) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.lit)
			continue
		}
		v, _, ok := sc.value(p.name)
		if !ok {
			missing = append(missing, p.name)
			continue
		}
		if inURL && !strings.HasPrefix(p.name, "vars.") {
			v = url.QueryEscape(v)
			v = strings.ReplaceAll(v, "+", "%20")
			if v == "." || v == ".." {
				v = strings.ReplaceAll(v, ".", "%2E")
			}
		}
		b.WriteString(v)
	}
	return b.String(), missing
}
