package importer

import (
	"fmt"
	"strings"
)

// Report tells what came over and what did not. Its JSON form is what `--json` prints.
type Report struct {
	From      string   `json:"from"`
	Source    string   `json:"source"`
	Bot       string   `json:"bot"`
	Languages []string `json:"languages"`
	Files     []string `json:"files"`
	Imported  []Item   `json:"imported"`
	LeftOut   []Item   `json:"left_out"`
}

// Item is one thing of the source.
type Item struct {
	Kind string `json:"kind"` // intent, entity, answer; of what is left out also example, form, story, page …
	Name string `json:"name"` // as the source calls it
	As   string `json:"as,omitempty"`
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Note string `json:"note"` // what became of it, or why nothing did
}

// where is a place in the source.
type where struct {
	file string
	line int
}

func (w where) String() string {
	if w.line == 0 {
		return w.file
	}
	return fmt.Sprintf("%s:%d", w.file, w.line)
}

var systemTitles = map[string]string{Rasa: "Rasa", DialogflowCX: "Dialogflow CX"}

// Markdown writes the report for people.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Import from %s\n\n", systemTitles[r.From])
	fmt.Fprintf(&b, "`%s` became the hotline **%s** (%s): %s. Left out: %s.\n\n", r.Source, r.Bot, strings.Join(r.Languages, ", "), counts(r.Imported), counts(r.LeftOut))
	b.WriteString("Read it with `decroche flow check`, try it with `decroche flow talk`, and see `decroche flow lint` for what a voice cannot say.\n")
	table(&b, "What came over", "what became of it", r.Imported)
	table(&b, "What was left out", "why", r.LeftOut)
	return b.String()
}

// counts writes "3 intents, 1 entity" in the order the kinds come up.
func counts(items []Item) string {
	var kinds []string
	n := map[string]int{}
	for _, i := range items {
		if n[i.Kind] == 0 {
			kinds = append(kinds, i.Kind)
		}
		n[i.Kind]++
	}
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", n[k], plural(k, n[k]))
	}
	if len(kinds) == 0 {
		return "nothing"
	}
	return strings.Join(kinds, ", ")
}

func plural(word string, n int) string {
	switch {
	case n == 1:
		return word
	case strings.HasSuffix(word, "y"):
		return strings.TrimSuffix(word, "y") + "ies"
	}
	return word + "s"
}

func table(b *strings.Builder, title, last string, items []Item) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	if len(items) == 0 {
		b.WriteString("Nothing.\n")
		return
	}
	fmt.Fprintf(b, "| what | name | where | %s |\n|---|---|---|---|\n", last)
	for _, i := range items {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", i.Kind, cell(i.Name), cell(where{i.File, i.Line}.String()), cell(i.Note))
	}
}

// cell keeps a stranger's text inside its cell.
func cell(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		s = string(r[:159]) + "…"
	}
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(s)
}
