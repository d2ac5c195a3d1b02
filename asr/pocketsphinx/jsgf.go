package pocketsphinx

import (
	"fmt"
	"slices"
	"strings"
)

// grammar is rules for the decoder: JSGF (the Java Speech Grammar Format, W3C note of 2000) over
// tokens w0, w1 …, so that no letter, apostrophe or hint of anybody's can be taken for its syntax.
type grammar struct {
	jsgf    string
	words   []string   // by token number
	say     [][]string // how each is said
	missing int        // words without pronunciation; phrases with one are left out
}

// text is what a token means.
func (g *grammar) text(token string) string {
	var n int
	if _, err := fmt.Sscanf(token, "w%d", &n); err != nil || n < 0 || n >= len(g.words) {
		return ""
	}
	return g.words[n]
}

// compile makes the grammar of the rule "top". It fails when nothing of it can be said.
func compile(r rules, d dictionary) (*grammar, error) {
	c := &compiler{rules: r, dict: d, token: map[string]int{}, done: map[string]bool{}, lost: map[string]bool{}}
	if !c.rule("top", 0) {
		return nil, fmt.Errorf("none of the phrases that are expected has all its words in the dictionary")
	}
	slices.Sort(c.lines)
	c.g.missing = len(c.lost)
	c.g.jsgf = "#JSGF V1.0 UTF-8;\ngrammar g;\npublic " + strings.Join(append([]string{c.top}, c.lines...), "\n") + "\n"
	return &c.g, nil
}

type compiler struct {
	rules rules
	dict  dictionary
	g     grammar
	top   string
	lines []string
	token map[string]int  // of a word
	done  map[string]bool // whether anything of a rule can be said
	lost  map[string]bool // words without pronunciation
}

// maxDepth bounds rules in rules.
const maxDepth = 12

// rule writes a rule and what it names; false when nothing of it can be said.
func (c *compiler) rule(name string, depth int) bool {
	if ok, known := c.done[name]; known {
		return ok
	}
	if depth > maxDepth {
		return false
	}
	c.done[name] = false
	var alts []string
	for alt := range strings.SplitSeq(c.rules[name], "|") {
		if out := c.sequence(alt, depth); out != "" {
			alts = append(alts, out)
		}
	}
	if len(alts) == 0 {
		return false
	}
	c.done[name] = true
	line := "<" + name + "> = " + strings.Join(alts, " | ") + ";"
	if name == "top" {
		c.top = line
	} else {
		c.lines = append(c.lines, line)
	}
	return true
}

// sequence writes one alternative; "" when a part of it cannot be said.
func (c *compiler) sequence(alt string, depth int) string {
	var out []string
	spoken := false
	for _, part := range strings.Fields(alt) {
		inner, optional := strings.CutPrefix(part, "[")
		said := c.part(strings.TrimSuffix(inner, "]"), depth)
		switch {
		case said != "" && optional:
			out = append(out, "["+said+"]")
		case said != "":
			out, spoken = append(out, said), true
		case !optional:
			return ""
		}
	}
	if !spoken {
		return ""
	}
	return strings.Join(out, " ")
}

// part writes a word or the name of a rule.
func (c *compiler) part(s string, depth int) string {
	if name, ok := strings.CutPrefix(s, "{"); ok {
		name, more, _ := strings.Cut(name, "}")
		if !c.rule(name, depth+1) {
			return ""
		}
		if more == "+" {
			return "(<" + name + ">)+"
		}
		return "<" + name + ">"
	}
	n, known := c.token[s]
	if !known {
		say := c.readings(s)
		if say == nil {
			c.lost[s] = true
			return ""
		}
		n = len(c.g.words)
		c.token[s] = n
		c.g.words, c.g.say = append(c.g.words, s), append(c.g.say, say)
	}
	return fmt.Sprintf("w%d", n)
}

// readings are how a word is said: as the dictionary has it, and as the telephone lets it through.
func (c *compiler) readings(word string) []string {
	say := slices.Clone(c.dict.say(word))
	if more := c.rules["say/"+word]; more != "" {
		for p := range strings.SplitSeq(more, "|") {
			if p = strings.TrimSpace(p); !slices.Contains(say, p) {
				say = append(say, p)
			}
		}
	}
	return say
}
