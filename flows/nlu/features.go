package nlu

import (
	"math"
	"slices"

	"decroche/flows/entity"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
)

// feature is one coordinate of a text.
type feature struct {
	id    int32
	value float32
}

// stem is one word that carries meaning, with its rarity among the examples. Its id is unknown
// when training never met it.
type stem struct {
	id  int32
	idf float32
}

const unknown = -1

// Blocks of features. Each is normalised by itself, so that a long text's many pieces of
// words do not drown its few words.
const (
	blockWords    = iota // words and pairs of words
	blockStems           // stems of the words that carry meaning, and pairs of them, near or far
	blockPieces          // 2 to 5 letters within a word
	blockConcepts        // what words mean in general
	blocks
)

var blockWeight = [blocks]float32{1, 1, 1.6, 0.7}

// pairReach is how many stems apart two of them still make a pair.
const pairReach = 5

// featurer turns texts into rows. Learnt once, then read only.
type featurer struct {
	lang  string
	masks *masks
	ids   map[uint64]int32 // hash of a feature -> id
	idf   []float32
	block []uint8
	stems map[string]string // of the words seen in training
	rare  float32           // idf of what was never seen
}

// size counts the features and the constant one, which has the last id.
func (f *featurer) size() int { return len(f.idf) + 1 }

// learnFeatures collects the features of the texts.
func learnFeatures(lang string, m *masks, texts []string) (f *featurer, rows [][]feature, stems [][]stem) {
	f = &featurer{lang: lang, masks: m, ids: map[uint64]int32{}, stems: map[string]string{}}
	var df []int
	hashes := make([]bag, len(texts))
	seen := map[uint64]int{}
	for i, text := range texts {
		hashes[i] = f.hashes(text, true)
		for _, h := range hashes[i].all {
			if seen[h.hash] == i+1 {
				continue
			}
			seen[h.hash] = i + 1
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
	idf := func(n int) float32 {
		return float32(math.Log(float64(1+len(texts))/float64(1+n)) + 1)
	}
	f.rare = idf(0)
	f.idf = make([]float32, len(df))
	for id, n := range df {
		f.idf[id] = idf(n)
	}
	rows, stems = make([][]feature, len(texts)), make([][]stem, len(texts))
	for i := range texts {
		rows[i], stems[i] = f.weigh(hashes[i])
	}
	return f, rows, stems
}

func (f *featurer) row(text string) ([]feature, []stem) { return f.weigh(f.hashes(text, false)) }

// weigh gives TF·IDF with logarithmic counts, each block of length one, and the constant. What
// training never met has no weights but counts in the length: a sentence half of whose words are
// new is half as sure. Without it, cross-validation, where the features of all parts are known,
// promised more than new sentences kept (docs/understanding.md).
func (f *featurer) weigh(b bag) ([]feature, []stem) {
	ids := make([]int32, 0, len(b.all))
	var norm [blocks]float32
	for _, h := range b.all {
		if id, ok := f.ids[h.hash]; ok {
			ids = append(ids, id)
		} else {
			norm[h.block] += f.rare * f.rare
		}
	}
	slices.Sort(ids)
	out := make([]feature, 0, len(ids)+1)
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
	stems := make([]stem, 0, len(b.stems))
	for _, h := range b.stems {
		s := stem{unknown, f.rare}
		if id, ok := f.ids[h]; ok {
			s = stem{id, f.idf[id]}
		}
		if !slices.Contains(stems, s) || s.id == unknown {
			stems = append(stems, s)
		}
	}
	return append(out, feature{int32(len(f.idf)), 1}), stems
}

// hashed is one feature before it has an id.
type hashed struct {
	hash  uint64
	block uint8
}

// bag is a text's features; stems are those of single words that carry meaning.
type bag struct {
	all   []hashed
	stems []uint64
}

func (b *bag) add(block uint8, parts ...string) uint64 {
	h := uint64(14695981039346656037) ^ uint64(block)
	h *= 1099511628211
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	b.all = append(b.all, hashed{h, block})
	return h
}

func (f *featurer) hashes(text string, learn bool) bag {
	words := normalise(f.lang, text)
	b := bag{all: make([]hashed, 0, 40*len(words))}
	stop := stopWords(f.lang)
	prev := "^"
	var stems, every []string
	for _, w := range words {
		every = append(every, f.stem(w, learn))
		b.add(blockWords, w.plain)
		b.add(blockWords, prev, w.plain)
		if w.accented != w.plain { // accents help typed text and cost spoken text nothing
			b.add(blockWords, w.accented)
		}
		prev = w.plain
		if !stop[w.plain] {
			s := every[len(every)-1]
			stems = append(stems, s)
			b.stems = append(b.stems, b.add(blockStems, s))
		}
		padded := "<" + w.plain + ">"
		for n := 2; n <= 5; n++ {
			for i := 0; i+n <= len(padded); i++ {
				b.add(blockPieces, padded[i:i+n])
			}
		}
	}
	b.add(blockWords, prev, "$")
	for _, v := range f.masks.find(words) { // "§ville" stands where the value stands
		b.add(blockWords, v.name)
		if v.from > 0 {
			b.add(blockWords, words[v.from-1].plain, v.name)
		}
		if v.to < len(words) {
			b.add(blockWords, v.name, words[v.to].plain)
		}
		stems = append(stems, v.name)
		b.add(blockStems, v.name)
	}
	for _, c := range conceptsOf(f.lang, every) {
		b.add(blockConcepts, c)
	}
	for i, s := range stems { // pairs in either order: "carte perdue", "perdu ma carte"
		for j := i + 1; j < len(stems) && j <= i+pairReach; j++ {
			b.add(blockStems, min(s, stems[j]), max(s, stems[j]))
		}
	}
	return b
}

func (f *featurer) stem(w word, learn bool) string {
	if s, ok := f.stems[w.accented]; ok {
		return s
	}
	s := stemOf(f.lang, w)
	if learn {
		f.stems[w.accented] = s
	}
	return s
}

// stemOf is what a word has in common with its other forms (Porter's and Snowball's stemmers).
func stemOf(lang string, w word) string {
	if lang == "en" {
		return english.Stem(w.accented, false)
	}
	return entity.Fold(french.Stem(w.accented, false))
}
