// Package mailtest is a mail server for tests: it speaks SMTP with TLS and signing in, takes what it is told to
// take, and remembers it.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password sign in.
const (
	User     = "decroche"
	Password = "correct horse battery staple"
)

// Letter is one mail that was taken.
type Letter struct {
	From, To string // of the envelope
	Header   mail.Header
	Raw      string
}

// Server listens on loopback until the test ends.
type Server struct {
	Addr string
	CA   string // file of the certificate that vouches for it; "" without TLS

	mu      sync.Mutex
	refuse  func(to string, try int) *smtp.SMTPError
	tries   map[string]int
	letters []Letter
}

// Start serves with a kind of TLS: starttls, tls or off. refuse says with what the nth try to reach an address
// is refused, nil takes it; refuse itself may be nil.
func Start(t testing.TB, kind string, refuse func(to string, try int) *smtp.SMTPError) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return On(t, l, kind, refuse)
}

// On is Start on a listener of yours.
func On(t testing.TB, l net.Listener, kind string, refuse func(to string, try int) *smtp.SMTPError) *Server {
	t.Helper()
	s := &Server{Addr: l.Addr().String(), refuse: refuse, tries: map[string]int{}}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	srv.Domain, srv.ErrorLog, srv.AllowInsecureAuth = "mailtest", log.New(io.Discard, "", 0), kind == "off"
	srv.ReadTimeout, srv.WriteTimeout = time.Minute, time.Minute
	if kind != "off" {
		srv.TLSConfig = s.certificate(t)
	}
	if kind == "tls" {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return s
}

// certificate vouches for 127.0.0.1, and writes itself to CA.
func (s *Server) certificate(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s.CA = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(s.CA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

// Letters are those that were taken, in their order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}

// Text is a mail's text as people read it.
func (l Letter) Text(t testing.TB) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(l.Raw))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(body), "\r\n", "\n")
}

// Subject is a mail's subject as people read it.
func (l Letter) Subject(t testing.TB) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Tries is how often an address was to be reached.
func (s *Server) Tries(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries[to]
}

type session struct {
	s        *Server
	from, to string
	known    bool
}

// AuthMechanisms implements smtp.AuthSession.
func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "who are you"}
		}
		x.known = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if !x.known {
		return smtp.ErrAuthRequired
	}
	x.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.tries[to]++
	if x.s.refuse != nil {
		if no := x.s.refuse(to, x.s.tries[to]); no != nil {
			return no
		}
	}
	x.to = to
	return nil
}

// Data implements smtp.Session.
func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: "not a mail: " + err.Error()}
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.letters = append(x.s.letters, Letter{x.from, x.to, m.Header, string(raw)})
	return nil
}

// Reset implements smtp.Session.
func (x *session) Reset() {}

// Logout implements smtp.Session.
func (x *session) Logout() error { return nil }
