package kb

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func file(front, body string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("---\n" + front + "---\n" + body)}
}

func TestNoFolderIsAnEmptyBase(t *testing.T) {
	t.Parallel()
	b, ps := Load(fstest.MapFS{}, "knowledge")
	if len(ps) != 0 || len(b.Articles()) != 0 {
		t.Fatalf("got %v, %v", b.Articles(), ps)
	}
	if _, ok := b.Answer("fr", "où est mon colis"); ok {
		t.Error("an empty base answered")
	}
	f := b.Follow("fr")
	f.Add("caller", "bonjour")
	if got := f.Best(5); len(got) != 0 {
		t.Errorf("an empty base found %v", got)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	b, ps := Load(fstest.MapFS{
		"knowledge/fr/retards.md": file("language: fr\ntitle: Un colis en retard\nshort: Un colis peut avoir deux jours de retard.\nskills: [livraison]\nquestions: [il devait arriver hier]\n", "# Le reste\n"),
		"knowledge/late.en.md":    {Data: []byte("\xef\xbb\xbf---\r\nlanguage: en\r\nid: retards\r\ntitle: A late parcel\r\nshort: A parcel may be two days late.\r\n---\r\nThe rest.")},
		"knowledge/README.md":     {Data: []byte("how we write")},
		"knowledge/.draft.md":     {Data: []byte("not yet")},
	}, "knowledge")
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var got []string
	for _, a := range b.Articles() {
		got = append(got, fmt.Sprintf("%s %s %q %q %v %d:%s", a.ID, a.Lang, a.Title, a.Body, a.Questions, a.Line, a.File))
	}
	want := []string{
		`retards fr "Un colis en retard" "# Le reste" [il devait arriver hier] 3:knowledge/fr/retards.md`,
		`retards en "A late parcel" "The rest." [] 4:knowledge/late.en.md`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLoadComplaints(t *testing.T) {
	t.Parallel()
	const good = "language: fr\ntitle: T\nshort: Oui.\n"
	long := strings.Repeat("mot ", 26)
	for name, c := range map[string]struct {
		file *fstest.MapFile
		path string
		want []string
	}{
		"no front matter":  {&fstest.MapFile{Data: []byte("# Retards\n")}, "a.md", []string{"knowledge/a.md:1:1: an article begins with"}},
		"empty":            {&fstest.MapFile{}, "a.md", []string{"knowledge/a.md:1:1: an article begins with"}},
		"no end":           {&fstest.MapFile{Data: []byte("---\nlanguage: fr\n")}, "a.md", []string{"knowledge/a.md:2:1: the front matter does not end"}},
		"unknown key":      {file(good+"skill: [x]\n", ""), "a.md", []string{`knowledge/a.md:5:1: unknown key "skill"; did you mean "skills"?`}},
		"twice":            {file(good+"title: U\n", ""), "a.md", []string{`knowledge/a.md:5:1: the key "title" is given twice`}},
		"language":         {file("language: de\ntitle: T\nshort: Ja.\n", ""), "a.md", []string{`knowledge/a.md:2:1: language: is "de"; write one of en, fr`}},
		"no language":      {file("title: T\nshort: Oui.\n", ""), "a.md", []string{`knowledge/a.md:1:1: language: is missing; write one of en, fr`}},
		"place":            {file(good, ""), "en/a.md", []string{`knowledge/en/a.md:2:1: language: is "fr", but the file's place says "en"`}},
		"nothing":          {file("language: fr\n", ""), "a.md", []string{"title: is missing", "short: is missing"}},
		"name":             {file(good, ""), "Mes Retards.md", []string{`knowledge/Mes Retards.md:1:1: the name "Mes Retards" makes no id`}},
		"id":               {file(good+"id: A b\n", ""), "a.md", []string{"knowledge/a.md:5:1: id: "}},
		"long sentence":    {file("language: fr\ntitle: T\nshort: "+long+"\n", ""), "a.md", []string{"knowledge/a.md:4:1: short: has a sentence of 26 words"}},
		"three sentences":  {file("language: fr\ntitle: T\nshort: Un. Deux ! Trois ?\n", ""), "a.md", []string{"short: has 3 sentences"}},
		"web address":      {file("language: fr\ntitle: T\nshort: Allez sur colibri.fr.\n", ""), "a.md", []string{"short: has a web address"}},
		"e-mail":           {file("language: fr\ntitle: T\nshort: Écrivez à a@colibri.example.\n", ""), "a.md", []string{"short: has an e-mail address"}},
		"markdown":         {file("language: fr\ntitle: T\nshort: C'est **non**.\n", ""), "a.md", []string{"short: has Markdown"}},
		"emoji":            {file("language: fr\ntitle: T\nshort: Oui 🙂.\n", ""), "a.md", []string{`short: has '🙂', which cannot be said`}},
		"empty question":   {file(good+"questions: ['']\n", ""), "a.md", []string{"questions[0]: is empty"}},
		"long question":    {file(good+"questions: ["+strings.Repeat("x", 301)+"]\n", ""), "a.md", []string{"questions[0]: has 301 characters"}},
		"anchors":          {file(good+"skills: &a [x]\nquestions: *a\n", ""), "a.md", []string{"knowledge/a.md:5:"}},
		"UTF-16":           {&fstest.MapFile{Data: []byte("\xff\xfe-\x00")}, "a.md", []string{"is not UTF-8"}},
		"too long":         {file(good, strings.Repeat("x", MaxBytes)), "a.md", []string{"more than the limit"}},
		"a folder of that": {&fstest.MapFile{Mode: 0o20000000000 | 0o755}, "a.md/b.txt", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ps := Load(fstest.MapFS{"knowledge/" + c.path: c.file}, "knowledge")
			if len(c.want) > 0 && len(b.Articles()) != 0 {
				t.Errorf("the article was taken all the same")
			}
			var all []string
			for _, p := range ps {
				all = append(all, p.String())
			}
			got := strings.Join(all, "\n")
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("got %q, want %q in it", got, w)
				}
			}
			if len(c.want) == 0 && got != "" {
				t.Errorf("got %q", got)
			}
		})
	}
	_, ps := Load(fstest.MapFS{"knowledge/a.md": file(good, ""), "knowledge/fr/a.md": file(good, "")}, "knowledge")
	if len(ps) != 1 || !strings.Contains(ps[0].Msg, `id "a" is taken in fr by knowledge/a.md`) {
		t.Errorf("got %v", ps)
	}
}
