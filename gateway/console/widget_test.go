package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

func TestHours(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time { // 2026-11-23 is a Monday
		v, err := time.Parse("2006-01-02 15:04", "2026-11-"+s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tc := range []struct{ hours, at, open string }{
		{"mon-fri 9:00-18:00", "23 09:00", "yes"}, {"mon-fri 9:00-18:00", "23 08:59", ""}, {"mon-fri 9:00-18:00", "23 18:00", ""},
		{"mon-fri 9:00-18:00", "28 10:00", ""}, {"sat 9:00-12:00", "28 10:00", "yes"}, {"8:00-20:00", "29 19:59", "yes"},
		{"fri-mon 9:00-10:00", "22 09:30", "yes"}, {"fri-mon 9:00-10:00", "24 09:30", ""},
		{"fri 22:00-6:00", "28 05:59", "yes"}, {"fri 22:00-6:00", "28 22:30", ""}, {"fri 22:00-6:00", "27 22:00", "yes"}, {"sat 0:00-24:00", "28 23:59", "yes"},
	} {
		h, err := parseHours(tc.hours)
		if err != nil || h.open(at(tc.at)) != (tc.open != "") {
			t.Errorf("%s at %s: open %v, %v", tc.hours, tc.at, h.open(at(tc.at)), err)
		}
	}
	for _, bad := range []string{"", "mon", "mo-fr 9:00-18:00", "mon-xyz 9:00-18:00", "mon 9-18", "mon 9:60-18:00", "mon 24:00-25:00", "mon 9:00-9:00", "mon 9:00-18:00 x"} {
		if h, err := parseHours(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, h)
		}
	}
	week, _ := parseHours("mon-fri 9:00-18:00")
	if got := opens([]hours{week}, at("27 18:30")); !got.Equal(at("30 09:00")) {
		t.Errorf("after Friday it opens %v", got)
	}
	if got := opens(nil, at("27 18:30")); !got.IsZero() {
		t.Errorf("no hours open %v", got)
	}
}

func TestWidgetConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := DefaultWidgetConfig()
	if bad := good.Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	for want, change := range map[string]func(*WidgetConfig){
		"sites[0]: ":        func(c *WidgetConfig) { c.Sites = []string{"https://a.example/; script-src *"} },
		"hours[1]: ":        func(c *WidgetConfig) { c.Hours = []string{"9:00-18:00", "always"} },
		"outside: ":         func(c *WidgetConfig) { c.Outside = "" },
		"after: ":           func(c *WidgetConfig) { c.After = -time.Second },
		"phone: ":           func(c *WidgetConfig) { c.Phone = "<b>" },
		"accent: ":          func(c *WidgetConfig) { c.Accent = "red" },
		"rate_per_source: ": func(c *WidgetConfig) { c.RatePerSource = 0 },
		"rate_burst: ":      func(c *WidgetConfig) { c.RateBurst = 0 },
	} {
		c := DefaultWidgetConfig()
		change(&c)
		if bad := c.Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], want) || !strings.Contains(bad[0], ";") {
			t.Errorf("%s: %q", want, bad)
		}
	}
}

// lobby is a console whose pages anybody may write from.
type lobby struct {
	*chatHouse
	st  store.Store
	now time.Time
}

func newLobby(t *testing.T, change ...func(*Deps)) *lobby {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	l := &lobby{st: st, now: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
	bus := event.NewBus(nil)
	host := chat.New(chat.Deps{Memory: st, Bus: bus, Bots: func(name string) (chat.Bot, bool) {
		return chat.Bot{Name: "test", Mind: echo{}}, name == "" || name == "test"
	}}, chat.DefaultConfig())
	d := Deps{Store: st, Board: event.NewBoard(bus), Chat: host, Widget: DefaultWidgetConfig(), Now: func() time.Time { return l.now },
		Bots:   func() []Bot { return []Bot{{Name: "test", Title: "Test", Languages: []string{"fr"}}} },
		Asks:   func(_, lang string) []string { return []string{"suivre " + lang} },
		Search: func(_, _, text string) []Article { return slices.Repeat([]Article{{ID: text}}, 7) }}
	for _, c := range change {
		c(&d)
	}
	cc := DefaultConfig()
	cc.Token = testToken
	l.chatHouse = &chatHouse{}
	if l.Server, err = New(d, cc); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Close(t.Context()) })
	l.chatHouse.serve(t)
	return l
}

func TestAnybodyMayWriteFromOurPages(t *testing.T) {
	t.Parallel()
	l := newLobby(t)
	var c struct{ ID, Token string }
	if res := l.call(t, "POST", "/api/v1/chat", "", `{}`, &c); res.StatusCode != http.StatusCreated || c.Token == "" {
		t.Fatalf("%d %+v", res.StatusCode, c)
	}
	if res := l.call(t, "POST", "/api/v1/chat", "", `{}`, nil, "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("from a page of another site: %d", res.StatusCode)
	}
	if res := l.call(t, "POST", "/api/v1/chat", "wrong", `{}`, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong token is let in as nobody: %d", res.StatusCode)
	}
	for i := range 40 {
		res := l.call(t, "POST", "/api/v1/chat", "", `{}`, nil)
		if res.StatusCode == http.StatusTooManyRequests {
			if res.Header.Get("Retry-After") == "" || i < 10 {
				t.Errorf("refused after %d, Retry-After %q", i, res.Header.Get("Retry-After"))
			}
			if res := l.call(t, "POST", "/api/v1/chat", testToken, `{}`, nil); res.StatusCode != http.StatusCreated {
				t.Errorf("who has the API's token is counted: %d", res.StatusCode)
			}
			return
		}
	}
	t.Error("one address may begin conversations for ever")
}

func TestRating(t *testing.T) {
	t.Parallel()
	l := newLobby(t)
	var c struct{ ID, Token string }
	l.call(t, "POST", "/api/v1/chat", "", `{}`, &c)
	rate := "/api/v1/chat/" + c.ID + "/rating"
	for body, want := range map[string]int{`{"score": 0}`: 422, `{"score": 4}`: 422, `{"score": "3"}`: 400, `{}`: 422, `{"score": 1, "x": 1}`: 400} {
		if res := l.call(t, "POST", rate, c.Token, body, nil); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", body, res.StatusCode, want)
		}
	}
	if res := l.call(t, "POST", rate, "", `{"score": 3}`, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger rates: %d", res.StatusCode)
	}
	l.call(t, "DELETE", "/api/v1/chat/"+c.ID, c.Token, "", nil)
	if res := l.call(t, "POST", rate, c.Token, `{"score": 3, "comment": "merci"}`, nil); res.StatusCode != http.StatusNoContent {
		t.Errorf("after the end: %d", res.StatusCode)
	}
	var got event.Rated
	for e, err := range l.st.Events(t.Context(), c.ID, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := e.Body.(event.Rated); ok {
			got = v
		}
	}
	if got != (event.Rated{Survey: "faces", Score: 3, Scale: 3, Comment: "merci"}) {
		t.Errorf("kept %+v", got)
	}
}

func TestCallbackForm(t *testing.T) {
	t.Parallel()
	l := newLobby(t)
	const path = "/api/v1/widget/callbacks"
	for body, want := range map[string]int{`{"phone": "12"}`: 422, `{"phone": "sip:123456@evil.example"}`: 422, `{"phone": "<script>123456"}`: 422, `{"bot": "nobody", "phone": "0612345678"}`: 422, `[]`: 400} {
		if res := l.call(t, "POST", path, "", body, nil); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", body, res.StatusCode, want)
		}
	}
	if res := l.call(t, "POST", path, "", `{"phone": "06 12 34 56 78", "reason": "mon colis", "window": "9 h - 12 h", "lang": "fr"}`, nil); res.StatusCode != http.StatusNoContent {
		t.Fatalf("%d", res.StatusCode)
	}
	var n int
	for c, err := range l.st.Callbacks(t.Context(), store.CallbackQuery{Limit: 10}) {
		if err != nil || c.Phone != "06 12 34 56 78" || c.Reason != "mon colis" || c.Window != "9 h - 12 h" || c.State != "open" || c.Conv == "" {
			t.Errorf("%+v %v", c, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d callbacks", n)
	}
}

func TestWhatTheWidgetShows(t *testing.T) {
	t.Parallel()
	ask := func(l *lobby, query string) (i WidgetInfo, status int) {
		res := l.call(t, "GET", "/api/v1/widget"+query, "", "", &i)
		return i, res.StatusCode
	}
	if i, _ := ask(newLobby(t), "?lang=en"); !i.Open || !i.Show || i.Why != "" || i.Voice || !slices.Equal(i.Asks, []string{"suivre en"}) {
		t.Errorf("by default: %+v", i)
	}
	if _, status := ask(newLobby(t), "?bot=other"); status != http.StatusNotFound {
		t.Errorf("an unknown bot: %d", status)
	}
	closed := newLobby(t, func(d *Deps) { d.Widget.Hours = []string{"mon-fri 10:00-12:00"} })
	if i, _ := ask(closed, ""); i.Open || !i.Show || i.Why != "hours" || i.Opens == nil || i.Opens.Hour() != 10 {
		t.Errorf("before the hours: %+v", i)
	}
	closed.now = closed.now.Add(time.Hour)
	if i, _ := ask(closed, ""); !i.Open {
		t.Errorf("within the hours: %+v", i)
	}
	if i, _ := ask(newLobby(t, func(d *Deps) { d.Widget.NeedsAgent, d.Agents, d.Widget.Outside = true, func() int { return 0 }, "hide" }), ""); i.Show || i.Why != "agents" {
		t.Errorf("without an agent: %+v", i)
	}
	if i, _ := ask(newLobby(t, func(d *Deps) { d.Widget.Enabled = false }), ""); i.Show || i.Open || i.Why != "disabled" {
		t.Errorf("disabled: %+v", i)
	}
	l := newLobby(t)
	var found struct{ Articles []Article }
	if res := l.call(t, "GET", "/api/v1/widget/articles?q=douane", "", "", &found); res.StatusCode != http.StatusOK || len(found.Articles) != 5 || found.Articles[0].ID != "douane" {
		t.Errorf("search: %d %+v", res.StatusCode, found)
	}
	if res := l.call(t, "GET", "/api/v1/widget/articles?q=%20", "", "", nil); res.StatusCode != http.StatusBadRequest {
		t.Errorf("search for nothing: %d", res.StatusCode)
	}
}

func TestFrontPages(t *testing.T) {
	t.Parallel()
	l := newLobby(t, func(d *Deps) { d.Widget.Sites = []string{"https://www.example.com"} })
	for path, frames := range map[string]string{"/": "frame-ancestors 'none'", "/widget": "frame-ancestors 'self' https://www.example.com"} {
		res := l.call(t, "GET", path, "", "", nil)
		csp := res.Header.Get("Content-Security-Policy")
		if res.StatusCode != http.StatusOK || !strings.HasSuffix(csp, frames) || strings.Contains(csp, "unsafe") || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %q", path, res.StatusCode, csp)
		}
	}
	res := l.call(t, "GET", "/widget.js", "", "", nil)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("widget.js: %d %v", res.StatusCode, res.Header)
	}
	for _, path := range []string{"/web/caller/index.html", "/web/nothing.js", "/web/SHA256SUMS"} {
		if res := l.call(t, "GET", path, "", "", nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
