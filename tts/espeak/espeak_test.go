package espeak

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/media"
	"decroche/tts"
	"decroche/tts/level"
	"decroche/tts/ttstest"
)

const french = "Colibri Express, bonjour. Je suis un assistant automatique. Que puis-je faire pour vous ?"

func open(t *testing.T) *Synthesiser {
	t.Helper()
	s, err := New(DefaultConfig())
	if errors.Is(err, ErrMissing) {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	ttstest.Run(t, tts.Utterance{Text: french, Language: "fr"}, func(t *testing.T) tts.Synthesiser { return open(t) })
}

func TestEveryVoiceHasTheSameLevelAndNeverClips(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, u := range []tts.Utterance{
		{Text: french, Language: "fr"},
		{Text: french, Language: "fr", Voice: "fr+f2"},
		{Text: french, Language: "fr", Voice: "fr+whisper"},
		{Text: "Colibri Express, hello. I'm an automated assistant. What can I do for you?", Language: "en"},
	} {
		u.Rate = media.PhoneRate
		pcm := ttstest.All(t, s, u)
		loud, peak := level.Of(pcm, u.Rate), 0
		for _, x := range pcm {
			peak = max(peak, int(math.Abs(float64(x))))
		}
		if math.Abs(loud-DefaultConfig().LevelDB) > 2 {
			t.Errorf("voice %q/%s: level %.1f dB, want %.0f ± 2", u.Voice, u.Language, loud, DefaultConfig().LevelDB)
		}
		if peak > 32700 {
			t.Errorf("voice %q/%s: peak %d is clipped", u.Voice, u.Language, peak)
		}
		if d := time.Duration(len(pcm)) * time.Second / media.PhoneRate; d < 3*time.Second || d > 9*time.Second {
			t.Errorf("voice %q/%s takes %v for a greeting", u.Voice, u.Language, d)
		}
	}
}

func TestSilenceAtBothEndsIsShort(t *testing.T) {
	t.Parallel()
	pcm := ttstest.All(t, open(t), tts.Utterance{Text: "Bonjour.", Language: "fr", Rate: 8000})
	head, tail := 0, 0
	for head < len(pcm) && math.Abs(float64(pcm[head])) <= quiet {
		head++
	}
	for tail < len(pcm) && math.Abs(float64(pcm[len(pcm)-1-tail])) <= quiet {
		tail++
	}
	if most := int(keep * 8000 / time.Second); head > most+8 || tail > most+8 {
		t.Errorf("%d samples of silence before and %d after, want at most %d", head, tail, most)
	}
}

func TestSpeedShortens(t *testing.T) {
	t.Parallel()
	s := open(t)
	normal := len(ttstest.All(t, s, tts.Utterance{Text: french, Language: "fr", Rate: 8000}))
	fast := len(ttstest.All(t, s, tts.Utterance{Text: french, Language: "fr", Rate: 8000, Speed: 1.5}))
	if r := float64(fast) / float64(normal); r < 0.5 || r > 0.85 {
		t.Errorf("at speed 1.5 it takes %.2f of the time", r)
	}
}

func TestTextIsNeverInArgvAndNeverACommand(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"[[h@'loU]] bonjour": "h@'loU]] bonjour",
		"-v en secret":       "-v en secret", // stdin holds no options
		"un\x00deux\ntrois":  "un deux trois",
		" \t ":               "",
		"a\xff\xfeb":         "a b",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
	s := open(t)
	if _, err := s.Speak(t.Context(), tts.Utterance{Text: "a", Voice: "-w/tmp/x"}); err == nil {
		t.Error("a voice that is an option was accepted")
	}
}

func TestCancelKillsTheProcess(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	src, err := s.Speak(ctx, tts.Utterance{Text: strings.Repeat(french+" ", 200), Language: "fr", Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.ReadFrame(); err != nil {
		t.Fatal(err)
	}
	st := src.(*stream)
	cancel()
	for deadline := time.Now().Add(5 * time.Second); ; {
		st.mu.Lock()
		gone := st.ended
		st.mu.Unlock()
		if gone {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the process was not reaped within 5 s of the cancellation")
		}
		time.Sleep(5 * time.Millisecond) // waits for a real process
	}
	if st.cmd.ProcessState.Success() {
		t.Error("the process ended by itself, so the test proves nothing")
	}
}

func TestMissingProgramSaysWhatToDo(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.Path = filepath.Join(t.TempDir(), "espeak-ng")
	_, err := New(cfg)
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "apt-get install espeak-ng") {
		t.Errorf("got %v", err)
	}
}

func TestAnUnknownVoiceIsAnError(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, voice := range []string{"no-such-voice", "fr+nobody", "+f2"} {
		if _, err := s.Speak(t.Context(), tts.Utterance{Text: "a", Voice: voice}); !errors.Is(err, ErrVoice) || !strings.Contains(err.Error(), voice) {
			t.Errorf("voice %q: got %v", voice, err)
		}
	}
	for _, voice := range []string{"fr", "fr+f2", "en-gb", "en", "en-us", "fr-be+m3"} {
		if _, err := s.program(t.Context(), voice); err != nil {
			t.Error(err)
		}
	}
}

// TestVariantsTakeEffect hears that a variant changes the voice, British ones included, and that
// their sounds stay British.
func TestVariantsTakeEffect(t *testing.T) {
	t.Parallel()
	s := open(t)
	heard := map[string]string{}
	for _, voice := range []string{"en-gb", "en-gb+f3", "en-gb+m5", "en-us+f3", "fr-fr", "fr-fr+f3"} {
		text := "Where is my parcel? I was in the bath after lunch."
		pcm := ttstest.All(t, s, tts.Utterance{Text: text, Voice: voice, Rate: media.PhoneRate})
		sound := string(bytesOf(pcm))
		for other, same := range heard {
			if same == sound {
				t.Errorf("%s sounds exactly like %s", voice, other)
			}
		}
		heard[voice] = sound
	}
	said := func(voice string) string {
		out, err := exec.CommandContext(t.Context(), s.path, "-q", "--ipa", "-v", voice, "car, bath, not").Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if file, err := s.program(t.Context(), "fr+F3"); err != nil || file != "roa/fr+f3" {
		t.Errorf("fr+F3 is given to the program as %q, %v", file, err)
	}
	british, err := s.program(t.Context(), "en-gb+f3")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(british), said("en-gb"); got != want || got == said("en-us") {
		t.Errorf("%s says %q, en-gb %q, en-us %q", british, got, want, said("en-us"))
	}
}

func TestReadsTheTableOfVoices(t *testing.T) {
	t.Parallel()
	n := names{}
	n.read(`Pty Language       Age/Gender VoiceName          File                 Other Languages
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 5  en-gb-x-rp      --/M      English_(Received_Pronunciation) gmw/en-GB-x-rp       (en-gb 4)(en 5)
 5  es-419          --/M      Spanish_(Latin_America) roa/es-419           (es-mx 6)(es 6)
 5  es              --/M      Spanish_(Spain)    roa/es
 5  variant         --/F      Annie              !v/Annie
`)
	for key, want := range map[string]string{"en-gb": "gmw/en", "en": "gmw/en", "en-gb-x-rp": "gmw/en-GB-x-rp", "es": "roa/es", "es-mx": "roa/es-419", "+annie": "Annie", "english_(great_britain)": "gmw/en"} {
		if got := n[key].file; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestCheckTellsALanguageWithoutVoice(t *testing.T) {
	t.Parallel()
	cfg := open(t).cfg
	cfg.Voices = map[string]string{"fr": "fr+nobody", "en": "en-gb+f3"}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]error{"fr": ErrVoice, "en": nil, "de": nil, "xx": ErrVoice} {
		if err := s.Check(t.Context(), lang); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", lang, err, want)
		}
	}
}

func TestAProgramThatIsNotEspeak(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell to play a broken program")
	}
	const list = "#!/bin/sh\ncase $1 in --voices*) echo ' 5 fr --/M French roa/fr'; exit 0;; esac\n"
	for name, script := range map[string]string{
		"no list":  "#!/bin/sh\ncase $1 in --voices*) exit 1;; esac\nexit 0\n",
		"dies":     list + "echo 'no such thing' >&2\nexit 3\n",
		"no sound": list + "cat >/dev/null\n",
		"garbage":  list + "head -c 100000 /dev/zero\n",
	} {
		path := filepath.Join(t.TempDir(), "fake")
		if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		cfg := DefaultConfig()
		cfg.Path = path
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Speak(t.Context(), tts.Utterance{Text: "bonjour", Language: "fr", Rate: 8000}); err == nil {
			t.Errorf("%s: spoke", name)
		}
	}
}

func TestTrimmerKeepsWhatIsInside(t *testing.T) {
	t.Parallel()
	quietRun := func(n int) []int16 { return make([]int16, n) }
	loud := []int16{1000, -1000, 1000}
	cat := func(parts ...[]int16) (out []int16) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	for name, c := range map[string]struct{ in, want []int16 }{
		"both ends":      {cat(quietRun(50), loud, quietRun(50)), cat(quietRun(4), loud, quietRun(4))},
		"short ends":     {cat(quietRun(2), loud, quietRun(1)), cat(quietRun(2), loud, quietRun(1))},
		"pause inside":   {cat(loud, quietRun(30), loud), cat(loud, quietRun(30), loud)},
		"silence only":   {quietRun(99), nil},
		"nothing at all": {nil, nil},
	} {
		for _, piece := range []int{1, 3, 7, 1000} {
			tr := trimmer{keep: 4}
			var got []int16
			for rest := c.in; len(rest) > 0; {
				n := min(piece, len(rest))
				got = tr.push(got, rest[:n])
				rest = rest[n:]
			}
			got = tr.end(got)
			if string(bytesOf(got)) != string(bytesOf(c.want)) {
				t.Errorf("%s in pieces of %d: %v, want %v", name, piece, got, c.want)
			}
		}
	}
}

func bytesOf(pcm []int16) (b []byte) {
	for _, s := range pcm {
		b = append(b, byte(s), byte(s>>8))
	}
	return b
}

func TestConfigComplaints(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); len(p) > 0 {
		t.Fatalf("the defaults complain: %v", p)
	}
	for want, spoil := range map[string]func(*Config){
		"path: is empty":              func(c *Config) { c.Path = "" },
		"voices: is empty":            func(c *Config) { c.Voices = nil },
		`voices.fr: "-w x"`:           func(c *Config) { c.Voices = map[string]string{"fr": "-w x"} },
		"words_per_minute: 20 is out": func(c *Config) { c.WordsPerMinute = 20 },
		"pitch: 100 is out":           func(c *Config) { c.Pitch = 100 },
		"level_db: 0 is out":          func(c *Config) { c.LevelDB = 0 },
	} {
		c := DefaultConfig()
		spoil(&c)
		if p := c.Validate(); len(p) != 1 || !strings.Contains(p[0], want) {
			t.Errorf("want %q, got %v", want, p)
		}
	}
}
