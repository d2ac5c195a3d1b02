package embedded

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/media"
	"decroche/media/resample"
)

// smallConfig is enough for tests that do not measure.
func smallConfig() Config {
	c := DefaultConfig()
	c.BeamFree, c.BeamClosed = 40, 40
	return c
}

func TestContract(t *testing.T) {
	pcm, _ := fixture(t)
	r := testRecogniser(t, smallConfig(), defaultTuning())
	res, err := asr.Transcribe(t.Context(), r, pcm, asr.Options{Language: "fr", Rate: 8000})
	if err != nil || res.Text == "" {
		t.Fatalf("the fixture: %+v, %v", res, err)
	}
	open := asr.Options{Language: "fr", Rate: 8000}
	for _, kind := range []string{"", "digits", "list"} {
		t.Run("expecting "+kind, func(t *testing.T) {
			t.Parallel()
			opt := asrtest.Options{Open: open, Speech: pcm}
			opt.Open.Expect.Kind, opt.Open.Hints = kind, []string{"où est mon colis", "parler à un conseiller"}
			asrtest.Run(t, func(*testing.T) asr.Recogniser { return r }, opt)
		})
	}
}

// Final results are the same however the audio comes in, and after the state was used before.
func TestStreamingIsBatch(t *testing.T) {
	t.Parallel()
	pcm, _ := fixture(t)
	r := testRecogniser(t, smallConfig(), defaultTuning())
	opt := asr.Options{Language: "fr", Rate: 8000}
	var want asr.Result
	for i, piece := range []int{160, 15999, 7, 163} {
		s, err := r.Open(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		for p := range slices.Chunk(pcm, piece) {
			for s.Write(media.Frame{PCM: p, Rate: 8000}) != nil {
				time.Sleep(time.Millisecond)
			}
		}
		s.CloseSend()
		got := lastFinal(t, s)
		s.Close()
		if i == 0 {
			want = got
		} else if got.Text != want.Text || got.Confidence != want.Confidence || !slices.Equal(got.Words, want.Words) {
			t.Errorf("pieces of %d: %+v, want %+v", piece, got, want)
		}
	}
}

func lastFinal(t *testing.T, s asr.Session) (last asr.Result) {
	t.Helper()
	for {
		r, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return last
		}
		if err != nil {
			t.Fatal(err)
		}
		last = r
	}
}

func TestPartialsGrowWhileAudioComes(t *testing.T) {
	pcm, _ := fixture(t)
	r := testRecogniser(t, smallConfig(), defaultTuning())
	synctest.Test(t, func(t *testing.T) {
		s, err := r.Open(t.Context(), asr.Options{Language: "fr", Rate: 8000})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		go func() {
			for p := range slices.Chunk(pcm, 160) {
				s.Write(media.Frame{PCM: p, Rate: 8000})
				time.Sleep(20 * time.Millisecond)
			}
			s.CloseSend()
		}()
		partials := 0
		for {
			r, err := s.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if r.Final {
				break
			}
			partials++
		}
		if partials < 3 {
			t.Errorf("%d partial results in %.1f s of speech", partials, float64(len(pcm))/8000)
		}
	})
}

// Somebody who talks for a minute is cut into several finals, with times that go on.
func TestMonologue(t *testing.T) {
	t.Parallel()
	pcm, _ := fixture(t)
	r := testRecogniser(t, smallConfig(), defaultTuning())
	s, err := r.Open(t.Context(), asr.Options{Language: "fr", Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	go func() {
		for range 17 {
			for p := range slices.Chunk(pcm, 160) {
				for s.Write(media.Frame{PCM: p, Rate: 8000}) != nil {
					time.Sleep(time.Millisecond)
				}
			}
		}
		s.CloseSend()
	}()
	finals, words, last := 0, 0, time.Duration(0)
	for {
		res, err := s.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if res.Final {
			finals++
			words += len(res.Words)
			if res.Start < last {
				t.Errorf("a final begins at %v, the one before ended at %v", res.Start, last)
			}
			last = res.End
		}
	}
	if finals < 2 || words < 4*17 || last < 35*time.Second {
		t.Errorf("%d finals with %d words up to %v", finals, words, last)
	}
}

func TestOverrun(t *testing.T) {
	r := testRecogniser(t, smallConfig(), defaultTuning())
	s := newSession(t.Context(), r, 0, nil, func(*session) {}) // a worker that does nothing
	defer s.Close()
	frame := media.Frame{PCM: make([]int16, 160), Rate: 8000}
	for i := range 100 {
		if err := s.Write(frame); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	if err := s.Write(frame); !errors.Is(err, asr.ErrOverrun) {
		t.Errorf("frame 101 of a ring of 2 s: %v, want ErrOverrun", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	r := testRecogniser(t, smallConfig(), defaultTuning())
	for _, c := range []struct {
		opt  asr.Options
		want string
	}{
		{asr.Options{Language: "fr", Rate: 300000}, "300000"},
		{asr.Options{Language: "de"}, `"de"`},
		{asr.Options{Language: "fr", Expect: asr.Expect{Kind: "digits", Layout: "heaps"}}, `"heaps"`},
	} {
		if _, err := r.Open(t.Context(), c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want an error that names %s", c.opt, err, c.want)
		}
	}
	s, err := r.Open(t.Context(), asr.Options{Language: "en-GB"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write(media.Frame{PCM: make([]int16, 320), Rate: 16000}); err == nil {
		t.Error("a frame of another rate was accepted")
	}
}

func TestTranscribeCancelled(t *testing.T) {
	t.Parallel()
	r := testRecogniser(t, smallConfig(), defaultTuning())
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := asr.Transcribe(ctx, r, make([]int16, 8000), asr.Options{Language: "fr"}); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}

func TestConfigValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("the default is wrong: %q", bad)
	}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Languages = nil }, "languages: is empty; name fr, en or both"},
		{func(c *Config) { c.Languages = []string{"de"} }, `languages: "de" is not known to the embedded recogniser; it knows fr and en`},
		{func(c *Config) { c.BeamFree = 5 }, "beam_free: 5 is out of range; use 30 to 1000"},
		{func(c *Config) { c.BeamClosed = 5000 }, "beam_closed: 5000 is out of range; use 30 to 1000"},
		{func(c *Config) { c.PhraseShare = 2 }, "phrase_share: 2 is out of range; use 0 to 0.9"},
	} {
		cfg := DefaultConfig()
		c.change(&cfg)
		if bad := cfg.Validate(); len(bad) != 1 || bad[0] != c.want {
			t.Errorf("got %q, want %q", bad, c.want)
		}
		if _, err := New(cfg); err == nil {
			t.Errorf("New accepted what Validate refused: %s", c.want)
		}
	}
}

// A wider leg is heard as the telephone is: the same words from the same sound at 16 and 48 kHz.
func TestWiderLegs(t *testing.T) {
	t.Parallel()
	pcm, _ := fixture(t)
	r := testRecogniser(t, smallConfig(), defaultTuning())
	want, err := asr.Transcribe(t.Context(), r, pcm, asr.Options{Language: "fr", Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	for _, rate := range []int{16000, 48000} {
		up, err := resample.New(8000, rate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := asr.Transcribe(t.Context(), r, up.Flush(up.Process(nil, pcm)), asr.Options{Language: "fr", Rate: rate})
		if err != nil || got.Text != want.Text {
			t.Errorf("at %d: %q, %v; at 8000: %q", rate, got.Text, err, want.Text)
		}
	}
}
