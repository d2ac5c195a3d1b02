package configs

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/internal/strictyaml"
)

// NoAgents is what there is to know when nobody can take over from the bot.
const NoAgents = "no agent is configured: a caller who asks for a human is offered a callback; list phones under agents:"

// Unstaffed returns a hint for each skill that a hotline's hand-offs ask for and no agent has,
// at the first place that asks for it, or the one hint that there are no agents at all. They
// are no mistakes: a hand-off that finds nobody has its own way on. Skills that a template
// writes in the course of a call are not known here, but for the caller's language.
func Unstaffed(c Config, doc *Document, bots []*flows.Bot) Problems {
	if len(c.Gateway.Agents) == 0 {
		p := doc.At("agents", "")
		p.Msg = NoAgents
		if p.Line == 0 {
			p.File = "" // nothing is written there
		}
		return Problems{p}
	}
	hints := unstaffedQueues(c, doc, bots)
	for i, f := range folders(c) {
		if i >= len(bots) {
			break
		}
		hints = append(hints, unknownQueues(c, f)...)
		told := map[string]bool{}
		for _, asked := range handOff(f, "skills") {
			skills := []string{asked.Msg}
			if strings.Join(strings.Fields(asked.Msg), "") == "{{lang}}" {
				skills = bots[i].Languages
			} else if strings.Contains(asked.Msg, "{{") {
				continue
			}
			for _, s := range skills {
				if s = strings.ToLower(strings.TrimSpace(s)); s == "" || told[s] || staffed(c.Gateway.Agents, bots[i].Languages, s) {
					continue
				}
				told[s] = true
				hint := asked
				hint.Msg = fmt.Sprintf("hand-offs ask for %q, which no agent has, and find nobody; add it to an agent's skills, or as a language to its languages", s)
				hints = append(hints, hint)
			}
		}
	}
	return hints
}

// unknownQueues are hints for queues that hand-offs name and the configuration does not.
func unknownQueues(c Config, f folder) (hints Problems) {
	for _, asked := range handOff(f, "queue") {
		if name := asked.Msg; !slices.ContainsFunc(c.Gateway.Queues, func(q agents.Queue) bool { return q.Name == name }) {
			asked.Msg = fmt.Sprintf("hand-offs ask for the queue %q, which is not configured, and wait with who asks for the same skills; add it to queues:", name)
			hints = append(hints, asked)
		}
	}
	return hints
}

// unstaffedQueues are hints for skills of queues that no agent has.
func unstaffedQueues(c Config, doc *Document, bots []*flows.Bot) (hints Problems) {
	var languages []string
	for _, b := range bots {
		languages = append(languages, b.Languages...)
	}
	for i, q := range c.Gateway.Queues {
		for j, s := range q.Skills {
			if s = strings.ToLower(strings.TrimSpace(s)); s != "" && !staffed(c.Gateway.Agents, languages, s) {
				hints = append(hints, doc.At(fmt.Sprintf("queues[%d].skills[%d]", i, j), fmt.Sprintf("no agent has the skill %q, and the queue finds nobody; add it to an agent's skills", s)))
			}
		}
	}
	return hints
}

// handOff reads what a hotline's hand-offs have behind a key, with the places.
func handOff(f folder, key string) (found Problems) {
	files, _ := fs.Glob(f.fs, "flows/*.yaml") // the pattern is right
	for _, name := range append([]string{"bot.yaml"}, files...) {
		data, err := fs.ReadFile(f.fs, name)
		if err != nil {
			continue // the loader has told
		}
		found = append(found, strictyaml.Find(filepath.Join(f.name, name), data, key)...)
	}
	return found
}

// staffed tells whether somebody has a skill, the way the router looks for one: who lists no
// languages speaks them all.
func staffed(list agents.Config, languages []string, skill string) bool {
	is := func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), skill) }
	return slices.ContainsFunc(list, func(a agents.Agent) bool {
		return slices.ContainsFunc(a.Skills, func(k agents.Skill) bool { return is(k.Name) }) || slices.ContainsFunc(a.Languages, is) || len(a.Languages) == 0 && slices.ContainsFunc(languages, is)
	})
}
