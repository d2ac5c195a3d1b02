package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

var t0 = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// example is the hotline of the written examples, in a folder that may be changed.
func example(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	src := os.DirFS("../../docs/examples/hotline")
	err := fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(src, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, 0o600))
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// office is an inbox over a real store, with these utterances in it, one conversation each.
func office(t *testing.T, dir string, unclear ...event.Unclear) (*Inbox, *sqlite.Store) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for i, u := range unclear {
		conv := fmt.Sprintf("c%d", i+1)
		at := t0.Add(time.Duration(i) * time.Minute)
		var evs []event.Event
		for k, b := range []event.Body{event.Started{Channel: "voice", Bot: "atelier", Lang: "fr"}, u, event.Ended{Outcome: "resolved", By: "bot"}} {
			evs = append(evs, event.Event{Conv: conv, Seq: uint64(k + 1), At: at, Body: b})
		}
		if err := st.Append(t.Context(), evs...); err != nil {
			t.Fatal(err)
		}
	}
	bot, err := flows.Load(os.DirFS(dir), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return New(Deps{Store: st, Bots: func() []*flows.Bot { return []*flows.Bot{bot} }, Now: func() time.Time { return t0 },
		Dir: func(name string) (string, bool) { return dir, name == "atelier" }}), st
}

func groups(t *testing.T, in *Inbox, q Query) []Group {
	t.Helper()
	out, err := in.Groups(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var muddle = []event.Unclear{
	{Text: "ma bicyclette est terminée", Guess: "prix", P: 0.2, Why: "no_match", Intent: "reparation"},
	{Text: "j'aimerais un casque", Why: "no_match"},
	{Text: "euh ma bicyclette elle est terminée", Why: "corrected", Intent: "reparation"},
	{Text: "bonjour ma bicyclette est terminée ?", Why: "no_match"},
	{Text: "j'aimerais un casque", Why: "no_match"},
}

func TestGroupsAndSuggestions(t *testing.T) {
	t.Parallel()
	in, st := office(t, example(t), muddle...)
	got := groups(t, in, Query{})
	if len(got) != 2 || got[0].Count != 3 || got[1].Count != 2 || got[0].ID != 1 || got[1].ID != 2 {
		t.Fatalf("%+v", got)
	}
	if s := got[0].Suggest; len(s) == 0 || s[0].Intent != "reparation" || s[0].Title == "" || strings.Join(s[0].From, ",") != "conversation,classifier" {
		t.Errorf("suggested %+v", s)
	}
	for _, s := range got[1].Suggest { // nobody knows what it means: a lone guess is no certainty
		if s.Share > 0.5 {
			t.Errorf("of %q suggested %+v", got[1].Text, s)
		}
	}
	// What an agent said weighs most.
	if err := in.Label(t.Context(), "c1", "karim", "horaires"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"c3", "c4"} {
		if err := in.Label(t.Context(), c, "karim", "horaires"); err != nil {
			t.Fatal(err)
		}
	}
	if s := groups(t, in, Query{})[0].Suggest[0]; s.Intent != "horaires" || s.From[0] != "label" {
		t.Errorf("with labels: %+v", s)
	}
	// What comes later joins, without moving what was there; another process sees the same.
	at := t0.Add(time.Hour)
	if err := st.Append(t.Context(), event.Event{Conv: "c9", Seq: 1, At: at, Body: event.Started{Bot: "atelier", Lang: "fr"}},
		event.Event{Conv: "c9", Seq: 2, At: at, Body: event.Unclear{Text: "ma bicyclette, terminée ?", Why: "no_match"}}); err != nil {
		t.Fatal(err)
	}
	other := New(in.d)
	a, b := groups(t, in, Query{}), groups(t, other, Query{})
	if a[0].Count != 4 || a[0].ID != 1 || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%+v\nafresh: %+v", a, b)
	}
	if g, err := in.Group(t.Context(), 6); err != nil || g.ID != 1 {
		t.Errorf("group of utterance 6: %d, %v", g.ID, err)
	}
	if _, err := in.Group(t.Context(), 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("a group that is not there: %v", err)
	}
	if len(groups(t, in, Query{Lang: "en"})) != 0 || len(groups(t, in, Query{Bot: "autre"})) != 0 {
		t.Error("filters let everything through")
	}
}

// Accepting writes one line, says what it changes, and closes the group.
// An answer that was not understood is no way to ask for what the conversation was about.
func TestAnswersAreNoWishes(t *testing.T) {
	t.Parallel()
	in, _ := office(t, example(t), event.Unclear{Text: "ouais", Why: "no_match", Asked: "velo"}, event.Unclear{Text: "ouais", Why: "no_match", Asked: "velo"},
		event.Unclear{Text: "ouais", Why: "no_match"})
	for _, c := range []string{"c0", "c1", "c2"} {
		if err := in.Label(t.Context(), c, "karim", "horaires"); err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
	}
	got := groups(t, in, Query{})
	if len(got) != 2 || got[0].Asked != "" || got[1].Asked != "velo" || got[1].Count != 2 {
		t.Fatalf("%+v", got)
	}
	if s := got[0].Suggest; len(s) == 0 || s[0].Intent != "horaires" {
		t.Errorf("a wish: %+v", s)
	}
	for _, s := range got[1].Suggest {
		if s.Intent == "horaires" && s.From[0] != "classifier" {
			t.Errorf("an answer: %+v", s)
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	dir := example(t)
	in, _ := office(t, dir, muddle...)
	file := filepath.Join(dir, "intents", "atelier.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := in.Try(t.Context(), 1, Choice{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Written || e.Intent != "reparation" || e.Example != "ma bicyclette est terminée" || e.File != "intents/atelier.yaml" || e.Count != 3 ||
		e.HasRight <= e.HadRight || e.Before <= 0.3 || e.After <= 0.3 || len(e.Breaks) > 0 {
		t.Errorf("%+v", e)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(before) {
		t.Fatal("trying wrote into the file")
	}
	if e, err = in.Accept(t.Context(), 1, Choice{Intent: "reparation"}); err != nil || !e.Written {
		t.Fatalf("%+v, %v", e, err)
	}
	now, err := os.ReadFile(file)
	want := strings.Replace(string(before), "    ça avance la réparation\n", "    ça avance la réparation,\n    \"ma bicyclette est terminée\"\n", 1)
	if err != nil || string(now) != want {
		t.Errorf("%v\n%s", err, now)
	}
	if left := groups(t, in, Query{}); len(left) != 1 || left[0].ID != 2 {
		t.Errorf("still open: %+v", left)
	}
	if done := groups(t, in, Query{State: store.UtteranceAccepted}); len(done) != 1 || done[0].Decided != "reparation" || done[0].Count != 3 {
		t.Errorf("accepted: %+v", done)
	}
	var no RefusedError
	if _, err := in.Accept(t.Context(), 1, Choice{}); !errors.As(err, &no) {
		t.Errorf("accepted twice: %v", err)
	}
}

// An example that breaks a golden conversation is not written, unless it is forced; one that
// mends one says so.
func TestBreaksAndMends(t *testing.T) {
	t.Parallel()
	dir := example(t)
	golden := "tests:\n  - name: casque\n    steps:\n      - user: j'aimerais un casque\n      - quiet: soixante euros\n  - name: bicyclette\n    steps:\n      - user: ma bicyclette est terminée\n      - flow: reparation\n"
	if err := os.WriteFile(filepath.Join(dir, "tests", "z.yaml"), []byte(golden), 0o600); err != nil {
		t.Fatal(err)
	}
	in, _ := office(t, dir, muddle...)
	file := filepath.Join(dir, "intents", "atelier.yaml")
	before, _ := os.ReadFile(file)
	e, err := in.Accept(t.Context(), 2, Choice{Intent: "prix", Text: "j'aimerais un casque"})
	if !errors.Is(err, ErrBreaks) || e.Written || len(e.Breaks) != 1 || e.Breaks[0] != "tests/z.yaml: casque" {
		t.Fatalf("%+v, %v", e, err)
	}
	if now, _ := os.ReadFile(file); string(now) != string(before) {
		t.Fatal("written although it breaks")
	}
	if e, err = in.Try(t.Context(), 1, Choice{}); err != nil || len(e.Mends) != 1 || e.Mends[0] != "tests/z.yaml: bicyclette" {
		t.Errorf("mends %v, %v", e.Mends, err)
	}
	if e, err = in.Accept(t.Context(), 2, Choice{Intent: "prix", Text: "j'aimerais un casque", Force: true}); err != nil || !e.Written {
		t.Errorf("forced: %+v, %v", e, err)
	}
}

func TestWhatCannotBeAccepted(t *testing.T) {
	t.Parallel()
	dir := example(t)
	in, _ := office(t, dir, append(muddle, event.Unclear{Text: "mon vélo est prêt", Why: "no_match"}, event.Unclear{Text: "[x](", Why: "no_match"})...)
	for name, c := range map[string]struct {
		id     int64
		choice Choice
		want   string
	}{
		"unknown intent": {1, Choice{Intent: "vente"}, "does not exist; there are horaires, reparation, prix"},
		"known example":  {6, Choice{Intent: "prix"}, "is an example of reparation already"},
		"no suggestion":  {7, Choice{Intent: "", Text: "  "}, "example"},
		"bad entity":     {1, Choice{Intent: "prix", Text: "combien pour [x](nulle_part)"}, "is no entity"},
	} {
		t.Run(name, func(t *testing.T) {
			var no RefusedError
			if _, err := in.Try(t.Context(), c.id, c.choice); !errors.As(err, &no) && c.want != "example" || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	nowhere := New(in.d)
	nowhere.d.Dir = func(string) (string, bool) { return "", false }
	if _, err := nowhere.Try(t.Context(), 1, Choice{}); err == nil || !strings.Contains(err.Error(), "has no folder") {
		t.Errorf("the demo: %v", err)
	}
}

// A file that somebody saved while the effect was measured is left as they saved it.
func TestAFileChangedMeanwhile(t *testing.T) {
	t.Parallel()
	dir := example(t)
	in, _ := office(t, dir, muddle...)
	file := filepath.Join(dir, "intents", "atelier.yaml")
	_, ed, err := in.try(t.Context(), 1, Choice{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(string(ed.was)+"# à moi\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeExample(ed); !Changed(err) {
		t.Errorf("%v", err)
	}
	if now, err := os.ReadFile(file); err != nil || !strings.HasSuffix(string(now), "# à moi\n") || strings.Contains(string(now), "bicyclette") {
		t.Errorf("%v\n%s", err, now)
	}
}

// A hotline is read the way the gateway reads it, with the bounds of the configuration.
func TestReadsLikeTheGateway(t *testing.T) {
	t.Parallel()
	in, _ := office(t, example(t), muddle...)
	in.d.Load = func(bot string, folder fs.FS) (*flows.Bot, error) {
		if bot != "atelier" {
			t.Errorf("asked for %q", bot)
		}
		limits := flows.DefaultConfig()
		limits.MaxFileBytes = 1 << 10
		return flows.Load(folder, flows.Options{Limits: limits})
	}
	if _, err := in.Try(t.Context(), 1, Choice{}); err == nil || !strings.Contains(err.Error(), "max_file_bytes") {
		t.Errorf("%v", err)
	}
}

func TestDismissAndReopen(t *testing.T) {
	t.Parallel()
	in, _ := office(t, example(t), muddle...)
	if _, err := in.Set(t.Context(), 5, store.UtteranceDismissed); err != nil {
		t.Fatal(err)
	}
	if left := groups(t, in, Query{}); len(left) != 1 || left[0].ID != 1 {
		t.Errorf("%+v", left)
	}
	if _, err := in.Set(t.Context(), 2, store.UtteranceOpen); err != nil {
		t.Fatal(err)
	}
	if left := groups(t, in, Query{}); len(left) != 2 {
		t.Errorf("%+v", left)
	}
	if _, err := in.Set(t.Context(), 2, store.UtteranceAccepted); err == nil {
		t.Error("accepted without an example")
	}
}

// What an author has marked is theirs; what stands around it is masked.
func TestMaskAround(t *testing.T) {
	t.Parallel()
	if got := maskAround("fr", "le [4512](numero_fiche) de 12345"); got != "le [4512](numero_fiche) de [0000](digits)" {
		t.Errorf("%q", got)
	}
}

// phrases are utterances in some twenty themes, each with words of its own.
func phrases(n int) []string {
	themes := strings.Fields("bécane tandem remorque casque sonnette chaîne guidon pédalier rayon selle pneu frein dérailleur antivol panier béquille garde-boue phare catadioptre pompe")
	verbs := strings.Fields("louer vendre réparer échanger rendre essayer commander retrouver assurer repeindre nettoyer graver")
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("euh je voudrais %s %s numéro %d s'il vous plaît", verbs[i*7%len(verbs)], themes[i*13%len(themes)], i%97)
	}
	return out
}

func TestGroupingIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := newGrouper(), newGrouper()
	for i, p := range phrases(500) {
		if x, y := a.add(int64(i), "fr", p), b.add(int64(i), "fr", p); x != y {
			t.Fatalf("%q is in %d and in %d", p, x, y)
		}
	}
	if n := len(a.lead); n < 5 || n > 240 {
		t.Errorf("%d groups of 500 utterances", n)
	}
}

func BenchmarkGroup5000(b *testing.B) {
	list := phrases(5000)
	for b.Loop() {
		g := newGrouper()
		for i, p := range list {
			g.add(int64(i), "fr", p+fmt.Sprint(" ", strings.Repeat("x", i%50), i)) // no two the same
		}
	}
}
