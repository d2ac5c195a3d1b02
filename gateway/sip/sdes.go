package sip

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"decroche/media/rtp"
)

// crypto is one a=crypto line: a way to encrypt the sound, with the key of who wrote it (RFC 4568 §9.1).
type crypto struct {
	tag   int
	suite string
	key   []byte // with the salt behind it
	mki   []byte // what packets carry, nil for none
}

var errCrypto = errors.New("no crypto attribute that can be used")

// parseCrypto reads the value of a=crypto. Lines that ask for what is not done here are errors, and are
// passed over: several keys, session parameters other than hints, unknown suites.
func parseCrypto(v string) (crypto, error) {
	f := strings.Fields(v)
	if len(v) > 1024 || len(f) < 3 {
		return crypto{}, errCrypto
	}
	tag, err := strconv.ParseUint(f[0], 10, 31)
	if err != nil || len(f[0]) > 9 {
		return crypto{}, errCrypto
	}
	c := crypto{tag: int(tag), suite: strings.ToUpper(f[1])}
	for _, p := range f[3:] { // RFC 4568 §6.3: what begins with a dash, and the window size, may be passed over
		if !strings.HasPrefix(p, "-") && !strings.HasPrefix(strings.ToUpper(p), "WSH=") {
			return crypto{}, errCrypto
		}
	}
	key, salt, ok := rtp.SuiteLen(c.suite)
	info, isInline := strings.CutPrefix(f[2], "inline:")
	if !ok || !isInline || strings.Contains(info, ";") {
		return crypto{}, errCrypto
	}
	parts := strings.Split(info, "|")
	if c.key, err = base64.StdEncoding.DecodeString(parts[0]); err != nil {
		if c.key, err = base64.RawStdEncoding.DecodeString(parts[0]); err != nil {
			return crypto{}, errCrypto
		}
	}
	if len(c.key) != key+salt || len(parts) > 3 {
		return crypto{}, errCrypto
	}
	for _, p := range parts[1:] {
		value, length, isMKI := strings.Cut(p, ":")
		switch {
		case !isMKI: // a lifetime: a call is over long before
			if !lifetime(p) {
				return crypto{}, errCrypto
			}
		case c.mki != nil:
			return crypto{}, errCrypto
		default:
			if c.mki, ok = mkiOf(value, length); !ok {
				return crypto{}, errCrypto
			}
		}
	}
	return c, nil
}

// lifetime reads "2^48" or a number of packets; below 2^20, which is 6 hours of a call, it is refused.
func lifetime(s string) bool {
	power, isPower := strings.CutPrefix(s, "2^")
	n, err := strconv.ParseUint(power, 10, 64)
	if err != nil {
		return false
	}
	if isPower {
		return n >= 20 && n <= 48
	}
	return n >= 1<<20
}

// mkiOf makes the bytes that identify a key from its number and their count.
func mkiOf(value, length string) ([]byte, bool) {
	n, err := strconv.ParseUint(length, 10, 8)
	if err != nil || n == 0 || n > 16 {
		return nil, false
	}
	v, err := strconv.ParseUint(value, 10, 64)
	if err != nil || n < 8 && v >= 1<<(8*n) {
		return nil, false
	}
	out := make([]byte, n)
	for i := len(out) - 1; i >= 0 && v > 0; i-- {
		out[i] = byte(v)
		v >>= 8
	}
	return out, true
}

// String is the attribute's value. An MKI is never ours.
func (c crypto) String() string {
	return fmt.Sprintf("%d %s inline:%s", c.tag, c.suite, base64.StdEncoding.EncodeToString(c.key))
}

// offeredSuites are what our offers propose, the first one preferred: the one that every phone has before
// the stronger ones that some have.
var offeredSuites = []string{"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_32"}

// offeredAs tells whether a line of an answer chooses one of our offer's.
func offeredAs(c crypto) bool {
	return c.tag >= 1 && c.tag <= len(offeredSuites) && offeredSuites[c.tag-1] == c.suite
}

// keyring holds the keys of one line. It is guarded by the line's mu.
type keyring struct {
	ours map[string][]byte // key and salt by suite, made when first needed, the same for the whole call
	now  *rtp.Secure       // what was agreed last
	with crypto            // the far end's line in that
}

// key is our key of a suite.
func (k *keyring) key(suite string) []byte {
	if k.ours == nil {
		k.ours = map[string][]byte{}
	}
	if k.ours[suite] == nil {
		key, salt, _ := rtp.SuiteLen(suite)
		b := make([]byte, key+salt)
		rand.Read(b)
		k.ours[suite] = b
	}
	return k.ours[suite]
}

// offer is the a=crypto lines of an offer of ours. Each suite keeps its tag and key for the whole call.
func (k *keyring) offer() string {
	var b strings.Builder
	for i, suite := range offeredSuites {
		fmt.Fprintf(&b, "a=crypto:%v\r\n", crypto{tag: i + 1, suite: suite, key: k.key(suite)})
	}
	return b.String()
}

// agree makes the Secure of the far end's line; the one that is in use where nothing changed, so that its
// counters go on.
func (k *keyring) agree(theirs crypto) (*rtp.Secure, error) {
	if k.now != nil && k.with.suite == theirs.suite && bytes.Equal(k.with.key, theirs.key) && bytes.Equal(k.with.mki, theirs.mki) {
		return k.now, nil
	}
	s, err := rtp.NewSecure(theirs.suite, k.key(theirs.suite), theirs.key, theirs.mki)
	if err != nil {
		return nil, err
	}
	k.now, k.with = s, theirs
	return s, nil
}

// cryptos are the lines of a section that can be used, in its order.
func (s *section) cryptos() []crypto {
	var out []crypto
	for _, a := range s.attrs {
		if a.key != "crypto" {
			continue
		}
		if c, err := parseCrypto(a.value); err == nil {
			out = append(out, c)
		}
	}
	return out
}

// What a line may agree to (RFC 4568): sound that is plain, encrypted with keys in SDP, or either.
type mediaWay int

const (
	plainOnly mediaWay = iota
	eitherWay
	secureOnly
	neitherWay // srtp is required, and the signalling is not encrypted: keys in it would be worth nothing
)

// takes tells whether a section's protocol is one that the line may agree to.
func (w mediaWay) takes(s *section) bool {
	switch s.proto {
	case "RTP/AVP":
		return w == plainOnly || w == eitherWay
	case "RTP/SAVP":
		return (w == secureOnly || w == eitherWay) && len(s.cryptos()) > 0
	}
	return false
}

// errNotTLS is a call that has to be encrypted and cannot be.
var errNotTLS = errors.New("sound has to be encrypted (srtp), and the way there is not over TLS")

// incomingWay is what calls that come by a flow may agree to. Where encryption is optional an offer of it is
// taken over plain SIP as well: the key can be overheard there, but so could the sound.
func (s *Server) incomingWay(f flow) mediaWay {
	switch {
	case s.cfg.SRTP == "optional":
		return eitherWay
	case s.cfg.SRTP == "required" && f.network == "TLS":
		return secureOnly
	case s.cfg.SRTP == "required":
		return neitherWay
	}
	return plainOnly
}

// outgoingWay is what a call to a target may agree to: what its trunk says; else what the configuration
// says, over TLS. Keys never leave over plain SIP.
func (s *Server) outgoingWay(t target, f flow) (mediaWay, error) {
	must := s.cfg.SRTP == "required" || t.trunk != nil && t.trunk.cfg.Media == "srtp"
	switch {
	case must && f.network != "TLS":
		return neitherWay, errNotTLS
	case must:
		return secureOnly, nil
	case t.trunk == nil && s.cfg.SRTP == "optional" && f.network == "TLS" && !t.plain:
		return eitherWay, nil
	}
	return plainOnly, nil
}
