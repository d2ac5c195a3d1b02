package alexa

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// signer is the name that Amazon's signing certificate must carry.
	signer = "echo-api.amazon.com"

	minKey, maxKey = 2048, 8192 // bits of an RSA key

	maxChain     = 64 << 10 // bytes of a chain
	maxCerts     = 8
	fetchWait    = 3 * time.Second
	maxFetches   = 4 // at once: strangers can make us fetch what is not there
	keepChain    = 24 * time.Hour
	keepFailure  = 30 * time.Second
	maxChains    = 16
	maxFailures  = 1000
	retryRefresh = time.Minute // of a chain that is good and could not be fetched anew
)

// chains fetches signing certificates and keeps those that are good. Addresses are those that
// ChainURL lets pass.
type chains struct {
	roots  *x509.CertPool
	client *http.Client
	now    func() time.Time
	slots  chan struct{} // fetches at once

	mu     sync.Mutex // guards all below
	good   map[string]*chain
	failed map[string]failure
	flying map[string]*flight
}

// chain is a certificate that was found good, and until when.
type chain struct {
	key           *rsa.PublicKey
	from, until   time.Time // every certificate that leads to the root is valid between these
	fetched, used time.Time
}

type failure struct {
	until time.Time
	err   error
}

// flight is a fetch that others wait for.
type flight struct {
	done chan struct{}
	c    *chain
	err  error
}

func newChains(t Trust) *chains {
	c := &chains{roots: t.Roots, now: t.Now, slots: make(chan struct{}, maxFetches), good: map[string]*chain{}, failed: map[string]failure{}, flying: map[string]*flight{}}
	client := http.Client{}
	if t.Client != nil {
		client = *t.Client
	}
	client.Timeout = fetchWait
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("alexa: a redirect") }
	c.client = &client
	return c
}

// key is the public key of the chain at an address.
func (c *chains) key(ctx context.Context, from string) (*rsa.PublicKey, error) {
	ch, err := c.get(ctx, from)
	if err != nil {
		return nil, err
	}
	if now := c.now(); now.Before(ch.from) || now.After(ch.until) {
		return nil, refuse(WhyChain)
	}
	return ch.key, nil
}

func (c *chains) get(ctx context.Context, from string) (*chain, error) {
	now := c.now()
	c.mu.Lock()
	ch := c.good[from]
	if ch != nil {
		ch.used = now
		if now.Sub(ch.fetched) < keepChain && !now.After(ch.until) {
			c.mu.Unlock()
			return ch, nil
		}
	}
	if f, ok := c.failed[from]; ok && now.Before(f.until) {
		c.mu.Unlock()
		return nil, f.err
	}
	fl := c.flying[from]
	if fl == nil {
		if len(c.failed) >= maxFailures {
			c.forgetFailures(now)
		}
		if len(c.failed)+len(c.flying) >= maxFailures {
			c.mu.Unlock()
			return nil, refuse(WhyBusy)
		}
		fl = &flight{done: make(chan struct{})}
		c.flying[from] = fl
		go c.fly(from, fl, ch)
	}
	c.mu.Unlock()
	select {
	case <-fl.done:
		return fl.c, fl.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// fly fetches a chain for everybody who waits for it. It outlives who asked, for at most fetchWait:
// the next request finds what it brought. had is the chain that it renews, if any.
func (c *chains) fly(from string, fl *flight, had *chain) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchWait)
	defer cancel()
	ch, err := c.fetch(ctx, from)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	switch {
	case err == nil:
		c.keep(from, ch)
	case had != nil && !now.After(had.until):
		had.fetched = now.Add(retryRefresh - keepChain)
		ch, err = had, nil
	default:
		c.failed[from] = failure{now.Add(keepFailure), err}
	}
	fl.c, fl.err = ch, err
	delete(c.flying, from)
	close(fl.done)
}

// keep remembers a chain, in the place of the one that was used longest ago when there are too many.
func (c *chains) keep(from string, ch *chain) {
	if len(c.good) >= maxChains && c.good[from] == nil {
		oldest := ""
		for addr, o := range c.good {
			if oldest == "" || o.used.Before(c.good[oldest].used) {
				oldest = addr
			}
		}
		delete(c.good, oldest)
	}
	delete(c.failed, from)
	c.good[from] = ch
}

func (c *chains) forgetFailures(now time.Time) {
	for addr, f := range c.failed {
		if !now.Before(f.until) {
			delete(c.failed, addr)
		}
	}
}

// fetch reads a chain and checks it.
func (c *chains) fetch(ctx context.Context, from string) (*chain, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, refuse(WhyBusy)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, refuse(WhyURL)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, refuse(WhyFetch)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxChain+1))
	if err != nil || resp.StatusCode != http.StatusOK || len(data) > maxChain {
		return nil, refuse(WhyFetch)
	}
	return c.check(data)
}

// check reads the PEM of a chain, the signing certificate first, and verifies it as of now: the dates
// of all, a root that is trusted, and Amazon's name, written out, among the leaf's.
func (c *chains) check(data []byte) (*chain, error) {
	certs, err := parseChain(data)
	if err != nil {
		return nil, refuse(WhyChain)
	}
	leaf := certs[0]
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < minKey || key.N.BitLen() > maxKey || !slices.Contains(leaf.DNSNames, signer) {
		return nil, refuse(WhyChain)
	}
	between := x509.NewCertPool()
	for _, m := range certs[1:] {
		between.AddCert(m)
	}
	now := c.now()
	found, err := leaf.Verify(x509.VerifyOptions{DNSName: signer, Roots: c.roots, Intermediates: between, CurrentTime: now})
	if err != nil {
		return nil, refuse(WhyChain)
	}
	ch := &chain{key: key, fetched: now, used: now}
	for _, one := range found { // of several ways to a root the one that lasts longest
		from, until := one[0].NotBefore, one[0].NotAfter
		for _, m := range one[1:] {
			if m.NotBefore.After(from) {
				from = m.NotBefore
			}
			if m.NotAfter.Before(until) {
				until = m.NotAfter
			}
		}
		if until.After(ch.until) {
			ch.from, ch.until = from, until
		}
	}
	return ch, nil
}

// parseChain reads certificates and nothing else.
func parseChain(data []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for len(data) > 0 {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" || len(out) == maxCerts {
			return nil, errors.New("alexa: a chain holds certificates only, and few")
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, errors.New("alexa: a chain without a certificate")
	}
	return out, nil
}
