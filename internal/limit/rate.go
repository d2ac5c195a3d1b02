// Package limit holds up who asks too often: Rate how often each source may do something, Backoff
// whoever is wrong again and again. Source says whom a request is counted against, and Proxies whose
// word about that is believed. What is remembered of strangers is bounded, and nobody is shut out for
// ever.
package limit

import (
	"sync"
	"time"
)

// Most is how many sources a Rate or a Backoff remembers.
const Most = 10000

// Rate is a bucket for each source that refills with time. Its methods are safe for concurrent use.
type Rate struct {
	// constant
	per   float64 // tokens a second
	burst float64
	now   func() time.Time

	mu sync.Mutex
	by map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// NewRate lets each source do something per times a second for ever, and burst times at once. now is
// time.Now, or a test's.
func NewRate(per float64, burst int, now func() time.Time) *Rate {
	return &Rate{per: per, burst: float64(burst), now: now, by: map[string]*bucket{}}
}

// Take takes one from the source's bucket; when there is none it returns false, and in how long
// there is one.
func (l *Rate) Take(source string) (ok bool, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.by[source]
	if b == nil {
		if len(l.by) >= Most {
			drop(l.by, func(b *bucket) time.Time { return b.at })
		}
		b = &bucket{left: l.burst, at: now}
		l.by[source] = b
	}
	b.left, b.at = l.level(b, now), now
	if b.left < 1 {
		return false, time.Duration((1 - b.left) / l.per * float64(time.Second))
	}
	b.left--
	return true, 0
}

// Sources is how many are remembered.
func (l *Rate) Sources() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.by)
}

func (l *Rate) level(b *bucket, now time.Time) float64 {
	return min(l.burst, b.left+l.per*max(0, now.Sub(b.at).Seconds()))
}

// sample is of how many, chosen at random, the least recent is dropped when there is no room: in
// constant time, for a storm from everywhere is when it happens, and without forgiving who began it.
const sample = 16

func drop[T any](by map[string]T, at func(T) time.Time) {
	var oldest string
	var when time.Time
	n := 0
	for key, t := range by { // begins at a random place
		if n == 0 || at(t).Before(when) {
			oldest, when = key, at(t)
		}
		if n++; n == sample {
			break
		}
	}
	delete(by, oldest)
}
