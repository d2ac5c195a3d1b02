package flows

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/types"
)

// checkGraph runs what needed every file: names in expressions, gotos, reachability.
func (l *loader) checkGraph() {
	for name := range l.slotNames() {
		l.env[name] = types.String
		l.bot.slots = append(l.bot.slots, name)
		if l.bot.saved[name] {
			l.problemAtSlot(name)
		}
	}
	for name := range l.bot.saved {
		if _, slot := l.env[name]; !slot {
			l.env[name] = types.Any
		}
	}
	slices.Sort(l.bot.slots)
	vars := types.Map{}
	l.bot.anyVars = map[string]any{}
	for name, v := range l.bot.vars {
		vars[name] = types.String
		l.bot.anyVars[name] = v
	}
	l.env["vars"] = vars
	for _, n := range engineNames {
		l.env[n] = types.String
	}
	l.slots = l.slotTypes()
	for _, f := range l.later {
		f()
	}
	l.checkUses()
	l.checkIntents()
	l.resolveGotos()
	l.checkCalls()
	l.checkReach()
	l.checkLoops()
}

func (l *loader) problemAtSlot(name string) {
	for _, f := range l.bot.flows {
		for _, s := range f.steps {
			if s.collect != nil && s.collect.slot == name {
				l.add(s.at, "%q is both a slot and a saved value; rename one", name)
				return
			}
		}
	}
}

func (l *loader) checkIntents() {
	examples := map[string]string{}
	for _, in := range l.bot.intents {
		if in.flow == "" && !l.spoilt {
			l.add(in.at, "no flow answers intent %q; write flow: here or start: [%s] in a flow", in.name, in.name)
		}
		for _, lang := range l.langs() {
			for _, e := range in.examples[lang] {
				key := lang + "\x00" + strings.ToLower(e)
				if other, dup := examples[key]; dup && other != in.name {
					l.add(in.at, "example %q is in intents %q and %q; it can mean only one", e, other, in.name)
				}
				examples[key] = in.name
			}
		}
	}
}

// resolveGotos finds the target of every goto: a step of the same flow, a flow, or flow/step.
func (l *loader) resolveGotos() {
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			s := f.steps[id]
			if s.kind != kindGoto {
				continue
			}
			if f.steps[s.gotoName] != nil {
				s.gotoFlow, s.gotoStep = f.name, s.gotoName
				continue
			}
			flowName, stepName, _ := strings.Cut(s.gotoName, "/")
			to := l.bot.flows[flowName]
			if to != nil && stepName == "" {
				stepName = to.first
			}
			if to != nil && to.steps[stepName] != nil {
				s.gotoFlow, s.gotoStep = flowName, stepName
				continue
			}
			if l.spoilt {
				continue
			}
			known := append([]string{}, l.bot.flowNames...)
			for _, other := range f.order {
				if !strings.ContainsAny(other, "+:.") {
					known = append(known, other)
				}
			}
			l.add(s.at, "no step of this flow and no flow is called %q%s", s.gotoName, didYouMean(s.gotoName, known))
		}
	}
}

// checkReach complains about flows that no intent leads to, and about steps that nothing
// leads to in the others.
func (l *loader) checkReach() {
	var visit func(f *flow, id string)
	visit = func(f *flow, id string) {
		s := f.steps[id]
		if s == nil || s.reachable {
			return
		}
		s.reachable = true
		for _, to := range s.exits() {
			visit(f, to)
		}
		if s.kind == kindGoto && s.gotoFlow != "" && s.gotoFlow != f.name {
			visit(l.bot.flows[s.gotoFlow], s.gotoStep)
		}
		if to := l.bot.flows[s.gotoName]; s.kind == kindCall && to != nil {
			visit(to, to.first)
		}
	}
	for _, in := range l.bot.intents {
		if f := l.bot.flows[in.flow]; f != nil {
			visit(f, f.first)
		}
	}
	for _, sv := range l.bot.surveys {
		visit(l.bot.flows[sv.flow], l.bot.flows[sv.flow].first)
	}
	if l.spoilt || len(l.problems) > 0 {
		return // a mistyped goto makes its target look unreachable
	}
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		entered := false
		for _, s := range f.steps {
			entered = entered || s.reachable
		}
		if !entered {
			l.add(f.at, "nothing starts flow %q; write start: [an_intent], or goto it from another flow", f.name)
			continue
		}
		for _, id := range f.cutOff() {
			l.add(f.steps[id].at, "nothing leads to step %q of flow %q; go to it or remove it", id, f.name)
		}
	}
}

// cutOff lists the steps where what is not reachable begins, in reading order: those that no step
// leads to, and the first of each circle. What lies behind them is mended with them.
func (f *flow) cutOff() (heads []string) {
	follows := map[string]bool{} // a step that is not reachable leads there
	for _, id := range f.order {
		if s := f.steps[id]; !s.reachable {
			for _, to := range s.exits() {
				follows[to] = follows[to] || to != id
			}
		}
	}
	told := map[string]bool{}
	var behind func(id string)
	behind = func(id string) {
		if s := f.steps[id]; s != nil && !s.reachable && !told[id] {
			told[id] = true
			for _, to := range s.exits() {
				behind(to)
			}
		}
	}
	for _, circles := range []bool{false, true} {
		for _, id := range f.order {
			if s := f.steps[id]; !s.reachable && !told[id] && follows[id] == circles && !strings.Contains(id, "+") {
				heads = append(heads, id)
				behind(id)
			}
		}
	}
	slices.SortFunc(heads, func(a, b string) int { return slices.Index(f.order, a) - slices.Index(f.order, b) })
	return heads
}
