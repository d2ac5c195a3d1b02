package main

import (
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"decroche/asr"
	asrchain "decroche/asr/chain"
	"decroche/asr/embedded"
	asropenai "decroche/asr/openai"
	"decroche/asr/vosk"
	asrwyoming "decroche/asr/wyoming"
	"decroche/configs"
	"decroche/flows"
	"decroche/flows/render"
	"decroche/tts"
	"decroche/tts/cache"
	ttschain "decroche/tts/chain"
	"decroche/tts/espeak"
	"decroche/tts/files"
	"decroche/tts/level"
	ttsopenai "decroche/tts/openai"
	"decroche/tts/ssml"
	ttswyoming "decroche/tts/wyoming"
)

// Every engine this binary has, by hand: one line a recogniser, one line a voice. A new adapter
// is a folder below asr or tts and a line here.

// What the engines of chains do, in all chains that this process makes; serve shows it.
var (
	earMetrics   = asrchain.NewMetrics(nil)
	mouthMetrics = ttschain.NewMetrics(nil)
)

// newRecogniser makes the configured recogniser: one engine, or a chain of those in asr.routes.
func newRecogniser(cfg configs.Config, bots []*flows.Bot, log *slog.Logger) (asr.Recogniser, error) {
	if len(cfg.ASR.Routes) == 0 {
		return newEngine(cfg.ASR.Engine, cfg, bots, log)
	}
	var engines []asrchain.Engine
	for _, name := range cfg.ASR.Used() {
		r, err := newEngine(name, cfg, bots, log)
		if err != nil {
			return nil, err
		}
		engines = append(engines, cfg.ASR.Terms(name).Engine(name, r))
	}
	return asrchain.New(engines, cfg.ASR.AllRoutes(), cfg.ASR.Chain, earMetrics)
}

// newEngine makes one recogniser by its name. The embedded one learns the bots' own sentences.
func newEngine(name string, cfg configs.Config, bots []*flows.Bot, log *slog.Logger) (asr.Recogniser, error) {
	switch name {
	case "embedded":
		c := cfg.ASR.Embedded
		c.Phrases = map[string][]string{}
		for _, lang := range c.Languages {
			for _, b := range bots {
				c.Phrases[lang] = append(c.Phrases[lang], wordsOf(b, lang)...)
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
	case "sherpa":
		return &workedEar{name: name, langs: cfg.ASR.Sherpa.Languages(), cfg: cfg, log: log}, nil
	case "pocketsphinx":
		return &workedEar{name: name, langs: cfg.ASR.Pocketsphinx.Languages(), cfg: cfg, log: log}, nil
	}
	return nil, fmt.Errorf("asr.engine: %q is not known; this build has %s", name, strings.Join(configs.Recognisers, ", "))
}

// wordsOf is what callers of a bot are likely to say: its examples, the questions that its articles
// answer, and the values of its lists.
func wordsOf(b *flows.Bot, lang string) []string {
	say := b.Examples(lang)
	if base := b.Knowledge(); base != nil {
		for _, a := range base.Articles() {
			if a.Lang == lang {
				say = append(append(say, a.Title), a.Questions...)
			}
		}
	}
	lists := b.Lists()
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		say = append(say, lists[name]...)
	}
	return say
}

// newSynthesiser makes the configured voice, without cache: one engine, or a chain of those in
// tts.routes.
func newSynthesiser(cfg configs.Config) (tts.Synthesiser, error) {
	if len(cfg.TTS.Routes) == 0 {
		return newVoice(cfg.TTS.Engine, cfg)
	}
	var voices []ttschain.Voice
	for _, name := range cfg.TTS.Used() {
		v, err := newVoice(name, cfg)
		if err != nil {
			return nil, err
		}
		voices = append(voices, cfg.TTS.Terms(name).Voice(name, v))
	}
	return ttschain.New(voices, cfg.TTS.AllRoutes(), cfg.TTS.Chain, mouthMetrics)
}

// newVoice makes one voice by its name, with marks made for what it cannot do itself.
func newVoice(name string, cfg configs.Config) (tts.Synthesiser, error) {
	marked := func(s tts.Synthesiser, err error) (tts.Synthesiser, error) {
		if err != nil {
			return nil, err
		}
		return ssml.New(level.New(s, cfg.TTS.LevelDB)), nil
	}
	switch name {
	case "espeak":
		cfg.TTS.Espeak.LevelDB = cfg.TTS.LevelDB
		s, err := espeak.New(cfg.TTS.Espeak) // brings itself to the level
		if err != nil {
			return nil, err
		}
		return ssml.New(s), nil
	case "wyoming":
		return marked(ttswyoming.New(cfg.TTS.Wyoming))
	case "openai":
		return marked(ttsopenai.New(cfg.TTS.OpenAI))
	case "sherpa":
		return marked(&workedMouth{cfg: cfg}, nil)
	case "files":
		next, err := newVoice(cfg.TTS.Files.Next, cfg)
		if err != nil {
			return nil, err
		}
		cfg.TTS.Files.LevelDB = cfg.TTS.LevelDB
		return files.New(cfg.TTS.Files, next, render.Spoken)
	}
	return nil, fmt.Errorf("tts.engine: %q is not known; this build has %s", name, strings.Join(configs.Voices, ", "))
}

// engineOf is the engine behind what makes marks and level for it.
func engineOf(s tts.Synthesiser) tts.Synthesiser {
	for {
		w, ok := s.(interface{ Unwrap() tts.Synthesiser })
		if !ok {
			return s
		}
		s = w.Unwrap()
	}
}

// fingerprint names an engine and what in its settings changes the sound.
func fingerprint(engine string, cfg configs.Config) string {
	switch engine {
	case "wyoming":
		return engine + " " + cfg.TTS.Wyoming.Fingerprint()
	case "openai":
		return engine + " " + cfg.TTS.OpenAI.Fingerprint()
	case "sherpa":
		return engine + " " + cfg.TTS.Sherpa.Fingerprint()
	case "files":
		return engine + " " + cfg.TTS.Files.Fingerprint() + " " + fingerprint(cfg.TTS.Files.Next, cfg)
	}
	return engine + " " + cfg.TTS.Espeak.Fingerprint()
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
	sound := []string{cfg.TTS.String(), fmt.Sprint(cfg.TTS.LevelDB)}
	for _, name := range cfg.TTS.Used() {
		sound = append(sound, fingerprint(name, cfg))
	}
	return cache.New(mouth, strings.Join(sound, " "), c)
}
