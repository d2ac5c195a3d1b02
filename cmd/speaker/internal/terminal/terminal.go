package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"decroche/cmd/speaker/internal/sound"
	"decroche/media/resample"
)

// Call is a call to the gateway, as line.Call is.
type Call interface {
	Send(pcm []int16)
	Hear(pcm []int16)
	Connected() bool
	Done() <-chan struct{}
	Cause() error
	Hangup(ctx context.Context)
}

// Key is what somebody pressed, or meant.
type Key int

// The keys.
const (
	Talk    Key = iota // begin a call; in one: interrupt, or open and shut the microphone
	HangUp             // end the call
	Louder             //
	Quieter            //
	Mute               // shut the microphone, open it
	Quit               // end the program
)

// Options of a Terminal.
type Options struct {
	Device sound.Device
	// Dial places a call; it ends with ctx.
	Dial func(ctx context.Context) (Call, error)
	// Keys may be nil.
	Keys <-chan Key
	// Ears are nil without a wake phrase.
	Ears *Ears
	// Full leaves the microphone open while the loudspeaker sounds: for headphones and devices that
	// cancel their echo.
	Full bool
	// Push opens the microphone only between two presses of Talk.
	Push bool
	// EchoTail is how long the room goes on sounding behind the loudspeaker, with the way through both
	// devices.
	EchoTail time.Duration
	// Always keeps a call open: it is placed at once, and again when it ends. Once ends Run with the
	// first call.
	Always, Once bool
	Volume       int
	// Hook is a command that gets the state as its last argument.
	Hook []string
	// Beat is told of every frame that was exchanged with the device, by Run's goroutine; nil: nobody.
	Beat func()
	// Show gets what a screen may show, ten times a second; nil: nothing.
	Show func(Shown)
	Log  *slog.Logger
}

// Shown is what a screen may show.
type Shown struct {
	State      State
	Heard      float64 // dBFS, the loudest frame since the last
	Volume     int
	Microphone bool // open
}

// Why Run ended, besides io.EOF of the device and the context's cause.
var (
	ErrQuit = errors.New("terminal: somebody pressed quit")
	errOnce = errors.New("terminal: the one call is over")
)

const (
	commandAfter = 300 * time.Millisecond  // of silence behind the wake phrase: nobody goes on
	commandMost  = 2500 * time.Millisecond // and so long a wish may take
	bargeMost    = 4 * time.Second         // that the loudspeaker stays silent for somebody who interrupts
	bargeQuiet   = 240 * time.Millisecond  // of the other side, after which they have the floor
	retryFirst   = time.Second             // before a call of Always is placed again
	retryMost    = time.Minute
	showEvery    = 5 // frames
	byeWithin    = 5 * time.Second
)

const frameTime = 20 * time.Millisecond

// Terminal is a speaker. Run uses it.
type Terminal struct {
	o    Options
	log  *slog.Logger
	gate *gate
	far  *gate // the other side alone: does it speak?
	ears *ears
	hook *hook

	work   sync.WaitGroup // what happens beside the loop
	ctx    context.Context
	placed chan placed

	// owned by Run
	call     Call
	dialling bool
	state    State
	volume   int
	muted    bool
	pushed   bool
	waking   time.Duration // since the wake phrase; <0: it was not said
	barge    time.Duration // since somebody interrupted; <0: nobody did
	silent   time.Duration // of the other side
	chime    []int16
	retry    time.Duration // until the next try of Always
	wait     time.Duration // of that try
	why      error         // Run ends with it
	frames   int
	loudest  float64
	calls    int
	began    tally // when the call began
}

type placed struct {
	call Call
	err  error
}

// New makes a Terminal.
func New(o Options) (*Terminal, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	t := &Terminal{o: o, log: o.Log, gate: newGate(o.EchoTail), far: newGate(0), hook: newHook(o.Hook, o.Log), placed: make(chan placed, 1),
		volume: max(0, min(o.Volume, MaxVolume)), waking: -1, barge: -1, wait: retryFirst, loudest: lowest}
	if o.Ears != nil {
		down, err := resample.New(sound.Rate, 8000)
		if err != nil {
			return nil, fmt.Errorf("terminal: %w", err)
		}
		t.ears = newEars(*o.Ears, down)
	}
	return t, nil
}

// Calls is how many calls were placed and answered; for after Run.
func (t *Terminal) Calls() int { return t.calls }

// Run is the speaker, until ctx ends, the device has no more sound, or somebody quits. A call that
// lasts is hung up first. It returns nil at the end of a file and of the one call of Once.
func (t *Terminal) Run(ctx context.Context) error {
	var stop context.CancelFunc
	t.ctx, stop = context.WithCancel(ctx)
	t.work.Go(func() { t.hook.run(t.ctx) })
	if t.ears != nil {
		t.work.Go(func() { t.ears.run(t.ctx) })
	}
	t.become(Idle)
	if t.o.Always || t.o.Once {
		t.dial()
	}
	err := t.loop(ctx)
	stop()
	if t.dialling { // what is being placed ends with t.ctx, or was just answered
		if p := <-t.placed; p.call != nil {
			t.call = p.call
		}
	}
	if t.call != nil {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), byeWithin)
		t.call.Hangup(bye)
		cancel()
		t.sum(t.call)
	}
	t.work.Wait()
	if errors.Is(err, io.EOF) || errors.Is(err, errOnce) {
		return nil
	}
	return err
}

func (t *Terminal) loop(ctx context.Context) error {
	heard, play := make([]int16, sound.Frame), make([]int16, sound.Frame)
	for {
		if err := t.o.Device.Exchange(heard, play); err != nil {
			return err
		}
		if t.o.Beat != nil {
			t.o.Beat()
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if t.why != nil && len(t.chime) == 0 { // the last of it has just been played
			return t.why
		}
		t.step(heard, play)
	}
}

// step is one frame: heard has come from the microphone, play goes to the loudspeaker next.
func (t *Terminal) step(heard, play []int16) {
	t.events()
	t.ears.feed(heard)
	clear(play)
	if t.call != nil {
		t.call.Hear(play)
	}
	t.interrupted(play)
	mixInto(play, gain(t.volume), t.chime)
	t.chime = t.chime[min(len(t.chime), len(play)):]
	room := t.gate.push(play)
	open := t.open(room)
	if t.call != nil {
		if !open {
			clear(heard)
		}
		t.call.Send(heard)
		t.become(t.inCall(room, open))
	}
	t.show(heard, open)
}

// open tells whether the call may hear the microphone.
func (t *Terminal) open(room bool) bool {
	switch {
	case t.call == nil || t.muted || t.waking >= 0:
		return false
	case t.o.Push && !t.pushed:
		return false
	}
	return t.o.Full || !room
}

func (t *Terminal) inCall(room, open bool) State {
	switch {
	case !t.call.Connected():
		return Reconnecting
	case t.muted || t.o.Push && !t.pushed:
		return Muted
	case room || !open:
		return Speaking
	}
	return Listening
}

// interrupted keeps the loudspeaker silent for somebody who interrupts, until the other side has
// stopped.
func (t *Terminal) interrupted(play []int16) {
	if t.barge < 0 {
		return
	}
	t.barge += frameTime
	if t.far.push(play) {
		t.silent = 0
	} else {
		t.silent += frameTime
	}
	if t.silent >= bargeQuiet || t.barge > bargeMost {
		t.barge = -1
	}
	clear(play)
}

// events takes what has happened beside the loop.
func (t *Terminal) events() {
	for {
		select {
		case k, ok := <-t.o.Keys:
			if !ok {
				t.o.Keys = nil
				continue
			}
			t.key(k)
			continue
		case p := <-t.placed:
			t.answered(p)
			continue
		case c := <-t.said():
			t.command(c)
			continue
		case <-t.over():
			t.hungUp()
			continue
		default:
		}
		break
	}
	t.clocks()
}

// said are the phrases that were heard; nil when nobody listens for any.
func (t *Terminal) said() <-chan Command {
	if t.ears == nil {
		return nil
	}
	return t.ears.heard
}

// over is closed when the call has ended; nil without a call.
func (t *Terminal) over() <-chan struct{} {
	if t.call == nil {
		return nil
	}
	return t.call.Done()
}

// clocks moves on what waits for time.
func (t *Terminal) clocks() {
	if t.waking >= 0 {
		t.waking += frameTime
		if t.ears.quiet.Load() >= commandAfter.Milliseconds() || t.waking > commandMost {
			t.waking = -1
			t.wanted()
		}
	}
	if t.retry > 0 {
		if t.retry -= frameTime; t.retry <= 0 {
			t.retry = 0
			t.dial()
		}
	}
}

// wanted is the wake phrase with nothing behind it.
func (t *Terminal) wanted() {
	if t.call == nil {
		t.dial()
		return
	}
	t.interrupt()
}

func (t *Terminal) interrupt() {
	t.barge, t.silent = 0, 0
}

func (t *Terminal) command(c Command) {
	switch {
	case c.Wake:
		if t.call == nil && !t.dialling {
			t.ring(listening)
		}
		t.waking = 0
	case t.waking >= 0 || t.state == Speaking: // not what a caller says to the bot
		if c.Set {
			t.turn(c.Volume)
		} else {
			t.turn(t.volume + volumeStep*c.Volume)
		}
		t.waking = -1
	}
}

func (t *Terminal) turn(volume int) {
	t.volume = max(0, min(volume, MaxVolume))
	t.log.Info("volume", "to", t.volume)
	t.ring(done)
}

func (t *Terminal) key(k Key) {
	switch k {
	case Talk:
		switch {
		case t.call == nil:
			t.ring(listening)
			t.dial()
			t.pushed = true
		case t.o.Push:
			t.pushed = !t.pushed
			if t.pushed {
				t.interrupt()
			}
		default:
			t.interrupt()
		}
	case HangUp:
		t.hangUp()
	case Louder:
		t.turn(t.volume + 1)
	case Quieter:
		t.turn(t.volume - 1)
	case Mute:
		t.muted = !t.muted
	case Quit:
		t.why = ErrQuit
	}
}

func (t *Terminal) ring(c chime) { t.chime = c.render() }

// dial places a call beside the loop.
func (t *Terminal) dial() {
	if t.dialling || t.call != nil || t.why != nil {
		return
	}
	t.dialling, t.retry = true, 0
	t.become(Calling)
	t.work.Go(func() {
		c, err := t.o.Dial(t.ctx)
		t.placed <- placed{c, err}
	})
}

func (t *Terminal) answered(p placed) {
	t.dialling = false
	if p.err != nil {
		t.log.Error("the call did not come about", "error", p.err)
		t.ring(failed)
		t.become(Failed)
		t.afterwards(p.err)
		return
	}
	t.call, t.wait, t.muted = p.call, retryFirst, false
	t.calls++
	t.began = t.tallied()
	t.log.Info("the call stands")
}

// afterwards decides what follows a call, or one that did not come about.
func (t *Terminal) afterwards(err error) {
	switch {
	case t.o.Once:
		if t.why = errOnce; err != nil {
			t.why = err
		}
	case t.o.Always:
		t.retry = t.wait
		var later interface{ RetryAfter() time.Duration }
		if errors.As(err, &later) {
			t.retry = max(t.retry, later.RetryAfter())
		}
		t.wait = min(2*t.wait, retryMost)
	}
}

// hungUp is the end of a call that we did not end.
func (t *Terminal) hungUp() {
	t.hangUp()
}

func (t *Terminal) hangUp() {
	if t.call == nil {
		return
	}
	c := t.call
	t.sum(c)
	t.call, t.barge, t.waking, t.pushed = nil, -1, -1, false
	t.work.Go(func() {
		bye, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), byeWithin)
		defer cancel()
		c.Hangup(bye)
	})
	t.ring(ended)
	t.become(Idle)
	t.afterwards(nil)
}

// become notes a state and tells the hook.
func (t *Terminal) become(s State) {
	if s == t.state {
		return
	}
	t.state = s
	t.hook.tell(s)
}

// show tells a screen, ten times a second.
func (t *Terminal) show(heard []int16, open bool) {
	if t.o.Show == nil {
		return
	}
	t.loudest = max(t.loudest, level(heard))
	if t.frames++; t.frames%showEvery == 0 {
		t.o.Show(Shown{t.state, t.loudest, t.volume, open})
		t.loudest = lowest
	}
}
