// Package legtest is a fake phone line in virtual time, for tests of those who use a leg.Leg,
// and a fake Dialer that reaches such lines. Inside testing/synctest a call of a minute takes
// no time at all, and everything is exact: what was played, when, and how much of it had left
// when it was flushed.
//
// A line hears silence until the test lets the far end speak:
//
//	line := legtest.New(leg.Info{ID: "a"})
//	go session.Run(ctx)               // conducts the call on line
//	line.AwaitSpoken(5 * time.Second) // the greeting was played to its end
//	line.Say(800 * time.Millisecond)  // the caller speaks from now on
//	line.Press("42#")
//	line.HangUp()
package legtest

import (
	"context"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
)

// Limit is how much the line's pacer holds before Send blocks, as leg.Leg says.
const Limit = 200 * time.Millisecond

// Line implements leg.Leg and leg.Pauser. Any goroutine may call its methods. It must be made,
// used and left inside one synctest bubble; outside of one it works in real time.
type Line struct {
	onHold     func(held bool)
	asked      *Asked // open, of the far end
	stays      bool   // a hang-up waits for the end of that
	leaving    bool   // and has come
	onRefer    func(leg.Ask)
	onReplaced func(by leg.Info)

	info leg.Info
	born time.Time

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever a waiter should look again

	// hearing
	answered time.Time // zero before Answer
	heard    int       // frames given out
	voice    []sound   // what the far end says, in order
	keys     []byte
	gone     bool // far end hung up

	// playing
	queue    []media.Frame
	clips    int // of Player
	arrived  []time.Time
	busy     time.Time // end of the frame that is playing
	paused   bool
	resumed  time.Time
	played   []Played
	mark     int // index into played at the last Flush or Drain
	flushes  []time.Duration
	cause    *leg.Cause // set by Hangup
	hungAt   time.Duration
	answers  int
	failSend error
	pressed  string        // of SendDigits
	overhear chan struct{} // closed to end who overhears
	away     func(gone bool)
}

type sound struct {
	from, until time.Time
	noise       bool
	pcm         []int16 // of Speak
}

// Played is one frame that left the line.
type Played struct {
	At  time.Duration // since the line was made
	PCM []int16
}

var (
	_ leg.Leg        = (*Line)(nil)
	_ leg.Pauser     = (*Line)(nil)
	_ leg.Overhearer = (*Line)(nil)
	_ leg.Absenter   = (*Line)(nil)
	_ leg.Presser    = (*Line)(nil)
)

// New makes a line that rings. Empty fields of info get sensible values; the rate is 8000.
func New(info leg.Info) *Line {
	if info.ID == "" {
		info.ID = "line"
	}
	if info.From == "" {
		info.From = "sip:+33600000001@test.invalid"
	}
	if info.Called == "" {
		info.Called = "hotline"
	}
	if info.Codec == "" {
		info.Codec = "PCMA"
	}
	info.Rate = media.PhoneRate
	return &Line{info: info, born: time.Now(), changed: make(chan struct{})}
}

// Since is how long the line has existed: the clock of every time this package gives.
func (l *Line) Since() time.Duration { return time.Since(l.born) }

// change wakes every waiter. The caller holds mu.
func (l *Line) change() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Say lets the far end speak for d, from now or after what it is saying already.
func (l *Line) Say(d time.Duration) { l.sound(sound{}, d) }

// Speak lets the far end say pcm, real speech at the line's rate, as Say does. The line keeps pcm.
func (l *Line) Speak(pcm []int16) {
	l.sound(sound{pcm: pcm}, time.Duration(len(pcm))*time.Second/time.Duration(l.info.Rate))
}

// Noise lets the far end make noise that is not speech for d: a hiss like a passing car.
func (l *Line) Noise(d time.Duration) { l.sound(sound{noise: true}, d) }

func (l *Line) sound(s sound, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := time.Now()
	if n := len(l.voice); n > 0 && l.voice[n-1].until.After(from) {
		from = l.voice[n-1].until
	}
	s.from, s.until = from, from.Add(d)
	l.voice = append(l.voice, s)
}

// Press lets the far end press keys, one after the other, now.
func (l *Line) Press(keys string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = append(l.keys, keys...)
}

// Away implements leg.Absenter.
func (l *Line) Away(to func(gone bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = to
}

// Leave lets the far end be gone, or back, without the call ending.
func (l *Line) Leave(gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away(gone)
}

// SendDigits implements leg.Presser: each key takes 200 ms.
func (l *Line) SendDigits(ctx context.Context, keys string) error {
	for i := range len(keys) {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		l.mu.Lock()
		l.pressed += keys[i : i+1]
		l.mu.Unlock()
	}
	return nil
}

// Pressed is what SendDigits has sent so far.
func (l *Line) Pressed() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pressed
}

// HangUp lets the far end hang up now.
func (l *Line) HangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.outlived() {
		return
	}
	l.gone = true
	l.change()
}

// FailSends makes every later Send and Drain fail with err.
func (l *Line) FailSends(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failSend = err
	l.change()
}

// Info implements leg.Leg.
func (l *Line) Info() leg.Info { return l.info }

// Answer implements leg.Leg. Media time begins here.
func (l *Line) Answer(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers++
	if l.answered.IsZero() {
		l.answered = time.Now()
		l.change()
	}
	return nil
}

// Receive implements leg.Leg: a frame each 20 ms from the answer on, at absolute times.
func (l *Line) Receive(ctx context.Context) (leg.Heard, error) {
	for {
		l.mu.Lock()
		if l.gone || l.cause != nil {
			l.mu.Unlock()
			return leg.Heard{}, io.EOF
		}
		changed := l.changed
		var due <-chan time.Time
		if !l.answered.IsZero() {
			if len(l.keys) > 0 {
				k := l.keys[0]
				l.keys = l.keys[1:]
				l.mu.Unlock()
				return leg.Heard{Digit: k}, nil
			}
			at := time.Duration(l.heard) * media.FrameTime
			wait := time.Until(l.answered.Add(at + media.FrameTime)) // a frame is there when it is over
			if wait <= 0 {
				f := media.Frame{PCM: l.samples(l.answered.Add(at)), Rate: l.info.Rate, At: at}
				l.heard++
				l.mu.Unlock()
				return leg.Heard{Frame: f}, nil
			}
			t := time.NewTimer(wait)
			defer t.Stop()
			due = t.C
		}
		l.mu.Unlock()
		select {
		case <-due:
		case <-changed:
		case <-ctx.Done():
			return leg.Heard{}, context.Cause(ctx)
		}
	}
}

// samples is the far end's sound during the frame that begins at t. The caller holds mu.
func (l *Line) samples(t time.Time) []int16 {
	pcm := make([]int16, l.info.Rate/50)
	for _, s := range l.voice {
		if t.Before(s.from) || !t.Before(s.until) {
			continue
		}
		switch {
		case s.pcm != nil:
			copy(pcm, s.pcm[min(len(s.pcm), int(t.Sub(s.from)*time.Duration(l.info.Rate)/time.Second)):])
		case s.noise:
			Hiss(pcm, l.heard)
		default:
			Buzz(pcm, t.Sub(s.from))
		}
	}
	return pcm
}

// Buzz fills pcm, 8 kHz, with something a voice detector takes for a vowel: a pitch that glides
// around 130 Hz and its harmonics under two formants, swelling four times a second, at about
// -20 dB. at is the position of the first sample.
func Buzz(pcm []int16, at time.Duration) {
	buzz := vowel()
	n := int(at * media.PhoneRate / time.Second)
	for i := range pcm {
		pcm[i] = buzz[(n+i)%len(buzz)]
	}
}

// vowel is two seconds of Buzz; its period divides them.
var vowel = sync.OnceValue(func() []int16 {
	out := make([]int16, 2*media.PhoneRate)
	phase := 0.0
	for i := range out {
		t := float64(i) / media.PhoneRate
		phase += 2 * math.Pi * (130 + 12*math.Sin(2*math.Pi*2.5*t)) / media.PhoneRate
		sum := 0.0
		for h := 1.0; h <= 24; h++ {
			f := 130 * h
			amp := 1/(1+math.Pow((f-550)/180, 2)) + 0.5/(1+math.Pow((f-1500)/220, 2)) + 0.04
			sum += amp * math.Sin(h*phase)
		}
		out[i] = int16(2200 * (0.75 + 0.25*math.Sin(2*math.Pi*4*t)) * sum)
	}
	return out
})

// Hiss fills pcm with white noise at about -30 dB that is the same for the same n.
func Hiss(pcm []int16, n int) {
	x := uint32(n)*2654435761 + 12345
	for i := range pcm {
		x = x*1664525 + 1013904223
		pcm[i] = int16(int32(x>>16)-32768) / 20
	}
}

// advance moves what has begun to play by now from the queue to played. The caller holds mu.
func (l *Line) advance(now time.Time) {
	for len(l.queue) > 0 && !l.paused {
		start := l.arrived[0]
		if l.busy.After(start) {
			start = l.busy
		}
		if l.resumed.After(start) {
			start = l.resumed
		}
		if start.After(now) {
			return
		}
		f := l.queue[0]
		l.queue, l.arrived = l.queue[1:], l.arrived[1:]
		l.busy = start.Add(f.Len())
		l.played = append(l.played, Played{start.Sub(l.born), f.PCM})
	}
}

// backlog is the playing time that has not left yet. The caller holds mu, after advance.
func (l *Line) backlog(now time.Time) time.Duration {
	d := max(0, l.busy.Sub(now))
	for _, f := range l.queue {
		d += f.Len()
	}
	return d
}

// Send implements leg.Leg.
func (l *Line) Send(ctx context.Context, f media.Frame) error {
	f.PCM = slices.Clone(f.PCM)
	return l.wait(ctx, func(now time.Time) (bool, time.Duration) {
		if over := l.backlog(now) + f.Len() - Limit; over > 0 {
			return false, over
		}
		l.queue, l.arrived = append(l.queue, f), append(l.arrived, now)
		l.advance(now)
		return true, 0
	})
}

// Drain implements leg.Leg.
func (l *Line) Drain(ctx context.Context) error {
	return l.wait(ctx, func(now time.Time) (bool, time.Duration) {
		if left := l.backlog(now); left > 0 {
			return false, left
		}
		l.mark = len(l.played)
		return true, 0
	})
}

// wait repeats try, under mu, until it says yes; the duration says when it may be worth another.
func (l *Line) wait(ctx context.Context, try func(now time.Time) (bool, time.Duration)) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.mu.Lock()
		if l.gone || l.cause != nil {
			l.mu.Unlock()
			return io.EOF
		}
		if l.failSend != nil {
			l.mu.Unlock()
			return l.failSend
		}
		now := time.Now()
		l.advance(now)
		ok, again := try(now)
		changed, paused := l.changed, l.paused
		l.mu.Unlock()
		if ok {
			return nil
		}
		var due <-chan time.Time
		if !paused {
			t := time.NewTimer(again)
			defer t.Stop()
			due = t.C
		}
		select {
		case <-due:
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// Flush implements leg.Leg. The frame that is playing counts as played.
func (l *Line) Flush() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(time.Now())
	var d time.Duration
	for _, p := range l.played[l.mark:] {
		d += time.Duration(len(p.PCM)) * time.Second / time.Duration(l.info.Rate)
	}
	l.mark = len(l.played)
	l.queue, l.arrived = nil, nil
	l.flushes = append(l.flushes, l.Since())
	l.change()
	return d
}

// Pause implements leg.Pauser.
func (l *Line) Pause() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(time.Now())
	l.paused = true
	l.change()
}

// Resume implements leg.Pauser.
func (l *Line) Resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused {
		l.paused, l.resumed = false, time.Now()
		l.change()
	}
}

// Hangup implements leg.Leg. The first cause counts.
func (l *Line) Hangup(_ context.Context, why leg.Cause) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause == nil {
		l.advance(time.Now())
		l.cause, l.hungAt = &why, l.Since()
		l.change()
	}
	return nil
}

// Overhear implements leg.Overhearer; a goroutine looks each 20 ms until it is ended or the line is.
func (l *Line) Overhear(to func(pcm []int16)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.overhear != nil {
		close(l.overhear)
		l.overhear = nil
	}
	if to == nil {
		return
	}
	l.advance(time.Now())
	end, n := make(chan struct{}), len(l.played)
	l.overhear = end
	go func() {
		tick := time.NewTicker(media.FrameTime)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			l.mu.Lock()
			over := l.gone || l.cause != nil
			l.advance(time.Now())
			if l.overhear == end { // nothing is given once it was ended
				for ; n < len(l.played); n++ {
					to(l.played[n].PCM)
				}
			}
			l.mu.Unlock()
			if over {
				return
			}
		}
	}()
}

// HungUp tells whether and when Hangup was called, and why.
func (l *Line) HungUp() (why leg.Cause, at time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause == nil {
		return leg.Cause{}, 0, false
	}
	return *l.cause, l.hungAt, true
}

// Played returns every frame that has left so far.
func (l *Line) Played() []Played {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(time.Now())
	return append([]Played(nil), l.played...)
}

// PCM returns the samples that left at or after from, one after the other, without the gaps.
func (l *Line) PCM(from time.Duration) []int16 {
	var pcm []int16
	for _, p := range l.Played() {
		if p.At >= from {
			pcm = append(pcm, p.PCM...)
		}
	}
	return pcm
}

// Flushes returns when Flush was called.
func (l *Line) Flushes() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]time.Duration(nil), l.flushes...)
}

// LastSound is when the last audible frame that left by now began; false when there was none.
func (l *Line) LastSound() (time.Duration, bool) {
	ps := l.Played()
	for i := len(ps) - 1; i >= 0; i-- {
		if audible(ps[i].PCM) {
			return ps[i].At, true
		}
	}
	return 0, false
}

// FirstSound is when the first audible frame at or after from began; false when there was none.
func (l *Line) FirstSound(from time.Duration) (time.Duration, bool) {
	for _, p := range l.Played() {
		if p.At >= from && audible(p.PCM) {
			return p.At, true
		}
	}
	return 0, false
}

// LongestSilence is the longest time without an audible frame between from and to.
func (l *Line) LongestSilence(from, to time.Duration) time.Duration {
	var longest time.Duration
	last := from
	for _, p := range l.Played() {
		if p.At < from || p.At > to || !audible(p.PCM) {
			continue
		}
		longest = max(longest, p.At-last)
		last = p.At + time.Duration(len(p.PCM))*time.Second/time.Duration(l.info.Rate)
	}
	return max(longest, to-last)
}

func audible(pcm []int16) bool {
	for _, s := range pcm {
		if s > 30 || s < -30 {
			return true
		}
	}
	return false
}

// AwaitSpoken waits until something was played after this call and then nothing audible for
// 300 ms, that is until a prompt is over. It returns false when that took longer than most.
func (l *Line) AwaitSpoken(most time.Duration) bool {
	from := l.Since()
	for l.Since() < from+most {
		time.Sleep(media.FrameTime)
		if last, ok := l.LastSound(); ok && last >= from && l.Since()-last > 300*time.Millisecond {
			return true
		}
	}
	return false
}

// AwaitSound waits until something audible plays. It returns false when that took longer than most.
func (l *Line) AwaitSound(most time.Duration) bool {
	from := l.Since()
	for l.Since() < from+most {
		if _, ok := l.FirstSound(from); ok {
			return true
		}
		time.Sleep(media.FrameTime)
	}
	return false
}
