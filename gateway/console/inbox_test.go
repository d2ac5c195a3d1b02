package console

import (
	"context"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/inbox"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// phrases is a console with an inbox over the hotline of the written examples.
func phrases(t *testing.T) (ask func(method, path, kind, body string) (int, string), dir string) {
	t.Helper()
	ask, dir, _ = phrasesOf(t)
	return ask, dir
}

func phrasesOf(t *testing.T) (ask func(method, path, kind, body string) (int, string), dir string, s *Server) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../docs/examples/hotline")); err != nil {
		t.Fatal(err)
	}
	bot, err := flows.Load(os.DirFS(dir), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for i, text := range []string{"ma bicyclette est terminée, c'est le 06 12 34 56 78", "j'aimerais <b>un casque</b>"} {
		conv := string(rune('a' + i))
		for k, b := range []event.Body{event.Started{Channel: "voice", Bot: "atelier", Lang: "fr"}, event.Unclear{Text: text, Why: "no_match"}, event.Ended{Outcome: "resolved"}} {
			if err := st.Append(t.Context(), event.Event{Conv: conv, Seq: uint64(k + 1), At: time.Unix(1.8e9, 0), Body: b}); err != nil {
				t.Fatal(err)
			}
		}
	}
	bots := func() []*flows.Bot { return []*flows.Bot{bot} }
	in := inbox.New(inbox.Deps{Store: st, Bots: bots, Dir: func(string) (string, bool) { return dir, true }})
	cfg := DefaultConfig()
	cfg.Token = "a-token-of-sixteen-or-more"
	s, err = New(Deps{Store: st, Board: event.NewBoard(event.NewBus(nil)), Inbox: in}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return func(method, path, kind, body string) (int, string) {
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+cfg.Token)
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		b, _ := io.ReadAll(w.Body)
		return w.Code, string(b)
	}, dir, s
}

const asJSON = "application/json"

func TestInboxAPI(t *testing.T) {
	t.Parallel()
	ask, dir := phrases(t)
	for _, c := range []struct {
		method, path, kind, body string
		status                   int
		want                     string
	}{
		{"GET", "/api/v1/inbox", "", "", 200, `"text":"ma bicyclette est terminée, c'est le •• •• •• •• ••"`},
		{"GET", "/api/v1/inbox?state=lost", "", "", 400, "use open, accepted or dismissed"},
		{"GET", "/api/v1/inbox?stat=open", "", "", 400, "is not a filter"},
		{"GET", "/api/v1/inbox/1", "", "", 200, `"why":"no_match"`},
		{"GET", "/api/v1/inbox/77", "", "", 404, "no such record"},
		{"GET", "/api/v1/inbox/x", "", "", 404, "no such record"},
		{"POST", "/api/v1/inbox/1/accept", "", "{}", 415, "application/json"},
		{"POST", "/api/v1/inbox/1/accept", asJSON, `{"intnt":"prix"}`, 400, "dry_run"},
		{"POST", "/api/v1/inbox/1/accept", asJSON, `{"intent":"vente"}`, 422, "does not exist; there are horaires"},
		{"POST", "/api/v1/inbox/1/accept", asJSON, `{"intent":"reparation","dry_run":true}`, 200, `"written":false`},
		{"POST", "/api/v1/inbox/1/accept", asJSON, `{"intent":"reparation"}`, 200, `[0600000000](phone)`},
		{"POST", "/api/v1/inbox/1/accept", asJSON, `{"intent":"reparation"}`, 422, "accepted already"},
		{"POST", "/api/v1/inbox/2/dismiss", "", "", 204, ""},
		{"POST", "/api/v1/inbox/2/reopen", "", "", 204, ""},
		{"POST", "/api/v1/conversations/b/label", asJSON, `{"intent":"prix","agent":"karim"}`, 204, ""},
		{"POST", "/api/v1/conversations/b/label", asJSON, `{"intent":"Prix!"}`, 400, "name of an intent"},
		{"POST", "/api/v1/conversations/b/label", asJSON, `{"intent":"vente"}`, 422, "has no intent"},
		{"POST", "/api/v1/conversations/z/label", asJSON, `{"intent":"prix"}`, 404, "no such record"},
		{"GET", "/api/v1/inbox", "", "", 200, `"from":["label"`},
	} {
		if status, body := ask(c.method, c.path, c.kind, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, status, body, c.status, c.want)
		}
	}
	src, err := os.ReadFile(filepath.Join(dir, "intents", "atelier.yaml"))
	if err != nil || !strings.Contains(string(src), "c'est le [0600000000](phone)") || strings.Contains(string(src), "34 56") {
		t.Errorf("%v\n%s", err, src)
	}
}

// Several are published together, after a look at what that changes; out of scope is kept apart.
func TestInboxPublish(t *testing.T) {
	t.Parallel()
	ask, dir := phrases(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/api/v1/inbox", "", 200, `"intents":[{"bot":"atelier","lang":"fr","intents":[{"intent":"horaires","title":"les horaires"}`},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":1,"intent":"reparation"},{"id":2,"intent":"prix"}],"dry_run":true}`, 200, `"written":false,"added":[{"id":1,"lang":"fr","intent":"reparation","example":"ma bicyclette est terminée, c'est le [0600000000](phone)","file":"intents/atelier.yaml"}`},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":1,"intent":"vente"}],"dry_run":true}`, 200, `"refused":[{"id":1,"why":"intent \"vente\" does not exist`},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":1,"intent":"vente"}]}`, 422, "cannot be written"},
		{"POST", "/api/v1/inbox/publish", `{"picks":[]}`, 422, "1 to 200"},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":1}],"now":true}`, 400, "and nothing more"},
		{"POST", "/api/v1/inbox/2/out-of-scope", "", 204, ""},
		{"GET", "/api/v1/inbox?state=dismissed", "", 200, `"decided":"out_of_scope"`},
		{"POST", "/api/v1/inbox/2/reopen", "", 204, ""},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":1,"intent":"reparation"},{"id":2,"intent":"prix","text":"un <b>casque</b>"}]}`, 200, `"written":true`},
		{"GET", "/api/v1/inbox", "", 200, `"groups":[]`},
		{"GET", "/api/v1/audit?what=published_examples", "", 200, `"about":"hotline atelier","detail":"2 examples"`},
	} {
		kind := ""
		if c.body != "" {
			kind = asJSON
		}
		if status, body := ask(c.method, c.path, kind, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, status, body, c.status, c.want)
		}
	}
	src, err := os.ReadFile(filepath.Join(dir, "intents", "atelier.yaml"))
	if err != nil || !strings.Contains(string(src), "un <b>casque</b>") || strings.Contains(string(src), "34 56") {
		t.Errorf("%v\n%s", err, src)
	}
}

// Two sort at once: one has a group for a minute, the other is told who.
func TestInboxLocks(t *testing.T) {
	t.Parallel()
	var l locks
	at := time.Unix(1.8e9, 0)
	if k := l.take(1, "lina", "Lina", at); k.User != "lina" || !k.Until.Equal(at.Add(time.Minute)) {
		t.Errorf("%+v", k)
	}
	if k := l.take(1, "paul", "Paul", at.Add(time.Second)); k.User != "lina" || l.other(1, "paul", at) != "Lina" || l.other(1, "lina", at) != "" {
		t.Errorf("%+v", k)
	}
	if l.take(2, "paul", "Paul", at); len(l.all(at)) != 2 {
		t.Errorf("%+v", l.all(at))
	}
	if l.take(3, "lina", "Lina", at); l.other(1, "paul", at) != "" {
		t.Error("who goes on to another group keeps the first")
	}
	if l.drop(3, "paul"); l.other(3, "paul", at) != "Lina" {
		t.Error("somebody else gave it back")
	}
	if l.drop(3, "lina"); l.other(3, "paul", at) != "" {
		t.Error("not given back")
	}
	if l.take(2, "lina", "Lina", at.Add(lockFor)).User != "lina" {
		t.Error("a lock of a minute ago holds")
	}
}

func TestInboxLocksOverTheAPI(t *testing.T) {
	t.Parallel()
	ask, _, s := phrasesOf(t)
	s.locks.take(2, "lina", "Lina", time.Now())
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/api/v1/inbox/1/lock", "", 200, `"id":1,"user":`},
		{"GET", "/api/v1/inbox/locks", "", 200, `"id":2,"user":"lina","name":"Lina"`},
		{"POST", "/api/v1/inbox/2/lock", "", 200, `"user":"lina"`},
		{"POST", "/api/v1/inbox/2/dismiss", "", 409, "Lina is on it"},
		{"POST", "/api/v1/inbox/2/out-of-scope", "", 409, "Lina is on it"},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":2,"intent":"prix"}]}`, 409, "Lina is on it"},
		{"POST", "/api/v1/inbox/publish", `{"picks":[{"id":2,"intent":"prix"}],"dry_run":true}`, 200, `"added":[{"id":2`},
		{"DELETE", "/api/v1/inbox/1/lock", "", 204, ""},
		{"POST", "/api/v1/inbox/x/lock", "", 404, ""},
		{"GET", "/api/v1/inbox/1/sound", "", 200, `{"sounds":[]}`},
	} {
		kind := ""
		if c.body != "" {
			kind = asJSON
		}
		if status, body := ask(c.method, c.path, kind, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, status, body, c.status, c.want)
		}
	}
}

// An utterance is heard where its call's recording has it; what was typed or erased is not.
func TestInboxSound(t *testing.T) {
	t.Parallel()
	ask, _, s := phrasesOf(t)
	file := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(file, []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1.8e9, 0)
	for k, b := range []event.Body{event.Started{Channel: "voice", Bot: "atelier", Lang: "fr"}, event.Answered{Codec: "PCMA"}, event.Said{Text: "x", StartMS: 1200, EndMS: 3400}, event.Said{Text: "y", Who: "agent", StartMS: 5000, EndMS: 6000}, event.Unclear{Text: "un casque à plumes", Why: "no_match"}, event.Said{Text: "z", StartMS: 9000, EndMS: 9900}} {
		if err := s.d.Store.Append(t.Context(), event.Event{Conv: "heard", Seq: uint64(k + 1), At: at, Body: b}); err != nil {
			t.Fatal(err)
		}
	}
	s.d.Recordings = oneRecording{conv: "heard", file: file}
	if status, body := ask("GET", "/api/v1/inbox/3/sound", "", ""); status != 200 || strings.TrimSpace(body) != `{"sounds":[{"utterance":3,"conversation":"heard","from_ms":1200,"to_ms":3400}]}` {
		t.Error(status, body)
	}
	s.d.Recordings = oneRecording{}
	if _, body := ask("GET", "/api/v1/inbox/3/sound", "", ""); strings.TrimSpace(body) != `{"sounds":[]}` {
		t.Error("of a call whose sound was erased:", body)
	}
}

// oneRecording has the sound of one call.
type oneRecording struct {
	Recordings
	conv, file string
}

func (o oneRecording) Open(_ context.Context, conv string) (*os.File, store.Recording, error) {
	if conv != o.conv {
		return nil, store.Recording{}, store.ErrNotFound
	}
	f, err := os.Open(o.file)
	return f, store.Recording{}, err
}

// The form beside a transcript classifies the conversation, in both languages, and shows what was said.
func TestLabelOnTheTranscript(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	ask, _ := phrases(t)
	for lang, want := range map[string]string{"fr": "De quoi il s’agissait", "en": "What it was about"} {
		if code, page := ask("GET", "/conversations/a?lang="+lang, "", ""); code != 200 || !strings.Contains(page, want) || !strings.Contains(page, `action="/conversations/a/label"`) ||
			!strings.Contains(page, `<option value="prix"`) || strings.Contains(page, `role="status"><span class="tag ok"`) {
			t.Errorf("%s: %d\n%s", lang, code, page)
		}
	}
	for _, c := range []struct {
		path, intent string
		status       int
	}{
		{"a", "prix", 303}, {"a", "vente", 422}, {"a", "", 400}, {"z", "prix", 404},
	} {
		if code, body := ask("POST", "/conversations/"+c.path+"/label", form, url.Values{"intent": {c.intent}}.Encode()); code != c.status {
			t.Errorf("%s %q: %d %s", c.path, c.intent, code, body)
		}
	}
	if _, page := ask("GET", "/conversations/a?lang=fr", "", ""); !strings.Contains(page, `<option value="prix" selected`) || !strings.Contains(page, `role="status"><span class="tag ok"`) {
		t.Errorf("after the label:\n%s", page)
	}
	if _, body := ask("GET", "/api/v1/inbox", "", ""); !strings.Contains(body, `"from":["label"`) {
		t.Errorf("the inbox has not learned it: %s", body)
	}
}
