package embedded

import (
	"math/rand/v2"
	"testing"
)

// A numbering is a map from keys to the order of their coming, also when it grows and when it is used again.
func TestNumbering(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 9))
	n := numbering[uint64]{hash: func(k uint64) uint64 { return k % 7 }} // nearly everything collides
	for range 3 {
		n.reset()
		want := map[uint64]int32{}
		for range 3000 {
			k := rng.Uint64N(900)
			i, fresh := n.number(k)
			first, known := want[k]
			if known == fresh || known && i != first || !known && i != int32(len(want)) {
				t.Fatalf("key %d: number %d, fresh %v; known as %d, %v", k, i, fresh, first, known)
			}
			want[k] = i
		}
	}
}
