package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/configs"
	"decroche/flows"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/espeak"
)

// trial is what the doctor says in each language.
var trial = map[string]string{"fr": "bonjour, où est mon colis ?", "en": "hello, where is my parcel?"}

// tryEngines lets each voice say a sentence in each language that the hotlines speak, and each
// recogniser listen to it: those of a chain are tried one by one, for a chain hides that one of
// them is ill. With all, so is every other engine that this build has: those that the
// configuration does not use are tried with their settings too, and are no illness when they fail.
func tryEngines(ctx context.Context, cfg configs.Config, bots []*flows.Bot, all bool) (out []finding) {
	if len(cfg.TTS.Routes) > 0 {
		out = append(out, finding{what: "voices, in turn", ok: true, note: cfg.TTS.String()})
	}
	said := map[string][]int16{}
	for _, name := range cfg.TTS.Used() {
		out = append(out, tryMouth(ctx, cfg, name, bots, said)...)
	}
	if len(cfg.ASR.Routes) > 0 {
		out = append(out, finding{what: "recognisers, in turn", ok: true, note: cfg.ASR.String()})
	}
	for _, name := range cfg.ASR.Used() {
		out = append(out, tryEar(ctx, cfg, name, bots, said)...)
	}
	if !all {
		return out
	}
	for _, name := range configs.Voices {
		if !slices.Contains(cfg.TTS.Used(), name) {
			out = append(out, spare(tryMouth(ctx, cfg, name, bots, map[string][]int16{}))...)
		}
	}
	for _, name := range configs.Recognisers {
		if !slices.Contains(cfg.ASR.Used(), name) {
			out = append(out, spare(tryEar(ctx, cfg, name, bots, said))...)
		}
	}
	return out
}

// spare turns what was found of an engine that nobody uses into hints.
func spare(found []finding) []finding {
	for i := range found {
		if !found[i].ok {
			found[i].ok, found[i].hint = true, true
		}
		found[i].note = "not used; " + found[i].note
	}
	return found
}

// tryMouth tries one voice by itself and leaves in said what it said, by language.
func tryMouth(ctx context.Context, cfg configs.Config, name string, bots []*flows.Bot, said map[string][]int16) (out []finding) {
	cfg.TTS.Engine, cfg.TTS.Routes = name, nil
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return []finding{{what: "voice " + name, note: plainError(err), advice: mouthAdvice(name, err, "")}}
	}
	if c, ok := engineOf(mouth).(checker); ok {
		f := finding{what: "voice " + name, ok: true}
		if f.note, err = c.Check(ctx); err != nil {
			f.ok, f.note, f.advice = false, plainError(err), mouthAdvice(name, err, "")
		}
		out = append(out, f)
	}
	for _, lang := range languages(bots) {
		voice, pcm := tryVoice(ctx, cfg, mouth, lang)
		out = append(out, voice)
		if len(pcm) > 0 {
			said[lang] = pcm
		}
	}
	return out
}

// tryEar tries one recogniser by itself on what was said.
func tryEar(ctx context.Context, cfg configs.Config, name string, bots []*flows.Bot, said map[string][]int16) []finding {
	routed := len(cfg.ASR.Routes) > 0
	cfg.ASR.Engine, cfg.ASR.Routes = name, nil
	r, ears := recogniser(ctx, cfg, bots)
	out := []finding{ears}
	for _, lang := range languages(bots) {
		asked, _ := cfg.ASR.Serves(lang, "free") // a chain does not ask it for others
		if r != nil && len(said[lang]) > 0 && (asked || !routed) {
			out = append(out, tryEars(ctx, cfg, r, lang, said[lang]))
		}
	}
	return out
}

// checker is an engine that can look what is behind it: a server, a folder.
type checker interface {
	Check(ctx context.Context) (string, error)
}

// recogniser makes the recogniser; nil when it cannot.
func recogniser(ctx context.Context, cfg configs.Config, bots []*flows.Bot) (asr.Recogniser, finding) {
	f := finding{what: "recogniser " + cfg.ASR.Engine, advice: engineAdvice("asr", cfg.ASR.Engine)}
	r, err := newRecogniser(cfg, bots, slog.New(slog.DiscardHandler))
	if err != nil {
		f.note = err.Error()
		return nil, f
	}
	f.ok, f.note = true, fmt.Sprint(r)
	if cfg.ASR.Engine == "embedded" {
		f.note += "; it is for demonstrations, not for the public"
	}
	if c, ok := r.(checker); ok {
		said, err := c.Check(ctx)
		if err != nil {
			f.ok, f.note = false, err.Error()
			return nil, f
		}
		f.note += ": " + said
	}
	return r, f
}

// engineAdvice is what to do about an engine that cannot be made or reached.
func engineAdvice(kind, engine string) string {
	switch engine {
	case "embedded":
		return "the weights are part of the binary; build it again with make build"
	case "sherpa":
		return fmt.Sprintf("correct %s.sherpa: its library and models; %s/sherpa/README.md tells where to get them", kind, kind)
	case "pocketsphinx":
		return "apt-get install libpocketsphinx3 pocketsphinx-en-us, or correct asr.pocketsphinx; asr/pocketsphinx/README.md tells how to try it in two minutes"
	case "files":
		return "correct tts.files or the manifest; tts/files/README.md tells how"
	}
	return fmt.Sprintf("start its server, or correct %s.%s; %s/%s/README.md tells how to try it in two minutes", kind, engine, kind, engine)
}

// tryVoice renders the trial sentence of a language.
func tryVoice(ctx context.Context, cfg configs.Config, mouth tts.Synthesiser, lang string) (finding, []int16) {
	f := finding{what: fmt.Sprintf("voice %s, %s", cfg.TTS.Engine, lang)}
	began := time.Now()
	pcm, err := synthesise(ctx, mouth, utterance(lang, "", trialIn(lang)))
	if err == nil && len(pcm) == 0 {
		err = errors.New("it made no sound")
	}
	if err != nil {
		f.note, f.advice = plainError(err), mouthAdvice(cfg.TTS.Engine, err, lang)
		return f, nil
	}
	f.ok, f.note = true, fmt.Sprintf("spoke %.1f s of sound in %d ms", float64(len(pcm))/media.PhoneRate, time.Since(began).Milliseconds())
	return f, pcm
}

// mouthAdvice is what to do about a voice of any engine.
func mouthAdvice(engine string, err error, lang string) string {
	if engine == "espeak" || errors.Is(err, espeak.ErrMissing) || errors.Is(err, espeak.ErrVoice) {
		return voiceAdvice(err, lang)
	}
	return engineAdvice("tts", engine)
}

// voiceAdvice is what to do about a voice that does not speak.
func voiceAdvice(err error, lang string) string {
	switch {
	case errors.Is(err, espeak.ErrMissing):
		return "install it: apt-get install espeak-ng; or correct tts.espeak.path"
	case errors.Is(err, espeak.ErrVoice):
		return fmt.Sprintf("correct tts.espeak.voices.%s", lang)
	}
	return "try it by hand: echo bonjour | espeak-ng --stdin; tts.espeak.path names the program"
}

// tryEars listens to the trial sentence of a language.
func tryEars(ctx context.Context, cfg configs.Config, r asr.Recogniser, lang string, pcm []int16) finding {
	f := finding{what: fmt.Sprintf("recogniser %s, %s", cfg.ASR.Engine, lang)}
	began := time.Now()
	res, err := asr.Transcribe(ctx, r, pcm, trialOptions(cfg, lang))
	_, wrong := judge(lang, trialIn(lang), res.Text)
	switch {
	case err != nil:
		f.note, f.advice = err.Error(), earsAdvice(cfg.ASR.Engine, lang)
	case strings.TrimSpace(res.Text) == "" && cfg.ASR.Engine == "pocketsphinx": // it may refuse, and synthetic voices are strange to it
		f.ok, f.hint, f.note = true, true, "it refused what the voice said, which is not what its model learned from"
		f.advice = "try it on recordings of people: make eval-asr DIR=recordings ENGINE=pocketsphinx (docs/engines.md)"
	case strings.TrimSpace(res.Text) == "":
		f.note, f.advice = "it heard nothing in what the voice said", fmt.Sprintf("listen to the voice: decroche say --lang %s \"%s\" -o trial.wav; if it is clear, the recogniser cannot serve this language", lang, trialIn(lang))
	default:
		f.ok, f.note = true, fmt.Sprintf("heard « %s » in %d ms", res.Text, time.Since(began).Milliseconds())
		if f.hint = wrong != nil; f.hint {
			f.note += ", where " + quoted(trialIn(lang)) + " was said"
			f.advice = fmt.Sprintf("measure it before callers do: make eval-asr DIR=recordings ENGINE=%s (docs/engines.md)", cfg.ASR.Engine)
		}
	}
	return f
}

// earsAdvice is what to do about a recogniser that fails in a language.
func earsAdvice(engine, lang string) string {
	if engine == "embedded" {
		return fmt.Sprintf("add %s to asr.embedded.languages, or take it out of languages: in bot.yaml", lang)
	}
	return fmt.Sprintf("look into the log of its server; when it does not know %s, correct asr.%s, or take %s out of languages: in bot.yaml", lang, engine, lang)
}

// trialIn is what the doctor says in a language.
func trialIn(lang string) string {
	if s, ok := trial[lang]; ok {
		return s
	}
	return "1 2 3"
}
