package resample

import "slices"

const (
	chunk = 160 // samples at the lower rate worked on at once: 20 ms of the telephone's
	lanes = 8   // fir works on so many outputs at a time; buffers end with room for the last ones
)

// multiplier makes every input into up outputs.
type multiplier struct {
	taps [][]float32
	n    int       // taps a phase
	x    []float32 // the last n-1 inputs, then the new ones
	y    [chunk + lanes]float32
}

func newMultiplier(taps [][]float32) *multiplier {
	m := &multiplier{taps: taps, n: len(taps[0])}
	m.x = make([]float32, m.n-1+chunk+lanes)
	return m
}

func (m *multiplier) reset() { clear(m.x) }

func (m *multiplier) process(dst, src []int16) []int16 {
	up, at := len(m.taps), len(dst)
	dst = slices.Grow(dst, len(src)*up)[:at+len(src)*up]
	for len(src) > 0 {
		n := min(len(src), chunk)
		for i, v := range src[:n] {
			m.x[m.n-1+i] = float32(v)
		}
		src = src[n:]
		out := dst[at : at+n*up]
		at += n * up
		for p, taps := range m.taps {
			y := m.y[:(n+lanes-1)/lanes*lanes]
			clear(y)
			fir(y, m.x, taps)
			for i, v := range y[:n] {
				out[i*up+p] = round(v)
			}
		}
		copy(m.x, m.x[n:n+m.n-1])
	}
	return dst
}

// divider makes one output of down inputs. The inputs are dealt out to as many streams, each with
// its share of the taps, so that neighbouring outputs have neighbouring inputs.
type divider struct {
	taps [][]float32 // one filter a stream
	n    int         // taps a stream
	x    [][]float32 // streams
	have int         // samples that have been dealt out and not used up
	y    [chunk + lanes]float32
}

func newDivider(taps []float32, down int) *divider {
	d := &divider{n: len(taps) / down}
	for r := range down {
		share := make([]float32, d.n)
		for i := range share {
			share[i] = taps[i*down+r]
		}
		d.taps = append(d.taps, share)
		d.x = append(d.x, make([]float32, d.n+chunk+lanes))
	}
	d.reset()
	return d
}

// reset leaves one sample less than the first output needs, all silence.
func (d *divider) reset() {
	for _, x := range d.x {
		clear(x)
	}
	d.have = d.n*len(d.x) - 1
}

func (d *divider) process(dst, src []int16) []int16 {
	down := len(d.x)
	dst = slices.Grow(dst, len(src)/down+1)
	for len(src) > 0 {
		n := min(len(src), chunk*down)
		row, stream := d.have/down, d.have%down
		for _, v := range src[:n] {
			d.x[stream][row] = float32(v)
			if stream++; stream == down {
				row, stream = row+1, 0
			}
		}
		src = src[n:]
		d.have += n
		outs := d.have/down - d.n + 1
		if outs <= 0 {
			continue
		}
		y := d.y[:(outs+lanes-1)/lanes*lanes]
		clear(y)
		for r, x := range d.x {
			fir(y, x, d.taps[r])
			copy(x, x[outs:outs+d.n])
		}
		d.have -= outs * down
		for _, v := range y[:outs] {
			dst = append(dst, round(v))
		}
	}
	return dst
}
