package flows

import (
	"fmt"
	"strings"

	"decroche/flows/schema"
)

// compiler turns the written steps of one flow into its graph.
type compiler struct {
	*loader
	flow *flow
}

// primaries are the keys of which a step has at most one; stepKeys says which keys go with
// each, and with none.
var (
	primaries = schema.Primaries()
	stepKeys  = func() map[string][]string {
		out := map[string][]string{"": schema.StepKeys("")}
		for _, p := range primaries {
			out[p] = schema.StepKeys(p)
		}
		return out
	}()
)

// sequence compiles a list of steps, the last of which leads to after, and returns the
// first one's ID.
func (c *compiler) sequence(t *tree, prefix, after string) string {
	ids := make([]string, len(t.items))
	for i, it := range t.items {
		ids[i] = c.idOf(it, prefix, i)
	}
	next := after
	for i := len(t.items) - 1; i >= 0; i-- {
		next = c.step(t.items[i], ids[i], next)
	}
	return next
}

// idOf is the written id, the name of what is collected or called, or a numbered kind.
func (c *compiler) idOf(t *tree, prefix string, i int) string {
	if v := t.get("id"); v != nil && v.shape == isScalar {
		c.name(v.at, "id", v.text)
		return v.text
	}
	kind := "say"
	for _, p := range primaries {
		if v := t.get(p); v != nil {
			kind = p
			if (p == "collect" || p == "http") && v.shape == isScalar {
				return prefix + v.text
			}
			break
		}
	}
	return fmt.Sprintf("%s%s_%d", prefix, kind, i+1)
}

// block compiles what stands behind an outcome, a branch or an answer: a name to go to, one
// step, or a list of steps. extra are keys the caller has read itself.
func (c *compiler) block(t *tree, id, after string, extra ...string) string {
	switch t.shape {
	case isScalar:
		s := c.put(&step{id: id, kind: kindGoto, at: t.at, gotoName: t.text})
		return s.id
	case isList:
		if len(t.items) == 0 {
			c.add(t.at, "an empty list of steps; remove it or write what happens")
		}
		return c.sequence(t, id+".", after)
	case isMap:
		return c.step(t, id, after, extra...)
	}
	c.add(t.at, "nothing is written here; name a step or flow, or write what happens")
	return after
}

func (c *compiler) put(s *step) *step {
	s.flow = c.flow.name
	if old := c.flow.steps[s.id]; old != nil {
		c.add(s.at, "two steps are called %q (the other on line %d); give one an id of its own", s.id, old.at.line)
		return s
	}
	c.flow.steps[s.id] = s
	c.flow.order = append(c.flow.order, s.id)
	return s
}

// step compiles one written step into a chain and returns the chain's first ID.
func (c *compiler) step(t *tree, id, next string, extra ...string) string {
	if !c.want(t, isMap, "a step") {
		return next
	}
	primary := ""
	for _, p := range primaries {
		if !t.has(p) {
			continue
		}
		if primary != "" {
			c.add(t.keyPlace(p), "a step has one of %s; this one has %s and %s: make two steps", strings.Join(primaries, ", "), primary, p)
			continue
		}
		primary = p
	}
	known := append(append([]string{}, stepKeys[primary]...), extra...)
	if primary == "" {
		known = append(known, primaries...)
	}
	for i, k := range t.keys {
		if !contains(known, k) && !contains(primaries, k) {
			c.add(t.keyAt[i], "unknown key %q in %s%s", k, c.whatIs(primary), didYouMean(k, known))
		}
	}
	return c.chain(t, id, next, primary, extra)
}

func (c *compiler) whatIs(primary string) string {
	if primary == "" {
		return "a step"
	}
	return "a step with " + primary
}

// chain builds max, reset, say, primary, in this order, the first under id itself; behind a collect its fact.
func (c *compiler) chain(t *tree, id, next, primary string, extra []string) string {
	uninter := t.has("interrupt") && !c.boolean(t.get("interrupt"), "interrupt")
	var pieces []*step
	if v := t.get("max"); v != nil && primary == "goto" {
		pieces = append(pieces, &step{kind: kindLimit, at: t.keyPlace("max"), max: c.int(v, "max", 1, 20)})
	}
	if v := t.get("over"); v != nil && !t.has("max") {
		c.add(t.keyPlace("over"), "over says what happens when max is passed; write max as well")
	}
	if v := t.get("reset"); v != nil {
		pieces = append(pieces, &step{kind: kindReset, at: t.keyPlace("reset"), slots: c.strings(v, "reset")})
		c.later = append(c.later, func() { c.knownSlots(v) })
	}
	if v := t.get("recording"); v != nil {
		c.oneOf(v, "recording", "stop")
		pieces = append(pieces, &step{kind: kindUnrecord, at: t.keyPlace("recording")})
	}
	fact := c.phrase(t.get("fact"), "fact", nil)
	behind := fact != nil && primary == string(kindCollect) // it is about what is collected
	if t.has("say") || fact != nil && !behind {
		s := &step{kind: kindSay, at: t.at, uninter: uninter, guard: uninter}
		if v := t.get("say"); v != nil {
			s.at = t.keyPlace("say")
			s.say = c.phrase(v, "say", nil)
		}
		if !behind {
			s.fact = fact
		}
		pieces = append(pieces, s)
	}
	var last *step
	if primary != "" {
		last = &step{kind: stepKind(primary), at: t.keyPlace(primary), uninter: uninter, guard: uninter}
		pieces = append(pieces, last)
	}
	if behind {
		pieces = append(pieces, &step{kind: kindSay, at: t.keyPlace("fact"), fact: fact})
	}
	if len(pieces) == 0 {
		if !contains(extra, "skip") {
			c.add(t.at, "this step does nothing; write one of say, %s", strings.Join(primaries, ", "))
		}
		return next
	}
	for i, s := range pieces {
		s.id = id
		if i > 0 {
			s.id = fmt.Sprintf("%s+%s", id, s.kind)
		}
		if behind && i == len(pieces)-1 {
			s.id = id + "+fact"
		}
		s.next = next
	}
	for i := 0; i+1 < len(pieces); i++ {
		pieces[i].next = pieces[i+1].id
	}
	for _, s := range pieces {
		c.put(s)
	}
	if last != nil {
		c.fill(t, last, id, next)
	}
	if v := t.get("over"); v != nil && pieces[0].kind == kindLimit {
		pieces[0].over = c.block(v, id+":over", next)
	}
	return id
}

func (c *compiler) knownSlots(v *tree) {
	slots := c.slotNames()
	known := make([]string, 0, len(slots))
	for s := range slots {
		known = append(known, s)
	}
	for _, name := range c.strings(v, "reset") {
		if !slots[name] && !c.bot.saved[name] {
			c.add(v.at, "reset names %q, which no step collects%s", name, didYouMean(name, known))
		}
	}
}

// fill reads what belongs to the primary key.
func (c *compiler) fill(t *tree, s *step, id, next string) {
	v := t.get(string(s.kind))
	switch s.kind {
	case kindCollect:
		c.collect(t, s, id, next)
	case kindYesNo:
		c.yesNo(t, s, id, next)
	case kindHTTP:
		c.http(t, s, id, next)
	case kindSwitch:
		c.switches(v, s, id, next)
	case kindTransfer:
		s.handoff = c.handoff(v, "transfer", func(outcome string, v *tree) string {
			return c.block(v, id+":"+outcome, next)
		})
	case kindCallback:
		c.callback(v, s, id, next)
	case kindGoto, kindCall:
		s.gotoName = c.str(v, string(s.kind))
	case kindSurvey:
		s.survey = c.surveyName(v, "survey")
	case kindEnd:
		if v.shape == isMap {
			c.only(v, "end", schema.Keys[schema.EndWith]()...)
			if n := v.get("survey"); n != nil {
				s.survey = c.surveyName(n, "survey")
			}
		} else if v.shape == isScalar && v.text != "true" {
			c.add(v.at, "end must be true or {survey: NAME}, not %q", v.text)
		}
	case kindGoodbye:
		s.outcome = "resolved"
		if v.shape == isMap {
			if o := v.get("outcome"); o != nil {
				s.outcome = c.oneOf(o, "outcome", "resolved", "abandoned", "callback", "failed")
			}
			if n := v.get("survey"); n != nil {
				s.survey = c.surveyName(n, "survey")
			}
			if c.saysSomething(v) || len(v.keys) == 0 {
				s.say = c.phrase(v, "goodbye", schema.Keys[schema.Farewell]())
			} else {
				c.only(v, "goodbye", schema.Keys[schema.Farewell]()...)
			}
		} else if v.shape != isScalar || v.text != "true" {
			c.add(v.at, "goodbye must be true or what is said, per language")
		}
	}
}

// saysSomething reports whether a language is among the keys of t.
func (c *compiler) saysSomething(t *tree) bool {
	for _, lang := range c.langs() {
		if t.has(lang) {
			return true
		}
	}
	return false
}

func (c *compiler) switches(v *tree, s *step, id, next string) {
	if !c.want(v, isList, "switch") {
		return
	}
	otherwise := false
	for i, it := range v.items {
		if !c.want(it, isMap, "a branch of switch") {
			continue
		}
		bid := fmt.Sprintf("%s:%d", id, i+1)
		if otherwise {
			c.add(it.at, "this branch is never reached: else comes last")
		}
		switch {
		case it.has("else"):
			otherwise = true
			c.only(it, "else", "else")
			s.branches = append(s.branches, branch{to: c.block(it.get("else"), bid, next)})
		case it.has("if"):
			idx := len(s.branches)
			s.branches = append(s.branches, branch{to: c.block(it, bid, next, "if")})
			c.expression(it.get("if"), "if", false, func(x *condition) { s.branches[idx].when = x })
		default:
			c.add(it.at, "a branch of switch begins with if: or else:")
		}
	}
	if !otherwise {
		s.branches = append(s.branches, branch{to: next})
	}
}

// expression compiles once all names are known.
func (l *loader) expression(t *tree, what string, withConf bool, set func(*condition)) {
	src := l.str(t, what)
	l.later = append(l.later, func() {
		env := l.env
		if withConf {
			env = cloneEnv(env)
			env["conf"] = typeFloat
		}
		wrong := checkTypes(src, l.slots, l.langs())
		for _, w := range wrong {
			l.add(t.at, "%s: %s", what, w)
		}
		x, err := compileCondition(src, "bool", env, l.opt.Limits)
		if err != nil {
			if !l.spoilt && len(wrong) == 0 {
				l.add(t.at, "%s: %v", what, err)
			}
			return
		}
		for _, name := range x.names() {
			l.exprNames[name] = true
		}
		if x.loose() {
			l.warn(t.at, "%s: %q is true or false only when the far system says so, and an error otherwise; write %s == true", what, src, src)
		}
		set(x)
	})
}
