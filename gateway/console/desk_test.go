package console

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

// deskHouse is a house with desks, and an agent who has signed in.
func deskHouse(t *testing.T) (h *house, d *agents.Desk, lina string) {
	t.Helper()
	h = newHouse(t)
	d = agents.NewDesk(agents.DefaultDeskConfig(), nil, time.Now)
	h.d.Desk, h.d.Notes = d, h.st.(store.Notes)
	h.d.HangUp = func(_ context.Context, agent, conv string) error {
		if !d.Leave(agent, conv) {
			return agents.ErrNoOffer
		}
		return nil
	}
	return h, d, h.add(t, "lina", accounts.Agent)
}

// state asks for something and reads the desk that is answered.
func (h *house) state(t *testing.T, method, path, body, cookie string) (st agents.State) {
	t.Helper()
	w := h.ask(t, method, path, body, cookie, js, ours)
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &st); err != nil {
		t.Fatal(err)
	}
	return st
}

// A whole call by API: signing in, the offer, accepting, notes, hanging up, the conclusion.
func TestACallAtTheDesk(t *testing.T) {
	t.Parallel()
	h, d, lina := deskHouse(t)
	h.record(t, storetest.Call("c1", t0)[:4]...)
	if st := h.state(t, "POST", "/api/v1/desk/presence", `{"status":"available"}`, lina); st.TakesNot != "unheard" {
		t.Errorf("no page has said that it is there: %+v", st)
	}
	w := h.ask(t, "POST", "/api/v1/desk/heartbeat", `{"tab":"a","microphone":true}`, lina, js, ours)
	if !strings.Contains(w.Body.String(), `"sound":true`) {
		t.Errorf("the only page has the sound: %s", w.Body)
	}
	w = h.ask(t, "POST", "/api/v1/desk/heartbeat", `{"tab":"b","microphone":true}`, lina, js, ours)
	if !strings.Contains(w.Body.String(), `"sound":false,"tabs":2`) {
		t.Errorf("a second page is told that the sound is in the first: %s", w.Body)
	}
	a, err := d.Offer(t.Context(), agents.Request{Conv: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	of, err := d.Show("lina", agents.Offer{Conv: "c1", Channel: "voice", Origin: "bot", Who: "Nadia", Why: "Colis non reçu."}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if st := h.state(t, "GET", "/api/v1/desk", "", lina); st.Offer == nil || st.Offer.Why != "Colis non reçu." {
		t.Fatalf("no offer: %+v", st)
	}
	wantProblem(t, h.ask(t, "POST", "/api/v1/desk/offers/c2/accept", "", lina, ours), http.StatusConflict)
	wantProblem(t, h.ask(t, "POST", "/api/v1/desk/presence", `{"status":"break","reason":"pause"}`, lina, js, ours), http.StatusConflict)
	if st := h.state(t, "POST", "/api/v1/desk/offers/c1/accept", "", lina); st.Offer != nil || st.Ended.How != agents.Taken {
		t.Errorf("%+v", st)
	}
	if !of.Join() {
		t.Fatal("not joined")
	}
	note := `{"text":"Rappeler <img onerror=alert(1)>.","conclusion":"","proposed":"résolu"}`
	if w := h.ask(t, "PUT", "/api/v1/desk/calls/c1/note", note, lina, js, ours); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	wantProblem(t, h.ask(t, "PUT", "/api/v1/desk/calls/nope/note", note, lina, js, ours), http.StatusNotFound)
	wantProblem(t, h.ask(t, "PUT", "/api/v1/desk/calls/c1/note", `{"text":"","conclusion":"perdu"}`, lina, js, ours), http.StatusBadRequest)
	wantProblem(t, h.ask(t, "PUT", "/api/v1/desk/calls/c1/note", `{"text":"`+strings.Repeat("x", mostNote+1)+`"}`, lina, js, ours), http.StatusRequestEntityTooLarge)
	wantProblem(t, h.ask(t, "POST", "/api/v1/desk/calls/c2/hang-up", "", lina, ours), http.StatusConflict)
	if w := h.ask(t, "POST", "/api/v1/desk/calls/c1/hang-up", "", lina, ours); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	a.Release()
	if st := h.state(t, "POST", "/api/v1/desk/wrap-up", "", lina); st.Status != agents.WrapUp || !st.Extended {
		t.Errorf("%+v", st.Presence)
	}
	wantProblem(t, h.ask(t, "POST", "/api/v1/desk/wrap-up", "", lina, ours), http.StatusConflict)
	if w := h.ask(t, "PUT", "/api/v1/desk/calls/c1/note", `{"text":"Fait.","conclusion":"à suivre","proposed":"résolu"}`, lina, js, ours); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if st := h.state(t, "GET", "/api/v1/desk", "", lina); st.Status != agents.Available || st.Why != agents.WhyConcluded {
		t.Errorf("%+v", st.Presence)
	}
	var got struct{ Notes []store.Note }
	if err := json.Unmarshal(h.ask(t, "GET", "/api/v1/desk/calls/c1/notes", "", lina).Body.Bytes(), &got); err != nil || len(got.Notes) != 1 || got.Notes[0].Text != "Fait." || got.Notes[0].Conclusion != "à suivre" {
		t.Errorf("%+v %v", got, err)
	}
	if w := h.ask(t, "DELETE", "/api/v1/desk/tabs/a", "", lina, ours); w.Code != http.StatusNoContent || d.State("lina").Sound != "b" {
		t.Errorf("%d, sound at %q", w.Code, d.State("lina").Sound)
	}
}

// A telephone that rings instead of the browser goes on doing so whatever status its owner chooses, until
// they take it back or leave.
func TestATelephoneAtTheDeskStays(t *testing.T) {
	t.Parallel()
	h, _, lina := deskHouse(t)
	for i, c := range []struct{ body, phone string }{
		{`{"status":"available","address":"sip:201@192.0.2.7"}`, "sip:201@192.0.2.7"},
		{`{"status":"break","reason":"pause"}`, "sip:201@192.0.2.7"},
		{`{"status":"available","address":""}`, ""},
		{`{"status":"available","address":"sip:201@192.0.2.7"}`, "sip:201@192.0.2.7"},
		{`{"status":"offline"}`, ""},
		{`{"status":"available"}`, ""},
	} {
		if st := h.state(t, "POST", "/api/v1/desk/presence", c.body, lina); st.Phone != c.phone {
			t.Errorf("%d, %s: calls ring at %q, want %q", i, c.body, st.Phone, c.phone)
		}
	}
	const at = "/api/v1/desk/telephone"
	if st := h.state(t, "PUT", at, `{"address":"sip:201@192.0.2.7"}`, lina); st.Phone != "sip:201@192.0.2.7" || st.Status != agents.Available {
		t.Errorf("%+v", st.Presence)
	}
	for _, bad := range []string{`{}`, `{"address":null}`, `{"address":"201"}`, `{"address":"rtc:lina"}`, `{"address":"sip:a@b\r\nVia: x"}`, `{"address":"sip:` + strings.Repeat("a", 300) + `@b"}`, `{"address":"sip:1@h","more":1}`, `[]`} {
		wantProblem(t, h.ask(t, "PUT", at, bad, lina, js, ours), http.StatusBadRequest)
	}
	if st := h.state(t, "PUT", at, `{"address":""}`, lina); st.Phone != "" {
		t.Errorf("still at %q", st.Phone)
	}
}

func TestWhatADeskRefuses(t *testing.T) {
	t.Parallel()
	h, _, lina := deskHouse(t)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/api/v1/desk/presence", `{"status":"on_call"}`, 400},
		{"POST", "/api/v1/desk/presence", `{"status":"break"}`, 400},
		{"POST", "/api/v1/desk/presence", `{"status":"available","address":"tel:12"}`, 400},
		{"POST", "/api/v1/desk/presence", `{"status":"break","reason":"a\nb"}`, 400},
		{"POST", "/api/v1/desk/presence", `{"status":"available","who":"x"}`, 400},
		{"POST", "/api/v1/desk/heartbeat", `{"tab":"","microphone":true}`, 400},
		{"POST", "/api/v1/desk/offers/c1/decline", `{"reason":"tired"}`, 400},
		{"POST", "/api/v1/desk/offers/c1/decline", `{"reason":"technical"}`, 409},
		{"POST", "/api/v1/desk/wrap-up", ``, 409},
	} {
		wantProblem(t, h.ask(t, c.method, c.path, c.body, lina, js, ours), c.status)
	}
	if w := h.ask(t, "GET", "/api/v1/desk", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/api/v1/desk", "", h.add(t, "bob", accounts.Builder)); w.Code != http.StatusForbidden {
		t.Errorf("a builder: %d", w.Code)
	}
}

// The stream shows the agent's desk and the talk they are in, words that are being said included, and
// nothing of another conversation.
func TestTheDeskStream(t *testing.T) {
	t.Parallel()
	h, d, lina := deskHouse(t)
	call := storetest.Call("c1", t0)
	h.record(t, call[:4]...)
	h.record(t, storetest.Call("c2", t0)[:4]...)
	srv := httptest.NewServer(h.Handler())
	defer srv.Close()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/api/v1/desk/events", nil)
	name, value, _ := strings.Cut(lina, ": ")
	req.Header.Set(name, value)
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, 1<<20)
	until := func(want, having string) string {
		t.Helper()
		for {
			name, data := sse(t, in)
			if strings.Contains(data, `"c2"`) {
				t.Fatalf("shown of another conversation: %s", data)
			}
			if name == want && strings.Contains(data, having) {
				return data
			}
		}
	}
	until("state", `"status":"offline"`)
	d.Beat("lina", "Lina", "a", true, false)
	if err := d.Set("lina", "Lina", agents.Available, "", ""); err != nil {
		t.Fatal(err)
	}
	until("state", `"takes_calls":true`)
	until("team", `"free":true`)
	if _, err := d.Offer(t.Context(), agents.Request{Conv: "c1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Show("lina", agents.Offer{Conv: "c1", Why: "Colis non reçu."}, time.Minute); err != nil {
		t.Fatal(err)
	}
	until("conversation", `"id":"c1"`)
	w := store.NewWriter(h.st, "c1", h.bus, nil)
	other := store.NewWriter(h.st, "c2", h.bus, nil)
	other.Show(event.Partial{Text: "autre chose"})
	w.Show(event.Partial{Who: "agent", Text: "bonjour madame"})
	if got := until("event", `"partial"`); !strings.Contains(got, `"seq":0`) || !strings.Contains(got, `"text":"bonjour madame"`) || !strings.Contains(got, `"who":"agent"`) {
		t.Errorf("%s", got)
	}
	h.record(t, call[4])
	until("event", `"seq":5`)
}
