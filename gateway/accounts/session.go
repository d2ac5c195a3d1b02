package accounts

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"decroche/gateway/store"
)

// Session tells whose session a cookie is; ErrSession when it is over or never was.
func (a *Accounts) Session(ctx context.Context, secret string, c Client) (Identity, error) {
	return a.session(ctx, secret, c, true)
}

// StillOpen is Session without counting as a sign of life: for a stream that goes on by itself.
func (a *Accounts) StillOpen(ctx context.Context, secret string, c Client) error {
	_, err := a.session(ctx, secret, c, false)
	return err
}

// Grace is how long a session whose time is over is still known to Overdue.
const Grace = 4 * time.Hour

// Overdue tells whose session a cookie was when nothing but time has ended it, at most Grace ago:
// neither signed out, nor ended by an admin, nor of a user who was disabled or has another password.
// The identity has Over set. It is for what must go on until somebody signs in again, a call under
// way, and for nothing else. ErrSession for every other cookie.
func (a *Accounts) Overdue(ctx context.Context, secret string, c Client) (Identity, error) {
	s, err := a.find(ctx, secret)
	if err != nil {
		return Identity{}, err
	}
	ends := s.Seen.Add(a.cfg.SessionIdle)
	if s.Expires.Before(ends) {
		ends = s.Expires
	}
	if now := a.o.Now(); now.Before(ends) || now.Sub(ends) >= Grace {
		return Identity{}, ErrSession
	}
	who, err := a.ownerOf(ctx, s, c)
	who.Over = err == nil
	return who, err
}

// find is the session of a cookie, over or not.
func (a *Accounts) find(ctx context.Context, secret string) (store.Session, error) {
	if !wellFormed(secret) {
		return store.Session{}, ErrSession
	}
	s, err := a.st.SessionByHash(ctx, hashOf(secret))
	if errors.Is(err, store.ErrNotFound) {
		err = ErrSession
	}
	return s, err
}

func (a *Accounts) session(ctx context.Context, secret string, c Client, alive bool) (Identity, error) {
	s, err := a.find(ctx, secret)
	if err != nil {
		return Identity{}, err
	}
	now := a.o.Now()
	if a.over(s, now) {
		return Identity{}, ErrSession
	}
	who, err := a.ownerOf(ctx, s, c)
	if err != nil {
		return Identity{}, err
	}
	who.Session = s.ID
	if alive && now.Sub(s.Seen) >= touchEvery {
		if err := a.st.TouchSession(ctx, s.ID, now); err != nil {
			a.o.Log.Error("accounts: a session could not be kept alive", "error", err)
		}
	}
	return who, nil
}

// over tells whether a session's time is over.
func (a *Accounts) over(s store.Session, now time.Time) bool {
	return !now.Before(s.Expires) || now.Sub(s.Seen) > a.cfg.SessionIdle
}

// ownerOf is who a session belongs to, as they are now: a role that was changed has changed here.
func (a *Accounts) ownerOf(ctx context.Context, s store.Session, c Client) (Identity, error) {
	switch s.How {
	case ByStartToken:
		if s.Bound != a.startBound() || !c.Local {
			return Identity{}, ErrSession
		}
		return startIdentity(c), nil
	case ByDemo:
		if !a.cfg.Demo || !c.Local {
			return Identity{}, ErrSession
		}
		return demoIdentity(Role(strings.TrimPrefix(s.User, demoPrefix)), c), nil
	}
	u, err := a.st.User(ctx, s.User)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Disabled {
		return Identity{}, ErrSession
	}
	if err != nil {
		return Identity{}, err
	}
	return identityOf(u, s.How, c), nil
}

// SignOut ends the session of who asks.
func (a *Accounts) SignOut(ctx context.Context, who Identity) error {
	if who.Session == "" {
		return nil
	}
	n, err := a.st.EndSessions(ctx, "", who.Session)
	if n > 0 {
		a.note(ctx, who, SignedOut, "", "")
	}
	return err
}

// Sessions yields a user's sessions, or everybody's for "", without those whose time is over.
func (a *Accounts) Sessions(ctx context.Context, user string) iter.Seq2[store.Session, error] {
	return func(yield func(store.Session, error) bool) {
		now := a.o.Now()
		for s, err := range a.st.Sessions(ctx, user) {
			if err == nil && a.over(s, now) {
				continue
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// EndSession ends a session by the ID that lists show: one's own, or anybody's for who may.
// store.ErrNotFound when there is none.
func (a *Accounts) EndSession(ctx context.Context, who Identity, id string) error {
	user := who.User
	if who.May(ManageSessions) {
		user = ""
	}
	n, err := a.st.EndSessions(ctx, user, id)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	if n > 0 {
		a.note(ctx, who, SessionEnded, "session "+id, "")
	}
	return err
}
