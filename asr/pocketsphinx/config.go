package pocketsphinx

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config says where library and models are. Start from DefaultConfig.
type Config struct {
	// Library is the path of libpocketsphinx.so.3; empty: where the system's loader finds it.
	Library string `yaml:"library"`
	// Models by language.
	Models map[string]Model `yaml:"models"`
	// Decoders is how many turns are heard at once, 1 to 64; the next waits for one to be free.
	// Each takes some 25 MB with the English model.
	Decoders int `yaml:"decoders"`
}

// Model is one language.
type Model struct {
	// Model is the folder of the acoustic model.
	Model string `yaml:"model"`
	// Dictionary tells how words are said, one "word P H O N E S" a line.
	Dictionary string `yaml:"dictionary"`
	// LanguageModel is for free speech, an ARPA file or its binary form. Empty: only what the
	// flow expects is heard, and free speech is left to another engine.
	LanguageModel string `yaml:"language_model"`
	// Rate is what the model was made for, 8000 or 16000 samples a second.
	Rate int `yaml:"rate"`
	// Mean is the cepstral mean that a turn begins with, as pocketsphinx writes it in its log
	// ("cmn_live.c: Update to"); that of telephone sound differs from that of the studio, and a
	// turn is too short to learn it. Empty: the model's own.
	Mean string `yaml:"mean"`
}

// DefaultConfig is Debian's library and its English model (packages libpocketsphinx3 and
// pocketsphinx-en-us), with the mean of synthetic voices over A-law.
func DefaultConfig() Config {
	return Config{Decoders: 8, Models: map[string]Model{"en": {
		Model:      "/usr/share/pocketsphinx/model/en-us/en-us",
		Dictionary: "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict",
		Rate:       16000,
		Mean:       "45.07,33.77,-30.84,47.76,-17.50,-0.93,18.79,-30.76,11.64,-9.05,0.45,13.89,-14.28",
	}}}
}

// Languages are those that have a model, in order.
func (c Config) Languages() []string { return slices.Sorted(maps.Keys(c.Models)) }

// Validate returns every complaint, each "key: what is wrong; what to do". It looks at no files.
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if len(c.Models) == 0 {
		say("models: is empty; name a model for each language")
	}
	if c.Decoders < 1 || c.Decoders > 64 {
		say("decoders: %d is not between 1 and 64", c.Decoders)
	}
	for _, lang := range c.Languages() {
		m, key := c.Models[lang], "models."+lang
		if rulesOf(lang) == nil {
			say("%s: there are no grammars of this language; there are %s", key, strings.Join(spoken, " and "))
		}
		if m.Model == "" {
			say("%s.model: is empty; name the folder of the acoustic model", key)
		}
		if m.Dictionary == "" {
			say("%s.dictionary: is empty; name the file with pronunciations", key)
		}
		if m.Rate != 8000 && m.Rate != 16000 {
			say("%s.rate: %d is neither 8000 nor 16000, what such models are made for", key, m.Rate)
		}
		if strings.Trim(m.Mean, "0123456789.,- ") != "" {
			say("%s.mean: %q is no list of numbers; write as in 40,3,-1", key, m.Mean)
		}
	}
	return bad
}
