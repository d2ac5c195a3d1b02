package kb

import (
	"slices"
	"testing"
	"testing/fstest"
)

// A word in passing leads to one article of a small base and to no other; that is no question.
var (
	frPassing = []string{
		"demain", "oui demain", "je passe demain", "samedi", "le matin", "une semaine", "quatre jours", "c'est gratuit", "un euro", "l'adresse", "un numéro", "ma carte",
		"bonjour", "bonjour colibri", "je suis bien chez colibri", "colis", "mon colis", "c'est pour un colis", "allô le colis", "livraison", "le livreur", "la poste", "la France",
	}
	enPassing = []string{
		"tomorrow", "yes tomorrow", "I'll come tomorrow", "saturday", "the morning", "a week", "four days", "one euro", "the address", "a number", "my card",
		"hello", "hello colibri", "is this colibri", "parcel", "my parcel", "it's about a parcel", "hello the parcel", "delivery", "the driver", "the post", "France",
	}
)

func townHall(t *testing.T) *Base {
	t.Helper()
	b, ps := Load(fstest.MapFS{
		"knowledge/fr/horaires.md": file("language: fr\ntitle: Horaires d'ouverture de la mairie\nshort: La mairie est ouverte du lundi au vendredi, de huit heures trente à dix-sept heures. Le samedi, seulement le matin.\n"+
			"questions: [vous êtes ouverts le samedi, vous fermez à quelle heure, c'est quoi vos horaires]\n", "Samedi de 9 h à 12 h."),
		"knowledge/fr/acte.md": file("language: fr\ntitle: Obtenir un acte de naissance\nshort: Un acte de naissance se demande sur service public, c'est gratuit. Vous le recevez en une semaine.\n"+
			"questions: [comment avoir un extrait de naissance, il me faut un acte de naissance]\n", ""),
		"knowledge/fr/gravats.md": file("language: fr\ntitle: Gravats\nshort: La déchetterie prend les gravats.\n", ""),
		"knowledge/en/hours.md": file("language: en\ntitle: Opening hours of the town hall\nshort: The town hall is open Monday to Friday, half past eight to five. On Saturdays, mornings only.\n"+
			"questions: [are you open on saturday, what time do you close, what are your opening hours]\n", ""),
	}, "knowledge")
	for _, p := range ps {
		t.Error(p)
	}
	return b
}

func TestFewArticlesNeedAQuestion(t *testing.T) {
	t.Parallel()
	b := townHall(t)
	for _, c := range []struct {
		lang, text string
		want       string // "" for refused
	}{
		{"fr", "demain", ""},
		{"fr", "mairie", ""},
		{"fr", "bonjour la mairie", ""},
		{"fr", "je suis bien à la mairie", ""},
		{"fr", "est-ce que je suis bien à la mairie", ""},
		{"fr", "samedi", ""},
		{"fr", "lundi matin", ""},
		{"fr", "je suis madame Dupont de la mairie", ""},
		{"fr", "c'est gratuit", ""},
		{"fr", "quel temps fera-t-il demain", ""},
		{"fr", "je veux me marier à la mairie", ""},
		{"fr", "vous êtes ouverts le samedi", "horaires"},
		{"fr", "vous ouvrez demain", "horaires"},
		{"fr", "À quelle heure ferme la mairie ?", "horaires"},
		{"fr", "vos horaires", "horaires"},
		{"fr", "comment avoir un acte de naissance", "acte"},
		{"fr", "acte de naissance", "acte"},
		{"fr", "où vont les gravats", "gravats"}, // an article without questions has its title
		{"fr", "les gravats", ""},
		{"en", "tomorrow", ""},
		{"en", "hello town hall", ""},
		{"en", "is this the town hall", ""},
		{"en", "morning", ""},
		{"en", "saturday mornings", ""},
		{"en", "monday to friday", ""},
		{"en", "see you on monday", ""},
		{"en", "When are you open?", "hours"},
		{"en", "opening hours", "hours"},
		{"en", "what time does the town hall close", "hours"},
		{"en", "are you open on saturdays", "hours"},
	} {
		hit, sure := b.Answer(c.lang, c.text)
		got := ""
		if sure {
			got = hit.Article.ID
		}
		if got != c.want {
			t.Errorf("%s: %q is answered by %q (%.2f), want %q", c.lang, c.text, got, hit.Score, c.want)
		}
	}
}

// TestSmallBases makes bases of three, five and eight of the demo's articles that stand together
// and puts all questions to each: those of its articles, those of the others and those from elsewhere.
func TestSmallBases(t *testing.T) {
	t.Parallel()
	all := mustLoad(t, "../../configs/hotlines/colibri").Articles()
	for lang, passing := range map[string][]string{"fr": frPassing, "en": enPassing} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			mine := slices.DeleteFunc(slices.Clone(all), func(a *Article) bool { return a.Lang != lang })
			qs := readQuestions(t, "testdata/colibri."+lang+".tsv")
			for _, n := range []int{3, 5, 8} {
				smallBases(t, lang, mine, n, qs, passing)
			}
		})
	}
}

func smallBases(t *testing.T, lang string, all []*Article, n int, qs []question, passing []string) {
	var sum figures
	said, kept := 0, 0
	for i := 0; i+n <= len(all); i += 3 {
		some := slices.Clone(all[i : i+n])
		b := build(some)
		here := slices.Clone(qs)
		for j, q := range here {
			if !slices.ContainsFunc(some, func(a *Article) bool { return a.ID == q.id }) {
				here[j].id = "oos"
			}
		}
		f := measure(b, lang, here)
		sum.asked, sum.answered, sum.right = sum.asked+f.asked, sum.answered+f.answered, sum.right+f.right
		sum.strange, sum.refused = sum.strange+f.strange, sum.refused+f.refused
		for _, text := range passing {
			said++
			if hit, sure := b.Answer(lang, text); !sure {
				kept++
			} else {
				t.Errorf("%d articles: %q is answered by %s (%.2f)", n, text, hit.Article.ID, hit.Score)
			}
		}
	}
	t.Logf("%d articles: Answer speaks for %.1f %% of %d, right in %.1f %%; refuses %.1f %% of other questions, %.1f %% of words in passing",
		n, share(sum.answered, sum.asked), sum.asked, share(sum.right, sum.answered), share(sum.refused, sum.strange), share(kept, said))
	if share(sum.answered, sum.asked) < 40 || share(sum.right, sum.answered) < 90 || share(sum.refused, sum.strange) < 94 {
		t.Errorf("%d articles: want 40 %% answered, 90 %% of them right, 94 %% of other questions refused", n)
	}
}
