package sip

import (
	"fmt"
	"slices"
	"time"
)

// RegistrarConfig is the "registrar:" part of "sip:": agents' own phones register here (RFC 3261 §10).
// There is a registrar as soon as an agent has a phone; nobody else can register.
type RegistrarConfig struct {
	// Domain is what phones register at, sip:USERNAME@DOMAIN, and the realm of their passwords.
	Domain string `yaml:"domain"`
	// MinExpires and MaxExpires bound how long a registration lasts.
	MinExpires time.Duration `yaml:"min_expires"`
	MaxExpires time.Duration `yaml:"max_expires"`
	// Digest lists the algorithms that passwords are asked for with, the preferred one first: MD5, SHA-256 or
	// both (RFC 8760). MD5 alone is what every phone understands: some give up when they see another one
	// beside it (libre before 2.0, which baresip 1.0 has).
	Digest []string `yaml:"digest"`
	// Contacts is how many places one username may be registered from at once; all of them ring. One more
	// takes the place of the oldest.
	Contacts int `yaml:"contacts"`
}

func defaultRegistrarConfig() RegistrarConfig {
	return RegistrarConfig{Domain: "decroche", MinExpires: time.Minute, MaxExpires: time.Hour, Digest: []string{"MD5"}, Contacts: 3}
}

func (c RegistrarConfig) validate(say func(format string, args ...any)) {
	if !validHost(c.Domain) {
		say("registrar.domain: %q is not a domain; write a name such as decroche or phones.example.com", c.Domain)
	}
	if c.MinExpires < 10*time.Second || c.MaxExpires > 24*time.Hour || c.MinExpires > c.MaxExpires {
		say("registrar.min_expires: %v to %v is not between 10s and 24h", c.MinExpires, c.MaxExpires)
	}
	if len(c.Digest) == 0 {
		say("registrar.digest: empty; list MD5, SHA-256 or both")
	}
	for i, a := range c.Digest {
		if a != "MD5" && a != "SHA-256" || slices.Contains(c.Digest[:i], a) {
			say("registrar.digest: %q is not known, or stands twice; use MD5 and SHA-256", a)
		}
	}
	if c.Contacts < 1 || c.Contacts > 20 {
		say("registrar.contacts: %d is not between 1 and 20", c.Contacts)
	}
}

// Phone is who may register here.
type Phone struct {
	Username string
	Password string // a reference, env:NAME or file:/path
}

// PhoneState is where a phone is registered from.
type PhoneState struct {
	Username string
	Contacts int       // places that ring; 0: not registered
	Until    time.Time // when the last of them ends; zero when there is none
}

// errPhone says why a phone cannot be.
func errPhone(p Phone, err error) error {
	return fmt.Errorf("sip: phone %q: password: %w", p.Username, err)
}
