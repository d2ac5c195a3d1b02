package importer

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"decroche/internal/langtag"
)

// cxBuiltin are system entities that have a type of their own here.
// https://cloud.google.com/dialogflow/cx/docs/reference/system-entities
var cxBuiltin = map[string]string{
	"sys.date": "date", "sys.date-time": "date", "sys.date-period": "date", "sys.time": "time",
	"sys.number": "number", "sys.number-integer": "number", "sys.cardinal": "number", "sys.ordinal": "number",
	"sys.number-sequence": "digits", "sys.unit-currency": "amount", "sys.currency-name": "amount",
	"sys.phone-number": "phone", "sys.email": "email", "sys.any": "text", "sys.address": "text", "sys.street-address": "text",
}

// cxReader reads the JSON package of an agent, as it is exported or kept in a repository
// (https://cloud.google.com/dialogflow/cx/docs/reference/json-export).
type cxReader struct {
	*project
	src       *source
	docs      map[string]*node
	kinds     map[string]string // intent/parameter -> entity type
	pages     map[string]string // display name within a flow -> file
	startFlow string
	otherLang map[string]int // language that is not ours -> phrases
}

func (p *project) readCX(src *source) error {
	r := &cxReader{project: p, src: src, docs: map[string]*node{}, kinds: map[string]string{}, pages: map[string]string{}, otherLang: map[string]int{}}
	if src.files["agent.json"] == nil {
		if slices.ContainsFunc(src.names(), func(n string) bool { return strings.Contains(n, "_usersays_") }) {
			return errors.New("this is an export of Dialogflow ES, not CX; migrate the agent to CX, export it there and import that")
		}
		return errors.New("there is no agent.json: this is not the JSON package of a Dialogflow CX agent; export it as JSON, not as blob")
	}
	for _, name := range src.names() {
		if path.Ext(name) != ".json" || !r.reads(name) {
			continue
		}
		doc, err := parseJSON(name, src.files[name])
		if err != nil {
			return err
		}
		r.docs[name] = doc
	}
	agent := r.docs["agent.json"]
	if slices.ContainsFunc(src.names(), func(n string) bool { return strings.Contains(n, "_usersays_") }) {
		return errors.New("this is an export of Dialogflow ES, not CX; migrate the agent to CX, export it there and import that")
	}
	if agent.str("defaultLanguageCode") == "" && agent.str("displayName") == "" {
		return problem("agent.json", 1, "has neither displayName nor defaultLanguageCode; this is not the JSON package of a Dialogflow CX agent")
	}
	if n := agent.str("displayName"); n != "" && p.opt.Name == "" {
		p.name = n
	}
	p.zone, r.startFlow = agent.str("timeZone"), agent.str("startFlow")
	if l := langtag.Base(agent.str("defaultLanguageCode")); slices.Contains(languages, l) {
		p.lang = l
	}
	r.entityTypes()
	r.readIntents()
	r.routes()
	r.rest()
	return nil
}

// reads tells whether a file is looked into; the others are reported by their names alone.
func (r *cxReader) reads(name string) bool {
	dir, _, nested := strings.Cut(name, "/")
	return name == "agent.json" || nested && (dir == "intents" || dir == "entityTypes" || dir == "flows")
}

// byLanguage lists the files of a folder by their language: "fr" before "fr-ca", ours only.
func (r *cxReader) byLanguage(dir string) (files []string) {
	for _, name := range r.src.names() {
		if path.Dir(name) == dir && r.docs[name] != nil {
			files = append(files, name)
		}
	}
	slices.SortStableFunc(files, func(a, b string) int { return len(a) - len(b) })
	return files
}

func langOf(file string) string { return langtag.Base(strings.TrimSuffix(path.Base(file), ".json")) }

// folders lists the folders below one, "intents/Greeting" with its own file's place.
func (r *cxReader) folders(top string) (out []string) {
	for _, name := range r.src.names() {
		if parts := strings.Split(name, "/"); len(parts) > 2 && parts[0] == top && !slices.Contains(out, top+"/"+parts[1]) {
			out = append(out, top+"/"+parts[1])
		}
	}
	return out
}

// head is the file that a folder is named after.
func (r *cxReader) head(dir string) (*node, where) {
	file := dir + "/" + path.Base(dir) + ".json"
	if r.docs[file] == nil {
		return nil, where{file: dir}
	}
	return r.docs[file], where{file, 1}
}

func (r *cxReader) entityTypes() {
	for _, dir := range r.folders("entityTypes") {
		head, at := r.head(dir)
		name := head.str("displayName")
		if name == "" {
			name = path.Base(dir)
		}
		if strings.HasPrefix(name, "sys.") {
			r.leave("entity", name, at, "it extends a system entity; make a list of the additions")
			continue
		}
		e := r.entity(name, at)
		kind := head.str("kind")
		for _, file := range r.byLanguage(dir + "/entities") {
			lang := langOf(file)
			for _, v := range r.docs[file].get("entities").elements() {
				r.entityValue(e, kind, lang, v, where{file, v.line})
			}
		}
		if head.str("autoExpansionMode") != "" && kind != "KIND_REGEXP" {
			r.leave("setting", name+".autoExpansionMode", where{at.file, head.get("autoExpansionMode").line}, "values that are not in the list are not taken here")
		}
		for _, file := range r.byLanguage(dir + "/excludedPhrases") {
			for _, v := range r.docs[file].get("excludedPhrases").elements() {
				r.leave("excluded phrase", v.str("value"), where{file, v.line}, "entity %q: there is no like here", name)
			}
		}
	}
}

func (r *cxReader) entityValue(e *entityType, kind, lang string, v *node, at where) {
	if !slices.Contains(languages, lang) {
		r.otherLang[lang]++
		return
	}
	canon := v.str("value")
	var words []string
	for _, s := range v.get("synonyms").elements() {
		words = append(words, s.text)
	}
	if kind == "KIND_REGEXP" {
		if len(words) == 0 {
			words = []string{canon}
		}
		typ, pattern := readable(words[0])
		switch {
		case typ == "" || len(words) > 1 || e.pattern != "" && e.pattern != typ+" "+pattern:
			r.leave("pattern", canon, at, "entity %q: only one pattern, for digits or a spelled code, is read here", e.name)
			if e.pattern == "" {
				e.note = "none of its patterns is for digits or a spelled code, which are all a caller can say"
			}
		default:
			e.pattern = typ + " " + pattern
		}
		return
	}
	for _, w := range append(words, canon) {
		if strings.Contains(w, "@") {
			r.leave("value", canon, at, "entity %q: it is made of other entities", e.name)
			return
		}
	}
	e.add(canon, words...)
}

func (r *cxReader) readIntents() {
	for _, dir := range r.folders("intents") {
		head, at := r.head(dir)
		name := head.str("displayName")
		if name == "" {
			name = path.Base(dir)
		}
		why := general(name)
		switch {
		case head.str("isFallback") == "true":
			why = errors.New("what to do when nothing was understood is the bot's policy here")
		case strings.HasPrefix(head.str("priority"), "-"):
			why = errors.New("it is switched off (a negative priority)")
		}
		if why != nil {
			r.leave("intent", name, at, "%v", why)
			continue
		}
		in := r.intent(name, at)
		for _, par := range head.get("parameters").elements() {
			r.parameter(in, par, where{at.file, par.line})
		}
		for _, file := range r.byLanguage(dir + "/trainingPhrases") {
			lang := langOf(file)
			for _, ph := range r.docs[file].get("trainingPhrases").elements() {
				if !slices.Contains(languages, lang) {
					r.otherLang[lang]++
					continue
				}
				r.addExample(in, lang, r.phrase(in, ph, where{file, ph.line}))
			}
		}
	}
}

// parameter notes the entity of a part of the phrases.
func (r *cxReader) parameter(in *intent, par *node, at where) {
	id, typ := par.str("id"), strings.TrimPrefix(par.str("entityType"), "@")
	r.kinds[in.name+"\x00"+id] = typ
	if ours, ok := cxBuiltin[typ]; ok {
		if e := r.entity(typ, at); e.builtin == "" {
			e.builtin = ours
		}
	} else if strings.HasPrefix(typ, "sys.") {
		r.leave("parameter", id, at, "intent %q: no type here reads @%s; its words stay in the examples", in.name, typ)
	}
	if par.str("isList") == "true" {
		r.leave("setting", id+".isList", where{at.file, par.get("isList").line}, "intent %q: a slot holds one value", in.name)
	}
}

// phrase joins the parts of a training phrase.
func (r *cxReader) phrase(in *intent, ph *node, at where) example {
	e := example{at: at}
	for _, part := range ph.get("parts").elements() {
		s := span{text: unmarked(part.str("text"))}
		if id := part.str("parameterId"); id != "" {
			typ, known := r.kinds[in.name+"\x00"+id]
			switch {
			case !known:
				r.leave("mark", s.text, where{at.file, part.line}, "intent %q has no parameter %q", in.name, id)
			case cxBuiltin[typ] != "" || !strings.HasPrefix(typ, "sys."):
				s.entity = typ
			}
		}
		e.spans = append(e.spans, s)
	}
	return e
}

// rest lists the files that are read by name only, and the languages that are not ours.
func (r *cxReader) rest() {
	what := map[string]string{
		"webhooks": "webhook", "testCases": "test case", "generators": "generator", "playbooks": "playbook", "tools": "tool",
		"agentTransitionRouteGroups": "route group", "customMetrics": "metric", "examples": "example", "experiments": "experiment", "environments": "environment",
	}
	why := map[string]string{
		"webhook": "an http step asks the same system", "test case": "write it as a golden conversation", "generator": "no text is made up here",
		"playbook": "no text is made up here", "tool": "an http step asks the same system", "route group": "its routes are flows here",
	}
	for _, name := range r.src.names() {
		dir, _, nested := strings.Cut(name, "/")
		if r.reads(name) || path.Ext(name) != ".json" {
			continue
		}
		kind := "file"
		if k := what[dir]; nested && k != "" {
			kind = k
		}
		if text := why[kind]; text != "" {
			r.leave(kind, strings.TrimSuffix(path.Base(name), ".json"), where{file: name}, "%s", text)
		} else {
			r.leave(kind, path.Base(name), where{file: name}, "it is not read")
		}
	}
	langs := make([]string, 0, len(r.otherLang))
	for l := range r.otherLang {
		langs = append(langs, l)
	}
	slices.Sort(langs)
	for _, l := range langs {
		r.leave("language", l, where{}, "French and English are understood here; %d of its phrases and values are not read", r.otherLang[l])
	}
	agent := r.docs["agent.json"]
	for i, k := range agent.keys {
		if n := agent.items[i]; len(n.items) > 0 && k != "supportedLanguageCodes" && k != "supportedLanguages" {
			r.leave("setting", k, where{"agent.json", n.line}, "the gateway's configuration has its own")
		}
	}
}

// countOf writes "3 routes".
func countOf(n int, word string) string { return fmt.Sprintf("%d %s", n, plural(word, n)) }
