package asr

import (
	"slices"
	"strings"

	"decroche/internal/langtag"
)

// tellingWords is how many words it takes until an engine that names a language, but not how sure
// it is of it, is believed against the likely one: such engines guess at one word too.
const tellingWords = 3

// Told judges the language that an engine found in words that may be in Language or in one of
// Others; named is a tag ("en-GB") or an English name ("english"). It returns the language for
// Result.Language, or ok = false when named is neither, or another than the likely one after
// too few words: then the turn should be heard again in Language, or taken to be in it.
func (o Options) Told(named, text string) (lang string, ok bool) {
	named = langtag.Named(named)
	same := func(l string) bool { return langtag.Base(l) == named }
	switch i := slices.IndexFunc(o.Others, same); {
	case named == "":
		return "", false
	case same(o.Language):
		return o.Language, true
	case i < 0 || len(strings.Fields(text)) < tellingWords:
		return "", false
	default:
		return o.Others[i], true
	}
}
