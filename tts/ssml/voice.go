package ssml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"decroche/internal/langtag"
	"decroche/media"
	"decroche/tts"
)

// Voice says documents through an engine that may know nothing of them. Utterances without marks
// pass unchanged. It is safe for concurrent use.
type Voice struct {
	inner tts.Synthesiser
	can   Can
}

var _ tts.Synthesiser = (*Voice)(nil)

// New wraps an engine. What it can do itself it tells with a method Marks() Can.
func New(inner tts.Synthesiser) *Voice {
	v := &Voice{inner: inner}
	if m, ok := inner.(interface{ Marks() Can }); ok {
		v.can = m.Marks()
	}
	return v
}

// Unwrap returns the engine.
func (v *Voice) Unwrap() tts.Synthesiser { return v.inner }

// Speak implements tts.Synthesiser. A document that cannot be read is spoken by its plain words.
func (v *Voice) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if u.SSML == "" {
		return v.inner.Speak(ctx, u)
	}
	lang, runs, err := Parse(u.SSML)
	if err != nil || len(runs) == 0 {
		u.SSML = ""
		return v.inner.Speak(ctx, u)
	}
	if u.Language == "" {
		u.Language = lang
	}
	if u.Rate == 0 {
		u.Rate = media.PhoneRate
	}
	parts := v.pieces(u, runs)
	if len(parts) == 1 && parts[0].pause == 0 {
		return v.speak(ctx, u, parts[0])
	}
	s := &source{v: v, u: u, left: parts}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	if err := s.advance(); err != nil {
		s.cancel(err)
		return nil, err
	}
	return s, nil
}

// piece is what an engine is asked for at once, or a pause.
type piece struct {
	u     tts.Utterance
	pause time.Duration
}

// pieces cuts a document where pauses stand, and where the language or the speed changes.
func (v *Voice) pieces(u tts.Utterance, runs []Run) (out []piece) {
	for len(runs) > 0 {
		if runs[0].Pause > 0 {
			out = append(out, piece{pause: runs[0].Pause})
			runs = runs[1:]
			continue
		}
		n := 1
		for n < len(runs) && runs[n].same(runs[0]) {
			n++
		}
		if p := v.piece(u, runs[:n]); speakable(p.u.Text) {
			out = append(out, p)
		}
		runs = runs[n:]
	}
	return out
}

// piece is the utterance of runs that go together.
func (v *Voice) piece(u tts.Utterance, runs []Run) piece {
	first := runs[0]
	u.Text, u.SSML = Plain(runs), ""
	if first.Lang != "" && !sameLanguage(first.Lang, u.Language) {
		u.Language, u.Voice = first.Lang, "" // the voice is one of the other language
	}
	if first.Rate != 1 && first.Rate != 0 {
		speed := u.Speed
		if speed == 0 {
			speed = 1
		}
		u.Speed = min(2, max(.5, speed*first.Rate))
	}
	plain := true
	for i, r := range runs {
		runs[i].Lang, runs[i].Rate = "", 1
		plain = plain && !(v.can.Pitch && r.Pitch != "" || v.can.Volume && r.Volume != "" || v.can.Emphasis && r.Emphasis != "" || phonemes(r, u.Language, v.can.Alphabet) != "")
	}
	if !plain {
		u.SSML = Write(u.Language, runs, v.can)
	}
	return piece{u: u}
}

func sameLanguage(a, b string) bool { return langtag.Base(a) == langtag.Base(b) }

func speakable(text string) bool { return strings.Trim(text, " \n\t\r.,;:!?…«»\"()") != "" }

// speak asks the engine; a language that it has no voice for is read by the voice of the document.
func (v *Voice) speak(ctx context.Context, whole tts.Utterance, p piece) (media.Source, error) {
	src, err := v.inner.Speak(ctx, p.u)
	if err != nil && p.u.Language != whole.Language && ctx.Err() == nil {
		p.u.Language, p.u.Voice = whole.Language, whole.Voice
		return v.inner.Speak(ctx, p.u)
	}
	return src, err
}

// source is pieces one after the other. The next is asked for when one begins to be read, so that
// an engine far away costs no gap. ReadFrame belongs to one goroutine, Close to any.
type source struct {
	v      *Voice
	u      tts.Utterance
	ctx    context.Context
	cancel context.CancelCauseFunc

	// owned by the goroutine that reads
	left  []piece
	pause time.Duration // silence still to give
	at    time.Duration

	mu   sync.Mutex
	now  media.Source // being read; nil in a pause
	next *pending
	shut bool
}

// pending is a piece that was asked for ahead of its time.
type pending struct {
	done chan struct{}
	src  media.Source
	err  error
}

// errClosed is the cause with which Close ends what the engine does.
var errClosed = fmt.Errorf("tts/ssml: source is closed: %w", io.ErrClosedPipe)

// advance makes the next piece the one that is read.
func (s *source) advance() error {
	s.mu.Lock()
	old := s.now
	s.now = nil
	s.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	if len(s.left) == 0 {
		return io.EOF
	}
	p := s.left[0]
	s.left = s.left[1:]
	if p.pause > 0 {
		s.pause = p.pause
		s.ahead()
		return nil
	}
	s.mu.Lock()
	w := s.next
	s.next = nil
	s.mu.Unlock()
	if w == nil {
		w = s.begin(p)
	}
	select {
	case <-w.done:
	case <-s.ctx.Done():
		w.drop()
		return context.Cause(s.ctx)
	}
	if w.err != nil {
		return w.err
	}
	s.mu.Lock()
	shut := s.shut
	if !shut {
		s.now = w.src
	}
	s.mu.Unlock()
	if shut {
		_ = w.src.Close()
		return errClosed
	}
	s.ahead()
	return nil
}

// begin asks the engine for a piece.
func (s *source) begin(p piece) *pending {
	w := &pending{done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.src, w.err = s.v.speak(s.ctx, s.u, p)
	}()
	return w
}

// drop closes what was asked for when it comes.
func (w *pending) drop() {
	<-w.done
	if w.src != nil {
		_ = w.src.Close()
	}
}

// ahead asks for the next piece of words.
func (s *source) ahead() {
	for _, p := range s.left {
		if p.pause > 0 {
			continue
		}
		s.mu.Lock()
		if s.next == nil && !s.shut {
			s.next = s.begin(p)
		}
		s.mu.Unlock()
		return
	}
}

// ReadFrame implements media.Source.
func (s *source) ReadFrame() (media.Frame, error) {
	for {
		if s.ctx.Err() != nil {
			return media.Frame{}, context.Cause(s.ctx)
		}
		if s.pause > 0 {
			d := min(s.pause, media.FrameTime)
			s.pause -= d
			return s.give(media.Frame{PCM: make([]int16, int(int64(s.u.Rate)*d.Milliseconds()/1000)), Rate: s.u.Rate}), nil
		}
		s.mu.Lock()
		src := s.now
		s.mu.Unlock()
		if src != nil {
			f, err := src.ReadFrame()
			if err == nil {
				return s.give(f), nil
			}
			if !errors.Is(err, io.EOF) {
				return media.Frame{}, err
			}
		}
		if err := s.advance(); err != nil {
			return media.Frame{}, err
		}
	}
}

func (s *source) give(f media.Frame) media.Frame {
	f.At = s.at
	s.at += f.Len()
	return f
}

// Close implements media.Source. It waits until the engine has let go.
func (s *source) Close() error {
	s.cancel(errClosed)
	s.mu.Lock()
	s.shut = true
	now, next := s.now, s.next
	s.now, s.next = nil, nil
	s.mu.Unlock()
	if now != nil {
		_ = now.Close()
	}
	if next != nil {
		next.drop()
	}
	return nil
}
