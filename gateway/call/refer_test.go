package call

import (
	"context"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
)

// exchange is the caller's line of an exchange that takes REFER: it ends each with r after takes, or as
// soon as the line ends where byBye says so.
type exchange struct {
	*legtest.Line
	takes time.Duration
	r     leg.Referred
	asked *[]string
}

func (x exchange) Refer(ctx context.Context, to leg.Referral) leg.Referred {
	*x.asked = append(*x.asked, to.To)
	t := time.NewTimer(x.takes)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return leg.Referred{Outcome: "cancelled"}
	case <-t.C:
	}
	if x.r.Outcome == "timeout" && to.Told != nil {
		to.Told(leg.ReferralNews{GaveUp: true})
		time.Sleep(4 * time.Second)
	}
	return x.r
}

// The caller's exchange rings the agent in our place: each way it can end, and the caller is not lost.
func TestTheCallersExchangeRings(t *testing.T) {
	for name, c := range map[string]struct {
		r     leg.Referred
		takes time.Duration
		leave time.Duration // the caller's line ends
		says  string
		want  string
		why   string
		end   string
	}{
		"put through":              {r: leg.Referred{Outcome: "completed", Status: 200, Proof: "notify"}, takes: 4 * time.Second, want: "pbx completed = completed", why: "notify", end: "transferred by gateway"},
		"put through, by its BYE":  {r: leg.Referred{Outcome: "completed", Proof: "bye_after_202"}, takes: 4100 * time.Millisecond, leave: 4 * time.Second, want: "pbx completed = completed", why: "bye_after_202", end: "transferred by caller"},
		"busy, then the next":      {r: leg.Referred{Outcome: "busy", Status: 486}, takes: 4 * time.Second, want: "pbx busy, karim completed = completed", end: "transferred by bot"},
		"takes no REFER: we ring":  {r: leg.Referred{Outcome: "refused", Status: 405, Reason: "no_refer"}, takes: 300 * time.Millisecond, want: "pbx refused, pbx completed = completed", why: "no_refer", end: "transferred by bot"},
		"the caller hangs up":      {r: leg.Referred{Outcome: "caller_left"}, takes: 4100 * time.Millisecond, leave: 4 * time.Second, want: "pbx caller_left = caller_left", end: "abandoned by caller"},
		"hangs up, nothing told":   {r: leg.Referred{Outcome: "timeout"}, takes: time.Minute, leave: 4 * time.Second, want: "pbx caller_left = caller_left", end: "abandoned by caller"},
		"no outcome, then next":    {r: leg.Referred{Outcome: "timeout", Reason: "no_notify"}, takes: 10 * time.Second, want: "pbx timeout, karim completed = completed", why: "no_notify", end: "transferred by bot"},
		"never mind":               {r: leg.Referred{Outcome: "busy"}, takes: time.Minute, says: "laissez tomber", want: "pbx cancelled = cancelled", end: "callback by bot"},
		"nothing known, then next": {r: leg.Referred{Outcome: "unknown", Reason: "no_sipfrag"}, takes: 4 * time.Second, want: "pbx unknown, karim completed = completed", why: "no_sipfrag", end: "transferred by bot"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")
				var asked []string
				r.s.Leg = exchange{Line: r.line, takes: c.takes, r: c.r, asked: &asked}
				r.s.Desk = referFirst{r.desk}
				if c.says != "" {
					r.ears.Turns = []asrtest.Turn{words(c.says)}
				}
				r.start()
				switch {
				case c.leave > 0:
					time.Sleep(c.leave)
					r.line.HangUp()
				case c.says != "":
					time.Sleep(4 * time.Second)
					r.says(time.Second)
				case strings.HasSuffix(c.want, ", karim completed = completed"), strings.Contains(c.want, "pbx completed = completed") && c.why == "no_refer":
					joined := r.await("a bridge", r.bridged)
					if d := r.line.LongestSilence(0, joined); d > 2*time.Second {
						t.Errorf("the caller met %v of silence", d)
					}
					r.agent.HangUp()
				}
				e := r.over()
				if got := r.outcomes(); got != c.want {
					t.Errorf("outcomes %q, want %q", got, c.want)
				}
				if got := e.Outcome + " by " + e.By; got != c.end {
					t.Errorf("ended %s, want %s", got, c.end)
				}
				if a := all[event.TransferAttempt](r.notes)[0]; a.Reason != c.why {
					t.Errorf("because of %q, want %q", a.Reason, c.why)
				}
				if told := strings.Contains(r.played(), "Ça ne répond pas"); told != (c.why == "no_notify") {
					t.Errorf("told that nobody answers: %v", told)
				}
				if len(asked) != 1 || asked[0] != "sip:karim" {
					t.Errorf("asked for %v", asked)
				}
				if strings.HasSuffix(c.want, "= completed") && all[event.TransferEnded](r.notes)[0].Agent == "" {
					t.Error("the record does not say with whom the caller is")
				}
			})
		})
	}
}

// referFirst gives out one agent behind the caller's exchange before anybody else.
type referFirst struct{ *desk }

func (d referFirst) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	if len(r.Tried) == 0 {
		return agents.Assignment{Agent: "pbx", Addr: "sip:karim", Refer: true}, nil
	}
	return d.desk.Offer(ctx, r)
}

var _ leg.Referrer = exchange{}
