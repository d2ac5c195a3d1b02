package call

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/tone"
	"decroche/tts"
)

// desk gives its agents out in order, each to one caller at a time.
type desk struct {
	mu     sync.Mutex
	agents []string
	taken  map[string]bool
	given  int
	err    error // instead of ErrNobody
	asked  []agents.Request
}

func (d *desk) Offer(_ context.Context, r agents.Request) (agents.Assignment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, r)
	for _, a := range d.agents {
		if slices.Contains(r.Tried, a) || d.taken[a] {
			continue
		}
		if d.taken == nil {
			d.taken = map[string]bool{}
		}
		d.taken[a] = true
		d.given++
		return agents.Assignment{Agent: a, Title: strings.ToUpper(a[:1]) + a[1:], Addr: "sip:" + a, Release: func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.taken[a] = false
		}}, nil
	}
	if d.err != nil {
		return agents.Assignment{}, d.err
	}
	return agents.Assignment{}, agents.ErrNobody
}

// free reports whether every agent was given back.
func (d *desk) free() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.taken {
		if t {
			return false
		}
	}
	return true
}

// handOffRig is a call whose first words ask for a human.
type handOffRig struct {
	*rig
	desk   *desk
	dialer *legtest.Dialer
	agent  *legtest.Line // of the phone "karim"
	phones map[string]*legtest.Phone
}

const briefingText = "nadia benali litige colis annoncé livré mardi non reçu commande confirmée"

func newHandOff(t *testing.T, phones map[string]*legtest.Phone, names ...string) *handOffRig {
	transfer := flows.Output{Say: []flows.Prompt{prompt("bien sûr")}, Next: flows.HandOff, Transfer: &flows.Transfer{
		Skills: []string{"litige", "fr"}, Reason: "asked", Topic: "litige", Briefing: briefingText, Say: prompt("je vous passe quelqu'un"),
		Summary: []string{"Nadia Benali, litige."},
	}}
	answers := map[string]flows.Output{"start": transfer, "returned completed": end("bonne journée", "transferred")}
	for _, o := range []string{"busy", "no_answer", "refused", "unreachable", "nobody", "cancelled", "agent_left", "timeout", "error"} {
		answers["returned "+o] = end("personne n'a pu répondre", "callback")
	}
	r := &handOffRig{rig: newRig(t, answers), desk: &desk{agents: names}, phones: phones}
	if p := phones["sip:karim"]; p != nil && p.Status == 0 {
		p.Line = legtest.New(leg.Info{ID: "karim"})
		r.agent = p.Line
	}
	r.dialer = legtest.NewDialer(phones)
	r.s.Desk, r.s.Dial = r.desk, r.dialer
	r.s.Config.Screen = ScreenOff
	r.s.Link = func(context.Context) (string, string, error) { return "https://gw.example/t/abc", "ref-1", nil }
	return r
}

// over checks what must hold after every hand-off too.
func (r *handOffRig) over() event.Ended {
	r.t.Helper()
	e := r.rig.over()
	if !r.desk.free() {
		r.t.Error("an agent was not given back")
	}
	started, ended := all[event.TransferStarted](r.notes), all[event.TransferEnded](r.notes)
	if len(started) != len(ended) {
		r.t.Errorf("%d hand-offs began, %d ended", len(started), len(ended))
	}
	if rings, ends := len(all[event.TransferRinging](r.notes)), len(all[event.TransferAttempt](r.notes)); rings != ends {
		r.t.Errorf("%d attempts began, %d ended", rings, ends)
	}
	if r.agent != nil {
		if _, _, ok := r.agent.HungUp(); !ok && r.agentAnswered() {
			r.t.Error("the agent's leg was not hung up")
		}
	}
	if r.t.Failed() {
		r.t.Logf("told: %s\n%v", r.mind.kinds(), r.notes)
	}
	return e
}

func (r *handOffRig) agentAnswered() bool {
	for _, a := range r.dialer.Attempts() {
		if a.Line == r.agent {
			return true
		}
	}
	return false
}

// outcomes lists attempts and the whole: "karim busy, nadia completed = completed".
func (r *handOffRig) outcomes() string {
	var parts []string
	for _, a := range all[event.TransferAttempt](r.notes) {
		parts = append(parts, a.Agent+" "+a.Outcome)
	}
	s := strings.Join(parts, ", ")
	for _, e := range all[event.TransferEnded](r.notes) {
		s += " = " + e.Outcome
	}
	return s
}

// await waits until f holds, in steps of a frame.
func (r *handOffRig) await(what string, f func() bool) time.Duration {
	r.t.Helper()
	from := r.line.Since()
	for !f() {
		if r.line.Since()-from > 2*time.Minute {
			r.t.Fatalf("%s did not come about\n%v", what, r.notes)
		}
		time.Sleep(media.FrameTime)
	}
	return r.line.Since()
}

func (r *handOffRig) bridged() bool { return len(all[event.Bridged](r.notes)) > 0 }

// hears reports whether l is played a buzz, the voice of the other party, after from.
func hears(l *legtest.Line, from time.Duration) bool {
	return tone.Goertzel(l.PCM(from), media.PhoneRate, 130) > 0 && loud(l.PCM(from))
}

func loud(pcm []int16) bool {
	n := 0
	for i := 1; i < len(pcm); i++ {
		if pcm[i] != pcm[i-1] && (pcm[i] > 1000 || pcm[i] < -1000) {
			n++
		}
	}
	return n > 200
}

func TestBusyThenTheNextAgentAndBothHear(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{
			"sip:nadia": {Rings: -1, Answers: 100 * time.Millisecond, Status: 486},
			"sip:karim": {Rings: 200 * time.Millisecond, Answers: 8 * time.Second},
		}, "nadia", "karim")
		r.ears.Turns = []asrtest.Turn{words("bonjour karim"), words("bonjour madame")}
		r.s.CRM = func() string { return "https://crm.example/45" }
		r.start()
		r.await("an answer", r.agentAnswered)
		answered := r.line.Since()
		joined := r.await("a bridge", r.bridged)
		brief := time.Duration(len(strings.Fields(briefingText))) * 100 * time.Millisecond
		if d := joined - answered; d < brief || d > brief+300*time.Millisecond {
			t.Errorf("joined %v after the answer, the briefing takes %v", d, brief)
		}
		if got := r.voice.Words(r.agent.PCM(0)); got != briefingText {
			t.Errorf("the agent was told %q", got)
		}
		caller := r.line.Since()
		agent := r.agent.Since()
		go r.agent.Say(time.Second)
		r.line.Say(time.Second)
		time.Sleep(300 * time.Millisecond)
		if !hears(r.agent, agent) || !hears(r.line, caller) {
			t.Errorf("300 ms after the bridge: agent hears %v, caller hears %v", hears(r.agent, agent), hears(r.line, caller))
		}
		time.Sleep(3 * time.Second)
		r.agent.HangUp()
		if e := r.over(); e.Outcome != "transferred" || e.By != "bot" {
			t.Errorf("ended %+v", e)
		}
		if got := r.outcomes(); got != "nadia busy, karim completed = completed" {
			t.Errorf("outcomes: %s", got)
		}
		played := r.played()
		if !strings.HasPrefix(played, "bien sûr je vous passe quelqu'un") || !strings.Contains(played, "Karim vous répond.") || !strings.HasSuffix(played, "bonne journée") {
			t.Errorf("the caller heard %q", played)
		}
		if d := r.line.LongestSilence(0, joined); d > 2*time.Second {
			t.Errorf("the caller met %v of silence before the bridge", d)
		}
		inv := r.dialer.Attempts()[1].Invite
		if inv.Headers["User-to-User"] != hex.EncodeToString([]byte("ref-1"))+";encoding=hex" || inv.Headers["Call-Info"] != "<https://crm.example/45>;purpose=info, <https://gw.example/t/abc>;purpose=info" ||
			inv.Facts.Reference != "ref-1" || inv.Facts.Language != "fr" || inv.From != "Test" || inv.RingFor != 20*time.Second {
			t.Errorf("invited with %+v", inv)
		}
		var who []string
		for _, s := range all[event.Said](r.notes) {
			who = append(who, s.Who)
		}
		if slices.Sort(who); !slices.Equal(who, []string{"", "agent"}) {
			t.Errorf("transcribed in the bridge: %v", who)
		}
		if ps := all[event.Prompted](r.notes); ps[len(ps)-1].AnswerMS != 0 {
			t.Errorf("the goodbye counts as an answer to what was said to the agent: %+v", ps[len(ps)-1])
		}
		if e := all[event.TransferEnded](r.notes)[0]; e.Agent != "karim" || e.TalkedMS < 3000 {
			t.Errorf("ended %+v", e)
		}
	})
}

func TestEveryWayAnAttemptFails(t *testing.T) {
	for name, c := range map[string]struct {
		phone    *legtest.Phone
		outcomes string
	}{
		"busy":            {&legtest.Phone{Rings: -1, Answers: 0, Status: 486}, "karim busy = busy"},
		"busy everywhere": {&legtest.Phone{Rings: -1, Answers: 0, Status: 600}, "karim busy = busy"},
		"no answer":       {&legtest.Phone{Rings: 100 * time.Millisecond, Answers: -1}, "karim no_answer = no_answer"},
		"never rang":      {&legtest.Phone{Rings: -1, Answers: -1}, "karim unreachable = unreachable"},
		"refused":         {&legtest.Phone{Rings: 0, Answers: time.Second, Status: 603}, "karim refused = refused"},
		"forbidden":       {&legtest.Phone{Rings: -1, Answers: 0, Status: 403}, "karim refused = refused"},
		"not there":       {&legtest.Phone{Rings: -1, Answers: 0, Status: 480}, "karim unreachable = unreachable"},
		"overloaded":      {&legtest.Phone{Rings: -1, Answers: 0, Status: 503}, "karim unreachable = unreachable"},
		"rings, then 480": {&legtest.Phone{Rings: 0, Answers: 8 * time.Second, Status: 480}, "karim no_answer = no_answer"},
		"rings, then 487": {&legtest.Phone{Rings: 0, Answers: 8 * time.Second, Status: 487}, "karim no_answer = no_answer"},
		"its fault":       {&legtest.Phone{Rings: -1, Answers: 0, Status: 500}, "karim unreachable = unreachable"},
		"no codec":        {&legtest.Phone{Rings: -1, Answers: 0, Status: 488}, "karim error = error"},
		"wants a login":   {&legtest.Phone{Rings: -1, Answers: 0, Status: 401}, "karim error = error"},
		"no route":        {nil, "karim unreachable = unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				phones := map[string]*legtest.Phone{}
				if c.phone != nil {
					phones["sip:karim"] = c.phone
				}
				r := newHandOff(t, phones, "karim")
				r.start()
				e := r.over()
				if got := r.outcomes(); got != c.outcomes {
					t.Errorf("outcomes %q, want %q", got, c.outcomes)
				}
				if e.Outcome != "callback" || !strings.HasSuffix(r.played(), "je vous passe quelqu'un personne n'a pu répondre") && !strings.Contains(name, "answer rang") && !strings.HasSuffix(r.played(), "personne n'a pu répondre") {
					t.Errorf("ended %+v, played %q", e, r.played())
				}
				if d := r.line.LongestSilence(0, last(r.line)); d > 2*time.Second {
					t.Errorf("silent for %v", d)
				}
			})
		})
	}
}

// A telephone that refuses with Retry-After is rung again when that is over, and not before (row 15).
func TestATelephoneIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	for name, c := range map[string]struct {
		asks, want time.Duration
	}{
		"xfer_15_asks for two minutes": {2 * time.Minute, 2 * time.Minute},
		"xfer_15_says nothing":         {0, 30 * time.Second}, // desk.rest_missed
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Rings: -1, Status: 503, RetryAfter: c.asks}})
				d := agents.NewDesk(agents.DefaultDeskConfig(), agents.Config{{Name: "karim", Addr: "sip:karim", Skills: []agents.Skill{{Name: "litige"}, {Name: "fr"}}}}, time.Now)
				r.s.Desk = d
				r.start()
				r.await("the refusal", func() bool { return len(all[event.TransferAttempt](r.notes)) > 0 })
				began := time.Now()
				for _, wait := range []time.Duration{c.want - time.Second, 2 * time.Second} {
					time.Sleep(wait)
					_, err := d.Offer(t.Context(), agents.Request{})
					if early := time.Since(began) < c.want; early != errors.Is(err, agents.ErrBusy) {
						t.Errorf("%v after the refusal: %v", time.Since(began), err)
					}
				}
			})
		})
	}
}

func TestNobodyAndBusyDesks(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		maxWait time.Duration
		told    string
		atLeast time.Duration
	}{
		"nobody":            {nil, 0, "nobody", 0},
		"all busy, no time": {agents.ErrBusy, 0, "busy", 0},
		"all busy, waits":   {agents.ErrBusy, 9 * time.Second, "busy", 6 * time.Second},
		"broken":            {errors.New("broken"), 0, "error", 0},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, nil)
				r.desk.err = c.err
				r.mind.answers["start"].Transfer.MaxWait = c.maxWait
				r.start()
				r.over()
				if k := r.mind.kinds(); k != "start|returned "+c.told {
					t.Errorf("told %s", k)
				}
				if w := all[event.TransferEnded](r.notes)[0].WaitedMS; w < c.atLeast.Milliseconds() {
					t.Errorf("waited %d ms", w)
				}
				if got := r.played(); !strings.HasPrefix(got, "bien sûr je vous passe quelqu'un ") {
					t.Errorf("our own sentence was cut: %q", got)
				}
			})
		})
	}
}

func TestTheCallerLeavesWhileItRings(t *testing.T) {
	for name, deaf := range map[string]bool{"cancelled": false, "answer crosses cancel": true} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: -1, Deaf: deaf}}, "karim")
				r.start()
				time.Sleep(6 * time.Second)
				r.line.HangUp()
				left := r.line.Since()
				e := r.over()
				a := r.dialer.Attempts()[0]
				if !a.Cancel || a.Ended-left > 50*time.Millisecond {
					t.Errorf("the phone rang on until %v, the caller left at %v", a.Ended, left)
				}
				if got := r.outcomes(); got != "karim caller_left = caller_left" || e.Outcome != "abandoned" || e.By != "caller" {
					t.Errorf("%s; ended %+v", got, e)
				}
			})
		})
	}
}

func TestTheCallerLeavesInTheBriefingAndTheAgentIsTold(t *testing.T) {
	t.Run("xfer_18_caller_left", func(t *testing.T) {
		test(t, func(t *testing.T) {
			r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")
			r.start()
			time.Sleep(3500 * time.Millisecond)
			r.line.HangUp()
			r.over()
			if got := r.outcomes(); got != "karim caller_left = caller_left" {
				t.Errorf("outcomes %s", got)
			}
			told := r.voice.Words(r.agent.PCM(0))
			if !strings.HasSuffix(told, "L’appelant a raccroché.") || strings.Contains(told, briefingText) {
				t.Errorf("the agent was told %q", told)
			}
		})
	})
}

func TestTheAgentLeavesInTheBriefing(t *testing.T) {
	t.Run("xfer_19_agent_left", func(t *testing.T) {
		test(t, func(t *testing.T) {
			r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}, "sip:nadia": {Answers: 4 * time.Second}}, "karim", "nadia")
			r.start()
			time.Sleep(3500 * time.Millisecond)
			r.agent.HangUp()
			r.await("a bridge", r.bridged)
			joined := r.line.Since()
			time.Sleep(2 * time.Second)
			r.line.HangUp()
			e := r.over()
			if got := r.outcomes(); got != "karim agent_left, nadia completed = completed" {
				t.Errorf("outcomes %s", got)
			}
			if e.Outcome != "transferred" || e.By != "caller" {
				t.Errorf("ended %+v", e)
			}
			if d := r.line.LongestSilence(0, joined); d > 2*time.Second {
				t.Errorf("silent for %v", d)
			}
		})
	})
}

func TestTheAgentsKeys(t *testing.T) {
	for key, want := range map[string]string{"1": "karim completed = completed", "2": "karim refused = refused"} {
		t.Run(key, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")
				r.start()
				time.Sleep(3300 * time.Millisecond)
				r.agent.Press(key)
				if key == "1" {
					if d := r.await("a bridge", r.bridged) - 3300*time.Millisecond; d > 600*time.Millisecond {
						t.Errorf("joined %v after the key", d)
					}
					r.agent.HangUp()
				}
				r.over()
				if got := r.outcomes(); got != want {
					t.Errorf("outcomes %s", got)
				}
			})
		})
	}
}

func TestNeverMind(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: -1}}, "karim")
		r.ears.Turns = []asrtest.Turn{words("laissez tomber")}
		r.start()
		time.Sleep(4 * time.Second)
		r.says(800 * time.Millisecond)
		r.over()
		if got := r.outcomes(); got != "karim cancelled = cancelled" || r.mind.kinds() != "start|returned cancelled" {
			t.Errorf("outcomes %s, told %s", got, r.mind.kinds())
		}
	})
}

func TestMaxWaitWhileRinging(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: -1}}, "karim")
		r.mind.answers["start"].Transfer.MaxWait = 5 * time.Second
		r.start()
		r.over()
		if got := r.outcomes(); got != "karim timeout = timeout" {
			t.Errorf("outcomes %s", got)
		}
	})
}

func TestTheGatewayIsCutDuringAHandOff(t *testing.T) {
	for name, at := range map[string]time.Duration{"ringing": 2 * time.Second, "briefing": 3500 * time.Millisecond, "joined": 8 * time.Second} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")
				r.start()
				time.Sleep(at)
				r.stop()
				e := r.over()
				want, outcome := "karim error = error", "failed"
				if name == "joined" {
					want, outcome = "karim completed = completed", "transferred"
				}
				if got := r.outcomes(); got != want || e.Outcome != outcome || e.By != "gateway" {
					t.Errorf("outcomes %s, ended %+v", got, e)
				}
			})
		})
	}
}

func TestHangUpsAtEveryMomentOfAHandOff(t *testing.T) {
	for _, who := range []string{"caller", "agent", "both"} {
		for at := 3 * time.Second; at < 6*time.Second; at += 170 * time.Millisecond {
			t.Run(fmt.Sprint("xfer_20_", who, "_", at), func(t *testing.T) {
				test(t, func(t *testing.T) {
					r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")
					r.start()
					time.Sleep(at)
					if who != "agent" {
						r.line.HangUp()
					}
					if who != "caller" {
						r.agent.HangUp()
					}
					r.over()
					synctest.Wait()
					if n := len(all[event.TransferAttempt](r.notes)); n > 1 {
						t.Errorf("%d outcomes of one attempt", n)
					}
				})
			})
		}
	}
}

func TestAnAgentIsReachedWhenEveryVoiceIsDead(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: 3 * time.Second}}, "karim")
		r.mind.answers["start"] = listen("bonjour")
		r.voice.Fail = func(tts.Utterance) error { return errors.New("no voice") }
		r.start()
		r.await("a bridge", r.bridged)
		if d := r.line.LongestSilence(500*time.Millisecond, r.line.Since()); d > 2*time.Second {
			t.Errorf("silent for %v", d)
		}
		r.agent.HangUp()
		if e := r.over(); e.Outcome != "transferred" {
			t.Errorf("ended %+v", e)
		}
	})
}

func TestTapsTellWhoHeardWhat(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}}, "karim")
		var mu sync.Mutex
		got := map[Direction]int{}
		r.s.Taps = []Tap{func(d Direction, f media.Frame) {
			mu.Lock()
			defer mu.Unlock()
			got[d] += len(f.PCM)
			clear(f.PCM) // it is ours
		}}
		r.start()
		r.await("a bridge", r.bridged)
		r.agent.Say(time.Second)
		time.Sleep(2 * time.Second)
		r.agent.HangUp()
		r.over()
		for d, n := range map[Direction]int{CallerSaid: 30000, CallerHeard: 20000, AgentSaid: 20000, AgentHeard: 20000} {
			if got[d] < n {
				t.Errorf("direction %d: %d samples, want %d or more", d, got[d], n)
			}
		}
		if !strings.Contains(r.voice.Words(r.agent.PCM(0)), briefingText) {
			t.Error("a tap's scribbling was heard")
		}
	})
}

// doubtful is a line that says whether anybody is there.
type doubtful struct {
	*legtest.Line
	there func() bool
}

func (d doubtful) Confirmed() bool { return d.there() }

// TestNoAgentIsRungForALineWithoutAnybody: a scanner's call is answered, is silent, and must not
// make a phone ring; a caller whose first packet is late, or who only pressed a key, is real.
func TestNoAgentIsRungForALineWithoutAnybody(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration // the hand-off comes so long after the answer: silences of 5 s
		there time.Duration // from then on; 0: never
		key   string
		rings bool
	}{
		"scanner, after silence":  {after: 5 * time.Second},
		"scanner, at once":        {},
		"first packet is late":    {there: time.Second, rings: true},
		"heard before":            {after: 5 * time.Second, there: time.Second, rings: true},
		"only a key was pressed":  {after: 5 * time.Second, key: "1", rings: true},
		"heard long after it all": {after: 5 * time.Second, there: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Rings: -1, Answers: time.Second, Status: 486}}, "karim")
				if c.after > 0 {
					r.mind.answers["silence"] = r.mind.answers["start"]
					r.mind.answers["digits 1"] = r.mind.answers["start"]
					r.mind.answers["start"] = listen("bonjour je vous écoute")
				}
				r.s.Leg = doubtful{r.line, func() bool { return c.there > 0 && r.line.Since() >= c.there }}
				r.start()
				if c.key != "" {
					r.spoken()
					r.line.Press(c.key)
				}
				e := r.over()
				if rang := len(r.dialer.Attempts()) > 0 || len(all[event.TransferRinging](r.notes)) > 0; rang != c.rings {
					t.Errorf("an agent was rung: %v, want %v", rang, c.rings)
				}
				if !c.rings && (e.Outcome != "abandoned" || e.By != "gateway" || e.Cause != neverHeard) {
					t.Errorf("ended %+v", e)
				}
				if !c.rings && len(r.desk.asked) > 0 {
					t.Error("the desk was asked for an agent")
				}
			})
		})
	}
}
