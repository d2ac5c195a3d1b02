package importer

import (
	"fmt"
	"slices"
	"strings"
)

func (p *project) addSynonym(said, canon string) {
	if p.synonymOf == nil {
		p.synonymOf = map[string]string{}
	}
	p.synonymOf[strings.ToLower(clean(said))] = clean(canon)
}

// synonym is the value that a word stands for, "" when no synonym names it.
func (p *project) synonym(said string) string { return p.synonymOf[strings.ToLower(clean(said))] }

// domain reads intents, entities and responses, and lists the rest.
func (r *rasaReader) domain(file string, doc *node) bool {
	known := false
	for _, key := range []string{"intents", "entities", "responses", "slots", "forms", "actions"} {
		known = known || doc.get(key) != nil
	}
	for _, n := range doc.get("intents").elements() {
		if name := nameOf(n); name != "" && general(name) == nil {
			if len(r.intent(name, where{file, n.line}).examples) == 0 {
				r.declared[name] = true
			}
		}
	}
	for _, n := range doc.get("entities").elements() {
		name := nameOf(n)
		if name == "" {
			continue
		}
		r.entity(name, where{file, n.line}).builtin = rasaBuiltin[name]
		if opt := n.get(name); opt != nil {
			for _, k := range opt.keys {
				r.leave(strings.TrimSuffix(k, "s"), name, where{file, opt.get(k).line}, "an entity has none here: let two slots collect it")
			}
		}
	}
	if res := doc.get("responses"); res != nil {
		for i, name := range res.keys {
			if r.responses[name] != nil {
				r.leave("response", name, where{file, res.items[i].line}, "%s has it already", r.places[name])
				continue
			}
			r.responses[name], r.places[name] = res.items[i], where{file, res.items[i].line}
		}
	}
	r.rest(file, doc)
	return known
}

// nameOf is the name of a list's item: bare, or the key of a map with options.
func nameOf(n *node) string {
	if n.scalar {
		return n.text
	}
	if len(n.keys) > 0 {
		return n.keys[0]
	}
	return ""
}

// rest lists what a domain holds that has another form here.
func (r *rasaReader) rest(file string, doc *node) {
	each := func(key, kind, why string) {
		n := doc.get(key)
		if n == nil {
			return
		}
		for i, k := range n.keys {
			r.leave(kind, k, where{file, n.items[i].line}, "%s", why)
		}
		for _, e := range n.elements() {
			if name := nameOf(e); !strings.HasPrefix(name, "utter_") {
				r.leave(kind, name, where{file, e.line}, "%s", why)
			}
		}
	}
	each("slots", "slot", "a collect step makes a slot here")
	each("forms", "form", "write it as collect steps, one for each slot")
	each("actions", "action", "it is code; an http step asks the same system")
	each("e2e_actions", "action", "it is code; an http step asks the same system")
	if n := doc.get("session_config"); n != nil {
		r.leave("setting", "session_config", where{file, n.line}, "conversations have their own policy here")
	}
}

// rules finds the answer of an intent in rules, and in stories that are as short as one.
func (r *rasaReader) rules(file string, doc *node) bool {
	for _, kind := range []string{"rule", "story"} {
		key := map[string]string{"rule": "rules", "story": "stories"}[kind]
		for _, item := range doc.get(key).elements() {
			at := where{file, item.line}
			name := item.str(kind)
			intent, says, why := r.steps(item)
			switch {
			case why != "":
				r.leave(kind, name, at, "%s", why)
			case r.actions[intent] != nil:
				r.leave(kind, name, at, "intent %q has an answer already", intent)
			default:
				r.actions[intent] = says
				r.took(kind, name, "", at, fmt.Sprintf("the answer to intent %q", intent))
			}
		}
	}
	return false
}

// steps tells which intent a rule answers with which responses, or why it is more than that.
func (r *rasaReader) steps(item *node) (intent string, says []string, why string) {
	if item.get("condition") != nil {
		return "", nil, "it has a condition; a switch step asks the same"
	}
	for _, s := range item.get("steps").elements() {
		switch {
		case s.str("intent") != "" && intent == "":
			intent = s.str("intent")
			if s.get("entities") != nil {
				return "", nil, "it depends on entities; write it as a flow"
			}
		case s.str("intent") != "" || s.get("user") != nil || s.get("or") != nil:
			return "", nil, "it goes on with what the caller says next; write it as a flow"
		case strings.HasPrefix(s.str("action"), "utter_") && intent != "":
			says = append(says, s.str("action"))
		case s.str("action") == "action_listen" || s.str("checkpoint") != "":
		case s.str("action") != "":
			return "", nil, fmt.Sprintf("it runs %s, which is code; write it as a flow", s.str("action"))
		default:
			return "", nil, fmt.Sprintf("its step %q has no like here; write it as a flow", strings.Join(s.keys, ", "))
		}
	}
	if intent == "" || len(says) == 0 {
		return "", nil, "it does not answer an intent"
	}
	return intent, says, ""
}

// answers gives each intent what the other bot said to it: by a rule, else by the response that
// has its name.
func (r *rasaReader) answers() {
	lang := r.language()
	for _, in := range r.intents {
		says := r.actions[in.name]
		if says == nil {
			parent, _, _ := strings.Cut(in.name, "/")
			for _, name := range []string{"utter_" + in.name, "utter_" + parent} {
				if r.responses[name] != nil {
					says = []string{name}
					break
				}
			}
		} else if len(says) == 1 && r.responses[says[0]] == nil { // a retrieval intent
			says = []string{"utter_" + in.name}
		}
		a := &answer{}
		for _, name := range says {
			one, why := r.response(name)
			if why != "" {
				in.person = fmt.Sprintf("its answer %s cannot be said: %s", name, why)
				a = nil
				break
			}
			a.text = strings.TrimSpace(a.text + " " + one.text)
			a.quick = append(a.quick, one.quick...)
			a.note = strings.TrimSpace(a.note + " " + one.note)
			if a.at.file == "" {
				a.at = one.at
			}
		}
		if a != nil && a.text != "" {
			in.answers[lang] = a
		}
	}
	names := make([]string, 0, len(r.responses))
	for n := range r.responses {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := r.places[a], r.places[b]
		if x.file != y.file {
			return strings.Compare(x.file, y.file)
		}
		return x.line - y.line
	})
	for _, n := range names {
		if !r.used[n] {
			r.leave("response", n, r.places[n], "no intent is answered with it")
		}
	}
}

// response reads the first wording of a response that is for every channel.
func (r *rasaReader) response(name string) (a answer, why string) {
	n := r.responses[name]
	if n == nil {
		return a, "the domain does not have it"
	}
	r.used[name] = true
	a.at = r.places[name]
	others := 0
	for _, v := range n.elements() {
		for _, key := range []string{"image", "attachment", "custom", "elements"} {
			if v.get(key) != nil {
				r.leave(key, name, where{a.at.file, v.get(key).line}, "it cannot be said")
			}
		}
		if v.str("text") == "" {
			continue
		}
		if v.get("channel") != nil || v.get("condition") != nil {
			r.leave("wording", name, where{a.at.file, v.line}, "it is for one channel or under a condition; a switch step asks the same")
			continue
		}
		if a.text != "" {
			others++
			continue
		}
		a.text = clean(v.str("text"))
		if why = usable(v.str("text"), "{"); why != "" {
			return a, why
		}
		for _, b := range v.get("buttons").elements() {
			if t := clean(b.str("title")); t != "" && usable(t) == "" {
				a.quick = append(a.quick, t)
			}
		}
	}
	if a.text == "" {
		return a, "it has no text"
	}
	if others > 0 {
		a.note = fmt.Sprintf("the first of %d wordings; a caller who asks twice should hear the same.", others+1)
	}
	return a, ""
}
