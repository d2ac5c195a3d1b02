// Package turn decides when a caller has begun and has finished to speak. It is pure: frames'
// speech probabilities, partial words and what the flow expects go in, with media time; events
// come out. It has no clock, no goroutine, no sound.
//
// The one idea: how long a silence must last to end a turn depends on what is being answered.
// "Oui" is over at once; a number said in pairs holds while digits are missing and is over as
// soon as the last one is there; a sentence that trails off in "euh" waits.
package turn

import (
	"math"
	"strings"
	"time"
)

// Expect is what the flow waits for.
type Expect struct {
	Kind     string        // "", "digits", "spelled", "yes_no", "date", "list"
	Digits   int           // number of digits when known, else 0
	Patience time.Duration // silence that ends the turn, when the flow sets one; 0 lets the kind decide
}

// Kind is what an Event says.
type Kind int

// Kinds of Event.
const (
	None    Kind = iota
	Started      // the caller has begun to speak
	Ended        // the caller has finished
	Remind       // the caller asked to wait and has been silent for Config.Wait: say that we are there; the turn goes on
)

// Event is one decision.
type Event struct {
	Kind Kind
	At   time.Duration // Started: onset of the speech; Ended: its last moment. Media time.
	Why  string        // Ended: the rule that decided, for the record and for tests
}

// Decision is how the turn stands after one frame.
type Decision struct {
	Event
	// EOT is the probability in [0, 1] that the turn has ended; 0 while nobody has spoken. Ended
	// comes in the frame in which it reaches Config.EOT.
	EOT float64
	// Rule is the rule that will end the turn if the silence lasts, and Left the time until it
	// does; "" and 0 while nobody has spoken. During speech Left is the whole silence needed.
	Rule string
	Left time.Duration
}

// Sound is what is known of one frame.
type Sound struct {
	Speech float64 // probability in [0, 1] that it is speech
}

// Words are what the recogniser has so far of the turn.
type Words struct {
	Text  string
	Lang  string // language they are in: "fr"
	Count int    // digits (characters of a spelled code) in them, of what is expected
}

// frame is the time one probability stands for when the clock does not tell: 20 ms.
const frame = 20 * time.Millisecond

// window is how far back onsets are looked for, in frames; onsets are at most this long.
const window = 16

// Detector decides for one leg. Not safe for concurrent use.
type Detector struct {
	cfg     Config  // constant after New
	stretch float64 // constant after New: silences are as many times longer as Config.EOT asks
	expect  Expect
	bot     bool // the bot speaks now

	last    time.Duration // media time of the frame before
	recent  [window]probe // the last frames, a ring
	n       int           // frames seen
	talking bool
	onset   time.Duration // of this turn
	voiced  time.Duration // speech so far in this turn
	lastOn  time.Duration // end of the last speech frame
	words   string        // last partial
	digits  int           // digits in it
}

type probe struct {
	at     time.Duration
	speech bool
}

// New returns a detector that expects free speech.
func New(cfg Config) *Detector {
	if cfg.EOT <= 0 || cfg.EOT >= 1 {
		cfg.EOT = DefaultConfig().EOT
	}
	return &Detector{cfg: cfg, stretch: math.Sqrt(cfg.EOT / (1 - cfg.EOT))}
}

// Expect begins a new turn that will answer something else.
func (d *Detector) Expect(e Expect) {
	d.expect = e
	d.Reset()
}

// Reset forgets the turn so far, not what is expected.
func (d *Detector) Reset() {
	d.talking, d.voiced, d.words, d.digits, d.n = false, 0, "", 0, 0
}

// SetBotSpeaking tells whether a prompt is playing. While it is, more speech is needed before
// it counts as a start: a cough or an echo must not stop the bot.
func (d *Detector) SetBotSpeaking(yes bool) { d.bot = yes }

// Partial tells what words the recogniser has so far; all of them, not only the new ones.
func (d *Detector) Partial(_ time.Duration, w Words) {
	d.words, d.digits = strings.TrimSpace(w.Text), w.Count
}

// Frame takes the frame that ends at media time at. Frames come in order, about every 20 ms.
func (d *Detector) Frame(at time.Duration, s Sound) Decision {
	step := at - d.last
	if step <= 0 || step > 5*frame {
		step = frame
	}
	d.last = at
	on := s.Speech >= d.cfg.Threshold
	d.recent[d.n%window] = probe{at, on}
	d.n++
	if on {
		d.lastOn = at
	}
	if !d.talking {
		if e := d.start(at); e.Kind != None {
			need, why := d.patience()
			return Decision{Event: e, Rule: why, Left: d.needed(need)}
		}
		return Decision{}
	}
	if on {
		d.voiced += step
	}
	return d.end(at)
}

// start looks for enough speech within a short while.
func (d *Detector) start(at time.Duration) Event {
	need, within := d.cfg.Onset, d.cfg.OnsetWithin
	if d.bot {
		need, within = d.cfg.BargeOnset, d.cfg.BargeWithin
	}
	var voiced time.Duration
	onset := time.Duration(-1)
	for i := min(d.n, window) - 1; i >= 0; i-- { // oldest first
		p := d.recent[(d.n-1-i)%window]
		if at-p.at >= within {
			continue
		}
		if p.speech {
			if onset < 0 {
				onset = p.at - frame
			}
			voiced += frame
		}
	}
	if voiced < need {
		return Event{}
	}
	d.talking, d.onset, d.voiced = true, max(0, onset), voiced
	return Event{Kind: Started, At: d.onset}
}

// end compares the silence so far with what this turn needs.
func (d *Detector) end(at time.Duration) Decision {
	quiet := at - d.lastOn
	need, why := d.patience()
	out := Decision{EOT: likelihood(quiet, need), Rule: why, Left: max(0, d.needed(need)-quiet)}
	switch {
	case out.EOT >= d.cfg.EOT && quiet > 0:
	case at-d.onset >= d.cfg.MaxTurn:
		out.Rule, out.Left = "max_turn", 0
	default:
		return out
	}
	out.Event = Event{Kind: Ended, At: d.lastOn, Why: out.Rule}
	d.talking, d.n = false, 0
	d.words, d.digits = "", 0
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

// patience is the silence that ends the turn as it stands now, and the rule that says so.
func (d *Detector) patience() (time.Duration, string) {
	c, e := d.cfg, d.expect
	if e.Kind == "digits" && e.Digits > 0 && d.digits >= e.Digits {
		return c.Complete, "digits_complete"
	}
	need, why := c.Free, "silence"
	switch e.Kind {
	case "yes_no":
		need, why = c.YesNo, "yes_no"
		if words := len(strings.Fields(d.words)); words > 3 { // no short answer: they explain
			need = c.Free
		}
		if d.digits > 1 { // "non, c'est quarante-cinq, douze…": they correct a number, in groups
			need, why = c.Digits, "digits_incomplete"
		}
	case "digits":
		need, why = c.Digits, "digits_incomplete"
		if d.digits == 0 && d.words != "" { // not a number: "je ne l'ai pas"
			need, why = c.Free, "silence"
		}
	case "spelled":
		need, why = c.Spelled, "spelled"
	case "date":
		need, why = c.Date, "date"
	case "list":
		need, why = c.List, "list"
	}
	if e.Patience > need {
		need, why = e.Patience, "patience"
	}
	if open(d.words) {
		return max(need, c.Free) + c.Filler, "filler"
	}
	return need, why
}

// trailing are words after which somebody goes on: fillers, and words that cannot end a sentence.
var trailing = wordSet("euh heu hum ben bah alors donc et ou de du des le la les un une mon ma mes pour avec à au aux que qui c'est j'ai je " +
	"um uh er hmm so and or the a an my to for with of is it's i'm that")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// open tells whether the words so far want a continuation.
func open(words string) bool {
	if words == "" {
		return false
	}
	f := strings.Fields(strings.ToLower(words))
	return trailing[strings.ReplaceAll(f[len(f)-1], "’", "'")]
}
