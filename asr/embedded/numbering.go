package embedded

// numbering gives keys numbers in the order of their coming: a map from keys to places in a slice, in a
// third of a map's memory. A search has thousands of histories to number, and hundreds of sessions search.
type numbering[K comparable] struct {
	keys  []K
	hash  func(K) uint64
	table []int32 // open addressing into keys, shifted by one: 0 is free
}

// reset forgets all keys.
func (n *numbering[K]) reset() {
	n.keys = n.keys[:0]
	clear(n.table)
}

// number returns the number of a key, and whether it is new.
func (n *numbering[K]) number(k K) (i int32, fresh bool) {
	if 4*len(n.keys) >= 3*len(n.table) {
		n.grow()
	}
	at := n.find(k)
	if n.table[at] > 0 {
		return n.table[at] - 1, false
	}
	n.keys = append(n.keys, k)
	n.table[at] = int32(len(n.keys))
	return int32(len(n.keys) - 1), true
}

// find is the place of a key in the table, or the free place where it belongs.
func (n *numbering[K]) find(k K) uint64 {
	mask := uint64(len(n.table) - 1)
	at := n.hash(k) & mask
	for n.table[at] > 0 && n.keys[n.table[at]-1] != k {
		at = (at + 1) & mask
	}
	return at
}

func (n *numbering[K]) grow() {
	n.table = make([]int32, max(256, 2*len(n.table)))
	for i, k := range n.keys {
		n.table[n.find(k)] = int32(i + 1)
	}
}

// mixBits spreads the bits of a number, as the last step of MurmurHash3 by A. Appleby does.
func mixBits(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
