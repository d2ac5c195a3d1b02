package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/asr"
	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/gateway/console"
)

// ReloadConfig says when hotlines are read again.
type ReloadConfig struct {
	// Every is how often the hotlines' folders and the configuration's file are looked at; 0: only when SIGHUP
	// asks.
	Every time.Duration `yaml:"every"`
	// Golden plays a changed hotline's golden conversations first; one that fails refuses it.
	Golden bool `yaml:"golden"`
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c ReloadConfig) Validate() []string {
	if c.Every != 0 && (c.Every < 100*time.Millisecond || c.Every > time.Hour) {
		return []string{fmt.Sprintf("every: %v is not between 100ms and 1h; write 0s to look only when SIGHUP asks", c.Every)}
	}
	return nil
}

// Reload is how a gateway reads its hotlines and its configuration again. The zero Reload never does.
type Reload struct {
	// File is that of the configuration, which is looked at as folders are; "" when there is none.
	File string
	// Config reads it again and proves it. Its error names every problem, each on a line. nil: it is never
	// read again.
	Config func(ctx context.Context) (Config, error)
	// Folders are where the bots come from, in their order; "" for one that is in the binary.
	Folders []string
	// Load reads one hotline, by the name it has in the configuration, and proves it. Its error is told to people: flows.Problems, with
	// file, line and column each, or plain words.
	Load func(name string, folder fs.FS) (*flows.Bot, error)
	// Prepare is told of all bots before new ones answer: it renders their prompts, and may
	// return a recogniser that knows their words; nil keeps the one there is. May be nil.
	Prepare func(ctx context.Context, bots []*flows.Bot) (asr.Recogniser, error)
}

// maxWatched bounds the files of a folder that are looked at.
const maxWatched = 5000

// served is what new conversations get. It is never changed: a conversation keeps the one that
// it began with, and so its version of the flows, to its end.
type served struct {
	bots []*flows.Bot
	ears asr.Recogniser
}

// hotlines keeps the bots that answer and replaces them when their folders change.
type hotlines struct {
	// constant
	reload  Reload
	golden  bool
	secrets map[string]string // of the configuration: names only are looked at
	log     *slog.Logger
	metrics *reloadMetrics

	now atomic.Pointer[served]

	mu   sync.Mutex // one reload at a time; guards list
	list []hotline  // in the order of the bots
}

// hotline is one folder.
type hotline struct {
	name    string // of the bot that answers
	loaded  time.Time
	problem string            // why the folder's newest version does not answer; "" when it does
	seen    [sha256.Size]byte // what the folder looked like at the last look
	handled [sha256.Size]byte // and when it was last read
}

// newHotlines serves bots until their folders change.
func newHotlines(bots []*flows.Bot, ears asr.Recogniser, reload Reload, cfg Config, log *slog.Logger, reg prometheus.Registerer) *hotlines {
	h := &hotlines{reload: reload, golden: cfg.Reload.Golden, secrets: cfg.Secrets, log: log, metrics: newReloadMetrics(reg)}
	h.now.Store(&served{bots, ears})
	for i, b := range bots {
		l := hotline{name: b.Name, loaded: time.Now()}
		if i < len(reload.Folders) {
			l.seen = look(reload.Folders[i])
			l.handled = l.seen
		}
		h.list = append(h.list, l)
		h.metrics.serves(b.Name, l.loaded, false)
	}
	return h
}

// bots are those that answer new conversations.
func (h *hotlines) bots() []*flows.Bot { return h.now.Load().bots }

// watch looks at the folders until ctx ends. A folder is read when it has changed and then stayed
// the same for one look: an editor may be writing several files.
func (h *hotlines) watch(ctx context.Context, every time.Duration) {
	if every <= 0 || h.reload.Load == nil {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.check(ctx, false)
		}
	}
}

// check reads every folder that has changed; all of them when now is set.
func (h *hotlines) check(ctx context.Context, now bool) {
	if h.reload.Load == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, folder := range h.reload.Folders[:min(len(h.reload.Folders), len(h.list))] {
		if folder == "" {
			continue
		}
		l := &h.list[i]
		seen := look(folder)
		settled := seen == l.seen
		l.seen = seen
		if now || settled && seen != l.handled {
			l.handled = seen
			h.replace(ctx, i, folder)
		}
	}
}

// replace reads one folder, proves it and lets it answer; mu is held. What is not good is told
// once, and the bot that answers stays.
func (h *hotlines) replace(ctx context.Context, i int, folder string) {
	l := &h.list[i]
	old := h.now.Load()
	version, err := flows.Version(os.DirFS(folder))
	if err == nil && version == old.bots[i].Version {
		if l.problem != "" {
			h.log.Info("hotline is again what answers", "folder", folder, "version", version)
		}
		l.problem = ""
		h.metrics.serves(l.name, l.loaded, false)
		return
	}
	next, err := h.prepare(ctx, i, folder, old)
	if err != nil {
		h.refuse(l, folder, err)
		return
	}
	h.now.Store(next)
	bot := next.bots[i]
	if l.name != bot.Name {
		h.metrics.forget(l.name)
	}
	l.name, l.loaded, l.problem = bot.Name, time.Now(), ""
	h.metrics.reloads.WithLabelValues("loaded").Inc()
	h.metrics.serves(l.name, l.loaded, false)
	h.log.Info("hotline reloaded; running conversations keep the version they began with", "folder", folder, "bot", bot.Name, "version", bot.Version, "was", old.bots[i].Version)
}

// prepare makes what would be served, or says why it cannot be.
func (h *hotlines) prepare(ctx context.Context, i int, folder string, old *served) (*served, error) {
	bot, err := h.reload.Load(folder, os.DirFS(folder))
	if err != nil {
		return nil, err
	}
	bots := append([]*flows.Bot(nil), old.bots...)
	bots[i] = bot
	if err := h.fits(bots, i); err != nil {
		return nil, err
	}
	if h.golden {
		if err := playGolden(folder); err != nil {
			return nil, err
		}
	}
	next := &served{bots, old.ears}
	if h.reload.Prepare != nil {
		ears, err := h.reload.Prepare(ctx, bots)
		if err != nil {
			return nil, fmt.Errorf("prepare what it says and hears: %w", err)
		}
		if ears != nil {
			next.ears = ears
		}
	}
	return next, nil
}

// fits tells what keeps one bot from answering beside the others.
func (h *hotlines) fits(bots []*flows.Bot, i int) error {
	bot := bots[i]
	for k, other := range bots {
		if k == i {
			continue
		}
		if other.Name == bot.Name {
			return fmt.Errorf("bot.yaml: name: %q is another hotline's; names are in records, so each has its own", bot.Name)
		}
		for _, n := range bot.Called() {
			if _, taken := other.LangFor(n); taken {
				return fmt.Errorf("bot.yaml: called: %q is answered by %s already; give each number to one bot", n, other.Name)
			}
		}
	}
	for _, name := range bot.Secrets() {
		if _, ok := h.secrets[name]; !ok {
			return fmt.Errorf("secret:%s is not in the configuration; add it under secrets: and start again", name)
		}
	}
	return nil
}

// playGolden plays a folder's golden conversations and names those that fail.
func playGolden(folder string) error {
	var bad []string
	for _, r := range flowtest.Run(os.DirFS(folder)) {
		if !r.OK {
			bad = append(bad, fmt.Sprintf("%s:%d: %s", filepath.Join(folder, r.File), r.Line, r.Name))
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("%d golden conversations fail; decroche flow test %s says where:\n%s", len(bad), folder, strings.Join(bad, "\n"))
}

// refuse tells why a folder's newest version does not answer, once.
func (h *hotlines) refuse(l *hotline, folder string, err error) {
	h.metrics.reloads.WithLabelValues("refused").Inc()
	h.metrics.serves(l.name, l.loaded, true)
	if err.Error() == l.problem {
		return
	}
	l.problem = err.Error()
	var list flows.Problems
	if !errors.As(err, &list) {
		h.log.Error("hotline not reloaded; the version before it goes on answering", "folder", folder, "problem", err)
		return
	}
	for _, p := range list {
		h.log.Error("hotline not reloaded; the version before it goes on answering", "folder", folder, "problem", p.String())
	}
}

// info is what the API tells about the bots.
func (h *hotlines) info() []console.Bot {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []console.Bot
	for i, b := range h.bots() {
		l := h.list[i]
		out = append(out, console.Bot{Name: b.Name, Title: b.Title(), Version: b.Version, Languages: b.Languages, Called: b.Called(), Loaded: l.loaded.UTC(), Problem: l.problem})
	}
	return out
}

// look takes the measure of a folder: names, sizes and times of its files, hidden ones aside. Links
// are followed, the folder's own and those of the folders in it, because the loader does and
// deployments switch them.
func look(folder string) (out [sha256.Size]byte) {
	sum := sha256.New()
	n := 0
	var walk func(folder string, top bool)
	walk = func(folder string, top bool) {
		if real, err := filepath.EvalSymlinks(folder); err == nil {
			folder = real
		}
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil: // it went while we looked; the next look tells
				return nil
			case path == folder:
				return nil
			case strings.HasPrefix(d.Name(), ".") && d.IsDir():
				return fs.SkipDir
			case strings.HasPrefix(d.Name(), ".") || d.IsDir():
				return nil
			}
			if n++; n > maxWatched {
				return fs.SkipAll
			}
			st, err := os.Stat(path)
			switch {
			case err != nil: // a link to nothing keeps the folder from loading, so it counts
				_, _ = fmt.Fprintf(sum, "%q\n", path)
			case st.IsDir() && top && filepath.Dir(path) == folder: // further down links are not followed
				walk(path, false)
			default:
				_, _ = fmt.Fprintf(sum, "%q %d %d\n", path, st.Size(), st.ModTime().UnixNano())
			}
			return nil
		})
	}
	walk(folder, true)
	sum.Sum(out[:0])
	return out
}

// reloadMetrics count reloads and tell which hotline does not answer with its newest version.
type reloadMetrics struct {
	reloads *prometheus.CounterVec
	loaded  *prometheus.GaugeVec
	problem *prometheus.GaugeVec
}

func newReloadMetrics(reg prometheus.Registerer) *reloadMetrics {
	m := &reloadMetrics{
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_hotline_reloads_total", Help: "Changed hotlines that were read, by what became of them."}, []string{"result"}),
		loaded:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "decroche_hotline_loaded_timestamp_seconds", Help: "When the version that answers was loaded."}, []string{"bot"}),
		problem: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "decroche_hotline_problem", Help: "1 while the newest version of a hotline's folder was refused and an older one answers."}, []string{"bot"}),
	}
	m.reloads.WithLabelValues("loaded")
	m.reloads.WithLabelValues("refused")
	reg.MustRegister(m.reloads, m.loaded, m.problem)
	return m
}

func (m *reloadMetrics) serves(bot string, loaded time.Time, problem bool) {
	m.loaded.WithLabelValues(bot).Set(float64(loaded.UnixMilli()) / 1000)
	v := 0.0
	if problem {
		v = 1
	}
	m.problem.WithLabelValues(bot).Set(v)
}

func (m *reloadMetrics) forget(bot string) {
	m.loaded.DeleteLabelValues(bot)
	m.problem.DeleteLabelValues(bot)
}

// Reload reads the configuration and every hotline's folder again, changed or not; SIGHUP asks for it.
// What is wrong is logged, and shown in the API and in /metrics.
func (g *Gateway) Reload(ctx context.Context) {
	g.settings.check(ctx, true)
	g.hotlines.check(ctx, true)
}
