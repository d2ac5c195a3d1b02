package embedded

import (
	"cmp"
	"math"
	"slices"
)

// beam is a streaming prefix beam search over CTC posteriors: it walks a trie of words as rows
// arrive and asks a language what may follow. Hypotheses with the same future (place in the trie,
// state of the language, last phoneme) are one: their probabilities add up, their past is that of
// the likeliest way in.
type beam struct {
	trie *trie
	lang language
	size int
	wide float32 // hypotheses this many nats below the best are dropped
	skip float32 // phonemes below this log posterior are not tried

	cur, next []hypothesis
	table     []int32 // open addressing into next, -1 is free
	used      []int32 // filled places of table
	past      []said  // every word that some hypothesis has said
	row       int32   // rows seen
	merged    int     // hypotheses that met another one, for the test of merging
	active    []uint8 // phonemes worth trying in this row
	worth     [256]bool
}

// hypothesis is one prefix. pb and pn are log probabilities of ending in blank and in a phoneme;
// both hold the language's share and the look-ahead `look` already.
type hypothesis struct {
	node, state int32
	last        uint8
	pb, pn      float32
	look        float32
	total       float32
	best        float32 // likeliest single way in, which owns the past
	past        int32   // last entry of beam.past, -1 at the start
	item        int32   // word just said and not yet in past, or -1
	since       int32   // row of the first phoneme of the word under way
}

// said is one word of a hypothesis's past, a list linked backwards.
type said struct {
	item, before int32
	from, to     int32 // rows
}

const (
	never   = float32(-1e30)
	certain = float32(-0.0005) // a blank above this log posterior: nothing else can happen
)

// start begins an utterance.
func (b *beam) start(t *trie, l language) {
	b.trie, b.lang, b.row, b.merged = t, l, 0, 0
	b.cur, b.past = b.cur[:0], b.past[:0]
	for _, o := range l.begin() {
		b.cur = append(b.cur, hypothesis{node: o.root, state: o.state, pb: o.score, pn: never, total: o.score, past: -1, item: -1})
	}
}

// step takes the next row of log posteriors.
func (b *beam) step(f []float32) {
	defer func() { b.row++ }()
	if f[0] > certain {
		for i := range b.cur {
			h := &b.cur[i]
			h.pb, h.pn = h.total+f[0], never
			h.total = h.pb
		}
		return
	}
	b.tryable(f)
	b.open()
	top := never
	for i := range b.cur { // first the ways that stay, to know how good the best is
		h := &b.cur[i]
		pb, pn := h.total+f[0], never
		if h.last > 0 {
			pn = h.pn + f[h.last]
		}
		x := b.place(h.node, h.state, h.last, logAdd(pb, pn), h.past, -1, h.since)
		x.look = h.look
		x.pb, x.pn = logAdd(x.pb, pb), logAdd(x.pn, pn)
		top = max(top, x.pb, x.pn)
	}
	for i := range b.cur {
		top = b.extend(&b.cur[i], f, top)
	}
	b.prune()
}

// tryable lists the phonemes whose posterior is worth a try.
func (b *beam) tryable(f []float32) {
	for _, p := range b.active {
		b.worth[p] = false
	}
	b.active = b.active[:0]
	for p := 1; p < len(f); p++ {
		if f[p] >= b.skip {
			b.active = append(b.active, uint8(p))
			b.worth[p] = true
		}
	}
}

// extend says one more phoneme after h in every way the trie allows. top is the best score so far in this row.
func (b *beam) extend(h *hypothesis, f []float32, top float32) float32 {
	t := b.trie
	for c := t.first[h.node]; c < t.first[h.node+1]; c++ {
		p := t.phone[c]
		if !b.worth[p] {
			continue
		}
		from := h.total
		if p == h.last { // the same phoneme twice needs a blank between
			from = h.pb
		}
		v := from + f[p]
		ahead := v + t.look[c] - h.look
		if ahead < top-b.wide {
			continue
		}
		since := h.since
		if int(h.node) < t.roots {
			since = b.row
		}
		if t.first[c] < t.first[c+1] {
			x := b.place(c, h.state, p, ahead, h.past, -1, since)
			x.look = t.look[c]
			x.pn = logAdd(x.pn, ahead)
			top = max(top, x.pn)
		}
		for i := t.ends[c]; i < t.ends[c+1]; i++ {
			it := &t.items[i]
			o, ok := b.lang.after(h.state, it)
			if !ok {
				continue
			}
			sc := v - h.look + o.score - it.cost
			if sc < top-b.wide {
				continue
			}
			x := b.place(o.root, o.state, p, sc, h.past, i, since)
			x.pn = logAdd(x.pn, sc)
			top = max(top, x.pn)
		}
	}
	return top
}

// open empties the table for a new row.
func (b *beam) open() {
	if len(b.table) == 0 {
		b.table = make([]int32, 1<<12)
		for i := range b.table {
			b.table[i] = -1
		}
	}
	for _, i := range b.used {
		b.table[i] = -1
	}
	b.used, b.next = b.used[:0], b.next[:0]
}

// place finds or makes the hypothesis with this future. score is that of the way in; when it is
// the likeliest yet, its past is the hypothesis's past. (Keeping the first comer's past instead
// once cost 20 points of digit strings.)
func (b *beam) place(node, state int32, last uint8, score float32, past, it, since int32) *hypothesis {
	if len(b.next)*2 > len(b.table) {
		b.grow()
	}
	i := hash(node, state, last) & uint64(len(b.table)-1)
	for ; b.table[i] >= 0; i = (i + 1) & uint64(len(b.table)-1) {
		x := &b.next[b.table[i]]
		if x.node == node && x.state == state && x.last == last {
			b.merged++
			if score > x.best {
				x.best, x.past, x.item, x.since = score, past, it, since
			}
			return x
		}
	}
	b.table[i] = int32(len(b.next))
	b.used = append(b.used, int32(i))
	b.next = append(b.next, hypothesis{node: node, state: state, last: last, pb: never, pn: never, best: score, past: past, item: it, since: since})
	return &b.next[len(b.next)-1]
}

func hash(node, state int32, last uint8) uint64 {
	h := (uint64(uint32(node))<<32 | uint64(uint32(state))) * 0x9E3779B97F4A7C15
	h ^= uint64(last) * 0xC2B2AE3D27D4EB4F
	return h ^ h>>29
}

func (b *beam) grow() {
	b.table = make([]int32, 2*len(b.table))
	for i := range b.table {
		b.table[i] = -1
	}
	b.used = b.used[:0]
	for n := range b.next {
		x := &b.next[n]
		i := hash(x.node, x.state, x.last) & uint64(len(b.table)-1)
		for b.table[i] >= 0 {
			i = (i + 1) & uint64(len(b.table)-1)
		}
		b.table[i] = int32(n)
		b.used = append(b.used, int32(i))
	}
}

// prune keeps the best of next in cur and writes down the words they have just said.
func (b *beam) prune() {
	const buckets = 256
	top := never
	for i := range b.next {
		x := &b.next[i]
		x.total = logAdd(x.pb, x.pn)
		top = max(top, x.total)
	}
	limit := top - b.wide
	if len(b.next) > b.size { // find the score of the size-th by counting, which keeps the order and needs no sort
		var count [buckets + 1]int
		for i := range b.next {
			if d := top - b.next[i].total; d < b.wide {
				count[int(d/b.wide*buckets)]++
			}
		}
		n := 0
		for k := range count {
			if n += count[k]; n > b.size {
				limit = max(limit, top-float32(max(k, 1))*b.wide/buckets)
				break
			}
		}
	}
	b.cur = b.cur[:0]
	for i := range b.next {
		x := &b.next[i]
		if x.total < limit {
			continue
		}
		if x.item >= 0 {
			b.past = append(b.past, said{item: x.item, before: x.past, from: x.since, to: b.row})
			x.past, x.item = int32(len(b.past)-1), -1
		}
		b.cur = append(b.cur, *x)
	}
}

// path is one complete reading of the utterance so far.
type path struct {
	said  []said // in order of speaking
	score float32
}

// paths returns up to n complete readings, best first. When nothing complete survived and
// unfinished is true, the best reading without its unfinished last word stands in.
func (b *beam) paths(n int, unfinished bool) []path {
	var best []path
	var open *hypothesis
	for i := range b.cur {
		h := &b.cur[i]
		if int(h.node) >= b.trie.roots {
			if open == nil || h.total > open.total {
				open = h
			}
			continue
		}
		if s, ok := b.lang.end(h.state); ok {
			best = append(best, path{score: h.total + s, said: []said{{before: h.past}}})
		}
	}
	if len(best) == 0 && open != nil && unfinished {
		best = append(best, path{score: open.total - open.look, said: []said{{before: open.past}}})
	}
	slices.SortStableFunc(best, func(x, y path) int { return cmp.Compare(y.score, x.score) })
	best = best[:min(n, len(best))]
	for i := range best {
		best[i].said = b.trace(best[i].said[0].before)
	}
	return best
}

// leading is the past of the best hypothesis now, complete or not.
func (b *beam) leading() []said {
	var top *hypothesis
	for i := range b.cur {
		if h := &b.cur[i]; top == nil || h.total > top.total {
			top = h
		}
	}
	if top == nil {
		return nil
	}
	return b.trace(top.past)
}

func (b *beam) trace(at int32) []said {
	var words []said
	for ; at >= 0; at = b.past[at].before {
		words = append(words, b.past[at])
	}
	slices.Reverse(words)
	return words
}

// logAdd is log(exp(a)+exp(b)), from a table: the error is below 1e-4.
func logAdd(a, b float32) float32 {
	if a < b {
		a, b = b, a
	}
	d := (a - b) * logAddSteps
	if !(d < float32(len(logAddTable)-1)) {
		return a
	}
	i := int(d)
	lo, hi := logAddTable[i], logAddTable[i+1]
	return a + lo + (hi-lo)*(d-float32(i))
}

const logAddSteps = 32

var logAddTable = func() (t [12 * logAddSteps]float32) {
	for i := range t {
		t[i] = float32(math.Log1p(math.Exp(-float64(i) / logAddSteps)))
	}
	return
}()
