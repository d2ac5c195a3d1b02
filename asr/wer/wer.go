// Package wer measures recognition: how many words of a reference came out wrong. Words are
// compared as letters; homophones are different words, for a reader sees the difference.
package wer

import (
	"strings"
	"unicode"
)

// Op is what happened to one word.
type Op byte

// Ops of an alignment.
const (
	Same       Op = '='
	Substitute Op = 's' // another word was heard
	Delete     Op = 'd' // a word of the reference is missing
	Insert     Op = 'i' // a word was heard that nobody said
)

// Pair is one place of an alignment. Want is empty for Insert, Got for Delete.
type Pair struct {
	Op        Op
	Want, Got string
}

// Count sums up one or more alignments. The zero value is empty and ready to use.
type Count struct {
	Words                          int // words of the references
	Substituted, Deleted, Inserted int
	Sentences, Exact               int
}

// Add aligns one hypothesis and counts it.
func (c *Count) Add(want, got string) []Pair {
	pairs := Align(Words(want), Words(got))
	wrong := 0
	for _, p := range pairs {
		switch p.Op {
		case Substitute:
			c.Substituted++
		case Delete:
			c.Deleted++
		case Insert:
			c.Inserted++
		}
		if p.Op != Insert {
			c.Words++
		}
		if p.Op != Same {
			wrong++
		}
	}
	c.Sentences++
	if wrong == 0 {
		c.Exact++
	}
	return pairs
}

// Rate is the word error rate: substitutions, deletions and insertions per word of the
// references. It may exceed 1; without any reference word it is 0.
func (c *Count) Rate() float64 {
	if c.Words == 0 {
		return 0
	}
	return float64(c.Substituted+c.Deleted+c.Inserted) / float64(c.Words)
}

// Words splits a text into the words that are compared: lower case, without punctuation, hyphens
// apart, an elision ("j'ai", typographic apostrophe or not) in two.
func Words(s string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r == '\'' || r == '’' || r == 'ʼ':
			b.WriteString("' ")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	kept := words[:0]
	for _, w := range words {
		if w != "'" {
			kept = append(kept, w)
		}
	}
	return kept
}

// Align finds the cheapest way from want to got. Every error costs the same.
func Align(want, got []string) []Pair {
	n, m := len(want), len(got)
	cost := make([][]int, n+1)
	for i := range cost {
		cost[i] = make([]int, m+1)
		cost[i][0] = i
	}
	for j := range m + 1 {
		cost[0][j] = j
	}
	for i := 1; i <= n; i++ {
		for j := 1; j <= m; j++ {
			other := 1
			if want[i-1] == got[j-1] {
				other = 0
			}
			cost[i][j] = min(cost[i-1][j-1]+other, cost[i-1][j]+1, cost[i][j-1]+1)
		}
	}
	pairs := make([]Pair, 0, max(n, m))
	for i, j := n, m; i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && want[i-1] == got[j-1] && cost[i][j] == cost[i-1][j-1]:
			i, j = i-1, j-1
			pairs = append(pairs, Pair{Same, want[i], got[j]})
		case i > 0 && j > 0 && cost[i][j] == cost[i-1][j-1]+1:
			i, j = i-1, j-1
			pairs = append(pairs, Pair{Substitute, want[i], got[j]})
		case i > 0 && cost[i][j] == cost[i-1][j]+1:
			i--
			pairs = append(pairs, Pair{Op: Delete, Want: want[i]})
		default:
			j--
			pairs = append(pairs, Pair{Op: Insert, Got: got[j]})
		}
	}
	for i, j := 0, len(pairs)-1; i < j; i, j = i+1, j-1 {
		pairs[i], pairs[j] = pairs[j], pairs[i]
	}
	return pairs
}

// accents of French, for Fold.
var accents = strings.NewReplacer("à", "a", "â", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u", "ç", "c", "œ", "oe")

// Fold writes a text so that French words which sound alike are mostly the same: without accents
// and silent endings. The error rate of folded texts is what a listener would call wrong; that of
// the texts themselves is what a reader would. Of other languages only the words are left.
func Fold(lang, s string) string {
	if !strings.HasPrefix(strings.ToLower(lang), "fr") {
		return strings.Join(Words(s), " ")
	}
	w := Words(accents.Replace(strings.ToLower(s)))
	for i, x := range w {
		for _, end := range []string{"ees", "ee", "es", "er", "ez", "ent", "s", "e", "x"} {
			if base, ok := strings.CutSuffix(x, end); ok && len(base) > 2 {
				w[i] = base
				break
			}
		}
	}
	return strings.Join(w, " ")
}
