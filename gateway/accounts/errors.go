package accounts

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Refusals. Their text is for the person who is refused.
var (
	// ErrSignIn does not tell whether the name or the password was wrong.
	ErrSignIn = errors.New("the name or the password is wrong")
	// ErrSession is a session that is over, or never was.
	ErrSession = errors.New("your session has ended; sign in again, nothing that you typed is lost")
	// ErrToken is a bearer token that opens nothing.
	ErrToken = errors.New("this token is not known, or it was revoked or has expired; make one with: decroche tokens create")
	// ErrNotHere is the token printed at start, sent from another machine.
	ErrNotHere = errors.New("the token printed at start works on this machine alone; make one for others with: decroche tokens create")
	// ErrLink is a one-time link that was used, has expired or never was.
	ErrLink = errors.New("this link was used or has expired; ask an admin for another (decroche users link NAME)")
	// ErrNoDemo means that this is not a demo.
	ErrNoDemo = errors.New("this gateway is no demo; sign in with your name and password")
	// ErrNoOIDC means that no identity provider is configured.
	ErrNoOIDC = errors.New("no identity provider is configured (accounts.oidc); sign in with your name and password")
	// ErrDisabled is somebody whom the identity provider knows and who was disabled here.
	ErrDisabled = errors.New("this account is disabled; ask an admin")
	// ErrNoRole is somebody whom the identity provider knows and to whom no role is given.
	ErrNoRole = errors.New("the identity provider knows you, and no role is given to you here; ask an admin to map one of your groups (accounts.oidc.roles)")
	// ErrNameTaken is somebody at the identity provider whose name another account has.
	ErrNameTaken = errors.New("another account has your name; ask an admin")
	// ErrBusy means that too many sign in at once.
	ErrBusy = errors.New("too many people are signing in at this moment; try again in a few seconds")
)

// TooSoon is a try refused unread, because too many before it were wrong.
type TooSoon struct{ Wait time.Duration }

// Error says how long to wait, in words.
func (e *TooSoon) Error() string {
	return fmt.Sprintf("too many wrong tries; the next one is taken in %s", inWords(e.Wait))
}

// Seconds is Wait as Retry-After says it, 1 at least.
func (e *TooSoon) Seconds() int { return max(1, int(math.Ceil(e.Wait.Seconds()))) }

func inWords(d time.Duration) string {
	if s := max(1, int(math.Ceil(d.Seconds()))); s < 120 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min", int(math.Ceil(d.Minutes())))
}

// InputError is a field that cannot be taken as it was given: "field: what is wrong; what to do".
type InputError struct{ Detail string }

func (e *InputError) Error() string { return e.Detail }

func badInput(format string, args ...any) error { return &InputError{fmt.Sprintf(format, args...)} }

// clip shortens what a stranger wrote, for a message.
func clip(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
