package bench

import (
	"context"
	"io"
	"sync"

	"decroche/asr"
	"decroche/media"
)

// Ears is a recogniser that does not listen: it finds the same words in every turn, at once. With
// it a bot converses at the cost of everything but recognition.
type Ears struct{ Text string }

// Open implements asr.Recogniser.
func (e Ears) Open(context.Context, asr.Options) (asr.Session, error) {
	return &earsSession{text: e.Text, sent: make(chan struct{}), closed: make(chan struct{})}, nil
}

func (e Ears) String() string { return "bench (hears nothing)" }

type earsSession struct {
	text         string
	told         bool // owned by Recv
	send, end    sync.Once
	sent, closed chan struct{}
}

func (s *earsSession) Write(media.Frame) error { return nil }

func (s *earsSession) Recv() (asr.Result, error) {
	select {
	case <-s.sent:
		if !s.told {
			s.told = true
			return asr.Result{Text: s.text, Final: true, Confidence: 0.97}, nil
		}
	case <-s.closed:
	}
	return asr.Result{}, io.EOF
}

func (s *earsSession) CloseSend() error {
	s.send.Do(func() { close(s.sent) })
	return nil
}

func (s *earsSession) Close() error {
	s.end.Do(func() { close(s.closed) })
	return nil
}
