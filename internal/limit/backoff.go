package limit

import (
	"sync"
	"time"
)

// Backoff holds up who is wrong again and again: after a few free tries each further one must come
// later than the one before, twice as late each time, up to a bound. Its methods are safe for
// concurrent use.
//
// Counting a known browser apart from strangers, so that an attack on an account does not shut its owner
// out, is up to who names the keys (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
type Backoff struct {
	// Free wrong tries cost nothing; First is the wait after them, Most the longest, and After the last
	// wrong try all is forgotten. Now is time.Now, or a test's. Constant once it is used.
	Free               int
	First, Most, After time.Duration
	Now                func() time.Time

	mu sync.Mutex
	by map[string]*tally
}

type tally struct {
	n    int       // wrong tries, and those that are being looked at
	at   time.Time // of the last one
	held bool      // somebody was told to wait since then
}

// Delay is the wait after n wrong tries.
func (l *Backoff) Delay(n int) time.Duration {
	over := n - l.Free
	switch {
	case over < 0:
		return 0
	case over > 20:
		return l.Most
	}
	return min(l.Most, l.First<<over)
}

// Take counts a try as wrong before it is looked at, so that many at once cannot slip through; who
// was right takes it back with Undo or Clear. A wait above zero says that the try is not taken;
// news is true for the first one told so.
func (l *Backoff) Take(key string) (wait time.Duration, news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	t := l.by[key]
	if t != nil && now.Sub(t.at) >= l.After {
		delete(l.by, key)
		t = nil
	}
	if t == nil {
		if len(l.by) >= Most {
			drop(l.by, func(t *tally) time.Time { return t.at })
		}
		if l.by == nil {
			l.by = map[string]*tally{}
		}
		t = &tally{}
		l.by[key] = t
	}
	if wait = l.Delay(t.n) - now.Sub(t.at); t.n >= l.Free && wait > 0 {
		news, t.held = !t.held, true
		return wait, news
	}
	t.n, t.at, t.held = t.n+1, now, false
	return 0, false
}

// Undo takes one try back.
func (l *Backoff) Undo(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.by[key]; t != nil {
		if t.n--; t.n <= 0 {
			delete(l.by, key)
		}
	}
}

// Clear forgets all tries of a key.
func (l *Backoff) Clear(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.by, key)
}

// Keys is how many are remembered.
func (l *Backoff) Keys() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.by)
}
