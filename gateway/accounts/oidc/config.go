package oidc

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config names an OpenID Connect provider and says what its people may do here.
type Config struct {
	// Issuer is the provider's address, as in its discovery document: https://id.example.com.
	// Empty: there is none.
	Issuer string `yaml:"issuer"`
	// ClientID is what the provider calls this gateway.
	ClientID string `yaml:"client_id"`
	// ClientSecret refers to the secret: "env:NAME", "file:/path" or "secret:NAME". Empty for a
	// public client.
	ClientSecret string `yaml:"client_secret"`
	// Scopes are asked for; openid is needed.
	Scopes []string `yaml:"scopes"`
	// NameClaim is the name that people have here, when it can be one.
	NameClaim string `yaml:"name_claim"`
	// RoleClaim holds a person's groups: a text or a list; a.b is b within a.
	RoleClaim string `yaml:"role_claim"`
	// Roles gives roles to groups. Who has several gets the one that comes last in agent,
	// supervisor, builder, admin.
	Roles map[string]string `yaml:"roles"`
	// DefaultRole is for who has no group above; empty: they are not let in.
	DefaultRole string `yaml:"default_role"`
	// Label is what the button says; empty: the issuer's host.
	Label string `yaml:"label"`
	// ClockSkew is how far the provider's clock may be from ours.
	ClockSkew time.Duration `yaml:"clock_skew"`
}

// DefaultConfig names no provider.
func DefaultConfig() Config {
	return Config{Scopes: []string{"openid", "profile", "email"}, NameClaim: "preferred_username", RoleClaim: "groups", Roles: map[string]string{}, ClockSkew: time.Minute}
}

// Validate returns every complaint as "key: what is wrong; what to do". What roles are called is
// checked by who knows them.
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if c.ClockSkew < 0 || c.ClockSkew > 10*time.Minute {
		say("clock_skew: %v is not between 0s and 10m; 1m is usual", c.ClockSkew)
	}
	if c.Issuer == "" {
		if c.ClientID != "" || len(c.Roles) > 0 {
			say("issuer: empty, and other keys of the provider are set; write for example https://id.example.com")
		}
		return out
	}
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		say("issuer: %q is not the address of a provider; write for example https://id.example.com", c.Issuer)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		say("issuer: %q would be asked in clear; use https", c.Issuer)
	}
	if c.ClientID == "" {
		say("client_id: empty; the provider gives one to each application")
	}
	if !slices.Contains(c.Scopes, "openid") {
		say("scopes: openid is missing; without it nobody is named")
	}
	if c.NameClaim == "" {
		say("name_claim: empty; preferred_username is usual")
	}
	if c.RoleClaim == "" && len(c.Roles) > 0 {
		say("role_claim: empty, and there are roles; groups is usual")
	}
	if len(c.Roles) == 0 && c.DefaultRole == "" {
		say("roles: empty, and there is no default_role, so nobody could sign in; map a group, as in {hotline-agents: agent}")
	}
	return out
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
