package call

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// What a turn teaches is written down, also by the turn that only closes the books.
func TestLearned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := listen("bonjour, une note ?")
		first.Unclear = []flows.Unclear{{Text: "truc", Guess: "colis", P: 0.3, Why: "corrected", Intent: "horaires"}}
		first.Trace = []flows.Step{{Flow: "suivi", Step: "numero", Note: "resumed for suivi/code"}}
		r := newRig(t, map[string]flows.Output{
			"start":  first,
			"hangup": {Next: flows.End, Outcome: "resolved", Rating: &flows.Rating{Survey: "csat", Score: 4, Scale: 5}},
		})
		r.start()
		r.spoken()
		r.line.HangUp()
		if e := r.over(); e.Outcome != "resolved" {
			t.Errorf("outcome %q", e.Outcome)
		}
		if u := all[event.Unclear](r.notes); len(u) != 1 || u[0].Text != "truc" || u[0].Intent != "horaires" || u[0].Lang != "fr" {
			t.Errorf("unclear %+v", u)
		}
		if g := all[event.Rated](r.notes); len(g) != 1 || g[0].Score != 4 || g[0].Scale != 5 {
			t.Errorf("rated %+v", g)
		}
		if m := all[event.Moved](r.notes); len(m) != 1 || m[0].Note != "at suivi/numero for suivi/code" {
			t.Errorf("moved %+v", m)
		}
	})
}

// A conversation that began elsewhere goes on in the call, and the voice is given its marks.
func TestGoesOnFromAState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := listen("bonjour, reprenons. votre numéro ?")
		out.Say[0].SSML = `<speak>bonjour, <break time="300ms"/>reprenons. votre numéro ?</speak>`
		r := newRig(t, map[string]flows.Output{"moved": out})
		r.s.State = flows.State{Raw: []byte("{}")}
		r.start()
		r.spoken()
		r.line.HangUp()
		r.over()
		if k := r.mind.kinds(); k != "moved|hangup" {
			t.Errorf("told %s", k)
		}
		if m := all[event.Moved](r.notes); len(m) != 1 || m[0].Channel != "voice" {
			t.Errorf("moved %+v", m)
		}
		if said := r.voice.Said(); len(said) != 1 || !strings.Contains(said[0].SSML, `<break time="300ms"/>`) {
			t.Errorf("rendered %+v", said)
		}
	})
}

// A slow system is excused twice, in the flow's words, and after that in the call's own.
func TestTwoExcusesForASlowSystem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, map[string]flows.Output{
			"start": {Next: flows.DoAct, Act: &flows.Act{Name: "slow", Deadline: 30 * time.Second, Filler: prompt("instant"), FillerAfter: 1200 * time.Millisecond,
				Late: prompt("toujours là"), LateAfter: 8 * time.Second}},
			"acted ok": end("merci", "resolved"),
		})
		r.s.Actions = map[string]flows.Action{"slow": worker{takes: 12 * time.Second, done: flows.Done{Outcome: "ok"}}}
		r.start()
		r.over()
		var said []string
		for _, p := range all[event.Prompted](r.notes) {
			said = append(said, p.Text)
		}
		if len(said) < 3 || said[0] != "instant" || said[1] != "toujours là" || said[len(said)-1] != "merci" || slices.Index(said[2:], "toujours là") >= 0 {
			t.Errorf("said %q", said)
		}
	})
}
