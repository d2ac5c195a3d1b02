package importer

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"decroche/internal/strictyaml"
)

// maxPart is how long a file of intents grows before the next one begins; the loader reads one
// megabyte.
const maxPart = 600 << 10

// ReportFile is the report's name in the bot's folder.
const ReportFile = "IMPORT.md"

// write makes the folder and the report.
func (p *project) write() *Result {
	res := &Result{Files: map[string][]byte{}}
	res.Files["bot.yaml"] = p.botFile()
	p.intentFiles(res.Files)
	res.Files["flows/imported.yaml"] = p.flowFile()
	rank := map[string]int{"intent": 0, "entity": 1}
	order := func(i Item) int {
		if n, ok := rank[i.Kind]; ok {
			return n
		}
		return len(rank)
	}
	sort.SliceStable(p.imported, func(a, b int) bool { return order(p.imported[a]) < order(p.imported[b]) })
	res.Report = Report{From: p.opt.From, Source: sourceName(p.opt.Src), Bot: p.name, Languages: p.langs, Imported: p.imported, LeftOut: p.left}
	if res.Report.LeftOut == nil {
		res.Report.LeftOut = []Item{}
	}
	for name := range res.Files {
		res.Report.Files = append(res.Report.Files, name)
	}
	res.Report.Files = append(res.Report.Files, ReportFile)
	sort.Strings(res.Report.Files)
	res.Files[ReportFile] = []byte(res.Report.Markdown())
	return res
}

// sourceName is the source without the folders of the machine it lay on.
func sourceName(src string) string {
	src = strings.TrimRight(strings.ReplaceAll(src, `\`, "/"), "/")
	return src[strings.LastIndex(src, "/")+1:]
}

var wordings = map[string]struct{ disclosure, greeting string }{
	"fr": {"Je suis un assistant automatique.", "Bonjour. {{disclosure}} Que puis-je faire pour vous\u202f?"},
	"en": {"I'm an automated assistant.", "Hello. {{disclosure}} What can I do for you?"},
}

func (p *project) botFile() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Made by decroche flow import --from %s; see %s for what to look at.\n", p.opt.From, ReportFile)
	fmt.Fprintf(&b, "name: %s\ntitle: %s\nlanguages: [%s]\ntimezone: %s\n", p.name, quote(spoken(p.name)), strings.Join(p.langs, ", "), p.zone)
	b.WriteString("\n# Callers are told at once that a machine answers (Regulation (EU) 2024/1689, article 50).\ndisclosure:\n")
	for _, l := range p.langs {
		fmt.Fprintf(&b, "  %s: %s\n", l, quote(wordings[l].disclosure))
	}
	b.WriteString("greeting:\n")
	for _, l := range p.langs {
		fmt.Fprintf(&b, "  %s: %s\n", l, quote(wordings[l].greeting))
	}
	b.WriteString("\npolicy:\n  transfer:\n    skills: [\"{{lang}}\"]\n    max_wait: 90s\n  callback: {phone: caller, window: \"9h-18h lun-ven\"}\n")
	return []byte(b.String())
}

func (p *project) intentFiles(files map[string][]byte) {
	ids := map[string]string{}
	for _, e := range p.entities {
		ids[e.name] = e.id
	}
	var b strings.Builder
	part := 1
	flush := func() {
		name := "intents/imported.yaml"
		if part > 1 {
			name = fmt.Sprintf("intents/imported-%d.yaml", part)
		}
		files[name] = []byte(b.String())
		b.Reset()
		part++
	}
	for i, in := range p.intents {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:\n  title: {", in.id)
		for i, l := range p.langs {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s: %s", l, quote(title(in.name)))
		}
		fmt.Fprintf(&b, "}\n  flow: %s\n", in.id)
		for _, l := range p.langs {
			fmt.Fprintf(&b, "  %s:\n", l)
			for _, e := range in.examples[l] {
				fmt.Fprintf(&b, "    - %s\n", quote(e.marked(ids)))
			}
		}
		if b.Len() > maxPart {
			flush()
		}
	}
	if b.Len() > 0 {
		flush()
	}
}

// title is spoken and must say something.
func title(name string) string {
	if t := spoken(name); t != "" {
		return t
	}
	return "?"
}

// marked writes a sentence with the entities that the bot has.
func (e example) marked(ids map[string]string) string {
	var b strings.Builder
	for _, s := range e.spans {
		if id := ids[s.entity]; id != "" && strings.TrimSpace(s.text) != "" {
			fmt.Fprintf(&b, "[%s](%s)", s.text, id)
		} else {
			b.WriteString(s.text)
		}
	}
	return clean(b.String())
}

func (p *project) flowFile() []byte {
	var b strings.Builder
	first := true
	for _, e := range p.entities {
		if e.builtin != "" {
			continue
		}
		if first {
			b.WriteString("entities:\n")
			first = false
		}
		fmt.Fprintf(&b, "  %s:\n", e.id)
		if typ, pattern, ok := strings.Cut(e.pattern, " "); ok {
			fmt.Fprintf(&b, "    type: %s\n    pattern: %s\n", typ, quote(pattern))
			continue
		}
		b.WriteString("    type: list\n    values:\n")
		for _, v := range e.values {
			var syn []string
			for _, s := range v.synonyms {
				syn = append(syn, quote(s))
			}
			fmt.Fprintf(&b, "      %s: [%s]\n", quote(v.canon), strings.Join(syn, ", "))
		}
	}
	if !first {
		b.WriteByte('\n')
	}
	b.WriteString("flows:\n")
	for i, in := range p.intents {
		if i > 0 {
			b.WriteByte('\n')
		}
		p.flow(&b, in)
	}
	return []byte(b.String())
}

// flow writes what the bot does about an intent: what the other one said, or a person.
func (p *project) flow(b *strings.Builder, in *intent) {
	examples := 0
	for _, l := range p.langs {
		examples += len(in.examples[l])
	}
	came := fmt.Sprintf("%d %s; ", examples, plural("example", examples))
	fmt.Fprintf(b, "  %s:\n    steps:\n", in.id)
	why := in.person
	for _, l := range p.langs {
		if why == "" && in.answers[l] == nil {
			why = "it has no answer that needs no code"
			if len(p.langs) > 1 && len(in.answers) > 0 {
				why = fmt.Sprintf("its answer is missing in %q", l)
			}
		}
	}
	if why != "" {
		fmt.Fprintf(b, "      # %s\n      - transfer: {skills: [\"{{lang}}\"], reason: flow_rule}\n", comment(why))
		p.took("intent", in.name, in.id, in.at, came+"hands over to a person: "+why)
		return
	}
	b.WriteString("      - say:\n")
	note := ""
	for _, l := range p.langs {
		a := in.answers[l]
		if len(a.quick) == 0 {
			fmt.Fprintf(b, "          %s: %s\n", l, quote(a.text))
		} else {
			var quick []string
			for _, q := range a.quick {
				quick = append(quick, quote(q))
			}
			fmt.Fprintf(b, "          %s: {text: %s, quick: [%s]}\n", l, quote(a.text), strings.Join(quick, ", "))
		}
		if a.note != "" {
			note = ": " + strings.TrimSuffix(a.note, ".")
		}
	}
	b.WriteString("      - end: true\n")
	p.took("intent", in.name, in.id, in.at, came+"says the answer of "+in.answers[p.langs[0]].at.String()+note)
}

// comment keeps a text on one line of YAML.
func comment(s string) string { return cell(s) }

// quote writes a YAML text between double quotes, what cannot be seen in it as spaces.
func quote(s string) string {
	return strictyaml.Quote(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\ufeff' || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s))
}
