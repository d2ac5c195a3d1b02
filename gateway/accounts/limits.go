package accounts

import (
	"sync"
	"time"
)

// limit holds up who is wrong again and again: after a few free tries each further one must come
// later than the one before, twice as late each time, up to a bound. Nobody is shut out for ever,
// and what is remembered is bounded.
//
// The idea of counting a known browser apart from strangers, so that an attack on an account does
// not shut its owner out, is that of device cookies (OWASP, "Slow Down Online Guessing Attacks").
type limit struct {
	free  int           // wrong tries that cost nothing
	first time.Duration // the wait after them
	most  time.Duration // and at most
	after time.Duration // how long after the last wrong try all is forgotten
	now   func() time.Time

	mu sync.Mutex
	by map[string]*tally
}

type tally struct {
	n    int       // wrong tries, and those that are being looked at
	at   time.Time // of the last one
	held bool      // somebody was told to wait since then
}

// limitKeys bounds who is remembered. When there are more, the least recent of a few chosen at
// random is forgotten, in constant time.
const (
	limitKeys   = 10000
	limitSample = 16
)

func (l *limit) delay(n int) time.Duration {
	over := n - l.free
	switch {
	case over < 0:
		return 0
	case over > 20:
		return l.most
	}
	return min(l.most, l.first<<over)
}

// take counts a try as wrong before it is looked at, so that many at once cannot slip through; who
// was right takes it back with undo or clear. A wait above zero says that the try is not taken;
// news is true for the first one told so.
func (l *limit) take(key string) (wait time.Duration, news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	t := l.by[key]
	if t != nil && now.Sub(t.at) >= l.after {
		delete(l.by, key)
		t = nil
	}
	if t == nil {
		if len(l.by) >= limitKeys {
			l.forget()
		}
		t = &tally{}
		l.by[key] = t
	}
	if wait = l.delay(t.n) - now.Sub(t.at); t.n >= l.free && wait > 0 {
		news, t.held = !t.held, true
		return wait, news
	}
	t.n, t.at, t.held = t.n+1, now, false
	return 0, false
}

// undo takes one try back.
func (l *limit) undo(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.by[key]; t != nil {
		if t.n--; t.n <= 0 {
			delete(l.by, key)
		}
	}
}

// clear forgets all tries of a key.
func (l *limit) clear(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.by, key)
}

// forget needs l.mu.
func (l *limit) forget() {
	var oldest string
	n := 0
	for key, t := range l.by { // begins at a random place
		if oldest == "" || t.at.Before(l.by[oldest].at) {
			oldest = key
		}
		if n++; n == limitSample {
			break
		}
	}
	delete(l.by, oldest)
}

// limits are what a sign-in passes.
type limits struct {
	account *limit // tries for an account from addresses it was never used from
	unknown *limit // the same for names that nobody has: they must look alike and may not crowd out
	address *limit // tries from an address, whatever the account
	known   *limit // tries for an account from an address it was used from
}

func newLimits(now func() time.Time) *limits {
	make := func(free int, most time.Duration) *limit {
		return &limit{free: free, first: time.Second, most: most, after: time.Hour, now: now, by: map[string]*tally{}}
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
	own, address *limit
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
	wait, news := p.own.take(p.key)
	if wait > 0 {
		return pass{}, news, &TooSoon{wait}
	}
	if p.address == nil {
		return p, false, nil
	}
	if wait, news = p.address.take(from); wait > 0 {
		p.own.undo(p.key)
		return pass{}, news, &TooSoon{wait}
	}
	return p, false, nil
}

// right forgives the account and takes the address's try back; a right password does not wash an
// address clean that tries many accounts.
func (p pass) right() {
	p.own.clear(p.key)
	if p.address != nil {
		p.address.undo(p.from)
	}
}

// unread takes the try back: it was not looked at.
func (p pass) unread() {
	p.own.undo(p.key)
	if p.address != nil {
		p.address.undo(p.from)
	}
}
