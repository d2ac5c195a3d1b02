package chain

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"reflect"
	"sync/atomic"
	"testing"

	"decroche/asr"
	"decroche/asr/embedded"
	"decroche/media"
)

// mortal lets another engine die after some frames of its first session.
type mortal struct {
	asr.Recogniser
	dies int64
	n    atomic.Int64
}

func (m *mortal) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	s, err := m.Recogniser.Open(ctx, opt)
	return &mortalSession{s, m}, err
}

type mortalSession struct {
	asr.Session
	m *mortal
}

func (s *mortalSession) Write(f media.Frame) error {
	if s.m.n.Add(1) == s.m.dies {
		s.Session.Close()
		return errDied
	}
	return s.Session.Write(f)
}

// TestTheEmbeddedEngineHearsTheSame: real speech, the real recogniser, killed in the midst of it;
// text, confidence and the times of words are those of an undisturbed run.
func TestTheEmbeddedEngineHearsTheSame(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../embedded/testdata/fixture.raw")
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	cfg := embedded.DefaultConfig()
	cfg.BeamFree, cfg.BeamClosed, cfg.Languages = 30, 30, []string{"fr"}
	real, err := embedded.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	opt := asr.Options{Language: "fr", Rate: media.PhoneRate}
	want, err := asr.Transcribe(t.Context(), real, pcm, opt)
	if err != nil || want.Text == "" {
		t.Fatalf("undisturbed: %+v, %v", want, err)
	}
	rnd := rand.New(rand.NewPCG(4, 2026))
	times := 3
	if os.Getenv("DECROCHE_LONG") != "" {
		times = 100
	}
	for range times {
		dies := 1 + rnd.Int64N(int64(len(pcm)/160))
		c := newChain(t, nil, Engine{Recogniser: &mortal{Recogniser: real, dies: dies}}, Engine{Recogniser: real})
		if got, err := asr.Transcribe(t.Context(), c, pcm, opt); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("killed at frame %d: %+v, %v; undisturbed %+v", dies, got, err, want)
		}
		c.Close()
	}
}
