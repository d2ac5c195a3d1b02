package call

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// swaps is the caller's line of an exchange that takes REFER with Replaces: it ends with r after takes, having given
// up 45 s after it was asked when it takes longer.
type swaps struct {
	*legtest.Line
	takes time.Duration
	r     leg.Referred
	asked *atomic.Pointer[leg.Referral]
}

func (x swaps) Refer(ctx context.Context, to leg.Referral) leg.Referred {
	x.asked.Store(&to)
	over, gaveUp := time.NewTimer(x.takes), time.NewTimer(45*time.Second)
	defer over.Stop()
	defer gaveUp.Stop()
	for {
		select {
		case <-ctx.Done():
			return leg.Referred{Outcome: "cancelled"}
		case <-gaveUp.C:
			to.Told(leg.ReferralNews{GaveUp: true})
		case <-over.C:
			return x.r
		}
	}
}

// sipPhone is an agent's line that has a dialog of SIP, and tells when its far end has hung up.
type sipPhone struct {
	*legtest.Line
	hungUp *atomic.Bool
}

func (l sipPhone) Why() error {
	if l.hungUp.Load() {
		return leg.ErrHungUp
	}
	return nil
}

func (sipPhone) Refer(context.Context, leg.Referral) leg.Referred { panic("nobody asks the agent") }

type sipPhones struct {
	leg.Dialer
	hungUp *atomic.Bool
}

func (d sipPhones) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	l, err := d.Dialer.Dial(ctx, to)
	if err != nil {
		return nil, err
	}
	return sipPhone{l.(*legtest.Line), d.hungUp}, nil
}

// attending gives out everybody for an attended transfer.
type attending struct{ *desk }

func (d attending) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	a, err := d.desk.Offer(ctx, r)
	a.Attended = true
	return a, err
}

// newAttended is a call whose agent, karim, takes the caller with a key at briefed, when the exchange is asked to
// connect them: that ends with r after takes. leave lets the agent hang up.
func newAttended(t *testing.T, takes time.Duration, r leg.Referred) (*handOffRig, *atomic.Pointer[leg.Referral], func()) {
	h := newScreening(t)
	asked := &atomic.Pointer[leg.Referral]{}
	h.s.Leg = swaps{h.line, takes, r, asked}
	hungUp, agent := &atomic.Bool{}, h.agent
	h.s.Desk, h.s.Dial = attending{h.desk}, sipPhones{h.dialer, hungUp}
	return h, asked, func() { hungUp.Store(true); agent.HangUp() }
}

// An agent who has taken the caller is connected with them by the caller's exchange: however that ends, and whoever
// leaves meanwhile, the caller is with somebody, each attempt has one outcome, and neither side meets silence.
func TestAttendedTransfer(t *testing.T) {
	done := leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}
	for name, c := range map[string]struct {
		takes  time.Duration
		r      leg.Referred
		caller time.Duration // hangs up so long after the agent's key
		agent  time.Duration // likewise
		says   string        // the caller, a second after it
		want   string
		whys   string
		joined time.Duration // by us, so long after the key; 0: not
		end    string
	}{
		"completed":                            {takes: 800 * time.Millisecond, r: done, want: "karim completed = completed", whys: "notify", end: "transferred by gateway"},
		"completed while the caller is told":   {takes: 20 * time.Millisecond, r: done, want: "karim completed = completed", whys: "notify", end: "transferred by gateway"},
		"known by both BYEs":                   {takes: 2 * time.Second, caller: 1900 * time.Millisecond, agent: 2500 * time.Millisecond, r: leg.Referred{Outcome: "completed", Proof: "bye_after_202"}, want: "karim completed = completed", whys: "bye_after_202", end: "transferred by caller"},
		"their BYE, told before the line ends": {takes: 1800 * time.Millisecond, caller: 1900 * time.Millisecond, agent: 2500 * time.Millisecond, r: leg.Referred{Outcome: "completed", Proof: "bye_after_202"}, want: "karim completed = completed", whys: "bye_after_202", end: "transferred by caller"},
		"both BYEs before the report":          {takes: 5900 * time.Millisecond, caller: 1900 * time.Millisecond, agent: 1800 * time.Millisecond, r: leg.Referred{Outcome: "unknown", Reason: "bye_before_last"}, want: "karim completed = completed", whys: "bye_of_agent", end: "transferred by caller"},
		"xfer_18_no_more_than_their_BYE":       {takes: 2 * time.Second, caller: 1900 * time.Millisecond, r: leg.Referred{Outcome: "completed", Proof: "bye_after_202"}, want: "karim caller_left = caller_left", end: "abandoned by caller"},
		"xfer_18_in_the_middle_of_reports":     {takes: 5900 * time.Millisecond, caller: 1900 * time.Millisecond, r: leg.Referred{Outcome: "unknown", Reason: "bye_before_last"}, want: "karim caller_left = caller_left", whys: "bye_before_last", end: "abandoned by caller"},
		"the agent's BYE comes first":          {takes: 2 * time.Second, agent: 1500 * time.Millisecond, r: done, want: "karim completed = completed", whys: "notify", end: "transferred by gateway"},
		"xfer_22_481":                          {takes: time.Second, r: leg.Referred{Outcome: "refused", Status: 481}, want: "karim refused, karim completed = completed", whys: ",", joined: time.Second, end: "transferred by bot"},
		"xfer_22_603":                          {takes: time.Second, r: leg.Referred{Outcome: "refused", Status: 603}, want: "karim refused, karim completed = completed", whys: ",", joined: time.Second, end: "transferred by bot"},
		"takes no REFER":                       {r: leg.Referred{Outcome: "refused", Reason: "no_refer"}, want: "karim refused, karim completed = completed", whys: "no_refer,", joined: 20 * time.Millisecond, end: "transferred by bot"},
		"nothing known":                        {takes: 3 * time.Second, r: leg.Referred{Outcome: "unknown", Reason: "no_sipfrag"}, want: "karim unknown, karim completed = completed", whys: "no_sipfrag,", joined: 3 * time.Second, end: "transferred by bot"},
		"xfer_21_never_arrives":                {takes: 49 * time.Second, r: leg.Referred{Outcome: "timeout", Status: 100, Reason: "no_final_notify"}, want: "karim completed, karim timeout = completed", whys: ",no_final_notify", joined: 45 * time.Second, end: "transferred by bot"},
		"xfer_21_late_after_all":               {takes: 47 * time.Second, r: done, want: "karim completed, karim completed = completed", whys: ",notify", joined: 45 * time.Second, end: "transferred by gateway"},
		"xfer_21_the_agent_is_done_before":     {takes: 49 * time.Second, agent: 46 * time.Second, r: done, want: "karim completed, karim timeout = completed", whys: ",", joined: 45 * time.Second, end: "transferred by bot"},
		"xfer_21_the_caller_leaves_then":       {takes: 47 * time.Second, caller: 46900 * time.Millisecond, r: leg.Referred{Outcome: "caller_left"}, want: "karim completed, karim caller_left = completed", whys: ",", joined: 45 * time.Second, end: "transferred by caller"},
		"xfer_18_the_caller_leaves":            {takes: 1100 * time.Millisecond, caller: time.Second, r: leg.Referred{Outcome: "caller_left"}, want: "karim caller_left = caller_left", end: "abandoned by caller"},
		"xfer_18_and_nothing_is_told":          {takes: time.Minute, caller: time.Second, want: "karim caller_left = caller_left", end: "abandoned by caller"},
		"xfer_19_the_agent_leaves":             {takes: 2 * time.Second, agent: time.Second, r: leg.Referred{Outcome: "refused", Status: 481}, want: "karim agent_left = agent_left", end: "callback by bot"},
		"xfer_19_and_nothing_is_told":          {takes: time.Minute, agent: time.Second, want: "karim agent_left = agent_left", end: "callback by bot"},
		"never mind":                           {takes: time.Minute, says: "laissez tomber", want: "karim cancelled = cancelled", end: "callback by bot"},
		"something else is said":               {takes: 4 * time.Second, says: "c’est long", r: done, want: "karim completed = completed", whys: "notify", end: "transferred by gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r, asked, leave := newAttended(t, c.takes, c.r)
				if c.says != "" {
					r.ears.Turns = []asrtest.Turn{words(c.says)}
				}
				agent := r.agent
				r.start()
				time.Sleep(briefed)
				key, told := r.line.Since(), agent.Since()
				agent.Press("1")
				if c.caller > 0 {
					time.AfterFunc(c.caller, r.line.HangUp)
				}
				if c.agent > 0 {
					time.AfterFunc(c.agent, leave)
				}
				if c.says != "" {
					time.AfterFunc(time.Second, func() { r.line.Say(800 * time.Millisecond) })
				}
				quietUntil := key + max(c.takes, time.Second)
				if c.joined > 0 {
					at := r.await("a bridge", r.bridged)
					if d := at - key - c.joined; d < 0 || d > 300*time.Millisecond {
						t.Errorf("joined %v after the key, want %v", at-key, c.joined)
					}
					if d := agent.LongestSilence(told, told+at-key); d > 2*time.Second {
						t.Errorf("the agent met %v of silence", d)
					}
					quietUntil = at
					if c.caller+c.agent == 0 && !strings.Contains(name, "late") {
						agent.Speak(sing(agentHz, 10*time.Second))
						r.line.Speak(sing(callerHz, 10*time.Second))
						time.Sleep(time.Second)
						isPlayed(t, "the caller", r.line, "agent")
						isPlayed(t, "karim", agent, "caller")
						time.Sleep(5 * time.Second)
						agent.HangUp()
					}
				}
				moved := strings.HasPrefix(c.end, "transferred by gateway") || strings.Contains(c.whys, "bye_after_202") || c.whys == "bye_of_agent"
				if moved { // the line of the agent is ended by their exchange, or by who makes lines
					r.agent = nil
				}
				e := r.over()
				if _, _, hungUp := agent.HungUp(); moved && hungUp {
					t.Error("the agent's line was hung up before their exchange had taken it over")
				}
				if got := r.outcomes(); got != c.want {
					t.Errorf("outcomes %q, want %q", got, c.want)
				}
				if got := e.Outcome + " by " + e.By; got != c.end {
					t.Errorf("ended %s, want %s", got, c.end)
				}
				var whys []string
				vias := 0
				for _, a := range all[event.TransferAttempt](r.notes) {
					whys = append(whys, a.Reason)
					if a.Via == agents.ViaAttended {
						vias++
					}
				}
				if got := strings.Join(whys, ","); got != c.whys || vias != 1 {
					t.Errorf("because of %q, want %q; %d attended", got, c.whys, vias)
				}
				if x := asked.Load(); x == nil || x.With.Info().ID != "karim" || x.To != "" || x.Headers["User-to-User"] == "" || len(x.Headers) != 1 {
					t.Errorf("asked for %+v", x)
				}
				if d := r.line.LongestSilence(0, min(quietUntil, last(r.line)+20*time.Millisecond)); d > 2*time.Second {
					t.Errorf("the caller met %v of silence", d)
				}
				if c.takes >= time.Second && !strings.Contains(r.played(), "Un instant, je vous mets en relation avec Karim.") {
					t.Errorf("the caller heard %q", r.played())
				}
				heard := r.voice.Words(agent.PCM(told))
				if c.takes >= 2*time.Second && !strings.Contains(heard, "Merci. Un instant, je vous passe l’appelant.") {
					t.Errorf("the agent heard %q", heard)
				}
				if left := strings.Contains(heard, "L’appelant a raccroché"); left != strings.HasPrefix(c.want, "karim caller_left") {
					t.Errorf("the agent was told that the caller has gone: %v", left)
				}
			})
		})
	}
}

// Who is to hear the call goes on hearing it, and a browser has no dialog to be replaced in: they are joined here,
// at once, and nobody is asked.
func TestAttendedTransferIsNotAskedFor(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, b *board){
		"supervised": func(t *testing.T, b *board) { b.listen("paule", person(0)) },
		"no telephone": func(t *testing.T, b *board) {
			b.s.Dial = b.dialer
		},
		"the caller's exchange takes none": func(t *testing.T, b *board) { b.s.Leg = b.line },
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r, asked, _ := newAttended(t, time.Second, leg.Referred{Outcome: "completed"})
				b := &board{handOffRig: r}
				b.s.Control = &b.k
				if name != "supervised" {
					change(t, b)
				}
				b.start()
				time.Sleep(time.Second)
				if name == "supervised" {
					change(t, b)
				}
				time.Sleep(briefed - time.Second)
				b.agent.Press("1")
				b.await("a bridge", b.bridged)
				b.agent.HangUp()
				b.over()
				if got := b.outcomes(); got != "karim completed = completed" || asked.Load() != nil {
					t.Errorf("outcomes %q, asked for %+v", got, asked.Load())
				}
			})
		})
	}
}

// Without screening the exchange is asked at the end of the briefing.
func TestAttendedTransferUnasked(t *testing.T) {
	test(t, func(t *testing.T) {
		r, asked, _ := newAttended(t, time.Second, leg.Referred{Outcome: "refused", Status: 481})
		r.s.Config.Screen = ScreenOff
		r.start()
		r.await("a bridge", r.bridged)
		if asked.Load() == nil || strings.Contains(r.played(), "vous répond") {
			t.Errorf("asked for %+v, the caller heard %q", asked.Load(), r.played())
		}
		r.agent.HangUp()
		r.over()
	})
}

var (
	_ leg.Referrer = swaps{}
	_ leg.Referrer = sipPhone{}
)

// A caller's telephone holds us while it tries, and takes us back seconds after it has failed: the agent with whom they
// are joined meets a tone until then, no silence, and the record says that the caller was away.
func TestAttendedTransferTheCallerIsStillHeld(t *testing.T) {
	test(t, func(t *testing.T) {
		r, _, _ := newAttended(t, time.Second, leg.Referred{Outcome: "refused", Status: 481})
		r.start()
		time.Sleep(briefed)
		r.agent.Press("1")
		time.Sleep(200 * time.Millisecond)
		r.line.Holds(true)
		joined := r.await("a bridge", r.bridged)
		time.Sleep(5 * time.Second)
		r.line.Holds(false)
		from := r.agent.Since() - (r.line.Since() - joined)
		if d := r.agent.LongestSilence(from, r.agent.Since()); d > 2*time.Second {
			t.Errorf("the agent met %v of silence", d)
		}
		r.line.Speak(sing(callerHz, 5*time.Second))
		time.Sleep(time.Second)
		isPlayed(t, "karim", r.agent, "caller")
		r.agent.HangUp()
		r.over()
		if away, back := all[event.CallerAway](r.notes), all[event.CallerBack](r.notes); len(away) != 1 || len(back) != 1 || back[0].AfterMS < 4900 || back[0].AfterMS > 5100 {
			t.Errorf("noted %+v, %+v", away, back)
		}
	})
}
