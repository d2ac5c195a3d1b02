package call

import (
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/leg/legtest"
)

// A caller who waits may ask something: it is answered, they go on waiting, and hear no silence.
func TestAskedWhileWaiting(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 20 * time.Second}}, "karim")
		r.mind.answers["aside vous fermez à quelle heure"] = flows.Output{Next: flows.HandOff, Say: []flows.Prompt{prompt("à dix-huit heures")}}
		r.mind.answers["aside allô"] = flows.Output{Next: flows.HandOff}
		r.ears.Turns = []asrtest.Turn{words("vous fermez à quelle heure"), words("allô")}
		r.s.Config.RingFor = 30 * time.Second
		r.start()
		time.Sleep(5 * time.Second)
		r.says(time.Second)
		time.Sleep(5 * time.Second)
		r.says(time.Second)
		joined := r.await("a bridge", r.bridged)
		if got := r.played(); strings.Count(got, "à dix-huit heures") != 1 || !strings.Contains(got, "Karim vous répond.") {
			t.Errorf("the caller heard %q", got)
		}
		if d := r.line.LongestSilence(0, joined); d > 2*time.Second {
			t.Errorf("the caller met %v of silence", d)
		}
		r.agent.HangUp()
		r.over()
		if got := r.mind.kinds(); got != "start|aside vous fermez à quelle heure|aside allô|returned completed" {
			t.Errorf("told %s", got)
		}
	})
}

// An answer that comes when somebody has answered is said to nobody.
func TestAnAsideThatComesTooLate(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 4 * time.Second}}, "karim")
		r.mind.answers["aside vous fermez quand"] = flows.Output{Next: flows.HandOff, Say: []flows.Prompt{prompt("à dix-huit heures")}}
		r.ears.Turns = []asrtest.Turn{words("vous fermez quand")}
		r.start()
		time.Sleep(3 * time.Second)
		r.mind.mu.Lock()
		r.mind.takes = 4 * time.Second
		r.mind.mu.Unlock()
		r.says(500 * time.Millisecond)
		r.await("a bridge", r.bridged)
		time.Sleep(3 * time.Second)
		if got := r.played(); strings.Contains(got, "dix-huit") {
			t.Errorf("the caller heard %q", got)
		}
		if !strings.Contains(r.mind.kinds(), "aside vous fermez quand") {
			t.Errorf("told %s", r.mind.kinds())
		}
		r.agent.HangUp()
		r.over()
		if got := r.outcomes(); got != "karim completed = completed" {
			t.Errorf("outcomes %s", got)
		}
	})
}
