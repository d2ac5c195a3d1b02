package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/internal/breaker"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/ttstest"
)

// mortal is a voice that breaks off.
type mortal struct {
	tts.Synthesiser
	frames int  // that it makes in all before it dies
	hangs  bool // instead of an error
}

var errDied = errors.New("the voice died")

func (m *mortal) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	src, err := m.Synthesiser.Speak(ctx, u)
	if err != nil {
		return nil, err
	}
	return &dying{src, ctx, m}, nil
}

type dying struct {
	media.Source
	ctx context.Context
	m   *mortal
}

func (d *dying) ReadFrame() (media.Frame, error) {
	if d.m.frames == 0 {
		if d.m.hangs {
			<-d.ctx.Done()
		}
		return media.Frame{}, errDied
	}
	f, err := d.Source.ReadFrame()
	if err == nil {
		d.m.frames--
	}
	return f, err
}

func newChain(t *testing.T, m *Metrics, voices ...Voice) *Chain {
	t.Helper()
	var names []string
	for i := range voices {
		voices[i].Name = string(rune('a' + i))
		names = append(names, voices[i].Name)
	}
	c, err := New(voices, Routes{"any": names}, DefaultConfig(), m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const text = "Bonjour Nadia. Votre colis arrive demain entre neuf et onze heures ! Autre chose ?"

func TestConforms(t *testing.T) {
	t.Parallel()
	u := tts.Utterance{Text: text, Language: "fr"}
	voice := &ttstest.Voice{}
	dead := &ttstest.Voice{Fail: func(tts.Utterance) error { return errDied }}
	for name, make := range map[string]func() []Voice{
		"one":         func() []Voice { return []Voice{{Synthesiser: voice}} },
		"first fails": func() []Voice { return []Voice{{Synthesiser: dead}, {Synthesiser: voice}} },
		"first dies": func() []Voice {
			return []Voice{{Synthesiser: &mortal{Synthesiser: voice, frames: 7}}, {Synthesiser: voice}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ttstest.Run(t, u, func(t *testing.T) tts.Synthesiser { return newChain(t, nil, make()...) })
		})
	}
}

// TestEachWordIsHeardOnce kills voices at every kind of place, a hundred times, and reads the
// words back from the sound.
func TestEachWordIsHeardOnce(t *testing.T) {
	t.Parallel()
	want := strings.Join(strings.Fields(text), " ")
	rnd := rand.New(rand.NewPCG(7, 2026))
	for range 100 {
		first, second, hangs := rnd.IntN(70), rnd.IntN(70), rnd.IntN(2) == 0
		synctest.Test(t, func(t *testing.T) {
			voice := &ttstest.Voice{}
			c := newChain(t, nil, Voice{Synthesiser: &mortal{Synthesiser: voice, frames: first, hangs: hangs}}, Voice{Synthesiser: &mortal{Synthesiser: voice, frames: second}}, Voice{Synthesiser: voice})
			pcm := ttstest.All(t, c, tts.Utterance{Text: text, Language: "fr", Rate: 8000})
			if got := voice.Words(pcm); got != want {
				t.Errorf("died after %d frames (hangs %v) and %d: heard %q", first, hangs, second, got)
			}
			if n := len(pcm); n != 15*800+2*1600 {
				t.Errorf("%d samples, want 15 words and two pauses", n)
			}
			c.Close()
			if voice.Open() != 0 {
				t.Errorf("%d sources left open", voice.Open())
			}
		})
	}
}

func TestDeadlinesAndKinds(t *testing.T) {
	t.Parallel()
	voice := &ttstest.Voice{}
	for kind, tc := range map[string]struct {
		first tts.Synthesiser
		took  time.Duration
	}{
		"open":        {&ttstest.Voice{Fail: func(tts.Utterance) error { return errDied }}, 0},
		"broken":      {&mortal{Synthesiser: voice, frames: 5}, 0},
		"gap":         {&mortal{Synthesiser: voice, frames: 5, hangs: true}, time.Second},
		"first_audio": {&ttstest.Voice{Stall: true}, 700 * time.Millisecond},
		"silent":      {silent{}, 0},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := NewMetrics(nil)
				c := newChain(t, m, Voice{Synthesiser: tc.first}, Voice{Synthesiser: &ttstest.Voice{}, Cost: 60})
				began := time.Now()
				ttstest.All(t, c, tts.Utterance{Text: "un deux trois quatre cinq", Rate: 8000})
				if took := time.Since(began); took != tc.took {
					t.Errorf("took %v, want %v", took, tc.took)
				}
				c.Close()
				if n := testutil.ToFloat64(m.errors.WithLabelValues("a", kind)); n != 1 {
					t.Errorf("%v errors of the kind", n)
				}
				if u := testutil.ToFloat64(m.cost.WithLabelValues("b")); u < .499 || u > .501 {
					t.Errorf("half a second at 60 a minute cost %v units", u)
				}
				if n := testutil.ToFloat64(m.sentences.WithLabelValues("b", "said")); n != 1 {
					t.Errorf("b said %v sentences", n)
				}
			})
		})
	}
}

// silent is a voice that ends without any sound.
type silent struct{}

func (silent) Speak(context.Context, tts.Utterance) (media.Source, error) { return silent{}, nil }
func (silent) ReadFrame() (media.Frame, error)                            { return media.Frame{}, io.EOF }
func (silent) Close() error                                               { return nil }

func TestOneChangeAndTheRightNames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := true
		first := &ttstest.Voice{Fail: func(u tts.Utterance) error {
			if down && strings.HasPrefix(u.Text, "Votre") {
				return errDied
			}
			return nil
		}}
		second := &ttstest.Voice{}
		c := newChain(t, nil, Voice{Synthesiser: first}, Voice{Synthesiser: second})
		u := tts.Utterance{Text: text, Language: "fr", Voice: "marie", Rate: 8000}
		ttstest.All(t, c, u)
		told := func(v *ttstest.Voice) (s string) {
			for _, u := range v.Said() {
				s += fmt.Sprintf("%s[%s] ", u.Text[:5], u.Voice)
			}
			return s
		}
		if a, b := told(first), told(second); a != "Bonjo[marie] " || b != "Votre[] Autre[] " {
			t.Errorf("first %q, second %q", a, b)
		}
		down = false
		ttstest.All(t, c, tts.Utterance{SSML: "<speak>" + text + "</speak>", Text: text, Rate: 8000})
		if said := first.Said(); len(said) != 2 || said[1].Text != text {
			t.Errorf("marks were cut: %+v", said)
		}
		c.Close()
	})
}

func TestBreakerAndKeep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := &ttstest.Voice{Fail: func(tts.Utterance) error { return errDied }}
		c := newChain(t, nil, Voice{Synthesiser: first}, Voice{Synthesiser: &ttstest.Voice{}})
		say := func() bool {
			src, err := c.Speak(t.Context(), tts.Utterance{Text: "un deux"})
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = src.ReadFrame()
			}
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			if _, err := src.ReadFrame(); !errors.Is(err, io.EOF) {
				t.Errorf("after the end: %v", err)
			}
			return src.(interface{ Keep() bool }).Keep()
		}
		for range 3 {
			if say() {
				t.Error("what a stand-in said may be kept")
			}
		}
		if c.Health()[0].State != breaker.Open {
			t.Error("still asked")
		}
		time.Sleep(5 * time.Second)
		first.Fail = nil
		src, _ := c.Speak(t.Context(), tts.Utterance{Text: "un deux"})
		src.ReadFrame()
		src.Close() // the listener speaks up during the one try
		synctest.Wait()
		if !say() || c.Health()[0].State != breaker.Closed {
			t.Errorf("after its recovery: %v", c.Health())
		}
		c.Close()
	})
}

func TestAllFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		voice := &ttstest.Voice{}
		c := newChain(t, nil, Voice{Synthesiser: &mortal{Synthesiser: voice, frames: 5}}, Voice{Synthesiser: &mortal{Synthesiser: voice}})
		src, err := c.Speak(t.Context(), tts.Utterance{Text: "un deux"})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; err == nil; n++ {
			_, err = src.ReadFrame()
		}
		if n != 6 || err.Error() != "tts/chain: no voice could say this: a: the voice died; b: the voice died" {
			t.Errorf("%d frames, then %v", n-1, err)
		}
		c.Close()
	})
}

// TestTheCutIsAtAPause: the next voice speaks half as fast again and begins behind the word that
// was being said, where it makes a pause.
func TestTheCutIsAtAPause(t *testing.T) {
	t.Parallel()
	sound := func(ms int) []int16 {
		pcm := make([]int16, ms*8)
		for i := range pcm {
			pcm[i] = 5000
		}
		return pcm
	}
	words := append(append(sound(300), make([]int16, 30*8)...), sound(400)...)
	for _, tc := range []struct{ skip, left int }{{0, 730}, {100, 630}, {200, 430}, {320, 410}, {500, 230}, {900, 0}} {
		tk := &take{skip: tc.skip * 8, ahead: append([]int16(nil), words...)}
		if got := len(tk.rest(8000)) / 8; got != tc.left {
			t.Errorf("behind %d ms: %d ms are left, want %d", tc.skip, got, tc.left)
		}
	}
	fast, slow := &link{}, &link{}
	if slow.slower(fast) != 1 {
		t.Error("unknown paces differ")
	}
	fast.learn("un deux trois", time.Second, 1)
	slow.learn("un deux trois", time.Second, 1.5) // at one and a half its speed
	if r := slow.slower(fast); r != 1.5 {
		t.Errorf("slower by %v", r)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	r := Routes{"any": {"espeak"}, "fr": {"piper", "espeak"}}
	if got := fmt.Sprint(r.Pick("fr-CA"), r.Pick("en"), r.Pick("")); got != "[piper espeak] [espeak] [espeak]" {
		t.Error(got)
	}
	for want, r := range map[string]Routes{
		"any: nobody is named; list voices, of espeak, or take the route out":       {"any": nil},
		`any: there is no voice "piper"; there is espeak`:                           {"any": {"piper"}},
		`any: "espeak" is named twice; each voice is asked once`:                    {"any": {"espeak", "espeak"}},
		`French: "French" is no language; write it as in fr, or any for all others`: {"French": {"espeak"}},
	} {
		if got := strings.Join(r.Validate([]string{"espeak"}), "\n"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	c, err := New([]Voice{{Name: "v", Languages: []string{"fr"}, Synthesiser: &ttstest.Voice{}}}, Routes{"any": {"v"}}, DefaultConfig(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Speak(t.Context(), tts.Utterance{Text: "a", Language: "de"}); err == nil || !strings.Contains(err.Error(), `"de"`) {
		t.Errorf("a language that nobody speaks: %v", err)
	}
	if _, err := New([]Voice{{Name: "v"}}, Routes{"fr": {"v"}}, DefaultConfig(), nil); err == nil || !strings.Contains(err.Error(), "any: [v]") {
		t.Errorf("without any: %v", err)
	}
}
