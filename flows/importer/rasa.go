package importer

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
)

// rasaReader holds what stands in several files of a Rasa project: training data (version 2 and
// 3, https://rasa.com/docs/rasa/training-data-format) and the domain
// (https://rasa.com/docs/rasa/domain).
type rasaReader struct {
	*project
	responses map[string]*node
	places    map[string]where    // of responses
	actions   map[string][]string // intent -> responses, by a rule or a short story
	used      map[string]bool     // responses
	declared  map[string]bool     // intents of the domain
	small     int                 // small words of the examples, French less English
}

// rasaBuiltin are entities that Duckling found there and that have a type of their own here.
var rasaBuiltin = map[string]string{
	"number": "number", "ordinal": "number", "time": "date", "date": "date", "amount-of-money": "amount",
	"amount_of_money": "amount", "phone-number": "phone", "phone_number": "phone", "email": "email",
}

func (p *project) readRasa(src *source) error {
	r := &rasaReader{project: p, responses: map[string]*node{}, places: map[string]where{}, actions: map[string][]string{}, used: map[string]bool{}, declared: map[string]bool{}}
	docs := map[string]*node{}
	names := src.names()
	for _, name := range names {
		switch strings.ToLower(path.Ext(name)) {
		case ".md":
			if base := path.Base(name); strings.Contains(base, "nlu") || strings.Contains(base, "stories") || strings.Contains(base, "lookup") {
				p.leave("file", name, where{file: name}, "training data in Markdown is Rasa 1.x; run rasa data convert, then import again")
			}
			continue
		case ".json":
			if strings.Contains(string(src.files[name][:min(400, len(src.files[name]))]), "rasa_nlu_data") {
				p.leave("file", name, where{file: name}, "training data in JSON is Rasa 1.x; run rasa data convert, then import again")
			}
			continue
		}
		doc, err := parseYAML(name, src.files[name])
		if err != nil {
			return err
		}
		if doc == nil {
			continue
		}
		if err := rasaVersion(name, doc); err != nil {
			return err
		}
		docs[name] = doc
	}
	known := 0
	for _, pass := range []func(string, *node) bool{r.settings, r.synonyms, r.domain, r.nlu, r.rules} {
		for _, name := range names {
			if docs[name] != nil && pass(name, docs[name]) {
				known++
			}
		}
	}
	if known == 0 {
		return errors.New(`there is no Rasa training data: no YAML file with "nlu:", "intents:" or "responses:"`)
	}
	r.strangers(names, docs)
	r.answers()
	return nil
}

// rasaVersion accepts 2.x and 3.x; Rasa takes a file without a version for the newest.
func rasaVersion(file string, doc *node) error {
	v := doc.get("version")
	if v == nil || doc.get("nlu") == nil && doc.get("intents") == nil && doc.get("responses") == nil && doc.get("stories") == nil && doc.get("rules") == nil {
		return nil
	}
	if major, _, _ := strings.Cut(v.text, "."); major != "2" && major != "3" {
		return problem(file, v.line, "version %q of the training data is not known; 2.0 to 3.x are", v.text)
	}
	return nil
}

var rasaKeys = []string{"version", "nlu", "rules", "stories", "intents", "entities", "slots", "responses", "forms", "actions", "session_config", "e2e_actions"}

// strangers reports the files and keys that no pass reads.
func (r *rasaReader) strangers(names []string, docs map[string]*node) {
	for _, name := range names {
		doc := docs[name]
		if doc == nil {
			continue
		}
		ours := slices.ContainsFunc(doc.keys, func(k string) bool { return k != "version" && slices.Contains(rasaKeys, k) })
		switch base := path.Base(name); {
		case ours:
			for i, k := range doc.keys {
				if !slices.Contains(rasaKeys, k) {
					r.leave("key", k, where{name, doc.items[i].line}, "it is not read")
				}
			}
		case base == "config.yml" || base == "config.yaml":
			r.leave("file", name, where{file: name}, "its pipeline and policies: this bot is trained as it loads")
		default:
			r.leave("file", name, where{file: name}, "it holds no training data and no domain")
		}
	}
}

// settings reads the language that config.yml gives.
func (r *rasaReader) settings(file string, doc *node) bool {
	if doc.get("pipeline") != nil || doc.get("language") != nil {
		if l, _, _ := strings.Cut(doc.str("language"), "-"); slices.Contains(languages, l) {
			r.lang = l
		}
	}
	for _, item := range doc.get("nlu").elements() {
		if ex := item.get("examples"); item.str("intent") != "" && ex != nil && ex.scalar {
			r.small += smallWords(ex.text)
		}
	}
	return false
}

// smallWords counts the small words of French, less those of English.
func smallWords(text string) (n int) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "le", "la", "les", "des", "une", "un", "je", "est", "pas", "mon", "ma", "vous", "et", "que", "pour", "du", "de":
			n++
		case "the", "is", "i", "my", "to", "of", "and", "you", "what", "can", "it", "for", "how", "do", "in", "a", "are":
			n--
		}
	}
	return n
}

// language is the one the examples are in. A project has one, and config.yml says which; without
// it their small words do.
func (r *rasaReader) language() string {
	switch {
	case r.opt.Lang != "":
		return r.opt.Lang
	case r.lang != "":
		return r.lang
	case r.small < 0:
		r.lang = "en"
	default:
		r.lang = languages[0]
	}
	return r.lang
}

// synonyms come first, since examples lean on them.
func (r *rasaReader) synonyms(file string, doc *node) bool {
	for _, item := range doc.get("nlu").elements() {
		if name := item.str("synonym"); name != "" {
			ex := item.get("examples")
			if ex == nil || !ex.scalar {
				r.leave("synonym", name, where{file, item.get("synonym").line}, "its examples are no text")
				continue
			}
			n := 0
			listed(ex.text, func(_ int, said string) { r.addSynonym(said, name); n++ })
			r.took("synonym", name, "", where{file, item.get("synonym").line}, fmt.Sprintf("%d other %s for it, where an entity has the value", n, plural("word", n)))
		}
	}
	return false
}

// nlu reads intents, lookup tables and regular expressions.
func (r *rasaReader) nlu(file string, doc *node) bool {
	list := doc.get("nlu")
	if list == nil {
		return false
	}
	for _, item := range list.elements() {
		ex := item.get("examples")
		switch {
		case item.str("intent") != "":
			r.readIntent(file, item, ex)
		case item.str("lookup") != "":
			r.readLookup(item.str("lookup"), where{file, item.get("lookup").line}, ex)
		case item.str("regex") != "":
			r.readRegex(item.str("regex"), where{file, item.get("regex").line}, ex)
		case item.str("synonym") != "":
		default:
			r.leave("item", strings.Join(item.keys, ", "), where{file, item.line}, "it is none of intent, synonym, lookup and regex")
		}
	}
	return true
}

func (r *rasaReader) readIntent(file string, item, ex *node) {
	name := item.str("intent")
	at := where{file, item.get("intent").line}
	if why := general(name); why != nil {
		r.leave("intent", name, at, "%v", why)
		return
	}
	in := r.intent(name, at)
	if in.at.file == "" || r.declared[name] {
		in.at = at
		r.declared[name] = false
	}
	lang := r.language()
	switch {
	case ex == nil:
		return
	case ex.scalar:
		listed(ex.text, func(n int, text string) {
			here := where{file, ex.line}
			if ex.block {
				here.line += 1 + n
			}
			r.addExample(in, lang, r.rasaExample(in, text, here))
		})
	default: // examples: [{text: …, metadata: …}]
		for _, e := range ex.elements() {
			text := e.str("text")
			if e.scalar {
				text = e.text
			}
			here := where{file, e.line}
			for l := range strings.Lines(text) {
				l = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "- "))
				r.addExample(in, lang, r.rasaExample(in, l, here))
			}
			if e.get("metadata") != nil {
				r.leave("metadata", clean(text), where{file, e.get("metadata").line}, "intent %q: notes on an example are not kept", name)
			}
		}
	}
	if m := item.get("metadata"); m != nil {
		r.leave("metadata", name, where{file, m.line}, "notes on an intent are not kept")
	}
}

func (r *rasaReader) readLookup(name string, at where, ex *node) {
	if ex == nil || !ex.scalar {
		r.leave("lookup", name, at, "its examples are no text")
		return
	}
	e := r.entity(name, at)
	e.at, e.builtin = at, ""
	listed(ex.text, func(_ int, v string) {
		canon := r.synonym(v)
		if canon == "" {
			canon = v
		}
		e.add(canon, v)
	})
}

func (r *rasaReader) readRegex(name string, at where, ex *node) {
	var patterns []string
	if ex != nil && ex.scalar {
		listed(ex.text, func(_ int, v string) { patterns = append(patterns, v) })
	}
	known := slices.ContainsFunc(r.entities, func(e *entityType) bool { return e.name == name })
	switch {
	case !known:
		r.leave("regex", name, at, "no entity has its name: it only helped the other classifier")
	case len(patterns) != 1:
		r.leave("regex", name, at, "it has %d patterns; an entity here has one", len(patterns))
	default:
		e := r.entity(name, at)
		typ, pattern := readable(patterns[0])
		if typ == "" {
			r.leave("regex", name, at, "%s is not a pattern for digits or a spelled code, which are all a caller can say", patterns[0])
			return
		}
		e.builtin, e.pattern, e.at = "", typ+" "+pattern, at
	}
}
