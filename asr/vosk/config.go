package vosk

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"decroche/internal/langtag"
	"decroche/internal/secret"
)

// Config says which servers recognise. Start from DefaultConfig.
type Config struct {
	// URLs by language: a vosk-server has one model, so one language.
	URLs map[string]string `yaml:"urls"`
	// Rate of the audio that is sent, in samples per second. The server passes it to the model,
	// which takes 8000 whatever it was trained at.
	Rate int `yaml:"rate"`
	// PhraseList restricts recognition to what the flow expects next, with a mark for all else.
	// Only models with a dynamic graph, the small ones, can do it.
	PhraseList bool `yaml:"phrase_list"`
	// Alternatives asked for beside the best text, 0 to 20; with any there is no confidence.
	Alternatives int `yaml:"alternatives"`
	// Key refers to a token that a proxy before the server wants: env:NAME or file:/path.
	Key string `yaml:"key"`
	// ConnectTimeout bounds connecting, Timeout the wait for the last result after the caller's
	// turn and for the server to take audio.
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	Timeout        time.Duration `yaml:"timeout"`
}

// DefaultConfig is two servers on this machine, French on the usual port and English on the next.
func DefaultConfig() Config {
	return Config{
		URLs: map[string]string{"fr": "ws://127.0.0.1:2700", "en": "ws://127.0.0.1:2701"}, Rate: 8000,
		ConnectTimeout: time.Second, Timeout: 5 * time.Second,
	}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if len(c.URLs) == 0 {
		say("urls: is empty; give at least one language a server, e.g. {fr: ws://127.0.0.1:2700}")
	}
	for _, lang := range slices.Sorted(maps.Keys(c.URLs)) {
		u, err := url.Parse(c.URLs[lang])
		switch {
		case !langtag.Is(lang):
			say("urls.%s: is no language as a server is chosen by; write two or three small letters, like fr", lang)
		case err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "":
			say("urls.%s: is not the address of a vosk-server; write for example ws://127.0.0.1:2700", lang)
		case u.User != nil || u.RawQuery != "":
			say("urls.%s: a password or key has no place in an address; refer to it in key", lang)
		}
	}
	if c.Rate < 8000 || c.Rate > 48000 {
		say("rate: %d is out of range; 8000 is what the phone has, choose 8000 to 48000", c.Rate)
	}
	if c.Alternatives < 0 || c.Alternatives > 20 {
		say("alternatives: %d is out of range; choose 0 to 20", c.Alternatives)
	}
	if c.Key != "" {
		if _, err := secret.Parse(c.Key); err != nil {
			say("key: %v", err)
		}
	}
	if c.ConnectTimeout < 10*time.Millisecond || c.ConnectTimeout > 30*time.Second {
		say("connect_timeout: %v is not between 10ms and 30s", c.ConnectTimeout)
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		say("timeout: %v is not between 10ms and 1m", c.Timeout)
	}
	return bad
}
