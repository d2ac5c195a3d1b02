package call

import (
	"decroche/flows"
	"decroche/flows/render"
	"decroche/tts"
)

// Utterances is what a call asks its voice for when it says prompts: sentence by sentence,
// numbers written out. A cache that is given them before the first call makes every call's
// static prompts start at once. rate is the leg's, in samples per second.
func Utterances(bot BotInfo, prompts []flows.Prompt, rate int) []tts.Utterance {
	for lang, l := range said {
		for _, text := range append(append(append([]string{}, l.waiting...), l.holding...), l.sorry, l.bye, l.deaf, l.coming, l.joinsAny, l.left) {
			prompts = append(prompts, own("static", text, lang))
		}
	}
	var out []tts.Utterance
	for _, p := range prompts {
		for _, s := range sentences(render.Spoken(p.Lang, p.Voice)) {
			out = append(out, tts.Utterance{Text: s, Language: p.Lang, Voice: bot.Voices[p.Lang], Rate: rate, Speed: bot.Speed})
		}
	}
	return out
}
