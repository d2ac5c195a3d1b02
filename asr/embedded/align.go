package embedded

import "math"

// sheet keeps the scaled log posteriors of an utterance, one row after another.
type sheet struct {
	width int
	data  []float32
	raw   []float32 // log posteriors before the prior was divided out
}

func (s *sheet) rows() int           { return len(s.data) / s.width }
func (s *sheet) row(i int) []float32 { return s.data[i*s.width : (i+1)*s.width] }
func (s *sheet) reset(width int)     { s.width, s.data, s.raw = width, s.data[:0], s.raw[:0] }
func (s *sheet) add(scaled, raw []float32) {
	s.data, s.raw = append(s.data, scaled...), append(s.raw, raw...)
}

func (s *sheet) free(from, to int) (sum float32) {
	for i := from; i < to; i++ {
		top := never
		for _, v := range s.row(i) {
			top = max(top, v)
		}
		sum += top
	}
	return sum
}

// aligner finds when each phoneme of a known string was said.
type aligner struct {
	free  float32 // score of the best phonemes of the whole sheet, whatever they are
	score []float32
	back  []uint8
	from  []int32
	to    []int32
}

// align places the phonemes of say on the sheet by the likeliest CTC path. It returns the path's
// score and the first and last row of each phoneme (valid until the next call), or ok = false
// when the sheet is too short.
func (a *aligner) align(s *sheet, say []uint8) (score float32, from, to []int32, ok bool) {
	n, rows := 2*len(say)+1, s.rows()
	if len(say) == 0 || rows == 0 {
		return 0, nil, nil, false
	}
	a.score = append(a.score[:0], make([]float32, 2*n)...)
	if cap(a.back) < rows*n {
		a.back = make([]uint8, rows*n)
	}
	a.back = a.back[:rows*n]
	cur, next := a.score[:n], a.score[n:]
	for i := range cur {
		cur[i] = never
	}
	cur[0] = 0 // virtual row before the first: as if a blank had just been seen
	for r := range rows {
		f, back := s.row(r), a.back[r*n:(r+1)*n]
		for i := range next {
			v, step := cur[i], uint8(0)
			if i > 0 && cur[i-1] > v {
				v, step = cur[i-1], 1
			}
			if i&1 == 1 {
				if i > 1 && say[i/2] != say[i/2-1] && cur[i-2] > v {
					v, step = cur[i-2], 2
				}
				v += f[say[i/2]]
			} else {
				v += f[0]
			}
			next[i], back[i] = v, step
		}
		cur, next = next, cur
	}
	at := n - 1
	if cur[n-2] > cur[n-1] {
		at = n - 2
	}
	if score = cur[at]; score < never/2 {
		return 0, nil, nil, false
	}
	a.from = append(a.from[:0], make([]int32, len(say))...)
	a.to = append(a.to[:0], make([]int32, len(say))...)
	for i := range a.to {
		a.to[i] = -1
	}
	for r := rows - 1; r >= 0; r-- {
		if at&1 == 1 {
			if a.to[at/2] < 0 {
				a.to[at/2] = int32(r)
			}
			a.from[at/2] = int32(r)
		}
		at -= int(a.back[r*n+at])
	}
	return score, a.from, a.to, true
}

// logistic maps a score to 0..1.
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
