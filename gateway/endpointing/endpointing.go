// Package endpointing tells when a caller has begun and has finished to speak: voice detection,
// what the flow expects and the turn detector, put together. A call and `decroche bench turns` use
// the same Endpointer, so that what is measured is what callers meet.
//
// It has no clock and no goroutine: frames and words go in, decisions come out.
package endpointing

import (
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/media/vad"
)

// Decision is what one frame led to.
type Decision struct {
	turn.Decision
	Voice float64 // probability in [0, 1] that the frame is speech
}

// Endpointer listens to one leg. Not safe for concurrent use.
type Endpointer struct {
	vad    *vad.Detector
	turn   *turn.Detector
	expect flows.Expect
	clock  time.Duration // media time of the end of the last frame
}

// New returns an Endpointer that expects free speech. Zero configurations mean their defaults.
func New(v vad.Config, t turn.Config) *Endpointer {
	if v == (vad.Config{}) {
		v = vad.DefaultConfig()
	}
	if t == (turn.Config{}) {
		t = turn.DefaultConfig()
	}
	return &Endpointer{vad: vad.New(v), turn: turn.New(t)}
}

// Expect begins a turn that will answer x; what was heard of the turn so far is forgotten.
func (e *Endpointer) Expect(x flows.Expect) {
	if x.Entity == entity.TypeText {
		x.Entity = "" // free speech, to ears
	}
	e.expect = x
	e.turn.Expect(turn.Expect{Kind: x.Entity, Digits: x.Digits})
}

// BotSpeaking tells whether a prompt is being played.
func (e *Endpointer) BotSpeaking(yes bool) { e.turn.SetBotSpeaking(yes) }

// Clock is the media time of the end of the last frame.
func (e *Endpointer) Clock() time.Duration { return e.clock }

// Frame takes the next 20 ms at 8000 Hz, in order. It keeps nothing of f.
func (e *Endpointer) Frame(f media.Frame) Decision {
	e.clock = f.At + f.Len()
	p := e.vad.Push(f.PCM)
	return Decision{Decision: e.turn.Frame(e.clock, turn.Sound{Speech: p}), Voice: p}
}

// Words tells all that the recogniser has so far of the turn that is being spoken.
func (e *Endpointer) Words(text, lang string) {
	w := turn.Words{Text: text, Lang: lang}
	if e.expect.Entity != "" && text != "" {
		w.Count = entity.Count(entity.Spec{Type: e.expect.Entity, Length: e.expect.Digits}, lang, text)
	}
	e.turn.Partial(e.clock, w)
}
