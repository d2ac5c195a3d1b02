package wyoming

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/wyoming/wyomingtest"
	"decroche/internal/wyoming"
	"decroche/media"
)

// house is a server with one satellite, in virtual time.
type house struct {
	*Server
	t    *testing.T
	box  *wyomingtest.Satellite
	stop context.CancelFunc
	done chan struct{}

	mu    sync.Mutex
	dials int
	down  bool
	cut   context.CancelFunc // pulls the plug of the running connection
}

// open lets a house run; what accept is given is a call.
func open(t *testing.T, kind wyomingtest.Kind, change func(*Config, *wyomingtest.Satellite), accept func(context.Context, leg.Leg, Wish)) *house {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Satellites = []Satellite{{Name: "salon", Addr: "tcp://192.168.1.20:10700", Bot: "colibri", Lang: "fr"}}
	h := &house{t: t, box: wyomingtest.New(kind), done: make(chan struct{})}
	if change != nil {
		change(&cfg, h.box)
	}
	var err error
	if h.Server, err = New(cfg, slog.New(slog.DiscardHandler), nil); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h.stop = stop
	h.connect = func(_ context.Context, addr string) (net.Conn, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.dials++
		if h.down {
			return nil, errors.New("unplugged")
		}
		ours, theirs := net.Pipe()
		c, cut := context.WithCancel(t.Context())
		h.cut = cut
		go func() { _ = h.box.Serve(c, theirs) }()
		return ours, nil
	}
	go func() {
		defer close(h.done)
		_ = h.Serve(ctx, accept)
	}()
	t.Cleanup(func() {
		stop()
		<-h.done
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.cut != nil {
			h.cut()
		}
	})
	return h
}

// must fails the test with what the satellite has seen.
func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// within bounds a wait, in the bubble's time.
func (h *house) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(h.t.Context(), d)
	h.t.Cleanup(cancel)
	return ctx
}

// tone is a hum of hz for d at rate.
func tone(hz float64, d time.Duration, rate int) []int16 {
	pcm := make([]int16, int(d*time.Duration(rate)/time.Second))
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return pcm
}

// play sends a hum and waits until it was heard.
func play(ctx context.Context, l leg.Leg, hz float64, d time.Duration, rate int) error {
	pcm := tone(hz, d, rate)
	for at := 0; at < len(pcm); at += rate / 50 {
		if err := l.Send(ctx, media.Frame{PCM: pcm[at : at+rate/50], Rate: rate}); err != nil {
			return err
		}
	}
	return l.Drain(ctx)
}

// loud is how much of a sound is louder than a whisper.
func loud(pcm []int16, rate int) time.Duration {
	n := 0
	for _, v := range pcm {
		if v > 500 || v < -500 {
			n++
		}
	}
	return time.Duration(n) * time.Second / time.Duration(rate)
}

// hertz is the frequency of a hum, by its zero crossings.
func hertz(pcm []int16, rate int) float64 {
	n := 0
	for i := 1; i < len(pcm); i++ {
		if pcm[i-1] < 0 && pcm[i] >= 0 {
			n++
		}
	}
	return float64(n) * float64(rate) / float64(len(pcm))
}

// listen reads frames for d of media time.
func listen(ctx context.Context, l leg.Leg, d time.Duration) (pcm []int16, err error) {
	for range d / media.FrameTime {
		h, err := l.Receive(ctx)
		if err != nil {
			return pcm, err
		}
		pcm = append(pcm, h.Frame.PCM...)
	}
	return pcm, nil
}

func TestACallByASatellite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		heard := make(chan time.Duration, 2)
		h := open(t, wyomingtest.Wake, nil, func(ctx context.Context, l leg.Leg, w Wish) {
			if i := l.Info(); w.Name != "salon" || w.Bot != "colibri" || i.Rate != 16000 || i.Tag == "" || !strings.HasPrefix(i.From, "sip:salon@") {
				t.Errorf("%+v %+v", w, i)
			}
			hears := make(chan []int16)
			if err := l.Answer(ctx); err != nil {
				t.Error(err)
			}
			go func() { // what is said over the prompt, and after it
				over, _ := listen(ctx, l, 1900*time.Millisecond)
				after, _ := listen(ctx, l, 3*time.Second)
				hears <- over
				hears <- after
			}()
			l.(Screen).Says("Bonjour.", "fr")
			if err := play(ctx, l, 500, 2*time.Second, 8000); err != nil {
				t.Error(err)
			}
			heard <- loud(<-hears, 16000)
			heard <- loud(<-hears, 16000)
			l.(Screen).Heard("où est mon colis")
			_ = l.Hangup(ctx, leg.Normal)
			if _, err := l.Receive(ctx); err != io.EOF {
				t.Errorf("after the end: %v", err)
			}
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Wake("hey_jarvis")
		h.must(h.box.WaitFor(h.within(time.Second), "audio-start", 1))
		h.box.Say(tone(300, time.Second, 16000)) // over the prompt: it hears itself
		h.must(h.box.WaitPrompts(h.within(5*time.Second), 1))
		time.Sleep(lead + echoTail) // the end of it is still in the room
		h.box.Say(tone(300, time.Second, 16000))
		if d := <-heard; d > 0 {
			t.Errorf("while we spoke %v of the room was heard", d)
		}
		if d := <-heard; d < 850*time.Millisecond {
			t.Errorf("after the prompt only %v of a second was heard", d)
		}
		h.must(h.box.WaitFor(h.within(time.Second), "transcript", 1))
		p := h.box.Prompts()[0]
		if p.Text != "Bonjour." || p.Rate != wyomingtest.SpeakerRate || math.Abs(p.Len.Seconds()-2) > 0.05 || math.Abs(hertz(p.PCM, p.Rate)-500) > 5 {
			t.Errorf("prompt %q at %d Hz, %v of %.0f Hz", p.Text, p.Rate, p.Len, hertz(p.PCM, p.Rate))
		}
		if got := h.box.Transcripts(); len(got) != 1 || got[0] != "où est mon colis" || h.box.Streaming() {
			t.Errorf("at the end: %q, streaming %v", got, h.box.Streaming())
		}
		order := slices.DeleteFunc(h.box.Events(), func(e string) bool { return e == "ping" || e == "pong" || strings.HasPrefix(e, "voice-") })
		if want := []string{"run-satellite", "describe", "transcribe", "synthesize", "audio-start", "audio-stop", "transcript"}; !slices.Equal(order, want) {
			t.Errorf("events %v, want %v", order, want)
		}
		synctest.Wait()
		if s := h.States()[0]; !s.Connected || s.InCall || s.Area != "salon" || !strings.Contains(s.Software, "1.4.1") {
			t.Errorf("state %+v", s)
		}
	})
}

func TestBargeInStopsThePrompt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		type cut struct{ said, flushed time.Duration }
		cuts := make(chan cut, 1)
		h := open(t, wyomingtest.Wake, func(c *Config, _ *wyomingtest.Satellite) { c.Satellites[0].BargeIn = true }, func(ctx context.Context, l leg.Leg, _ Wish) {
			_ = l.Answer(ctx)
			speaking, stop := context.WithCancel(ctx)
			done := make(chan struct{})
			go func() { defer close(done); _ = play(speaking, l, 500, 20*time.Second, 16000) }()
			began := time.Now()
			for {
				f, err := l.Receive(ctx)
				if err != nil || loud(f.Frame.PCM, 16000) > 0 {
					break
				}
			}
			l.(leg.Pauser).Pause()
			at := time.Since(began)
			time.Sleep(time.Second)
			stop()
			<-done
			cuts <- cut{at, l.Flush()}
			l.(leg.Pauser).Resume()
			_ = l.Hangup(ctx, leg.Normal)
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Wake("")
		h.must(h.box.WaitFor(h.within(time.Second), "audio-start", 1))
		time.Sleep(time.Second)
		h.box.Say(tone(300, 500*time.Millisecond, 16000))
		c := <-cuts
		if d := c.flushed - c.said; d.Abs() > 2*lead {
			t.Errorf("spoken over after %v, %v was heard", c.said, c.flushed)
		}
		h.must(h.box.WaitPrompts(h.within(3*time.Second), 1))
		if p := h.box.Prompts()[0]; p.Len > c.said+2*lead {
			t.Errorf("spoken over after %v, %v was played", c.said, p.Len)
		}
	})
}

// TestNobodySpeaks: a room that was left does not ring for an agent.
func TestNobodySpeaks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		why := make(chan error, 1)
		h := open(t, wyomingtest.Wake, nil, func(ctx context.Context, l leg.Leg, _ Wish) {
			_ = l.Answer(ctx)
			began := time.Now()
			_ = play(ctx, l, 500, 20*time.Second, 16000)
			for {
				if _, err := l.Receive(ctx); err != nil {
					break
				}
			}
			if d := time.Since(began); d < 30*time.Second || d > 40*time.Second {
				t.Errorf("ended after %v: the prompt of 20 s must not count", d)
			}
			why <- l.(leg.Mourner).Why()
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Wake("")
		if err := <-why; !errors.Is(err, leg.ErrHungUp) {
			t.Errorf("ended by %v", err)
		}
		h.must(h.box.WaitFor(h.within(time.Second), "transcript", 1))
	})
}

// TestOlderSatellites neither tell that they have played nor ask for a pipeline.
func TestOlderSatellites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		took := make(chan time.Duration, 1)
		h := open(t, wyomingtest.Wake, func(_ *Config, b *wyomingtest.Satellite) { b.Played, b.Detects = false, true }, func(ctx context.Context, l leg.Leg, _ Wish) {
			_ = l.Answer(ctx)
			began := time.Now()
			_ = play(ctx, l, 500, time.Second, 48000)
			took <- time.Since(began)
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Wake("hey_jarvis")
		if d := <-took; d < time.Second || d > time.Second+playedLate+lead {
			t.Errorf("a prompt of 1 s took %v", d)
		}
		h.must(h.box.WaitFor(h.within(time.Second), "transcript", 1)) // who took the call has left it
	})
}

func TestWhatASatelliteCannotHave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   wyomingtest.Kind
		change func(*Config, *wyomingtest.Satellite)
		admit  func() *leg.Cause
		do     func(*wyomingtest.Satellite)
	}{
		"no wake word":     {kind: wyomingtest.Button, do: func(b *wyomingtest.Satellite) { b.Wake("") }},
		"always streaming": {kind: wyomingtest.Always, do: func(b *wyomingtest.Satellite) { b.Say(tone(200, time.Second, 16000)) }},
		"full": {kind: wyomingtest.Wake, admit: func() *leg.Cause { return &leg.Overloaded }, do: func(b *wyomingtest.Satellite) {
			b.Wake("")
		}},
		"no loudspeaker": {kind: wyomingtest.Wake, do: func(b *wyomingtest.Satellite) {
			b.Send("run-pipeline", wyoming.RunPipeline{Start: "asr", End: "handle"}, nil)
		}},
		"text only": {kind: wyomingtest.Wake, do: func(b *wyomingtest.Satellite) {
			b.Send("run-pipeline", wyoming.RunPipeline{Start: "handle", End: "tts"}, nil)
		}},
		"data that is no object": {kind: wyomingtest.Wake, do: func(b *wyomingtest.Satellite) { b.Send("run-pipeline", []int{1}, nil) }},
		"a timer":                {kind: wyomingtest.Wake, do: func(b *wyomingtest.Satellite) { b.Send("timer-started", map[string]any{"id": "a"}, nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := open(t, c.kind, c.change, func(context.Context, leg.Leg, Wish) { t.Error("a call") })
				h.Admit(c.admit)
				h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
				c.do(h.box)
				h.must(h.box.WaitFor(h.within(5*time.Second), "error", 1))
				time.Sleep(time.Minute)
				if s := h.States()[0]; !s.Connected {
					t.Errorf("left: %+v", s)
				}
			})
		})
	}
}

// TestAVoiceWakes boxes that stream on a button, or always, where that is configured.
func TestAVoiceWakes(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]wyomingtest.Kind{"button": wyomingtest.Button, "always": wyomingtest.Always} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := make(chan time.Duration, 4)
				h := open(t, kind, func(c *Config, _ *wyomingtest.Satellite) { c.Satellites[0].Wake = WakeSpeech }, func(ctx context.Context, l leg.Leg, _ Wish) {
					_ = l.Answer(ctx)
					pcm, _ := listen(ctx, l, 2*time.Second)
					calls <- loud(pcm, 16000)
				})
				h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
				h.box.Wake("")
				time.Sleep(20 * time.Second)
				if len(calls) > 0 {
					t.Fatal("silence began a call")
				}
				h.box.Say(wyomingtest.Voice(800 * time.Millisecond))
				select {
				case d := <-calls:
					if d < 300*time.Millisecond {
						t.Errorf("of what woke it %v is heard in the call", d)
					}
				case <-time.After(10 * time.Second):
					t.Fatal("a voice woke nobody")
				}
			})
		})
	}
}

// TestATimerIsRefusedAloud where no call runs.
func TestATimerIsRefusedAloud(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t, wyomingtest.Wake, nil, nil)
		h.Speak(func(_ context.Context, lang, text string) (media.Source, error) {
			if lang != "fr" || !strings.Contains(text, "minuteur") {
				t.Errorf("%s: %q", lang, text)
			}
			return &hum{left: 50}, nil
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Send("timer-started", map[string]any{"id": "a", "total_seconds": 600}, nil)
		h.must(h.box.WaitPrompts(h.within(5*time.Second), 1))
		if p := h.box.Prompts()[0]; p.Len < 900*time.Millisecond || !strings.Contains(p.Text, "minuteur") || len(h.box.Transcripts()) > 0 {
			t.Errorf("%+v, %q", p.Text, h.box.Transcripts())
		}
	})
}

// hum is a voice of a second.
type hum struct{ left int }

func (h *hum) ReadFrame() (media.Frame, error) {
	if h.left--; h.left < 0 {
		return media.Frame{}, io.EOF
	}
	return media.Frame{PCM: tone(500, 20*time.Millisecond, 16000), Rate: 16000}, nil
}

func (h *hum) Close() error { return nil }

// TestAnUnpluggedSatellite ends its call, and is found again, ever more patiently.
func TestAnUnpluggedSatellite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		h := open(t, wyomingtest.Wake, nil, func(ctx context.Context, l leg.Leg, _ Wish) {
			_ = l.Answer(ctx)
			<-ctx.Done()
			ended <- context.Cause(ctx)
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Wake("")
		h.must(h.box.WaitFor(h.within(time.Second), "transcribe", 1))
		h.mu.Lock()
		h.down = true
		h.cut()
		h.mu.Unlock()
		if err := <-ended; !errors.Is(err, leg.ErrMediaTimeout) {
			t.Errorf("the call ended by %v", err)
		}
		time.Sleep(10 * time.Minute)
		h.mu.Lock()
		tries := h.dials - 1
		h.down = false
		h.mu.Unlock()
		if s := h.States()[0]; tries < 10 || tries > 25 || s.Connected || !strings.Contains(s.Why, "unplugged") {
			t.Errorf("%d tries in ten minutes; %+v", tries, s)
		}
		h.must(h.box.WaitFor(h.within(2*time.Minute), "run-satellite", 2))
	})
}

// TestASilentSatellite is given up: its plug was pulled and nobody told us.
func TestASilentSatellite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := DefaultConfig()
		cfg.Satellites = []Satellite{{Name: "salon", Addr: "tcp://192.168.1.20:10700"}}
		s, err := New(cfg, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		s.connect = func(context.Context, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, theirs) }()
			return ours, nil
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = s.Serve(ctx, nil) }()
		time.Sleep(deadAfter + pingEvery + time.Millisecond)
		if s := s.States()[0]; s.Connected || !strings.Contains(s.Why, "said nothing") {
			t.Errorf("%+v", s)
		}
		stop()
		<-done
	})
}

// TestTheGatewayStops: the call ends and the satellite is paused.
func TestTheGatewayStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t, wyomingtest.Wake, nil, func(ctx context.Context, l leg.Leg, _ Wish) {
			_ = l.Answer(ctx)
			<-ctx.Done()
		})
		h.must(h.box.WaitFor(h.within(time.Second), "describe", 1))
		h.box.Wake("")
		h.must(h.box.WaitFor(h.within(time.Second), "transcribe", 1))
		h.stop()
		<-h.done
		h.must(h.box.WaitFor(h.within(time.Second), "pause-satellite", 1))
		if got := h.box.Transcripts(); len(got) != 1 {
			t.Errorf("transcripts %q", got)
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"tcp://192.168.1.20:10700": "", "tcp://[fd00::1]:10700": "", "tcp://127.0.0.1:1": "", "tcp://169.254.3.4:1": "", "unix:///run/salon.sock": "", "tcp://salon.local:10700": "",
		"tcp://203.0.113.5:10700": "outside of this machine", "tcp://[2001:db8::1]:1": "outside", "tcp://100.64.0.1:1": "outside",
		"tcp://0.0.0.0:10700": "nobody's", "tcp://224.0.0.1:1": "nobody's", "192.168.1.20:10700": "is not a Wyoming address", "tcp://192.168.1.20": "is not a Wyoming address",
	} {
		if why := badAddress(addr, false); want == "" && why != "" || !strings.Contains(why, want) {
			t.Errorf("%s: %q, want %q", addr, why, want)
		}
	}
	if why := badAddress("tcp://203.0.113.5:10700", true); why != "" {
		t.Errorf("a public address that is allowed: %s", why)
	}
	s := &satellite{s: &Server{}}
	if _, err := s.lookUp(t.Context(), "203.0.113.5:10700"); !errors.Is(err, errPublic) {
		t.Errorf("a name that leads outside: %v", err)
	}
	if a, err := s.lookUp(t.Context(), "[::ffff:192.168.1.20]:10700"); err != nil || a != "192.168.1.20:10700" {
		t.Errorf("%s, %v", a, err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	good := DefaultConfig()
	good.Satellites = []Satellite{{Name: "salon", Addr: "tcp://192.168.1.20:10700", Phone: "+33612345678", Wake: WakeSpeech}, {Name: "atelier", Addr: "unix:///run/a"}}
	if bad := good.Validate(); len(bad) > 0 || len(DefaultConfig().Validate()) > 0 {
		t.Fatalf("%v", bad)
	}
	if w := good.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0], "satellites[0].addr: ") {
		t.Errorf("warnings %q", w)
	}
	for want, change := range map[string]func(*Config){
		"satellites[0].name: \"Le Salon\"":      func(c *Config) { c.Satellites[0].Name = "Le Salon" },
		"satellites[1].name: \"salon\" is ther": func(c *Config) { c.Satellites[1].Name = "salon" },
		"satellites[1].addr: \"tcp://192.168.":  func(c *Config) { c.Satellites[1].Addr = c.Satellites[0].Addr },
		"satellites[0].addr: 8.8.8.8 is outs":   func(c *Config) { c.Satellites[0].Addr = "tcp://8.8.8.8:10700" },
		"satellites[0].phone: \"12\"":           func(c *Config) { c.Satellites[0].Phone = "12" },
		"satellites[0].wake: \"clap\"":          func(c *Config) { c.Satellites[0].Wake = "clap" },
		"continue_within: -1s":                  func(c *Config) { c.ContinueWithin = -time.Second },
		"hang_up_after: 1s":                     func(c *Config) { c.HangUpAfter = time.Second },
		"satellites: 501 are more":              func(c *Config) { c.Satellites = make([]Satellite, 501) },
	} {
		c := good
		c.Satellites = slices.Clone(good.Satellites)
		change(&c)
		if bad := c.Validate(); !slices.ContainsFunc(bad, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("want %q in %q", want, bad)
		}
	}
}

func TestAnyMicrophone(t *testing.T) {
	t.Parallel()
	for _, a := range []wyoming.Audio{{Rate: 16000, Width: 2, Channels: 1}, {Rate: 48000, Width: 2, Channels: 2}, {Rate: 8000, Width: 1, Channels: 1}, {Rate: 44100, Width: 3, Channels: 1}, {Rate: 22050, Width: 4, Channels: 2}} {
		var payload []byte
		for _, v := range tone(440, time.Second, a.Rate) {
			for range a.Channels {
				b := make([]byte, a.Width)
				b[a.Width-1] = byte(uint16(v) >> 8)
				if a.Width > 1 {
					b[a.Width-2] = byte(v)
				}
				payload = append(payload, b...)
			}
		}
		var in intake
		var got []int16
		for at := 0; at < len(payload); at += 999 { // samples cut in two
			pcm, err := in.take(a, payload[at:min(at+999, len(payload))])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, pcm...)
		}
		if d := samples(len(got)); (d-time.Second).Abs() > 20*time.Millisecond || math.Abs(hertz(got[1600:len(got)-1600], lineRate)-440) > 3 { // not where the filter rings
			t.Errorf("%+v: %v of %.0f Hz", a, d, hertz(got[1600:len(got)-1600], lineRate))
		}
	}
	for _, a := range []wyoming.Audio{{}, {Rate: 16000, Width: 5, Channels: 1}, {Rate: 1, Width: 2, Channels: 1}, {Rate: 16000, Width: 2, Channels: 99}} {
		if _, err := (&intake{}).take(a, []byte{1, 2}); err == nil {
			t.Errorf("%+v was taken", a)
		}
	}
}

// FuzzSatellite: whatever a satellite sends, it gets a call or none, and nothing breaks.
func FuzzSatellite(f *testing.F) {
	f.Add([]byte(`{"type":"detection","data":{"name":"a"}}` + "\n" + `{"type":"audio-chunk","data":{"rate":16000,"width":2,"channels":1},"payload_length":4}` + "\nabcd" + `{"type":"played"}` + "\n"))
	f.Add([]byte(`{"type":"run-pipeline","data":{"start_stage":"asr","end_stage":"tts","snd_format":{"rate":7,"width":2,"channels":1}}}` + "\n"))
	f.Add([]byte(`{"type":"run-pipeline","data":{"start_stage":"wake","end_stage":"tts"}}` + "\n" + `{"type":"timer-started"}` + "\n" + `{"type":"info","data":{"snd":[{"snd_format":{"rate":48000,"width":2,"channels":2}}],"satellite":{"name":"\u0000x"}}}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		cfg := DefaultConfig()
		cfg.Satellites = []Satellite{{Name: "salon", Addr: "tcp://127.0.0.1:1", Wake: WakeSpeech}}
		s, err := New(cfg, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		s.accept = func(ctx context.Context, l leg.Leg, _ Wish) {
			if l.Answer(ctx) == nil {
				_ = l.Send(ctx, media.Frame{PCM: make([]int16, 320), Rate: 16000})
			}
		}
		var sent int
		var mu sync.Mutex
		v := &visit{sat: s.sats[0], ctx: t.Context(), post: func(kind string, data any, payload []byte) {
			var w bytes.Buffer
			if err := wyoming.Write(&w, kind, data, payload); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			sent++
		}}
		in := wyoming.NewBoundedReader(bytes.NewReader(b), bounds)
		for {
			e, err := in.Next()
			if err != nil {
				break
			}
			v.take(e)
			if l := v.line; l != nil {
				l.mu.Lock()
				if n := len(l.mic); samples(n) > micMost+time.Second {
					t.Errorf("%v of sound wait", samples(n))
				}
				l.mu.Unlock()
			}
		}
		v.hangUp(leg.ErrHungUp, endedLost)
		s.begun.Wait()
	})
}

// TestProbe asks a satellite that another server has, and what is none.
func TestProbe(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	box := wyomingtest.New(wyomingtest.Wake)
	addr, err := box.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	said, err := Probe(ctx, DefaultConfig(), Satellite{Name: "salon", Addr: addr})
	if err != nil || !strings.Contains(said, "1.4.1, woken by hey_jarvis") {
		t.Errorf("%q, %v", said, err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = wyoming.Write(c, "info", wyoming.Info{ASR: []wyoming.Service{{Name: "whisper"}}}, nil)
			_ = c.Close()
		}
	}()
	if _, err := Probe(ctx, DefaultConfig(), Satellite{Name: "salon", Addr: "tcp://" + l.Addr().String()}); err == nil || !strings.Contains(err.Error(), "no satellite") {
		t.Errorf("a recogniser was taken for a satellite: %v", err)
	}
	if _, err := Probe(ctx, DefaultConfig(), Satellite{Name: "salon", Addr: "tcp://203.0.113.5:10700"}); !errors.Is(err, errPublic) {
		t.Errorf("a public address: %v", err)
	}
}
