package remote

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config says which model is asked, if any. The zero Config asks none.
type Config struct {
	// URL is where the protocol begins, such as http://127.0.0.1:11434/v1 or
	// https://api.openai.com/v1. Empty: nobody is asked, the bot's own classifier understands.
	URL string `yaml:"url"`
	// Model is the name of the model, as its server knows it.
	Model string `yaml:"model"`
	// Key refers to the key that the server wants: "env:NAME" or "file:/path". Empty: none.
	Key string `yaml:"key"`
	// Timeout bounds one question; after it the bot understands by itself.
	Timeout time.Duration `yaml:"timeout"`
	// Examples is how many examples of each intent and language the model is shown.
	Examples int `yaml:"examples"`
	// MaxAnswer bounds an answer, in bytes.
	MaxAnswer int `yaml:"max_answer"`
	// MaxOpen is how many questions may be open at once; beyond it the bot understands by itself.
	MaxOpen int `yaml:"max_open"`
	// Failures in a row after which nobody is asked for Pause.
	Failures int           `yaml:"failures"`
	Pause    time.Duration `yaml:"pause"`
}

// DefaultConfig asks nobody.
func DefaultConfig() Config {
	return Config{Timeout: 1500 * time.Millisecond, Examples: 4, MaxAnswer: 64 << 10, MaxOpen: 50, Failures: 5, Pause: 30 * time.Second}
}

// On reports whether a model is asked at all.
func (c Config) On() bool { return c.URL != "" }

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.On() {
		if u, err := url.Parse(c.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
			say("url: %q is not the address of a chat-completions server; write for example http://127.0.0.1:11434/v1", hidden(c.URL))
		}
		if c.Model == "" {
			say("model: empty; name the model as its server knows it")
		}
	}
	if c.Key != "" && !strings.HasPrefix(c.Key, "env:") && !strings.HasPrefix(c.Key, "file:") {
		say("key: a secret is never written here; refer to it as env:NAME or file:/path")
	}
	if c.Timeout < 50*time.Millisecond || c.Timeout > 10*time.Second {
		say("timeout: %v is not between 50ms and 10s; 1.5s is what a caller waits without wondering", c.Timeout)
	}
	if c.Examples < 0 || c.Examples > 20 {
		say("examples: %d is not between 0 and 20", c.Examples)
	}
	if c.MaxAnswer < 1<<10 || c.MaxAnswer > 10<<20 {
		say("max_answer: %d is not between 1024 and 10485760 bytes", c.MaxAnswer)
	}
	if c.MaxOpen < 1 || c.MaxOpen > 10000 {
		say("max_open: %d is not between 1 and 10000", c.MaxOpen)
	}
	if c.Failures < 1 || c.Failures > 1000 {
		say("failures: %d is not between 1 and 1000", c.Failures)
	}
	if c.Pause < time.Second || c.Pause > time.Hour {
		say("pause: %v is not between 1s and 1h", c.Pause)
	}
	return bad
}

// hidden is an address without what may be a password.
func hidden(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "***"
	}
	return u.Redacted()
}

// Key is a secret that was read; it prints as ***.
type Key string

// String hides the key.
func (Key) String() string { return "***" }

// GoString hides the key.
func (Key) GoString() string { return "***" }
