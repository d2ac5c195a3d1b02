package importer

import (
	"encoding/json"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
)

// rasaMark is an entity in an example: [Paris](city), [Paris](city:PAR), [Paris]{"entity": "city",
// "role": "from", "value": "PAR"} or [Paris][{"entity": …}, {"entity": …}].
var rasaMark = regexp.MustCompile(`\[([^\]]+?)\](?:\(([^:)]+?)(?::([^)]+))?\)|(\{[^}]+?\})|\[(\{.*?\})\])`)

// listed cuts a "- one\n- two" block into its lines, with the number of each from the block's first.
func listed(text string, each func(line int, item string)) {
	n := 0
	for l := range strings.Lines(text) {
		if item, ok := strings.CutPrefix(strings.TrimSpace(l), "-"); ok {
			each(n, strings.TrimSpace(item))
		}
		n++
	}
}

// rasaExample reads one sentence with its marks.
func (p *project) rasaExample(in *intent, text string, at where) example {
	e := example{at: at}
	last := 0
	for _, m := range rasaMark.FindAllStringSubmatchIndex(text, -1) {
		sub := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		e.spans = append(e.spans, span{text: unmarked(text[last:m[0]])})
		last = m[1]
		s := span{text: unmarked(sub(1)), entity: strings.TrimSpace(sub(2)), value: strings.TrimSpace(sub(3))}
		if dict := sub(4) + sub(5); dict != "" {
			p.rasaDict(in, &s, dict, at)
		}
		if s.entity != "" {
			ent := p.entity(s.entity, at)
			if s.value == "" {
				s.value = p.synonym(s.text)
			}
			if ent.at.file == "" {
				ent.at = at
			}
		}
		e.spans = append(e.spans, s)
	}
	e.spans = append(e.spans, span{text: unmarked(text[last:])})
	return e
}

// rasaDict reads the long form of a mark.
func (p *project) rasaDict(in *intent, s *span, dict string, at where) {
	var all []map[string]any
	if err := json.Unmarshal([]byte("["+dict+"]"), &all); err != nil || len(all) == 0 {
		p.leave("mark", s.text, at, "intent %q: its {…} is not JSON; the sentence stays, the entity is not marked", in.name)
		return
	}
	str := func(key string) string {
		v, ok := all[0][key]
		if !ok {
			return ""
		}
		return fmt.Sprint(v)
	}
	s.entity, s.value = str("entity"), str("value")
	for _, key := range []string{"role", "group"} {
		if v := str(key); v != "" {
			p.leave(key, v, at, "intent %q: %q of %q; here a slot of its own says which one is meant", in.name, s.text, s.entity)
		}
	}
	if len(all) > 1 {
		p.leave("mark", s.text, at, "intent %q: it is several entities at once; the first one stays", in.name)
	}
}

// unmarked keeps brackets from being read as marks here.
func unmarked(s string) string { return strings.NewReplacer("[", "(", "]", ")").Replace(s) }

// readable turns a regular expression into one that digits or a spelled code can be checked
// with; the type is "" when it matches anything else than ASCII letters and digits.
func readable(pattern string) (typ, out string) {
	out = strings.TrimSpace(pattern)
	for _, edge := range []string{`^`, `\b`, `(?i)`} {
		out = strings.TrimPrefix(out, edge)
	}
	for _, edge := range []string{`$`, `\b`} {
		out = strings.TrimSuffix(out, edge)
	}
	re, err := syntax.Parse(out, syntax.Perl)
	if err != nil || len(out) > 200 || out == "" {
		return "", ""
	}
	digits, letters := true, true
	var walk func(re *syntax.Regexp) bool
	walk = func(re *syntax.Regexp) bool {
		switch re.Op {
		case syntax.OpLiteral:
			for _, r := range re.Rune {
				digits, letters = digits && isDigit(r), letters && isCode(r)
			}
		case syntax.OpCharClass:
			for i := 0; i < len(re.Rune); i += 2 {
				lo, hi := re.Rune[i], re.Rune[i+1]
				digits = digits && isDigit(lo) && isDigit(hi)
				letters = letters && isCode(lo) && isCode(hi) && hi-lo < 26
			}
		case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			return false
		case syntax.OpEmptyMatch, syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat, syntax.OpConcat, syntax.OpAlternate:
		default:
			return false
		}
		for _, s := range re.Sub {
			if !walk(s) {
				return false
			}
		}
		return true
	}
	switch {
	case !walk(re):
		return "", ""
	case digits:
		return "digits", out
	case letters:
		if out = upper(out); out != "" {
			return "spelled", out
		}
	}
	return "", ""
}

// upper writes the letters of a pattern as spelled codes are read, its escapes as they are; ""
// when that is no pattern any more.
func upper(pattern string) string {
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		if !escaped {
			r = unicode.ToUpper(r)
		}
		escaped = r == '\\' && !escaped
		b.WriteRune(r)
	}
	if _, err := syntax.Parse(b.String(), syntax.Perl); err != nil {
		return ""
	}
	return b.String()
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isCode(r rune) bool  { return isDigit(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
