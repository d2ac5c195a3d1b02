package wake

import (
	"decroche/asr/embedded"
	"decroche/internal/langtag"
)

// Volume is a phrase that asks for louder or quieter sound.
type Volume struct {
	Phrase embedded.Keyword
	// Volume is where to, 1 to 10, when Set; else a step: 1 louder, −1 quieter.
	Volume int
	Set    bool
}

// apart tells phrases that resemble each other from one another: it is better to say "volume à cinq"
// twice than to get six.
var apart = embedded.Bounds{Fit: 1.5, Worse: 2.5, Sure: .2}

var (
	louder  = map[string][]string{"fr": {"plus fort"}, "en": {"louder please", "turn it up"}}
	quieter = map[string][]string{"fr": {"moins fort"}, "en": {"quieter please", "turn it down"}}
	numbers = map[string][]string{"fr": {"un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"},
		"en": {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}}
	volumeTo = map[string]string{"fr": "volume à ", "en": "volume "}
)

// Volumes are the phrases about the volume in a language. They count in the middle of a sentence too:
// "dis Décroche, plus fort".
func Volumes(lang string) []Volume {
	lang = langtag.Base(lang)
	var out []Volume
	add := func(text string, n int, set bool) {
		out = append(out, Volume{embedded.Keyword{Text: text, Anywhere: true, Bounds: apart}, n, set})
	}
	for _, t := range louder[lang] {
		add(t, 1, false)
	}
	for _, t := range quieter[lang] {
		add(t, -1, false)
	}
	for i, n := range numbers[lang] {
		add(volumeTo[lang]+n, i+1, true)
	}
	return out
}
