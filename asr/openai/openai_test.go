package openai

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/internal/peer/speech"
)

const (
	words = "un deux trois"
	key   = "hunter2-hunter2"
)

// open makes a recogniser of a server that wants the key, after change.
func open(t *testing.T, url string, patience time.Duration, change func(*Config)) *Recogniser {
	t.Helper()
	cfg := DefaultConfig()
	cfg.URL, cfg.Timeout, cfg.Key, cfg.Model = url, patience, "env:DECROCHE_TEST_KEY", "tones-1"
	change(&cfg)
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
	t.Setenv("DECROCHE_TEST_KEY", key)
	for name, change := range map[string]func(*Config){
		"json":         func(*Config) {},
		"verbose_json": func(c *Config) { c.Format, c.Words = "verbose_json", true },
		"stream":       func(c *Config) { c.Stream = true },
	} {
		t.Run(name, func(t *testing.T) {
			good := open(t, (&speech.Server{Secret: key}).OpenAI(t), 5*time.Second, change)
			opt := asrtest.Options{
				Open: asr.Options{Language: "fr", Rate: 8000}, Speech: speech.Say(words, 8000), Words: words, RealTime: true,
				NoConfidence: name != "verbose_json", Secrets: []string{key},
				Broken: func(t *testing.T, f asrtest.Fault) asr.Recogniser {
					if f == asrtest.Away {
						return open(t, "http://"+nobody(t)+"/v1", time.Second, change)
					}
					patience := 100 * time.Millisecond
					if f == asrtest.Late {
						patience = 5 * time.Second
					}
					return open(t, (&speech.Server{Fault: faults[f], Secret: key}).OpenAI(t), patience, change)
				},
			}
			if name == "json" {
				opt.Broken = nil // as with verbose_json
			}
			asrtest.Run(t, func(*testing.T) asr.Recogniser { return good }, opt)
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

// TestLongTurns says more than one request holds: it is cut between words, and nothing is lost.
func TestLongTurns(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	peer := &speech.Server{}
	r := open(t, peer.OpenAI(t), 5*time.Second, func(c *Config) { c.MaxPart = 2 * time.Second; c.Format, c.Words = "verbose_json", true })
	all := strings.TrimSpace(strings.Repeat("un deux trois quatre cinq six ", 5))
	res, err := asr.Transcribe(t.Context(), r, speech.Say(all, 8000), asr.Options{Rate: 8000, Language: "fr-BE", Hints: []string{"un", "deux"}})
	if err != nil || res.Text != all {
		t.Errorf("heard %q, %v", res.Text, err)
	}
	asks := peer.Asked()
	if len(asks) < 3 {
		t.Fatalf("%d requests", len(asks))
	}
	for i, a := range asks {
		if a["seconds"].(float64) > 2 || a["language"] != "fr" || a["model"] != "tones-1" || a["prompt"] != "un, deux" || a["rate"] != 16000 {
			t.Errorf("request %d: %v", i, a)
		}
	}
	for i, w := range res.Words {
		if i > 0 && w.Start < res.Words[i-1].Start {
			t.Errorf("word %d at %v comes before the one before it", i, w.Start)
		}
	}
}

// A caller who may speak several languages is heard in the one that the server finds, unless it
// finds what cannot be or says it of too few words: then it is told which.
func TestTheServerFindsTheLanguage(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	for _, c := range []struct {
		format, finds, said, want string
		asked                     []any
	}{
		{"verbose_json", "english", "un deux trois", "en", []any{nil}},
		{"verbose_json", "french", "un", "fr", []any{nil}},
		{"verbose_json", "english", "un", "", []any{nil, "fr"}},
		{"verbose_json", "welsh", "un deux trois", "", []any{nil, "fr"}},
		{"json", "english", "un deux trois", "", []any{"fr"}},
	} {
		peer := &speech.Server{Language: c.finds}
		r := open(t, peer.OpenAI(t), 5*time.Second, func(cfg *Config) { cfg.Format = c.format })
		res, err := asr.Transcribe(t.Context(), r, speech.Say(c.said, 8000), asr.Options{Rate: 8000, Language: "fr", Others: []string{"en"}, Hints: []string{"un"}})
		if err != nil || res.Text != c.said || res.Language != c.want {
			t.Errorf("%+v: heard %+v, %v", c, res, err)
		}
		var asked []any
		for _, a := range peer.Asked() {
			asked = append(asked, a["language"])
			if a["language"] == nil && a["prompt"] != nil {
				t.Errorf("%+v: a French prompt in the question for the language", c)
			}
		}
		if !slices.Equal(asked, c.asked) {
			t.Errorf("%+v: asked for %v", c, asked)
		}
	}
}

// TestSilenceAsksNobody: these models write sentences into silence.
func TestSilenceAsksNobody(t *testing.T) {
	t.Setenv("DECROCHE_TEST_KEY", key)
	peer := &speech.Server{}
	r := open(t, peer.OpenAI(t), 5*time.Second, func(*Config) {})
	if res, err := asr.Transcribe(t.Context(), r, make([]int16, 16000), asr.Options{Rate: 8000}); err != nil || res.Text != "" || len(peer.Asked()) > 0 {
		t.Errorf("%+v, %v, %d requests", res, err, len(peer.Asked()))
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
	if _, err := open(t, url, time.Second, func(c *Config) { c.Key = "" }).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "401 invalid_api_key; is the key right?") {
		t.Errorf("no key: %v", err)
	}
	if _, err := open(t, strings.TrimSuffix(url, "/v1"), time.Second, func(*Config) {}).Check(t.Context()); err != nil {
		t.Errorf("a server without a list of models: %v", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	dream := `{"text":"Sous-titres réalisés par","segments":[{"start":0,"end":2,"avg_logprob":-1.4,"no_speech_prob":0.9}]}`
	if r, err := parse([]byte(dream), 0, time.Second); err != nil || r.Text != "" {
		t.Errorf("text in silence: %+v, %v", r, err)
	}
	for _, in := range []string{"", "{}", "[]", `{"text":null}`, "<html>"} {
		if _, err := parse([]byte(in), 0, 0); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"text":"un","segments":[{"avg_logprob":-1,"end":1}],"words":[{"word":"un","start":1,"end":0}]}`))
	f.Add([]byte("event: x\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"un\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"un\"}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = events(strings.NewReader(string(b)), func(string) {})
		r, err := parse(b, time.Second, 2*time.Second)
		if err != nil {
			return
		}
		if r.Confidence < 0 || r.Confidence > 1 {
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
	bad := Config{URL: "https://hunter2@a/v1", Key: "hunter2", Format: "text", Words: true, Stream: true}.Validate()
	for i, want := range []string{"url: a password", "key: a secret", "model: empty", "format: \"text\"", "words: ", "stream: ", "rate: 0", "max_part: 0s", "floor_db: 0", "timeout: 0s"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) || strings.Contains(bad[i], "hunter2") {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
	open := DefaultConfig()
	open.URL, open.Key = "http://api.example.com/v1", "env:A"
	if bad := open.Validate(); len(bad) != 1 || !strings.Contains(bad[0], "unencrypted") {
		t.Errorf("a key over http: %v", bad)
	}
}
