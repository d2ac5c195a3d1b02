package sip

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"sync"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// rig is a server with its own media engine and wheel, on loopback and free ports.
type rig struct {
	*Server
	engine *rtp.Engine
	t      *testing.T
}

// testConfig is DefaultConfig on loopback.
func testConfig() Config {
	c := DefaultConfig()
	c.Listen = "127.0.0.1:0"
	c.RatePerSource, c.RateBurst = 1000, 10000
	return c
}

// newRig starts a server; tune may change it before it listens. Everything is stopped, and
// checked for left-overs, when the test ends.
func newRig(t *testing.T, cfg Config, tune func(*Server), accept func(context.Context, leg.Leg)) *rig {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	wheel := pacer.New(pacer.DefaultConfig())
	turning := make(chan struct{})
	go func() { defer close(turning); wheel.Run(ctx) }()
	rc := rtp.DefaultConfig()
	rc.BindIP = "127.0.0.1"
	engine, err := rtp.NewEngine(rc, wheel, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(cfg, engine, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	if tune != nil {
		tune(s)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	serve, stop := context.WithCancel(context.Background())
	if accept == nil {
		accept = func(ctx context.Context, l leg.Leg) { <-ctx.Done() }
	}
	go func() { defer close(served); s.Serve(serve, accept) }()
	t.Cleanup(func() {
		stop()
		<-served
		if n := s.Lines(); n != 0 {
			t.Errorf("%d lines are left", n)
		}
		if n := engine.Sessions(); n != 0 {
			t.Errorf("%d media sessions are left", n)
		}
		engine.Close()
		cancel()
		<-turning
	})
	return &rig{s, engine, t}
}

func (r *rig) uri(user string) string { return "sip:" + user + "@" + r.Addr() }

// tone makes 20 ms of a sine at freq Hz beginning at sample n.
func tone(freq float64, n int) media.Frame {
	pcm := make([]int16, 160)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*freq*float64(n+i)/8000))
	}
	return media.Frame{PCM: pcm, Rate: 8000}
}

// power is how strong freq is in pcm, from 0 to about 1 for a pure tone of ours (Goertzel).
func power(pcm []int16, freq float64) float64 {
	w := 2 * math.Cos(2*math.Pi*freq/8000)
	var a, b float64
	for _, s := range pcm {
		a, b = float64(s)+w*a-b, a
	}
	mag := math.Sqrt(a*a+b*b-w*a*b) * 2 / float64(len(pcm))
	return mag / 8000
}

// hum sends freq until ctx ends.
func hum(ctx context.Context, l leg.Leg, freq float64) {
	rate := l.Info().Rate
	for n := 0; ; n += rate / 50 {
		f := media.Frame{PCM: make([]int16, rate/50), Rate: rate}
		for i := range f.PCM {
			f.PCM[i] = int16(8000 * math.Sin(2*math.Pi*freq*float64(n+i)/float64(rate)))
		}
		if l.Send(ctx, f) != nil {
			return
		}
	}
}

// hears reads until freq is clearly there, or fails after a time.
func hears(ctx context.Context, l leg.Leg, freq float64) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var pcm []int16
	for {
		h, err := l.Receive(ctx)
		if err != nil {
			return err
		}
		for i := 0; i < len(h.Frame.PCM); i += h.Frame.Rate / 8000 { // enough to find a tone
			pcm = append(pcm, h.Frame.PCM[i])
		}
		if len(pcm) > 1600 {
			pcm = pcm[len(pcm)-1600:]
			if power(pcm, freq) > 0.5 {
				return nil
			}
		}
	}
}

func TestCallBothWays(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp", "tcp"} {
		for _, codec := range []string{"PCMA", "PCMU"} {
			t.Run(network+"/"+codec, func(t *testing.T) {
				t.Parallel()
				heard := make(chan error, 1)
				ended := make(chan error, 1)
				infos := make(chan leg.Info, 1)
				bot := newRig(t, testConfig(), nil, func(ctx context.Context, l leg.Leg) {
					infos <- l.Info()
					if err := l.Answer(ctx); err != nil {
						heard <- err
						return
					}
					go hum(ctx, l, 440)
					heard <- hears(ctx, l, 1000)
					<-ctx.Done()
					ended <- context.Cause(ctx)
				})
				cfg := testConfig()
				cfg.Codecs = []string{codec}
				phone := newRig(t, cfg, nil, nil)
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				addr := bot.uri("hotline-en")
				if network == "tcp" {
					addr += ";transport=tcp"
				}
				l, err := phone.Dial(ctx, leg.Invite{Addr: addr, From: "Zoé", Headers: map[string]string{"User-to-User": "abc;encoding=hex"}})
				if err != nil {
					t.Fatal(err)
				}
				go hum(ctx, l, 1000)
				if err := hears(ctx, l, 440); err != nil {
					t.Errorf("caller heard nothing: %v", err)
				}
				if err := <-heard; err != nil {
					t.Errorf("bot heard nothing: %v", err)
				}
				if i := <-infos; i.Called != "hotline-en" || i.FromName != "Zoé" || i.Codec != codec || i.Headers["User-to-User"] != "abc;encoding=hex" {
					t.Errorf("info is %+v", i)
				}
				if err := l.Hangup(ctx, leg.Normal); err != nil {
					t.Error(err)
				}
				if err := <-ended; !errors.Is(err, leg.ErrHungUp) {
					t.Errorf("bot's context ended with %v, want ErrHungUp", err)
				}
				for {
					if _, err := l.Receive(ctx); err != nil {
						if err != io.EOF {
							t.Errorf("receive after hangup: %v, want EOF", err)
						}
						break
					}
				}
			})
		}
	}
}

// TestManyByTCPAtOnce: calls that open connections to one address at the same time all work, and
// closing waits for every connection.
func TestManyByTCPAtOnce(t *testing.T) {
	t.Parallel()
	bot := newRig(t, testConfig(), nil, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) == nil {
			<-ctx.Done()
		}
	})
	phone := newRig(t, testConfig(), nil, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			l, err := phone.Dial(ctx, leg.Invite{Addr: bot.uri("hotline") + ";transport=tcp"})
			if err != nil {
				t.Error(err)
				return
			}
			l.Hangup(ctx, leg.Normal)
		})
	}
	wg.Wait()
}

// TestAnyInterface: bound to every interface, the addresses in messages are still ones that work.
func TestAnyInterface(t *testing.T) {
	t.Parallel()
	heard := make(chan error, 1)
	cfg := testConfig()
	cfg.Listen = ":0"
	bot := newRig(t, cfg, func(s *Server) { s.media = anyEngine(t) }, func(ctx context.Context, l leg.Leg) {
		if err := l.Answer(ctx); err != nil {
			heard <- err
			return
		}
		go hum(ctx, l, 440)
		heard <- hears(ctx, l, 1000)
		<-ctx.Done()
	})
	phone := newRig(t, testConfig(), nil, nil)
	_, port, _ := net.SplitHostPort(bot.Addr())
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	l, err := phone.Dial(ctx, leg.Invite{Addr: "sip:hotline@127.0.0.1:" + port})
	if err != nil {
		t.Fatal(err)
	}
	go hum(ctx, l, 1000)
	if err := hears(ctx, l, 440); err != nil {
		t.Error(err)
	}
	if err := <-heard; err != nil {
		t.Error(err)
	}
	l.Hangup(ctx, leg.Normal)
}

// anyEngine is an engine bound to every interface, with a wheel of its own.
func anyEngine(t *testing.T) *rtp.Engine {
	ctx, cancel := context.WithCancel(context.Background())
	wheel := pacer.New(pacer.DefaultConfig())
	turning := make(chan struct{})
	go func() { defer close(turning); wheel.Run(ctx) }()
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), wheel, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close(); cancel(); <-turning })
	return engine
}
