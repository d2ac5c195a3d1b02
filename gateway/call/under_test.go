package call

import (
	"context"
	"strings"
	"testing"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// seeing is a desk whose agents read the offer on a screen.
type seeing struct{ *desk }

func (d seeing) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	a, err := d.desk.Offer(ctx, r)
	a.Sees = true
	return a, err
}

// An agent with a screen speaks with the caller at once, in the middle of a prompt and in the tone of
// waiting, while the bot says who they are; they are told nothing themselves.
func TestAnAgentWithAScreenIsJoinedAtOnce(t *testing.T) {
	for name, answers := range map[string]time.Duration{"while a prompt is said": 300 * time.Millisecond, "while the tone is heard": 6 * time.Second} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: answers}}, "karim")}
				b.s.Mouth, b.s.Control, b.s.Desk = hummer{}, &b.k, seeing{b.desk}
				b.start()
				b.agent.Speak(sing(agentHz, time.Minute))
				b.line.Speak(sing(callerHz, time.Minute))
				b.await("an answer", b.agentAnswered)
				answered := b.line.Since()
				if d := b.await("a bridge", b.bridged) - answered; d > 300*time.Millisecond {
					t.Errorf("joined %v after the answer", d)
				}
				if got := heard(b.line); got != "bot agent" {
					t.Errorf("the caller hears %q while they are told who answers", got)
				}
				time.Sleep(2 * time.Second)
				if a, c := heard(b.agent), heard(b.line); a != "caller" || c != "agent" {
					t.Errorf("afterwards the agent hears %q and the caller %q", a, c)
				}
				if got := tones(b.agent.PCM(0)); strings.Contains(got, "bot") {
					t.Errorf("the agent was told something: %q", got)
				}
				told := 0
				for _, p := range all[event.Prompted](b.notes) {
					if p.Step == "call/joins" && p.Text == "Karim vous répond." {
						told++
					}
				}
				if told != 1 {
					t.Errorf("who answers stands %d times in the record", told)
				}
				b.agent.HangUp()
				if e := b.over(); e.Outcome != "transferred" {
					t.Errorf("ended %+v", e)
				}
			})
		})
	}
}

// plain is a line of which nothing can be overheard.
type plain struct{ leg.Leg }

// Who answers is said first where the line cannot be mixed; and an agent who is gone before the word
// has ended leaves nothing behind.
func TestAtOnceWhereItCannotBe(t *testing.T) {
	t.Run("no mixing", func(t *testing.T) {
		test(t, func(t *testing.T) {
			r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 6 * time.Second}}, "karim")
			r.s.Desk, r.s.Leg = seeing{r.desk}, plain{r.line}
			r.start()
			r.await("a bridge", r.bridged)
			time.Sleep(time.Second)
			if got := r.played(); !strings.HasSuffix(got, "Karim vous répond.") {
				t.Errorf("the caller heard %q", got)
			}
			r.agent.HangUp()
			r.over()
		})
	})
	t.Run("gone at once", func(t *testing.T) {
		test(t, func(t *testing.T) {
			r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 300 * time.Millisecond}}, "karim")
			r.s.Desk = seeing{r.desk}
			r.start()
			r.await("an answer", r.agentAnswered)
			time.Sleep(50 * time.Millisecond)
			r.agent.HangUp()
			r.over()
		})
	})
}
