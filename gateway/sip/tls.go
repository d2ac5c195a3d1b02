package sip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// TLSConfig is the "tls:" part of "sip:": SIP over TLS (RFC 3261 §26.2.1), which trunks and phones need
// for keys of SRTP to be worth anything.
type TLSConfig struct {
	// Listen is the address, host:port; SIP over TLS is usually 5061. Empty: no TLS port.
	Listen string `yaml:"listen"`
	// Cert and Key are files in PEM form; a renewed pair is taken within a minute.
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
	// ClientCA is a file of certificates; who connects must then show one that they vouch for. Empty:
	// nobody has to.
	ClientCA string `yaml:"client_ca"`
}

func (c TLSConfig) validate(say func(format string, args ...any)) {
	if c.Listen == "" {
		if c.Cert != "" || c.Key != "" || c.ClientCA != "" {
			say("tls.listen: empty, so cert, key and client_ca serve nothing; write an address such as \":5061\"")
		}
		return
	}
	validateListen("tls.listen", c.Listen, say)
	if c.Cert == "" || c.Key == "" {
		say("tls.cert: a TLS port needs a certificate and its key; name the files of both")
	}
}

// certLooked is how often the files of a certificate are looked at.
const certLooked = time.Minute

// certFiles is a certificate that follows its files.
type certFiles struct {
	cert, key string

	mu     sync.Mutex
	have   *tls.Certificate
	of     time.Time // change of the file that it was read from
	looked time.Time
}

func (c *certFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.have != nil && now.Sub(c.looked) < certLooked {
		return c.have, nil
	}
	c.looked = now
	st, err := os.Stat(c.cert)
	if err == nil && (c.have == nil || !st.ModTime().Equal(c.of)) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(c.cert, c.key); err == nil {
			c.have, c.of = &pair, st.ModTime()
		}
	}
	if c.have == nil {
		return nil, fmt.Errorf("sip: tls.cert: %w", err)
	}
	return c.have, nil // one half of a pair that is being replaced: the old one serves until both are there
}

// server is the configuration of the TLS port. It fails where the files do.
func (c TLSConfig) server() (*tls.Config, error) {
	files := &certFiles{cert: c.Cert, key: c.Key}
	if _, err := files.get(nil); err != nil {
		return nil, err
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get}
	if c.ClientCA != "" {
		pool, err := poolOf(c.ClientCA)
		if err != nil {
			return nil, fmt.Errorf("sip: tls.client_ca: %w", err)
		}
		out.ClientCAs, out.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	return out, nil
}

// clientTLS is how we connect to a far end that has to be name; ca is a file of certificates, "" for
// the system's.
func clientTLS(ca, name string) (*tls.Config, error) {
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}
	if ca != "" {
		pool, err := poolOf(ca)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		out.RootCAs = pool
	}
	return out, nil
}

func poolOf(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New(file + " holds no certificate in PEM form")
	}
	return pool, nil
}

// bindTLS opens the TLS port.
func (s *Server) bindTLS(t *transport) error {
	cfg, err := s.cfg.TLS.server()
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", s.cfg.TLS.Listen)
	if err != nil {
		return listenError(s.cfg.TLS.Listen, err)
	}
	t.tls = tls.NewListener(ln, cfg)
	s.boundTLS = unmap(ln.Addr().(*net.TCPAddr).AddrPort())
	return nil
}
