package sip

import (
	"context"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// Behind a proxy that nobody here wrote, and that asks everybody for a password: we register there and a
// telephone does; we ring the telephone, and it rings us. Both times both sides hear each other.
func TestTrunkToKamailio(t *testing.T) {
	peer.NeedKamailio(t)
	peer.NeedBaresip(t)
	t.Setenv("DECROCHE_TEST_TRUNK", "s3cret")
	proxy := &peer.Kamailio{Realm: "pbx.example", Password: "s3cret"}
	proxy.Start(t)

	cfg := testConfig()
	out := DefaultOutboundConfig()
	cfg.Outbound = &out
	cfg.Trunks = []TrunkConfig{{Name: "pbx", Addr: proxy.Addr(), Domain: "pbx.example", Username: "colibri", Password: "env:DECROCHE_TEST_TRUNK", Register: true, Prefixes: []string{"+33"}}}
	heard := make(chan error, 1)
	gateway := newRig(t, cfg, nil, func(ctx context.Context, l leg.Leg) {
		if err := l.Answer(ctx); err != nil {
			heard <- err
			return
		}
		go hum(ctx, l, 440)
		heard <- hears(ctx, l, 880)
		<-ctx.Done()
	})
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	for gateway.Trunks()[0].RegisteredUntil.IsZero() {
		if !sleep(ctx, 20*time.Millisecond) {
			t.Fatalf("not registered: %+v", gateway.Trunks()[0])
		}
	}

	phone := &peer.Baresip{Hum: 660, Second: 1, Registrar: proxy.Addr(), Domain: "pbx.example", User: "201", Password: "s3cret"}
	phone.Start(t)
	l, err := gateway.Dial(ctx, leg.Invite{Addr: "sip:201@pbx", RingFor: 50 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	humming, stop := context.WithCancel(ctx)
	hummed := make(chan struct{})
	go func() { defer close(hummed); hum(humming, l, 440) }()
	if err := hears(ctx, l, 660); err != nil {
		t.Error(err)
	}
	if !heardTone(phone.Heard(t), 440) {
		t.Error("the phone does not hear us")
	}
	stop()
	<-hummed
	l.Hangup(ctx, leg.Normal)

	caller := &peer.Baresip{Hum: 880, Second: 1, Registrar: proxy.Addr(), Domain: "pbx.example", User: "202", Password: "s3cret", Dial: "sip:colibri@pbx.example"}
	caller.Start(t)
	if !heardTone(caller.Heard(t), 440) {
		t.Error("the caller does not hear us")
	}
	select {
	case err := <-heard:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Error("the caller is not heard")
	}
}
