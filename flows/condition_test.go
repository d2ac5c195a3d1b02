package flows

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/types"

	"decroche/internal/strictyaml"
)

var testEnv = types.Map{"etat": types.Any, "numero": types.String, "conf": types.Float64, "vars": types.Map{"api": types.String}}

func TestConditions(t *testing.T) {
	t.Parallel()
	env := map[string]any{"etat": "livre", "numero": "", "conf": 0.5, "vars": map[string]any{"api": "x"}}
	for src, want := range map[string]bool{
		`etat == "livre"`:                        true,
		`etat in ["livre", "perdu"]`:             true,
		`numero == "" && conf < 0.9`:             true,
		`len(numero) > 3 or etat == "perdu"`:     false,
		`upper(etat) startsWith "LI"`:            true,
		`vars.api == "x" ? conf > 1 : true`:      false,
		`(etat ?? "") contains "iv"`:             true,
		`numero matches "^[0-9]+$"`:              false,
		`max(conf, 1.0) == 1`:                    true,
		`not (etat == nil)`:                      true,
		`etat != "a" and etat != 3 and not true`: false,
	} {
		c, err := compileCondition(src, "bool", testEnv, DefaultConfig())
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got, err := c.isTrue(env); err != nil || got != want {
			t.Errorf("%s = %v, %v", src, got, err)
		}
	}
}

func TestConditionsRefused(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`all([1], # > 0)`:                      "a predicate loops",
		`len(1..100000000) > 1`:                "a range loops",
		`repeat("x", 1000000) == ""`:           "repeat",
		`now() > now()`:                        "now",
		strings.Repeat("1+", 400) + "1 == 1":   "at most 500",
		strings.Repeat("!", 150) + "true":      "",
		strings.Repeat("(", 240) + "true":      "",
		`numero > 3`:                           "mismatched types",
		`"text"`:                               "expected bool",
		`vars.apo == "x"`:                      "apo",
		"etat == \"a\"\n== 3 } { ;;; let x = ": "",
	} {
		_, err := compileCondition(src, "bool", testEnv, DefaultConfig())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: error %v, want %q", src, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40s: the error has lines: %q", src, err)
		}
	}
}

// FuzzCondition: an expression that compiles runs in a moment and never panics.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{`etat == "livre"`, `conf < 0.9 && numero != ""`, `{"a": 1}.a == 1`, `etat ?? (1 == 1)`, `let x = 1; x == 1`, `[1,2][0] == 1`, `numero[1:2] == "a"`, `2 ** 62 > 1`} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, src, value string) {
		checkTypes(src, typedSlots, []string{"fr"})
		for _, want := range []string{"bool", "any"} {
			c, err := compileCondition(src, want, testEnv, DefaultConfig())
			if err != nil {
				continue
			}
			start := time.Now()
			_, _ = c.eval(map[string]any{"etat": value, "numero": value, "conf": 0.5, "vars": map[string]any{"api": value}})
			if d := time.Since(start); d > time.Second {
				t.Errorf("%q took %v", src, d)
			}
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("Le {{digits numero}}, {{date prevu}} {{ x }}", "45127802")
	f.Add("{{{{}}}}", "<x>&y\r\n")
	f.Fuzz(func(t *testing.T, src, value string) {
		tp, complaint := parseTemplate(src)
		if complaint != "" {
			return
		}
		with := map[string]spoken{}
		for _, n := range tp.names() {
			with[n] = spoken{value, value}
		}
		for _, voice := range []bool{true, false} {
			if _, missing := tp.write(words{with: with}, "fr", voice, time.UTC); len(missing) > 0 {
				t.Errorf("%q lacks %q", src, missing)
			}
		}
		if out, _ := tp.raw(words{with: with}, true); tp.static() && out != src {
			t.Errorf("%q reads %q", src, out)
		}
	})
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"transfer", "timeout", "goto", "numero_commande"}
	for word, want := range map[string]string{"tranfer": "transfer", "tiemout": "timeout", "Goto": "goto", "numero_comande": "numero_commande", "zebra": "", "": ""} {
		if got := strictyaml.Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// Every key that the loader reads is declared, and so on the reference page and in the schemas.
func TestEveryKeyIsDeclared(t *testing.T) {
	t.Parallel()
	declared, err := filepath.Glob("schema/*.go")
	if err != nil || len(declared) == 0 {
		t.Fatal(declared, err)
	}
	page := ""
	for _, name := range declared {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		page += string(src)
	}
	loaders, err := filepath.Glob("load*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := ""
	for _, name := range loaders {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code += string(src)
	}
	keys := regexp.MustCompile(`(?:get|has)\("([a-z_]+)"\)`).FindAllStringSubmatch(code, -1)
	if len(keys) < 60 {
		t.Fatalf("%d keys found in the loader", len(keys))
	}
	for _, k := range keys {
		if !strings.Contains(page, "yaml:\""+k[1]+"\"") {
			t.Errorf("key %q is not declared in flows/schema", k[1])
		}
	}
}

func TestCaret(t *testing.T) {
	t.Parallel()
	p := Problem{File: "f.yaml", Line: 2, Col: 3, Msg: "wrong", Source: sourceLine([]byte("a: 1\n\tébon: 2\r\n"), 2)}
	if got, want := p.Caret(), "f.yaml:2:3: wrong\n    \tébon: 2\n    \t ^"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (Problem{File: "f", Msg: "is empty"}).Caret(); got != "f: is empty" {
		t.Errorf("%q", got)
	}
}

func TestPhoneNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"+33612345678": "+33612345678", "sip:+33612345678@trunk": "+33612345678", "06 12 34 56 78": "0612345678", "tel:+336-12-34-56-78;x=y": "+33612345678",
		"sip:alice@host": "sip:alice@host", "1001": "1001", "anonymous": "", "sip:anonymous@anonymous.invalid": "", "": "", "Restricted": "",
	} {
		if got := dialable(in, Voice); got != want {
			t.Errorf("dialable(%q) = %q, want %q", in, got, want)
		}
	}
	if got := dialable("Nadia", Text); got != "" {
		t.Errorf("a name typed is rung: %q", got)
	}
}
