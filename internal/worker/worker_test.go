package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	asrwyoming "decroche/asr/wyoming"
	"decroche/internal/wyoming"
	"decroche/media"
	"decroche/media/tone"
	"decroche/tts"
	"decroche/tts/ttstest"
	ttswyoming "decroche/tts/wyoming"
)

// serve starts a server in this process and returns its address.
func serve(t *testing.T, s *Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w")
	l, err := Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the socket is open to others: %v, %v", st.Mode(), err)
	}
	s.Log = slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "unix://" + path
}

// TestEverythingArrives: what the flow expects reaches the engine, and all that it says comes back.
func TestEverythingArrives(t *testing.T) {
	t.Parallel()
	rec := &asrtest.Script{Turns: []asrtest.Turn{{
		Text: "un deux", Confidence: .75, Alternatives: []asr.Alternative{{Text: "un d'eux", Confidence: .25}},
		Words:    []asr.Word{{Text: "un", Start: 10 * time.Millisecond, End: 20 * time.Millisecond, Confidence: .5}},
		Partials: []asrtest.Partial{{After: 20 * time.Millisecond, Text: "un"}},
	}, {Err: errors.New("it fell over")}, {OpenErr: asr.Unsupported("no free speech")}}}
	cfg := asrwyoming.DefaultConfig()
	cfg.Address, cfg.Expect, cfg.Rate, cfg.Timeout = serve(t, &Server{Ears: []Ear{{Name: "script", Languages: []string{"fr"}, Recogniser: rec}}}), true, media.PhoneRate, 30*time.Second
	r, err := asrwyoming.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	want := asr.Options{Language: "fr", Rate: media.PhoneRate, Hints: []string{"un"}, Expect: asr.Expect{Kind: "digits", Digits: 2, Layout: "singles"}}
	s, err := r.Open(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write(media.Frame{PCM: make([]int16, 800), Rate: media.PhoneRate}); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Recv(); err != nil || p.Final || p.Text != "un" {
		t.Errorf("partial %+v, %v", p, err)
	}
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	f, err := s.Recv()
	if err != nil || !f.Final || f.Text != "un deux" || f.Confidence != .75 || len(f.Words) != 1 || f.Words[0].End != 20*time.Millisecond || len(f.Alternatives) != 1 || f.Alternatives[0].Confidence != .25 {
		t.Errorf("final %+v, %v", f, err)
	}
	if _, err := s.Recv(); err != io.EOF {
		t.Errorf("then %v", err)
	}
	if got := rec.Sessions()[0].Options; got.Language != "fr" || got.Expect != want.Expect || len(got.Hints) != 1 {
		t.Errorf("the engine was opened with %+v", got)
	}
	if _, err := asr.Transcribe(t.Context(), r, make([]int16, 800), want); err == nil || strings.Contains(err.Error(), "fell over") {
		t.Errorf("an engine that falls: %v", err)
	}
	var u *asr.UnsupportedError
	if _, err := asr.Transcribe(t.Context(), r, make([]int16, 800), want); !errors.As(err, &u) {
		t.Errorf("what it does not serve: %v", err)
	}
}

// hum is a voice of one note a word.
type hum struct{}

func (hum) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if u.Text == "nothing" {
		return nil, errors.New("no voice")
	}
	return tone.Source(tone.Hold(), u.Rate, time.Duration(len(strings.Fields(u.Text)))*100*time.Millisecond), nil
}

// TestRefusals: what a client asks wrongly is told, and does not end the server.
func TestRefusals(t *testing.T) {
	t.Parallel()
	address := serve(t, &Server{MaxStreams: 1, Ears: []Ear{{Name: "script", Languages: []string{"fr"}, Recogniser: &asrtest.Script{}}}})
	conn, err := wyoming.Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := wyoming.NewReader(conn)
	for i, c := range []struct {
		kind string
		data any
		want string
	}{
		{"ping", nil, "pong"},
		{"audio-chunk", nil, ""}, {"audio-stop", nil, ""}, {"from-the-future", nil, ""},
		{"transcribe", wyoming.Transcribe{Language: "de"}, "error"},
		{"transcribe", wyoming.Transcribe{Name: "other"}, "error"},
		{"audio-start", wyoming.Audio{Rate: 8000, Width: 4, Channels: 1}, "error"},
		{"audio-start", map[string]string{"rate": "x"}, "error"},
		{"synthesize", wyoming.Synthesize{Text: "bonjour"}, "error"},
		{"audio-start", wyoming.Audio{Rate: 8000, Width: 2, Channels: 1}, ""},
		{"audio-stop", nil, "transcript"},
		{"describe", nil, "info"},
	} {
		if err := wyoming.Write(conn, c.kind, c.data, nil); err != nil {
			t.Fatal(err)
		}
		if c.want == "" {
			continue
		}
		if e, err := in.Next(); err != nil || e.Type != c.want {
			t.Fatalf("%d: %s is answered with %q, %v; want %s", i, c.kind, e.Type, err, c.want)
		}
	}
	second, err := wyoming.Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := wyoming.NewReader(second).Next(); err == nil {
		t.Error("a connection too many was answered")
	}
}

func FuzzServer(f *testing.F) {
	f.Add([]byte("{\"type\":\"transcribe\",\"data\":{\"language\":\"fr\"}}\n{\"type\":\"audio-start\",\"data\":{\"rate\":8000,\"width\":2,\"channels\":1}}\n{\"type\":\"audio-chunk\",\"payload_length\":4}\nabcd{\"type\":\"audio-stop\"}\n"))
	f.Add([]byte("{\"type\":\"synthesize\",\"data\":{\"text\":\"a\"}}\n{\"type\":\"audio-start\",\"data\":{\"rate\":-1,\"width\":2,\"channels\":1}}\n"))
	s := &Server{Ears: []Ear{{Name: "script", Languages: []string{"fr"}, Recogniser: &asrtest.Script{}}}, Idle: time.Minute, Log: slog.New(slog.DiscardHandler)}
	f.Fuzz(func(t *testing.T, b []byte) {
		peer, conn := net.Pipe()
		done := make(chan struct{})
		go func() { defer close(done); s.answer(t.Context(), conn) }()
		go func() { _, _ = io.Copy(io.Discard, peer) }()
		_, _ = peer.Write(b)
		peer.Close()
		<-done
	})
}

// shell is a worker made of a script; $SOCKET is where it should listen.
func shell(t *testing.T, script string, change func(*Config)) *Supervisor {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Backoff, cfg.MaxBackoff, cfg.Start = 10*time.Millisecond, 20*time.Millisecond, time.Minute
	if change != nil {
		change(&cfg)
	}
	s, err := Watch(Spec{Name: "shell", Command: []string{"/bin/sh", "-c", script}, Settings: []byte("{}")}, cfg, NewMetrics(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestCrashLoop: a worker that cannot live is started so many times and then left down.
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	lives := filepath.Join(t.TempDir(), "lives")
	s := shell(t, "echo x >> "+lives+"; echo no such model; exit 3", func(c *Config) { c.Crashes, c.Rest = 3, time.Hour })
	if err := s.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "no such model") {
		t.Errorf("why: %v", err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if b, _ := os.ReadFile(lives); len(b) >= 6 {
			break
		}
	}
	time.Sleep(100 * time.Millisecond) // five times the longest backoff: a fourth life would have begun
	if b, _ := os.ReadFile(lives); string(b) != "x\nx\nx\n" {
		t.Errorf("it lived %d times, want 3", len(b)/2)
	}
}

// TestItEndsWithTheGateway: a worker is told its settings and ends when its input does.
func TestItEndsWithTheGateway(t *testing.T) {
	t.Parallel()
	over := filepath.Join(t.TempDir(), "over")
	s := shell(t, "read -r settings; echo ready; cat > /dev/null; echo \"$settings\" > "+over, nil)
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ready, pid := s.Alive(); !ready || pid == 0 {
		t.Error("it is not alive")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(over); string(b) != "{}\n" {
		t.Errorf("it did not end by itself: %q, %v", b, err)
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
}

// TestLate: one that is never ready is killed and told of.
func TestLate(t *testing.T) {
	t.Parallel()
	s := shell(t, "exec sleep 1000", func(c *Config) { c.Start = 100 * time.Millisecond })
	if err := s.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "worker.start") {
		t.Errorf("%v", err)
	}
}

func TestLastWords(t *testing.T) {
	t.Parallel()
	l := &lastWords{}
	io.WriteString(l, "loading\nhalf a")
	if io.WriteString(l, " line\n"); l.String() != "loading | half a line" {
		t.Errorf("while it starts: %q", l)
	}
	l.hush()
	io.WriteString(l, "INFO: heard: my secret\nterminate called after throwing\n"+strings.Repeat("x", 1<<16)+"\n")
	if l.String() != "terminate called after throwing" {
		t.Errorf("in a call: %q", l)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	go io.WriteString(w, "{\"a\":1}\n")
	ctx, line, err := Settings(t.Context(), r)
	if err != nil || string(bytes.TrimSpace(line)) != `{"a":1}` || ctx.Err() != nil {
		t.Fatalf("%q, %v", line, err)
	}
	w.Close()
	<-ctx.Done()
	if _, _, err := Settings(t.Context(), strings.NewReader("no end")); err == nil {
		t.Error("settings without an end were taken")
	}
	if bad := (Config{}).Validate(); len(bad) != 5 {
		t.Errorf("complaints: %v", bad)
	}
	if bad := DefaultConfig().Validate(); len(bad) != 0 {
		t.Errorf("defaults: %v", bad)
	}
}

// TestVoiceConformance: the kit, over a real socket, with a voice that is well.
func TestVoiceConformance(t *testing.T) {
	t.Parallel()
	cfg := ttswyoming.DefaultConfig()
	cfg.Address = serve(t, &Server{Mouths: []Mouth{{Name: "clear", Voices: map[string][]string{"la": {"fr"}}, Rate: media.PhoneRate, Synthesiser: &ttstest.Voice{}}}})
	v, err := ttswyoming.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ttstest.Run(t, tts.Utterance{Text: "Bonjour. Je vous écoute. Merci.", Language: "fr"}, func(*testing.T) tts.Synthesiser { return v })
}

// TestVoice: a text goes in, sound comes out, and a failure is one.
func TestVoice(t *testing.T) {
	t.Parallel()
	cfg := ttswyoming.DefaultConfig()
	cfg.Address = serve(t, &Server{Mouths: []Mouth{{Name: "hum", Voices: map[string][]string{"la": {"fr"}}, Rate: media.PhoneRate, Synthesiser: hum{}}}})
	v, err := ttswyoming.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"un deux trois": true, "nothing": false} {
		src, err := v.Speak(t.Context(), tts.Utterance{Text: text, Language: "fr", Rate: media.PhoneRate})
		if err != nil {
			t.Fatal(err)
		}
		var heard time.Duration
		for err == nil {
			var f media.Frame
			f, err = src.ReadFrame()
			heard += f.Len()
		}
		src.Close()
		if errors.Is(err, io.EOF) != want || want && heard < 300*time.Millisecond {
			t.Errorf("%q: %v of sound, %v", text, heard, err)
		}
	}
}

// A path that no socket's address holds is refused with its length, before the system says "invalid
// argument".
func TestListenTooFar(t *testing.T) {
	t.Parallel()
	_, err := Listen("unix", "/"+strings.Repeat("a", maxPath))
	if err == nil || !strings.Contains(err.Error(), "choose a shorter folder") {
		t.Errorf("%v", err)
	}
}
