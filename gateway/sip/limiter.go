package sip

import (
	"net/netip"
	"sync"
	"time"
)

// limiter is a token bucket per source address. Its memory is bounded: full buckets are forgotten,
// and when too many sources are known at once, new ones share one bucket.
type limiter struct {
	rate  float64 // tokens per second
	burst float64

	mu      sync.Mutex
	buckets map[netip.Addr]*bucket
	crowd   bucket    // shared by the sources beyond maxSources
	swept   time.Time // when full buckets were forgotten last
}

const maxSources = 65536 // about 6 MB

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(rate float64, burst int) *limiter {
	return &limiter{rate: rate, burst: float64(burst), buckets: map[netip.Addr]*bucket{}, crowd: bucket{tokens: float64(burst)}}
}

// take reports whether src may send one more request at now. excess is how far beyond the limit
// it already is, in requests: a small excess deserves an answer, a large one is a flood.
func (l *limiter) take(src netip.Addr, now time.Time) (ok bool, excess float64) {
	if src.Is6() && !src.Is4In6() { // one customer has a /64
		if p, err := src.Prefix(64); err == nil {
			src = p.Addr()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > 10*time.Second {
		l.sweep(now)
	}
	b := l.buckets[src]
	if b == nil {
		if len(l.buckets) >= maxSources {
			b = &l.crowd
		} else {
			b = &bucket{tokens: l.burst, at: now}
			l.buckets[src] = b
		}
	}
	l.fill(b, now)
	b.tokens--
	if b.tokens >= 0 {
		return true, 0
	}
	excess = -b.tokens
	b.tokens = max(b.tokens, -2*l.burst) // a flood is forgiven within twice the time it takes to fill
	return false, excess
}

func (l *limiter) fill(b *bucket, now time.Time) {
	if dt := now.Sub(b.at).Seconds(); dt > 0 {
		b.tokens = min(l.burst, b.tokens+dt*l.rate)
		b.at = now
	}
}

// sweep forgets sources that may send a full burst again; mu is held.
func (l *limiter) sweep(now time.Time) {
	l.swept = now
	for a, b := range l.buckets {
		if l.fill(b, now); b.tokens >= l.burst {
			delete(l.buckets, a)
		}
	}
}
