// Package mix adds sounds: saturating sums and click-free gain changes, in place and without
// allocation, and rooms in which several parties hear each other as their roles allow. A bridge of two
// needs neither, it passes frames straight on: a Room is for calls that a third listens to or joins.
package mix

// Add adds src to dst sample by sample, clipping at full scale; the shorter one decides the length.
func Add(dst, src []int16) {
	for i := range min(len(dst), len(src)) {
		dst[i] = clip(int32(dst[i]) + int32(src[i]))
	}
}

// Gain multiplies pcm by a gain that moves evenly from one value to another, so that a change
// of level does not click. A gain of 1 leaves samples as they are.
func Gain(pcm []int16, from, to float32) {
	step := float32(0)
	if len(pcm) > 0 {
		step = (to - from) / float32(len(pcm))
	}
	for i, v := range pcm {
		pcm[i] = clip(int32(float32(v) * (from + step*float32(i))))
	}
}

func clip(v int32) int16 {
	switch {
	case v > 32767:
		return 32767
	case v < -32768:
		return -32768
	}
	return int16(v)
}
