package turneval

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"

	"decroche/internal/strictyaml"
)

//go:embed texts/*.yaml
var textFiles embed.FS

// template is one way to say a turn of a class.
type template struct {
	Say    string `yaml:"say"`
	Entity string `yaml:"entity"` // what the flow asked for; "" for free speech
	Digits int    `yaml:"digits"`
	Value  string `yaml:"value"` // of the slot, where no drawn number gives it
	Back   bool   `yaml:"back"`  // an interruption that begins like a listening sound
}

// script is what is said in one language.
type script struct {
	Lang  string                `yaml:"-"`
	Lists map[string][]string   `yaml:"lists"`
	Turns map[string][]template `yaml:"turns"`

	offered []string // what lists offer: every answer to one that is in Turns
}

// loadScript reads texts/LANG.yaml. The files are ours: a mistake in them is a mistake in the
// program, found by every test.
func loadScript(lang string) (*script, error) {
	name := "texts/" + lang + ".yaml"
	data, err := textFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("turneval: no texts in %q; there are fr and en", lang)
	}
	s := &script{Lang: lang}
	if _, bad := strictyaml.Decode(name, data, s); len(bad) > 0 {
		return nil, fmt.Errorf("turneval: %v", bad)
	}
	for _, t := range s.Turns["A"] {
		if t.Entity == "list" {
			s.offered = append(s.offered, strings.Join(recognised(t.Say), " "))
		}
	}
	return s, nil
}

// piece is what is said in one breath, and the pause behind it.
type piece struct {
	text  string
	drawn time.Duration // the last vowel is this much longer
	pause time.Duration // 0: the next piece follows at once
	label string        // of the pause
	open  bool          // the voice does not fall at the end
}

// utterance is a template with everything drawn.
type utterance struct {
	pieces []piece
	expect *Expectation
	back   bool
}

// words are the words of the whole utterance as a recogniser writes them.
func (u utterance) words() []string {
	var out []string
	for _, p := range u.pieces {
		out = append(out, recognised(p.text)...)
	}
	return out
}

// recognised is text as a recogniser writes it: small letters, straight apostrophes, no
// punctuation; a hyphen stays inside a word.
func recognised(text string) []string {
	text = strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	var out []string
	for _, w := range strings.Fields(text) {
		if w = strings.Trim(w, ".,;:?!…"); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// span is a range of pauses.
type span struct{ lo, hi int } // ms

// pauses are the inner pauses of each class; vowels are how long a vowel is drawn out.
var pauses = map[string]span{
	"B": {150, 250}, "C": {350, 900}, "D": {400, 1000}, "E": {250, 600}, "F": {400, 1100}, "G": {500, 900}, "I": {300, 600},
	"J": {350, 600}, "N": {350, 700},
}

var (
	commas = span{100, 180}
	waits  = span{3000, 8000}
	vowels = span{200, 500}
)

// draw chooses a length in steps of 10 ms.
func (s span) draw(r *rand.Rand) time.Duration {
	return time.Duration(s.lo/10+r.IntN((s.hi-s.lo)/10+1)) * 10 * time.Millisecond
}

var (
	slots = regexp.MustCompile(`\{([^{}]+)\}`)
	signs = regexp.MustCompile(`~|\|\||\|(?:\d+-\d+\|)?|, `)
)

// perform draws everything a template leaves open.
func (s *script) perform(t template, class string, r *rand.Rand) (utterance, error) {
	d := &drawer{script: s, r: r, entity: t.Entity}
	var failed error
	text := t.Say
	for range 3 { // a list's line may name another list
		text = slots.ReplaceAllStringFunc(text, func(m string) string {
			out, err := d.draw(m[1 : len(m)-1])
			if err != nil {
				failed = fmt.Errorf("turneval: texts of %s, class %s, %q: %w", s.Lang, class, t.Say, err)
			}
			return out
		})
	}
	if failed != nil {
		return utterance{}, failed
	}
	u := utterance{back: t.Back, pieces: cut(text, class, r)}
	for i := range u.pieces {
		u.pieces[i].open = i+1 < len(u.pieces) || class == "H"
	}
	if t.Entity != "" {
		u.expect = &Expectation{Slot: "answer", Entity: t.Entity, Digits: t.Digits, Value: t.Value}
		switch {
		case t.Entity == "text": // whatever is read in all of it
			u.expect.Value = u.expect.read(s.Lang, strings.Join(u.words(), " "))
		case d.value != "":
			u.expect.Value = d.value
		case t.Entity == "list":
			u.expect.Value, u.expect.Values = strings.Join(u.words(), " "), s.offered
		}
	}
	return u, nil
}

// cut parts text at its signs.
func cut(text, class string, r *rand.Rand) []piece {
	var out []piece
	for text != "" {
		at := signs.FindStringIndex(text)
		if at == nil {
			return append(out, piece{text: strings.TrimSpace(text)})
		}
		said, sign := strings.Trim(text[:at[0]], " ,"), text[at[0]:at[1]]
		text = strings.TrimLeft(text[at[1]:], ", ")
		if sign == ", " && (class == "A" || strings.HasPrefix(text, "|")) {
			// "oui, c'est ça" is said in one breath; before a pause of its own a comma is none
			sign = ""
		}
		if said != "" {
			out = append(out, piece{text: said})
		}
		if len(out) == 0 {
			continue
		}
		last := &out[len(out)-1]
		switch sign {
		case "":
		case ", ":
			last.pause, last.label = commas.draw(r), Hold
		case "~":
			last.drawn = vowels.draw(r)
		case "||":
			last.pause, last.label = waits.draw(r), Wait
		case "|":
			last.pause, last.label = pauses[class].draw(r), Hold
		default:
			lo, hi, _ := strings.Cut(strings.Trim(sign, "|"), "-")
			from, _ := strconv.Atoi(lo)
			to, _ := strconv.Atoi(hi)
			last.pause, last.label = span{from, max(from, to)}.draw(r), Hold
		}
	}
	return out
}
