// Package idp is a small identity provider for tests: OpenID Connect discovery, authorization codes
// with PKCE, signed ID tokens, keys and user info. Whoever comes is signed in as Claims say.
package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Provider is the provider and its server. Set what a test needs before somebody comes; the fields
// are read under a lock that Set takes.
type Provider struct {
	*httptest.Server
	// ClientID and ClientSecret are of the one client.
	ClientID, ClientSecret string

	mu sync.Mutex
	// guarded by mu
	claims map[string]any        // of whoever comes, beside those that this package fills in
	spoil  func(map[string]any)  // changes all claims just before they are signed
	info   map[string]any        // what user info says
	key    *ecdsa.PrivateKey     // signs
	shown  *ecdsa.PrivateKey     // is in the list of keys
	codes  map[string]url.Values // authorization requests by their code
	now    func() time.Time      // the provider's clock
	denies string                // an error instead of a code
}

// New starts a provider. Close it when done.
func New(clientID, clientSecret string) *Provider {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // no randomness
	}
	p := &Provider{ClientID: clientID, ClientSecret: clientSecret, key: key, shown: key, codes: map[string]url.Values{}, now: time.Now, claims: map[string]any{"sub": "1"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	return p
}

// SignsIn says who comes next: the claims of the ID token beside iss, aud, exp, iat and nonce.
func (p *Provider) SignsIn(claims map[string]any) { p.set(func() { p.claims = claims }) }

// Spoils changes the claims of ID tokens just before they are signed; nil changes nothing.
func (p *Provider) Spoils(f func(map[string]any)) { p.set(func() { p.spoil = f }) }

// Tells is what user info says.
func (p *Provider) Tells(info map[string]any) { p.set(func() { p.info = info }) }

// Denies answers every authorization with an OAuth error; "" lets people in again.
func (p *Provider) Denies(code string) { p.set(func() { p.denies = code }) }

// Clock sets the provider's clock.
func (p *Provider) Clock(now func() time.Time) { p.set(func() { p.now = now }) }

// SignsWithAnotherKey signs from now on with a key that its list of keys does not show.
func (p *Provider) SignsWithAnotherKey() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	p.set(func() { p.key = key })
}

func (p *Provider) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	put(w, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "userinfo_endpoint": p.URL + "/userinfo",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"ES256"}, "code_challenge_methods_supported": []string{"S256"},
	})
}

// authorize signs in whoever comes and sends them back with a code. It insists on what a careful
// client sends.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for _, need := range []string{"state", "nonce", "code_challenge", "redirect_uri"} {
		if len(q.Get(need)) < 8 {
			http.Error(w, need+" is missing or short", http.StatusBadRequest)
			return
		}
	}
	if q.Get("client_id") != p.ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "not a request of the client", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}, "iss": {p.URL}}
	if p.denies != "" {
		back.Set("error", p.denies)
	} else {
		code := rand.Text()
		p.codes[code] = q
		back.Set("code", code)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token gives an ID token for a code, once, to who knows the verifier.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	asked, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if id != p.ClientID || secret != p.ClientSecret || !known || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": p.ClientID, "iat": p.now().Unix(), "exp": p.now().Add(5 * time.Minute).Unix(), "nonce": asked.Get("nonce")}
	maps.Copy(claims, p.claims)
	if p.spoil != nil {
		p.spoil(claims)
	}
	put(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": p.sign(claims)})
}

func (p *Provider) sign(claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
	if err != nil {
		panic(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		panic(err)
	}
	out, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return out
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	put(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.shown.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer access" {
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	put(w, p.info)
}

func put(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
