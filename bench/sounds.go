package bench

import (
	"context"
	"errors"
	"io"
	"time"

	"decroche/media"
	"decroche/tts"
)

// Hum is d of Voice's sound at 8 kHz.
func Hum(d time.Duration) []int16 {
	src := &voiceSource{ctx: context.Background(), rate: media.PhoneRate, left: int(d * media.PhoneRate / time.Second)}
	pcm, _ := Samples(src) // no context ends it
	return pcm
}

// Quiet is d of silence at 8 kHz.
func Quiet(d time.Duration) []int16 { return make([]int16, d*media.PhoneRate/time.Second) }

// Samples reads a source to its end and closes it.
func Samples(src media.Source) ([]int16, error) {
	defer src.Close()
	var pcm []int16
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return pcm, nil
		}
		if err != nil {
			return pcm, err
		}
		pcm = append(pcm, f.PCM...)
	}
}

// Spoken renders a text with a voice and cuts the silence before and after it, so that its first
// and last samples are speech.
func Spoken(ctx context.Context, mouth tts.Synthesiser, u tts.Utterance) ([]int16, error) {
	u.Rate = media.PhoneRate
	src, err := mouth.Speak(ctx, u)
	if err != nil {
		return nil, err
	}
	pcm, err := Samples(src)
	return trim(pcm), err
}

// trimLevel is what a sample must exceed, of 32768, to be speech.
const trimLevel = 500

func trim(pcm []int16) []int16 {
	loud := func(s int16) bool { return s > trimLevel || s < -trimLevel }
	for len(pcm) > 0 && !loud(pcm[0]) {
		pcm = pcm[1:]
	}
	for len(pcm) > 0 && !loud(pcm[len(pcm)-1]) {
		pcm = pcm[:len(pcm)-1]
	}
	return pcm
}
