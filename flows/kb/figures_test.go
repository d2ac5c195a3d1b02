package kb

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// question is one line of testdata/*.tsv: what a caller says and the article meant, "oos" for
// none. They were written before the ranking was tuned, by ear, without the articles' words
// where a caller would not have them, some as a recogniser mangles them.
type question struct{ id, text string }

func readQuestions(t testing.TB, file string) (out []question) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(data)) {
		id, text, ok := strings.Cut(strings.TrimSpace(l), "\t")
		if !ok {
			t.Fatalf("%s: %q has no tab", file, l)
		}
		out = append(out, question{id, text})
	}
	return out
}

func mustLoad(t testing.TB, dir string) *Base {
	t.Helper()
	b, ps := Load(os.DirFS(dir), "knowledge")
	for _, p := range ps {
		t.Error(p)
	}
	return b
}

// figures is what one set of questions shows of a base.
type figures struct {
	asked, first, five             int
	answered, right                int // by Answer, of those asked
	strange, refused               int
	missed, wrongly, taken, silent []string
}

func measure(b *Base, lang string, qs []question) (f figures) {
	for _, q := range qs {
		hit, sure := b.Answer(lang, q.text)
		if q.id == "oos" {
			f.strange++
			if !sure {
				f.refused++
			} else {
				f.taken = append(f.taken, fmt.Sprintf("%.2f %s: %s %v", hit.Score, hit.Article.ID, q.text, hit.Why))
			}
			continue
		}
		f.asked++
		best := b.Best(lang, q.text, 5)
		at := -1
		var ids []string
		for i, h := range best {
			ids = append(ids, fmt.Sprintf("%s %.2f", h.Article.ID, h.Score))
			if h.Article.ID == q.id {
				at = i
			}
		}
		if at == 0 {
			f.first++
		}
		if at >= 0 {
			f.five++
		} else {
			f.missed = append(f.missed, fmt.Sprintf("%s: %s %v", q.id, q.text, ids))
		}
		if sure {
			f.answered++
			if hit.Article.ID == q.id {
				f.right++
			} else {
				f.wrongly = append(f.wrongly, fmt.Sprintf("%s: %s -> %s %.2f %v", q.id, q.text, hit.Article.ID, hit.Score, hit.Why))
			}
		}
	}
	return f
}

func share(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }

// TestRightArticleAmongFive is the figure that is asked for, in both languages, on the demo's base,
// which the numbers of the ranking were chosen on; on a base of another trade, half of it without
// questions; and on the articles of the three other hotlines as one base, which were written by
// somebody else and asked for by their names alone.
func TestRightArticleAmongFive(t *testing.T) {
	t.Parallel()
	const hotlines = "../../configs/hotlines/"
	for _, set := range []struct {
		name string
		dirs []string
		five float64 // least per cent; the articles of others may be edited without a look at this test
	}{
		{"colibri", []string{hotlines + "colibri"}, 90},
		{"telecom", []string{"testdata/telecom"}, 90},
		{"others", []string{hotlines + "banque", hotlines + "telecom", hotlines + "support-it"}, 85},
	} {
		var articles []*Article
		for _, dir := range set.dirs {
			articles = append(articles, mustLoad(t, dir).Articles()...)
		}
		b := build(articles)
		for _, lang := range []string{"fr", "en"} {
			t.Run(set.name+"/"+lang, func(t *testing.T) {
				t.Parallel()
				figure(t, b, lang, readQuestions(t, "testdata/"+set.name+"."+lang+".tsv"), set.five)
			})
		}
	}
}

func figure(t *testing.T, b *Base, lang string, qs []question, five float64) {
	for _, q := range qs {
		if q.id != "oos" && !slices.ContainsFunc(b.langs[lang].docs, func(d *document) bool { return d.article.ID == q.id }) {
			t.Fatalf("there is no article %q", q.id)
		}
	}
	f := measure(b, lang, qs)
	t.Logf("%d articles, %d questions: first %.1f %%, among five %.1f %%; Answer speaks for %.1f %%, right in %.1f %%; refuses %d of %d from elsewhere (sure from %.2f)",
		len(b.langs[lang].docs), f.asked, share(f.first, f.asked), share(f.five, f.asked), share(f.answered, f.asked), share(f.right, f.answered), f.refused, f.strange, b.langs[lang].sure)
	for name, list := range map[string][]string{"not among five": f.missed, "answered wrongly": f.wrongly, "not refused": f.taken} {
		t.Logf("%s:\n  %s", name, strings.Join(list, "\n  "))
	}
	if share(f.five, f.asked) < five {
		t.Errorf("right article among five: %.1f %%, want %.0f", share(f.five, f.asked), five)
	}
	if share(f.right, f.answered) < 85 {
		t.Errorf("of the answers %.1f %% are right, want 85", share(f.right, f.answered))
	}
	if share(f.refused, f.strange) < 90 {
		t.Errorf("refused %d of %d from elsewhere, want 90 %%", f.refused, f.strange)
	}
}
