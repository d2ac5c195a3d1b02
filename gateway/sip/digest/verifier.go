package digest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"sync"
	"time"
)

// Outcome is what Verifier.Check found.
type Outcome int

// An answer is right; wrong, which calls for a new challenge; or right but for the age of its nonce,
// which calls for a challenge that says stale, so that the phone tries again without asking its owner.
const (
	Wrong Outcome = iota
	Stale
	Right
)

const (
	stampLen = 8
	saltLen  = 8
	sealLen  = 16
	maxUsed  = 65536 // nonces whose count is remembered, about 8 MB
)

// Verifier challenges and checks answers. Its nonces are signed, so that one which was handed out and
// never used costs nothing; they carry their time, hold for one source address, and each counts up:
// an answer that was overheard does not work again (RFC 7616 §5.12). Its methods may be called from
// any goroutine.
type Verifier struct {
	// constant
	realm  string
	asks   []string // algorithms
	life   time.Duration
	now    func() time.Time
	secret [32]byte

	mu   sync.Mutex
	used map[string]use // by nonce, while it lives
}

// use is how far a nonce's count has come.
type use struct {
	count uint32
	ends  time.Time
}

// NewVerifier makes one for a realm. life is how long a nonce holds; now is time.Now, or a test's.
// algorithms are what it asks for, the preferred one first, and all that it takes.
func NewVerifier(realm string, life time.Duration, now func() time.Time, algorithms ...string) *Verifier {
	v := &Verifier{realm: realm, asks: algorithms, life: life, now: now, used: map[string]use{}}
	rand.Read(v.secret[:])
	return v
}

// Challenges are what to send to source: one header each, the preferred one first (RFC 8760 §2.3). They
// share a nonce.
func (v *Verifier) Challenges(source string, stale bool) []Challenge {
	nonce := v.nonce(source)
	out := make([]Challenge, 0, 2)
	for _, name := range v.asks {
		out = append(out, Challenge{Realm: v.realm, Nonce: nonce, Algorithm: name, QOP: []string{"auth"}, Stale: stale})
	}
	return out
}

func (v *Verifier) nonce(source string) string {
	b := make([]byte, stampLen+saltLen, stampLen+saltLen+sealLen)
	binary.BigEndian.PutUint64(b, uint64(v.now().UnixNano()))
	rand.Read(b[stampLen:])
	return base64.RawURLEncoding.EncodeToString(append(b, v.seal(b, source)...))
}

func (v *Verifier) seal(b []byte, source string) []byte {
	m := hmac.New(sha256.New, v.secret[:])
	m.Write(b)
	m.Write([]byte(source))
	return m.Sum(nil)[:sealLen]
}

// made is when a nonce was made for source; false when it was not made here, or for somebody else.
func (v *Verifier) made(nonce, source string) (time.Time, bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != stampLen+saltLen+sealLen {
		return time.Time{}, false
	}
	body := b[:stampLen+saltLen]
	if !hmac.Equal(b[stampLen+saltLen:], v.seal(body, source)) {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(b))), true
}

// Check judges an answer to a challenge of ours, for a request of method to uri that came from source.
// A user who does not exist is checked too, with any password and known false: it takes as long.
func (v *Verifier) Check(a Answer, password string, known bool, method, uri, source string) Outcome {
	right := subtle.ConstantTimeCompare([]byte(a.expected(password, method)), []byte(a.Response)) == 1
	if !right || !known || a.QOP != "auth" || a.Count == 0 || a.Realm != v.realm || a.URI != uri || !v.takes(a.Algorithm) {
		return Wrong
	}
	at, ours := v.made(a.Nonce, source)
	if !ours { // of another source, or of the time before a restart: who knows the password may go on
		return Stale
	}
	now := v.now()
	if age := now.Sub(at); age < 0 || age > v.life {
		return Stale
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	before, seen := v.used[a.Nonce]
	if seen && a.Count <= before.count {
		return Stale // overheard, or a phone that does not count
	}
	if !seen && len(v.used) >= maxUsed {
		if v.sweep(now); len(v.used) >= maxUsed {
			return Stale
		}
	}
	v.used[a.Nonce] = use{a.Count, at.Add(v.life)}
	return Right
}

// takes tells whether an algorithm is one that was asked for.
func (v *Verifier) takes(name string) bool {
	return slices.ContainsFunc(v.asks, func(a string) bool { return strength(a) == strength(name) })
}

// sweep forgets nonces that do not hold any more; mu is held.
func (v *Verifier) sweep(now time.Time) {
	for nonce, u := range v.used {
		if now.After(u.ends) {
			delete(v.used, nonce)
		}
	}
}
