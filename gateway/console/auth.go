package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	cookieName  = "decroche"
	sessionLife = 12 * time.Hour
	// A source may be wrong this often at once, then once per refill; being right is always heard.
	wrongTries  = 10
	wrongRefill = 6 * time.Second
	// wrongSources bounds the memory of who was wrong; the oldest is forgotten.
	wrongSources = 10000
)

// rightToken compares in constant time, also when the lengths differ.
func (s *Server) rightToken(given string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(s.token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// session makes the value of the login cookie: when it ends, and a seal that only this token
// can make. A new token ends every session.
func (s *Server) session(ends time.Time) string {
	at := strconv.FormatInt(ends.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(s.token))
	mac.Write([]byte("decroche session " + at))
	return at + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (s *Server) rightSession(value string) bool {
	at, _, _ := strings.Cut(value, ".")
	unix, err := strconv.ParseInt(at, 10, 64)
	if err != nil || s.now().After(time.Unix(unix, 0)) {
		return false
	}
	return hmac.Equal([]byte(value), []byte(s.session(time.Unix(unix, 0))))
}

// guard lets through who has the token or a session.
func (s *Server) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(cookieName); err == nil && s.rightSession(c.Value) {
			next(w, r)
			return
		}
		scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			s.unauthorised(w, r, `Bearer realm="decroche"`, "send the bearer token that was printed at start")
			return
		}
		if !s.rightToken(strings.TrimSpace(given)) {
			if !s.wrongAgain(r) {
				s.tooMany(w, r)
				return
			}
			s.unauthorised(w, r, `Bearer realm="decroche", error="invalid_token"`, "this is not the bearer token that was printed at start")
			return
		}
		next(w, r)
	}
}

// wrongAgain counts a wrong token against its source; false when that has been wrong too often.
// Only wrong tokens are counted and only they are held up: with 128 bits nobody guesses one, and
// colleagues behind one address must not be locked out by one who mistypes.
func (s *Server) wrongAgain(r *http.Request) bool {
	src := source(r)
	if !s.wrong.allowed(src) {
		return false
	}
	s.wrong.note(src)
	return true
}

func (s *Server) unauthorised(w http.ResponseWriter, r *http.Request, challenge, detail string) {
	if r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && wantsPage(r) {
		http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	w.Header().Set("WWW-Authenticate", challenge)
	s.fail(w, r, http.StatusUnauthorized, detail)
}

func (s *Server) tooMany(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", strconv.Itoa(int(wrongRefill.Seconds())))
	s.fail(w, r, http.StatusTooManyRequests, "too many wrong tokens from this address; wait a few seconds")
}

// login takes the token from the printed link or from the form, and answers with a page that
// leads on: the cookie is SameSite=Strict, and a redirect would still count as coming from the
// site on which the link was clicked.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.FormValue("next"))
	given := r.FormValue("token")
	if given == "" {
		s.loginPage(w, r, next, false)
		return
	}
	if !s.rightToken(strings.TrimSpace(given)) {
		if !s.wrongAgain(r) {
			s.tooMany(w, r)
			return
		}
		s.loginPage(w, r, next, true)
		return
	}
	ends := s.now().Add(sessionLife)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: s.session(ends), Path: "/", Expires: ends,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure})
	s.enterPage(w, r, next)
}

// localPath is where to go after the login: only a path of ours.
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return overview
	}
	return p
}

// source is whom a wrong try is counted against: the address, or the /64 of an IPv6 one.
func source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// tries counts wrong tokens by source, as a bucket that empties with time.
type tries struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[string]*bucket
}

type bucket struct {
	n  int // wrong tries not yet forgotten
	at time.Time
}

func newTries(now func() time.Time) *tries { return &tries{now: now, by: map[string]*bucket{}} }

// allowed tells whether src may be told again that a token is wrong.
func (t *tries) allowed(src string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.by[src]
	return b == nil || t.level(b) < wrongTries
}

// note counts one wrong try.
func (t *tries) note(src string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.by[src]
	if b == nil {
		if len(t.by) >= wrongSources {
			t.forget()
		}
		b = &bucket{at: t.now()}
		t.by[src] = b
	}
	b.n, b.at = t.level(b)+1, t.now()
}

// level needs t.mu.
func (t *tries) level(b *bucket) int {
	return max(0, b.n-int(t.now().Sub(b.at)/wrongRefill))
}

// forget needs t.mu: it drops whoever is forgiven, or else the one who was wrong longest ago.
func (t *tries) forget() {
	var oldest string
	for src, b := range t.by {
		if t.level(b) == 0 {
			delete(t.by, src)
		} else if oldest == "" || b.at.Before(t.by[oldest].at) {
			oldest = src
		}
	}
	if len(t.by) >= wrongSources {
		delete(t.by, oldest)
	}
}
