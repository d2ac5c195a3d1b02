package flows

// checkCalls finds the flow of every call, and proves that no flow calls itself, through others
// or not, and that none calls deeper than a reader can follow.
func (l *loader) checkCalls() {
	for _, name := range l.bot.flowNames {
		for _, s := range l.bot.flows[name].inOrder() {
			if s.kind == kindCall && l.bot.flows[s.gotoName] == nil && !l.spoilt {
				l.add(s.at, "no flow is called %q%s", s.gotoName, didYouMean(s.gotoName, l.bot.flowNames))
			}
		}
	}
	depth := map[string]int{}
	for round := 0; round <= len(l.bot.flowNames); round++ {
		for _, name := range l.bot.flowNames {
			for _, s := range l.bot.flows[name].inOrder() {
				to, deeper := s.leadsTo()
				if l.bot.flows[to] == nil || deeper == 1 && l.reaches(to, name, map[string]bool{}) {
					continue
				}
				depth[name] = max(depth[name], depth[to]+deeper)
			}
		}
	}
	for _, name := range l.bot.flowNames {
		for _, s := range l.bot.flows[name].inOrder() {
			if s.kind != kindCall || l.bot.flows[s.gotoName] == nil {
				continue
			}
			if l.reaches(s.gotoName, name, map[string]bool{}) {
				l.add(s.at, "call %q leads back to flow %q, which would never end; use goto, or end that flow", s.gotoName, name)
			} else if d := depth[s.gotoName] + 1; d > l.opt.Limits.MaxCallDepth {
				l.add(s.at, "call %q is %d calls deep; at most %d (flows.max_call_depth): join some of these flows", s.gotoName, d, l.opt.Limits.MaxCallDepth)
			}
		}
	}
}

// leadsTo is the other flow that a step goes to or calls, "" when none, and how much deeper
// that is.
func (s *step) leadsTo() (flow string, deeper int) {
	switch {
	case s.kind == kindCall:
		return s.gotoName, 1
	case s.kind == kindGoto && s.gotoFlow != s.flow:
		return s.gotoFlow, 0
	}
	return "", 0
}

// reaches reports whether flow from is, goes to or calls flow to, through any others.
func (l *loader) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if f := l.bot.flows[from]; f != nil && !seen[from] {
		seen[from] = true
		for _, s := range f.inOrder() {
			if next, _ := s.leadsTo(); next != "" && l.reaches(next, to, seen) {
				return true
			}
		}
	}
	return false
}

// inOrder lists the steps as they are written.
func (f *flow) inOrder() []*step {
	out := make([]*step, len(f.order))
	for i, id := range f.order {
		out[i] = f.steps[id]
	}
	return out
}
