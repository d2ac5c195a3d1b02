package configs

import (
	"maps"
	"path/filepath"
	"strings"
)

// below makes paths that are not absolute relative to a folder. Empty ones stay empty.
func below(dir string, paths ...*string) {
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// nativeFiles does so with the files of the engines that are C libraries. A library's name without
// a slash is left to the system's loader.
func nativeFiles(c *Config, dir string) {
	for _, p := range []*string{&c.ASR.Pocketsphinx.Library, &c.ASR.Sherpa.Library, &c.TTS.Sherpa.Library} {
		if strings.Contains(*p, "/") {
			below(dir, p)
		}
	}
	below(dir, &c.ASR.Sherpa.VAD)
	c.ASR.Pocketsphinx.Models = maps.Clone(c.ASR.Pocketsphinx.Models)
	for lang, m := range c.ASR.Pocketsphinx.Models {
		below(dir, &m.Model, &m.Dictionary, &m.LanguageModel)
		c.ASR.Pocketsphinx.Models[lang] = m
	}
	c.ASR.Sherpa.Models = maps.Clone(c.ASR.Sherpa.Models)
	for lang, m := range c.ASR.Sherpa.Models {
		below(dir, &m.Model, &m.Encoder, &m.Decoder, &m.Joiner, &m.Tokens)
		c.ASR.Sherpa.Models[lang] = m
	}
	c.TTS.Sherpa.Voices = maps.Clone(c.TTS.Sherpa.Voices)
	for lang, v := range c.TTS.Sherpa.Voices {
		below(dir, &v.Model, &v.Tokens, &v.Data, &v.Voices, &v.Lexicon)
		c.TTS.Sherpa.Voices[lang] = v
	}
}
