package call

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/turn"
)

// counting is an understander that takes its time and counts how often it is asked.
type counting struct {
	takes time.Duration
	asked atomic.Int64
}

func (u *counting) Understand(ctx context.Context, text string, want flows.Expect) (flows.Meaning, error) {
	u.asked.Add(1)
	return understander{u.takes}.Understand(ctx, text, want)
}

// soon is a turn whose words are known 60 ms after they were said, and final in the end.
func soon(text string, after time.Duration) asrtest.Turn {
	t := partly(text, after)
	t.Delay = 80 * time.Millisecond
	return t
}

func ends(m *Metrics) string {
	v := func(l string) float64 { return testutil.ToFloat64(m.speculations.WithLabelValues(l)) }
	return fmt.Sprintf("%v used, %v discarded, %v skipped", v("used"), v("discarded"), v("skipped"))
}

// answered runs one turn with a slow understander and a slow voice, and returns how long the
// answer took from the caller's last sound.
func answered(t *testing.T, turn asrtest.Turn, set func(r *rig)) (d time.Duration, r *rig, u *counting) {
	u = &counting{takes: 100 * time.Millisecond}
	r = newRig(t, map[string]flows.Output{
		"start": listen("bonjour je vous écoute"), "said où est mon colis": end("il arrive demain", "resolved"), "said où est le colis": end("il arrive demain", "resolved"),
	}, turn)
	r.s.Understander, r.voice.Delay = u, 120*time.Millisecond
	if set != nil {
		set(r)
	}
	r.start()
	r.spoken()
	r.says(800 * time.Millisecond)
	stopped := r.line.Since()
	r.over()
	first, _ := r.line.FirstSound(stopped)
	return first - stopped, r, u
}

func TestSpeculationSavesTheCallerTime(t *testing.T) {
	where := soon("où est mon colis", time.Second)
	surer := where
	surer.Confidence = .6
	other := where
	other.Text = "où est le colis"
	for name, c := range map[string]struct {
		turn  asrtest.Turn
		set   func(r *rig)
		saves time.Duration
		asked int64
		told  string
		ends  string
	}{
		"the same words":        {where, nil, 220 * time.Millisecond, 1, "start|said où est mon colis", "1 used, 0 discarded, 0 skipped"},
		"heard less surely":     {surer, nil, 220 * time.Millisecond, 1, "start|said où est mon colis|said où est mon colis", "1 used, 0 discarded, 0 skipped"},
		"other words, the same": {other, nil, 120 * time.Millisecond, 2, "start|said où est mon colis|said où est le colis", "1 used, 0 discarded, 0 skipped"},
		"no room":               {where, func(r *rig) { r.s.Budget = NewBudget(0) }, 0, 1, "start|said où est mon colis", "0 used, 0 discarded, 1 skipped"},
		"a late machine": {where, func(r *rig) {
			r.s.Budget = NewBudget(1)
			time.AfterFunc(1500*time.Millisecond, func() { r.s.Budget.started(time.Second) })
		}, 0, 1, "start|said où est mon colis", "0 used, 0 discarded, 1 skipped"},
		"switched off": {where, func(r *rig) { r.s.Config.Speculate = false }, 0, 1, "start|said où est mon colis", "0 used, 0 discarded, 0 skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var plain time.Duration
			synctest.Test(t, func(t *testing.T) {
				plain, _, _ = answered(t, c.turn, func(r *rig) { r.s.Config.Speculate = false })
			})
			synctest.Test(t, func(t *testing.T) {
				d, r, u := answered(t, c.turn, c.set)
				if saved := plain - d; saved < c.saves-20*time.Millisecond || saved > c.saves+40*time.Millisecond {
					t.Errorf("the answer took %v, %v without speculation: saved %v, want %v", d, plain, saved, c.saves)
				}
				if got := u.asked.Load(); got != c.asked {
					t.Errorf("the understander was asked %d times", got)
				}
				if got := r.mind.kinds(); got != c.told {
					t.Errorf("told %s", got)
				}
				if got := ends(r.s.Metrics); got != c.ends {
					t.Errorf("%s, want %s", got, c.ends)
				}
				if b := r.s.Budget; b != nil && len(b.slots) != 0 {
					t.Errorf("%d slots were not given back", len(b.slots))
				}
				if got := r.played(); got != "bonjour je vous écoute il arrive demain" {
					t.Errorf("played %q", got)
				}
			})
		})
	}
}

// What was prepared for words that were not the last leaves nothing: the record is the same, to
// the millisecond, as without speculation, and no action ran.
func TestSpeculationLeavesNoTrace(t *testing.T) {
	t.Parallel()
	run := func(speculate bool) (record, metrics string, runs int64) {
		synctest.Test(t, func(t *testing.T) {
			work := &counted{worker: worker{done: flows.Done{Outcome: "ok"}}}
			u := &counting{takes: 50 * time.Millisecond}
			r := newRig(t, map[string]flows.Output{
				"start": listen("bonjour je vous écoute"),
				"said je voudrais bloquer": {Say: []flows.Prompt{prompt("je bloque tout")}, Next: flows.DoAct, Lang: "en", LangWhy: "heard",
					Act: &flows.Act{Name: "http", Deadline: time.Second}, Unclear: []flows.Unclear{{Text: "je voudrais bloquer"}}},
				"said je voudrais bloquer euh non savoir où est mon colis": end("il arrive demain", "resolved"),
			}, asrtest.Turn{Text: "je voudrais bloquer euh non savoir où est mon colis", Delay: 80 * time.Millisecond, Partials: []asrtest.Partial{
				{After: 900 * time.Millisecond, Text: "je voudrais bloquer"}, {After: 2000 * time.Millisecond, Text: "je voudrais bloquer euh non savoir où est"}}})
			r.s.Understander, r.s.Actions, r.s.Config.Speculate = u, map[string]flows.Action{"http": work}, speculate
			r.start()
			r.spoken()
			r.says(700 * time.Millisecond)
			time.Sleep(300 * time.Millisecond) // long enough to guess, too short for a turn
			r.says(900 * time.Millisecond)
			r.over()
			record, metrics, runs = r.notes.String(), ends(r.s.Metrics), work.runs.Load()
		})
		return record, metrics, runs
	}
	with, ends, ran := run(true)
	without, _, _ := run(false)
	if with != without {
		t.Errorf("the record with speculation\n%s\nand without\n%s", with, without)
	}
	if ran != 0 {
		t.Errorf("an action ran %d times", ran)
	}
	if ends != "0 used, 2 discarded, 0 skipped" {
		t.Errorf("%s: nothing was prepared, or something was kept", ends)
	}
}

type counted struct {
	worker
	runs atomic.Int64
}

func (c *counted) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	c.runs.Add(1)
	return c.worker.Run(ctx, args)
}

// A caller whose words change all the time costs one guess each 300 ms.
func TestSpeculationIsBounded(t *testing.T) {
	test(t, func(t *testing.T) {
		changing := asrtest.Turn{Text: "fin"}
		answers := map[string]flows.Output{"start": listen("bonjour"), "said fin": end("au revoir", "resolved")}
		for i := range 40 {
			text := fmt.Sprint("mot ", i)
			changing.Partials = append(changing.Partials, asrtest.Partial{After: 600*time.Millisecond + time.Duration(i)*40*time.Millisecond, Text: text})
			answers["said "+text] = listen("quoi")
		}
		u := &counting{}
		r := newRig(t, answers, changing)
		r.s.Understander = u
		r.s.Turn = turn.DefaultConfig()
		r.s.Turn.Free = 1500 * time.Millisecond
		r.start()
		r.spoken()
		r.says(500 * time.Millisecond)
		r.over()
		if n := u.asked.Load(); n < 3 || n > 6 {
			t.Errorf("the understander was asked %d times in 1.5 s", n)
		}
	})
}

// A caller who hangs up while an answer is prepared ends it.
func TestSpeculationEndsWithTheCall(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello, soon("où est mon colis", time.Second))
		r.s.Understander, r.s.Budget = understander{time.Minute}, NewBudget(1)
		r.start()
		r.spoken()
		r.says(800 * time.Millisecond)
		time.Sleep(300 * time.Millisecond)
		if len(r.s.Budget.slots) != 1 {
			t.Error("nothing is being prepared")
		}
		r.line.HangUp()
		r.over()
		if len(r.s.Budget.slots) != 0 {
			t.Error("a slot was not given back")
		}
	})
}
