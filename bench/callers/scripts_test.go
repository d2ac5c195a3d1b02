package callers

import (
	"slices"
	"testing"
	"time"
)

// play lets a script live through a call in virtual time: audible tells when the bot is heard.
func play(t *testing.T, s Script, length time.Duration, audible func(at time.Duration) bool) *Call {
	t.Helper()
	c := &Call{pt: typePCMA}
	began := time.Unix(1e9, 0)
	loudly, quietly := tone().Frame(0, typePCMA), Silence.Frame(0, typePCMA)
	for at := time.Duration(0); at < length && !c.leave.Load(); at += frameTime {
		payload := quietly
		if audible(at) {
			payload = loudly
		}
		s.Hear(c, Packet{At: began.Add(at).UnixNano(), Type: typePCMA, Payload: payload})
		s.Say(c, began.Add(at))
	}
	return c
}

// within tells when at lies in one of the stretches, in milliseconds.
func within(stretches ...[2]int) func(time.Duration) bool {
	return func(at time.Duration) bool {
		for _, s := range stretches {
			if at >= time.Duration(s[0])*time.Millisecond && at < time.Duration(s[1])*time.Millisecond {
				return true
			}
		}
		return false
	}
}

// long is a clip of so many frames.
func long(frames int) *Clip {
	return &Clip{pcma: make([]byte, frames*frameBytes), pcmu: make([]byte, frames*frameBytes)}
}

func TestDialogue(t *testing.T) {
	t.Parallel()
	fresh := func(lines int) *Dialogue {
		d := &Dialogue{Quiet: 400 * time.Millisecond, Patience: 3 * time.Second}
		for range lines {
			d.Lines = append(d.Lines, Line{Name: "line", Clip: long(50)}) // one second
		}
		return d
	}
	t.Run("two good turns", func(t *testing.T) {
		d := fresh(2)
		// The greeting ends at 1 s, the caller speaks from 1.4 to 2.4 s; and again after the answer.
		c := play(t, d, 20*time.Second, within([2]int{200, 1000}, [2]int{2900, 3900}, [2]int{5700, 6500}))
		if c.failure != nil || len(d.Exchanges) != 2 || !c.leave.Load() {
			t.Fatalf("%+v, %v", d.Exchanges, c.failure)
		}
		for _, x := range d.Exchanges {
			if x.Answer < 400*time.Millisecond || x.Answer > 620*time.Millisecond || x.CutOff || x.Missed {
				t.Errorf("%+v", x)
			}
		}
	})
	t.Run("cut off", func(t *testing.T) {
		d := fresh(1)
		play(t, d, 20*time.Second, within([2]int{0, 1000}, [2]int{1900, 2100}, [2]int{3000, 4000}))
		if len(d.Exchanges) != 1 || !d.Exchanges[0].CutOff || d.Exchanges[0].Answer < 500*time.Millisecond {
			t.Errorf("%+v", d.Exchanges)
		}
	})
	t.Run("missed", func(t *testing.T) {
		d := fresh(2)
		c := play(t, d, 20*time.Second, within([2]int{0, 1000}))
		if len(d.Exchanges) != 1 || !d.Exchanges[0].Missed || c.failure == nil {
			t.Errorf("%+v, %v", d.Exchanges, c.failure)
		}
	})
	t.Run("asked again", func(t *testing.T) {
		d := fresh(2)
		var said []int
		d.Next = func(_ *Call, line int) (int, bool) {
			if said = append(said, line); len(said) == 1 {
				return 0, false // not known yet
			}
			return []int{0, 1, 2}[len(said)-2], true
		}
		c := play(t, d, 30*time.Second, within([2]int{0, 1000}, [2]int{2900, 3900}, [2]int{5700, 6500}, [2]int{8400, 9000}))
		if !slices.Equal(said, []int{0, 0, 0, 1}) || len(d.Exchanges) != 3 || c.failure != nil || !c.leave.Load() {
			t.Errorf("%v, %+v, %v", said, d.Exchanges, c.failure)
		}
	})
	t.Run("no greeting", func(t *testing.T) {
		if c := play(t, fresh(1), 20*time.Second, within()); c.failure == nil {
			t.Error("a call without a greeting is a good one")
		}
	})
}

func TestInterrupter(t *testing.T) {
	t.Parallel()
	fresh := func(listening bool) *Interrupter {
		return &Interrupter{Opening: long(10), Silent: 200 * time.Millisecond, Patience: 4 * time.Second,
			Sounds: []Sound{{Name: "x", Clip: long(50), After: time.Second, Listening: listening}}}
	}
	// The greeting lasts to 0.4 s, the opening is said from 0.9 to 1.1 s, the prompt begins at 1.4 s
	// and the sound is said from 2.4 to 3.4 s.
	for _, c := range []struct {
		name      string
		listening bool
		bot       [][2]int
		check     func(Reaction) bool
	}{
		{"stops and answers", false, [][2]int{{0, 400}, {1400, 2520}, {4000, 6000}}, func(r Reaction) bool {
			return r.Stop > 80*time.Millisecond && r.Stop < 160*time.Millisecond && r.Answer > 500*time.Millisecond && r.Answer < 650*time.Millisecond && !r.CutOff
		}},
		{"goes on", false, [][2]int{{0, 400}, {1400, 9000}}, func(r Reaction) bool { return r.Stop == 0 }},
		{"pauses, speaks over the caller and stops", false, [][2]int{{0, 400}, {1400, 2520}, {2800, 3000}, {4000, 5000}}, func(r Reaction) bool {
			return r.Stop < 160*time.Millisecond && r.Stop > 0 && r.Last > 500*time.Millisecond && r.CutOff && r.Answer > 500*time.Millisecond
		}},
		{"listening sound, a dip", true, [][2]int{{0, 400}, {1400, 2520}, {2680, 9000}}, func(r Reaction) bool {
			return r.Longest > 100*time.Millisecond && r.Longest <= 180*time.Millisecond
		}},
		{"listening sound, stops", true, [][2]int{{0, 400}, {1400, 2520}, {3600, 9000}}, func(r Reaction) bool { return r.Longest > time.Second }},
		{"listening sound, never goes on", true, [][2]int{{0, 400}, {1400, 2520}}, func(r Reaction) bool { return r.Longest > 2*time.Second }},
	} {
		s := fresh(c.listening)
		k := play(t, s, 12*time.Second, within(c.bot...))
		if len(s.Reactions) != 1 || !c.check(s.Reactions[0]) {
			t.Errorf("%s: %+v, %v", c.name, s.Reactions, k.failure)
		}
	}
	s := fresh(false)
	if c := play(t, s, 12*time.Second, within([2]int{0, 400})); c.failure == nil {
		t.Error("a bot that falls silent is a good one")
	}
}

func TestPinger(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		echo  [][2]int
		trips []int // ms
		lost  int
	}{
		{"comes back", [][2]int{{40, 60}, {540, 560}, {1020, 1040}}, []int{40, 40, 20}, 0},
		{"the second never does", [][2]int{{40, 60}, {1040, 1060}}, []int{40, 40}, 1},
		{"twice", [][2]int{{40, 60}, {80, 100}, {540, 560}, {1040, 1060}}, []int{40, 40, 40}, 0},
	} {
		p := &Pinger{Clip: long(1), Every: 500 * time.Millisecond}
		play(t, p, 1400*time.Millisecond, within(c.echo...))
		got := []int{}
		for _, d := range p.Trips {
			got = append(got, int(d.Milliseconds()))
		}
		if !slices.Equal(got, c.trips) || p.Lost != c.lost {
			t.Errorf("%s: trips of %v ms, %d lost; want %v, %d", c.name, got, p.Lost, c.trips, c.lost)
		}
	}
}
