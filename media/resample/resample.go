// Package resample changes sample rates by polyphase windowed-sinc filters: between 8,000, 16,000
// and 48,000 Hz for legs, from 22,050 and others for prompts. The prototype low-pass is a
// Kaiser-windowed sinc (Oppenheim and Schafer, Discrete-Time Signal Processing, §7.6), cut into
// one filter a phase. It is flat (±0.01 dB) up to 0.85 of the lower Nyquist frequency, and leaves
// nothing above -80 dB of what would fold back; docs/measurements.md has it beside speexdsp.
//
// Where one rate is a multiple of the other, as between legs, samples are worked on eight at a time:
// neighbouring outputs of one phase have the same coefficients and neighbouring inputs, so a
// machine that multiplies vectors does them together (fir). Every other ratio goes sample by
// sample.
package resample

import (
	"fmt"
	"sync"
)

const maxRatio = 640 // phases: bounds the table

// Resampler converts one stream. It keeps the end of what it was given, so that pieces of any
// length join without a seam. It allocates nothing but room in dst. Not safe for concurrent use.
type Resampler struct {
	up, down int // output:input rate in lowest terms
	delay    int // in input samples
	engine   engine
}

// engine does the work for one kind of ratio.
type engine interface {
	process(dst, src []int16) []int16
	reset()
}

// tables are shared: a filter depends on the ratio only.
var tables sync.Map // [2]int -> [][]float32

// New returns a converter from one rate to another, both in Hz, between 4,000 and 192,000.
func New(from, to int) (*Resampler, error) {
	if from < 4000 || from > 192000 || to < 4000 || to > 192000 {
		return nil, fmt.Errorf("resample: %d to %d Hz: rates are between 4000 and 192000", from, to)
	}
	g := gcd(from, to)
	r := &Resampler{up: to / g, down: from / g}
	if r.up > maxRatio {
		return nil, fmt.Errorf("resample: %d to %d Hz needs %d phases, more than %d; choose a rate with a common divisor", from, to, r.up, maxRatio)
	}
	t, ok := tables.Load([2]int{r.up, r.down})
	if !ok {
		t, _ = tables.LoadOrStore([2]int{r.up, r.down}, design(r.up, r.down))
	}
	taps := t.([][]float32)
	r.delay = len(taps[0]) / 2
	switch {
	case r.up == r.down:
		r.delay = 0
	case r.down == 1:
		r.engine = newMultiplier(taps)
	case r.up == 1:
		r.engine = newDivider(taps[0], r.down)
	default:
		r.engine = newGeneral(taps, r.up, r.down)
	}
	return r, nil
}

// Delay is how many input samples later a sound comes out.
func (r *Resampler) Delay() int { return r.delay }

// Process appends src, converted, to dst and returns it.
func (r *Resampler) Process(dst, src []int16) []int16 {
	if r.engine == nil {
		return append(dst, src...)
	}
	return r.engine.process(dst, src)
}

// silence is what Flush pushes through, a piece at a time.
var silence [256]int16

// Flush appends what is still inside the filter and begins anew.
func (r *Resampler) Flush(dst []int16) []int16 {
	if r.engine == nil {
		return dst
	}
	for left := r.delay; left > 0; left -= len(silence) {
		dst = r.engine.process(dst, silence[:min(left, len(silence))])
	}
	r.engine.reset()
	return dst
}

// round is the nearest sample; |v| is far below 2³⁰, for no filter amplifies much.
func round(v float32) int16 {
	return int16(min(max(int32(v+32768.5)-32768, -32768), 32767))
}
