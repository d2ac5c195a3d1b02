package embedded

import (
	"cmp"
	"slices"
)

// item is a word, or in a grammar a whole phrase, that a trie can end in.
type item struct {
	root int32   // trie it hangs on
	word int32   // word number, or the grammar's own number
	say  []uint8 // its sound
	cost float32 // nats
}

// trie is a forest of prefix trees over phonemes, in flat arrays. Nodes 0..roots-1 are the roots;
// the children of node n are the nodes first[n] to first[n+1], and so are its items by ends.
type trie struct {
	roots int
	phone []uint8
	first []int32
	ends  []int32
	items []item
	look  []float32 // highest score of any item at or below the node, for looking ahead
}

// newTrie builds the forest. score is the best that can be hoped for from an item, in nats.
func newTrie(roots int, items []item, score func(*item) float32) *trie {
	items = bySound(items)
	t := &trie{roots: roots}
	type span struct{ lo, hi, depth int }
	var todo []span
	for r := range roots {
		lo, _ := slices.BinarySearchFunc(items, int32(r), func(i item, r int32) int { return cmp.Compare(i.root, r) })
		hi, _ := slices.BinarySearchFunc(items, int32(r+1), func(i item, r int32) int { return cmp.Compare(i.root, r) })
		t.phone, todo = append(t.phone, 0), append(todo, span{lo, hi, 0})
	}
	// Breadth first, so that all children of a node stand together and in the order of their parents.
	for n := 0; n < len(todo); n++ {
		s := todo[n]
		t.first, t.ends = append(t.first, int32(len(todo))), append(t.ends, int32(len(t.items)))
		for ; s.lo < s.hi && len(items[s.lo].say) == s.depth; s.lo++ {
			t.items = append(t.items, items[s.lo])
		}
		for s.lo < s.hi {
			p, end := items[s.lo].say[s.depth], s.lo+1
			for end < s.hi && items[end].say[s.depth] == p {
				end++
			}
			t.phone, todo = append(t.phone, p), append(todo, span{s.lo, end, s.depth + 1})
			s.lo = end
		}
	}
	t.first, t.ends = append(t.first, int32(len(todo))), append(t.ends, int32(len(t.items)))
	t.look = make([]float32, len(todo))
	for n := len(todo) - 1; n >= 0; n-- {
		best := never
		for i := t.ends[n]; i < t.ends[n+1]; i++ {
			best = max(best, score(&t.items[i])-t.items[i].cost)
		}
		for c := t.first[n]; c < t.first[n+1]; c++ {
			best = max(best, t.look[c])
		}
		t.look[n] = best
	}
	for r := range roots {
		t.look[r] = 0
	}
	return t
}

// bySound returns items sorted by their root, their sound and their word; what is alike in all of these
// stays as it stood. It compares eight phonemes at once, which is most of a word.
func bySound(items []item) []item {
	type place struct {
		root int32
		at   int32
		head uint64 // of the sound; no phoneme is 0
	}
	places := make([]place, len(items))
	for i, it := range items {
		p := place{root: it.root, at: int32(i)}
		for k, ph := range it.say[:min(8, len(it.say))] {
			p.head |= uint64(ph) << (56 - 8*k)
		}
		places[i] = p
	}
	slices.SortFunc(places, func(a, b place) int {
		switch {
		case a.root != b.root:
			return cmp.Compare(a.root, b.root)
		case a.head != b.head:
			return cmp.Compare(a.head, b.head)
		}
		x, y := &items[a.at], &items[b.at]
		return cmp.Or(slices.Compare(x.say, y.say), cmp.Compare(x.word, y.word), cmp.Compare(a.at, b.at))
	})
	sorted := make([]item, len(items))
	for i, p := range places {
		sorted[i] = items[p.at]
	}
	return sorted
}

// reward makes the look-ahead of every node the bonus of its phonemes so far. Closed sets pay a
// bonus per phoneme; paid at the end of a word only, long words would fall out of the beam before.
func (t *trie) reward(bonus float32) {
	clear(t.look)
	for n := range t.phone { // children come after their parents
		for c := t.first[n]; c < t.first[n+1]; c++ {
			t.look[c] = t.look[n] + bonus
		}
	}
}
