package flows

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"
)

var (
	typeFloat  = types.Float64
	statusCode = regexp.MustCompile(`^[1-5][0-9][0-9]$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

func cloneEnv(env types.Map) types.Map {
	out := types.Map{}
	for k, v := range env {
		out[k] = v
	}
	return out
}

// secretName returns the NAME of "secret:NAME".
func secretName(s string) (string, bool) { return strings.CutPrefix(s, "secret:") }

// http reads one HTTP action. Its outcomes "error" and "timeout" must have a route: a far
// system that is down is the commonest failure there is.
func (c *compiler) http(t *tree, s *step, id, next string) {
	h := &httpStep{method: "GET", timeout: 3 * time.Second, outcomes: map[string]string{}}
	s.http = h
	h.name = c.str(t.get("http"), "http")
	c.name(t.get("http").at, "http", h.name)
	if v := t.get("method"); v != nil {
		h.method = c.oneOf(v, "method", "GET", "POST", "PUT", "PATCH", "DELETE")
	}
	if v := t.get("url"); v != nil {
		h.url = c.template(v, "url", nil)
		c.checkURL(v, h.url)
	} else {
		c.add(t.at, "http %q has no url", h.name)
	}
	c.each(t.get("headers"), "headers", func(k string, at place, v *tree) {
		if !headerName.MatchString(k) {
			c.add(at, "%q is not the name of a header", k)
		}
		h.headers = append(h.headers, header{k, c.template(v, "header "+k, nil)})
	})
	if v := t.get("sign"); v != nil {
		name, ok := secretName(c.str(v, "sign"))
		switch {
		case !ok || name == "":
			c.add(v.at, "sign is no secret; write sign: \"secret:NAME\"")
		case h.method == "GET":
			c.add(t.keyPlace("sign"), "a GET is not signed, for it carries nothing; write method: POST")
		default:
			h.sign = name
		}
	}
	if v := t.get("body"); v != nil {
		if h.method == "GET" {
			c.add(t.keyPlace("body"), "a GET carries no body; write method: POST")
		}
		h.body = c.body(v)
	}
	if v := t.get("timeout"); v != nil {
		h.timeout = c.duration(v, "timeout", 100*time.Millisecond, 30*time.Second)
	}
	if v := t.get("retry"); v != nil {
		h.retry = c.int(v, "retry", 0, 3)
	}
	if v := t.get("wait_say"); v != nil {
		h.wait = c.phrase(v, "wait_say", nil)
	}
	c.each(t.get("save"), "save", func(k string, at place, v *tree) {
		c.name(at, "save", k)
		if contains(engineNames, k) || k == "conf" || k == "vars" {
			c.add(at, "save: %q has the name of a value of the engine; choose another", k)
		}
		c.bot.saved[k] = true
		src, idx := c.str(v, "save"), len(h.save)
		h.save = append(h.save, saved{name: k})
		x, err := compileCondition(src, "any", types.Map{"body": types.Any, "status": types.Int}, c.opt.Limits)
		if err != nil {
			c.add(v.at, "save: %v; a value is read out of body or status, as in body.status", err)
			return
		}
		h.save[idx].from = x
	})
	c.outcomes(t, s, id, next)
}

func (c *compiler) outcomes(t *tree, s *step, id, next string) {
	h := s.http
	spec, known := c.action("http")
	if !known {
		c.add(t.keyPlace("http"), "this host runs no action called http; it has %s", strings.Join(c.actionNames(), ", "))
		return
	}
	h.outcomes["ok"] = next
	c.each(t.get("outcomes"), "outcomes", func(k string, at place, v *tree) {
		if !contains(spec.Outcomes, k) && !statusCode.MatchString(k) {
			c.add(at, "http does not end in %q; it ends in ok, timeout, error or a status such as \"404\"%s", k, didYouMean(k, spec.Outcomes))
			return
		}
		if n, err := strconv.Atoi(k); err == nil && n >= 200 && n < 300 {
			c.add(at, "a status %d ends in ok; write ok", n)
		}
		h.outcomes[k] = c.block(v, id+":"+k, next)
	})
	for _, must := range spec.Outcomes {
		if _, ok := h.outcomes[must]; !ok {
			c.add(t.keyPlace("http"), "http %q may end in %q, which has no route; add one under outcomes:", h.name, must)
		}
	}
}

// action finds what the host said of an action.
func (l *loader) action(name string) (Spec, bool) {
	if l.opt.Actions == nil && name == HTTPSpec.Name {
		return HTTPSpec, true
	}
	for _, s := range l.opt.Actions {
		if s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}

func (l *loader) actionNames() []string {
	names := []string{}
	for _, s := range l.opt.Actions {
		names = append(names, s.Name)
	}
	return names
}

// checkURL proves what can be proven of a URL with values in it.
func (c *compiler) checkURL(v *tree, tp *template) {
	if v.shape != isScalar {
		return
	}
	c.later = append(c.later, func() {
		var b strings.Builder
		for _, p := range tp.parts {
			if name, ok := strings.CutPrefix(p.name, "vars."); ok {
				b.WriteString(c.bot.vars[name])
			} else if p.name != "" {
				b.WriteString("x")
			} else {
				b.WriteString(p.lit)
			}
		}
		u, err := url.Parse(b.String())
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			c.add(v.at, "url must begin with http:// or https:// and a host; with vars put in it reads %q", b.String())
			return
		}
		if first := tp.parts; len(first) > 0 && first[0].name != "" && !strings.HasPrefix(first[0].name, "vars.") {
			c.add(v.at, "url must not begin with something a caller said")
		}
	})
}

// body reads a JSON document whose strings are templates.
func (c *compiler) body(t *tree) *bodyNode {
	n := &bodyNode{}
	switch t.shape {
	case isScalar:
		switch {
		case t.quoted:
			n.text = c.template(t, "body", nil)
		case t.text == "true" || t.text == "false":
			n.value = t.text == "true"
		default:
			f, err := strconv.ParseFloat(t.text, 64)
			if err != nil {
				c.add(t.at, "body: %q is not a JSON value; put it in quotes", t.text)
			}
			n.value = f
		}
	case isMap:
		for i, k := range t.keys {
			n.keys = append(n.keys, k)
			n.fields = append(n.fields, c.body(t.items[i]))
		}
		if n.keys == nil {
			n.keys = []string{}
		}
	case isList:
		n.list = true
		for _, it := range t.items {
			n.fields = append(n.fields, c.body(it))
		}
	}
	return n
}

// json builds the document with the values of sc.
func (n *bodyNode) json(sc scope) any {
	switch {
	case n.text != nil:
		s, _ := n.text.raw(sc, false)
		return s
	case n.list:
		out := make([]any, len(n.fields))
		for i, f := range n.fields {
			out[i] = f.json(sc)
		}
		return out
	case n.keys != nil:
		out := map[string]any{}
		for i, k := range n.keys {
			out[k] = n.fields[i].json(sc)
		}
		return out
	}
	return n.value
}

// promptID is "flow/step", with what was said of it when that is not its main phrase.
func promptID(flow, id, what string) string {
	id, _, _ = strings.Cut(id, "+")
	if what == "" {
		return fmt.Sprintf("%s/%s", flow, id)
	}
	return fmt.Sprintf("%s/%s#%s", flow, id, what)
}
