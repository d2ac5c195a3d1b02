package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// keeper is a desk whose agents are kept for a while when their line ends.
type keeper struct {
	*desk
	line chan time.Duration

	mu   sync.Mutex
	hold time.Duration
	lost time.Time
}

func (k *keeper) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	a, err := k.desk.Offer(ctx, r)
	a.Line, a.Keep = k.line, func() time.Duration {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.lost.IsZero() {
			k.lost = time.Now()
		}
		return max(0, k.hold-time.Since(k.lost))
	}
	return a, err
}

// meant says that the end of the line which comes now is meant.
func (k *keeper) meant() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.hold = 0
}

// redial lets an address that is dialled again behave otherwise: "sip:karim" the second time is the
// phone "sip:karim#2".
type redial struct {
	*legtest.Dialer
	phones map[string]*legtest.Phone

	mu    sync.Mutex
	times map[string]int
}

func (d *redial) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	d.mu.Lock()
	d.times[to.Addr]++
	if again := fmt.Sprintf("%s#%d", to.Addr, d.times[to.Addr]); d.phones[again] != nil {
		to.Addr = again
	}
	d.mu.Unlock()
	return d.Dialer.Dial(ctx, to)
}

// An agent's line or desk is lost while they talk: the caller is told at once and held, and speaks
// with the same agent again, with the team, or with the bot.
func TestTheAgentIsLost(t *testing.T) {
	const returns = "Un instant, votre conseiller revient."
	for name, c := range map[string]struct {
		again    []*legtest.Phone // karim's, when he is dialled again
		lose     func(r *handOffRig, k *keeper)
		after    func(r *handOffRig, k *keeper)
		team     []string
		outcomes string
		events   string // lost and back
		told     string
		end      string
	}{
		"they load their page again": {
			lose: func(r *handOffRig, k *keeper) { r.agent.HangUp() },
			after: func(r *handOffRig, k *keeper) {
				r.await("karim again", func() bool { return len(all[event.AgentBack](r.notes)) == 1 })
				time.Sleep(2 * time.Second)
				k.meant()
				r.attemptLine(1).HangUp()
			},
			outcomes: "karim completed, karim completed = completed", events: "lost line, back", told: "completed", end: "transferred",
		},
		"their line is opened on the third try": {
			again: []*legtest.Phone{{Rings: -1, Answers: 0, Status: 480}, {Rings: -1, Answers: 0, Status: 480}, {Answers: time.Second}},
			lose:  func(r *handOffRig, _ *keeper) { r.agent.HangUp() },
			after: func(r *handOffRig, k *keeper) {
				r.await("karim again", func() bool { return len(all[event.AgentBack](r.notes)) == 1 })
				k.meant()
				r.attemptLine(3).HangUp()
			},
			outcomes: "karim completed, karim completed = completed", events: "lost line, back", told: "completed", end: "transferred",
		},
		"the team takes over": {
			again: []*legtest.Phone{{Answers: -1}},
			team:  []string{"nadia"},
			lose:  func(r *handOffRig, _ *keeper) { r.agent.HangUp() },
			after: func(r *handOffRig, k *keeper) {
				r.await("nadia", func() bool { return len(all[event.Bridged](r.notes)) == 2 })
				k.meant()
				r.attemptLine(2).HangUp()
			},
			outcomes: "karim completed, karim agent_left, nadia completed = completed", events: "lost line", told: "completed", end: "transferred",
		},
		"nobody does: the bot": {
			again:    []*legtest.Phone{{Answers: -1}},
			lose:     func(r *handOffRig, _ *keeper) { r.agent.HangUp() },
			outcomes: "karim completed, karim agent_left = agent_left", events: "lost line", told: "agent_left", end: "callback",
		},
		"the desk is silent for a moment": {
			lose: func(r *handOffRig, k *keeper) {
				if err := r.s.Control.Mute(r.t.Context(), "karim", true); err != nil { // the page that comes back knows nothing of it
					r.t.Error(err)
				}
				k.line <- 20 * time.Second
			},
			after: func(r *handOffRig, k *keeper) {
				time.Sleep(7 * time.Second)
				k.line <- 0
				time.Sleep(time.Second)
				from := r.line.Since()
				r.agent.Say(time.Second)
				time.Sleep(time.Second)
				if !hears(r.line, from) {
					r.t.Error("the caller does not hear them again")
				}
				time.Sleep(2 * time.Second)
				k.meant()
				r.agent.HangUp()
			},
			outcomes: "karim completed = completed", events: "lost desk, back", told: "completed", end: "transferred",
		},
		"the desk stays silent, then their line ends too": {
			again: []*legtest.Phone{{Answers: -1}},
			lose: func(r *handOffRig, k *keeper) {
				k.line <- 20 * time.Second
				time.Sleep(5 * time.Second)
				k.mu.Lock()
				k.lost = time.Now().Add(-5 * time.Second)
				k.mu.Unlock()
				r.agent.HangUp()
			},
			outcomes: "karim completed, karim agent_left = agent_left", events: "lost desk", told: "agent_left", end: "callback",
		},
		"the caller leaves meanwhile": {
			again: []*legtest.Phone{{Answers: -1}},
			lose:  func(r *handOffRig, _ *keeper) { r.agent.HangUp() },
			after: func(r *handOffRig, _ *keeper) {
				time.Sleep(5 * time.Second)
				r.line.HangUp()
			},
			outcomes: "karim completed, karim caller_left = caller_left", events: "lost line", end: "transferred",
		},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{
					"sip:karim": {Rings: 100 * time.Millisecond, Answers: time.Second},
					"sip:nadia": {Rings: 100 * time.Millisecond, Answers: time.Second},
				}, append([]string{"karim"}, c.team...)...)
				r.agent, r.phones["sip:karim"].Line = nil, nil
				for i, p := range c.again {
					r.phones[fmt.Sprintf("sip:karim#%d", i+2)] = p
				}
				r.s.Dial = &redial{Dialer: r.dialer, phones: r.phones, times: map[string]int{}}
				k := &keeper{desk: r.desk, line: make(chan time.Duration), hold: 20 * time.Second}
				r.s.Desk, r.s.Control = k, &Control{}
				r.start()
				r.await("a bridge", r.bridged)
				time.Sleep(3 * time.Second)
				r.agent = r.attemptLine(0)
				lost := r.line.Since()
				c.lose(r, k)
				if c.after != nil {
					c.after(r, k)
				}
				e := r.over()
				if got := r.outcomes(); got != c.outcomes || e.Outcome != c.end {
					t.Errorf("outcomes %q, ended %q; want %q, %q", got, e.Outcome, c.outcomes, c.end)
				}
				var evs []string
				for _, b := range r.notes.bodies {
					switch v := b.(type) {
					case event.AgentLost:
						evs = append(evs, "lost "+v.Why)
					case event.AgentBack:
						evs = append(evs, "back")
					}
				}
				if got := strings.Join(evs, ", "); got != c.events {
					t.Errorf("noted %q, want %q", got, c.events)
				}
				if c.told != "" && !strings.HasSuffix(r.mind.kinds(), "returned "+c.told) {
					t.Errorf("the flow was told %q", r.mind.kinds())
				}
				if !strings.Contains(r.played(), returns) {
					t.Errorf("the caller was not told: %q", r.played())
				}
				if first, ok := r.line.FirstSound(lost); !ok || first-lost > 500*time.Millisecond {
					t.Errorf("held after %v", first-lost)
				}
			})
		})
	}
}

// attemptLine is the line that attempt i was answered with.
func (r *handOffRig) attemptLine(i int) *legtest.Line {
	r.t.Helper()
	r.await("an answer", func() bool { return len(r.dialer.Attempts()) > i && r.dialer.Attempts()[i].Line != nil })
	return r.dialer.Attempts()[i].Line
}

// showing notes what passes too.
type showing struct {
	*notes
	mu    sync.Mutex
	shown []event.Partial
}

func (s *showing) Show(b event.Body) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, b.(event.Partial))
}

// Words are shown while they are said, of both sides, and taken back when they are over; of a
// hotline that asks for something sensitive, no numbers.
func TestPartialsAreShown(t *testing.T) {
	for name, c := range map[string]struct {
		sensitive bool
		turn      asrtest.Turn
		want      string
	}{
		"words":               {false, asrtest.Turn{Partials: []asrtest.Partial{{After: 300 * time.Millisecond, Text: "où"}, {After: 600 * time.Millisecond, Text: "où est mon"}}, Text: "où est mon colis"}, "où|où est mon|"},
		"numbers":             {false, asrtest.Turn{Partials: []asrtest.Partial{{After: 300 * time.Millisecond, Text: "quatre"}, {After: 600 * time.Millisecond, Text: "quatre cinq"}}, Text: "quatre cinq six"}, "quatre|quatre cinq|"},
		"a sensitive hotline": {true, asrtest.Turn{Partials: []asrtest.Partial{{After: 300 * time.Millisecond, Text: "quatre"}, {After: 600 * time.Millisecond, Text: "quatre cinq"}}, Text: "quatre cinq six sept"}, "quatre|"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newRig(t, hello, c.turn)
				to := &showing{notes: r.notes}
				r.s.Record, r.s.Bot.Sensitive = to, c.sensitive
				r.start()
				r.spoken()
				r.says(1500 * time.Millisecond)
				time.Sleep(2 * time.Second)
				r.line.HangUp()
				r.over()
				var got []string
				for _, p := range to.shown {
					got = append(got, p.Text)
				}
				text := strings.Join(got, "|")
				if i := strings.Index(text, c.turn.Text); i >= 0 { // the engine's final words, just before they count
					text = text[:i]
				}
				if text != c.want {
					t.Errorf("shown %q, want %q", text, c.want)
				}
			})
		})
	}
}

// cut is an agent's telephone whose line ends for a reason.
type cut struct {
	*legtest.Line
	why      error
	expected *atomic.Int64 // what it was told by Expect
}

func (c cut) Why() error { return c.why } // asked once it has ended

func (c cut) Expect(within time.Duration) { c.expected.Store(int64(within)) }

// dialsCut gives out lines that end so.
type dialsCut struct {
	leg.Dialer
	why      error
	expected *atomic.Int64
}

func (d dialsCut) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	l, err := d.Dialer.Dial(ctx, to)
	if err != nil {
		return nil, err
	}
	return cut{l.(*legtest.Line), d.why, d.expected}, nil
}

// Who hangs up is done; whose telephone line breaks leaves a caller who is not: the next agent has them.
func TestTheLineOfATelephoneBreaks(t *testing.T) {
	for name, c := range map[string]struct {
		why  error
		want string
	}{
		"hung_up":   {leg.ErrHungUp, "karim completed = completed"},
		"no_packet": {leg.ErrMediaTimeout, "karim completed, nadia completed = completed"},
		"expired":   {errors.New("sip: session timer"), "karim completed, nadia completed = completed"},
	} {
		t.Run("xfer_37_"+name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}, "sip:nadia": {Answers: 4 * time.Second}}, "karim", "nadia")
				var expected atomic.Int64
				r.s.Dial = dialsCut{r.dialer, c.why, &expected}
				r.start()
				time.Sleep(2 * time.Second)
				if d := expected.Load(); d != 0 || r.bridged() {
					t.Errorf("%v expected before they speak (they do: %v)", time.Duration(d), r.bridged())
				}
				r.await("a bridge", r.bridged)
				if d := time.Duration(expected.Load()); d != r.s.Config.LineLost || d != 10*time.Second {
					t.Errorf("a packet is expected within %v", d)
				}
				time.Sleep(2 * time.Second)
				from := r.line.Since()
				r.agent.HangUp()
				if c.why != leg.ErrHungUp {
					joined := r.await("the next agent", func() bool { return len(all[event.Bridged](r.notes)) == 2 })
					if d := r.line.LongestSilence(from, joined); d > 2*time.Second {
						t.Errorf("the caller met %v of silence", d)
					}
					if !strings.Contains(r.played(), "a été coupée") {
						t.Errorf("the caller heard %q", r.played())
					}
					time.Sleep(time.Second)
					r.line.HangUp()
				}
				r.over()
				if got := r.outcomes(); got != c.want {
					t.Errorf("outcomes %q, want %q", got, c.want)
				}
			})
		})
	}
}
