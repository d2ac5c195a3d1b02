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
