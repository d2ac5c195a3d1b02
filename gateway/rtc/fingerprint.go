package rtc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	_ "crypto/sha256" // the hashes of fingerprints
	_ "crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// hashes of fingerprints that are believed; sha-1 is broken (RFC 8122 §5.1).
var hashes = map[string]crypto.Hash{"sha-256": crypto.SHA256, "sha-384": crypto.SHA384, "sha-512": crypto.SHA512}

// known tells whether it can be compared.
func (f fingerprint) known() bool {
	h, ok := hashes[f.hash]
	return ok && len(f.value) == 3*h.Size()-1
}

// of makes the fingerprint of a certificate in DER form.
func (f fingerprint) of(der []byte) string {
	h := hashes[f.hash].New()
	h.Write(der)
	sum := strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
	var b strings.Builder
	for i := 0; i < len(sum); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(sum[i : i+2])
	}
	return b.String()
}

var errStranger = errors.New("rtc: the certificate of the far end is not the one of its offer")

// verify tells whether a far end's certificate is the one that its offer promised.
func verify(promised []fingerprint, certs [][]byte) error {
	if len(certs) == 0 {
		return errStranger
	}
	for _, f := range promised {
		if f.of(certs[0]) == f.value {
			return nil
		}
	}
	return errStranger
}

// certLife is longer than a gateway runs; browsers compare fingerprints and look at no date.
const certLife = 5 * 365 * 24 * time.Hour

// newCertificate makes what identifies us to browsers: they learn its fingerprint in the answer.
func newCertificate(now time.Time) (tls.Certificate, fingerprint, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fingerprint{}, fmt.Errorf("rtc: make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, fingerprint{}, fmt.Errorf("rtc: make a certificate: %w", err)
	}
	t := x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "decroche"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certLife)}
	der, err := x509.CreateCertificate(rand.Reader, &t, &t, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fingerprint{}, fmt.Errorf("rtc: make a certificate: %w", err)
	}
	f := fingerprint{hash: "sha-256"}
	f.value = f.of(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, f, nil
}
