package console

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/accounts/oidc"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/store/storetest"
	"decroche/internal/peer/idp"
)

// What belongs to one conversation, one person or one link opens nothing else, whatever is put in place of
// its name.
func TestNobodyOpensWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	f := newChatFloor(t)
	open := func() chat.Opened {
		t.Helper()
		o, err := f.d.Chat.Create(t.Context(), chat.Opening{From: "api"})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	mine, other := open(), open()
	f.record(t, storetest.Call("c1", t0)...)
	link, err := f.st.AddLink(t.Context(), "c1", f.now.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	boss := f.add(t, "paule", accounts.Supervisor)
	var sessionOf = map[string]string{}
	for s, err := range f.acc.Sessions(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		sessionOf[s.User] = s.ID
	}
	token := "Authorization: Bearer " + mine.Token
	at := chatPath + "/" + other.ID
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
	}{
		{"a caller reads another's messages", "GET", at + "/messages", "", []string{token}, 401},
		{"a caller watches another's", "GET", at + "/events?token=" + mine.Token, "", nil, 401},
		{"a caller's socket to another's", "GET", at + "/ws?token=" + mine.Token, "", []string{"Upgrade: websocket", "Connection: Upgrade"}, 401},
		{"a caller writes in another's", "POST", at + "/messages", `{"text":"oui"}`, []string{token, js}, 401},
		{"a caller rates another's", "POST", at + "/rating", `{"score":1}`, []string{token, js}, 401},
		{"a caller ends another's", "DELETE", at, "", []string{token}, 401},
		{"a caller's token by query for what changes", "POST", chatPath + "/" + mine.ID + "/messages?token=" + mine.Token, `{"text":"oui"}`, []string{js, ours}, 401},
		{"a caller's token for the record", "GET", "/api/v1/conversations/" + mine.ID, "", []string{token}, 401},
		{"a caller's token for the list", "GET", "/api/v1/conversations", "", []string{token}, 401},
		{"a caller's token as a link", "GET", "/t/" + mine.Token, "", nil, 404},
		{"an ID as a call's address", "POST", callsPath + "/c1/messages", `{"text":"oui"}`, []string{js, ours}, 404},
		{"an ID as a call's address, to watch", "GET", callsPath + "/c1/events", "", nil, 404},
		{"an ID as a call's address, to rate", "POST", callsPath + "/c1/rating", `{"score":1}`, []string{js, ours}, 404},
		{"a link for the API", "GET", "/api/v1/conversations/c1", "", []string{"Authorization: Bearer " + link}, 401},
		{"a link as a session", "GET", "/api/v1/conversations/c1", "", []string{"Cookie: decroche=" + link}, 401},
		{"an agent writes as the caller", "POST", at + "/messages", `{"text":"oui"}`, []string{f.lina, js, ours}, 403},
		{"an agent ends as the caller", "DELETE", at, "", []string{f.lina, ours}, 403},
		{"an agent rates as the caller", "POST", at + "/rating", `{"score":3}`, []string{f.lina, js, ours}, 403},
		{"an agent's socket as the caller", "GET", at + "/ws", "", []string{f.lina, "Upgrade: websocket", "Connection: Upgrade"}, 403},
		{"an agent writes in what is not with them", "POST", deskChatsPath + other.ID + "/messages", `{"id":"k1","text":"oui"}`, []string{f.lina, js, ours}, 409},
		{"an agent accepts what nobody offered", "POST", "/api/v1/desk/offers/" + other.ID + "/accept", "", []string{f.lina, ours}, 409},
		{"an agent hangs up for another", "POST", "/api/v1/desk/calls/c1/hang-up", "", []string{f.lina, ours}, 409},
		{"an agent ends another's session", "DELETE", "/api/v1/sessions/" + sessionOf["omar"], "", []string{f.lina, ours}, 404},
		{"an agent lists everybody's sessions", "GET", "/api/v1/sessions?all=true", "", []string{f.lina}, 403},
		{"an agent takes the table away", "GET", "/api/v1/conversations.csv", "", []string{f.lina}, 403},
		{"an agent takes a record away", "GET", "/api/v1/conversations/c1/vcon", "", []string{f.lina}, 403},
		{"an agent hears a recording", "GET", "/api/v1/conversations/c1/recording", "", []string{f.lina}, 403},
		{"an agent reads the audit list", "GET", "/api/v1/audit", "", []string{f.lina}, 403},
		{"an agent listens", "POST", "/api/v1/calls/c1/supervision", `{"address":"rtc:me"}`, []string{f.lina, js, ours}, 403},
		{"an agent makes themselves an admin", "PATCH", "/api/v1/users/lina", `{"role":"admin"}`, []string{f.lina, js, ours}, 403},
		{"a supervisor makes themselves an admin", "PATCH", "/api/v1/users/paule", `{"role":"admin"}`, []string{boss, js, ours}, 403},
		{"a supervisor makes a token", "POST", "/api/v1/tokens", `{"name":"x","user":"root","scopes":["users:manage"]}`, []string{boss, js, ours}, 403},
		{"a supervisor's board on another's line", "POST", "/api/v1/calls/c1/supervision", `{"address":"rtc:lina"}`, []string{boss, js, ours}, 400},
	} {
		f.now = f.now.Add(time.Minute) // wrong tokens are counted
		w := f.ask(t, c.method, c.path, c.body, c.header...)
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d; %s", c.name, w.Code, c.status, w.Body)
		}
		if text := w.Body.String(); strings.Contains(text, "bonjour") || strings.Contains(text, other.Token) {
			t.Errorf("%s: something of it is told: %s", c.name, text)
		}
	}
	for _, o := range []chat.Opened{mine, other} {
		if got := notes[event.Said](t, f.house, o.ID); len(got) > 0 {
			t.Errorf("somebody wrote: %v", got)
		}
		if got := notes[event.Rated](t, f.house, o.ID); len(got) > 0 {
			t.Errorf("somebody rated: %v", got)
		}
	}
}

// One's own token opens one's own conversation, also in a browser in which somebody of the company is
// signed in.
func TestTheCallersTokenBesideASession(t *testing.T) {
	t.Parallel()
	f := newChatFloor(t)
	o, err := f.d.Chat.Create(t.Context(), chat.Opening{From: "api"})
	if err != nil {
		t.Fatal(err)
	}
	if w := f.ask(t, "POST", chatPath+"/"+o.ID+"/messages", `{"text":"oui"}`, "Authorization: Bearer "+o.Token, f.lina, js, ours); w.Code != http.StatusOK && w.Code != http.StatusAccepted {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := f.ask(t, "GET", chatPath+"/"+o.ID+"/messages", "", f.lina); w.Code != http.StatusOK {
		t.Errorf("reading: %d %s", w.Code, w.Body)
	}
}

// A conversation is rated a few times at most: its own token would fill the record otherwise.
func TestRatingsAreBounded(t *testing.T) {
	t.Parallel()
	f := newChatFloor(t)
	o, err := f.d.Chat.Create(t.Context(), chat.Opening{From: "api"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range mostRatings + 2 {
		want := http.StatusNoContent
		if i >= mostRatings {
			want = http.StatusUnprocessableEntity
		}
		if w := f.ask(t, "POST", chatPath+"/"+o.ID+"/rating", `{"score":3}`, "Authorization: Bearer "+o.Token, js); w.Code != want {
			t.Errorf("rating %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if got := notes[event.Rated](t, f.house, o.ID); len(got) != mostRatings {
		t.Errorf("%d ratings are in the record", len(got))
	}
}

// Who is signed in labels in their own name, by API and by the form; a token may say for whom.
func TestLabelsAreInOnesOwnName(t *testing.T) {
	t.Parallel()
	f := newFortress(t)
	lina, at := f.cookies[accounts.Agent], "/api/v1/conversations/c1/label"
	wantProblem(t, f.ask(t, "POST", at, `{"intent":"prix","agent":"karim"}`, lina, js, ours), http.StatusForbidden)
	for _, c := range []struct{ path, kind, body, who, want string }{
		{at, js, `{"intent":"prix"}`, lina, "one-agent"},
		{"/conversations/c1/label", form, "intent=prix", lina, "one-agent"},
		{at, js, `{"intent":"prix","agent":"karim"}`, bearer, "karim"},
	} {
		w := f.ask(t, "POST", c.path, c.body, c.who, c.kind, ours)
		got := notes[event.Labelled](t, f.house, "c1")
		if w.Code >= 400 || len(got) == 0 || got[len(got)-1].Agent != c.want {
			t.Errorf("%s: %d %s, labelled %v, want by %s", c.path, w.Code, w.Body, got, c.want)
		}
	}
}

// A stranger neither fills the log with returns that nobody began, nor begins so many sign-ins that those of
// others are forgotten.
func TestOIDCIsHeldUp(t *testing.T) {
	t.Parallel()
	p := idp.New("decroche", "s3cret")
	t.Cleanup(p.Close)
	h := newHouseOf(t, func(c *accounts.Config, o *accounts.Options) {
		c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.Roles = p.URL, "decroche", map[string]string{"leads": "supervisor"}
		o.OIDC = oidc.New(c.OIDC, "s3cret", "http://127.0.0.1:8080"+OIDCReturn, time.Now)
	})
	log := &journal{}
	h.d.Log = slog.New(slog.NewTextHandler(log, nil))
	statuses := map[int]int{}
	for range 3 * wrongTries {
		w := h.ask(t, "GET", OIDCReturn+"?state=x&code=y&error="+strings.Repeat("e", 4000), "", "Cookie: decroche_oidc=nobodys")
		statuses[w.Code]++
	}
	if statuses[http.StatusBadRequest] != wrongTries || statuses[http.StatusTooManyRequests] != 2*wrongTries {
		t.Errorf("returns are answered %v", statuses)
	}
	if n := strings.Count(log.String(), "\n"); n > wrongTries || len(log.String()) > 400*wrongTries {
		t.Errorf("%d lines and %d bytes in the log", n, len(log.String()))
	}
	clear(statuses)
	for range begunAtOnce + 10 {
		statuses[h.ask(t, "GET", "/login/oidc", "").Code]++
	}
	if statuses[http.StatusSeeOther] != begunAtOnce || statuses[http.StatusTooManyRequests] != 10 {
		t.Errorf("sign-ins are begun %v", statuses)
	}
	if w := h.ask(t, "GET", "/login/oidc", "", "From: 192.0.2.9"); w.Code != http.StatusSeeOther {
		t.Errorf("somebody elsewhere: %d", w.Code)
	}
}
