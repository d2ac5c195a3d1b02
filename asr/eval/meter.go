package eval

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"decroche/asr"
)

// meter reads this process's processor time from the last audio to the last word: what the wait
// would be on a machine that does nothing else. It makes sense for one recording at a time.
type meter struct {
	asr.Recogniser
	spent atomic.Int64 // nanoseconds; of the last session that ended
}

func (m *meter) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	s, err := m.Recogniser.Open(ctx, opt)
	if err != nil {
		return nil, err
	}
	return &metered{Session: s, m: m}, nil
}

type metered struct {
	asr.Session
	m    *meter
	sent atomic.Int64
}

func (s *metered) CloseSend() error {
	s.sent.Store(int64(processorTime()))
	return s.Session.CloseSend()
}

func (s *metered) Recv() (asr.Result, error) {
	r, err := s.Session.Recv()
	if errors.Is(err, io.EOF) {
		s.m.spent.Store(int64(processorTime()) - s.sent.Load())
	}
	return r, err
}

func (m *meter) last() time.Duration { return time.Duration(m.spent.Load()) }
