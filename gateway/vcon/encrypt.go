package vcon

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Encrypter encrypts signed vCons so that only some can read them. Its methods are safe for concurrent use.
type Encrypter struct{ to []jose.Recipient }

// Recipient is somebody who shall be able to read encrypted vCons.
type Recipient struct {
	key   crypto.PublicKey
	kid   string    // RFC 7638, by which they find the key that is theirs
	Until time.Time // when their certificate expires; zero: there is none, only a key
}

// Encrypted is a JWE in its general JSON serialisation (RFC 7516 §7.2.1), as §5.3 of the draft wants it.
// The names of its headers are disjoint, as that RFC wants and as the draft's example does not have them: enc
// is in Protected alone, and of a single recipient alg too.
type Encrypted struct {
	Protected   string         `json:"protected"`
	Unprotected Unprotected    `json:"unprotected"`
	Recipients  []EncryptedKey `json:"recipients"`
	IV          string         `json:"iv"`
	Ciphertext  string         `json:"ciphertext"`
	Tag         string         `json:"tag"`
}

// Unprotected tells who finds an encrypted vCon what it is. It is not to be believed: the UUID is to be
// compared with the one inside.
type Unprotected struct {
	CTY  string `json:"cty"`
	UUID string `json:"uuid"`
}

// EncryptedKey is the key of the content, encrypted for one recipient.
type EncryptedKey struct {
	Header json.RawMessage `json:"header,omitempty"` // alg, kid, epk
	Key    string          `json:"encrypted_key"`
}

// ParseRecipient reads the first certificate or public key of a text in PEM form. Of a chain, the own
// certificate stands first. RSA keys have 2048 bits or more; the others are on P-256, P-384 or P-521.
func ParseRecipient(data []byte) (Recipient, error) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		var r Recipient
		var err error
		switch {
		case block.Type == "CERTIFICATE":
			var c *x509.Certificate
			if c, err = x509.ParseCertificate(block.Bytes); err == nil {
				r.key, r.Until = c.PublicKey, c.NotAfter
			}
		case block.Type == "PUBLIC KEY":
			r.key, err = x509.ParsePKIXPublicKey(block.Bytes)
		case block.Type == "RSA PUBLIC KEY":
			r.key, err = x509.ParsePKCS1PublicKey(block.Bytes)
		case strings.Contains(block.Type, "PRIVATE KEY"):
			return Recipient{}, errors.New("is a private key, which stays with who decrypts; give their certificate or public key: openssl pkey -pubout")
		default:
			continue
		}
		if err != nil {
			return Recipient{}, fmt.Errorf("cannot be read (%v); give a certificate or public key in PEM form", err)
		}
		return r, r.check()
	}
	return Recipient{}, errors.New("holds no certificate or public key in PEM form; give one: openssl pkey -pubout, or openssl x509")
}

// check refuses weak keys and such as cannot encrypt, and gives the others their name.
func (r *Recipient) check() error {
	switch k := r.key.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 {
			return fmt.Errorf("is an RSA key of %d bits, which others can break; ask for one of 2048 or more", n)
		}
	case *ecdsa.PublicKey:
		if k.Curve.Params().BitSize < 256 {
			return fmt.Errorf("is on the curve %s, which is too small; ask for a key on P-256", k.Curve.Params().Name)
		}
	default:
		return errors.New("is neither an RSA key nor on P-256, P-384 or P-521, and cannot be encrypted to; ask for one that is")
	}
	sum, err := (&jose.JSONWebKey{Key: r.key}).Thumbprint(crypto.SHA256)
	if err != nil {
		return fmt.Errorf("cannot be used (%v); ask for an RSA key of 2048 bits or more", err)
	}
	r.kid = base64.RawURLEncoding.EncodeToString(sum)
	return nil
}

// Same tells whether two are one key; the zero Recipient is like none.
func (r Recipient) Same(o Recipient) bool { return r.kid == o.kid && r.kid != "" }

// ErrNobody means that nobody is named to whom vCons are encrypted.
var ErrNobody = errors.New("vcon: nobody is named to whom vCons are encrypted; name their certificates or public keys in vcon.encrypt_to")

// NewEncrypter makes an Encrypter to at least one recipient, or ErrNobody; each of them can read what it encrypts. The
// key of the content is encrypted with RSA-OAEP, as the draft prefers, or agreed on with keys on curves by
// ECDH-ES+A256KW (RFC 7518 §4.3, §4.6).
func NewEncrypter(to ...Recipient) (*Encrypter, error) {
	if len(to) == 0 {
		return nil, ErrNobody
	}
	e := &Encrypter{}
	for _, r := range to {
		alg := jose.RSA_OAEP
		if _, ok := r.key.(*ecdsa.PublicKey); ok {
			alg = jose.ECDH_ES_A256KW
		}
		e.to = append(e.to, jose.Recipient{Algorithm: alg, Key: r.key, KeyID: r.kid})
	}
	return e, nil
}

// Encrypt writes the encrypted form of a signed vCon: the draft wants it signed first. The key of the
// content is another each time.
func (e *Encrypter) Encrypt(s Signed) (Encrypted, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return Encrypted{}, fmt.Errorf("vcon: encode the signed form: %w", err)
	}
	uuid := ""
	if len(s.Signatures) > 0 {
		uuid = s.Signatures[0].Header.UUID
	}
	enc, err := jose.NewMultiEncrypter(jose.A256CBC_HS512, e.to, nil)
	if err != nil {
		return Encrypted{}, fmt.Errorf("vcon: encrypt %s: %w", uuid, err)
	}
	jwe, err := enc.Encrypt(plain)
	if err != nil {
		return Encrypted{}, fmt.Errorf("vcon: encrypt %s: %w", uuid, err)
	}
	// The library writes one recipient flattened; the same fields make the general form.
	var raw struct {
		Encrypted
		Header json.RawMessage `json:"header"`
		Key    string          `json:"encrypted_key"`
	}
	if err := json.Unmarshal([]byte(jwe.FullSerialize()), &raw); err != nil {
		return Encrypted{}, fmt.Errorf("vcon: encrypt %s: %w", uuid, err)
	}
	if len(raw.Recipients) == 0 {
		raw.Recipients = []EncryptedKey{{raw.Header, raw.Key}}
	}
	raw.Unprotected = Unprotected{CTY: MediaType, UUID: uuid}
	return raw.Encrypted, nil
}
