package sip

import (
	"context"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// TestBaresipIsTransferred: a telephone that nobody here wrote calls, is sent to another one by REFER, and
// both speak with each other; the outcome is the one that it reported, and we are out of the call. Once
// directly, and once with a proxy between all three.
func TestBaresipIsTransferred(t *testing.T) {
	t.Parallel()
	for _, proxied := range []bool{false, true} {
		name := "directly"
		if proxied {
			name = "through Kamailio"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			baresipIsTransferred(t, proxied)
		})
	}
}

func baresipIsTransferred(t *testing.T, proxied bool) {
	peer.NeedBaresip(t)
	agent := peer.Baresip{Hum: 700, Second: 2}
	agent.Start(t)
	done := make(chan leg.Referred, 1)
	ended := make(chan error, 1)
	target := make(chan string, 1)
	bot := newRig(t, testConfig(), nil, func(ctx context.Context, l leg.Leg) {
		if err := l.Answer(ctx); err != nil {
			t.Error(err)
			return
		}
		go hum(ctx, l, 440)
		if err := hears(ctx, l, 1000); err != nil {
			t.Error(err)
		}
		done <- l.(leg.Referrer).Refer(ctx, leg.Referral{To: "sip:baresip@" + <-target})
		<-ctx.Done()
		ended <- context.Cause(ctx)
	})
	dial, to := bot.uri("hotline"), agent.Addr()
	if proxied {
		k := peer.Kamailio{Realm: "pbx.example", Password: "unused", Users: map[string]string{"hotline": bot.Addr(), "baresip": agent.Addr()}}
		k.Start(t)
		dial, to = "sip:hotline@"+k.Addr(), k.Addr()
	}
	target <- to
	caller := peer.Baresip{Dial: dial, Hum: 1000, Second: 60}
	caller.Start(t)
	select {
	case r := <-done:
		if r.Outcome != "completed" || r.Proof == "" {
			t.Fatalf("came to %+v", r)
		}
		t.Logf("came to %+v", r)
	case <-time.After(time.Minute):
		t.Fatal("the transfer has no outcome")
	}
	if !heardTone(agent.Heard(t), 1000) {
		t.Error("the agent does not hear the caller")
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("we are still in the call")
	}
}

// TestBaresipTransfers: a telephone that nobody here wrote sends REFER to us; we call whom it names, join
// both, and report; it hangs up because of that report.
func TestBaresipTransfers(t *testing.T) {
	t.Parallel()
	peer.NeedBaresip(t)
	agent := peer.Baresip{Hum: 700, Second: 2}
	agent.Start(t)
	ready, ended := make(chan struct{}), make(chan error, 1)
	asked := make(chan leg.Ask, 1)
	cfg := testConfig()
	cfg.Transfer.ReferFrom = []string{"127.0.0.0/8"}
	bot := newRig(t, cfg, nil, func(ctx context.Context, l leg.Leg) {
		l.(leg.Referee).OnRefer(func(a leg.Ask) { asked <- a })
		if err := l.Answer(ctx); err != nil {
			t.Error(err)
			return
		}
		go hum(ctx, l, 440)
		if err := hears(ctx, l, 1000); err != nil {
			t.Error(err)
		}
		close(ready)
		<-ctx.Done()
		ended <- context.Cause(ctx)
	})
	phone := peer.Baresip{Dial: bot.uri("hotline"), Hum: 1000, Second: 60}
	phone.Start(t)
	wait := func(what string, c <-chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(time.Minute):
			t.Fatal(what)
		}
	}
	wait("the phone did not call", ready)
	phone.Type(t, "/transfer sip:baresip@"+agent.Addr())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	select {
	case a := <-asked:
		other, err := bot.Dial(ctx, a.Invite)
		if err != nil {
			t.Fatal(err)
		}
		go hum(ctx, other, 440)
		if err := hears(ctx, other, 700); err != nil {
			t.Error(err)
		}
		a.Tell(200)
	case <-ctx.Done():
		t.Fatal("no REFER came")
	}
	if !heardTone(agent.Heard(t), 440) {
		t.Error("the agent does not hear the party it was given")
	}
	select {
	case err := <-ended:
		if err != leg.ErrHungUp {
			t.Errorf("the phone's line ended by %v", err)
		}
	case <-ctx.Done():
		t.Error("the phone is still in the call")
	}
}
