package line

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/media"
	"decroche/media/pacer"
	"decroche/media/rtp"
	"decroche/media/tone"
)

// patience is for machines that are busy with other things.
const patience = time.Minute

// house is a gateway's door for WebRTC, which hums 440 Hz to whoever calls.
type house struct {
	url   string
	legs  chan leg.Leg
	token chan string
	// down makes HTTP fail, as a network does that is gone.
	mu   sync.Mutex
	down int
}

func newHouse(t *testing.T) *house {
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
	cfg.Listen, cfg.ConnectTimeout, cfg.OffersBurst, cfg.ReconnectFor = "127.0.0.1:0", 30*time.Second, 1000, 30*time.Second
	server, err := rtc.New(cfg, engine, slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Listen(); err != nil {
		t.Fatal(err)
	}
	h := &house{legs: make(chan leg.Leg, 10), token: make(chan string, 100)}
	mux := http.NewServeMux()
	mux.Handle(rtc.Path, h.guard(server))
	mux.Handle(rtc.Path+"/{id}", h.guard(server))
	web := httptest.NewServer(mux)
	h.url = web.URL
	served := make(chan struct{})
	parts.Go(func() {
		defer close(served)
		_ = server.Serve(ctx, func(ctx context.Context, l leg.Leg, _ rtc.Wish) {
			if l.Answer(ctx) != nil {
				return
			}
			h.legs <- l
			pcm := tone.Sine(440, l.Info().Rate, time.Second, .3)
			for l.Send(ctx, media.Frame{PCM: pcm, Rate: l.Info().Rate}) == nil {
			}
		})
	})
	t.Cleanup(func() {
		cancel()
		<-served
		web.Close()
		server.Close()
		engine.Close()
		parts.Wait()
	})
	return h
}

func (h *house) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.token <- r.Header.Get("Authorization")
		h.mu.Lock()
		broken := h.down > 0
		h.down--
		h.mu.Unlock()
		if broken {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

func (h *house) dial(t *testing.T, codec string) *Call {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := Dial(ctx, Options{URL: h.url, Codecs: []string{codec}, Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Hangup(context.Background()) })
	return c
}

// hears waits until the call has heard the hum for half a second.
func hears(t *testing.T, c *Call) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pcm := make([]int16, Frame)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 0; n < 25; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the call does not hear the gateway")
		}
		c.Send(make([]int16, Frame))
		c.Hear(pcm)
		if tone.Goertzel(pcm, Rate, 440) > .05 {
			n++
		}
	}
}

// heardBy speaks until a leg hears it.
func heardBy(t *testing.T, c *Call, l leg.Leg) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	talk, stop := context.WithCancel(ctx)
	var talking sync.WaitGroup
	talking.Go(func() {
		pcm := tone.Sine(600, Rate, 20*time.Millisecond, .3)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for talk.Err() == nil {
			<-tick.C
			c.Send(pcm)
		}
	})
	defer talking.Wait()
	defer stop()
	for n := 0; n < 25; {
		h, err := l.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Frame.PCM) > 0 && tone.Goertzel(h.Frame.PCM, h.Frame.Rate, 600) > .05 {
			n++
		}
	}
}

// TestBothHearEachOther with each codec, and the token goes with the first request alone.
func TestBothHearEachOther(t *testing.T) {
	t.Parallel()
	for _, name := range Codecs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			c := h.dial(t, name)
			if got := <-h.token; got != "Bearer secret" {
				t.Errorf("the token is sent as %q", got)
			}
			l := <-h.legs
			hears(t, c)
			heardBy(t, c, l)
			c.Hangup(context.Background())
			if got := <-h.token; got != "" {
				t.Errorf("hanging up sends %q", got)
			}
			if !errors.Is(c.Cause(), ErrHungUp) {
				t.Error(c.Cause())
			}
		})
	}
}

// TestTheCallGoesOn: by an ICE restart, and by a new connection when the old one is gone and the gateway
// is not reached at first either. It is the same conversation, and both hear each other.
func TestTheCallGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.dial(t, "opus")
	l := <-h.legs
	hears(t, c)
	name := c.Conversation()

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if err := c.restart(ctx, conn); err != nil {
		t.Fatalf("ICE restart: %v", err)
	}
	hears(t, c)

	h.mu.Lock()
	h.down = 2
	h.mu.Unlock()
	conn.close()
	for c.Returns() == 0 && ctx.Err() == nil && c.Cause() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	if c.Returns() != 1 || c.Conversation() != name || c.Cause() != nil {
		t.Fatalf("returns %d, conversation %q, was %q, %v", c.Returns(), c.Conversation(), name, c.Cause())
	}
	hears(t, c)
	heardBy(t, c, l)
}

// TestTheOtherSideHangsUp: the call is over, and is not taken up again.
func TestTheOtherSideHangsUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.dial(t, "PCMU")
	l := <-h.legs
	hears(t, c)
	if err := l.Hangup(context.Background(), leg.Normal); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Fatal("the call does not end")
	}
	if !errors.Is(c.Cause(), ErrEnded) {
		t.Error(c.Cause())
	}
}

// TestRefusals: what a gateway says is told with what to do next.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name   string
		answer http.HandlerFunc
		want   []string
		after  time.Duration
	}{
		{"revoked", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, `{"detail":"this token is not known"}`)
		}, []string{"401", "this token is not known", "decroche tokens device"}, 0},
		{"another hotline", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, []string{"403", "decroche tokens list"}, 0},
		{"no gateway", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, []string{"404", "HTTP port"}, 0},
		{"full", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "7"); w.WriteHeader(503) }, []string{"503"}, 7 * time.Second},
		{"no SDP", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); _, _ = io.WriteString(w, "hello") }, []string{"cannot be used"}, 0},
		{"broken off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, []string{"reach the gateway"}, 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(k.answer)
			defer web.Close()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c, err := Dial(ctx, Options{URL: web.URL, Codecs: Codecs, Token: "hunter2"})
			if err == nil {
				c.Hangup(ctx)
				t.Fatal("the call stands")
			}
			for _, w := range k.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v does not say %q", err, w)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the token is in %v", err)
			}
			var r *Refused
			if errors.As(err, &r) && r.RetryAfter() != k.after {
				t.Errorf("wait for %v", r.RetryAfter())
			}
		})
	}
	if _, err := Dial(t.Context(), Options{URL: "http://127.0.0.1:1", Codecs: []string{"G729"}}); err == nil || !strings.Contains(err.Error(), "G729") {
		t.Error(err)
	}
}
