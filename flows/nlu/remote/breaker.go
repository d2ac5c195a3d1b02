package remote

import (
	"sync"
	"time"
)

// breaker stops asking a server that keeps failing: after limit failures in a row nobody asks for
// pause, then one question tries whether it is back.
type breaker struct {
	limit int
	pause time.Duration

	mu     sync.Mutex
	failed int       // in a row; guarded by mu
	until  time.Time // guarded by mu
	trying bool      // one question is on its way to a server that had failed; guarded by mu
}

// allow reports whether a question may be asked now.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.limit {
		return true
	}
	if b.trying || now.Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// done tells how a question that was allowed ended.
func (b *breaker) done(ok bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if ok {
		b.failed = 0
		return
	}
	if b.failed++; b.failed >= b.limit {
		b.until = now.Add(b.pause)
	}
}

// forget is done for a question that ended for reasons of the asker's.
func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
