package chain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decroche/internal/langtag"
	"decroche/internal/route"
)

// Routes say which engines hear a turn, in the order in which they are asked. A key is what the
// flow expects, or "any", with a language before it where the language matters:
//
//	any: [whisper, embedded]          # everything else
//	digits: [embedded, whisper]       # digits in every language
//	fr/free: [vosk, embedded]         # free speech in French
//	en/any: [whisper]                 # everything in English
//
// The most precise key decides, and the language counts more: fr/digits, fr/any, digits, any.
type Routes map[string][]string

// Kinds are what a flow may expect, in a route's words; asr.Expect.Kind "" is "free".
var Kinds = []string{"free", "digits", "spelled", "yes_no", "date", "list", "any"}

// Pick returns the engines for a turn; none when no route fits.
func (r Routes) Pick(lang, kind string) []string {
	if !slices.Contains(Kinds, kind) { // "" and what this table does not know is heard as free speech
		kind = "free"
	}
	keys := []string{kind, "any"}
	if lang = langtag.Base(lang); lang != "" {
		keys = []string{lang + "/" + kind, lang + "/any", kind, "any"}
	}
	for _, key := range keys {
		if list, ok := r[key]; ok {
			return list
		}
	}
	return nil
}

// Languages are those that have routes of their own.
func (r Routes) Languages() (list []string) {
	for key := range r {
		if lang, _, ok := strings.Cut(key, "/"); ok {
			list = append(list, lang)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Validate returns every problem of r, each "key: what is wrong; what to do". engines are the
// names there are.
func (r Routes) Validate(engines []string) []string {
	var bad []string
	for _, key := range slices.Sorted(maps.Keys(r)) {
		say := func(format string, args ...any) { bad = append(bad, key+": "+fmt.Sprintf(format, args...)) }
		lang, kind, ok := strings.Cut(key, "/")
		if !ok {
			lang, kind = "", key
		}
		if !slices.Contains(Kinds, kind) {
			say("%q is nothing that a flow expects; use %s, or a language before one of them as in fr/%s", kind, strings.Join(Kinds, ", "), "free")
		}
		if ok && !langtag.Is(lang) {
			say("%q is no language; write it as in fr/%s", lang, "free")
		}
		for _, p := range route.Complaints(r[key], "engine", engines) {
			say("%s", p)
		}
	}
	return bad
}

// String is the routes on one line: "any: whisper > embedded; digits: embedded".
func (r Routes) String() string { return route.Table(r).String() }
