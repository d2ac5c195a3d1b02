//go:build speexdsp

// Package speexdsp is the resampler of libspeexdsp, which ours is measured against. It needs cgo and
// libspeexdsp-dev, and is built with the tag speexdsp only: see make bench-resample.
package speexdsp

// #cgo LDFLAGS: -lspeexdsp
// #include <speex/speex_resampler.h>
import "C"

import "fmt"

// Resampler converts one stream of mono sound.
type Resampler struct {
	st       *C.SpeexResamplerState
	from, to int
	out      []int16
}

// New makes a converter of the given quality, 0 to 10; 3 is what telephony uses. Close frees it.
func New(from, to, quality int) (*Resampler, error) {
	var code C.int
	st := C.speex_resampler_init(1, C.spx_uint32_t(from), C.spx_uint32_t(to), C.int(quality), &code)
	if code != 0 {
		return nil, fmt.Errorf("speexdsp: %d to %d Hz at quality %d: error %d", from, to, quality, code)
	}
	return &Resampler{st: st, from: from, to: to}, nil
}

// Process converts src; the result is valid until the next call.
func (r *Resampler) Process(src []int16) []int16 {
	if len(src) == 0 {
		return nil
	}
	room := len(src)*r.to/r.from + 16
	if len(r.out) < room {
		r.out = make([]int16, room)
	}
	in, out := C.spx_uint32_t(len(src)), C.spx_uint32_t(room)
	C.speex_resampler_process_int(r.st, 0, (*C.spx_int16_t)(&src[0]), &in, (*C.spx_int16_t)(&r.out[0]), &out)
	return r.out[:out]
}

// Close frees the state.
func (r *Resampler) Close() { C.speex_resampler_destroy(r.st) }
