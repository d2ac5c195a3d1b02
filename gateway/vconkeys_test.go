package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes one into a file and returns the reference to it.
func certificate(t *testing.T, until time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return "file:" + written(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

// written is a file that holds text.
func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Bad keys are told one by one, with what to do; a certificate whose time is over is only told.
func TestVConKeysAreRead(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	good, old := certificate(t, now.AddDate(1, 0, 0)), certificate(t, now.AddDate(0, 0, -1))
	c := VConConfig{EncryptTo: []string{good, old, good, "file:/no/such"}}
	got := c.CheckKeys()
	if len(got) != 2 || got[0] != "encrypt_to[2]: is the same key as encrypt_to[0]; take one out" || !strings.HasPrefix(got[1], "encrypt_to[3]: read the secret's file") {
		t.Errorf("%q", got)
	}
	if _, err := newVConEncrypter(c); err == nil || !strings.HasPrefix(err.Error(), "vcon.encrypt_to[2]: is the same key") {
		t.Error(err)
	}
	c.EncryptTo = c.EncryptTo[:2]
	if got := c.CheckKeys(); len(got) > 0 {
		t.Error(got)
	}
	if got := c.Expired(now); len(got) != 1 || got[0] != "encrypt_to[1]: the certificate expired on 2026-11-21; ask for the new one" {
		t.Error(got)
	}
	if _, err := newVConEncrypter(c); err != nil {
		t.Error(err)
	}
	if got := (VConConfig{EncryptTo: []string{"-----BEGIN CERTIFICATE-----"}}).Validate(); len(got) != 1 || !strings.Contains(got[0], "encrypt_to[0]") {
		t.Error(got)
	}
}
