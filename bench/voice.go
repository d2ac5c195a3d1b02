package bench

import (
	"context"
	"io"
	"math"
	"strings"
	"time"

	"decroche/media"
	"decroche/tts"
)

// PerLetter is how long Voice speaks for each letter of a text.
const PerLetter = 60 * time.Millisecond

// Voice is a synthesiser for benches: a hum with the rhythm of syllables, audible from its first
// sample to its last and as long as the text is (PerLetter), so that what a caller hears can be
// timed without anybody's idea of how a sentence sounds. It needs no program beside us.
type Voice struct{}

// Speak implements tts.Synthesiser.
func (Voice) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	rate := u.Rate
	if rate == 0 {
		rate = media.PhoneRate
	}
	n := Letters(u.Text) * int(PerLetter/time.Millisecond) * rate / 1000
	return &voiceSource{ctx: ctx, rate: rate, left: n}, nil
}

// Letters counts what Voice takes time for: everything but spaces and marks.
func Letters(text string) int {
	return len([]rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .,;:!?…’'-\u202f\u00a0", r) {
			return -1
		}
		return r
	}, text)))
}

type voiceSource struct {
	ctx  context.Context
	rate int
	at   int
	left int
}

func (s *voiceSource) ReadFrame() (media.Frame, error) {
	if err := s.ctx.Err(); err != nil {
		return media.Frame{}, context.Cause(s.ctx)
	}
	if s.left <= 0 {
		return media.Frame{}, io.EOF
	}
	n := min(s.rate/50, s.left)
	pcm := make([]int16, s.rate/50)
	for i := range n {
		t := float64(s.at+i) / float64(s.rate)
		syllable := 0.6 + 0.4*math.Cos(2*math.Pi*4*t)
		x := 0.0
		for h := 1.0; h <= 6; h++ {
			x += math.Sin(2*math.Pi*140*h*t) / h
		}
		pcm[i] = int16(4000 * syllable * x)
	}
	f := media.Frame{PCM: pcm, Rate: s.rate, At: time.Duration(s.at) * time.Second / time.Duration(s.rate)}
	s.at += n
	s.left -= n
	return f, nil
}

func (s *voiceSource) Close() error { return nil }
