package console

import (
	"io"
	"net/http"
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
	"decroche/gateway/store/sqlite"
)

// phrases is a console with an inbox over the hotline of the written examples.
func phrases(t *testing.T) (ask func(method, path, kind, body string) (int, string), dir string) {
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
	s, err := New(Deps{Store: st, Board: event.NewBoard(event.NewBus(nil)), Inbox: in}, cfg)
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
	}, dir
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

// The page shows nothing personal and nothing as markup, tries before it writes, and takes back.
func TestInboxPage(t *testing.T) {
	t.Parallel()
	ask, _ := phrases(t)
	const form = "application/x-www-form-urlencoded"
	status, page := ask(http.MethodGet, "/inbox", "", "")
	if status != 200 || !strings.Contains(page, "À trier") || !strings.Contains(page, "•• ••") || strings.Contains(page, "34 56") || strings.Contains(page, "<b>un casque") {
		t.Errorf("%d %s", status, page)
	}
	if _, en := ask(http.MethodGet, "/inbox?lang=en", "", ""); !strings.Contains(en, "To sort") {
		t.Error("not in English")
	}
	status, page = ask(http.MethodPost, "/inbox/1", form, url.Values{"do": {"try"}, "intent": {"reparation"}}.Encode())
	if status != 200 || !strings.Contains(page, "Effet de cet exemple") || !strings.Contains(page, "[0600000000](phone)") {
		t.Errorf("%d %s", status, page)
	}
	if status, page = ask(http.MethodPost, "/inbox/1", form, "do=accept&intent=vente"); status != 422 || !strings.Contains(page, "does not exist") {
		t.Errorf("%d %s", status, page)
	}
	for _, c := range []struct {
		do     string
		status int
	}{{"accept", 303}, {"reopen", 303}, {"dismiss", 303}, {"guess", 400}} {
		if status, page = ask(http.MethodPost, "/inbox/1", form, "intent=reparation&do="+c.do); status != c.status {
			t.Errorf("%s: %d %s", c.do, status, page)
		}
	}
	if _, page = ask(http.MethodGet, "/inbox?state=dismissed&done=1", "", ""); !strings.Contains(page, "Trier de nouveau") || !strings.Contains(page, "Annuler") {
		t.Error(page)
	}
	if status, _ = ask(http.MethodGet, "/inbox", "", ""); status != 200 {
		t.Error(status)
	}
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
