// Package phone is a caller or an agent made of software: it speaks lines with a synthesiser,
// listens to the other side, knows when the other side speaks and when it has finished, and
// keeps what it heard. `decroche call`, the demo and the load tests are made of it. It talks to
// a leg.Leg, so everything it does crosses real SIP and RTP.
package phone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"decroche/asr"
	"decroche/gateway/leg"
	"decroche/media"
	"decroche/tts"
)

// Levels of what counts as sound. Prompts on the phone sit around -20 dBFS; a hold tone at -35.
const (
	soundRMS = 130.0                  // of int16 full scale: about -48 dBFS
	hangover = 260 * time.Millisecond // a pause shorter than this belongs to the same utterance
)

// Phone is one end of an answered call. Fill in the constant fields, then Start. Say, Wait and
// the other verbs are called from one goroutine.
type Phone struct {
	Leg   leg.Leg
	Mouth tts.Synthesiser // may be nil for a phone that only listens
	Voice string          // engine's voice name; empty for the language's default
	Lang  string
	Ears  asr.Recogniser // may be nil: then nothing heard is written down
	Speed float64

	mu      sync.Mutex // guards all below
	heard   []int16    // everything heard, in arrival order
	base    time.Time  // wall time of heard[0]
	said    []int16    // what we said, on the same clock as heard
	spans   []span     // stretches of sound, oldest first; the last may still grow
	lastIn  time.Time  // last audible frame
	digits  []byte
	ended   bool
	changed chan struct{} // closed and renewed at every frame
	done    chan struct{}
}

type span struct {
	from, to int // samples in heard
	start    time.Time
	end      time.Time
}

// Start begins to listen. ctx ends the listening; so does the far end.
func (p *Phone) Start(ctx context.Context) {
	p.changed, p.done = make(chan struct{}), make(chan struct{})
	p.base = time.Now()
	go p.listen(ctx)
}

// listen owns the leg's receiving side until the leg ends.
func (p *Phone) listen(ctx context.Context) {
	defer func() {
		p.mu.Lock()
		p.ended = true
		p.wake()
		p.mu.Unlock()
		close(p.done)
	}()
	for {
		h, err := p.Leg.Receive(ctx)
		if err != nil {
			return // io.EOF after a hang-up, or ctx: either way there is nothing left to hear
		}
		p.mu.Lock()
		if h.Digit != 0 {
			p.digits = append(p.digits, h.Digit)
		} else {
			p.frame(h.Frame, time.Now())
		}
		p.wake()
		p.mu.Unlock()
	}
}

func (p *Phone) wake() { close(p.changed); p.changed = make(chan struct{}) }

func (p *Phone) frame(f media.Frame, now time.Time) {
	at := len(p.heard)
	p.heard = append(p.heard, f.PCM...)
	if rms(f.PCM) < soundRMS {
		return
	}
	if n := len(p.spans); n == 0 || now.Sub(p.spans[n-1].end) > hangover {
		p.spans = append(p.spans, span{from: at, start: now})
	}
	s := &p.spans[len(p.spans)-1]
	s.to, s.end, p.lastIn = len(p.heard), now, now
}

func rms(pcm []int16) float64 {
	var e float64
	for _, v := range pcm {
		e += float64(v) * float64(v)
	}
	return math.Sqrt(e / float64(max(1, len(pcm))))
}

// ErrEnded means that the far end hung up.
var ErrEnded = errors.New("phone: the far end hung up")

// wait blocks until ok says so (called with mu held, at every change and at least each 20 ms).
func (p *Phone) wait(ctx context.Context, ok func(now time.Time) bool) error {
	tick := time.NewTicker(media.FrameTime)
	defer tick.Stop()
	for {
		p.mu.Lock()
		hit, ended, ch := ok(time.Now()), p.ended, p.changed
		p.mu.Unlock()
		switch {
		case hit:
			return nil
		case ended:
			return ErrEnded
		}
		select {
		case <-ch:
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Mark is a place in what was heard.
type Mark struct {
	spans int
	at    time.Time
}

// Mark remembers now, to ask later what came after.
func (p *Phone) Mark() Mark {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Mark{len(p.spans), time.Now()}
}

// WaitSound waits until the far end makes a sound after m and returns when it began.
func (p *Phone) WaitSound(ctx context.Context, m Mark) (time.Time, error) {
	var at time.Time
	err := p.wait(ctx, func(time.Time) bool {
		for i := max(0, m.spans-1); i < len(p.spans); i++ {
			if s := p.spans[i]; s.start.After(m.at) {
				at = s.start
				return true
			}
		}
		return false
	})
	return at, err
}

// WaitQuiet waits until the far end has made no sound for quiet, and returns when it stopped.
func (p *Phone) WaitQuiet(ctx context.Context, quiet time.Duration) (time.Time, error) {
	var at time.Time
	err := p.wait(ctx, func(now time.Time) bool {
		at = p.lastIn
		return !p.lastIn.IsZero() && now.Sub(p.lastIn) >= quiet
	})
	return at, err
}

// Say speaks a line and returns when its last sample has left, and when that was.
func (p *Phone) Say(ctx context.Context, text string) (began, ended time.Time, err error) {
	if p.Mouth == nil {
		return began, ended, errors.New("phone: this phone has no voice")
	}
	src, err := p.Mouth.Speak(ctx, tts.Utterance{Text: text, Language: p.Lang, Voice: p.Voice, Speed: p.Speed, Rate: media.PhoneRate})
	if err != nil {
		return began, ended, fmt.Errorf("phone: speak: %w", err)
	}
	defer src.Close()
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return began, ended, fmt.Errorf("phone: speak: %w", err)
		}
		if began.IsZero() {
			began = time.Now()
		}
		if err := p.play(ctx, f); err != nil {
			return began, ended, err
		}
	}
	err = p.Leg.Drain(ctx)
	return began, time.Now(), err
}

// Play sends recorded sound, 8 kHz mono, in frames of 20 ms, and waits until it has left.
func (p *Phone) Play(ctx context.Context, pcm []int16) (began, ended time.Time, err error) {
	const n = media.PhoneRate / 50
	began = time.Now()
	for len(pcm) > 0 {
		k := min(n, len(pcm))
		if err := p.play(ctx, media.Frame{PCM: append([]int16(nil), pcm[:k]...), Rate: media.PhoneRate}); err != nil {
			return began, ended, err
		}
		pcm = pcm[k:]
	}
	err = p.Leg.Drain(ctx)
	return began, time.Now(), err
}

func (p *Phone) play(ctx context.Context, f media.Frame) error {
	p.mu.Lock()
	if gap := len(p.heard) - len(p.said); gap > 0 { // keep both recordings on one clock
		p.said = append(p.said, make([]int16, gap)...)
	}
	p.said = append(p.said, f.PCM...)
	p.mu.Unlock()
	return p.Leg.Send(ctx, f)
}

// Digits returns the keys that the far end pressed so far.
func (p *Phone) Digits() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.digits)
}

// Recording returns copies of what was heard and said, 8 kHz mono, beginning at Start.
func (p *Phone) Recording() (heard, said []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int16(nil), p.heard...), append([]int16(nil), p.said...)
}

// Since returns what was heard after m, from its first sound to its last.
func (p *Phone) Since(m Mark) []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	from, to := -1, 0
	for _, s := range p.spans[min(m.spans, len(p.spans)):] {
		if from < 0 {
			from = s.from
		}
		to = s.to
	}
	if from < 0 {
		return nil
	}
	return append([]int16(nil), p.heard[max(0, from-800):to]...)
}

// Written recognises what was heard after m; empty without ears or without words.
func (p *Phone) Written(ctx context.Context, m Mark) (string, error) {
	pcm := p.Since(m)
	if p.Ears == nil || len(pcm) == 0 {
		return "", nil
	}
	r, err := asr.Transcribe(ctx, p.Ears, pcm, asr.Options{Language: p.Lang, Rate: media.PhoneRate})
	return r.Text, err
}

// Hangup ends the call from our side and waits until the listening has ended.
func (p *Phone) Hangup(ctx context.Context) error {
	err := p.Leg.Hangup(ctx, leg.Normal)
	select {
	case <-p.done:
	case <-ctx.Done():
	}
	return err
}

// Done is closed when the far end has hung up or Hangup has finished.
func (p *Phone) Done() <-chan struct{} { return p.done }

// Pause lets time pass on the line; it ends early, with ErrEnded, when the far end hangs up.
func (p *Phone) Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-p.done:
		return ErrEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
