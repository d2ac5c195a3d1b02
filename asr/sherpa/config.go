package sherpa

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Config says where library and models are. Start from DefaultConfig.
type Config struct {
	// Library is the path of libsherpa-onnx-c-api.so, with libonnxruntime.so beside it; empty:
	// where the system's loader finds it.
	Library string `yaml:"library"`
	// Models by language.
	Models map[string]Model `yaml:"models"`
	// VAD is the path of silero_vad.onnx, which then cuts silence from what models that do not
	// stream are given. Empty: a level decides.
	VAD string `yaml:"vad"`
	// Turns is how many are heard at once, 1 to 256; Threads what each decoding may use.
	Turns   int `yaml:"turns"`
	Threads int `yaml:"threads"`
}

// Model is one language.
type Model struct {
	// Kind is the layout of the networks: one of Streams for a model that streams, else one of Wholes.
	Kind string `yaml:"kind"`
	// Streaming says that the model hears while the caller speaks.
	Streaming bool `yaml:"streaming"`
	// Model is the network; Encoder, Decoder and Joiner are those of layouts with several.
	Model   string `yaml:"model"`
	Encoder string `yaml:"encoder"`
	Decoder string `yaml:"decoder"`
	Joiner  string `yaml:"joiner"`
	// Tokens is the file that names the outputs.
	Tokens string `yaml:"tokens"`
	// Rate is what the model was made for, in samples a second; 0 is 16000. Features is the
	// number of mel bands that it reads; 0 is 80.
	Rate     int `yaml:"rate"`
	Features int `yaml:"features"`
}

// Streams are the layouts of models that stream, Wholes of those that hear a whole turn. The
// names are the library's.
var (
	Streams = []string{"transducer", "paraformer", "zipformer2_ctc", "nemo_ctc", "t_one_ctc"}
	Wholes  = []string{"transducer", "paraformer", "nemo_ctc", "whisper", "tdnn", "sense_voice", "zipformer_ctc", "wenet_ctc", "telespeech_ctc", "omnilingual", "dolphin"}
)

// DefaultConfig has no models: which, is the operator's choice.
func DefaultConfig() Config {
	return Config{Models: map[string]Model{}, Turns: 16, Threads: 1}
}

// Languages are those that have a model, in order.
func (c Config) Languages() []string { return slices.Sorted(maps.Keys(c.Models)) }

// Validate returns every complaint, each "key: what is wrong; what to do". It looks at no files.
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.Turns < 1 || c.Turns > 256 {
		say("turns: %d is not between 1 and 256", c.Turns)
	}
	if c.Threads < 1 || c.Threads > 64 {
		say("threads: %d is not between 1 and 64", c.Threads)
	}
	for _, lang := range c.Languages() {
		m, key := c.Models[lang], "models."+lang
		kinds := Wholes
		if m.Streaming {
			kinds = Streams
		}
		if !slices.Contains(kinds, m.Kind) {
			say("%s.kind: %q is no layout of a model with streaming: %v; there is %s", key, m.Kind, m.Streaming, strings.Join(kinds, ", "))
		}
		if m.Tokens == "" {
			say("%s.tokens: is empty; name the file tokens.txt of the model", key)
		}
		for _, f := range m.needs() {
			if f.path == "" {
				say("%s.%s: is empty; a model of the layout %s has this file", key, f.key, m.Kind)
			}
		}
		if m.Rate != 0 && (m.Rate < 8000 || m.Rate > 48000) {
			say("%s.rate: %d is not between 8000 and 48000", key, m.Rate)
		}
		if m.Features < 0 || m.Features > 512 {
			say("%s.features: %d is not between 0 and 512", key, m.Features)
		}
	}
	return bad
}

// file is a setting that names a file.
type file struct{ key, path string }

// needs are the files of the model's layout.
func (m Model) needs() []file {
	switch m.Kind {
	case "transducer":
		return []file{{"encoder", m.Encoder}, {"decoder", m.Decoder}, {"joiner", m.Joiner}}
	case "whisper":
		return []file{{"encoder", m.Encoder}, {"decoder", m.Decoder}}
	case "paraformer":
		if m.Streaming {
			return []file{{"encoder", m.Encoder}, {"decoder", m.Decoder}}
		}
	}
	return []file{{"model", m.Model}}
}

// missing is the first file of the model that cannot be read: the library ends the process over one.
func (m Model) missing() error {
	for _, f := range append(m.needs(), file{"tokens", m.Tokens}) {
		if st, err := os.Stat(f.path); err != nil || !st.Mode().IsRegular() {
			return fmt.Errorf("%s: %s cannot be read; correct the path, or get the model: asr/sherpa/README.md", f.key, f.path)
		}
	}
	return nil
}
