package webhook

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Config is one address that is told what happens in typed conversations.
type Config struct {
	// URL is where deliveries are POSTed. It must be https unless it is private and allowed.
	URL string `yaml:"url"`
	// Secret signs them: "env:NAME" or "file:/path"; at least 16 characters, or whsec_ and base64.
	Secret string `yaml:"secret"`
	// Events are what is told: message, handoff, callback, left_message, ended of typed conversations;
	// call.handoff, call.handoff_ended, call.callback, call.left_message, call.ended of calls. Empty: all of
	// typed conversations.
	Events []string `yaml:"events"`
	// AllowPrivate lets URL be on loopback or a private network.
	AllowPrivate bool `yaml:"allow_private"`
	// Key is Secret, resolved.
	Key string `yaml:"-"`
}

// kinds are the events there are.
var kinds = []string{"message", "handoff", "callback", "left_message", "ended", "call.handoff", "call.handoff_ended", "call.callback", "call.left_message", "call.ended"}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil:
		say("url: %q is not a web address; write it as https://connector.example.com/decroche", c.URL)
	case u.Scheme == "http" && !c.AllowPrivate:
		say("url: %q sends what people write in clear; use https, or allow_private: true for an address of your own network", c.URL)
	}
	if kind, where, ok := strings.Cut(c.Secret, ":"); !ok || where == "" || kind != "env" && kind != "file" {
		say("secret: a secret is never written here; refer to it as env:NAME or file:/path")
	}
	for i, e := range c.Events {
		if !slices.Contains(kinds, e) {
			say("events[%d]: %q is not one; use %s", i, e, strings.Join(kinds, ", "))
		}
	}
	return out
}
