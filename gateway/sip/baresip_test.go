package sip

import (
	"context"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// heardTone reports whether freq stands clearly in some 200 ms of pcm.
func heardTone(pcm []int16, freq float64) bool {
	for i := 0; i+1600 <= len(pcm); i += 800 {
		if power(pcm[i:i+1600], freq) > 0.5 {
			return true
		}
	}
	return false
}

// TestBaresipCalls: a telephone that nobody here wrote calls, is heard and hears, in each codec.
func TestBaresipCalls(t *testing.T) {
	t.Parallel()
	peer.NeedBaresip(t)
	for _, codec := range []string{"", "G722", "opus"} {
		t.Run("codec "+codec, func(t *testing.T) {
			t.Parallel()
			baresipCalls(t, codec)
		})
	}
}

func baresipCalls(t *testing.T, codec string) {
	heard := make(chan error, 1)
	cfg := testConfig()
	cfg.Codecs = append(cfg.Codecs, "G722", "opus")
	bot := newRig(t, cfg, nil, func(ctx context.Context, l leg.Leg) {
		if codec != "" && (l.Info().Codec != codec || l.Info().Rate != 16000) {
			t.Errorf("the leg speaks %s at %d", l.Info().Codec, l.Info().Rate)
		}
		if err := l.Answer(ctx); err != nil {
			heard <- err
			return
		}
		go hum(ctx, l, 440)
		heard <- hears(ctx, l, 1000)
		<-ctx.Done()
	})
	b := peer.Baresip{Dial: bot.uri("hotline"), Hum: 1000, Second: 1, Codec: codec}
	b.Start(t)
	if !heardTone(b.Heard(t), 440) {
		t.Error("baresip did not hear the bot")
	}
	select {
	case err := <-heard:
		if err != nil {
			t.Errorf("baresip was not heard: %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("baresip did not call")
	}
}

// TestDialBaresip: the other way round, as an agent's phone, in each codec.
func TestDialBaresip(t *testing.T) {
	t.Parallel()
	peer.NeedBaresip(t)
	for _, codec := range []string{"", "G722", "opus"} {
		t.Run("codec "+codec, func(t *testing.T) {
			t.Parallel()
			dialBaresip(t, codec)
		})
	}
}

func dialBaresip(t *testing.T, codec string) {
	b := peer.Baresip{Hum: 1000, Second: 1, Codec: codec}
	b.Start(t)
	cfg := testConfig()
	cfg.Codecs = append(cfg.Codecs, "G722", "opus")
	phone := newRig(t, cfg, nil, nil)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := phone.Dial(ctx, leg.Invite{Addr: "sip:baresip@" + b.Addr(), From: "Colibri Express",
		Headers: map[string]string{"User-to-User": "3031;encoding=hex"}})
	if err != nil {
		t.Fatal(err)
	}
	go hum(ctx, l, 440)
	if err := hears(ctx, l, 1000); err != nil {
		t.Errorf("baresip was not heard: %v", err)
	}
	if !heardTone(b.Heard(t), 440) {
		t.Error("baresip did not hear us")
	}
}
