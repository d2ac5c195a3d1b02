package call

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// An agent presses the transfer key of their telephone: every way it can go, who has the caller in the end,
// what the record and the flow are told, and what the telephone is.
func TestTheAgentsTelephoneTransfers(t *testing.T) {
	const soon = time.Second
	for name, c := range map[string]struct {
		phone    legtest.Phone // theirs whom the telephone names
		addr     string        // "" is that phone
		replaces string
		act      func(t *testing.T, b *board, l *legtest.Line)
		held     time.Duration // on hold before, by the telephone
		told     string
		acts     string
		outcomes string
		flow     string
	}{
		"blind": {
			phone: legtest.Phone{Answers: soon},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				isPlayed(t, "the caller", b.line, "other")
				isPlayed(t, "who was called", l, "caller")
				if _, _, over := b.agent.HungUp(); !over {
					t.Error("karim is still on the line")
				}
				l.HangUp()
			},
			told: "[180 200]", acts: "karim transfer 204 telephone, karim transferred 204", outcomes: "karim completed, 204 completed = completed", flow: "completed",
		},
		"after both agents have spoken": {
			phone: legtest.Phone{Rings: -1, Answers: 100 * time.Millisecond}, replaces: "a@b;to-tag=1;from-tag=2", held: 5 * time.Second,
			act: func(t *testing.T, b *board, l *legtest.Line) {
				if got := b.dialer.Attempts()[1].Invite; got.Replaces == "" || got.Headers["Referred-By"] == "" {
					t.Errorf("dialled as %+v", got)
				}
				isPlayed(t, "the caller", b.line, "other")
				l.HangUp()
			},
			told: "[200]", acts: "karim hold  telephone, karim transfer 204 telephone, karim transferred 204", outcomes: "karim completed, 204 completed = completed", flow: "completed",
		},
		"blind, and hangs up at once": {
			phone: legtest.Phone{Answers: 5 * time.Second},
			act: func(t *testing.T, b *board, l *legtest.Line) {
				time.Sleep(5 * time.Second)
				isPlayed(t, "the caller", b.line, "other")
				l.HangUp()
			},
			told: "[180 200]", acts: "karim transfer 204 telephone, karim transferred 204", outcomes: "karim completed, 204 completed = completed", flow: "completed",
		},
		"busy": {
			phone: legtest.Phone{Answers: soon, Status: 486},
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				isPlayed(t, "karim", b.agent, "caller")
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			told: "[180 486]", acts: "karim transfer 204 telephone, karim not_moved 204 busy, karim resume", outcomes: "karim completed, 204 busy = completed", flow: "completed",
		},
		"busy, and the telephone hangs up at that": {
			phone: legtest.Phone{Answers: 4 * time.Second, Status: 486},
			act: func(_ *testing.T, b *board, _ *legtest.Line) {
				b.await("the end", func() bool { return strings.Contains(b.deeds(), "resume") })
				time.Sleep(200 * time.Millisecond)
				b.agent.HangUp()
			},
			told: "[180 486]", acts: "karim transfer 204 telephone, karim not_moved 204 busy, karim resume", outcomes: "karim completed, 204 busy = busy", flow: "busy",
		},
		"busy, and the telephone holds the caller": {
			phone: legtest.Phone{Answers: soon, Status: 486}, held: 3 * time.Second,
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				isPlayed(t, "karim", b.agent, "") // until they take the caller back
				b.agent.Holds(false)
				time.Sleep(100 * time.Millisecond)
				isPlayed(t, "karim", b.agent, "caller")
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			told: "[180 486]", acts: "karim hold  telephone, karim transfer 204 telephone, karim not_moved 204 busy, karim hold telephone, karim resume", outcomes: "karim completed, 204 busy = completed", flow: "completed",
		},
		"busy, and the agent has hung up": {
			phone: legtest.Phone{Answers: 6 * time.Second, Status: 486},
			act:   func(_ *testing.T, b *board, _ *legtest.Line) { b.agent.HangUp() },
			told:  "[180 486]", acts: "karim transfer 204 telephone, karim not_moved 204 busy", outcomes: "karim completed, 204 busy = busy", flow: "busy",
		},
		"nobody answers": {
			phone: legtest.Phone{Answers: -1},
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				b.await("the end", func() bool { return strings.Contains(b.deeds(), "resume") })
				time.Sleep(hangsUpWith)
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			told: "[180 408]", acts: "karim transfer 204 telephone, karim not_moved 204 no_answer, karim resume", outcomes: "karim completed, 204 no_answer = completed", flow: "completed",
		},
		"nobody is there": {
			addr: "tel:+33123456789",
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			told: "[480]", acts: "karim transfer +33123456789 telephone, karim not_moved +33123456789 unreachable, karim resume", outcomes: "karim completed, +33123456789 unreachable = completed", flow: "completed",
		},
		"the caller hangs up meanwhile": {
			phone: legtest.Phone{Answers: -1},
			act:   func(_ *testing.T, b *board, _ *legtest.Line) { b.line.HangUp() },
			told:  "[180 487]", acts: "karim transfer 204 telephone, karim not_moved 204 caller_left", outcomes: "karim completed, 204 caller_left = completed",
		},
		"taken back at the desk": {
			phone: legtest.Phone{Answers: -1},
			act: func(t *testing.T, b *board, _ *legtest.Line) {
				if again := b.agent.Refers("sip:lina", ""); fmt.Sprint(again.Told()) != "[]" {
					t.Errorf("a second one was told %v at once", again.Told())
				} else if time.Sleep(100 * time.Millisecond); fmt.Sprint(again.Told()) != "[603]" {
					t.Errorf("a second one was told %v", again.Told())
				}
				b.ok(b.k.TakeBack(t.Context(), "karim"))
				isPlayed(t, "the caller", b.line, "agent")
				b.agent.HangUp()
			},
			told: "[180 487]", acts: "karim transfer 204 telephone, karim not_moved 204 cancelled, karim resume", outcomes: "karim completed, 204 cancelled = completed", flow: "completed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			const to = "sip:204@pbx.test"
			phone := c.phone
			withKarim(t, map[string]*legtest.Phone{to: &phone}, func(t *testing.T, b *board) {
				l := legtest.New(leg.Info{ID: "lina"})
				l.Speak(sing(otherHz, time.Minute))
				if phone.Status == 0 {
					phone.Line = l
				}
				if c.held > 0 {
					b.agent.Holds(true)
					time.Sleep(c.held)
				}
				addr := to
				if c.addr != "" {
					addr = c.addr
				}
				from := b.line.Since()
				asked := b.agent.Refers(addr, c.replaces)
				if strings.HasSuffix(name, "at once") { // before anything else happens
					b.agent.HangUp()
				}
				time.Sleep(3500 * time.Millisecond)
				if d := b.line.LongestSilence(from, b.line.Since()); d > 2*time.Second {
					t.Errorf("the caller met %v of silence", d)
				}
				c.act(t, b, l)
				b.over()
				if got := fmt.Sprint(asked.Told()); got != c.told {
					t.Errorf("the telephone was told %s, want %s", got, c.told)
				}
				if got := strings.ReplaceAll(b.deeds(), "  ", " "); got != strings.ReplaceAll(c.acts, "  ", " ") {
					t.Errorf("noted %s\nwant  %s", got, c.acts)
				}
				if got := b.outcomes(); got != c.outcomes {
					t.Errorf("outcomes %s\nwant     %s", got, c.outcomes)
				}
				if c.flow != "" && !strings.HasSuffix(b.mind.kinds(), "returned "+c.flow) {
					t.Errorf("the flow was told %s", b.mind.kinds())
				}
				for i, a := range b.dialer.Attempts() {
					if h := a.Invite.Headers; i > 0 && (h["Call-Info"] != "" || h["User-to-User"] != "") {
						t.Errorf("who was called was sent %v", h)
					}
				}
			})
		})
	}
}

// Whom the telephone names may not be called: agent and caller go on; a telephone that hangs up at that leaves the
// caller to the flow, as one whom nobody took.
func TestTheAgentsTelephoneAsksForNobody(t *testing.T) {
	for leaves, flow := range map[time.Duration]string{time.Second: "refused", 3 * time.Second: "completed"} {
		t.Run(flow, func(t *testing.T) {
			withKarim(t, nil, func(t *testing.T, b *board) {
				b.agent.RefersInVain("tel:0899123456")
				isPlayed(t, "the caller", b.line, "agent")
				time.Sleep(leaves - 600*time.Millisecond)
				b.agent.HangUp()
				b.over()
				if got := b.deeds(); got != "karim transfer 0899123456 telephone, karim not_moved 0899123456 refused" {
					t.Errorf("noted %s", got)
				}
				if got := b.outcomes(); got != "karim completed = "+flow {
					t.Errorf("outcomes %s", got)
				}
				if !strings.HasSuffix(b.mind.kinds(), "returned "+flow) {
					t.Errorf("the flow was told %s", b.mind.kinds())
				}
			})
		})
	}
}

// Who does not have the caller passes nobody on: their telephone is told so.
func TestNobodyTransfersWhomTheyDoNotHave(t *testing.T) {
	test(t, func(t *testing.T) {
		b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}}, "karim")}
		b.s.Control = &b.k
		b.start()
		b.await("the briefing", func() bool { return len(b.agent.Played()) > 0 })
		asked := b.agent.Refers("sip:204@pbx.test", "")
		b.await("a bridge", b.bridged)
		if got := fmt.Sprint(asked.Told()); got != "[603]" {
			t.Errorf("told %s", got)
		}
		b.agent.HangUp()
		b.over()
		if n := len(all[event.AgentActed](b.notes)); n != 0 {
			t.Errorf("%d acts were noted", n)
		}
	})
}
