package agents

import "fmt"

// Levels of a skill go from 1, who is learning it, to MaxLevel, who knows all of it. Who lists a skill
// without a level has it whole: a team that uses no levels is never kept from a caller by one.
const MaxLevel = 5

// Skill is something that an agent can help with, and how well. In YAML one of
//
//	skills: [litige, {finance: 3}, {name: suivi, level: 2}]
type Skill struct {
	Name  string `yaml:"name"`
	Level int    `yaml:"level"` // 1..MaxLevel; 0: not said, which is MaxLevel
}

// Short takes the forms "litige" and "litige: 3" (strictyaml.Short).
func (s *Skill) Short(name string, level int) { s.Name, s.Level = name, level }

// At is the level, MaxLevel when none was said.
func (s Skill) At() int {
	if s.Level == 0 {
		return MaxLevel
	}
	return s.Level
}

// Can lists skills without levels.
func Can(names ...string) []Skill {
	out := make([]Skill, len(names))
	for i, n := range names {
		out[i].Name = n
	}
	return out
}

func namesOf(skills []Skill) []string {
	out := make([]string, len(skills))
	for i, s := range skills {
		out[i] = s.Name
	}
	return out
}

func checkSkills(say func(key, format string, args ...any), skills []Skill) {
	for j, s := range skills {
		if word(s.Name) == "" {
			say(fmt.Sprintf("skills[%d]", j), "is empty; write a skill that a flow asks for, or remove it")
		}
		if s.Level < 0 || s.Level > MaxLevel {
			say(fmt.Sprintf("skills[%d]", j), "%.40q has level %d; levels go from 1 to %d", s.Name, s.Level, MaxLevel)
		}
	}
}
