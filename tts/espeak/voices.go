package espeak

import (
	"context"
	"fmt"
	"os/exec"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// names are the voices and variants ("+f2") that the program has, in small letters, and what it
// has to be given for each of them.
type names map[string]name

type name struct {
	file string // as the program's table writes it: "gmw/en-US", or "f2" of a variant
	rank int    // where two voices share a name, the lower one has it
}

// Ranks of a name: the file's own, the language in its column, the voice's full name; other
// languages that a voice serves come after those by the program's own number.
const (
	ofFile = iota
	ofLanguage
	ofVoice
	ofOthers
)

func (n names) add(key, file string, rank int) {
	if old, taken := n[key]; !taken || rank < old.rank {
		n[key] = name{file, rank}
	}
}

// others are further languages of a voice in the program's table: "(en-gb 3)(en 5)".
var others = regexp.MustCompile(`\(([^ ()]+) +(\d+)\)`)

// read takes the program's table of voices: priority, language, age and gender, name, file, and
// other languages.
func (n names) read(table string) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 5 || f[0] == "Pty" {
			continue
		}
		file := f[4]
		if v, ok := strings.CutPrefix(file, "!v/"); ok {
			n.add("+"+strings.ToLower(v), v, ofFile)
			continue
		}
		for rank, key := range []string{ofFile: path.Base(file), ofLanguage: f[1], ofVoice: f[3]} {
			n.add(strings.ToLower(key), file, rank)
		}
		n.add(strings.ToLower(file), file, ofFile)
		for _, m := range others.FindAllStringSubmatch(line, -1) {
			far, _ := strconv.Atoi(m[2]) // digits, by the expression
			n.add(strings.ToLower(m[1]), file, ofOthers+far)
		}
	}
}

// program returns what the program has to be given for a voice, or an error when it has no such
// voice: for a name it does not know it would quietly speak with the English one.
//
// A voice with a variant goes by its file. espeak-ng 1.51 heeds a variant only behind a file's
// name: it speaks "en-gb+f3", whose file is gmw/en, as plain "en-gb", and "fr+F3", whose variant
// is written f3, as plain "fr".
func (s *Synthesiser) program(ctx context.Context, voice string) (string, error) {
	known, err := s.voices(ctx)
	if err != nil {
		return "", err
	}
	base, variant, varied := strings.Cut(voice, "+")
	b, ok := known[strings.ToLower(base)]
	v, has := known["+"+strings.ToLower(variant)]
	switch {
	case !ok || varied && !has:
		return "", fmt.Errorf("%w: %q; `espeak-ng --voices` and `espeak-ng --voices=variant` list them", ErrVoice, voice)
	case varied:
		return b.file + "+" + v.file, nil
	case b.rank == ofVoice:
		return b.file, nil
	}
	return base, nil
}

// voices asks the program which voices it has, once.
func (s *Synthesiser) voices(ctx context.Context) (names, error) {
	s.mu.Lock()
	known := s.known
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known = names{}
	for _, which := range []string{"--voices", "--voices=variant"} {
		out, err := exec.CommandContext(ctx, s.path, which).Output()
		if err != nil {
			return nil, fmt.Errorf("tts/espeak: list the voices of %q: %w", s.path, err)
		}
		known.read(string(out))
	}
	s.mu.Lock()
	s.known = known // two first uses at once read the same
	s.mu.Unlock()
	return known, nil
}
