package wav

import (
	"io"

	"github.com/go-audio/wav"

	"decroche/media/codec/g711"
)

// companded reads G.711, one byte a sample.
func companded(d *wav.Decoder) ([]int16, error) {
	b, err := io.ReadAll(io.LimitReader(d.PCMChunk, MaxSamples*int64(d.NumChans)))
	if err != nil {
		return nil, err
	}
	pcm := make([]int16, len(b))
	if d.WavAudioFormat == formatALaw {
		g711.DecodeA(pcm, b)
	} else {
		g711.DecodeU(pcm, b)
	}
	return pcm, nil
}
