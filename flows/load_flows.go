package flows

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"decroche/flows/entity"
)

// readFlows reads flows/*.yaml: all entities first, so that files may come in any order.
func (l *loader) readFlows() {
	for _, t := range l.flowFiles {
		if !l.want(t, isMap, "a file of flows") {
			continue
		}
		l.only(t, "a file of flows", "entities", "flows")
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
	l.only(v, what, "start", "title", "back", "skills", "steps")
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

// compiler turns the written steps of one flow into its graph.
type compiler struct {
	*loader
	flow *flow
}

// primaries are the keys of which a step has at most one.
var primaries = []string{"collect", "ask_yes_no", "http", "switch", "transfer", "callback", "goto", "end", "goodbye"}

// stepKeys says which keys go with which primary key.
var stepKeys = map[string][]string{
	"collect":    {"ask", "listen", "retry", "confirm", "entity", "if_missing", "interrupt"},
	"ask_yes_no": {"if_yes", "if_no", "listen", "retry", "interrupt"},
	"http":       {"method", "url", "headers", "body", "timeout", "retry", "wait_say", "save", "outcomes"},
	"goto":       {"max", "over"},
}

var commonKeys = []string{"id", "say", "fact", "reset", "interrupt"}

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
	known := append(append(append([]string{}, commonKeys...), extra...), stepKeys[primary]...)
	if primary == "" {
		known = append(known, primaries...)
	} else {
		known = append(known, primary)
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

// chain builds max, reset, say, primary, in this order, the first under id itself.
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
	if t.has("say") || t.has("fact") {
		s := &step{kind: kindSay, at: t.at, uninter: uninter}
		if v := t.get("say"); v != nil {
			s.at = t.keyPlace("say")
			s.say = c.phrase(v, "say", nil)
		}
		s.fact = c.phrase(t.get("fact"), "fact", nil)
		pieces = append(pieces, s)
	}
	var last *step
	if primary != "" {
		last = &step{kind: stepKind(primary), at: t.keyPlace(primary), uninter: uninter}
		pieces = append(pieces, last)
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
	case kindGoto:
		s.gotoName = c.str(v, "goto")
	case kindEnd:
		if v.shape == isMap {
			c.only(v, "end")
		} else if v.shape == isScalar && v.text != "true" {
			c.add(v.at, "end must be true or {}, not %q", v.text)
		}
	case kindGoodbye:
		s.outcome = "resolved"
		if v.shape == isMap {
			if o := v.get("outcome"); o != nil {
				s.outcome = c.oneOf(o, "outcome", "resolved", "abandoned", "callback", "failed")
			}
			if len(v.keys) > 1 || !v.has("outcome") {
				s.say = c.phrase(v, "goodbye", []string{"outcome"})
			}
		} else if v.shape != isScalar || v.text != "true" {
			c.add(v.at, "goodbye must be true or what is said, per language")
		}
	}
}

func (c *compiler) collect(t *tree, s *step, id, next string) {
	slot := c.str(t.get("collect"), "collect")
	col := &collectStep{slot: slot}
	s.collect = col
	c.name(t.get("collect").at, "slot", slot)
	if contains(engineNames, slot) || slot == "conf" || slot == "vars" {
		c.add(t.get("collect").at, "slot %q has the name of a value of the engine; choose another", slot)
	}
	c.entityOf(t, s)
	if ask := t.get("ask"); ask != nil {
		s.say = c.phrase(ask, "ask", nil)
	} else {
		c.add(t.at, "collect %q has no ask; write the question: ask: {fr: \"…\"}", slot)
	}
	s.patience = c.bot.policy.patience.word
	if numeric(col.spec.Type) {
		s.patience = c.bot.policy.patience.number
	}
	c.listen(t, s)
	s.retry = c.rungs(t.get("retry"), id, next)
	if v := t.get("confirm"); v != nil {
		c.confirm(v, col)
	}
	if v := t.get("if_missing"); v != nil {
		col.missing = c.block(v, id+":missing", next)
	}
}

// numeric reports whether a value of this type takes a number's patience to say.
func numeric(typ string) bool {
	switch typ {
	case entity.TypeDigits, entity.TypeSpelled, entity.TypePhone, entity.TypeAmount, entity.TypeEmail, entity.TypePostcodeFR, entity.TypeDate:
		return true
	}
	return false
}

func (c *compiler) entityOf(t *tree, s *step) {
	col := s.collect
	v := t.get("entity")
	if v != nil && v.shape == isMap {
		c.only(v, "entity", "type", "length", "pattern", "check", "values", "dtmf", "title")
		col.spec = c.spec(v, "entity")
		col.keys = keyable(col.spec.Type)
		if d := v.get("dtmf"); d != nil {
			col.keys = c.boolean(d, "dtmf")
		}
		col.slotTitles = c.byLang(v.get("title"), "title")
		return
	}
	name, at := col.slot, t.get("collect").at
	if v != nil {
		name, at = c.str(v, "entity"), v.at
	}
	if def := c.bot.entities[name]; def != nil {
		col.spec, col.keys, col.slotTitles = def.spec, def.keys, def.title
		return
	}
	if contains(entity.Types(), name) && name != entity.TypeList {
		col.spec, col.keys = entity.Spec{Type: name}, keyable(name)
		return
	}
	known := append([]string{}, entity.Types()...)
	for n := range c.bot.entities {
		known = append(known, n)
	}
	if !c.spoilt {
		c.add(at, "no entity is called %q; declare it under entities: or write entity: {type: digits, length: 8}%s", name, didYouMean(name, known))
	}
}

func (c *compiler) listen(t *tree, s *step) {
	v := t.get("listen")
	if v == nil || !c.want(v, isMap, "listen") {
		return
	}
	c.only(v, "listen", "timeout", "bargein")
	if x := v.get("timeout"); x != nil {
		s.patience = c.duration(x, "listen.timeout", time.Second, time.Minute)
	}
	if x := v.get("bargein"); x != nil {
		s.uninter = s.uninter || !c.boolean(x, "listen.bargein")
	}
}

func (c *compiler) rungs(t *tree, id, next string) []rung {
	if t == nil || !c.want(t, isList, "retry") {
		return nil
	}
	if len(t.items) > 6 {
		c.add(t.at, "retry has %d rungs; nobody stays for more than 6", len(t.items))
	}
	var out []rung
	for i, it := range t.items {
		r, last := c.rung(it, fmt.Sprintf("%s:retry%d", id, i+1), next)
		if last && i+1 < len(t.items) {
			c.add(t.items[i+1].at, "this rung is never reached: the one before leaves the step")
		}
		out = append(out, r)
	}
	return out
}

// rung reads one rung: something to say before listening again, or a block that leaves.
func (c *compiler) rung(t *tree, id, next string) (r rung, leaves bool) {
	says := t.shape == isScalar
	for _, lang := range c.langs() {
		says = says || t.has(lang)
	}
	if says {
		r.say = c.phrase(t, "retry", []string{"silence", "dtmf", "layout"}, "question")
		if v := t.get("silence"); v != nil {
			r.silence = c.phrase(v, "silence", nil, "question")
		}
		if v := t.get("dtmf"); v != nil {
			r.dtmf = c.oneOf(v, "dtmf", "also", "only")
		}
		if v := t.get("layout"); v != nil {
			r.layout = c.oneOf(v, "layout", "pairs", "singles")
		}
		return r, false
	}
	if t.shape == isMap && t.has("skip") {
		c.only(t, "a rung with skip", "skip", "say")
		r.then = c.chain(t, id, next, "", []string{"skip"})
		if r.then == "" {
			r.then = c.put(&step{id: id, kind: kindEnd, at: t.at}).id
		}
		return r, true
	}
	r.then = c.block(t, id, next)
	return r, true
}

func (c *compiler) confirm(v *tree, col *collectStep) {
	col.doConfirm = true
	if v.shape == isScalar {
		if v.text != "implicit" {
			c.add(v.at, "confirm must be implicit or {when: …, fr: …, en: …, echo: …}, not %q", v.text)
		}
		col.doConfirm = false
		echo := c.bot.responses["echo"]
		col.echo = &echo
		return
	}
	if !c.want(v, isMap, "confirm") {
		return
	}
	if v.has("fr") || v.has("en") {
		col.confirm = c.phrase(v, "confirm", []string{"when", "echo"}, "value")
	} else {
		c.only(v, "confirm", append([]string{"when", "echo"}, c.langs()...)...)
	}
	if e := v.get("echo"); e != nil {
		col.echo = c.phrase(e, "echo", nil, "value")
	}
	if w := v.get("when"); w != nil {
		c.expression(w, "when", true, func(x *condition) { col.when = x })
	}
}

func (c *compiler) yesNo(t *tree, s *step, id, next string) {
	s.say = c.phrase(t.get("ask_yes_no"), "ask_yes_no", nil)
	s.patience = c.bot.policy.patience.word
	c.listen(t, s)
	s.retry = c.rungs(t.get("retry"), id, next)
	s.yesNo = &yesNoStep{yes: next, no: next}
	if v := t.get("if_yes"); v != nil {
		s.yesNo.yes = c.block(v, id+":yes", next)
	}
	if v := t.get("if_no"); v != nil {
		s.yesNo.no = c.block(v, id+":no", next)
	}
	if !t.has("if_yes") && !t.has("if_no") {
		c.add(t.at, "ask_yes_no has neither if_yes nor if_no; the answer would change nothing")
	}
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
		x, err := compileCondition(src, "bool", env)
		if err != nil {
			if !l.spoilt {
				l.add(t.at, "%s: %v", what, err)
			}
			return
		}
		set(x)
	})
}

// handoff reads {skills, priority, reason, say, max_wait, outcomes}.
func (l *loader) handoff(t *tree, what string, route func(outcome string, v *tree) string) *handoffStep {
	h := &handoffStep{maxWait: time.Minute, outcomes: map[string]string{}}
	if t.shape == isScalar && t.text == "true" && route != nil {
		return h
	}
	if !l.want(t, isMap, what) {
		return h
	}
	keys := []string{"skills", "priority", "reason", "say", "max_wait", "summary"}
	if route != nil {
		keys = append(keys, "outcomes")
	}
	l.only(t, what, keys...)
	h.skills = l.skills(t.get("skills"))
	if route == nil && len(h.skills) == 0 {
		l.add(t.at, "%s has no skills; write skills: [\"{{lang}}\"] for anybody who speaks the caller's language", what)
	}
	if v := t.get("priority"); v != nil {
		h.priority = l.int(v, "priority", 0, 10)
	}
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
	c.only(v, "callback", "phone", "window", "reason", "confirm", "ask", "else")
	if x := v.get("phone"); x != nil {
		cb.phone = c.str(x, "phone")
		if cb.phone != "caller" {
			c.later = append(c.later, func() {
				if !c.slotNames()[cb.phone] && !c.spoilt {
					c.add(x.at, "phone must be caller or a slot; %q is neither", cb.phone)
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
