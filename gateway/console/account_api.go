package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/store"
)

// meJSON is who asks and what they may do.
type meJSON struct {
	User        string                `json:"user"`
	Name        string                `json:"name"`
	Role        accounts.Role         `json:"role"`
	Permissions []accounts.Permission `json:"permissions"`
	How         string                `json:"how"`
	Session     string                `json:"session,omitempty"`
	Demo        bool                  `json:"demo"` // pages say loudly that this is one
}

func (s *Server) me(i accounts.Identity) meJSON {
	return meJSON{User: i.User, Name: i.Display, Role: i.Role, Permissions: i.Permissions(), How: i.How, Session: i.Session, Demo: s.acc.Demo()}
}

func (s *Server) apiMe(w http.ResponseWriter, r *http.Request) { answer(w, s.me(who(r))) }

// apiSignIn opens a session for a page of ours, which stays where it is.
func (s *Server) apiSignIn(w http.ResponseWriter, r *http.Request) {
	var body struct {
		User     string `json:"user"`
		Password string `json:"password"`
		Demo     string `json:"demo"`
	}
	if !s.decode(w, r, `{"user": "lina", "password": "…"}, or {"demo": "agent"} in the demo,`, &body) {
		return
	}
	var o accounts.Opened
	var err error
	if body.Demo != "" {
		o, err = s.acc.SignInDemo(r.Context(), accounts.Role(body.Demo), s.client(r))
	} else {
		o, err = s.acc.SignIn(r.Context(), body.User, body.Password, s.client(r))
	}
	if err != nil {
		s.accountFail(w, r, err)
		return
	}
	s.leaveOld(r)
	s.setCookie(w, o.Secret, o.Expires)
	answer(w, s.me(o.Who))
}

func (s *Server) apiSignOut(w http.ResponseWriter, r *http.Request) {
	if err := s.acc.SignOut(r.Context(), who(r)); err != nil {
		s.broken(w, r, err)
		return
	}
	s.dropCookie(w)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) apiPassword(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Old      string `json:"old_password"`
		Password string `json:"password"`
	}
	if !s.decode(w, r, `{"old_password": "…", "password": "…"}`, &body) {
		return
	}
	if i := who(r); i.Session == "" {
		s.refuse(w, r, http.StatusForbidden, codeRole, "a token cannot change a password; sign in, or use decroche users passwd")
		return
	}
	if err := s.acc.ChangePassword(r.Context(), who(r), body.Old, body.Password, s.client(r)); err != nil {
		s.accountFail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// accountFail answers for an error of the accounts.
func (s *Server) accountFail(w http.ResponseWriter, r *http.Request, err error) {
	status, code, retry := refusal(err)
	switch {
	case errors.Is(err, store.ErrExists):
		status, code, err = http.StatusConflict, "exists", errors.New("user: that name is taken; choose another")
	case errors.Is(err, store.ErrLastAdmin):
		status, code, err = http.StatusConflict, "last_admin", errors.New("this is the last admin; make another one first")
	case status == 0:
		s.broken(w, r, err)
		return
	}
	if retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retry))
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="decroche"`)
	}
	s.refuse(w, r, status, code, err.Error())
}

// userJSON is an account as the API tells it.
type userJSON struct {
	User     string     `json:"user"`
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Disabled bool       `json:"disabled"`
	Password bool       `json:"password"` // there is one
	OIDC     bool       `json:"oidc"`     // comes from the identity provider
	Created  time.Time  `json:"created"`
	SignedIn *time.Time `json:"signed_in,omitempty"`
}

func userOut(u store.User) userJSON {
	return userJSON{User: u.Name, Name: u.Display, Role: u.Role, Disabled: u.Disabled, Password: u.Password != "", OIDC: u.Subject != "", Created: u.Created, SignedIn: unlessZero(u.SignedIn)}
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	out := struct {
		Users []userJSON `json:"users"`
	}{[]userJSON{}}
	for u, err := range s.acc.Users(r.Context()) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		out.Users = append(out.Users, userOut(u))
	}
	answer(w, out)
}

func (s *Server) addUser(w http.ResponseWriter, r *http.Request) {
	var body struct {
		User     string `json:"user"`
		Name     string `json:"name"`
		Role     string `json:"role"`
		Password string `json:"password"`
	}
	if !s.decode(w, r, `{"user": "lina", "name": "Lina Moreau", "role": "agent"}`, &body) {
		return
	}
	u, err := s.acc.AddUser(r.Context(), who(r), accounts.NewUser{Name: body.User, Display: body.Name, Role: body.Role, Password: body.Password})
	if err != nil {
		s.accountFail(w, r, err)
		return
	}
	w.Header().Set("Location", "/api/v1/users/"+url.PathEscape(u.Name))
	answerStatus(w, http.StatusCreated, userOut(u))
}

func (s *Server) changeUser(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name     *string `json:"name"`
		Role     *string `json:"role"`
		Disabled *bool   `json:"disabled"`
	}
	if !s.decode(w, r, `{"name": "…", "role": "supervisor", "disabled": false}, each of them or some,`, &body) {
		return
	}
	u, err := s.acc.ChangeUser(r.Context(), who(r), r.PathValue("name"), accounts.Change{Display: body.Name, Role: body.Role, Disabled: body.Disabled})
	if err != nil {
		s.accountFail(w, r, err)
		return
	}
	answer(w, userOut(u))
}

// linkUser makes a one-time link with which a user sets a password. Who may manage users may hand
// it over; it is told this once.
func (s *Server) linkUser(w http.ResponseWriter, r *http.Request) {
	token, expires, err := s.acc.MakeLink(r.Context(), who(r), r.PathValue("name"))
	if err != nil {
		s.accountFail(w, r, err)
		return
	}
	answerStatus(w, http.StatusCreated, struct {
		URL     string    `json:"url"`
		Expires time.Time `json:"expires"`
	}{s.WelcomeURL(token), expires})
}

// tokenJSON is an API token as the API tells it; Token is told once, when it is made.
type tokenJSON struct {
	ID      string     `json:"id"`
	Token   string     `json:"token,omitempty"`
	Name    string     `json:"name"`
	User    string     `json:"user"`
	Scopes  []string   `json:"scopes"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

func tokenOut(t store.APIToken, secret string) tokenJSON {
	return tokenJSON{ID: t.ID, Token: secret, Name: t.Name, User: t.User, Scopes: t.Scopes, Created: t.Created, Used: unlessZero(t.Used), Expires: unlessZero(t.Expires), Revoked: unlessZero(t.Revoked)}
}

func (s *Server) listTokens(w http.ResponseWriter, r *http.Request) {
	out := struct {
		Tokens []tokenJSON `json:"tokens"`
	}{[]tokenJSON{}}
	for t, err := range s.acc.Tokens(r.Context()) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		out.Tokens = append(out.Tokens, tokenOut(t, ""))
	}
	answer(w, out)
}

func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name    string   `json:"name"`
		User    string   `json:"user"`
		Scopes  []string `json:"scopes"`
		Expires string   `json:"expires_in"`
	}
	if !s.decode(w, r, `{"name": "export", "user": "lina", "scopes": ["conversations:read"], "expires_in": "2160h"}`, &body) {
		return
	}
	var life time.Duration
	if body.Expires != "" {
		var err error
		if life, err = time.ParseDuration(body.Expires); err != nil || life <= 0 {
			s.fail(w, r, http.StatusUnprocessableEntity, "expires_in: write how long as 2160h, or leave it out for a token without an end")
			return
		}
	}
	if body.User == "" {
		body.User = who(r).User
	}
	secret, t, err := s.acc.CreateToken(r.Context(), who(r), accounts.NewToken{Name: body.Name, User: body.User, Scopes: body.Scopes, Expires: life})
	if err != nil {
		s.accountFail(w, r, err)
		return
	}
	answerStatus(w, http.StatusCreated, tokenOut(t, secret))
}

func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) {
	if err := s.acc.RevokeToken(r.Context(), who(r), r.PathValue("id")); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// sessionJSON is a signed-in browser as the API tells it.
type sessionJSON struct {
	ID      string    `json:"id"`
	User    string    `json:"user"`
	How     string    `json:"how"`
	Address string    `json:"address"`
	Browser string    `json:"browser"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Current bool      `json:"current"` // the one that asks
}

// listSessions tells one's own sessions, or with ?all=true everybody's.
func (s *Server) listSessions(w http.ResponseWriter, r *http.Request) {
	i := who(r)
	user := i.User
	if r.URL.Query().Get("all") == "true" {
		if !i.May(accounts.ManageSessions) {
			s.notAllowed(w, r, i, accounts.ManageSessions)
			return
		}
		user = ""
	}
	out := struct {
		Sessions []sessionJSON `json:"sessions"`
	}{[]sessionJSON{}}
	for o, err := range s.acc.Sessions(r.Context(), user) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		out.Sessions = append(out.Sessions, sessionJSON{o.ID, o.User, o.How, o.Address, o.Browser, o.Created, o.Seen, o.Expires, o.ID == i.Session})
	}
	answer(w, out)
}

func (s *Server) endSession(w http.ResponseWriter, r *http.Request) {
	if err := s.acc.EndSession(r.Context(), who(r), r.PathValue("id")); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// listAudit tells who did what, newest first.
func (s *Server) listAudit(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	q := store.AuditQuery{Who: v.Get("who"), What: v.Get("what"), About: v.Get("about"), Limit: 100}
	for name := range v {
		var err error
		switch name {
		case "who", "what", "about":
		case "before":
			if q.Before, err = strconv.ParseInt(v.Get(name), 10, 64); err != nil || q.Before < 1 {
				s.fail(w, r, http.StatusBadRequest, "before: give the id of the last entry you have")
				return
			}
		case "limit":
			if q.Limit, err = strconv.Atoi(v.Get(name)); err != nil || q.Limit < 1 || q.Limit > 1000 {
				s.fail(w, r, http.StatusBadRequest, "limit: a number from 1 to 1000")
				return
			}
		default:
			s.fail(w, r, http.StatusBadRequest, "unknown parameter; there are before, who, what, about and limit")
			return
		}
	}
	out := struct {
		Entries []store.AuditEntry `json:"entries"`
		Next    string             `json:"next,omitempty"`
	}{Entries: []store.AuditEntry{}}
	for e, err := range s.acc.AuditList(r.Context(), q) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		out.Entries = append(out.Entries, e)
	}
	if n := len(out.Entries); n == q.Limit {
		v.Set("before", strconv.FormatInt(out.Entries[n-1].ID, 10))
		out.Next = "/api/v1/audit?" + v.Encode()
	}
	answer(w, out)
}
