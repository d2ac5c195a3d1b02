package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/console"
)

// staff is who can take callers and where these wait: what a changed configuration replaces while the
// gateway runs. It is never changed itself.
type staff struct {
	agents agents.Config
	queues agents.Queues
	music  map[string]*call.Music // of queues, by file
}

// newStaff reads what a configuration says of it, with the files that it names.
func newStaff(cfg Config) (*staff, error) {
	music, err := loadMusic(cfg.Queues)
	if err != nil {
		return nil, err
	}
	return &staff{reachable(cfg.Agents, cfg.SIP.Registrar.Domain), cfg.Queues, music}, nil
}

// loadMusic reads what queues play.
func loadMusic(queues agents.Queues) (map[string]*call.Music, error) {
	all := map[string]*call.Music{}
	for _, q := range queues {
		file := q.Announce.Music
		if file == "" || all[file] != nil {
			continue
		}
		m, err := call.LoadMusic(file)
		if err != nil {
			return nil, fmt.Errorf("queue %q: %w", q.Name, err)
		}
		all[file] = m
	}
	return all, nil
}

// files are what the queues read besides the configuration: holidays and music.
func (s *staff) files() (out []string) {
	for _, q := range s.queues {
		if q.Announce.Music != "" {
			out = append(out, q.Announce.Music)
		}
		for _, h := range q.Holidays {
			if file, ok := strings.CutPrefix(h, "file:"); ok {
				out = append(out, file)
			}
		}
	}
	return out
}

// taken are the keys of the configuration that a running gateway takes over; the others wait for a restart.
var taken = []string{"agents", "queues"}

// settings reads the configuration's file again while the gateway runs, and replaces the staff: agents
// with their phones, queues with their hours, holidays and music. Whoever waits keeps their place. A file with
// a mistake changes nothing.
type settings struct {
	// constant
	g       *Gateway
	reload  Reload
	log     *slog.Logger
	reloads *prometheus.CounterVec
	bad     prometheus.Gauge

	mu      sync.Mutex        // one reload at a time; guards what follows
	seen    [sha256.Size]byte // what the files looked like at the last look
	handled [sha256.Size]byte // and when they were last read
	state   console.Settings
}

// newSettings begins with what g was made with.
func newSettings(g *Gateway) *settings {
	s := &settings{g: g, reload: g.engines.Reload, log: g.log, state: console.Settings{Loaded: time.Now().UTC()},
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_config_reloads_total", Help: "Times that a changed configuration was read while the gateway ran, by what became of it."}, []string{"result"}),
		bad:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_config_problem", Help: "1 while the configuration's file has a mistake and what was read before it holds."}),
	}
	s.reloads.WithLabelValues("loaded")
	s.reloads.WithLabelValues("refused")
	g.reg.MustRegister(s.reloads, s.bad)
	s.seen = s.look()
	s.handled = s.seen
	return s
}

// look takes the measure of the configuration's file and of those that its queues name.
func (s *settings) look() (out [sha256.Size]byte) {
	if s.reload.File == "" {
		return out
	}
	sum := sha256.New()
	for _, file := range append([]string{s.reload.File}, s.g.staff.Load().files()...) {
		if st, err := os.Stat(file); err != nil {
			_, _ = fmt.Fprintf(sum, "%q\n", file)
		} else {
			_, _ = fmt.Fprintf(sum, "%q %d %d\n", file, st.Size(), st.ModTime().UnixNano())
		}
	}
	sum.Sum(out[:0])
	return out
}

// watch looks at the files until ctx ends. They are read when they have changed and then stayed the same
// for one look: an editor may be writing.
func (s *settings) watch(ctx context.Context, every time.Duration) {
	if every <= 0 || s.reload.Config == nil || s.reload.File == "" {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.check(ctx, false)
		}
	}
}

// check reads the configuration when its files have changed; in any case when now is set.
func (s *settings) check(ctx context.Context, now bool) {
	if s.reload.Config == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.look()
	settled := seen == s.seen
	s.seen = seen
	if !now && (!settled || seen == s.handled) {
		return
	}
	if err := s.replace(ctx); err != nil {
		s.refuse(err)
	}
	s.seen = s.look() // the new queues may name other files
	s.handled = s.seen
}

// replace puts what the file says now in the place of what it said; mu is held. Everything that can
// fail comes before anything is changed.
func (s *settings) replace(ctx context.Context) error {
	cfg, err := s.reload.Config(ctx)
	if err != nil {
		return err
	}
	next, err := newStaff(cfg)
	if err != nil {
		return err
	}
	g := s.g
	phones, known := dialled(g.cfg, next.agents)
	if err := g.sip.SetPhones(phones, known); err != nil {
		return err
	}
	g.staff.Store(next)
	g.router.SetTeam(next.agents)
	g.router.SetQueues(next.queues)
	s.state = console.Settings{Loaded: time.Now().UTC(), Restart: differing(g.cfg, cfg)}
	s.reloads.WithLabelValues("loaded").Inc()
	s.bad.Set(0)
	s.log.Info("configuration reloaded; who waits keeps their place", "agents", len(next.agents), "queues", len(next.queues))
	if r := s.state.Restart; len(r) > 0 {
		s.log.Warn("parts of the configuration are read at the start only; restart the gateway for them", "keys", strings.Join(r, ", "))
	}
	return nil
}

// refuse tells why the newest file does not hold, once.
func (s *settings) refuse(err error) {
	s.reloads.WithLabelValues("refused").Inc()
	s.bad.Set(1)
	list := []string{err.Error()}
	if ps, ok := errors.AsType[flows.Problems](err); ok {
		list = nil
		for _, p := range ps {
			list = append(list, p.String())
		}
	}
	text := strings.Join(list, "\n")
	if text == s.state.Problem {
		return
	}
	s.state.Problem = text
	for _, p := range list {
		s.log.Error("configuration not reloaded; what was read before goes on holding", "file", s.reload.File, "problem", p)
	}
}

// info is what the API tells about the configuration.
func (s *settings) info() console.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.state
	out.Restart = slices.Clone(out.Restart)
	return out
}

// differing are the keys of the file, but those that are taken over, whose values differ.
func differing(was, now Config) (keys []string) {
	a, b := reflect.ValueOf(was), reflect.ValueOf(now)
	for i := range a.NumField() {
		key, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("yaml"), ",")
		if !slices.Contains(taken, key) && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			keys = append(keys, key)
		}
	}
	return keys
}
