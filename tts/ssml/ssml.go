// Package ssml reads the subset of SSML that the gateway speaks and maps it to what an engine can
// do. Pauses, voices of another language and the speed of a passage are made here, the same for
// every engine: a document is cut where they change, each piece is spoken by itself, and a pause is
// silence of exactly its length. What is left for an engine (pitch, volume, emphasis, phonemes) it
// declares with a method Marks() Can; an engine without it gets plain words.
//
// The subset is that of W3C, Speech Synthesis Markup Language 1.1, §3: speak, p, s, break, say-as,
// sub, phoneme, prosody, emphasis, lang. That every engine claims another part of the language, and
// reads the rest aloud or leaves it out, is why nothing is passed through unread.
package ssml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Bounds of a document.
const (
	maxBytes = 64 << 10
	maxDepth = 16
	maxRuns  = 2000
	maxPause = 10 * time.Second
)

// Run is a stretch of a document in which nothing changes: words, or a pause.
type Run struct {
	Text     string        // words; of a pause ""
	Pause    time.Duration // silence instead of words
	SayAs    string        // interpret-as of the words, "" for ordinary ones
	Format   string        // format of say-as, such as "dmy"
	Alphabet string        // "ipa" or "espeak" of Phonemes
	Phonemes string        // how Text is pronounced; "" for the engine's own idea
	Lang     string        // BCP 47 of these words; "" is the document's
	Rate     float64       // of speech, 1 is normal; 0.5 to 2
	Pitch    string        // as prosody has it: "+10%", "high"; "" is normal
	Volume   string        // "loud", "-6dB"; "" is normal
	Emphasis string        // "strong", "moderate", "reduced"; "" is none
}

// same reports whether two runs of words may be spoken in one breath.
func (r Run) same(o Run) bool {
	return r.Pause == 0 && o.Pause == 0 && r.Lang == o.Lang && r.Rate == o.Rate
}

// strengths are the pauses of <break strength>, medium being that of a bare <break/>.
var strengths = map[string]time.Duration{"none": 0, "x-weak": 100 * time.Millisecond, "weak": 200 * time.Millisecond, "medium": 400 * time.Millisecond, "strong": 700 * time.Millisecond, "x-strong": time.Second, "": 400 * time.Millisecond}

// rates are the words of <prosody rate>.
var rates = map[string]float64{"x-slow": .6, "slow": .8, "medium": 1, "default": 1, "fast": 1.25, "x-fast": 1.6}

// Elements are the names of the elements that are understood, in the order of the manual.
func Elements() []string {
	return []string{"speak", "p", "s", "break", "say-as", "sub", "phoneme", "prosody", "emphasis", "lang"}
}

// parser reads one document.
type parser struct {
	open []Run    // what holds inside each open element
	name []string // of the open elements
	runs []Run
	lang string
	skip int // depth of a sub or phoneme whose words are replaced
}

// Parse reads a document, a whole <speak> or the inside of one. It returns the language that the
// document names, "" when it names none, and its runs in order. Errors tell what is not understood;
// they hold words of the document only as names of elements and attributes.
func Parse(doc string) (lang string, runs []Run, err error) {
	if len(doc) > maxBytes {
		return "", nil, fmt.Errorf("ssml: %d bytes; at most %d", len(doc), maxBytes)
	}
	if !strings.HasPrefix(strings.TrimSpace(doc), "<speak") {
		doc = "<speak>" + doc + "</speak>"
	}
	p := &parser{}
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p.lang, tidy(p.runs), nil
		}
		if err != nil {
			return "", nil, fmt.Errorf("ssml: the marks do not fit (%w); < is written &lt;, & is written &amp;", err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			err = p.start(x)
		case xml.EndElement:
			p.end()
		case xml.CharData:
			err = p.words(string(x))
		}
		if err != nil {
			return "", nil, err
		}
	}
}

func (p *parser) start(x xml.StartElement) error {
	now := Run{Rate: 1}
	if n := len(p.open); n > 0 {
		now = p.open[n-1]
	}
	if len(p.open) >= maxDepth {
		return fmt.Errorf("ssml: marks are more than %d deep", maxDepth)
	}
	attr := map[string]string{}
	for _, a := range x.Attr {
		attr[a.Name.Local] = a.Value
	}
	switch x.Name.Local {
	case "speak":
		if len(p.open) > 0 {
			return errors.New("ssml: <speak> inside <speak>")
		}
		p.lang = attr["lang"]
	case "s":
	case "p":
		p.pause(strengths["medium"])
	case "break":
		d, err := pauseOf(attr)
		if err != nil {
			return err
		}
		p.pause(d)
	case "say-as":
		now.SayAs, now.Format = attr["interpret-as"], attr["format"]
	case "sub":
		if attr["alias"] == "" {
			return errors.New("ssml: <sub> without alias")
		}
		now.Text = attr["alias"]
	case "phoneme":
		now.Alphabet, now.Phonemes = attr["alphabet"], attr["ph"]
		if now.Alphabet == "" {
			now.Alphabet = "ipa"
		}
		if a := now.Alphabet; a != "ipa" && a != "espeak" || now.Phonemes == "" {
			return fmt.Errorf("ssml: <phoneme> wants ph and an alphabet of ipa or espeak, not %q", a)
		}
	case "prosody":
		if err := prosody(&now, attr); err != nil {
			return err
		}
	case "emphasis":
		if now.Emphasis = attr["level"]; now.Emphasis == "" {
			now.Emphasis = "moderate"
		}
	case "lang":
		now.Lang = attr["lang"]
	default:
		return fmt.Errorf("ssml: <%s> is not understood; there are %s", x.Name.Local, strings.Join(Elements(), ", "))
	}
	p.open, p.name = append(p.open, now), append(p.name, x.Name.Local)
	return nil
}

func pauseOf(attr map[string]string) (time.Duration, error) {
	if t := attr["time"]; t != "" {
		d, err := time.ParseDuration(t)
		if err != nil || d < 0 || d > maxPause {
			return 0, fmt.Errorf("ssml: <break time=%q>; write 300ms or 1.5s, at most %v", t, maxPause)
		}
		return d, nil
	}
	d, ok := strengths[attr["strength"]]
	if !ok {
		return 0, fmt.Errorf("ssml: <break strength=%q> is not known", attr["strength"])
	}
	return d, nil
}

// prosody reads the attributes of <prosody>; a rate inside another multiplies it.
func prosody(now *Run, attr map[string]string) error {
	if v := attr["rate"]; v != "" {
		f, ok := rates[v]
		if pc, isPercent := strings.CutSuffix(v, "%"); !ok && isPercent {
			n, err := strconv.ParseFloat(pc, 64)
			f, ok = n/100, err == nil
			if strings.HasPrefix(pc, "+") || strings.HasPrefix(pc, "-") {
				f++
			}
		} else if !ok {
			n, err := strconv.ParseFloat(v, 64)
			f, ok = n, err == nil
		}
		if !ok || !(f > 0 && f <= 10) {
			return fmt.Errorf("ssml: <prosody rate=%q> is not understood; write slow, fast or 80%%", v)
		}
		now.Rate = min(2, max(.5, now.Rate*f))
	}
	if v := attr["pitch"]; v != "" {
		now.Pitch = v
	}
	if v := attr["volume"]; v != "" {
		now.Volume = v
	}
	return nil
}

func (p *parser) end() {
	last := len(p.open) - 1
	switch r := p.open[last]; p.name[last] {
	case "sub":
		p.runs = append(p.runs, r) // the alias; what stood inside was not taken
	case "p":
		p.pause(strengths["medium"])
	}
	p.open, p.name = p.open[:last], p.name[:last]
}

func (p *parser) pause(d time.Duration) {
	if d > 0 {
		p.runs = append(p.runs, Run{Pause: d, Rate: 1})
	}
}

func (p *parser) words(s string) error {
	if len(p.open) == 0 {
		return nil
	}
	if len(p.runs) >= maxRuns {
		return fmt.Errorf("ssml: more than %d marks", maxRuns)
	}
	for _, n := range p.name {
		if n == "sub" || n == "break" {
			return nil
		}
	}
	r := p.open[len(p.open)-1]
	r.Text = s
	p.runs = append(p.runs, r)
	return nil
}

// tidy leaves out runs without words, joins pauses, and drops those before the first word of a
// paragraph at the beginning and after the last.
func tidy(runs []Run) (out []Run) {
	for _, r := range runs {
		n := len(out)
		switch {
		case r.Pause > 0 && n > 0 && out[n-1].Pause > 0:
			out[n-1].Pause = min(maxPause, max(out[n-1].Pause, r.Pause))
		case r.Pause > 0:
			out = append(out, r)
		case strings.TrimSpace(r.Text) == "" && (n == 0 || out[n-1].Pause > 0):
		case r.Text != "":
			out = append(out, r)
		}
	}
	return out
}

// Plain is the words of runs, for engines and people that want no marks.
func Plain(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		if r.Pause > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(r.Text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Can is what an engine itself understands of a document; the rest is made for it.
type Can struct {
	Pitch, Volume, Emphasis bool
	// Alphabet of the phonemes it takes: "espeak", "ipa", or "" for none.
	Alphabet string
}

// Write makes a document of runs for an engine that can do some of it. Pauses are written as
// breaks; Lang and Rate, which hold for whole pieces, only where they differ from lang and 1.
func Write(lang string, runs []Run, can Can) string {
	var b strings.Builder
	b.WriteString(`<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="` + escape(lang) + `">`)
	for _, r := range runs {
		if r.Pause > 0 {
			fmt.Fprintf(&b, `<break time="%dms"/>`, r.Pause.Milliseconds())
			continue
		}
		var shut []string
		mark := func(name, attrs string) {
			b.WriteString("<" + name + attrs + ">")
			shut = append(shut, "</"+name+">")
		}
		if r.Lang != "" && r.Lang != lang {
			mark("lang", ` xml:lang="`+escape(r.Lang)+`"`)
		}
		attrs := ""
		if r.Rate != 1 && r.Rate != 0 {
			attrs += fmt.Sprintf(` rate="%.0f%%"`, r.Rate*100)
		}
		if can.Pitch && r.Pitch != "" {
			attrs += ` pitch="` + escape(r.Pitch) + `"`
		}
		if can.Volume && r.Volume != "" {
			attrs += ` volume="` + escape(r.Volume) + `"`
		}
		if attrs != "" {
			mark("prosody", attrs)
		}
		if can.Emphasis && r.Emphasis != "" {
			mark("emphasis", ` level="`+escape(r.Emphasis)+`"`)
		}
		if ph := phonemes(r, lang, can.Alphabet); ph != "" {
			alphabet := can.Alphabet
			if alphabet == all {
				alphabet = r.Alphabet
			}
			b.WriteString(`<phoneme alphabet="` + alphabet + `" ph="` + escape(ph) + `">` + escape(r.Text) + `</phoneme>`)
		} else if r.SayAs != "" {
			b.WriteString(`<say-as interpret-as="` + escape(r.SayAs) + `"`)
			if r.Format != "" {
				b.WriteString(` format="` + escape(r.Format) + `"`)
			}
			b.WriteString(">" + escape(r.Text) + "</say-as>")
		} else {
			b.WriteString(escape(r.Text))
		}
		for i := len(shut) - 1; i >= 0; i-- {
			b.WriteString(shut[i])
		}
	}
	b.WriteString("</speak>")
	return b.String()
}

// all stands for every alphabet.
const all = "*"

// All is an engine that could do everything: documents written with it lose nothing.
var All = Can{Pitch: true, Volume: true, Emphasis: true, Alphabet: all}

func phonemes(r Run, lang, alphabet string) string {
	switch {
	case r.Phonemes == "" || alphabet == "":
		return ""
	case r.Alphabet == alphabet || alphabet == all:
		return r.Phonemes
	case r.Alphabet == "ipa" && alphabet == "espeak":
		if r.Lang != "" {
			lang = r.Lang
		}
		return EspeakPhonemes(lang, r.Phonemes)
	}
	return ""
}

// escape makes s plain character data, fit for an attribute as well.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
