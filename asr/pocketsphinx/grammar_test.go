package pocketsphinx

import (
	"strings"
	"testing"

	"decroche/asr"
)

const sample = `zero Z IH R OW
one W AH N
one(2) HH W AH N
two T UW
c' ss
est ai
est(2) ei
dix dd ii ss
sept ss ai tt
`

func TestDictionary(t *testing.T) {
	t.Parallel()
	d, err := readDictionary(strings.NewReader("## a comment\n;;; another\n\nlonely\n" + sample))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		"one": "W AH N|HH W AH N", "c'est": "ss ai|ss ei", "dix-sept": "dd ii ss ss ai tt",
		"lonely": "", "c'": "ss", "'": "", "-": "", "dix-neuf": "", "##": "",
	} {
		if got := strings.Join(d.say(word), "|"); got != want {
			t.Errorf("%q is said %q, want %q", word, got, want)
		}
	}
}

// TestGrammars: every rule of every language can be written, whatever is expected, and no more
// than a few words are left out with the dictionary that is usual for English.
func TestGrammars(t *testing.T) {
	t.Parallel()
	all := dictionary{}
	for _, lang := range spoken {
		r := rulesOf(lang)
		for _, body := range r {
			for _, w := range strings.FieldsFunc(body, func(c rune) bool { return strings.ContainsRune("{}[]+| ", c) }) {
				all[w] = []string{"X"}
			}
		}
		for _, want := range []asr.Expect{{Kind: "digits"}, {Kind: "digits", Digits: 8, Layout: "pairs"}, {Kind: "digits", Digits: 3, Layout: "singles"}, {Kind: "digits", Digits: 8}, {Kind: "yes_no"}, {Kind: "date"}, {Kind: "spelled"}} {
			g, err := compile(r.with(want, nil), all)
			if err != nil || g.missing > 0 {
				t.Errorf("%s %+v: %v, %+v", lang, want, err, g)
				continue
			}
			if strings.Count(g.jsgf, "public <top> = ") != 1 || strings.ContainsAny(g.jsgf, "{}é'") {
				t.Errorf("%s %+v: %s", lang, want, g.jsgf)
			}
		}
	}
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	d, err := readDictionary(strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	r := rulesOf("fr").with(asr.Expect{Kind: "list"}, []string{"C’est DIX-SEPT !", "", "zero one; <public>", "unheard of"})
	g, err := compile(r, d)
	if err != nil {
		t.Fatal(err)
	}
	if g.text("w0") != "c'est" || g.text("w1") != "dix-sept" || g.text("w99") != "" || g.text("x") != "" {
		t.Errorf("words %q", g.words)
	}
	if !strings.Contains(g.jsgf, "<hints> = w0 w1;") {
		t.Errorf("a phrase with a word that nobody can say is not left out: %s", g.jsgf)
	}
	if r := rulesOf("en").with(asr.Expect{}, nil); r != nil {
		t.Errorf("free speech without phrases has a grammar: %v", r)
	}
	if _, err := compile(rulesOf("en").with(asr.Expect{}, []string{"nothing known"}), d); err == nil {
		t.Error("a grammar of nothing")
	}
}

func FuzzGrammar(f *testing.F) {
	f.Add("un deux", "digits", 8)
	f.Add("{x}|[y] /0.3/ <z>;", "list", -1)
	d := dictionary{"un": {"in"}, "deux": {"dd eu"}}
	f.Fuzz(func(t *testing.T, hint, kind string, n int) {
		want := rulesOf("fr").with(asr.Expect{Kind: kind, Digits: n}, []string{hint})
		if want == nil {
			return
		}
		g, err := compile(want, d)
		if err != nil {
			return
		}
		for _, c := range strings.ToLower(hint) {
			if c > 127 && strings.ContainsRune(g.jsgf, c) {
				t.Fatalf("%q stands in %s", c, g.jsgf)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{Models: map[string]Model{"de": {Mean: "x"}}}.Validate()
	for i, want := range []string{"decoders: 0", "models.de: there are no grammars", "models.de.model: ", "models.de.dictionary: ", "models.de.rate: 0", "models.de.mean: "} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("an empty Config was taken")
	}
}
