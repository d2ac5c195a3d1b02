package chain

import (
	"slices"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/asr/asrtest"
)

func TestPick(t *testing.T) {
	t.Parallel()
	r := Routes{"any": {"rest"}, "digits": {"digits"}, "fr/free": {"fr free"}, "en/any": {"en"}, "en/date": {"en date"}}
	for _, tc := range []struct{ lang, kind, want string }{
		{"fr", "", "fr free"},
		{"fr-CA", "free", "fr free"},
		{"fr", "digits", "digits"},
		{"fr", "list", "rest"},
		{"EN-gb", "digits", "en"},
		{"en", "date", "en date"},
		{"de", "", "rest"},
		{"", "digits", "digits"},
		{"fr", "any", "rest"},
		{"fr", "a kind of tomorrow", "fr free"},
	} {
		if got := strings.Join(r.Pick(tc.lang, tc.kind), " "); got != tc.want {
			t.Errorf("%s/%s goes to %q, want %q", tc.lang, tc.kind, got, tc.want)
		}
	}
	if got := (Routes{"digits": {"a"}}).Pick("fr", ""); got != nil {
		t.Errorf("without a route: %v", got)
	}
}

func TestRoutesMistakes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		key  string
		list []string
		want string
	}{
		{"any", []string{"embedded", "vosk"}, ""},
		{"fr/spelled", []string{"vosk"}, ""},
		{"any", nil, "any: nobody is named; list engines, of embedded, vosk, or take the route out"},
		{"any", []string{"whisper"}, `any: there is no engine "whisper"; there is embedded, vosk`},
		{"any", []string{"vosk", "vosk"}, `any: "vosk" is named twice; each engine is asked once`},
		{"digit", []string{"vosk"}, `digit: "digit" is nothing that a flow expects; use free, digits, spelled, yes_no, date, list, any, or a language before one of them as in fr/free`},
		{"French/any", []string{"vosk"}, `French/any: "French" is no language; write it as in fr/free`},
	} {
		if got := strings.Join(Routes{tc.key: tc.list}.Validate([]string{"embedded", "vosk"}), "\n"); got != tc.want {
			t.Errorf("%s: %v\n got %s\nwant %s", tc.key, tc.list, got, tc.want)
		}
	}
}

func TestLanguagesOfEngines(t *testing.T) {
	t.Parallel()
	c, err := New([]Engine{{Name: "french", Languages: []string{"fr"}}, {Name: "both"}}, Routes{"any": {"french", "both"}, "de/any": {"french"}}, DefaultConfig(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"fr": "french both", "fr-BE": "french both", "en": "both", "": "french both", "de": ""} {
		var names []string
		for _, l := range c.route(asr.Options{Language: lang}) {
			names = append(names, l.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s is heard by %q, want %q", lang, got, want)
		}
	}
	if _, err := c.Open(t.Context(), asr.Options{Language: "de"}); err == nil || !strings.Contains(err.Error(), `"de"`) {
		t.Errorf("open for a language that nobody serves: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	one := []Engine{{Name: "a"}, {Name: "b"}}
	for want, make := range map[string]func() (*Chain, error){
		"there is none for everything else; add any: [a, b]": func() (*Chain, error) { return New(one, Routes{"fr/any": {"a"}}, DefaultConfig(), nil) },
		`routes.any: there is no engine "c"`:                 func() (*Chain, error) { return New(one, Routes{"any": {"c"}}, DefaultConfig(), nil) },
		`two engines are named "a"`:                          func() (*Chain, error) { return New(append(one, one[0]), Routes{"any": {"a"}}, DefaultConfig(), nil) },
		"open: 0s is not between":                            func() (*Chain, error) { return New(one, Routes{"any": {"a"}}, Config{}, nil) },
	} {
		if _, err := make(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// An engine is not asked for languages that it is not set to hear, and what one tells of the
// language arrives.
func TestOtherLanguagesReachThoseThatHearThem(t *testing.T) {
	t.Parallel()
	heard := &asrtest.Script{Turns: []asrtest.Turn{{Text: "hello", Language: "en", LanguageConfidence: .9}, {Text: "salut"}}}
	for _, c := range []struct {
		langs []string
		want  []string
		lang  string
	}{{nil, []string{"en", "de"}, "en"}, {[]string{"fr", "de"}, []string{"de"}, ""}} {
		chain, err := New([]Engine{{Name: "one", Recogniser: heard, Languages: c.langs}}, Routes{"any": {"one"}}, DefaultConfig(), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := asr.Transcribe(t.Context(), chain, make([]int16, 1600), asr.Options{Language: "fr", Others: []string{"en", "de"}, Rate: 8000})
		if err != nil || res.Language != c.lang {
			t.Errorf("heard %+v, %v", res, err)
		}
		if all := heard.Sessions(); !slices.Equal(all[len(all)-1].Options.Others, c.want) {
			t.Errorf("asked for %q, want %q", all[len(all)-1].Options.Others, c.want)
		}
	}
}
