package callers

import (
	"sync/atomic"
	"time"
)

// Waiter is a caller who presses a key and waits for a person. It notes when it heard nothing, and when
// it first heard the person, who is a tone; its own sound is a faint tone, which no voice detector takes
// for speech.
type Waiter struct {
	Key   byte
	After time.Duration // key, after the first sound of the bot
	Voice *Clip         // of the caller, said all the time from the key on; repeated
	Hz    float64       // the person's tone
	Level float64       // at least
	Leave time.Duration // hang up so long after the key; 0: not
	Talk  time.Duration // hang up so long after the person was heard first
	Bored time.Duration // hang up after a silence of so long
	// LeaveAt is when to hang up, in nanoseconds since 1970, in place of Talk; 0: not. Any goroutine may set it
	// during the call.
	LeaveAt atomic.Int64

	// For everybody once the call has ended.
	Pressed  time.Time
	Heard    time.Time // the person, first
	Silences []Silent  // of a second and more
	Last     time.Time // end of the last sound

	began int64
	frame int
}

// Silent is a time in which a caller heard nothing.
type Silent struct{ From, To time.Time }

// noted is how long a silence is that a Waiter notes.
const noted = time.Second

// Say implements Script.
func (w *Waiter) Say(c *Call, now time.Time) (*Clip, int) {
	switch {
	case w.Last.IsZero():
		w.Last = now
	case w.Pressed.IsZero():
		if w.began != 0 && now.UnixNano()-w.began >= int64(w.After) {
			w.Pressed = now
			c.Press(w.Key)
		}
	case w.Leave > 0 && now.Sub(w.Pressed) >= w.Leave,
		!w.Heard.IsZero() && w.LeaveAt.Load() == 0 && now.Sub(w.Heard) >= w.Talk,
		w.LeaveAt.Load() > 0 && now.UnixNano() >= w.LeaveAt.Load(),
		now.Sub(w.Last) >= w.Bored:
		c.Hangup()
	}
	if w.Pressed.IsZero() || w.Voice == nil {
		return nil, 0
	}
	w.frame++
	return w.Voice, w.frame % w.Voice.Frames()
}

// Hear implements Script.
func (w *Waiter) Hear(_ *Call, p Packet) {
	if !p.Audible() {
		return
	}
	at := time.Unix(0, p.At)
	if w.began == 0 {
		w.began = p.At
	}
	if !w.Last.IsZero() && at.Sub(w.Last) >= noted {
		w.Silences = append(w.Silences, Silent{w.Last, at})
	}
	w.Last = at.Add(frameTime)
	if !w.Pressed.IsZero() && w.Heard.IsZero() && p.Tone(w.Hz, w.Level) {
		w.Heard = at
	}
}
