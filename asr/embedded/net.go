package embedded

import "math"

// net is the state of the network for one session. It takes mel vectors one by one and gives a
// row of log posteriors whenever the look-ahead of all layers is filled; nothing is computed twice.
type net struct {
	m     *acoustic
	state []layerState
	x     []float32 // gathered input of the layer at work
	q     []int16   // the same, quantised
	zero  []float32
}

// layerState is the recent input of one layer, a ring of span frames.
type layerState struct {
	ring []float32 // span × inp
	pos  int       // index of the oldest frame
	need int       // frames still missing before the next output
	out  []float32
}

func (m *acoustic) open() *net {
	n := &net{m: m, state: make([]layerState, len(m.layers))}
	width, inp := 0, 0
	for i := range m.layers {
		l := &m.layers[i]
		n.state[i] = layerState{ring: make([]float32, l.span()*l.Inp), out: make([]float32, l.rows)}
		width, inp = max(width, l.width), max(inp, l.Inp)
	}
	n.x, n.q, n.zero = make([]float32, width), make([]int16, width), make([]float32, inp)
	n.reset()
	return n
}

func (n *net) reset() {
	for i := range n.state {
		l, s := &n.m.layers[i], &n.state[i]
		clear(s.ring)
		s.pos, s.need = 0, l.span()-l.Left
	}
}

// push feeds one mel vector; row is called with each new row of log posteriors, valid during the call.
func (n *net) push(mel []float32, row func([]float32)) { n.feed(0, mel, row) }

// flush feeds the zeros that stand for the future after the last vector, layer by layer.
func (n *net) flush(row func([]float32)) {
	for k := range n.m.layers {
		l := &n.m.layers[k]
		for range l.Right {
			n.feed(k, n.zero[:l.Inp], row)
		}
	}
}

func (n *net) feed(k int, x []float32, row func([]float32)) {
	for ; k < len(n.m.layers); k++ {
		if x = n.layer(k, x); x == nil {
			return
		}
	}
	logSoftmax(x)
	row(x)
}

// layer pushes one frame into layer k and returns its next output, or nil while context is missing.
func (n *net) layer(k int, frame []float32) []float32 {
	l, s := &n.m.layers[k], &n.state[k]
	span := l.span()
	copy(s.ring[s.pos*l.Inp:(s.pos+1)*l.Inp], frame)
	if s.pos++; s.pos == span {
		s.pos = 0
	}
	if s.need--; s.need > 0 {
		return nil
	}
	s.need = l.Stride
	at := func(t int) []float32 { // frame t of the span, oldest first
		i := s.pos + t
		if i >= span {
			i -= span
		}
		return s.ring[i*l.Inp : (i+1)*l.Inp]
	}
	row := l.Taps * l.Inp
	for t := range l.Taps {
		copy(n.x[t*l.Inp:], at(t*l.Dil))
	}
	xs := quantise(n.q[:l.width], n.x[:row], l.limit)
	y := s.out
	dotRows(y, l.w, n.q[:l.width], l.scale, xs)
	if l.relu {
		for o, b := range l.bias {
			y[o] = max(y[o]+b, 0)
		}
	} else {
		for o, b := range l.bias {
			y[o] += b
		}
	}
	if l.Res {
		for o, v := range at(span - 1 - l.Right) {
			y[o] += v
		}
	}
	return y[:l.Out]
}

// quantise writes x as whole numbers of at most ±limit and returns the size of one step. What is
// left of dst becomes zero. The sums of such products are exact, so every machine agrees on them.
func quantise(dst []int16, x []float32, limit float32) float32 {
	var top float32
	for _, v := range x {
		top = max(top, v, -v)
	}
	clear(dst[len(x):])
	if !(top > 1e-20) || math.IsInf(float64(top), 0) {
		clear(dst)
		return 0
	}
	inv := limit / top
	dst = dst[:len(x)]
	for i, v := range x {
		r := float32(v * inv) // the conversion forbids fusing, which would differ between machines
		if r < 0 {
			dst[i] = int16(r - .5)
		} else {
			dst[i] = int16(r + .5)
		}
	}
	return top / limit
}

func logSoftmax(x []float32) {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v - top))
	}
	z := top + float32(math.Log(sum))
	for i := range x {
		x[i] -= z
	}
}
