package turneval

import (
	"fmt"
	"slices"
	"time"

	"decroche/bench"
	"decroche/media"
)

// apart is how far both levels may differ in when the bot takes the floor.
const apart = 60 * time.Millisecond

// Live is what was measured at gateway level: over SIP and RTP, in real time.
type Live struct {
	Turns   int      `json:"turns"`
	Skipped int      `json:"skipped"` // bad lines
	Failed  int      `json:"failed"`  // calls
	Errors  []string `json:"errors,omitempty"`
	// RigLimit says why times are the callers' and not the gateway's; "" when they are not.
	RigLimit string `json:"rig_limit,omitempty"`

	// Loop is the median of how much later the bot takes the floor than at component level: the
	// jitter buffer, final words, understanding and the way back. It is taken off before both
	// levels are compared.
	Loop     float64  `json:"loop_ms"`
	Compared int      `json:"compared"`
	Differ   int      `json:"differ"` // by more than 60 ms, or in who was cut
	Each     []string `json:"differences,omitempty"`

	FCR       Rate            `json:"fcr"`
	Free      Spread          `json:"answer_free"`   // caller stops -> first audible packet, free speech
	Digits    Spread          `json:"answer_digits"` // the same when the expected digits are complete
	Pause     Spread          `json:"first_pause"`   // interruption: onset -> the prompt is silent
	GivenUp   Spread          `json:"prompt_given_up"`
	TrueStop  Rate            `json:"true_stop"`
	FalseStop map[string]Rate `json:"false_stop"`
	Heard     Spread          `json:"heard_text_error"` // of interrupted prompts, ms of sound

	HeardNone int `json:"heard_text_missing"` // interrupted prompts without a record
}

// What is asked at gateway level, ms: caller stops -> first audible packet.
const (
	freeP50, freeP95 = 500, 800
	digitsP95        = 400
)

// Wrong says what was not reached of what is asked at gateway level, and what makes the figures
// worthless; nothing for a nil Live.
func (l *Live) Wrong() []string {
	if l == nil {
		return nil
	}
	var out []string
	if l.RigLimit != "" {
		out = append(out, "the rig was the limit: "+l.RigLimit)
	}
	if l.Failed > 0 {
		out = append(out, fmt.Sprintf("%d calls failed", l.Failed))
	}
	if l.Free.N > 0 && (l.Free.P50 > freeP50 || l.Free.P95 > freeP95) {
		out = append(out, fmt.Sprintf("free speech is answered after %.0f / %.0f ms, %d / %d are asked", l.Free.P50, l.Free.P95, freeP50, freeP95))
	}
	if l.Digits.N > 0 && l.Digits.P95 > digitsP95 {
		out = append(out, fmt.Sprintf("complete digits are answered after %.0f ms (p95), %d are asked", l.Digits.P95, digitsP95))
	}
	return out
}

// HeardText tells, for a conversation and the prompt that was cut in it, the words that the record
// says were heard, as playing time; ok is false when the record has no such prompt.
type HeardText func(tag string) (d time.Duration, ok bool)

// LiveCall is one call of the run.
type LiveCall struct {
	Speaker *Speaker
	Tag     string // of the conversation
	Err     error
}

// ScoreLive judges calls. component are the runs of the same turns at component level.
func (c *Cast) ScoreLive(calls []LiveCall, lag Lag, heard HeardText) *Live {
	l := &Live{Turns: len(calls), Skipped: c.Skipped, FalseStop: map[string]Rate{}}
	var late, free, digits, pauses, given, errs []time.Duration
	var firsts []pairing
	cut, n, stops, interruptions := 0, 0, 0, 0
	falseStops := map[string][2]int{}
	for _, k := range calls {
		if k.Err != nil {
			l.Failed++
			if len(l.Errors) < 8 {
				l.Errors = append(l.Errors, k.Err.Error())
			}
			continue
		}
		s, t := k.Speaker, k.Speaker.Turn
		if t.Overlap == nil {
			n++
			comp := listen(t, newShipped(defaults()), t.Expect.flow(), lag, false)
			p := s.pair(comp)
			firsts = append(firsts, p)
			if p.live > 0 && len(comp.taken) > 0 {
				late = append(late, p.live-p.component)
			}
			if p.cut = p.live > 0 && p.live < t.End(); p.cut {
				cut++
				firsts[len(firsts)-1].cut = true
			} else if p.live > 0 {
				d := p.live - t.End()/media.FrameTime*media.FrameTime // since the packet with the last sound left
				switch {
				case t.Expect == nil && in("ABG")(t):
					free = append(free, d)
				case in("CD")(t) && counted(t):
					digits = append(digits, d)
				}
			}
			continue
		}
		x := s.overlap()
		if t.Overlap.Kind == Interruption {
			interruptions++
			stops += one(x.stop > 0 && x.stop-t.Overlap.Start.D() <= stopWithin)
			if x.stop > 0 {
				given = append(given, x.stop-t.Overlap.Start.D())
				if at, ok := heard(k.Tag); ok {
					errs = append(errs, (at - x.played).Abs())
				} else {
					l.HeardNone++
				}
			}
			if at := x.firstSilence(); at < never {
				pauses = append(pauses, at-t.Overlap.Start.D())
			}
			continue
		}
		if t.Bot.End.D() > t.Overlap.Start.D() {
			f := falseStops[t.Overlap.Kind]
			falseStops[t.Overlap.Kind] = [2]int{f[0] + one(x.stop > 0 || x.longest() > longPause), f[1] + 1}
		}
	}
	for kind, f := range falseStops {
		l.FalseStop[kind] = rateOf(f[0], f[1])
	}
	l.FCR, l.TrueStop = rateOf(cut, n), rateOf(stops, interruptions)
	l.Free, l.Digits, l.Pause, l.GivenUp, l.Heard = spreadOf(free), spreadOf(digits), spreadOf(pauses), spreadOf(given), spreadOf(errs)
	l.compare(firsts, late)
	return l
}

// pairing is when the bot first took the floor, at both levels.
type pairing struct {
	turn            *Turn
	live, component time.Duration // 0: never
	cut             bool
}

// pair finds the first take-over at both levels: the first audible packet after the question.
func (s *Speaker) pair(comp run) pairing {
	p := pairing{turn: s.Turn}
	if len(comp.taken) > 0 {
		p.component = comp.taken[0].at
	}
	question := bench.Letters(shortQuestion) * int(bench.PerLetter)
	for _, x := range s.said() {
		if question < 3*int(media.FrameTime) { // all of it was said; in noise it may have been held
			p.live = x.from
			break
		}
		question -= int(x.length())
	}
	return p
}

// compare takes the loop's delay off and counts differences.
func (l *Live) compare(list []pairing, late []time.Duration) {
	if len(late) == 0 {
		return
	}
	slices.Sort(late)
	loop := late[len(late)/2]
	l.Loop = loop.Seconds() * 1000
	for _, p := range list {
		l.Compared++
		off := p.live - p.component - loop
		switch {
		case (p.live == 0) != (p.component == 0):
			l.Each = append(l.Each, fmt.Sprintf("%s: the bot takes the floor at one level only (gateway %d ms, component %d ms after the end)", p.turn.ID,
				(p.live-p.turn.End()).Milliseconds(), (p.component-p.turn.End()).Milliseconds()))
		case off.Abs() > apart:
			l.Each = append(l.Each, fmt.Sprintf("%s: %+d ms at gateway level (%d ms after the end; component %d ms)", p.turn.ID, off.Milliseconds(),
				(p.live-loop-p.turn.End()).Milliseconds(), (p.component-p.turn.End()).Milliseconds()))
		}
	}
	l.Differ = len(l.Each)
}

// played is a talkover as the caller heard it.
type played struct {
	talkover
	played time.Duration // of the prompt, until it was given up
}

// afterwards is the silence after which a prompt counts as given up, and what follows as an answer.
const afterwards = time.Second

// overlap reads from the packets what became of the prompt: stretches apart by less than a second
// belong to it.
func (s *Speaker) overlap() played {
	x := played{talkover: talkover{turn: s.Turn}}
	list := s.said()
	if len(list) == 0 {
		return x
	}
	whole := time.Duration(bench.Letters(longQuestion)) * bench.PerLetter
	for i, part := range list {
		x.played += part.length()
		if x.played >= whole-2*media.FrameTime {
			return x // all of it was said
		}
		next := never
		if i+1 < len(list) {
			next = list[i+1].from
		}
		if next-part.to >= afterwards {
			x.stop = part.to
			return x
		}
		x.pauses = append(x.pauses, pause{part.to, next})
	}
	return x
}
