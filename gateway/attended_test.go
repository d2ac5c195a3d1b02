package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/sip"
	"decroche/gateway/store"
	"decroche/internal/peer"
)

// hearing is a peer.Linphone.Hears of one tone.
func hearing(hz float64) func(pcm []int16) bool {
	return func(pcm []int16) bool {
		for part := range slices.Chunk(pcm, 1600) {
			if peer.Power(part, hz) > 0.5 {
				return true
			}
		}
		return false
	}
}

// newest waits until want is true of an event of the newest conversation, and returns them all.
func (r *rig) newest(t *testing.T, what string, want func(event.Body) bool) (evs []event.Event) {
	t.Helper()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		for s, err := range r.store.Conversations(t.Context(), store.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			evs = nil
			for e, err := range r.store.Events(t.Context(), s.ID, 0) {
				if err != nil {
					t.Fatal(err)
				}
				evs = append(evs, e)
			}
			if slices.ContainsFunc(evs, func(e event.Event) bool { return want(e.Body) }) {
				return evs
			}
			break
		}
	}
	t.Fatalf("%s: never in the record:\n%+v", what, evs)
	return nil
}

// A caller and an agent with telephones that nobody here wrote, and via: attended. The agent takes the caller with a
// key; the caller's telephone takes our place at theirs (REFER, then INVITE with Replaces), both hear each other, and
// the gateway is out. Where the caller's side is known to take no REFER, they hear each other here: a second attempt.
func TestAttendedTransferOfTelephones(t *testing.T) {
	t.Parallel()
	peer.NeedLinphone(t)
	for name, c := range map[string]struct {
		noRefer bool
		want    string
		bridged bool
	}{
		"connected by the caller's telephone": {want: "attended completed notify"},
		"which takes no REFER":                {noRefer: true, want: "attended refused no_refer, completed", bridged: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caller, agent := peer.Linphone{User: "caller", Hum: 1000}, peer.Linphone{User: "agent", Hum: 700}
			caller.Start(t)
			agent.Start(t)
			agent.Record(t, "briefing.wav")
			caller.Record(t, "hotline.wav")
			r := newRigOf(t, func(cfg *Config) {
				cfg.Secrets = nil
				cfg.Agents = agents.Config{{Name: "karim", Title: "Karim", Addr: agent.URI(), Via: agents.ViaAttended}}
				if c.noRefer {

					cfg.Trunks = append(cfg.Trunks, sip.TrunkConfig{Name: "theirs", Addr: caller.Addr(), NoRefer: true})
				}
			}, []string{"../configs/hotlines/colibri"}, func(*Engines) {})
			caller.Type(t, "call sip:hotline@"+r.SIPAddr())
			caller.Says(t, "Media streams established")
			caller.Type(t, "0") // a person, please
			agent.Says(t, "Media streams established")
			agent.Record(t, "caller.wav")
			caller.Record(t, "agent.wav")
			agent.Type(t, "1") // takes the caller
			agent.Hears(t, "caller.wav", hearing(1000))
			caller.Hears(t, "agent.wav", hearing(700))
			if c.bridged {
				caller.Type(t, "terminate all")
			}
			var got []string
			bridges := 0
			for _, e := range r.newest(t, "the end", func(b event.Body) bool { _, ok := b.(event.Ended); return ok }) {
				switch b := e.Body.(type) {
				case event.TransferAttempt:
					got = append(got, strings.Join(strings.Fields(b.Via+" "+b.Outcome+" "+b.Reason), " "))
				case event.Bridged:
					bridges++
				case event.Ended:
					if b.Outcome != "transferred" {
						t.Errorf("ended %+v", b)
					}
				}
			}
			if strings.Join(got, ", ") != c.want || (bridges == 1) != c.bridged {
				t.Errorf("attempts %q, want %q; %d bridges", got, c.want, bridges)
			}
			if replaced := strings.Contains(agent.Wire(), "\nReplaces: "); replaced == c.bridged {
				t.Errorf("the agent's telephone was asked to replace our line: %v", replaced)
			}
		})
	}
}

// The same with an agent's telephone that knows nothing of the line to be replaced (481): the caller's telephone,
// which had put us on hold for it, takes us back, and both hear each other here.
func TestAttendedTransferRefusedByTheAgentsTelephone(t *testing.T) {
	t.Parallel()
	peer.NeedLinphone(t)
	caller, agent := peer.Linphone{User: "caller", Hum: 1000}, peer.NewPhone(t, peer.Behaviour{Hum: 700})
	caller.Start(t)
	caller.Record(t, "hotline.wav")
	r := newRigOf(t, func(cfg *Config) {
		cfg.Secrets = nil
		cfg.Agents = agents.Config{{Name: "karim", Title: "Karim", Addr: agent.URI("karim"), Via: agents.ViaAttended}}
	}, []string{"../configs/hotlines/colibri"}, func(*Engines) {})
	caller.Type(t, "call sip:hotline@"+r.SIPAddr())
	caller.Says(t, "Media streams established")
	caller.Type(t, "0")
	call := agent.Next(time.Minute)
	if call == nil {
		t.Fatal("the agent was not rung")
	}
	<-call.Answered
	agent.Does(peer.Behaviour{Status: 481})
	call.Press("1")
	again := agent.Next(time.Minute)
	if again == nil || !strings.HasPrefix(again.Invite.Get("replaces"), call.Invite.Get("call-id")+";") {
		t.Fatalf("the agent's telephone was not asked to replace our line: %+v", again)
	}
	if !call.Hears(1000, time.Minute) {
		t.Error("the agent does not hear the caller")
	}
	caller.Hears(t, "hotline.wav", hearing(700))
	call.Hangup()
	var got []string
	for _, e := range r.newest(t, "the end of it", func(b event.Body) bool { _, ok := b.(event.TransferEnded); return ok }) {
		if b, ok := e.Body.(event.TransferAttempt); ok {
			got = append(got, strings.Join(strings.Fields(fmt.Sprint(b.Via, " ", b.Outcome, " ", b.Status)), " "))
		}
	}
	if want := "attended refused 481, completed 0"; strings.Join(got, ", ") != want {
		t.Errorf("attempts %q, want %q", got, want)
	}
}
