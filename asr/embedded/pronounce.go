package embedded

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// espeakVoice is the voice whose phonemes the model was trained on, by language.
var espeakVoice = map[string]string{"fr": "fr", "en": "en-us"}

// pronounceTimeout bounds one run of espeak-ng; a batch of a few hundred words takes some 50 ms.
const pronounceTimeout = 10 * time.Second

// pronounce asks espeak-ng how words sound, in its phoneme notation, one answer per word. It
// fails when espeak-ng is not installed. The words go in on stdin, never as arguments.
func pronounce(ctx context.Context, lang string, words []string) ([][]string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pronounceTimeout, fmt.Errorf("espeak-ng took longer than %v", pronounceTimeout))
	defer cancel()
	const batch = 200
	var said [][]string
	for len(words) > 0 {
		n := min(batch, len(words))
		some, err := pronounceBatch(ctx, lang, words[:n])
		if err != nil {
			return nil, err
		}
		said, words = append(said, some...), words[n:]
	}
	return said, nil
}

func pronounceBatch(ctx context.Context, lang string, words []string) ([][]string, error) {
	cmd := exec.CommandContext(ctx, "espeak-ng", "-q", "-v", espeakVoice[lang], "-x", "--sep=_", "--stdin")
	cmd.Stdin = strings.NewReader(strings.Join(words, ".\n") + ".\n")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("pronounce %d words with espeak-ng: %w", len(words), err)
	}
	var said [][]string
	for line := range strings.Lines(string(out)) {
		if strings.TrimSpace(line) != "" {
			said = append(said, espeakPhones(line))
		}
	}
	if len(said) == len(words) {
		return said, nil
	}
	if len(words) == 1 { // several clauses for one word, or none
		var all []string
		for _, s := range said {
			all = append(all, s...)
		}
		return [][]string{all}, nil
	}
	said = nil // espeak-ng joined or split clauses: halve until it does not
	for _, half := range [][]string{words[:len(words)/2], words[len(words)/2:]} {
		s, err := pronounceBatch(ctx, lang, half)
		if err != nil {
			return nil, err
		}
		said = append(said, s...)
	}
	return said, nil
}

var (
	espeakMarks = regexp.MustCompile(`[',%=|\-]|\(\w+\)`)
	espeakTail  = regexp.MustCompile(`[0-9#]+$`)
	espeakClean = strings.NewReplacer(":", "", "!", "", ";", "", "[", "")
)

// espeakPhones reads the output of `espeak-ng -x --sep=_` as the trainer does: stress and length
// marks are dropped and variants of a phoneme merged.
func espeakPhones(s string) []string {
	var out []string
	s = espeakMarks.ReplaceAllString(strings.ReplaceAll(s, "_:", ""), "")
	for word := range strings.FieldsSeq(s) {
		for p := range strings.SplitSeq(word, "_") {
			p = espeakClean.Replace(p)
			if len(p) > 1 {
				if short := espeakTail.ReplaceAllString(p, ""); short != "" {
					p = short
				}
			}
			if p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}
