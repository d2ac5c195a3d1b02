package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/chat"
	"decroche/gateway/skill/model"
	"decroche/gateway/skill/skilltest"
	"decroche/gateway/store/sqlite"
)

// TestSkillExport writes one file for each locale, prints one, and refuses what would be none.
func TestSkillExport(t *testing.T) {
	t.Parallel()
	bot, err := flows.Load(os.DirFS("../../configs/hotlines/colibri"), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var out, report bytes.Buffer
	if err := (&skillExportCmd{Out: filepath.Join(dir, "models")}).export(bot, &out, &report); err != nil {
		t.Fatal(err)
	}
	for _, l := range model.Locales() {
		data, err := os.ReadFile(filepath.Join(dir, "models", l+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var m model.Model
		if err := json.Unmarshal(data, &m); err != nil || len(m.Check(l[:2])) > 0 {
			t.Errorf("%s: %v %v", l, err, m.Check(l[:2]))
		}
	}
	if out.Len() > 0 || strings.Count(report.String(), "colibri express") != 3 {
		t.Errorf("printed %q, reported %q", out.String(), report.String())
	}
	if err := (&skillExportCmd{Locale: "en-US", Invocation: "parcel desk"}).export(bot, &out, &report); err != nil || !strings.Contains(out.String(), `"invocationName": "parcel desk"`) {
		t.Errorf("%v %s", err, out.String())
	}
	for want, c := range map[string]skillExportCmd{"more than one locale": {}, "is not known": {Locale: "de-DE"}, "invocation name": {Locale: "fr-FR", Invocation: "alexa colis"}} {
		if err := c.export(bot, &out, &report); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestSkillTry replays the request of the manual, and says what a pipe holds.
func TestSkillTry(t *testing.T) {
	t.Parallel()
	bot, err := flows.Load(os.DirFS("../../configs/hotlines/colibri"), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	h := chat.New(chat.Deps{Memory: st, Actions: map[string]flows.Action{"http": orderSystem{}}, Now: func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }, Bots: func(string) (chat.Bot, bool) { return chat.Bot{Name: bot.Name, Mind: bot.Engine()}, true }}, chat.DefaultConfig())
	s, end, err := skilltest.Open(h, bot, "fr-FR", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(); h.Close(context.Background()); _ = st.Close() })
	var out bytes.Buffer
	if err := (&skillTryCmd{Request: "../../docs/examples/alexa/intent.json"}).replay(t.Context(), s, &out); err != nil || !strings.Contains(out.String(), "vingt-quatre novembre") || !strings.Contains(out.String(), `"type": "SSML"`) {
		t.Errorf("%v %s", err, out.String())
	}
	out.Reset()
	if err := (&skillTryCmd{}).talk(t.Context(), s.Next("en-GB"), strings.NewReader("where is my parcel\n\nstop\nnot said\n"), &out); err != nil || !strings.Contains(out.String(), "order number") || !strings.Contains(out.String(), "Goodbye") || strings.Contains(out.String(), "not said") {
		t.Errorf("%v %s", err, out.String())
	}
	if _, err := s.Replay(t.Context(), []byte("{}")); err == nil {
		t.Error("nothing was replayed")
	}
}

// TestBenchAlexa is a short run of the bench.
func TestBenchAlexa(t *testing.T) {
	t.Parallel()
	bot, err := flows.Load(os.DirFS("../../configs/hotlines/colibri"), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := (&benchAlexaCmd{Conversations: 2, Workers: 1}).measure(t.Context(), bot)
	if err != nil || r.Failed != 0 || r.Requests != 10 || r.AnswerP95 <= 0 {
		t.Errorf("%+v %v", r, err)
	}
}
