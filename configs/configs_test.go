package configs

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"decroche/internal/strictyaml"
)

// TestManualIsCompleteAndEqualToTheDefaults proves that decroche.yaml shows every key and that
// what it shows is what serves without it.
func TestManualIsCompleteAndEqualToTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := Parse("decroche.yaml", manual)
	if err != nil {
		t.Fatal(err)
	}
	if want := Default(); !reflect.DeepEqual(got, want) {
		a, b := reflect.ValueOf(got.Gateway), reflect.ValueOf(want.Gateway)
		for i := range a.NumField() {
			if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
				t.Errorf("%s: the manual says %+v, the default is %+v", a.Type().Field(i).Name, a.Field(i), b.Field(i))
			}
		}
		t.Errorf("asr %+v | %+v\ntts %+v | %+v", got.ASR, want.ASR, got.TTS, want.TTS)
	}
	var blank Config
	doc, ps := strictyaml.Decode("decroche.yaml", manual, &blank)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	for _, k := range strictyaml.Keys(Config{}) {
		if k != "agents" && !doc.Has(k) {
			t.Errorf("decroche.yaml does not show %s", k)
		}
	}
}

// TestMistakes holds one bad example per rule, with what is told.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"sip: {lisen: x}", `c.yaml:1:7: sip: unknown key "lisen"; did you mean "listen"?`},
		{"sip:\n  listen: nowhere", `c.yaml:2:3: sip.listen: "nowhere" is not host:port`},
		{"drain_timeout: 5", "c.yaml:1:16: drain_timeout: expected a duration with its unit"},
		{"max_calls: 0", "c.yaml:1:1: max_calls: 0 is not between"},
		{"secrets: {A: hunter2}", "c.yaml:1:11: secrets.A: a secret is never written here"},
		{"public_url: nowhere", "c.yaml:1:1: public_url: \"nowhere\" is not a web address"},
		{"accounts: {demo: true}\nhttp: {listen: 0.0.0.0:8080, allow_insecure: true}", "c.yaml:1:12: accounts.demo: lets anybody sign in, and others can reach the pages; listen on loopback"},
		{"accounts: {demo: true}\npublic_url: https://demo.example", "accounts.demo: lets anybody sign in, and others can reach the pages"},
		{"accounts: {demo: true}\nproduction: true", "accounts.demo: lets anybody sign in, and production is true"},
		{"accounts: {oidc: {issuer: https://id.example, client_id: a, default_role: agent, client_secret: secret:SSO}}", `accounts.oidc.client_secret: there is no "SSO" under secrets`},
		{"accounts: {oidc: {issuer: https://id.example, client_id: a, roles: {x: boss}}}", `accounts.oidc.roles: "x" is given the role "boss"`},
		{"http: {listen: 0.0.0.0:8080}", "c.yaml:1:8: http.listen: \"0.0.0.0:8080\" can be reached by others"},
		{"log_level: loud", "log_level: \"loud\" is not known"},
		{"hotlines: [/nowhere/at/all]", "c.yaml:1:12: hotlines[0]: \"/nowhere/at/all\" is not a folder"},
		{"agents:\n- {name: k, title: K, addr: 'karim at home', skills: [a], languages: [fr]}", "c.yaml:2:23: agents[0].addr:"},
		{"asr: {engine: whisper}", `c.yaml:1:7: asr.engine: "whisper" is not known; this build has embedded, wyoming, openai, vosk, pocketsphinx, sherpa`},
		{"asr:\n  routes: {free: [whisper, embedded]}", `c.yaml:2:12: asr.routes.free: there is no engine "whisper"; there is embedded`},
		{"asr: {routes: {digits: []}}", `c.yaml:1:16: asr.routes.digits: nobody is named; list engines, of embedded`},
		{"asr: {routes: {digit: [embedded]}}", `asr.routes.digit: "digit" is nothing that a flow expects; use free, digits,`},
		{"asr: {routes: {de/any: [embedded]}}", `asr.routes.de/any: none of embedded hears de; name one that does, or add de to its languages`},
		{"asr: {engines: {whisper: {}}}", `asr.engines.whisper: there is no engine of this name; there is embedded`},
		{"asr: {engines: {embedded: {cost: -1}}}", `asr.engines.embedded.cost: -1 is not between 0 and`},
		{"tts: {engines: {whisper: {}}}", `tts.engines.whisper: there is no voice of this name; there is espeak`},
		{"tts: {engines: {openai: {cost: .nan}}}", `tts.engines.openai.cost: `},
		{"tts: {engines: {openai: {languages: [French]}}}", `tts.engines.openai.languages: "French" is no language`},
		{"asr: {engines: {embedded: {partial: 5ms}}}", `asr.engines.embedded.partial: 5ms is not between`},
		{"asr: {chain: {breaker: {failures: 0}}}", `asr.chain.breaker.failures: 0 is not between 1 and 100`},
		{"tts: {routes: {fr: [piper]}}", `tts.routes.fr: there is no voice "piper"; there is espeak`},
		{"asr: {routes: {any: [embedded]}, chain: {final: 3s}}", `asr.chain.final: 3s is not less than call.final_wait (1.5s)`},
		{"asr: {routes: {any: [embedded]}, engines: {embedded: {final: 5s}}}", `asr.engines.embedded.final: 5s is not less than call.final_wait`},
		{"tts: {routes: {any: [espeak]}, chain: {first_audio: 2s}}", `tts.chain.first_audio: 2s is not less than call.first_audio`},
		{"tts: {chain: {gap: 1ms}}", `tts.chain.gap: 1ms is not between 50ms and 30s`},
		{"tts: {engine: piper}", `c.yaml:1:7: tts.engine: "piper" is not known; this build has espeak, wyoming, openai, files`},
		{"tts: {files: {next: piper}}", `c.yaml:1:15: tts.files.next: "piper" is not known; this build has espeak`},
		{"asr: {openai: {key: hunter2}}", "c.yaml:1:16: asr.openai.key: a secret is never written here"},
		{"tts: {openai: {url: 'http://api.example.com/v1', key: env:A}}", "c.yaml:1:16: tts.openai.url: the key would travel unencrypted"},
		{"asr: {vosk: {urls: {fr: 'http://127.0.0.1'}}}", "asr.vosk.urls.fr: is not the address of a vosk-server"},
		{"asr: {wyoming: {address: 'localhost:10300'}}", "asr.wyoming.address: \"localhost:10300\" is not a Wyoming server's address"},
	} {
		_, err := Parse("c.yaml", []byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got: %v\nwant: %s", c.in, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the complaint shows the secret", c.in)
		}
	}
}

func TestSeveralMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse("c.yaml", []byte("max_calls: 0\nlog_level: loud\npublic_url: x\n"))
	if ps, ok := err.(Problems); !ok || len(ps) != 3 {
		t.Errorf("got %v, want three complaints", err)
	}
}

// TestMistakesOfEveryKindAtOnce mixes what decoding, validation and both would complain about.
func TestMistakesOfEveryKindAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse("c.yaml", []byte("max_calls: 0\nmedia: {port_min: 30000, port_max: many}\nsip: {lisen: x, listen: nowhere}\nlog_level: loud\nagents:\n- {name: 5, addr: karim}\n"))
	ps, _ := err.(Problems)
	want := []string{
		"c.yaml:1:1: max_calls: 0 is not between",
		"c.yaml:2:36: media.port_max: expected a whole number",
		`c.yaml:3:7: sip: unknown key "lisen"`,
		`c.yaml:3:17: sip.listen: "nowhere" is not host:port`,
		`c.yaml:4:1: log_level: "loud" is not known`,
		"c.yaml:6:10: agents[0].name: expected text",
		"c.yaml:6:13: agents[0].addr: ",
	}
	for i, w := range want {
		if i >= len(ps) || !strings.HasPrefix(ps[i].String(), w) {
			t.Fatalf("got\n%v\nwant as number %d %s", err, i+1, w)
		}
	}
	if len(ps) != len(want) {
		t.Errorf("%d complaints, want %d:\n%v", len(ps), len(want), err)
	}
}

// TestSecretsAreNeverShown writes secrets where references belong, in every wrong way.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"secrets:\n  A: hunter2\n",
		"secrets:\n  A: 424242\n",
		"secrets: {A: 424242}\n",
		"secrets: [hunter2]\n",
		"secrets: hunter2\n",
		"secrets:\n  A: \"hunter2\n",
		"secrets:\n  A: [hunter2\n",
		"api_token: 424242\n",
		"api_token: hunter2\n",
		"api_token: 'hunter2\n",
		"accounts: {oidc: {client_secret: hunter2}}\n",
		"accounts:\n  oidc:\n    client_secret: 424242\n",
	} {
		_, err := Parse("c.yaml", []byte(in))
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "424242") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestUnstaffed asks who would take the demo's calls.
func TestUnstaffed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		agents string
		want   []string
	}{
		"nobody":              {"[]", []string{"c.yaml:1:1: no agent is configured: a caller who asks for a human is offered a callback; list phones under agents:"}},
		"everything":          {"[{name: a, addr: 'sip:a@192.0.2.1', skills: [Litige], languages: [fr, en]}]", nil},
		"any language":        {"[{name: a, addr: 'sip:a@192.0.2.1', skills: [litige]}]", nil},
		"language as a skill": {"[{name: a, addr: 'sip:a@192.0.2.1', skills: [fr, en, litige], languages: [de]}]", nil},
		"no English":          {"[{name: a, addr: 'sip:a@192.0.2.1', skills: [litige], languages: [fr]}]", []string{`bot.yaml:27:14: hand-offs ask for "en", which no agent has`}},
		"a queue of nobody":   {"[{name: a, addr: 'sip:a@192.0.2.1', skills: [litige: 2]}]\nqueues: [{name: a, skills: [litige]}, {name: b, skills: [litige, poésie]}]", []string{`c.yaml:2:66: queues[1].skills[1]: no agent has the skill "poésie"`}},
		"no litige":           {"[{name: a, addr: 'sip:a@192.0.2.1'}]", []string{`flows/suivi_colis.yaml:109:20: hand-offs ask for "litige", which no agent has`}},
	} {
		cfg, doc, err := parse("c.yaml", []byte("agents: "+c.agents))
		if err != nil {
			t.Fatal(err)
		}
		bots, err := learnt(cfg)
		if err != nil {
			t.Fatal(err)
		}
		got := Unstaffed(cfg, doc, bots)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
			continue
		}
		for i, w := range c.want {
			if !strings.Contains(got[i].String(), w) {
				t.Errorf("%s: got %v, want %s", name, got[i], w)
			}
		}
	}
}

// TestNamesAndFolders asks for an example by its name, and for a folder beside the file.
func TestNamesAndFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "colibri"), os.DirFS("hotlines/colibri")); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{"colibri": "colibri", "./colibri": filepath.Join(dir, "colibri")} {
		c, err := Parse(filepath.Join(dir, "c.yaml"), []byte("hotlines: ["+in+"]"))
		if err != nil || c.Gateway.Hotlines[0] != want {
			t.Fatalf("%s: %v, %v; want %s", in, c.Gateway.Hotlines, err, want)
		}
		if bots, err := learnt(c); err != nil || bots[0].Name != "colibri" {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// TestVarsOfSeveralHotlines gives one hotline's address to a configuration of two.
func TestVarsOfSeveralHotlines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := os.DirFS("hotlines/colibri")
	if err := os.CopyFS(filepath.Join(dir, "other"), other); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "other", "bot.yaml")
	bot, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bot = []byte(strings.NewReplacer("hotline", "line", "vars:\n", "vars:\n  shelf: here\n").Replace(string(bot)))
	if err := os.WriteFile(file, bot, 0o600); err != nil {
		t.Fatal(err)
	}
	for vars, want := range map[string]string{
		"{orders: 'http://127.0.0.1:9'}": "",
		"{shelf: there}":                 "",
		"{shelve: there}":                `vars: "shelve" is in the vars of no hotline; they have orders, shelf`,
	} {
		c, err := Parse(filepath.Join(dir, "c.yaml"), []byte("hotlines: [colibri, other]\nvars: "+vars))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := learnt(c); err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("vars: %s: %v, want %q", vars, err, want)
		}
	}
}

// TestSkillsOfNoHotline: a skill answers for a hotline that there is, in a language that it speaks.
func TestSkillsOfNoHotline(t *testing.T) {
	t.Parallel()
	for skill, want := range map[string]string{
		"":                         "",
		", bot: colibri":           "",
		", bot: colibri, lang: en": "",
		", bot: banque":            `skill.alexa.skills[0].bot: "banque" is none of the hotlines`,
		", lang: de":               `skill.alexa.skills[0].lang: colibri does not speak "de"; it speaks fr, en`,
	} {
		c, err := Parse("c.yaml", []byte("skill: {alexa: {skills: [{application_id: amzn1.ask.skill.a"+skill+"}]}}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := learnt(c); err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", skill, err, want)
		}
	}
}

func TestDemoHotlineLoads(t *testing.T) {
	t.Parallel()
	bots, err := learnt(Default())
	if err != nil {
		t.Fatal(err)
	}
	for called, lang := range map[string]string{"hotline": "fr", "hotline-en": "en"} {
		if got, ok := bots[0].LangFor(called); !ok || got != lang {
			t.Errorf("%s is answered in %q, %v", called, got, ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(manual)
	f.Add([]byte("agents: [{addr: 'sip:x'}]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		_, _ = Parse("f.yaml", in)
	})
}

// TestExamples loads what make run serves: every example hotline, with a secret for each token.
func TestExamples(t *testing.T) {
	t.Parallel()
	c, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	bots, err := learnt(c)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range bots {
		names = append(names, b.Name)
		for _, s := range b.Secrets() {
			if c.Gateway.Secrets[s] == "" {
				t.Errorf("%s sends secret:%s, which examples.yaml does not have", b.Name, s)
			}
		}
		for _, in := range b.WrittenIntents() {
			for lang, least := range map[string]int{"fr": 40, "en": 20} {
				if n := len(in.Examples[lang]); n < least {
					t.Errorf("intent %s of %s has %d examples in %s, want %d", in.Name, b.Name, n, lang, least)
				}
			}
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, BuiltInNames()) {
		t.Errorf("examples.yaml serves %v, want all of %v", names, BuiltInNames())
	}
}

// The lists of a file take the place of the default ones; a key that is not there keeps them.
func TestWordsOfOneLanguage(t *testing.T) {
	t.Parallel()
	c, err := Parse("c.yaml", []byte("board: {anger: {fr: [zut], de: [unverschämt*]}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := c.Gateway.Board
	if !slices.Equal(b.Anger["fr"], []string{"zut"}) || len(b.Anger["de"]) != 1 || len(b.Anger["en"]) != 0 || len(b.Wants["fr"]) < 5 {
		t.Errorf("%v %v", b.Anger, b.Wants)
	}
	if _, err := Parse("c.yaml", []byte("board: {anger: {fr: ['a|b']}}\n")); err == nil || !strings.Contains(err.Error(), `board.anger.fr[0]: "a|b" contains '|'`) {
		t.Errorf("a pattern: %v", err)
	}
}
