package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"decroche/internal/strictyaml"
)

// TestTheManualIsTheDefaults: every key stands in speaker.yaml, with its default.
func TestTheManualIsTheDefaults(t *testing.T) {
	t.Parallel()
	var got Config
	doc, ps := strictyaml.Decode("speaker.yaml", []byte(manual), &got)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if want := DefaultConfig(); !reflect.DeepEqual(got, want) {
		t.Errorf("speaker.yaml says\n%+v, the defaults are\n%+v", got, want)
	}
	for _, k := range strictyaml.Keys(Config{}) {
		if !doc.Has(k) && !strings.HasPrefix(k, "ice_servers.") {
			t.Errorf("speaker.yaml does not show %s", k)
		}
	}
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Error(bad)
	}
}

// TestMistakes holds a bad example of each rule, with what is told.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"gatway: x", `unknown key "gatway"; did you mean "gateway"?`},
		{"gateway: nowhere", "gateway: \"nowhere\" is no web address"},
		{"gateway: https://a.example/path", "without a path"},
		{"token: decroche_pat_hunter2", "token: a secret is never written here"},
		{"token: env:T\ngateway: http://10.0.0.1:8080", "a token would cross the network unencrypted"},
		{"language: de", "none of fr and en"},
		{"codecs: []", "codecs: is empty"},
		{"codecs: [G729]", `codecs: "G729" is none of`},
		{"duplex: both", "neither half nor full"},
		{"echo_tail: 1m", "echo_tail: 1m0s is not between"},
		{"latency: -1s", "latency: -1s is not between"},
		{"volume: 11", "volume: 11 is not between"},
		{"wake: [Décroche]", "is not two to six words"},
		{"wake: [a b, c d, e f, g h, i j, k l]", "more than 5"},
		{"ice_servers: [{url: x}]", "ice_servers: number 1 is no address"},
		{"ice_servers: [{url: \"turn:x\", credential: hunter2}]", "credential: a secret is never written here"},
		{"volume: loud", "volume"},
	} {
		file := filepath.Join(t.TempDir(), "speaker.yaml")
		if err := os.WriteFile(file, []byte(c.in), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := load(file)
		if err == nil {
			err = cfg.check(file)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s\nsays %v\nwant %s", c.in, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the secret is in %v", err)
		}
	}
}

// TestFlagsComeBeforeTheFile, and the wake phrase follows the language.
func TestFlagsComeBeforeTheFile(t *testing.T) {
	t.Parallel()
	c := runCmd{Gateway: "https://g.example", Language: "en", Codec: []string{"PCMU"}, Volume: 3, FullDuplex: true, Hotline: "banque"}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Gateway != c.Gateway || cfg.Wake[0] != "hey Décroche" || cfg.Codecs[0] != "PCMU" || cfg.Volume != 3 || cfg.Duplex != "full" || cfg.Hotline != "banque" {
		t.Errorf("%+v", cfg)
	}
	if cfg, err = (&runCmd{Volume: -1, Wake: []string{""}}).settings(); err != nil || len(cfg.Wake) > 0 || cfg.Volume != DefaultConfig().Volume {
		t.Errorf("%+v %v", cfg, err)
	}
}
