package call

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/tone"
)

// briefed is how long after the start the test's agent has heard the briefing, and the question.
const (
	picksUp = 3 * time.Second
	briefed = picksUp + 2*time.Second
)

func newScreening(t *testing.T, turns ...string) *handOffRig {
	r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: picksUp}}, "karim")
	r.s.Config.Screen = ScreenAsk
	for _, w := range turns {
		r.ears.Turns = append(r.ears.Turns, words(w))
	}
	return r
}

// An agent on a plain telephone takes the caller with a key or a word, and refuses them with another.
func TestScreening(t *testing.T) {
	for name, c := range map[string]struct {
		key, says string
		at        time.Duration
		want, why string
		thanked   bool
	}{
		"a key":                    {key: "1", at: briefed, want: "karim completed = completed"},
		"a key in the briefing":    {key: "1", at: picksUp + 300*time.Millisecond, want: "karim completed = completed"},
		"a key that refuses":       {key: "2", at: briefed, want: "karim refused = refused", why: whyScreening, thanked: true},
		"refused in the briefing":  {key: "2", at: picksUp + 300*time.Millisecond, want: "karim refused = refused", why: whyScreening, thanked: true},
		"another key":              {key: "7", at: briefed, want: "karim no_answer = no_answer", why: whyScreening},
		"oui":                      {says: "oui", at: briefed, want: "karim completed = completed"},
		"in their own words":       {says: "je prends", at: briefed, want: "karim completed = completed"},
		"non":                      {says: "non merci", at: briefed, want: "karim refused = refused", why: whyScreening, thanked: true},
		"said before the question": {says: "oui allô", at: picksUp + 100*time.Millisecond, want: "karim no_answer = no_answer", why: whyScreening},
		"something else":           {says: "qui est à l’appareil", at: briefed, want: "karim no_answer = no_answer", why: whyScreening},
		"nothing":                  {want: "karim no_answer = no_answer", why: whyScreening},
		"an answering machine":     {says: "vous êtes bien sur la messagerie", at: briefed, want: "karim no_answer = no_answer", why: whyMachine},
		"a machine that says yes":  {says: "oui bonjour vous pouvez nous joindre tous les jours de neuf heures", at: briefed, want: "karim no_answer = no_answer", why: whyScreening},
	} {
		t.Run("xfer_28_"+name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newScreening(t, c.says)
				r.start()
				time.Sleep(c.at)
				acted := r.line.Since()
				switch {
				case c.key != "":
					r.agent.Press(c.key)
				case c.says != "":
					r.agent.Say(800 * time.Millisecond)
				}
				if strings.Contains(c.want, "completed") {
					joined := r.await("a bridge", r.bridged)
					if most := 600 * time.Millisecond; c.key != "" && joined-acted > most {
						t.Errorf("joined %v after the key", joined-acted)
					}
					if d := r.line.LongestSilence(0, joined); d > 2*time.Second {
						t.Errorf("the caller met %v of silence", d)
					}
					time.Sleep(time.Second)
					r.agent.HangUp()
				}
				r.over()
				if got := r.outcomes(); got != c.want {
					t.Errorf("outcomes %s, want %s", got, c.want)
				}
				if got := all[event.TransferAttempt](r.notes)[0].Reason; got != c.why {
					t.Errorf("because of %q, want %q", got, c.why)
				}
				for _, s := range all[event.Said](r.notes) {
					t.Errorf("what an agent said to us is in the record: %+v", s)
				}
				if told := r.voice.Words(r.agent.PCM(0)); strings.Contains(told, "C’est noté") != c.thanked {
					t.Errorf("the agent was told %q", told)
				}
			})
		})
	}
}

// They are asked twice, and no longer than accept_within.
func TestScreeningEnds(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newScreening(t)
		r.start()
		r.over()
		a := all[event.TransferAttempt](r.notes)[0]
		if took := time.Duration(a.TookMS) * time.Millisecond; took < briefed-picksUp+15*time.Second-time.Second || took > briefed+16*time.Second {
			t.Errorf("given up after %v", took)
		}
		if n := strings.Count(r.voice.Words(r.agent.PCM(0)), "Pour prendre l’appel"); n < 2 {
			t.Errorf("asked %d times", n)
		}
	})
}

// nobodyThere is a line from which no packet comes until heard.
type nobodyThere struct {
	*legtest.Line
	heard  time.Time
	offers *atomic.Int32
}

func (n nobodyThere) Confirmed() bool { return !n.heard.IsZero() && time.Now().After(n.heard) }

// Hold and Unhold implement leg.Holder: a new offer is the wonder that some telephones need.
func (n nobodyThere) Hold(context.Context) error { return nil }
func (n nobodyThere) Unhold(context.Context) error {
	n.offers.Add(1)
	return nil
}

// dialsInto gives whoever answers a line of which nothing is heard for so long; 0: ever.
type dialsInto struct {
	leg.Dialer
	after  time.Duration
	offers *atomic.Int32 // how often it was asked to agree again
}

func (d dialsInto) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	l, err := d.Dialer.Dial(ctx, to)
	if err != nil {
		return nil, err
	}
	n := nobodyThere{Line: l.(*legtest.Line), offers: d.offers}
	if d.after > 0 {
		n.heard = time.Now().Add(d.after)
	}
	return n, nil
}

// A caller is not joined with a line from which no packet has come (one-way or no audio).
func TestNoMediaFromTheAgent(t *testing.T) {
	for name, c := range map[string]struct {
		after  time.Duration
		screen string
		want   string
	}{
		"xfer_34_never, and a key by signalling": {0, ScreenAsk, "karim error = error"},
		"xfer_34_never, joined unasked":          {0, ScreenOff, "karim error = error"},
		"xfer_34_late":                           {2500 * time.Millisecond, ScreenAsk, "karim completed = completed"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newScreening(t)
				r.s.Config.Screen = c.screen
				var offers atomic.Int32
				r.s.Dial = dialsInto{r.dialer, c.after, &offers}
				r.start()
				time.Sleep(picksUp + 200*time.Millisecond)
				r.agent.Press("1")
				if strings.Contains(c.want, "completed") {
					joined := r.await("a bridge", r.bridged)
					if joined < picksUp+c.after || joined > picksUp+c.after+time.Second {
						t.Errorf("joined at %v", joined)
					}
					time.Sleep(media.FrameTime)
					r.agent.HangUp()
				}
				r.over()
				if got := r.outcomes(); got != c.want {
					t.Errorf("outcomes %s, want %s", got, c.want)
				}
				if n := offers.Load(); n != 1 {
					t.Errorf("asked to agree again %d times", n)
				}
				if a := all[event.TransferAttempt](r.notes)[0]; c.after == 0 && (a.Reason != whyNoMedia || a.Missing != event.FromAgent) || c.after > 0 && a.Missing != "" {
					t.Errorf("because of %q, missing %q", a.Reason, a.Missing)
				}
			})
		})
	}
}

// Why hand-offs are begun is counted by the one table; a word of the flow's own counts as other.
func TestReasonsAreCounted(t *testing.T) {
	for _, c := range []struct{ reason, as string }{{"asked", "asked"}, {"sensitive", "sensitive"}, {"numero_incompris", "other"}} {
		t.Run(c.reason, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Rings: -1, Status: 486}}, "karim")
				out := r.mind.answers["start"]
				transfer := *out.Transfer
				transfer.Reason = c.reason
				out.Transfer = &transfer
				r.mind.answers["start"] = out
				r.start()
				r.over()
				if n := testutil.ToFloat64(r.s.Metrics.reasons.WithLabelValues(c.as)); n != 1 {
					t.Errorf("%q counted %v times as %q", c.reason, n, c.as)
				}
				if got := all[event.TransferStarted](r.notes)[0].Reason; got != c.reason {
					t.Errorf("the record says %q", got)
				}
			})
		})
	}
}

// fixed gives out one assignment, as it is.
type fixed struct{ agents.Assignment }

func (f fixed) Offer(_ context.Context, r agents.Request) (agents.Assignment, error) {
	if slices.Contains(r.Tried, f.Agent) {
		return agents.Assignment{}, agents.ErrNobody
	}
	return f.Assignment, nil
}

// Another telephone system's queue is neither briefed nor asked, and the caller hears it at once.
func TestAGroupIsJoinedAtOnce(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newScreening(t)
		r.s.Desk = fixed{agents.Assignment{Agent: "pbx", Title: "Service client", Addr: "sip:karim", Group: true}}
		r.start()
		joined := r.await("a bridge", r.bridged)
		if joined > picksUp+300*time.Millisecond {
			t.Errorf("joined at %v, they answered at %v", joined, picksUp)
		}
		from := r.line.Since()
		go r.agent.Say(time.Second)
		time.Sleep(1500 * time.Millisecond)
		if !hears(r.line, from) {
			t.Error("the caller does not hear the queue")
		}
		if told := r.voice.Words(r.agent.PCM(0)); told != "" {
			t.Errorf("the queue was told %q", told)
		}
		if got := r.played(); strings.Contains(got, "vous répond") {
			t.Errorf("the caller was told %q", got)
		}
		r.agent.HangUp()
		r.over()
		if got := r.outcomes(); got != "pbx completed = completed" {
			t.Errorf("outcomes %s", got)
		}
	})
}

// A machine is told by its beep too, at once; one that talks on and takes nobody is one at the end.
func TestAMachineIsToldByItsSound(t *testing.T) {
	t.Run("xfer_29_beep", func(t *testing.T) {
		test(t, func(t *testing.T) {
			r := newScreening(t)
			r.start()
			time.Sleep(picksUp + 100*time.Millisecond)
			go func() {
				r.agent.Say(1500 * time.Millisecond)
				time.Sleep(1700 * time.Millisecond)
				r.agent.Speak(tone.Sine(1000, media.PhoneRate, 400*time.Millisecond, 0.3))
			}()
			r.over()
			if got := r.outcomes(); got != "karim no_answer = no_answer" {
				t.Errorf("outcomes %s", got)
			}
			a := all[event.TransferAttempt](r.notes)[0]
			s := all[event.Screened](r.notes)
			if a.Reason != whyMachine || a.TookMS > (picksUp+5*time.Second).Milliseconds() || len(s) != 1 || s[0].Agent != "karim" || s[0].Why != "beep" || s[0].Heard != "voicemail" || s[0].Score < 0.5 {
				t.Errorf("%+v, %+v", a, s)
			}
		})
	})
}
