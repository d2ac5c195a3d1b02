package console

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// nobodyRings is a line of numbers of France that rings nobody.
type nobodyRings struct{}

func (nobodyRings) Ring(context.Context, store.OutboundCall, outbound.Try) outbound.Result {
	return outbound.Result{}
}
func (nobodyRings) Permit(number string) error {
	if !strings.HasPrefix(number, "+33") {
		return errors.New("not permitted by outbound")
	}
	return nil
}
func (nobodyRings) Country() string                        { return "33" }
func (nobodyRings) Zone(store.OutboundCall) *time.Location { return time.UTC }

type placer struct{ *outbound.Runner }

func (placer) Number(typed string) (string, error) { return outbound.Number(typed, "33") }

// placing lets calls be ordered: any time will do, so that what a test sees does not depend on when it runs.
func placing(h *house, change func(*outbound.Config)) {
	st := h.st.(*sqlite.Store)
	cfg := outbound.DefaultConfig()
	cfg.Orders, cfg.Hours, cfg.Holidays = true, []string{"mon-sun 00:00-24:00"}, ""
	cfg.Campaigns = map[string]outbound.Campaign{"rappels": {Total: 1}}
	if change != nil {
		change(&cfg)
	}
	h.d.Outbound, h.d.Place = st, placer{outbound.NewRunner(cfg, st, nobodyRings{}, func() time.Time { return h.now }, slog.New(slog.DiscardHandler), nil)}
}

// ordering is a house where calls are ordered, by an agent and a supervisor.
type ordering struct {
	*house
	cookies map[accounts.Role]string
}

func newOrdering(t *testing.T, change func(*outbound.Config)) *ordering {
	t.Helper()
	f := &ordering{newHouse(t), map[accounts.Role]string{}}
	placing(f.house, change)
	for _, role := range []accounts.Role{accounts.Agent, accounts.Supervisor} {
		f.cookies[role] = f.add(t, "one-"+string(role), role)
	}
	return f
}

// do asks as who has the role.
func (f *ordering) do(t *testing.T, method, path, body string, role accounts.Role) *httptest.ResponseRecorder {
	t.Helper()
	return f.ask(t, method, path, body, js, f.cookies[role])
}

const anOrder = `{"to": "06 12 34 56 78", "reason": "votre colis", "consent": {"how": "web_form", "when": "2026-10-01T10:00:00Z", "reference": "form 4711"}`

// Every refusal of an order is a plain problem with its code, and what is allowed later only is taken
// and says when.
func TestOrders(t *testing.T) {
	t.Parallel()
	f := newOrdering(t, nil)
	st := f.st.(*sqlite.Store)
	do := func(method, path, body string, role accounts.Role) (int, map[string]any) {
		t.Helper()
		w := f.do(t, method, path, body, role)
		out := map[string]any{}
		_ = json.Unmarshal(w.Body.Bytes(), &out)
		return w.Code, out
	}
	code, first := do("POST", "/api/v1/calls", anOrder+`, "idempotency_key": "k1", "campaign": "rappels"}`, accounts.Supervisor)
	if code != 201 || first["state"] != "open" || first["to"] != "+33612345678" || first["next"] == nil || first["ordered_by"] != "one-supervisor" {
		t.Fatalf("%d, %v", code, first)
	}
	if code, again := do("POST", "/api/v1/calls", anOrder+`, "idempotency_key": "k1", "campaign": "rappels"}`, accounts.Supervisor); code != 200 || again["id"] != first["id"] {
		t.Errorf("the same key: %d, %v", code, again)
	}
	if _, err := st.AddNoCall(t.Context(), store.NoCall{Number: "+33600000001", At: f.now, How: "said"}); err != nil {
		t.Fatal(err)
	}
	proof := anOrder[strings.Index(anOrder, `"reason"`):]
	for name, tc := range map[string]struct {
		body string
		code int
		word string
	}{
		"no consent":            {`{"to": "0600000009"}`, 422, "no_consent"},
		"no reference":          {`{"to": "0600000009", "consent": {"how": "x", "when": "2026-10-01T10:00:00Z", "reference": ""}}`, 422, "no_consent"},
		"no number":             {`{"to": "Nadia", ` + proof + `}`, 422, "bad_number"},
		"nobody":                {`{` + proof + `}`, 422, ""},
		"abroad":                {`{"to": "+442079460000", ` + proof + `}`, 403, "prefix"},
		"said stop":             {`{"to": "0600000001", ` + proof + `}`, 403, "do_not_call"},
		"a window that is over": {`{"to": "0600000009", "not_after": "2020-01-01T00:00:00Z", ` + proof + `}`, 422, "window"},
		"an empty window":       {`{"to": "0600000009", "not_before": "2030-01-02T00:00:00Z", "not_after": "2030-01-01T00:00:00Z", ` + proof + `}`, 422, "window"},
		"no such campaign":      {`{"to": "0600000009", "campaign": "promo", ` + proof + `}`, 422, "campaign"},
		"the campaign's total":  {`{"to": "0600000009", "campaign": "rappels", ` + proof + `}`, 429, "campaign_limit"},
		"a used key":            {`{"to": "0600000009", "idempotency_key": "k1", ` + proof + `}`, 409, "key_used"},
		"a word for machines":   {`{"to": "0600000009", "on_voicemail": "sing", ` + proof + `}`, 422, ""},
		"an unknown field":      {`{"to": "0600000009", "when": "now"}`, 400, "bad_request"},
	} {
		code, out := do("POST", "/api/v1/calls", tc.body, accounts.Supervisor)
		word, _ := out["code"].(string)
		if code != tc.code || word != tc.word || out["detail"] == "" {
			t.Errorf("%s: %d %v, want %d %q", name, code, out, tc.code, tc.word)
		}
	}
	if code, _ := do("POST", "/api/v1/calls", anOrder+`}`, accounts.Agent); code != 403 {
		t.Errorf("an agent ordered a call: %d", code)
	}
	id := "/api/v1/calls/1"
	if code, out := do("GET", id, "", accounts.Agent); code != 200 || out["campaign"] != "rappels" || out["consent"] == nil {
		t.Errorf("%d, %v", code, out)
	}
	if code, out := do("GET", "/api/v1/calls?state=pending&to=0612345678", "", accounts.Agent); code != 200 || len(out["calls"].([]any)) != 1 {
		t.Errorf("%d, %v", code, out)
	}
	if code, _ := do("DELETE", id, "", accounts.Supervisor); code != 204 {
		t.Errorf("cancelled: %d", code)
	}
	if code, out := do("DELETE", id, "", accounts.Supervisor); code != 409 {
		t.Errorf("cancelled twice: %d, %v", code, out)
	}
	if code, out := do("GET", id, "", accounts.Agent); code != 200 || out["state"] != "dropped" || out["last"] != "cancelled" {
		t.Errorf("%d, %v", code, out)
	}
	if code, _ := do("GET", "/api/v1/calls/99", "", accounts.Agent); code != 404 {
		t.Errorf("no such call: %d", code)
	}
}

// What may not ring now waits until it may, and says when: here Monday mornings alone.
func TestOrderOutsideHours(t *testing.T) {
	t.Parallel()
	f := newOrdering(t, func(c *outbound.Config) { c.Hours = []string{"mon 09:00-09:01"} })
	w := f.do(t, "POST", "/api/v1/calls", anOrder+`}`, accounts.Supervisor)
	var out struct{ Next time.Time }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 201 || out.Next.Weekday() != time.Monday || out.Next.Hour() != 9 {
		t.Errorf("%d, %s, %v", w.Code, w.Body, err)
	}
	late := `, "not_after": "` + f.now.Add(time.Minute).UTC().Format(time.RFC3339) + `"}`
	if w = f.do(t, "POST", "/api/v1/calls", strings.Replace(anOrder, "06 12 34 56 78", "0600000002", 1)+late, accounts.Supervisor); w.Code != 422 || !strings.Contains(w.Body.String(), "the next time that is allowed is") {
		t.Errorf("%d, %s", w.Code, w.Body)
	}
	placing(f.house, func(c *outbound.Config) { c.Orders = false })
	if w = f.do(t, "POST", "/api/v1/calls", anOrder+`}`, accounts.Supervisor); w.Code != 403 || !strings.Contains(w.Body.String(), `"off"`) {
		t.Errorf("turned off: %d, %s", w.Code, w.Body)
	}
}

func TestDoNotCallList(t *testing.T) {
	t.Parallel()
	f := newOrdering(t, nil)
	if w := f.do(t, "POST", "/api/v1/calls", anOrder+`}`, accounts.Supervisor); w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := f.do(t, "POST", "/api/v1/do-not-call", `{"number": "06 12 34 56 78", "note": "lettre"}`, accounts.Agent); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := f.do(t, "GET", "/api/v1/do-not-call", "", accounts.Agent); !strings.Contains(w.Body.String(), `"number":"+33612345678"`) || !strings.Contains(w.Body.String(), `"who":"one-agent"`) {
		t.Errorf("%s", w.Body)
	}
	if w := f.do(t, "GET", "/api/v1/calls/1", "", accounts.Agent); !strings.Contains(w.Body.String(), `"state":"dropped"`) {
		t.Errorf("a call that was ordered: %s", w.Body)
	}
	if w := f.do(t, "POST", "/api/v1/do-not-call", `{"number": "Nadia"}`, accounts.Agent); w.Code != 422 {
		t.Errorf("no number: %d", w.Code)
	}
	for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
		if w := f.do(t, "DELETE", "/api/v1/do-not-call/+33612345678", "", accounts.Agent); w.Code != want {
			t.Errorf("taken off: %d, want %d", w.Code, want)
		}
	}
}
