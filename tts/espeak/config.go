package espeak

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"decroche/internal/langtag"
)

// Config tunes the voice.
type Config struct {
	// Path of the program; a bare name is looked up in PATH.
	Path string `yaml:"path"`
	// Voices maps a language ("fr", "en") to an espeak-ng voice, variant included: "fr+f2".
	Voices map[string]string `yaml:"voices"`
	// WordsPerMinute at Utterance.Speed 1; 80 to 300.
	WordsPerMinute int `yaml:"words_per_minute"`
	// Pitch of the voice, 0 to 99.
	Pitch int `yaml:"pitch"`
	// Timeout is how long the program may give no sound while some is waited for, 10ms to 1m.
	Timeout time.Duration `yaml:"timeout"`
	// LevelDB is the active speech level in dB below full scale, -40 to -12; tts.level_db sets it.
	LevelDB float64 `yaml:"-"`
}

// DefaultConfig is a calm voice at 160 words a minute, 20 dB below full scale: the level of a
// person close to the handset (ITU-T P.56 active speech level is measured the same way).
func DefaultConfig() Config {
	return Config{
		Path:           "espeak-ng",
		Voices:         map[string]string{"fr": "fr", "en": "en-gb"},
		WordsPerMinute: 160,
		Pitch:          45,
		Timeout:        5 * time.Second,
		LevelDB:        -20,
	}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	if c.Path == "" {
		out = append(out, `path: is empty; write the program's name, e.g. "espeak-ng"`)
	}
	if len(c.Voices) == 0 {
		out = append(out, `voices: is empty; give at least one language a voice, e.g. {fr: fr}`)
	}
	for _, lang := range slices.Sorted(maps.Keys(c.Voices)) {
		if v := c.Voices[lang]; v == "" || strings.HasPrefix(v, "-") || strings.ContainsAny(v, " /\n\r\x00") {
			out = append(out, fmt.Sprintf("voices.%s: %q is not a voice name; `espeak-ng --voices` lists them", lang, v))
		}
	}
	if c.WordsPerMinute < 80 || c.WordsPerMinute > 300 {
		out = append(out, fmt.Sprintf("words_per_minute: %d is out of range; choose 80 to 300", c.WordsPerMinute))
	}
	if c.Pitch < 0 || c.Pitch > 99 {
		out = append(out, fmt.Sprintf("pitch: %d is out of range; choose 0 to 99", c.Pitch))
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		out = append(out, fmt.Sprintf("timeout: %v is not between 10ms and 1m", c.Timeout))
	}
	if c.LevelDB < -40 || c.LevelDB > -12 {
		out = append(out, fmt.Sprintf("level_db: %g is out of range; choose -40 to -12", c.LevelDB))
	}
	return out
}

// voice returns the espeak-ng voice for a language: exact, then its base ("fr-CA" -> "fr"),
// then the language's own name, which espeak-ng understands for every language it has.
func (c Config) voice(lang string) string {
	lang = strings.ToLower(lang)
	base := langtag.Base(lang)
	for _, k := range []string{lang, base} {
		if v := c.Voices[k]; v != "" {
			return v
		}
	}
	if lang == "" {
		for _, k := range slices.Sorted(maps.Keys(c.Voices)) {
			return c.Voices[k]
		}
	}
	return lang
}

// Fingerprint names everything beside the utterance that changes the sound: part of the key
// under which a cache may keep it. The number changes when the same settings sound differently:
// 2 since variants of "en-gb" take effect, 3 since levels are measured by ITU-T P.56.
func (c Config) Fingerprint() string {
	return fmt.Sprintf("espeak 3 %v %d %d %g", c.Voices, c.WordsPerMinute, c.Pitch, c.LevelDB)
}
