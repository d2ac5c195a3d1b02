package flows

import (
	"fmt"
	"time"

	"decroche/flows/entity"
	"decroche/flows/schema"
)

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
	if v := t.get("sensitive"); v != nil && c.boolean(v, "sensitive") {
		col.sensitive = true
		c.bot.sensitive[slot] = col.spec
	}
	if v := t.get("customer"); v != nil {
		col.customer = c.boolean(v, "customer")
	}
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
	case entity.TypeDigits, entity.TypeSpelled, entity.TypePhone, entity.TypeAmount, entity.TypeEmail, entity.TypePostcodeFR, entity.TypeDate, entity.TypeText:
		return true
	}
	return false
}

func (c *compiler) entityOf(t *tree, s *step) {
	col := s.collect
	v := t.get("entity")
	if v != nil && v.shape == isMap {
		c.only(v, "entity", schema.Keys[schema.Entity]()...)
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
		col.entity, col.spec, col.keys, col.slotTitles = name, def.spec, def.keys, def.title
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

// Bounds on the end-of-turn times of a step: below them a breath would end a turn, above them nobody
// believes that the bot still listens.
const (
	MinPause, MaxPause       = 200 * time.Millisecond, 10 * time.Second
	MinComplete, MaxComplete = 100 * time.Millisecond, 2 * time.Second
)

func (c *compiler) listen(t *tree, s *step) {
	v := t.get("listen")
	if v == nil || !c.want(v, isMap, "listen") {
		return
	}
	c.only(v, "listen", schema.Keys[schema.Listen]()...)
	if x := v.get("timeout"); x != nil {
		s.patience = c.duration(x, "listen.timeout", time.Second, time.Minute)
	}
	if x := v.get("pause"); x != nil {
		s.ends.Pause = c.duration(x, "listen.pause", MinPause, MaxPause)
	}
	if x := v.get("complete"); x != nil {
		s.ends.Complete = c.duration(x, "listen.complete", MinComplete, MaxComplete)
		if p := s.ends.Pause; p > 0 && s.ends.Complete > p {
			c.add(x.at, "listen.complete of %v is longer than listen.pause of %v; a complete answer ends sooner than one that may go on", s.ends.Complete, p)
		}
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
		r.say = c.phrase(t, "retry", schema.Keys[schema.Rung](), "question")
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
		c.only(t, "a rung with skip", schema.Keys[schema.Skip]()...)
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
		col.confirm = c.phrase(v, "confirm", schema.Keys[schema.Confirm](), "value")
	} else {
		c.only(v, "confirm", append(schema.Keys[schema.Confirm](), c.langs()...)...)
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
