package openai

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"decroche/internal/peer/speech"
	"decroche/tts"
	"decroche/tts/ttstest"
)

const key = "hunter2-hunter2"

var say = tts.Utterance{Text: "Un deux. Trois quatre! Cinq", Language: "fr", Rate: 8000}

// open makes a voice of a server that wants the key, after change.
func open(t *testing.T, url string, patience time.Duration, change func(*Config)) *Synthesiser {
	t.Helper()
	cfg := DefaultConfig()
	cfg.URL, cfg.Timeout, cfg.Key, cfg.Model = url, patience, "env:DECROCHE_TEST_KEY", "tones-1"
	change(&cfg)
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// faults of the kit, as the peer knows them.
var faults = map[ttstest.Fault]speech.Fault{ttstest.Dies: speech.Dies, ttstest.Silent: speech.Silent, ttstest.Deaf: speech.Deaf,
	ttstest.Garbage: speech.Garbage, ttstest.Refuses: speech.Refuses, ttstest.Late: speech.Late}

func TestConformance(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	for name, change := range map[string]func(*Config){"pcm": func(*Config) {}, "wav": func(c *Config) { c.Format = "wav" }} {
		t.Run(name, func(t *testing.T) {
			url := (&speech.Server{Secret: key}).OpenAI(t)
			ttstest.Run(t, say, func(t *testing.T) tts.Synthesiser { return open(t, url, 5*time.Second, change) })
			ttstest.RunBroken(t, say, func(t *testing.T, f ttstest.Fault) tts.Synthesiser {
				if f == ttstest.Away {
					return open(t, "http://"+nobody(t)+"/v1", time.Second, change)
				}
				patience := 100 * time.Millisecond
				if f == ttstest.Late {
					patience = 5 * time.Second
				}
				return open(t, (&speech.Server{Fault: faults[f], Secret: key}).OpenAI(t), patience, change)
			}, key)
		})
	}
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestEveryWordArrives reads the words back from the sound, resampled from the server's rate.
func TestEveryWordArrives(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	for _, format := range []string{"pcm", "wav"} {
		peer := &speech.Server{}
		s := open(t, peer.OpenAI(t), 5*time.Second, func(c *Config) { c.Format = format; c.Instructions = "calmly" })
		u := say
		u.Speed, u.Language = 1.2, "fr-CH"
		if got := speech.Hear(ttstest.All(t, s, u), 8000); got != "un deux trois quatre cinq" {
			t.Errorf("%s: %q", format, got)
		}
		ask := peer.Asked()[0]
		if ask["voice"] != "ff_siwis" || ask["speed"] != 1.2 || ask["instructions"] != "calmly" || ask["model"] != "tones-1" || ask["input"] != say.Text {
			t.Errorf("%s: asked for %v", format, ask)
		}
	}
}

func TestNoVoiceForALanguage(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	s := open(t, "http://127.0.0.1:1/v1", time.Second, func(*Config) {})
	if _, err := s.Speak(t.Context(), tts.Utterance{Text: "Guten Tag", Language: "de"}); err == nil || !strings.Contains(err.Error(), "tts.openai.voices") {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	url := (&speech.Server{Secret: key}).OpenAI(t)
	if _, err := open(t, url, time.Second, func(*Config) {}).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := open(t, url, time.Second, func(c *Config) { c.Model = "large" }).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "it has tones-1") {
		t.Errorf("no such model: %v", err)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\xff\xff\xff\xff"))
	f.Add([]byte("RIFF....WAVELIST\x03\x00\x00\x00abc.fmt \x01\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rate, err := header(bytes.NewReader(b)); err == nil && (rate < 4000 || rate > 96000) {
			t.Fatalf("a rate of %d", rate)
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{URL: "ftp://hunter2@a", Key: "hunter2", Format: "mp3"}.Validate()
	for i, want := range []string{"url: is not", "key: a secret", "model: empty", "voices: is empty", "format: \"mp3\"", "rate: 0", "timeout: 0s"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) || strings.Contains(bad[i], "hunter2") {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
}
