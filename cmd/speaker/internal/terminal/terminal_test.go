package terminal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr/wake"
	"decroche/cmd/speaker/internal/sound"
	"decroche/media/tone"
)

// room is a device in virtual time: what it hears is a voice, all the time, and what is played is kept.
type room struct {
	left    int // frames
	heard   []int16
	loud    []bool // frame by frame: the loudspeaker sounds
	played  []int16
	every   func(frame int)
	frame   int
	closing bool
}

func newRoom(d time.Duration) *room {
	return &room{left: int(d / frameTime), heard: tone.Sine(300, sound.Rate, frameTime, .2)}
}

func (r *room) Exchange(heard, play []int16) error {
	time.Sleep(frameTime)
	if r.left--; r.left < 0 {
		return io.EOF
	}
	copy(heard, r.heard)
	r.loud = append(r.loud, level(play) > audible)
	r.played = append(r.played, play...)
	if r.every != nil {
		r.every(r.frame)
	}
	r.frame++
	return nil
}
func (r *room) Missed() int    { return r.frame / 10 }
func (r *room) Close() error   { return nil }
func (r *room) String() string { return "room" }

// talk is a call whose other side speaks from one frame to another, again and again.
type talk struct {
	from, to, of int // frames
	at           int
	sent         []bool // frame by frame: it heard the room
	done         chan struct{}
	cause        error
	lost         bool
	hungUp       bool
}

func newTalk(from, to, of int) *talk {
	return &talk{from: from, to: to, of: of, done: make(chan struct{})}
}

func (c *talk) Send(pcm []int16) { c.sent = append(c.sent, level(pcm) > audible) }
func (c *talk) Hear(pcm []int16) {
	if n := c.at % c.of; n >= c.from && n < c.to {
		copy(pcm, tone.Sine(500, sound.Rate, frameTime, .3))
	}
	c.at++
}
func (c *talk) Connected() bool        { return !c.lost }
func (c *talk) Done() <-chan struct{}  { return c.done }
func (c *talk) Cause() error           { return c.cause }
func (c *talk) Hangup(context.Context) { c.hungUp = true }

// play runs a terminal over a room.
func play(t *testing.T, r *room, o Options) *Terminal {
	t.Helper()
	o.Device = r
	if o.Volume == 0 {
		o.Volume = MaxVolume
	}
	if o.EchoTail == 0 {
		o.EchoTail = 200 * time.Millisecond
	}
	tm, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := tm.Run(t.Context()); err != nil && !errors.Is(err, ErrQuit) {
		t.Fatal(err)
	}
	return tm
}

func dialling(c Call) func(context.Context) (Call, error) {
	return func(context.Context) (Call, error) { return c, nil }
}

// TestItDoesNotHearItself: half-duplex, the call hears silence while the loudspeaker sounds and for the
// echo's time after; full-duplex it hears the room always.
func TestItDoesNotHearItself(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			c := newTalk(50, 100, 1000)
			play(t, newRoom(4*time.Second), Options{Dial: dialling(c), Once: true, Full: full})
			for i, heard := range c.sent {
				want := full || i < 50 || i >= 110 // 200 ms of echo
				if heard != want {
					t.Errorf("full %v, frame %d: the call hears the room: %v", full, i, heard)
				}
			}
			if !c.hungUp {
				t.Error("nobody hung up")
			}
		})
	}
}

// TestLineNoiseKeepsNothingShut: a steady hum of the line becomes the floor.
func TestLineNoiseKeepsNothingShut(t *testing.T) {
	t.Parallel()
	g := newGate(200 * time.Millisecond)
	noise := tone.Sine(400, sound.Rate, frameTime, .008) // −45 dBFS
	shut := 0
	for range 1500 {
		if g.push(noise) {
			shut++
		}
	}
	if shut > 1300 || g.push(noise) {
		t.Errorf("shut for %d frames of 1500, and still", shut)
	}
	if !g.push(tone.Sine(400, sound.Rate, frameTime, .3)) {
		t.Error("speech above the noise does not shut it")
	}
}

// TestAKeyInterrupts: the loudspeaker falls silent and the call hears the room, until the other side has
// stopped.
func TestAKeyInterrupts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keys := make(chan Key, 4)
		c := newTalk(0, 1000, 1000)
		r := newRoom(3 * time.Second)
		r.every = func(frame int) {
			switch frame {
			case 50:
				keys <- Talk
			case 100:
				c.to = 0 // it has stopped
			case 130:
				c.to = 1000
			}
		}
		play(t, r, Options{Dial: dialling(c), Once: true, Keys: keys})
		for _, f := range []int{40, 140} {
			if !r.loud[f] {
				t.Errorf("frame %d: nothing is played", f)
			}
		}
		for f := 55; f < 110; f++ {
			if r.loud[f] {
				t.Errorf("frame %d: the loudspeaker goes on", f)
			}
		}
		heard := 0
		for _, s := range c.sent[50:110] {
			if s {
				heard++
			}
		}
		if heard < 30 {
			t.Errorf("the call heard %d frames of who interrupts", heard)
		}
	})
}

// fakeEars hears phrases at given frames.
type fakeEars struct {
	at    map[int]int // frame -> phrase
	n     int
	quiet time.Duration
}

func (e *fakeEars) Write(pcm []int16) (out []wake.Heard) {
	if p, ok := e.at[e.n]; ok {
		out = append(out, wake.Heard{Phrase: p})
	}
	e.n++
	return out
}
func (e *fakeEars) Quiet() time.Duration { return e.quiet }

var meanings = []Command{{Wake: true}, {Volume: 1}, {Volume: 5, Set: true}}

// TestPhrases: the wake phrase begins a call; with a wish for the volume behind it, it does not; and what
// is said in the caller's own turn changes nothing.
func TestPhrases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		at     map[int]int
		quiet  time.Duration
		volume int
		calls  int
		talk   *talk
	}{
		{"wake", map[int]int{20: 0}, time.Second, 4, 1, newTalk(0, 0, 1000)},
		{"wake, talking on", map[int]int{20: 0}, 0, 4, 1, newTalk(0, 0, 1000)},
		{"wake, louder", map[int]int{20: 0, 60: 1}, 0, 6, 0, newTalk(0, 0, 1000)},
		{"wake, volume five", map[int]int{20: 0, 60: 2}, 0, 5, 0, newTalk(0, 0, 1000)},
		{"louder alone", map[int]int{20: 1}, time.Second, 4, 0, newTalk(0, 0, 1000)},
		{"louder, in the caller's turn", map[int]int{20: 0, 100: 1}, time.Second, 4, 1, newTalk(0, 0, 1000)},
		{"louder, while the bot speaks", map[int]int{20: 0, 100: 1}, time.Second, 6, 1, newTalk(0, 1000, 1000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var states []State
				tm := play(t, newRoom(6*time.Second), Options{Dial: dialling(c.talk), Volume: 4, Show: func(s Shown) { states = append(states, s.State) },
					Ears: &Ears{Listener: &fakeEars{at: c.at, quiet: c.quiet}, Means: meanings}})
				if tm.volume != c.volume || tm.Calls() != c.calls {
					t.Errorf("volume %d, want %d; %d calls, want %d (%v)", tm.volume, c.volume, tm.Calls(), c.calls, states)
				}
			})
		})
	}
}

// TestAlwaysCallsAgain: with growing pauses while nobody answers, and as the gateway asks.
func TestAlwaysCallsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var tries []time.Duration
		c := newTalk(0, 0, 1000)
		var again *talk
		dial := func(context.Context) (Call, error) {
			tries = append(tries, time.Since(began))
			switch len(tries) {
			case 1, 2:
				return nil, errors.New("no route")
			case 3:
				return nil, busy{}
			case 4:
				time.AfterFunc(2*time.Second, func() { c.cause = errors.New("over"); close(c.done) })
				return c, nil
			}
			again = newTalk(0, 0, 1000)
			return again, nil
		}
		play(t, newRoom(30*time.Second), Options{Dial: dial, Always: true})
		want := []time.Duration{0, 1 * time.Second, 3 * time.Second, 13 * time.Second, 16 * time.Second}
		if len(tries) != len(want) {
			t.Fatalf("tries at %v, want %v", tries, want)
		}
		for i := range want {
			if d := tries[i] - want[i]; d < -300*time.Millisecond || d > 300*time.Millisecond {
				t.Errorf("tries at %v, want %v", tries, want)
			}
		}
		if !c.hungUp || !again.hungUp {
			t.Error("a call was left open")
		}
	})
}

type busy struct{}

func (busy) Error() string             { return "busy" }
func (busy) RetryAfter() time.Duration { return 10 * time.Second }

// TestTheHookHearsOfEachState, the last one in any case.
func TestTheHookHearsOfEachState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "states")
	c := newTalk(0, 10, 1000)
	r := newRoom(2 * time.Second)
	play(t, r, Options{Dial: dialling(c), Once: true, Hook: []string{"sh", "-c", `echo "$1 $DECROCHE_STATE" >> ` + file, "hook"}})
	out, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []State{Listening, Stopped} {
		if !strings.Contains(string(out), string(s)+" "+string(s)+"\n") {
			t.Errorf("the hook never heard of %q:\n%s", s, out)
		}
	}
}

// TestPushToTalk: the call hears the room between two presses alone.
func TestPushToTalk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keys := make(chan Key, 4)
		c := newTalk(0, 0, 1000)
		r := newRoom(3 * time.Second)
		r.every = func(frame int) {
			if frame == 50 || frame == 100 {
				keys <- Talk
			}
		}
		play(t, r, Options{Dial: dialling(c), Once: true, Push: true, Keys: keys})
		for i, s := range c.sent {
			if i < 45 && s || i > 60 && i < 95 && !s || i > 105 && s {
				t.Errorf("frame %d: the call hears the room: %v", i, s)
			}
		}
	})
}

// counted is a talk that can tell what became of its packets.
type counted struct{ *talk }

func (counted) Counts() []slog.Attr { return []slog.Attr{slog.Int("lost", 7)} }

// TestACallIsSummedUp: at its end, however it ends, the log tells once what was lost of it on each side.
func TestACallIsSummedUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ how, why string }{{"the other side", "over there"}, {"a key", "hung up here"}, {"the end", "hung up here"}} {
		synctest.Test(t, func(t *testing.T) {
			var said strings.Builder
			k := counted{newTalk(0, 0, 1000)}
			keys := make(chan Key, 1)
			r := newRoom(3 * time.Second)
			r.every = func(frame int) {
				switch {
				case frame == 101 && c.how == "a key":
					keys <- HangUp
				case frame == 101 && c.how == "the other side":
					k.cause = errors.New("over there")
					close(k.done)
				}
			}
			play(t, r, Options{Dial: dialling(k), Once: true, Keys: keys, Log: slog.New(slog.NewTextHandler(&said, nil))})
			var line string
			for l := range strings.Lines(said.String()) {
				if strings.Contains(l, "the call is over") {
					if line != "" {
						t.Errorf("%s: told twice", c.how)
					}
					line = l
				}
			}
			missed := "device_missed=10"
			if c.how == "the end" {
				missed = "device_missed=15"
			}
			for _, want := range []string{c.why, missed, "lost=7", "phrases_unheard=0", "lasted="} {
				if !strings.Contains(line, want) {
					t.Errorf("%s: no %s in %q", c.how, want, said.String())
				}
			}
		})
	}
}

// TestPushToTalkDoesNotHearItself: between the presses the microphone is shut while the loudspeaker
// sounds, as ever.
func TestPushToTalkDoesNotHearItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keys := make(chan Key, 1)
		c := newTalk(100, 120, 1000)
		r := newRoom(3 * time.Second)
		r.every = func(frame int) {
			if frame == 50 {
				keys <- Talk
			}
		}
		play(t, r, Options{Dial: dialling(c), Once: true, Push: true, Keys: keys})
		for i := 101; i < 128; i++ {
			if c.sent[i] {
				t.Fatalf("frame %d: the call hears the loudspeaker", i)
			}
		}
		if !c.sent[140] {
			t.Error("the microphone stays shut")
		}
	})
}

// TestEachFrameBeats, so that whoever watches knows that sound flows.
func TestEachFrameBeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		play(t, newRoom(time.Second), Options{Dial: dialling(newTalk(0, 0, 1000)), Beat: func() { n++ }})
		if n != 50 {
			t.Errorf("%d beats in a second, want 50", n)
		}
	})
}

// TestChimes: who sees no screen hears that we listen, that the call is over, that it did not come about,
// and that a wish was done; each at its moment, once, and whole even when the program ends with it.
func TestChimes(t *testing.T) {
	t.Parallel()
	names := map[string][]int16{"listening": listening.render(), "ended": ended.render(), "failed": failed.render(), "done": done.render()}
	for _, c := range []struct {
		name string
		do   func(o *Options, r *room)
		want string
	}{
		{"the wake phrase, then a key", func(o *Options, r *room) {
			o.Ears = &Ears{Listener: &fakeEars{at: map[int]int{20: 0}, quiet: time.Second}, Means: meanings}
			keys := make(chan Key, 1)
			o.Keys = keys
			r.every = func(frame int) {
				if frame == 150 {
					keys <- HangUp
				}
			}
		}, "listening ended"},
		{"the key, and nobody answers", func(o *Options, r *room) {
			keys := make(chan Key, 1)
			keys <- Talk
			o.Keys = keys
			o.Dial = func(context.Context) (Call, error) {
				time.Sleep(time.Second)
				return nil, errors.New("no route")
			}
		}, "listening failed"},
		{"the one call ends, and the program", func(o *Options, r *room) {
			k := newTalk(0, 0, 1000)
			o.Once, o.Dial = true, dialling(k)
			r.every = func(frame int) {
				if frame == 50 {
					close(k.done)
				}
			}
		}, "ended"},
		{"louder", func(o *Options, r *room) {
			keys := make(chan Key, 1)
			keys <- Louder
			o.Keys = keys
		}, "done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(5 * time.Second)
				o := Options{Dial: dialling(newTalk(0, 0, 1000))}
				c.do(&o, r)
				play(t, r, o)
				var got []string
				for at := 0; at < len(r.played); at++ {
					for name, pcm := range names {
						if at+len(pcm) <= len(r.played) && slices.Equal(r.played[at:at+len(pcm)], pcm) {
							got = append(got, name)
							at += len(pcm) - 1
							break
						}
					}
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("heard %v, want %s", got, c.want)
				}
			})
		})
	}
}
