package mix

import (
	"math"
	"sync"
	"testing"
)

// hums are what the parties of a test hum: one each, so that who is heard is a matter of measuring.
var hums = [...]float64{350, 600, 850, 1100, 1350, 1600, 1850, 2100}

type voice struct {
	*Party
	hz  float64
	n   int
	got []int16
}

func (v *voice) hum(frames int) {
	pcm := make([]int16, frames*v.rate/50)
	for i := range pcm {
		pcm[i] = int16(4000 * math.Sin(2*math.Pi*v.hz*float64(v.n)/float64(v.rate)))
		v.n++
	}
	v.Feed(pcm)
}

// level is how loud a tone is in what the voice heard, its own 4000 being 1.
func (v *voice) level(hz float64) float64 {
	var re, im float64
	for i, s := range v.got {
		w := 2 * math.Pi * hz * float64(i) / float64(v.rate)
		re += float64(s) * math.Cos(w)
		im += float64(s) * math.Sin(w)
	}
	return 2 * math.Hypot(re, im) / float64(len(v.got)) / 4000
}

// room has parties of different rates.
func room(t testing.TB, rate int, who ...Role) (*Room, []*voice) {
	t.Helper()
	r, err := NewRoom(rate)
	if err != nil {
		t.Fatal(err)
	}
	var all []*voice
	for i, role := range who {
		p, err := r.Join(role, []int{rate, 8000, 16000}[i%3])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &voice{Party: p, hz: hums[i]})
	}
	return r, all
}

func turn(r *Room, all []*voice, frames int) {
	for _, v := range all {
		v.got = v.got[:0]
	}
	for range frames {
		for _, v := range all {
			v.hum(1)
		}
		r.Mix()
		for _, v := range all {
			v.got = append(v.got, v.Heard()...)
		}
	}
}

// Every role against every other, at two rates: heard as loud as spoken, or not at all, and never oneself.
func TestWhoHearsWhom(t *testing.T) {
	t.Parallel()
	r, all := room(t, 16000, Caller, Agent, Listener, Whisperer, Joiner, Bot, Agent, Whisperer)
	turn(r, all, 25) // filters and fades settle
	turn(r, all, 50)
	for i, l := range all {
		for k, s := range all {
			got, want := l.level(s.hz), i != k && Hears(l.role, s.role)
			if want && (got < 0.9 || got > 1.1) || !want && got > 0.01 {
				t.Errorf("party %d (role %d) hears party %d (role %d) at %.3f, want %v", i, l.role, k, s.role, got, want)
			}
		}
	}
}

// A supervisor who changes from joining to whispering, or leaves, is not in a single sample that the caller hears
// afterwards but the one that dies away; and nothing clicks when they come.
func TestNobodyLeaks(t *testing.T) {
	t.Parallel()
	r, all := room(t, 8000, Caller, Joiner)
	caller, boss := all[0], all[1]
	turn(r, all, 10)
	if l := caller.level(boss.hz); l < 0.8 {
		t.Fatalf("a joiner is heard at %.2f", l)
	}
	before := math.Abs(float64(caller.got[len(caller.got)-1]))
	if err := boss.Become(Whisperer); err != nil {
		t.Fatal(err)
	}
	turn(r, all, 3)
	for i, v := range caller.got {
		if most := before * max(0, float64(decay-i)/decay); math.Abs(float64(v)) > most+1 {
			t.Fatalf("sample %d after the change is %d", i, v)
		}
	}
	_ = boss.Become(Joiner)
	turn(r, all, 3)
	noClick(t, caller.got)
	boss.Leave()
	boss.Leave()
	turn(r, all[:1], 3)
	for i, v := range caller.got[decay:] {
		if v != 0 {
			t.Fatalf("sample %d after they left is %d", i+decay, v)
		}
	}
	if err := boss.Become(roles); err == nil {
		t.Error("a role that is none was taken")
	}
}

// noClick fails on a step between two samples that no voice of the tests makes.
func noClick(t *testing.T, pcm []int16) {
	t.Helper()
	for i := 1; i < len(pcm); i++ {
		if d := int(pcm[i]) - int(pcm[i-1]); d > 3500 || d < -3500 {
			t.Fatalf("a click of %d at sample %d", d, i)
		}
	}
}

// Frames that do not come are silence; those that come in a burst are heard, and the oldest go when it is longer
// than 60 ms.
func TestLateFrames(t *testing.T) {
	t.Parallel()
	r, all := room(t, 8000, Caller, Agent)
	caller, agent := all[0], all[1]
	sounds := func() bool {
		r.Mix()
		for _, v := range caller.Heard() {
			if v != 0 {
				return true
			}
		}
		return false
	}
	if sounds() {
		t.Error("sound of nobody")
	}
	agent.hum(3)
	for i := range 3 {
		if !sounds() {
			t.Errorf("frame %d of a burst is silent", i)
		}
	}
	if sounds() {
		t.Error("more than was fed")
	}
	agent.hum(8)
	if got := agent.Lost(); got != 5*160 {
		t.Errorf("%d samples lost of a burst of 8 frames", got)
	}
}

// Loud sums bend and never turn over, and what is not loud is left alone.
func TestLoudSumsBend(t *testing.T) {
	t.Parallel()
	prev := int16(-32768)
	for v := int32(-200_000); v <= 200_000; v += 7 {
		s := soften(v)
		if s < prev || v > -knee && v < knee && int32(s) != v {
			t.Fatalf("%d gives %d after %d", v, s, prev)
		}
		prev = s
	}
}

func TestGainsMove(t *testing.T) {
	t.Parallel()
	r, all := room(t, 8000, Caller, Agent)
	turn(r, all, 10)
	all[1].Gain(0)
	turn(r, all, 1)
	noClick(t, all[0].got)
	turn(r, all, 3)
	if l := all[0].level(all[1].hz); l > 0.001 {
		t.Errorf("muted, and heard at %.3f", l)
	}
}

func TestRoomLimits(t *testing.T) {
	t.Parallel()
	r, _ := room(t, 8000)
	for range MaxParties {
		if _, err := r.Join(Agent, 8000); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Join(Agent, 8000); err != ErrFull {
		t.Errorf("one too many: %v", err)
	}
	if _, err := NewRoom(100); err == nil {
		t.Error("a room at 100 Hz")
	}
	if r, _ = room(t, 8000); true {
		if _, err := r.Join(roles, 8000); err == nil {
			t.Error("a role that is none")
		}
	}
}

func feed(r *Room, all []*voice, pcm []int16) {
	for _, v := range all {
		v.Feed(pcm[:v.rate/50])
	}
	r.Mix()
}

func TestRoomAllocatesNothing(t *testing.T) { // not parallel: it counts
	r, all := room(t, 16000, Caller, Agent, Whisperer)
	pcm := make([]int16, 320)
	for range 10 {
		feed(r, all, pcm)
	}
	if n := testing.AllocsPerRun(100, func() { feed(r, all, pcm) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// Feeding, mixing, coming and going at once.
func TestRoomFromManyGoroutines(t *testing.T) {
	t.Parallel()
	r, all := room(t, 8000, Caller, Agent, Joiner)
	var wg sync.WaitGroup
	for _, v := range all {
		wg.Go(func() {
			for range 200 {
				v.hum(1)
			}
		})
	}
	wg.Go(func() {
		for range 100 {
			p, err := r.Join(Listener, 8000)
			if err != nil {
				t.Error(err)
				return
			}
			_ = p.Become(Whisperer)
			p.Leave()
		}
	})
	for range 200 {
		r.Mix()
	}
	wg.Wait()
}

func BenchmarkRoom(b *testing.B) {
	r, all := room(b, 8000, Caller, Agent, Listener)
	pcm := make([]int16, 320)
	b.ReportAllocs()
	for b.Loop() {
		feed(r, all, pcm)
	}
}
