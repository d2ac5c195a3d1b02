package flows

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"decroche/flows/entity"
	"decroche/flows/schema"
)

// readFlows reads flows/*.yaml: all entities first, so that files may come in any order.
func (l *loader) readFlows() {
	for _, t := range l.flowFiles {
		if !l.want(t, isMap, "a file of flows") {
			continue
		}
		l.only(t, "a file of flows", schema.Keys[schema.FlowFile]()...)
		l.readEntities(t.get("entities"))
	}
	for _, t := range l.flowFiles {
		l.each(t.get("flows"), "flows", func(name string, at place, v *tree) {
			l.name(at, "flow", name)
			if first := l.bot.flows[name]; first != nil {
				l.add(at, "flow %q is also in %s:%d; keep one", name, first.at.file, first.at.line)
				return
			}
			l.readFlow(name, at, v)
		})
	}
	if len(l.bot.flows) == 0 && !l.spoilt {
		l.add(place{file: "flows"}, "no flow; a bot needs at least one: flows: {my_flow: {start: [my_intent], steps: [...]}}")
	}
}

func (l *loader) readFlow(name string, at place, v *tree) {
	f := &flow{name: name, at: at, steps: map[string]*step{}}
	l.bot.flows[name] = f
	l.bot.flowNames = append(l.bot.flowNames, name)
	what := fmt.Sprintf("flow %q", name)
	if !l.want(v, isMap, what) {
		return
	}
	l.only(v, what, schema.Keys[schema.Flow]()...)
	if s := v.get("start"); s != nil {
		for _, in := range l.strings(s, "start") {
			f.start = append(f.start, in)
			l.later = append(l.later, func() { l.claim(f, in, s.at) })
		}
	}
	if tt := v.get("title"); tt != nil {
		f.title = l.byLang(tt, "title")
	}
	f.back = l.phrase(v.get("back"), "back", nil)
	f.skills = l.skills(v.get("skills"))
	steps := v.get("steps")
	if steps == nil {
		l.add(at, "%s has no steps", what)
		return
	}
	if !l.want(steps, isList, "steps") {
		return
	}
	if len(steps.items) == 0 {
		l.add(steps.at, "%s has no steps", what)
		return
	}
	c := &compiler{loader: l, flow: f}
	f.first = c.sequence(steps, "", "")
	sort.SliceStable(f.order, func(i, j int) bool {
		a, b := f.steps[f.order[i]], f.steps[f.order[j]]
		if a.at.line != b.at.line {
			return a.at.line < b.at.line
		}
		return a.at.col < b.at.col
	})
}

// claim ties an intent to the flow that answers it.
func (l *loader) claim(f *flow, name string, at place) {
	in := l.bot.intent(name)
	switch {
	case in == nil && !l.spoilt:
		l.add(at, "start names %q, which is not an intent%s", name, didYouMean(name, l.intentNames()))
	case in == nil:
	case in.flow == "":
		in.flow = f.name
	case in.flow != f.name:
		l.add(at, "intent %q already starts flow %q; an intent starts one flow", name, in.flow)
	}
}

func (l *loader) skills(t *tree) []*template {
	if t == nil {
		return nil
	}
	if t.shape == isScalar {
		return []*template{l.template(t, "skills", nil)}
	}
	var out []*template
	if l.want(t, isList, "skills") {
		for _, it := range t.items {
			out = append(out, l.template(it, "a skill", nil))
		}
	}
	return out
}

// rungs reads then: whom a hand-off asks next.
func (l *loader) rungs(t *tree) (out []rungStep) {
	if t == nil || !l.want(t, isList, "then") {
		return nil
	}
	for _, v := range t.items {
		if !l.want(v, isMap, "a rung of then") {
			continue
		}
		l.only(v, "a rung of then", schema.Keys[schema.TransferRung]()...)
		r := rungStep{skills: l.skills(v.get("skills"))}
		if len(r.skills) == 0 {
			l.add(v.at, "this rung has no skills; write then: [{skills: [\"{{lang}}\"]}]")
		}
		if q := v.get("queue"); q != nil {
			r.queue = l.str(q, "queue")
		}
		out = append(out, r)
	}
	return out
}

// ranking reads {queue, priority, vip, owner} of a hand-off.
func (l *loader) ranking(t *tree, h *handoffStep) {
	if v := t.get("queue"); v != nil {
		if h.queue = l.str(v, "queue"); strings.TrimSpace(h.queue) == "" {
			l.add(v.at, "queue is empty; name one of the gateway's configuration, or remove it")
		}
	}
	if v := t.get("priority"); v != nil {
		if !strings.Contains(v.text, "{{") {
			l.int(v, "priority", 0, 10)
		}
		h.priority = l.template(v, "priority", nil)
	}
	if v := t.get("vip"); v != nil {
		if !strings.Contains(v.text, "{{") {
			l.boolean(v, "vip")
		}
		h.vip = l.template(v, "vip", nil)
	}
	if v := t.get("owner"); v != nil {
		h.owner = l.template(v, "owner", nil)
	}
}

// handoff reads {skills, queue, priority, vip, owner, reason, say, max_wait, outcomes}.
func (l *loader) handoff(t *tree, what string, route func(outcome string, v *tree) string) *handoffStep {
	h := &handoffStep{maxWait: time.Minute, outcomes: map[string]string{}}
	if t.shape == isScalar && t.text == "true" && route != nil {
		return h
	}
	if !l.want(t, isMap, what) {
		return h
	}
	keys := schema.Keys[schema.PolicyTransfer]()
	if route != nil {
		keys = schema.Keys[schema.Transfer]()
	}
	l.only(t, what, keys...)
	h.skills, h.then = l.skills(t.get("skills")), l.rungs(t.get("then"))
	if route == nil && len(h.skills) == 0 {
		l.add(t.at, "%s has no skills; write skills: [\"{{lang}}\"] for anybody who speaks the caller's language", what)
	}
	l.ranking(t, h)
	if v := t.get("reason"); v != nil {
		h.reason = l.str(v, "reason")
		l.name(v.at, "reason", h.reason)
	}
	if v := t.get("summary"); v != nil {
		l.oneOf(v, "summary", "auto")
	}
	h.say = l.phrase(t.get("say"), what+".say", nil)
	if v := t.get("max_wait"); v != nil {
		h.maxWait = l.duration(v, "max_wait", 5*time.Second, time.Hour)
	} else if l.bot.policy.handoff != nil {
		h.maxWait = l.bot.policy.handoff.maxWait
	}
	if route == nil {
		return h
	}
	l.each(t.get("outcomes"), "outcomes", func(k string, at place, v *tree) {
		if !contains(handoffOutcomes, k) {
			l.add(at, "%q is not how a hand-off ends%s", k, didYouMean(k, handoffOutcomes))
			return
		}
		h.outcomes[k] = route(k, v)
	})
	return h
}

// handoffOutcomes are the ways a hand-off comes back to the flow.
var handoffOutcomes = []string{"completed", "refused", "busy", "no_answer", "unreachable", "timeout",
	"caller_left", "agent_left", "cancelled", "error", "unknown", "full", "closed", "nobody"}

func (c *compiler) callback(v *tree, s *step, id, next string) {
	cb := &callbackStep{phone: "caller", confirm: true}
	s.callback = cb
	if v.shape == isScalar && v.text == "true" {
		return
	}
	if !c.want(v, isMap, "callback") {
		return
	}
	c.only(v, "callback", schema.Keys[schema.Callback]()...)
	if x := v.get("phone"); x != nil {
		cb.phone = c.str(x, "phone")
		if cb.phone != "caller" {
			c.later = append(c.later, func() {
				if !c.slotNames()[cb.phone] && !c.spoilt {
					c.add(x.at, "phone must be caller or a slot; %q is neither", cb.phone)
				} else if typ := c.slots[cb.phone].Type; typ != "" && typ != entity.TypePhone && typ != entity.TypeDigits {
					c.add(x.at, "phone: slot %q is %s, which cannot be rung; collect it as {type: phone}", cb.phone, typeWords[typ])
				}
			})
		}
	}
	if x := v.get("window"); x != nil {
		cb.window = c.str(x, "window")
	}
	if x := v.get("reason"); x != nil {
		cb.reason = c.str(x, "reason")
	}
	if x := v.get("confirm"); x != nil {
		cb.confirm = c.boolean(x, "confirm")
	}
	if x := v.get("ask"); x != nil {
		s.say = c.phrase(x, "ask", nil)
		if !cb.confirm {
			c.add(x.at, "callback asks nothing when confirm is false; remove one of the two")
		}
	}
	if x := v.get("else"); x != nil {
		cb.other = c.block(x, id+":else", next)
	}
}
