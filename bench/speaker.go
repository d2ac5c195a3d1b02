package bench

import (
	"fmt"
	"math"
	"strings"
)

// Speaker is a hotline in two languages for speakers: one wish, in as many words as its callers have,
// and the question what else there is.
type Speaker struct{}

// speakerLines are what people say to it, turn by turn.
var speakerLines = map[string][]string{
	"fr": {"je voudrais raconter ma journée", "ce matin je suis allé au marché", "il y avait beaucoup de monde", "j'ai acheté des pommes et du fromage", "ensuite je suis rentré à la maison",
		"mon voisin m'attendait devant la porte", "il voulait me montrer son nouveau vélo", "nous avons parlé pendant une heure", "après le déjeuner j'ai dormi un peu", "le facteur a sonné à trois heures",
		"il apportait une lettre de ma sœur", "elle viendra nous voir en décembre", "les enfants étaient très contents", "ils ont préparé un gâteau au chocolat", "le soir nous avons regardé un film",
		"c'était une histoire de marins", "la musique m'a beaucoup plu", "il a commencé à pleuvoir vers dix heures", "j'ai fermé toutes les fenêtres", "et voilà toute ma journée"},
	"en": {"I would like to tell you about my day", "this morning I went to the market", "there were a lot of people", "I bought some apples and a piece of cheese", "after that I walked home",
		"my neighbour was waiting at the door", "he wanted to show me his new bicycle", "we talked for about an hour", "after lunch I slept a little", "the postman rang at three o'clock",
		"he brought a letter from my sister", "she will come and see us in December", "the children were very happy", "they baked a chocolate cake", "in the evening we watched a film",
		"it was a story about sailors", "I liked the music very much", "it began to rain around ten", "I closed all the windows", "and that was the whole of my day"},
}

// SpeakerLines are the recipes of what people say in so many turns, each in another of the voices, over
// the accents of the language in turn.
func SpeakerLines(lang string, turns int, accents, voices []string) []Spec {
	var out []Spec
	for i := range turns {
		all := speakerLines[lang]
		out = append(out, Spec{Name: fmt.Sprint(i + 1), Text: all[i%len(all)], Lang: lang, Voice: accents[i%len(accents)] + "+" + voices[i%len(voices)]})
	}
	return out
}

// Write makes the bot's folder.
func (Speaker) Write(dir string) error {
	return WriteFiles(dir, map[string]string{
		"bot.yaml": `name: bench
title: Journal
languages: [fr, en]
default_language: fr
timezone: Europe/Paris
called: {bench: fr}
disclosure: {fr: "Je suis un assistant automatique.", en: "I am an automatic assistant."}
greeting: {fr: "{{disclosure}} Que puis-je faire pour vous ?", en: "{{disclosure}} What can I do for you?"}
policy:
  patience: {word: 60s, number: 60s, wait: 60s}
  max_failed_steps: 20
  transfer: {skills: ["{{lang}}"]}
`,
		"intents/journal.yaml": fmt.Sprintf("journal:\n  title: {fr: \"raconter sa journée\", en: \"telling about one's day\"}\n  flow: journal\n  fr:%s\n  en:%s\n", examples("fr"), examples("en")),
		"flows/journal.yaml": `flows:
  journal:
    steps:
    - say: {fr: "D’accord, c’est noté.", en: "All right, I have written it down."}
      end: true
`,
	})
}

// examples are the lines of a language as YAML.
func examples(lang string) string {
	var b strings.Builder
	for _, l := range speakerLines[lang] {
		fmt.Fprintf(&b, "\n  - %q", l)
	}
	return b.String()
}

// audible is the level of a sample above which something is heard: −40 dBFS.
const audible = 327

// Sounding finds sound in a recording: the first sample of it at or after from, −1 when there is none.
func Sounding(pcm []int16, from int) int {
	for i := max(0, from); i < len(pcm); i++ {
		if v := pcm[i]; v > audible || v < -audible {
			return i
		}
	}
	return -1
}

// VoiceEnd is behind the last sample of a voice that is above a hundredth of its loudest (−40 dB), as
// the end of what somebody said is found in a recording without noise.
func VoiceEnd(pcm []int16) int {
	var top float64
	for _, v := range pcm {
		top = max(top, math.Abs(float64(v)))
	}
	for i := len(pcm) - 1; i >= 0; i-- {
		if math.Abs(float64(pcm[i])) > max(top/100, 1) {
			return i + 1
		}
	}
	return 0
}
