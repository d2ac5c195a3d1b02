package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/flows/nlu/remote"
	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/sip"
	"decroche/gateway/store"
	"decroche/internal/peer"
	"decroche/media/pacer"
	"decroche/media/rtp"
	"decroche/tts/ttstest"
)

func TestSecretsAreReferences(t *testing.T) {
	t.Setenv("DECROCHE_TEST_SECRET", "s3cret")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{"env:DECROCHE_TEST_SECRET": "s3cret", "file:" + file: "from a file"} {
		s, err := ParseSecret(ref)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(); got != want || err != nil {
			t.Errorf("%s reads as %q, %v", ref, got, err)
		}
		if s.String() != "***" {
			t.Errorf("%s prints as %s", ref, s)
		}
	}
	for _, bad := range []string{"", "s3cret", "env:", "http://x", "file:"} {
		if _, err := ParseSecret(bad); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("ParseSecret(%q): %v", bad, err)
		}
	}
}

// rig is a gateway with fake engines and a phone line to ring it, over real SIP on loopback.
type rig struct {
	*Gateway
	dial  leg.Dialer
	stop  context.CancelFunc // the first signal
	cut   context.CancelFunc // the second signal
	ended chan error
	// logged is all that the gateway wrote to its log.
	logged *logged
}

// logged is a log that is read while it is written.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newRig(t *testing.T, change func(*Config), before ...func(*Gateway)) *rig {
	t.Helper()
	return newRigWith(t, change, []string{"../configs/hotlines/colibri"}, func(*Engines) {}, before...)
}

// newRigWith is newRig with the hotlines of these folders, and other engines.
func newRigWith(t *testing.T, change func(*Config), folders []string, engines func(*Engines), before ...func(*Gateway)) *rig {
	t.Helper()
	t.Setenv("COLIBRI_ORDERS_TOKEN", "")
	return newRigOf(t, change, folders, engines, before...)
}

// newRigOf is newRigWith for tests beside others: the secret of the hotline is change's to find.
func newRigOf(t *testing.T, change func(*Config), folders []string, engines func(*Engines), before ...func(*Gateway)) *rig {
	t.Helper()
	cfg := DefaultConfig()
	cfg.DataDir = t.TempDir()
	cfg.SIP.Listen, cfg.RTC.Listen, cfg.HTTP.Listen = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	if change != nil {
		change(&cfg)
	}
	var bots []*flows.Bot
	for _, f := range folders {
		bot, err := loadFolder(f, os.DirFS(f))
		if err != nil {
			t.Fatal(err)
		}
		bots = append(bots, bot)
	}
	lines := &logged{}
	log := slog.New(slog.NewTextHandler(lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := Engines{Ears: &asrtest.Script{}, Mouth: &ttstest.Voice{}}
	engines(&e)
	g, err := New(t.Context(), cfg, e, bots, log)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range before {
		f(g)
	}
	r := &rig{Gateway: g, ended: make(chan error, 1), logged: lines}
	ctx, stop := context.WithCancel(context.Background())
	cut, cutNow := context.WithCancel(context.Background())
	r.stop, r.cut = stop, cutNow
	go func() { r.ended <- g.Run(ctx, cut) }()

	wheel := pacer.New(pacer.DefaultConfig())
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), wheel, nil)
	if err != nil {
		t.Fatal(err)
	}
	sc := sip.DefaultConfig()
	sc.Listen = "127.0.0.1:0"
	phone, err := sip.New(sc, engine, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := phone.Listen(); err != nil {
		t.Fatal(err)
	}
	pctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { wheel.Run(pctx); done <- struct{}{} }()
	go func() {
		_ = phone.Serve(pctx, func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, leg.Busy) })
		done <- struct{}{}
	}()
	r.dial = phone
	t.Cleanup(func() {
		stop()
		cutNow()
		cancel()
		<-done
		<-done
	})
	return r
}

func (r *rig) ring(t *testing.T, user string) (leg.Leg, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return r.dial.Dial(ctx, leg.Invite{Addr: "sip:" + user + "@" + r.SIPAddr()})
}

func (r *rig) get(t *testing.T, path string) int {
	t.Helper()
	req, _ := http.NewRequest(http.MethodGet, "http://"+r.HTTPAddr()+path, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

func status(err error) int {
	var no *leg.Refused
	if errors.As(err, &no) {
		return no.Status
	}
	return -1
}

func TestWhoAnswersAndHowMany(t *testing.T) {
	r := newRig(t, func(c *Config) { c.MaxCalls = 1 })
	if _, err := r.ring(t, "nobody"); status(err) != 404 {
		t.Errorf("a number that no bot answers: %v, want 404", err)
	}
	l, err := r.ring(t, "hotline")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ring(t, "hotline-en"); status(err) != 503 {
		t.Errorf("the second of at most one call: %v, want 503", err)
	}
	if got := r.get(t, "/readyz"); got != 503 {
		t.Errorf("/readyz while full: %d, want 503", got)
	}
	if got := r.get(t, "/healthz"); got != 200 {
		t.Errorf("/healthz while full: %d, want 200", got)
	}
	if err := l.Hangup(t.Context(), leg.Normal); err != nil {
		t.Error(err)
	}
}

// TestBurst rings many times at once: exactly max_calls are answered.
// A model that is late must be seen to be late: the conversation waits a little longer than it.
func TestPatienceWithAModel(t *testing.T) {
	t.Parallel()
	g := &Gateway{cfg: DefaultConfig()}
	if calls, chats := g.callConfig().UnderstandTimeout, g.patience(0); calls != g.cfg.Call.UnderstandTimeout || chats != 0 {
		t.Errorf("without a model %v and %v", calls, chats)
	}
	g.remote, g.cfg.Understand.Timeout = &remote.Client{}, 3*time.Second
	if calls, chats := g.callConfig().UnderstandTimeout, g.patience(0); calls <= 3*time.Second || chats <= 3*time.Second {
		t.Errorf("a model that may take 3s gets %v in calls and %v in chats", calls, chats)
	}
}

func TestBurst(t *testing.T) {
	const most, burst = 5, 40
	r := newRig(t, func(c *Config) { c.MaxCalls = most })
	var answered, refused atomic.Int64
	var all sync.WaitGroup
	for range burst {
		all.Go(func() {
			_, err := r.ring(t, "hotline")
			switch {
			case err == nil:
				answered.Add(1)
			case status(err) == 503:
				refused.Add(1)
			default:
				t.Errorf("a call of the burst: %v", err)
			}
		})
	}
	all.Wait()
	if answered.Load() != most || refused.Load() != burst-most {
		t.Errorf("%d answered and %d refused, want %d and %d", answered.Load(), refused.Load(), most, burst-most)
	}
}

// fullDisk is a store that cannot write.
type fullDisk struct {
	store.Store
	full atomic.Bool
}

func (d *fullDisk) Append(ctx context.Context, evs ...event.Event) error {
	if d.full.Load() {
		return errors.New("no space left on device")
	}
	return d.Store.Append(ctx, evs...)
}

// TestFullDisk: a call whose record cannot be written gives its place up when it is over, and
// /readyz says what is wrong until the disk takes records again.
func TestFullDisk(t *testing.T) {
	disk := &fullDisk{}
	r := newRig(t, func(c *Config) { c.MaxCalls = 1 }, func(g *Gateway) { disk.Store, g.store.Store = g.store.Store, disk })
	disk.full.Store(true)
	for range 3 {
		l, err := r.ring(t, "hotline")
		if err != nil {
			t.Fatalf("with a full disk: %v", err)
		}
		_ = l.Hangup(t.Context(), leg.Normal)
		for end := time.Now().Add(5 * time.Second); r.live.Load() > 0; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("a call that is over keeps its place")
			}
		}
	}
	if err := r.ready(); err == nil || !strings.Contains(err.Error(), "the store cannot write: no space left") {
		t.Errorf("ready with a full disk: %v", err)
	}
	disk.full.Store(false)
	for end := time.Now().Add(5 * time.Second); r.ready() != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the disk is back, but: %v", r.ready())
		}
	}
}

// TestDrain lets a running call go on after the first signal, refuses new ones, and ends the rest
// with BYE at the second.
func TestDrain(t *testing.T) {
	t.Run("xfer_38_drained", func(t *testing.T) {
		r := newRig(t, nil)
		l, err := r.ring(t, "hotline")
		if err != nil {
			t.Fatal(err)
		}
		r.stop()
		for r.get(t, "/readyz") != 503 { // until the signal has been seen
			select {
			case err := <-r.ended:
				t.Fatalf("the gateway ended with a call running: %v", err)
			case <-time.After(5 * time.Millisecond):
			}
		}
		if _, err := r.ring(t, "hotline"); status(err) != 503 {
			t.Errorf("a new call while draining: %v, want 503", err)
		}
		select {
		case <-r.ended:
			t.Error("the running call was cut by the first signal")
		default:
		}
		r.cut()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		for {
			if _, err := l.Receive(ctx); err != nil {
				if !errors.Is(err, io.EOF) {
					t.Errorf("the running call ended with %v, want BYE", err)
				}
				break
			}
		}
		select {
		case err := <-r.ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Error("the gateway did not end after the second signal")
		}
	})
}

// TestDrainInATransfer stops the gateway while an agent's telephone rings for a caller: the transfer goes on to
// its end, new calls are told when to come back, and the gateway ends when both have hung up.
func TestDrainInATransfer(t *testing.T) {
	t.Parallel()
	t.Run("xfer_38_drained_in_a_transfer", func(t *testing.T) {
		t.Parallel()
		agent := peer.NewPhone(t, peer.Behaviour{Ring: 1500 * time.Millisecond, Hum: 660})
		r := newRigOf(t, func(c *Config) {
			c.Agents = agents.Config{{Name: "karim", Addr: "sip:karim@" + agent.Addr(), Skills: []agents.Skill{{Name: "fr"}}}}
			c.Secrets, c.Call.Screen = nil, call.ScreenOff
		}, []string{hotlineFolder(t, ours)}, func(*Engines) {})
		l, err := r.ring(t, "hotline")
		if err != nil {
			t.Fatal(err)
		}
		if err := l.(leg.Presser).SendDigits(t.Context(), "0"); err != nil {
			t.Fatal(err)
		}
		has := func(is func(event.Body) bool) func() bool {
			return func() bool {
				for e, err := range r.store.Events(t.Context(), l.Info().PeerTag, 0) {
					if err == nil && is(e.Body) {
						return true
					}
				}
				return false
			}
		}
		await := func(what string, is func() bool) {
			t.Helper()
			for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%s did not come about", what)
				}
			}
		}
		await("the ringing", has(func(b event.Body) bool { _, is := b.(event.TransferRinging); return is }))
		r.stop()
		await("the drain", func() bool { return r.get(t, "/readyz") == 503 })
		_, err = r.ring(t, "hotline")
		if no, ok := errors.AsType[*leg.Refused](err); !ok || no.Status != 503 || no.RetryAfter != 30*time.Second {
			t.Errorf("a new call while draining: %v, want 503 and Retry-After: 30", err)
		}
		if has(func(b event.Body) bool { _, is := b.(event.Bridged); return is })() {
			t.Fatal("it was drained too late")
		}
		await("the transfer", has(func(b event.Body) bool { a, is := b.(event.TransferAttempt); return is && a.Outcome == "completed" }))
		for ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second); ; {
			h, err := l.Receive(ctx)
			if err != nil {
				t.Fatalf("the agent is not heard: %v", err)
			}
			if len(h.Frame.PCM) > 0 && slices.Max(h.Frame.PCM) > 6000 {
				cancel()
				break
			}
		}
		select {
		case <-r.ended:
			t.Error("the gateway ended with a caller and an agent in a call")
		default:
		}
		if err := l.Hangup(t.Context(), leg.Normal); err != nil {
			t.Error(err)
		}
		select {
		case err := <-r.ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Error("the gateway did not end after the last call")
		}
	})
}

func TestDoors(t *testing.T) {
	t.Parallel()
	bot, err := flows.Load(os.DirFS("../configs/hotlines/colibri"), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ listen, external, want string }{
		{"127.0.0.1:5060", "", "sip:hotline@127.0.0.1"},
		{"0.0.0.0:5070", "", "sip:hotline@127.0.0.1:5070"},
		{"10.0.0.5:5070", "voice.example", "sip:hotline@voice.example:5070"},
	} {
		if d := Doors([]*flows.Bot{bot}, c.listen, c.external); len(d) != 2 || d[0].Addr != c.want || d[0].Lang != "fr" {
			t.Errorf("doors of %s, %q: %v, want %s", c.listen, c.external, d, c.want)
		}
	}
}
