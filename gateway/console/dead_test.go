package console

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
)

// revived has deliveries to "h" tried again.
type revived struct{ *sqlite.Store }

func (l revived) Retry(ctx context.Context, ids []int64) (int, error) {
	return l.ReviveDeliveries(ctx, []string{"h"}, ids, t0)
}

// What was given up is counted and listed for everybody who reads records; who may, sends it again or drops
// it, which stands in the audit list.
func TestDeadLetters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	st := h.st.(*sqlite.Store)
	h.d.Dead = revived{st}
	agent, supervisor := h.add(t, "omar", accounts.Agent), h.add(t, "paule", accounts.Supervisor)
	st.Tell(func(_ store.Summary, e event.Event) []store.Delivery {
		if _, ends := e.Body.(event.Ended); !ends {
			return nil
		}
		return []store.Delivery{{Hook: "h", Conv: e.Conv, Key: "k_" + e.Conv, Body: []byte("{}"), At: e.At}, {Hook: "gone", Conv: e.Conv, Key: "g_" + e.Conv, Body: []byte("{}"), At: e.At}}
	}, nil)
	for i := range 3 {
		if err := st.Append(t.Context(), storetest.Call(fmt.Sprintf("c%d", i+1), t0)...); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := st.AbandonDeliveries(t.Context(), nil); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	list := func() (out struct {
		Waiting int          `json:"waiting"`
		GivenUp int          `json:"given_up"`
		Dead    []deadLetter `json:"dead"`
	}) {
		t.Helper()
		w := h.ask(t, "GET", "/api/v1/webhooks/dead", "", js, agent)
		if err := json.Unmarshal(w.Body.Bytes(), &out); w.Code != 200 || err != nil {
			t.Fatal(w.Code, err)
		}
		return out
	}
	l := list()
	if l.Waiting != 0 || l.GivenUp != 6 || len(l.Dead) != 6 || l.Dead[0].Conv != "c3" || l.Dead[0].URL != "gone" {
		t.Fatalf("%+v", l)
	}
	ids := func(at ...int) string {
		var out []int64
		for _, i := range at {
			out = append(out, l.Dead[i].ID)
		}
		b, _ := json.Marshal(map[string]any{"ids": out})
		return string(b)
	}
	for i, tc := range []struct {
		path, body, who string
		code            int
		want            string
	}{
		{"retry", `{"all": true}`, agent, 403, ""},
		{"retry", `{}`, supervisor, 422, ""},
		{"retry", `{"all": true, "ids": [1]}`, supervisor, 422, ""},
		{"retry", `{"ids": "1"}`, supervisor, 400, ""},
		{"retry", ids(0, 1), supervisor, 200, `{"retried":1}`}, // the first is for who is no longer told
		{"drop", ids(0, 1), supervisor, 200, `{"dropped":1}`},  // the second waits again
		{"retry", `{"all": true}`, supervisor, 200, `{"retried":2}`},
		{"drop", `{"all": true}`, supervisor, 200, `{"dropped":2}`},
		{"drop", `{"all": true}`, supervisor, 200, `{"dropped":0}`},
	} {
		if w := h.ask(t, "POST", "/api/v1/webhooks/dead/"+tc.path, tc.body, js, tc.who); w.Code != tc.code || tc.want != "" && w.Body.String() != tc.want+"\n" {
			t.Errorf("%d: %d %s", i, w.Code, w.Body)
		}
	}
	if l := list(); l.Waiting != 3 || l.GivenUp != 0 {
		t.Errorf("at the end %+v", l)
	}
	var acts []string
	for e, err := range h.acc.AuditList(t.Context(), store.AuditQuery{}) {
		if err == nil && (e.What == retriedDeliveries || e.What == droppedDeliveries) {
			acts = append(acts, e.Who+" "+e.What+" "+e.Detail)
		}
	}
	slices.Sort(acts)
	if want := []string{"paule dropped_deliveries 2 of them", "paule dropped_deliveries all", "paule dropped_deliveries all", "paule retried_deliveries 2 of them", "paule retried_deliveries all"}; !slices.Equal(acts, want) {
		t.Errorf("the list has %q", acts)
	}
}
