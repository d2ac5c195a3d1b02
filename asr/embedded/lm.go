package embedded

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// gram is a counted run of up to three words; shorter runs leave the first places -1.
type gram struct {
	a, b, c int32
	n       float32
}

func compareGrams(x, y gram) int {
	if x.a != y.a {
		return cmp.Compare(x.a, y.a)
	}
	if x.b != y.b {
		return cmp.Compare(x.b, y.b)
	}
	return cmp.Compare(x.c, y.c)
}

// ngrams is a Witten-Bell interpolated trigram in sorted arrays. Probabilities are already
// interpolated with the lower orders; share is what a context leaves to them.
type ngrams struct {
	uni      []float32 // probability of each word
	share1   []float32 // per word: probability left to unigrams after it
	first2   []int32   // per word: where its successors begin in word2
	word2    []int32
	p2       []float32
	share2   []float32 // per bigram: probability left to bigrams after it
	first3   []int32   // per bigram: where its successors begin in word3
	word3    []int32
	p3       []float32
	uniShare float32
	names    []int32 // of a local model: its words, sorted, by their numbers here; see newLocalNgrams
	base     *ngrams // where unigram probability that was not counted comes from; nil: spread evenly
}

// readGrams reads lines of count TAB words, orders one to three.
func readGrams(r io.Reader, lex *lexicon) ([]gram, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	grams, line := make([]gram, 0, bytes.Count(b, []byte{'\n'})), 0
	for text := range strings.Lines(string(b)) {
		line++
		count, rest, ok := strings.Cut(strings.TrimSuffix(text, "\n"), "\t")
		n, err := strconv.ParseFloat(count, 32)
		if !ok || err != nil {
			return nil, fmt.Errorf("language model line %d: want count, tab, words", line)
		}
		g := gram{-1, -1, -1, float32(n)}
		for w := range strings.FieldsSeq(rest) {
			if g.a >= 0 {
				return nil, fmt.Errorf("language model line %d: more than three words", line)
			}
			g.a, g.b, g.c = g.b, g.c, lex.id(w)
		}
		if g.b >= 0 || g.c != sentenceStart { // nobody says a beginning
			grams = append(grams, g)
		}
	}
	return grams, nil
}

// countGrams counts sentences of word numbers, each with its weight.
func countGrams(sentences [][]int32, weight float32) []gram {
	var grams []gram
	for _, s := range sentences {
		a, b := sentenceStart, sentenceStart
		for _, w := range append(slices.Clone(s), sentenceEnd) {
			grams = append(grams, gram{-1, -1, w, weight}, gram{-1, b, w, weight}, gram{a, b, w, weight})
			a, b = b, w
		}
	}
	slices.SortFunc(grams, compareGrams)
	merged := grams[:0]
	for _, g := range grams {
		if n := len(merged); n > 0 && compareGrams(merged[n-1], g) == 0 {
			merged[n-1].n += g.n
		} else {
			merged = append(merged, g)
		}
	}
	return merged
}

// newNgrams estimates the model. grams need no order and may lack lower orders; base, when not
// nil, stands below the unigrams.
func newNgrams(grams []gram, vocabulary int, base *ngrams) *ngrams {
	return estimate(grams, vocabulary, base, nil)
}

// newLocalNgrams is newNgrams for a few sentences: the same probabilities, in memory that grows with them
// and not with the vocabulary. Every turn with hints makes one.
func newLocalNgrams(grams []gram, base *ngrams) *ngrams {
	names := []int32{sentenceStart, sentenceEnd}
	for _, g := range grams {
		names = append(names, g.c)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	local := func(w int32) int32 {
		if w < 0 {
			return w
		}
		i, _ := slices.BinarySearch(names, w)
		return int32(i)
	}
	grams = slices.Clone(grams)
	for i, g := range grams {
		grams[i] = gram{local(g.a), local(g.b), local(g.c), g.n}
	}
	m := estimate(grams, len(names), base, names)
	m.names = names
	return m
}

// local is the number of a word in this model, -1 when the model does not have it.
func (m *ngrams) local(w int32) int32 {
	if m.names == nil {
		return w
	}
	if i, ok := slices.BinarySearch(m.names, w); ok {
		return int32(i)
	}
	return -1
}

// estimate makes the model; names are what its words are called in base, nil: the same.
func estimate(grams []gram, vocabulary int, base *ngrams, names []int32) *ngrams {
	var uni, bi, tri []gram
	for _, g := range grams {
		switch {
		case g.a >= 0:
			tri = append(tri, g)
		case g.b >= 0:
			bi = append(bi, g)
		default:
			uni = append(uni, g)
		}
	}
	tri = inOrder(tri)
	m := &ngrams{uni: make([]float32, vocabulary), share1: make([]float32, vocabulary+1), base: base}
	m.estimateUni(inOrder(uni), names)
	m.estimateBi(hooks(inOrder(bi), tri), vocabulary)
	m.estimateTri(tri)
	return m
}

// inOrder sorts grams, of which the highest count stays where one stands twice. Those of the weights
// stand in order: sorting them was half of the time to load a language.
func inOrder(grams []gram) []gram {
	order := func(x, y gram) int {
		if c := compareGrams(x, y); c != 0 {
			return c
		}
		return cmp.Compare(y.n, x.n)
	}
	if !slices.IsSortedFunc(grams, order) {
		slices.SortFunc(grams, order)
	}
	return slices.CompactFunc(grams, func(x, y gram) bool { return compareGrams(x, y) == 0 })
}

// hooks adds to bi the bigrams that trigrams begin with and that were not counted: every trigram
// hangs on a bigram entry. Both are in order, and so is what it returns.
func hooks(bi, tri []gram) []gram {
	all := make([]gram, 0, len(bi)+len(bi)/8)
	for i, g := range tri {
		if i > 0 && g.a == tri[i-1].a && g.b == tri[i-1].b {
			continue
		}
		hook := gram{-1, g.a, g.b, 0}
		for len(bi) > 0 && compareGrams(bi[0], hook) < 0 {
			all, bi = append(all, bi[0]), bi[1:]
		}
		if len(bi) == 0 || compareGrams(bi[0], hook) != 0 {
			all = append(all, hook)
		}
	}
	return append(all, bi...)
}

func (m *ngrams) estimateUni(grams []gram, names []int32) {
	var total, kinds float32
	for _, g := range grams {
		total += g.n
		kinds++
	}
	m.uniShare = kinds / max(total+kinds, 1)
	if total == 0 {
		m.uniShare = 1
	}
	for w := range m.uni {
		name := int32(w)
		if names != nil {
			name = names[w]
		}
		m.uni[w] = m.uniShare * m.below(name)
	}
	for _, g := range grams {
		m.uni[g.c] += g.n / (total + kinds)
	}
}

func (m *ngrams) below(w int32) float32 {
	if m.base != nil {
		return m.base.p1(w)
	}
	return 1 / float32(len(m.uni))
}

// p1 is the probability of w without context, also for words newer than the model.
func (m *ngrams) p1(w int32) float32 {
	i := m.local(w)
	if i >= 0 && int(i) < len(m.uni) {
		return m.uni[i]
	}
	if m.names != nil {
		return m.uniShare * m.below(w)
	}
	return m.uniShare / float32(len(m.uni)+1)
}

func (m *ngrams) estimateBi(grams []gram, vocabulary int) {
	m.first2 = make([]int32, vocabulary+1)
	for i := 0; i < len(grams); {
		b, end, total, kinds := grams[i].b, i, float32(0), float32(0)
		for ; end < len(grams) && grams[end].b == b; end++ {
			if total += grams[end].n; grams[end].n > 0 {
				kinds++
			}
		}
		share := float32(1)
		if total > 0 {
			share = kinds / (total + kinds)
		}
		m.share1[b] = share
		for _, g := range grams[i:end] {
			p := share * m.uni[g.c]
			if total > 0 {
				p += g.n / (total + kinds)
			}
			m.word2, m.p2 = append(m.word2, g.c), append(m.p2, p)
		}
		m.first2[b+1] = int32(end)
		i = end
	}
	for b := 1; b <= vocabulary; b++ { // contexts without successors
		m.first2[b] = max(m.first2[b], m.first2[b-1])
	}
	for b := range vocabulary {
		if m.first2[b] == m.first2[b+1] {
			m.share1[b] = 1
		}
	}
	m.word2, m.p2 = slices.Clip(m.word2), slices.Clip(m.p2)
}

func (m *ngrams) estimateTri(grams []gram) {
	m.first3, m.share2 = make([]int32, len(m.word2)+1), make([]float32, len(m.word2))
	at := int32(-1)
	for i := 0; i < len(grams); {
		a, b, end, total := grams[i].a, grams[i].b, i, float32(0)
		for ; end < len(grams) && grams[end].a == a && grams[end].b == b; end++ {
			total += grams[end].n
		}
		kinds := float32(end - i)
		at = m.bigram(a, b)
		m.share2[at] = kinds / (total + kinds)
		for _, g := range grams[i:end] {
			m.word3, m.p3 = append(m.word3, g.c), append(m.p3, g.n/(total+kinds)+m.share2[at]*m.prob2(b, g.c))
		}
		m.first3[at+1] = int32(end)
		i = end
	}
	for i := 1; i < len(m.first3); i++ {
		m.first3[i] = max(m.first3[i], m.first3[i-1])
	}
	for i := range m.share2 {
		if m.first3[i] == m.first3[i+1] {
			m.share2[i] = 1
		}
	}
	m.word3, m.p3 = slices.Clip(m.word3), slices.Clip(m.p3)
}

// bigram finds the entry of "a b", or -1.
func (m *ngrams) bigram(a, b int32) int32 {
	if a, b = m.local(a), m.local(b); int(a) >= len(m.first2)-1 || a < 0 || b < 0 {
		return -1
	}
	lo := m.first2[a]
	if i, ok := slices.BinarySearch(m.word2[lo:m.first2[a+1]], b); ok {
		return lo + int32(i)
	}
	return -1
}

// prob2 is the probability of w after b.
func (m *ngrams) prob2(b, w int32) float32 {
	if i := m.bigram(b, w); i >= 0 {
		return m.p2[i]
	}
	if b = m.local(b); int(b) >= len(m.uni) || b < 0 {
		return m.p1(w)
	}
	return m.share1[b] * m.p1(w)
}

// prob is the probability of w after the bigram entry ab whose second word is b; ab may be -1.
func (m *ngrams) prob(ab, b, w int32) float32 {
	if ab < 0 {
		return m.prob2(b, w)
	}
	lo := m.first3[ab]
	if i, ok := slices.BinarySearch(m.word3[lo:m.first3[ab+1]], m.local(w)); ok {
		return m.p3[lo+int32(i)]
	}
	return m.share2[ab] * m.prob2(b, w)
}

// mix is the language model of a session: the general model, the bot's own phrases and perhaps
// the hints of this turn, interpolated.
type mix struct {
	parts []*ngrams
	share []float32 // sums to 1
}

func (m *mix) logp1(w int32) float32 {
	var p float32
	for i, n := range m.parts {
		p += m.share[i] * n.p1(w)
	}
	return logf(p)
}

func logf(p float32) float32 { return float32(math.Log(max(float64(p), 1e-30))) }
