package bench

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"decroche/tts"
)

// Spec is the recipe of a fixture: who says what how fast, and where they pause.
type Spec struct {
	Name, Text  string
	Lang, Voice string  // of espeak-ng
	Speed       float64 // 0 means 1
	// Then follows after Pause, in milliseconds of silence: one line with a pause inside.
	PauseMS int
	Then    string
}

// Make renders recipes. The same synthesiser makes the same samples each time, so that Hash tells
// whether two runs used the same sound.
func Make(ctx context.Context, mouth tts.Synthesiser, specs []Spec) ([]Fixture, error) {
	var out []Fixture
	for _, s := range specs {
		u := tts.Utterance{Text: s.Text, Language: s.Lang, Voice: s.Voice, Speed: s.Speed}
		pcm, err := Spoken(ctx, mouth, u)
		if err == nil && len(pcm) == 0 {
			err = fmt.Errorf("the voice makes no sound of it")
		}
		if err != nil {
			return nil, fmt.Errorf("bench: say %q: %w", s.Text, err)
		}
		text := s.Text
		if s.Then != "" {
			u.Text = s.Then
			rest, err := Spoken(ctx, mouth, u)
			if err != nil {
				return nil, fmt.Errorf("bench: say %q: %w", s.Then, err)
			}
			pcm = append(append(pcm, make([]int16, s.PauseMS*8)...), rest...)
			text += " " + s.Then
		}
		out = append(out, Fixture{Name: s.Name, Text: text, PCM: pcm})
	}
	return out, nil
}

// Hash is the SHA-256 of the fixtures' samples, the first 16 digits of it.
func Hash(list []Fixture) string {
	h := sha256.New()
	for _, f := range list {
		_, _ = h.Write([]byte(f.Text + "\x00"))
		_ = binary.Write(h, binary.LittleEndian, f.PCM)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
