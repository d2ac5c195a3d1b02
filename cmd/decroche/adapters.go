package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"decroche/asr"
	"decroche/asr/embedded"
	asropenai "decroche/asr/openai"
	"decroche/asr/vosk"
	asrwyoming "decroche/asr/wyoming"
	"decroche/configs"
	"decroche/flows"
	"decroche/tts"
	"decroche/tts/cache"
	"decroche/tts/espeak"
)

// Every engine this binary has, by hand: one line a recogniser, one line a voice. A new adapter
// is a folder below asr or tts and a line here.

// newRecogniser makes the configured recogniser. It learns the bots' own sentences.
func newRecogniser(cfg configs.Config, bots []*flows.Bot, log *slog.Logger) (asr.Recogniser, error) {
	switch cfg.ASR.Engine {
	case "embedded":
		c := cfg.ASR.Embedded
		c.Phrases = map[string][]string{}
		for _, lang := range c.Languages {
			for _, b := range bots {
				c.Phrases[lang] = append(c.Phrases[lang], b.Examples(lang)...)
			}
		}
		r, err := embedded.New(c)
		if err != nil {
			return nil, err
		}
		for _, lang := range r.Languages() {
			if n := r.Skipped(lang); n > 0 {
				log.Warn("words of the flows have no pronunciation and cannot be heard; install espeak-ng or say them otherwise", "lang", lang, "words", n)
			}
		}
		return r, nil
	case "wyoming":
		return asrwyoming.New(cfg.ASR.Wyoming)
	case "openai":
		return asropenai.New(cfg.ASR.OpenAI)
	case "vosk":
		return vosk.New(cfg.ASR.Vosk)
	}
	return nil, fmt.Errorf("asr.engine: %q is not known; this build has %s", cfg.ASR.Engine, strings.Join(configs.Recognisers, ", "))
}

// newSynthesiser makes the configured voice, without cache.
func newSynthesiser(cfg configs.Config) (tts.Synthesiser, error) {
	switch cfg.TTS.Engine {
	case "espeak":
		return espeak.New(cfg.TTS.Espeak)
	}
	return nil, fmt.Errorf("tts.engine: %q is not known; this build has %s", cfg.TTS.Engine, strings.Join(configs.Voices, ", "))
}

// newCachedVoice makes the configured voice behind a cache of rendered prompts.
func newCachedVoice(cfg configs.Config) (*cache.Cache, error) {
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return nil, err
	}
	c := cfg.TTS.Cache
	if c.Dir == "" {
		c.Dir = filepath.Join(cfg.Gateway.DataDir, "prompts")
	}
	return cache.New(mouth, cfg.TTS.Engine+" "+cfg.TTS.Espeak.Fingerprint(), c)
}
