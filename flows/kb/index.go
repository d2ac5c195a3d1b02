package kb

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Fields of an article, in the order of what they weigh.
const (
	inTitle = iota
	inQuestions
	inShort
	inBody
	fields
)

// BM25F: what a word in a field is worth, and how much a long field is held against it. A
// title says what an article is about; questions say it in callers' words; a body says much
// else too.
var (
	fieldWeight = [fields]float64{2.2, 1.6, 0.8, 0.8}
	fieldLength = [fields]float64{0.25, 0.4, 0.3, 0.5}
)

const (
	saturation  = 1.5 // BM25's k1
	pairWeight  = 0.4 // two words that stand together, beside the words themselves
	senseWeight = 0.9 // another word for the same thing
)

// index holds the articles of one language. Constant after newIndex and calibrate.
type index struct {
	lang     string
	docs     []*document
	terms    map[string]int32
	stems    []string // of the terms that are single words; "" for pairs and senses
	idf      []float32
	postings [][]posting
	pieces   map[string][]int32 // three letters -> terms of single words that have them
	unknown  float32            // weight of a word the index does not have
	mean     [fields]float64    // length of a field, in words
	model    model
	sure     float64 // Answer's threshold
}

// posting is one term in one article.
type posting struct {
	doc   int32
	value float32 // idf × saturated frequency
}

// document is one article as the index sees it.
type document struct {
	article *Article
	counts  [fields]map[int32]float64
	length  [fields]float64
	vector  map[int32]float32 // term -> value, what postings hold
	askings []asking          // the title, then the questions: what callers may say, sentence by sentence
}

func newIndex(lang string, articles []*Article) *index {
	ix := &index{lang: lang, terms: map[string]int32{}, pieces: map[string][]int32{}}
	for _, a := range articles {
		d := &document{article: a}
		for field, text := range [fields]string{a.Title, strings.Join(a.Questions, ".\n"), a.Short, plainText(a.Body)} {
			d.counts[field], d.length[field] = ix.count(text)
			ix.mean[field] += d.length[field] / float64(len(articles))
		}
		ix.docs = append(ix.docs, d)
	}
	df := make([]int, len(ix.stems))
	for _, d := range ix.docs {
		for t := range d.merged() {
			df[t]++
		}
	}
	n := float64(len(ix.docs))
	ix.unknown = float32(math.Log(1 + (n+0.5)/1.5))
	ix.idf = make([]float32, len(df))
	for t, k := range df {
		ix.idf[t] = float32(math.Log(1 + (n-float64(k)+0.5)/(float64(k)+0.5)))
	}
	ix.postings = make([][]posting, len(df))
	for i, d := range ix.docs {
		d.vector = ix.vector(d.counts, d.length)
		for t, v := range d.vector {
			ix.postings[t] = append(ix.postings[t], posting{int32(i), v})
		}
	}
	for _, d := range ix.docs {
		for _, text := range append([]string{d.article.Title}, d.article.Questions...) {
			d.askings = append(d.askings, ix.asking(text))
		}
	}
	for _, p := range ix.postings { // maps have no order, sums of floats do
		slices.SortFunc(p, func(a, b posting) int { return int(a.doc - b.doc) })
	}
	for t, s := range ix.stems {
		if s == "" {
			continue
		}
		for piece := range piecesOf(s) {
			ix.pieces[piece] = append(ix.pieces[piece], int32(t))
		}
	}
	return ix
}

// count adds the terms of a text to the index and counts them.
func (ix *index) count(text string) (counts map[int32]float64, length float64) {
	counts = map[int32]float64{}
	prev := ""
	for _, w := range words(ix.lang, text) {
		if w.stem == "" {
			if notInWord([]rune(w.shown)[0]) {
				prev = ""
			}
			continue
		}
		length++
		counts[ix.learn(w.stem, true)]++
		for _, sense := range senses(ix.lang, w.stem) {
			counts[ix.learn(senseKey(sense), false)]++
		}
		if prev != "" {
			pair := pairKey(prev, w.stem)
			counts[ix.learn(pair, false)]++
			for _, sense := range senses(ix.lang, pair) {
				counts[ix.learn(senseKey(sense), false)]++
			}
		}
		prev = w.stem
	}
	return counts, length
}

func pairKey(a, b string) string { return a + " " + b }
func senseKey(n int) string      { return "=" + strconv.Itoa(n) }

func (ix *index) learn(key string, single bool) int32 {
	t, ok := ix.terms[key]
	if !ok {
		t = int32(len(ix.stems))
		ix.terms[key] = t
		if !single {
			key = ""
		}
		ix.stems = append(ix.stems, key)
	}
	return t
}

// merged is the set of terms of all fields.
func (d *document) merged() map[int32]bool {
	out := map[int32]bool{}
	for _, counts := range d.counts {
		for t := range counts {
			out[t] = true
		}
	}
	return out
}

// vector weighs the terms of an article.
func (ix *index) vector(counts [fields]map[int32]float64, length [fields]float64) map[int32]float32 {
	freq := map[int32]float64{}
	for field := range fields {
		norm := 1.0
		if ix.mean[field] > 0 {
			norm = 1 - fieldLength[field] + fieldLength[field]*length[field]/ix.mean[field]
		}
		for t, n := range counts[field] {
			freq[t] += fieldWeight[field] * n / norm
		}
	}
	out := make(map[int32]float32, len(freq))
	for t, f := range freq {
		out[t] = ix.idf[t] * float32(f*(saturation+1)/(f+saturation))
	}
	return out
}

// piecesOf cuts a word into its three-letter pieces, the edges marked.
func piecesOf(w string) map[string]bool {
	out := map[string]bool{}
	r := []rune("^" + w + "$")
	for i := 0; i+3 <= len(r); i++ {
		out[string(r[i:i+3])] = true
	}
	return out
}

// like is a term that a word may have been meant as.
type like struct {
	term int32
	near float32 // 0..1
}

const (
	leastNear  = 0.45 // Dice's coefficient of the three-letter pieces
	leastEdits = 0.7  // share of the letters that stand where they should; short words share few pieces
	mostLikes  = 3
)

// alike finds the words of the index that are spelled most like one it does not have.
func (ix *index) alike(s string) []like {
	mine := piecesOf(s)
	if len(s) < 4 {
		return nil
	}
	common := map[int32]int{}
	for p := range mine {
		for _, t := range ix.pieces[p] {
			common[t]++
		}
	}
	var out []like
	for t, n := range common {
		near := 2 * float32(n) / float32(len(mine)+len(ix.stems[t]))
		if near < leastNear {
			if near = alikeness(s, ix.stems[t]); near < leastEdits {
				continue
			}
		}
		out = append(out, like{t, near})
	}
	slices.SortFunc(out, func(a, b like) int {
		if a.near != b.near {
			if a.near > b.near {
				return -1
			}
			return 1
		}
		return int(a.term - b.term)
	})
	return out[:min(len(out), mostLikes)]
}

// alikeness is one less the edits between two folded words, letters that changed places counted
// once, by the letter of the longer one: 0..1.
func alikeness(a, b string) float32 {
	long := max(len(a), len(b))
	if d := len(a) - len(b); long > 24 || d*d > 9 || long == 0 {
		return 0
	}
	var rows [3][25]uint8 // two rows back, one row back, this one
	for j := range len(b) + 1 {
		rows[1][j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		rows[2][0] = uint8(i)
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[1][j]+1, rows[2][j-1]+1, rows[1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[0][j-2]+1)
			}
			rows[2][j] = d
		}
		rows[0], rows[1] = rows[1], rows[2]
	}
	return 1 - float32(rows[1][len(b)])/float32(long)
}
