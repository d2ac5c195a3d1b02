package console

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
	"decroche/internal/limit"
)

const testToken = "a-token-of-some-length"

var t0 = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// house is a console with a store, a bus, a clock and a reason not to be ready.
type house struct {
	*Server
	st    store.Store
	bus   *event.Bus
	ready error
	now   time.Time
}

func newHouse(t *testing.T, change ...func(*Config)) *house {
	t.Helper()
	return newHouseOf(t, func(*accounts.Config, *accounts.Options) {}, change...)
}

// newHouseOf is newHouse with other accounts.
func newHouseOf(t *testing.T, people func(*accounts.Config, *accounts.Options), change ...func(*Config)) *house {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	reg := prometheus.NewRegistry()
	bus := event.NewBus(event.NewMetrics(reg))
	h := &house{st: st, bus: bus, now: t0.Add(time.Hour)}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	cfg, ac := DefaultConfig(), accounts.DefaultConfig()
	o := accounts.Options{StartToken: testToken, Params: accounts.Params{MemoryKiB: 64, Passes: 1, Lanes: 1}, Now: func() time.Time { return h.now }}
	for _, c := range change {
		c(&cfg)
	}
	people(&ac, &o)
	acc, err := accounts.New(st, ac, o)
	if err != nil {
		t.Fatal(err)
	}
	h.Server, err = New(Deps{Accounts: acc, Store: st, Views: st, Board: event.NewBoard(bus), Gatherer: reg,
		Ready: func() error { return h.ready },
		Info: func() Info {
			return Info{Name: "Colibri Express", Bot: "colibri", Doors: []Door{{"sip:hotline@127.0.0.1:5060", "fr"}}}
		},
		Location: func(string) *time.Location { return paris },
		Now:      func() time.Time { return h.now },
	}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// startCookie is the session of who opened the printed link.
func (h *house) startCookie(t *testing.T) string {
	t.Helper()
	o, err := h.acc.SignInStart(t.Context(), testToken, accounts.Client{Local: true})
	if err != nil {
		t.Fatal(err)
	}
	return "Cookie: decroche=" + o.Secret
}

func (h *house) record(t *testing.T, evs ...event.Event) {
	t.Helper()
	if err := h.st.Append(t.Context(), evs...); err != nil {
		t.Fatal(err)
	}
	for _, e := range evs {
		h.bus.Publish(e)
	}
}

// ask sends one request to the handler; header lines are "Name: value".
func (h *house) ask(t *testing.T, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a stream that ought to be refused
	defer cancel()
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body)).WithContext(ctx)
	r.RemoteAddr = "127.0.0.1:40000"
	for _, l := range header {
		name, value, _ := strings.Cut(l, ": ")
		if name == "From" {
			r.RemoteAddr = value + ":40000"
		}
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, r)
	asDescribed(t, r, w)
	return w
}

const (
	bearer = "Authorization: Bearer " + testToken
	html   = "Accept: text/html"
)

func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	var p problem
	if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %s, want %d application/problem+json; %s", w.Code, w.Header().Get("Content-Type"), status, w.Body)
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != status || p.Title == "" || p.Detail == "" {
		t.Errorf("problem %s, %v", w.Body, err)
	}
}

// Nothing that shows a conversation opens without the token, whatever the route.
func TestEveryRouteAsksForTheToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)...)
	fill := strings.NewReplacer("{id}", "c1", "{name...}", "heap", "{token}", "x", "{file}", "console.css", "{name}", "lina", "{$}", "")
	open := map[string]bool{"/api/openapi.yaml": true, "/metrics": true, "/healthz": true, "/readyz": true, "/t/{token}": true, "/t/{token}/recording": true, "/login": true, "/login/demo": true, "/login/oidc": true, oidcReturn: true, "/welcome/{token}": true, "/api/v1/sign-in": true, "/logout": true, "/static/{file}": true, "/{$}": true, "/detached": true, "/api": true, "/widget": true, "/api/v1/widget": true, "/widget.js": true, "/web/{path...}": true, "/api/v1/webrtc/calls": true, "/api/v1/webrtc/calls/{id}": true, "/api/v1/webrtc/calls/{id}/events": true, "/api/v1/webrtc/calls/{id}/messages": true, "/api/v1/webrtc/calls/{id}/rating": true}
	for _, r := range h.routes() {
		path := fill.Replace(r.path)
		if r.open != open[r.path] {
			t.Errorf("%s %s: open is %v", r.method, r.path, r.open)
		}
		if (r.needs == "") != r.open && r.path != "/metrics" {
			t.Errorf("%s %s needs %q and is open: %v", r.method, r.path, r.needs, r.open)
		}
		if r.open {
			continue
		}
		for _, header := range []string{"X: ", "Authorization: Bearer wrong", "Authorization: Basic " + testToken, "Cookie: decroche=9999999999.AAAA", "Authorization: " + testToken} {
			h.wrong = limit.NewRate(1/wrongRefill.Seconds(), wrongTries, h.Server.now)
			w := h.ask(t, r.method, path, "", header)
			wantProblem(t, w, http.StatusUnauthorized)
			if !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s: no challenge", path)
			}
		}
		if r.path == "/api/v1/events" {
			continue // it would stream until the test ends; stream_test.go opens it
		}
		if w := h.ask(t, r.method, path, "", bearer); w.Code == http.StatusUnauthorized {
			t.Errorf("%s %s refuses the right token", r.method, path)
		}
	}
	public := newHouse(t, func(c *Config) { c.Listen, c.AllowInsecure = "0.0.0.0:8080", true })
	wantProblem(t, public.ask(t, "GET", "/metrics", ""), http.StatusUnauthorized)
}

func TestWrongTokensAreLimited(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range wrongTries {
		wantProblem(t, h.ask(t, "GET", "/api/v1/callbacks", "", "Authorization: Bearer guess"), http.StatusUnauthorized)
	}
	w := h.ask(t, "GET", "/api/v1/callbacks", "", "Authorization: Bearer guess")
	wantProblem(t, w, http.StatusTooManyRequests)
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	// The same limit holds for the login and for links.
	form := "Content-Type: application/x-www-form-urlencoded"
	wantProblem(t, h.ask(t, "POST", "/login", "token=x", form), http.StatusTooManyRequests)
	wantProblem(t, h.ask(t, "GET", "/t/x", ""), http.StatusTooManyRequests)
	// Who is right is not held up by who is wrong at the same address.
	h.record(t, storetest.Call("c1", t0)...)
	link, err := h.st.AddLink(t.Context(), "c1", h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for what, w := range map[string]*httptest.ResponseRecorder{
		"the token": h.ask(t, "GET", "/api/v1/callbacks", "", bearer),
		"a session": h.ask(t, "GET", "/api/v1/callbacks", "", h.startCookie(t)),
		"the login": h.ask(t, "POST", "/login", "token="+testToken, form),
		"a link":    h.ask(t, "GET", "/t/"+link, ""),
	} {
		if w.Code != http.StatusOK {
			t.Errorf("%s is held up: %d", what, w.Code)
		}
	}
	h.now = h.now.Add(wrongRefill)
	wantProblem(t, h.ask(t, "GET", "/api/v1/callbacks", "", "Authorization: Bearer guess"), http.StatusUnauthorized)
}

func TestLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.ask(t, "GET", "/conversations?outcome=failed", "", html)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login?next=%2Fconversations%3Foutcome%3Dfailed" {
		t.Fatalf("a page without session: %d %q", w.Code, w.Header().Get("Location"))
	}
	u, err := url.Parse(h.LoginURL())
	if err != nil {
		t.Fatal(err)
	}
	w = h.ask(t, "GET", u.RequestURI()+"&next=/conversations", "", html)
	cookies := w.Result().Cookies()
	if w.Code != http.StatusOK || len(cookies) != 1 || w.Header().Get("Refresh") != "0; url=/conversations" {
		t.Fatalf("login: %d, cookies %v, refresh %q", w.Code, cookies, w.Header().Get("Refresh"))
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || strings.Contains(c.Value, testToken) || strings.Contains(w.Body.String(), testToken) {
		t.Errorf("cookie %+v", c)
	}
	cookie := "Cookie: " + c.Name + "=" + c.Value
	if w := h.ask(t, "GET", "/overview", "", html, cookie); w.Code != http.StatusOK {
		t.Errorf("with the cookie: %d", w.Code)
	}
	h.now = h.now.Add(accounts.DefaultConfig().SessionIdle + time.Second)
	if w := h.ask(t, "GET", "/overview", "", html, cookie); w.Code != http.StatusSeeOther {
		t.Errorf("with an old cookie: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/login?token=wrong", "", html); w.Code != http.StatusUnauthorized || len(w.Result().Cookies()) != 0 {
		t.Errorf("wrong token: %d %v", w.Code, w.Result().Cookies())
	}
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nb"} {
		if got := localPath(next); got != "/overview" {
			t.Errorf("next %q leads to %q", next, got)
		}
	}
	secure := newHouse(t, func(c *Config) { c.PublicURL = "https://voice.example" })
	if c := secure.ask(t, "GET", "/login?token="+testToken, "", html).Result().Cookies(); len(c) != 1 || !c[0].Secure {
		t.Errorf("behind TLS the cookie must be Secure: %v", c)
	}
}

func TestHostsThatAreNotOursAreRefused(t *testing.T) {
	t.Parallel()
	local := newHouse(t, func(c *Config) { c.PublicURL = "https://voice.example"; c.Hosts = []string{"Desk.example"} })
	open := newHouse(t, func(c *Config) { c.Listen, c.AllowInsecure = "0.0.0.0:8080", true })
	named := newHouse(t, func(c *Config) { c.Listen, c.AllowInsecure, c.Hosts = "[::]:8080", true, []string{"voice.example"} })
	for _, tc := range []struct {
		h    *house
		host string
		ok   bool
	}{
		{local, "localhost:8080", true}, {local, "127.0.0.1", true}, {local, "[::1]:8080", true}, {local, "127.9.9.9:1", true},
		{local, "voice.example", true}, {local, "VOICE.example.:443", true}, {local, "desk.example", true},
		{local, "evil.example", false}, {local, "evil.example:8080", false}, {local, "192.0.2.1:8080", false}, {local, "localhost.evil.example", false}, {local, "", false},
		{open, "anything.example", true}, {named, "voice.example:8080", true}, {named, "192.0.2.1:8080", true}, {named, "evil.example", false},
	} {
		w := tc.h.ask(t, "GET", "/api/v1/callbacks", "", bearer, "Host: "+tc.host)
		if tc.ok && w.Code != http.StatusOK || !tc.ok && w.Code != http.StatusMisdirectedRequest {
			t.Errorf("host %q: %d", tc.host, w.Code)
		}
	}
}

func TestConversationsAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	empty := h.ask(t, "GET", "/api/v1/conversations", "", bearer)
	if strings.TrimSpace(empty.Body.String()) != `{"conversations":[]}` {
		t.Errorf("nothing yet: %s", empty.Body)
	}
	for _, id := range []string{"a", "b", "c/d e", "e"} {
		h.record(t, storetest.Call(id, t0)...)
	}
	var ids []string
	next := "/api/v1/conversations?limit=2"
	for next != "" {
		var page struct {
			Conversations []store.Summary
			Next          string
		}
		w := h.ask(t, "GET", next, "", bearer)
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", next, w.Code, err)
		}
		for _, c := range page.Conversations {
			ids = append(ids, c.ID)
		}
		next = page.Next
	}
	if strings.Join(ids, "|") != "a|b|c/d e|e" {
		t.Errorf("paged through %v", ids)
	}
	var one struct {
		store.Summary
		Timezone   string
		Events     []eventJSONIn
		Transcript []Line
	}
	w := h.ask(t, "GET", "/api/v1/conversations/c%2Fd%20e", "", bearer)
	if err := json.Unmarshal(w.Body.Bytes(), &one); err != nil {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	if one.ID != "c/d e" || one.Outcome != "transferred" || one.Timezone != "Europe/Paris" || len(one.Events) != 22 || one.Events[0].Type != "started" || len(one.Transcript) == 0 {
		t.Errorf("got %+v", one.Summary)
	}
	for _, path := range []string{"/api/v1/conversations/nobody", "/api/v1/conversations/nobody/transcript", "/api/v1/nothing", "/nothing"} {
		wantProblem(t, h.ask(t, "GET", path, "", bearer), http.StatusNotFound)
	}
	if w := h.ask(t, "DELETE", "/api/v1/conversations", "", bearer); w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("Allow: %q", w.Header().Get("Allow"))
	} else {
		wantProblem(t, w, http.StatusMethodNotAllowed)
	}
	for _, q := range []string{"limit=0", "limit=501", "limit=x", "before=yesterday", "before_id=a", "open=perhaps", "outcome=R%20E", "colour=red", "limit=1&limit=2", "%zz", "before=0001-01-01T00:00:00Z"} {
		wantProblem(t, h.ask(t, "GET", "/api/v1/conversations?"+q, "", bearer), http.StatusBadRequest)
	}
}

type eventJSONIn struct {
	Seq  uint64
	Type string
}

func TestCallbacksAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, err := h.st.AddCallback(t.Context(), store.Callback{Conv: "c1", At: t0, Phone: "+33612345678", Reason: "nobody", Lang: "fr"})
	if err != nil || id != 1 {
		t.Fatal(id, err)
	}
	const patch, js = "/api/v1/callbacks/1", "Content-Type: application/json"
	if w := h.ask(t, "PATCH", patch, `{"state":"done"}`, bearer, js); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := h.ask(t, "GET", "/api/v1/callbacks?state=open", "", bearer); strings.TrimSpace(w.Body.String()) != `{"callbacks":[]}` {
		t.Errorf("open ones: %s", w.Body)
	}
	if w := h.ask(t, "GET", "/api/v1/callbacks?state=done&limit=1", "", bearer); !strings.Contains(w.Body.String(), `"phone":"+33612345678"`) {
		t.Errorf("done ones: %s", w.Body)
	}
	for _, body := range []string{``, `{}`, `{"state":"lost"}`, `{"state":"done","x":1}`, `{"state":"done"}{}`, `[]`} {
		wantProblem(t, h.ask(t, "PATCH", patch, body, bearer, js), http.StatusBadRequest)
	}
	wantProblem(t, h.ask(t, "PATCH", patch, `{"state":"done"}`, bearer), http.StatusUnsupportedMediaType)
	wantProblem(t, h.ask(t, "PATCH", patch, strings.Repeat(" ", maxBody+1), bearer, js), http.StatusRequestEntityTooLarge)
	wantProblem(t, h.ask(t, "PATCH", "/api/v1/callbacks/2", `{"state":"done"}`, bearer, js), http.StatusNotFound)
	wantProblem(t, h.ask(t, "PATCH", "/api/v1/callbacks/x", `{"state":"done"}`, bearer, js), http.StatusNotFound)
	wantProblem(t, h.ask(t, "GET", "/api/v1/callbacks?state=lost", "", bearer), http.StatusBadRequest)
	wantProblem(t, h.ask(t, "GET", "/api/v1/callbacks?limit=-1", "", bearer), http.StatusBadRequest)

	// A page of another site cannot use our cookie, even one on another port of this machine.
	cookie := h.startCookie(t)
	wantProblem(t, h.ask(t, "PATCH", patch, `{"state":"open"}`, cookie, js, "Sec-Fetch-Site: same-site"), http.StatusForbidden)
	wantProblem(t, h.ask(t, "POST", "/callbacks/1", "state=open", cookie, "Content-Type: application/x-www-form-urlencoded", "Origin: http://127.0.0.1:9999"), http.StatusForbidden)
	w := h.ask(t, "POST", "/callbacks/1", "state=open", cookie, "Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin")
	if w.Code != http.StatusSeeOther {
		t.Errorf("our own form: %d", w.Code)
	}
}

func TestHealthReadinessAndMetrics(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)[0])
	if w := h.ask(t, "GET", "/readyz", ""); w.Code != http.StatusOK {
		t.Errorf("ready: %d", w.Code)
	}
	h.ready = errors.New("draining: 3 calls are still running")
	w := h.ask(t, "GET", "/readyz", "", html)
	wantProblem(t, w, http.StatusServiceUnavailable)
	if !strings.Contains(w.Body.String(), "draining: 3 calls are still running") {
		t.Errorf("no reason: %s", w.Body)
	}
	if w := h.ask(t, "GET", "/healthz", ""); w.Code != http.StatusOK {
		t.Errorf("a draining gateway is alive: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/metrics", ""); !strings.Contains(w.Body.String(), "decroche_bus_events_total 1") {
		t.Errorf("metrics: %s", w.Body)
	}
	if w := h.ask(t, "GET", "/overview", "", bearer, html); !strings.Contains(w.Body.String(), "draining: 3 calls are still running") {
		t.Error("the home page does not say why")
	}
}

func TestServeAndStop(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *Config) { c.Listen = "127.0.0.1:0" })
	if err := h.Listen(); err != nil {
		t.Fatal(err)
	}
	taken := newHouse(t, func(c *Config) { c.Listen = h.Addr() })
	if err := taken.Listen(); err == nil || !strings.Contains(err.Error(), "choose another address with http.listen") {
		t.Errorf("a port in use: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx) }()
	res, err := http.Get(h.URL("/healthz"))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", res, err)
	}
	_ = res.Body.Close()
	// An open stream must not hold up the end.
	req, err := http.NewRequestWithContext(t.Context(), "GET", h.URL("/api/v1/events"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	stream, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if _, err := io.ReadFull(stream.Body, make([]byte, 15)); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("stopping took %v with a stream open", took)
	}
}

func TestConfigProblems(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); p != nil {
		t.Fatalf("the default: %q", p)
	}
	for _, tc := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Listen = "8080" }, `listen: "8080" is not an address; write it as 127.0.0.1:8080`},
		{func(c *Config) { c.Listen = "pbx:8080" }, `listen: "pbx" is not an IP address`},
		{func(c *Config) { c.Listen = "127.0.0.1:" }, `has no port`},
		{func(c *Config) { c.Listen = "127.0.0.1:99999" }, `"99999" is not a port`},
		{func(c *Config) { c.Listen = ":8080" }, `listen: ":8080" can be reached by others and would send transcripts in clear; set tls_cert and tls_key, or allow_insecure: true`},
		{func(c *Config) { c.Listen = "0.0.0.0:8080" }, `can be reached by others`},
		{func(c *Config) { c.Listen = "[::]:8080" }, `can be reached by others`},
		{func(c *Config) { c.Token = "short" }, `token: shorter than 16 characters`},
		{func(c *Config) { c.Token = "0123456789abcdef\n" }, `token: contains a space or a line end`},
		{func(c *Config) { c.PublicURL = "voice.example" }, `public_url: "voice.example" is not the address of a site`},
		{func(c *Config) { c.PublicURL = "https://u:p@voice.example" }, `public_url:`},
		{func(c *Config) { c.Hosts = []string{"http://x"} }, `hosts[0]: "http://x" is not a host name`},
		{func(c *Config) { c.TLSCert = "a.pem" }, `set both tls_cert and tls_key`},
		{func(c *Config) { c.MaxStreams = 0 }, `max_streams: 0 is out of range`},
	} {
		c := DefaultConfig()
		tc.change(&c)
		got := c.Validate()
		if len(got) != 1 || !strings.Contains(got[0], tc.want) || strings.Contains(got[0], "short") && c.Token == "short" && strings.Contains(got[0], `"short"`) {
			t.Errorf("got %q, want %s", got, tc.want)
		}
	}
	c := DefaultConfig()
	c.Listen, c.AllowInsecure = "0.0.0.0:8080", true
	if p := c.Validate(); p != nil {
		t.Errorf("allow_insecure: %q", p)
	}
}

// A filter that was accepted is one that the store understands, and the way to the next page
// says the same thing again.
func FuzzParseQuery(f *testing.F) {
	for _, q := range []string{"", "limit=5&open=true", "before=2026-11-21T09:30:00.123456Z&before_id=a%2Fb", "outcome=resolved&channel=voice", "before=2026-11-21T09:30:00%2B01:00", "a=b;c", "%zz"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := parseQuery(raw)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 400 {
				t.Errorf("the complaint about %q: %q", raw, err)
			}
			return
		}
		if q.Limit < 1 || q.Limit > 500 {
			t.Errorf("limit %d", q.Limit)
		}
		last := store.Summary{ID: "id&=%", Start: t0}
		again, err := parseQuery(nextPage(q, last))
		if err != nil || again.Limit != q.Limit || again.Channel != q.Channel || again.Outcome != q.Outcome || again.Open != q.Open || !again.Before.Equal(t0) || again.BeforeID != last.ID {
			t.Errorf("%q: %+v then %+v, %v", raw, q, again, err)
		}
	})
}
