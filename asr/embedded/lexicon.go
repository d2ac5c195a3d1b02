package embedded

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// pron is one way of saying a word.
type pron struct {
	word int32
	say  []uint8 // outputs of the network, never the blank
	cost float32 // nats: how much less usual than the word's first pronunciation
}

// lexicon knows the words of a language and how they sound. Words 0 and 1 are the sentence ends.
type lexicon struct {
	words []string
	index map[string]int32
	prons []pron
	order []int32 // places in prons, sorted by word: see sayings
}

const (
	sentenceStart int32 = 0
	sentenceEnd   int32 = 1
)

func newLexicon() *lexicon {
	l := &lexicon{index: map[string]int32{}}
	l.id("<s>")
	l.id("</s>")
	return l
}

// id returns the number of a word and gives it one when it is new.
func (l *lexicon) id(w string) int32 {
	if i, ok := l.index[w]; ok {
		return i
	}
	i := int32(len(l.words))
	l.words = append(l.words, w)
	l.index[w] = i
	return i
}

// extend returns a lexicon that can grow without touching l. The pronunciations are shared.
func (l *lexicon) extend() *lexicon {
	return &lexicon{words: l.words[:len(l.words):len(l.words)], prons: l.prons[:len(l.prons):len(l.prons)], index: maps.Clone(l.index)}
}

// phonemes numbers the symbols of the acoustic model's outputs.
type phonemes map[string]uint8

func (m *acoustic) phonemes() phonemes {
	p := phonemes{}
	for i, s := range m.Phones {
		p[s] = uint8(i + 1)
	}
	return p
}

// sayWith are rare symbols that the trainer spells with common ones.
var sayWith = map[string][]string{"aI@": {"aI", "@"}, "aU@": {"aU", "@"}, "A": {"a"}}

// parse reads space-separated phonemes; those that the model does not know are left out, as the trainer does.
func (p phonemes) parse(s string) []uint8 {
	var say []uint8
	for f := range strings.FieldsSeq(s) {
		if parts, ok := sayWith[f]; ok && p[f] == 0 {
			for _, f := range parts {
				say = append(say, p[f])
			}
		} else if i, ok := p[f]; ok {
			say = append(say, i)
		}
	}
	return say
}

// read adds a pronunciation list: word TAB phonemes TAB penalty, one per line.
func (l *lexicon) read(r io.Reader, ph phonemes) error {
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		w, rest, ok := strings.Cut(sc.Text(), "\t")
		say, cost, _ := strings.Cut(rest, "\t")
		if !ok || w == "" {
			return fmt.Errorf("lexicon line %d: want word, tab, phonemes, tab, penalty", n)
		}
		p := pron{word: l.id(w), say: ph.parse(say)}
		if cost != "" {
			c, err := strconv.ParseFloat(cost, 32)
			if err != nil {
				return fmt.Errorf("lexicon line %d: penalty %q is not a number", n, cost)
			}
			p.cost = float32(c)
		}
		if len(p.say) > 0 {
			l.prons = append(l.prons, p)
		}
	}
	return sc.Err()
}

// knows tells whether w is a word.
func (l *lexicon) knows(w string) bool { _, ok := l.index[w]; return ok }

// sayings returns the pronunciations of a word, the least costly first. The lexicon must be sorted since it last grew.
func (l *lexicon) sayings(w string) []pron {
	id, ok := l.index[w]
	if !ok {
		return nil
	}
	i, _ := slices.BinarySearchFunc(l.order, id, func(i, id int32) int { return cmp.Compare(l.prons[i].word, id) })
	var say []pron
	for ; i < len(l.order) && l.prons[l.order[i]].word == id; i++ {
		say = append(say, l.prons[l.order[i]])
	}
	return say
}

// sort makes the lexicon ready for sayings, from any goroutine.
func (l *lexicon) sort() {
	l.order = make([]int32, len(l.prons))
	for i := range l.order {
		l.order[i] = int32(i)
	}
	order := func(a, b int32) int {
		x, y := &l.prons[a], &l.prons[b]
		if x.word != y.word {
			return cmp.Compare(x.word, y.word)
		}
		return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(a, b))
	}
	if !slices.IsSortedFunc(l.order, order) { // the weights are
		slices.SortFunc(l.order, order)
	}
}

// spoken returns which words have a pronunciation.
func (l *lexicon) spoken() []bool {
	can := make([]bool, len(l.words))
	for _, p := range l.prons {
		can[p.word] = true
	}
	return can
}

// tokens splits a sentence into the lexicon's words: lower case, no punctuation, hyphens apart,
// French elisions apart after the apostrophe ("j'ai" is "j' ai").
func tokens(lang, s string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r == '’' || r == '\'' || r == 'ʼ':
			b.WriteByte('\'')
			if lang == "fr" {
				b.WriteByte(' ')
			}
		case letter(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	kept := words[:0]
	for _, w := range words {
		if lang != "fr" { // quotation marks, not elisions
			w = strings.Trim(w, "'")
		}
		if w != "" && w != "'" {
			kept = append(kept, w)
		}
	}
	return kept
}

func letter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'à' && r != '÷' && r <= 'ÿ' || r == 'œ' || r == 'æ'
}

// text joins words to what a person would write: "j'" and "ai" become "j'ai".
func text(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !strings.HasSuffix(words[i-1], "'") {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}
