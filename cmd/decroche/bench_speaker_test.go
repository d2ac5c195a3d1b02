package main

import (
	"strings"
	"testing"

	benchwake "decroche/bench/wake"
)

// TestSpeakerReport: who is cut off, who is not answered and a sample too small to speak of fail a
// measurement, however quick the rest is.
func TestSpeakerReport(t *testing.T) {
	t.Parallel()
	turns := func(quick, slow, cut, missed int) (r speakerReport) {
		for range quick {
			r.Each = append(r.Each, speakerTurn{Answer: 400})
		}
		for range slow {
			r.Each = append(r.Each, speakerTurn{Answer: 1500})
		}
		for range cut {
			r.Each = append(r.Each, speakerTurn{CutOff: true})
		}
		for range missed {
			r.Each = append(r.Each, speakerTurn{})
		}
		r.sum()
		return r
	}
	for _, c := range []struct {
		r    speakerReport
		want string
	}{
		{turns(40, 0, 0, 0), ""},
		{turns(38, 1, 2, 0), ""},
		{turns(37, 0, 3, 0), "3 of 40 turns were cut off"},
		{turns(0, 0, 40, 0), "0 turns were timed; 40 of 40 turns were cut off"},
		{turns(0, 0, 0, 0), "0 turns were timed"},
		{turns(19, 0, 0, 0), "19 turns were timed"},
		{turns(30, 10, 0, 0), "p95 is 1500 ms"},
		{turns(39, 0, 0, 1), "1 turns had no answer"},
	} {
		bad := strings.Join(c.r.short(), "; ")
		fits := bad == "" == (c.want == "")
		for part := range strings.SplitSeq(c.want, "; ") {
			fits = fits && strings.Contains(bad, part)
		}
		if !fits || c.r.Timed+c.r.CutOff+c.r.Missed != c.r.Turns {
			t.Errorf("%d turns, %d timed: %q, want %q", c.r.Turns, c.r.Timed, bad, c.want)
		}
	}
}

// TestWakeReport: each language of each set has to reach what is asked; one cannot make up for another.
func TestWakeReport(t *testing.T) {
	t.Parallel()
	r := func(set benchwake.Set, lang string, found, woken int) *benchwake.Result {
		return &benchwake.Result{Set: set, Lang: lang, Said: 100, Found: found, False: woken, Other: 1800}
	}
	for _, c := range []struct {
		sets []*benchwake.Result
		want string
	}{
		{[]*benchwake.Result{r("held", "fr", 95, 1), r("held", "en", 100, 0)}, ""},
		{[]*benchwake.Result{r("held", "fr", 100, 0), r("held", "en", 94, 0)}, "held voices, en: 94.0 % found"},
		{[]*benchwake.Result{r("held", "fr", 100, 1), r("held", "en", 100, 1)}, "held voices: 2 false wakes in 3600 s"},
		{[]*benchwake.Result{r("held", "fr", 100, 1), r("blind", "fr", 100, 1)}, ""},
		{[]*benchwake.Result{{Set: "held", Lang: "fr"}}, "held voices, fr: NaN % found"},
	} {
		bad := strings.Join(wakeReport{c.sets}.short(), "; ")
		if bad == "" != (c.want == "") || !strings.Contains(bad, c.want) {
			t.Errorf("%q, want %q", bad, c.want)
		}
	}
}
