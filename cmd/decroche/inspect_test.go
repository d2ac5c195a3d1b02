package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"decroche/configs"
	"decroche/internal/demosystems"
	"decroche/tts/espeak"
)

// inspected is what check and serve make of a configuration file.
func inspected(t *testing.T, text string) (hints, bad configs.Problems) {
	t.Helper()
	if !strings.Contains(text, "data_dir:") {
		text += "\ndata_dir: " + shared
	}
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, hints, err := loadToServe(t.Context(), &globals{Config: file})
	if err != nil && !errors.As(err, &bad) {
		t.Fatal(err)
	}
	return hints, bad
}

// TestInspect shows check and serve what serve could not do, one thing at a time.
func TestInspect(t *testing.T) {
	t.Parallel()
	if _, err := espeak.New(espeak.DefaultConfig()); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	demoToken := filepath.Join(dir, "token")
	if err := os.WriteFile(demoToken, []byte(demosystems.Tokens["COLIBRI_ORDERS_TOKEN"]), 0o600); err != nil {
		t.Fatal(err)
	}
	const good = "secrets: {ORDERS_TOKEN: env:DECROCHE_TEST_SECRET}\n"
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"in order":             {good + "data_dir: " + dir + "/new/er", nil},
		"secret not set":       {"secrets:\n  ORDERS_TOKEN: env:DECROCHE_NO_SUCH", []string{"c.yaml:2:3: secrets.ORDERS_TOKEN: the environment variable DECROCHE_NO_SUCH is not set"}},
		"secret not named":     {"max_calls: 5\nsecrets: {}", []string{"c.yaml:2:1: secrets.ORDERS_TOKEN: hotline colibri sends secret:ORDERS_TOKEN, which is not under secrets:; add"}},
		"OIDC secret not set":  {good + "accounts: {oidc: {issuer: \"https://id.example\", client_id: a, default_role: agent, client_secret: \"env:DECROCHE_NOT_SET\"}}", []string{"accounts.oidc.client_secret: the environment variable DECROCHE_NOT_SET is not set"}},
		"token too short":      {good + "api_token: env:DECROCHE_TEST_SECRET", []string{"c.yaml:2:1: api_token: the token is shorter than 16 characters"}},
		"nobody's key":         {good + "vcon:\n  encrypt_to: [\"file:" + plain + "\"]", []string{"c.yaml:3:16: vcon.encrypt_to[0]: holds no certificate or public key in PEM form; give one"}},
		"no such key":          {good + "vcon: {signing_key: \"file:/no/such\", encrypt_to: [\"file:/no/such\"]}", []string{"vcon.signing_key: read the secret's file", "vcon.encrypt_to[0]: read the secret's file"}},
		"no key for summaries": {good + "summary: {url: \"https://m.example/v1\", model: m, key: \"env:DECROCHE_NO_SUCH\"}", []string{"summary.key: the environment variable DECROCHE_NO_SUCH is not set"}},
		"not a signing key":    {good + "vcon: {signing_key: \"file:" + plain + "\"}", []string{"vcon.signing_key: there is no private key in PEM form; make one"}},
		"recordings in a file": {good + "recording: {dir: " + plain + "}", []string{"c.yaml:2:13: recording.dir: ", "is a file and not a folder"}},
		"data in a file":       {good + "data_dir: " + plain + "/sub", []string{"c.yaml:2:1: data_dir: ", "is a file and not a folder"}},
		"deaf to English":      {good + "asr: {embedded: {languages: [fr]}}", []string{`c.yaml:2:18: asr.embedded.languages: hotline colibri speaks "en"`}},
		"example token":        {"production: true\nasr: {engine: openai}\nsecrets: {ORDERS_TOKEN: 'file:" + demoToken + "'}", []string{"c.yaml:3:11: secrets.ORDERS_TOKEN: is the token of an example company"}},
		"for demonstration":    {good + "production: true", []string{`asr.engine: in production the embedded recogniser alone would hear "en" (free, digits, spelled, yes_no, date, list) and "fr" (free`}},
		"deaf server":          {good + "asr: {engine: vosk, vosk: {urls: {fr: 'ws://127.0.0.1:1'}}}", []string{`asr.engine: hotline colibri speaks "en", which vosk is not set to hear`}},
		"no such voice":        {good + "tts: {espeak: {voices: {fr: fr, en: en-gb+nobody}}}", []string{`c.yaml:2:33: tts.espeak.voices.en: there is no such voice: "en-gb+nobody"`}},
		"a satellite outside":  {good + "wyoming: {satellites: [{name: salon, addr: 'tcp://8.8.8.8:10700'}]}", []string{"c.yaml:2:38: wyoming.satellites[0].addr: 8.8.8.8 is outside of this machine and of private networks"}},
		"no voice":             {good + "tts: {espeak: {path: no-espeak-here}}", []string{"c.yaml:2:16: tts.espeak.path: espeak-ng is not installed; install it"}},
		"with other mistakes": {"sip: {lisen: x}\nmax_calls: 0\nsecrets: {ORDERS_TOKEN: env:DECROCHE_NO_SUCH}\nhotlines: [" + dir + "]",
			[]string{"c.yaml:1:7: sip: unknown key", "c.yaml:2:1: max_calls", "c.yaml:3:11: secrets.ORDERS_TOKEN", filepath.Join(dir, "bot.yaml"), filepath.Join(dir, "flows"), filepath.Join(dir, "intents")}},
		"one mistake, told once": {good + "hotlines: [/nowhere/at/all]\ndata_dir: ''", []string{"c.yaml:2:12: hotlines[0]", "c.yaml:3:1: data_dir: empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, bad := inspected(t, c.in)
			told := bad.Error()
			for _, w := range c.want {
				if !strings.Contains(told, w) {
					t.Errorf("missing %q in:\n%s", w, told)
				}
			}
			if lines := len(bad); lines > len(c.want) || lines == 0 && len(c.want) > 0 {
				t.Errorf("%d complaints:\n%s", lines, told)
			}
			if strings.Contains(told, "hunter2") {
				t.Error("a secret is shown")
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("looking at a data folder made it")
	}
	hints, bad := inspected(t, good+"wyoming: {satellites: [{name: salon, addr: 'tcp://192.168.1.20:10700'}]}")
	if !slices.ContainsFunc(hints, func(p configs.Problem) bool {
		return strings.Contains(p.String(), "c.yaml:2:38: wyoming.satellites[0].addr: what is said to salon crosses the network")
	}) {
		t.Errorf("a satellite in clear: %v, %v", hints, bad)
	}
	hints, _ = inspected(t, good+"wyoming: {satellites: [{name: salon, addr: 'tcp://127.0.0.1:10700', bot: nobody}]}")
	if !slices.ContainsFunc(hints, func(p configs.Problem) bool {
		return strings.Contains(p.String(), `wyoming.satellites[0].bot: no hotline is called "nobody"`)
	}) {
		t.Errorf("a satellite without a hotline: %v", hints)
	}
	hints, _ = inspected(t, good)
	if len(hints) != 1 || hints[0].String() != configs.NoAgents {
		t.Errorf("without agents the hint is %v", hints)
	}
}

// TestDoctorAdvice gives the doctor one illness at a time: the advice fits it.
func TestDoctorAdvice(t *testing.T) {
	t.Parallel()
	if _, err := espeak.New(espeak.DefaultConfig()); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	cfg := learnt(configs.Default())
	bots, err := configs.Bots(cfg)
	if err != nil {
		t.Fatal(err)
	}
	sick := func(list []finding) (out []finding) {
		for _, f := range list {
			if !f.ok || f.hint {
				out = append(out, f)
			}
		}
		return out
	}
	expect := func(list []finding, what, advice string) {
		t.Helper()
		if got := sick(list); len(got) != 1 || got[0].what != what || !strings.Contains(got[0].advice, advice) {
			t.Errorf("want %s: %s, got %+v", what, advice, got)
		}
	}
	if got := tryEngines(t.Context(), cfg, bots, false); len(sick(got)) > 0 || len(got) != 5 {
		t.Errorf("healthy engines: %+v", got)
	}
	hoarse := cfg
	hoarse.TTS.Espeak.Voices = map[string]string{"fr": "fr+nobody", "en": "en"}
	mouth, err := newSynthesiser(hoarse)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := tryVoice(t.Context(), hoarse, mouth, "fr")
	expect([]finding{f}, "voice espeak, fr", "correct tts.espeak.voices.fr")
	hoarse.TTS.Espeak.Path = "no-espeak-here"
	if _, err := newSynthesiser(hoarse); err == nil || !strings.Contains(voiceAdvice(err, ""), "apt-get install espeak-ng") {
		t.Errorf("no program: %v", err)
	}
	deaf := cfg
	deaf.ASR.Embedded.Languages = []string{"en"}
	expect(tryEngines(t.Context(), deaf, bots, false), "recogniser embedded, fr", "add fr to asr.embedded.languages")

	agent := func(addr, public string) []finding {
		file := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(file, []byte("agents: [{name: k, addr: '"+addr+"'}]\npublic_url: "+public), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := configs.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		return phones(t.Context(), c)
	}
	expect(agent("sip:k@no-such-host.invalid:5060", "''"), "agent k", "correct agents[0].addr")
	expect(agent("sip:k@192.0.2.7", "''"), "public_url", "127.0.0.1:8080")
	for _, got := range [][]finding{agent("sip:k@192.0.2.7;transport=tcp", "https://calls.example.com"), agent("sip:k@[::1]:5070", "''"), agent("sip:k@127.0.0.1", "''")} {
		if len(sick(got)) > 0 {
			t.Errorf("healthy phone: %+v", got)
		}
	}
	expect(phones(t.Context(), cfg), "agents", "list phones under agents:")

	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	busy := cfg
	_, port, _ := net.SplitHostPort(taken.LocalAddr().String())
	n, _ := strconv.Atoi(port)
	busy.Gateway.Media.BindIP, busy.Gateway.Media.PortMin, busy.Gateway.Media.PortMax = "127.0.0.1", n-n%2, n-n%2+1
	if f := mediaPorts(busy); f.ok || !strings.Contains(f.advice, "media.port_min") {
		t.Errorf("taken RTP ports: %+v", f)
	}
	busy.Gateway.Media.BindIP = "192.0.2.77"
	if f := mediaPorts(busy); f.ok || !strings.Contains(f.advice, "media.bind_ip") {
		t.Errorf("another machine's address: %+v", f)
	}

	cfg.Gateway.Secrets = map[string]string{"A": "env:DECROCHE_TEST_SECRET", "ORDERS_TOKEN": "env:DECROCHE_NO_SUCH"}
	expect(secrets(cfg, bots), "secret ORDERS_TOKEN", "correct secrets.ORDERS_TOKEN")
	delete(cfg.Gateway.Secrets, "ORDERS_TOKEN")
	expect(secrets(cfg, bots), "secret ORDERS_TOKEN", "add ORDERS_TOKEN: env:NAME under secrets:")
}
