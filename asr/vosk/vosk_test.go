package vosk

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/internal/peer/speech"
	"decroche/media"
)

const (
	words = "un deux trois"
	key   = "hunter2-hunter2"
)

// open makes a recogniser of a server that wants the key.
func open(t *testing.T, url string, patience time.Duration) *Recogniser {
	t.Helper()
	cfg := DefaultConfig()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.URLs, cfg.Timeout, cfg.Key = map[string]string{"fr": url}, patience, "file:"+file
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faults of the kit, as the peer knows them.
var faults = map[asrtest.Fault]speech.Fault{asrtest.Dies: speech.Dies, asrtest.Silent: speech.Silent, asrtest.Deaf: speech.Deaf,
	asrtest.Garbage: speech.Garbage, asrtest.Refuses: speech.Refuses, asrtest.Late: speech.Late}

func TestConformance(t *testing.T) {
	good := open(t, (&speech.Server{Secret: key}).Vosk(t), 5*time.Second)
	asrtest.Run(t, func(*testing.T) asr.Recogniser { return good }, asrtest.Options{
		Open: asr.Options{Language: "fr", Rate: 8000}, Speech: speech.Say(words, 8000), Words: words, RealTime: true,
		Secrets: []string{key},
		Broken: func(t *testing.T, f asrtest.Fault) asr.Recogniser {
			if f == asrtest.Away {
				return open(t, "ws://"+nobody(t), time.Second)
			}
			patience := 300 * time.Millisecond
			if f == asrtest.Late {
				patience = 5 * time.Second
			}
			return open(t, (&speech.Server{Fault: faults[f], Secret: key}).Vosk(t), patience)
		},
	})
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

func TestPartialsAndSeveralFinals(t *testing.T) {
	t.Parallel()
	peer := &speech.Server{Partials: true}
	r := open(t, peer.Vosk(t), 5*time.Second)
	r.cfg.PhraseList = true
	s, err := r.Open(t.Context(), asr.Options{Language: "fr-CA", Rate: 8000, Hints: []string{"un deux"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pcm := speech.Say("un deux trois quatre cinq", 8000)
	first := speech.Say("un", 8000)
	if err := s.Write(media.Frame{PCM: pcm[:len(first)], Rate: 8000}); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Recv(); err != nil || p.Final || p.Text != "un" {
		t.Errorf("a partial: %+v, %v", p, err)
	}
	s.Write(media.Frame{PCM: pcm[len(first):], Rate: 8000})
	s.CloseSend()
	var finals []string
	for {
		f, err := s.Recv()
		if err != nil {
			break
		}
		if f.Final {
			finals = append(finals, f.Text)
			if len(f.Words) == 0 || f.Confidence < .89 || f.End <= f.Start {
				t.Errorf("without its words: %+v", f)
			}
		}
	}
	if strings.Join(finals, "|") != "un deux trois|quatre cinq" {
		t.Errorf("finals %q", finals)
	}
	ask := peer.Asked()[0]
	if ask["sample_rate"] != 8000.0 || ask["words"] != true || len(ask["phrase_list"].([]any)) != 2 {
		t.Errorf("configured with %v", ask)
	}
	if _, err := r.Open(t.Context(), asr.Options{Language: "de"}); err == nil || !strings.Contains(err.Error(), "asr.vosk.urls") {
		t.Errorf("no server for it: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	r := open(t, (&speech.Server{Secret: key}).Vosk(t), time.Second)
	if said, err := r.Check(t.Context()); err != nil || said == "" {
		t.Errorf("%q, %v", said, err)
	}
	r.key = "another"
	if _, err := r.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), key) {
		t.Errorf("turned away: %v", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"partial" : "un [unk]"}`: "un", `{"text":""}`: "", `{"text":"[unk] deux"}`: "deux",
		`{"alternatives":[{"text":"un","confidence":200.5,"result":[{"word":"un","start":1,"end":0.5}]},{"text":"hein"}]}`: "un",
	} {
		if r, _, err := parse([]byte(in)); err != nil || r.Text != want || r.Confidence != 0 || r.End < r.Start {
			t.Errorf("%s: %+v, %v", in, r, err)
		}
	}
	for _, in := range []string{"", "[]", "{}", `{"text":5}`, "<html>"} {
		if _, _, err := parse([]byte(in)); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"result":[{"conf":1,"end":1.1,"start":0.5,"word":"un"}],"text":"un"}`))
	f.Add([]byte(`{"alternatives":[{"text":"un"},{"text":"deux"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, _, err := parse(b)
		if err != nil {
			return
		}
		if r.Confidence < 0 || r.Confidence > 1 || r.End < r.Start {
			t.Fatalf("%+v", r)
		}
		for i, w := range r.Words {
			if w.End < w.Start || i > 0 && w.Start < r.Words[i-1].Start {
				t.Fatalf("words out of order: %+v", r.Words)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	c := Config{URLs: map[string]string{"en": "http://a", "fr": "ws://u:hunter2@a"}, Alternatives: -1, Key: "hunter2"}
	bad := c.Validate()
	for i, want := range []string{"urls.en: is not", "urls.fr: a password", "rate: 0", "alternatives: -1", "key: a secret", "connect_timeout: 0s", "timeout: 0s"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) || strings.Contains(bad[i], "hunter2") {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
	if bad := (Config{}).Validate(); !strings.HasPrefix(bad[0], "urls: is empty") {
		t.Errorf("%v", bad)
	}
	ok := DefaultConfig()
	ok.Key = "env:DECROCHE_NO_SUCH"
	if _, err := New(ok); err == nil || !strings.Contains(err.Error(), "export it") {
		t.Errorf("a key that is not set: %v", err)
	}
}
