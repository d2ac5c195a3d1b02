package cache

import (
	"context"
	"testing"

	"decroche/media"
	"decroche/tts"
	"decroche/tts/ttstest"
)

// standIn says of itself that its voice is not the one asked for.
type standIn struct{ ttstest.Voice }

func (s *standIn) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	src, err := s.Voice.Speak(ctx, u)
	return fleeting{src}, err
}

type fleeting struct{ media.Source }

func (fleeting) Keep() bool { return false }

func TestAStandInIsNotKept(t *testing.T) {
	t.Parallel()
	inner := &standIn{}
	cfg := DefaultConfig()
	cfg.Dir = t.TempDir()
	c, err := New(inner, "chain", cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u := tts.Utterance{Text: "un deux", Rate: 8000}
	if err := c.Warm(t.Context(), []tts.Utterance{u}, nil); err != nil {
		t.Fatal(err)
	}
	if pcm := ttstest.All(t, c, u); len(pcm) != 1600 {
		t.Errorf("%d samples", len(pcm))
	}
	if n := len(inner.Said()); n != 2 {
		t.Errorf("rendered %d times, want again each time", n)
	}
}
