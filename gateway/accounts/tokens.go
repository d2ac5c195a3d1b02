package accounts

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"decroche/gateway/store"
)

// NewToken is what CreateToken takes.
type NewToken struct {
	Name    string        // what it is for
	User    string        // whose it is: it may do no more than they, and ends with them
	Scopes  []string      // permissions
	Expires time.Duration // from now; 0 is never
}

// maxTokenLife bounds the life of a token that has an end.
const maxTokenLife = 5 * 365 * 24 * time.Hour

// CreateToken makes an API token and returns it, this once, with what is kept of it.
func (a *Accounts) CreateToken(ctx context.Context, by Identity, n NewToken) (secret string, t store.APIToken, err error) {
	t = store.APIToken{ID: newID(), Name: strings.TrimSpace(n.Name), User: strings.ToLower(strings.TrimSpace(n.User)), Created: a.o.Now()}
	if err := checkDisplay(t.Name); err != nil || t.Name == "" {
		return "", t, badInput("name: say in 1 to 80 characters what the token is for")
	}
	if t.Scopes, err = parseScopes(n.Scopes); err != nil {
		return "", t, err
	}
	if n.Expires < 0 || n.Expires > maxTokenLife {
		return "", t, badInput("expires: %v is not between 0s (never) and %v", n.Expires, maxTokenLife)
	}
	if n.Expires > 0 {
		t.Expires = t.Created.Add(n.Expires)
	}
	u, err := a.st.User(ctx, t.User)
	if errors.Is(err, store.ErrNotFound) {
		return "", t, badInput("user: there is no %q; a token belongs to a user (decroche users list)", clip(t.User, 64))
	}
	if err != nil {
		return "", t, err
	}
	if u.Disabled {
		return "", t, badInput("user: %s is disabled", u.Name)
	}
	for _, s := range t.Scopes {
		if _, device, _ := parseDevice(s); device {
			continue // what it may is less than anybody's role
		}
		if !Role(u.Role).May(Permission(s)) {
			return "", t, badInput("scopes: %s is %s and may not %s; leave it out or choose another user", u.Name, u.Role, s)
		}
	}
	secret = newAPIToken()
	if err := a.st.AddToken(ctx, hashOf(secret), t); err != nil {
		return "", t, err
	}
	a.note(ctx, by, TokenCreated, "token "+t.ID, t.Name+" for "+u.Name+": "+strings.Join(t.Scopes, " "))
	return secret, t, nil
}

// Tokens yields all, oldest first, those that work no more too.
func (a *Accounts) Tokens(ctx context.Context) iter.Seq2[store.APIToken, error] {
	return a.st.Tokens(ctx)
}

// RevokeToken ends a token by the ID that lists show; store.ErrNotFound when none of it works.
func (a *Accounts) RevokeToken(ctx context.Context, by Identity, id string) error {
	if err := a.st.RevokeToken(ctx, id, a.o.Now()); err != nil {
		return err
	}
	a.note(ctx, by, TokenRevoked, "token "+id, "")
	return nil
}

// byAPIToken tells whose API token that is.
func (a *Accounts) byAPIToken(ctx context.Context, given string, c Client) (Identity, error) {
	if !parseAPIToken(given) {
		return Identity{}, ErrToken
	}
	t, err := a.st.TokenByHash(ctx, hashOf(given))
	if errors.Is(err, store.ErrNotFound) {
		return Identity{}, ErrToken
	}
	if err != nil {
		return Identity{}, err
	}
	now := a.o.Now()
	if !t.Revoked.IsZero() || !t.Expires.IsZero() && !now.Before(t.Expires) {
		return Identity{}, ErrToken
	}
	u, err := a.st.User(ctx, t.User)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Disabled {
		return Identity{}, ErrToken
	}
	if err != nil {
		return Identity{}, err
	}
	if now.Sub(t.Used) >= touchEvery {
		if err := a.st.TouchToken(ctx, t.ID, now); err != nil {
			a.o.Log.Error("accounts: the use of a token could not be noted", "error", err)
		}
	}
	who := identityOf(u, ByAPIToken, c)
	who.Token, who.limited, who.scopes = t.ID, true, t.Scopes
	return who, nil
}
