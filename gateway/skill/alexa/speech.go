package alexa

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Part is one thing to say: Text, or SSML, a whole <speak> document that says the same with marks.
type Part struct {
	Text string
	SSML string
}

const speakOpen, speakClose = "<speak>", "</speak>"

// Speak makes one document of at most MaxSpeech characters of the parts, in the subset of SSML that
// Alexa reads: what she does not know is dropped and its text kept, what has marks that do not fit is
// said without any. Long figures in text are marked for what they are: a telephone number, a date, an
// order number. Of too much the end is left out, at the end of a word.
func Speak(parts ...Part) string { return speak(MaxSpeech, parts) }

// SpeakProgress is Speak within the limit of a progressive response.
func SpeakProgress(parts ...Part) string { return speak(MaxProgress, parts) }

func speak(limit int, parts []Part) string {
	var b strings.Builder
	b.WriteString(speakOpen)
	left := limit - len(speakOpen) - len(speakClose)
	for _, p := range parts {
		one := p.marked()
		n := utf8.RuneCountInString(one)
		if b.Len() > len(speakOpen) && one != "" {
			b.WriteByte(' ')
			left--
		}
		if n > left {
			b.WriteString(cutEscaped(p.plain(), left))
			break
		}
		b.WriteString(one)
		left -= n
	}
	b.WriteString(speakClose)
	return b.String()
}

// marked is the part as Alexa reads it, without <speak>.
func (p Part) marked() string {
	if p.SSML != "" {
		if out, err := subset(p.SSML); err == nil {
			return out
		}
	}
	return figures(p.plain())
}

// plain is the part without marks.
func (p Part) plain() string {
	if strings.TrimSpace(p.Text) != "" || p.SSML == "" {
		return strings.TrimSpace(p.Text)
	}
	return strings.TrimSpace(anyTag.ReplaceAllString(p.SSML, " "))
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// cutEscaped shortens text so that it has at most n characters once it is escaped.
func cutEscaped(text string, n int) string {
	for limit := n; limit > 0; limit = limit * 3 / 4 {
		if out := escape(cutRunes(text, limit)); utf8.RuneCountInString(out) <= n {
			return out
		}
	}
	return ""
}

// escape makes s character data: what XML has a meaning for is written otherwise, what it cannot hold
// is left out (XML 1.0 §2.2, §2.4).
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\n', r == '\r', r == '\t':
			b.WriteByte(' ')
		case r < ' ', r == utf8.RuneError, r == 0xfffe, r == 0xffff:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// figure finds what would be read as one great number: dates of a machine, telephone numbers, and
// numbers of six digits or more.
var figure = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b|\b\d{2}/\d{2}/\d{4}\b|(?:\+\d|\b0)(?:[ .-]?\d){8,13}\b|\b\d{6,30}\b`)

// figures escapes text and marks its figures.
func figures(text string) string {
	var b strings.Builder
	from := 0
	for _, at := range figure.FindAllStringIndex(text, -1) {
		b.WriteString(escape(text[from:at[0]]))
		s := text[at[0]:at[1]]
		switch {
		case len(s) == 10 && s[4] == '-' && s[7] == '-':
			b.WriteString(`<say-as interpret-as="date" format="ymd">` + s + "</say-as>")
		case len(s) == 10 && s[2] == '/':
			b.WriteString(`<say-as interpret-as="date" format="dmy">` + s + "</say-as>")
		case s[0] == '+' || s[0] == '0' && len(s) >= 10:
			b.WriteString(`<say-as interpret-as="telephone">` + s + "</say-as>")
		default:
			b.WriteString(`<say-as interpret-as="digits">` + s + "</say-as>")
		}
		from = at[1]
	}
	b.WriteString(escape(text[from:]))
	return b.String()
}

// maxDeep bounds how deep marks stand in each other.
const maxDeep = 20

var errMarks = errors.New("alexa: the marks do not fit")

// subset turns an SSML document into what Alexa reads, without <speak>.
func subset(doc string) (string, error) {
	dec := xml.NewDecoder(strings.NewReader(doc))
	var b strings.Builder
	var open []string // what to close each element with; "" for one that was dropped
	words := 0        // elements whose text is read as it is
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if len(open) > 0 {
				return "", errMarks
			}
			return strings.TrimSpace(b.String()), nil
		}
		if err != nil {
			return "", errMarks
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if len(open) == maxDeep {
				return "", errMarks
			}
			attrs, keep := mark(x)
			name := x.Name.Local
			switch {
			case !keep:
				open = append(open, "")
			case name == "break":
				b.WriteString("<break" + attrs + "/>")
				open = append(open, "")
			default:
				b.WriteString("<" + name + attrs + ">")
				open = append(open, "</"+name+">")
				if asIs[name] {
					words++
				}
			}
		case xml.EndElement:
			last := open[len(open)-1] // the decoder has matched them
			open = open[:len(open)-1]
			b.WriteString(last)
			if last != "" && asIs[x.Name.Local] {
				words--
			}
		case xml.CharData:
			if words > 0 {
				b.WriteString(escape(string(x)))
			} else {
				b.WriteString(figures(string(x)))
			}
		}
	}
}

// asIs are the elements whose text is not looked into.
var asIs = map[string]bool{"say-as": true, "sub": true, "phoneme": true, "w": true}

// Forms of attributes, as Amazon's reference has them.
var (
	breakTime     = regexp.MustCompile(`^(\d{1,5}(?:\.\d{1,3})?)(ms|s)$`)
	percent       = regexp.MustCompile(`^(\d{1,4})%$`)
	pitchShift    = regexp.MustCompile(`^[+-](\d{1,2}(?:\.\d)?)%$`)
	volumeShift   = regexp.MustCompile(`^([+-])(\d{1,2}(?:\.\d{1,2})?)dB$`)
	spokenForms   = oneOf("characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "unit", "date", "time", "telephone", "address", "interjection", "expletive")
	dateForms     = oneOf("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y")
	strengths     = oneOf("none", "x-weak", "weak", "medium", "strong", "x-strong")
	rates         = oneOf("x-slow", "slow", "medium", "fast", "x-fast")
	pitches       = oneOf("x-low", "low", "medium", "high", "x-high")
	volumes       = oneOf("silent", "x-soft", "soft", "medium", "loud", "x-loud")
	emphases      = oneOf("strong", "moderate", "reduced")
	spokenLocales = oneOf("en-US", "en-GB", "en-IN", "en-AU", "en-CA", "de-DE", "es-ES", "es-MX", "es-US", "fr-FR", "fr-CA", "hi-IN", "it-IT", "ja-JP", "pt-BR", "ar-SA")
	whole         = map[string]string{"en": "en-GB", "fr": "fr-FR", "de": "de-DE", "es": "es-ES", "it": "it-IT"}
)

func oneOf(words ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		out[w] = true
	}
	return out
}

// mark is an element's attributes as Alexa reads them; keep is false for an element that she does not
// know, or that says nothing without the attributes that were dropped.
func mark(x xml.StartElement) (attrs string, keep bool) {
	at := map[string]string{}
	for _, a := range x.Attr {
		at[a.Name.Local] = a.Value
	}
	var b strings.Builder
	put := func(name string, good bool) {
		if v, ok := at[name]; ok && good {
			b.WriteString(" " + name + `="` + escape(v) + `"`)
		}
	}
	switch x.Name.Local {
	case "p", "s":
		return "", true
	case "break":
		put("strength", strengths[at["strength"]])
		put("time", breakable(at["time"]))
		return b.String(), true
	case "emphasis":
		put("level", emphases[at["level"]])
	case "say-as":
		put("interpret-as", spokenForms[at["interpret-as"]])
		if b.Len() > 0 {
			put("format", at["interpret-as"] == "date" && dateForms[at["format"]])
		}
	case "sub":
		put("alias", at["alias"] != "")
	case "phoneme":
		if at["alphabet"] == "ipa" || at["alphabet"] == "x-sampa" {
			put("alphabet", at["ph"] != "")
			put("ph", at["ph"] != "")
		}
	case "lang":
		v := at["lang"]
		if l := whole[v]; l != "" {
			v = l
		}
		if spokenLocales[v] {
			b.WriteString(` xml:lang="` + v + `"`)
		}
	case "prosody":
		put("rate", rates[at["rate"]] || number(percent, 1, at["rate"], 20, 1000))
		put("pitch", pitches[at["pitch"]] || pitchable(at["pitch"]))
		put("volume", volumes[at["volume"]] || audible(at["volume"]))
	}
	return b.String(), b.Len() > 0
}

// number tells whether group n of s as re reads it lies between low and high.
func number(re *regexp.Regexp, n int, s string, low, high float64) bool {
	m := re.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	v, err := strconv.ParseFloat(m[n], 64)
	return err == nil && v >= low && v <= high
}

// breakable: at most ten seconds.
func breakable(s string) bool {
	if strings.HasSuffix(s, "ms") {
		return number(breakTime, 1, s, 0, 10000)
	}
	return number(breakTime, 1, s, 0, 10)
}

// pitchable: up by half at most, down by a third.
func pitchable(s string) bool {
	if strings.HasPrefix(s, "-") {
		return number(pitchShift, 1, s, 0, 33.3)
	}
	return number(pitchShift, 1, s, 0, 50)
}

// audible: at most 4.08 dB louder.
func audible(s string) bool {
	if strings.HasPrefix(s, "-") {
		return number(volumeShift, 2, s, 0, 99)
	}
	return number(volumeShift, 2, s, 0, 4.08)
}
