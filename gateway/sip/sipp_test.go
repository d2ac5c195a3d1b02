package sip

import (
	"context"
	"errors"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// TestSIPp runs scenarios of a test tool that nobody here wrote against the server, over UDP and
// TCP, all on one server at once.
func TestSIPp(t *testing.T) {
	t.Parallel()
	peer.NeedSIPp(t)
	cfg := testConfig()
	cfg.AckTimeout = time.Second
	echoed := make(chan error, 10)
	bot := newRig(t, cfg, nil, func(ctx context.Context, l leg.Leg) {
		if l.Info().Called == "slow" {
			<-ctx.Done()
			return
		}
		if err := l.Answer(ctx); err != nil {
			return
		}
		if l.Info().Called == "echo" {
			go hum(ctx, l, 440)
			echoed <- hears(ctx, l, 440)
		}
		<-ctx.Done()
	})
	for _, tcp := range []bool{false, true} {
		network := map[bool]string{false: "udp", true: "tcp"}[tcp]
		for _, name := range []string{"basic", "cancel", "noack", "hold", "update", "interval", "prack", "unknown", "options"} {
			t.Run(network+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := peer.SIPp{Scenario: "testdata/sipp/" + name + ".xml", Target: bot.Addr(), User: "hotline", TCP: tcp}
				if name == "cancel" {
					s.User = "slow"
				}
				s.Run(t)
			})
		}
	}
	t.Run("echo", func(t *testing.T) {
		t.Parallel()
		s := peer.SIPp{Scenario: "testdata/sipp/basic.xml", Target: bot.Addr(), User: "echo", Args: []string{"-rtp_echo"}}
		s.Run(t)
		if err := <-echoed; err != nil {
			t.Errorf("what SIPp sent back was not heard: %v", err)
		}
	})
	t.Run("many", func(t *testing.T) {
		t.Parallel()
		s := peer.SIPp{Scenario: "-uac", Target: bot.Addr(), User: "hotline", Calls: 100, Args: []string{"-r", "50"}}
		s.Run(t)
	})
}

// TestDialSIPp calls a phone made of SIPp, and one that is busy.
func TestDialSIPp(t *testing.T) {
	t.Parallel()
	peer.NeedSIPp(t)
	phone := newRig(t, testConfig(), nil, nil)
	agent := peer.SIPp{Scenario: "testdata/sipp/uas.xml", Args: []string{"-rtp_echo"}}
	agent.Start(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	l, err := phone.Dial(ctx, leg.Invite{Addr: "sip:201@" + agent.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	go hum(ctx, l, 440)
	if err := hears(ctx, l, 440); err != nil {
		t.Error(err)
	}
	l.Hangup(ctx, leg.Normal)
	if err := agent.Wait(); err != nil {
		t.Error(err)
	}
	busy := peer.SIPp{Scenario: "testdata/sipp/busy.xml"}
	busy.Start(t)
	_, err = phone.Dial(ctx, leg.Invite{Addr: "sip:201@" + busy.Addr()})
	var r *leg.Refused
	if !errors.As(err, &r) || r.Status != 486 {
		t.Errorf("error is %v", err)
	}
	if err := busy.Wait(); err != nil {
		t.Error(err)
	}
}
