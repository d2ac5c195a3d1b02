package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"decroche/gateway/leg"
	"decroche/gateway/sip"
	"decroche/internal/loopback"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// line is a SIP phone line of the terminal on loopback: a port of its own, RTP of its own.
type line struct {
	server *sip.Server
	stop   context.CancelFunc
	done   chan struct{}
}

// newLine opens a line on a free port. accept, when not nil, is what to do when it rings;
// without it the line only dials.
func newLine(ctx context.Context, accept func(ctx context.Context, l leg.Leg)) (*line, error) {
	port, err := loopback.Port()
	if err != nil {
		return nil, err
	}
	cfg := sip.DefaultConfig()
	cfg.Listen = fmt.Sprintf("127.0.0.1:%d", port)
	cfg.UserAgent = "decroche-phone"
	cfg.RatePerSource, cfg.RateBurst = 1e5, 1<<20
	rtpCfg := rtp.DefaultConfig()
	rtpCfg.PortMin, rtpCfg.PortMax = 20000, 29999
	wheel := pacer.New(pacer.DefaultConfig())
	engine, err := rtp.NewEngine(rtpCfg, wheel, nil)
	if err != nil {
		return nil, err
	}
	server, err := sip.New(cfg, engine, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return nil, err
	}
	if err := server.Listen(); err != nil {
		return nil, fmt.Errorf("open a phone line: %w", err)
	}
	if accept == nil {
		accept = func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, leg.Busy) }
	}
	sctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &line{server: server, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		var pace sync.WaitGroup
		pctx, still := context.WithCancel(context.Background())
		pace.Go(func() { wheel.Run(pctx) })
		_ = server.Serve(sctx, accept) // ends when sctx does
		still()
		pace.Wait()
	}()
	return l, nil
}

func (l *line) close() {
	l.stop()
	<-l.done
}
