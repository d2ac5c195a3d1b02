package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"decroche/gateway/store"
)

// Several decisions become one edit: shown first, then written together, every other byte as it was.
func TestPublish(t *testing.T) {
	t.Parallel()
	dir := example(t)
	in, _ := office(t, dir, muddle...)
	file := filepath.Join(dir, "intents", "atelier.yaml")
	was, _ := os.ReadFile(file)
	picks := []Pick{{ID: 1, Intent: "reparation"}, {ID: 2, Intent: "reparation", Text: "appelez le 06 12 34 56 78"}}
	p, err := in.Publish(t.Context(), picks, false, true)
	if err != nil || p.Written || len(p.Added) != 2 || len(p.Refused) != 0 || p.Before <= 0 || p.After <= 0 || p.Bot != "atelier" {
		t.Fatalf("%+v %v", p, err)
	}
	if now, _ := os.ReadFile(file); string(now) != string(was) {
		t.Fatal("a look wrote")
	}
	if p, err = in.Publish(t.Context(), picks, false, false); err != nil || !p.Written {
		t.Fatalf("%+v %v", p, err)
	}
	now, _ := os.ReadFile(file)
	text := string(now)
	for _, a := range p.Added {
		if strings.Count(text, a.Example) != 1 {
			t.Errorf("%q is not in the file once:\n%s", a.Example, text)
		}
		text = strings.Replace(text, ", "+a.Example, "", 1)
		text = strings.Replace(text, ",\n    "+a.Example, "", 1)
		text = strings.Replace(text, ",\n    \""+a.Example+"\"", "", 1)
	}
	if text != string(was) {
		t.Errorf("something else was changed:\n%s", now)
	}
	if strings.Contains(string(now), "12 34") {
		t.Error("a number is in the file")
	}
	if left := groups(t, in, Query{}); len(left) != 0 {
		t.Errorf("still open: %+v", left)
	}
	if done := groups(t, in, Query{State: store.UtteranceAccepted}); len(done) != 2 || done[0].Decided != "reparation" {
		t.Errorf("%+v", done)
	}
}

// What cannot be written says why, and nothing is written beside it.
func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	dir := example(t)
	in, _ := office(t, dir, muddle...)
	file := filepath.Join(dir, "intents", "atelier.yaml")
	was, _ := os.ReadFile(file)
	for _, c := range []struct {
		picks   []Pick
		refused string
		is      string
	}{
		{[]Pick{{ID: 1, Intent: "reparation"}, {ID: 2, Intent: "reparation", Text: "Mon vélo est prêt"}}, `"Mon vélo est prêt" is an example of reparation already`, "reparation"},
		{[]Pick{{ID: 1, Intent: "prix", Text: "un casque"}, {ID: 2, Intent: "horaires", Text: "un casque"}}, `"un casque" is among them twice`, "prix"},
		{[]Pick{{ID: 1, Intent: "vente"}}, `intent "vente" does not exist`, ""},
		{[]Pick{{ID: 1, Intent: "prix"}, {ID: 99, Intent: "prix"}}, "there no more", ""},
	} {
		p, err := in.Publish(t.Context(), c.picks, false, true)
		if err != nil || len(p.Refused) != 1 || !strings.Contains(p.Refused[0].Why, c.refused) || p.Refused[0].Is != c.is {
			t.Errorf("%+v: %+v %v", c.picks, p, err)
		}
		var no RefusedError
		if p, err = in.Publish(t.Context(), c.picks, true, false); !errors.As(err, &no) || p.Written {
			t.Errorf("%+v: written, %v", c.picks, err)
		}
	}
	for _, picks := range [][]Pick{nil, make([]Pick, MaxPicks+1)} {
		if _, err := in.Publish(t.Context(), picks, false, true); err == nil {
			t.Errorf("%d picks", len(picks))
		}
	}
	if now, _ := os.ReadFile(file); string(now) != string(was) {
		t.Error("something was written")
	}
}

// A publication that breaks a golden conversation names it and writes nothing, unless it is forced.
func TestPublishBreaks(t *testing.T) {
	t.Parallel()
	dir := example(t)
	golden := "tests:\n  - name: casque\n    steps:\n      - user: j'aimerais un casque\n      - quiet: soixante euros\n"
	if err := os.WriteFile(filepath.Join(dir, "tests", "z.yaml"), []byte(golden), 0o600); err != nil {
		t.Fatal(err)
	}
	in, _ := office(t, dir, muddle...)
	picks := []Pick{{ID: 1, Intent: "reparation"}, {ID: 2, Intent: "prix"}}
	p, err := in.Publish(t.Context(), picks, false, false)
	if !errors.Is(err, ErrBreaks) || p.Written || len(p.Breaks) != 1 || p.Breaks[0] != "tests/z.yaml: casque" {
		t.Errorf("%+v %v", p, err)
	}
	if p, err = in.Publish(t.Context(), picks, true, false); err != nil || !p.Written {
		t.Errorf("forced: %+v %v", p, err)
	}
}

func TestOutOfScope(t *testing.T) {
	t.Parallel()
	in, _ := office(t, example(t), muddle...)
	if _, err := in.Set(t.Context(), 2, OutOfScope); err != nil {
		t.Fatal(err)
	}
	if got := groups(t, in, Query{State: store.UtteranceDismissed}); len(got) != 1 || got[0].Decided != OutOfScope {
		t.Errorf("%+v", got)
	}
	if _, err := in.Set(t.Context(), 2, store.UtteranceOpen); err != nil || len(groups(t, in, Query{})) != 2 {
		t.Error(err)
	}
}
