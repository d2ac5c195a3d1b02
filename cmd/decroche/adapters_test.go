package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/configs"
	"decroche/internal/peer/speech"
	"decroche/media"
	"decroche/media/wav"
	ttschain "decroche/tts/chain"
)

// TestDoctorKnowsEveryEngine lets the doctor look at each engine, with its server and without.
func TestDoctorKnowsEveryEngine(t *testing.T) {
	t.Parallel()
	cfg := learnt(configs.Default())
	bots, err := configs.Bots(cfg)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "manifest.yaml"), []byte("prompts: [{file: a.wav, lang: fr, text: '"+trial["fr"]+"'}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := wav.Create(filepath.Join(dir, "a.wav"), 16000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(speech.Say("un deux", 16000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	good, absent := &speech.Server{}, "127.0.0.1:1"
	cfg.ASR.Wyoming.Address = good.Wyoming(t)
	cfg.ASR.OpenAI.URL, cfg.ASR.OpenAI.Model = good.OpenAI(t), "tones-1"
	cfg.ASR.Vosk.URLs = map[string]string{"fr": good.Vosk(t), "en": good.Vosk(t)}
	cfg.TTS.Wyoming.Address = cfg.ASR.Wyoming.Address
	cfg.TTS.OpenAI.URL, cfg.TTS.OpenAI.Model = cfg.ASR.OpenAI.URL, "tones-1"
	cfg.TTS.Files.Dir, cfg.TTS.Files.Next = dir, "wyoming"
	away := cfg
	away.ASR.Wyoming.Address, away.ASR.OpenAI.URL, away.ASR.Vosk.URLs = "tcp://"+absent, "http://"+absent+"/v1", map[string]string{"fr": "ws://" + absent}
	away.TTS.Wyoming.Address, away.TTS.OpenAI.URL, away.TTS.Files.Dir = "tcp://"+absent, "http://"+absent+"/v1", filepath.Join(dir, "nowhere")
	for i, engines := range [][2]string{{"wyoming", "wyoming"}, {"openai", "openai"}, {"vosk", "files"}} {
		cfg.ASR.Engine, cfg.TTS.Engine = engines[0], engines[1]
		if cfg.ASR.Engine != configs.Recognisers[i+1] || cfg.TTS.Engine != configs.Voices[i+1] {
			t.Fatalf("%v: there are engines that this test does not know", engines)
		}
		for _, f := range tryEngines(t.Context(), cfg, bots, false) {
			if !f.ok {
				t.Errorf("%v: %+v", engines, f)
			}
		}
		away.ASR.Engine, away.TTS.Engine = engines[0], engines[1]
		sick := 0
		for _, f := range tryEngines(t.Context(), away, bots, false) {
			if f.ok {
				continue
			}
			if sick++; !strings.Contains(f.advice, "README.md") {
				t.Errorf("%v away: advice %q", engines, f.advice)
			}
		}
		if sick < 2 {
			t.Errorf("%v away: %d complaints", engines, sick)
		}
	}
}

// TestFingerprintsDiffer: a cache must not give one engine's sound for another's.
func TestFingerprintsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, engine := range configs.Voices {
		f := fingerprint(engine, configs.Default())
		if other := seen[f]; other != "" || !strings.HasPrefix(f, engine+" ") {
			t.Errorf("%s has the fingerprint of %q: %q", engine, other, f)
		}
		seen[f] = engine
	}
}

func TestChosenEngine(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "embedded", "vosk": "vosk"} {
		if got, err := chosen("--engine", name, "embedded", configs.Recognisers); got != want || err != nil {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := chosen("--engine", "siri", "embedded", configs.Recognisers); err == nil || !strings.Contains(err.Error(), `--engine "siri": this build has embedded`) {
		t.Errorf("unknown: %v", err)
	}
}

// TestCostOfAVoice: what the configuration says a minute of a voice costs is what is counted.
func TestCostOfAVoice(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	cfg, err := configs.Parse("c.yaml", []byte("tts: {routes: {any: [espeak]}, engines: {espeak: {cost: 60, languages: [fr]}}}"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.TTS.Chain.FirstAudio, cfg.TTS.Chain.Gap = 30*time.Second, 30*time.Second // it is not the voice's speed that is asked
	v, err := newSynthesiser(cfg)
	if err != nil {
		t.Fatal(err)
	}
	units := func() (sum float64) {
		reg := prometheus.NewRegistry()
		reg.MustRegister(mouthMetrics)
		all, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			for _, m := range f.Metric {
				if f.GetName() == "decroche_tts_engine_cost_units_total" {
					sum += m.GetCounter().GetValue()
				}
			}
		}
		return sum
	}
	before := units()
	pcm, err := synthesise(t.Context(), v, utterance("fr", "", "Bonjour."))
	if err != nil {
		t.Fatal(err)
	}
	v.(*ttschain.Chain).Close()
	if got, want := units()-before, float64(len(pcm))/media.PhoneRate; got < .9*want || got > 1.1*want {
		t.Errorf("%.2f s at 60 a minute cost %.2f units", want, got)
	}
	if _, err := v.Speak(t.Context(), utterance("en", "", "Hello.")); err == nil || !strings.Contains(err.Error(), `"en"`) {
		t.Errorf("a language that the voice is not asked for: %v", err)
	}
}
