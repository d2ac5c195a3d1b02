package kb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func ids(hits []Hit) (out []string) {
	for _, h := range hits {
		out = append(out, h.Article.ID)
	}
	return out
}

func TestFollowTurnsWithTheTalk(t *testing.T) {
	t.Parallel()
	b := mustLoad(t, "../../configs/hotlines/colibri")
	f := b.Follow("fr")
	f.Add("bot", "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous ?")
	f.Add("caller", "bonjour mon paquet est arrivé tout cassé")
	f.Add("bot", "Quel est votre numéro de commande ? Il a huit chiffres.")
	f.Add("caller", "quarante-cinq douze soixante-dix-huit zéro deux")
	if got := ids(f.Best(5)); got[0] != "colis-endommage" || len(got) != 5 {
		t.Errorf("after the damage: %v", got)
	}
	if h := f.Best(1)[0]; !slices.Contains(h.Why, "cassé") || h.Score <= 0 || h.Score > 1 {
		t.Errorf("score %v, why %v", h.Score, h.Why)
	}
	f.Add("caller", "d'accord et sinon les droits de douane")
	if got := ids(f.Best(5)); got[0] != "douane" || !slices.Contains(got, "colis-endommage") {
		t.Errorf("after customs: %v; the newest comes first, the older subject stays in sight", got)
	}
	before := ids(f.Best(5))
	f.Add("caller", "euh oui")
	if got := ids(f.Best(5)); !slices.Equal(got, before) {
		t.Errorf("%q changed the subject from %v to %v", "euh oui", before, got)
	}
}

func TestFollowIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	one := mustLoad(t, "../../configs/hotlines/colibri")
	two := mustLoad(t, "../../configs/hotlines/colibri")
	for _, q := range readQuestions(t, "testdata/colibri.fr.tsv") {
		if a, b := ids(one.Best("fr", q.text, 5)), ids(two.Best("fr", q.text, 5)); !slices.Equal(a, b) {
			t.Errorf("%s: %v, then %v", q.text, a, b)
		}
	}
}

func TestFollowForEver(t *testing.T) {
	t.Parallel()
	b := mustLoad(t, "../../configs/hotlines/colibri")
	f := b.Follow("en")
	for i := range 3000 {
		f.Add("caller", fmt.Sprintf("word%d about a refund to my card and customs", i))
	}
	f.Add("caller", "when does the depot open")
	f.Add("caller", "the opening hours of the depot")
	if got := ids(f.Best(3)); len(got) != 3 || got[0] != "horaires-agence" {
		t.Errorf("after 3000 utterances: %v", got)
	}
	if len(f.talk) > maxTalk {
		t.Errorf("%d words kept", len(f.talk))
	}
}

func TestHostileTalk(t *testing.T) {
	t.Parallel()
	b := mustLoad(t, "../../configs/hotlines/colibri")
	for name, text := range map[string]string{
		"nothing": "", "blanks": " \n\t", "signs": "?!… '’-", "emoji": "🙂🙂 colis", "bytes": "\xff\xfe colis \x00", "right to left": "أين طردي",
		"one long word": strings.Repeat("colis", 20000), "many words": strings.Repeat("mon colis cassé ", 7000), "marks": "e\u0301\u0301\u0301\u0301 \u0301",
	} {
		for _, lang := range []string{"fr", "en", "de", ""} {
			for _, h := range b.Best(lang, text, 5) {
				if h.Score < 0 || h.Score > 1 || h.Score != h.Score {
					t.Errorf("%s: score %v", name, h.Score)
				}
			}
		}
	}
	if got := b.Best("fr", "colis", 0); len(got) != 0 {
		t.Errorf("none asked for, got %v", got)
	}
	if got := b.Best("fr", "colis", 1000); len(got) == 0 || len(got) > 32 {
		t.Errorf("a thousand asked for, got %d", len(got))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("---\nlanguage: fr\ntitle: T\nshort: Oui.\nquestions: [a, b]\n---\nbody"))
	f.Add([]byte("---\n---"))
	f.Add([]byte("---\na: &a [*a]\n---"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, ps := parse("knowledge/a.md", data)
		if (a == nil) == (len(ps) == 0) {
			t.Fatalf("article %v with complaints %v", a, ps)
		}
		if a != nil {
			build([]*Article{a}).Best(a.Lang, a.Title, 5)
		}
	})
}

// large makes a base of n articles that share their words as articles of one company do.
func large(t testing.TB, n int) *Base {
	t.Helper()
	src := mustLoad(t, "../../configs/hotlines/colibri")
	var titles, sentences []string
	for _, a := range src.Articles() {
		if a.Lang == "fr" {
			titles = append(titles, a.Title)
			sentences = append(sentences, strings.Split(a.Body, ". ")...)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	fsys := fstest.MapFS{}
	for i := range n {
		pick := func(from []string) string { return from[r.IntN(len(from))] }
		fsys[fmt.Sprintf("knowledge/a%04d.md", i)] = file(fmt.Sprintf("language: fr\ntitle: %q\nshort: Oui.\nquestions: [%q, %q]\n", fmt.Sprint(pick(titles), " ", i), pick(titles)+" x", pick(titles)),
			pick(sentences)+". "+pick(sentences)+fmt.Sprintf(". Produit%d référence ref%d. ", i%97, i)+pick(sentences))
	}
	b, ps := Load(fsys, "knowledge")
	if len(ps) > 0 {
		t.Fatal(ps[0])
	}
	return b
}

// BenchmarkFollow is one utterance of a long call and the five best of 1,000 articles.
func BenchmarkFollow(b *testing.B) {
	base := large(b, 1000)
	f := base.Follow("fr")
	said := []string{
		"bonjour je vous appelle parce que mon colis est arrivé abîmé et le livreur n'a rien voulu savoir",
		"non je n'ai pas signé c'est ma voisine qui l'a pris",
		"et je voudrais savoir quand je serai remboursé sur ma carte bancaire",
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f.Add("caller", said[i%len(said)])
		if len(f.Best(5)) != 5 {
			b.Fatal("not five")
		}
		i++
	}
}

// BenchmarkLoad reads 1,000 articles, asks them their own questions and learns from it.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		large(b, 1000)
	}
}
