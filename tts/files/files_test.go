package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"decroche/internal/peer/speech"
	"decroche/media/wav"
	"decroche/tts"
	"decroche/tts/ttstest"
)

// folder makes a folder with a manifest and the recording un.wav, 48 kHz.
func folder(t testing.TB, manifest string) Config {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Dir = t.TempDir()
	w, err := wav.Create(filepath.Join(cfg.Dir, "un.wav"), 48000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(speech.Say("un deux", 48000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Dir, Manifest), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	return cfg
}

const one = "prompts:\n- {file: un.wav, lang: fr, text: \"C'est le n° 12, d’accord ?\"}\n"

// out writes 12 out, as the gateway does.
func out(_, text string) string { return strings.ReplaceAll(text, "12", "douze") }

func TestConformance(t *testing.T) {
	t.Parallel()
	v, err := New(folder(t, one), &ttstest.Voice{}, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"c’est le n° douze, d'accord\u202f?", "Bonjour. Je vous écoute."} {
		ttstest.Run(t, tts.Utterance{Text: text, Language: "fr"}, func(*testing.T) tts.Synthesiser { return v })
	}
	if played, passed := v.Counts(); played == 0 || passed == 0 {
		t.Errorf("%d played, %d passed on", played, passed)
	}
}

func TestWhatIsRecordedIsPlayed(t *testing.T) {
	t.Parallel()
	next := &ttstest.Voice{}
	v, err := New(folder(t, one), next, out)
	if err != nil {
		t.Fatal(err)
	}
	u := tts.Utterance{Text: "C’est le n° douze, d’accord ?", Language: "fr-FR", Rate: 8000}
	if got := speech.Hear(ttstest.All(t, v, u), 8000); got != "un deux" || len(next.Said()) > 0 {
		t.Errorf("heard %q, the next voice was asked for %v", got, next.Said())
	}
	for _, change := range []func(*tts.Utterance){
		func(u *tts.Utterance) { u.Text = "C’est le n° treize" }, func(u *tts.Utterance) { u.Language = "en" },
		func(u *tts.Utterance) { u.Voice = "fr+f2" }, func(u *tts.Utterance) { u.Speed = 1.5 },
	} {
		w := u
		change(&w)
		before := len(next.Said())
		if ttstest.All(t, v, w); len(next.Said()) != before+1 {
			t.Errorf("%+v was played from a recording", w)
		}
	}
	if said, err := v.Check(t.Context()); err != nil || !strings.HasPrefix(said, "1 recordings in") {
		t.Errorf("%q, %v", said, err)
	}
	cfg := folder(t, one)
	before := cfg.Fingerprint()
	if err := os.Remove(filepath.Join(cfg.Dir, "un.wav")); err != nil || cfg.Fingerprint() == before {
		t.Errorf("other recordings have the same fingerprint %q, %v", before, err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"prompts:\n- {file: un.wav, lng: fr, text: a}":                     `unknown key "lng"`,
		"prompts:\n- {file: un.wav, text: a}":                              "prompts[0].lang",
		"prompts:\n- {file: un.wav, lang: fr}":                             "prompts[0].text",
		"prompts:\n- {file: ../un.wav, lang: fr, text: a}":                 "manifest.yaml:2:4: prompts[0].file: \"../un.wav\" is no file of this folder",
		"prompts:\n- {file: deux.wav, lang: fr, text: a}":                  "deux.wav",
		"prompts:\n- {file: manifest.yaml, lang: fr, text: a}":             "not a WAV file",
		one + "- {file: un.wav, lang: FR, text: 'c est le n 12 d accord'}": "is recorded in un.wav too",
	} {
		if _, err := New(folder(t, in), &ttstest.Voice{}, nil); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "prompts[0].file: prompts[0].file", "prompts[0].file"), want) {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	cfg := DefaultConfig()
	cfg.Dir = filepath.Join(t.TempDir(), "nowhere")
	if _, err := New(cfg, &ttstest.Voice{}, nil); err == nil || !strings.Contains(err.Error(), "tts.files.dir") {
		t.Errorf("no folder: %v", err)
	}
	v, err := New(folder(t, "prompts: []\n"), &ttstest.Voice{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Check(t.Context()); err == nil {
		t.Error("an empty manifest is in order")
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{Next: "files"}.Validate()
	for i, want := range []string{"dir: is empty", "next: \"files\"", "max_mib: 0"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(one)
	f.Add("prompts:\n- {file: /etc/passwd, lang: fr, text: a}\n")
	f.Fuzz(func(t *testing.T, manifest string) {
		v, err := New(folder(t, manifest), &ttstest.Voice{}, nil)
		if err != nil {
			return
		}
		for k, r := range v.prompts {
			if !filepath.IsLocal(r.file) || k == "" {
				t.Fatalf("%q plays %q", k, r.file)
			}
		}
	})
}
