package ttstest

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"decroche/media"
	"decroche/tts"
)

// Run is the conformance kit: what every synthesiser must do, whatever its engine. u is an
// utterance of two or three sentences that the engine can say; Rate is set by the kit.
func Run(t *testing.T, u tts.Utterance, open func(t *testing.T) tts.Synthesiser) {
	t.Helper()
	u.Rate = media.PhoneRate
	t.Run("speaks in frames of 20 ms", func(t *testing.T) { frames(t, u, open(t)) })
	t.Run("says nothing for an empty text", func(t *testing.T) { empty(t, u, open(t)) })
	t.Run("stops when its context ends", func(t *testing.T) { cancelled(t, u, open(t)) })
	t.Run("refuses a context that has ended", func(t *testing.T) { refused(t, u, open(t)) })
	t.Run("close twice and early", func(t *testing.T) { closed(t, u, open(t)) })
	t.Run("speaks twice at once", func(t *testing.T) { together(t, u, open(t)) })
}

// patience bounds every wait of the kit; a healthy engine needs a fraction of it.
const patience = 10 * time.Second

func frames(t *testing.T, u tts.Utterance, s tts.Synthesiser) {
	for _, rate := range []int{8000, 16000} {
		u.Rate = rate
		pcm := All(t, s, u)
		if len(pcm) < rate/5 {
			t.Fatalf("at %d Hz: %d samples for %q, want at least 200 ms", rate, len(pcm), u.Text)
		}
	}
}

func empty(t *testing.T, u tts.Utterance, s tts.Synthesiser) {
	for _, text := range []string{"", " \n"} {
		u.Text = text
		if pcm := All(t, s, u); len(pcm) > u.Rate {
			t.Fatalf("%d samples for %q, want next to none", len(pcm), text)
		}
	}
}

func cancelled(t *testing.T, u tts.Utterance, s tts.Synthesiser) {
	ctx, cancel := context.WithCancel(t.Context())
	src, err := s.Speak(ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := src.ReadFrame(); err != nil {
		t.Fatalf("first frame: %v", err)
	}
	cancel()
	within(t, "reading after cancel", func() {
		for {
			if _, err := src.ReadFrame(); err != nil {
				return
			}
		}
	})
}

func refused(t *testing.T, u tts.Utterance, s tts.Synthesiser) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	src, err := s.Speak(ctx, u)
	if err != nil {
		return
	}
	defer src.Close()
	within(t, "reading with a context that has ended", func() {
		for {
			if _, err := src.ReadFrame(); err != nil {
				if errors.Is(err, io.EOF) {
					t.Error("a source whose context has ended reports an ordinary end")
				}
				return
			}
		}
	})
}

func closed(t *testing.T, u tts.Utterance, s tts.Synthesiser) {
	src, err := s.Speak(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "closing twice", func() {
		src.Close()
		src.Close()
		for {
			if _, err := src.ReadFrame(); err != nil {
				return
			}
		}
	})
}

func together(t *testing.T, u tts.Utterance, s tts.Synthesiser) {
	a, err := s.Speak(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.ReadFrame(); err != nil {
		t.Fatal(err)
	}
	if len(All(t, s, u)) == 0 {
		t.Fatal("the second voice says nothing while the first is still speaking")
	}
	if _, err := a.ReadFrame(); err != nil {
		t.Fatalf("the first voice broke off: %v", err)
	}
}

// All says u to its end and returns the samples; it fails the test on any error, on frames of
// another rate or length (only the last may be shorter than 20 ms), and when it takes too long.
func All(t *testing.T, s tts.Synthesiser, u tts.Utterance) []int16 {
	t.Helper()
	var pcm []int16
	within(t, "speaking", func() {
		src, err := s.Speak(t.Context(), u)
		if err != nil {
			t.Errorf("speak %q: %v", u.Text, err)
			return
		}
		defer src.Close()
		short := false
		for {
			f, err := src.ReadFrame()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Errorf("read: %v", err)
				return
			}
			if f.Rate != u.Rate || len(f.PCM) > u.Rate/50 || len(f.PCM) == 0 || short {
				t.Errorf("frame of %d samples at %d Hz, want %d at %d", len(f.PCM), f.Rate, u.Rate/50, u.Rate)
				return
			}
			short = len(f.PCM) < u.Rate/50
			pcm = append(pcm, f.PCM...)
		}
	})
	return pcm
}

func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s did not end within %v", what, patience)
	}
}
