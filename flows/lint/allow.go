package lint

import (
	"regexp"
	"slices"
	"strings"

	"decroche/flows"
)

// allowance is one "# lint:allow RULE: reason".
type allowance struct {
	at     flows.Place
	rule   string
	covers int // the line that it speaks of: its own, or the next that is no comment
	used   bool
}

var allow = regexp.MustCompile(`#\s*lint:allow\s+([a-z]+)\s*:?\s*(.*)$`)

// allowances finds them in one file and complains about those without a reason or a rule.
func (l *linter) allowances(file string) []*allowance {
	var out []*allowance
	lines := strings.Split(string(l.bot.Source(file)), "\n")
	for i, line := range lines {
		m := allow.FindStringSubmatchIndex(strings.TrimRight(line, "\r"))
		if m == nil {
			continue
		}
		a := &allowance{at: flows.Place{File: file, Line: i + 1, Col: len([]rune(line[:m[0]])) + 1}, rule: line[m[2]:m[3]], covers: i + 1}
		if strings.TrimSpace(line[:m[0]]) == "" {
			for a.covers < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[a.covers]), "#") {
				a.covers++
			}
			a.covers++
		}
		switch {
		case l.severity[a.rule] == "":
			l.say("allow", a.at, "there is no rule "+a.rule+"; decroche flow lint --rules lists them")
		case strings.TrimSpace(line[m[4]:m[5]]) == "":
			l.say("allow", a.at, "say why: # lint:allow "+a.rule+": the reason")
		default:
			out = append(out, a)
		}
	}
	return out
}

// allowed takes out what the author allowed, and complains about allowances that are idle.
func (l *linter) allowed() {
	for _, file := range l.bot.Files() {
		all := l.allowances(file)
		l.found = slices.DeleteFunc(l.found, func(f Finding) bool {
			for _, a := range all {
				if f.File == file && f.Rule == a.rule && f.Line == a.covers {
					a.used = true
					return true
				}
			}
			return false
		})
		for _, a := range all {
			if !a.used && !slices.Contains(l.opt.Without, a.rule) {
				l.say("allow", a.at, "nothing here breaks the rule "+a.rule+"; remove this")
			}
		}
	}
}
