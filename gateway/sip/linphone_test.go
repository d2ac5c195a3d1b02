package sip

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// An attended transfer with telephones that nobody here wrote (linphonec; baresip 1.0 has no Replaces), in
// every part that we and they can have in it. Each runs once directly and once with Kamailio between all.

// hearing is a Linphone.Hears of one tone.
func hearing(freq float64) func([]int16) bool {
	return func(pcm []int16) bool { return heardTone(pcm, freq) }
}

// eachWay runs the test directly and through Kamailio. via starts the proxy in front of who is named and
// tells where each of them is called.
func eachWay(t *testing.T, test func(t *testing.T, via func(users map[string]string) func(user string) string)) {
	t.Parallel()
	peer.NeedLinphone(t)
	t.Run("directly", func(t *testing.T) {
		t.Parallel()
		test(t, func(users map[string]string) func(string) string {
			return func(user string) string { return "sip:" + user + "@" + users[user] }
		})
	})
	t.Run("through Kamailio", func(t *testing.T) {
		t.Parallel()
		test(t, func(users map[string]string) func(string) string {
			k := peer.Kamailio{Realm: "pbx.example", Password: "unused", Users: users, Usual: true}
			k.Start(t)
			return func(user string) string { return "sip:" + user + "@" + k.Addr() }
		})
	})
}

// within fails the test when nothing comes for a minute.
func within[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(time.Minute):
		t.Fatal(what)
	}
	return v
}

// untilEnd reads what is heard until the leg ends, and returns why it did.
func untilEnd(ctx context.Context, l leg.Leg) error {
	for {
		if _, err := l.Receive(ctx); err != nil {
			return err
		}
	}
}

// TestLinphoneIsTransferredAttended: we send REFER with Replaces to a caller; their telephone takes the place of
// our consultation at another telephone, which accepts the INVITE with Replaces. Both hear each other, and
// both of our lines have ended.
func TestLinphoneIsTransferredAttended(t *testing.T) {
	eachWay(t, func(t *testing.T, via func(map[string]string) func(string) string) {
		caller, agent := peer.Linphone{User: "caller", Hum: 1000}, peer.Linphone{User: "agent", Hum: 700}
		caller.Start(t)
		agent.Start(t)
		agent.Record(t, "consulted.wav")
		lines := make(chan leg.Leg, 1)
		ended := make(chan error, 2)
		bot := newRig(t, testConfig(), nil, func(ctx context.Context, l leg.Leg) {
			if err := l.Answer(ctx); err != nil {
				t.Error(err)
			}
			go hum(ctx, l, 440)
			if err := hears(ctx, l, 1000); err != nil {
				t.Error(err)
			}
			lines <- l
			<-ctx.Done()
			ended <- context.Cause(ctx)
		})
		at := via(map[string]string{"hotline": bot.Addr(), "agent": agent.Addr(), "caller": caller.Addr()})
		caller.Record(t, "hotline.wav")
		caller.Type(t, "call "+at("hotline"))
		l := within(t, lines, "the caller did not call")
		caller.Hears(t, "hotline.wav", hearing(440))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		consultation, err := bot.Dial(ctx, leg.Invite{Addr: at("agent")})
		if err != nil {
			t.Fatal(err)
		}
		go hum(ctx, consultation, 520)
		if err := hears(ctx, consultation, 700); err != nil {
			t.Fatal(err)
		}
		agent.Hears(t, "consulted.wav", hearing(520))
		caller.Record(t, "agent.wav")
		agent.Record(t, "caller.wav")
		r := l.(leg.Referrer).Refer(ctx, leg.Referral{To: at("agent"), With: consultation})
		if r.Outcome != "completed" || r.Proof != "notify" {
			t.Fatalf("came to %+v", r)
		}
		agent.Hears(t, "caller.wav", hearing(1000))
		caller.Hears(t, "agent.wav", hearing(700))
		if !strings.Contains(agent.Wire(), "\nReplaces: "+consultation.Info().ID+";") {
			t.Error("the agent's telephone was not asked to replace our consultation")
		}
		within(t, ended, "we are still in the caller's call")
		if err := untilEnd(ctx, consultation); err != io.EOF {
			t.Errorf("the consultation ended by %v", err)
		}
	})
}

// consulting is an agent's telephone that we called, and that holds us while it speaks with a colleague's.
type consulting struct {
	bot              *rig
	agent, colleague peer.Linphone
	line             leg.Leg // ours, to the agent; 440 Hz goes out of it
}

func newConsulting(ctx context.Context, t *testing.T, via func(map[string]string) func(string) string) *consulting {
	t.Helper()
	cfg := testConfig()
	cfg.Transfer.ReplacesFrom = []string{"127.0.0.0/8"}
	c := &consulting{bot: newRig(t, cfg, nil, nil),
		agent: peer.Linphone{User: "agent", Hum: 1000}, colleague: peer.Linphone{User: "colleague", Hum: 700}}
	c.agent.Start(t)
	c.colleague.Start(t)
	at := via(map[string]string{"agent": c.agent.Addr(), "colleague": c.colleague.Addr()})
	c.agent.Record(t, "customer.wav")
	var err error
	if c.line, err = c.bot.Dial(ctx, leg.Invite{Addr: at("agent")}); err != nil {
		t.Fatal(err)
	}
	go hum(ctx, c.line, 440)
	if err := hears(ctx, c.line, 1000); err != nil {
		t.Fatal(err)
	}
	c.agent.Hears(t, "customer.wav", hearing(440))
	c.agent.Says(t, "Media streams established")
	c.agent.Type(t, "pause")
	c.agent.Says(t, "paused")
	c.agent.Record(t, "colleague.wav")
	c.colleague.Record(t, "agent.wav")
	c.agent.Type(t, "call "+at("colleague"))
	c.agent.Says(t, "Media streams established")
	c.agent.Hears(t, "colleague.wav", hearing(700))
	c.colleague.Hears(t, "agent.wav", hearing(1000))
	c.colleague.Record(t, "customer.wav")
	return c
}

// TestLinphoneTransfersAttended: an agent's telephone has us on one line and a colleague on another, and joins
// both: REFER with Replaces comes to us, we take the agent's place at the colleague, and the agent is out.
func TestLinphoneTransfersAttended(t *testing.T) {
	eachWay(t, func(t *testing.T, via func(map[string]string) func(string) string) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		c := newConsulting(ctx, t, via)
		asked := make(chan leg.Ask, 1)
		c.line.(leg.Referee).OnRefer(func(a leg.Ask) { asked <- a })
		c.agent.Type(t, "transfer 1 --to-call 2")
		a := within(t, asked, "no REFER came")
		if a.Invite.Replaces == "" {
			t.Fatalf("asked for %+v without Replaces", a)
		}
		other, err := c.bot.Dial(ctx, a.Invite)
		if err != nil {
			t.Fatal(err)
		}
		go hum(ctx, other, 440)
		a.Tell(200)
		if err := hears(ctx, other, 700); err != nil {
			t.Error(err)
		}
		c.colleague.Hears(t, "customer.wav", hearing(440))
		if err := untilEnd(ctx, c.line); err != io.EOF {
			t.Errorf("the agent's line ended by %v", err)
		}
	})
}

// TestLinphoneTakesOver: the same, but the agent gives us to the colleague: the REFER goes to the colleague, and
// INVITE with Replaces comes to us. The leg stays, with another telephone on it.
func TestLinphoneTakesOver(t *testing.T) {
	eachWay(t, func(t *testing.T, via func(map[string]string) func(string) string) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		c := newConsulting(ctx, t, via)
		replaced := make(chan leg.Info, 1)
		c.line.(leg.Replaced).OnReplaced(func(by leg.Info) { replaced <- by })
		c.agent.Type(t, "transfer 2 --to-call 1")
		by := within(t, replaced, "no INVITE with Replaces came")
		if !strings.Contains(by.From, "colleague") {
			t.Errorf("taken over by %+v", by)
		}
		if err := hears(ctx, c.line, 700); err != nil {
			t.Error(err)
		}
		c.colleague.Hears(t, "customer.wav", hearing(440))
	})
}
