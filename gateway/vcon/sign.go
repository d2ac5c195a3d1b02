package vcon

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Signer signs vCons with one key. Its methods are safe for concurrent use.
type Signer struct {
	signer jose.Signer
	x5c    []string
}

// Signed is a JWS in its general JSON serialisation (RFC 7515 §7.2.1), as §5.2 of the draft wants it even for
// one signature.
type Signed struct {
	Payload    string      `json:"payload"`
	Signatures []Signature `json:"signatures"`
}

// Signature is one of them. The algorithm is in Protected alone: the draft's examples have it in both, but
// RFC 7515 §7.2.1 wants the names of both headers to be disjoint.
type Signature struct {
	Header    Header `json:"header"`
	Protected string `json:"protected"`
	Signature string `json:"signature"`
}

// Header is the unprotected header: the certificates, so that they are found wherever the vCon goes,
// and the vCon's name, so that it is known without verifying. Neither is to be believed unverified.
type Header struct {
	X5C  []string `json:"x5c"`
	UUID string   `json:"uuid"`
}

// NewSigner makes a Signer of a private key and, after it or apart, certificates, both PEM. Without certificates
// it makes one that the key itself signs: a reader then has to know it, or its fingerprint. RSA keys of 2048
// bits or more sign with RS256, as the draft prefers; keys on P-256 with ES256.
func NewSigner(keyPEM, certsPEM []byte, name string) (*Signer, error) {
	key, err := parseKey(keyPEM)
	if err != nil {
		return nil, err
	}
	var alg jose.SignatureAlgorithm
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if alg = jose.RS256; k.N.BitLen() < 2048 {
			return nil, fmt.Errorf("vcon: the key has %d bits; make one of 2048 or more", k.N.BitLen())
		}
	case *ecdsa.PrivateKey:
		if alg = jose.ES256; k.Curve != elliptic.P256() {
			return nil, errors.New("vcon: the key is not on the curve P-256; make one that is, or an RSA key")
		}
	default:
		return nil, errors.New("vcon: the key is neither RSA nor on P-256; make one that is")
	}
	chain := certificates(append(append([]byte{}, keyPEM...), certsPEM...))
	if len(chain) == 0 {
		der, err := selfSigned(key, name)
		if err != nil {
			return nil, err
		}
		chain = [][]byte{der}
	}
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return nil, fmt.Errorf("vcon: read the certificate: %w", err)
	}
	if pub, ok := leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !pub.Equal(key.Public()) {
		return nil, errors.New("vcon: the first certificate is not of this key; give the chain with the key's own certificate first")
	}
	s := &Signer{}
	if s.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil); err != nil {
		return nil, fmt.Errorf("vcon: %w", err)
	}
	for _, der := range chain {
		s.x5c = append(s.x5c, base64.StdEncoding.EncodeToString(der)) // not URL-safe: RFC 7515 §4.1.6
	}
	return s, nil
}

// Sign writes the signed form of a vCon.
func (s *Signer) Sign(v VCon) (Signed, error) {
	payload, err := json.Marshal(v)
	if err != nil {
		return Signed{}, fmt.Errorf("vcon: encode %s: %w", v.UUID, err)
	}
	jws, err := s.signer.Sign(payload)
	if err != nil {
		return Signed{}, fmt.Errorf("vcon: sign %s: %w", v.UUID, err)
	}
	// The library writes one signature flattened; the same fields make the general form.
	var flat struct{ Payload, Protected, Signature string }
	if err := json.Unmarshal([]byte(jws.FullSerialize()), &flat); err != nil {
		return Signed{}, fmt.Errorf("vcon: sign %s: %w", v.UUID, err)
	}
	return Signed{flat.Payload, []Signature{{Header{s.x5c, v.UUID}, flat.Protected, flat.Signature}}}, nil
}

// NewKey makes a private key, PEM, for a site that has none.
func NewKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("vcon: make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("vcon: make a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// parseKey reads the first private key: PKCS #8, PKCS #1 or SEC 1. Its errors never hold a piece of it.
func parseKey(data []byte) (crypto.Signer, error) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		default:
			continue
		}
		if s, ok := key.(crypto.Signer); ok && err == nil {
			return s, nil
		}
		return nil, errors.New("vcon: the private key cannot be read; write it as PKCS #8, unencrypted: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
	}
	return nil, errors.New("vcon: there is no private key in PEM form; make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
}

func certificates(data []byte) (out [][]byte) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			out = append(out, block.Bytes)
		}
	}
	return out
}

// selfSigned makes a certificate of a key, the same each time but for an EC key's signature: it follows from
// key and name alone.
func selfSigned(key crypto.Signer, name string) ([]byte, error) {
	pub, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("vcon: make a certificate: %w", err)
	}
	sum := sha256.Sum256(pub)
	t := x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(sum[:16]), Subject: pkix.Name{CommonName: name, Organization: []string{"Décroche"}},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2046, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, &t, &t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("vcon: make a certificate: %w", err)
	}
	return der, nil
}
