package accounts

import (
	"time"

	"decroche/internal/limit"
)

// limits are what a sign-in passes.
type limits struct {
	account *limit.Backoff // tries for an account from addresses it was never used from
	unknown *limit.Backoff // the same for names that nobody has: they must look alike and may not crowd out
	address *limit.Backoff // tries from an address, whatever the account
	known   *limit.Backoff // tries for an account from an address it was used from
}

func newLimits(now func() time.Time) *limits {
	make := func(free int, most time.Duration) *limit.Backoff {
		return &limit.Backoff{Free: free, First: time.Second, Most: most, After: time.Hour, Now: now}
	}
	return &limits{
		account: make(5, 15*time.Minute),
		unknown: make(5, 15*time.Minute),
		address: make(20, 5*time.Minute), // a whole office may be behind it
		known:   make(5, time.Minute),
	}
}

// pass is one try that is being looked at.
type pass struct {
	own, address *limit.Backoff
	key, from    string
}

// take counts a try at name from an address; *TooSoon when it is not taken.
func (l *limits) take(name, from string, exists, known bool) (p pass, news bool, err error) {
	p = pass{own: l.account, key: name, address: l.address, from: from}
	switch {
	case known:
		p = pass{own: l.known, key: name + " " + from}
	case !exists:
		p.own = l.unknown
	}
	wait, news := p.own.Take(p.key)
	if wait > 0 {
		return pass{}, news, &TooSoon{wait}
	}
	if p.address == nil {
		return p, false, nil
	}
	if wait, news = p.address.Take(from); wait > 0 {
		p.own.Undo(p.key)
		return pass{}, news, &TooSoon{wait}
	}
	return p, false, nil
}

// right forgives the account and takes the address's try back; a right password does not wash an
// address clean that tries many accounts.
func (p pass) right() {
	p.own.Clear(p.key)
	if p.address != nil {
		p.address.Undo(p.from)
	}
}

// unread takes the try back: it was not looked at.
func (p pass) unread() {
	p.own.Undo(p.key)
	if p.address != nil {
		p.address.Undo(p.from)
	}
}
