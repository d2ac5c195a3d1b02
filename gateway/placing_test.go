package gateway

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
	"decroche/internal/peer"
	"decroche/media"
	"decroche/media/resample"
	"decroche/media/tone"
	"decroche/media/wav"
)

// spoken is a text by espeak-ng at 8 kHz.
func spoken(t *testing.T, text string) []int16 {
	t.Helper()
	raw, err := exec.CommandContext(t.Context(), "espeak-ng", "-v", "fr", "--stdout", text).Output()
	if err != nil {
		t.Skip("espeak-ng is not installed; make test installs it")
	}
	pcm, rate, err := wav.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r, err := resample.New(rate, media.PhoneRate)
	if err != nil {
		t.Fatal(err)
	}
	return r.Flush(r.Process(nil, pcm))
}

func quiet(d time.Duration) []int16 { return make([]int16, d*media.PhoneRate/time.Second) }

// placingRig is a gateway that may call the number's phone at addr, at any time.
func placingRig(t *testing.T, addr string, ears *asrtest.Script, change func(*Config)) *rig {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return newRigOf(t, func(c *Config) {
		c.Secrets = map[string]string{"ORDERS_TOKEN": "file:" + token}
		c.CallbackVia = "sip:{number}@" + addr
		c.Placing.Orders, c.Placing.Callbacks, c.Placing.StopKey, c.Placing.Holidays = true, outbound.ByBot, "9", ""
		c.Placing.Hours, c.Placing.CallbackHours = []string{"mon-sun 00:00-24:00"}, []string{"mon-sun 00:00-24:00"}
		if change != nil {
			change(c)
		}
	}, []string{"../configs/hotlines/colibri"}, func(e *Engines) { e.Ears = ears })
}

// placedCall is a call as GET /api/v1/calls/{id} tells it.
type placedCall struct {
	ID       int64
	State    string
	Last     string
	Conv     string `json:"conversation"`
	Attempts []store.OutboundAttempt
}

const orderFor = `{"to": "0612345678", "reason": "votre colis", "consent": {"how": "web_form", "when": "2026-10-01T10:00:00Z", "reference": "form 4711"}%s}`

func (r *rig) order(t *testing.T, more string) placedCall {
	t.Helper()
	var c placedCall
	r.act(t, "POST", "/api/v1/calls", fmt.Sprintf(orderFor, more), http.StatusCreated, &c)
	return c
}

// becomes waits until a call is in a state.
func (r *rig) becomes(t *testing.T, id int64, state string) placedCall {
	t.Helper()
	var c placedCall
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		r.act(t, "GET", fmt.Sprintf("/api/v1/calls/%d", id), "", http.StatusOK, &c)
		if c.State == state {
			return c
		}
	}
	t.Fatalf("call %d is %+v, not %s", id, c, state)
	return c
}

// events are those of a conversation that is recorded whole.
func (r *rig) recorded(t *testing.T, conv string) []event.Event {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var out []event.Event
		for e, err := range r.store.Events(t.Context(), conv, 0) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, e)
		}
		if len(out) > 0 && out[len(out)-1].Body.Type() == "ended" {
			return out
		}
	}
	t.Fatalf("the record of %s does not end", conv)
	return nil
}

func find[B event.Body](evs []event.Event, fits func(B) bool) (B, bool) {
	for _, e := range evs {
		if b, ok := e.Body.(B); ok && fits(b) {
			return b, true
		}
	}
	var none B
	return none, false
}

// step waits until the bot has said a prompt.
func (r *rig) hasSaid(t *testing.T, conv func() string, step string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for e, err := range r.store.Events(t.Context(), conv(), 0) {
			if p, ok := e.Body.(event.Prompted); err == nil && ok && p.Step == step {
				return
			}
		}
	}
	t.Fatalf("the bot has not said %s", step)
}

// A call that is ordered rings a phone. The bot finds out that a person answers, says who rings and that a
// machine speaks, asks whether it is them, understands yes, and says what for.
func TestOrderedCall(t *testing.T) {
	t.Parallel()
	hello, yes := spoken(t, "Allô ?"), spoken(t, "oui")
	phone := peer.NewPhone(t, peer.Behaviour{Ring: 50 * time.Millisecond, Says: append(quiet(300*time.Millisecond), hello...)})
	r := placingRig(t, phone.Addr(), &asrtest.Script{Turns: []asrtest.Turn{{Text: "oui", Confidence: 0.95}}}, nil)
	o := r.order(t, `, "name": "Madame Benali"`)
	call := phone.Next(time.Minute)
	if call == nil {
		t.Fatal("nobody was rung")
	}
	<-call.Answered
	conv := func() string {
		c, _ := r.placed.OutboundCall(t.Context(), o.ID)
		return c.Call
	}
	r.hasSaid(t, conv, "policy/outbound_person_name")
	call.Say(append(quiet(200*time.Millisecond), yes...))
	r.hasSaid(t, conv, "policy/outbound_reason")
	call.Hangup()
	done := r.becomes(t, o.ID, store.OutboundDone)
	if done.Last != outbound.Answered || len(done.Attempts) != 1 || done.Attempts[0].Heard != "person" || done.Attempts[0].Conv != done.Conv || done.Attempts[0].Score < 0.5 {
		t.Errorf("%+v", done)
	}
	evs := r.recorded(t, done.Conv)
	if s, ok := find(evs, func(s event.Screened) bool { return s.Heard == "person" }); !ok || s.Why != "short greeting" {
		t.Errorf("who answered: %+v", s)
	}
	if p, ok := find(evs, func(p event.Prompted) bool { return p.Step == "policy/outbound_greeting" }); !ok || !strings.Contains(p.Text, "assistant automatique") {
		t.Errorf("the greeting: %+v", p)
	}
	if p, ok := find(evs, func(p event.Prompted) bool { return p.Step == "policy/outbound_reason" }); !ok || !strings.Contains(p.Text, "votre colis") {
		t.Errorf("what for: %+v", p)
	}
	if s, ok := find(evs, func(s event.Said) bool { return s.Text == "oui" }); !ok || s.How != "speech" {
		t.Errorf("what they said: %+v", s)
	}
	if s, ok := find(evs, func(event.Started) bool { return true }); !ok || !s.Out || !strings.HasPrefix(s.From, "sip:0612345678@") || s.Bot != "colibri" {
		t.Errorf("started: %+v", s)
	}
}

// Who presses the key, or says stop, is not called again: not by what is ordered, nor by what was.
func TestStopsCalls(t *testing.T) {
	t.Parallel()
	phone := peer.NewPhone(t, peer.Behaviour{Says: append(quiet(300*time.Millisecond), spoken(t, "Oui allô ?")...)})
	r := placingRig(t, phone.Addr(), &asrtest.Script{}, nil)
	o := r.order(t, "")
	call := phone.Next(time.Minute)
	if call == nil {
		t.Fatal("nobody was rung")
	}
	r.hasSaid(t, func() string { c, _ := r.placed.OutboundCall(t.Context(), o.ID); return c.Call }, "policy/outbound_person")
	call.Press("9")
	dropped := r.becomes(t, o.ID, store.OutboundDropped)
	if dropped.Last != outbound.StopCalling {
		t.Errorf("%+v", dropped)
	}
	evs := r.recorded(t, dropped.Conv)
	if _, ok := find(evs, func(n event.NoCalls) bool { return n.How == "key" }); !ok {
		t.Errorf("the record does not say so: %+v", evs)
	}
	if _, ok := find(evs, func(p event.Prompted) bool { return p.Step == "policy/no_more_calls" }); !ok {
		t.Error("they were not told")
	}
	if n, err := r.placed.NoCall(t.Context(), "+33612345678"); err != nil || n.How != "key" || n.Who != dropped.Conv {
		t.Errorf("%+v, %v", n, err)
	}
	r.act(t, "POST", "/api/v1/calls", fmt.Sprintf(orderFor, ""), http.StatusForbidden, nil)
}

// voicemail is what a machine says: a long greeting, and a beep.
func voicemail(t *testing.T) []int16 {
	s := append(quiet(400*time.Millisecond), spoken(t, "Bonjour, vous êtes bien sur la messagerie de Nadia. Merci de laisser un message.")...)
	s = append(s, quiet(500*time.Millisecond)...)
	return append(s, tone.Sine(1000, media.PhoneRate, 400*time.Millisecond, 0.2)...)
}

// A machine hears the message after its beep, and nothing before: here of a telephone program that nobody here wrote.
func TestLeavesAMessage(t *testing.T) {
	t.Parallel()
	peer.NeedBaresip(t)
	said := voicemail(t)
	b := peer.Baresip{Says: said, Second: len(said)/media.PhoneRate + 3}
	b.Start(t)
	r := placingRig(t, b.Addr(), &asrtest.Script{}, func(c *Config) { c.CallbackVia = "sip:baresip@" + b.Addr() + ";n={number}" })
	o := r.order(t, `, "on_voicemail": "message", "message": "Votre colis vous attend au relais."`)
	heard := b.Heard(t)
	done := r.becomes(t, o.ID, store.OutboundDone)
	if done.Last != outbound.MessageLeft || done.Attempts[0].Heard != "voicemail" {
		t.Errorf("%+v", done)
	}
	evs := r.recorded(t, done.Conv)
	if s, ok := find(evs, func(s event.Screened) bool { return s.Heard == "voicemail" }); !ok || !s.Left {
		t.Errorf("who answered: %+v", s)
	}
	if p, ok := find(evs, func(p event.Prompted) bool { return p.Step == "policy/outbound_voicemail" }); !ok || p.Cut || !strings.Contains(p.Text, "Votre colis vous attend") {
		t.Errorf("the message: %+v", p)
	}
	if e := evs[len(evs)-1].Body.(event.Ended); e.Outcome != "resolved" {
		t.Errorf("ended: %+v", e)
	}
	first := slices.IndexFunc(heard, func(s int16) bool { return s > 50 || s < -50 })
	if beep := len(said) - media.PhoneRate; first < beep/2 { // its recording begins a moment late
		t.Errorf("the machine heard us after %d ms, and it beeped after %d ms", first/8, beep/8)
	}
}

// A callback rings by itself, with the conversation in which it was asked for, and is tried again when
// nobody answers.
func TestCallbackByItself(t *testing.T) {
	t.Parallel()
	phone := peer.NewPhone(t, peer.Behaviour{Status: 486})
	r := placingRig(t, phone.Addr(), &asrtest.Script{}, nil)
	id, err := r.store.AddCallback(t.Context(), store.Callback{Conv: "erased", At: time.Now(), Phone: "0612345678", Reason: "nobody", Window: "tout de suite", Lang: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	if phone.Next(time.Minute) == nil {
		t.Fatal("nobody was rung")
	}
	c := r.becomes(t, id, store.OutboundRetry)
	if c.Last != outbound.Busy || c.Attempts[0].Detail != "486 Refused" {
		t.Errorf("%+v", c)
	}
	var list struct{ Callbacks []store.Callback }
	r.act(t, "GET", "/api/v1/callbacks?state=pending", "", http.StatusOK, &list)
	if len(list.Callbacks) != 1 || list.Callbacks[0].Tries != 1 || list.Callbacks[0].Next.IsZero() {
		t.Errorf("the list: %+v", list)
	}
}

// A callback that waits for an agent is rung when one is free, who is kept for it: the person says that it
// is them, and is joined with that agent. While the only agent is busy nobody is rung.
func TestCallbackWaitsForAnAgent(t *testing.T) {
	t.Parallel()
	hello := spoken(t, "Allô ?")
	const agentHz = 925
	phone := peer.NewPhone(t, peer.Behaviour{Says: append(quiet(300*time.Millisecond), hello...)})
	agent := peer.NewPhone(t, peer.Behaviour{Hum: agentHz})
	r := placingRig(t, phone.Addr(), &asrtest.Script{}, func(c *Config) {
		c.Placing.Callbacks, c.Placing.AgentWait = outbound.ByAgent, time.Second
		c.Agents = agents.Config{{Name: "karim", Title: "Karim", Addr: agent.URI("karim"), Skills: []agents.Skill{{Name: "accueil"}, {Name: "fr"}}, Languages: []string{"fr"}}}
	})
	busy, err := r.router.Offer(t.Context(), agents.Request{Conv: "other", Lang: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.store.AddCallback(t.Context(), store.Callback{Conv: "erased", At: time.Now(), Phone: "0612345678", Reason: "nobody", Lang: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.becomes(t, id, store.OutboundDialling); len(c.Attempts) != 0 { // it stands in the queue
		t.Fatalf("rung while the agent was busy: %+v", c)
	}
	busy.Release()
	call := phone.Next(time.Minute)
	if call == nil {
		t.Fatal("nobody was rung")
	}
	r.hasSaid(t, func() string { c, _ := r.placed.OutboundCall(t.Context(), id); return c.Call }, "policy/outbound_person")
	call.Press("1")
	with := agent.Next(time.Minute)
	if with == nil {
		t.Fatal("the agent was not rung")
	}
	<-with.Answered
	with.Press("1") // accepts after the briefing, or over it
	if !call.Hears(agentHz, time.Minute) {
		t.Error("the person does not hear the agent")
	}
	call.Hangup()
	if c := r.becomes(t, id, store.OutboundDone); c.Last != outbound.Answered || len(c.Attempts) != 1 {
		t.Errorf("%+v", c)
	}
}
