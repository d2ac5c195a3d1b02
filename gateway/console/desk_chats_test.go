package console

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/chat"
	"decroche/gateway/desk"
)

// asker is echo, and asks for a person when it is told "humain".
type asker struct{ echo }

func (a asker) Turn(ctx context.Context, st flows.State, in flows.Input) (flows.Output, error) {
	switch {
	case in.Text == "humain":
		return flows.Output{State: flows.State{Raw: []byte(`{}`)}, Lang: "fr", Next: flows.HandOff, Transfer: &flows.Transfer{Reason: "asked", Topic: "colis non reçu"}}, nil
	case in.Kind == flows.Returned && in.Outcome == "completed":
		return flows.Output{State: flows.State{Raw: []byte(`{}`)}, Lang: "fr", Next: flows.End, Outcome: "resolved", Say: []flows.Prompt{{ID: "f/s", Text: "au revoir"}}}, nil
	case in.Kind == flows.Resume && in.Step == "nulle/part":
		return flows.Output{}, &flows.ResumeError{Detail: `step: there is no "nulle/part"`}
	}
	return a.echo.Turn(ctx, st, in)
}

// chatFloor is a house with desks and typed conversations; lina and omar are signed in, their pages there.
type chatFloor struct {
	*house
	desk       *agents.Desk
	lina, omar string // cookies
}

func newChatFloor(t *testing.T) *chatFloor {
	t.Helper()
	h, d, lina := deskHouse(t)
	f := &chatFloor{house: h, desk: d, lina: lina, omar: h.add(t, "omar", accounts.Agent)}
	h.d.Chat = chat.New(chat.Deps{Memory: h.st.(chat.Memory), Bus: h.bus, Desk: d,
		Bots: func(string) (chat.Bot, bool) { return chat.Bot{Name: "colibri", Mind: asker{}}, true },
		Offer: func(conv string) agents.Offer {
			b, _ := h.d.Board.Brief(conv)
			return desk.Describe(b, desk.Names{})
		}}, chat.DefaultConfig())
	h.chat = newChatDoor(h.d)
	t.Cleanup(func() { h.d.Chat.Close(context.Background()) })
	f.beat(t, f.lina)
	if st := h.state(t, "POST", "/api/v1/desk/presence", `{"status":"available"}`, lina); !st.TakesChat || st.Takes {
		t.Fatalf("without a microphone: chats, and no calls: %+v", st)
	}
	return f
}

func (f *chatFloor) beat(t *testing.T, cookie string) {
	t.Helper()
	if w := f.ask(t, "POST", "/api/v1/desk/heartbeat", `{"tab":"a","microphone":false}`, cookie, js, ours); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

// asks begins a conversation that asks for a person and returns it.
func (f *chatFloor) asks(t *testing.T) chat.Opened {
	t.Helper()
	o, err := f.d.Chat.Create(t.Context(), chat.Opening{From: "api"})
	if err == nil {
		_, err = f.d.Chat.Send(t.Context(), o.ID, chat.Incoming{Text: "humain"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// until looks at a desk until it is as it should be.
func (f *chatFloor) until(t *testing.T, cookie, what string, is func(agents.State) bool) agents.State {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		f.beat(t, cookie)
		st := f.state(t, "GET", "/api/v1/desk", "", cookie)
		if is(st) {
			return st
		}
		if time.Now().After(end) {
			t.Fatalf("%s: %+v", what, st)
		}
	}
}

func (f *chatFloor) chats(t *testing.T, method, conv, what, body, cookie string) *httptest.ResponseRecorder {
	t.Helper()
	return f.ask(t, method, "/api/v1/desk/chats/"+conv+"/"+what, body, cookie, js, ours)
}

// hers waits until lina's yes is written down.
func (f *chatFloor) hers(t *testing.T, conv string) {
	t.Helper()
	f.until(t, f.lina, "the yes is not written down", func(agents.State) bool {
		return f.chats(t, "POST", conv, "typing", "", f.lina).Code == http.StatusNoContent
	})
}

// A chat by API: offered, accepted, written in both ways, noted, ended; the stream of the desk shows two
// at once, and the person who has what.
func TestAChatAtTheDesk(t *testing.T) {
	t.Parallel()
	f := newChatFloor(t)
	srv := httptest.NewServer(f.Handler())
	defer srv.Close()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/api/v1/desk/events", nil)
	name, value, _ := strings.Cut(f.lina, ": ")
	req.Header.Set(name, value)
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, 1<<20)
	seen := func(want, conv, having string) {
		t.Helper()
		for {
			if name, data := sse(t, in); name == want && strings.Contains(data, conv) && strings.Contains(data, having) {
				return
			}
		}
	}
	one, two := f.asks(t), f.asks(t)
	st := f.until(t, f.lina, "both are offered", func(s agents.State) bool { return len(s.ChatOffers) == 2 })
	if o := st.ChatOffers[0]; o.Who != "Visiteur" || o.Phone != "" || o.Channel != "text" || o.Why != "Colis non reçu." || st.Offer != nil {
		t.Errorf("%+v", o)
	}
	seen("conversation", two.ID, `"channel":"text"`)
	for _, c := range []chat.Opened{one, two} {
		if st := f.state(t, "POST", "/api/v1/desk/offers/"+c.ID+"/accept", "", f.lina); st.ChatEnded.How != agents.Taken {
			t.Errorf("%+v", st)
		}
	}
	f.until(t, f.lina, "both are hers", func(s agents.State) bool { return len(s.Chats) == 2 })
	said := `{"id":"a1","text":"<img src=x onerror=alert(1)> bonjour"}`
	f.hers(t, one.ID)
	w := f.chats(t, "POST", one.ID, "messages", said, f.lina)
	var m chat.Message
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || m.From != chat.FromAgent || m.Text != "<img src=x onerror=alert(1)> bonjour" || m.ID != "a1" {
		t.Errorf("%s %v", w.Body, err)
	}
	seen("event", one.ID, `"id":"a1"`)
	if w := f.chats(t, "POST", one.ID, "typing", "", f.lina); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = f.ask(t, "GET", "/api/v1/chat/"+one.ID+"/messages", "", "Authorization: Bearer "+one.Token)
	if !strings.Contains(w.Body.String(), `"with":{"state":"agent","agent":"lina","typing":true}`) || strings.Count(w.Body.String(), "onerror") != 1 {
		t.Errorf("%s", w.Body)
	}
	if _, err := f.d.Chat.Send(t.Context(), two.ID, chat.Incoming{Text: "et moi ?"}); err != nil {
		t.Fatal(err)
	}
	seen("event", two.ID, "et moi ?")
	if w := f.ask(t, "PUT", "/api/v1/desk/calls/"+one.ID+"/note", `{"text":"Fait.","conclusion":"résolu"}`, f.lina, js, ours); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := f.chats(t, "POST", one.ID, "end", "", f.lina); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := f.chats(t, "POST", two.ID, "hand-back", `{"step":"nulle/part"}`, f.lina); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "nulle/part") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := f.chats(t, "POST", two.ID, "hand-back", "", f.lina); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	f.until(t, f.lina, "she has none", func(s agents.State) bool { return len(s.Chats) == 0 })
	w = f.ask(t, "GET", "/api/v1/conversations/"+one.ID, "", f.lina)
	for _, want := range []string{`"outcome":"transferred"`, `"who":"agent"`, `"name":"lina"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the record has no %s: %s", want, w.Body)
		}
	}
}

// What is refused, each with a plain sentence: somebody else's, nothing, too much, too late.
func TestWhatAChatAtTheDeskRefuses(t *testing.T) {
	t.Parallel()
	f := newChatFloor(t)
	c := f.asks(t)
	f.until(t, f.lina, "offered", func(s agents.State) bool { return len(s.ChatOffers) == 1 })
	wantProblem(t, f.ask(t, "POST", "/api/v1/desk/offers/"+c.ID+"/accept", "", f.omar, ours), http.StatusConflict)
	f.state(t, "POST", "/api/v1/desk/offers/"+c.ID+"/accept", "", f.lina)
	f.state(t, "POST", "/api/v1/desk/offers/"+c.ID+"/accept", "", f.lina) // from a second page of hers
	wantProblem(t, f.ask(t, "POST", "/api/v1/desk/offers/"+c.ID+"/accept", "", f.omar, ours), http.StatusConflict)
	f.hers(t, c.ID)
	wantProblem(t, f.ask(t, "POST", "/api/v1/desk/presence", `{"status":"offline"}`, f.lina, js, ours), http.StatusConflict)
	long := fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 100<<10))
	for name, r := range map[string]struct {
		what, body, cookie string
		status             int
		says               string
	}{
		"empty":          {"messages", `{"text":" "}`, f.lina, 422, "empty"},
		"100 kB":         {"messages", long, f.lina, 413, "chat.max_text"},
		"5 kB":           {"messages", fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 5000)), f.lina, 413, "chat.max_text"},
		"a button":       {"messages", `{"quick":1}`, f.lina, 422, "empty"},
		"no JSON":        {"messages", `bonjour`, f.lina, 400, "send"},
		"an attachment":  {"messages", `{"text":"x","file":"y"}`, f.lina, 422, "attachments"},
		"not UTF-8":      {"messages", "{\"text\":\"a\xff\"}", f.lina, 400, "UTF-8"},
		"somebody's":     {"messages", `{"text":"bonjour"}`, f.omar, 409, "not with you"},
		"somebody ends":  {"end", "", f.omar, 409, "not with you"},
		"back, not his":  {"hand-back", `{}`, f.omar, 409, "not with you"},
		"typing not his": {"typing", "", f.omar, 409, "not with you"},
		"odd hand-back":  {"hand-back", `{"steps":"x"}`, f.lina, 400, "send"},
	} {
		w := f.chats(t, "POST", c.ID, r.what, r.body, r.cookie)
		if wantProblem(t, w, r.status); !strings.Contains(w.Body.String(), r.says) {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
	wantProblem(t, f.chats(t, "POST", "none", "messages", `{"text":"x"}`, f.lina), http.StatusNotFound)
	wantProblem(t, f.chats(t, "POST", c.ID, "messages", `{"text":"x"}`, ""), http.StatusUnauthorized)
	wantProblem(t, f.chats(t, "POST", c.ID, "messages", `{"text":"x"}`, f.add(t, "bob", accounts.Builder)), http.StatusForbidden)
	if err := f.d.Chat.End(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	w := f.chats(t, "POST", c.ID, "messages", `{"text":"trop tard"}`, f.lina)
	if wantProblem(t, w, http.StatusConflict); !strings.Contains(w.Body.String(), "ended") {
		t.Errorf("%s", w.Body)
	}
}
