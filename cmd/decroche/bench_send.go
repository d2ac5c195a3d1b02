package main

import (
	"context"
	"net/netip"
	"sync"

	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// sendOurs plays a prompt over and over to each address with the gateway's own engine and wheel, as
// calls play what is kept in their codec, until ctx ends.
func sendOurs(ctx context.Context, prompt *media.Clip, to []netip.AddrPort) error {
	wheel := pacer.New(pacer.DefaultConfig())
	cfg := rtp.DefaultConfig()
	cfg.PortMax = 65535
	engine, err := rtp.NewEngine(cfg, wheel, rtp.NewMetrics(nil))
	if err != nil {
		return err
	}
	defer engine.Close()
	var parts sync.WaitGroup
	defer parts.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts.Go(func() { wheel.Run(ctx) })
	for _, a := range to {
		s, err := engine.Open(rtp.Options{Remote: a})
		if err != nil {
			return err
		}
		s.Set(rtp.Params{Remote: a, RemoteRTCP: netip.AddrPortFrom(a.Addr(), 9), Codec: prompt.Codec, Type: 8, EventType: -1, Ptime: media.FrameTime, Send: true, Receive: true, Held: true})
		parts.Go(func() { feed(ctx, s, prompt) })
	}
	<-ctx.Done()
	return nil
}

// feed is one stream's mouth.
func feed(ctx context.Context, s *rtp.Session, prompt *media.Clip) {
	for s.Play(ctx, prompt) == nil {
	}
}
