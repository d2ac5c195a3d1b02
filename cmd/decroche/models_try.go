package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/asr/pocketsphinx"
	"decroche/asr/wer"
	"decroche/configs"
	"decroche/internal/langtag"
	"decroche/internal/models"
	nativelib "decroche/internal/native"
	"decroche/media"
)

// loader turns a configuration into one whose engine uses the model in a folder, for engines that
// this binary can start by itself.
type loader func(cfg configs.Config, m models.Model, dir string) (configs.Config, error)

// loaders by engine. Servers (vosk, wyoming, openai) are not ours to start.
var loaders = map[string]loader{"pocketsphinx": loadPocketsphinx, "sherpa": loadSherpa}

// loadPocketsphinx takes the folder of an acoustic model with its dictionary in it.
func loadPocketsphinx(cfg configs.Config, m models.Model, dir string) (configs.Config, error) {
	cfg.ASR.Engine, cfg.ASR.Routes = m.Engine, nil
	cfg.ASR.Pocketsphinx.Models = map[string]pocketsphinx.Model{}
	for _, lang := range m.Languages {
		cfg.ASR.Pocketsphinx.Models[lang] = pocketsphinx.Model{Model: dir, Dictionary: filepath.Join(dir, lang+".dict"), Rate: m.Rate}
	}
	return cfg, nil
}

// trialAmong are sentences that the doctor's is chosen among, for engines without free speech.
var trialAmong = map[string][]string{
	"fr": {"je voudrais parler à quelqu’un", "à quelle heure êtes-vous ouverts", "merci, au revoir", "j’ai perdu ma carte"},
	"en": {"i would like to talk to somebody", "when are you open", "thank you, goodbye", "i have lost my card"},
}

// tooWrong is the share of words from which on a model is said not to work: it hears something,
// and not what was said.
const tooWrong = 0.5

// tryModel lets a model hear, or say, the doctor's sentence in each of its languages.
func tryModel(ctx context.Context, cfg configs.Config, m models.Model, dir string, load loader) (string, error) {
	switch {
	case m.Kind == "vad":
		return "", &models.UntriedError{Why: "it finds voices and recognises no words"}
	case load == nil:
		return "", &models.UntriedError{Why: m.Engine + " is a server of its own, which decroche does not start"}
	}
	cfg, err := load(cfg, m, dir)
	if err != nil {
		return "", &models.UntriedError{Why: err.Error()}
	}
	var told []string
	for _, lang := range m.Languages {
		said, err := hearTrial(ctx, cfg, m, lang)
		if nativelib.Absent(err) {
			return "", &models.UntriedError{Why: err.Error()}
		}
		if err != nil {
			return "", err
		}
		told = append(told, said)
	}
	return strings.Join(told, "; "), nil
}

// hearTrial says the trial sentence with the configured voice and hears it with the configured
// recogniser, one of which is the model under trial, m. What a voice on trial says is told as the
// recogniser heard it and not held against the voice: ours hears voices that it does not know badly.
func hearTrial(ctx context.Context, cfg configs.Config, m models.Model, lang string) (string, error) {
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return "", &models.UntriedError{Why: "there is no voice to say a sentence: " + plainError(err)}
	}
	pcm, err := synthesise(ctx, mouth, utterance(lang, "", trialIn(lang)))
	switch {
	case err != nil && m.Kind == "voice":
		return "", err
	case err != nil:
		return "", &models.UntriedError{Why: "no voice said a sentence: " + plainError(err)}
	}
	ears, err := newRecogniser(cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", &models.UntriedError{Why: err.Error()}
	}
	throughALaw(pcm)
	res, err := asr.Transcribe(ctx, ears, pcm, trialOptions(cfg, lang))
	if err != nil {
		return "", err
	}
	if m.Kind == "voice" {
		return voiced(lang, pcm, res.Text)
	}
	return judge(lang, trialIn(lang), res.Text)
}

// voiced judges what a voice on trial has made: sound, of about a sentence's length.
func voiced(lang string, pcm []int16, heard string) (string, error) {
	long := time.Duration(len(pcm)) * time.Second / media.PhoneRate
	if long < 500*time.Millisecond || long > 15*time.Second || !slices.ContainsFunc(pcm, func(v int16) bool { return v > 1000 || v < -1000 }) {
		return "", fmt.Errorf("it made %.1f s of sound, or none that is loud, where %s was to be said; --no-check keeps it all the same", long.Seconds(), quoted(trialIn(lang)))
	}
	return fmt.Sprintf("%s: said %s in %.1f s, which the embedded recogniser took for %s", lang, quoted(trialIn(lang)), long.Seconds(), quoted(heard)), nil
}

// trialOptions ask for the trial sentence: as free speech, or among others of an engine that hears
// only what is expected.
func trialOptions(cfg configs.Config, lang string) asr.Options {
	opt := asr.Options{Language: lang, Rate: media.PhoneRate}
	if cfg.ASR.Engine == "pocketsphinx" && cfg.ASR.Pocketsphinx.Models[langtag.Base(lang)].LanguageModel == "" {
		opt.Expect, opt.Hints = asr.Expect{Kind: "list"}, append([]string{strings.TrimRight(trialIn(lang), " ?")}, trialAmong[lang]...)
	}
	return opt
}

// judge tells what was heard, or that it is too far from what was said.
func judge(lang, said, heard string) (string, error) {
	var n wer.Count
	n.Add(wer.Fold(lang, said), wer.Fold(lang, heard)) // accents are no sign of a model that does not work
	if n.Rate() > tooWrong {
		return "", fmt.Errorf("it heard %s where %s was said; --no-check keeps it all the same", quoted(heard), quoted(said))
	}
	return fmt.Sprintf("%s: said %s, heard %s", lang, quoted(said), quoted(heard)), nil
}
