// Package asrtest proves that a recogniser keeps the promises of package asr (Run), and offers a
// recogniser that follows a script (Script), for testing whatever listens to one.
package asrtest

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr"
	"decroche/media"
)

// Options tell Run what the engine at hand can be asked.
type Options struct {
	// Open is what sessions are opened with. A zero Rate means 8000.
	Open asr.Options
	// Speech is mono audio at Open.Rate in which Words are said; without it the kit plays only
	// noise and silence, and checks no words.
	Speech []int16
	Words  string
	// RealTime runs without virtual time, for engines that talk to other processes or networks.
	// Leaked goroutines are then found by counting, and each wait may last Patience.
	RealTime bool
	Patience time.Duration // 5 s when zero
	// NoConfidence is for engines that do not say how sure they are.
	NoConfidence bool
	// Broken makes the recogniser with a server that fails in a way, for engines that have one.
	// Its settings must let it give up within Patience. nil skips these checks.
	Broken func(t *testing.T, f Fault) asr.Recogniser
	// Secrets must appear in no error and in no log line, and neither must Words.
	Secrets []string
}

// Run checks a recogniser against the contract of asr.Recogniser, one sub-test per promise. make
// is called once per sub-test and may return the same recogniser every time.
func Run(t *testing.T, make func(t *testing.T) asr.Recogniser, opt Options) {
	if opt.Open.Rate == 0 {
		opt.Open.Rate = media.PhoneRate
	}
	if opt.Patience == 0 {
		opt.Patience = 5 * time.Second
	}
	for _, c := range []struct {
		name  string
		check func(*testing.T, asr.Recogniser, Options)
	}{
		{"silence yields no words", silence},
		{"faint noise yields no words", faintNoise},
		{"no audio at all", noAudio},
		{"final then EOF", finalThenEOF},
		{"odd frame sizes", oddFrames},
		{"close twice", closeTwice},
		{"close unblocks Recv", closeUnblocks},
		{"cancellation unblocks Recv", cancelUnblocks},
		{"a cancelled context opens nothing", cancelledOpen},
		{"late audio is refused", lateAudio},
		{"other rates are refused or understood", otherRate},
		{"concurrent sessions", concurrent},
		{"a flood is refused, not waited for", flood},
	} {
		t.Run(c.name, func(t *testing.T) {
			if opt.RealTime {
				settled := runtime.NumGoroutine()
				c.check(t, make(t), opt)
				noneLeft(t, settled, opt.Patience)
				return
			}
			synctest.Test(t, func(t *testing.T) { c.check(t, make(t), opt) })
		})
	}
	if opt.Broken != nil {
		broken(t, opt)
	}
}

func noneLeft(t *testing.T, settled int, patience time.Duration) {
	t.Helper()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > settled; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%d goroutines more than before", runtime.NumGoroutine()-settled)
			return
		}
	}
}

func open(t *testing.T, r asr.Recogniser, opt Options) asr.Session {
	t.Helper()
	s, err := r.Open(t.Context(), opt.Open)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// play writes pcm in pieces, patiently, and then CloseSend.
func play(t *testing.T, s asr.Session, pcm []int16, piece, rate int) {
	t.Helper()
	var at time.Duration
	for len(pcm) > 0 {
		n := min(piece, len(pcm))
		f := media.Frame{PCM: append([]int16(nil), pcm[:n]...), Rate: rate, At: at}
		err := s.Write(f)
		if errors.Is(err, asr.ErrOverrun) {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		if err != nil {
			t.Errorf("write at %v: %v", at, err)
			s.Close() // or else whoever hears would wait for ever
			return
		}
		pcm, at = pcm[n:], at+f.Len()
	}
	if err := s.CloseSend(); err != nil {
		t.Errorf("CloseSend: %v", err)
	}
}

// hear collects until EOF and returns the joined finals.
func hear(t *testing.T, s asr.Session) (text string, finals []asr.Result) {
	var texts []string
	for {
		r, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return strings.Join(texts, " "), finals
		}
		if err != nil {
			t.Errorf("recv: %v", err)
			return strings.Join(texts, " "), finals
		}
		if r.Confidence < 0 || r.Confidence > 1 {
			t.Errorf("confidence %v is not within 0..1", r.Confidence)
		}
		if r.End < r.Start {
			t.Errorf("a result from %v to %v", r.Start, r.End)
		}
		for i, w := range r.Words {
			if w.End < w.Start || i > 0 && w.Start < r.Words[i-1].Start {
				t.Errorf("word %d %q from %v to %v is out of order", i, w.Text, w.Start, w.End)
			}
		}
		if r.Final {
			finals = append(finals, r)
			if r.Text != "" {
				texts = append(texts, r.Text)
			}
		}
	}
}

func silence(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	go play(t, s, make([]int16, 3*opt.Open.Rate), opt.Open.Rate/50, opt.Open.Rate)
	if text, _ := hear(t, s); text != "" {
		t.Errorf("heard %q in silence", text)
	}
}

func faintNoise(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	go play(t, s, hiss(3*opt.Open.Rate), opt.Open.Rate/50, opt.Open.Rate)
	if text, _ := hear(t, s); text != "" {
		t.Errorf("heard %q in line noise", text)
	}
}

// hiss is the noise of a quiet line, some -60 dB, the same every time.
func hiss(n int) []int16 {
	pcm, x := make([]int16, n), uint32(1)
	for i := range pcm {
		x = x*1664525 + 1013904223
		pcm[i] = int16(x>>16) >> 10
	}
	return pcm
}

func noAudio(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if text, _ := hear(t, s); text != "" {
		t.Errorf("heard %q without any audio", text)
	}
}

func (o Options) speech() []int16 {
	if len(o.Speech) > 0 {
		return o.Speech
	}
	return make([]int16, o.Open.Rate)
}

func finalThenEOF(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	go play(t, s, opt.speech(), opt.Open.Rate/50, opt.Open.Rate)
	text, finals := hear(t, s)
	if opt.Words != "" && text != opt.Words {
		t.Errorf("heard %q, want %q", text, opt.Words)
	}
	if opt.Words != "" && !opt.NoConfidence && (len(finals) == 0 || finals[0].Confidence == 0) {
		t.Error("words without confidence")
	}
	if _, err := s.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("a second Recv after EOF: %v, want EOF again", err)
	}
}

func oddFrames(t *testing.T, r asr.Recogniser, opt Options) {
	var want string
	for i, piece := range []int{opt.Open.Rate / 50, 7, 161, 1999} {
		s := open(t, r, opt)
		go play(t, s, opt.speech(), piece, opt.Open.Rate)
		text, _ := hear(t, s)
		if i == 0 {
			want = text
		} else if text != want {
			t.Errorf("frames of %d samples: heard %q, 20 ms frames gave %q", piece, text, want)
		}
		s.Close()
	}
	s := open(t, r, opt)
	if err := s.Write(media.Frame{Rate: opt.Open.Rate}); err != nil {
		t.Errorf("an empty frame: %v", err)
	}
	s.Close()
}

func closeTwice(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := s.Recv(); err == nil {
		t.Error("Recv after Close gave a result")
	}
	if err := s.Write(media.Frame{PCM: make([]int16, 160), Rate: opt.Open.Rate}); err == nil {
		t.Error("Write after Close was accepted")
	}
}

// recvEnds starts a Recv that has nothing to receive, then checks that end makes it return an error.
func recvEnds(t *testing.T, s asr.Session, opt Options, end func()) {
	t.Helper()
	got := make(chan error, 1)
	go func() {
		for {
			if _, err := s.Recv(); err != nil {
				got <- err
				return
			}
		}
	}()
	if err := s.Write(media.Frame{PCM: make([]int16, opt.Open.Rate/50), Rate: opt.Open.Rate}); err != nil {
		t.Fatal(err)
	}
	if !opt.RealTime {
		synctest.Wait()
	}
	end()
	select {
	case err := <-got:
		if errors.Is(err, io.EOF) {
			t.Error("an abandoned session ended with EOF, as if all had been heard")
		}
	case <-time.After(min(opt.Patience, time.Second)):
		t.Error("Recv was still waiting a second later")
		s.Close()
		<-got
	}
}

func closeUnblocks(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	recvEnds(t, s, opt, func() { s.Close() })
}

func cancelUnblocks(t *testing.T, r asr.Recogniser, opt Options) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	s, err := r.Open(ctx, opt.Open)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	recvEnds(t, s, opt, func() { cancel(errors.New("the caller hung up")) })
}

func cancelledOpen(t *testing.T, r asr.Recogniser, opt Options) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := r.Open(ctx, opt.Open); err == nil {
		s.Close()
		t.Error("Open succeeded although its context was cancelled")
	}
}

func lateAudio(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(media.Frame{PCM: make([]int16, 160), Rate: opt.Open.Rate}); err == nil {
		t.Error("Write after CloseSend was accepted")
	}
	hear(t, s)
	if err := s.CloseSend(); err != nil {
		t.Errorf("a second CloseSend: %v", err)
	}
}

func otherRate(t *testing.T, r asr.Recogniser, opt Options) {
	o := opt.Open
	o.Rate = 11025
	s, err := r.Open(t.Context(), o)
	if err != nil {
		if !strings.Contains(err.Error(), "11025") {
			t.Errorf("the error does not name the rate: %v", err)
		}
		return
	}
	go play(t, s, make([]int16, o.Rate), o.Rate/50, o.Rate)
	hear(t, s)
	s.Close()
}

func concurrent(t *testing.T, r asr.Recogniser, opt Options) {
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			s, err := r.Open(t.Context(), opt.Open)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if i%3 == 2 {
				return // a caller who hangs up at once
			}
			go play(t, s, opt.speech(), opt.Open.Rate/50, opt.Open.Rate)
			if text, _ := hear(t, s); opt.Words != "" && text != opt.Words {
				t.Errorf("session %d heard %q, want %q", i, text, opt.Words)
			}
		})
	}
	all.Wait()
}

// flood writes a minute of audio at once: each Write must return at once, with or without ErrOverrun.
func flood(t *testing.T, r asr.Recogniser, opt Options) {
	s := open(t, r, opt)
	frame := make([]int16, opt.Open.Rate/50)
	began := time.Now()
	for range 50 * 60 {
		if err := s.Write(media.Frame{PCM: frame, Rate: opt.Open.Rate}); err != nil && !errors.Is(err, asr.ErrOverrun) {
			t.Fatalf("write: %v, want ErrOverrun", err)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a minute of frames took %v to write", took)
	}
	s.Close()
}
