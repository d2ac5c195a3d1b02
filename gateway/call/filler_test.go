package call

import (
	"slices"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/turn"
)

// fillers are the fillers of a call in the order in which they were said.
func fillers(n *notes) (out []string) {
	for _, p := range all[event.Prompted](n) {
		if p.Step == "call/thinking" {
			out = append(out, p.Text)
		}
	}
	return out
}

// A filler comes 1.2 s after the caller was given to the mind, once, and not the same one again.
func TestFillerWhileThinking(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello, words("où est mon colis"), words("où est mon colis"), words("merci au revoir"))
		r.start()
		r.spoken()
		r.mind.mu.Lock()
		r.mind.takes = 2500 * time.Millisecond
		r.mind.mu.Unlock()
		for range 2 {
			r.says(800 * time.Millisecond)
			stopped := r.line.Since()
			r.line.AwaitSound(10 * time.Second)
			first, _ := r.line.FirstSound(stopped)
			if d := first - stopped - turn.DefaultConfig().Free; d < 1100*time.Millisecond || d > 1400*time.Millisecond {
				t.Errorf("the filler came %v after the end of the turn", d)
			}
			r.spoken()
			r.spoken()
		}
		r.mind.mu.Lock()
		r.mind.takes = 0
		r.mind.mu.Unlock()
		r.says(800 * time.Millisecond)
		r.over()
		got := fillers(r.notes)
		if len(got) != 2 || got[0] == got[1] {
			t.Errorf("fillers %q", got)
		}
		for _, p := range all[event.Prompted](r.notes) {
			if slices.Contains(got, p.Text) && p.AnswerMS != 0 {
				t.Errorf("a filler counts as an answer after %d ms", p.AnswerMS)
			}
			if p.Text == "il arrive demain" && p.AnswerMS < 2500 {
				t.Errorf("the answer behind a filler counts as %d ms", p.AnswerMS)
			}
		}
	})
}

// A caller who goes on during a filler is let in at once, and answered as a whole.
func TestFillerGivesWay(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{
			"start": listen("bonjour je vous écoute"), "said je voudrais savoir": end("quoi donc", "failed"),
			"said je voudrais savoir où est mon colis": end("il arrive", "resolved"),
		}, words("je voudrais savoir"), words("où est mon colis"))
		r.s.Config.FillerAfter = 300 * time.Millisecond
		r.s.Conv = "c4" // begins with the longest
		r.start()
		r.spoken()
		r.mind.mu.Lock()
		r.mind.takes = 700 * time.Millisecond
		r.mind.mu.Unlock()
		r.says(700 * time.Millisecond)
		r.line.AwaitSound(10 * time.Second) // the filler, of 300 ms
		from := r.line.Since()
		r.says(900 * time.Millisecond)
		if at, ok := r.line.FirstSound(from + 180*time.Millisecond); ok && at < from+900*time.Millisecond {
			t.Error("the filler went on over the caller")
		}
		if e := r.over(); e.Outcome != "resolved" {
			t.Errorf("ended %+v", e)
		}
	})
}

// A flow that has no words for its action borrows ours, in the caller's language.
func TestFillerOfAnAction(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{
			"start":    {Say: []flows.Prompt{prompt("hello")}, Lang: "en", Next: flows.DoAct, Act: &flows.Act{Name: "http", Deadline: 5 * time.Second}},
			"acted ok": end("done", "resolved"),
		})
		r.s.Actions = map[string]flows.Action{"http": worker{takes: 3 * time.Second, done: flows.Done{Outcome: "ok"}}}
		r.start()
		r.over()
		if got := fillers(r.notes); len(got) != 1 || !slices.Contains(said["en"].thinking, got[0]) {
			t.Errorf("fillers %q", got)
		}
	})
}
