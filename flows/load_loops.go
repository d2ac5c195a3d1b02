package flows

import "slices"

// node is one step of the graph of all flows.
type node struct {
	f *flow
	s *step
}

// checkLoops complains about circles that never wait for the caller: a turn in one would
// never end, or would ask the same system for ever. What waits is a question, a hand-off, and
// a collect whose slot the circle forgets; a collect whose slot is known passes through. max
// bounds a circle, so one with max is in order.
func (l *loader) checkLoops() {
	var all []node
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			all = append(all, node{f, f.steps[id]})
		}
	}
	for _, circle := range circles(all, l.onwards) {
		reset := map[string]bool{}
		for _, n := range circle {
			for _, slot := range n.s.slots {
				reset[slot] = true
			}
		}
		stuck := slices.DeleteFunc(slices.Clone(circle), func(n node) bool {
			return n.s.collect != nil && reset[n.s.collect.slot]
		})
		for _, c := range circles(stuck, l.onwards) {
			l.complainOfCircle(c)
		}
	}
}

// onwards lists the steps that may follow n without the caller saying anything; none when n
// waits, or bounds its circle.
func (l *loader) onwards(n node) []node {
	var ids []string
	switch s := n.s; s.kind {
	case kindSay, kindReset, kindUnrecord, kindCollect:
		ids = []string{s.next}
	case kindHTTP:
		for _, to := range s.http.outcomes {
			ids = append(ids, to)
		}
		slices.Sort(ids)
	case kindSwitch:
		for _, b := range s.branches {
			ids = append(ids, b.to)
		}
	case kindGoto:
		if f := l.bot.flows[s.gotoFlow]; f != nil && f.steps[s.gotoStep] != nil {
			return []node{{f, f.steps[s.gotoStep]}}
		}
	}
	var out []node
	for _, id := range ids {
		if to := n.f.steps[id]; to != nil {
			out = append(out, node{n.f, to})
		}
	}
	return out
}

// complainOfCircle points at the goto that closes the circle, the last one written.
func (l *loader) complainOfCircle(c []node) {
	var last, system, known *step
	for _, n := range c {
		switch {
		case n.s.kind == kindGoto && (last == nil || n.s.at.file > last.at.file || n.s.at.line > last.at.line):
			last = n.s
		case n.s.kind == kindHTTP:
			system = n.s
		case n.s.kind == kindCollect:
			known = n.s
		}
	}
	if last == nil {
		return // a sequence alone goes one way
	}
	switch {
	case known != nil:
		l.add(last.at, "goto %q leads in a circle that never waits: slot %q is known by then and not asked for again; write reset: [%s] in it", last.gotoName, known.collect.slot, known.collect.slot)
	case system != nil:
		l.add(last.at, "goto %q leads in a circle that asks %q again without waiting for the caller; write max: 2 beside it, or ask something in it", last.gotoName, system.http.name)
	default:
		l.add(last.at, "goto %q leads in a circle that never waits for the caller; ask something in it", last.gotoName)
	}
}

// circles returns the strongly connected parts of the graph that hold a circle, by Tarjan's
// algorithm ("Depth-first search and linear graph algorithms", 1972).
func circles(all []node, onwards func(node) []node) [][]node {
	in := map[*step]bool{}
	for _, n := range all {
		in[n.s] = true
	}
	t := tarjan{in: in, onwards: onwards, index: map[*step]int{}, low: map[*step]int{}, on: map[*step]bool{}}
	for _, n := range all {
		if t.index[n.s] == 0 {
			t.visit(n)
		}
	}
	return t.found
}

type tarjan struct {
	in         map[*step]bool
	onwards    func(node) []node
	index, low map[*step]int
	on         map[*step]bool
	stack      []node
	found      [][]node
}

func (t *tarjan) visit(n node) {
	t.index[n.s] = len(t.index) + 1
	t.low[n.s] = t.index[n.s]
	t.stack = append(t.stack, n)
	t.on[n.s] = true
	self := false
	for _, to := range t.onwards(n) {
		switch {
		case !t.in[to.s]:
		case t.index[to.s] == 0:
			t.visit(to)
			t.low[n.s] = min(t.low[n.s], t.low[to.s])
		case t.on[to.s]:
			t.low[n.s] = min(t.low[n.s], t.index[to.s])
			self = self || to.s == n.s
		}
	}
	if t.low[n.s] != t.index[n.s] {
		return
	}
	at := slices.IndexFunc(t.stack, func(m node) bool { return m.s == n.s })
	part := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, m := range part {
		t.on[m.s] = false
	}
	if len(part) > 1 || self {
		t.found = append(t.found, part)
	}
}
