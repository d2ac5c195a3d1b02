// Package digest is digest authentication as SIP uses it (RFC 3261 §22, RFC 7616, RFC 8760): reading
// and writing the four headers, answering a challenge, and, in Verifier, challenging others.
//
// MD5, SHA-256 and SHA-512/256 with qop=auth; a challenge without qop is answered as RFC 2069 had it,
// for old telephone systems send such, while our own always ask for it. What is not done: qop=auth-int
// (a body that a border controller rewrites would fail it) and the -sess variants.
//
// The module icholy/digest was looked at first. It is made for HTTP: parameter names in capitals, tabs,
// a space in qop="auth, auth-int", and tokens with a slash or a plus sign fail or are passed over, of
// two nonces the last one wins, lengths have no bound, and it escapes in the manner of Go rather than
// of RFC 3261 §25.1. Strangers write these headers, so they are read here.
package digest

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// ErrUnsupported means that a challenge asks for an algorithm or a quality that is not known here.
var ErrUnsupported = errors.New("digest: neither MD5, SHA-256 nor SHA-512-256 with qop auth")

// algorithms from the weakest to the strongest, as IANA names them.
var algorithms = []struct {
	name string
	new  func() hash.Hash
}{{"MD5", md5.New}, {"SHA-256", sha256.New}, {"SHA-512-256", sha512.New512_256}}

// strength is the place of an algorithm among those known, -1 for one that is not. None named is MD5
// (RFC 7616 §3.3).
func strength(name string) int {
	if name == "" {
		return 0
	}
	for i, a := range algorithms {
		if strings.EqualFold(a.name, name) {
			return i
		}
	}
	return -1
}

// Challenge is a WWW-Authenticate or Proxy-Authenticate header.
type Challenge struct {
	Realm, Nonce, Opaque string
	Algorithm            string // as written; "" means MD5
	QOP                  []string
	Stale                bool // the answer was right, its nonce too old
}

// ParseChallenge reads the value of a header.
func ParseChallenge(value string) (Challenge, error) {
	p, err := parse(value)
	if err != nil {
		return Challenge{}, err
	}
	c := Challenge{Realm: p["realm"], Nonce: p["nonce"], Opaque: p["opaque"], Algorithm: p["algorithm"], Stale: strings.EqualFold(p["stale"], "true")}
	for _, q := range strings.Split(p["qop"], ",") {
		if q = strings.ToLower(strings.TrimSpace(q)); q != "" {
			c.QOP = append(c.QOP, q)
		}
	}
	if tokenLen(c.Algorithm) != len(c.Algorithm) {
		return Challenge{}, errors.New("digest: the algorithm is not a token")
	}
	if _, has := p["realm"]; !has || c.Nonce == "" {
		return Challenge{}, errors.New("digest: a challenge without realm or nonce")
	}
	return c, nil
}

// String is the header's value.
func (c Challenge) String() string {
	w := writer{}
	w.quoted("realm", c.Realm)
	w.quoted("nonce", c.Nonce)
	if c.Opaque != "" {
		w.quoted("opaque", c.Opaque)
	}
	if c.Algorithm != "" {
		w.plain("algorithm", c.Algorithm)
	}
	if len(c.QOP) > 0 {
		w.quoted("qop", strings.Join(c.QOP, ","))
	}
	if c.Stale {
		w.plain("stale", "true")
	}
	return w.String()
}

// Answerable tells whether Respond can answer.
func (c Challenge) Answerable() bool {
	return strength(c.Algorithm) >= 0 && (len(c.QOP) == 0 || slices.Contains(c.QOP, "auth"))
}

// Best is the strongest challenge that can be answered (RFC 8760 §2.4); of equal ones the first.
func Best(list []Challenge) (best Challenge, ok bool) {
	for _, c := range list {
		if c.Answerable() && (!ok || strength(c.Algorithm) > strength(best.Algorithm)) {
			best, ok = c, true
		}
	}
	return best, ok
}

// Answer is an Authorization or Proxy-Authorization header.
type Answer struct {
	Username, Realm, Nonce, URI, Opaque string
	Algorithm, QOP, Cnonce, Response    string
	Count                               uint32 // nc; 0 without qop
}

// ParseAnswer reads the value of a header.
func ParseAnswer(value string) (Answer, error) {
	p, err := parse(value)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Username: p["username"], Realm: p["realm"], Nonce: p["nonce"], URI: p["uri"], Opaque: p["opaque"],
		Algorithm: p["algorithm"], QOP: strings.ToLower(p["qop"]), Cnonce: p["cnonce"], Response: p["response"]}
	if nc, has := p["nc"]; has {
		n, err := strconv.ParseUint(nc, 16, 32)
		if err != nil || len(nc) != 8 {
			return Answer{}, errors.New("digest: nc is not eight hexadecimal digits")
		}
		a.Count = uint32(n)
	}
	if tokenLen(a.Algorithm) != len(a.Algorithm) || tokenLen(a.QOP) != len(a.QOP) {
		return Answer{}, errors.New("digest: algorithm or qop is not a token")
	}
	if a.Username == "" || a.Nonce == "" || a.URI == "" || a.Response == "" {
		return Answer{}, errors.New("digest: an answer without username, nonce, uri or response")
	}
	return a, nil
}

// String is the header's value.
func (a Answer) String() string {
	w := writer{}
	w.quoted("username", a.Username)
	w.quoted("realm", a.Realm)
	w.quoted("nonce", a.Nonce)
	w.quoted("uri", a.URI)
	if a.Algorithm != "" {
		w.plain("algorithm", a.Algorithm)
	}
	if a.Opaque != "" {
		w.quoted("opaque", a.Opaque)
	}
	if a.QOP != "" {
		w.quoted("cnonce", a.Cnonce)
		w.plain("qop", a.QOP)
		w.plain("nc", fmt.Sprintf("%08x", a.Count))
	}
	w.quoted("response", a.Response)
	return w.String()
}

// Respond answers a challenge for one request. count is how many answers were made with this nonce,
// this one included; uri is the Request-URI as it is written in the request.
func Respond(c Challenge, username, password, method, uri string, count uint32) (Answer, error) {
	if !c.Answerable() {
		return Answer{}, fmt.Errorf("%w: algorithm %.40q, qop %.40q", ErrUnsupported, c.Algorithm, strings.Join(c.QOP, ","))
	}
	a := Answer{Username: username, Realm: c.Realm, Nonce: c.Nonce, URI: uri, Opaque: c.Opaque, Algorithm: c.Algorithm}
	if len(c.QOP) > 0 {
		a.QOP, a.Count, a.Cnonce = "auth", count, random()
	}
	a.Response = a.expected(password, method)
	return a, nil
}

// expected is the response that who knows the password gives (RFC 7616 §3.4.1); "" for an unknown
// algorithm.
func (a Answer) expected(password, method string) string {
	at := strength(a.Algorithm)
	if at < 0 {
		return ""
	}
	h := algorithms[at].new()
	sum := func(parts ...string) string {
		h.Reset()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	ha1, ha2 := sum(a.Username, a.Realm, password), sum(method, a.URI)
	if a.QOP == "" {
		return sum(ha1, a.Nonce, ha2)
	}
	return sum(ha1, a.Nonce, fmt.Sprintf("%08x", a.Count), a.Cnonce, a.QOP, ha2)
}

// random is 16 hexadecimal digits.
func random() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
