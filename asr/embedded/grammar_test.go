package embedded

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"decroche/asr"
)

var update = flag.Bool("update", false, "write grammars/*.lex anew with espeak-ng")

// grammarWords lists every word and number that the grammars of a language can say.
func grammarWords(t *testing.T, lang string) []string {
	t.Helper()
	rules, err := readRules(lang, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	add := func(phrase string) {
		for w := range strings.FieldsFuncSeq(phrase, func(r rune) bool { return strings.ContainsRune("|[]* ", r) }) {
			seen[w] = true
			for part := range strings.SplitSeq(w, "-") {
				for _, p := range splitElision(part) {
					seen[p] = true
				}
			}
		}
	}
	for _, body := range rules {
		for strings.Contains(body, "{") {
			head, rest, _ := strings.Cut(body, "{")
			_, tail, _ := strings.Cut(rest, "}")
			body = head + " " + tail
		}
		add(body)
	}
	for n := range 100 {
		for _, name := range slices.Concat(singleNames(lang, n%10), pairNames(lang, n)) {
			add(name)
			seen[name] = true
		}
	}
	add("double cent hundred and")
	var words []string
	for w := range seen {
		words = append(words, w)
	}
	slices.Sort(words)
	return words
}

// frenchElided sound without the vowel that espeak-ng would add.
var frenchElided = map[string]string{"j'": "Z", "l'": "l", "d'": "d", "m'": "m", "n'": "n", "s'": "s", "t'": "t", "c'": "s", "qu'": "k"}

// spelledLetters is how espeak-ng must be asked for the name of a letter that is also a word.
var spelledLetters = map[string]string{"é": "e", "è": "E", "zee": "z i"}

// Every word of the grammars has a pronunciation. With -update the lists are made.
func TestGrammarWords(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		words := grammarWords(t, lang)
		path := "grammars/" + lang + ".lex"
		if *update {
			said, err := pronounce(t.Context(), lang, words)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for i, w := range words {
				say := strings.Join(said[i], " ")
				if s, ok := frenchElided[w]; ok && lang == "fr" {
					say = s
				} else if s, ok := spelledLetters[w]; ok {
					say = s
				}
				fmt.Fprintf(&b, "%s\t%s\t0\n", w, say)
				if lang == "fr" {
					for _, v := range frenchVariants(w, strings.Fields(say)) {
						fmt.Fprintf(&b, "%s\t%s\t0.7\n", w, strings.Join(v, " "))
					}
				}
			}
			if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.Contains("\n"+string(b), "\n"+w+"\t") {
				t.Errorf("%s: no pronunciation for %q; run with -update", path, w)
			}
		}
	}
}

// frenchVariants are other ways to say a number: a schwa said or dropped, the final consonant of
// six, huit and dix, the t of vingt.
func frenchVariants(w string, say []string) (v [][]string) {
	last := say[len(say)-1]
	switch {
	case strings.HasSuffix(w, "six") || strings.HasSuffix(w, "dix"):
		v = append(v, append(slices.Clone(say[:len(say)-1]), "z"))
	case strings.HasSuffix(w, "quatre"):
		if last == "@" {
			v = append(v, say[:len(say)-1], say[:len(say)-2])
		} else if last == "r" {
			v = append(v, append(slices.Clone(say), "@"), say[:len(say)-1])
		}
	case last == "@" && len(say) > 2:
		v = append(v, say[:len(say)-1])
	case strings.HasSuffix(w, "vingt"):
		v = append(v, append(slices.Clone(say), "t"))
	case strings.HasSuffix(w, "un") && last == "W~":
		v = append(v, append(slices.Clone(say[:len(say)-1]), "E~"))
	case strings.ContainsAny(w[len(w)-1:], "efghklmnpqrstz") && !strings.ContainsAny(last, "aeiouyEOYW@~") && len(say) > 2:
		v = append(v, append(slices.Clone(say), "@"))
	}
	return v
}

func TestNumberNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang string
		n    int
		want []string
	}{
		{"fr", 6, []string{"zéro six"}}, {"fr", 17, []string{"dix-sept"}}, {"fr", 21, []string{"vingt et un"}}, {"fr", 45, []string{"quarante-cinq"}},
		{"fr", 71, []string{"soixante et onze", "septante et un"}}, {"fr", 78, []string{"soixante-dix-huit", "septante-huit"}},
		{"fr", 80, []string{"quatre-vingts", "huitante", "octante"}}, {"fr", 81, []string{"quatre-vingt-un", "huitante et un", "octante et un"}},
		{"fr", 99, []string{"quatre-vingt-dix-neuf", "nonante-neuf"}}, {"en", 6, []string{"zero six", "oh six"}}, {"en", 45, []string{"forty-five"}},
		{"en", 55, []string{"fifty-five", "double five"}}, {"en", 13, []string{"thirteen"}},
	} {
		if got := pairNames(c.lang, c.n); !slices.Equal(got, c.want) {
			t.Errorf("%s %02d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

// The network of spelled codes is made when it is first expected, and holds more than the letters.
func TestSpelledNetworkIsThere(t *testing.T) {
	t.Parallel()
	r := testRecogniser(t, smallConfig(), defaultTuning())
	for lang, s := range r.speakers {
		n, _ := s.expected(asr.Options{Expect: asr.Expect{Kind: "spelled"}}).(*network)
		if n == nil || len(n.arcs) < 1000 {
			t.Errorf("%s: no network of spelled codes", lang)
		}
	}
}
