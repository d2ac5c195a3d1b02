package call

import (
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/leg/legtest"
)

// A telephone that puts the other party on hold by its own key: they hear a tone and are told, never nothing, and
// both hear each other afterwards; when it began and how long it took is in the record.
func TestHostile36(t *testing.T) {
	t.Run("xfer_36_the agent's telephone holds", func(t *testing.T) {
		withKarim(t, nil, func(t *testing.T, b *board) {
			from := b.line.Since()
			b.agent.Holds(true)
			b.agent.Holds(true) // said twice
			time.Sleep(30 * time.Second)
			if got := tones(b.line.PCM(from + 500*time.Millisecond)); strings.Contains(got, "agent") {
				t.Errorf("the caller hears %q", got)
			}
			if d := b.line.LongestSilence(from, b.line.Since()); d > 2*time.Second {
				t.Errorf("the caller met %v of silence", d)
			}
			b.refused(b.k.Hold(t.Context(), "karim"), WhyHeld)
			b.agent.Holds(false)
			time.Sleep(time.Second)
			b.agent.Speak(sing(agentHz, 10*time.Second))
			b.line.Speak(sing(callerHz, 10*time.Second))
			isPlayed(t, "the caller", b.line, "agent")
			isPlayed(t, "karim", b.agent, "caller")
			b.agent.HangUp()
			b.over()
			if got := b.deeds(); got != "karim hold  telephone, karim resume" && got != "karim hold telephone, karim resume" {
				t.Errorf("noted %q", got)
			}
			if r := all[event.AgentActed](b.notes)[1]; r.ForMS < 29000 || r.ForMS > 31000 {
				t.Errorf("noted %d ms", r.ForMS)
			}
		})
	})
	t.Run("xfer_36_the caller's telephone holds before", func(t *testing.T) {
		test(t, func(t *testing.T) {
			b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")}
			b.start()
			time.Sleep(2 * time.Second)
			b.line.Holds(true)
			b.await("a bridge", b.bridged)
			from := b.agent.Since()
			time.Sleep(10 * time.Second)
			if d := b.agent.LongestSilence(from, b.agent.Since()); d > 2*time.Second {
				t.Errorf("the agent met %v of silence", d)
			}
			b.line.Holds(false)
			b.line.Speak(sing(callerHz, 10*time.Second))
			time.Sleep(time.Second)
			isPlayed(t, "karim", b.agent, "caller")
			b.agent.HangUp()
			b.over()
			if back := all[event.CallerBack](b.notes); len(back) != 1 || !back[0].Held {
				t.Errorf("noted %+v", back)
			}
		})
	})
	t.Run("xfer_36_the caller's telephone holds", func(t *testing.T) {
		withKarim(t, map[string]*legtest.Phone{}, func(t *testing.T, b *board) {
			from := b.agent.Since()
			b.line.Holds(true)
			time.Sleep(20 * time.Second)
			if d := b.agent.LongestSilence(from, b.agent.Since()); d > 2*time.Second {
				t.Errorf("the agent met %v of silence", d)
			}
			b.line.Holds(false)
			time.Sleep(time.Second)
			b.line.Speak(sing(callerHz, 10*time.Second))
			isPlayed(t, "karim", b.agent, "caller")
			b.agent.HangUp()
			b.over()
			away, back := all[event.CallerAway](b.notes), all[event.CallerBack](b.notes)
			if len(away) != 1 || len(back) != 1 || !away[0].Held || back[0].AfterMS < 19000 || back[0].AfterMS > 21000 {
				t.Errorf("noted %+v, %+v", away, back)
			}
		})
	})
}
