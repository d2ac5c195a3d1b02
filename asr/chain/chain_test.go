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

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/internal/breaker"
	"decroche/media"
)

func newChain(t *testing.T, m *Metrics, engines ...Engine) *Chain {
	t.Helper()
	var names []string
	for i := range engines {
		if engines[i].Name == "" {
			engines[i].Name = string(rune('a' + i))
		}
		names = append(names, engines[i].Name)
	}
	c, err := New(engines, Routes{"any": names}, DefaultConfig(), m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// say opens a turn and says n words in real time, one a frame, each third frame silent.
func say(t *testing.T, c *Chain, n int) asr.Session {
	t.Helper()
	s, err := c.Open(t.Context(), asr.Options{Rate: media.PhoneRate})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for i := range n {
			pcm := make([]int16, 160)
			if i%3 != 2 {
				pcm[0] = aWord + int16(i+1)
			}
			if err := s.Write(media.Frame{PCM: pcm, Rate: media.PhoneRate, At: time.Duration(i) * media.FrameTime}); err != nil {
				return // the listener will tell
			}
			time.Sleep(media.FrameTime)
		}
		s.CloseSend()
	}()
	return s
}

func words(n int) string {
	var w []string
	for i := range n {
		if i%3 != 2 {
			w = append(w, fmt.Sprint(i+1))
		}
	}
	return strings.Join(w, " ")
}

// heardAll reads a session to its end. Partials must never get shorter than they were.
func heardAll(t *testing.T, s asr.Session) string {
	t.Helper()
	defer s.Close()
	var texts []string
	shown := ""
	for {
		r, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return strings.Join(texts, " ")
		}
		if err != nil {
			t.Errorf("recv: %v", err)
			return ""
		}
		if r.Final {
			if r.Text != "" {
				texts = append(texts, r.Text)
			}
			continue
		}
		if len(texts) > 0 {
			t.Errorf("the partial %q after a final", r.Text)
		}
		if len(r.Text) < len(shown) {
			t.Errorf("the partials went from %q back to %q", shown, r.Text)
		}
		shown = r.Text
	}
}

func TestConforms(t *testing.T) {
	t.Parallel()
	dead := errors.New("connection refused")
	for name, engines := range map[string][]Engine{
		"one":                {{Recogniser: &parrot{}}},
		"first never opens":  {{Recogniser: &parrot{openErr: dead}}, {Recogniser: &parrot{}}},
		"first dies at once": {{Recogniser: &parrot{dies: 1, how: "recv"}}, {Recogniser: &parrot{}}},
		"first opens slowly": {{Recogniser: &parrot{opening: 50 * time.Millisecond, openErr: dead}}, {Recogniser: &parrot{}}},
		"first never speaks": {{Recogniser: &parrot{dies: 1, how: "hang"}}, {Recogniser: &parrot{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asrtest.Run(t, func(t *testing.T) asr.Recogniser { return newChain(t, nil, engines...) }, asrtest.Options{})
		})
	}
}

// TestNothingSaidIsLost kills the first engine two hundred times, forty in each way, at a random frame
// of a turn of random length, before, in and after the midst of speech.
func TestNothingSaidIsLost(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(2026, 4))
	for _, how := range []string{"recv", "write", "eof", "hang", "refuse"} {
		for range 40 {
			n := 5 + rnd.IntN(120)
			first := &parrot{dies: 1 + rnd.IntN(n), how: how, rude: true}
			second := &parrot{pace: 1 + rnd.IntN(8), rude: true, splits: rnd.IntN(2) == 0}
			engines := []Engine{{Recogniser: first}, {Recogniser: second}, {Recogniser: &parrot{}}}
			if rnd.IntN(2) == 0 { // the second dies too, in the midst of the replay
				second.dies, second.how = 1+rnd.IntN(n), "recv"
			}
			synctest.Test(t, func(t *testing.T) {
				c := newChain(t, nil, engines...)
				if got := heardAll(t, say(t, c, n)); got != words(n) {
					t.Errorf("%s at frame %d, then %+v at %d: heard %q, want %q", how, first.dies, second.how, second.dies, got, words(n))
				}
				c.Close()
			})
			if t.Failed() {
				return
			}
		}
	}
}

func TestDeadlinesAndKinds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind  string
		first Engine
		at    time.Duration // from the beginning to the end; the turn lasts 1 s
	}{
		{"open", Engine{Recogniser: &parrot{openErr: errDied}}, time.Second},
		{"unsupported", Engine{Recogniser: &parrot{openErr: asr.Unsupported("no")}}, time.Second},
		{"broken", Engine{Recogniser: &parrot{dies: 20, how: "recv"}}, time.Second},
		{"cut", Engine{Recogniser: &parrot{dies: 20, how: "eof"}}, time.Second},
		{"open_late", Engine{Recogniser: &parrot{opening: time.Minute}}, 1100 * time.Millisecond},
		{"late", Engine{Recogniser: &parrot{think: time.Minute}}, 1900 * time.Millisecond},
		{"late", Engine{Recogniser: &parrot{think: time.Minute}, Final: 500 * time.Millisecond}, 1500 * time.Millisecond},
		{"overrun", Engine{Recogniser: &parrot{dies: 11, how: "refuse"}}, 1100 * time.Millisecond},
		{"mute", Engine{Recogniser: &parrot{mute: true}, Partial: 600 * time.Millisecond}, time.Second},
	} {
		t.Run(tc.kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := NewMetrics(nil)
				began := time.Now()
				c := newChain(t, m, tc.first, Engine{Recogniser: &parrot{}, Cost: 6})
				if got := heardAll(t, say(t, c, 50)); got != words(50) {
					t.Errorf("heard %q", got)
				}
				if took := time.Since(began); took != tc.at {
					t.Errorf("the turn ended after %v, want %v", took, tc.at)
				}
				if n := testutil.ToFloat64(m.errors.WithLabelValues("a", tc.kind)); n != 1 {
					t.Errorf("%v errors of the kind", n)
				}
				if n := testutil.ToFloat64(m.turns.WithLabelValues("b", "heard")); n != 1 {
					t.Errorf("b heard %v turns", n)
				}
				if units := testutil.ToFloat64(m.cost.WithLabelValues("b")); units < .0999 || units > .1001 {
					t.Errorf("1 s at 6 a minute cost %v units", units)
				}
				c.Close()
			})
		})
	}
}

func TestAnEngineThatKeepsFailingIsPassedOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := NewMetrics(nil)
		bad, good := &parrot{openErr: errDied}, &parrot{}
		c := newChain(t, m, Engine{Recogniser: bad}, Engine{Recogniser: good})
		turn := func() {
			t.Helper()
			if got := heardAll(t, say(t, c, 10)); got != words(10) {
				t.Errorf("heard %q", got)
			}
		}
		for range 5 {
			turn()
		}
		if n := bad.opens(); n != 3 {
			t.Errorf("asked %d times, want 3", n)
		}
		if h := fmt.Sprint(c.Health()); h != "[{a open} {b closed}]" || testutil.ToFloat64(m.state.WithLabelValues("a")) != 2 {
			t.Errorf("health %v", h)
		}
		time.Sleep(5 * time.Second)
		bad.openErr = nil
		turn()
		if n := good.opens(); n != 5 || c.Health()[0].State != breaker.Closed {
			t.Errorf("after its recovery: the other one was asked %d times, health %v", n, c.Health())
		}
		c.Close()
	})
}

// TestEverybodyIsAskedWhenAllAreOpen: an engine that is probably broken beats none.
func TestEverybodyIsAskedWhenAllAreOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one := &parrot{openErr: errors.New("dial 127.0.0.1:1: refused")}
		c := newChain(t, nil, Engine{Recogniser: one}, Engine{Recogniser: &parrot{openErr: errDied}})
		for range 4 {
			if s, err := c.Open(t.Context(), asr.Options{}); err == nil {
				t.Fatal("a turn was opened by nobody")
			} else if s != nil || err.Error() != "asr/chain: no engine heard this turn: a: dial 127.0.0.1:1: refused; b: the engine died" {
				t.Fatalf("error %v", err)
			}
		}
		one.openErr = nil
		if got := heardAll(t, say(t, c, 9)); got != words(9) {
			t.Errorf("heard %q", got)
		}
	})
}

// TestALoneEngineIsAskedTwice: a worker that died is started again while the call goes on.
func TestALoneEngineIsAskedTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &parrot{dies: 25, how: "recv", deaths: 1}
		c := newChain(t, nil, Engine{Recogniser: p})
		if got := heardAll(t, say(t, c, 40)); got != words(40) || p.opens() != 2 {
			t.Errorf("heard %q after %d opens", got, p.opens())
		}
	})
}

func TestSilenceBlamesNoMuteEngine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, nil, Engine{Recogniser: &parrot{}, Partial: time.Second}, Engine{Recogniser: &parrot{}})
		for range 5 {
			s, _ := c.Open(t.Context(), asr.Options{})
			for range 100 {
				s.Write(media.Frame{PCM: make([]int16, 160), Rate: 8000})
				time.Sleep(media.FrameTime)
			}
			s.CloseSend()
			heardAll(t, s)
		}
		if c.Health()[0].State != breaker.Closed {
			t.Error("an engine that rightly heard nothing is passed over")
		}
		c.Close()
		c.links["a"].Recogniser.(*parrot).mute = true
		for range 3 {
			heardAll(t, say(t, c, 100))
		}
		if c.Health()[0].State != breaker.Open {
			t.Error("an engine that heard no words where another did is still asked")
		}
	})
}

// TestTheRingIsBounded: a turn longer than the ring keeps what was final of the audio that had
// to go, and the next engine hears the rest.
func TestTheRingIsBounded(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.Replay = 2 * time.Second
	for _, splits := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			m := NewMetrics(nil)
			c, err := New([]Engine{{Name: "a", Recogniser: &parrot{dies: 200, how: "recv", splits: splits}}, {Name: "b", Recogniser: &parrot{}}}, Routes{"any": {"a", "b"}}, cfg, m)
			if err != nil {
				t.Fatal(err)
			}
			s := say(t, c, 240)
			defer s.Close()
			var texts []string
			for r, err := s.Recv(); err == nil; r, err = s.Recv() {
				if r.Final && r.Text != "" {
					texts = append(texts, r.Text)
				}
			}
			got, want := strings.Join(texts, " "), words(240)
			lost := testutil.ToFloat64(m.lost)
			if splits && (got != want || lost > .06) {
				t.Errorf("heard %q, %v s are told to be missing", got, lost)
			}
			if !splits && (!strings.HasSuffix(want, got) || len(got) < len(want)/3 || lost < 1.9 || lost > 2.1) {
				t.Errorf("heard %q, %v s are told to be missing", got, lost)
			}
		})
	}
}

// TestAFullRingRefuses: what no engine takes makes Write refuse, not wait.
func TestAFullRingRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, nil, Engine{Recogniser: &parrot{opening: time.Second}})
		s, err := c.Open(t.Context(), asr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		began, refused := time.Now(), 0
		for range 1600 {
			if errors.Is(s.Write(media.Frame{PCM: make([]int16, 160), Rate: 8000}), asr.ErrOverrun) {
				refused++
			}
		}
		if refused != 100 || time.Since(began) != 0 {
			t.Errorf("of 32 s, %d frames refused in %v; want 100 at once", refused, time.Since(began))
		}
		s.Close()
	})
}

func TestHangUpBlamesNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := NewMetrics(nil)
		c := newChain(t, m, Engine{Recogniser: &parrot{}})
		for range 5 {
			ctx, cancel := context.WithCancelCause(t.Context())
			s, err := c.Open(ctx, asr.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.Write(media.Frame{PCM: make([]int16, 160), Rate: 8000})
			hungUp := errors.New("hung up")
			cancel(hungUp)
			if _, err := s.Recv(); !errors.Is(err, hungUp) {
				t.Errorf("recv: %v", err)
			}
			s.Close()
		}
		if n := testutil.ToFloat64(m.turns.WithLabelValues("a", "abandoned")); n != 5 || c.Health()[0].State != breaker.Closed {
			t.Errorf("%v abandoned, health %v", n, c.Health())
		}
	})
}
