package gateway

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/store"
)

// ours is a small hotline.
var ours = map[string]string{
	"bot.yaml":       "name: essai\ntimezone: Europe/Paris\nlanguages: [fr]\ncalled: {hotline: fr}\ndisclosure: Je suis un assistant automatique.\ngreeting: \"Bonjour. {{disclosure}}\"\npolicy: {transfer: {skills: [fr]}}\n",
	"intents/a.yaml": "heures:\n  title: les horaires\n  flow: heures\n  fr: [quand ouvrez-vous, vous êtes ouverts quand, vos horaires]\n",
	"flows/a.yaml":   "flows:\n  heures:\n    steps:\n      - say: De neuf heures à midi.\n      - end: true\n",
	"tests/a.yaml":   "tests:\n  - name: horaires\n    steps:\n      - user: quand ouvrez-vous\n      - bot: neuf heures\n",
}

func hotlineFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), src)
	}
	return dir
}

func put(t *testing.T, path, src string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
}

func loadFolder(_ string, folder fs.FS) (*flows.Bot, error) {
	return flows.Load(folder, flows.Options{})
}

// watched are hotlines whose looks the test takes itself.
func watched(t *testing.T, golden bool, prepare func(context.Context, []*flows.Bot) (asr.Recogniser, error), folders ...string) (*hotlines, *bytes.Buffer, *prometheus.Registry) {
	t.Helper()
	var bots []*flows.Bot
	for _, f := range folders {
		b, err := loadFolder(f, os.DirFS(f))
		if err != nil {
			t.Fatal(err)
		}
		bots = append(bots, b)
	}
	cfg := DefaultConfig()
	cfg.Reload.Golden = golden
	var log bytes.Buffer
	reg := prometheus.NewRegistry()
	h := newHotlines(bots, &asrtest.Script{}, Reload{Folders: folders, Load: loadFolder, Prepare: prepare}, cfg, slog.New(slog.NewTextHandler(&log, nil)), reg)
	return h, &log, reg
}

// looks is one look that sees a change and one that finds it settled.
func (h *hotlines) looks(t *testing.T) {
	t.Helper()
	h.check(t.Context(), false)
	h.check(t.Context(), false)
}

func greeting(t *testing.T, b *flows.Bot) string {
	t.Helper()
	out, err := b.Engine().Turn(t.Context(), flows.State{}, flows.Input{Kind: flows.Start, Channel: flows.Voice, Now: time.Unix(1.8e9, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Say[0].Text
}

func TestAGoodChangeAnswersAndABadOneDoesNot(t *testing.T) {
	t.Parallel()
	dir := hotlineFolder(t, ours)
	h, log, reg := watched(t, false, nil, dir)
	first := h.now.Load()
	bot := filepath.Join(dir, "bot.yaml")

	put(t, bot, strings.Replace(ours["bot.yaml"], "Bonjour.", "Bonsoir.", 1))
	h.check(t.Context(), false)
	if h.now.Load() != first {
		t.Error("read at the first look, while an editor may still be writing")
	}
	h.check(t.Context(), false)
	second := h.now.Load()
	if got := greeting(t, second.bots[0]); !strings.HasPrefix(got, "Bonsoir.") || second.bots[0].Version == first.bots[0].Version {
		t.Errorf("after the change: %q, version %s", got, second.bots[0].Version)
	}
	if got := greeting(t, first.bots[0]); !strings.HasPrefix(got, "Bonjour.") {
		t.Errorf("what a running call has says %q", got)
	}

	log.Reset()
	put(t, filepath.Join(dir, "flows", "a.yaml"), "flows:\n  heures:\n    steps:\n      - sya: De neuf heures à midi.\n")
	h.looks(t)
	h.looks(t)
	h.check(t.Context(), true)
	if h.now.Load() != second {
		t.Error("a hotline with a mistake answers")
	}
	if n := strings.Count(log.String(), "a.yaml:4:9: unknown key"); n != 1 {
		t.Errorf("the mistake was told %d times, want once with its place:\n%s", n, log)
	}
	if info := h.info(); !strings.Contains(info[0].Problem, "a.yaml:4:9") || info[0].Version != second.bots[0].Version {
		t.Errorf("%+v", info)
	}
	if v := testutil.ToFloat64(h.metrics.problem.WithLabelValues("essai")); v != 1 {
		t.Errorf("decroche_hotline_problem = %v", v)
	}
	if n, err := testutil.GatherAndCount(reg, "decroche_hotline_reloads_total", "decroche_hotline_problem", "decroche_hotline_loaded_timestamp_seconds"); n != 4 || err != nil {
		t.Errorf("%d series, %v", n, err)
	}

	put(t, filepath.Join(dir, "flows", "a.yaml"), ours["flows/a.yaml"])
	h.looks(t)
	if info := h.info(); info[0].Problem != "" || testutil.ToFloat64(h.metrics.problem.WithLabelValues("essai")) != 0 {
		t.Errorf("mended, but %+v", info)
	}
}

// A test or a note that changes is no new version.
func TestOnlyWhatCallersMeetIsAVersion(t *testing.T) {
	t.Parallel()
	dir := hotlineFolder(t, ours)
	h, _, _ := watched(t, false, nil, dir)
	first := h.now.Load()
	put(t, filepath.Join(dir, "tests", "a.yaml"), "tests: []")
	put(t, filepath.Join(dir, "README.md"), "x")
	h.looks(t)
	if h.now.Load() != first {
		t.Error("read again")
	}
	put(t, filepath.Join(dir, "knowledge", "fr", "a.md"), "---\ntitle: Noël\nlang: fr\nshort: Fermé le 25.\n---\nFermé le 25 décembre.\n")
	if v, err := flows.Version(os.DirFS(dir)); err != nil || v == first.bots[0].Version {
		t.Errorf("an article more is version %s, %v", v, err)
	}
}

// Deployments switch links: of the whole folder, or of one folder in it.
func TestLinkedFoldersAreFollowed(t *testing.T) {
	t.Parallel()
	dir, link := hotlineFolder(t, ours), filepath.Join(t.TempDir(), "current")
	steps := t.TempDir()
	for _, l := range [][2]string{{steps, filepath.Join(dir, "flows")}, {dir, link}} {
		if err := errors.Join(os.RemoveAll(l[1]), os.Symlink(l[0], l[1])); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(steps, "a.yaml"), ours["flows/a.yaml"])
	h, _, _ := watched(t, false, nil, link)
	versions := map[string]bool{h.now.Load().bots[0].Version: true}
	for i, edit := range []func() error{
		func() error {
			return os.WriteFile(filepath.Join(dir, "bot.yaml"), []byte(strings.Replace(ours["bot.yaml"], "Bonjour.", "Bonsoir.", 1)), 0o600)
		},
		func() error {
			return os.WriteFile(filepath.Join(steps, "a.yaml"), []byte(strings.Replace(ours["flows/a.yaml"], "midi", "quinze heures", 1)), 0o600)
		},
		func() error { return errors.Join(os.Remove(link), os.Symlink(hotlineFolder(t, ours), link)) },
	} {
		before := h.now.Load()
		if err := edit(); err != nil {
			t.Fatal(err)
		}
		h.looks(t)
		if h.now.Load() == before {
			t.Errorf("change %d was not seen", i)
		}
		versions[h.now.Load().bots[0].Version] = true
	}
	if len(versions) != 3 {
		t.Errorf("%d versions, want the last to be the first again", len(versions))
	}

	if err := os.Symlink("nowhere.yaml", filepath.Join(link, "flows", "b.yaml")); err != nil {
		t.Fatal(err)
	}
	h.looks(t)
	if h.info()[0].Problem == "" {
		t.Error("a link to nothing, with which no start would succeed, was not seen")
	}
}

// A pipe in a file's place would be opened for ever, and a link to a folder cannot be read as a file.
func TestVersionOpensOnlyFiles(t *testing.T) {
	t.Parallel()
	dir := hotlineFolder(t, ours)
	want, err := flows.Version(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..", filepath.Join(dir, "flows", "up")); err != nil {
		t.Fatal(err)
	}
	if got, err := flows.Version(os.DirFS(dir)); got != want || err != nil {
		t.Errorf("with a link to a folder: %s, %v, want %s", got, err, want)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, filepath.Join(dir, "flows", "pipe.yaml"))); err != nil {
		t.Skip(err)
	}
	if _, err := flows.Version(os.DirFS(dir)); err == nil {
		t.Error("a pipe counts as a file")
	}
}

func TestWhatKeepsAHotlineFromAnswering(t *testing.T) {
	t.Parallel()
	other := map[string]string{}
	for k, v := range ours {
		other[k] = v
	}
	other["bot.yaml"] = strings.NewReplacer("essai", "autre", "hotline", "autre").Replace(ours["bot.yaml"])
	for name, c := range map[string]struct {
		golden  bool
		prepare func(context.Context, []*flows.Bot) (asr.Recogniser, error)
		file    string
		old     string
		new     string
		want    string
	}{
		"golden":  {true, nil, "flows/a.yaml", "neuf", "dix", "tests/a.yaml:2: horaires"},
		"number":  {false, nil, "bot.yaml", "hotline", "autre", `"autre" is answered by autre already`},
		"name":    {false, nil, "bot.yaml", "essai", "autre", "is another hotline's"},
		"secret":  {false, nil, "flows/a.yaml", "- end", "- {http: x, url: \"http://x\", headers: {A: \"secret:NOWHERE\"}, outcomes: {error: [{end: true}], timeout: [{end: true}]}}\n      - end", "secret:NOWHERE"},
		"prepare": {false, func(context.Context, []*flows.Bot) (asr.Recogniser, error) { return nil, errors.New("no voice") }, "bot.yaml", "Bonjour", "Bonsoir", "no voice"},
		"gone":    {false, nil, "bot.yaml", "name: essai", "", "name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := hotlineFolder(t, ours)
			h, log, _ := watched(t, c.golden, c.prepare, dir, hotlineFolder(t, other))
			first := h.now.Load()
			put(t, filepath.Join(dir, filepath.FromSlash(c.file)), strings.Replace(ours[c.file], c.old, c.new, 1))
			h.looks(t)
			if h.now.Load() != first || !strings.Contains(h.info()[0].Problem, c.want) {
				t.Errorf("problem %q, want %s", h.info()[0].Problem, c.want)
			}
			if !strings.Contains(log.String(), "level=ERROR") || h.info()[1].Problem != "" {
				t.Errorf("%s\n%+v", log, h.info())
			}
		})
	}
}

// A call that runs while its hotline's folder changes keeps its version; the next one has the new.
func TestReloadDuringACall(t *testing.T) {
	dir := hotlineFolder(t, ours)
	ears := &asrtest.Script{}
	r := newRigWith(t, func(c *Config) { c.Reload.Every = 100 * time.Millisecond }, []string{dir}, func(e *Engines) {
		e.Reload = Reload{Folders: []string{dir}, Load: loadFolder, Prepare: func(context.Context, []*flows.Bot) (asr.Recogniser, error) { return ears, nil }}
	})
	first, err := r.ring(t, "hotline")
	if err != nil {
		t.Fatal(err)
	}
	was := r.hotlines.bots()[0].Version
	put(t, filepath.Join(dir, "bot.yaml"), strings.Replace(ours["bot.yaml"], "Bonjour.", "Bonsoir.", 1))
	for end := time.Now().Add(10 * time.Second); r.hotlines.bots()[0].Version == was; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the change was not seen")
		}
	}
	if r.hotlines.now.Load().ears != ears {
		t.Error("the recogniser that knows the new words does not listen")
	}
	second, err := r.ring(t, "hotline")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []leg.Leg{first, second} {
		if err := l.Hangup(t.Context(), leg.Normal); err != nil {
			t.Error(err)
		}
	}
	for end := time.Now().Add(5 * time.Second); r.live.Load() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the calls do not end")
		}
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	st, err := OpenRecord(t.Context(), r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	versions := map[string]int{}
	for sum, err := range st.Conversations(t.Context(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range st.Events(t.Context(), sum.ID, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := e.Body.(event.Started); ok {
				versions[s.Version]++
			}
		}
	}
	if len(versions) != 2 || versions[was] != 1 {
		t.Errorf("versions in the record: %v, want %s and the new one", versions, was)
	}
}
