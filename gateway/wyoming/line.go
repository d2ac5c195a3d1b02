package wyoming

import (
	"context"
	"io"
	"sync"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/wyoming"
	"decroche/media"
	"decroche/media/resample"
	"decroche/media/vad"
)

const (
	// frameLen is a frame of a line, in samples: 20 ms.
	frameLen = lineRate / 50
	// sendAhead is how much Send takes before it blocks, as leg.Leg has it.
	sendAhead = 200 * time.Millisecond
	// lead is how much sooner than it is due a satellite gets sound, against a network that stutters.
	// What has left cannot be taken back, so it is also how late a prompt stops.
	lead = 100 * time.Millisecond
	// lull is how long a prompt may wait for its next sentence before the satellite is told that it
	// has ended.
	lull = 250 * time.Millisecond
	// micLate is when silence takes the place of sound that has not come; micMost is how much sound may
	// wait beyond the clock: after a stall of the network the oldest is dropped.
	micLate, micMost = 250 * time.Millisecond, 500 * time.Millisecond
	// playedLate is how long after its last sample we wait for the satellite to say that it has
	// played; older ones never do.
	playedLate = 700 * time.Millisecond
	// echoTail is how long the microphone stays closed after a prompt.
	echoTail = 150 * time.Millisecond
	// voiceGap ends a voice for the satellite's lights.
	voiceGap = 600 * time.Millisecond
)

// post sends one event to the satellite without blocking; it is dropped when the satellite is gone.
type post func(kind string, data any, payload []byte)

// line is the leg of one call by a satellite. It implements leg.Leg, leg.Pauser, leg.Overhearer,
// leg.Mourner and Screen.
type line struct {
	// constant after newLine
	info  leg.Info
	post  post
	lang  string
	half  bool          // the microphone is closed while we speak
	quiet time.Duration // after which the call ends; 0 never
	ctx   context.Context
	stop  context.CancelCauseFunc
	m     *Metrics
	// announces: it is a sentence without a call, and the satellite keeps listening for its wake word
	announces bool

	// owned by who calls Receive
	frame  [frameLen]int16
	narrow *resample.Resampler
	thin   []int16
	voice  *vad.Detector

	// owned by who calls Send
	fits map[int]*resample.Resampler

	// owned by play
	out *outlet

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever a waiter should look again
	over    bool
	began   time.Time // of Answer; zero before
	ending  string    // why it ended, as the metrics say

	// hearing; guarded by mu
	mic    []int16
	at     time.Duration // media time given out
	hush   time.Duration // since a voice was last heard, prompts not counted
	gap    time.Duration // the same, prompts counted
	voiced bool          // the satellite was told that somebody speaks
	said   string        // the caller's last words

	// playing; guarded by mu
	queue     [][]int16
	spare     [][]int16 // frames to be used again
	streaming bool      // audio-start was sent, and no audio-stop
	draining  int       // who waits in Drain
	paused    bool
	due       time.Time     // when the end of what was sent will have been heard
	sent      time.Duration // since the last Flush or Drain
	unplayed  int           // audio-stops without a played
	overhear  func(pcm []int16)
	playing   sync.WaitGroup
}

var (
	_ leg.Leg        = (*line)(nil)
	_ leg.Pauser     = (*line)(nil)
	_ leg.Overhearer = (*line)(nil)
	_ leg.Mourner    = (*line)(nil)
	_ Screen         = (*line)(nil)
)

// Screen is an ability of a satellite's leg: some show what is said.
type Screen interface {
	// Heard tells what the caller said. The satellite is told the last of it when the call ends.
	Heard(text string)
	// Says tells what a prompt says that begins now, or has been said.
	Says(text, lang string)
}

func newLine(info leg.Info, sat Satellite, quiet time.Duration, to wyoming.Audio, p post, m *Metrics) *line {
	narrow, _ := resample.New(lineRate, media.PhoneRate)
	l := &line{info: info, post: p, lang: sat.Lang, half: !sat.BargeIn, quiet: quiet, m: m, out: newOutlet(to),
		narrow: narrow, voice: vad.New(vad.DefaultConfig()), fits: map[int]*resample.Resampler{}, changed: make(chan struct{})}
	l.ctx, l.stop = context.WithCancelCause(context.Background())
	return l
}

// Info implements leg.Leg.
func (l *line) Info() leg.Info { return l.info }

// Answer implements leg.Leg: the satellite is told that we listen.
func (l *line) Answer(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over:
		return l.whyLocked()
	case !l.began.IsZero():
		return nil
	}
	l.began = time.Now()
	if !l.announces {
		l.post("transcribe", wyoming.Transcribe{Language: l.lang}, nil)
	}
	l.playing.Go(l.play)
	return nil
}

// wake lets every waiter look again; mu is held.
func (l *line) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Hangup implements leg.Leg: the satellite goes back to its wake word.
func (l *line) Hangup(_ context.Context, why leg.Cause) error {
	l.end(context.Canceled, endedUs, why)
	return nil
}

// end ends the line, once, and tells the satellite unless it is gone.
func (l *line) end(cause error, label string, why leg.Cause) {
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		return
	}
	l.over, l.ending = true, label
	l.stop(cause)
	switch {
	case l.began.IsZero():
		l.ending = endedRefused
		l.post("error", wyoming.Failure{Text: "the call is not taken: " + why.Text, Code: code(why)}, nil)
	default:
		l.stopStream()
		if !l.announces {
			l.post("transcript", wyoming.Transcript{Text: l.said, Language: l.lang}, nil)
		}
	}
	l.wake()
	l.mu.Unlock()
	l.playing.Wait()
	if !l.announces {
		l.m.ended.WithLabelValues(l.ending).Inc()
	}
}

// code is a cause as the code of an error event.
func code(why leg.Cause) string {
	switch why.Status {
	case 404:
		return "no-such-bot"
	case 486, 480, 503:
		return "busy"
	}
	return "refused"
}

// Why implements leg.Mourner.
func (l *line) Why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		return nil
	}
	return l.whyLocked()
}

func (l *line) whyLocked() error { return context.Cause(l.ctx) }

// Heard implements Screen.
func (l *line) Heard(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = text
}

// Says implements Screen.
func (l *line) Says(text, lang string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over && text != "" {
		l.post("synthesize", wyoming.Synthesize{Text: text, Voice: &wyoming.Voice{Language: lang}}, nil)
	}
}

// hear takes what the microphone streamed; the samples are lent. While we speak, and the box cannot
// tell our voice from its owner's, silence is heard in its place.
func (l *line) hear(pcm []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	from := len(l.mic)
	l.mic = append(l.mic, pcm...)
	if l.half && l.speaking() {
		clear(l.mic[from:])
	}
	clock := time.Duration(0)
	if !l.began.IsZero() {
		clock = time.Since(l.began)
	}
	if ahead := l.at + samples(len(l.mic)) - clock - micMost; ahead > 0 {
		drop := min(len(l.mic), int(ahead*lineRate/time.Second))
		l.mic = l.mic[:copy(l.mic, l.mic[drop:])]
		l.m.dropped.Add(samples(drop).Seconds())
	}
	l.wake()
}

func samples(n int) time.Duration { return time.Duration(n) * time.Second / lineRate }

// speaking tells whether our own sound can be in the room; mu is held.
func (l *line) speaking() bool {
	return l.streaming || l.unplayed > 0 && time.Since(l.due) < playedLate || time.Since(l.due) < echoTail
}

// Receive implements leg.Leg. A microphone that streams nothing is silence.
func (l *line) Receive(ctx context.Context) (leg.Heard, error) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		l.mu.Lock()
		if l.over {
			l.mu.Unlock()
			return leg.Heard{}, io.EOF
		}
		wait := time.Hour
		if !l.began.IsZero() {
			wait = l.at + micLate - time.Since(l.began)
		}
		if len(l.mic) >= frameLen || wait <= 0 {
			n := copy(l.frame[:], l.mic)
			clear(l.frame[n:])
			l.mic = l.mic[:copy(l.mic, l.mic[n:])]
			f := media.Frame{PCM: l.frame[:], Rate: lineRate, At: l.at}
			l.at += media.FrameTime
			l.mu.Unlock()
			l.listen(l.frame[:])
			return leg.Heard{Frame: f}, nil
		}
		changed := l.changed
		l.mu.Unlock()
		timer.Reset(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			return leg.Heard{}, context.Cause(ctx)
		}
	}
}

// listen looks for voices: the satellite's lights follow them, and a call in which nobody speaks for
// long ends.
func (l *line) listen(frame []int16) {
	l.thin = l.narrow.Process(l.thin[:0], frame)
	on := l.voice.Push(l.thin) >= 0.5
	l.mu.Lock()
	told := l.voiced
	l.gap += media.FrameTime
	switch {
	case on:
		l.hush, l.gap, l.voiced = 0, 0, true
	case !l.speaking():
		l.hush += media.FrameTime
	}
	if l.gap > voiceGap {
		l.voiced = false
	}
	at, talks, late := l.at.Milliseconds(), l.voiced, l.quiet > 0 && l.hush >= l.quiet
	over := l.over
	l.mu.Unlock()
	if over {
		return
	}
	if talks != told {
		kind := "voice-stopped"
		if talks {
			kind = "voice-started"
		}
		l.post(kind, wyoming.Stamp{Timestamp: at}, nil)
	}
	if late {
		l.end(leg.ErrHungUp, endedSilence, leg.Normal)
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
