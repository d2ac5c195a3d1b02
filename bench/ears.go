package bench

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"decroche/asr"
	"decroche/media"
)

// Ears is a recogniser that costs next to nothing, for benches in which recognition is not what
// is measured. Without a Book it finds Text in every turn, at its end; with Wishes only in those
// whose Options.Hints hold it, and nothing in others. With one it finds the words
// of what it is given: partial results each 250 ms, Lag after the word, and the whole at the end.
type Ears struct {
	Text string
	Book *Book
	Lag  time.Duration

	Wishes bool
}

// Open implements asr.Recogniser.
func (e Ears) Open(_ context.Context, opt asr.Options) (asr.Session, error) {
	if e.Wishes && !slices.Contains(opt.Hints, e.Text) {
		e.Text = ""
	}
	s := &earsSession{ears: e, sent: make(chan struct{}), closed: make(chan struct{}), partials: make(chan string, 64)}
	if e.Book != nil {
		s.ear = e.Book.Listen()
	}
	return s, nil
}

func (e Ears) String() string { return "bench (knows what is said)" }

// partialEvery is how much sound lies between two partial results.
const partialEvery = 250 * time.Millisecond

type earsSession struct {
	ears         Ears
	told         bool // owned by Recv
	send, end    sync.Once
	sent, closed chan struct{}
	partials     chan string

	mu   sync.Mutex // guards what follows
	ear  *Listener  // nil without a book
	fed  time.Duration
	next time.Duration
	last string
	wait []late
}

// late is a partial result that is not due yet.
type late struct {
	at   time.Duration
	text string
}

func (s *earsSession) Write(f media.Frame) error {
	if s.ear == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ear.Hear(f.PCM)
	if s.fed += f.Len(); s.fed >= s.next {
		s.next += partialEvery
		if t := s.ear.Text(); t != s.last {
			s.last = t
			s.wait = append(s.wait, late{s.fed + s.ears.Lag, t})
		}
	}
	for len(s.wait) > 0 && s.wait[0].at <= s.fed {
		select {
		case s.partials <- s.wait[0].text:
		default: // nobody reads: the next one says more
		}
		s.wait = s.wait[1:]
	}
	return nil
}

func (s *earsSession) Recv() (asr.Result, error) {
	select {
	case t := <-s.partials:
		return asr.Result{Text: t}, nil
	default:
	}
	select {
	case t := <-s.partials:
		return asr.Result{Text: t}, nil
	case <-s.sent:
		if !s.told {
			s.told = true
			return s.final(), nil
		}
	case <-s.closed:
	}
	return asr.Result{}, io.EOF
}

func (s *earsSession) final() asr.Result {
	text := s.ears.Text
	if s.ear != nil {
		s.mu.Lock()
		text = s.ear.Text()
		s.mu.Unlock()
	}
	r := asr.Result{Text: text, Final: true}
	if text != "" {
		r.Confidence = 0.97
	}
	return r
}

func (s *earsSession) CloseSend() error {
	s.send.Do(func() { close(s.sent) })
	return nil
}

func (s *earsSession) Close() error {
	s.end.Do(func() { close(s.closed) })
	return nil
}
