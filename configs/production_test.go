package configs

import (
	"slices"
	"strings"
	"testing"
)

// TestNotForProduction holds one configuration a rule. The demo hotline speaks French and English.
func TestNotForProduction(t *testing.T) {
	t.Parallel()
	const real = "production: true\napi_token: env:T\n"
	bots, err := learnt(Default())
	if err != nil {
		t.Fatal(err)
	}
	const (
		all   = "(free, digits, spelled, yes_no, date, list)"
		alone = "in production the embedded recogniser alone would hear "
	)
	for _, c := range []struct {
		in    string
		bad   []string
		hints []string
	}{
		{"", nil, nil},
		{"http: {listen: '0.0.0.0:80', allow_insecure: true}", nil, nil},
		{real, []string{"c.yaml: asr.engine: " + alone + `"en" ` + all + ` and "fr" ` + all + ","}, []string{"hotlines: is empty"}},
		{real + "asr: {engine: embedded}", []string{"c.yaml:3:7: asr.engine: " + alone + `"en"`, "asr.allow_demonstration: true"}, []string{""}},
		{real + "asr: {allow_demonstration: true}", nil, []string{"hotlines", "asr.allow_demonstration: the embedded recogniser may hear real callers alone"}},
		{real + "asr: {engine: wyoming}", nil, []string{""}},
		{real + "asr: {engine: wyoming, routes: {any: [wyoming, embedded]}}", nil, []string{""}},
		{real + "asr: {engine: wyoming, routes: {digits: [embedded]}}", nil, []string{""}},
		{real + "asr: {engine: embedded, routes: {free: [wyoming]}}", []string{"asr.routes: " + alone + `"en" (digits, spelled, yes_no, date, list) and "fr" (digits,`}, []string{""}},
		{real + "asr: {engine: wyoming, routes: {fr/any: [embedded]}}", []string{alone + `"fr" ` + all}, []string{""}},
		{real + "asr: {engine: wyoming, routes: {fr/free: [embedded]}}", []string{alone + `"fr" (free),`}, []string{""}},
		{real + "asr: {routes: {any: [vosk, embedded]}, vosk: {urls: {fr: 'ws://127.0.0.1:2700'}}}", []string{alone + `"en" ` + all}, []string{""}},
		{"production: true\nasr: {engine: openai}\nhotlines: [banque]", nil, []string{"api_token: is empty", "hotlines[0]: banque is an example hotline"}},
		{"production: true\nasr: {engine: openai}\nhttp: {listen: '0.0.0.0:80', allow_insecure: true}", []string{"c.yaml:3:8: http.listen: in production, pages that others can reach at 0.0.0.0:80 need a token"}, []string{"", ""}},
	} {
		cfg, doc, err := parse("c.yaml", []byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		told(t, c.in, NotForProduction(cfg, doc, bots), c.bad)
		told(t, c.in, Demonstrations(cfg, doc), c.hints)
	}
}

// told looks for what complaints must contain; none are wanted where want is empty.
func told(t *testing.T, in string, ps Problems, want []string) {
	t.Helper()
	all := ps.Error()
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%s: missing %q in:\n%s", in, w, all)
		}
	}
	if len(want) == 0 && len(ps) > 0 || len(want) > 0 && len(ps) == 0 {
		t.Errorf("%s: told\n%s", in, all)
	}
}

func TestTermsKnowTheirLanguages(t *testing.T) {
	t.Parallel()
	cfg, err := Parse("c.yaml", []byte("asr: {vosk: {urls: {de: 'ws://127.0.0.1:2700', en: 'ws://127.0.0.1:2701'}}, wyoming: {languages: [it]}, embedded: {languages: [fr]}, engines: {openai: {languages: [pl]}}}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"vosk": {"de", "en"}, "wyoming": {"it"}, "embedded": {"fr"}, "openai": {"pl"}} {
		if got := cfg.ASR.Terms(name).Languages; !slices.Equal(got, want) {
			t.Errorf("%s hears %v, want %v", name, got, want)
		}
	}
	if got := Default().ASR.Terms("openai").Languages; got != nil {
		t.Errorf("openai hears %v, want no list", got)
	}
	if ok, _ := (ASR{Engine: "vosk", Vosk: cfg.ASR.Vosk}).Serves("en-GB", "free"); !ok {
		t.Error("a server of British English does not serve English")
	}
}
