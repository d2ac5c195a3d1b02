package main

import (
	"context"
	"net/netip"
	"sync"

	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// sendOurs plays a sound over and over to each address with the gateway's own engine and wheel,
// until ctx ends.
func sendOurs(ctx context.Context, pcm []int16, to []netip.AddrPort) error {
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
		s, err := engine.Open(rtp.Options{})
		if err != nil {
			return err
		}
		s.Set(rtp.Params{Remote: a, RemoteRTCP: netip.AddrPortFrom(a.Addr(), 9), Codec: "PCMA", Type: 8, EventType: -1, Ptime: media.FrameTime, Send: true, Receive: true, Held: true})
		parts.Go(func() { feed(ctx, s, pcm) })
	}
	<-ctx.Done()
	return nil
}

// feed is one stream's mouth.
func feed(ctx context.Context, s *rtp.Session, pcm []int16) {
	const n = media.PhoneRate / 50
	for i := 0; ; i = (i + n) % (len(pcm) / n * n) {
		if s.Send(ctx, media.Frame{PCM: pcm[i : i+n : i+n], Rate: media.PhoneRate}) != nil {
			return
		}
	}
}
