// Package turn decides when a caller has begun and has finished to speak. It is pure: what is
// known of each frame's sound, partial words and what the flow expects go in, with media time;
// events come out. It has no clock, no goroutine, no sound.
//
// The one idea: how long a silence must last to end a turn depends on what is being answered and
// on how far the answer has come. "Oui" is over at once; a number said in pairs holds while digits
// are missing and is over as soon as the last one is there; a sentence that trails off in "euh"
// waits, and a caller who asks for a moment gets it. docs/turn-taking.md tells the whole.
package turn

import (
	"math"
	"math/bits"
	"time"
)

// Expect is what the flow waits for.
type Expect struct {
	// Kind is the base type of the entity: "digits", "spelled", "phone", "postcode_fr", "number",
	// "amount", "date", "time", "email", "yes_no", "list", "text"; "" is free speech.
	Kind   string
	Digits int // number of digits (of a spelled code: characters) when known, else 0
	// Pause and Complete are the step's own times for an answer that may go on and for one that
	// cannot; 0 leaves them to the table.
	Pause, Complete time.Duration
}

// Kind is what an Event says.
type Kind int

// Kinds of Event.
const (
	None    Kind = iota
	Started      // the caller has begun to speak
	Ended        // the caller has finished
	Remind       // the caller asked for a moment and has been silent for Config.Wait: say that we are there; the turn goes on
)

// Event is one decision.
type Event struct {
	Kind Kind
	At   time.Duration // Started: onset of the speech; Ended and Remind: its last moment. Media time.
	Why  string        // Ended: the rule that decided, for the record and for tests
}

// Decision is how the turn stands after one frame.
type Decision struct {
	Event
	// EOT is the probability in [0, 1] that the turn has ended; 0 while nobody has spoken. Ended
	// comes in the frame in which it reaches Config.EOT.
	EOT float64
	// Rule is the rule that will end the turn if the silence lasts, and Left the time until it
	// does (under the rule "wait": until the reminder); "" and 0 while nobody has spoken. During
	// speech Left is the whole silence needed.
	Rule string
	Left time.Duration
}

// Sound is what is known of one frame.
type Sound struct {
	Speech float64 // probability in [0, 1] that it is speech
	Level  float64 // dBFS; 0 when not known
	Pitch  float64 // fundamental in Hz; 0 when there is none or it is not known
}

// Fill says how far the words satisfy what is expected; flows/entity knows.
type Fill int

// Fills.
const (
	Nothing  Fill = iota // no part of an answer
	Partial              // begun, and no answer yet
	Possible             // an answer that may go on
	Complete             // an answer behind which nothing can follow
)

// Words are what the recogniser has so far of the turn.
type Words struct {
	Text  string
	Lang  string // language they are in: "fr"
	Count int    // digits (characters of a spelled code) in them, of what is expected
	Want  int    // how many of them the whole answer has, when that is known; else 0
	Fill  Fill   // of what is expected
}

// frame is the time one probability stands for when the clock does not tell: 20 ms.
const frame = 20 * time.Millisecond

// window is how far back onsets are looked for, in frames; onsets are at most this long.
const window = 16

// Detector decides for one leg. Not safe for concurrent use; it allocates in Partial only.
type Detector struct {
	cfg     Config  // constant after New
	stretch float64 // constant after New: silences are as many times longer as Config.EOT asks
	row     *Times  // of what is expected; nil for free speech
	expect  Expect
	bot     bool // the bot speaks now

	last    time.Duration         // media time of the frame before
	recent  [window]time.Duration // ends of the last frames, a ring
	lately  uint16                // were they speech; bit 0 is the newest
	n       int                   // frames seen
	talking bool
	onset   time.Duration // of this turn
	voiced  time.Duration // speech so far in this turn
	lastOn  time.Duration // end of the last speech frame
	sure    time.Duration // end of the last that was speech beyond doubt
	voice   voice
	cues    cues
	pace    pace
	groups  groups
	line    line
	stirs   time.Duration // how long the sound in a silence has looked like a beginning
	before  float64       // speech probability of the frame before

	words   Words
	open    bool          // the words want a continuation
	short   bool          // they are one greeting
	long    bool          // they are more than a short answer
	waiting bool          // they ask for a moment
	changed time.Duration // when the words last changed, media time
	lag     time.Duration // how far words come behind the voice
	reminds int           // Reminders given in this silence
}

// New returns a detector that expects free speech. A cfg that does not pass Validate misbehaves,
// but ends every turn after MaxTurn.
func New(cfg Config) *Detector {
	if !(cfg.EOT > 0 && cfg.EOT < 1) {
		cfg.EOT = DefaultConfig().EOT
	}
	return &Detector{cfg: cfg, stretch: math.Sqrt(cfg.EOT / (1 - cfg.EOT)), lag: cfg.Lag}
}

// Expect begins a new turn that will answer something else.
func (d *Detector) Expect(e Expect) {
	d.expect, d.row = e, d.cfg.of(e.Kind)
	d.Reset()
}

// Reset forgets the turn so far, not what is expected, nor what this caller's pauses are like.
func (d *Detector) Reset() {
	d.talking, d.voiced, d.n, d.lately, d.stirs, d.reminds = false, 0, 0, 0, 0, 0
	d.words, d.open, d.short, d.long, d.waiting, d.changed = Words{}, false, false, false, false, 0
	d.voice = voice{}
	d.cues.reset()
	d.pace.turn()
}

// SetBotSpeaking tells whether a prompt is playing. While it is, more speech is needed before
// it counts as a start: a cough or an echo must not stop the bot.
func (d *Detector) SetBotSpeaking(yes bool) { d.bot = yes }

// Partial tells what words the recogniser has so far; all of them, not only the new ones. at is
// the media time now.
func (d *Detector) Partial(at time.Duration, w Words) {
	if w.Text != d.words.Text {
		d.changed = at
		s := newSaid(w.Text, w.Lang)
		d.open, d.short, d.long = s.open(), s.short(), len(s.words) > 4
		_, d.waiting = s.waits(d.row != nil)
	}
	d.words = w
}

// Frame takes the frame that ends at media time at. Frames come in order, about every 20 ms.
func (d *Detector) Frame(at time.Duration, s Sound) Decision {
	step := at - d.last
	if step <= 0 || step > 5*frame {
		step = frame
	}
	d.last = at
	on := s.Speech >= d.cfg.Threshold
	d.recent[d.n%window] = at
	d.lately <<= 1
	if on {
		d.lately |= 1
		d.sure = at
	}
	on = on || d.talking && s.Speech >= d.line.goesOn(d.cfg.Threshold)
	d.n++
	if on {
		if quiet := at - step - d.lastOn; d.talking && quiet > frame {
			d.over(quiet)
			if !d.waiting {
				d.pace.resumed(quiet)
			}
			if quiet >= groupPause {
				d.groups.resumed(d.lastOn, at-step, d.lastOn+d.lag+spread)
			}
			d.cues.reset()
		}
		d.lastOn, d.stirs, d.reminds = at, 0, 0
		d.cues.push(at, s, step)
		d.voice.push(at, s)
	} else if s.Speech > stirring && s.Speech > d.before {
		d.stirs += step
	}
	d.before = s.Speech
	d.line.push(s, on)
	if !d.talking {
		if e := d.start(at); e.Kind != None {
			need, why := d.rule(0)
			need = d.line.needed(need)
			return Decision{Event: e, Rule: why, Left: d.needed(need)}
		}
		return Decision{}
	}
	if on {
		d.voiced += step
	}
	d.groups.counted(at, d.words.Count)
	return d.end(at, !on && s.Speech > stirring)
}

// start looks for enough speech within a short while.
func (d *Detector) start(at time.Duration) Event {
	need, within := d.cfg.Onset, d.cfg.OnsetWithin
	if d.bot {
		need, within = d.cfg.BargeOnset, d.cfg.BargeWithin
	}
	var voiced time.Duration
	onset := time.Duration(-1)
	for left := d.lately; left != 0; { // oldest first
		i := bits.Len16(left) - 1
		left &^= 1 << i
		end := d.recent[(d.n-1-i)%window]
		if at-end >= within {
			continue
		}
		if onset < 0 {
			onset = end - frame
		}
		voiced += frame
	}
	if voiced < need {
		return Event{}
	}
	d.talking, d.onset, d.voiced = true, max(0, onset), voiced
	d.groups.reset(d.onset)
	return Event{Kind: Started, At: d.onset}
}

// A sound in a silence that may be a beginning holds the end of the turn off: the first consonant
// of a word is heard 60 to 140 ms before its vowel makes it speech.
const (
	stirring = 0.02                   // speech probability from which it does
	stirMax  = 140 * time.Millisecond // for how long
)

// end compares the silence so far with what this turn needs.
func (d *Detector) end(at time.Duration, stirs bool) Decision {
	quiet := at - d.lastOn
	if d.waiting && quiet > 0 {
		return d.wait(quiet)
	}
	need, why := d.rule(quiet)
	if why == lastGroup || why == lastOne || d.told() {
		quiet = at - d.spoke()
	}
	if !d.told() { // else no end of a word has drowned
		need = d.line.needed(need)
	}
	out := Decision{EOT: likelihood(quiet, need), Rule: why, Left: max(0, d.needed(need)-quiet)}
	switch {
	case at-d.onset >= d.cfg.MaxTurn:
		out.Rule, out.Left = "max_turn", 0
	case out.EOT < d.cfg.EOT || quiet <= 0:
		return out
	case stirs && d.stirs > 0 && d.stirs <= stirMax:
		d.stirs += frame
		out.Left = frame
		out.EOT = min(out.EOT, math.Nextafter(d.cfg.EOT, 0))
		return out
	}
	return d.close(out)
}

// over learns from a silence how far words come behind the voice, when it was long enough for all
// of them to come.
func (d *Detector) over(quiet time.Duration) {
	if by := d.changed - d.lastOn; by > 0 && quiet >= 2*d.lag {
		d.lag = min(lagMost, d.lag+(by-d.lag)/4)
	}
}

// lagMost bounds what is learned: an engine that is later than this is as good as silent.
const lagMost = 1500 * time.Millisecond

// close ends the turn by the rule of out.
func (d *Detector) close(out Decision) Decision {
	out.Event = Event{Kind: Ended, At: d.lastOn, Why: out.Rule}
	d.over(d.last - d.lastOn)
	d.Reset()
	return out
}

// reminders is how often a caller who asked for a moment is told that we are there, before the
// turn ends all the same.
const reminders = 3

// wait lets a caller look for something: nothing ends the turn but the reminders running out.
func (d *Detector) wait(quiet time.Duration) Decision {
	due := d.cfg.Wait * time.Duration(d.reminds+1)
	out := Decision{Rule: "wait", Left: max(0, due-quiet)}
	switch {
	case quiet < due:
	case d.reminds == reminders:
		out.EOT = 1
		return d.close(out)
	default:
		d.reminds++
		out.Event = Event{Kind: Remind, At: d.lastOn}
	}
	return out
}

// likelihood is how probable the end of a turn is after quiet, when a silence of need makes it
// as probable as not: the odds grow with the square of the silence.
func likelihood(quiet, need time.Duration) float64 {
	if quiet <= 0 {
		return 0
	}
	r := float64(quiet) / float64(max(need, 1))
	return r * r / (1 + r*r)
}

// needed is the silence at which likelihood reaches Config.EOT.
func (d *Detector) needed(need time.Duration) time.Duration {
	return time.Duration(float64(need) * d.stretch)
}
