package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/chat"
	"decroche/gateway/inbox"
	"decroche/gateway/record"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
)

// journal is a log that can be read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// fortress is a console with everything behind it, and somebody of each role before it.
type fortress struct {
	*house
	log     *journal
	cookies map[accounts.Role]string
}

func newFortress(t *testing.T) *fortress {
	t.Helper()
	log := &journal{}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f := &fortress{house: newHouseOf(t, func(_ *accounts.Config, o *accounts.Options) { o.Log = logger }), log: log, cookies: map[accounts.Role]string{}}
	f.record(t, storetest.Call("c1", t0)...)
	d := agents.NewDesk(agents.DefaultDeskConfig(), nil, time.Now)
	st := f.st.(*sqlite.Store)
	cfg := record.DefaultConfig()
	cfg.Dir = t.TempDir()
	rec, err := record.New(cfg, st, nil, logger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rec.Close(context.Background()) })
	bot, err := flows.Load(os.DirFS("../../docs/examples/hotline"), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	over := &NotDone{http.StatusNotFound, "over", "no such call is running"}
	p := &f.d
	p.Log, p.Desk, p.Notes, p.Figures, p.Index, p.Exports, p.Recordings = logger, d, st, st, st, exports{}, rec
	p.Inbox = inbox.New(inbox.Deps{Store: st, Bots: func() []*flows.Bot { return []*flows.Bot{bot} }, Dir: func(string) (string, bool) { return "", false }})
	p.HangUp = func(context.Context, string, string) error { return agents.ErrNoOffer }
	p.Supervise = func(context.Context, Act) (string, error) { return "", over }
	p.Supervision = func(context.Context, string) (any, error) { return nil, over }
	p.DeskAct = func(context.Context, DeskAct) error { return over }
	p.DeskSteps = func(context.Context, string) (DeskSteps, error) { return DeskSteps{}, over }
	p.CallBack = func(context.Context, int64, string) (string, error) {
		return "", &NotCalled{http.StatusNotFound, "callback_no_answer", "there is no such callback"}
	}
	placing(f.house, nil)
	f.d.Dead = revived{f.st.(*sqlite.Store)}
	p.Calls = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.fail(w, r, http.StatusNotFound, "no such call") })
	p.Park = func(w http.ResponseWriter, r *http.Request, _ string) {
		f.fail(w, r, http.StatusBadRequest, "no offer")
	}
	p.Chat = chat.New(chat.Deps{Memory: st, Bus: f.bus, Desk: d, Log: logger,
		Bots: func(name string) (chat.Bot, bool) {
			return chat.Bot{Name: "test", Mind: echo{}}, name == "" || name == "test"
		}}, chat.DefaultConfig())
	t.Cleanup(func() { p.Chat.Close(context.Background()) })
	f.Server.chat = newChatDoor(f.d)
	for _, role := range accounts.Roles {
		f.cookies[role] = f.add(t, "one-"+string(role), role)
	}
	return f
}

// op is one operation of the API, as docs/openapi.yaml has it.
type op struct {
	method, path string
	needs        accounts.Permission
	open         bool           // nobody needs an account, or the conversation's own token does
	stream       bool           // goes on for long
	queries      []string       // parameters behind the question mark
	kind         string         // of the body it takes; "" for none
	schema       map[string]any // of a JSON body
}

func (o op) String() string { return o.method + " " + o.path }

// at is the operation's path with its names filled in.
func (o op) at(name string) string {
	parts := strings.Split(o.path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = name
		}
	}
	return strings.Join(parts, "/")
}

// ops are all operations of the description, in order.
func ops(t *testing.T) (out []op) {
	t.Helper()
	doc := described().doc
	for _, path := range slices.Sorted(maps.Keys(doc["paths"].(map[string]any))) {
		methods := doc["paths"].(map[string]any)[path].(map[string]any)
		for _, m := range slices.Sorted(maps.Keys(methods)) {
			d, ok := methods[m].(map[string]any)
			if !ok || m == "options" {
				continue
			}
			o := op{method: strings.ToUpper(m), path: path, open: d["security"] != nil}
			needs, _ := d["x-permission"].(string)
			o.needs = accounts.Permission(needs)
			if _, at, ok := described().part("paths", path, m, "responses", "200", "content", "text/event-stream"); ok && at != "" {
				o.stream = true
			}
			params, _ := d["parameters"].([]any)
			for _, p := range params {
				p := p.(map[string]any)
				if ref, ok := p["$ref"].(string); ok {
					p, _, _ = described().part(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
				}
				if p["in"] == "query" {
					o.queries = append(o.queries, p["name"].(string))
				}
			}
			if body, _, ok := described().part("paths", path, m, "requestBody", "content"); ok {
				o.kind = slices.Sorted(maps.Keys(body))[0]
				if j, ok := body["application/json"].(map[string]any); ok {
					o.kind = "application/json"
					o.schema, _ = j["schema"].(map[string]any)
				}
			}
			out = append(out, o)
		}
	}
	if len(out) < 80 {
		t.Fatalf("the description has %d operations", len(out))
	}
	return out
}

// sample is a value as a schema wants it; each text that may be any is word.
func sample(schema map[string]any, word string) any {
	if ref, ok := schema["$ref"].(string); ok {
		to, _, _ := described().part(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		return sample(to, word)
	}
	if all, ok := schema["allOf"].([]any); ok {
		out := map[string]any{}
		for _, s := range all {
			if m, ok := sample(s.(map[string]any), word).(map[string]any); ok {
				maps.Copy(out, m)
			}
		}
		return out
	}
	if any, ok := schema["enum"].([]any); ok {
		return any[0]
	}
	kind := schema["type"]
	if list, ok := kind.([]any); ok {
		kind = list[0]
	}
	switch kind {
	case "object":
		out := map[string]any{}
		props, _ := schema["properties"].(map[string]any)
		for name, p := range props {
			out[name] = sample(p.(map[string]any), word)
		}
		return out
	case "array":
		items, _ := schema["items"].(map[string]any)
		return []any{sample(items, word)}
	case "integer", "number":
		return 1
	case "boolean":
		return true
	case "string":
		return word
	}
	return nil
}

// Each of these is said once to every operation; none may come back out of a log.
const saidWord, secretWord = "Zygomatique", "xyloglossie"

// try asks as somebody would who means harm, and holds every answer to what an answer may be.
func (f *fortress) try(t *testing.T, o op, path, body string, header ...string) (res *httptest.ResponseRecorder) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s %.80q %.80q: panic: %v", o, path, body, p)
			res = httptest.NewRecorder()
		}
	}()
	res = f.ask(t, o.method, path, body, header...)
	text := res.Body.String()
	if res.Code >= 500 {
		t.Errorf("%s %.80q %.80q: %d %s", o, path, body, res.Code, text)
	}
	if res.Code < 400 {
		return res
	}
	var p problem
	if err := json.Unmarshal([]byte(text), &p); err != nil || p.Detail == "" || p.Status != res.Code || res.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %.80q: %d is no problem in plain words: %s", o, path, res.Code, text)
	}
	for _, bad := range []string{"goroutine", ".go:", "panic", "runtime error", "sql", "SQL", "json:", "/tmp", "<script", secretWord} {
		if strings.Contains(text, bad) {
			t.Errorf("%s %.80q: the answer has %q in it: %s", o, path, bad, text)
		}
	}
	if len(text) > 3000 {
		t.Errorf("%s %.80q: an answer of %d bytes: %.200s", o, path, len(text), text)
	}
	return res
}

// names that nobody has, as a hostile client writes them into a path.
var names = []string{
	"..%2f..%2fetc%2fpasswd", "%2e%2e", "c1%00", strings.Repeat("a", 8000), strings.Repeat("%F0%9F%98%80", 40), "%ff%fe",
	"%0d%0aSet-Cookie:%20x=1", "%27%20OR%201=1%20--", "%3Cscript%3E", "9223372036854775808", "c1%20", "C1",
}

// values that no parameter has.
var values = []string{
	"", "a%00b", "%ff", "-1", "99999999999999999999", "NaN", "%27%20OR%201=1%20--", "%22colis%22%20OR%20NEAR(", "%25_", "%0d%0aX:%201",
	"0000-00-00T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-13-45", strings.Repeat("a+", 2000), "<script>",
}

// bodies that are none, by what is wrong with them.
var garbage = map[string]string{
	"nothing":       "",
	"cut off":       `{"text":`,
	"no JSON":       "hello",
	"bytes":         "\x00\xff\xfe",
	"a list":        "[]",
	"a number":      "7",
	"behind it":     `{}]`,
	"twice":         `{}{}`,
	"deep lists":    strings.Repeat("[", 7000),
	"deep objects":  strings.Repeat(`{"a":`, 2500) + "1" + strings.Repeat("}", 2500),
	"unknown key":   `{"__proto__":{"admin":true}}`,
	"NUL":           `{"text":"a\u0000b"}`,
	"wrong types":   `{"text":{},"status":[],"user":1,"role":{},"keys":[],"slots":"x","score":"3","phone":[]}`,
	"no characters": "{\"text\":\"\xff\xff\"}",
}

// Every operation of the description, asked by nobody, by each role that may not, from a page of another
// site, with bodies too long and bodies that are none, and for names that nobody has.
func TestEveryOperationUnderAttack(t *testing.T) {
	t.Parallel()
	f := newFortress(t)
	long := `{"text":"` + strings.Repeat("a", 1<<20) + `"}`
	for _, o := range ops(t) {
		if o.path == "/metrics" {
			continue // counts alone, and open on loopback
		}
		t.Run(o.String(), func(t *testing.T) {
			f.strangers(t, o)
			admin := bearer // cheap to look at, and may write in a caller's name
			if strings.HasPrefix(o.path, "/api/v1/desk") || strings.HasPrefix(o.path, "/api/v1/me") {
				admin = f.cookies[accounts.Admin] // these are somebody's
			}
			if o.stream || o.path == "/api/v1/sign-out" {
				return // other tests see to who may
			}
			if strings.Contains(o.path, "{") {
				for _, name := range names {
					w := f.try(t, o, o.at(name), "{}", admin, ours, "Content-Type: "+o.kind)
					if w.Code < 300 && o.path != "/api/v1/desk/tabs/{tab}" {
						t.Errorf("%.60q is somebody: %d %s", name, w.Code, w.Body)
					}
				}
			}
			for _, q := range append(o.queries, "unknown") {
				for _, v := range values {
					f.try(t, o, o.at("c1")+"?"+q+"="+v, "{}", admin, ours, "Content-Type: "+o.kind)
				}
				f.try(t, o, o.at("c1")+"?"+q+"=a&"+q+"=b", "{}", admin, ours, "Content-Type: "+o.kind)
			}
			if o.kind == "" {
				f.try(t, o, o.at("nobody"), long, admin, ours, js)
				return
			}
			if w := f.try(t, o, o.at("c1"), long, admin, ours, "Content-Type: "+o.kind); w.Code != http.StatusRequestEntityTooLarge && !f.named(o, w) {
				t.Errorf("a body of a MiB: %d %s", w.Code, w.Body)
			}
			for what, body := range garbage {
				w := f.try(t, o, o.at("c1"), body, admin, ours, "Content-Type: "+o.kind)
				if w.Code < 400 && what != "nothing" {
					t.Errorf("%s: %d %s", what, w.Code, w.Body)
				}
			}
			for _, kind := range []string{"text/plain", "multipart/form-data; boundary=x", "application/json; charset=\"", "application/x-www-form-urlencoded", ""} {
				if w := f.try(t, o, o.at("c1"), "{}", admin, ours, "Content-Type: "+kind); w.Code < 400 {
					t.Errorf("as %q: %d %s", kind, w.Code, w.Body)
				}
			}
			if o.schema != nil {
				for _, word := range []string{saidWord, "<script>" + saidWord + "</script>", "\r\nlevel=ERROR " + saidWord} {
					body, err := json.Marshal(sample(o.schema, word))
					if err != nil {
						t.Fatal(err)
					}
					f.try(t, o, o.at("c1"), string(body), admin, ours, "Content-Type: "+o.kind)
				}
			}
		})
	}
	said := f.log.String()
	for _, bad := range append([]string{saidWord, password, testToken, "goroutine", "panic"}, secretsOf(f.cookies)...) {
		if strings.Contains(said, bad) {
			t.Errorf("the log has %q in it:\n%.3000s", bad, said)
		}
	}
}

func secretsOf(cookies map[accounts.Role]string) (out []string) {
	for _, c := range cookies {
		_, secret, _ := strings.Cut(c, "=")
		out = append(out, secret)
	}
	return out
}

// named reports whether an operation was refused for its name before its body was looked at.
func (f *fortress) named(o op, w *httptest.ResponseRecorder) bool {
	return strings.Contains(o.path, "{") && w.Code == http.StatusNotFound || strings.Contains(o.path, "webrtc") && w.Code < 500
}

// strangers asks as nobody, as each role that may not, and as a page of another site does.
func (f *fortress) strangers(t *testing.T, o op) {
	t.Helper()
	kind := "Content-Type: " + o.kind
	if o.kind == "" {
		kind = js
	}
	w := f.try(t, o, o.at("c1"), "{}", kind, ours)
	if known := o.needs != ""; known && w.Code != http.StatusUnauthorized {
		t.Errorf("asked by nobody: %d %s", w.Code, w.Body)
	}
	for _, l := range []string{"Authorization: Bearer " + secretWord, "Authorization: Basic YTpi", "Cookie: decroche=" + secretWord} {
		if w := f.try(t, o, o.at("c1"), "{}", kind, ours, l); o.needs != "" && w.Code != http.StatusUnauthorized && w.Code != http.StatusTooManyRequests {
			t.Errorf("asked with %.20s: %d %s", l, w.Code, w.Body)
		}
	}
	for role, cookie := range f.cookies {
		if o.needs == "" || role.May(o.needs) {
			continue
		}
		if w := f.try(t, o, o.at("c1"), "{}", kind, ours, cookie); w.Code != http.StatusForbidden {
			t.Errorf("asked by %s: %d %s", role, w.Code, w.Body)
		}
	}
	if o.method == http.MethodGet {
		return
	}
	for _, from := range [][]string{{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}, {"Origin: https://evil.example"}, {"Origin: null"}} {
		w := f.try(t, o, o.at("c1"), "{}", append(from, kind, f.cookies[accounts.Admin])...)
		if strings.HasPrefix(o.path, callsPath) {
			continue // what stands there knows no cookie and has its own list of sites
		}
		if w.Code != http.StatusForbidden {
			t.Errorf("asked by a page of another site (%s): %d %s", fmt.Sprint(from), w.Code, w.Body)
		}
	}
}
