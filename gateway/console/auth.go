package console

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"decroche/gateway/accounts"
	"decroche/internal/limit"
)

// Names of the session's cookie. With TLS the browser itself sees to it that nobody else set it.
const (
	cookieName   = "decroche"
	cookieSecure = "__Host-" + cookieName
)

// recheck is how often a stream looks whether its session is still open.
const recheck = 30 * time.Second

// Codes of refusals, for pages that say it in their own words.
const (
	codeSignIn  = "sign_in"         // nobody is signed in
	codeEnded   = "session_ended"   // somebody was
	codeToken   = "token"           // a bearer token opens nothing
	codeRole    = "forbidden"       // the role may not
	codeWrong   = "wrong_password"  // or name
	codeTooSoon = "too_many_tries"  // Retry-After says when
	codeBusy    = "too_many_people" // the same
)

func (s *Server) cookieName() string {
	if s.secure {
		return cookieSecure
	}
	return cookieName
}

// setCookie leaves a session with the browser, a while longer than it is good: a call under way goes
// on with it (overdue), and who asks with it is told that it has ended.
func (s *Server) setCookie(w http.ResponseWriter, secret string, ends time.Time) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: secret, Path: "/", Expires: ends.Add(accounts.Grace), HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure})
}

func (s *Server) dropCookie(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure})
}

// cookie is the session's secret, "" when there is none.
func (s *Server) cookie(r *http.Request) string {
	if c, err := r.Cookie(s.cookieName()); err == nil {
		return c.Value
	}
	return ""
}

// bearerToken is the token of the Authorization header; ok is false when there is none.
func bearerToken(r *http.Request) (token string, ok bool) {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(given), strings.EqualFold(scheme, "Bearer")
}

// client is where a request came from. What came through a proxy is not local, wherever that proxy
// is.
func (s *Server) client(r *http.Request) accounts.Client {
	c := accounts.Client{Address: limit.Source(r), Browser: r.UserAgent()}
	peer, _, _ := net.SplitHostPort(r.RemoteAddr)
	proxied := slices.ContainsFunc([]string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"}, func(h string) bool { return r.Header.Get(h) != "" })
	c.Local = (!s.cfg.Public() || isLoopback(peer)) && !proxied
	return c
}

type identityKey struct{}

// who is who asks: known behind guard, nobody elsewhere.
func who(r *http.Request) accounts.Identity {
	i, _ := r.Context().Value(identityKey{}).(accounts.Identity)
	return i
}

func as(r *http.Request, i accounts.Identity) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), identityKey{}, i))
}

// identify asks the accounts who that is: a bearer token decides when there is one, else the
// session. Nobody at all is a stranger and no error.
func (s *Server) identify(r *http.Request) (accounts.Identity, error) {
	c := s.client(r)
	if given, ok := bearerToken(r); ok {
		return s.acc.Bearer(r.Context(), given, c)
	}
	if secret := s.cookie(r); secret != "" {
		return s.acc.Session(r.Context(), secret, c)
	}
	return accounts.Stranger(c), nil
}

// guard lets through who may do what the route needs.
func (s *Server) guard(needs accounts.Permission, next http.HandlerFunc) http.HandlerFunc {
	return s.guardBy(s.identify, needs, next)
}

// overdue is identify for what an agent's call needs to go on: a session that nothing but time has
// ended counts while its user is in a call. A caller must not be put on hold by a clock.
func (s *Server) overdue(r *http.Request) (accounts.Identity, error) {
	i, err := s.identify(r)
	if !errors.Is(err, accounts.ErrSession) || s.d.Desk == nil {
		return i, err
	}
	was, late := s.acc.Overdue(r.Context(), s.cookie(r), s.client(r))
	if late != nil || was.User == "" || s.d.Desk.State(was.User).Call == "" {
		return i, err
	}
	return was, nil
}

func (s *Server) guardBy(identify func(*http.Request) (accounts.Identity, error), needs accounts.Permission, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i, err := identify(r)
		switch {
		case err != nil:
			s.notKnown(w, r, err)
		case !i.Known():
			s.unauthorised(w, r, `Bearer realm="decroche"`, codeSignIn, "sign in at /login, or send a bearer token: the one printed at start, or one made with decroche tokens create")
		case !i.May(needs):
			s.notAllowed(w, r, i, needs)
		default:
			next(w, as(r, i))
		}
	}
}

// notKnown answers for a token or a session that opens nothing.
func (s *Server) notKnown(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, accounts.ErrSession):
		s.unauthorised(w, r, `Bearer realm="decroche"`, codeEnded, err.Error())
	case errors.Is(err, accounts.ErrToken), errors.Is(err, accounts.ErrNotHere):
		if !s.wrongAgain(r) {
			s.tooMany(w, r)
			return
		}
		s.unauthorised(w, r, `Bearer realm="decroche", error="invalid_token"`, codeToken, err.Error())
	default:
		s.broken(w, r, err)
	}
}

// notAllowed answers who is known and may not. A change that was refused is written down.
func (s *Server) notAllowed(w http.ResponseWriter, r *http.Request, i accounts.Identity, needs accounts.Permission) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if err := s.acc.Audit(r.Context(), i, accounts.PermissionDenied, string(needs), r.Method+" "+r.Pattern); err != nil {
			s.d.Log.Error("console: a refusal could not be written down", "error", err)
		}
	}
	s.refuse(w, r, http.StatusForbidden, codeRole, "your account ("+string(i.Role)+") or your token may not do that: it needs "+string(needs)+"; ask an admin")
}

// watched ends a stream once its session or its token opens nothing more; without that a page left
// open would go on for ever.
func (s *Server) watched(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !who(r).Known() {
			next(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		var looking sync.WaitGroup
		defer looking.Wait()
		defer cancel()
		looking.Go(func() {
			tick := time.NewTicker(s.recheck)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					if s.over(ctx, r) {
						cancel()
					}
				}
			}
		})
		next(w, r.WithContext(ctx))
	}
}

// over tells whether what opened a stream opens nothing more. A store that fails ends no stream.
func (s *Server) over(ctx context.Context, r *http.Request) bool {
	var err error
	if given, ok := bearerToken(r); ok {
		_, err = s.acc.Bearer(ctx, given, s.client(r))
	} else {
		err = s.acc.StillOpen(ctx, s.cookie(r), s.client(r))
	}
	return errors.Is(err, accounts.ErrSession) || errors.Is(err, accounts.ErrToken)
}

// wrongAgain counts a wrong token against its source; false when that has been wrong too often.
// Only wrong tokens are counted and only they are held up: with 128 bits nobody guesses one, and
// colleagues behind one address must not be locked out by one who mistypes.
func (s *Server) wrongAgain(r *http.Request) bool {
	return allowed(s.wrong, r)
}

const (
	// A source may be wrong this often at once, then once per refill; being right is always heard.
	wrongTries  = 10
	wrongRefill = 6 * time.Second
)

// allowed takes one from the bucket of who asks; false when it is empty.
func allowed(l *limit.Rate, r *http.Request) bool {
	ok, _ := l.Take(limit.Source(r))
	return ok
}

func (s *Server) unauthorised(w http.ResponseWriter, r *http.Request, challenge, code, detail string) {
	if r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && wantsPage(r) {
		to := "/login?next=" + url.QueryEscape(r.URL.RequestURI())
		if code == codeEnded {
			to += "&ended=1"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	w.Header().Set("WWW-Authenticate", challenge)
	s.refuse(w, r, http.StatusUnauthorized, code, detail)
}

func (s *Server) tooMany(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", strconv.Itoa(int(wrongRefill.Seconds())))
	s.refuse(w, r, http.StatusTooManyRequests, codeTooSoon, "too many wrong tokens from this address; wait a few seconds")
}
