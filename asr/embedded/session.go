package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"decroche/asr"
	"decroche/media"
	"decroche/media/resample"
)

// ErrClosed is returned by a session after Close.
var ErrClosed = errors.New("asr/embedded: session is closed")

const (
	ringTime     = 2 * time.Second        // audio that may wait for the worker; more is refused with asr.ErrOverrun
	partialEvery = 200 * time.Millisecond // of audio between partial results
	pieceSamples = 400                    // decoded between two looks at the world outside
)

// session is one turn. Write puts samples into a ring; one worker goroutine, owned by the
// session, decodes them and leaves results for Recv.
type session struct {
	r    *Recogniser
	rate int           // of what is written
	done chan struct{} // closed when the worker has ended
	stop func() bool   // forgets ctx

	mu      sync.Mutex
	changed sync.Cond // any field below
	// guarded by mu
	ring    []int16 // fixed size
	fit     *resample.Resampler
	fitted  []int16 // room for fit
	head    int     // next sample to decode
	held    int     // samples waiting
	sent    bool    // CloseSend was called
	over    error   // why the session was abandoned
	partial *asr.Result
	finals  []asr.Result
	ended   bool // the worker has delivered its last final
}

// newSession starts the worker; work is (*session).work outside tests. fit brings what is written
// at rate to the model's; nil when that is the same.
func newSession(ctx context.Context, r *Recogniser, rate int, fit *resample.Resampler, work func(*session)) *session {
	if rate == 0 {
		rate = r.model.Rate
	}
	s := &session{r: r, rate: rate, fit: fit, done: make(chan struct{}), ring: make([]int16, int(ringTime.Seconds()*float64(r.model.Rate)))}
	s.changed.L = &s.mu
	s.stop = context.AfterFunc(ctx, func() { s.abandon(context.Cause(ctx)) })
	go func() {
		defer close(s.done)
		work(s)
	}()
	return s
}

// Write hears the next audio. It copies the samples and never waits.
func (s *session) Write(f media.Frame) error {
	if f.Rate != 0 && f.Rate != s.rate {
		return fmt.Errorf("asr/embedded: write at %d samples per second: the session was opened for %d", f.Rate, s.rate)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over != nil:
		return s.over
	case s.sent:
		return errors.New("asr/embedded: write after CloseSend")
	case s.held+(len(f.PCM)*s.r.model.Rate+s.rate-1)/s.rate > len(s.ring):
		return asr.ErrOverrun
	}
	if s.fit != nil {
		s.fitted = s.fit.Process(s.fitted[:0], f.PCM)
		f.PCM = s.fitted[:min(len(s.fitted), len(s.ring)-s.held)]
	}
	s.store(f.PCM)
	return nil
}

// store puts samples of the model's rate behind what waits; mu is held.
func (s *session) store(pcm []int16) {
	at := (s.head + s.held) % len(s.ring)
	n := copy(s.ring[at:], pcm)
	copy(s.ring, pcm[n:])
	s.held += len(pcm)
	s.changed.Broadcast()
}

// Recv waits for the next result. Partial results that nobody fetched in time are replaced by newer ones.
func (s *session) Recv() (asr.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.over != nil:
			return asr.Result{}, s.over
		case s.partial != nil:
			r := *s.partial
			s.partial = nil
			return r, nil
		case len(s.finals) > 0:
			r := s.finals[0]
			s.finals = s.finals[1:]
			return r, nil
		case s.ended:
			return asr.Result{}, io.EOF
		}
		s.changed.Wait()
	}
}

// CloseSend says that no more audio comes.
func (s *session) CloseSend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sent && s.fit != nil {
		rest := s.fit.Flush(s.fitted[:0])
		s.store(rest[:min(len(rest), len(s.ring)-s.held)])
	}
	s.sent = true
	s.changed.Broadcast()
	return nil
}

// Close abandons the session and waits for its worker, which takes a few milliseconds at most.
func (s *session) Close() error {
	s.stop()
	s.abandon(ErrClosed)
	<-s.done
	return nil
}

func (s *session) abandon(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over == nil {
		s.over = why
	}
	s.changed.Broadcast()
}

// work decodes until the audio ends or the session is abandoned.
func (s *session) work(d *decoder) {
	defer func() {
		d.dismiss()
		s.r.idle.Put(d)
	}()
	step := int(partialEvery.Seconds() * float64(s.r.model.Rate))
	piece, next, last := make([]int16, pieceSamples), step, ""
	for {
		n, ok := s.fetch(piece)
		if !ok {
			return
		}
		if n == 0 {
			break
		}
		d.write(piece[:n])
		if final, ok := d.cut(); ok {
			last = ""
			s.deliver(func() { s.partial, s.finals = nil, append(s.finals, final) })
		}
		var p asr.Result
		switch {
		case d.paused():
			p = d.pending()
		case d.samples >= next:
			next = d.samples + step
			p = d.interim()
		}
		if p.Text != "" && p.Text != last {
			last = p.Text
			s.deliver(func() { s.partial = &p })
		}
	}
	final := d.finish()
	s.deliver(func() { s.partial, s.finals, s.ended = nil, append(s.finals, final), true })
}

// fetch waits for samples. n is 0 when no more come; ok is false when the session is abandoned.
func (s *session) fetch(piece []int16) (n int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.held == 0 && !s.sent && s.over == nil {
		s.changed.Wait()
	}
	if s.over != nil {
		return 0, false
	}
	n = min(len(piece), s.held, len(s.ring)-s.head)
	copy(piece, s.ring[s.head:s.head+n])
	s.head = (s.head + n) % len(s.ring)
	s.held -= n
	return n, true
}

func (s *session) deliver(put func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	put()
	s.changed.Broadcast()
}
