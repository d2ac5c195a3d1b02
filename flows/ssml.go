package flows

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// speech is a voice: text with marks, in the subset of SSML 1.1 that most synthesisers share
// (W3C, Speech Synthesis Markup Language 1.1, §3): break, say-as, emphasis, sub, prosody, lang.
type speech struct{ runs []run }

// run is a mark, or text between two marks.
type run struct {
	mark  string // as it stands in the document: <emphasis level="strong">
	text  *template
	plain *template // of a run: what is said without marks; nil for nothing
	asIs  bool      // inside say-as and sub: written as it is, the synthesiser reads it
}

// marks are the elements of the subset, with the form of each attribute.
var marks = map[string]map[string]*regexp.Regexp{
	"break":    {"time": regexp.MustCompile(`^(?:[0-9]{1,4}ms|(?:[0-4](?:\.[0-9]{1,3})?|5)s)$`), "strength": regexp.MustCompile(`^(?:none|x-weak|weak|medium|strong|x-strong)$`)},
	"say-as":   {"interpret-as": regexp.MustCompile(`^(?:characters|spell-out|digits|number|cardinal|ordinal|date|time|telephone|currency|unit|address)$`), "format": regexp.MustCompile(`^[dmyhs0-9]{1,5}$`)},
	"emphasis": {"level": regexp.MustCompile(`^(?:strong|moderate|reduced|none)$`)},
	"sub":      {"alias": regexp.MustCompile(`^[^<>]{1,100}$`)},
	"prosody": {
		"rate":   regexp.MustCompile(`^(?:x-slow|slow|medium|fast|x-fast|default|(?:[2-9][0-9]|1[0-9]{2}|200)%)$`),
		"pitch":  regexp.MustCompile(`^(?:x-low|low|medium|high|x-high|default|[+-][0-9]{1,2}(?:%|st))$`),
		"volume": regexp.MustCompile(`^(?:x-soft|soft|medium|loud|x-loud|default|[+-][0-9]{1,2}dB)$`),
	},
	"lang": {"lang": regexp.MustCompile(`^[a-z]{2}(?:-[A-Z]{2})?$`)}, // xml:lang
}

// required is the attribute without which a mark means nothing; of prosody any will do.
var required = map[string]string{"say-as": "interpret-as", "sub": "alias", "lang": "lang"}

// maxMarks bounds how deep marks stand in each other.
const maxMarks = 8

// firstSlot is the first of the private characters that stand for values while a voice is parsed.
const firstSlot = '\ue000'

// marked reports whether a voice has marks. A lone "&" is a word, as it always was.
func marked(src string) bool { return strings.Contains(src, "<") }

// xmlSpace is the name space of xml:lang.
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// ssmlParser reads one voice.
type ssmlParser struct {
	dec   *xml.Decoder
	parts []part // values, by their place in the text
	open  []string
	begun bool
	out   speech
}

// parseSpeech reads a voice with marks. A complaint names the words it is about, "" for all.
func parseSpeech(tp *template) (sp *speech, complaint, near string) {
	var b strings.Builder
	p := &ssmlParser{}
	b.WriteString("<speak>")
	for _, pt := range tp.parts {
		if pt.name == "" {
			if strings.ContainsFunc(pt.lit, func(r rune) bool { return r >= firstSlot && r <= '\uf8ff' }) {
				return nil, "has a character of the private use area", ""
			}
			b.WriteString(pt.lit)
			continue
		}
		b.WriteRune(firstSlot + rune(len(p.parts)))
		p.parts = append(p.parts, pt)
	}
	b.WriteString("</speak>")
	p.dec = xml.NewDecoder(strings.NewReader(b.String()))
	for {
		tok, err := p.dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, "has marks that do not fit (" + strings.TrimPrefix(err.Error(), "XML syntax error on line 1: ") + "); < is written &lt;, & is written &amp;", "<"
		}
		if complaint, near := p.token(tok); complaint != "" {
			return nil, complaint, near
		}
	}
	return &p.out, "", ""
}

func (p *ssmlParser) token(tok xml.Token) (complaint, near string) {
	if len(p.open) == 0 && p.begun {
		return "closes more marks than it opens", "</speak"
	}
	switch x := tok.(type) {
	case xml.StartElement:
		if len(p.open) == 0 {
			p.open, p.begun = append(p.open, ""), true
			return "", ""
		}
		return p.start(x)
	case xml.EndElement:
		name := p.open[len(p.open)-1]
		if p.open = p.open[:len(p.open)-1]; name != "" && name != "break" {
			p.out.runs = append(p.out.runs, run{mark: "</" + name + ">"})
		}
	case xml.CharData:
		p.text(string(x))
	default:
		return "has a comment or an instruction between marks; remove it", "<!"
	}
	return "", ""
}

func (p *ssmlParser) start(x xml.StartElement) (complaint, near string) {
	name := x.Name.Local
	known, ok := marks[name]
	at := "<" + name
	switch {
	case !ok || x.Name.Space != "":
		return fmt.Sprintf("has <%s>, which is not among break, say-as, emphasis, sub, prosody and lang%s", name, didYouMean(name, markNames())), at
	case len(p.open) > maxMarks:
		return fmt.Sprintf("has marks %d deep; at most %d", len(p.open), maxMarks), at
	case slices.Contains(p.open, "say-as") || slices.Contains(p.open, "sub"):
		return fmt.Sprintf("has <%s> inside say-as or sub, which hold words only", name), at
	}
	seen := map[string]bool{}
	var b strings.Builder
	b.WriteString("<" + name)
	for _, a := range x.Attr {
		key := a.Name.Local
		form, ok := known[key]
		if seen[key] {
			return fmt.Sprintf("has %s twice in <%s>", key, name), at
		}
		seen[key] = true
		if !ok || (a.Name.Space == xmlSpace) != (name == "lang") || a.Name.Space != "" && a.Name.Space != xmlSpace {
			return fmt.Sprintf("has <%s %s>, which is not an attribute of %s%s", name, key, name, didYouMean(key, attributeNames(name))), at
		}
		if !form.MatchString(a.Value) || strings.ContainsFunc(a.Value, func(r rune) bool { return r >= firstSlot }) {
			return fmt.Sprintf("has <%s %s=%q>, which no voice reads; values of the conversation cannot stand there", name, key, p.shown(a.Value)), at
		}
		if name == "lang" {
			key = "xml:lang"
		}
		b.WriteString(" " + key + `="` + escaped(a.Value) + `"`)
	}
	if need := required[name]; need != "" && !slices.ContainsFunc(x.Attr, func(a xml.Attr) bool { return a.Name.Local == need }) || name == "prosody" && len(x.Attr) == 0 {
		return fmt.Sprintf("has <%s> without %s", name, strings.Join(attributeNames(name), ", ")), at
	}
	r := run{mark: b.String() + ">"}
	if name == "break" {
		r = run{mark: b.String() + "/>", plain: bare(" ")}
	}
	if name == "sub" {
		r.plain = bare(x.Attr[0].Value)
	}
	p.out.runs = append(p.out.runs, r)
	p.open = append(p.open, name)
	if name == "say-as" {
		p.spell(x)
	}
	return "", ""
}

// spell remembers how the words of a say-as are said without marks.
func (p *ssmlParser) spell(x xml.StartElement) {
	for _, a := range x.Attr {
		if a.Name.Local == "interpret-as" && (a.Value == "characters" || a.Value == "spell-out" || a.Value == "digits") {
			p.out.runs[len(p.out.runs)-1].asIs = true
		}
	}
}

func bare(s string) *template { return &template{src: s, parts: []part{{lit: s}}} }

// text takes characters and the values among them.
func (p *ssmlParser) text(s string) {
	inside := p.open[len(p.open)-1]
	if inside == "break" {
		return
	}
	tp := &template{src: s}
	from := 0
	for i, r := range s {
		if r < firstSlot || int(r-firstSlot) >= len(p.parts) {
			continue
		}
		tp.literal(s[from:i])
		tp.parts = append(tp.parts, p.parts[r-firstSlot])
		from = i + len(string(r))
	}
	tp.literal(s[from:])
	r := run{text: tp, plain: tp, asIs: inside == "say-as" || inside == "sub"}
	switch {
	case inside == "sub":
		r.plain = nil
	case inside == "say-as" && len(p.out.runs) > 0 && p.out.runs[len(p.out.runs)-1].asIs:
		r.plain = &template{src: s}
		for _, pt := range tp.parts {
			if pt.name != "" {
				pt.fn = "spell"
			} else {
				pt.lit = strings.Join(strings.Split(pt.lit, ""), " ")
			}
			r.plain.parts = append(r.plain.parts, pt)
		}
	}
	p.out.runs = append(p.out.runs, r)
}

// shown puts the values back as they were written.
func (p *ssmlParser) shown(s string) string {
	for i, pt := range p.parts {
		s = strings.ReplaceAll(s, string(firstSlot+rune(i)), "{{"+pt.name+"}}")
	}
	return s
}

func markNames() []string {
	return []string{"break", "say-as", "emphasis", "sub", "prosody", "lang"}
}

func attributeNames(mark string) []string {
	var out []string
	for name := range marks[mark] {
		if mark == "lang" {
			name = "xml:lang"
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// words is the voice without its marks, for engines that read none.
func (s *speech) words(src string) *template {
	out := &template{src: src}
	for _, r := range s.runs {
		if r.plain != nil {
			out.parts = append(out.parts, r.plain.parts...)
		}
	}
	return out
}

// document is the voice with its marks. Whatever a value holds, it is text there.
func (s *speech) document(bot *Bot, sc scope, lang string) string {
	var b strings.Builder
	b.WriteString(`<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="` + lang + `">`)
	for _, r := range s.runs {
		if r.text == nil {
			b.WriteString(r.mark)
			continue
		}
		if r.asIs {
			out, _ := r.text.raw(sc, false)
			b.WriteString(escaped(out))
			continue
		}
		out, _ := r.text.write(sc, bot.Tag(lang), true, bot.Timezone)
		b.WriteString(escaped(bot.spoken(lang, out)))
	}
	b.WriteString("</speak>")
	return b.String()
}

// escaped makes s plain character data, fit for an attribute as well.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
