package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"decroche/asr"
	"decroche/configs"
	"decroche/gateway/leg"
	"decroche/internal/demosystems"
	"decroche/internal/loopback"
	"decroche/internal/phone"
	"decroche/media/wav"
)

// The end-to-end tests start this very test binary as the gateway (TestMain runs main when asked
// to) and as the demo companies' systems (when called by that name), and ring over real SIP and RTP
// on loopback. They run beside each other, as many as go test lets: most of a call is waiting for
// somebody to finish a sentence. What they know of the gateway they read from its record and its API,
// never from a clock.

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		if filepath.Base(os.Args[0]) == systemsName {
			serveSystems()
		}
		main()
		os.Exit(0)
	}
	_ = os.Setenv(runMain, "1") // what a test starts of itself, a worker too, is the program, not the tests again
	_ = os.Setenv(testSecret, "hunter2")
	dir, err := os.MkdirTemp("", "decroche-tests-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	shared = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// shared is a folder of this run of the tests, for what several of them use.
var shared string

// learnt is cfg with a data folder in which the classifiers of hotlines are kept from one test to the
// next: learning them takes seconds under the race detector.
func learnt(cfg configs.Config) configs.Config {
	cfg.Gateway.DataDir = shared
	return cfg
}

// learntIn lets a data folder take its classifiers from the shared one.
func learntIn(t *testing.T, dir string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Join(shared, "nlu"), 0o700), os.Symlink(filepath.Join(shared, "nlu"), filepath.Join(dir, "nlu"))); err != nil {
		t.Fatal(err)
	}
}

// testSecret is an environment variable that holds hunter2 in every test.
const testSecret = "DECROCHE_TEST_SECRET"

// patience is how long a test waits for what must come: so long that only what never comes is late,
// on any machine.
const patience = 3 * time.Minute

// systemsName is the name under which the test binary is the demo companies' systems.
const systemsName = "demosystems"

// serveSystems is cmd/demosystems, and ends the process.
func serveSystems() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demosystems.Serve(ctx, os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// needs skips a test where a program it needs is not installed; make test installs them.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			absent(t, p+" is not installed")
		}
	}
}

// absent ends a test that something is missing for: it is left out, unless make test has installed what
// tests need; then it fails.
func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("DECROCHE_INSTALLED") != "" {
		t.Fatalf("%s, and make test should have installed it", why)
	}
	t.Skipf("%s; make test installs it", why)
}

// systems is the test binary under the name of the demo companies' systems.
var systems = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	link := filepath.Join(shared, systemsName)
	return link, os.Symlink(self, link)
})

// players are the engines of the callers and agents that tests play: they take seconds to load under the
// race detector and may be used by many at once.
var players = sync.OnceValues(func() (*tools, error) {
	file := filepath.Join(shared, "tools.yaml")
	if err := os.WriteFile(file, []byte("data_dir: "+shared+"\n"), 0o600); err != nil {
		return nil, err
	}
	return newTools(&globals{Config: file})
})

func testTools(t *testing.T) *tools {
	t.Helper()
	tl, err := players()
	if err != nil {
		t.Fatal(err)
	}
	return tl
}

func openLine(t *testing.T, accept func(context.Context, leg.Leg)) *line {
	t.Helper()
	l, err := newLine(t.Context(), accept)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

func openScenery(t *testing.T, agent string, extra ...string) *scenery {
	t.Helper()
	link, err := systems()
	if err != nil {
		t.Fatal(err)
	}
	set, err := newScenery(agent, extra...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.stop)
	learntIn(t, set.data)
	if err := set.begin(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	return set
}

// TestStoryFromRingToHuman is the demo: a stranger rings, asks for a parcel, gets a true answer,
// asks for a human, and is joined with one who was briefed.
func TestStoryFromRingToHuman(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	tl := testTools(t)
	briefed, page := make(chan string, 1), make(chan string, 1)
	agent := openLine(t, func(ctx context.Context, l leg.Leg) {
		if l.Info().Headers["Call-Info"] == "" || l.Info().Headers["User-To-User"]+l.Info().Headers["User-to-User"] == "" {
			t.Errorf("the agent's INVITE has headers %v, want Call-Info and User-to-User", l.Info().Headers)
		}
		page <- openCallInfo(t, l.Info().Headers["Call-Info"]) // while it rings, and without any token
		if err := l.Answer(ctx); err != nil {
			return
		}
		p := &phone.Phone{Leg: l, Mouth: tl.mouth, Ears: tl.ears, Lang: "fr"}
		p.Start(ctx)
		m := p.Mark()
		if _, err := p.WaitSound(ctx, m); err == nil {
			_, _ = p.WaitQuiet(ctx, 1500*time.Millisecond)
			heard, _ := p.Written(ctx, m)
			briefed <- heard
			if err := l.(leg.Presser).SendDigits(ctx, "1"); err != nil {
				t.Errorf("the agent could not press 1: %v", err)
			}
			for p.Pause(ctx, time.Second) == nil { // until they have hung up
				if _, _, err := p.Say(ctx, "Bonjour, ici Karim."); err != nil {
					break
				}
			}
		}
		<-p.Done()
	})
	set := openScenery(t, agent.server.Addr())
	caller := openLine(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	l, err := caller.server.Dial(ctx, leg.Invite{Addr: "sip:hotline@" + set.sip, From: "Nadia"})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone.Phone{Leg: l, Mouth: tl.mouth, Voice: "fr+f3", Lang: "fr"}
	p.Start(ctx)
	nadia := &person{Phone: p, api: set.api(), conv: l.Info().PeerTag, lang: "fr", order: "45127802", over: true}
	if err := nadia.errand(ctx, "bonjour, où est mon colis ?", "je voudrais parler à un conseiller"); err != nil {
		t.Error(err)
	}
	select {
	case heard := <-briefed:
		if !strings.Contains(heard, "colis") {
			t.Errorf("the agent was briefed with %q, which does not name the parcel", heard)
		}
	case <-ctx.Done():
		t.Error("the agent heard no briefing")
	}
	if _, err := p.WaitSound(ctx, p.Mark()); err != nil {
		t.Errorf("the caller does not hear the agent: %v", err)
	}
	select {
	case html := <-page:
		for _, want := range []string{"45 12 78 02", "colis"} {
			if !strings.Contains(html, want) {
				t.Errorf("the page behind Call-Info does not hold %q before the agent picks up:\n%s", want, lastLines(html, 60))
			}
		}
	default:
		t.Error("the agent's phone never rang")
	}
	_ = p.Hangup(context.WithoutCancel(ctx))
	rec, err := waitRecord(ctx, set.api(), nadia.conv)
	if err != nil {
		t.Fatal(err)
	}
	cut := false
	for _, e := range rec.Events {
		cut = cut || e.Type == "prompted" && strings.Contains(string(e.Body), `"cut":true`)
	}
	if !cut {
		t.Error("the caller spoke over a prompt and the record does not show it cut")
	}
	if !rec.found("45127802") || !rec.transferred() || rec.EndedBy != "caller" {
		t.Errorf("record: found %v, transferred %v, ended by %q, outcome %q", rec.found("45127802"), rec.transferred(), rec.EndedBy, rec.Outcome)
		for _, e := range rec.Events {
			t.Logf("%6.1f s  %s", e.At.Sub(rec.Start).Seconds(), e.tell())
		}
	}
}

// openCallInfo opens the page that an INVITE's Call-Info names, as an agent's browser would.
func openCallInfo(t *testing.T, header string) string {
	uri, _, ok := strings.Cut(strings.TrimPrefix(header, "<"), ">")
	if !ok {
		t.Errorf("Call-Info %q names no page", header)
		return ""
	}
	resp, err := http.Get(uri)
	if err != nil {
		t.Errorf("open %s: %v", uri, err)
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("open %s: %s, %v", uri, resp.Status, err)
	}
	return string(body)
}

// TestBaresipHearsAndIsHeard lets a phone that nobody here wrote call: its recording must hold
// the greeting, and the record what it said. With DECROCHE_LONG=1 it does so in the wide codecs too.
func TestBaresipHearsAndIsHeard(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng", "baresip")
	t.Run("PCMA", func(t *testing.T) { baresipIsUnderstood(t, "PCMA", 8000, 1) })
	if os.Getenv("DECROCHE_LONG") == "" {
		t.Log("G722 and opus take half a minute more: DECROCHE_LONG=1")
		return
	}
	t.Run("G722", func(t *testing.T) { baresipIsUnderstood(t, "G722/16000/1", 16000, 1) })
	t.Run("opus", func(t *testing.T) { baresipIsUnderstood(t, "opus/48000/2", 48000, 2) })
}

func baresipIsUnderstood(t *testing.T, codec string, rate, channels int) {
	tl := testTools(t)
	set := openScenery(t, "127.0.0.1:9")
	dir := t.TempDir()
	said, err := toRate(sentence(t, tl, "je voudrais savoir où est mon colis", 7*8000, 9*8000), 8000, rate)
	if err != nil {
		t.Fatal(err)
	}
	mic := [][]int16{said, said}[:channels]
	if err := writeWAV(filepath.Join(dir, "mic.wav"), rate, mic...); err != nil {
		t.Fatal(err)
	}
	port, err := loopback.Port()
	if err != nil {
		t.Fatal(err)
	}
	rec := ringWithBaresip(t, dir, port, "sip:hotline@"+set.sip, codec, rate, channels, func(ctx context.Context) bool {
		list, err := conversations(ctx, set.api())
		return err == nil && len(list) == 1 && (list[0].Intent != "" || list[0].Outcome != "")
	})
	heard, rate, err := wav.ReadFile(rec)
	if err != nil {
		t.Fatal(err)
	}
	if heard, err = toRate(heard, rate, 8000); err != nil {
		t.Fatal(err)
	}
	res, err := asr.Transcribe(t.Context(), tl.ears, heard, asr.Options{Language: "fr", Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	text := res.Text
	if !strings.Contains(text, "bonjour") || !strings.Contains(text, "assistant") && !strings.Contains(text, "automatique") {
		t.Errorf("baresip's recording is recognised as %q; it should hold the greeting", text)
	}
	list, err := conversations(t.Context(), set.api())
	if err != nil || len(list) != 1 {
		t.Fatalf("conversations: %+v, %v", list, err)
	}
	if got := list[0].Intent; got != "suivi_colis" {
		t.Errorf("baresip's caller was understood as %q, want suivi_colis", got)
	}
}

// conversations lists those that the gateway knows.
func conversations(ctx context.Context, api apiClient) ([]record, error) {
	var list struct{ Conversations []record }
	err := api.get(ctx, "/api/v1/conversations", &list)
	return list.Conversations, err
}

// sentence is speech with silence before and after, 8 kHz.
func sentence(t *testing.T, tl *tools, text string, before, after int) []int16 {
	t.Helper()
	pcm, err := synthesise(t.Context(), tl.mouth, utterance("fr", "fr+m5", text))
	if err != nil {
		t.Fatal(err)
	}
	return append(append(make([]int16, before), pcm...), make([]int16, after)...)
}

// ringWithBaresip runs baresip headless: mic.wav in dir is its microphone, and what it hears is
// dumped there. It hangs up when enough says so, and returns the recording of what it heard.
func ringWithBaresip(t *testing.T, dir string, port int, uri, codec string, rate, channels int, enough func(context.Context) bool) string {
	t.Helper()
	addr := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	conf := strings.NewReplacer("[DIR]", dir, "[ADDR]", addr.String(), "[MODULES]", baresipModules(t),
		"[RATE]", fmt.Sprint(rate), "[CHANNELS]", fmt.Sprint(channels)).Replace(`
sip_listen [ADDR]
audio_player aufile,[DIR]/unused.wav
audio_source aufile,[DIR]/mic.wav
audio_alert aufile,[DIR]/unused.wav
ausrc_srate [RATE]
auplay_srate [RATE]
ausrc_channels [CHANNELS]
auplay_channels [CHANNELS]
module_path [MODULES]
module stdio.so
module g711.so
module g722.so
module opus.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
snd_path [DIR]
`)
	for name, text := range map[string]string{"config": conf, "accounts": "<sip:baresip@" + addr.String() + ">;regint=0;audio_codecs=" + codec + "\n", "contacts": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "baresip", "-f", dir, "-e", "/dial "+uri)
	cmd.Dir = dir
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	quit := make(chan struct{})
	go func() {
		defer close(quit)
		defer func() { _, _ = io.WriteString(stdin, "q") }() // the key that ends baresip, its calls first
		for !enough(ctx) {
			select {
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
				return
			}
		}
	}()
	out, err := cmd.CombinedOutput()
	cancel()
	<-quit
	if err != nil {
		t.Fatalf("baresip: %v\n%s", err, lastLines(string(out), 30))
	}
	dumps, _ := filepath.Glob(filepath.Join(dir, "dump-*-dec.wav"))
	if len(dumps) == 0 {
		t.Fatalf("baresip recorded nothing:\n%s", lastLines(string(out), 30))
	}
	return dumps[0]
}

func baresipModules(t *testing.T) string {
	t.Helper()
	for _, d := range []string{"/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/usr/lib/aarch64-linux-gnu/baresip/modules"} {
		if _, err := os.Stat(d); err == nil {
			return d
		}
	}
	t.Skip("baresip's modules are not where Debian puts them")
	return ""
}

// TestNothingFinalIsLostByAKill says a sentence, kills the gateway with SIGKILL as soon as the
// record shows it, starts another on the same data, and reads it back.
func TestNothingFinalIsLostByAKill(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	tl := testTools(t)
	set := openScenery(t, "127.0.0.1:9")
	caller := openLine(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	l, err := caller.server.Dial(ctx, leg.Invite{Addr: "sip:hotline@" + set.sip})
	if err != nil {
		t.Fatal(err)
	}
	conv := l.Info().PeerTag
	p := &phone.Phone{Leg: l, Mouth: tl.mouth, Voice: "fr+m5", Lang: "fr"}
	p.Start(ctx)
	if _, err := p.Greeting(ctx, phone.Pace{}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Turn(ctx, phone.Line{Text: "bonjour, où est mon colis ?", Hasty: true}, phone.Pace{}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(set.gatewayPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-set.procs[1].done
	set.procs = set.procs[:1]
	if err := set.restart(ctx); err != nil {
		t.Fatal(err)
	}
	rec, err := waitRecord(ctx, set.api(), conv)
	if err != nil {
		t.Fatal(err)
	}
	said := false
	for _, e := range rec.Events {
		said = said || e.Type == "said" && strings.Contains(string(e.Body), "colis")
	}
	if !said || rec.Outcome != "failed" || rec.EndedBy != "gateway" {
		t.Errorf("after kill -9: sentence kept %v, outcome %q by %q; want it kept, failed, gateway", said, rec.Outcome, rec.EndedBy)
	}
	_ = p.Leg.Hangup(ctx, leg.Normal)
}

// TestEverybodyIsBusy rings an agent who is busy: the caller comes back to the bot with what was
// understood, takes a callback, and it is stored with number and slots.
func TestEverybodyIsBusy(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	tl := testTools(t)
	agent := openLine(t, func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, leg.Busy) })
	set := openScenery(t, agent.server.Addr())
	caller := openLine(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	l, err := caller.server.Dial(ctx, leg.Invite{Addr: "sip:hotline@" + set.sip, From: "0612345678"})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone.Phone{Leg: l, Mouth: tl.mouth, Voice: "fr+m5", Lang: "fr"}
	p.Start(ctx)
	paul := &person{Phone: p, api: set.api(), conv: l.Info().PeerTag, lang: "fr", order: "30614257"}
	if _, err := p.Greeting(ctx, phone.Pace{}); err != nil {
		t.Fatal(err)
	}
	if err := paul.until(ctx, "number", phone.Line{Text: "bonjour, où est mon colis ?"}); err != nil {
		t.Fatal(err)
	}
	if err := paul.until(ctx, "answer", phone.Line{Text: spokenNumber("fr", paul.order)}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"je voudrais parler à un conseiller", "oui merci"} {
		if _, err := p.Turn(ctx, phone.Line{Text: text}, phone.Pace{Quiet: 1500 * time.Millisecond}); err != nil {
			t.Fatalf("after %q: %v", text, err)
		}
	}
	_ = p.Hangup(context.WithoutCancel(ctx))
	rec, err := waitRecord(ctx, set.api(), paul.conv)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Transfer != "busy" || rec.Outcome != "callback" {
		t.Errorf("record: hand-off %q, outcome %q; want busy, callback", rec.Transfer, rec.Outcome)
	}
	var list struct {
		Callbacks []struct {
			Conversation, Phone, State string
			Slots                      []struct{ Value string }
		}
	}
	if err := set.api().get(ctx, "/api/v1/callbacks", &list); err != nil || len(list.Callbacks) != 1 {
		t.Fatalf("callbacks %+v, %v; want one", list.Callbacks, err)
	}
	if cb := list.Callbacks[0]; cb.Conversation != paul.conv || !strings.HasSuffix(cb.Phone, "612345678") || cb.State != "open" || len(cb.Slots) == 0 || cb.Slots[0].Value != paul.order {
		t.Errorf("the callback is stored as %+v", cb)
	}
}

// TestPlainSentences tries one wrong thing per command: each ends with one sentence that says
// what to do, and the right exit code.
func TestPlainSentences(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	free, err := loopback.Port()
	if err != nil {
		t.Fatal(err)
	}
	sipFree := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: free}).String()
	for _, c := range []struct {
		name string
		args []string
		env  []string
		code int
		want string
	}{
		{"bad configuration", []string{"check", "-c", file("bad.yaml", "sip: {lisen: x}\nmax_calls: no")}, nil, 2, `did you mean "listen"?`},
		{"all complaints at once", []string{"check", "-c", filepath.Join(dir, "bad.yaml")}, nil, 2, "max_calls: expected a whole number"},
		{"no such file", []string{"serve", "-c", filepath.Join(dir, "none.yaml")}, nil, 2, "cannot be read"},
		{"HTTP port in use", []string{"serve", "-c", file("port.yaml", "data_dir: "+dir+"/d1\nsecrets: {ORDERS_TOKEN: env:HOME}\nsip: {listen: '"+sipFree+"'}\nhttp: {listen: '"+taken.Addr().String()+"'}")}, nil, 1, "http.listen"},
		{"SIP port in use", []string{"serve", "-c", file("sip.yaml", "data_dir: "+dir+"/d2\nsecrets: {ORDERS_TOKEN: env:HOME}\nsip: {listen: '"+taken.Addr().String()+"'}\nhttp: {listen: '127.0.0.1:0'}")}, nil, 1, "sip.listen"},
		{"no voice", []string{"say", "bonjour", "-o", filepath.Join(dir, "x.wav")}, []string{"PATH="}, 1, "espeak-ng"},
		{"secret not set", []string{"check", "-c", file("secret.yaml", "secrets: {ORDERS_TOKEN: env:NO_SUCH_VARIABLE_HERE}")}, nil, 2, "NO_SUCH_VARIABLE_HERE is not set"},
		{"silly agent", []string{"check", "-c", file("agent.yaml", "agents:\n- {name: k, addr: 'karim at home'}")}, nil, 2, "agent.yaml:2:13: agents[0].addr"},
		{"nobody there", []string{"call", "sip:x@127.0.0.1:9", "--json"}, nil, 3, `"outcome":"unreachable"`},
		{"no order number", []string{"demo", "--order", "12"}, nil, 1, "eight digits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, self, c.args...)
			cmd.Env = append(append(os.Environ(), runMain+"=1"), c.env...)
			out, err := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.want) {
				t.Errorf("decroche %s: exit code %d (%v), want %d and %q in:\n%s", strings.Join(c.args, " "), code, err, c.code, c.want, lastLines(string(out), 12))
			}
		})
	}
}
