package turneval

import (
	"math"
	"time"

	"decroche/flows"
	"decroche/gateway/endpointing"
	"decroche/gateway/turn"
	"decroche/media"
)

// pause is a stretch in which the prompt stood still.
type pause struct{ from, to time.Duration }

func (p pause) length() time.Duration { return p.to - p.from }

// talkover is what became of a prompt that something was heard over.
type talkover struct {
	turn    *Turn
	pauses  []pause       // that ended: the prompt went on
	stop    time.Duration // when the last audible frame of a prompt that was given up had played; 0: it was not
	why     string        // it was given up
	over    time.Duration // when the prompt was over, stopped or not
	hearing time.Duration // beginning of the recognition of the sound; never when there was none
	answers int           // turns that were answered though nobody spoke to the bot
}

// stage is a prompt being played to a caller, with the ears and the floor of a call.
type stage struct {
	talkover
	ears    *endpointing.Endpointer
	floor   *turn.Floor
	lag     Lag
	left    time.Duration // of the prompt
	playing bool
	held    bool
	heldAt  time.Duration
	talking bool
	begin   time.Duration // of the recognition
	onset   time.Duration
	known   int
	last    time.Duration
}

// talkOver plays a turn of classes K to N with an overlap: the prompt runs while nobody holds it,
// and stands still while the floor says so. The wiring is that of gateway/call (ears, barge).
func talkOver(t *Turn, c config, lag Lag) talkover {
	s := &stage{talkover: talkover{turn: t, hearing: never}, ears: endpointing.New(c.VAD, c.Turn), floor: turn.NewFloor(turn.DefaultFloorConfig()), lag: lag}
	if b := t.Bot; b != nil {
		s.left = b.End.D() - b.Start.D()
		if b.Caller != 0 {
			s.floor.Learn(b.Caller)
		}
	}
	for f := range t.frames {
		s.frame(f)
	}
	if s.held {
		s.pauses = append(s.pauses, pause{s.heldAt, t.Length()})
	}
	return s.talkover
}

// frame plays the next 20 ms of both sides.
func (s *stage) frame(f media.Frame) {
	now := f.At + f.Len()
	s.prompt(f.At)
	if s.talking {
		if n := s.lag.shown(s.turn.Words, s.begin, f.At); n != s.known {
			s.known = n
			if text := said(s.turn.Words[:n], s.begin); text != "" {
				s.ears.Words(text, s.turn.Language)
				s.rule(f.At, s.floor.Words(turn.Words{Text: text, Lang: s.turn.Language}, false))
			}
		}
	}
	d := s.ears.Frame(f)
	if d.Voice >= 0.5 {
		s.last = now
	}
	if d.Kind == turn.Started {
		s.talking, s.known, s.onset, s.begin = true, -1, d.At, max(0, f.At-preRoll)
		if o := s.turn.Overlap; d.At < o.End.D() && s.hearing == never {
			s.hearing = s.begin
		}
	}
	if s.playing {
		s.rule(now, s.floor.Frame(now, d.Overlap(f.PCM)))
	}
	if d.Kind == turn.Ended {
		s.end(now, d.At)
	}
}

// prompt begins the prompt, and ends it when all of it was heard.
func (s *stage) prompt(at time.Duration) {
	b := s.turn.Bot
	if b == nil {
		return
	}
	switch {
	case !s.playing && s.over == 0 && at >= b.Start.D():
		s.playing = true
		s.ears.BotSpeaking(true)
		s.floor.Begin(turn.Prompt{})
	case s.playing && s.left <= 0:
		s.finish(at)
	}
	if s.playing && !s.held {
		s.left -= media.FrameTime
	}
}

// finish ends the prompt.
func (s *stage) finish(at time.Duration) {
	s.playing, s.held, s.over = false, false, at
	s.ears.BotSpeaking(false)
	s.floor.End()
	if !s.talking {
		s.ears.Expect(flows.Expect{})
	}
}

// rule does what the floor says, from now on.
func (s *stage) rule(now time.Duration, v turn.Verdict) {
	switch v.Do {
	case turn.Hold:
		if !s.held {
			s.held, s.heldAt = true, now
		}
	case turn.Resume:
		s.resume(now)
	case turn.Stop:
		if !s.playing {
			return
		}
		s.stop, s.why = now, v.Why
		if s.held { // nothing was audible since
			s.stop = s.heldAt
		}
		s.finish(now)
	}
}

func (s *stage) resume(now time.Duration) {
	if s.held {
		s.held = false
		s.pauses = append(s.pauses, pause{s.heldAt, now})
	}
}

// end is the end of a stretch of speech, at end: the recogniser gives its final words.
func (s *stage) end(now, end time.Duration) {
	s.talking = false
	text := said(spokenBy(s.turn.Words, now), s.begin)
	answered := text != "" || end-s.onset >= mumble
	if s.playing {
		v := s.floor.Words(turn.Words{Text: text, Lang: s.turn.Language}, true)
		if v.Do != turn.Stop {
			v = s.floor.Over(end-s.onset, false)
		}
		s.rule(now, v)
		if v.Do != turn.Stop {
			s.resume(now)
		}
		return
	}
	if answered && s.turn.Overlap.Kind != Interruption && !turn.Listens(s.turn.Language, text) {
		s.answers++
	}
}

// Stops is how prompts were held and given up.
type Stops struct {
	Interruptions int                  `json:"interruptions"`
	TrueStop      Rate                 `json:"true_stop"`           // given up within 1 s
	Latency       Spread               `json:"stop_latency"`        // onset to the last audible frame, of those
	FirstPause    Spread               `json:"first_pause"`         // onset to the first moment of silence, reversible ones too
	FalseStop     map[string]Rate      `json:"false_stop"`          // by kind: stood still for more than 300 ms
	Dips          map[string]Dip       `json:"dips"`                // by kind: shorter pauses
	FalseTurns    map[string]Rate      `json:"false_turns"`         // by sound: answered although nobody spoke to the bot
	Verdicts      map[string]Detection `json:"verdict_after"`       // "300ms", "500ms": does the prompt stand still?
	FirstWords    Rate                 `json:"first_words_missing"` // said within 500 ms of the onset, not recognised
	Cost          float64              `json:"cost_s"`              // of all, docs/turn-taking.md
}

// Dip is how often the prompt paused and went on, and for how long.
type Dip struct {
	Rate   Rate   `json:"rate"`
	Length Spread `json:"length"`
}

// Detection takes "the prompt stands still" for "it is an interruption".
type Detection struct {
	Precision Rate `json:"precision"`
	Recall    Rate `json:"recall"`
}

// Bounds of stops.
const (
	stopWithin  = time.Second
	longPause   = 300 * time.Millisecond
	firstWithin = 500 * time.Millisecond
)

// scoreStops measures all overlaps.
func scoreStops(all []talkover) Stops {
	s := Stops{FalseStop: map[string]Rate{}, Dips: map[string]Dip{}, FalseTurns: map[string]Rate{}, Verdicts: map[string]Detection{}}
	var latency, first []time.Duration
	var stopped, words, lost int
	falseStops, dips, turns := map[string][2]int{}, map[string][]time.Duration{}, map[string][2]int{}
	dipped := map[string]int{}
	for _, x := range all {
		o := x.turn.Overlap
		on := o.Start.D()
		if o.Kind == Interruption {
			s.Interruptions++
			s.Cost += x.costMissed()
			if x.stop > 0 && x.stop-on <= stopWithin {
				stopped++
				latency = append(latency, x.stop-on)
			}
			if at := x.firstSilence(); at < never {
				first = append(first, at-on)
			}
			w, l := x.firstWords()
			words, lost = words+w, lost+l
			continue
		}
		if x.over-x.pausedFor() > 0 && x.turn.Bot.End.D() > on { // over a prompt
			long := one(x.stop > 0 || x.longest() > longPause)
			k := falseStops[o.Kind]
			falseStops[o.Kind] = [2]int{k[0] + long, k[1] + 1}
			s.Cost += costFalseStop * float64(long)
			n := 0
			for _, p := range x.pauses {
				if p.length() <= longPause {
					dips[o.Kind] = append(dips[o.Kind], p.length())
					n = 1
				}
			}
			dipped[o.Kind] += n
		}
		name := o.Kind
		if o.Sound != "" {
			name = o.Sound
		}
		k := turns[name]
		turns[name] = [2]int{k[0] + one(x.answers > 0), k[1] + 1}
	}
	s.TrueStop, s.Latency, s.FirstPause, s.FirstWords = rateOf(stopped, s.Interruptions), bounded(latency), bounded(first), rateOf(lost, words)
	for kind, k := range falseStops {
		s.FalseStop[kind] = rateOf(k[0], k[1])
		s.Dips[kind] = Dip{rateOf(dipped[kind], k[1]), spreadOf(dips[kind])}
	}
	for name, k := range turns {
		s.FalseTurns[name] = rateOf(k[0], k[1])
	}
	for _, after := range []time.Duration{300 * time.Millisecond, 500 * time.Millisecond} {
		s.Verdicts[after.String()] = detect(all, after)
	}
	return s
}

// detect looks at every prompt some time after the sound began.
func detect(all []talkover, after time.Duration) Detection {
	var tp, fp, fn int
	for _, x := range all {
		if x.turn.Bot.End.D() <= x.turn.Overlap.Start.D() {
			continue
		}
		still := x.silentAt(x.turn.Overlap.Start.D() + after)
		switch interrupts := x.turn.Overlap.Kind == Interruption; {
		case interrupts && still:
			tp++
		case interrupts:
			fn++
		case still:
			fp++
		}
	}
	return Detection{rateOf(tp, tp+fp), rateOf(tp, tp+fn)}
}

// silentAt tells whether the prompt stands still at a moment.
func (x talkover) silentAt(at time.Duration) bool {
	for _, p := range x.pauses {
		if at >= p.from && at < p.to {
			return true
		}
	}
	return x.stop > 0 && at >= x.stop
}

// firstSilence is when the prompt first stood still after the sound began.
func (x talkover) firstSilence() time.Duration {
	at := never
	if x.stop > 0 {
		at = x.stop
	}
	for _, p := range x.pauses {
		if p.from >= x.turn.Overlap.Start.D() {
			at = min(at, p.from)
		}
	}
	return at
}

func (x talkover) longest() (d time.Duration) {
	for _, p := range x.pauses {
		d = max(d, p.length())
	}
	return d
}

func (x talkover) pausedFor() (d time.Duration) {
	for _, p := range x.pauses {
		d += p.length()
	}
	return d
}

// firstWords counts the words that began within 500 ms of the onset, and those that came before
// the recognition began.
func (x talkover) firstWords() (n, lost int) {
	on := x.turn.Overlap.Start.D()
	for _, w := range x.turn.Words {
		if w.Start.D() < on+firstWithin {
			n++
			lost += one(x.hearing > w.Start.D()+media.FrameTime/2)
		}
	}
	return n, lost
}

// costMissed is the cost of an interruption's stop, in seconds.
func (x talkover) costMissed() float64 {
	on := x.turn.Overlap.Start.D()
	if x.stop == 0 || x.stop-on > stopWithin {
		return costMissed
	}
	return math.Max(0, (x.stop - on).Seconds())
}
