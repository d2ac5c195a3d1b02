package turneval

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// OnsetReport is how soon prompts stood still for interruptions, and how long for anything else.
// Times are from the onset (see audibleFrom) to the end of the frame with which the prompt was
// held: before it lies nothing, behind it in a call the jitter buffer and up to one frame on its way.
type OnsetReport struct {
	Seed    uint64     `json:"seed"`
	All     OnsetRow   `json:"all"`
	ByLine  []OnsetRow `json:"by_line"`
	ByFirst []OnsetRow `json:"by_first_sound"`
	Slowest []OnsetRow `json:"slowest"` // texts
	Clips   []OnsetRow `json:"clips,omitempty"`
	Others  []StillRow `json:"others"`
}

// OnsetRow is some of the interruptions.
type OnsetRow struct {
	Name    string  `json:"name"`
	Held    Rate    `json:"held"` // the prompt stood still at all
	After   Spread  `json:"after"`
	Longest float64 `json:"longest_ms"`
}

// StillRow is one kind of sound that is no interruption.
type StillRow struct {
	Name    string  `json:"name"`
	Takes   int     `json:"takes"`
	Pauses  int     `json:"pauses"`   // in all takes
	StillMS float64 `json:"still_ms"` // of all pauses, per take
	Longest float64 `json:"longest_ms"`
	Long    Rate    `json:"long"`    // takes in which it stood still for more than 300 ms, or was given up
	Stopped int     `json:"stopped"` // given up
}

// What is asked. A call adds the jitter buffer to the time until the prompt is held, 20 to 40 ms on a
// line whose packets come when they should, and 150 ms are asked of all of it.
const (
	heldWithin   = 120.0 // ms, p95 of all interruptions
	heldLeast    = 0.95
	longMost     = 0.05 // of listening sounds
	startledMost = 0.1  // of what is no voice at all, pauses a take
)

// voiceless are sounds that no prompt should stand still for. Paper is not among them: its rustle is
// a consonant to anybody for 60 ms, and costs a call one pause of 140 ms.
var voiceless = []string{"cough", "breath", "door", "keyboard", "street", "car", "office"}

// Wrong says what is not as asked, "" when all is.
func (r *OnsetReport) Wrong() string {
	var bad []string
	if r.All.After.P95 > heldWithin {
		bad = append(bad, fmt.Sprintf("prompts are held %.0f ms after an onset at the 95th percentile; at most %.0f ms is asked for", r.All.After.P95, heldWithin))
	}
	if r.All.Held.Rate < heldLeast {
		bad = append(bad, fmt.Sprintf("%.1f %% of interruptions hold the prompt; at least %.0f %% is asked for", 100*r.All.Held.Rate, 100*heldLeast))
	}
	for _, o := range r.Others {
		switch {
		case o.Name == Backchannel && o.Long.Rate > longMost:
			bad = append(bad, fmt.Sprintf("%.1f %% of listening sounds stop the prompt for more than 300 ms; at most %.0f %% is asked for", 100*o.Long.Rate, 100*longMost))
		case slices.Contains(voiceless, o.Name) && float64(o.Pauses) > startledMost*float64(o.Takes):
			bad = append(bad, fmt.Sprintf("%s: the prompt pauses %d times in %d takes; at most one in ten is asked for", o.Name, o.Pauses, o.Takes))
		}
	}
	return strings.Join(bad, "; ")
}

// slowest is how many texts are named.
const slowest = 8

// onsetGroup collects the takes of one row.
type onsetGroup struct {
	name  string
	n     int
	after []time.Duration
}

func (g onsetGroup) row() OnsetRow {
	r := OnsetRow{Name: g.name, Held: rateOf(len(g.after), g.n), After: spreadOf(g.after)}
	if len(g.after) > 0 {
		r.Longest = ms(slices.Max(g.after))
	}
	return r
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// groups keeps rows in the order in which they came.
type groups struct{ list []*onsetGroup }

func (g *groups) add(name string, after time.Duration) {
	i := slices.IndexFunc(g.list, func(x *onsetGroup) bool { return x.name == name })
	if i < 0 {
		i, g.list = len(g.list), append(g.list, &onsetGroup{name: name})
	}
	g.list[i].n++
	if after < never {
		g.list[i].after = append(g.list[i].after, after)
	}
}

func (g *groups) rows() (rows []OnsetRow) {
	for _, x := range g.list {
		rows = append(rows, x.row())
	}
	return rows
}

// faintBefore is how long before its onset a word may be heard by who listens for it: the breath of
// an "h" that nobody would notice.
const faintBefore = 120 * time.Millisecond

// heldAfter is from the onset to the moment when the prompt first stood still for the sound; 0 when
// that was for what came right before the onset, never when it went on.
func (x talkover) heldAfter() time.Duration {
	on, at := x.turn.Overlap.Start.D(), never
	if x.stop >= on-faintBefore && x.stop > 0 {
		at = x.stop
	}
	for _, p := range x.pauses {
		if p.from >= on-faintBefore && p.to > on {
			at = min(at, p.from)
		}
	}
	if at == never {
		return never
	}
	return max(0, at-on)
}

// scoreOnsets measures all takes.
func scoreOnsets(takes []take, results []talkover) *OnsetReport {
	r := &OnsetReport{}
	var all, lines, firsts, texts, clips groups
	others := map[string]*StillRow{}
	var order []string
	long := map[string]int{}
	for i, k := range takes {
		x := results[i]
		after := x.heldAfter()
		switch {
		case k.clip != nil:
			clips.add(k.text+", "+k.line, after)
		case k.first != "":
			all.add("all", after)
			lines.add(k.line, after)
			firsts.add(k.first, after)
			texts.add(k.lang+" "+k.text, after)
		default:
			o := others[k.kind]
			if o == nil {
				o = &StillRow{Name: k.kind}
				others[k.kind], order = o, append(order, k.kind)
			}
			o.Takes++
			o.Pauses += len(x.pauses)
			o.StillMS += ms(x.pausedFor())
			o.Longest = max(o.Longest, ms(x.longest()))
			o.Stopped += one(x.stop > 0)
			long[k.kind] += one(x.stop > 0 || x.longest() > longPause)
		}
	}
	r.All, r.ByLine, r.ByFirst, r.Clips = all.rows()[0], lines.rows(), firsts.rows(), clips.rows()
	r.Slowest = texts.rows()
	slices.SortStableFunc(r.Slowest, func(a, b OnsetRow) int { return cmp.Compare(b.After.Mean, a.After.Mean) })
	r.Slowest = r.Slowest[:min(slowest, len(r.Slowest))]
	for _, name := range order {
		o := others[name]
		o.StillMS /= float64(o.Takes)
		o.Long = rateOf(long[name], o.Takes)
		r.Others = append(r.Others, *o)
	}
	return r
}

// Table prints the report.
func (r *OnsetReport) Table(w io.Writer) error {
	t := &page{w: w}
	t.line("interruptions, onset -> the prompt is held, ms (component level, seed %d)", r.Seed)
	t.line("  %-44s %5s %6s %5s %5s %5s %5s", "", "takes", "held", "mean", "p50", "p95", "most")
	for _, rows := range [][]OnsetRow{{r.All}, r.ByLine, r.ByFirst, r.Slowest, r.Clips} {
		for _, x := range rows {
			t.line("  %-44s %5d %6d %5.0f %5.0f %5.0f %5.0f", x.Name, x.Held.N, x.Held.K, x.After.Mean, x.After.P50, x.After.P95, x.Longest)
		}
		t.line("")
	}
	t.line("what is no interruption")
	t.line("  %-24s %5s %6s %8s %8s %7s %7s", "", "takes", "pauses", "still ms", "longest", "> 300", "stopped")
	for _, x := range r.Others {
		t.line("  %-24s %5d %6d %8.0f %8.0f %7d %7d", x.Name, x.Takes, x.Pauses, x.StillMS, x.Longest, x.Long.K, x.Stopped)
	}
	return t.err
}
