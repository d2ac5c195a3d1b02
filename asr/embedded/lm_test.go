package embedded

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func testLexicon(sentences ...string) (*lexicon, [][]int32) {
	l := newLexicon()
	var ids [][]int32
	for _, s := range sentences {
		var run []int32
		for w := range strings.FieldsSeq(s) {
			run = append(run, l.id(w))
		}
		ids = append(ids, run)
	}
	return l, ids
}

// In every context the probabilities of all words sum to one.
func TestNgramsSumToOne(t *testing.T) {
	t.Parallel()
	lex, ids := testLexicon("où est mon colis", "où est mon paquet", "mon colis est perdu", "je veux mon colis")
	general := newNgrams(countGrams(ids, 1), len(lex.words), nil)
	own := newNgrams(countGrams(ids[2:3], 1), len(lex.words), general)
	for _, m := range []*ngrams{general, own} {
		for a := range int32(len(lex.words)) {
			for b := range int32(len(lex.words)) {
				var sum float64
				for w := range int32(len(lex.words)) {
					p := m.prob(m.bigram(a, b), b, w)
					if p <= 0 {
						t.Fatalf("%q after %q has probability %v", lex.words[w], lex.words[b], p)
					}
					sum += float64(p)
				}
				if math.Abs(sum-1) > 1e-4 {
					t.Errorf("after %q %q: the probabilities sum to %.5f", lex.words[a], lex.words[b], sum)
				}
			}
		}
	}
}

// The arrays hold what Witten and Bell's formula says, computed here from plain counts.
func TestNgramsWittenBell(t *testing.T) {
	t.Parallel()
	lex, ids := testLexicon("a b c", "a b d", "a b c", "b c")
	m := newNgrams(countGrams(ids, 1), len(lex.words), nil)
	a, b, c := lex.index["a"], lex.index["b"], lex.index["c"]
	// 4 sentences, 15 words with their ends, 5 different; after b: c 3, d 1; after "a b": c 2, d 1.
	p1 := 3./20 + 5./20/float64(len(lex.words))
	p2 := (3 + 2*p1) / (4 + 2)
	p3 := (2 + 2*p2) / (3 + 2)
	if got := m.prob(m.bigram(a, b), b, c); math.Abs(float64(got)-p3) > 1e-5 {
		t.Errorf("c after a b: %.5f, want %.5f", got, p3)
	}
	if got := m.prob(-1, b, c); math.Abs(float64(got)-p2) > 1e-5 {
		t.Errorf("c after b: %.5f, want %.5f", got, p2)
	}
}

// A local model says what the whole one says, of words that it has and of others.
func TestLocalNgrams(t *testing.T) {
	t.Parallel()
	lex, ids := testLexicon("où est mon colis", "où est mon paquet", "mon colis est perdu", "je veux mon colis")
	general := newNgrams(countGrams(ids, 1), len(lex.words), nil)
	whole, local := newNgrams(countGrams(ids[2:3], 1), len(lex.words), general), newLocalNgrams(countGrams(ids[2:3], 1), general)
	for a := range int32(len(lex.words)) {
		for b := range int32(len(lex.words)) {
			for w := range int32(len(lex.words)) {
				if x, y := whole.prob(whole.bigram(a, b), b, w), local.prob(local.bigram(a, b), b, w); x != y {
					t.Fatalf("%q after %q %q: %v, the whole model says %v", lex.words[w], lex.words[a], lex.words[b], y, x)
				}
			}
		}
	}
}

func TestReadGrams(t *testing.T) {
	t.Parallel()
	lex := newLexicon()
	g, err := readGrams(strings.NewReader("20\t<s>\n7\t<s> a\n3\ta b </s>\n"), lex)
	if err != nil || len(g) != 2 || g[0] != (gram{-1, 0, lex.index["a"], 7}) || g[1] != (gram{lex.index["a"], lex.index["b"], 1, 3}) {
		t.Errorf("%v, %v", g, err)
	}
	for _, bad := range []string{"a b", "x\ta", "1\ta b c d"} {
		if _, err := readGrams(strings.NewReader(bad), lex); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestTokensAndText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, in, tokens, out string }{
		{"fr", "J’ai reçu l'avis, hier !", "j' ai reçu l' avis hier", "j'ai reçu l'avis hier"},
		{"fr", "est-ce qu'il est là ?", "est ce qu' il est là", "est ce qu'il est là"},
		{"fr", "bœuf à Noël", "bœuf à noël", "bœuf à noël"},
		{"en", "I don't know (it's lost)", "i don't know it's lost", "i don't know it's lost"},
		{"en", "' '", "", ""},
	} {
		got := tokens(c.lang, c.in)
		if strings.Join(got, " ") != c.tokens || text(got) != c.out {
			t.Errorf("%q: %q and %q, want %q and %q", c.in, got, text(got), c.tokens, c.out)
		}
	}
}

func TestEspeakPhones(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"b_O~_Z_'u_R": "b O~ Z u R", "s_'I_k_s": "s I k s", "k_'o_l_i_:": "k o l i", "t2_@2": "t @", "(en) h_@_l_'oU (fr)": "h @ l oU",
	} {
		if got := espeakPhones(in); strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("J’ai perdu l'avis")
	f.Add("A'000A")
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"fr", "en"} {
			words := tokens(lang, s)
			if again := tokens(lang, text(words)); !slices.Equal(words, again) {
				t.Fatalf("%q: %q became %q", s, words, again)
			}
		}
	})
}

// Words of the bot that no lexicon has get a pronunciation, or are counted.
func TestPhrases(t *testing.T) {
	cfg := smallConfig()
	cfg.Phrases = map[string][]string{"fr": {"où est mon zorglubix", "je veux suivre ma livraison"}, "en": {"where is my parcel"}}
	r := testRecogniser(t, cfg, defaultTuning())
	s := r.speakers["fr"]
	heard := len(s.sayings("zorglubix")) > 0
	if heard == (r.Skipped("fr") == 1) {
		t.Errorf("the new word can be heard: %v, but %d words were skipped", heard, r.Skipped("fr"))
	}
	if r.Skipped("en") != 0 {
		t.Errorf("%d English words skipped", r.Skipped("en"))
	}
	w := func(x string) int32 { return s.lex.index[x] }
	var lang trigram
	lang.scale = 1
	lang.reset(s.mix, s.spelt)
	st := lang.intern(w("est"), w("mon"))
	if p, q := lang.score(st, w("zorglubix")), lang.score(st, w("douane")); p <= q {
		t.Errorf("the bot's own word scores %.2f after its own words, another %.2f", p, q)
	}
}

func TestSpelling(t *testing.T) {
	t.Parallel()
	words := wordSet("semaine semaines colis fait fais fermez fermé même mêmes temps")
	known := func(w string) bool { return words[w] }
	for _, c := range []struct {
		first, second string
		ok            bool
	}{
		{"de", "colis", true}, {"de", "un", false}, {"d'", "un", true}, {"d'", "colis", false}, {"le", "onze", true}, {"que", "elle", false},
		{"je", "arrive", false}, {"l'", "hôtel", true}, {"le", "hall", true}, {"mon", "avis", true}, {"j'", "y", true}, {"ce", "été", false}, {"s'", "il", true},
		{"deux", "semaine", false}, {"deux", "semaines", true}, {"une", "semaines", false}, {"le", "temps", true}, {"les", "colis", true}, {"la", "mêmes", false},
		{"vous", "fermé", false}, {"vous", "fermez", true}, {"je", "fait", false}, {"je", "fais", true}, {"il", "fait", true},
	} {
		if got := spell("fr", c.first, known).cost(spell("fr", c.second, known)) == 0; got != c.ok {
			t.Errorf("%q before %q allowed: %v, want %v", c.first, c.second, got, c.ok)
		}
	}
	if spell("en", "le", known).cost(spell("en", "air", known)) != 0 {
		t.Error("English is no French")
	}
}
