package turneval

import (
	"strings"
	"time"

	"decroche/flows/entity"
)

// missed is how long a dead air may last until the end counts as missed.
const missed = 3 * time.Second

// Bounds of hold spans that are scored.
const (
	shortestHold = 200 * time.Millisecond
	longestHold  = 5 * time.Second
)

// Weights of the cost, in seconds for each event: docs/turn-taking.md.
const (
	freeAir       = 200 * time.Millisecond // of dead air costs nothing: people leave as much
	costCut       = 3.0
	costFalseStop = 2.0
	costMissed    = 4.0 // an interruption that does not stop the prompt
)

// verdict is what became of one turn.
type verdict struct {
	turn     *Turn
	cut      bool // the bot took the floor before the caller had finished
	spans    int  // scored hold spans
	cutSpans int
	replies  int           // into wait spans
	ended    bool          // the bot took the floor after the end
	air      time.Duration // dead air, when it ended and was not cut
	rule     string        // that took the floor
	slot     bool          // the turn has a slot with a known value
	right    bool          // and it was got
	split    bool          // and it was cut in two
}

// judge compares what happened with the labels.
func judge(r run) verdict {
	t, end := r.turn, r.turn.End()
	v := verdict{turn: t, slot: t.Expect.scored()}
	for i, k := range r.taken {
		if k.at < end {
			v.cut = true
			v.split = v.split || v.slot && k.text != ""
		} else if !v.ended {
			v.ended, v.air, v.rule = true, k.at-end, k.rule
		}
		if i == 0 && v.slot {
			v.right = t.Expect.read(t.Language, k.text) == t.Expect.Value
		}
	}
	for _, s := range t.Silences {
		hit := 0
		for _, k := range r.taken {
			if k.at >= s.Start.D() && k.at < s.End.D() {
				hit++
			}
		}
		long := s.End.D() - s.Start.D()
		switch {
		case s.Label == Wait:
			v.replies += hit
		case s.Label == Hold && long >= shortestHold && long <= longestHold:
			v.spans++
			if hit > 0 {
				v.cutSpans++
			}
		}
	}
	return v
}

// cost of the turn's end, in seconds; a missed end costs as much as it lasted.
func (v verdict) cost() float64 {
	if v.cut {
		return costCut
	}
	air := v.air
	if !v.ended {
		air = v.turn.Length() - v.turn.End()
	}
	return max(0, air-freeAir).Seconds()
}

// filter picks turns.
type filter func(*Turn) bool

// in picks classes.
func in(classes string) filter {
	return func(t *Turn) bool {
		if t == nil {
			return false
		}
		if t.Class == "" { // of another set: a turn whose end is to be found
			return classes == ends && t.Overlap == nil
		}
		return strings.Contains(classes, t.Class)
	}
}

func (f filter) and(g filter) filter { return func(t *Turn) bool { return f(t) && g(t) } }

// quiet picks turns without noise or with little of it.
func quiet(t *Turn) bool { return t.Noise.SNR == 0 || t.Noise.SNR > 10 }

func clean(t *Turn) bool { return t.Noise.SNR == 0 }

func noisy(t *Turn) bool { return t.Noise.SNR != 0 && t.Noise.SNR < 10 }

func speaking(lang string) filter { return func(t *Turn) bool { return t.Language == lang } }

// counted picks turns whose digits are counted and complete when all is said: nothing can follow,
// as something can after "quatre-vingt dix".
func counted(t *Turn) bool {
	return t.Expect.scored() && t.Expect.Digits > 0 && entity.ProgressOf(t.Expect.spec(), t.Language, t.Text).Fill == entity.Complete
}

// Ends is how one system ended turns.
type Ends struct {
	System     string           `json:"system"`
	FCR        Rate             `json:"fcr"`            // classes A–J
	FCRSpan    Rate             `json:"fcr_span"`       // of scored hold spans
	FCRQuiet   Rate             `json:"fcr_clean_15db"` // A–J, clean and 15 dB
	FCRSlots   Rate             `json:"fcr_cf"`         // C–F
	FCRClean   Rate             `json:"fcr_clean"`
	FCRNoisy   Rate             `json:"fcr_8db"`
	FCRFr      Rate             `json:"fcr_fr"`
	FCREn      Rate             `json:"fcr_en"`
	NoiseGap   float64          `json:"delta_fcr_8db"` // FCR(8 dB) − FCR(clean)
	LangGap    float64          `json:"fcr_language_gap"`
	Air        Spread           `json:"dead_air"` // A–J, turns that were not cut
	AirAB      Spread           `json:"dead_air_ab"`
	Completion Spread           `json:"completion_delay"` // C–F, value complete
	Digits     Spread           `json:"completion_delay_digits"`
	Missed     Rate             `json:"missed_end"`
	SlotExact  Rate             `json:"slot_exact"` // every turn with a slot
	SlotCF     Rate             `json:"slot_exact_cf"`
	SplitSlot  Rate             `json:"split_slot"`
	Replies    int              `json:"wait_replies"` // into waits of class J
	Cost       float64          `json:"cost_s"`
	Classes    map[string]Class `json:"classes"`
}

// Class is one class of turns.
type Class struct {
	FCR Rate   `json:"fcr"`
	Air Spread `json:"dead_air"`
}

// ends are the classes with an end to find.
const ends = "ABCDEFGHIJ"

// scoreEnds measures one system.
func scoreEnds(system string, all []verdict) Ends {
	e := Ends{System: system, Classes: map[string]Class{}}
	e.FCR, e.FCRQuiet, e.FCRSlots = cuts(all, in(ends)), cuts(all, in(ends).and(quiet)), cuts(all, in("CDEF"))
	e.FCRClean, e.FCRNoisy = cuts(all, in(ends).and(clean)), cuts(all, in(ends).and(noisy))
	e.FCRFr, e.FCREn = cuts(all, in(ends).and(speaking("fr"))), cuts(all, in(ends).and(speaking("en")))
	e.NoiseGap = e.FCRNoisy.Rate - e.FCRClean.Rate
	if e.LangGap = e.FCRFr.Rate - e.FCREn.Rate; e.LangGap < 0 {
		e.LangGap = -e.LangGap
	}
	e.Air, e.AirAB = bounded(airs(all, in(ends))), bounded(airs(all, in("AB")))
	e.Completion, e.Digits = air(all, in("CDEF").and(func(t *Turn) bool { return t.Expect.scored() })), air(all, in("CDEF").and(counted))
	var spans, cutSpans, late, n, slots, right, cf, rightCF, split int
	cost := 0.0
	for _, v := range all {
		if !in(ends)(v.turn) {
			continue
		}
		n++
		spans, cutSpans = spans+v.spans, cutSpans+v.cutSpans
		e.Replies += v.replies
		cost += v.cost()
		if !v.cut && (!v.ended || v.air > missed) {
			late++
		}
		if v.slot {
			slots++
			right, split = right+one(v.right), split+one(v.split)
			if in("CDEF")(v.turn) {
				cf, rightCF = cf+1, rightCF+one(v.right)
			}
		}
	}
	e.FCRSpan, e.Missed = rateOf(cutSpans, spans), rateOf(late, n)
	e.SlotExact, e.SlotCF, e.SplitSlot = rateOf(right, slots), rateOf(rightCF, cf), rateOf(split, slots)
	if n > 0 {
		e.Cost = cost / float64(n)
	}
	for _, c := range ends {
		if f := in(string(c)); cuts(all, f).N > 0 {
			e.Classes[string(c)] = Class{cuts(all, f), air(all, f)}
		}
	}
	return e
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// cuts is the share of turns that were cut.
func cuts(all []verdict, f filter) Rate {
	k, n := 0, 0
	for _, v := range all {
		if f(v.turn) {
			n++
			k += one(v.cut)
		}
	}
	return rateOf(k, n)
}

// air describes the dead air of turns that were not cut.
func air(all []verdict, f filter) Spread { return spreadOf(airs(all, f)) }

func airs(all []verdict, f filter) []time.Duration {
	var list []time.Duration
	for _, v := range all {
		if f(v.turn) && !v.cut && v.ended {
			list = append(list, v.air)
		}
	}
	return list
}
