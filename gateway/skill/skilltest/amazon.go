// Package skilltest plays Alexa: an authority of its own in the place of Amazon's, a real TLS server
// in the place of the hosts that certificates and services are asked of, and a person at a speaker
// whose requests are signed as Amazon signs them. What is tested and measured with it is the whole
// door, verification included.
package skilltest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"

	"decroche/gateway/skill/alexa"
)

// ChainURL is where Amazon's certificate chain lies.
const ChainURL = "https://s3.amazonaws.com/echo.api/echo-api-cert-test.pem"

// Endpoint is where a request says that Alexa's services are.
const Endpoint = "https://api.eu.amazonalexa.com"

// Amazon is the far side. Make it with New, Close it when done. Its methods are safe for concurrent use.
type Amazon struct {
	// constant after New
	now   func() time.Time
	root  *x509.Certificate
	mid   *x509.Certificate
	keys  [2]*ecdsa.PrivateKey // of root and mid
	sign  *rsa.PrivateKey
	roots *x509.CertPool
	tls   *tls.Config // of the server

	mu       sync.Mutex   // guards all below
	srv      *http.Server // nil until a client of Client's first asks
	addr     string
	files    map[string]File
	asked    map[string]int
	progress []string
	mobile   string
	serial   int64
}

// File is what the server has at a path of s3.amazonaws.com.
type File struct {
	Status int // 200 when 0
	Body   []byte
	To     string // redirects there
}

// signing is the key that requests are signed with: one for a process, because it takes long to make.
var signing = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// New starts an Amazon; now nil is time.Now.
func New(now func() time.Time) (*Amazon, error) {
	if now == nil {
		now = time.Now
	}
	a := &Amazon{now: now, files: map[string]File{}, asked: map[string]int{}, roots: x509.NewCertPool()}
	var err error
	if a.sign, err = signing(); err != nil {
		return nil, err
	}
	for i := range a.keys {
		if a.keys[i], err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
	}
	t := now()
	ca := x509.Certificate{Subject: pkix.Name{CommonName: "Test Root"}, NotBefore: t.Add(-time.Hour), NotAfter: t.AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if a.root, err = a.issue(ca, ca, a.keys[0], &a.keys[0].PublicKey); err != nil {
		return nil, err
	}
	ca.Subject.CommonName = "Test Authority"
	if a.mid, err = a.issue(ca, *a.root, a.keys[0], &a.keys[1].PublicKey); err != nil {
		return nil, err
	}
	a.roots.AddCert(a.root)
	chain, err := a.Chain(Certificate{})
	if err != nil {
		return nil, err
	}
	a.Put("/echo.api/echo-api-cert-test.pem", File{Body: chain})
	return a, a.certify()
}

// Certificate is a signing certificate to be made; the zero one is a good one.
type Certificate struct {
	Names         []string // echo-api.amazon.com when nil
	From, Until   time.Time
	Key           any  // public key; that of Sign when nil
	Alone         bool // without the authority between it and the root
	SelfSigned    bool
	OtherRoot     bool // of an authority that nobody trusts
	ExtraPEMBlock string
}

// Chain makes the PEM of a signing certificate and what leads to the root.
func (a *Amazon) Chain(c Certificate) ([]byte, error) {
	t := a.now()
	if c.Names == nil {
		c.Names = []string{"echo-api.amazon.com"}
	}
	if c.From.IsZero() {
		c.From = t.Add(-time.Hour)
	}
	if c.Until.IsZero() {
		c.Until = t.AddDate(0, 3, 0)
	}
	if c.Key == nil {
		c.Key = &a.sign.PublicKey
	}
	leaf := x509.Certificate{Subject: pkix.Name{CommonName: "echo-api.amazon.com"}, DNSNames: c.Names, NotBefore: c.From, NotAfter: c.Until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	var by crypto.Signer = a.keys[1]
	parent := *a.mid
	switch {
	case c.SelfSigned:
		parent, by = leaf, a.sign
	case c.OtherRoot:
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		by = key
		parent.PublicKey = &key.PublicKey
	}
	cert, err := a.issue(leaf, parent, by, c.Key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	write := func(kind string, der []byte) { _ = pem.Encode(&b, &pem.Block{Type: kind, Bytes: der}) }
	write("CERTIFICATE", cert.Raw)
	if c.ExtraPEMBlock != "" {
		write(c.ExtraPEMBlock, []byte("x"))
	}
	if !c.Alone && !c.SelfSigned {
		write("CERTIFICATE", a.mid.Raw)
	}
	return b.Bytes(), nil
}

func (a *Amazon) issue(c, parent x509.Certificate, by crypto.Signer, key any) (*x509.Certificate, error) {
	a.mu.Lock()
	a.serial++
	c.SerialNumber = big.NewInt(a.serial)
	a.mu.Unlock()
	der, err := x509.CreateCertificate(rand.Reader, &c, &parent, key, by)
	if err != nil {
		return nil, fmt.Errorf("skilltest: make a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Put has the server of certificates answer at a path.
func (a *Amazon) Put(path string, f File) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.files[path] = f
}

// Asked is how often a path was asked for.
func (a *Amazon) Asked(path string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[path]
}

// SetMobile is the number in the person's Amazon account, "0612345678" of +33; "" is a person who has
// not agreed that the skill reads it.
func (a *Amazon) SetMobile(number string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mobile = number
}

// Progress is what was said by progressive responses so far.
func (a *Amazon) Progress() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.progress...)
}

// certify makes the server's own certificate: it is s3.amazonaws.com and Alexa's services to whoever uses
// Client.
func (a *Amazon) certify() error {
	t := a.now()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c, err := a.issue(x509.Certificate{Subject: pkix.Name{CommonName: "s3.amazonaws.com"}, DNSNames: []string{"s3.amazonaws.com", "api.eu.amazonalexa.com", "accounts.example.com"}, NotBefore: t.Add(-time.Hour), NotAfter: t.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, *a.mid, a.keys[1], &key.PublicKey)
	if err != nil {
		return err
	}
	a.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{c.Raw, a.mid.Raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	return nil
}

// listen starts the server, once, and returns where it is.
func (a *Amazon) listen() (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.srv != nil {
		return a.addr, nil
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("skilltest: listen on loopback: %w", err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(a.serve), ReadHeaderTimeout: 10 * time.Second, TLSConfig: a.tls, ErrorLog: log.New(io.Discard, "", 0)}
	a.srv, a.addr = srv, ln.Addr().String()
	go func() { _ = srv.ServeTLS(ln, "", "") }() // until Close
	return a.addr, nil
}

func (a *Amazon) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked[r.URL.Path]++
	switch {
	case r.Host == "s3.amazonaws.com":
		f, ok := a.files[r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
		case f.To != "":
			http.Redirect(w, r, f.To, http.StatusFound)
		default:
			if f.Status != 0 {
				w.WriteHeader(f.Status)
			}
			_, _ = w.Write(f.Body)
		}
	case r.Header.Get("Authorization") != "Bearer "+apiToken && r.Header.Get("Authorization") != "Bearer "+linkedToken:
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/v1/directives":
		var d struct {
			Directive struct {
				Speech string `json:"speech"`
			} `json:"directive"`
		}
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		if json.Unmarshal(body, &d) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		a.progress = append(a.progress, d.Directive.Speech)
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/v2/accounts/~current/settings/Profile.mobileNumber" && a.mobile != "":
		_ = json.NewEncoder(w).Encode(map[string]string{"countryCode": "+33", "phoneNumber": a.mobile})
	case r.URL.Path == "/userinfo":
		_ = json.NewEncoder(w).Encode(map[string]string{"sub": "1", "phone_number": a.mobile})
	default:
		w.WriteHeader(http.StatusForbidden)
	}
}

const apiToken, linkedToken = "test-api-token", "test-linked-token"

// Client reaches the server whatever host is asked for, over TLS that is checked.
func (a *Amazon) Client() *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			addr, err := a.listen()
			if err != nil {
				return nil, err
			}
			return d.DialContext(ctx, "tcp", addr)
		},
		TLSClientConfig: &tls.Config{RootCAs: a.roots, MinVersion: tls.VersionTLS12, Time: a.now},
	}}
}

// Direct reaches what the server has without a network, for tests in virtual time.
func (a *Amazon) Direct() *http.Client { return &http.Client{Transport: direct{a}} }

type direct struct{ a *Amazon }

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	far := r.Clone(r.Context())
	far.Host = r.URL.Host
	if far.Body == nil {
		far.Body = http.NoBody
	}
	defer far.Body.Close()
	w := &answerWriter{head: http.Header{}, code: http.StatusOK}
	d.a.serve(w, far)
	return &http.Response{StatusCode: w.code, Status: http.StatusText(w.code), Header: w.head, Body: io.NopCloser(&w.body), Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
}

// Trust is how a Verifier of skills trusts this Amazon.
func (a *Amazon) Trust(known func(application string) bool) alexa.Trust {
	return alexa.Trust{Known: known, Roots: a.roots, Client: a.Client(), Now: a.now}
}

// Header signs a body.
func (a *Amazon) Header(body []byte) http.Header {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	h.Set("SignatureCertChainUrl", ChainURL)
	h.Set("Signature-256", a.Signature(body, crypto.SHA256))
	return h
}

// Signature is that of a body, by a hash; it panics for one that there is not.
func (a *Amazon) Signature(body []byte, by crypto.Hash) string {
	sum := sha256.Sum256(body)
	digest := sum[:]
	if by != crypto.SHA256 {
		h := by.New()
		h.Write(body)
		digest = h.Sum(nil)
	}
	sig, err := rsa.SignPKCS1v15(rand.Reader, a.sign, by, digest)
	if err != nil {
		panic("skilltest: sign: " + err.Error())
	}
	return base64.StdEncoding.EncodeToString(sig)
}

// Close ends the server.
func (a *Amazon) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.srv != nil {
		_ = a.srv.Close()
	}
}
