package importer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"decroche/internal/langtag"
)

// routes finds what the agent says to each intent: the first route without a condition that
// answers it, in the start flow first.
func (r *cxReader) routes() {
	dirs := r.folders("flows")
	slices.SortStableFunc(dirs, func(a, b string) int { return r.early(b) - r.early(a) })
	for _, dir := range dirs {
		head, at := r.head(dir)
		pages := r.pagesOf(dir)
		conditional := 0
		for _, route := range head.get("transitionRoutes").elements() {
			name := route.str("intent")
			if name == "" {
				conditional++
				continue
			}
			r.route(name, route, where{at.file, route.line}, pages)
		}
		var parts []string
		for _, c := range []struct {
			n    int
			word string
		}{{conditional, "route by a condition"}, {len(head.get("eventHandlers").elements()), "event handler"}, {len(head.get("transitionRouteGroups").elements()), "route group"}} {
			if c.n > 0 {
				word := c.word
				if c.n > 1 {
					word = strings.Replace(word, "route by", "routes by", 1)
					if word == c.word {
						word += "s"
					}
				}
				parts = append(parts, fmt.Sprintf("%d %s", c.n, word))
			}
		}
		if len(parts) > 0 {
			r.leave("flow", path.Base(dir), at, "%s: what happens there is a flow's steps, or the bot's policy, here", strings.Join(parts, ", "))
		}
		for _, file := range sortedValues(pages) {
			page := r.docs[file]
			r.leave("page", page.str("displayName"), where{file, 1}, "%s, %s: write it as steps of a flow",
				countOf(len(page.get("form").get("parameters").elements()), "question"), countOf(len(page.get("transitionRoutes").elements()), "route"))
		}
		for _, name := range r.src.names() {
			if strings.HasPrefix(name, dir+"/transitionRouteGroups/") {
				r.leave("route group", strings.TrimSuffix(path.Base(name), ".json"), where{file: name}, "its routes are flows here")
			}
		}
	}
}

// early ranks the flow that a conversation begins in before the others.
func (r *cxReader) early(dir string) int {
	switch path.Base(dir) {
	case r.startFlow:
		return 2
	case "Default Start Flow":
		return 1
	}
	return 0
}

// pagesOf maps the pages of a flow to their files.
func (r *cxReader) pagesOf(dir string) map[string]string {
	out := map[string]string{}
	for _, name := range r.src.names() {
		if path.Dir(name) == dir+"/pages" && r.docs[name] != nil {
			display := r.docs[name].str("displayName")
			if display == "" {
				display = strings.TrimSuffix(path.Base(name), ".json")
			}
			out[display] = name
		}
	}
	return out
}

func sortedValues(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// route takes the answer of one route to its intent.
func (r *cxReader) route(name string, route *node, at where, pages map[string]string) {
	i := slices.IndexFunc(r.intents, func(in *intent) bool { return in.name == name })
	if i < 0 {
		if general(name) == nil {
			r.leave("route", name, at, "no intent of that name was imported")
		}
		return
	}
	in := r.intents[i]
	if len(in.answers) > 0 || in.person != "" {
		r.leave("route", name, at, "the intent has an answer already")
		return
	}
	if c := route.str("condition"); c != "" && c != "true" {
		r.leave("route", name, at, "it has the condition %s; a switch step asks the same", c)
		return
	}
	said := r.fulfillment(in, route.get("triggerFulfillment"), at)
	target := route.str("targetPage")
	if file, ok := pages[target]; ok {
		page := r.docs[file]
		if len(page.get("form").get("parameters").elements()) == 0 && len(page.get("transitionRoutes").elements()) == 0 {
			said = r.fulfillment(in, page.get("entryFulfillment"), where{file, page.get("entryFulfillment").lineOr(1)}) || said
		} else {
			in.person = fmt.Sprintf("it goes on with the questions of page %q", target)
		}
	} else if target != "" && !strings.HasPrefix(target, "END_") {
		in.person = fmt.Sprintf("it goes on with page %q", target)
	}
	if f := route.str("targetFlow"); f != "" {
		in.person = fmt.Sprintf("it goes on with flow %q", f)
	}
	if !said && in.person == "" {
		in.person = "its route says nothing"
	}
}

func (n *node) lineOr(line int) int {
	if n == nil {
		return line
	}
	return n.line
}

// fulfillment reads the messages of a route or a page; it tells whether there were any to say.
func (r *cxReader) fulfillment(in *intent, f *node, at where) (said bool) {
	if f.get("webhook") != nil || f.str("tag") != "" {
		in.person = "it calls a webhook; an http step asks the same system"
	}
	for _, key := range []string{"setParameterActions", "conditionalCases", "generators"} {
		if f.get(key) != nil {
			r.leave("setting", key, where{at.file, f.get(key).line}, "intent %q: write it as steps", in.name)
		}
	}
	for _, m := range f.get("messages").elements() {
		here := where{at.file, m.line}
		switch {
		case m.get("liveAgentHandoff") != nil || m.get("telephonyTransferCall") != nil:
			in.person = "it hands over to a person there, too"
		case m.get("text") != nil:
			said = r.say(in, m, here) || said
		case m.get("payload") != nil:
			r.leave("payload", in.name, here, "cards and buttons of one channel; write quick replies")
		default:
			r.leave("message", in.name, here, "%s has no like here", strings.Join(m.keys, ", "))
		}
	}
	return said
}

// say takes the first wording of a text message.
func (r *cxReader) say(in *intent, m *node, at where) bool {
	lang := langtag.Base(m.str("languageCode"))
	if lang == "" {
		lang = r.lang
	}
	texts := m.get("text").get("text").elements()
	if !slices.Contains(languages, lang) || len(texts) == 0 {
		return false
	}
	if strings.Contains(m.str("languageCode"), "-") && in.answers[lang] != nil {
		return true // "fr-ca" beside "fr"
	}
	if why := usable(texts[0].text, "$session.", "$page.", "$flow.", "$sys.", "$request."); why != "" {
		in.person = fmt.Sprintf("its answer (%s) cannot be said: %s", at, why)
		return true
	}
	if m.str("channel") != "" {
		r.leave("message", in.name, at, "it is for the channel %q only", m.str("channel"))
		return false
	}
	a := in.answers[lang]
	if a == nil {
		a = &answer{at: at}
		in.answers[lang] = a
	}
	a.text = strings.TrimSpace(a.text + " " + clean(texts[0].text))
	if len(texts) > 1 {
		a.note = fmt.Sprintf("the first of %d wordings; a caller who asks twice should hear the same", len(texts))
	}
	return true
}
