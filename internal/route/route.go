// Package route says who is asked for a piece of work, in order, and how each of them does: what a
// chain of recognisers and a chain of voices share.
package route

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decroche/internal/breaker"
	"decroche/internal/langtag"
)

// Table names, by key, who is asked, in that order.
type Table map[string][]string

// String is the table on one line: "any: whisper > embedded; digits: embedded".
func (t Table) String() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(t)) {
		parts = append(parts, key+": "+strings.Join(t[key], " > "))
	}
	return strings.Join(parts, "; ")
}

// Complaints returns what is wrong with the names of one key: none, unknown, named twice. what is
// the word for one of them ("engine"), there are the names there are.
func Complaints(names []string, what string, there []string) (bad []string) {
	if len(names) == 0 {
		bad = append(bad, fmt.Sprintf("nobody is named; list %ss, of %s, or take the route out", what, strings.Join(there, ", ")))
	}
	for i, name := range names {
		if !slices.Contains(there, name) {
			bad = append(bad, fmt.Sprintf("there is no %s %q; there is %s", what, name, strings.Join(there, ", ")))
		} else if slices.Contains(names[:i], name) {
			bad = append(bad, fmt.Sprintf("%q is named twice; each %s is asked once", name, what))
		}
	}
	return bad
}

// Serves tells whether a language is among those of an engine, regions left aside: "fr-CA" is
// served by "fr". No languages serve all, and no language is served by everybody.
func Serves(langs []string, lang string) bool {
	return len(langs) == 0 || lang == "" || slices.ContainsFunc(langs, func(l string) bool { return langtag.Base(l) == langtag.Base(lang) })
}

// Health is how one engine does.
type Health struct {
	Name  string
	State breaker.State
}

// Healths lists engines by name.
func Healths[E any](engines map[string]E, state func(E) breaker.State) (list []Health) {
	for _, name := range slices.Sorted(maps.Keys(engines)) {
		list = append(list, Health{name, state(engines[name])})
	}
	return list
}
