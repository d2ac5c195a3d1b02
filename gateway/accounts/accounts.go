// Package accounts knows who uses the gateway and what each may do: users and their roles,
// sessions of browsers, API tokens, one-time links, sign-in by the company's identity provider, and
// the list of who did what. Secrets are told once and kept as hashes. It knows no page and no route:
// whoever serves them asks it who a request comes from, and that Identity what it may do.
package accounts

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"decroche/gateway/accounts/oidc"
	"decroche/gateway/store"
)

// minStartToken is the shortest token that opens everything on this machine: with the limit on
// wrong tries it cannot be guessed.
const minStartToken = 16

// Options are what Accounts needs beside its configuration. The zero Options work.
type Options struct {
	// StartToken is the bearer token that works on this machine as an admin. Empty: one is made.
	StartToken string
	// OIDC asks the identity provider; nil when none is configured.
	OIDC *oidc.Provider
	// Params are the costs of new passwords; zero: OWASP's.
	Params Params
	Now    func() time.Time
	Log    *slog.Logger
}

// Accounts answers who somebody is. Its methods are safe for concurrent use.
type Accounts struct {
	// constant after New
	st     store.Accounts
	cfg    Config
	o      Options
	hash   *hasher
	limits *limits
}

// New checks cfg and the start token.
func New(st store.Accounts, cfg Config, o Options) (*Accounts, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("accounts.%s", strings.Join(bad, "; accounts."))
	}
	if o.StartToken == "" {
		o.StartToken = newSecret()
	}
	if len(o.StartToken) < minStartToken {
		return nil, fmt.Errorf("api_token: shorter than %d characters; leave it out to have one made, or use a longer one", minStartToken)
	}
	if strings.ContainsAny(o.StartToken, "\r\n\t ") {
		return nil, errors.New("api_token: contains a space or a line end; remove it")
	}
	if o.Params == (Params{}) {
		o.Params = usual
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Accounts{st: st, cfg: cfg, o: o, hash: newHasher(o.Params), limits: newLimits(o.Now)}, nil
}

// StartToken opens everything on this machine. It is for the lines printed at start, never for a log.
func (a *Accounts) StartToken() string { return a.o.StartToken }

// Demo tells whether anybody may sign in with a click.
func (a *Accounts) Demo() bool { return a.cfg.Demo }

// OIDC is the identity provider, nil when there is none.
func (a *Accounts) OIDC() *oidc.Provider { return a.o.OIDC }

// MinPassword is how many characters a new password has at least.
func (a *Accounts) MinPassword() int { return a.cfg.MinPassword }

// sweepEvery is how often what is over is forgotten; whether it is over is looked at each time.
const sweepEvery = time.Hour

// Run forgets what has been over for Grace, at once and every hour until ctx ends.
func (a *Accounts) Run(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		now := a.o.Now()
		if err := a.st.SweepAccounts(ctx, now.Add(-Grace), now.Add(-a.cfg.SessionIdle-Grace), now.Add(-a.cfg.AuditKeep)); err != nil && ctx.Err() == nil {
			a.o.Log.Error("accounts: forgetting old sessions failed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Bearer tells who sent a bearer token: the one printed at start, from this machine, or an API
// token. ErrToken or ErrNotHere otherwise.
func (a *Accounts) Bearer(ctx context.Context, given string, c Client) (Identity, error) {
	if a.isStartToken(given) {
		if !c.Local {
			return Identity{}, ErrNotHere
		}
		return startIdentity(c), nil
	}
	return a.byAPIToken(ctx, given, c)
}

// isStartToken compares in constant time, also when the lengths differ.
func (a *Accounts) isStartToken(given string) bool {
	return subtle.ConstantTimeCompare(hashOf(given), hashOf(a.o.StartToken)) == 1
}

func startIdentity(c Client) Identity {
	return Identity{User: startUser, Display: "Console", Role: Admin, How: ByStartToken, Address: c.Address}
}
