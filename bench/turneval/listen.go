package turneval

import (
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/endpointing"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/media/vad"
)

// Lag is how late words are known.
type Lag struct {
	// Mean is from the end of a word to the partial result that shows it.
	Mean time.Duration
	// Every is how often the recogniser gives partial results; half of it is part of Mean.
	Every time.Duration
	// Pause is from the end of a word to a partial result that comes because a pause follows it, in
	// the answer to a closed question; 0: none comes for that.
	Pause time.Duration
}

// of is the lag in an answer of a kind, as flows.Expect.Entity has it.
func (l Lag) of(kind string) Lag {
	switch kind {
	case entity.TypeDigits, entity.TypeSpelled, entity.TypeYesNo, entity.TypeDate, entity.TypeList:
	default:
		l.Pause = 0
	}
	return l
}

// pauseLeast is the silence behind a word that is a pause to the recogniser.
const pauseLeast = 90 * time.Millisecond

// ShippedLag is the lag of the embedded recogniser as shipped: docs/measurements.md, "partial
// results" (`go test ./asr/embedded -run 'SeldomRevised|BeforeAPause' -v`).
var ShippedLag = Lag{Mean: 340 * time.Millisecond, Every: 200 * time.Millisecond, Pause: 315 * time.Millisecond}

// LagOf is ShippedLag when mean is its own, and otherwise that of an engine which gives partial
// results as often and none for a pause.
func LagOf(mean time.Duration) Lag {
	l := ShippedLag
	if mean != l.Mean {
		l.Mean, l.Pause = mean, 0
	}
	return l
}

// shown is how many of the words are known at now, in a recognition that began at begin: partial
// results come every Every after begin and show words that ended Mean - Every/2 before.
func (l Lag) shown(words []Word, begin, now time.Duration) int {
	seen, delay := now, l.Mean
	if l.Every > 0 && l.Mean >= l.Every/2 {
		seen, delay = begin+(now-begin)/l.Every*l.Every, l.Mean-l.Every/2
	}
	n := 0
	for i, w := range words {
		paused := i+1 == len(words) || words[i+1].Start.D()-w.End.D() >= pauseLeast
		if w.End.D()+delay <= seen || l.Pause > 0 && paused && w.End.D()+l.Pause <= now {
			n = i + 1
		}
	}
	return n
}

// ears are what is measured: frames and words go in, the end of the turn comes out.
type ears interface {
	expect(x flows.Expect) // the question was asked
	bot(speaks bool)       // a prompt begins or ends
	frame(f media.Frame) heard
	words(text, lang string)
}

// heard is what one frame led to.
type heard struct {
	voice   bool
	started bool          // the caller has begun to speak
	onset   time.Duration // of started
	ended   bool          // the bot takes the floor
	remind  bool          // the bot reminds of itself, and goes on waiting
	p       float64       // probability that the turn is over
	rule    string        // that ended it, or that will
}

// shipped are the ears of a call.
type shipped struct{ e *endpointing.Endpointer }

// config of what is measured.
type config struct {
	VAD  vad.Config
	Turn turn.Config
}

func defaults() config { return config{vad.DefaultConfig(), turn.DefaultConfig()} }

func newShipped(c config) shipped { return shipped{endpointing.New(c.VAD, c.Turn)} }

func (s shipped) expect(x flows.Expect) { s.e.Expect(x) }

func (s shipped) bot(speaks bool) { s.e.BotSpeaking(speaks) }

func (s shipped) frame(f media.Frame) heard {
	d := s.e.Frame(f)
	return heard{voice: d.Voice >= 0.5, started: d.Kind == turn.Started, onset: d.At, ended: d.Kind == turn.Ended, remind: d.Kind == turn.Remind,
		p: d.EOT, rule: d.Rule}
}

func (s shipped) words(text, lang string) { s.e.Words(text, lang) }

// timer are ears that know nothing but silence: the plain timer of most systems, with the same
// voice detection. Its probabilities are given, because all timers hear the same.
type timer struct {
	voices []float64 // of each frame
	n      int
	turn   *turn.Detector // tells when somebody begins to speak
	quiet  time.Duration  // that ends a turn
	spoken bool
	last   time.Duration // end of the last voiced frame
}

func newTimer(c config, quiet time.Duration, voices []float64) *timer {
	return &timer{voices: voices, turn: turn.New(c.Turn), quiet: quiet}
}

// voicesOf are the probabilities that frames are speech.
func voicesOf(t *Turn, c config) []float64 {
	v := vad.New(c.VAD)
	out := make([]float64, 0, len(t.ALaw)/frameBytes)
	for f := range t.frames {
		out = append(out, v.Push(f.PCM))
	}
	return out
}

func (t *timer) frame(f media.Frame) heard {
	now := f.At + f.Len()
	p := t.voices[t.n]
	t.n++
	h := heard{voice: p >= 0.5}
	if h.voice {
		t.last = now
	}
	if !t.spoken {
		if d := t.turn.Frame(now, turn.Sound{Speech: p}); d.Kind == turn.Started {
			t.spoken, h.started, h.onset = true, true, d.At
		}
		return h
	}
	if now-t.last >= t.quiet {
		t.spoken, h.ended, h.rule = false, true, "timer"
		t.turn.Reset()
	}
	return h
}

func (t *timer) words(string, string) {}

func (t *timer) expect(flows.Expect) { t.turn.Reset() }

func (t *timer) bot(speaks bool) { t.turn.SetBotSpeaking(speaks) }

// takeover is one time the bot took the floor.
type takeover struct {
	at   time.Duration
	rule string
	text string // what was recognised
}

// run is what ears made of a turn.
type run struct {
	turn    *Turn
	taken   []takeover
	reminds []time.Duration
	trace   []point // when asked for
}

// point is one frame of a trace in which a policy could have taken the floor.
type point struct {
	at    time.Duration // end of the frame
	quiet time.Duration // since the last voice
	p     float32
}

const (
	// preRoll is how much sound before the frame in which speech is noticed goes to the recogniser,
	// as in a call.
	preRoll = 300 * time.Millisecond
	// mumble is how long a sound without words must be to be answered, as in a call: shorter ones
	// are coughs and doors.
	mumble = 700 * time.Millisecond
)

// play is one turn on its way through ears.
type play struct {
	run
	ears    ears
	lag     Lag
	want    *flows.Expect // for the ears, once nobody speaks
	asking  bool          // the question is being heard: a sound without words costs it nothing
	talking bool
	known   int           // words shown
	begin   time.Duration // of the recognition
	onset   time.Duration // of the speech
	last    time.Duration // of the voice
	traced  bool
}

// listen plays a turn to ears, which answer x. What words they get is what a recogniser would have
// shown by then; nothing later than the frame is readable.
func listen(t *Turn, e ears, x flows.Expect, lag Lag, traced bool) run {
	p := &play{run: run{turn: t}, ears: e, lag: lag.of(x.Entity), traced: traced}
	asked := t.Bot == nil
	if asked {
		p.want = &x
	}
	for f := range t.frames {
		if b := t.Bot; b != nil {
			if now := f.At >= b.Start.D() && f.At < b.End.D(); now != p.asking {
				p.asking = now
				e.bot(now)
			}
			if !asked && f.At >= b.End.D() {
				asked, p.want = true, &x
			}
		}
		p.frame(f)
	}
	return p.run
}

// frame plays the next 20 ms.
func (p *play) frame(f media.Frame) {
	now := f.At + f.Len()
	if p.want != nil && !p.talking {
		p.ears.expect(*p.want)
		p.want = nil
	}
	if p.talking {
		if n := p.lag.shown(p.turn.Words, p.begin, f.At); n != p.known {
			p.known = n
			if text := said(p.turn.Words[:n], p.begin); text != "" {
				p.ears.words(text, p.turn.Language)
			}
		}
	}
	h := p.ears.frame(f)
	if h.voice {
		p.last = now
	}
	if h.started {
		p.talking, p.known, p.begin, p.onset = true, -1, max(0, f.At-preRoll), h.onset
	}
	if h.remind {
		p.reminds = append(p.reminds, now)
	}
	if !p.talking {
		return
	}
	text := said(spokenBy(p.turn.Words, now), p.begin)
	answered := text != "" || !p.asking && p.last-p.onset >= mumble
	if p.traced && answered {
		p.trace = append(p.trace, point{now, now - p.last, float32(h.p)})
	}
	if h.ended {
		p.talking = false
		if answered {
			p.taken = append(p.taken, takeover{now, h.rule, text})
		}
	}
}

// spokenBy are the words that were spoken to their end by then: what the final result holds.
func spokenBy(words []Word, by time.Duration) []Word {
	n := 0
	for n < len(words) && words[n].End.D() <= by {
		n++
	}
	return words[:n]
}

// said are the words that began since from: those a recognition that began then has.
func said(words []Word, from time.Duration) string {
	var out []string
	for _, w := range words {
		if w.Start.D() >= from {
			out = append(out, w.W)
		}
	}
	return strings.Join(out, " ")
}
