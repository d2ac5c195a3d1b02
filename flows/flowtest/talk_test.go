package flowtest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"decroche/flows"
	"decroche/flows/flowtest"
)

func talk(t *testing.T, opt flowtest.TalkOptions) *flowtest.Talk {
	t.Helper()
	bot, err := flows.Load(workedFS(), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if opt.Now.IsZero() {
		opt.Now = time.Date(2026, 11, 23, 9, 0, 0, 123, time.UTC)
	}
	tk, err := flowtest.NewTalk(bot, opt)
	if err != nil {
		t.Fatal(err)
	}
	return tk
}

func do(t *testing.T, tk *flowtest.Talk, steps ...string) {
	t.Helper()
	for _, s := range steps {
		key, text, _ := strings.Cut(s, ": ")
		if err := tk.Do(key, text); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// Whatever was talked passes as a golden conversation, with what the systems answered in it.
func TestWhatWasTalkedPasses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opt   flowtest.TalkOptions
		stub  string
		steps []string
		want  []string
	}{
		"answered": {flowtest.TalkOptions{Caller: "+33612345678"}, `[{status: 503}, {status: 200, body: {statut: livre, date_prevue: "2026-11-20"}, after: 2s}]`,
			[]string{"user: où est mon colis", "silence: 8s", "dtmf: 45127802", "hangup: "}, []string{"caller:", "slot: {numero_commande: \"45127802\"}", "hangup: true", "outcome: "}},
		"nobody answers": {flowtest.TalkOptions{}, "", []string{"user: où est mon colis", "dtmf: 45127802"}, []string{"outcome: error"}},
		"live": {flowtest.TalkOptions{Channel: flows.Text, Live: func(*flows.Act) (flows.Done, error) {
			return flows.Done{Outcome: "ok", Result: map[string]any{"status": 200, "body": map[string]any{"statut": "livre", "date_prevue": "2026-11-20", "note": "<à \"toi\">"}}}, nil
		}}, "", []string{"user: où est mon colis", "user: 45 12 78 02", "user: non"}, []string{"channel: text", "status: 200", "event: {transfer: {reason: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tk := talk(t, c.opt)
			if c.stub != "" {
				if err := tk.Answer("suivi", c.stub); err != nil {
					t.Fatal(err)
				}
			}
			do(t, tk, c.steps...)
			var b strings.Builder
			if err := tk.Draft(`le "colis"`).Write(&b); err != nil {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(b.String(), w) {
					t.Errorf("lacks %s:\n%s", w, b.String())
				}
			}
			fs := workedFS()
			fs["tests/suivi_colis.yaml"] = &fstest.MapFile{Data: []byte(b.String())}
			if r := flowtest.Run(fs); len(r) != 1 || !r[0].OK || r[0].Name != `le "colis"` {
				t.Errorf("%+v\n%s", r, b.String())
			}
		})
	}
}

// Undo takes back what was said, and what was written down of it.
func TestUndo(t *testing.T) {
	t.Parallel()
	tk := talk(t, flowtest.TalkOptions{})
	if tk.Undo() {
		t.Error("there was nothing to take back")
	}
	do(t, tk, "user: où est mon colis")
	said, now := tk.Said()[0].Text, tk.Now()
	var before, after strings.Builder
	if err := tk.Draft("x").Write(&before); err != nil {
		t.Fatal(err)
	}
	do(t, tk, "dtmf: 45127802")
	if !tk.Undo() || tk.Said()[0].Text != said || !tk.Now().Equal(now) {
		t.Errorf("after undo: %q at %v", tk.Said()[0].Text, tk.Now())
	}
	if err := tk.Draft("x").Write(&after); err != nil || before.String() != after.String() {
		t.Errorf("%s\nafter undo:\n%s", before.String(), after.String())
	}
}

// What cannot be done is said, and changes nothing.
func TestDoRefuses(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	tk := talk(t, flowtest.TalkOptions{Live: func(*flows.Act) (flows.Done, error) { return flows.Done{}, boom }})
	do(t, tk, "user: où est mon colis")
	said := tk.Said()[0].Text
	for _, bad := range [][2]string{{"quick", "Oui"}, {"silence", "long"}, {"channel", "fax"}, {"returned", "busy"}, {"bot", "x"}, {"dtmf", "45127802"}} {
		if err := tk.Do(bad[0], bad[1]); err == nil {
			t.Errorf("%v was done", bad)
		} else if bad[0] == "returned" && !strings.HasPrefix(err.Error(), "no hand-off is out") {
			t.Errorf("%v: %v", bad, err)
		}
		if tk.Said()[0].Text != said {
			t.Errorf("%v changed what was said to %q", bad, tk.Said()[0].Text)
		}
	}
	for _, bad := range []string{"", "{body: 1}", "{", "*x"} {
		if err := tk.Answer("suivi", bad); err == nil {
			t.Errorf("the answer %q was taken", bad)
		}
	}
}
