package gateway

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media"
	"decroche/media/tone"
)

// givenAway is a caller who asked for a person, and whose agent gives them away with their telephone's own key.
type givenAway struct {
	*rig
	line  leg.Leg // of the caller, who hums
	heard chan []int16
	conv  string
}

// callsAgent lets a caller be put through to an agent's telephone at addr; hosts may be called besides.
func callsAgent(ctx context.Context, t *testing.T, addr string, hosts ...string) *givenAway {
	t.Helper()
	g := &givenAway{rig: newRig(t, func(c *Config) {
		c.Call.Screen = call.ScreenOff
		c.Outbound.Hosts = append(slices.Clone(c.Outbound.Hosts), hosts...)
		c.Agents = agents.Config{{Name: "karim", Title: "Karim", Addr: addr, Skills: []agents.Skill{{Name: "accueil"}, {Name: "fr"}}, Languages: []string{"fr"}}}
	})}
	var err error
	if g.line, err = g.ring(t, "hotline"); err != nil {
		t.Fatal(err)
	}
	g.conv = g.line.Info().PeerTag
	if err := g.line.(leg.Presser).SendDigits(ctx, "0"); err != nil {
		t.Fatal(err)
	}
	g.heard = hum(ctx, g.line, callerHz)
	return g
}

// hears waits until the caller hears a tone.
func (g *givenAway) hears(ctx context.Context, t *testing.T, who string, hz float64) {
	t.Helper()
	for {
		select {
		case pcm := <-g.heard:
			if tone.Goertzel(pcm, media.PhoneRate, hz) > 0.05 {
				return
			}
		case <-ctx.Done():
			t.Fatalf("the caller does not hear %s; recorded %s", who, g.ended(t))
		}
	}
}

// counted is /metrics.
func (g *givenAway) counted(t *testing.T) string {
	t.Helper()
	resp, err := http.Get("http://" + g.HTTPAddr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// counts waits until one transfer that was asked for has come to outcome.
func (g *givenAway) counts(ctx context.Context, t *testing.T, outcome string) {
	t.Helper()
	for !strings.Contains(g.counted(t), `decroche_sip_transfers_total{kind="asked",outcome="`+outcome+`"} 1`) {
		if ctx.Err() != nil {
			t.Fatalf("no transfer was %s", outcome)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ended lets the caller hang up, and tells how the attempts ended; nothing of the call remains.
func (g *givenAway) ended(t *testing.T) (outcomes string) {
	t.Helper()
	if err := g.line.Hangup(t.Context(), leg.Normal); err != nil {
		t.Error(err)
	}
	evs := g.recorded(t, g.conv)
	for _, e := range evs {
		switch b := e.Body.(type) {
		case event.TransferAttempt:
			outcomes += b.Agent + " " + b.Outcome + ", "
		case event.AgentActed:
			outcomes += b.Act + ", "
		case event.TransferEnded:
			outcomes += "= " + b.Outcome
		}
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		page := g.counted(t)
		if strings.Contains(page, `decroche_sip_lines{direction="in"} 0`) && strings.Contains(page, `decroche_sip_lines{direction="out"} 0`) && len(g.board.Now().Live) == 0 {
			return outcomes
		}
		if time.Now().After(end) {
			t.Fatalf("something remains: %+v", g.board.Now().Live)
		}
	}
}

// TestBaresipGivesTheCallerAway: the agent's telephone, which nobody here wrote, asks us for somebody else
// by REFER: the caller hears them, they hear the caller, and the agent is out.
func TestBaresipGivesTheCallerAway(t *testing.T) {
	peer.NeedBaresip(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	agent := peer.Baresip{Hum: deskHz, Second: 60}
	agent.Start(t)
	third := peer.Baresip{Hum: phoneHz, Second: 2}
	third.Start(t)
	g := callsAgent(ctx, t, "sip:baresip@"+agent.Addr())
	g.hears(ctx, t, "the agent", deskHz)
	agent.Type(t, "/transfer sip:baresip@"+third.Addr())
	g.hears(ctx, t, "who the agent has them called", phoneHz)
	if tone.Goertzel(third.Heard(t), media.PhoneRate, callerHz) < 0.05 { // and hangs up
		t.Error("who was called does not hear the caller")
	}
	if got := g.ended(t); got != "karim completed, transfer, transferred, baresip completed, = completed" {
		t.Errorf("recorded %s", got)
	}
	g.counts(ctx, t, "completed")
}

// Whom the agent's telephone names is not called when outbound: does not let them be, and is not reached when
// nobody is there. Baresip hangs up at both, and the caller is with the bot, which knows that nobody took them.
func TestBaresipCannotGiveTheCallerAway(t *testing.T) {
	peer.NeedBaresip(t)
	nobody, err := net.ListenPacket("udp", "127.0.0.1:0") // says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer nobody.Close()
	for outcome, c := range map[string]struct{ to, recorded string }{
		"refused": {"sip:0899123456@pbx.example", "karim completed, transfer, not_moved, = refused"},
		"failed":  {fmt.Sprint("sip:204@", nobody.LocalAddr()), "karim completed, transfer, 204 unreachable, not_moved, resume, = unreachable"},
	} {
		t.Run(outcome, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
			defer cancel()
			agent := peer.Baresip{Hum: deskHz, Second: 60}
			agent.Start(t)
			g := callsAgent(ctx, t, "sip:baresip@"+agent.Addr())
			g.hears(ctx, t, "the agent", deskHz)
			agent.Type(t, "/transfer "+c.to)
			g.counts(ctx, t, outcome)
			g.hasSaid(t, func() string { return g.conv }, "policy/callback_offer") // baresip hangs up because of it
			if got := g.ended(t); got != c.recorded {
				t.Errorf("recorded %s", got)
			}
		})
	}
}

// TestLinphoneGivesTheCallerAway: an agent's Linphone holds the caller, asks a colleague's Linphone, and joins
// both (REFER with Replaces).
func TestLinphoneGivesTheCallerAway(t *testing.T) {
	peer.NeedLinphone(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	agent, colleague := peer.Linphone{User: "agent", Hum: deskHz}, peer.Linphone{User: "colleague", Hum: phoneHz}
	agent.Start(t)
	colleague.Start(t)
	host, _, _ := net.SplitHostPort(colleague.Addr())
	agent.Record(t, "caller.wav")
	g := callsAgent(ctx, t, agent.URI(), host)
	g.hears(ctx, t, "the agent", deskHz)
	agent.Hears(t, "caller.wav", func(pcm []int16) bool { return tone.Goertzel(pcm, media.PhoneRate, callerHz) > 0.05 })
	agent.Says(t, "Media streams established")
	agent.Type(t, "pause")
	agent.Says(t, "paused")
	agent.Record(t, "colleague.wav")
	colleague.Record(t, "agent.wav")
	agent.Type(t, "call "+colleague.URI())
	agent.Says(t, "Media streams established")
	agent.Hears(t, "colleague.wav", func(pcm []int16) bool { return tone.Goertzel(pcm, media.PhoneRate, phoneHz) > 0.05 })
	colleague.Record(t, "caller.wav")
	agent.Type(t, "transfer 1 --to-call 2")
	g.hears(ctx, t, "the colleague", phoneHz)
	colleague.Hears(t, "caller.wav", func(pcm []int16) bool { return tone.Goertzel(pcm, media.PhoneRate, callerHz) > 0.05 })
	if got := g.ended(t); got != "karim completed, hold, transfer, transferred, colleague completed, = completed" {
		t.Errorf("recorded %s", got)
	}
}

// joined waits until the record of the one call tells who is at the caller's end now.
func (r *rig) joined(ctx context.Context, t *testing.T, addr string) (conv string) {
	t.Helper()
	for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		for _, l := range r.board.Now().Live {
			for e, err := range r.store.Events(ctx, l.ID, 0) {
				if p, ok := e.Body.(event.PartyJoined); ok && err == nil && p.Party == event.PartyCaller && strings.Contains(p.Addr, addr) {
					return l.ID
				}
			}
		}
	}
	t.Fatalf("%s is not in the caller's place", addr)
	return ""
}

// TestBaresipGivesItsPlaceAway: who called the hotline with a telephone that nobody here wrote gives the call to
// another one by REFER, while an agent speaks with them: the agent and that one hear each other.
func TestBaresipGivesItsPlaceAway(t *testing.T) {
	peer.NeedBaresip(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	desk := peer.NewPhone(t, peer.Behaviour{Hum: deskHz})
	third := peer.Baresip{Hum: phoneHz, Second: 3}
	third.Start(t)
	r := newRig(t, func(c *Config) {
		c.Call.Screen = call.ScreenOff
		c.SIP.Transfer.ReferFrom = []string{"127.0.0.0/8"}
		c.Agents = agents.Config{{Name: "karim", Title: "Karim", Addr: desk.URI("karim"), Skills: []agents.Skill{{Name: "accueil"}, {Name: "fr"}}, Languages: []string{"fr"}}}
	})
	caller := peer.Baresip{Dial: "sip:hotline@" + r.SIPAddr(), Hum: callerHz, Second: 60}
	caller.Start(t)
	caller.Shows(t, "Call established")
	caller.Type(t, "0")
	agent := desk.Next(30 * time.Second)
	if agent == nil || !agent.Hears(callerHz, 30*time.Second) {
		t.Fatal("the agent does not hear the caller")
	}
	caller.Type(t, "/transfer sip:baresip@"+third.Addr())
	conv := r.joined(ctx, t, third.Addr())
	if !agent.Hears(phoneHz, 30*time.Second) {
		t.Error("the agent does not hear who is in the caller's place")
	}
	if pcm := third.Heard(t); tone.Goertzel(pcm[len(pcm)/2:], media.PhoneRate, deskHz) < 0.05 { // and hangs up
		t.Error("who is in the caller's place does not hear the agent")
	}
	evs := r.recorded(t, conv)
	if e := evs[len(evs)-1].Body.(event.Ended); e.Outcome != "transferred" || e.By != "caller" {
		t.Errorf("ended %+v", e)
	}
}

// TestLinphoneGivesItsPlaceAway: who called the hotline asks a colleague on another line, and gives them the call
// with the bot (REFER with Replaces): the bot speaks with the colleague, and whoever called is out.
func TestLinphoneGivesItsPlaceAway(t *testing.T) {
	peer.NeedLinphone(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	caller, third := peer.Linphone{User: "caller", Hum: callerHz}, peer.Linphone{User: "third", Hum: phoneHz}
	caller.Start(t)
	third.Start(t)
	host, _, _ := net.SplitHostPort(third.Addr())
	r := newRig(t, func(c *Config) {
		c.SIP.Transfer.ReferFrom = []string{"127.0.0.0/8"}
		c.Outbound.Hosts = append(slices.Clone(c.Outbound.Hosts), host)
	})
	caller.Type(t, "call sip:hotline@"+r.SIPAddr())
	caller.Says(t, "Media streams established")
	caller.Type(t, "pause")
	caller.Says(t, "paused")
	third.Record(t, "caller.wav")
	caller.Type(t, "call "+third.URI())
	caller.Says(t, "Media streams established")
	third.Hears(t, "caller.wav", func(pcm []int16) bool { return tone.Goertzel(pcm, media.PhoneRate, callerHz) > 0.05 })
	third.Record(t, "bot.wav")
	caller.Type(t, "transfer 1 --to-call 2")
	conv := r.joined(ctx, t, host)
	third.Hears(t, "bot.wav", func(pcm []int16) bool {
		return tone.Goertzel(pcm, media.PhoneRate, callerHz) < 0.05 && slices.Max(pcm) > 1000
	})
	third.Type(t, "terminate all")
	evs := r.recorded(t, conv)
	if e := evs[len(evs)-1].Body.(event.Ended); e.By != "caller" {
		t.Errorf("ended %+v", e)
	}
}
