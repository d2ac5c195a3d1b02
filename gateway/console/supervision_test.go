package console

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

// Each act reaches the call as it was asked for, in the name of who asked, and stands in the audit list,
// also when it could then not be done.
func TestSupervision(t *testing.T) {
	t.Parallel()
	h := newHouseOf(t, func(c *accounts.Config, _ *accounts.Options) { c.Demo = true })
	var did []Act
	h.d.Supervise = func(_ context.Context, a Act) (string, error) {
		did = append(did, a)
		switch {
		case a.Conv == "gone":
			return "", &NotDone{404, "over", "no such call is running"}
		case a.What == ActListen:
			return "s1", nil
		case a.What == ActHint, a.What == ActVerbatim:
			return "h1", nil
		}
		return "", nil
	}
	h.d.Supervision = func(context.Context, string) (any, error) {
		return map[string]any{"with": "bot", "supervisors": []string{}}, nil
	}
	cookie := func(role accounts.Role) string {
		o, err := h.acc.SignInDemo(t.Context(), role, accounts.Client{Local: true})
		if err != nil {
			t.Fatal(err)
		}
		return "Cookie: decroche=" + o.Secret
	}
	boss, agent, asJSON, base := cookie(accounts.Supervisor), cookie(accounts.Agent), "Content-Type: application/json", "/api/v1/calls/c1/supervision"
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               Act
		answer             string
	}{
		{"GET", base, "", 200, Act{}, `"with":"bot"`},
		{"POST", base, `{"address":"rtc:me"}`, 201, Act{What: ActListen, Address: "rtc:demo-supervisor", Role: "listen"}, `"id":"s1"`},
		{"POST", base, `{"address":"sip:201@192.0.2.7","role":"whisper"}`, 201, Act{What: ActListen, Address: "sip:201@192.0.2.7", Role: "whisper"}, `"role":"whisper"`},
		{"POST", base, `{"address":"rtc:lina"}`, 400, Act{}, "another person"},
		{"POST", base, `{"address":"http://169.254.169.254/"}`, 400, Act{}, "address"},
		{"POST", base, `{"address":"rtc:me","role":"shout"}`, 400, Act{}, "role"},
		{"PATCH", base + "/s1", `{"role":"join"}`, 204, Act{What: ActRole, ID: "s1", Role: "join"}, ""},
		{"PATCH", base + "/s1", `{"role":"all"}`, 400, Act{}, "role"},
		{"DELETE", base + "/s1", "", 204, Act{What: ActLeave, ID: "s1"}, ""},
		{"POST", base + "/s1/take-over", "", 204, Act{What: ActTakeOver, ID: "s1", Title: h.title(t, boss)}, ""},
		{"POST", base + "/hand-back", `{"step":"suivi/numero","slots":{"numero":"45"}}`, 204, Act{What: ActHandBack, Step: "suivi/numero"}, ""},
		{"POST", base + "/hint", `{"text":"commande 45"}`, 202, Act{What: ActHint, Text: "commande 45"}, `"id":"h1"`},
		{"POST", base + "/hint", `{"text":"un instant","verbatim":true}`, 202, Act{What: ActVerbatim, Text: "un instant"}, ""},
		{"POST", base + "/hint", `{"text":1}`, 400, Act{}, "text"},
		{"POST", base + "/end", `{"reason":"menaces"}`, 204, Act{What: ActEnd, Reason: "menaces"}, ""},
		{"POST", base + "/end", `{"reason":" "}`, 400, Act{}, "reason"},
		{"POST", "/api/v1/calls/gone/supervision/end", `{"reason":"menaces"}`, 404, Act{What: ActEnd, Reason: "menaces"}, `"code":"over"`},
	} {
		did = nil
		w := h.ask(t, tc.method, tc.path, tc.body, boss, asJSON)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.answer) {
			t.Errorf("%s %s %s: %d %s", tc.method, tc.path, tc.body, w.Code, w.Body)
		}
		if tc.want.What == "" {
			if len(did) > 0 {
				t.Errorf("%s %s %s: did %+v", tc.method, tc.path, tc.body, did)
			}
			continue
		}
		if len(did) != 1 {
			t.Errorf("%s %s: did %+v", tc.method, tc.path, did)
			continue
		}
		got := did[0]
		if got.Who != "demo-supervisor" || got.Conv != strings.Split(tc.path, "/")[4] {
			t.Errorf("%s %s: %+v", tc.method, tc.path, got)
		}
		if tc.want.What == ActHandBack && got.Slots["numero"] != "45" {
			t.Errorf("slots %+v", got.Slots)
		}
		got.Who, got.Conv, got.Slots, tc.want.Slots = "", "", nil, nil
		if got.What != tc.want.What || got.ID != tc.want.ID || got.Address != tc.want.Address || got.Role != tc.want.Role || got.Title != tc.want.Title || got.Text != tc.want.Text || got.Reason != tc.want.Reason || got.Step != tc.want.Step {
			t.Errorf("%s %s: did %+v, want %+v", tc.method, tc.path, got, tc.want)
		}
	}
	did = nil
	if w := h.ask(t, "POST", base+"/end", `{"reason":"x"}`, agent, asJSON); w.Code != http.StatusForbidden || len(did) > 0 {
		t.Errorf("an agent: %d, did %+v", w.Code, did)
	}
	if w := h.ask(t, "POST", base+"/end", `{"reason":"x"}`, asJSON); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", w.Code)
	}
	var list []string
	for e, err := range h.acc.AuditList(t.Context(), store.AuditQuery{Who: "demo-supervisor"}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.What == notDone || strings.HasPrefix(e.About, "conversation ") {
			list = append(list, e.What+" "+e.About+" "+e.Detail)
		}
	}
	const want = `not_done conversation gone ended_call: no such call is running
ended_call conversation gone menaces
ended_call conversation c1 menaces
dictated conversation c1 
hinted conversation c1 
handed_back conversation c1 suivi/numero
took_over conversation c1 
stopped_listening conversation c1 
changed_role conversation c1 join
listened conversation c1 whisper at sip:201@192.0.2.7
listened conversation c1 listen at rtc:demo-supervisor`
	if got := strings.Join(list, "\n"); got != want {
		t.Errorf("the audit list is\n%s\nwant\n%s", got, want)
	}
}

// title is how the person of a session is called.
func (h *house) title(t *testing.T, cookie string) string {
	i, err := h.acc.Session(t.Context(), strings.TrimPrefix(cookie, "Cookie: decroche="), accounts.Client{Local: true})
	if err != nil {
		t.Fatal(err)
	}
	return i.Display
}

// The transcript says what supervisors did, in words, and whose the words are that the bot said for them.
func TestSupervisionInTheTranscript(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fr", "en"} {
		var evs []event.Event
		for i, act := range event.Acts {
			evs = append(evs, event.Event{Conv: "c", Seq: uint64(i + 1), At: t0, Body: event.Supervised{Who: "paule", Act: act, Text: "commande 45", Why: "sensitive_step"}})
		}
		evs = append(evs, event.Event{Conv: "c", Seq: 50, At: t0, Body: event.Prompted{Text: "un instant", Heard: "un instant", Author: "paule"}})
		all := ""
		for _, l := range Lines(evs, lang, nil) {
			all += l.Name + " " + l.Text + "\n" + strings.Join(l.Details, "\n")
		}
		if strings.Contains(all, "super_") || strings.Contains(all, "unused_") || strings.Contains(all, "%!") || !strings.Contains(all, "commande 45") || !strings.Contains(all, "paule un instant") {
			t.Error(all)
		}
	}
}
