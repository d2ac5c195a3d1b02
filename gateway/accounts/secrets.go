package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// Everything that opens something is random, is told once and is stored as its SHA-256: 130 random
// bits need no slow hash.

// tokenPrefix begins every API token, so that people and scanners of source code see what it is.
const tokenPrefix = "decroche_pat_"

const (
	secretLen = 26 // characters of rand.Text, five bits each
	sumLen    = 7  // characters of a CRC-32
)

// base32Lower writes sums of tokens in their alphabet.
var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func newSecret() string { return strings.ToLower(rand.Text()) }

// newID names something in lists; it opens nothing.
func newID() string { return newSecret()[:12] }

// hashOf is how a secret is stored and looked up; time says nothing about a secret looked up so.
func hashOf(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// wellFormed tells whether s can be a secret of newSecret: anything else is refused unread.
func wellFormed(s string) bool {
	if len(s) != secretLen {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// newAPIToken ends with a checksum, so that one cut off while copying is told from one revoked.
func newAPIToken() string {
	body := newSecret()
	return tokenPrefix + body + checksum(body)
}

func checksum(body string) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], crc32.ChecksumIEEE([]byte(body)))
	return base32Lower.EncodeToString(b[:])
}

// parseAPIToken tells whether s can be an API token.
func parseAPIToken(s string) bool {
	body, ok := strings.CutPrefix(s, tokenPrefix)
	return ok && len(body) == secretLen+sumLen && wellFormed(body[:secretLen]) && checksum(body[:secretLen]) == body[secretLen:]
}
