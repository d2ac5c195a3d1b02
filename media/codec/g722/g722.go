// Package g722 converts between 16 kHz linear PCM and G.722 at 64 kbit/s, both ways (ITU-T G.722,
// mode 1). Two samples become one byte: a quadrature mirror filter parts the sound into a lower
// and a higher band, each of which is coded by ADPCM, six bits and two.
//
// It follows the block diagrams of the Recommendation (§5 and §6), whose block names stand beside
// the code, and agrees bit by bit with a translation of spandsp's codec, which the tests run
// beside it. One thing differs: where the sum of both bands is louder than 16 bits hold, the
// sample stays at full scale, as the Recommendation's LIMIT asks, and does not wrap around into a
// crack.
package g722

import "slices"

// Encoder codes one stream. Its zero value is not ready: use NewEncoder. It is not safe for
// concurrent use and allocates nothing but what its caller's dst needs.
type Encoder struct {
	past      [taps - 2]int32 // the end of the sound before, for the filter
	low, high band
}

// Decoder is the other way round. It is not safe for concurrent use.
type Decoder struct {
	sums, diffs [taps/2 - 1]int32 // the end of both bands before, for the filter
	low, high   band
}

// NewEncoder returns an encoder at rest.
func NewEncoder() *Encoder { return &Encoder{low: band{det: 32}, high: band{det: 8}} }

// NewDecoder returns a decoder at rest.
func NewDecoder() *Decoder { return &Decoder{low: band{det: 32}, high: band{det: 8}} }

const (
	taps  = 24  // of the quadrature mirror filter
	chunk = 160 // pairs of samples worked on at once
)

// qmf is every second coefficient of the filter (table 11); its mirror image is the others.
var qmf = [taps / 2]int32{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}

// Encode appends the code of pcm, mono at 16 kHz, to dst: one byte for two samples. A last odd
// sample counts twice.
func (e *Encoder) Encode(dst []byte, pcm []int16) []byte {
	dst = slices.Grow(dst, (len(pcm)+1)/2)
	var x [taps - 2 + 2*chunk]int32
	for len(pcm) > 0 {
		n := min(len(pcm), 2*chunk)
		copy(x[:], e.past[:])
		for i, s := range pcm[:n] {
			x[taps-2+i] = int32(s)
		}
		pcm = pcm[n:]
		if n&1 == 1 {
			x[taps-2+n] = x[taps-2+n-1]
			n++
		}
		for i := 0; i < n; i += 2 {
			w := (*[taps]int32)(x[i : i+taps])
			var odd, even int32
			for k, c := range qmf { // QMF of the transmitter
				odd += w[2*k] * c
				even += w[2*k+1] * qmf[len(qmf)-1-k]
			}
			low := e.low.codeLow((even + odd) >> 14)
			dst = append(dst, low|e.high.codeHigh((even-odd)>>14)<<6)
		}
		copy(e.past[:], x[n:])
	}
	return dst
}

// Decode writes the sound of code to pcm, two samples a byte, and returns how many samples these
// are. Code that pcm has no room for is left out.
func (d *Decoder) Decode(pcm []int16, code []byte) int {
	code = code[:min(len(code), len(pcm)/2)]
	n := 0
	var sums, diffs [taps/2 - 1 + chunk]int32
	for len(code) > 0 {
		k := min(len(code), chunk)
		copy(sums[:], d.sums[:])
		copy(diffs[:], d.diffs[:])
		for i, c := range code[:k] {
			low, high := d.low.soundLow(c&0x3F), d.high.soundHigh(c>>6)
			sums[taps/2-1+i], diffs[taps/2-1+i] = low+high, low-high
		}
		code = code[k:]
		for i := range k { // QMF of the receiver
			s, t := (*[taps / 2]int32)(sums[i:i+taps/2]), (*[taps / 2]int32)(diffs[i:i+taps/2])
			var first, second int32
			for j, c := range qmf {
				second += s[j] * c
				first += t[j] * qmf[len(qmf)-1-j]
			}
			pcm[n], pcm[n+1] = int16(limit(first>>11)), int16(limit(second>>11))
			n += 2
		}
		copy(d.sums[:], sums[k:])
		copy(d.diffs[:], diffs[k:])
	}
	return n
}
