// Package oidc lets a company's identity provider say who somebody is: the authorization code flow
// of OpenID Connect with PKCE, state and nonce, each bound to one browser and good for one return.
// What somebody may do is decided elsewhere.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// Patience is how long somebody may take at the provider.
	Patience = 10 * time.Minute
	// maxFlows bounds how many are away at once; the one away for longest is forgotten.
	maxFlows = 2000
	// timeout bounds each question to the provider.
	timeout = 10 * time.Second
)

// Refusals. Their text is for the person who is refused.
var (
	ErrUnreachable = errors.New("the identity provider does not answer; try again in a moment, or sign in with a password")
	// ErrFlow is a return that we did not send out, sent out too long ago, for another browser, or
	// that came back already.
	ErrFlow = errors.New("this sign-in was begun elsewhere, took too long or came back twice; begin again")
	// ErrDenied is a provider that said no.
	ErrDenied = errors.New("the identity provider refused the sign-in")
	// ErrProof is an ID token that does not prove what it should.
	ErrProof = errors.New("the identity provider's answer could not be trusted; begin again, and tell an admin when it stays so")
	// ErrClock is an ID token from another time.
	ErrClock = errors.New("the identity provider's answer is from another time; its clock and this machine's differ, set both by NTP")
)

// Person is who the provider says somebody is.
type Person struct {
	Issuer, Subject string // together they never change
	Name            string // of name_claim; may be anything
	Display         string // as others read it
	Groups          []string
}

// Provider asks one identity provider. Its methods are safe for concurrent use.
type Provider struct {
	// constant after New
	cfg      Config
	secret   string
	redirect string
	client   *http.Client
	now      func() time.Time

	mu    sync.Mutex
	found *oidc.Provider   // by discovery, once it answered
	flows map[string]*flow // by the browser's secret
}

// flow is somebody who is away at the provider.
type flow struct {
	state, nonce, verifier, next string
	ends                         time.Time
}

// New makes a provider that comes back to redirect. It asks nobody yet: the gateway starts while
// the provider is down.
func New(cfg Config, secret, redirect string, now func() time.Time) *Provider {
	return &Provider{cfg: cfg, secret: secret, redirect: redirect, client: &http.Client{Timeout: timeout}, now: now, flows: map[string]*flow{}}
}

// Label is what the button says.
func (p *Provider) Label() string {
	if p.cfg.Label != "" {
		return p.cfg.Label
	}
	if u, err := url.Parse(p.cfg.Issuer); err == nil {
		return u.Hostname()
	}
	return p.cfg.Issuer
}

// discover asks for the provider's addresses and keys, once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	// Its context outlives the request: keys are fetched later, when they have changed.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrUnreachable, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = found
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider) oauth2.Config {
	return oauth2.Config{ClientID: p.cfg.ClientID, ClientSecret: p.secret, Endpoint: found.Endpoint(), RedirectURL: p.redirect, Scopes: p.cfg.Scopes}
}

// Begin is where to send a browser, and the secret to leave with it. next is kept for its return.
func (p *Provider) Begin(ctx context.Context, next string) (to, secret string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	f := &flow{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), next: next, ends: p.now().Add(Patience)}
	secret = rand.Text()
	p.remember(secret, f)
	oc := p.oauth(found)
	return oc.AuthCodeURL(f.state, oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier)), secret, nil
}

func (p *Provider) remember(secret string, f *flow) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.flows) >= maxFlows {
		var oldest string
		for k, o := range p.flows {
			if !p.now().Before(o.ends) {
				delete(p.flows, k)
			} else if oldest == "" || o.ends.Before(p.flows[oldest].ends) {
				oldest = k
			}
		}
		if len(p.flows) >= maxFlows {
			delete(p.flows, oldest)
		}
	}
	p.flows[secret] = f
}

// take returns the flow of a browser's secret and forgets it: a return works once.
func (p *Provider) take(secret string) *flow {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.flows[secret]
	delete(p.flows, secret)
	if f == nil || !p.now().Before(f.ends) {
		return nil
	}
	return f
}

// Finish reads a return: the secret that Begin left with the browser and the query it came with.
func (p *Provider) Finish(ctx context.Context, secret string, query url.Values) (who Person, next string, err error) {
	f := p.take(secret)
	if f == nil || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(f.state)) != 1 {
		return Person{}, "", ErrFlow
	}
	// RFC 9207: an answer that names its issuer must name ours.
	if iss := query.Get("iss"); iss != "" && iss != p.cfg.Issuer {
		return Person{}, "", fmt.Errorf("%w (it came from another provider)", ErrProof)
	}
	if e := query.Get("error"); e != "" {
		return Person{}, "", fmt.Errorf("%w (%.60q)", ErrDenied, e)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Person{}, "", err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), 2*timeout)
	defer cancel()
	oc := p.oauth(found)
	tok, err := oc.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(f.verifier))
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &said):
		return Person{}, "", fmt.Errorf("%w (%.60q)", ErrDenied, said.ErrorCode)
	case err != nil:
		return Person{}, "", fmt.Errorf("%w (%w)", ErrUnreachable, err)
	}
	raw, _ := tok.Extra("id_token").(string)
	id, err := p.verify(ctx, found, raw, f.nonce)
	if err != nil {
		return Person{}, "", err
	}
	who, err = p.person(ctx, found, tok, id)
	return who, f.next, err
}

// verify proves an ID token: signature, issuer, audience, time and nonce (OpenID Connect Core
// §3.1.3.7).
func (p *Provider) verify(ctx context.Context, found *oidc.Provider, raw, nonce string) (*oidc.IDToken, error) {
	now := p.now()
	v := found.Verifier(&oidc.Config{ClientID: p.cfg.ClientID, Now: func() time.Time { return now.Add(-p.cfg.ClockSkew) }})
	id, err := v.Verify(ctx, raw)
	var late *oidc.TokenExpiredError
	switch {
	case errors.As(err, &late):
		return nil, ErrClock
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrProof, err)
	case id.IssuedAt.After(now.Add(p.cfg.ClockSkew)):
		return nil, ErrClock
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1:
		return nil, fmt.Errorf("%w (the nonce is not ours)", ErrProof)
	case id.Subject == "" || len(id.Subject) > 255: // Core §2
		return nil, fmt.Errorf("%w (it names nobody)", ErrProof)
	}
	return id, nil
}

// person reads the claims; groups that are not in the ID token are asked for.
func (p *Provider) person(ctx context.Context, found *oidc.Provider, tok *oauth2.Token, id *oidc.IDToken) (Person, error) {
	var claims map[string]json.RawMessage
	if err := id.Claims(&claims); err != nil {
		return Person{}, fmt.Errorf("%w (%w)", ErrProof, err)
	}
	who := Person{Issuer: id.Issuer, Subject: id.Subject, Name: text(claims, p.cfg.NameClaim), Display: text(claims, "name"), Groups: groups(claims, p.cfg.RoleClaim)}
	if len(who.Groups) > 0 || len(p.cfg.Roles) == 0 || found.UserInfoEndpoint() == "" {
		return who, nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(tok))
	if err != nil {
		return Person{}, fmt.Errorf("%w (%w)", ErrUnreachable, err)
	}
	if info.Subject != id.Subject { // Core §5.3.2
		return Person{}, fmt.Errorf("%w (it tells about somebody else)", ErrProof)
	}
	if err := info.Claims(&claims); err != nil {
		return Person{}, fmt.Errorf("%w (%w)", ErrProof, err)
	}
	who.Groups = groups(claims, p.cfg.RoleClaim)
	return who, nil
}

// text is a claim that is a text, "" when it is none.
func text(claims map[string]json.RawMessage, name string) (s string) {
	_ = json.Unmarshal(claims[name], &s)
	return s
}

// maxGroups bounds how many of a person's groups are looked at.
const maxGroups = 1000

// groups is a claim that is a text or a list of texts; a.b is b within a, unless a claim has that
// very name.
func groups(claims map[string]json.RawMessage, name string) (out []string) {
	raw, ok := claims[name]
	if first, rest, dotted := strings.Cut(name, "."); !ok && dotted {
		var inner map[string]json.RawMessage
		if json.Unmarshal(claims[first], &inner) != nil {
			return nil
		}
		return groups(inner, rest)
	}
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out[:min(len(out), maxGroups)]
}
