package store

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Match is where the words of Query.Text stand in a conversation: the line that has most of them.
type Match struct {
	Seq      uint64 `json:"seq"`       // of the event
	OffsetMS int64  `json:"offset_ms"` // since the conversation began
	Who      string `json:"who"`       // caller | bot | agent
	// Parts is the line, cut so that every second piece is one of the words: "où est mon ", "colis".
	Parts []string `json:"parts"`
}

// Rating is what a caller thought of a conversation.
type Rating struct {
	Score int `json:"score"` // 1..Scale, more is better
	Scale int `json:"scale"`
}

// Of5 is the rating on a scale from 1 to 5.
func (r Rating) Of5() float64 {
	if r.Scale < 2 {
		return float64(r.Score)
	}
	return 1 + 4*float64(r.Score-1)/float64(r.Scale-1)
}

// Index makes conversations findable by what was said in them. Only words that the record shows get
// into it: what is masked there is masked here.
type Index interface {
	// Indexing tells how many conversations of before the index are still to be taken in, and how
	// many there were; both 0 when nothing is left.
	Indexing(ctx context.Context) (left, of int, err error)
	// KeepIndexed takes in what was said, until ctx ends: a conversation when it has ended, or when
	// nothing was said in it for half a minute. tell, which may be nil, is called as the old ones are
	// taken in, and once when all are.
	KeepIndexed(ctx context.Context, tell func(left, of int)) error
}

// ErrNoWord means that a text to look for holds no word.
var ErrNoWord = errors.New("there is no word in it; write one, or a few")

const (
	mostTerms    = 12  // words that are looked for at once
	mostTextSize = 200 // bytes
	prefixFrom   = 3   // letters: shorter words are looked for as they are, longer ones as beginnings
)

// Terms reads what people look for: words, and phrases in quotes. All of them must be in a
// conversation. The result is what Phrase makes an index's question of.
func Terms(text string) ([]Term, error) {
	if len(text) > mostTextSize || !utf8.ValidString(text) {
		return nil, errors.New("longer than 200 bytes, or no text; write a few words")
	}
	var out []Term
	rest := strings.NewReplacer("«", `"`, "»", `"`, "“", `"`, "”", `"`).Replace(text)
	rest = strings.Map(func(r rune) rune { // NUL would end an index's question within its quotes
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, rest)
	for quoted := false; ; quoted = !quoted {
		part, after, more := strings.Cut(rest, `"`)
		if quoted && more {
			if t := (Term{Text: strings.TrimSpace(part), Whole: true}); t.word() {
				out = append(out, t)
			}
		} else {
			for _, w := range strings.Fields(part) {
				if t := (Term{Text: w, Whole: utf8.RuneCountInString(w) < prefixFrom}); t.word() {
					out = append(out, t)
				}
			}
		}
		if rest = after; !more {
			break
		}
	}
	switch {
	case len(out) == 0:
		return nil, ErrNoWord
	case len(out) > mostTerms:
		return nil, errors.New("more than 12 words; leave some out")
	}
	return out, nil
}

// Term is one word, or one phrase.
type Term struct {
	Text  string
	Whole bool // as it stands; else its last word may go on: "rembours" finds "remboursement"
}

// word reports whether there is anything to look for in it.
func (t Term) word() bool {
	return strings.ContainsFunc(t.Text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// Spellings are the ways to write it that mean the same, itself first: "coeur" and "cœur".
func (t Term) Spellings() []string {
	out := []string{t.Text}
	apart := strings.NewReplacer("œ", "oe", "Œ", "oe", "æ", "ae", "Æ", "ae").Replace(t.Text)
	joined := strings.NewReplacer("oe", "œ", "Oe", "œ", "OE", "œ").Replace(t.Text)
	for _, s := range []string{apart, joined} {
		if s != t.Text && s != out[len(out)-1] {
			out = append(out, s)
		}
	}
	return out
}

// Numbers are the beginnings or parts of numbers, as Caller writes them, that people mean by what
// they typed: SQL patterns, of which one must fit. "06 12" is the beginning of a national number, and
// of one of any country without its zero; digits alone may stand anywhere.
func Numbers(typed string) ([]string, error) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("+ .-/()\u00a0\u202f", r):
			return -1
		}
		return 'x'
	}, typed)
	if len(digits) < 2 || len(digits) > 15 || strings.Contains(digits, "x") {
		return nil, errors.New("is no number; write at least two of its digits")
	}
	abroad := strings.HasPrefix(strings.TrimSpace(typed), "+")
	if rest, ok := strings.CutPrefix(digits, "00"); ok && rest != "" {
		digits, abroad = rest, true
	}
	switch {
	case abroad:
		out := []string{"+" + digits + "%"}
		for country := 1; country <= 3 && country < len(digits)-1; country++ {
			out = append(out, "0"+digits[country:]+"%")
		}
		return out, nil
	case digits[0] == '0':
		return []string{digits + "%", "+_" + digits[1:] + "%", "+__" + digits[1:] + "%", "+___" + digits[1:] + "%"}, nil
	}
	return []string{"%" + digits + "%"}, nil
}
