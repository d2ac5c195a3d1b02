package mail

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What people may be told of, in Config.Events.
const (
	HandoffMissed = "handoff_missed" // a hand-off ended and nobody had spoken with the caller, who had not given it up
	Callback      = "callback"       // somebody wants to be called back
	Message       = "message"        // somebody left a message
	FollowUp      = "follow_up"      // an agent had the conversation and chose one of Config.Conclusions
	Ended         = "ended"          // any conversation ended
)

// Kinds are all of them.
var Kinds = []string{HandoffMissed, Callback, Message, FollowUp, Ended}

// Ways to reach the server.
const (
	StartTLS = "starttls" // in clear at first, encrypted or not at all before anything is said (RFC 3207)
	Implicit = "tls"      // from the first byte on (RFC 8314 §3.3)
	Clear    = "off"      // never; only to this machine
)

// Config says who is told by mail, of what, and by which server.
type Config struct {
	// Server takes the mails, "smtp.example.com:587". Empty: none is sent.
	Server string `yaml:"server"`
	// TLS is starttls, tls, or off, which is for a server on this machine alone.
	TLS string `yaml:"tls"`
	// CA is a file of certificates in PEM form that vouch for the server's. Empty: those of the system.
	CA string `yaml:"ca"`
	// User signs in with Password, which refers to it: "env:NAME", "file:/path" or "secret:NAME" for one of the
	// secrets of the configuration. Both empty: nobody signs in.
	User     string `yaml:"user"`
	Password string `yaml:"password"`
	// From is who writes: "Accueil <accueil@example.com>".
	From string `yaml:"from"`
	// To are told what no route is for.
	To []string `yaml:"to"`
	// Routes are told of conversations whose last hand-off was for a queue or a skill.
	Routes []Route `yaml:"routes"`
	// Events are what is told: some of Kinds.
	Events []string `yaml:"events"`
	// Conclusions of agents that ask for somebody to go on, for follow_up.
	Conclusions []string `yaml:"conclusions"`
	// WrapUp is how long after the end follow_up is looked at, 0s to 24h: agents conclude meanwhile.
	WrapUp time.Duration `yaml:"wrap_up"`
	// Lang is what mails are written in, fr or en.
	Lang string `yaml:"lang"`
	// Timeout is what one try may take, 1s to 2m.
	Timeout time.Duration `yaml:"timeout"`
	// Key is Password, resolved.
	Key string `yaml:"-"`
}

// Route is who is told of a queue or a skill.
type Route struct {
	For string   `yaml:"for"`
	To  []string `yaml:"to"`
}

// DefaultConfig sends none.
func DefaultConfig() Config {
	return Config{TLS: StartTLS, To: []string{}, Routes: []Route{}, Events: []string{HandoffMissed, Callback, Message}, Conclusions: []string{"à suivre"}, WrapUp: 5 * time.Minute, Lang: "fr", Timeout: 30 * time.Second}
}

// Enabled tells whether anybody is told.
func (c Config) Enabled() bool { return c.Server != "" }

// Addresses are all who may be told, each once.
func (c Config) Addresses() (out []string) {
	all := slices.Clone(c.To)
	for _, r := range c.Routes {
		all = append(all, r.To...)
	}
	for _, a := range all {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// For are who is told of a conversation whose last hand-off was for a queue, or for skills as store.Summary
// names them: "litige, fr".
func (c Config) For(queue string) []string {
	skills := strings.Split(queue, ", ")
	for _, r := range c.Routes {
		if r.For == queue || slices.Contains(skills, r.For) {
			return r.To
		}
	}
	return c.To
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for i, e := range c.Events {
		if !slices.Contains(Kinds, e) {
			say("events[%d]: %q is not one; use %s", i, e, strings.Join(Kinds, ", "))
		}
	}
	if c.Lang != "fr" && c.Lang != "en" {
		say("lang: %q is not one; use fr or en", c.Lang)
	}
	if c.Timeout < time.Second || c.Timeout > 2*time.Minute {
		say("timeout: %v is not between 1s and 2m; 30s is usual", c.Timeout)
	}
	if c.WrapUp < 0 || c.WrapUp > 24*time.Hour {
		say("wrap_up: %v is not between 0s and 24h; 5m is usual", c.WrapUp)
	}
	c.addresses(say)
	if !c.Enabled() {
		if c.From != "" || len(c.Addresses()) > 0 {
			say("server: empty, so that nobody is told; write smtp.example.com:587, or take from, to and routes out")
		}
		return out
	}
	if c.From == "" {
		say("from: empty; write who the mails come from, as Accueil <accueil@example.com>")
	}
	if len(c.Addresses()) == 0 {
		say("to: nobody is named; write who is told, or take server out")
	}
	if len(c.Events) == 0 {
		say("events: none is named; use some of %s, or take server out", strings.Join(Kinds, ", "))
	}
	if slices.Contains(c.Events, FollowUp) && len(c.Conclusions) == 0 {
		say("conclusions: none is named, so that follow_up tells nobody; name some of desk.conclusions")
	}
	c.connection(say)
	return out
}

// addresses looks at who writes and who is told.
func (c Config) addresses(say func(string, ...any)) {
	if c.From != "" {
		if _, err := mail.ParseAddress(c.From); err != nil || control(c.From) {
			say("from: %q is not an address; write it as Accueil <accueil@example.com>", c.From)
		}
	}
	one := func(key string, list []string) {
		for i, a := range list {
			if p, err := mail.ParseAddress(a); err != nil || p.Address != a || control(a) {
				say("%s[%d]: %q is not an address; write it as litiges@example.com", key, i, a)
			} else if slices.Contains(list[:i], a) {
				say("%s[%d]: %q is there twice; take one out", key, i, a)
			}
		}
	}
	one("to", c.To)
	for i, r := range c.Routes {
		if strings.TrimSpace(r.For) == "" {
			say("routes[%d].for: empty; name a queue or a skill", i)
		}
		if len(r.To) == 0 {
			say("routes[%d].to: nobody is named; write who is told of %q", i, r.For)
		}
		for _, other := range c.Routes[:i] {
			if other.For == r.For {
				say("routes[%d].for: %q is there twice; put its addresses together", i, r.For)
			}
		}
		one(fmt.Sprintf("routes[%d].to", i), r.To)
	}
}

// connection looks at how the server is reached.
func (c Config) connection(say func(string, ...any)) {
	host, port, err := net.SplitHostPort(c.Server)
	if n, nerr := strconv.Atoi(port); err != nil || host == "" || nerr != nil || n < 1 || n > 65535 {
		say("server: %q is not a host and a port; write it as smtp.example.com:587", c.Server)
	}
	switch c.TLS {
	case StartTLS, Implicit:
	case Clear:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			say("tls: off would send what callers said in clear to %s; use starttls or tls", host)
		}
		if c.CA != "" {
			say("ca: nothing is encrypted with tls: off; take it out")
		}
	default:
		say("tls: %q is not one; use starttls (port 587), tls (port 465), or off for a server on this machine", c.TLS)
	}
	if (c.User == "") != (c.Password == "") {
		say("user: goes with password; set both or neither")
	}
	if kind, where, ok := strings.Cut(c.Password, ":"); c.Password != "" && (!ok || where == "" || !slices.Contains([]string{"env", "file", "secret"}, kind)) {
		say("password: a secret is never written here; refer to it as env:NAME, file:/path or secret:NAME")
	}
	if c.CA != "" {
		if _, err := roots(c.CA); err != nil {
			say("ca: %v; name a file of certificates in PEM form", err)
		}
	}
}

func roots(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return pool, nil
}

// control tells whether s has a character that ends lines or is not for people.
func control(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
