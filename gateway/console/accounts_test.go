package console

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/accounts/oidc"
	"decroche/gateway/store/storetest"
	"decroche/internal/peer/idp"
)

const (
	js       = "Content-Type: application/json"
	form     = "Content-Type: application/x-www-form-urlencoded"
	ours     = "Sec-Fetch-Site: same-origin"
	password = "correct horse battery"
)

var root = accounts.Identity{User: "root", Role: accounts.Admin}

// add makes an account and returns the cookie of its session.
func (h *house) add(t *testing.T, name string, role accounts.Role) (cookie string) {
	t.Helper()
	if _, err := h.acc.AddUser(t.Context(), root, accounts.NewUser{Name: name, Role: string(role), Password: password}); err != nil {
		t.Fatal(err)
	}
	return h.signIn(t, name)
}

func (h *house) signIn(t *testing.T, name string, header ...string) (cookie string) {
	t.Helper()
	w := h.ask(t, "POST", "/api/v1/sign-in", `{"user":"`+name+`","password":"`+password+`"}`, append(header, js)...)
	c := w.Result().Cookies()
	if w.Code != http.StatusOK || len(c) != 1 {
		t.Fatalf("sign in as %s: %d %s", name, w.Code, w.Body)
	}
	return "Cookie: " + c[0].Name + "=" + c[0].Value
}

// Every route that is not for everybody names a permission; nobody gets in without an account, and
// each role exactly where the table lets it.
func TestEveryRouteAsksForItsPermission(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)...)
	fill := strings.NewReplacer("{id}", "c1", "{name...}", "heap", "{name}", "nobody", "{$}", "")
	cookies := map[accounts.Role]string{}
	for _, role := range accounts.Roles {
		cookies[role] = h.add(t, "one-"+string(role), role)
	}
	for _, r := range h.routes() {
		if r.open {
			continue
		}
		path := fill.Replace(r.path)
		if len(r.needs) == 0 || !accounts.Admin.May(r.needs) {
			t.Errorf("%s %s needs %q, which is no permission", r.method, r.path, r.needs)
		}
		wantProblem(t, h.ask(t, r.method, path, "", ours), http.StatusUnauthorized)
		for role, cookie := range cookies {
			if role.May(r.needs) && (r.stream || r.path == "/api/v1/sign-out" || strings.HasPrefix(r.path, "/debug")) {
				continue // would go on, end the session or take long; others see to these
			}
			w := h.ask(t, r.method, path, "", cookie, ours, js)
			if refused := w.Code == http.StatusForbidden; refused == role.May(r.needs) || w.Code == http.StatusUnauthorized {
				t.Errorf("%s %s as %s: %d, may %v", r.method, r.path, role, w.Code, role.May(r.needs))
			}
		}
	}
}

// What every answer carries, pages and API, found or not.
func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/login", "/", "/overview", "/api/v1/me", "/nothing", "/static/console.css", "/welcome/x"} {
		w := h.ask(t, "GET", path, "", html)
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") ||
			w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "no-referrer" || !strings.Contains(w.Header().Get("Permissions-Policy"), "microphone=(self)") {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	tls := newHouse(t, func(c *Config) { c.PublicURL = "https://voice.example" })
	if a, b := h.ask(t, "GET", "/login", "", html), tls.ask(t, "GET", "/login", "", html); a.Header().Get("Strict-Transport-Security") != "" || b.Header().Get("Strict-Transport-Security") == "" {
		t.Error("browsers are told to use TLS where there is none, or not where there is")
	}
	if page := h.ask(t, "GET", "/login", "", html).Body.String(); strings.Contains(page, "<style") || strings.Contains(page, " style=") || strings.Contains(page, "onclick") {
		t.Error("the sign-in page has something inline")
	}
}

func TestSignInByThePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *Config) { c.PublicURL = "https://voice.example" })
	if _, err := h.acc.AddUser(t.Context(), root, accounts.NewUser{Name: "lina", Role: "agent", Password: password}); err != nil {
		t.Fatal(err)
	}
	w := h.ask(t, "POST", "/login", url.Values{"name": {"lina"}, "password": {"wrong"}, "next": {"/inbox"}}.Encode(), form, html, "Accept-Language: en")
	if page := w.Body.String(); w.Code != http.StatusUnauthorized || !strings.Contains(page, "The name or the password is wrong.") || !strings.Contains(page, `value="lina"`) || !strings.Contains(page, `value="/inbox"`) || strings.Contains(page, "wrong\"") && strings.Contains(page, `value="wrong"`) || len(w.Result().Cookies()) != 0 {
		t.Errorf("a wrong password: %d %s", w.Code, page)
	}
	w = h.ask(t, "POST", "/login", url.Values{"name": {"lina"}, "password": {password}, "next": {"/conversations"}}.Encode(), form, html)
	c := w.Result().Cookies()
	if w.Code != http.StatusOK || len(c) != 1 || w.Header().Get("Refresh") != "0; url=/conversations" {
		t.Fatalf("%d %v %s", w.Code, c, w.Header().Get("Refresh"))
	}
	if c[0].Name != "__Host-decroche" || !c[0].Secure || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Path != "/" || c[0].Domain != "" {
		t.Errorf("the cookie %+v", c[0])
	}
	first := "Cookie: " + c[0].Name + "=" + c[0].Value
	// Each sign-in makes a new session and ends the one that the browser had.
	second := h.signIn(t, "lina", first)
	if second == first {
		t.Error("the session did not change")
	}
	wantCode(t, h.ask(t, "GET", "/api/v1/me", "", first), http.StatusUnauthorized, codeEnded)
	page := h.ask(t, "GET", "/conversations", "", html, second).Body.String()
	if strings.Contains(page, `href="/inbox"`) || !strings.Contains(page, `<span class="me">lina</span>`) || strings.Contains(page, `class="demo"`) {
		t.Errorf("an agent's page:\n%s", page)
	}
	w = h.ask(t, "POST", "/logout", "", html, second, ours)
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign out: %d %v", w.Code, w.Result().Cookies())
	}
	wantCode(t, h.ask(t, "GET", "/api/v1/me", "", second), http.StatusUnauthorized, codeEnded)
}

func wantCode(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	wantProblem(t, w, status)
	if !strings.Contains(w.Body.String(), `"code":"`+code+`"`) {
		t.Errorf("want the code %q: %s", code, w.Body)
	}
}

// A session that ends while somebody works: the API says so in words, and a page comes back to
// where they were.
func TestSessionThatEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	cookie := h.add(t, "lina", accounts.Supervisor)
	if _, err := h.st.AddLink(t.Context(), "c1", h.now); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(3 * time.Hour)
	w := h.ask(t, "PATCH", "/api/v1/callbacks/1", `{"state":"done"}`, cookie, js, ours)
	wantCode(t, w, http.StatusUnauthorized, codeEnded)
	if !strings.Contains(w.Body.String(), "your session has ended; sign in again, nothing that you typed is lost") {
		t.Errorf("it says %s", w.Body)
	}
	w = h.ask(t, "GET", "/conversations?outcome=failed", "", cookie, html)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/login?next=%2Fconversations%3Foutcome%3Dfailed&ended=1" {
		t.Errorf("a page: %d %s", w.Code, to)
	}
	if page := h.ask(t, "GET", "/login?ended=1&lang=en", "", html).Body.String(); !strings.Contains(page, "Your session has ended.") {
		t.Error("the sign-in page does not say why it is there")
	}
	wantCode(t, h.ask(t, "GET", "/api/v1/me", ""), http.StatusUnauthorized, codeSignIn)
}

// A stream ends soon after its session does.
func TestStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.recheck = 5 * time.Millisecond
	srv := httptest.NewServer(h.Handler())
	defer srv.Close()
	cookie := h.add(t, "paule", accounts.Supervisor)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", strings.TrimPrefix(cookie, "Cookie: "))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() || lines.Text() != "event: snapshot" {
		t.Fatalf("the stream begins with %q, %s", lines.Text(), res.Status)
	}
	if _, err := h.acc.ChangeUser(t.Context(), root, "paule", accounts.Change{Disabled: new(true)}); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if ctx.Err() != nil {
		t.Error("the stream went on after its user was disabled")
	}
}

func TestGuessingIsHeldUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", accounts.Agent)
	wrong := `{"user":"lina","password":"guess"}`
	for range 5 {
		wantCode(t, h.ask(t, "POST", "/api/v1/sign-in", wrong, js, "From: 198.51.100.7"), http.StatusUnauthorized, codeWrong)
	}
	w := h.ask(t, "POST", "/api/v1/sign-in", wrong, js, "From: 198.51.100.7")
	wantCode(t, w, http.StatusTooManyRequests, codeTooSoon)
	if w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "the next one is taken in 1 s") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	w = h.ask(t, "POST", "/login", "name=lina&password=guess", form, html, "From: 198.51.100.7", "Accept-Language: fr")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "Le prochain sera lu dans 1\u00a0s.") {
		t.Errorf("the page: %d %v", w.Code, w.Header())
	}
	h.signIn(t, "lina") // from where she was before
}

// A page of another site can neither act with a session nor sign somebody in.
func TestOtherSitesAreKeptOut(t *testing.T) {
	t.Parallel()
	h := newHouseOf(t, func(c *accounts.Config, _ *accounts.Options) { c.Demo = true })
	cookie := h.add(t, "root2", accounts.Admin)
	for _, from := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: http://127.0.0.1:9999"} {
		for path, body := range map[string]string{"/api/v1/users": `{"user":"x","role":"admin"}`, "/api/v1/sign-in": `{"demo":"agent"}`, "/api/v1/sign-out": "", "/login/demo": "role=agent", "/login": "name=root2&password=" + password, "/logout": ""} {
			if w := h.ask(t, "POST", path, body, cookie, js, from); w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
				t.Errorf("%s from %s: %d", path, from, w.Code)
			}
		}
	}
	if w := h.ask(t, "GET", "/api/v1/me", "", cookie); w.Code != http.StatusOK {
		t.Errorf("signed out by another site: %d", w.Code)
	}
}

func TestDemoSignIn(t *testing.T) {
	t.Parallel()
	h := newHouseOf(t, func(c *accounts.Config, _ *accounts.Options) { c.Demo = true })
	page := h.ask(t, "GET", "/login?lang=en", "", html).Body.String()
	if !strings.Contains(page, `value="supervisor">Supervisor`) || !strings.Contains(page, `class="demo" aria-label="Demo">Demo.`) {
		t.Errorf("the sign-in page:\n%s", page)
	}
	w := h.ask(t, "POST", "/login/demo", "role=supervisor&next=/conversations", form, html, ours)
	if len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	cookie := "Cookie: decroche=" + w.Result().Cookies()[0].Value
	var me meJSON
	if err := json.Unmarshal(h.ask(t, "GET", "/api/v1/me", "", cookie).Body.Bytes(), &me); err != nil || !me.Demo || me.Role != accounts.Supervisor || me.How != accounts.ByDemo {
		t.Errorf("%+v %v", me, err)
	}
	if page := h.ask(t, "GET", "/overview", "", html, cookie).Body.String(); !strings.Contains(page, `class="demo"`) {
		t.Error("a page does not say that it is a demo")
	}
	wantProblem(t, h.ask(t, "POST", "/api/v1/sign-in", `{"demo":"admin"}`, js), http.StatusUnprocessableEntity)
	// What comes through a proxy does not come from this machine.
	wantProblem(t, h.ask(t, "POST", "/api/v1/sign-in", `{"demo":"agent"}`, js, "X-Forwarded-For: 203.0.113.9"), http.StatusForbidden)
	wantProblem(t, h.ask(t, "GET", "/api/v1/me", "", cookie, "X-Forwarded-For: 203.0.113.9"), http.StatusUnauthorized)
	wantProblem(t, newHouse(t).ask(t, "POST", "/api/v1/sign-in", `{"demo":"agent"}`, js), http.StatusForbidden)
	for _, c := range []Config{{Listen: "0.0.0.0:8080", AllowInsecure: true, MaxStreams: 1}, {Listen: "127.0.0.1:8080", PublicURL: "https://demo.example", MaxStreams: 1}} {
		if _, err := New(Deps{Store: h.st, Board: h.d.Board, Accounts: h.acc}, c); err == nil || !strings.Contains(err.Error(), "accounts.demo lets anybody in") {
			t.Errorf("a demo that others can reach: %v", err)
		}
	}
}

// The token printed at start works from this machine alone.
func TestStartTokenIsLocal(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *Config) { c.Listen, c.AllowInsecure = "0.0.0.0:8080", true })
	w := h.ask(t, "GET", "/api/v1/callbacks", "", bearer, "From: 203.0.113.9")
	wantCode(t, w, http.StatusUnauthorized, codeToken)
	if !strings.Contains(w.Body.String(), "decroche tokens create") {
		t.Errorf("it says %s", w.Body)
	}
	if w := h.ask(t, "GET", "/login?token="+testToken, "", html, "From: 203.0.113.9"); w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
		t.Errorf("the printed link: %d", w.Code)
	}
	wantProblem(t, h.ask(t, "GET", "/api/v1/callbacks", "", bearer, "X-Forwarded-For: 203.0.113.9"), http.StatusUnauthorized)
	if w := h.ask(t, "GET", "/api/v1/callbacks", "", bearer); w.Code != http.StatusOK {
		t.Errorf("from this machine: %d", w.Code)
	}
}

func TestWelcome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, err := h.acc.FirstAdmin(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, _, err := h.acc.MakeLink(t.Context(), root, "admin")
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(h.WelcomeURL(token), "http://127.0.0.1:8080")
	for range 2 { // a program that looks at links in mail does not use it up
		if w := h.ask(t, "GET", path+"?lang=en", "", html); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Welcome, admin") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	for body, want := range map[string]string{"password=short&again=short": "au moins 12", "password=" + password + "&again=other": "diffèrent"} {
		if w := h.ask(t, "POST", path, body, form, html, ours); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
	w := h.ask(t, "POST", path, url.Values{"password": {password}, "again": {password}}.Encode(), form, html, ours)
	if w.Code != http.StatusOK || len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, m := range []string{"GET", "POST"} {
		if w := h.ask(t, m, path, "password="+password+"&again="+password, form, html, ours, "Accept-Language: en"); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "This link was used or has expired.") {
			t.Errorf("%s again: %d", m, w.Code)
		}
	}
}

// The whole way to the identity provider and back, as a browser goes it.
func TestOIDCByThePages(t *testing.T) {
	t.Parallel()
	p := idp.New("decroche", "s3cret")
	t.Cleanup(p.Close)
	p.SignsIn(map[string]any{"sub": "7", "preferred_username": "lina", "name": "Lina Moreau", "groups": []string{"leads"}})
	h := newHouseOf(t, func(c *accounts.Config, o *accounts.Options) {
		c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.Label = p.URL, "decroche", "Exemple SSO"
		c.OIDC.Roles = map[string]string{"leads": "supervisor"}
		o.OIDC = oidc.New(c.OIDC, "s3cret", "http://127.0.0.1:8080"+OIDCReturn, time.Now)
	})
	if page := h.ask(t, "GET", "/login?next=/inbox", "", html).Body.String(); !strings.Contains(page, `href="/login/oidc?next=%2finbox">Continuer avec Exemple SSO`) {
		t.Fatalf("the page:\n%s", page)
	}
	away := func() (cookie, back string) {
		w := h.ask(t, "GET", "/login/oidc?next=/inbox", "", html)
		c := w.Result().Cookies()
		if w.Code != http.StatusSeeOther || len(c) != 1 || c[0].SameSite != http.SameSiteLaxMode || !c[0].HttpOnly || c[0].Path != OIDCReturn {
			t.Fatalf("%d %v", w.Code, c)
		}
		browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := browser.Get(w.Header().Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return "Cookie: " + c[0].Name + "=" + c[0].Value, strings.TrimPrefix(res.Header.Get("Location"), "http://127.0.0.1:8080")
	}
	cookie, back := away()
	if w := h.ask(t, "GET", back, "", html, "Accept-Language: en"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "begun elsewhere") {
		t.Errorf("another browser: %d", w.Code)
	}
	w := h.ask(t, "GET", back, "", html, cookie, "Sec-Fetch-Site: cross-site")
	var session string
	for _, c := range w.Result().Cookies() {
		if c.Name == "decroche" {
			session = "Cookie: decroche=" + c.Value
		}
	}
	if w.Code != http.StatusOK || session == "" || w.Header().Get("Refresh") != "0; url=/inbox" {
		t.Fatalf("%d %v %s", w.Code, w.Result().Cookies(), w.Body)
	}
	var me meJSON
	if err := json.Unmarshal(h.ask(t, "GET", "/api/v1/me", "", session).Body.Bytes(), &me); err != nil || me.User != "lina" || me.Name != "Lina Moreau" || me.Role != accounts.Supervisor {
		t.Errorf("%+v %v", me, err)
	}
	if w := h.ask(t, "GET", back, "", html, cookie); w.Code != http.StatusBadRequest {
		t.Errorf("the same return again: %d", w.Code)
	}
	p.Denies("access_denied")
	cookie, back = away()
	if w := h.ask(t, "GET", back, "", html, cookie, "Accept-Language: en"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "refused the sign-in") {
		t.Errorf("denied: %d", w.Code)
	}
	if w := newHouse(t).ask(t, "GET", "/login/oidc", "", html); w.Code != http.StatusNotFound {
		t.Errorf("without a provider: %d", w.Code)
	}
}

func TestAccountsAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss := h.add(t, "boss", accounts.Admin)
	post := func(method, path, body string, status int) string {
		t.Helper()
		w := h.ask(t, method, path, body, boss, js, ours)
		if w.Code != status {
			t.Errorf("%s %s %s: %d %s", method, path, body, w.Code, w.Body)
		}
		return w.Body.String()
	}
	if got := post("POST", "/api/v1/users", `{"user":"Lina","name":"Lina Moreau","role":"agent"}`, http.StatusCreated); !strings.Contains(got, `"user":"lina","name":"Lina Moreau","role":"agent","disabled":false,"password":false`) {
		t.Error(got)
	}
	post("POST", "/api/v1/users", `{"user":"lina","role":"agent"}`, http.StatusConflict)
	post("POST", "/api/v1/users", `{"user":"a b","role":"agent"}`, http.StatusUnprocessableEntity)
	post("POST", "/api/v1/users", `{"user":"x","role":"boss"}`, http.StatusUnprocessableEntity)
	post("POST", "/api/v1/users", `{"user":"x","role":"agent","colour":"red"}`, http.StatusBadRequest)
	post("PATCH", "/api/v1/users/lina", `{"role":"supervisor"}`, http.StatusOK)
	post("PATCH", "/api/v1/users/nobody", `{"role":"supervisor"}`, http.StatusNotFound)
	post("PATCH", "/api/v1/users/boss", `{"disabled":true}`, http.StatusConflict)
	if got := post("POST", "/api/v1/users/lina/link", ``, http.StatusCreated); !strings.Contains(got, `"url":"http://127.0.0.1:8080/welcome/`) {
		t.Error(got)
	}
	post("POST", "/api/v1/users/nobody/link", ``, http.StatusNotFound)
	if got := post("GET", "/api/v1/users", "", http.StatusOK); strings.Contains(got, "argon2") || strings.Count(got, `"user":`) != 2 {
		t.Error(got)
	}
	var tok tokenJSON
	if err := json.Unmarshal([]byte(post("POST", "/api/v1/tokens", `{"name":"export","user":"lina","scopes":["audit:read"],"expires_in":"24h"}`, http.StatusCreated)), &tok); err != nil || !strings.HasPrefix(tok.Token, "decroche_pat_") {
		t.Fatalf("%+v %v", tok, err)
	}
	post("POST", "/api/v1/tokens", `{"name":"x","user":"lina","scopes":["users:manage"]}`, http.StatusUnprocessableEntity)
	post("POST", "/api/v1/tokens", `{"name":"x","scopes":["self"],"expires_in":"soon"}`, http.StatusUnprocessableEntity)
	pat := "Authorization: Bearer " + tok.Token
	w := h.ask(t, "GET", "/api/v1/audit?about=user+lina", "", pat, "From: 203.0.113.9")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"who":"boss","what":"role_changed","about":"user lina","detail":"agent -\u003e supervisor"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantCode(t, h.ask(t, "GET", "/api/v1/users", "", pat), http.StatusForbidden, codeRole)
	wantCode(t, h.ask(t, "PUT", "/api/v1/me/password", `{"old_password":"x","password":"y"}`, pat, js), http.StatusForbidden, codeRole)
	if got := post("GET", "/api/v1/tokens", "", http.StatusOK); strings.Contains(got, tok.Token) || !strings.Contains(got, tok.ID) {
		t.Error(got)
	}
	post("DELETE", "/api/v1/tokens/"+tok.ID, "", http.StatusNoContent)
	post("DELETE", "/api/v1/tokens/"+tok.ID, "", http.StatusNotFound)
	wantCode(t, h.ask(t, "GET", "/api/v1/audit", "", pat), http.StatusUnauthorized, codeToken)

	other := h.add(t, "karim", accounts.Agent)
	wantCode(t, h.ask(t, "GET", "/api/v1/sessions?all=true", "", other), http.StatusForbidden, codeRole)
	var list struct{ Sessions []sessionJSON }
	if err := json.Unmarshal(h.ask(t, "GET", "/api/v1/sessions", "", other).Body.Bytes(), &list); err != nil || len(list.Sessions) != 1 || !list.Sessions[0].Current || list.Sessions[0].User != "karim" {
		t.Fatalf("%+v %v", list, err)
	}
	post("DELETE", "/api/v1/sessions/"+list.Sessions[0].ID, "", http.StatusNoContent)
	post("DELETE", "/api/v1/sessions/"+list.Sessions[0].ID, "", http.StatusNotFound)
	wantCode(t, h.ask(t, "GET", "/api/v1/me", "", other), http.StatusUnauthorized, codeEnded)
	post("PUT", "/api/v1/me/password", `{"old_password":"wrong","password":"another good one"}`, http.StatusUnprocessableEntity)
	post("PUT", "/api/v1/me/password", `{"old_password":"`+password+`","password":"another good one"}`, http.StatusNoContent)
	for _, q := range []string{"limit=0", "limit=x", "before=0", "colour=red"} {
		post("GET", "/api/v1/audit?"+q, "", http.StatusBadRequest)
	}
	if got := post("GET", "/api/v1/audit?limit=1", "", http.StatusOK); !strings.Contains(got, `"next":"/api/v1/audit?before=`) {
		t.Error(got)
	}
	post("POST", "/api/v1/sign-out", "", http.StatusNoContent)
	wantCode(t, h.ask(t, "GET", "/api/v1/me", "", boss), http.StatusUnauthorized, codeEnded)
}

// No cookie of a stranger's making opens anything.
func FuzzCookie(f *testing.F) {
	f.Add("decroche=x")
	f.Add("__Host-decroche=aaaaaaaaaaaaaaaaaaaaaaaaaa; decroche=\x00")
	f.Fuzz(func(t *testing.T, cookie string) {
		h := newHouse(t)
		r := httptest.NewRequest("GET", "http://127.0.0.1:8080/api/v1/me", nil)
		r.Header["Cookie"] = []string{cookie}
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%q: %d", cookie, w.Code)
		}
	})
}
