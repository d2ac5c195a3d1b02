package rtp

import (
	"fmt"
	"slices"

	pion "github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// suites are the ways to encrypt sound that SDP can agree on, by their names there (RFC 4568 §6.2,
// RFC 6188, RFC 7714).
var suites = map[string]srtp.ProtectionProfile{
	"AES_CM_128_HMAC_SHA1_80": srtp.ProtectionProfileAes128CmHmacSha1_80,
	"AES_CM_128_HMAC_SHA1_32": srtp.ProtectionProfileAes128CmHmacSha1_32,
	"AES_256_CM_HMAC_SHA1_80": srtp.ProtectionProfileAes256CmHmacSha1_80,
	"AEAD_AES_128_GCM":        srtp.ProtectionProfileAeadAes128Gcm,
	"AEAD_AES_256_GCM":        srtp.ProtectionProfileAeadAes256Gcm,
}

// SuiteLen is how many bytes the key and the salt of a suite have; false for one that is not known.
func SuiteLen(suite string) (key, salt int, ok bool) {
	p, ok := suites[suite]
	if !ok {
		return 0, 0, false
	}
	key, _ = p.KeyLen()
	salt, _ = p.SaltLen()
	return key, salt, true
}

// Secure encrypts a session's packets and opens those of the far end (SRTP, RFC 3711), in Params. One
// serves for as long as its keys do: its counters must not begin again with the same keys, so whoever
// agrees on the same keys again passes the same Secure.
type Secure struct {
	seal *srtp.Context // guarded by the session's mu
	open *srtp.Context // owned by the worker of the session's port

	plain, sealed []byte // room for one packet, as seal
	opened        []byte // as open
	out, in       pion.Header
}

// replayWindow is how many packets late one may be and still be told from a repeated one: 2.5 s.
const replayWindow = 128

// maxPacket is room for any packet of ours with what encryption adds.
const maxPacket = 2048

// NewSecure makes one of a suite, of keys with salt behind them (RFC 4568 §6.1), and of the MKI that the
// far end puts on its packets, nil for none. send and receive are not kept.
func NewSecure(suite string, send, receive, mki []byte) (*Secure, error) {
	profile, ok := suites[suite]
	if !ok {
		return nil, fmt.Errorf("rtp: suite %q is not known", suite)
	}
	key, salt, _ := SuiteLen(suite)
	if len(send) != key+salt || len(receive) != key+salt {
		return nil, fmt.Errorf("rtp: %s takes %d bytes of key and salt, not %d and %d", suite, key+salt, len(send), len(receive))
	}
	s := &Secure{plain: make([]byte, 0, maxPacket), sealed: make([]byte, 0, maxPacket), opened: make([]byte, 0, maxPacket)}
	var err error
	if s.seal, err = srtp.CreateContext(slices.Clone(send[:key]), slices.Clone(send[key:]), profile); err != nil {
		return nil, fmt.Errorf("rtp: %s: %w", suite, err)
	}
	opts := []srtp.ContextOption{srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow)}
	if len(mki) > 0 {
		opts = append(opts, srtp.MasterKeyIndicator(slices.Clone(mki)))
	}
	if s.open, err = srtp.CreateContext(slices.Clone(receive[:key]), slices.Clone(receive[key:]), profile, opts...); err != nil {
		return nil, fmt.Errorf("rtp: %s: %w", suite, err)
	}
	return s, nil
}

// unseal opens a packet of RTP or RTCP; false for one that was forged, damaged, repeated or is plain. What
// it returns is valid until the next one.
func (s *Secure) unseal(b []byte) ([]byte, bool) {
	var out []byte
	var err error
	if isRTCP(b) {
		out, err = s.open.DecryptRTCP(s.opened[:0], b, nil)
	} else {
		out, err = s.open.DecryptRTP(s.opened[:0], b, &s.in)
	}
	return out, err == nil
}

// sealRTP encrypts a packet of RTP that was built in s.plain; nil when its keys are used up.
func (s *Secure) sealRTP() []byte {
	out, err := s.seal.EncryptRTP(s.sealed[:0], s.plain, &s.out)
	if err != nil {
		return nil
	}
	return out
}

// sealRTCP encrypts a report; nil when its keys are used up.
func (s *Secure) sealRTCP(report []byte) []byte {
	out, err := s.seal.EncryptRTCP(nil, report, nil)
	if err != nil {
		return nil
	}
	return out
}
