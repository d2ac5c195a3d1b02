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
	"decroche/media/resample"
	"decroche/media/vad"
)

// Decision is what one frame led to.
type Decision struct {
	turn.Decision
	Voice float64 // probability in [0, 1] that the frame is speech
	// What the frame alone says; see vad.Detector.
	Vowel, Sibilant float64
}

// Overlap is the frame, whose sound is pcm, as a turn.Floor takes it. The level is looked for only
// where it decides something.
func (d Decision) Overlap(pcm []int16) turn.Overlap {
	o := turn.Overlap{Voice: d.Voice, Vowel: d.Vowel, Hiss: d.Sibilant, Level: -96}
	if o.Voice >= 0.5 || o.Vowel > 0 || o.Hiss > 0 {
		o.Level = turn.Level(pcm)
	}
	return o
}

// Endpointer listens to one leg. Not safe for concurrent use.
type Endpointer struct {
	vad   *vad.Detector
	turn  *turn.Detector
	spec  entity.Spec   // what the turn will answer; the zero Spec is free speech
	words turn.Words    // the last ones, read against spec
	clock time.Duration // media time of the end of the last frame

	narrow *resample.Resampler // of a wider leg, made when its first frame comes
	from   int                 // Hz
	pcm    []int16
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
	e.spec, e.words = x.Spec, turn.Words{}
	if e.spec.Type == "" { // a host that knows the kind only
		e.spec = entity.Spec{Type: x.Entity, Length: x.Digits}
	}
	want := turn.Expect{Kind: e.spec.Type, Digits: x.Digits, Pause: x.Ends.Pause, Complete: x.Ends.Complete}
	if want.Digits == 0 && (want.Kind == entity.TypeDigits || want.Kind == entity.TypeSpelled) {
		want.Digits = e.spec.Most()
	}
	e.turn.Expect(want)
}

// BotSpeaking tells whether a prompt is being played.
func (e *Endpointer) BotSpeaking(yes bool) { e.turn.SetBotSpeaking(yes) }

// Clock is the media time of the end of the last frame.
func (e *Endpointer) Clock() time.Duration { return e.clock }

// Frame takes the next 20 ms, in order; wider sound than the telephone's is brought to 8000 Hz. It
// keeps nothing of f.
func (e *Endpointer) Frame(f media.Frame) Decision {
	e.clock = f.At + f.Len()
	p := e.vad.Push(e.narrowed(f))
	return Decision{Decision: e.turn.Frame(e.clock, turn.Sound{Speech: p, Level: e.vad.Level(), Pitch: e.vad.Pitch()}), Voice: p, Vowel: e.vad.Vowel(), Sibilant: e.vad.Sibilant()}
}

// narrowed is f at 8000 Hz.
func (e *Endpointer) narrowed(f media.Frame) []int16 {
	if f.Rate == media.PhoneRate || f.Rate == 0 {
		return f.PCM
	}
	if e.narrow == nil || e.from != f.Rate {
		r, err := resample.New(f.Rate, media.PhoneRate)
		if err != nil {
			return f.PCM // no leg has such a rate
		}
		e.narrow, e.from = r, f.Rate
	}
	e.pcm = e.narrow.Process(e.pcm[:0], f.PCM)
	return e.pcm
}

// Words tells all that the recogniser has so far of the turn that is being spoken.
func (e *Endpointer) Words(text, lang string) {
	if text != e.words.Text || lang != e.words.Lang || text == "" {
		var p entity.Progress
		if e.spec.Type != "" {
			p = entity.ProgressOf(e.spec, lang, turn.AfterWait(text, lang, e.spec.Type != "" && e.spec.Type != entity.TypeText))
		}
		e.words = turn.Words{Text: text, Lang: lang, Count: p.Count, Want: p.Want, Fill: fills[p.Fill]}
	}
	e.turn.Partial(e.clock, e.words)
}

// fills are the words of flows/entity in those of gateway/turn, which knows nothing of ours.
var fills = [...]turn.Fill{entity.Nothing: turn.Nothing, entity.Partial: turn.Partial, entity.Possible: turn.Possible, entity.Complete: turn.Complete}
