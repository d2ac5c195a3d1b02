package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/asr/chain"
	"decroche/asr/pocketsphinx"
	asrsherpa "decroche/asr/sherpa"
	asrwyoming "decroche/asr/wyoming"
	"decroche/configs"
	"decroche/internal/worker"
	"decroche/media"
)

// watch starts a worker of this test's binary and stops it with the test.
func watch(t *testing.T, set workerSettings) *worker.Supervisor {
	t.Helper()
	line, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cfg := worker.DefaultConfig()
	// A hundred deaths are no reason to wait: the shortest pauses, and no rest.
	cfg.Backoff, cfg.MaxBackoff, cfg.Crashes, cfg.Within = 10*time.Millisecond, 100*time.Millisecond, 100, time.Second
	s, err := worker.Watch(worker.Spec{Name: set.Engines[0], Command: []string{self, "worker"}, Env: []string{runMain + "=1"}, Settings: line}, cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// client is the gateway's side of a worker.
func client(t *testing.T, s *worker.Supervisor, name string, langs ...string) *asrwyoming.Recogniser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	cfg := asrwyoming.DefaultConfig()
	cfg.Engine, cfg.Address, cfg.Model, cfg.Languages, cfg.Expect, cfg.Rate, cfg.Timeout = "asr/"+name, s.Address(), name, langs, true, media.PhoneRate, 30*time.Second
	r, err := asrwyoming.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sphinx are the settings of a pocketsphinx worker; it skips where that is not installed.
func sphinx(t *testing.T) workerSettings {
	t.Helper()
	needs(t, "espeak-ng")
	r, err := pocketsphinx.New(pocketsphinx.DefaultConfig())
	if err != nil {
		t.Skip("pocketsphinx is not installed; make test installs it:", err)
	}
	r.Close()
	return workerSettings{Engines: []string{"pocketsphinx"}, Pocketsphinx: pocketsphinx.DefaultConfig()}
}

// digits is a voice that says figures, and the turn that waits for them.
func digits(t *testing.T, text string, n int) ([]int16, asr.Options) {
	t.Helper()
	mouth, err := newVoice("espeak", configs.Default())
	if err != nil {
		t.Fatal(err)
	}
	pcm, err := synthesise(t.Context(), mouth, utterance("en", "en-us", text))
	if err != nil {
		t.Fatal(err)
	}
	return pcm, asr.Options{Language: "en", Rate: media.PhoneRate, Expect: asr.Expect{Kind: "digits", Digits: n, Layout: "singles"}}
}

// TestWorkerConformance: the kit over the real socket of a real process.
func TestWorkerConformance(t *testing.T) {
	t.Parallel()
	r := client(t, watch(t, sphinx(t)), "pocketsphinx", "en")
	pcm, opt := digits(t, "five. three. one. four", 4)
	asrtest.Run(t, func(*testing.T) asr.Recogniser { return r }, asrtest.Options{Open: opt, Speech: pcm, Words: "five three one four", RealTime: true, Patience: 30 * time.Second})
	if said, err := r.Check(t.Context()); err != nil || said != "pocketsphinx with pocketsphinx" {
		t.Errorf("%q, %v", said, err)
	}
	if _, err := asr.Transcribe(t.Context(), r, pcm, asr.Options{Language: "en", Rate: media.PhoneRate}); err == nil || !strings.Contains(err.Error(), "does not serve") {
		t.Errorf("free speech: %v", err)
	}
}

// killer lets the process behind a recogniser be killed at a frame of a turn.
type killer struct {
	asr.Recogniser
	at  int64
	s   *worker.Supervisor
	n   atomic.Int64
	hit atomic.Int64 // the process that was killed
}

func (k *killer) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	s, err := k.Recogniser.Open(ctx, opt)
	return &killed{s, k}, err
}

type killed struct {
	asr.Session
	k *killer
}

func (s *killed) Write(f media.Frame) error {
	if s.k.n.Add(1) == s.k.at {
		if ready, pid := s.k.s.Alive(); ready {
			s.k.hit.Store(int64(pid))
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return s.Session.Write(f)
}

// TestKilledMidWord: kill -9 on the real worker while it hears; the next engine of the route
// gives the text, the times and the confidence of an undisturbed run, and the worker comes back.
func TestKilledMidWord(t *testing.T) {
	t.Parallel()
	set := sphinx(t)
	first, second := watch(t, set), watch(t, set)
	a, b := client(t, first, "pocketsphinx", "en"), client(t, second, "pocketsphinx", "en")
	pcm, opt := digits(t, "five. three. one. four", 4)
	want, err := asr.Transcribe(t.Context(), b, pcm, opt)
	if err != nil || want.Text == "" {
		t.Fatalf("undisturbed: %+v, %v", want, err)
	}
	cfg := chain.DefaultConfig()
	cfg.Final, cfg.Breaker.Failures = 30*time.Second, 100
	times := 3
	if os.Getenv("DECROCHE_LONG") != "" {
		times = 100
	}
	rnd, hit := rand.New(rand.NewPCG(4, 2026)), 0
	for range times {
		alive(t, first)
		k := &killer{Recogniser: a, s: first, at: 1 + rnd.Int64N(int64(len(pcm)/160))}
		c, err := chain.New([]chain.Engine{{Name: "a", Recogniser: k}, {Name: "b", Recogniser: b}}, chain.Routes{"any": {"a", "b"}}, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := asr.Transcribe(t.Context(), c, pcm, opt)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("killed at frame %d: %+v, %v; undisturbed %+v", k.at, got, err, want)
		}
		c.Close()
		if k.hit.Load() != 0 {
			hit++
		}
	}
	t.Logf("killed %d times, the text was the same each time", hit)
	if hit == 0 {
		t.Error("the worker was never killed")
	}
	alive(t, first)
}

// alive waits until a worker listens.
func alive(t *testing.T, s *worker.Supervisor) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if ready, _ := s.Alive(); ready {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the worker did not come back")
		}
	}
}

// TestCorruptModel: whatever a broken model does to the library, the gateway's process lives and
// is told.
func TestCorruptModel(t *testing.T) {
	t.Parallel()
	set := sphinx(t)
	en := set.Pocketsphinx.Models["en"]
	pcm, opt := digits(t, "five", 1)
	for _, file := range []string{"means", "mdef"} {
		dir := t.TempDir()
		files, err := os.ReadDir(en.Model)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(en.Model, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if f.Name() == file {
				b = b[:len(b)/3]
			}
			if err := os.WriteFile(filepath.Join(dir, f.Name()), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		bad := en
		bad.Model = dir
		s := watch(t, workerSettings{Engines: []string{"pocketsphinx"}, Pocketsphinx: pocketsphinx.Config{Decoders: 1, Models: map[string]pocketsphinx.Model{"en": bad}}})
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err = s.Wait(ctx)
		if err == nil { // the library has not looked at all of it: it may fall while it hears
			_, err = asr.Transcribe(ctx, client(t, s, "pocketsphinx", "en"), pcm, opt)
		}
		if ctx.Err() != nil {
			t.Errorf("half of %s: nothing came of it", file)
		}
		t.Logf("half of %s: %v", file, err)
		cancel()
		s.Close()
	}
}

// TestSherpaWorker: our own network in sherpa-onnx, in a real process; and a network that is cut
// in half, over which the library throws.
func TestSherpaWorker(t *testing.T) {
	t.Parallel()
	lib := os.Getenv("DECROCHE_SHERPA_LIB")
	if lib == "" {
		t.Skip("DECROCHE_SHERPA_LIB does not name libsherpa-onnx-c-api.so; make tools-sherpa gets one")
	}
	needs(t, "espeak-ng")
	dir, err := filepath.Abs("../../asr/sherpa/testdata")
	if err != nil {
		t.Fatal(err)
	}
	cfg := asrsherpa.DefaultConfig()
	cfg.Library = lib
	fr := asrsherpa.Model{Kind: "t_one_ctc", Streaming: true, Model: filepath.Join(dir, "streaming.onnx"), Tokens: filepath.Join(dir, "tokens.txt"), Rate: 8000}
	cfg.Models = map[string]asrsherpa.Model{"fr": fr}
	r := client(t, watch(t, workerSettings{Engines: []string{"sherpa"}, Sherpa: cfg}), "sherpa", "fr")
	mouth, err := newVoice("espeak", configs.Default())
	if err != nil {
		t.Fatal(err)
	}
	pcm, err := synthesise(t.Context(), mouth, utterance("fr", "", "bonjour"))
	if err != nil {
		t.Fatal(err)
	}
	edge := make([]int16, 1600)
	asrtest.Run(t, func(*testing.T) asr.Recogniser { return r }, asrtest.Options{
		Open: asr.Options{Language: "fr", Rate: media.PhoneRate}, Speech: slices.Concat(edge, pcm, edge), Words: "bonjour", RealTime: true, NoConfidence: true, Patience: 30 * time.Second,
	})
	b, err := os.ReadFile(fr.Model)
	if err != nil {
		t.Fatal(err)
	}
	fr.Model = filepath.Join(t.TempDir(), "half.onnx")
	if err := os.WriteFile(fr.Model, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Models = map[string]asrsherpa.Model{"fr": fr}
	s := watch(t, workerSettings{Engines: []string{"sherpa"}, Sherpa: cfg})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.Wait(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("half a network: %v", err)
	} else {
		t.Log("half a network:", err)
	}
}

// TestWorkerStreams refuses numbers of connections that nobody can have.
func TestWorkerStreams(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-3, 0, maxStreams + 1} {
		c := workerCmd{Engine: []string{"pocketsphinx"}, Listen: "tcp://127.0.0.1:0", Streams: n}
		if err := c.Run(t.Context(), &globals{}); err == nil || !strings.Contains(err.Error(), "--streams") {
			t.Errorf("%d: %v", n, err)
		}
	}
}
