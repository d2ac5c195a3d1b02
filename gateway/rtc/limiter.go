package rtc

import (
	"net/netip"
	"sync"
	"time"
)

// limiter bounds how often each source may make an offer: a bucket per source that refills with time.
type limiter struct {
	rate  float64 // per second
	burst float64

	mu sync.Mutex
	by map[netip.Prefix]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// limiterSources bounds the memory; full buckets are forgotten first, then all.
const limiterSources = 10000

func newLimiter(rate float64, burst int) *limiter {
	return &limiter{rate: rate, burst: float64(burst), by: map[netip.Prefix]*bucket{}}
}

// take reports whether src may make an offer now; if not, in how long it may.
func (l *limiter) take(src netip.Addr, now time.Time) (ok bool, after time.Duration) {
	src = src.Unmap().WithZone("")
	bits := src.BitLen()
	if src.Is6() {
		bits = 64 // one customer's network
	}
	key, _ := src.Prefix(bits)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.by[key]
	if b == nil {
		if len(l.by) >= limiterSources {
			l.forget(now)
		}
		b = &bucket{left: l.burst, at: now}
		l.by[key] = b
	}
	b.left, b.at = l.level(b, now), now
	if b.left < 1 {
		return false, time.Duration((1 - b.left) / l.rate * float64(time.Second))
	}
	b.left--
	return true, 0
}

func (l *limiter) level(b *bucket, now time.Time) float64 {
	return min(l.burst, b.left+l.rate*max(0, now.Sub(b.at).Seconds()))
}

// forget needs l.mu.
func (l *limiter) forget(now time.Time) {
	for k, b := range l.by {
		if l.level(b, now) >= l.burst {
			delete(l.by, k)
		}
	}
	if len(l.by) >= limiterSources {
		clear(l.by)
	}
}
