package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"decroche/gateway/accounts"
	"decroche/gateway/accounts/oidc"
)

// Sign-ins at the identity provider that one address begins: an office at nine o'clock, and no more than
// what would push others out of the 2,000 that may be away for ten minutes.
const begunPerSecond, begunAtOnce = 2, 100

const (
	// OIDCReturn is the path to which an identity provider sends people back.
	OIDCReturn = oidcReturn
	oidcReturn = "/login/oidc/callback"
	// flowCookie binds a sign-in at the identity provider to one browser. It comes with a request
	// that another site caused, so it must be Lax; it opens nothing.
	flowCookie = "decroche_oidc"
)

// loginData is what the sign-in page shows.
type loginData struct {
	frame
	Next    string
	Name    string // as it was typed
	Wrong   string // why the last try was refused
	Ended   bool   // a session has ended
	OIDC    string // the provider's label, "" when there is none
	Demo    bool
	Welcome bool // the page is for a new password
	Min     int  // shortest password
}

func (s *Server) loginData(r *http.Request, next string) loginData {
	lang := s.langFor(r, "")
	d := loginData{frame: s.frame(r, lang, say(lang, "login_title"), ""), Next: next, Demo: s.acc.Demo() && s.client(r).Local, Min: s.acc.MinPassword()}
	d.Bare = true
	if p := s.acc.OIDC(); p != nil {
		d.OIDC = p.Label()
	}
	return d
}

// loginPage asks who somebody is; with ?token= of the printed link it signs them in.
func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("token") != "" {
		s.login(w, r)
		return
	}
	d := s.loginData(r, localPath(r.URL.Query().Get("next")))
	d.Ended = r.URL.Query().Has("ended")
	s.show(w, r, http.StatusOK, "login", d.Lang, d)
}

// login takes name and password, or the token from the printed link or the form. It answers with a
// page that leads on: the cookie is SameSite=Strict, and a redirect would still count as coming
// from the site on which the link was clicked.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.FormValue("next"))
	var o accounts.Opened
	var err error
	if token := strings.TrimSpace(r.FormValue("token")); token != "" {
		o, err = s.acc.SignInStart(r.Context(), token, s.client(r))
	} else {
		o, err = s.acc.SignIn(r.Context(), r.PostFormValue("name"), r.PostFormValue("password"), s.client(r))
	}
	if err != nil {
		d := s.loginData(r, next)
		d.Name = r.PostFormValue("name")
		s.refuseLogin(w, r, d, err)
		return
	}
	s.enter(w, r, o, next)
}

// enter leaves the session with the browser and leads on. The session that it had is over.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, o accounts.Opened, next string) {
	s.leaveOld(r)
	s.setCookie(w, o.Secret, o.Expires)
	lang := s.langFor(r, "")
	data := struct {
		frame
		Next string
	}{s.frame(r, lang, say(lang, "login_ok"), ""), next}
	data.Bare = true
	w.Header().Set("Refresh", "0; url="+next)
	s.show(w, r, http.StatusOK, "enter", lang, data)
}

// leaveOld ends the session that a browser had: each sign-in makes a new one.
func (s *Server) leaveOld(r *http.Request) {
	if old, err := s.acc.Session(r.Context(), s.cookie(r), s.client(r)); err == nil {
		if err := s.acc.SignOut(r.Context(), old); err != nil {
			s.d.Log.Error("console: an old session could not be ended", "error", err)
		}
	}
}

// refuseLogin shows the page again with what was wrong, in the reader's language.
func (s *Server) refuseLogin(w http.ResponseWriter, r *http.Request, d loginData, err error) {
	status, code, retry := refusal(err)
	switch {
	case status == 0:
		s.broken(w, r, err)
		return
	case code == codeToken && !s.wrongAgain(r):
		s.tooMany(w, r)
		return
	case retry > 0:
		w.Header().Set("Retry-After", strconv.Itoa(retry))
		d.Wrong = say(d.Lang, "login_"+code, waitWords(d.Lang, retry))
	default:
		d.Wrong = say(d.Lang, "login_"+code)
	}
	s.show(w, r, status, "login", d.Lang, d)
}

// waitWords says how long to wait.
func waitWords(lang string, seconds int) string {
	if seconds < 120 {
		return say(lang, "unit_s", strconv.Itoa(seconds))
	}
	return say(lang, "unit_min", (seconds+59)/60)
}

// refusal is a sign-in's error as HTTP says it; status 0 is none of these. retry is in seconds.
func refusal(err error) (status int, code string, retry int) {
	var soon *accounts.TooSoon
	var in *accounts.InputError
	switch {
	case errors.As(err, &soon):
		return http.StatusTooManyRequests, codeTooSoon, soon.Seconds()
	case errors.Is(err, accounts.ErrBusy):
		return http.StatusTooManyRequests, codeBusy, 5
	case errors.Is(err, accounts.ErrSignIn):
		return http.StatusUnauthorized, codeWrong, 0
	case errors.Is(err, accounts.ErrToken):
		return http.StatusUnauthorized, codeToken, 0
	case errors.Is(err, accounts.ErrNotHere):
		return http.StatusForbidden, "not_here", 0
	case errors.Is(err, accounts.ErrLink):
		return http.StatusGone, "link", 0
	case errors.Is(err, accounts.ErrNoDemo):
		return http.StatusForbidden, "no_demo", 0
	case errors.Is(err, accounts.ErrNoOIDC):
		return http.StatusNotFound, "no_oidc", 0
	case errors.Is(err, accounts.ErrDisabled):
		return http.StatusForbidden, "disabled", 0
	case errors.Is(err, accounts.ErrNoRole):
		return http.StatusForbidden, "no_role", 0
	case errors.Is(err, accounts.ErrNameTaken):
		return http.StatusForbidden, "name_taken", 0
	case errors.Is(err, oidc.ErrUnreachable):
		return http.StatusBadGateway, "oidc_down", 0
	case errors.Is(err, oidc.ErrFlow):
		return http.StatusBadRequest, "oidc_flow", 0
	case errors.Is(err, oidc.ErrDenied):
		return http.StatusForbidden, "oidc_denied", 0
	case errors.Is(err, oidc.ErrProof):
		return http.StatusForbidden, "oidc_proof", 0
	case errors.Is(err, oidc.ErrClock):
		return http.StatusForbidden, "oidc_clock", 0
	case errors.As(err, &in):
		return http.StatusUnprocessableEntity, "input", 0
	}
	return 0, "", 0
}

// loginDemo signs in with one click, in the demo.
func (s *Server) loginDemo(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.PostFormValue("next"))
	o, err := s.acc.SignInDemo(r.Context(), accounts.Role(r.PostFormValue("role")), s.client(r))
	if err != nil {
		s.refuseLogin(w, r, s.loginData(r, next), err)
		return
	}
	s.enter(w, r, o, next)
}

// loginOIDC sends somebody to the identity provider.
func (s *Server) loginOIDC(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	p := s.acc.OIDC()
	if p == nil {
		s.refuseLogin(w, r, s.loginData(r, next), accounts.ErrNoOIDC)
		return
	}
	if !allowed(s.begun, r) {
		w.Header().Set("Retry-After", "2")
		s.fail(w, r, http.StatusTooManyRequests, "too many sign-ins were begun from this address; wait a moment")
		return
	}
	to, secret, err := p.Begin(r.Context(), next)
	if err != nil {
		s.d.Log.Warn("console: the identity provider could not be asked", "error", err)
		s.refuseLogin(w, r, s.loginData(r, next), err)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: flowCookie, Value: secret, Path: oidcReturn, MaxAge: int(oidc.Patience.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// returnOIDC takes somebody back from the identity provider.
func (s *Server) returnOIDC(w http.ResponseWriter, r *http.Request) {
	p := s.acc.OIDC()
	if p == nil {
		s.refuseLogin(w, r, s.loginData(r, localPath("")), accounts.ErrNoOIDC)
		return
	}
	var secret string
	if c, err := r.Cookie(flowCookie); err == nil {
		secret = c.Value
	}
	http.SetCookie(w, &http.Cookie{Name: flowCookie, Path: oidcReturn, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure})
	person, next, err := p.Finish(r.Context(), secret, r.URL.Query())
	var o accounts.Opened
	if err == nil {
		o, err = s.acc.SignInOIDC(r.Context(), person, s.client(r))
	}
	if errors.Is(err, oidc.ErrFlow) && !s.wrongAgain(r) { // nobody's return, again and again
		s.tooMany(w, r)
		return
	}
	if err != nil {
		s.d.Log.Warn("console: a sign-in by the identity provider failed", "error", err)
		s.refuseLogin(w, r, s.loginData(r, next), err)
		return
	}
	s.enter(w, r, o, localPath(next))
}

// welcomePage is where a one-time link leads. Looking at it does not use the link up.
func (s *Server) welcomePage(w http.ResponseWriter, r *http.Request) {
	s.welcomeForm(w, r, http.StatusOK, "")
}

func (s *Server) welcomeForm(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	u, err := s.acc.LookLink(r.Context(), r.PathValue("token"))
	d := s.loginData(r, localPath(""))
	if err != nil {
		if errors.Is(err, accounts.ErrLink) && !s.wrongAgain(r) {
			s.tooMany(w, r)
			return
		}
		s.refuseLogin(w, r, d, err)
		return
	}
	d.Title, d.Welcome, d.Name, d.Wrong = say(d.Lang, "welcome_title"), true, u.Name, wrong
	s.show(w, r, status, "welcome", d.Lang, d)
}

// welcome sets a password with a one-time link, and signs in.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) {
	lang := s.langFor(r, "")
	password := r.PostFormValue("password")
	if password != r.PostFormValue("again") {
		s.welcomeForm(w, r, http.StatusUnprocessableEntity, say(lang, "welcome_differs"))
		return
	}
	o, err := s.acc.UseLink(r.Context(), r.PathValue("token"), password, s.client(r))
	var in *accounts.InputError
	switch {
	case errors.As(err, &in):
		s.welcomeForm(w, r, http.StatusUnprocessableEntity, say(lang, "welcome_weak", s.acc.MinPassword()))
	case err != nil:
		if errors.Is(err, accounts.ErrLink) && !s.wrongAgain(r) {
			s.tooMany(w, r)
			return
		}
		s.refuseLogin(w, r, s.loginData(r, localPath("")), err)
	default:
		s.enter(w, r, o, localPath(""))
	}
}

// logout ends the session of a page's button.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	s.leaveOld(r)
	s.dropCookie(w)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// localPath is where to go after the login: only a path of ours.
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return overview
	}
	return p
}
