// Package ttstest holds what every synthesiser must do (Run) and a fake voice for tests of
// those who use one: 100 ms of sound per word, and from the sound one can read back which
// words it was.
package ttstest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"decroche/media"
	"decroche/tts"
)

// PerWord is how long the fake voice takes for each word.
const PerWord = 100 * time.Millisecond

// Voice is a fake synthesiser: each word of the text (split at white space) becomes PerWord of
// constant samples whose value names the word, so that Words can tell from recorded audio
// exactly which words were played, and how much of the last one. The zero Voice is ready and
// safe for concurrent use; set the fields before the first Speak.
//
//	v := &ttstest.Voice{}
//	src, _ := v.Speak(ctx, tts.Utterance{Text: "bonjour Nadia", Rate: 8000}) // 200 ms, 10 frames
//	f, _ := src.ReadFrame()
//	v.Words(f.PCM) // "bonjour"
type Voice struct {
	// Delay passes before the first frame, as in an engine that needs to think.
	Delay time.Duration
	// Fail, when not nil, is asked before each utterance; its error is Speak's.
	Fail func(u tts.Utterance) error
	// Stall makes ReadFrame wait until the source is closed or its context ends.
	Stall bool

	mu    sync.Mutex
	words []string       // index+1 is the number of the word
	index map[string]int // word -> number
	said  []tts.Utterance
	open  int
}

// step is the distance between the sample values of two words: far enough apart to survive
// A-law, small enough for 300 different words.
const step = 100

// Speak implements tts.Synthesiser.
func (v *Voice) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if v.Fail != nil {
		if err := v.Fail(u); err != nil {
			return nil, err
		}
	}
	if u.Rate == 0 {
		u.Rate = media.PhoneRate
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.said = append(v.said, u)
	v.open++
	if v.index == nil {
		v.index = map[string]int{}
	}
	s := &source{v: v, ctx: ctx, rate: u.Rate, delay: v.Delay, stall: v.Stall, closed: make(chan struct{})}
	for _, w := range strings.Fields(u.Text) {
		n, ok := v.index[w]
		if !ok {
			v.words = append(v.words, w)
			n = len(v.words)
			v.index[w] = n
		}
		s.numbers = append(s.numbers, n)
	}
	return s, nil
}

// Said returns every utterance asked for so far, in order.
func (v *Voice) Said() []tts.Utterance {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]tts.Utterance(nil), v.said...)
}

// Open returns how many sources were neither closed nor read to their end.
func (v *Voice) Open() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.open
}

// Words returns the words that recorded samples hold, in order, separated by spaces. Samples
// that are not this voice's (silence, tones) are passed over. Two equal words in a row count
// by their length.
func (v *Voice) Words(pcm []int16) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	perWord := int(PerWord * media.PhoneRate / time.Second)
	for i := 0; i < len(pcm); {
		n, run := v.number(pcm[i]), 1
		for i+run < len(pcm) && v.number(pcm[i+run]) == n {
			run++
		}
		// A tone crosses word values too, but never stays there for a whole frame.
		for k := 0; n > 0 && run >= perWord/5 && k < max(1, (run+perWord/2)/perWord); k++ {
			out = append(out, v.words[n-1])
		}
		i += run
	}
	return strings.Join(out, " ")
}

// number returns the word that a sample stands for, 0 for none.
func (v *Voice) number(s int16) int {
	n := (int(s) + step/2) / step
	if n < 1 || n > len(v.words) {
		return 0
	}
	return n
}

type source struct {
	v       *Voice
	ctx     context.Context // of the Speak that made it
	rate    int
	delay   time.Duration
	stall   bool
	numbers []int
	frame   int // frames given so far
	once    sync.Once
	closed  chan struct{}
}

func (s *source) ReadFrame() (media.Frame, error) {
	if s.stall || s.delay > 0 {
		var due <-chan time.Time
		if !s.stall {
			t := time.NewTimer(s.delay)
			defer t.Stop()
			due = t.C
		}
		s.delay = 0
		select {
		case <-due:
		case <-s.closed:
		case <-s.ctx.Done():
		}
	}
	select {
	case <-s.closed:
		return media.Frame{}, fmt.Errorf("ttstest: source was closed: %w", io.ErrClosedPipe)
	default:
	}
	if s.ctx.Err() != nil {
		return media.Frame{}, context.Cause(s.ctx)
	}
	perWord := int(PerWord / media.FrameTime)
	if s.frame == perWord*len(s.numbers) {
		s.end()
		return media.Frame{}, io.EOF
	}
	pcm := make([]int16, s.rate/50)
	for i := range pcm {
		pcm[i] = int16(s.numbers[s.frame/perWord] * step)
	}
	f := media.Frame{PCM: pcm, Rate: s.rate, At: time.Duration(s.frame) * media.FrameTime}
	s.frame++
	return f, nil
}

func (s *source) end() {
	s.once.Do(func() {
		s.v.mu.Lock()
		s.v.open--
		s.v.mu.Unlock()
	})
}

// Close may race with ReadFrame: it only closes the channel that ReadFrame watches.
func (s *source) Close() error {
	s.end()
	s.v.mu.Lock()
	defer s.v.mu.Unlock()
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return nil
}
