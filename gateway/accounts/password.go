package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Params are the costs of one argon2id hash (RFC 9106).
type Params struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// usual are OWASP's first choice with one lane (Password Storage Cheat Sheet, 2025): 19 MiB and two
// passes. One lane, because a second would take the second core from the calls.
var usual = Params{MemoryKiB: 19456, Passes: 2, Lanes: 1}

const (
	saltBytes = 16 // RFC 9106 §3.1
	hashBytes = 32
	// maxPassword bounds what a stranger makes us hash.
	maxPassword = 1024
)

// b64 is PHC's base64: without padding, and only the one way to write a value.
var b64 = base64.RawStdEncoding.Strict()

// phc is a password as it is stored: $argon2id$v=19$m=19456,t=2,p=1$salt$hash. What it costs stands
// in it, so costs can be raised and old ones still verify.
type phc struct {
	Params
	salt, hash []byte
}

func newPHC(password string, p Params) phc {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails, since Go 1.24
	return phc{p, salt, p.hash(password, salt, hashBytes)}
}

func (p Params) hash(password string, salt []byte, n int) []byte {
	return argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Lanes, uint32(n))
}

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.MemoryKiB, h.Passes, h.Lanes, b64.EncodeToString(h.salt), b64.EncodeToString(h.hash))
}

// matches compares in constant time.
func (h phc) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.Params.hash(password, h.salt, len(h.hash)), h.hash) == 1
}

var errPHC = errors.New("accounts: the stored password cannot be read; set a new one with: decroche users passwd NAME")

// parsePHC reads what String wrote, or another program within sane costs: a stored string must not
// be able to ask for all memory there is.
func parsePHC(s string) (h phc, err error) {
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, errPHC
	}
	cost := strings.Split(f[3], ",")
	if len(cost) != 3 {
		return phc{}, errPHC
	}
	var n [3]uint64
	for i, key := range []string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(cost[i], key)
		if n[i], err = strconv.ParseUint(digits, 10, 32); !ok || err != nil || strconv.FormatUint(n[i], 10) != digits {
			return phc{}, errPHC
		}
	}
	if n[2] < 1 || n[2] > 16 || n[1] < 1 || n[1] > 64 || n[0] < 8*n[2] || n[0] > 1<<20 {
		return phc{}, errPHC
	}
	h.Params = Params{uint32(n[0]), uint32(n[1]), uint8(n[2])}
	for i, to := range []*[]byte{&h.salt, &h.hash} {
		if *to, err = b64.DecodeString(f[4+i]); err != nil || strings.ContainsAny(f[4+i], "\r\n") {
			return phc{}, errPHC
		}
	}
	if len(h.salt) < 8 || len(h.salt) > 64 || len(h.hash) < 16 || len(h.hash) > 64 {
		return phc{}, errPHC
	}
	return h, nil
}

// checkPassword is what a new password must be. Length is what helps; rules about signs make people
// write passwords down (NIST SP 800-63B §3.1.1.2).
func checkPassword(password, name string, shortest int) error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return badInput("password: it is no text")
	case n < shortest:
		return badInput("password: shorter than %d characters; a few words make a good one", shortest)
	case len(password) > maxPassword:
		return badInput("password: longer than %d bytes", maxPassword)
	case strings.Contains(strings.ToLower(password), name) && name != "" && n < 2*len(name):
		return badInput("password: it is little more than the name; choose another")
	case strings.Count(password, password[:1]) == len(password):
		return badInput("password: it is one sign again and again; choose another")
	}
	return nil
}
