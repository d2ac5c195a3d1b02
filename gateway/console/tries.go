package console

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// A source may be wrong this often at once, then once per refill; being right is always heard.
	wrongTries  = 10
	wrongRefill = 6 * time.Second
	// wrongSources bounds the memory of who was wrong; the oldest is forgotten.
	wrongSources = 10000
)

// source is whom a wrong try is counted against: the address, or the /64 of an IPv6 one.
func source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// tries counts wrong tokens by source, as a bucket that empties with time.
type tries struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[string]*bucket
}

type bucket struct {
	n  int // wrong tries not yet forgotten
	at time.Time
}

func newTries(now func() time.Time) *tries { return &tries{now: now, by: map[string]*bucket{}} }

// allowed tells whether src may be told again that a token is wrong.
func (t *tries) allowed(src string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.by[src]
	return b == nil || t.level(b) < wrongTries
}

// note counts one wrong try.
func (t *tries) note(src string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.by[src]
	if b == nil {
		if len(t.by) >= wrongSources {
			t.forget()
		}
		b = &bucket{at: t.now()}
		t.by[src] = b
	}
	b.n, b.at = t.level(b)+1, t.now()
}

// level needs t.mu.
func (t *tries) level(b *bucket) int {
	return max(0, b.n-int(t.now().Sub(b.at)/wrongRefill))
}

// forget needs t.mu: it drops whoever is forgiven, or else the one who was wrong longest ago.
func (t *tries) forget() {
	var oldest string
	for src, b := range t.by {
		if t.level(b) == 0 {
			delete(t.by, src)
		} else if oldest == "" || b.at.Before(t.by[oldest].at) {
			oldest = src
		}
	}
	if len(t.by) >= wrongSources {
		delete(t.by, oldest)
	}
}
