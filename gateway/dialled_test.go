package gateway

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"decroche/asr/asrtest"

	"decroche/gateway/leg"
	"decroche/tts/ttstest"
)

// A gateway that is started again counts on where the one before it stopped.
func TestCapsOverARestart(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.DataDir = t.TempDir()
	cfg.Secrets = nil
	cfg.SIP.Listen, cfg.RTC.Listen, cfg.HTTP.Listen = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	cfg.Outbound.PerHour, cfg.Outbound.PerDay = 2, 2
	const addr = "sip:0612345678@127.0.0.1:9"
	for process, free := range []bool{true, true, false} {
		g, err := New(t.Context(), cfg, Engines{Ears: &asrtest.Script{}, Mouth: &ttstest.Voice{}}, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		err = g.sip.Permit(addr)
		if (err == nil) != free || err != nil && !strings.Contains(err.Error(), "2 calls began") {
			t.Errorf("process %d: %v", process, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // it counts as soon as it is tried
		if _, err := g.sip.Dial(ctx, leg.Invite{Addr: addr}); err == nil {
			t.Error("somebody answered")
		}
		g.stopAll()
	}
}
