package call

import (
	"slices"

	"decroche/flows"
	"decroche/tts"
)

// Utterances is what a call asks its voice for when it says prompts: sentence by sentence,
// numbers written out. A cache that is given them before the first call makes every call's
// static prompts start at once. rate is the leg's, in samples per second.
func Utterances(bot BotInfo, prompts []flows.Prompt, rate int) []tts.Utterance {
	for lang, l := range said {
		if lang != bot.Lang && !slices.Contains(bot.Languages, lang) {
			continue // the voice may lack it
		}
		for _, text := range append(slices.Concat(l.thinking, l.waiting, l.moment, l.holding), l.sorry, l.bye, l.deaf, l.coming, l.joinsAny, l.left, l.handedBack, l.dismissed) {
			prompts = append(prompts, own("static", text, lang))
		}
	}
	ps, parts := split(bot.Style, prompts, bot.Lang)
	out := make([]tts.Utterance, 0, len(parts))
	for _, p := range parts {
		u := bot.utterance(p.text, ps[p.prompt].Lang, rate)
		u.SSML = p.ssml
		out = append(out, u)
	}
	return out
}
