package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Word is what callers of the benches' bots say, as Ears hear it: the name of the only wish.
const Word = "écouter l'annonce"

// Bot is a hotline made for a bench: one wish, and a question that comes back for ever.
type Bot struct {
	// Greeting is how long the first prompt lasts, at least three seconds: it says that a machine
	// answers, as it must.
	Greeting time.Duration
	// Reply is how long the prompt lasts that answers each turn.
	Reply time.Duration
	// Protected: replies may not be interrupted.
	Protected bool
	// Whole: replies are one sentence, without the pauses between several.
	Whole bool
}

// Write makes the bot's folder. It answers the number "bench".
func (b Bot) Write(dir string) error {
	files := map[string]string{
		"bot.yaml": botYAML("Banc d'essai", prose(b.Greeting-length(disclosure)), ""),
		"intents/annonce.yaml": fmt.Sprintf(`annonce:
  title: {fr: %q}
  flow: annonce
  fr:
  - %[1]q
  - entendre l'annonce
  - donnez-moi l'annonce
  - lisez l'annonce
  - lire l'annonce s'il vous plaît
  - je veux écouter l'annonce
  - je voudrais entendre l'annonce
  - passez l'annonce
`, Word),
		"flows/annonce.yaml": fmt.Sprintf(`entities:
  mot: {type: text}
flows:
  annonce:
    steps:
    - collect: mot
      interrupt: %t
      ask: {fr: %q}
      listen: {timeout: 60s}
    - reset: mot
      goto: mot
`, !b.Protected, b.reply()),
	}
	return WriteFiles(dir, files)
}

func (b Bot) reply() string {
	text := prose(b.Reply)
	if b.Whole {
		text = strings.ReplaceAll(strings.TrimSuffix(text, "."), ".", ",") + "."
	}
	return text
}

// length is how long Voice takes for a text.
func length(text string) time.Duration { return time.Duration(Letters(text)) * PerLetter }

// prose is a text of sentences, of about five seconds each, on which Voice spends d.
func prose(d time.Duration) string {
	const sentence = "Tous nos conseillers sont en ligne, nous vous répondons dans un instant, merci de patienter encore un peu avec nous."
	var out []string
	for d >= length(sentence)+length("Merci.") {
		out, d = append(out, sentence), d-length(sentence)
	}
	if n := int(d / PerLetter); n > 0 {
		rest, count := []rune{}, 0
		for _, r := range strings.TrimSuffix(sentence, ".") + " " + strings.ToLower(sentence) {
			if count == n {
				break
			}
			if rest = append(rest, r); Letters(string(r)) > 0 {
				count++
			}
		}
		out = append(out, strings.TrimRight(string(rest), " ,.")+".")
	}
	return strings.Join(out, " ")
}

// Airline is a hotline for conversations with all engines: one wish, an answer that holds the
// number which the recogniser heard, and the question what else there is.
type Airline struct{}

// Intent is the airline's wish, Answers what its voice says to it.
const (
	Intent  = "vol"
	Answers = `^Le vol .* part à l[’']heure`
)

// airlineLines are what its callers say, turn by turn: five whole sentences, and three with a pause
// of 600 to 900 ms behind words that end no sentence.
var airlineLines = []Spec{
	{Name: "1", Text: "bonjour, je voudrais savoir si mon vol est à l'heure"},
	{Name: "2", Text: "est-ce que l'avion de ce soir part bien à l'heure"},
	{Name: "3", Text: "je voudrais savoir si", PauseMS: 600, Then: "le vol de demain est confirmé"},
	{Name: "4", Text: "à quelle heure part mon prochain vol"},
	{Name: "5", Text: "est-ce que vous savez quand", PauseMS: 800, Then: "le vol de mon collègue va partir"},
	{Name: "6", Text: "dites-moi si le vol du matin a du retard"},
	{Name: "7", Text: "et pour le vol de", PauseMS: 900, Then: "ma sœur, est-ce qu'il part à l'heure"},
	{Name: "8", Text: "merci, et le dernier vol de la journée, il part quand"},
}

// AirlineLines are the recipes of what callers say in so many turns, at most all there are.
func AirlineLines(turns int) []Spec {
	var out []Spec
	for _, s := range airlineLines[:min(turns, len(airlineLines))] {
		s.Lang, s.Voice = "fr", "fr+f3"
		out = append(out, s)
	}
	return out
}

// Write makes the bot's folder. It answers the number "bench".
func (Airline) Write(dir string) error {
	var examples strings.Builder
	for _, s := range airlineLines {
		fmt.Fprintf(&examples, "  - %q\n", strings.TrimSpace(s.Text+" "+s.Then+" [4712](numero)"))
	}
	return WriteFiles(dir, map[string]string{
		"bot.yaml":         botYAML("Compagnie aérienne", "Que puis-je faire pour vous ?", ""),
		"intents/vol.yaml": "vol:\n  title: {fr: \"horaire d'un vol\"}\n  flow: vol\n  fr:\n" + examples.String(),
		"flows/vol.yaml": `entities:
  numero: {type: digits, length: 4}
flows:
  vol:
    steps:
    - collect: numero
      ask: {fr: "Quel est le numéro du vol ?"}
    - say: {fr: "Le vol {{digits numero}} part à l’heure."}
    - reset: numero
      end: true
`,
	})
}

const disclosure = "Je suis un assistant automatique."

// botYAML is the head of a bench's bot: what it says first behind the disclosure, and what its policy has
// beside the rest, whole lines.
func botYAML(title, greeting, policy string) string {
	return fmt.Sprintf(`name: bench
title: %s
languages: [fr]
default_language: fr
timezone: Europe/Paris
called: {bench: fr}
disclosure: {fr: %q}
greeting: {fr: "{{disclosure}} %s"}
policy:
  patience: {word: 60s, number: 60s, wait: 60s}
  max_failed_steps: 20
%s  transfer: {skills: ["{{lang}}"]}
`, title, disclosure, greeting, policy)
}

// WriteFiles writes a bot: texts by their paths below dir.
func WriteFiles(dir string, files map[string]string) error {
	for name, text := range files {
		f := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
			return fmt.Errorf("bench: write a bot: %w", err)
		}
		if err := os.WriteFile(f, []byte(text), 0o644); err != nil {
			return fmt.Errorf("bench: write a bot: %w", err)
		}
	}
	return nil
}

// Desk is a hotline whose callers want a person: they press 0.
type Desk struct{ Callback bool }

// Write makes the bot's folder. It answers the number "bench".
func (d Desk) Write(dir string) error {
	callback := ""
	if d.Callback {
		callback = "  callback: {phone: caller}\n"
	}
	return WriteFiles(dir, map[string]string{
		"bot.yaml":             botYAML("Banc d'essai", "Que puis-je faire pour vous ?", callback),
		"intents/annonce.yaml": fmt.Sprintf("annonce:\n  title: {fr: %q}\n  flow: annonce\n  fr:\n  - %[1]q\n  - entendre l'annonce\n  - donnez-moi l'annonce\n", Word),
		"flows/annonce.yaml":   "flows:\n  annonce:\n    steps:\n    - say: {fr: \"Voici l'annonce.\"}\n      end: true\n",
	})
}
