package kb

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"decroche/internal/strictyaml"
)

// Bounds of what is read. A base that is larger than this is a document store, not a hotline's
// knowledge.
const (
	MaxArticles  = 5000
	MaxBytes     = 256 << 10 // one file
	maxTitle     = 120       // runes
	maxQuestions = 100
	maxText      = 300 // runes of a question
)

// front is the front matter of an article.
type front struct {
	ID        string   `yaml:"id"`
	Language  string   `yaml:"language"`
	Title     string   `yaml:"title"`
	Short     string   `yaml:"short"`
	Skills    []string `yaml:"skills"`
	Questions []string `yaml:"questions"`
}

var (
	languages = []string{"en", "fr"}
	idForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
)

// Load reads every *.md file below dir (README.md aside) and returns the articles that are in
// order with every complaint about the others. No folder is an empty Base.
//
//	---
//	language: fr
//	title: Un colis en retard
//	short: Un colis peut avoir deux jours de retard. Passé ce délai, nous ouvrons une enquête.
//	questions:
//	  - mon colis devait arriver hier
//	skills: [livraison]
//	---
//	Ce que l'agent lit, en Markdown.
func Load(fsys fs.FS, dir string) (*Base, []strictyaml.Problem) {
	l := &loader{fsys: fsys, seen: map[string]string{}}
	err := fs.WalkDir(fsys, dir, l.visit)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.problems = append(l.problems, strictyaml.Problem{File: dir, Msg: "read the knowledge: " + err.Error()})
	}
	l.problems.Sort()
	return build(l.articles), l.problems
}

type loader struct {
	fsys     fs.FS
	seen     map[string]string // "fr retards" -> file
	articles []*Article
	problems strictyaml.Problems
	full     bool
}

func (l *loader) complain(file, format string, args ...any) {
	l.problems = append(l.problems, strictyaml.Problem{File: file, Msg: fmt.Sprintf(format, args...)})
}

func (l *loader) visit(file string, d fs.DirEntry, err error) error {
	name := path.Base(file)
	switch {
	case err != nil:
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	case d.IsDir():
		if strings.HasPrefix(name, ".") && name != "." {
			return fs.SkipDir
		}
		return nil
	case path.Ext(name) != ".md" || strings.HasPrefix(name, ".") || strings.EqualFold(name, "README.md"):
		return nil
	case len(l.articles) >= MaxArticles:
		l.complain(file, "is article number %d; at most %d are read", MaxArticles+1, MaxArticles)
		return fs.SkipAll
	}
	st, err := fs.Stat(l.fsys, file)
	if err == nil {
		err = strictyaml.Regular(st)
	}
	if err == nil && st.Size() > MaxBytes {
		err = fmt.Errorf("is %d bytes long, more than the limit of %d; cut it into several articles", st.Size(), MaxBytes)
	}
	var data []byte
	if err == nil {
		data, err = fs.ReadFile(l.fsys, file)
	}
	if err != nil {
		l.complain(file, "%v", err)
		return nil
	}
	a, problems := parse(file, data)
	l.problems = append(l.problems, problems...)
	if a == nil {
		return nil
	}
	key := a.Lang + " " + a.ID
	if other, twice := l.seen[key]; twice {
		l.problems = append(l.problems, strictyaml.Problem{File: file, Line: 1, Col: 1,
			Msg: fmt.Sprintf("id %q is taken in %s by %s; give one of them another id", a.ID, a.Lang, other)})
		return nil
	}
	l.seen[key] = file
	l.articles = append(l.articles, a)
	return nil
}

// parse reads one file. The article is nil when anything is wrong with it.
func parse(file string, data []byte) (*Article, strictyaml.Problems) {
	text, err := strictyaml.Text(data)
	if err != nil {
		return nil, strictyaml.Problems{{File: file, Msg: err.Error()}}
	}
	head, body, line, err := split(string(text))
	if err != nil {
		return nil, strictyaml.Problems{{File: file, Line: line, Col: 1, Msg: err.Error()}}
	}
	var f front
	doc, problems := strictyaml.Decode(file, []byte(head), &f)
	if !doc.Read() {
		return nil, problems
	}
	problems = append(problems, f.check(doc, file)...)
	if len(problems) > 0 {
		problems.Sort()
		return nil, problems
	}
	id := f.ID
	if id == "" {
		id = idOf(file)
	}
	return &Article{ID: id, Lang: f.Language, Title: strings.TrimSpace(f.Title), Short: strings.TrimSpace(f.Short), Body: strings.TrimSpace(body),
		Skills: f.Skills, Questions: f.Questions, File: file, Line: doc.At("title", "").Line}, nil
}

// split cuts the front matter off. The head keeps the file's lines, the first one empty, so that
// complaints point at the right place.
func split(text string) (head, body string, line int, err error) {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t\r") != "---" {
		return "", "", 1, errors.New(`an article begins with its front matter, between two lines of "---"`)
	}
	n := 1
	for at := 0; at < len(rest); {
		l, _, _ := strings.Cut(rest[at:], "\n")
		n++
		if strings.TrimRight(l, " \t\r") == "---" {
			return "\n" + rest[:at], rest[min(len(rest), at+len(l)+1):], 0, nil
		}
		at += len(l) + 1
	}
	return "", "", n, errors.New(`the front matter does not end; close it with a line of "---"`)
}

// idOf makes the ID of a file's name: "knowledge/fr/retards.md" and "knowledge/retards.fr.md"
// are both "retards".
func idOf(file string) string {
	id := strings.TrimSuffix(path.Base(file), ".md")
	for _, lang := range languages {
		id = strings.TrimSuffix(id, "."+lang)
	}
	return id
}

// check judges what was decoded.
func (f *front) check(doc *strictyaml.Document, file string) (ps strictyaml.Problems) {
	bad := func(key, format string, args ...any) {
		if !doc.Bad(key) {
			p := doc.At(key, fmt.Sprintf(format, args...))
			if p.Line == 0 { // the key is not there
				p.Line, p.Col = 1, 1
			}
			ps = append(ps, p)
		}
	}
	known := false
	for _, l := range languages {
		known = known || f.Language == l
		if strings.HasSuffix(file, "."+l+".md") || path.Base(path.Dir(file)) == l {
			if f.Language != l && f.Language != "" {
				bad("language", "is %q, but the file's place says %q; mend one of them", f.Language, l)
			}
		}
	}
	if f.Language == "" {
		bad("language", "is missing; write one of %s", strings.Join(languages, ", "))
	} else if !known {
		bad("language", "is %q; write one of %s", f.Language, strings.Join(languages, ", "))
	}
	if f.ID != "" && !idForm.MatchString(f.ID) {
		bad("id", "%q may only have small letters, digits, - and _", f.ID)
	} else if id := idOf(file); f.ID == "" && !idForm.MatchString(id) {
		ps = append(ps, strictyaml.Problem{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("the name %q makes no id (small letters, digits, - and _); rename the file or give an id", id)})
	}
	switch n := len([]rune(strings.TrimSpace(f.Title))); {
	case n == 0:
		bad("title", "is missing; say in a few words what the article is about")
	case n > maxTitle:
		bad("title", "has %d characters, more than %d", n, maxTitle)
	}
	if strings.TrimSpace(f.Short) == "" {
		bad("short", "is missing; it is what the bot says, two sentences at most")
	} else {
		for _, why := range unfit(f.Short) {
			bad("short", "%s", why)
		}
	}
	if len(f.Questions) > maxQuestions {
		bad("questions", "has %d entries, more than %d", len(f.Questions), maxQuestions)
	}
	for i, q := range f.Questions {
		key := fmt.Sprintf("questions[%d]", i)
		if n := len([]rune(q)); strings.TrimSpace(q) == "" {
			bad(key, "is empty")
		} else if n > maxText {
			bad(key, "has %d characters, more than %d; callers say less", n, maxText)
		}
	}
	for i, s := range f.Skills {
		if strings.TrimSpace(s) == "" {
			bad(fmt.Sprintf("skills[%d]", i), "is empty")
		}
	}
	return ps
}
