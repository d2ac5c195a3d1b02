package console

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store/storetest"
)

// A supervisor reads a running call word by word: nothing that was said before, nothing of another call, and
// the end with the call's.
func TestASupervisorReadsACallAsItIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	shown := event.NewCaptions(h.bus)
	h.d.Captions, h.d.Agent = shown, func(name string) string { return strings.ToUpper(name) }
	call := storetest.Call("c1", t0)
	h.record(t, call[:4]...)
	srv := httptest.NewServer(h.Handler())
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/api/v1/calls/c1/captions", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	in := bufio.NewScanner(res.Body)
	expect := func(kind, want string) {
		t.Helper()
		if name, data := sse(t, in); name != kind || !strings.Contains(data, want) {
			t.Errorf("%s %s, want %s %s", name, data, kind, want)
		}
	}
	at := func(seq uint64, body event.Body) event.Event {
		return event.Event{Conv: "c1", Seq: seq, At: t0, Body: body}
	}
	shown.Show("c2", event.Caption{Who: "caller", N: 1, Text: "autre chose"})
	shown.Show("c1", event.Caption{Who: "bot", N: 7, Text: "Je regarde."})
	expect("line", `{"id":"bot-7","who":"bot","text":"Je regarde.","partial":true`)
	h.record(t, at(5, event.Prompted{Text: "Je regarde. Un instant.", Heard: "Je regarde. Un instant."}))
	expect("line", `{"id":"bot-7","who":"bot","text":"Je regarde. Un instant.","at_ms"`)
	h.record(t, at(6, event.Bridged{Agent: "karim"}))
	expect("with", `{"agent":"KARIM","state":"agent"}`)
	shown.Show("c1", event.Caption{Who: "agent", N: 1, Text: "bonjour ma"})
	expect("line", `{"id":"agent-1","who":"agent","name":"KARIM","text":"bonjour ma","partial":true`)
	h.record(t, at(7, event.Ended{Outcome: "transferred", By: "caller"}))
	expect("ended", `"outcome":"transferred"`)
	for in.Scan() {
		if in.Text() != "" {
			t.Errorf("after the end: %q", in.Text())
		}
	}
	wantProblem(t, h.ask(t, "GET", "/api/v1/calls/c1/captions", "", bearer), http.StatusNotFound)
	if shown.Watched("c1") {
		t.Error("still watched after the end")
	}
}

// Only who may watch the live board, and not more of them than there is room for.
func TestWhoMayReadACallAsItIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(t, storetest.Call("c1", t0)[:4]...)
	const path = "/api/v1/calls/c1/captions"
	wantProblem(t, h.ask(t, "GET", path, ""), http.StatusUnauthorized)
	wantProblem(t, h.ask(t, "GET", path, "", h.add(t, "lina", accounts.Agent)), http.StatusForbidden)
	for _, id := range []string{"nobody", "%3Cb%3E", "c1%00", strings.Repeat("x", 4000)} {
		wantProblem(t, h.ask(t, "GET", "/api/v1/calls/"+id+"/captions", "", bearer), http.StatusNotFound)
	}
	h.readers = make(chan struct{}, 1)
	h.readers <- struct{}{}
	w := h.ask(t, "GET", path, "", bearer)
	wantProblem(t, w, http.StatusServiceUnavailable)
	if !strings.Contains(w.Body.String(), "http.max_streams") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%s", w.Body)
	}
}
