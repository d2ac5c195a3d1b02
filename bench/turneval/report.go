package turneval

import (
	"fmt"
	"strings"
	"time"
)

// Report is the result of one run over one set.
type Report struct {
	Turns   int     `json:"turns"`
	Twins   int     `json:"twins"`
	More    int     `json:"more"` // interruptions and listening sounds beside the counted turns
	Hash    string  `json:"hash"`
	LagMS   int64   `json:"lag_ms"`
	EveryMS int64   `json:"partials_every_ms"`
	Systems []Ends  `json:"systems"`
	Curves  []Curve `json:"curves"`

	Overlaps Stops   `json:"overlaps"`
	Cost     float64 `json:"cost_s"` // of the shipped default, per turn, ends and overlaps

	Against []EqualCuts           `json:"against_timer_at_equal_cuts"`
	Paired  map[string]Difference `json:"cost_against"` // of slot knowledge, per turn, in seconds

	TwinsAlike Rate `json:"twin_consistency"`     // C–G with and without their pauses
	LineAlike  Rate `json:"bad_line_consistency"` // N against the good line

	CPUMicros float64 `json:"cpu_us_per_frame"`
	MemBytes  int     `json:"memory_bytes_per_call"`

	Live *Live `json:"gateway,omitempty"` // when it was measured

	Wrong []Wrong `json:"wrong"` // turns that the shipped default cut, missed or whose slot it got wrong

	Rows   []Row  `json:"acceptance"`
	Limits string `json:"limits"`
}

// Wrong is one turn that did not go as it should.
type Wrong struct {
	ID    string   `json:"id"`
	Noise string   `json:"noise"`
	What  []string `json:"what"`
	Story string   `json:"story"` // words, pauses in ms, and «rule» where the bot took the floor
}

// Row is one line of the acceptance table.
type Row struct {
	Metric   string `json:"metric"`
	Target   string `json:"target"`
	Stop     string `json:"stop_the_release_if"`
	Measured string `json:"measured"`
	Baseline string `json:"timer_700ms,omitempty"`
	Verdict  string `json:"verdict"` // "met", "missed", "stop"
}

// system finds a system's figures.
func (r *Report) system(name string) *Ends {
	for i := range r.Systems {
		if r.Systems[i].System == name {
			return &r.Systems[i]
		}
	}
	return &Ends{System: name}
}

// Shipped are the figures of the shipped default: with slot knowledge, at the shipped lag.
func (r *Report) Shipped() Ends { return *r.system(WithSlots) }

// Stopping lists the rows that stop a release.
func (r *Report) Stopping() []string {
	var out []string
	for _, row := range r.Rows {
		if row.Verdict == "stop" {
			out = append(out, row.Metric)
		}
	}
	return out
}

// report makes the figures of all runs. Turns come first in every list of runs, then twins.
func (m Measurement) report(list []system, runs map[string][]run, over []talkover) *Report {
	n := len(m.Set.Turns)
	r := &Report{Turns: n, Twins: len(m.Set.Twins), More: len(m.Set.More), Hash: m.Set.Hash(), LagMS: m.Lag.Mean.Milliseconds(), EveryMS: m.Lag.Every.Milliseconds(),
		Paired: map[string]Difference{}, Limits: Limits}
	verdicts := map[string][]verdict{}
	for _, s := range list {
		if s.traced {
			continue
		}
		all := make([]verdict, len(runs[s.name]))
		for i, x := range runs[s.name] {
			if x.turn != nil {
				all[i] = judge(x)
			} else {
				all[i].turn = over[i].turn
			}
		}
		verdicts[s.name] = all
		r.Systems = append(r.Systems, scoreEnds(s.name, all[:n]))
	}
	ours := verdicts[WithSlots]
	var sounds []talkover
	for _, x := range over {
		if x.turn == nil {
			continue
		}
		sounds = append(sounds, x)
		if w := x.wrong(); w != nil {
			r.Wrong = append(r.Wrong, *w)
		}
	}
	r.Overlaps = scoreStops(sounds)
	for name, other := range verdicts {
		if name != WithSlots {
			r.Paired[name] = paired(costs(ours[:n]), costs(other[:n]))
		}
	}
	for i, v := range ours[:n] {
		if w := v.wrong(runs[WithSlots][i]); w != nil {
			r.Wrong = append(r.Wrong, *w)
		}
	}
	r.TwinsAlike, r.LineAlike = alikeTwins(ours[:n], ours[n:n+len(m.Set.Twins)])
	if !m.Brief {
		r.compare(runs, ours[:n], m.Set)
	}
	if all := n + len(m.Set.More); all > 0 {
		r.Cost = (sum(costs(ours[:n])) + r.Overlaps.Cost) / float64(all)
	}
	r.Rows = r.acceptance()
	return r
}

// compare sweeps policies and timers, and looks what a frame costs. runs have the turns of ours
// first.
func (r *Report) compare(runs map[string][]run, ours []verdict, set *Set) {
	n := len(ours)
	r.Curves = []Curve{curve(sweptOurs, sweep(runs[sweptOurs][:n])), curve(sweptTimer, timers(runs[sweptTimer][:n], in(ends)))}
	for _, classes := range []string{"ABCDEFGHI", ends} {
		fcr, dead := cuts(ours, in(classes)), air(ours, in(classes))
		r.Against = append(r.Against, equalCuts(classes[:1]+"–"+classes[len(classes)-1:], fcr.Rate, dead.Mean, timers(runs[sweptTimer][:n], in(classes))))
	}
	perFrame, bytes := costOfComputing(set)
	r.CPUMicros, r.MemBytes = float64(perFrame.Nanoseconds())/1000, bytes
}

func sum(x []float64) float64 { return mean(x) * float64(len(x)) }

func costs(all []verdict) []float64 {
	var out []float64
	for _, v := range all {
		if in(ends)(v.turn) {
			out = append(out, v.cost())
		}
	}
	return out
}

// alikeTwins is the share of twins with the same decision: both cut or neither, and the same slot.
func alikeTwins(turns, twins []verdict) (pauses, line Rate) {
	byID := map[string]verdict{}
	for _, v := range turns {
		byID[v.turn.ID] = v
	}
	var k, n [2]int
	for _, v := range twins {
		of, ok := byID[v.turn.Twin]
		if !ok {
			continue
		}
		i := one(v.turn.Class == "N")
		n[i]++
		k[i] += one(of.cut == v.cut && of.ended == v.ended && of.right == v.right)
	}
	return rateOf(k[0], n[0]), rateOf(k[1], n[1])
}

// limit is a target and the value that stops a release, in the unit that is printed.
type limit struct {
	metric       string
	target, stop float64
	least        bool // more is better
	unit         string
	value        func(Ends) (float64, string) // and its interval
}

func share100(f func(Ends) Rate) func(Ends) (float64, string) {
	return func(e Ends) (float64, string) {
		r := f(e)
		return 100 * r.Rate, fmt.Sprintf(" (%d/%d; %.1f–%.1f)", r.K, r.N, 100*r.Low, 100*r.High)
	}
}

func number(f func(Ends) float64) func(Ends) (float64, string) {
	return func(e Ends) (float64, string) { return f(e), "" }
}

// limitsOfEnds are the rows of docs/turn-taking.md about ends of turns.
var limitsOfEnds = []limit{
	{"callers cut off, A–J, clean and 15 dB", 6, 10, false, "%", share100(func(e Ends) Rate { return e.FCRQuiet })},
	{"callers cut off, C–F, slot knowledge", 3, 6, false, "%", share100(func(e Ends) Rate { return e.FCRSlots })},
	{"slot exact, C–F, scripted words", 97, 94, true, "%", share100(func(e Ends) Rate { return e.SlotCF })},
	{"dead air p50, A and B", 350, 450, false, "ms", number(func(e Ends) float64 { return e.AirAB.P50 })},
	{"dead air p95, A and B", 600, 800, false, "ms", number(func(e Ends) float64 { return e.AirAB.P95 })},
	{"completion delay p95, digits complete", 350, 500, false, "ms", number(func(e Ends) float64 { return e.Digits.P95 })},
	{"replies during a wait (J)", 0, 0.5, false, "", number(func(e Ends) float64 { return float64(e.Replies) })},
	{"more cut off at 8 dB than clean", 6, 12, false, "points", number(func(e Ends) float64 { return 100 * e.NoiseGap })},
	{"French/English gap in callers cut off", 3, 6, false, "points", number(func(e Ends) float64 { return 100 * e.LangGap })},
}

// overlapLimit is a row about sounds over prompts; a set without such turns has no value.
type overlapLimit struct {
	limit
	value func(Stops) (float64, string, bool)
}

func overlapShare(f func(Stops) Rate) func(Stops) (float64, string, bool) {
	return func(s Stops) (float64, string, bool) {
		r := f(s)
		return 100 * r.Rate, fmt.Sprintf(" (%d/%d; %.1f–%.1f)", r.K, r.N, 100*r.Low, 100*r.High), r.N > 0
	}
}

func overlapTime(f func(Stops) Spread) func(Stops) (float64, string, bool) {
	return func(s Stops) (float64, string, bool) { x := f(s); return x.P95, "", x.N > 0 }
}

// limitsOfOverlaps are the rows of docs/turn-taking.md about sounds over prompts. A reversible pause is a
// stop for the caller who interrupts; a listening sound is one only if it lasts.
var limitsOfOverlaps = []overlapLimit{
	{limit{metric: "interruptions that stop the prompt", target: 98, stop: 95, least: true, unit: "%"}, overlapShare(func(s Stops) Rate { return s.TrueStop })},
	{limit{metric: "stop latency p95 (a reversible pause counts)", target: 150, stop: 450, unit: "ms"}, overlapTime(func(s Stops) Spread { return s.FirstPause })},
	{limit{metric: "false stops, listening sounds", target: 5, stop: 20, unit: "%"}, overlapShare(func(s Stops) Rate { return s.FalseStop[Backchannel] })},
	{limit{metric: "false stops, noises", target: 3, stop: 8, unit: "%"}, overlapShare(func(s Stops) Rate { return s.FalseStop[Noise] })},
	{limit{metric: "false stops, echo", target: 0, stop: 2, unit: "%"}, overlapShare(func(s Stops) Rate { return s.FalseStop[Echo] })},
	{limit{metric: "first words missing", target: 0, stop: 1, unit: "%"}, overlapShare(func(s Stops) Rate { return s.FirstWords })},
}

// acceptance compares the shipped default with the targets.
func (r *Report) acceptance() []Row {
	ours, timer := r.Shipped(), *r.system(timerName(700 * time.Millisecond))
	var rows []Row
	for _, l := range limitsOfEnds {
		v, interval := l.value(ours)
		b, _ := l.value(timer)
		row := l.row(v, interval)
		if timer.FCR.N > 0 {
			row.Baseline = amount(b, l.unit)
		}
		rows = append(rows, row)
	}
	for _, l := range limitsOfOverlaps {
		if v, note, ok := l.value(r.Overlaps); ok {
			rows = append(rows, l.row(v, note))
		}
	}
	if r.CPUMicros > 0 {
		cpu := limit{metric: "endpointer, CPU per 20 ms frame", target: 20, stop: 60, unit: "µs"}
		rows = append(rows, cpu.row(r.CPUMicros, ""))
	}
	for _, a := range r.Against[:min(1, len(r.Against))] {
		l := limit{metric: "dead air against a timer that cuts as many off, " + a.Turns, target: 0.5, stop: 1, unit: "×"}
		note := fmt.Sprintf(" (%.0f / %.0f ms)", a.Air, a.TimerAir)
		rows = append(rows, l.row(a.Ratio, note))
	}
	return rows
}

// row judges a value.
func (l limit) row(v float64, interval string) Row {
	sign, worse := "≤ ", "> "
	verdict := "met"
	missed, stop := v > l.target, v > l.stop
	if l.least {
		sign, worse = "≥ ", "< "
		missed, stop = v < l.target, v < l.stop
	}
	if missed {
		verdict = "missed"
	}
	if stop {
		verdict = "stop"
	}
	return Row{Metric: l.metric, Target: sign + amount(l.target, l.unit), Stop: worse + amount(l.stop, l.unit),
		Measured: amount(v, l.unit) + interval, Verdict: verdict}
}

// amount writes a value with its unit.
func amount(v float64, unit string) string {
	text := strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	switch unit {
	case "×":
		text = fmt.Sprintf("%.2f", v)
	case "ms":
		text = fmt.Sprintf("%.0f", v)
	}
	return strings.TrimSpace(text + " " + unit)
}
