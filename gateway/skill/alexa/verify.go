package alexa

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// Tolerance is how far a request's timestamp may be from now, before and after. Amazon publishes no
// skill whose service tolerates more.
const Tolerance = 150 * time.Second

// Refusal is a request that was not taken, and why: one of the words below, for a metric and a log.
// Whoever sent it is told nothing of it.
type Refusal struct{ Why string }

func (r *Refusal) Error() string { return "alexa: the request is refused: " + r.Why }

// Why a request is refused.
const (
	WhyHeaders     = "headers"     // no address of a certificate, or no signature, or two of them
	WhyURL         = "url"         // the address of the certificate is not Amazon's
	WhyFetch       = "fetch"       // the certificate could not be fetched
	WhyChain       = "chain"       // it is not Amazon's, not of now, or leads to no root that is trusted
	WhySignature   = "signature"   // the body is not what was signed
	WhyBody        = "body"        // it is no request
	WhyTimestamp   = "timestamp"   // of another time
	WhyApplication = "application" // for another skill
	WhyReplay      = "replay"      // it came before
	WhyBusy        = "busy"        // too much at once
)

// Whys are all of them, for whoever makes a table of refusals.
func Whys() []string {
	return []string{WhyHeaders, WhyURL, WhyFetch, WhyChain, WhySignature, WhyBody, WhyTimestamp, WhyApplication, WhyReplay, WhyBusy}
}

func refuse(why string) error { return &Refusal{why} }

// Trust is what a Verifier goes by.
type Trust struct {
	// Known tells whether a skill is ours, by its application ID; needed.
	Known func(application string) bool
	// Roots are the certificate authorities that are trusted; nil: those of the system.
	Roots *x509.CertPool
	// Client fetches certificates; nil: one that does not follow redirects. Its timeout is ours.
	Client *http.Client
	// Now is the time; nil: time.Now.
	Now func() time.Time
}

// Verifier tells requests of Amazon's from all others. Its methods are safe for concurrent use.
type Verifier struct {
	known func(string) bool
	now   func() time.Time
	chain *chains
	seen  *seen
}

// NewVerifier makes one; nothing is fetched yet.
func NewVerifier(t Trust) *Verifier {
	if t.Now == nil {
		t.Now = time.Now
	}
	return &Verifier{known: t.Known, now: t.Now, chain: newChains(t), seen: newSeen(2*Tolerance, t.Now)}
}

// Verify reads a request whose header and whole body these are. The error is a *Refusal, or ctx's.
// What costs nothing is looked at first; only what Amazon has signed is remembered.
//
// Amazon signs with SHA-256 in the header Signature-256; the older header Signature, with SHA-1, is
// sent along for services that were not changed. It is not read: SHA-1 signatures can be forged with
// effort, and a request that has no other is refused.
func (v *Verifier) Verify(ctx context.Context, h http.Header, body []byte) (*Request, error) {
	addr, sig := h.Values("SignatureCertChainUrl"), h.Values("Signature-256")
	if len(addr) != 1 || len(sig) != 1 {
		return nil, refuse(WhyHeaders)
	}
	from, err := ChainURL(addr[0])
	if err != nil {
		return nil, refuse(WhyURL)
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(sig[0])
	if err != nil || len(signature) < minKey/8 || len(signature) > maxKey/8 {
		return nil, refuse(WhySignature)
	}
	r, err := Parse(body)
	if err != nil {
		return nil, refuse(WhyBody)
	}
	at, err := r.at()
	if d := v.now().Sub(at); err != nil || d > Tolerance || d < -Tolerance {
		return nil, refuse(WhyTimestamp)
	}
	if app := r.Application(); app == "" || !v.known(app) {
		return nil, refuse(WhyApplication)
	}
	key, err := v.chain.key(ctx, from)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil {
		return nil, refuse(WhySignature)
	}
	return r, v.seen.once(r.Body.ID)
}

const (
	chainHost   = "s3.amazonaws.com"
	chainFolder = "/echo.api/"
	maxURL      = 512
)

// ChainURL checks the address of a certificate chain as Amazon asks for it, and returns it in its
// normal form, the one to fetch: https, the host s3.amazonaws.com in any case, port 443 or none, a
// path that begins with /echo.api/ once "." and ".." are resolved (RFC 3986 §5.2.4). A path may hold
// letters, digits, ".", "_" and "-" only, so that nobody further on reads it otherwise.
func ChainURL(s string) (string, error) {
	bad := errors.New("alexa: the address of the certificate chain is not one of Amazon's")
	if len(s) > maxURL {
		return "", bad
	}
	u, err := url.Parse(s)
	if err != nil || !strings.EqualFold(u.Scheme, "https") || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.ForceQuery {
		return "", bad
	}
	host := strings.ToLower(u.Host)
	if host != chainHost && host != chainHost+":443" {
		return "", bad
	}
	clean := path.Clean(u.Path)
	if !strings.HasPrefix(clean, chainFolder) || strings.ContainsFunc(clean, strange) {
		return "", bad
	}
	return "https://" + chainHost + clean, nil
}

func strange(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
}
