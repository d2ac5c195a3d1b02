package nlu

import (
	"math"
	"slices"
)

// near finds how much of a text the examples already said: by stems that carry meaning, in an
// index from stem to examples.
type near struct {
	rows  map[int32][]int32 // stem -> examples that hold it
	label []int32           // of each example
	norm  []float32         // length of each example
	alien map[int32]bool    // stems that only the background has
}

// closeness is what near finds out about a text.
type closeness struct {
	known    float32 // share of the text's meaning, by rarity, in words that some example has
	ownKnown float32 // the same in words that examples of the best intent have
	best     float32 // cosine to the nearest example
	own      float32 // cosine to the nearest example of the best intent
	alien    float32 // share in words that people say of anything but this
}

// newNear indexes the rows that use selects (nil: all). The background is no example.
func newNear(d *dataset, use func(i int) bool) *near {
	n := &near{rows: map[int32][]int32{}, alien: map[int32]bool{}, label: make([]int32, len(d.rows)), norm: make([]float32, len(d.rows))}
	for i, stems := range d.stems {
		n.label[i] = int32(d.label[i])
		if d.label[i] == none {
			for _, s := range stems {
				n.alien[s.id] = true
			}
			continue
		}
		if use != nil && !use(i) {
			continue
		}
		for _, s := range stems {
			n.rows[s.id] = append(n.rows[s.id], int32(i))
			n.norm[i] += s.idf * s.idf
		}
	}
	for id := range n.rows {
		delete(n.alien, id)
	}
	for i, v := range n.norm {
		n.norm[i] = float32(math.Sqrt(float64(v)))
	}
	return n
}

// look compares a text with the examples; intent is the best one so far.
func (n *near) look(stems []stem, intent int) closeness {
	var c closeness
	var all, known, own, alien, norm float32
	dot := make([]float32, len(n.label))
	for _, s := range stems {
		all += s.idf
		norm += s.idf * s.idf
		if n.alien[s.id] {
			alien += s.idf
		}
		rows := n.rows[s.id]
		if s.id == unknown || len(rows) == 0 {
			continue
		}
		known += s.idf
		if slices.ContainsFunc(rows, func(r int32) bool { return n.label[r] == int32(intent) }) {
			own += s.idf
		}
		for _, r := range rows {
			dot[r] += s.idf * s.idf
		}
	}
	if all == 0 {
		return c
	}
	c.known, c.ownKnown, c.alien = known/all, own/all, alien/all
	length := float32(math.Sqrt(float64(norm)))
	for i, v := range dot {
		if v == 0 {
			continue
		}
		v /= length * n.norm[i]
		c.best = max(c.best, v)
		if n.label[i] == int32(intent) {
			c.own = max(c.own, v)
		}
	}
	return c
}

// size is the index in bytes.
func (n *near) size() int {
	total := 8*len(n.label) + 8*len(n.alien)
	for _, r := range n.rows {
		total += 8 + 4*len(r)
	}
	return total
}
