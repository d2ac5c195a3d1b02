package entity

import (
	"math"
	"slices"
)

// edge is one way to read the tokens from a position: characters to append to the value.
type edge struct {
	end  int     // index of the token after the last one used
	out  string  // what it adds
	cost float64 // the less usual, the more
}

// lattice holds what the words of one utterance may mean and finds the cheapest readings.
//
// A reading begins anywhere, appends edges, steps over words that mean nothing, and takes
// back what it has when the caller corrects himself ("douze euh non treize"). Costs are
// natural-log-like weights set by hand and checked by the tables in the tests: a group of
// digits costs 1, a word that means nothing 0.4 in the middle and nothing outside.
type lattice struct {
	toks   []token
	edges  func(i int) []edge
	skip   []float64 // cost of stepping over token i inside a reading
	lost   []float64 // cost of leaving token i outside the reading
	repair []int     // number of tokens of the correction marker at i, 0 for none
	least  int       // shortest value of interest
	limit  int       // longest value of interest
	beam   float64   // readings costlier than the best here by more than beam are dropped; 0 keeps all
	slab   []path
}

// Costs of the lattice.
const (
	costLayout  = 0.25 // a group whose size differs from the one before it
	costRepair  = 0.30 // a correction takes back the last group
	costRestart = 1.50 // a correction takes back everything
	costIgnore  = 3.0  // stepping over a correction marker without taking anything back
	costDropped = 0.30 // each further group taken back
	keep        = 12   // readings kept for each position and length
)

// path is one partial reading, a linked list from its last edge back to its first. Its text
// is put together only when it is complete; until then hash stands for it.
type path struct {
	prev       *path
	out        string // what the last edge added
	hash       uint64
	cost       float64
	skipped    float64 // part of cost that stepping over words took
	length     int     // characters of the text
	start, end int     // tokens
}

// FNV-1a, 64 bits.
const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

func hashOn(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * hashPrime
	}
	return h
}

func (p *path) text() string {
	b := make([]byte, p.length)
	for end := p.length; end > 0; p = p.prev {
		end -= copy(b[end-len(p.out):], p.out)
	}
	return string(b)
}

// bucket holds the readings that have come to one position, by the length of their text,
// each list with the cheapest first.
type bucket [][]*path

// candidate is one complete reading.
type candidate struct {
	text       string
	cost       float64
	start, end int // tokens
}

// run returns the complete readings, cheapest first, at most one for each text.
func (l *lattice) run() []candidate {
	n := len(l.toks)
	at := make([]bucket, n+1)
	before := l.outsideBefore()
	after := l.outsideAfter()
	found := map[uint64]*path{}
	for i := 0; i <= n; i++ {
		for length := max(l.least, 1); length < len(at[i]); length++ {
			for _, p := range at[i][length] {
				if old := found[p.hash]; p.end == i && (old == nil || p.cost+after[i] < old.cost+after[old.end]) {
					found[p.hash] = p
				}
			}
		}
		if i == n {
			break
		}
		l.prune(at[i], before[i])
		l.step(at, i, &path{cost: before[i], start: -1, end: i, hash: hashStart})
		at[i] = nil
	}
	cheapest := math.Inf(1)
	for _, p := range found {
		cheapest = min(cheapest, p.cost+after[p.end])
	}
	best := make(map[string]candidate, len(found))
	for _, p := range found {
		if l.beam > 0 && p.cost+after[p.end] > cheapest+l.beam {
			continue
		}
		t := p.text()
		best[t] = candidate{t, p.cost + after[p.end], p.start, p.end}
	}
	return ranked(best)
}

// prune drops what is too far behind the best reading of any length. It serves values of
// free length only: where the length is known, a good reading may have to leave much out.
func (l *lattice) prune(here bucket, best float64) {
	if l.beam == 0 {
		return
	}
	for _, ps := range here {
		if len(ps) > 0 {
			best = min(best, ps[0].cost)
		}
	}
	for length, ps := range here {
		n := len(ps)
		for n > 0 && ps[n-1].cost > best+l.beam {
			n--
		}
		here[length] = ps[:n]
	}
}

// step extends every reading that has come to token i, and begins new ones from root.
func (l *lattice) step(at []bucket, i int, root *path) {
	for _, e := range l.edges(i) {
		if e.out != "" {
			l.put(at, root, e, i)
		}
		for length, ps := range at[i] {
			if length+len(e.out) > l.limit {
				break
			}
			for _, p := range ps {
				l.put(at, p, e, i)
			}
		}
	}
	if m := l.repair[i]; m > 0 {
		for _, ps := range at[i] {
			for _, p := range ps {
				extra := costRepair
				for q := p.prev; q != nil && q.start >= 0; q = q.prev {
					over := p.skipped - q.skipped
					l.insert(at, i+m, path{q.prev, q.out, q.hash, q.cost + over + extra, p.skipped, q.length, q.start, q.end})
					extra += costDropped
				}
			}
		}
	}
	skip := l.skip[i]
	if l.repair[i] > 0 {
		skip = costIgnore
	}
	for _, ps := range at[i] {
		for _, p := range ps {
			l.insert(at, i+1, path{p.prev, p.out, p.hash, p.cost + skip, p.skipped + skip, p.length, p.start, p.end})
		}
	}
}

// put extends p by an edge that begins at token i.
func (l *lattice) put(at []bucket, p *path, e edge, i int) {
	cost := p.cost + e.cost
	if p.out != "" && len(p.out) != len(e.out) {
		cost += costLayout
	}
	start := p.start
	if start < 0 {
		start = i
	}
	length := p.length + len(e.out)
	if length > l.limit || l.full(at[e.end], length, cost) {
		return
	}
	l.insert(at, e.end, path{p, e.out, hashOn(p.hash, e.out), cost, p.skipped, length, start, e.end})
}

// full reports whether a reading of that length and cost would not be kept.
func (l *lattice) full(b bucket, length int, cost float64) bool {
	return length < len(b) && len(b[length]) == keep && b[length][keep-1].cost <= cost
}

// insert keeps the cheapest readings of a position and length, one for each text and size of
// the last edge.
func (l *lattice) insert(at []bucket, pos int, p path) {
	if l.full(at[pos], p.length, p.cost) {
		return
	}
	if at[pos] == nil {
		at[pos] = make(bucket, l.limit+1)
	}
	ps := at[pos][p.length]
	for k, old := range ps {
		if old.hash == p.hash && len(old.out) == len(p.out) {
			if old.cost <= p.cost {
				return
			}
			ps = slices.Delete(ps, k, k+1)
			break
		}
	}
	if ps == nil {
		ps = make([]*path, 0, keep)
	}
	if len(ps) == keep {
		ps = ps[:keep-1]
	}
	k := len(ps)
	for k > 0 && ps[k-1].cost > p.cost {
		k--
	}
	at[pos][p.length] = slices.Insert(ps, k, l.hold(p))
}

// hold returns p in memory that lasts as long as the lattice.
func (l *lattice) hold(p path) *path {
	if len(l.slab) == cap(l.slab) {
		l.slab = make([]path, 0, 64)
	}
	l.slab = append(l.slab, p)
	return &l.slab[len(l.slab)-1]
}

// outsideBefore is the cost of beginning a reading at each position: what is left out in
// front, unless a correction takes it back.
func (l *lattice) outsideBefore() []float64 {
	out := make([]float64, len(l.toks)+1)
	restart := make([]float64, len(l.toks)+1)
	for i := range restart {
		restart[i] = math.Inf(1)
	}
	for i := range l.toks {
		out[i] = min(out[i], restart[i])
		out[i+1] = out[i] + l.lost[i]
		if m := l.repair[i]; m > 0 {
			restart[i+m] = min(restart[i+m], min(out[i], costRestart))
		}
	}
	n := len(l.toks)
	out[n] = min(out[n], restart[n])
	return out
}

// outsideAfter is the cost of what is left out behind each position.
func (l *lattice) outsideAfter() []float64 {
	out := make([]float64, len(l.toks)+1)
	for i := len(l.toks) - 1; i >= 0; i-- {
		out[i] = out[i+1] + l.lost[i]
	}
	return out
}

func ranked(best map[string]candidate) []candidate {
	out := make([]candidate, 0, len(best))
	for _, c := range best {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b candidate) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		case len(a.text) != len(b.text):
			return len(a.text) - len(b.text)
		case a.text < b.text:
			return -1
		}
		return 1
	})
	return out
}

// values turns candidates that satisfy the spec into values with a confidence: the share
// of each among all that satisfy it, less what the best one had to leave out.
func values(spec Spec, toks []token, cands []candidate) []Value {
	var kept []candidate
	for _, c := range cands {
		if c.text != "" && spec.matches(c.text) {
			if kept = append(kept, c); len(kept) == maxValues {
				break
			}
		}
	}
	if len(kept) == 0 {
		return nil
	}
	total := 0.0
	for _, c := range kept {
		total += weight(c.cost - kept[0].cost)
	}
	out := make([]Value, len(kept))
	for i, c := range kept {
		out[i] = Value{Text: c.text, Confidence: 0.98 * weight(c.cost-kept[0].cost) / total,
			Start: toks[c.start].start, End: toks[c.end-1].end}
	}
	return out
}

func weight(extra float64) float64 { return math.Exp(-2 * extra) }
