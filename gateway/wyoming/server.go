package wyoming

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
)

// Wish is whom a satellite would like to speak with.
type Wish struct {
	Name  string // of the satellite
	Bot   string // "" for whoever answers first
	Lang  string // "" for the bot's own
	Phone string // where its owner can be rung, "" when that is not known
}

// Server keeps the connections to all satellites. Make it with New; Serve connects. Its methods are
// safe for concurrent use.
type Server struct {
	// constant once Serve runs
	cfg     Config
	log     *slog.Logger
	metrics *Metrics
	admit   func() *leg.Cause
	voice   Voice
	accept  func(context.Context, leg.Leg, Wish)
	connect func(ctx context.Context, address string) (net.Conn, error) // nil: by the network
	sats    []*satellite

	begun sync.WaitGroup // what accept was given, and spoken refusals
}

// Voice speaks a sentence in a language: what the gateway says to a satellite without a call.
type Voice func(ctx context.Context, lang, text string) (media.Source, error)

// New checks cfg; nothing is connected yet. m may be nil.
func New(cfg Config, log *slog.Logger, m *Metrics) (*Server, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("wyoming: %s", strings.Join(bad, "; "))
	}
	if m == nil {
		m = NewMetrics(nil)
	}
	s := &Server{cfg: cfg, log: log, metrics: m}
	for _, c := range cfg.Satellites {
		s.sats = append(s.sats, &satellite{s: s, cfg: c, log: log.With("satellite", c.Name), state: State{Name: c.Name, Addr: c.Addr}})
	}
	return s, nil
}

// Admit makes f the door: nil lets a call in. Call it before Serve.
func (s *Server) Admit(f func() *leg.Cause) { s.admit = f }

// Speak makes v the voice of refusals outside of calls. Call it before Serve; without it they are
// told to the satellite and not spoken.
func (s *Server) Speak(v Voice) { s.voice = v }

// Serve connects to every satellite, again and again where that fails, and gives calls to accept, each
// on a goroutine of its own. When ctx ends every call is ended and every satellite paused; Serve
// returns when accept has returned from all of them.
func (s *Server) Serve(ctx context.Context, accept func(context.Context, leg.Leg, Wish)) error {
	s.accept = accept
	for _, w := range s.cfg.Warnings() {
		s.log.Warn("wyoming: " + w)
	}
	var all sync.WaitGroup
	for _, sat := range s.sats {
		all.Go(func() { sat.run(ctx) })
	}
	<-ctx.Done()
	all.Wait()
	s.begun.Wait()
	return nil
}

// State is how one satellite is doing.
type State struct {
	Name, Addr string
	Connected  bool
	Since      time.Time // of Connected, or of the last connection; zero when there never was one
	Why        string    // what keeps it from being connected, "" when it is or was not tried yet
	InCall     bool
	Software   string // what it says it is
	Area       string // where it says it stands
}

// States tells of every satellite, in the order of the configuration.
func (s *Server) States() []State {
	out := make([]State, len(s.sats))
	for i, sat := range s.sats {
		sat.mu.Lock()
		out[i] = sat.state
		sat.mu.Unlock()
	}
	return out
}
