package chat

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a stranger sends is refused in plain words or is clean text within the limits.
func FuzzIncoming(f *testing.F) {
	for _, s := range []string{
		`{"id":"m1","text":"bonjour"}`, `{"quick":2}`, `{"quick":"Oui"}`, `{"digits":"12#"}`, `{"text":"\u202eabc\u0000\ud83d\udc69"}`, `{"text":"שלום"}`,
		"{\"text\":\"\xff\"}", `{"attachment":{}}`, `[[[[[[[[[[`, `{"text":`, `{"quick":1e99}`, `{"text":null,"quick":null}`, `{"text":"a"}{}`, `{"TEXT":"a"}`, ``,
	} {
		f.Add([]byte(s))
	}
	cfg := DefaultConfig()
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := cfg.ParseIncoming(data)
		if err != nil {
			var bad *InputError
			if !errors.As(err, &bad) || bad.Status < 400 || bad.Status > 422 || bad.Detail == "" || !utf8.ValidString(bad.Detail) || len(bad.Detail) > 500 {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		if in.Text == "" && in.Quick == "" && in.Digits == "" {
			t.Fatalf("%q is nothing and was taken", data)
		}
		for _, s := range []string{in.Text, in.Quick} {
			if !utf8.ValidString(s) || len(s) > cfg.MaxText || s != Clean(s) || strings.ContainsAny(s, "\x00\x1b\u202e") {
				t.Fatalf("%q became %q", data, s)
			}
		}
		if len(in.ID) > maxID {
			t.Fatalf("an ID of %d bytes", len(in.ID))
		}
		if again := encode(in); decode(again, &Incoming{}) != nil {
			t.Fatalf("%q cannot wait in the queue: %s", data, again)
		}
	})
}

func FuzzOpening(f *testing.F) {
	for _, s := range []string{`{}`, ``, `{"bot":"colibri","lang":"fr","phone":"+33612345678","metadata":{"a":"b"}}`, `{"phone":"sip:a@b"}`, `{"metadata":{"a":1}}`, `{"From":"x"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ParseOpening(data)
		if err == nil && (len(o.Phone) > maxPhone || len(o.Metadata) > maxMetas || o.From != "" || strings.ContainsAny(o.Phone, "\r\n<>\"")) {
			t.Fatalf("%q became %+v", data, o)
		}
	})
}

// What is refused is told in the sender's words, not in those of our types.
func TestRefusalsNameNoTypes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{"text":5}`: "text cannot be a JSON number", `[]`: "it is no object but a JSON array", `"x"`: "it is no object but a JSON string"} {
		if _, err := DefaultConfig().ParseIncoming([]byte(body)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

func TestConfigComplains(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("the defaults: %q", bad)
	}
	for want, change := range map[string]func(*Config){
		"max_text: 5 is out of range":        func(c *Config) { c.MaxText = 5 },
		"max_queue: 0":                       func(c *Config) { c.MaxQueue = 0 },
		"max_open: 0":                        func(c *Config) { c.MaxOpen = 0 },
		"rate_per_source: 0 is not":          func(c *Config) { c.RatePerSource = 0 },
		"rate_burst: 0":                      func(c *Config) { c.RateBurst = 0 },
		"idle_after: 1s":                     func(c *Config) { c.IdleAfter = 1e9 },
		"resume_for: 1h0m0s is not between":  func(c *Config) { c.ResumeFor = 3600e9 },
		"max_streams: 0":                     func(c *Config) { c.MaxStreams = 0 },
		`allowed_origins[0]: "example.com"`:  func(c *Config) { c.AllowedOrigins = []string{"example.com"} },
		`allowed_origins[0]: "https://a/b" `: func(c *Config) { c.AllowedOrigins = []string{"https://a/b"} },
	} {
		c := DefaultConfig()
		change(&c)
		if got := c.Validate(); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%q: %q", want, got)
		}
	}
}
