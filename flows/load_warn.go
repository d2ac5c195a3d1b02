package flows

import (
	"slices"
	"strings"
	"time"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// Warnings are what is not wrong but looks unintended, in reading order: an entity that
// nothing collects, a slot that nothing reads, a button that the bot would not understand. A
// host may print them; `decroche flow check --strict` fails on them.
func (b *Bot) Warnings() Problems { return slices.Clone(b.warnings) }

func (l *loader) warn(at place, format string, args ...any) {
	l.warnings = append(l.warnings, at.problem(format, args...))
}

// checkWarnings looks at a bot that loads.
func (l *loader) checkWarnings() {
	l.warnEntities()
	l.warnSlots()
	l.warnHandoffs()
	l.warnQuick()
	l.warnSensitive()
}

// warnSensitive finds addresses that carry the value of a sensitive slot: every system and proxy on
// the way keeps them in its logs.
func (l *loader) warnSensitive() {
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			s := f.steps[id]
			if s.http == nil || s.http.url == nil {
				continue
			}
			for _, n := range s.http.url.names() {
				if l.bot.isSensitive(n) {
					l.warn(s.at, "the url carries slot %q, which is sensitive, and addresses end up in logs; send it in the body", n)
				}
			}
		}
	}
}

func (l *loader) warnEntities() {
	used := map[string]bool{}
	for _, f := range l.bot.flows {
		for _, s := range f.steps {
			if s.collect != nil {
				used[s.collect.entity] = true
			}
		}
	}
	for _, e := range l.bot.entities {
		if !used[e.name] {
			l.warn(e.at, "no step collects entity %q; collect it or remove it", e.name)
		}
	}
}

// warnSlots finds what callers are asked for in vain. Agents see every slot, so a flow that
// hands over reads what it collected.
func (l *loader) warnSlots() {
	read := map[string]bool{}
	for _, u := range l.uses {
		read[u.name] = true
	}
	for name := range l.exprNames {
		read[name] = true
	}
	for _, f := range l.bot.flows {
		hands := false
		for _, s := range f.steps {
			hands = hands || s.kind == kindTransfer || s.kind == kindCallback
			if s.callback != nil {
				read[s.callback.phone] = true
			}
		}
		if hands {
			for _, s := range f.steps {
				if s.collect != nil {
					read[s.collect.slot] = true
				}
			}
		}
	}
	told := map[string]bool{}
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			if s := f.steps[id]; s.collect != nil && !read[s.collect.slot] && !told[s.collect.slot] {
				told[s.collect.slot] = true
				l.warn(s.at, "slot %q is asked for and nothing reads it; use it or do not ask", s.collect.slot)
			}
		}
	}
}

// warnHandoffs finds hand-offs that end the conversation when nobody is there.
func (l *loader) warnHandoffs() {
	if l.bot.policy.callback != nil {
		return
	}
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			s := f.steps[id]
			if s.kind == kindTransfer && s.handoff != nil && s.handoff.outcomes["nobody"] == "" {
				l.warn(s.at, "when nobody answers this transfer the caller is sent away: it has no route for \"nobody\" and policy offers no callback; write policy: {callback: {}} or outcomes: {nobody: …}")
			}
		}
	}
}

// warnQuick finds buttons whose words the bot would not understand when they come back.
func (l *loader) warnQuick() {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, name := range l.bot.flowNames {
		f := l.bot.flows[name]
		for _, id := range f.order {
			s := f.steps[id]
			s.eachPhrase(func(_ string, ph *phrase) {
				for _, lang := range l.langs() {
					w := ph.in[lang]
					for _, q := range w.quick {
						if !l.understood(s, lang, q, now) {
							l.warn(w.at, "the button %q is neither an answer to this question nor an intent; add it to an intent's examples (%s) or reword it", q, lang)
						}
					}
				}
			})
		}
	}
}

func (l *loader) understood(s *step, lang, words string, now time.Time) bool {
	if strings.Contains(words, "{{") {
		return true // known only in a conversation
	}
	spec := entity.Spec{}
	switch {
	case s.collect != nil:
		spec = s.collect.spec
	case s.kind == kindYesNo || s.kind == kindCallback:
		spec = entity.Spec{Type: entity.TypeYesNo}
	}
	if spec.Type != "" && len(entity.Parse(spec, lang, words, now)) > 0 || nlu.Command(lang, words) != "" {
		return true
	}
	m := l.bot.minds[lang]
	if m == nil || m.classifier == nil {
		return true
	}
	best := m.classifier.Classify(words)
	return len(best) > 0 && best[0].P >= m.act
}
