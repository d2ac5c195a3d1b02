package console

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/store/storetest"
)

// Each command of an agent reaches the call as it was asked, under the name of who asked.
func TestDeskCommands(t *testing.T) {
	t.Parallel()
	h, d, lina := deskHouse(t)
	boss := h.add(t, "reader", accounts.Builder)
	cfg := d.Config()
	cfg.Numbers = []string{"+33"}
	h.d.Desk = agents.NewDesk(cfg, nil, nil)
	var got DeskAct
	var fail error
	h.d.DeskAct = func(_ context.Context, a DeskAct) error { got = a; return fail }
	h.d.DeskSteps = func(_ context.Context, conv string) (DeskSteps, error) {
		if conv != "c1" {
			return DeskSteps{}, &NotDone{http.StatusNotFound, "over", "no such call is running"}
		}
		return DeskSteps{At: "suivi/numero", Steps: []DeskStep{{Step: "suivi/numero", Flow: "Suivre un colis", Title: "Quel est votre numéro ?"}}, Slots: []DeskSlot{}}, nil
	}
	const at = "/api/v1/desk/calls/c1/"
	for _, c := range []struct {
		method, path, body string
		want               DeskAct
		status             int
	}{
		{"POST", "hold", "", DeskAct{What: DeskHold}, 204},
		{"POST", "resume", "", DeskAct{What: DeskResume}, 204},
		{"PUT", "microphone", `{"muted":true}`, DeskAct{What: DeskMicrophone, Muted: true}, 204},
		{"POST", "keys", `{"keys":"12#a"}`, DeskAct{What: DeskKeys, Keys: "12#A"}, 204},
		{"POST", "transfer", `{"agent":"omar","warm":true,"why":" demande un <b>renvoi</b> "}`, DeskAct{What: DeskTransfer, To: DeskTarget{Agent: "omar"}, Warm: true, Why: "demande un <b>renvoi</b>"}, 202},
		{"POST", "transfer", `{"skills":["litige","fr"]}`, DeskAct{What: DeskTransfer, To: DeskTarget{Skills: []string{"litige", "fr"}}}, 202},
		{"POST", "transfer", `{"number":"+33 1 84 00 00 00"}`, DeskAct{What: DeskTransfer, To: DeskTarget{Number: "+33 1 84 00 00 00"}, Number: "+33184000000"}, 202},
		{"DELETE", "transfer", "", DeskAct{What: DeskTakeBack}, 204},
		{"POST", "transfer/complete", "", DeskAct{What: DeskComplete}, 204},
		{"POST", "hand-back", `{"step":"suivi/numero","slots":{"commande":"45"}}`, DeskAct{What: DeskHandBack, Step: "suivi/numero", Slots: map[string]string{"commande": "45"}}, 204},
		{"POST", "hand-back", `{}`, DeskAct{What: DeskHandBack}, 204},
		{"POST", "hand-back", `{"did":" a ouvert l’enquête. "}`, DeskAct{What: DeskHandBack, Did: "a ouvert l’enquête"}, 204},
		{"POST", "transfer", `{"agent":"omar","briefing":""}`, DeskAct{What: DeskTransfer, To: DeskTarget{Agent: "omar"}, Brief: new(string)}, 202},
		{"POST", "transfer", `{"agent":"omar","briefing":"a\u0000b"}`, DeskAct{}, 400},
		{"POST", "transfer", `{"agent":"omar","briefing":"` + strings.Repeat("x", mostBriefing+1) + `"}`, DeskAct{}, 400},
		{"POST", "hand-back", `{"did":"` + strings.Repeat("x", mostDid+1) + `"}`, DeskAct{}, 400},
		{"POST", "hand-back", `{"did":"a\r\nb"}`, DeskAct{}, 400},
		{"PUT", "microphone", `{"muted":"oui"}`, DeskAct{}, 400},
		{"POST", "transfer", `{}`, DeskAct{}, 400},
		{"POST", "transfer", `{"agent":"omar","number":"+331234"}`, DeskAct{}, 400},
		{"POST", "transfer", `{"agent":"omar","why":"` + strings.Repeat("x", mostWhy+1) + `"}`, DeskAct{}, 400},
		{"POST", "transfer", `{"agent":"omar","why":"a\nb"}`, DeskAct{}, 400},
		{"POST", "transfer", `{"skills":["` + strings.Repeat("x", 61) + `"]}`, DeskAct{}, 400},
		{"POST", "transfer", `{"skills":["a","b","c","d","e","f","g","h","i"]}`, DeskAct{}, 400},
		{"POST", "transfer", `{"number":"0899"}`, DeskAct{}, 400},
		{"POST", "transfer", `{"number":"sip:x@evil"}`, DeskAct{}, 400},
		{"POST", "hand-back", `{"step":"` + strings.Repeat("x", 201) + `"}`, DeskAct{}, 400},
		{"POST", "keys", `[]`, DeskAct{}, 400},
	} {
		got = DeskAct{}
		w := h.ask(t, c.method, at+c.path, c.body, lina, js, ours)
		if w.Code != c.status {
			t.Errorf("%s %s %.60s: %d %s, want %d", c.method, c.path, c.body, w.Code, w.Body, c.status)
		}
		if c.status < 300 {
			c.want.Conv, c.want.Agent = "c1", "lina"
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s: %+v, want %+v", c.method, c.path, got, c.want)
		}
		wantProblem(t, h.ask(t, c.method, at+c.path, c.body, boss, js, ours), http.StatusForbidden)
	}
	fail = &NotDone{http.StatusConflict, "not_your_call", "you do not speak with this caller"}
	w := h.ask(t, "POST", at+"hold", "", lina, ours)
	wantProblem(t, w, http.StatusConflict)
	if !strings.Contains(w.Body.String(), "not_your_call") {
		t.Errorf("no code: %s", w.Body)
	}
	if w := h.ask(t, "GET", at+"steps", "", lina); w.Code != 200 || !strings.Contains(w.Body.String(), "Suivre un colis") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantProblem(t, h.ask(t, "GET", "/api/v1/desk/calls/c9/steps", "", lina), http.StatusNotFound)
	h.record(t, storetest.Call("c1", t0)...)
	if w := h.ask(t, "GET", at+"proposal", "", lina); w.Code != 200 || !strings.Contains(w.Body.String(), `"conclusion"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantProblem(t, h.ask(t, "GET", "/api/v1/desk/calls/c9/proposal", "", lina), http.StatusNotFound)
	h.d.DeskAct, h.d.DeskSteps = nil, nil
	wantProblem(t, h.ask(t, "POST", at+"hold", "", lina, ours), http.StatusServiceUnavailable)
	wantProblem(t, h.ask(t, "GET", at+"steps", "", lina), http.StatusServiceUnavailable)
}
