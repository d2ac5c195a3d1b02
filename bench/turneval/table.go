package turneval

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table writes the report for people: plain text in columns, or Markdown.
func (r *Report) Table(w io.Writer, markdown bool) error {
	p := &page{w: w, markdown: markdown}
	p.line("%d turns, %d twins, %d more overlaps; words %d ms late, partial results every %d ms; set %s", r.Turns, r.Twins, r.More, r.LagMS, r.EveryMS, r.Hash[:16])
	var rows [][]string
	for _, x := range r.Rows {
		rows = append(rows, []string{x.Metric, x.Target, x.Stop, x.Measured, x.Baseline, x.Verdict})
	}
	p.table("Shipped default", []string{"", "target", "stop the release if", "measured", "timer 700 ms", "verdict"}, rows)
	rows = nil
	for _, s := range r.Systems {
		rows = append(rows, []string{s.System, percent(s.FCR), percent(s.FCRSpan), percent(s.FCRSlots), fmt.Sprintf("%.0f / %.0f / %.0f", s.Air.Mean, s.Air.P50, s.Air.P95),
			fmt.Sprintf("%.0f", s.AirAB.P50), fmt.Sprintf("%.0f / %.0f", s.Digits.P50, s.Digits.P95), percent(s.Missed), percent(s.SlotExact), percent(s.SplitSlot), fmt.Sprintf("%.2f", s.Cost)})
	}
	p.table("Every system, classes A–J", []string{"", "cut off, by turn", "by pause", "C–F", "dead air mean / p50 / p95, ms", "p50 A, B", "digits complete p50 / p95", "missed end", "slot exact", "split slot", "cost, s"}, rows)
	rows = nil
	for _, c := range ends {
		row := []string{string(c)}
		for _, name := range []string{WithSlots, WithoutSlots, "timer 700ms"} {
			x, ok := r.system(name).Classes[string(c)]
			if !ok {
				row = append(row, "", "")
				continue
			}
			row = append(row, fmt.Sprintf("%d/%d", x.FCR.K, x.FCR.N), fmt.Sprintf("%.0f / %.0f", x.Air.P50, x.Air.P95))
		}
		rows = append(rows, row)
	}
	p.table("By class: cut off; dead air p50 / p95, ms", []string{"", WithSlots, "", WithoutSlots, "", "timer 700 ms", ""}, rows)
	rows = nil
	for _, c := range r.Curves {
		o := c.Operating
		rows = append(rows, []string{c.System, opt(o.FCRAt300, 100, "%"), opt(o.FCRAt600, 100, "%"), opt(o.AirAt5, 1, "ms"), opt(o.AirAt10, 1, "ms")})
	}
	p.table("Operating points (sweep)", []string{"", "cut off at mean dead air ≤ 300 ms", "≤ 600 ms", "mean dead air at ≤ 5 % cut off", "≤ 10 %"}, rows)
	p.overlaps(r.Overlaps)
	for _, a := range r.Against {
		more := ""
		if a.AtLeast {
			more = " or more (no timer up to 3 s cuts as few off)"
		}
		p.line("At equal cut-offs (%.1f %%, %s): dead air %.0f ms, plain timer %.0f ms%s: %.2f ×", 100*a.FCR, a.Turns, a.Air, a.TimerAir, more, a.Ratio)
	}
	for _, name := range []string{WithoutSlots, "timer 700ms"} {
		d := r.Paired[name]
		p.line("Cost per turn against %s: %+.3f s (%+.3f to %+.3f)%s", name, d.Mean, d.Low, d.High, map[bool]string{true: "", false: ", no difference"}[d.Differs])
	}
	p.line("Twins with the same decision: without pauses %s; over a good line %s", percent(r.TwinsAlike), percent(r.LineAlike))
	p.line("Cost of the shipped default, ends and overlaps: %.2f s a turn", r.Cost)
	p.line("Endpointer: %.1f µs a frame, %d bytes a call", r.CPUMicros, r.MemBytes)
	p.live(r.Live)
	p.line("%s", r.Limits)
	return p.err
}

// live writes what was measured at gateway level.
func (p *page) live(l *Live) {
	if l == nil {
		return
	}
	rows := [][]string{
		{"calls; failed; turns over bad lines left out", fmt.Sprintf("%d; %d; %d", l.Turns, l.Failed, l.Skipped)},
		{fmt.Sprintf("caller stops → first packet, free speech, p50 / p95 (≤ %d / %d)", freeP50, freeP95), fmt.Sprintf("%.0f / %.0f ms (%d)", l.Free.P50, l.Free.P95, l.Free.N)},
		{fmt.Sprintf("the same, expected digits complete, p50 / p95 (≤ %d)", digitsP95), fmt.Sprintf("%.0f / %.0f ms (%d)", l.Digits.P50, l.Digits.P95, l.Digits.N)},
		{"callers cut off, A–J", percent(l.FCR)},
		{"interruption → prompt silent, p50 / p95", fmt.Sprintf("%.0f / %.0f ms (%d)", l.Pause.P50, l.Pause.P95, l.Pause.N)},
		{"interruption → prompt given up, p50 / p95", fmt.Sprintf("%.0f / %.0f ms (%d)", l.GivenUp.P50, l.GivenUp.P95, l.GivenUp.N)},
		{"interruptions that stop the prompt within 1 s", percent(l.TrueStop)},
		{"heard text against sound, p50 / p95", fmt.Sprintf("%.0f / %.0f ms (%d; %d without a record)", l.Heard.P50, l.Heard.P95, l.Heard.N, l.HeardNone)},
		{"loop delay, taken off before levels are compared", fmt.Sprintf("%.0f ms", l.Loop)},
		{"turns whose levels differ by more than 60 ms", fmt.Sprintf("%d of %d", l.Differ, l.Compared)},
	}
	for _, kind := range slices.Sorted(maps.Keys(l.FalseStop)) {
		rows = append(rows, []string{"stood still > 300 ms for " + kind, percent(l.FalseStop[kind])})
	}
	p.table("Gateway level: over SIP and RTP, in real time", []string{"", ""}, rows)
	if l.RigLimit != "" {
		p.line("The callers were too slow, times are theirs (%s): lower --rate, or wait for a quieter machine", l.RigLimit)
	}
	for _, e := range append(l.Errors, l.Each...) {
		p.line("  %s", e)
	}
}

// overlaps writes what became of prompts.
func (p *page) overlaps(s Stops) {
	var rows [][]string
	for _, kind := range slices.Sorted(maps.Keys(s.FalseStop)) {
		d := s.Dips[kind]
		rows = append(rows, []string{kind, percent(s.FalseStop[kind]), percent(d.Rate), fmt.Sprintf("%.0f / %.0f", d.Length.P50, d.Length.P95)})
	}
	p.table("Sounds over a prompt that are no interruption", []string{"", "stood still > 300 ms", "shorter dips", "p50 / p95, ms"}, rows)
	p.line("Interruptions: %s stop the prompt within 1 s, last audible frame after %.0f / %.0f ms (p50 / p95), first pause after %.0f / %.0f ms; first words missing %s",
		percent(s.TrueStop), s.Latency.P50, s.Latency.P95, s.FirstPause.P50, s.FirstPause.P95, percent(s.FirstWords))
	for _, after := range slices.Sorted(maps.Keys(s.Verdicts)) {
		v := s.Verdicts[after]
		p.line("Prompt still %s after the onset: precision %s, recall %s", after, percent(v.Precision), percent(v.Recall))
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(s.FalseTurns)) {
		if k := s.FalseTurns[name]; k.K > 0 {
			list = append(list, fmt.Sprintf("%s %d/%d", name, k.K, k.N))
		}
	}
	p.line("Answered although nobody spoke to the bot: %s", cmp.Or(strings.Join(list, ", "), "none"))
}

// Each lists the turns that went wrong, one a line.
func (r *Report) Each(w io.Writer) error {
	p := &page{w: w}
	for _, x := range r.Wrong {
		p.line("%-8s %-12s %-24s %s", x.ID, x.Noise, strings.Join(x.What, ", "), x.Story)
	}
	return p.err
}

func opt(v *float64, by float64, unit string) string {
	if v == nil {
		return "–"
	}
	return amount(*v*by, unit)
}

func percent(r Rate) string {
	if r.N == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %% (%.1f–%.1f)", 100*r.Rate, 100*r.Low, 100*r.High)
}

// page writes and remembers the first error.
type page struct {
	w        io.Writer
	markdown bool
	err      error
}

func (p *page) print(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

func (p *page) line(format string, args ...any) {
	p.print(fmt.Sprintf(format, args...) + "\n")
	if p.markdown {
		p.print("\n")
	}
}

// table writes rows under a title.
func (p *page) table(title string, head []string, rows [][]string) {
	if p.markdown {
		p.print("**" + title + "**\n\n| " + strings.Join(head, " | ") + " |\n|" + strings.Repeat("---|", len(head)) + "\n")
		for _, r := range rows {
			p.print("| " + strings.Join(r, " | ") + " |\n")
		}
		p.print("\n")
		return
	}
	wide := make([]int, len(head))
	for _, r := range append([][]string{head}, rows...) {
		for i, c := range r {
			wide[i] = max(wide[i], utf8.RuneCountInString(c))
		}
	}
	p.print("\n" + title + "\n")
	for _, r := range append([][]string{head}, rows...) {
		line := ""
		for i, c := range r {
			line += "  " + c + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(c))
		}
		p.print(strings.TrimRight(line, " ") + "\n")
	}
	p.print("\n")
}
