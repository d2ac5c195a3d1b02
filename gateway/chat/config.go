package chat

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"decroche/gateway/webhook"
)

// Config bounds typed conversations.
type Config struct {
	// MaxText is how long one message may be, in bytes.
	MaxText int `yaml:"max_text"`
	// MaxQueue is how many messages of one conversation may wait while the bot is busy.
	MaxQueue int `yaml:"max_queue"`
	// MaxOpen is how many conversations may be open, counting those touched within IdleAfter.
	MaxOpen int `yaml:"max_open"`
	// RatePerSource is how many messages per second one address may send for ever, RateBurst how
	// many at once. Who holds the API token speaks for many people and is not counted.
	RatePerSource float64 `yaml:"rate_per_source"`
	RateBurst     int     `yaml:"rate_burst"`
	// IdleAfter is when a conversation in which nothing is written no longer counts as open.
	IdleAfter time.Duration `yaml:"idle_after"`
	// ResumeFor is how long it can still be gone on with; then it is ended. The record stays.
	ResumeFor time.Duration `yaml:"resume_for"`
	// MaxStreams is how many may wait for messages at once: long polls, event streams, WebSockets.
	MaxStreams int `yaml:"max_streams"`
	// RingFor is how long an agent may look at an offered conversation before the next is asked.
	RingFor time.Duration `yaml:"ring_for"`
	// MaxWait is how long somebody waits for an agent when the flow does not say.
	MaxWait time.Duration `yaml:"max_wait"`
	// AllowedOrigins are sites whose pages may use the chat routes from a browser:
	// "https://www.example.com". Empty: none but our own.
	AllowedOrigins []string `yaml:"allowed_origins"`
	// Webhooks are told what the bot writes, so that any messenger can be connected.
	Webhooks []webhook.Config `yaml:"webhooks"`
}

// DefaultConfig suits a company's web site on one machine.
func DefaultConfig() Config {
	return Config{
		MaxText: 4000, MaxQueue: 20, MaxOpen: 20000, RatePerSource: 5, RateBurst: 20,
		IdleAfter: 24 * time.Hour, ResumeFor: 7 * 24 * time.Hour, MaxStreams: 1000,
		RingFor: 20 * time.Second, MaxWait: 3 * time.Minute, AllowedOrigins: []string{}, Webhooks: []webhook.Config{},
	}
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, n := range []struct {
		key      string
		v        int
		low, top int
	}{
		{"max_text", c.MaxText, 100, 4000}, {"max_queue", c.MaxQueue, 1, 1000}, {"max_open", c.MaxOpen, 1, 1000000},
		{"rate_burst", c.RateBurst, 1, 100000}, {"max_streams", c.MaxStreams, 1, 100000},
	} {
		if n.v < n.low || n.v > n.top {
			say("%s: %d is out of range; use %d to %d", n.key, n.v, n.low, n.top)
		}
	}
	if !(c.RatePerSource > 0) || c.RatePerSource > 1e6 {
		say("rate_per_source: %v is not between 0 and 1000000; write messages per second, for example 5", c.RatePerSource)
	}
	if c.IdleAfter < time.Minute || c.IdleAfter > 90*24*time.Hour {
		say("idle_after: %v is not between 1m and 2160h; 24h is usual", c.IdleAfter)
	}
	if c.ResumeFor < c.IdleAfter || c.ResumeFor > 366*24*time.Hour {
		say("resume_for: %v is not between idle_after and 8784h; 168h is usual", c.ResumeFor)
	}
	if c.RingFor < 5*time.Second || c.RingFor > 10*time.Minute {
		say("ring_for: %v is not between 5s and 10m; 30s is usual", c.RingFor)
	}
	if c.MaxWait < c.RingFor || c.MaxWait > 24*time.Hour {
		say("max_wait: %v is not between ring_for and 24h; 3m is usual", c.MaxWait)
	}
	for i, o := range c.AllowedOrigins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.TrimSuffix(o, "/") != u.Scheme+"://"+u.Host || strings.HasSuffix(o, "/") {
			say("allowed_origins[%d]: %q is not a site; write it as https://www.example.com, without a path", i, o)
		}
	}
	for i, w := range c.Webhooks {
		for _, p := range w.Validate() {
			say("webhooks[%d].%s", i, p)
		}
		for _, other := range c.Webhooks[:i] {
			if other.URL == w.URL {
				say("webhooks[%d].url: %q is there twice; put its events together", i, w.URL)
			}
		}
	}
	return out
}
