package sherpa

import (
	"fmt"
	"maps"
	"slices"
)

// Config says where library and voices are. Start from DefaultConfig.
type Config struct {
	// Library is the path of libsherpa-onnx-c-api.so, with libonnxruntime.so beside it; empty:
	// where the system's loader finds it.
	Library string `yaml:"library"`
	// Voices by language.
	Voices map[string]Voice `yaml:"voices"`
	// Threads of each rendering, 1 to 64.
	Threads int `yaml:"threads"`
}

// Voice is the voice of one language.
type Voice struct {
	// Kind is piper or kokoro.
	Kind string `yaml:"kind"`
	// Model is the network, Tokens the file that names its inputs.
	Model  string `yaml:"model"`
	Tokens string `yaml:"tokens"`
	// Data is the folder espeak-ng-data that belongs to the model; it tells how words are said.
	Data string `yaml:"data"`
	// Voices is Kokoro's file of speakers, Lexicon its optional word list.
	Voices  string `yaml:"voices"`
	Lexicon string `yaml:"lexicon"`
	// Speaker is a number, for models with several.
	Speaker int `yaml:"speaker"`
}

// DefaultConfig has no voices: which, is the operator's choice.
func DefaultConfig() Config { return Config{Voices: map[string]Voice{}, Threads: 2} }

// Languages are those that have a voice, in order.
func (c Config) Languages() []string { return slices.Sorted(maps.Keys(c.Voices)) }

// Validate returns every complaint, each "key: what is wrong; what to do". It looks at no files.
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.Threads < 1 || c.Threads > 64 {
		say("threads: %d is not between 1 and 64", c.Threads)
	}
	for _, lang := range c.Languages() {
		v, key := c.Voices[lang], "voices."+lang
		if v.Kind != "piper" && v.Kind != "kokoro" {
			say("%s.kind: %q is neither piper nor kokoro", key, v.Kind)
		}
		for _, f := range v.files() {
			if f.path == "" {
				say("%s.%s: is empty; a voice of the kind %s has it", key, f.key, v.Kind)
			}
		}
		if v.Speaker < 0 || v.Speaker > 10000 {
			say("%s.speaker: %d is not between 0 and 10000", key, v.Speaker)
		}
	}
	return bad
}

// file is a setting that names a file or folder.
type file struct{ key, path string }

// files are what a voice needs.
func (v Voice) files() []file {
	list := []file{{"model", v.Model}, {"tokens", v.Tokens}, {"data", v.Data}}
	if v.Kind == "kokoro" {
		list = append(list, file{"voices", v.Voices})
	}
	return list
}

// Fingerprint names everything beside the utterance that changes the sound: part of the key under
// which a cache may keep it.
func (c Config) Fingerprint() string { return fmt.Sprintf("sherpa 1 %v", c.Voices) }
