package strictyaml

import (
	"strings"
	"testing"
	"time"
)

type inner struct {
	Listen  string        `yaml:"listen"`
	Timeout time.Duration `yaml:"timeout"`
	Port    uint16        `yaml:"port"`
}

type shared struct {
	Name string `yaml:"name"`
}

type outer struct {
	Shared shared            `yaml:",inline"`
	SIP    inner             `yaml:"sip"`
	Names  []string          `yaml:"names"`
	Agents []inner           `yaml:"agents"`
	Vars   map[string]string `yaml:"vars"`
	On     bool              `yaml:"enabled"`
	Rate   float64           `yaml:"rate"`
}

func TestDecodeKeepsDefaultsAndReadsEveryKind(t *testing.T) {
	t.Parallel()
	v := outer{SIP: inner{Listen: "127.0.0.1:5060", Timeout: time.Second}}
	doc, ps := Decode("c.yaml", []byte("name: n\nsip:\n  timeout: 300ms\nnames: [a, b]\nagents:\n  - listen: x\n    port: 5\nvars: {k: v}\nenabled: true\nrate: 1.5\n"), &v)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if v.Shared.Name != "n" || v.SIP.Listen != "127.0.0.1:5060" || v.SIP.Timeout != 300*time.Millisecond || len(v.Names) != 2 || v.Agents[0].Port != 5 || v.Vars["k"] != "v" || !v.On || v.Rate != 1.5 {
		t.Errorf("decoded %+v", v)
	}
	if p := doc.At("agents[0].addr", "bad"); p.Line != 6 || !strings.Contains(p.String(), "agents[0].addr: bad") {
		t.Errorf("At pointed to %v", p)
	}
}

func TestEveryComplaintAtOnceWithItsPlace(t *testing.T) {
	t.Parallel()
	const bad = "sip:\n  lisen: x\n  timeout: 20\n  port: 70000\n  port: 2\nnames: a\nenabled: maybe\nrate: fast\n"
	var v outer
	_, ps := Decode("c.yaml", []byte(bad), &v)
	want := []string{
		`c.yaml:2:3: sip: unknown key "lisen"; did you mean "listen"?`,
		`c.yaml:3:12: sip.timeout: expected a duration with its unit, like 300ms or 20s`,
		`c.yaml:4:9: sip.port: expected a whole number in range, got "70000"`,
		`c.yaml:5:3: sip: the key "port" is given twice`,
		`c.yaml:6:8: names: expected a list, like [a, b]`,
		`c.yaml:7:10: enabled: expected true or false, got "maybe"`,
		`c.yaml:8:7: rate: expected a number, got "fast"`,
	}
	got := ps.Error()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("missing complaint %q in:\n%s", w, got)
		}
	}
	if len(ps) != len(want) {
		t.Errorf("%d complaints, want %d:\n%s", len(ps), len(want), got)
	}
}

// TestBadKeys tells which keys decoding complained about, so that later checks leave them out.
func TestBadKeys(t *testing.T) {
	t.Parallel()
	v := outer{SIP: inner{Port: 5}}
	doc, ps := Decode("c.yaml", []byte("sip: {port: many, listen: x}\nagents: [{port: no}]\nvars: {a: [1], b: c}\n"), &v)
	if len(ps) != 3 || !doc.Read() {
		t.Fatal(ps)
	}
	for path, want := range map[string]bool{"sip.port": true, "sip.listen": false, "agents[0].port": true, "agents[0].listen": false, "agents": true, "vars.a": true, "vars.b": false, "names": false} {
		if doc.Bad(path) != want {
			t.Errorf("Bad(%q) is %v", path, !want)
		}
	}
	if got := doc.BadBeside("sip.listen"); len(got) != 1 || got[0] != "port" {
		t.Errorf("beside sip.listen: %v", got)
	}
	if v.SIP.Port != 5 || v.SIP.Listen != "x" || len(v.Vars) != 1 || v.Vars["b"] != "c" {
		t.Errorf("decoded %+v", v)
	}
}

func TestSyntaxMistakesShowTheirLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"names: [a]\nsip: {listen: x\nenabled: true\n": "c.yaml:3:1: not valid YAML: ",
		"names: [a]\nsip:\n\tlisten: x\n":              "c.yaml:3:1: not valid YAML: ",
		"enabled: true\n---\nenabled: false\n":         "c.yaml:2:1: holds more than one",
	} {
		var v outer
		doc, ps := Decode("c.yaml", []byte(in), &v)
		if len(ps) != 1 || doc.Read() || !strings.HasPrefix(ps.Error(), want) || ps[0].Source == "" || !strings.HasSuffix(ps.Error(), "^") {
			t.Errorf("%q\n got: %v\nwant: %s…", in, ps, want)
		}
	}
}

func TestBombsAndBrokenYAML(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"alias":  "names: &a [x]\nvars: *a\n",
		"syntax": "sip: [\n",
		"two":    "enabled: true\n---\nenabled: false\n",
		"huge":   strings.Repeat("#", MaxBytes+1),
		"deeper": "vars: " + strings.Repeat("[", 100_000),
		"utf-16": "\xff\xfes\x00i\x00",
		"deep":   "names: " + strings.Repeat("[", 500) + strings.Repeat("]", 500),
	} {
		var v outer
		if _, ps := Decode("c.yaml", []byte(in), &v); len(ps) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	got := Find("f.yaml", []byte("skills: one\nsteps:\n  - transfer: {skills: [two, \"{{lang}}\"], skill: no}\n  - skills: {skills: three}\n"), "skills")
	want := []string{"f.yaml:1:9: one", "f.yaml:3:25: two", "f.yaml:3:30: {{lang}}", "f.yaml:4:22: three"}
	if len(got) != len(want) {
		t.Fatalf("found %v, want %v", got, want)
	}
	for i, w := range want {
		if got[i].String() != w || got[i].Source == "" {
			t.Errorf("number %d is %v, want %s", i+1, got[i], w)
		}
	}
	if got := Find("f.yaml", []byte("skills: ["), "skills"); got != nil {
		t.Errorf("found %v in a broken file", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("sip: {listen: x}\nnames: [a]\n"))
	f.Add([]byte("agents:\n- listen: &x\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var v outer
		Decode("f.yaml", in, &v)
		Find("f.yaml", in, "listen")
	})
}

func TestByteOrderMarkIsNoKey(t *testing.T) {
	t.Parallel()
	var v outer
	if _, ps := Decode("c.yaml", []byte("\xef\xbb\xbfname: n\n"), &v); len(ps) > 0 || v.Shared.Name != "n" {
		t.Errorf("a byte order mark gives %v, name %q", ps, v.Shared.Name)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	keys := []string{"id", "say", "if_no", "timeout", "if_missing", "timeout"}
	for word, want := range map[string]string{"sya": "", "sai": "say", "no": "", "fin": "", "i": "id", "if_mising": "if_missing", "Timeout": "timeout", "zorglub": ""} {
		if got := Nearest(word, keys); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	if got := DidYouMean("zorglub", keys); got != "; known here: id, if_missing, if_no, say, timeout" {
		t.Error(got)
	}
}

type level struct {
	Name  string `yaml:"name"`
	Level int    `yaml:"level"`
}

func (l *level) Short(name string, n int) { l.Name, l.Level = name, n }

// A struct with a short form may be written in each of three ways.
func TestDecodeShortForms(t *testing.T) {
	t.Parallel()
	var v struct {
		Skills []level `yaml:"skills"`
	}
	if _, ps := Decode("c.yaml", []byte("skills: [a, b: 3, {name: c}, {level: 2, name: d}, 'e']"), &v); len(ps) > 0 {
		t.Fatal(ps)
	}
	if want := (level{"b", 3}); len(v.Skills) != 5 || v.Skills[0].Name != "a" || v.Skills[1] != want || v.Skills[2].Name != "c" || v.Skills[3] != (level{"d", 2}) || v.Skills[4].Name != "e" {
		t.Errorf("decoded %+v", v.Skills)
	}
	if _, ps := Decode("c.yaml", []byte("skills:\n- a\n- b: 3\n- c: 0\n- d: beaucoup\n- 7\n- {e: 1, f: 2}\n- [g]\n"), &v); len(ps) != 6 || ps[0].Line != 4 || !strings.Contains(ps[0].Msg, "whole number from 1") {
		t.Error(ps)
	}
}
