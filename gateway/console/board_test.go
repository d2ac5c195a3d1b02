package console

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"decroche/gateway/event"
)

// The page gets the rules as they are configured, and its tests the defaults.
func TestBoardRules(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	cfg := event.DefaultBoardConfig()
	cfg.Anger = event.WordList{"fr": {"zut"}, "en": nil}
	get := func() []byte {
		w := h.ask(t, "GET", "/api/v1/board", "", "Authorization: Bearer "+testToken)
		if w.Code != 200 {
			t.Fatal(w.Code, w.Body)
		}
		return bytes.TrimSpace(w.Body.Bytes())
	}
	var v struct{ Rules json.RawMessage }
	data, err := os.ReadFile("../event/testdata/facts.json")
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	var want bytes.Buffer
	if err == nil {
		err = json.Compact(&want, v.Rules)
	}
	if got := get(); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%v; facts.json should begin with these rules:\n%s", err, got)
	}
	h.d.Board.SetRules(cfg)
	if got := get(); !bytes.Contains(got, []byte(`"anger":{"en":[],"fr":["zut"]}`)) {
		t.Errorf("%s", got)
	}
	if w := h.ask(t, "GET", "/api/v1/board", ""); w.Code != 401 {
		t.Error(w.Code)
	}
}
