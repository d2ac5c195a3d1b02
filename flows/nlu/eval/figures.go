package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// auroc is the chance that one of in scores above one of out, a tie counting half
// (Mann and Whitney's U).
func auroc(in, out []float64) float64 {
	out = slices.Sorted(slices.Values(out))
	total := 0.0
	for _, v := range in {
		below := sort.SearchFloat64s(out, v)
		equal := sort.SearchFloat64s(out[below:], math.Nextafter(v, 2))
		total += float64(below) + float64(equal)/2
	}
	return total / float64(len(in)) / float64(len(out))
}

// recallAt is the share of out below the threshold that rejects the given share of in.
func recallAt(in, out []float64, reject float64) float64 {
	in = slices.Sorted(slices.Values(in))
	limit := in[min(int(reject*float64(len(in))), len(in)-1)]
	n := 0
	for _, v := range out {
		if v < limit {
			n++
		}
	}
	return float64(n) / float64(len(out))
}

// calibrationBins sum what was promised and what was kept, by the promise (Guo et al. 2017).
type calibrationBins [15]struct{ promised, kept, n float64 }

func (b *calibrationBins) add(p float64, right bool) {
	at := &b[min(int(p*float64(len(b))), len(b)-1)]
	at.promised += p
	at.n++
	if right {
		at.kept++
	}
}

func (b *calibrationBins) error() float64 {
	total, n := 0.0, 0.0
	for _, at := range b {
		total += math.Abs(at.promised - at.kept)
		n += at.n
	}
	return total / n
}

// bias is how much more was promised than kept, in all bins together: above zero is too sure.
func (b *calibrationBins) bias() float64 {
	total, n := 0.0, 0.0
	for _, at := range b {
		total += at.promised - at.kept
		n += at.n
	}
	return total / n
}

// chanceError is the calibration error that promises kept to the letter would show on these
// sentences, by the luck of the draw alone: of a hundred sentences it is several points, so that
// an error near it says nothing against the promises (Vaicenavicius et al. 2019).
func chanceError(promised []float64, seed uint64) float64 {
	const draws = 100
	rng, total := rand.New(rand.NewPCG(seed, 4)), 0.0
	for range draws {
		var b calibrationBins
		for _, p := range promised {
			b.add(p, rng.Float64() < p)
		}
		total += b.error()
	}
	return total / draws
}
