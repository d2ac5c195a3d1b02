package turneval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// wrong tells what went wrong with a turn; nil when nothing did.
func (v verdict) wrong(r run) *Wrong {
	if !in(ends+"N")(v.turn) || v.turn.Overlap != nil {
		return nil
	}
	var what []string
	if v.cut {
		what = append(what, "cut off")
	}
	if !v.cut && (!v.ended || v.air > missed) {
		what = append(what, "end missed")
	}
	if v.slot && !v.right && !v.cut {
		what = append(what, "wrong value")
	}
	if what == nil {
		return nil
	}
	noise := v.turn.Noise.Type
	if v.turn.Noise.SNR != 0 {
		noise += fmt.Sprintf(" %.0f dB", v.turn.Noise.SNR)
	}
	return &Wrong{ID: v.turn.ID, Noise: noise, What: what, Story: story(v.turn, r)}
}

// wrong tells what went wrong with a prompt that was spoken over; nil when nothing did.
func (x talkover) wrong() *Wrong {
	o := x.turn.Overlap
	on := o.Start.D()
	var what string
	switch {
	case o.Kind == Interruption && x.stop == 0:
		what = "not stopped"
	case o.Kind == Interruption && x.stop-on > stopWithin:
		what = "stopped late"
	case o.Kind != Interruption && x.turn.Bot.End.D() > on && (x.stop > 0 || x.longest() > longPause):
		what = "false stop"
	case o.Kind != Interruption && x.answers > 0:
		what = "answered"
	default:
		return nil
	}
	story := fmt.Sprintf("%s for %d ms: %q", cmp.Or(o.Sound, o.Kind), (o.End - o.Start).D().Milliseconds(), x.turn.Text)
	for _, p := range x.pauses {
		story += fmt.Sprintf(" still +%d to +%d", (p.from - on).Milliseconds(), (p.to - on).Milliseconds())
	}
	if x.stop > 0 {
		story += fmt.Sprintf(" «%s +%d»", x.why, (x.stop - on).Milliseconds())
	}
	return &Wrong{ID: x.turn.ID, Noise: x.turn.Noise.Type, What: []string{what}, Story: story}
}

// story writes a turn as a line: its words, "|350|" for a pause in ms, and "«rule +120»" where the
// bot took the floor, with the time since the last word's end.
func story(t *Turn, r run) string {
	type mark struct {
		at   time.Duration
		text string
	}
	var marks []mark
	for _, w := range t.Words {
		marks = append(marks, mark{w.Start.D(), w.W})
	}
	for _, s := range t.Silences {
		if s.Label != EOT {
			marks = append(marks, mark{s.Start.D(), fmt.Sprintf("|%d|", (s.End - s.Start).D().Milliseconds())})
		}
	}
	for _, k := range r.taken {
		since := k.at
		for _, w := range t.Words {
			if w.End.D() <= k.at {
				since = k.at - w.End.D()
			}
		}
		marks = append(marks, mark{k.at, fmt.Sprintf("«%s +%d»", k.rule, since.Milliseconds())})
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	var out []string
	for _, m := range marks {
		out = append(out, m.text)
	}
	return strings.Join(out, " ")
}
