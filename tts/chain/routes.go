package chain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Routes say which voices speak a language, in the order in which they are asked: a language,
// or "any" for all others.
//
//	any: [espeak]
//	fr: [piper, espeak]
type Routes map[string][]string

// Pick returns the voices for a language; none when no route fits.
func (r Routes) Pick(lang string) []string {
	if list, ok := r[base(lang)]; ok {
		return list
	}
	return r["any"]
}

// Validate returns every problem of r, each "key: what is wrong; what to do". voices are the
// names there are.
func (r Routes) Validate(voices []string) []string {
	var bad []string
	for _, key := range slices.Sorted(maps.Keys(r)) {
		say := func(format string, args ...any) { bad = append(bad, key+": "+fmt.Sprintf(format, args...)) }
		if key != "any" && (len(key) < 2 || len(key) > 3 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") != "") {
			say("%q is no language; write it as in fr, or any for all others", key)
		}
		if len(r[key]) == 0 {
			say("nobody is named; list voices, of %s, or take the route out", strings.Join(voices, ", "))
		}
		for i, name := range r[key] {
			if !slices.Contains(voices, name) {
				say("there is no voice %q; there is %s", name, strings.Join(voices, ", "))
			} else if slices.Contains(r[key][:i], name) {
				say("%q is named twice; each voice is asked once", name)
			}
		}
	}
	return bad
}

// String is the routes on one line: "any: espeak; fr: piper > espeak".
func (r Routes) String() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(r)) {
		parts = append(parts, key+": "+strings.Join(r[key], " > "))
	}
	return strings.Join(parts, "; ")
}

// base is the language of a tag without its region: "fr" of "fr-CA".
func base(lang string) string {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	return lang
}
