package rtc_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/internal/browser"
	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/rtp"
	"decroche/media/tone"
)

// house is a gateway's door for browsers, and a machine with browsers, on loopback.
type house struct {
	t      *testing.T
	server *rtc.Server
	url    string
	mux    *http.ServeMux
	host   *browser.Host
	calls  chan call
}

// call is a leg that was accepted.
type call struct {
	leg.Leg
	wish rtc.Wish
	ctx  context.Context
}

// patience is for machines that are busy with other things.
const patience = 60 * time.Second

func newHouse(t *testing.T, change func(*rtc.Config), accept func(context.Context, leg.Leg, rtc.Wish)) *house {
	t.Helper()
	wheel := pacer.New(pacer.DefaultConfig())
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { wheel.Run(ctx) })
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), wheel, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := rtc.DefaultConfig()
	cfg.Listen, cfg.ConnectTimeout, cfg.OffersBurst = "127.0.0.1:0", 30*time.Second, 1000
	if change != nil {
		change(&cfg)
	}
	h := &house{t: t, calls: make(chan call, 100)}
	if h.server, err = rtc.New(cfg, engine, slog.New(slog.NewTextHandler(io.Discard, nil)), nil); err != nil {
		t.Fatal(err)
	}
	if err := h.server.Listen(); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(rtc.Path, h.server)
	mux.Handle(rtc.Path+"/{id}", h.server)
	web := httptest.NewServer(mux)
	h.mux = mux
	h.url = web.URL
	if accept == nil {
		accept = h.answer
	}
	serve, stop := context.WithCancel(context.Background())
	served := make(chan struct{})
	started := make(chan struct{})
	go func() { defer close(served); close(started); _ = h.server.Serve(serve, accept) }()
	<-started
	h.host = browser.NewHost(engine)
	t.Cleanup(func() {
		stop()
		<-served
		web.Close()
		h.server.Close()
		h.host.Close()
		engine.Close()
		cancel()
		parts.Wait()
	})
	return h
}

// answer picks up, tells the test, and stays until the leg ends.
func (h *house) answer(ctx context.Context, l leg.Leg, w rtc.Wish) {
	if err := l.Answer(ctx); err != nil {
		return
	}
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	h.calls <- call{l, w, over}
	for {
		if _, err := l.Receive(ctx); err != nil {
			return
		}
	}
}

func (h *house) dial(opt browser.Options) *browser.Browser {
	h.t.Helper()
	opt.URL = h.url
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b, err := h.host.Call(ctx, opt)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = b.Hangup(context.Background(), leg.Normal) })
	return b
}

// hum plays a tone until ctx ends.
func hum(ctx context.Context, l leg.Leg, hz float64) {
	rate := l.Info().Rate
	pcm := tone.Sine(hz, rate, time.Second, 0.3)
	for l.Send(ctx, media.Frame{PCM: pcm, Rate: rate}) == nil {
	}
}

// hears waits until a leg has heard a tone for half a second, or the key; it reports what it was.
func hears(t *testing.T, l leg.Leg, hz float64, key byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for n := 0; n < 25; {
		h, err := l.Receive(ctx)
		switch {
		case err != nil:
			t.Fatalf("waiting for %v Hz or the key %q: %v", hz, key, err)
		case h.Digit != 0 && h.Digit == key:
			return
		case h.Digit == 0 && hz > 0 && tone.Goertzel(h.Frame.PCM, h.Frame.Rate, hz) > 0.1:
			n++
		}
	}
}

// A browser and the gateway hear each other, in each codec, and keys go both ways.
func TestBothHearEachOther(t *testing.T) {
	t.Parallel()
	for _, codec := range []string{"opus", "G722", "PCMA", "PCMU"} {
		for _, lite := range []bool{false, true} {
			if lite && codec != "PCMU" {
				continue // the way does not depend on the codec
			}
			t.Run(fmt.Sprintf("%s, lite %v", codec, lite), func(t *testing.T) {
				t.Parallel()
				tones, heard := make(chan struct{}), make(chan struct{})
				var wish rtc.Wish
				var info leg.Info
				h := newHouse(t, func(c *rtc.Config) { c.Lite = lite }, func(ctx context.Context, l leg.Leg, w rtc.Wish) {
					if err := l.Answer(ctx); err != nil {
						t.Error(err)
						return
					}
					wish, info = w, l.Info()
					ctx, cancel := context.WithCancel(ctx)
					var hums sync.WaitGroup
					hums.Go(func() { hum(ctx, l, 440) })
					hears(t, l, 1000, 0)
					close(tones)
					hears(t, l, 0, '7')
					if c, ok := l.(leg.Confirmer); !ok || !c.Confirmed() {
						t.Error("a line that is heard is not confirmed")
					}
					close(heard)
					for {
						if _, err := l.Receive(ctx); err != nil {
							break
						}
					}
					cancel()
					hums.Wait()
				})
				path := ""
				if lite { // and from a smart speaker
					path = rtc.Path + "?bot=colibri&lang=fr&door=speaker"
				}
				b := h.dial(browser.Options{Codecs: []string{codec}, Bot: "colibri", Lang: "fr", Video: true, Path: path})
				if b.Status != http.StatusCreated || b.Location == "" || b.Conversation == "" {
					t.Errorf("answered %d, Location %q, conversation %q", b.Status, b.Location, b.Conversation)
				}
				ctx, cancel := context.WithCancel(context.Background())
				var hums sync.WaitGroup
				hums.Go(func() { hum(ctx, b, 1000) })
				hears(t, b, 440, 0)
				<-tones
				cancel()
				hums.Wait()
				if err := b.SendDigits(context.Background(), "7"); err != nil {
					t.Error(err)
				}
				<-heard
				if wish != (rtc.Wish{Bot: "colibri", Lang: "fr", Speaker: lite}) || info.Codec != codec || info.Called != "colibri" || info.From != "sip:anonymous@anonymous.invalid" || info.Tag != b.Conversation {
					t.Errorf("the leg is for %+v with %+v", wish, info)
				}
				if err := b.Hangup(context.Background(), leg.Normal); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
