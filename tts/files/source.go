package files

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"decroche/media"
)

// source plays samples that it shares and does not change. ReadFrame belongs to one goroutine,
// Close to any.
type source struct {
	ctx    context.Context
	pcm    []int16
	rate   int
	at     int
	closed atomic.Bool
}

// ReadFrame implements media.Source.
func (s *source) ReadFrame() (media.Frame, error) {
	switch {
	case s.ctx.Err() != nil:
		return media.Frame{}, context.Cause(s.ctx)
	case s.closed.Load():
		return media.Frame{}, fmt.Errorf("tts/files: read: %w", io.ErrClosedPipe)
	case s.at == len(s.pcm):
		return media.Frame{}, io.EOF
	}
	n := min(s.rate/50, len(s.pcm)-s.at)
	f := media.Frame{PCM: append([]int16(nil), s.pcm[s.at:s.at+n]...), Rate: s.rate, At: time.Duration(s.at) * time.Second / time.Duration(s.rate)}
	s.at += n
	return f, nil
}

// Close implements media.Source.
func (s *source) Close() error {
	s.closed.Store(true)
	return nil
}
