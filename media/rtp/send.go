package rtp

import (
	"context"
	"fmt"
	"time"

	"decroche/media"
)

const (
	ringFrames = 10 // Send holds 200 ms, then blocks
	ringLow    = 5  // and goes on when half of it has left: one wake per 100 ms
)

// outgoing is what is to be played: live frames, each in a buffer that goes round, and coded
// prompts that all calls share, which are walked and never copied. It is guarded by Session.mu.
type outgoing struct {
	queue  []voice
	spare  [][]byte
	frames int // in queue
	low    int // whoever waits wants to know when frames comes down to this
	flush  int // counts calls of Flush
	paused bool
	since  time.Time     // when the first frame of a talkspurt was queued; zero once it has left
	played time.Duration // since the last Flush or Drain
}

// voice is one live frame, or a clip from frame at on.
type voice struct {
	live  []byte // coded
	codec string // of live
	clip  *media.Clip
	at    int
}

// buffer returns an empty buffer for a frame.
func (o *outgoing) buffer() []byte {
	if n := len(o.spare); n > 0 {
		b := o.spare[n-1]
		o.spare = o.spare[:n-1]
		return b[:0]
	}
	return make([]byte, 0, 160)
}

// next takes one frame and tells in what codec it is; it is valid until the next one is queued.
func (o *outgoing) next() (frame []byte, codec string) {
	v := &o.queue[0]
	o.frames--
	if v.clip != nil {
		frame, codec = v.clip.Frame(v.at), v.clip.Codec
		if v.at++; v.at < v.clip.Frames() {
			return frame, codec
		}
	} else {
		frame, codec = v.live, v.codec
		o.spare = append(o.spare, frame)
	}
	n := copy(o.queue, o.queue[1:])
	o.queue[n] = voice{}
	o.queue = o.queue[:n]
	return frame, codec
}

// begins notes that something will be queued where nothing was.
func (o *outgoing) begins() {
	if o.frames == 0 && !o.paused {
		o.since = time.Now()
	}
}

// drop empties the queue.
func (o *outgoing) drop() {
	o.since = time.Time{}
	for _, v := range o.queue {
		if v.live != nil {
			o.spare = append(o.spare, v.live)
		}
	}
	clear(o.queue)
	o.queue, o.frames = o.queue[:0], 0
}

// Send queues a frame and blocks while 200 ms wait already. Frames of any length are cut to
// packets; the rate has to be the session's.
func (s *Session) Send(ctx context.Context, f media.Frame) error {
	rate := s.Rate()
	if f.Rate != rate {
		return fmt.Errorf("rtp: send frame of %d Hz: this line takes %d Hz; resample it first", f.Rate, rate)
	}
	whole := rate / 50
	pcm := f.PCM
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return ErrClosed
		}
		if s.partOf != s.out.flush {
			s.partial, s.partOf = s.partial[:0], s.out.flush
		}
		if len(s.partial)+len(pcm) < whole {
			s.partial = append(s.partial, pcm...)
			s.mu.Unlock()
			return nil
		}
		if s.out.frames >= ringFrames {
			s.mu.Unlock()
			if err := s.wait(ctx, ringLow); err != nil {
				return err
			}
			continue
		}
		b, params, flush := s.out.buffer(), s.params, s.out.flush
		s.mu.Unlock()
		n := whole - len(s.partial)
		frame := pcm[:n]
		if n < whole {
			s.partial = append(s.partial, frame...)
			frame = s.partial
		}
		if params.Codec == "" {
			params.Codec = "PCMA" // nothing is agreed yet; what was not is converted
		}
		b = s.encoder.encode(b, params, rate, s.lossOut.Load(), frame)
		s.partial, pcm = s.partial[:0], pcm[n:]
		s.queueLive(b, params.Codec, flush)
	}
}

// queueLive adds a coded frame, unless everything was flushed while it was coded.
func (s *Session) queueLive(b []byte, codec string, flush int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.flush != flush {
		s.out.spare = append(s.out.spare, b)
		return
	}
	s.out.begins()
	s.out.queue = append(s.out.queue, voice{live: b, codec: codec})
	s.out.frames++
}

// Play queues a coded prompt, whole, and blocks as Send does while 200 ms wait already; what is
// sent or played after it waits for most of it to leave. Meanwhile nothing of this process is
// woken: the wheel walks the clip. One of another codec than the session's is recoded frame by
// frame.
func (s *Session) Play(ctx context.Context, c *media.Clip) error {
	if err := s.fillUp(ctx); err != nil {
		return err
	}
	if err := s.waitFor(ctx, ringLow, func() bool { return s.out.frames < ringFrames }); err != nil {
		return err
	}
	if c.Frames() > 0 {
		s.mu.Lock()
		s.out.begins()
		s.out.queue = append(s.out.queue, voice{clip: c})
		s.out.frames += c.Frames()
		s.mu.Unlock()
	}
	return nil
}

// fillUp completes a frame that Send left incomplete with silence.
func (s *Session) fillUp(ctx context.Context) error {
	s.mu.Lock()
	n := len(s.partial)
	if s.partOf != s.out.flush {
		n = 0
	}
	s.mu.Unlock()
	if n == 0 {
		return nil
	}
	rate := s.Rate()
	return s.Send(ctx, media.Frame{PCM: make([]int16, rate/50-n), Rate: rate})
}

// wait sleeps until at most low frames wait to be played, or something else has changed.
func (s *Session) wait(ctx context.Context, low int) error {
	s.mu.Lock()
	s.out.low = low
	there := s.out.frames <= low && (low > 0 || len(s.pressed) == 0)
	s.mu.Unlock()
	if there {
		return nil
	}
	select {
	case <-s.space:
		return nil
	case <-s.done:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// waitFor waits until ok, which is called with mu held.
func (s *Session) waitFor(ctx context.Context, low int, ok func() bool) error {
	for {
		s.mu.Lock()
		closed, there := s.closed, ok()
		s.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case there:
			return nil
		}
		if err := s.wait(ctx, low); err != nil {
			return err
		}
	}
}

// Drain waits until everything sent has left; a last incomplete frame is filled up with silence.
func (s *Session) Drain(ctx context.Context) error {
	if err := s.fillUp(ctx); err != nil {
		return err
	}
	return s.waitFor(ctx, 0, func() bool {
		empty := s.out.frames == 0 && len(s.pressed) == 0
		if empty {
			s.out.played = 0
		}
		return empty
	})
}

// Flush drops what has not left yet and returns how long the far end was played to since the last
// Flush or Drain.
func (s *Session) Flush() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.drop()
	s.out.flush++
	s.out.paused = false
	played := s.out.played
	s.out.played = 0
	s.poke()
	return played
}

// Pause holds what Send and Play queued; silence is sent instead until Resume or Flush.
func (s *Session) Pause() {
	s.mu.Lock()
	s.out.paused, s.out.since = true, time.Time{} // how long it waits is not the pacer's doing
	s.mu.Unlock()
}

// Resume plays on from where Pause stopped.
func (s *Session) Resume() {
	s.mu.Lock()
	s.out.paused = false
	s.mu.Unlock()
}

// poke wakes who waits for room.
func (s *Session) poke() {
	select {
	case s.space <- struct{}{}:
	default:
	}
}
