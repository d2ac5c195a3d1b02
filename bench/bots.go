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
		"bot.yaml": fmt.Sprintf(`name: bench
title: Banc d'essai
languages: [fr]
default_language: fr
timezone: Europe/Paris
called: {bench: fr}
disclosure: {fr: "Je suis un assistant automatique."}
greeting: {fr: "{{disclosure}} %s"}
policy:
  patience: {word: 60s, number: 60s, wait: 60s}
  max_failed_steps: 20
  transfer: {skills: ["{{lang}}"]}
`, prose(b.Greeting-length("Je suis un assistant automatique."))),
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
