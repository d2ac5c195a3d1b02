package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/console"
	"decroche/internal/strictyaml"
	"decroche/internal/syncbuf"
	"decroche/media/tone"
	"decroche/media/wav"
)

// reread is a gateway whose configuration stands in a file that tests write.
type reread struct {
	*rig
	file string
	log  *syncbuf.Buffer
	base Config
}

func (r *reread) read(context.Context) (Config, error) {
	c := r.base
	c.Agents, c.Queues = nil, nil
	data, err := os.ReadFile(r.file)
	if err != nil {
		return c, err
	}
	if _, ps := strictyaml.Decode(r.file, data, &c); len(ps) > 0 {
		return c, ps
	}
	if bad := c.Validate(); len(bad) > 0 {
		return c, errors.New(strings.Join(bad, "\n"))
	}
	return c, nil
}

func newReread(t *testing.T, every time.Duration, text string) *reread {
	t.Helper()
	dir := hotlineFolder(t, ours)
	r := &reread{file: filepath.Join(t.TempDir(), "decroche.yaml"), log: &syncbuf.Buffer{}}
	put(t, r.file, text)
	r.rig = newRigOf(t, func(c *Config) {
		c.Secrets, c.Reload.Every = map[string]string{}, every
		r.base = *c
		now, err := r.read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		*c = now
	}, []string{dir}, func(e *Engines) {
		e.Reload = Reload{Folders: []string{dir}, Load: loadFolder, File: r.file, Config: r.read}
	}, func(g *Gateway) {
		g.settings.log = slog.New(slog.NewTextHandler(r.log, nil))
	})
	return r
}

// waits lets somebody wait for an agent until the test ends, or an agent comes.
func (r *reread) waits(t *testing.T, conv string, skills ...string) <-chan agents.Assignment {
	t.Helper()
	got := make(chan agents.Assignment, 1)
	go func() {
		if a, err := r.router.Offer(t.Context(), agents.Request{Conv: conv, Skills: skills, Lang: "fr", Wait: 10 * time.Minute}); err == nil {
			got <- a
		}
	}()
	r.until(t, conv+" waits", func() bool { _, waits := r.router.Place(conv); return waits || len(got) > 0 })
	return got
}

func (r *reread) until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !f(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come to this: %s\n%s", what, r.log)
		}
	}
}

func (r *reread) before(t *testing.T, conv string) (agents.Place, int) {
	t.Helper()
	p, waits := r.router.Place(conv)
	if !waits {
		t.Fatalf("%s waits no more", conv)
	}
	return p, p.Before
}

// A changed file replaces agents, queues, their hours, holidays and music and the phones that may register,
// while everybody who waits keeps their place; what is read at the start only is named.
func TestAChangedConfigurationKeepsEverybodysPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	password, holidays, music := filepath.Join(dir, "password"), filepath.Join(dir, "holidays"), filepath.Join(dir, "music.wav")
	put(t, password, "a-long-password\n")
	put(t, holidays, "2030-01-01\n")
	w, err := wav.Create(music, 8000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(tone.Sine(440, 8000, 3*time.Second, 0.3)), w.Close()); err != nil {
		t.Fatal(err)
	}
	r := newReread(t, 100*time.Millisecond, `agents:
  - {name: karim, addr: "sip:201@127.0.0.1", skills: [suivi]}
`)
	karim, err := r.router.Offer(t.Context(), agents.Request{Conv: "talks", Skills: []string{"suivi"}})
	if err != nil {
		t.Fatal(err)
	}
	first, second := r.waits(t, "first", "suivi"), r.waits(t, "second", "suivi")
	if p, n := r.before(t, "second"); n != 1 || p.Queue != "suivi" || p.Music != "" {
		t.Fatalf("before the change: %+v", p)
	}
	put(t, r.file, fmt.Sprintf(`log_level: debug
agents:
  - {name: karim, addr: "sip:201@127.0.0.1", skills: [suivi]}
  - {name: nora, addr: registered, skills: [retours], phone: {username: nora, password: "file:%s"}}
queues:
  - name: colis
    skills: [suivi]
    holidays: ["file:%s"]
    announce: {music: "%s"}
  - name: ferme
    skills: [retours]
    hours: {mon-sun: closed}
`, password, holidays, music))
	r.until(t, "the new queues hold", func() bool { return len(r.router.Queues()) == 2 })
	for conv, want := range map[string]int{"first": 0, "second": 1} {
		if p, n := r.before(t, conv); n != want || p.Queue != "colis" || p.Music != music {
			t.Errorf("%s after the change: %+v", conv, p)
		}
	}
	if r.staff.Load().music[music] == nil {
		t.Error("the music is not there")
	}
	if q := r.router.Queues()[1]; q.Name != "ferme" || q.Open {
		t.Errorf("%+v", q)
	}
	r.until(t, "the reload is told", func() bool { return strings.Contains(r.log.String(), "keys=log_level") })
	if list := r.sip.Phones(); len(list) != 1 || list[0].Username != "nora" {
		t.Errorf("phones %+v", list)
	}
	if got := r.router.Own("nora"); !strings.HasPrefix(got, "sip:nora@") {
		t.Errorf("nora is rung at %q", got)
	}
	if s := r.told(t); s.Problem != "" || !slices.Equal(s.Restart, []string{"log_level"}) {
		t.Errorf("the API tells %+v", s)
	}
	// A file that a queue reads changes by itself: a holiday today closes it, for who comes from now on.
	put(t, holidays, time.Now().Format(time.DateOnly)+"\n"+time.Now().AddDate(0, 0, 1).Format(time.DateOnly)+"\n")
	r.until(t, "the holiday closes the queue", func() bool { return !r.router.Queues()[0].Open })
	r.before(t, "second")
	karim.Release()
	select {
	case a := <-first:
		a.Release()
	case <-time.After(30 * time.Second):
		t.Fatal("the first does not get the agent who became free")
	}
	select {
	case a := <-second:
		a.Release()
	case <-time.After(30 * time.Second):
		t.Fatal("nor does the second")
	}
}

// told is what the API says about the configuration.
func (r *reread) told(t *testing.T) (s console.Settings) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.HTTPAddr()+"/api/v1/queues", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.Token())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body struct{ Configuration console.Settings }
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	return body.Configuration
}

// A file with a mistake changes nothing, and says why: in the log, once, and in the API until it is mended.
func TestABadConfigurationChangesNothing(t *testing.T) {
	t.Parallel()
	const good = `agents:
  - {name: karim, addr: "sip:201@127.0.0.1", skills: [suivi]}
queues: [{name: colis, skills: [suivi]}]
`
	r := newReread(t, 0, good) // only when asked, as by SIGHUP
	karim, err := r.router.Offer(t.Context(), agents.Request{Conv: "talks", Skills: []string{"suivi"}})
	if err != nil {
		t.Fatal(err)
	}
	defer karim.Release()
	r.waits(t, "first", "suivi")
	r.waits(t, "second", "suivi")
	was := r.staff.Load()
	for name, c := range map[string][2]string{
		"unreadable": {"queues: [", "not valid YAML"},
		"unknown":    {strings.Replace(good, "skills: [suivi]}]", "skils: [suivi]}]", 1), "skils"},
		"invalid":    {strings.Replace(good, "name: colis", "name: Colis!", 1), `queues[0].name: "Colis!" is not a name`},
		"no music":   {strings.Replace(good, "{name: colis", `{name: colis, announce: {music: "/nowhere.wav"}`, 1), "/nowhere.wav"},
		"no password": {`agents: [{name: nora, addr: registered, phone: {username: nora, password: "env:DECROCHE_TEST_NOBODY_SETS_THIS"}}]
`, "DECROCHE_TEST_NOBODY_SETS_THIS"},
		"gone": {"", "no such file"},
	} {
		r.log.Reset()
		if name == "gone" {
			if err := os.Remove(r.file); err != nil {
				t.Fatal(err)
			}
		} else {
			put(t, r.file, c[0])
		}
		r.Reload(t.Context())
		r.Reload(t.Context())
		if r.staff.Load() != was || len(r.router.Queues()) != 1 || r.router.Queues()[0].Name != "colis" {
			t.Errorf("%s: something has changed", name)
		}
		if p, n := r.before(t, "second"); n != 1 || p.Queue != "colis" {
			t.Errorf("%s: second waits at %+v", name, p)
		}
		if s := r.told(t); !strings.Contains(s.Problem, c[1]) || strings.Count(r.log.String(), "level=ERROR") != strings.Count(s.Problem, "\n")+1 {
			t.Errorf("%s: the API says %q, the log:\n%s", name, s.Problem, r.log)
		}
	}
	put(t, r.file, good)
	r.Reload(t.Context())
	if s := r.told(t); s.Problem != "" {
		t.Errorf("once mended: %+v", s)
	}
	if _, n := r.before(t, "second"); n != 1 {
		t.Errorf("%d before the second", n)
	}
}

// A reload beside calls, decisions and registrations that go on is safe for all of them.
func TestReloadsBesideEverything(t *testing.T) {
	t.Parallel()
	r := newReread(t, 0, "agents: [{name: karim, addr: \"sip:201@127.0.0.1\", skills: [suivi]}]\n")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if a, err := r.router.Offer(ctx, agents.Request{Conv: "c", Skills: []string{"suivi"}, Wait: time.Minute}); err == nil {
				a.Release()
			}
			r.agentTitle("karim")
			r.sip.Phones()
			r.router.Queues()
		}
	}()
	for range 20 {
		r.Reload(t.Context())
	}
	stop()
	<-done
}
