package eval

import (
	"fmt"
	"io"
)

// Print writes the report for people, a figure a line; speed adds what depends on the machine.
func (r *Report) Print(w io.Writer, speed bool) {
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p("language %s, %d intents, %d sentences to learn from; tested on %d in scope, %d out of scope", r.Lang, r.Intents, r.Trained, r.InScope, r.Outside)
	p("accuracy                   %5.1f %%", 100*r.Accuracy)
	p("right among the best three %5.1f %%", 100*r.Top3)
	if r.OOSAUROC != nil {
		p("out of scope, AUROC        %5.1f %%  (largest probability alone: %.1f %%)", 100**r.OOSAUROC, 100**r.MaxScore.AUROC)
		p("  found at 10 %% rejection  %5.1f %%  (largest probability alone: %.1f %%)", 100**r.OOSRecallAt10, 100**r.MaxScore.RecallAt10)
	}
	p("calibration error          %5.1f %%  (by chance alone: %.1f %%; promised %+.1f points more than kept)", 100*r.ECE, 100*r.ChanceECE, 100*r.Bias)
	if speed {
		p("training, one sentence     %.0f ms, %.0f µs", r.TrainMS, r.ClassifyP50US)
	}
	p("model                      %d KiB", r.ModelBytes>>10)
	z := r.Zones
	p("acts from %.2f: %d rightly, %d wrongly; asks which from %.2f: %d; leaves the rest to a person: %d", r.Act, z.ActRight, z.ActWrong, r.Clarify, z.Clarify, z.Human)
	if r.Outside > 0 {
		p("of those out of scope it acts on %d, asks %d, leaves %d", z.ActOutside, z.ClarifyOutside, z.HumanOutside)
	}
	for i, m := range r.Wrong {
		if i == 0 {
			p("most often wrong:")
		}
		if i == 10 {
			break
		}
		p("  %d× %s taken for %s, such as %q", m.Times, m.Right, m.Taken, short(m.Example))
	}
}

// Print writes the confusions for people.
func (c *Confusions) Print(w io.Writer) {
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p("%s: %d examples, %.0f %% understood by the others", c.Lang, c.Examples, 100*c.Accuracy)
	for _, d := range c.Duplicates {
		p("  in several intents %v: %q; keep it in one", d.Intents, d.Text)
	}
	for _, j := range c.Mislabelled {
		p("  mislabelled? %q of %s looks like %s (%.2f); %s", j.Text, j.Intent, j.Taken, j.P, j.Advice)
	}
	for _, f := range c.Pairs {
		p("  %s and %s fight: %d examples, %.0f %% of both", f.A, f.B, f.Times, 100*f.Share)
		for _, j := range f.Examples {
			p("    %q of %s taken for %s (%.2f)", j.Text, j.Intent, j.Taken, j.P)
		}
	}
	for i, j := range c.Lonely {
		if i == 15 {
			p("  … and %d more like these", len(c.Lonely)-i)
			break
		}
		p("  alone in %s: %q (%.2f); %s", j.Intent, j.Text, j.Own, j.Advice)
	}
	for _, f := range c.Few {
		p("  %s has %d examples; %d learn well", f.Intent, f.Examples, f.Wanted)
	}
}
