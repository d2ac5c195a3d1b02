package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"decroche/asr"
	"decroche/media/resample"
)

// Port is the engine's side of a session. One goroutine may read while another delivers.
type Port struct {
	s      *session
	rate   int
	change *resample.Resampler // nil when the engine hears what is written
	read   int                 // samples given out, at rate
	buf    []int16
	end    bool
}

// Read waits for audio and returns up to most samples at the engine's rate, io.EOF when all was
// read and no more comes. The slice is valid until the next Read.
func (p *Port) Read(ctx context.Context, most int) ([]int16, error) {
	stop := context.AfterFunc(ctx, p.s.wake)
	defer stop()
	for {
		if p.end {
			return nil, io.EOF
		}
		raw, err := p.s.fetch(ctx, most)
		switch {
		case errors.Is(err, io.EOF):
			p.end = true
			if p.change == nil {
				return nil, io.EOF
			}
			p.buf = p.change.Flush(p.buf[:0])
		case err != nil:
			return nil, err
		case p.change == nil:
			p.buf = raw
		default:
			p.buf = p.change.Process(p.buf[:0], raw)
		}
		if len(p.buf) > 0 {
			p.read += len(p.buf)
			return p.buf, nil
		}
	}
}

// Heard is how much audio Read gave out. It belongs to the goroutine that reads.
func (p *Port) Heard() time.Duration {
	return time.Duration(p.read) * time.Second / time.Duration(p.rate)
}

// Partial delivers an interim result; an empty one says nothing and is dropped.
func (p *Port) Partial(r asr.Result) {
	if r.Text == "" {
		return
	}
	r.Final = false
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.partial = &r
	p.s.changed.Broadcast()
}

// Final delivers a final result. It reports false when nobody fetches them.
func (p *Port) Final(r asr.Result) bool {
	r.Final = true
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if len(p.s.finals) >= maxWaiting {
		return false
	}
	p.s.partial, p.s.finals = nil, append(p.s.finals, r)
	p.s.changed.Broadcast()
	return true
}

// Duplex sends and receives at the same time. Each is given a ctx that ends when the other fails,
// when recv has ended, or late after send has ended; it must then return. The error is that of
// whichever failed first.
func Duplex(ctx context.Context, late time.Duration, send, recv func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		if err := send(ctx); err != nil {
			cancel(err)
			return
		}
		timer := time.NewTimer(late)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(ErrLate)
		case <-ctx.Done():
		}
	}()
	err := recv(ctx)
	if err != nil {
		cancel(err) // keeps the cause that was there first
		err = context.Cause(ctx)
	}
	cancel(nil)
	<-sent
	return err
}

// Bytes appends pcm to dst as 16-bit little-endian and returns it.
func Bytes(dst []byte, pcm []int16) []byte {
	for _, v := range pcm {
		dst = binary.LittleEndian.AppendUint16(dst, uint16(v))
	}
	return dst
}

// wake lets those who wait look at their ctx.
func (s *session) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}

// fetch waits for samples and returns a copy of them; io.EOF when no more come.
func (s *session) fetch(ctx context.Context, most int) ([]int16, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.held == 0 && !s.sent && s.over == nil && ctx.Err() == nil {
		s.changed.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case s.over != nil:
		return nil, s.over
	case s.held == 0:
		return nil, io.EOF
	}
	n := min(most, s.held, len(s.ring)-s.head)
	out := append([]int16(nil), s.ring[s.head:s.head+n]...)
	s.head = (s.head + n) % len(s.ring)
	s.held -= n
	return out, nil
}
