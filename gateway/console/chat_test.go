package console

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"decroche/flows"
	"decroche/gateway/accounts"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/store/sqlite"
	"decroche/internal/limit"
)

// echo is a mind that repeats; "colis" makes it ask for an action, "fin" ends.
type echo struct{}

func (echo) Turn(_ context.Context, _ flows.State, in flows.Input) (flows.Output, error) {
	out := flows.Output{State: flows.State{Raw: []byte(`{}`)}, Lang: "fr", Next: flows.Listen}
	say := func(s string) {
		out.Say = append(out.Say, flows.Prompt{ID: "f/s", Text: s, Quick: []string{"Oui", "Non"}})
	}
	switch {
	case in.Kind == flows.Start:
		say("bonjour")
	case in.Kind == flows.Acted:
		say("fini " + in.Outcome)
	case in.Text == "colis":
		say("je regarde")
		out.Next, out.Act = flows.DoAct, &flows.Act{Name: "http"}
	case in.Text == "fin" || in.Kind == flows.Hangup:
		out.Next, out.Outcome = flows.End, "resolved"
	default:
		say("écho " + in.Text + in.Digits)
	}
	return out, nil
}

// gate is an action that waits to be let go.
type gate chan struct{}

func (gate) Spec() flows.Spec { return flows.Spec{Name: "http"} }
func (g gate) Run(ctx context.Context, _ map[string]any) (flows.Done, error) {
	select {
	case <-g:
		return flows.Done{Outcome: "ok"}, nil
	case <-ctx.Done():
		return flows.Done{}, ctx.Err()
	}
}

// chatHouse is a console with typed conversations, served over real HTTP.
type chatHouse struct {
	*Server
	srv *httptest.Server
	let gate
}

func newChatHouse(t *testing.T, change ...func(*chat.Config)) *chatHouse {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	cfg := chat.DefaultConfig()
	for _, c := range change {
		c(&cfg)
	}
	h := &chatHouse{let: make(gate)}
	bus := event.NewBus(nil)
	host := chat.New(chat.Deps{Memory: st, Bus: bus, Actions: map[string]flows.Action{"http": h.let},
		Bots: func(name string) (chat.Bot, bool) {
			return chat.Bot{Name: "test", Mind: echo{}}, name == "" || name == "test"
		}}, cfg)
	cc := DefaultConfig()
	cc.Token = testToken
	if h.Server, err = New(Deps{Store: st, Board: event.NewBoard(bus), Chat: host}, cc); err != nil {
		t.Fatal(err)
	}
	h.serve(t)
	t.Cleanup(func() {
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		host.Close(gone)
	})
	return h
}

// serve begins to answer over real HTTP.
func (h *chatHouse) serve(t *testing.T) {
	h.srv = httptest.NewServer(h.Handler())
	t.Cleanup(h.srv.Close)
}

// call makes one request and decodes the answer.
func (h *chatHouse) call(t *testing.T, method, path, token, body string, out any, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, l := range header {
		name, value, _ := strings.Cut(l, ": ")
		req.Header.Set(name, value)
	}
	resp, err := h.srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			t.Fatalf("%s %s: %s: %v", method, path, resp.Status, err)
		}
	}
	return resp
}

func (h *chatHouse) begin(t *testing.T) chat.Opened {
	t.Helper()
	var o chat.Opened
	if resp := h.call(t, "POST", "/api/v1/chat", testToken, `{"lang": "fr", "metadata": {"user": "7"}}`, &o); resp.StatusCode != http.StatusCreated {
		t.Fatal(resp.Status)
	}
	if o.ID == "" || len(o.Token) < 20 || len(o.Messages) != 1 || o.Messages[0].Text != "bonjour" || !slices.Equal(o.Messages[0].Quick, []chat.Quick{{Label: "Oui", Value: "Oui"}, {Label: "Non", Value: "Non"}}) {
		t.Fatalf("created %+v", o)
	}
	return o
}

func texts(p chat.Page) (out []string) {
	for _, m := range p.Messages {
		out = append(out, m.Text)
	}
	return out
}

func TestChatByPolling(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t)
	o := h.begin(t)
	base := "/api/v1/chat/" + o.ID
	var p chat.Page
	for _, c := range []struct{ body, want string }{
		{`{"id":"1","text":"salut"}`, "salut|écho salut"}, {`{"id":"1","text":"salut"}`, "écho salut"},
		{`{"quick":2}`, "Non|écho Non"}, {`{"quick":"oui"}`, "Oui|écho Oui"}, {`{"digits":"12#"}`, "12#|écho 12#"},
		{`{"text":"שלום 👩‍👧 \u202eafn\u0000"}`, "שלום 👩‍👧 afn|écho שלום 👩‍👧 afn"},
	} {
		if resp := h.call(t, "POST", base+"/messages", o.Token, c.body, &p); resp.StatusCode != http.StatusOK || strings.Join(texts(p), "|") != c.want {
			t.Errorf("%s: %s %q", c.body, resp.Status, texts(p))
		}
	}
	if h.call(t, "GET", base+"/messages?after="+fmt.Sprint(o.Next), o.Token, "", &p); len(p.Messages) != 10 {
		t.Errorf("%d messages after the first", len(p.Messages))
	}
	if resp := h.call(t, "POST", base+"/messages", o.Token, `{"text":"colis"}`, &p); resp.StatusCode != http.StatusAccepted || !p.Working {
		t.Errorf("during an action: %s %+v", resp.Status, p)
	}
	go func() { time.Sleep(20 * time.Millisecond); close(h.let) }()
	for after := p.Next; len(texts(p)) == 0 || texts(p)[len(p.Messages)-1] != "fini ok"; {
		if resp := h.call(t, "GET", fmt.Sprintf("%s/messages?wait=25s&after=%d", base, after), o.Token, "", &p); resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status)
		}
	}
	if resp := h.call(t, "DELETE", base, o.Token, "", nil); resp.StatusCode != http.StatusNoContent {
		t.Error(resp.Status)
	}
	if h.call(t, "GET", base+"/messages", o.Token, "", &p); !p.Ended || p.Outcome != "resolved" {
		t.Errorf("after the end: %+v", p)
	}
}

func TestChatRefusals(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t)
	o, other := h.begin(t), h.begin(t)
	path := "/api/v1/chat/" + o.ID + "/messages"
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		detail                    string
		header                    []string
	}{
		{"POST", path, o.Token, `{"text":"` + strings.Repeat("a", 100<<10) + `"}`, 413, "(chat.max_text)", nil},
		{"POST", path, o.Token, `{"text":"` + strings.Repeat("a", 4001) + `"}`, 413, "4001 bytes; at most 4000 are taken (chat.max_text)", nil},
		{"POST", path, o.Token, "{\"text\":\"\xff\"}", 400, "UTF-8", nil},
		{"POST", path, o.Token, `{"text":"\u0000\u0007"}`, 422, "empty", nil},
		{"POST", path, o.Token, strings.Repeat("[", 5000), 400, "nests deeper", nil},
		{"POST", path, o.Token, `{"text":"a","text2":"b"}`, 400, "unknown field", nil},
		{"POST", path, o.Token, `{"text":"a","quick":1}`, 400, "give one of", nil},
		{"POST", path, o.Token, `{}`, 400, "give one of", nil},
		{"POST", path, o.Token, `{"text":"a"} {"text":"b"}`, 400, "goes on after its end", nil},
		{"POST", path, o.Token, `{"quick":7}`, 422, "no button 7", nil},
		{"POST", path, o.Token, `{"digits":"12a"}`, 422, "0-9", nil},
		{"POST", path, o.Token, `{"id":"` + strings.Repeat("x", 101) + `","text":"a"}`, 400, "id:", nil},
		{"POST", path, o.Token, `{"attachment":{"name":"facture.pdf"}}`, 422, "attachments cannot be read", nil},
		{"POST", path, o.Token, "--x--", 415, "attachments cannot be read", []string{"Content-Type: multipart/form-data; boundary=x"}},
		{"POST", path, o.Token, "a=b", 415, "application/json", []string{"Content-Type: application/x-www-form-urlencoded"}},
		{"POST", path, other.Token, `{"text":"a"}`, 401, "does not open", nil},
		{"POST", path, "", `{"text":"a"}`, 401, "token", nil},
		{"POST", "/api/v1/chat/nulle/messages", testToken, `{"text":"a"}`, 404, "no such conversation", nil},
		{"POST", "/api/v1/chat", o.Token, `{}`, 401, "token", nil},
		{"POST", "/api/v1/chat", testToken, `{"bot":"autre"}`, 422, "bot:", nil},
		{"POST", "/api/v1/chat", testToken, `{"phone":"<script>"}`, 422, "phone:", nil},
		{"POST", "/api/v1/chat", testToken, `{"metadata":{"a":"` + strings.Repeat("x", 5000) + `"}}`, 413, "metadata", nil},
		{"GET", path + "?after=x", o.Token, "", 400, "after:", nil},
		{"GET", path + "?wait=x", o.Token, "", 400, "wait:", nil},
		{"GET", "/api/v1/chat/" + o.ID + "/events", o.Token, "", 400, "after:", []string{"Last-Event-ID: x"}},
		{"POST", path, o.Token, `{"text":"a"}`, 403, "own pages", []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}},
	} {
		var p problem
		h.wrong = limit.NewRate(1/wrongRefill.Seconds(), wrongTries, time.Now)
		h.Server.chat.rate = limit.NewRate(1000, 1000, time.Now)
		resp := h.call(t, c.method, c.path, c.token, c.body, &p, c.header...)
		if resp.StatusCode != c.status || resp.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(p.Detail, c.detail) {
			t.Errorf("%s %s %.60s: %s %q, want %d %q", c.method, c.path, c.body, resp.Status, p.Detail, c.status, c.detail)
		}
	}
	var p chat.Page
	h.call(t, "GET", path, o.Token, "", &p)
	if got := texts(p); len(got) != 3 || !strings.HasPrefix(got[2], "Je ne peux pas ouvrir les pièces jointes.") {
		t.Errorf("the bot said %q", got)
	}
}

func TestChatLimitsOfASource(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t, func(c *chat.Config) { c.RateBurst, c.RatePerSource, c.MaxStreams = 3, 0.001, 1 })
	o := h.begin(t)
	path := "/api/v1/chat/" + o.ID + "/messages"
	for i, want := range []int{200, 200, 200, 429} {
		resp := h.call(t, "POST", path, o.Token, `{"text":"a"}`, nil)
		if resp.StatusCode != want || (want == 429) != (resp.Header.Get("Retry-After") != "") {
			t.Errorf("message %d: %s", i+1, resp.Status)
		}
	}
	if resp := h.call(t, "POST", path, testToken, `{"text":"a"}`, nil); resp.StatusCode != 200 {
		t.Errorf("with the API's token: %s", resp.Status)
	}
	h.Server.chat.waits <- struct{}{}
	for _, p := range []string{path + "?wait=1s", "/api/v1/chat/" + o.ID + "/events", "/api/v1/chat/" + o.ID + "/ws"} {
		if resp := h.call(t, "GET", p, o.Token, "", nil); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s over chat.max_streams: %s", p, resp.Status)
		}
	}
}

func TestChatFromAnotherSite(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t, func(c *chat.Config) { c.AllowedOrigins = []string{"https://www.example.com"} })
	o := h.begin(t)
	path := "/api/v1/chat/" + o.ID + "/messages"
	site := []string{"Origin: https://www.example.com", "Sec-Fetch-Site: cross-site"}
	resp := h.call(t, "OPTIONS", path, "", "", nil, append(site, "Access-Control-Request-Method: POST")...)
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != "https://www.example.com" || !strings.Contains(resp.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("asked before: %s %v", resp.Status, resp.Header)
	}
	if resp := h.call(t, "POST", path, o.Token, `{"text":"a"}`, nil, site...); resp.StatusCode != 200 || resp.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("sent: %s", resp.Status)
	}
	// Its pages need a token: a session that came along counts for nothing.
	session, err := h.acc.SignInStart(t.Context(), testToken, accounts.Client{Local: true})
	if err != nil {
		t.Fatal(err)
	}
	cookie := "Cookie: decroche=" + session.Secret
	if resp := h.call(t, "POST", path, "", `{"text":"b"}`, nil, append(site, cookie)...); resp.StatusCode != 401 {
		t.Errorf("sent with a session: %s", resp.Status)
	}
	if resp := h.call(t, "GET", path, "", "", nil, cookie); resp.StatusCode != 200 {
		t.Errorf("our own page with that session: %s", resp.Status)
	}
	for _, p := range []string{path, "/api/v1/conversations"} {
		resp := h.call(t, "OPTIONS", p, "", "", nil, "Origin: https://evil.example", "Access-Control-Request-Method: POST")
		if resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: a stranger's site is let in", p)
		}
	}
}

// chatStream reads events of a stream: "name: data".
func chatStream(t *testing.T, h *chatHouse, path string, header ...string) (next func() (id, name, data string)) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", h.srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range header {
		name, value, _ := strings.Cut(l, ": ")
		req.Header.Set(name, value)
	}
	resp, err := h.srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("X-Accel-Buffering") != "no" {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	return func() (id, name, data string) {
		for lines.Scan() {
			switch key, value, _ := strings.Cut(lines.Text(), ": "); key {
			case "id":
				id = value
			case "event":
				name = value
			case "data":
				data = value
			case "":
				if name != "" {
					return id, name, data
				}
			}
		}
		return "", "", ""
	}
}

func TestChatAsAStream(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t)
	o := h.begin(t)
	path := "/api/v1/chat/" + o.ID
	next := chatStream(t, h, path+"/events?token="+o.Token)
	id, name, data := next()
	if name != "message" || id != fmt.Sprint(o.Messages[0].N) || !strings.Contains(data, `"bonjour"`) {
		t.Fatalf("%s %s %s", id, name, data)
	}
	h.call(t, "POST", path+"/messages", o.Token, `{"text":"colis"}`, nil)
	var got []string
	for range 3 {
		_, name, data := next()
		got = append(got, name+" "+data)
	}
	if !strings.Contains(got[0], "colis") || !strings.Contains(got[1], "je regarde") || got[2] != `working {"type":"working","working":true}` {
		t.Errorf("%q", got)
	}
	close(h.let)
	if _, name, data = next(); name != "message" || !strings.Contains(data, "fini ok") {
		t.Errorf("%s %s", name, data)
	}
	if _, name, data = next(); name != "working" || !strings.Contains(data, "false") {
		t.Errorf("%s %s", name, data)
	}
	h.call(t, "POST", path+"/messages", o.Token, `{"text":"fin"}`, nil)
	next()
	if _, name, data = next(); name != "ended" || data != `{"type":"ended","outcome":"resolved"}` {
		t.Errorf("%s %s", name, data)
	}
	again := chatStream(t, h, path+"/events", "Authorization: Bearer "+o.Token, "Last-Event-ID: "+id)
	if _, name, data = again(); name != "message" || !strings.Contains(data, "colis") {
		t.Errorf("resumed with %s %s", name, data)
	}
}

func TestChatOverAWebSocket(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t)
	o := h.begin(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	at := "ws" + strings.TrimPrefix(h.srv.URL, "http") + "/api/v1/chat/" + o.ID + "/ws?token=" + o.Token
	if _, resp, err := websocket.Dial(ctx, at, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://evil.example"}}}); err == nil || resp.StatusCode != 403 {
		t.Errorf("from a stranger's site: %v", err)
	}
	c, _, err := websocket.Dial(ctx, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	frame := func() (f chatFrame) {
		_, data, err := c.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := frame(); f.Type != "message" || f.Message.Text != "bonjour" {
		t.Fatalf("%+v", f)
	}
	// The answer and the word that it was taken come in any order.
	exchange := func(kind websocket.MessageType, body string, n int) (got []string) {
		t.Helper()
		if err := c.Write(ctx, kind, []byte(body)); err != nil {
			t.Fatal(err)
		}
		for range n {
			f := frame()
			s := f.Type + " " + f.ID + f.Outcome
			if f.Message != nil {
				s = f.Message.Text
			}
			if f.Status != 0 {
				s += fmt.Sprint(f.Status)
			}
			got = append(got, s)
		}
		slices.Sort(got)
		return got
	}
	for _, c := range []struct {
		kind websocket.MessageType
		body string
		want string
	}{
		{websocket.MessageText, `{"id":"1","text":"salut"}`, "accepted 1|salut|écho salut"},
		{websocket.MessageText, `{"id":"1","text":"salut"}`, "accepted 1"},
		{websocket.MessageText, `{`, "error 400"},
		{websocket.MessageText, `{"text":"` + strings.Repeat("é", 3000) + `"}`, "error 413"},
		{websocket.MessageBinary, "\x89PNG", "Je ne peux pas ouvrir les pièces jointes. Dites-moi en quelques mots ce qu’elle contient, je le note.|error 422"},
		{websocket.MessageText, `{"id":"2","text":"fin"}`, "accepted 2|ended resolved|fin"},
	} {
		if got := strings.Join(exchange(c.kind, c.body, strings.Count(c.want, "|")+1), "|"); got != c.want {
			t.Errorf("%.40q: got %q, want %q", c.body, got, c.want)
		}
	}
	if _, _, err := c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("at the end: %v", err)
	}
}

// The server's limits on slow requests must not end a reader who waits.
func TestChatWaitersOutliveTheServersDeadlines(t *testing.T) {
	t.Parallel()
	h := newChatHouse(t)
	o := h.begin(t)
	srv := httptest.NewUnstartedServer(h.Handler())
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	srv.Start()
	h.srv.Close()
	h.srv = srv
	next := chatStream(t, h, "/api/v1/chat/"+o.ID+"/events?token="+o.Token+"&after="+fmt.Sprint(o.Next))
	var p chat.Page
	if h.call(t, "GET", fmt.Sprintf("/api/v1/chat/%s/messages?after=%d&wait=700ms", o.ID, o.Next), o.Token, "", &p); p.Next != o.Next {
		t.Errorf("%+v", p)
	}
	if _, err := h.d.Chat.Send(t.Context(), o.ID, chat.Incoming{Text: "salut"}); err != nil {
		t.Fatal(err)
	}
	if _, name, data := next(); name != "message" || !strings.Contains(data, "salut") {
		t.Errorf("after the deadlines: %q %q", name, data)
	}
}
