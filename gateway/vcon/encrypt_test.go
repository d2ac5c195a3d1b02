package vcon

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"decroche/gateway/store/storetest"
)

func pub(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func cert(t testing.TB, key crypto.Signer, until time.Time) []byte {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func recipients(t testing.TB, pems ...[]byte) (out []Recipient) {
	t.Helper()
	for _, p := range pems {
		r, err := ParseRecipient(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// Each recipient decrypts with nothing but the JOSE library and their own key, and finds the signed form.
func TestEachRecipientReads(t *testing.T) {
	t.Parallel()
	v, err := Make(Source{Conv: "c1", Host: "calls.example.com", Events: storetest.Call("c1", t0)})
	if err != nil {
		t.Fatal(err)
	}
	keyPEM, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewSigner(keyPEM, nil, "calls.example.com")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(v)
	if err != nil {
		t.Fatal(err)
	}
	r1, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e1, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		to   [][]byte
		keys []any
	}{
		"one RSA certificate": {[][]byte{cert(t, r1, until)}, []any{r1}},
		"one key on a curve":  {[][]byte{pub(t, e1)}, []any{e1}},
		"both":                {[][]byte{pub(t, r1), cert(t, e1, until)}, []any{r1, e1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := NewEncrypter(recipients(t, tc.to...)...)
			if err != nil {
				t.Fatal(err)
			}
			out, err := e.Encrypt(signed)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(out)
			if err != nil {
				t.Fatal(err)
			}
			form(t, data, v.UUID, len(tc.to))
			for _, key := range tc.keys {
				jwe, err := jose.ParseEncrypted(string(data), []jose.KeyAlgorithm{jose.RSA_OAEP, jose.ECDH_ES_A256KW}, []jose.ContentEncryption{jose.A256CBC_HS512})
				if err != nil {
					t.Fatal(err)
				}
				_, _, plain, err := jwe.DecryptMulti(key)
				if err != nil {
					t.Fatal(err)
				}
				verified(t, plain, v)
				if _, _, _, err := jwe.DecryptMulti(stranger); err == nil {
					t.Error("a stranger's key decrypts")
				}
			}
		})
	}
}

// form checks what the draft wants of the general serialisation, and that no header has a name of another.
func form(t *testing.T, data []byte, uuid string, n int) {
	t.Helper()
	var raw struct {
		Protected   string
		Unprotected map[string]any
		Recipients  []struct {
			Header map[string]any
			Key    string `json:"encrypted_key"`
		}
		IV, Ciphertext, Tag string
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	dec, err := base64.RawURLEncoding.DecodeString(raw.Protected)
	if err != nil {
		t.Fatal(err)
	}
	protected := map[string]any{}
	if err := json.Unmarshal(dec, &protected); err != nil {
		t.Fatal(err)
	}
	if len(raw.Recipients) != n || raw.IV == "" || raw.Ciphertext == "" || raw.Tag == "" || raw.Unprotected["uuid"] != uuid || raw.Unprotected["cty"] != "application/vcon" || protected["enc"] != "A256CBC-HS512" {
		t.Errorf("%s\n%s", dec, data)
	}
	for _, r := range raw.Recipients {
		if r.Key == "" || r.Header["alg"] == nil && protected["alg"] == nil || r.Header["kid"] == nil && protected["kid"] == nil {
			t.Errorf("a recipient without key, alg or kid: %+v", r)
		}
		for name := range protected {
			if r.Header[name] != nil || raw.Unprotected[name] != nil {
				t.Errorf("%q is in two headers (RFC 7516 §7.2.1)", name)
			}
		}
	}
	if strings.Contains(string(data), "Amrani") || strings.Contains(string(data), `"payload"`) {
		t.Error("something is readable")
	}
}

// verified checks the JWS that was inside by the certificate that it names.
func verified(t *testing.T, plain []byte, v VCon) {
	t.Helper()
	jws, err := jose.ParseSigned(string(plain), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var s Signed
	if err := json.Unmarshal(plain, &s); err != nil || s.Signatures[0].Header.UUID != v.UUID {
		t.Fatal(err, s)
	}
	der, err := base64.StdEncoding.DecodeString(s.Signatures[0].Header.X5C[0])
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	_, _, payload, err := jws.VerifyMulti(c.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(payload) != string(want) {
		t.Errorf("inside is\n%s\nwant\n%s", payload, want)
	}
}

func TestBadRecipients(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		pem  []byte
		want string
	}{
		"nothing":       {nil, "holds no certificate"},
		"no PEM":        {[]byte("ssh-rsa AAAA"), "holds no certificate"},
		"broken":        {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), "cannot be read"},
		"broken key":    {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}), "cannot be read"},
		"a request":     {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte("x")}), "holds no certificate"},
		"private":       {private, "is a private key"},
		"1024 bits":     {pub(t, small), "RSA key of 1024 bits"},
		"small curve":   {pub(t, p224), "P-224"},
		"cannot at all": {pub(t, ed), "neither an RSA key nor on P-256"},
	} {
		if _, err := ParseRecipient(tc.pem); err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), ";") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewEncrypter(); err == nil {
		t.Error("nobody can be encrypted to")
	}
}

func FuzzParseRecipient(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pub(f, key))
	f.Add(cert(f, key, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRecipient(data)
		if err != nil {
			return
		}
		e, err := NewEncrypter(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Encrypt(Signed{Payload: "x"}); err != nil {
			t.Fatal(err)
		}
	})
}
