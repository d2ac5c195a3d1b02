package sip

import (
	"context"
	"errors"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// A telephone that nobody here wrote registers with its password, over each transport, is rung at its
// name, and both sides hear each other: over TLS with keys in SDP, and nothing plain.
func TestBaresipRegisters(t *testing.T) {
	t.Setenv("DECROCHE_TEST_PHONE", "s3cret")
	peer.NeedBaresip(t)
	for _, transport := range []string{"udp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			cfg, _ := tlsConfig(t)
			cfg.Phones = []Phone{{"karim", "env:DECROCHE_TEST_PHONE"}}
			out := DefaultOutboundConfig()
			cfg.Outbound = &out
			if transport == "tls" {
				cfg.SRTP = "required"
			}
			gateway := newRig(t, cfg, nil, nil)
			addr := gateway.Addr()
			if transport == "tls" {
				addr = gateway.TLSAddr()
			}
			phone := &peer.Baresip{Hum: 660, Second: 1, Registrar: addr, Transport: transport, Domain: "decroche", User: "karim", Password: "s3cret", Encrypt: transport == "tls"}
			phone.Start(t)
			if s := gateway.Phones(); len(s) != 1 || s[0].Contacts != 1 {
				t.Fatalf("phones %+v", s)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			l, err := gateway.Dial(ctx, leg.Invite{Addr: "sip:karim@decroche", RingFor: 50 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			ours := l.(*line)
			ours.mu.Lock()
			sealed := ours.params.Secure != nil
			ours.mu.Unlock()
			if sealed != (transport == "tls") {
				t.Errorf("encrypted: %v", sealed)
			}
			humming, stop := context.WithCancel(ctx)
			hummed := make(chan struct{})
			go func() { defer close(hummed); hum(humming, l, 440) }()
			if err := hears(ctx, l, 660); err != nil {
				t.Error(err)
			}
			if pcm := phone.Heard(t); power(pcm[len(pcm)/2:], 440) < 0.1 {
				t.Errorf("the phone does not hear us: %.2f", power(pcm[len(pcm)/2:], 440))
			}
			stop()
			<-hummed
			l.Hangup(ctx, leg.Normal)
		})
	}
}

// A phone with a wrong password does not get in.
func TestBaresipIsRefused(t *testing.T) {
	t.Setenv("DECROCHE_TEST_PHONE", "another")
	peer.NeedBaresip(t)
	cfg := testConfig()
	cfg.Phones = []Phone{{"karim", "env:DECROCHE_TEST_PHONE"}}
	gateway := newRig(t, cfg, nil, nil)
	phone := &peer.Baresip{Hum: 660, Second: 1, Registrar: gateway.Addr(), Domain: "decroche", User: "karim", Password: "s3cret", Refused: true}
	phone.Start(t)
	if s := gateway.Phones(); s[0].Contacts != 0 {
		t.Errorf("phones %+v", s)
	}
}

// SIPp plays a telephone system that asks for a password before it lets a call through, and checks it.
func TestSIPpAsksWhoWeAre(t *testing.T) {
	peer.NeedSIPp(t)
	for password, status := range map[string]int{"s3cret": 200, "guess": 403} {
		t.Run(password, func(t *testing.T) {
			t.Setenv("DECROCHE_TEST_TRUNK", password)
			pbx := &peer.SIPp{Scenario: "testdata/sipp/pbx_auth.xml"}
			pbx.Start(t)
			cfg := testConfig()
			out := DefaultOutboundConfig()
			cfg.Outbound = &out
			cfg.Trunks = []TrunkConfig{{Name: "pbx", Addr: pbx.Addr(), Username: "colibri", Password: "env:DECROCHE_TEST_TRUNK", Prefixes: []string{"+33"}, Ping: -1}}
			gateway := newRig(t, cfg, nil, nil)
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			l, err := gateway.Dial(ctx, leg.Invite{Addr: "tel:+33612345678"})
			var refused *leg.Refused
			switch {
			case status == 200 && err != nil, status != 200 && (!errors.As(err, &refused) || refused.Status != status):
				t.Errorf("ended with %v, want %d", err, status)
			case err == nil:
				if l.Info().Called != "+33612345678" {
					t.Errorf("called %s", l.Info().Called)
				}
				l.Hangup(ctx, leg.Normal)
			}
			if err := pbx.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}
