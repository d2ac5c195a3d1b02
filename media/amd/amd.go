// Package amd tells who has answered a call that we placed: a person, a voicemail, a fax, or nobody who
// speaks; and when a voicemail has said its beep.
//
// The one idea: people who pick up say little and then wait; machines talk on. So what decides is the
// length of the first utterance and the pause after it, as in Asterisk's AMD application, of which we
// took the idea and no line. A tone decides by itself: a steady one between 400 and 2100 Hz after speech
// is a beep (the idea of FreeSWITCH's avmd), one of 1100 or 2100 Hz before any speech is a fax (ITU-T T.30
// §4: CNG 1100 Hz ± 38, CED 2100 Hz ± 15). Whether a frame is one tone is asked of a linear predictor of
// the second order, which a sine obeys exactly (Prony's method): x[n-1] + x[n+1] = 2 cos(ω) x[n].
//
// It knows no words and no language, keeps no sound, and reads no clock: time is what it was fed. A
// person who answers with a long sentence is taken for a machine, and a machine that says three words and
// waits for a person: docs/outbound.md has the figures.
package amd

import (
	"math"
	"time"

	"decroche/media"
)

// What is who has answered.
type What string

// The verdicts. Unknown only until there is one.
const (
	Unknown   What = ""
	Person    What = "person"
	Voicemail What = "voicemail"
	Fax       What = "fax"
	Silence   What = "silence"
)

// Result is a verdict.
type Result struct {
	What  What
	Score float64       // how sure it is, 0..1: 0.5 is at the edge of a threshold
	Why   string        // the rule that decided: "short greeting", "long greeting", "many words", "beep", "fax tone", "nothing said", "time over"
	At    time.Duration // sound heard until then
}

// Detector listens to the far end of one call, from the moment of the answer. It is not safe for
// concurrent use.
type Detector struct {
	cfg    Config
	rate   int
	clock  time.Duration // of sound fed
	result Result

	floor  float64       // of the line's noise, dB below full scale
	voiced time.Duration // voice heard, pauses aside
	since  time.Duration // when the first voice began; 0: none yet
	last   time.Duration // end of the last voice
	burst  time.Duration // voice without a pause, until now
	words  int           // bursts long enough to be a word

	tone  steady
	beep  time.Duration // when the last beep ended; 0: none
	rings bool          // a tone is being heard
}

// New makes a Detector of a validated cfg for sound of rate samples a second.
func New(cfg Config, rate int) *Detector {
	return &Detector{cfg: cfg, rate: rate, floor: -60}
}

// Result is the verdict so far; What is Unknown while there is none. It may change once: a beep makes a
// voicemail of everything but a fax.
func (d *Detector) Result() Result { return d.result }

// Beep reports whether a beep has been heard and is over, and when it ended, on the clock of the sound.
func (d *Detector) Beep() (ended time.Duration, ok bool) { return d.beep, d.beep > 0 && !d.rings }

// Quiet is for how long nothing was heard, neither voice nor tone.
func (d *Detector) Quiet() time.Duration { return d.clock - max(d.last, d.tone.end) }

// Frame takes the next frame, about 20 ms of mono sound, and returns the verdict so far. It keeps
// nothing of the frame.
func (d *Detector) Frame(f media.Frame) Result {
	n := len(f.PCM)
	if n < 8 || d.rate <= 0 {
		return d.result
	}
	length := time.Duration(n) * time.Second / time.Duration(d.rate)
	begin := d.clock
	d.clock += length
	level := levelOf(f.PCM)
	loud := level > math.Max(d.floor+d.cfg.AboveNoise, d.cfg.Quietest)
	hz, pure := pitch(f.PCM, d.rate)
	if loud && pure && hz > lowest && hz < highest {
		d.toned(hz, begin)
	} else {
		d.untoned(begin)
		d.speech(loud && !d.rings, begin, length)
	}
	if !loud {
		d.floor += (math.Max(level, -80) - d.floor) * 0.05
	} else if level < d.floor {
		d.floor = level
	}
	if d.result.What == Unknown {
		d.judge()
	}
	return d.result
}

// speech counts what is not a tone.
func (d *Detector) speech(loud bool, begin, length time.Duration) {
	if !loud {
		if d.clock-d.last >= d.cfg.BetweenWords {
			d.burst = 0
		}
		return
	}
	if d.burst == 0 && d.since == 0 {
		d.since = max(begin, 1)
	}
	before := d.burst
	d.burst += length
	d.voiced += length
	d.last = d.clock
	if before < d.cfg.Word && d.burst >= d.cfg.Word {
		d.words++
	}
}

// judge applies the rules, the surest first.
func (d *Detector) judge() {
	c := d.cfg
	pause := d.clock - d.last
	switch {
	case d.words == 0 && d.clock >= c.InitialSilence:
		d.decide(Silence, "nothing said", 0.9)
	case d.words == 0:
	case d.voiced >= c.Greeting:
		d.decide(Voicemail, "long greeting", edge(d.voiced, c.Greeting, c.Greeting/3))
	case d.words >= c.Words:
		d.decide(Voicemail, "many words", 0.7)
	case pause >= c.AfterGreeting && !d.rings:
		d.decide(Person, "short greeting", edge(c.Greeting, d.voiced, c.Greeting/3))
	case d.clock >= c.Longest:
		if d.voiced*2 > c.Greeting {
			d.decide(Voicemail, "time over", 0.55)
		} else {
			d.decide(Person, "time over", 0.55)
		}
	}
}

func (d *Detector) decide(w What, why string, score float64) {
	d.result = Result{What: w, Score: math.Round(score*100) / 100, Why: why, At: d.clock}
}

// edge is how sure it is that a is above b, by how many widths it is.
func edge(a, b, width time.Duration) float64 {
	return 1 / (1 + math.Exp(-2*float64(a-b)/float64(max(width, 1))))
}

// levelOf is the level of sound in dB below full scale; -96 for silence.
func levelOf(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(math.Max(sum/float64(len(pcm))/(1<<30), 2.5e-10))
}
