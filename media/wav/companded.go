package wav

import (
	"io"

	"github.com/go-audio/wav"
)

// companded reads G.711, one byte a sample.
func companded(d *wav.Decoder) ([]int16, error) {
	b, err := io.ReadAll(io.LimitReader(d.PCMChunk, MaxSamples*int64(d.NumChans)))
	if err != nil {
		return nil, err
	}
	expand := expandU
	if d.WavAudioFormat == formatALaw {
		expand = expandA
	}
	pcm := make([]int16, len(b))
	for i, c := range b {
		pcm[i] = expand(c)
	}
	return mono(pcm, int(d.NumChans)), nil
}

// expandA and expandU are the formulas of G.711. media/codec/g711 has them as tables for the
// packet path, but packages of media do not import each other; a test holds both together.
func expandA(c byte) int16 {
	c ^= 0x55
	x := int(c&0x0F)<<4 + 8
	if segment := int(c>>4) & 7; segment > 0 {
		x = (x + 0x100) << (segment - 1)
	}
	if c&0x80 == 0 {
		x = -x
	}
	return int16(x)
}

func expandU(c byte) int16 {
	c = ^c
	x := (int(c&0x0F)<<3+0x84)<<(c>>4&7) - 0x84
	if c&0x80 != 0 {
		x = -x
	}
	return int16(x)
}
