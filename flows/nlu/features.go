package nlu

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"decroche/flows/entity"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
)

// feature is one coordinate of a text.
type feature struct {
	id    int32
	value float32
}

// Blocks of features. Each is normalised by itself, so that a long text's many pieces of
// words do not drown its few words.
const (
	blockWords  = iota // words and pairs of words
	blockStems         // stems of the words that carry meaning, and pairs of them
	blockPieces        // 2 to 5 letters within a word
	blocks
)

var blockWeight = [blocks]float32{1, 1, 1.6}

// featurer turns texts into rows. Learnt once, then read only.
type featurer struct {
	lang  string
	ids   map[uint64]int32 // hash of a feature -> id
	idf   []float32
	block []uint8
	stems map[string]string // of the words seen in training
}

// size counts the features and the constant one, which has the last id.
func (f *featurer) size() int { return len(f.idf) + 1 }

// learnFeatures collects the features of the texts and returns their rows.
func learnFeatures(lang string, texts []string) (*featurer, [][]feature) {
	f := &featurer{lang: lang, ids: map[uint64]int32{}, stems: map[string]string{}}
	var df []int
	hashes := make([][]hashed, len(texts))
	for i, text := range texts {
		hashes[i] = f.hashes(text, true)
		seen := map[uint64]bool{}
		for _, h := range hashes[i] {
			if seen[h.hash] {
				continue
			}
			seen[h.hash] = true
			id, ok := f.ids[h.hash]
			if !ok {
				id = int32(len(df))
				f.ids[h.hash] = id
				df = append(df, 0)
				f.block = append(f.block, h.block)
			}
			df[id]++
		}
	}
	f.idf = make([]float32, len(df))
	for id, n := range df {
		f.idf[id] = float32(math.Log(float64(1+len(texts))/float64(1+n)) + 1)
	}
	rows := make([][]feature, len(texts))
	for i := range texts {
		rows[i] = f.weigh(hashes[i])
	}
	return f, rows
}

func (f *featurer) row(text string) []feature { return f.weigh(f.hashes(text, false)) }

// weigh gives TF·IDF with logarithmic counts, each block of length one, and the constant.
func (f *featurer) weigh(hs []hashed) []feature {
	ids := make([]int32, 0, len(hs))
	for _, h := range hs {
		if id, ok := f.ids[h.hash]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	out := make([]feature, 0, len(ids)+1)
	var norm [blocks]float32
	for i := 0; i < len(ids); {
		j := i
		for j < len(ids) && ids[j] == ids[i] {
			j++
		}
		v := f.idf[ids[i]]
		if j-i > 1 {
			v *= float32(1 + math.Log(float64(j-i)))
		}
		out = append(out, feature{ids[i], v})
		norm[f.block[ids[i]]] += v * v
		i = j
	}
	for b, s := range norm {
		if s > 0 {
			norm[b] = blockWeight[b] / float32(math.Sqrt(float64(s)))
		}
	}
	for i := range out {
		out[i].value *= norm[f.block[out[i].id]]
	}
	return append(out, feature{int32(len(f.idf)), 1})
}

// hashed is one feature before it has an id.
type hashed struct {
	hash  uint64
	block uint8
}

func (f *featurer) hashes(text string, learn bool) []hashed {
	words := normalise(f.lang, text)
	out := make([]hashed, 0, 40*len(words))
	add := func(block uint8, parts ...string) {
		h := uint64(14695981039346656037) ^ uint64(block)
		h *= 1099511628211
		for _, p := range parts {
			for i := 0; i < len(p); i++ {
				h = (h ^ uint64(p[i])) * 1099511628211
			}
			h = (h ^ 0xff) * 1099511628211
		}
		out = append(out, hashed{h, block})
	}
	prev, prevStem := "^", "^"
	for _, w := range words {
		add(blockWords, w.plain)
		add(blockWords, prev, w.plain)
		if w.accented != w.plain { // accents help typed text and cost spoken text nothing
			add(blockWords, w.accented)
		}
		prev = w.plain
		if !stopWords(f.lang)[w.plain] {
			s := f.stem(w, learn)
			add(blockStems, s)
			add(blockStems, prevStem, s)
			prevStem = s
		}
		padded := "<" + w.plain + ">"
		for n := 2; n <= 5; n++ {
			for i := 0; i+n <= len(padded); i++ {
				add(blockPieces, padded[i:i+n])
			}
		}
	}
	add(blockWords, prev, "$")
	return out
}

func (f *featurer) stem(w word, learn bool) string {
	if s, ok := f.stems[w.accented]; ok {
		return s
	}
	s := ""
	if f.lang == "en" {
		s = english.Stem(w.accented, false)
	} else {
		s = entity.Fold(french.Stem(w.accented, false))
	}
	if learn {
		f.stems[w.accented] = s
	}
	return s
}

// word is one normalised word, with and without its accents.
type word struct{ plain, accented string }

// normalise splits text into words: lower case, elisions apart, fillers out, numbers as
// "#", letters drawn out ("ouiiii") shortened.
func normalise(lang, text string) []word {
	var out []word
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) }) {
		a := squeeze(strings.ToLower(w))
		p := entity.Fold(a)
		if p == "" || fillers(lang)[p] {
			continue
		}
		if isNumber(lang, p) {
			if len(out) > 0 && out[len(out)-1].plain == "#" {
				continue
			}
			out = append(out, word{"#", "#"})
			continue
		}
		if len(out) > 0 && out[len(out)-1].plain == p { // "je je voudrais"
			continue
		}
		out = append(out, word{p, a})
	}
	return out
}

// squeeze leaves at most two of the same letter in a row.
func squeeze(s string) string {
	run, last := 0, rune(-1)
	for _, r := range s {
		if r == last {
			run++
		} else {
			run, last = 1, r
		}
		if run > 2 {
			break
		}
	}
	if run <= 2 {
		return s
	}
	var b strings.Builder
	run, last = 0, -1
	for _, r := range s {
		if r == last {
			run++
		} else {
			run, last = 1, r
		}
		if run <= 2 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isNumber(lang, p string) bool {
	if p[0] >= '0' && p[0] <= '9' {
		return true
	}
	return numberWords(lang)[p]
}
