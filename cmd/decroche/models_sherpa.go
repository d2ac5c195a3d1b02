package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	asrsherpa "decroche/asr/sherpa"
	"decroche/configs"
	"decroche/internal/models"
	ttssherpa "decroche/tts/sherpa"
)

// loadSherpa names the files of a model's folder as sherpa-onnx wants them named.
func loadSherpa(cfg configs.Config, m models.Model, dir string) (configs.Config, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return cfg, err
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if m.Kind == "voice" {
		v, err := sherpaVoice(names, dir)
		if err != nil {
			return cfg, err
		}
		cfg.TTS.Engine, cfg.TTS.Routes = m.Engine, nil
		cfg.TTS.Sherpa.Library = cmp.Or(cfg.TTS.Sherpa.Library, cfg.ASR.Sherpa.Library)
		cfg.TTS.Sherpa.Voices = map[string]ttssherpa.Voice{}
		for _, lang := range m.Languages {
			cfg.TTS.Sherpa.Voices[lang] = v
		}
		cfg.ASR.Engine, cfg.ASR.Routes, cfg.ASR.Sherpa.Models = "embedded", nil, nil
		return cfg, nil
	}
	x, err := sherpaModel(m, names, dir)
	if err != nil {
		return cfg, err
	}
	cfg.ASR.Engine, cfg.ASR.Routes = m.Engine, nil
	cfg.ASR.Sherpa.Library = cmp.Or(cfg.ASR.Sherpa.Library, cfg.TTS.Sherpa.Library)
	cfg.ASR.Sherpa.Models = map[string]asrsherpa.Model{}
	for _, lang := range m.Languages {
		cfg.ASR.Sherpa.Models[lang] = x
	}
	return cfg, nil
}

// errFiles says why a folder is no model that can be tried.
var errFiles = errors.New("which of its files is what is for you to say, in the section of sherpa; decroche doctor lets it be tried then")

// sherpaModel finds the networks of a recogniser. Quantised ones are taken where there are both;
// for decoders, small and touchy, as sherpa-onnx's own examples do, the others.
func sherpaModel(m models.Model, names []string, dir string) (asrsherpa.Model, error) {
	x := asrsherpa.Model{Kind: cmp.Or(m.Layout, "transducer"), Streaming: m.Streaming, Rate: m.Rate, Tokens: network(names, dir, "tokens.txt", false)}
	if x.Kind == "transducer" || x.Kind == "whisper" || x.Kind == "paraformer" && m.Streaming {
		x.Encoder, x.Decoder = network(names, dir, "encoder", true), network(names, dir, "decoder", false)
		if x.Kind == "transducer" {
			x.Joiner = network(names, dir, "joiner", true)
		}
	} else {
		x.Model = network(names, dir, "", true)
	}
	c := asrsherpa.DefaultConfig()
	c.Models["it"] = x
	if bad := c.Validate(); len(bad) > 0 {
		return x, fmt.Errorf("%w (%s)", errFiles, strings.TrimPrefix(bad[0], "models.it."))
	}
	return x, nil
}

// sherpaVoice finds the files of a Piper or Kokoro voice; the latter has a file of speakers.
func sherpaVoice(names []string, dir string) (ttssherpa.Voice, error) {
	v := ttssherpa.Voice{Kind: "piper", Model: network(names, dir, "", true), Tokens: network(names, dir, "tokens.txt", false)}
	if slices.Contains(names, "espeak-ng-data") {
		v.Data = filepath.Join(dir, "espeak-ng-data")
	}
	if slices.Contains(names, "voices.bin") {
		v.Kind, v.Voices = "kokoro", filepath.Join(dir, "voices.bin")
		for _, n := range names {
			if strings.HasPrefix(n, "lexicon-us") || n == "lexicon.txt" {
				v.Lexicon = filepath.Join(dir, n)
			}
		}
	}
	c := ttssherpa.DefaultConfig()
	c.Voices["it"] = v
	if bad := c.Validate(); len(bad) > 0 {
		return v, fmt.Errorf("%w (%s)", errFiles, strings.TrimPrefix(bad[0], "voices.it."))
	}
	return v, nil
}

// network is the path of the first network whose name has part in it, the quantised one or the
// other where there are both; of a name that is no network's, that file. "" when there is none.
func network(names []string, dir, part string, quantised bool) string {
	best, rank := "", 0
	for _, n := range slices.Sorted(slices.Values(names)) {
		if n == part && part != "" {
			return filepath.Join(dir, n)
		}
		if !strings.HasSuffix(n, ".onnx") || !strings.Contains(n, part) {
			continue
		}
		r := 1
		if strings.Contains(n, "int8") == quantised {
			r = 2
		}
		if r > rank {
			best, rank = filepath.Join(dir, n), r
		}
	}
	return best
}

// sherpaStep is what to write into the configuration about a model that is here.
func sherpaStep(m models.Model, lang, dir string) string {
	cfg, err := loadSherpa(configs.Default(), m, dir)
	if err != nil {
		return fmt.Sprintf("name the files of this folder in the section of sherpa (%s); then decroche doctor", map[bool]string{true: "tts/sherpa/README.md", false: "asr/sherpa/README.md"}[m.Kind == "voice"])
	}
	if v, ok := cfg.TTS.Sherpa.Voices[lang]; ok {
		more := ""
		if v.Kind == "kokoro" {
			more = ", voices: " + v.Voices
		}
		return fmt.Sprintf("set tts.sherpa.voices.%s: {kind: %s, model: %s, tokens: %s, data: %s%s} (tts/sherpa/README.md); then decroche doctor", lang, v.Kind, v.Model, v.Tokens, v.Data, more)
	}
	x := cfg.ASR.Sherpa.Models[lang]
	files := "model: " + x.Model
	if x.Encoder != "" {
		files = "encoder: " + x.Encoder + ", decoder: " + x.Decoder
		if x.Joiner != "" {
			files += ", joiner: " + x.Joiner
		}
	}
	return fmt.Sprintf("set asr.sherpa.models.%s: {kind: %s, streaming: %v, rate: %d, tokens: %s, %s} (asr/sherpa/README.md); then decroche doctor", lang, x.Kind, x.Streaming, x.Rate, x.Tokens, files)
}
