package wyoming

import (
	"context"
	"fmt"
	"io"
	"time"

	"decroche/internal/wyoming"
	"decroche/media"
	"decroche/media/resample"
)

// Send implements leg.Leg: frames of any rate, played at the satellite's.
func (l *line) Send(ctx context.Context, f media.Frame) error {
	pcm := f.PCM
	if f.Rate != lineRate {
		fit := l.fits[f.Rate]
		if fit == nil {
			var err error
			if fit, err = resample.New(f.Rate, lineRate); err != nil {
				return fmt.Errorf("wyoming: play a frame: %w", err)
			}
			l.fits[f.Rate] = fit
		}
		pcm = fit.Process(nil, pcm)
	}
	for len(pcm) > 0 {
		n := min(len(pcm), frameLen)
		if err := l.enqueue(ctx, pcm[:n]); err != nil {
			return err
		}
		pcm = pcm[n:]
	}
	return nil
}

// enqueue keeps a copy of one frame, once there is room.
func (l *line) enqueue(ctx context.Context, pcm []int16) error {
	for {
		l.mu.Lock()
		switch {
		case l.over:
			l.mu.Unlock()
			return io.ErrClosedPipe
		case time.Duration(len(l.queue))*media.FrameTime < sendAhead:
			var buf []int16
			if n := len(l.spare); n > 0 {
				buf, l.spare = l.spare[n-1][:0], l.spare[:n-1]
			}
			l.queue = append(l.queue, append(buf, pcm...))
			l.wake()
			l.mu.Unlock()
			return nil
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Drain implements leg.Leg: until the satellite has played what was sent, as far as it tells.
func (l *line) Drain(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draining++
	l.wake()
	defer func() { l.draining-- }()
	for {
		now := time.Now()
		wait := l.due.Sub(now)
		if l.unplayed > 0 {
			wait += playedLate
		}
		switch {
		case l.over:
			return io.ErrClosedPipe
		case len(l.queue) == 0 && !l.streaming && (wait <= 0 || l.unplayed == 0):
			l.sent = 0
			return nil
		case len(l.queue) > 0 || l.streaming:
			wait = time.Hour // play tells
		}
		if err := l.wait(ctx, wait); err != nil {
			return err
		}
	}
}

// wait lets go of mu until something has changed or d is over.
func (l *line) wait(ctx context.Context, d time.Duration) error {
	changed := l.changed
	l.mu.Unlock()
	defer l.mu.Lock()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// Flush implements leg.Leg. What has left for the satellite is played there all the same: the
// protocol cannot take it back.
func (l *line) Flush() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare, l.queue = append(l.spare, l.queue...), nil
	played := max(0, l.sent-max(0, time.Until(l.due)))
	l.sent = 0
	l.stopStream()
	l.wake()
	return played
}

// Pause implements leg.Pauser.
func (l *line) Pause() { l.hold(true) }

// Resume implements leg.Pauser.
func (l *line) Resume() { l.hold(false) }

func (l *line) hold(yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused = yes
	l.wake()
}

// Overhear implements leg.Overhearer.
func (l *line) Overhear(to func(pcm []int16)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.overhear = to
}

// played is told that the satellite has played a prompt to its end.
func (l *line) played() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unplayed > 0 {
		l.unplayed--
	}
	if now := time.Now(); l.unplayed == 0 && !l.streaming && now.Before(l.due) {
		l.due = now
	}
	l.wake()
}

// play is the goroutine that sends, each frame a little before it is due.
func (l *line) play() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.over {
		now := time.Now()
		if len(l.queue) == 0 || l.paused {
			d := time.Hour
			if l.streaming && !l.paused {
				if d = l.due.Add(lull).Sub(now); l.draining > 0 || d <= 0 {
					l.stopStream()
					l.wake()
					continue
				}
			}
			_ = l.wait(l.ctx, d)
			continue
		}
		if early := l.due.Sub(now) - lead; l.streaming && early > 0 {
			_ = l.wait(l.ctx, early)
			continue
		}
		l.next(now)
	}
}

// next sends one frame; mu is held.
func (l *line) next(now time.Time) {
	if !l.streaming {
		l.streaming = true
		if now.Sub(l.due) > playedLate { // what was not acknowledged by now never will be
			l.unplayed = 0
		}
		l.post("audio-start", l.out.to, nil)
	}
	f := l.queue[0]
	l.queue = l.queue[:copy(l.queue, l.queue[1:])]
	l.due = maxTime(l.due, now).Add(samples(len(f)))
	l.sent += samples(len(f))
	if l.overhear != nil {
		l.overhear(f)
	}
	l.post("audio-chunk", l.out.to, l.out.bytes(f))
	l.spare = append(l.spare, f)
	l.wake()
}

// stopStream tells the satellite that the prompt has ended; mu is held.
func (l *line) stopStream() {
	if !l.streaming {
		return
	}
	l.streaming = false
	l.unplayed++
	l.out.reset()
	l.post("audio-stop", wyoming.Stamp{}, nil)
}
