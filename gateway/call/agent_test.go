package call

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// byName is a desk of which agents may be asked for by name.
type byName struct {
	seeing
	busy map[string]bool
}

func (d byName) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	switch {
	case r.Agent != "" && !slices.Contains(d.agents, r.Agent):
		return agents.Assignment{}, agents.ErrNobody
	case d.busy[r.Agent]:
		return agents.Assignment{}, agents.ErrBusy
	case r.Agent != "":
		for _, a := range d.agents {
			if a != r.Agent {
				r.Tried = append(r.Tried, a)
			}
		}
	}
	return d.seeing.Offer(ctx, r)
}

// withKarim runs f with a call in which karim, who hums, speaks with the caller; lina and omar may be
// rung as phones says.
func withKarim(t *testing.T, phones map[string]*legtest.Phone, f func(t *testing.T, b *board)) {
	t.Helper()
	test(t, func(t *testing.T) {
		if phones == nil {
			phones = map[string]*legtest.Phone{}
		}
		phones["sip:karim"] = &legtest.Phone{Answers: time.Second}
		b := &board{handOffRig: newHandOff(t, phones, "karim", "lina", "omar")}
		b.s.Mouth, b.s.Control, b.s.Desk = hummer{}, &b.k, byName{seeing{b.desk}, map[string]bool{"omar": phones["sip:omar"] == nil}}
		b.start()
		b.agent.Speak(sing(agentHz, time.Minute))
		b.line.Speak(sing(callerHz, time.Minute))
		b.await("a bridge", b.bridged)
		time.Sleep(2 * time.Second)
		f(t, b)
		if t.Failed() {
			t.Log(b.notes)
		}
	})
}

// isPlayed fails unless l is played what want says.
func isPlayed(t *testing.T, who string, l *legtest.Line, want string) {
	t.Helper()
	if got := heard(l); got != want {
		t.Errorf("%s hears %q, want %q", who, got, want)
	}
}

// deeds lists what agents did: "karim hold, karim resume".
func (b *board) deeds() string {
	var out []string
	for _, a := range all[event.AgentActed](b.notes) {
		out = append(out, strings.TrimSpace(a.Agent+" "+a.Act+" "+a.To+" "+a.Why))
	}
	return strings.Join(out, ", ")
}

func (b *board) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// refused fails unless err is a refusal with that code.
func (b *board) refused(err error, code string) {
	b.t.Helper()
	if !isNotNow(err, code) {
		b.t.Errorf("answered %v, want %s", err, code)
	}
}

func TestHoldAndResume(t *testing.T) {
	withKarim(t, nil, func(t *testing.T, b *board) {
		ctx := t.Context()
		b.refused(b.k.Hold(ctx, "lina"), WhyNotYours)
		b.refused(b.k.Resume(ctx, "karim"), WhyNotHeld)
		b.ok(b.k.Hold(ctx, "karim"))
		b.refused(b.k.Hold(ctx, "karim"), WhyHeld)
		b.refused(b.k.Press(ctx, "karim", "1"), WhyHeld)
		time.Sleep(4 * time.Second) // our sentence
		isPlayed(t, "karim", b.agent, "")
		if got := heard(b.line); strings.Contains(got, "agent") || !loud(b.line.PCM(b.line.Since()-10*time.Second)) {
			t.Errorf("the caller hears %q, or no tone of waiting", got)
		}
		if st, err := b.k.State(ctx); err != nil || st.Impossible[event.ActWhisper] != WhyHeld {
			t.Errorf("%+v %v", st, err)
		}
		b.ok(b.k.Resume(ctx, "karim"))
		isPlayed(t, "karim", b.agent, "caller")
		isPlayed(t, "the caller", b.line, "agent")
		b.ok(b.k.Hold(ctx, "karim"))
		b.agent.HangUp()
		b.over()
		if got := b.deeds(); got != "karim hold, karim resume, karim hold" {
			t.Errorf("noted %s", got)
		}
		if e := all[event.TransferEnded](b.notes)[0]; e.HeldMS < 4000 || e.TalkedMS < 3000 || e.Outcome != "completed" {
			t.Errorf("%+v", e)
		}
		b.refused2(b.k.Hold(ctx, "karim"), ErrOver)
	})
}

func (b *board) refused2(err, want error) {
	b.t.Helper()
	if err != want { //nolint:errorlint // the very one
		b.t.Errorf("answered %v, want %v", err, want)
	}
}

func TestMuteAtTheGateway(t *testing.T) {
	withKarim(t, nil, func(t *testing.T, b *board) {
		for range 2 { // twice is once
			b.ok(b.k.Mute(t.Context(), "karim", true))
		}
		isPlayed(t, "the caller", b.line, "")
		isPlayed(t, "karim", b.agent, "caller")
		b.ok(b.k.Mute(t.Context(), "karim", false))
		isPlayed(t, "the caller", b.line, "agent")
		b.agent.HangUp()
		b.over()
		if got := b.deeds(); got != "karim mute, karim unmute" {
			t.Errorf("noted %s", got)
		}
	})
}

func TestKeysOfTheAgent(t *testing.T) {
	withKarim(t, nil, func(t *testing.T, b *board) {
		for _, bad := range []string{"", "12x", "a", strings.Repeat("1", mostKeys+1), "1,2"} {
			b.refused(b.k.Press(t.Context(), "karim", bad), WhyBadKeys)
		}
		both := make(chan error, 1)
		go func() { both <- b.k.Press(t.Context(), "karim", "34#") }()
		b.ok(b.k.Press(t.Context(), "karim", "12"))
		b.ok(<-both)
		b.agent.Press("7") // on the telephone itself
		time.Sleep(time.Second)
		if got := b.line.Pressed(); len(got) != 6 || !strings.Contains(got, "12") || !strings.Contains(got, "34#") || !strings.HasSuffix(got, "7") {
			t.Errorf("the caller's line was sent %q", got)
		}
		isPlayed(t, "the caller", b.line, "agent")
		b.agent.HangUp()
		b.over()
		if strings.Contains(fmt.Sprint(all[event.AgentActed](b.notes)), "34#") {
			t.Error("the keys are in the record")
		}
	})
}

// keyless is a line on which no keys can be sent.
type keyless struct{ leg.Leg }

func TestKeysWhereThereAreNone(t *testing.T) {
	test(t, func(t *testing.T) {
		b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}}, "karim")}
		b.s.Control, b.s.Leg = &b.k, keyless{b.line}
		b.start()
		b.await("a bridge", b.bridged)
		b.refused(b.k.Press(t.Context(), "karim", "1"), WhyNoKeys)
		b.agent.HangUp()
		b.over()
	})
}

// Every way of a transfer: who has the caller in the end, what the record says, and who was told what.
func TestTransferOnward(t *testing.T) {
	const soon = time.Second
	lina := func() *legtest.Line {
		l := legtest.New(leg.Info{ID: "lina"})
		l.Speak(sing(otherHz, time.Minute))
		return l
	}
	for name, c := range map[string]struct {
		phone    *legtest.Phone // lina's
		omar     *legtest.Phone
		to       Onward
		act      func(t *testing.T, b *board, l *legtest.Line)
		acts     string
		outcomes string
		told     string // to the flow
	}{
		"blind": {
			phone: &legtest.Phone{Answers: soon}, to: Onward{Agent: "lina", Why: "demande un renvoi"},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				isPlayed(t, "the caller", b.line, "other")
				isPlayed(t, "lina", l, "caller")
				if _, _, over := b.agent.HungUp(); !over {
					t.Error("karim is still on the line")
				}
				l.HangUp()
			},
			acts: "karim transfer lina, karim transferred lina", outcomes: "karim completed, lina completed = completed", told: "completed",
		},
		"warm": {
			phone: &legtest.Phone{Answers: soon}, to: Onward{Agent: "lina", Warm: true},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				isPlayed(t, "karim", b.agent, "other")
				isPlayed(t, "lina", l, "agent")
				if got := heard(b.line); strings.Contains(got, "agent") || strings.Contains(got, "other") {
					t.Errorf("the caller hears %q of what the two say", got)
				}
				b.ok(b.k.Press(t.Context(), "karim", "5"))
				if l.Pressed() != "5" || b.line.Pressed() != "" {
					t.Error("the key did not go to lina")
				}
				isPlayed(t, "lina", l, "agent")
				b.refused(b.k.Hold(t.Context(), "karim"), WhyOnward)
				b.refused(b.k.Complete(t.Context(), "lina"), WhyNotYours)
				b.ok(b.k.Complete(t.Context(), "karim"))
				time.Sleep(3 * time.Second)
				isPlayed(t, "the caller", b.line, "other")
				isPlayed(t, "lina", l, "caller")
				b.refused(b.k.Complete(t.Context(), "karim"), WhyNotYours)
				l.HangUp()
			},
			acts:     "karim transfer lina, karim consult lina, karim keys, karim transferred lina",
			outcomes: "karim completed, lina completed = completed", told: "completed",
		},
		"warm, and hangs up": {
			phone: &legtest.Phone{Answers: soon}, to: Onward{Skills: []string{"litige"}, Warm: true},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				b.agent.HangUp()
				time.Sleep(3 * time.Second)
				isPlayed(t, "the caller", b.line, "other")
				l.HangUp()
			},
			acts:     "karim transfer litige, karim consult lina, karim transferred lina",
			outcomes: "karim completed, lina completed = completed", told: "completed",
		},
		"xfer_27_completed_while_it_rings": {
			phone: &legtest.Phone{Answers: 5 * time.Second}, to: Onward{Agent: "lina", Warm: true},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				b.ok(b.k.Complete(t.Context(), "karim"))
				b.refused(b.k.Complete(t.Context(), "karim"), WhyStillRings) // ordered already
				isPlayed(t, "the caller", b.line, "")                        // the soft tone goes on
				if _, _, over := b.agent.HungUp(); over {
					t.Error("karim was let go before anybody had answered")
				}
				time.Sleep(8 * time.Second) // the answer, and the briefing
				isPlayed(t, "the caller", b.line, "other")
				if n := len(b.dialer.Attempts()); n != 2 {
					t.Errorf("%d phones were rung, want karim's and lina's once", n)
				}
				l.HangUp()
			},
			acts: "karim transfer lina, karim transferred lina", outcomes: "karim completed, lina completed = completed", told: "completed",
		},
		"warm, and takes them back": {
			phone: &legtest.Phone{Answers: soon}, to: Onward{Agent: "lina", Warm: true},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				b.ok(b.k.TakeBack(t.Context(), "karim"))
				b.refused(b.k.TakeBack(t.Context(), "karim"), WhyNoOnward)
				isPlayed(t, "karim", b.agent, "caller")
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			acts:     "karim transfer lina, karim consult lina, karim not_moved lina cancelled, karim resume",
			outcomes: "karim completed, lina cancelled = completed", told: "completed",
		},
		"warm, and the colleague leaves": {
			phone: &legtest.Phone{Answers: soon}, to: Onward{Agent: "lina", Warm: true},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				l.HangUp()
				time.Sleep(100 * time.Millisecond)
				isPlayed(t, "karim", b.agent, "caller")
				b.agent.HangUp()
			},
			acts:     "karim transfer lina, karim consult lina, karim not_moved lina agent_left, karim resume",
			outcomes: "karim completed, lina agent_left = completed", told: "completed",
		},
		"refused": {
			phone: &legtest.Phone{Answers: soon, Status: 603}, to: Onward{Agent: "lina"},
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				isPlayed(t, "karim", b.agent, "caller")
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			acts:     "karim transfer lina, karim not_moved lina refused, karim resume",
			outcomes: "karim completed, lina refused = completed", told: "completed",
		},
		"refused, and the first has gone": {
			phone: &legtest.Phone{Answers: 5 * time.Second, Status: 486}, to: Onward{Agent: "lina"},
			act:  func(_ *testing.T, b *board, _ *legtest.Line) { b.agent.HangUp() },
			acts: "karim transfer lina, karim not_moved lina busy", outcomes: "karim completed, lina busy = busy", told: "busy",
		},
		"skills, the second takes it": {
			phone: &legtest.Phone{Answers: 0, Status: 486}, omar: &legtest.Phone{Answers: soon / 2}, to: Onward{Skills: []string{"litige", "fr"}},
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				isPlayed(t, "the caller", b.line, "")
				b.attemptLine(2).HangUp()
			},
			acts: "karim transfer litige, fr, karim transferred omar", outcomes: "karim completed, lina busy, omar completed = completed", told: "completed",
		},
		"a number": {
			phone: &legtest.Phone{Answers: soon}, to: Onward{Number: "+33123456789", Addr: "sip:lina"},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				time.Sleep(5 * time.Second) // the briefing
				isPlayed(t, "the caller", b.line, "other")
				l.HangUp()
			},
			acts: "karim transfer +33123456789, karim transferred +33123456789", outcomes: "karim completed, +33123456789 completed = completed", told: "completed",
		},
		"the caller leaves meanwhile": {
			phone: &legtest.Phone{Answers: -1}, to: Onward{Agent: "lina"},
			act:  func(_ *testing.T, b *board, _ *legtest.Line) { b.line.HangUp() },
			acts: "karim transfer lina, karim not_moved lina caller_left", outcomes: "karim completed, lina caller_left = completed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := (*legtest.Line)(nil)
			phones := map[string]*legtest.Phone{"sip:lina": c.phone}
			if c.omar != nil {
				phones["sip:omar"] = c.omar
			}
			withKarim(t, phones, func(t *testing.T, b *board) {
				if c.phone.Status == 0 {
					l = lina()
					c.phone.Line = l
				}
				b.ok(b.k.Transfer(t.Context(), "karim", c.to))
				b.refused(b.k.Transfer(t.Context(), "karim", c.to), WhyOnward)
				time.Sleep(3*time.Second + 500*time.Millisecond)
				c.act(t, b, l)
				b.over()
				if got := b.deeds(); got != c.acts {
					t.Errorf("noted %s\nwant  %s", got, c.acts)
				}
				if got := b.outcomes(); got != c.outcomes {
					t.Errorf("outcomes %s\nwant     %s", got, c.outcomes)
				}
				if c.told != "" && !strings.HasSuffix(b.mind.kinds(), "returned "+c.told) {
					t.Errorf("the flow was told %s", b.mind.kinds())
				}
			})
		})
	}
}

func TestTransfersThatCannotBe(t *testing.T) {
	withKarim(t, map[string]*legtest.Phone{"sip:lina": {Answers: -1}}, func(t *testing.T, b *board) {
		ctx := t.Context()
		b.refused(b.k.Transfer(ctx, "lina", Onward{Agent: "omar"}), WhyNotYours)
		b.refused(b.k.Transfer(ctx, "karim", Onward{Agent: "karim"}), WhySelf)
		b.refused(b.k.Transfer(ctx, "karim", Onward{Agent: "personne"}), WhyNobody)
		b.refused(b.k.Transfer(ctx, "karim", Onward{Agent: "omar"}), WhyBusy)
		b.refused(b.k.Complete(ctx, "karim"), WhyNoOnward)
		b.refused(b.k.TakeBack(ctx, "karim"), WhyNoOnward)
		isPlayed(t, "the caller", b.line, "agent")
		b.ok(b.k.Transfer(ctx, "karim", Onward{Agent: "lina", Warm: true}))
		b.ok(b.k.Complete(ctx, "karim"))
		b.refused(b.k.Complete(ctx, "karim"), WhyStillRings)
		b.agent.HangUp() // nobody answers: the bot
		b.await("the end of the ringing", func() bool { return strings.Contains(b.deeds(), "not_moved lina no_answer") })
		b.over()
		if got := b.outcomes(); got != "karim completed, lina no_answer = no_answer" {
			t.Error(got)
		}
		b.refused2(b.k.Transfer(ctx, "karim", Onward{Agent: "lina"}), ErrOver)
	})
}

// An agent whose line is lost while they pass the caller on is waited for: the transfer is given up.
func TestTheAgentIsLostWhileTheyTransfer(t *testing.T) {
	test(t, func(t *testing.T) {
		b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}, "sip:lina": {Answers: -1}}, "karim", "lina")}
		k := &keeper{desk: b.desk, line: make(chan time.Duration), hold: 20 * time.Second}
		b.phones["sip:karim"].Line, b.agent = nil, nil
		b.s.Control, b.s.Desk = &b.k, k
		b.start()
		b.await("a bridge", b.bridged)
		b.ok(b.k.Transfer(t.Context(), "karim", Onward{Skills: []string{"litige"}}))
		time.Sleep(500 * time.Millisecond)
		b.attemptLine(0).HangUp()
		b.await("karim again", func() bool { return len(all[event.AgentBack](b.notes)) == 1 })
		b.ok(b.k.Mute(t.Context(), "karim", true))
		k.meant()
		b.attemptLine(2).HangUp()
		b.over()
		if got := b.deeds(); got != "karim transfer litige, karim not_moved litige cancelled, karim resume  lost, karim mute" {
			t.Error(got)
		}
	})
}

func TestTheAgentGivesTheCallerBack(t *testing.T) {
	withKarim(t, nil, func(t *testing.T, b *board) {
		b.mind.answers["resume"] = listen("vous aviez une autre question")
		b.refused(b.k.GiveBack(t.Context(), "lina", "", "", nil), WhyNotYours)
		b.ok(b.k.Hold(t.Context(), "karim"))
		b.ok(b.k.GiveBack(t.Context(), "karim", "a ouvert l’enquête", "suivi/numero", map[string]string{"numero": "45"}))
		b.refused(b.k.GiveBack(t.Context(), "karim", "", "", nil), WhyNotYours)
		time.Sleep(5 * time.Second)
		if _, _, over := b.agent.HungUp(); !over {
			t.Error("karim is still on the line")
		}
		p := all[event.Prompted](b.notes)
		if n := len(p); n < 2 || p[n-2].Text != "Karim a ouvert l’enquête, et vous repasse l’assistant automatique." || p[n-1].Text != "vous aviez une autre question" {
			t.Errorf("said %+v", p)
		}
		if got := b.deeds(); got != "karim hold, karim hand_back  suivi/numero" {
			t.Error(got)
		}
		b.line.HangUp()
		b.over()
	})
}

func TestGivingBackThatTheFlowRefuses(t *testing.T) {
	withKarim(t, nil, func(t *testing.T, b *board) {
		b.mind.fails = func(in flows.Input) error {
			if in.Kind == flows.Resume {
				return &flows.ResumeError{Detail: "step: this bot has no such step"}
			}
			return nil
		}
		if err := b.k.GiveBack(t.Context(), "karim", "", "x/y", nil); err == nil {
			t.Error("a step that is not there was taken")
		}
		isPlayed(t, "the caller", b.line, "agent")
		b.agent.HangUp()
		b.over()
	})
}
