package accounts

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"decroche/gateway/accounts/oidc"
)

// Config says who may sign in and for how long.
type Config struct {
	// SessionIdle ends a session in which nothing was asked for that long.
	SessionIdle time.Duration `yaml:"session_idle"`
	// SessionLife ends every session that long after its sign-in.
	SessionLife time.Duration `yaml:"session_life"`
	// MinPassword is how many characters a new password has at least.
	MinPassword int `yaml:"min_password"`
	// AuditKeep is how long the list of who did what is kept.
	AuditKeep time.Duration `yaml:"audit_keep"`
	// Demo lets anybody on this machine sign in as an agent or a supervisor with one click, and
	// every page says so. Refused where others can reach the pages.
	Demo bool `yaml:"demo"`
	// OIDC is the company's identity provider; without an issuer there is none.
	OIDC oidc.Config `yaml:"oidc"`
}

// DefaultConfig has no demo and no identity provider. Ten hours of work fit into one session, a
// lunch break into its idle time.
func DefaultConfig() Config {
	return Config{SessionIdle: 2 * time.Hour, SessionLife: 12 * time.Hour, MinPassword: 12, AuditKeep: 365 * 24 * time.Hour, OIDC: oidc.DefaultConfig()}
}

// Validate returns every complaint as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if c.SessionIdle < time.Minute || c.SessionIdle > 30*24*time.Hour {
		say("session_idle: %v is not between 1m and 720h; 2h is usual", c.SessionIdle)
	}
	if c.SessionLife < c.SessionIdle || c.SessionLife > 90*24*time.Hour {
		say("session_life: %v is not between session_idle (%v) and 2160h; 12h is usual", c.SessionLife, c.SessionIdle)
	}
	if c.MinPassword < 8 || c.MinPassword > 64 {
		say("min_password: %d is not between 8 and 64; 12 is usual", c.MinPassword)
	}
	if c.AuditKeep < 24*time.Hour || c.AuditKeep > 10*365*24*time.Hour {
		say("audit_keep: %v is not between 24h and 87600h; 8760h (a year) is usual", c.AuditKeep)
	}
	for _, p := range c.OIDC.Validate() {
		out = append(out, "oidc."+p)
	}
	for _, group := range slices.Sorted(maps.Keys(c.OIDC.Roles)) {
		if _, err := ParseRole(c.OIDC.Roles[group]); err != nil {
			say("oidc.roles: %q is given the role %q; use agent, supervisor, builder or admin", group, c.OIDC.Roles[group])
		}
	}
	if r := c.OIDC.DefaultRole; r != "" {
		if role, err := ParseRole(r); err != nil || role == Admin {
			say("oidc.default_role: %q; use agent, supervisor or builder, or leave it empty to let in only who has a mapped group", r)
		}
	}
	return out
}
