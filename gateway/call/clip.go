package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"decroche/media"
	"decroche/media/resample"
	"decroche/tts"
)

// ahead bounds how much rendered sound waits in memory for one sentence: 30 s, 480 kB at 8 kHz.
// When it is full the synthesiser waits.
const ahead = 30 * time.Second

// clip is sound on its way from its maker to a mouth. One goroutine fills it, one empties it. It
// takes the room that waiting frames need and no more: most calls wait most of the time.
type clip struct {
	coded  *media.Clip // the whole of it, ready for the leg: then no frames come
	cancel context.CancelFunc
	room   int           // frames
	more   chan struct{} // one token when a frame or the end has come
	less   chan struct{} // one token when a frame was taken

	mu     sync.Mutex
	frames []media.Frame // waiting
	length time.Duration // so far
	whole  bool          // length is final
	first  time.Time     // when the first frame came
	err    error         // why it ended early
}

func newClip(ctx context.Context, room time.Duration) (*clip, context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	return &clip{room: int(room / media.FrameTime), cancel: cancel, more: make(chan struct{}, 1), less: make(chan struct{}, 1)}, ctx
}

// put adds one frame, waiting while the clip is full.
func (c *clip) put(ctx context.Context, f media.Frame) error {
	c.mu.Lock()
	if c.length == 0 {
		c.first = time.Now()
	}
	c.length += f.Len()
	for len(c.frames) >= c.room {
		c.mu.Unlock()
		select {
		case <-c.less:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		c.mu.Lock()
	}
	c.frames = append(c.frames, f)
	c.mu.Unlock()
	poke(c.more)
	return nil
}

// next waits for a frame; more is false behind the last.
func (c *clip) next(ctx context.Context) (f media.Frame, more bool, err error) {
	for {
		c.mu.Lock()
		if len(c.frames) > 0 {
			f = c.frames[0]
			c.frames[0] = media.Frame{}
			if c.frames = c.frames[1:]; len(c.frames) == 0 {
				c.frames = nil
			}
			c.mu.Unlock()
			poke(c.less)
			return f, true, nil
		}
		whole := c.whole
		c.mu.Unlock()
		if whole {
			return f, false, nil
		}
		select {
		case <-c.more:
		case <-ctx.Done():
			return f, false, context.Cause(ctx)
		}
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (c *clip) end(err error) {
	c.mu.Lock()
	c.whole, c.err = true, err
	c.mu.Unlock()
	poke(c.more)
}

// known returns the whole length once it is known.
func (c *clip) known() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.length, c.whole
}

// firstAt is when the first frame came; zero when none has.
func (c *clip) firstAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first
}

// failure is why the clip ended early; nil when it did not, or has not yet.
func (c *clip) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// errMute means that no engine could say a sentence.
var errMute = errors.New("call: no synthesiser could speak")

// coded is u as the caller's leg sends it, when the mouth keeps it in that form: nil otherwise, and
// while somebody taps the call, who needs every frame.
func (c *conductor) coded(u tts.Utterance) *clip {
	if c.mouth.player == nil || c.coder == nil || len(c.s.Taps) > 0 {
		return nil
	}
	k, ok := c.coder.Coded(u, c.mouth.player.Codec())
	if !ok {
		return nil
	}
	return &clip{coded: k, cancel: func() {}, length: k.Len(), whole: true, first: time.Now()}
}

// render begins to synthesise u. The clip is full in milliseconds with a local engine; nothing
// waits for that. Any goroutine may call it while the call runs.
func (c *conductor) render(ctx context.Context, u tts.Utterance) *clip {
	cl, ctx := newClip(ctx, ahead)
	c.spawn(func() { c.fillClip(ctx, u, cl, false) })
	return cl
}

// fillClip is the goroutine that fills cl, whose context is ctx. A quiet one counts no failures:
// perhaps nobody will ever hear it.
func (c *conductor) fillClip(ctx context.Context, u tts.Utterance, cl *clip, quiet bool) {
	defer cl.cancel()
	err := c.synthesise(ctx, u, cl, quiet)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	cl.end(err)
}

// synthesise tries the engines in turn until one gives sound.
func (c *conductor) synthesise(ctx context.Context, u tts.Utterance, to *clip, quiet bool) error {
	var errs []error
	for _, engine := range []tts.Synthesiser{c.s.Mouth, c.s.Spare} {
		if engine == nil {
			continue
		}
		began, err := c.speak(ctx, engine, u, to)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if !quiet {
			c.s.Metrics.count(failures, "tts")
		}
		if began {
			return fmt.Errorf("call %s: speech broke off: %w", c.s.Conv, err)
		}
		u.Voice = "" // a name of the first engine means nothing to the second
		errs = append(errs, err)
	}
	return errors.Join(append([]error{errMute}, errs...)...)
}

// speak lets one engine fill to; began tells whether any sound came.
func (c *conductor) speak(ctx context.Context, engine tts.Synthesiser, u tts.Utterance, to *clip) (began bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(c.cfg.FirstAudio, func() {
		cancel(fmt.Errorf("tts first audio took longer than %v (call.first_audio)", c.cfg.FirstAudio))
	})
	defer late.Stop()
	src, err := engine.Speak(ctx, u)
	if err != nil {
		return false, err
	}
	defer src.Close()
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return began, nil
		}
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return began, err
		}
		if !began {
			began = true
			late.Stop()
		}
		if err := to.put(ctx, f); err != nil {
			return began, err
		}
	}
}

// stream is a clip that somebody feeds as it goes: the other party of a bridge. It holds at most
// three frames, so that a slow reader costs 60 ms and not seconds; feed drops the oldest.
func stream(ctx context.Context) (*clip, context.Context) {
	return newClip(ctx, 3*media.FrameTime)
}

// feed adds f and reports whether an older frame had to go. Only one goroutine may feed a clip,
// and only until it ends it.
func (c *clip) feed(f media.Frame) (dropped bool) {
	c.mu.Lock()
	if dropped = len(c.frames) >= c.room; dropped {
		c.frames = c.frames[1:]
	}
	c.frames = append(c.frames, f)
	c.mu.Unlock()
	poke(c.more)
	return dropped
}

// fitter brings frames to the rate a leg prefers.
type fitter struct {
	to   int
	from int
	r    *resample.Resampler
}

func (f *fitter) fit(in media.Frame) (media.Frame, error) {
	if in.Rate == f.to {
		return in, nil
	}
	if f.r == nil || f.from != in.Rate {
		r, err := resample.New(in.Rate, f.to)
		if err != nil {
			return in, fmt.Errorf("call: bring sound from %d to %d Hz: %w", in.Rate, f.to, err)
		}
		f.r, f.from = r, in.Rate
	}
	in.PCM, in.Rate = f.r.Process(nil, in.PCM), f.to
	return in, nil
}
