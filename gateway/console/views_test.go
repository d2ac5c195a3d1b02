package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

func viewsOf(t *testing.T, h *house, conv string) []store.View {
	t.Helper()
	w := h.ask(t, "GET", "/api/v1/conversations/"+conv, "", "Authorization: Bearer "+testToken)
	var got struct {
		Views []store.View `json:"viewed_by"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || got.Views == nil {
		t.Fatal(w.Code, err, w.Body)
	}
	return got.Views
}

// Who opens a transcript is kept, by account or link, and seen by staff, not by who holds the link; what a
// page asks for by itself is not counted. Links that are taken back open nothing.
func TestViewedBy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)...)
	h.record(t, storetest.Call("c2", t0)...)
	bearer := "Authorization: Bearer " + testToken
	if got := viewsOf(t, h, "c1"); len(got) != 0 {
		t.Errorf("read by the API is not viewed: %+v", got)
	}
	token, err := h.st.AddLink(t.Context(), "c1", h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	other, err := h.st.AddLink(t.Context(), "c2", h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	const html = "Accept: text/html"
	for range 2 {
		h.ask(t, "GET", "/t/"+token, "", html)
	}
	h.ask(t, "HEAD", "/t/"+token, "", html)
	h.ask(t, "GET", "/t/"+token, "", html, `If-None-Match: "x"`)
	h.ask(t, "GET", "/t/"+token, "", html, "Sec-Fetch-Dest: empty")
	h.ask(t, "GET", "/t/wrong", "", html)
	h.now = h.now.Add(time.Minute)
	w := h.ask(t, "GET", "/conversations/c1", "", html, bearer)
	link := store.LinkName(token)
	got := viewsOf(t, h, "c1")
	if len(got) != 2 || got[0].Link || got[0].Times != 1 || !got[1].Link || got[1].Who != link || got[1].Times != 2 || strings.Contains(token, link) {
		t.Errorf("%+v", got)
	}
	if body := w.Body.String(); !strings.Contains(body, "Consultée par") || !strings.Contains(body, "Lien "+link) || !strings.Contains(body, "2 fois") || !strings.Contains(body, "Révoquer les liens") {
		t.Error(body)
	}
	if w = h.ask(t, "GET", "/t/"+token, "", html); strings.Contains(w.Body.String(), "Consultée par") || strings.Contains(w.Body.String(), "Révoquer") {
		t.Error("who holds the link sees who else looked")
	}
	w = h.ask(t, "DELETE", "/api/v1/conversations/c1/links", "", bearer)
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"revoked":1}` {
		t.Error(w.Code, w.Body)
	}
	if w = h.ask(t, "GET", "/t/"+token+"?lang=en", "", html); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "This link is no longer valid") || !strings.Contains(w.Body.String(), "revoked") {
		t.Error(w.Code, w.Body)
	}
	if w = h.ask(t, "GET", "/t/"+other, "", html); w.Code != 200 {
		t.Error("the link of another conversation:", w.Code)
	}
	if w = h.ask(t, "DELETE", "/api/v1/conversations/nobody/links", "", bearer); w.Code != 404 {
		t.Error(w.Code)
	}
	for e, err := range h.acc.AuditList(t.Context(), store.AuditQuery{What: revokedLinks}) {
		if err != nil || e.About != "conversation c1" {
			t.Error(e, err)
		}
	}
}

// Who opened a transcript is shown as others call them, whether they take calls or not; who hides their number is
// an unknown caller.
func TestViewedByName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.d.Agent = named(func(string) string { return "" })
	h.record(t, event.Event{Conv: "c1", Seq: 1, At: t0, Body: event.Started{From: "sip:anonymous@anonymous.invalid", Called: "hotline", Lang: "fr"}})
	if _, err := h.acc.AddUser(t.Context(), accounts.Identity{User: "root", Role: accounts.Admin}, accounts.NewUser{Name: "paule", Display: "Paule Girard", Role: "supervisor"}); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"paule", "demo-supervisor", "gone"} {
		if err := h.d.Views.AddView(t.Context(), store.View{Conv: "c1", Who: who, Last: h.now}); err != nil {
			t.Fatal(err)
		}
	}
	body := h.ask(t, "GET", "/conversations/c1", "", "Accept: text/html", "Authorization: Bearer "+testToken).Body.String()
	for _, want := range []string{"<li>Paule Girard ", "<li>Paule (démo) ", "<li>gone ", "<h1>Appelant inconnu</h1>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if strings.Contains(body, "anonymous</h1>") {
		t.Error("who hides their number is called anonymous")
	}
}
