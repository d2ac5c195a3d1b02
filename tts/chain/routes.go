package chain

import (
	"fmt"
	"maps"
	"slices"

	"decroche/internal/langtag"
	"decroche/internal/route"
)

// Routes say which voices speak a language, in the order in which they are asked: a language,
// or "any" for all others.
//
//	any: [espeak]
//	fr: [piper, espeak]
type Routes map[string][]string

// Pick returns the voices for a language; none when no route fits.
func (r Routes) Pick(lang string) []string {
	if list, ok := r[langtag.Base(lang)]; ok {
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
		if key != "any" && !langtag.Is(key) {
			say("%q is no language; write it as in fr, or any for all others", key)
		}
		for _, p := range route.Complaints(r[key], "voice", voices) {
			say("%s", p)
		}
	}
	return bad
}

// String is the routes on one line: "any: espeak; fr: piper > espeak".
func (r Routes) String() string { return route.Table(r).String() }
