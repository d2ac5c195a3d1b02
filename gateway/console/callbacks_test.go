package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
)

// A callback is taken by one, rung again at a time that was agreed on, done or dropped; every change is in
// the audit list, and what is somebody's is left to them.
func TestWorkingOnCallbacks(t *testing.T) {
	t.Parallel()
	f := newOrdering(t, func(c *outbound.Config) { c.Callbacks = outbound.ByBot })
	id, err := f.st.AddCallback(t.Context(), store.Callback{Conv: "c1", At: f.now, Phone: "06 12 34 56 78", Reason: "message", Window: "demain matin", Lang: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	f.cookies["other"] = f.add(t, "other", accounts.Agent)
	path := fmt.Sprintf("/api/v1/callbacks/%d", id)
	later := f.now.Add(5 * time.Hour).UTC().Truncate(time.Second)
	for i, c := range []struct {
		body   string
		who    accounts.Role
		status int
		code   string
	}{
		{`{"taken": true}`, accounts.Agent, 204, ""},
		{`{"taken": true}`, "other", 409, "callback_taken"},
		{`{"taken": false}`, "other", 409, "callback_taken"},
		{fmt.Sprintf(`{"next": %q}`, later.Format(time.RFC3339)), "other", 409, "callback_taken"},
		{fmt.Sprintf(`{"next": %q}`, later.Format(time.RFC3339)), accounts.Agent, 204, ""},
		{`{"taken": true}`, accounts.Supervisor, 204, ""},
		{`{"taken": false}`, accounts.Supervisor, 204, ""},
		{`{"next": "2020-01-01T00:00:00Z"}`, accounts.Agent, 400, ""},
		{`{"next": "2099-01-01T00:00:00Z"}`, accounts.Agent, 400, ""},
		{`{"next": "soon"}`, accounts.Agent, 400, ""},
		{`{}`, accounts.Agent, 400, ""},
		{`{"taken": true, "state": "done"}`, accounts.Agent, 400, ""},
		{`{"state": "dialling"}`, accounts.Agent, 400, ""},
		{`{"state": "done"}`, accounts.Agent, 204, ""},
		{`{"taken": true}`, accounts.Agent, 409, "callback_closed"},
		{fmt.Sprintf(`{"next": %q}`, later.Format(time.RFC3339)), accounts.Agent, 409, "callback_closed"},
		{`{"state": "open"}`, accounts.Agent, 204, ""},
		{`{"state": "dropped"}`, accounts.Supervisor, 204, ""},
	} {
		w := f.do(t, "PATCH", path, c.body, c.who)
		var problem struct{ Code string }
		_ = json.Unmarshal(w.Body.Bytes(), &problem)
		if w.Code != c.status || c.code != "" && problem.Code != c.code {
			t.Errorf("%d: %s by %s: %d %s", i, c.body, c.who, w.Code, w.Body)
		}
		if c.body == `{"taken": true}` && c.status == 204 && c.who == accounts.Agent && i == 0 {
			if got := f.do(t, "GET", "/api/v1/callbacks?state=pending", "", accounts.Agent).Body.String(); !strings.Contains(got, `"taken_by":"one-agent"`) {
				t.Error(got)
			}
		}
	}
	for _, path := range []string{"/api/v1/callbacks/99", "/api/v1/callbacks/x"} {
		for _, body := range []string{`{"taken": true}`, fmt.Sprintf(`{"next": %q}`, later.Format(time.RFC3339)), `{"state": "done"}`} {
			wantProblem(t, f.do(t, "PATCH", path, body, accounts.Agent), http.StatusNotFound)
		}
	}
	var acts []string
	for e, err := range f.st.(store.Accounts).Audit(t.Context(), store.AuditQuery{Limit: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.About == callbackName(id) {
			acts = append(acts, strings.TrimSpace(e.Who+" "+e.What+" "+e.Detail))
		}
	}
	want := []string{"one-supervisor dropped_callback", "one-agent opened_callback", "one-agent did_callback", "one-supervisor gave_back_callback", "one-supervisor took_callback it was one-agent's",
		"one-agent moved_callback " + later.Format(time.RFC3339), "one-agent took_callback"}
	if strings.Join(acts, "\n") != strings.Join(want, "\n") {
		t.Errorf("audited\n%s\nwant\n%s", strings.Join(acts, "\n"), strings.Join(want, "\n"))
	}
}
