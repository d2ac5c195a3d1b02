package rtc

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"

	"decroche/gateway/leg"
	"decroche/internal/limit"
	"decroche/media/rtp"
)

// Wish is whom a browser would like to speak with.
type Wish struct {
	Bot  string // "" for whoever answers first
	Lang string // as in an HTML lang attribute; "" for the bot's own
	// Chat is a typed conversation that goes on in the call, and Token what opens it; "" for none.
	Chat, Token string
	// Speaker says that it is no page but a smart speaker: it has neither keys nor a screen.
	Speaker bool
}

// Server takes browsers. Make it with New, bind it with Listen, and mount Handler; Serve says who
// takes the calls. Its methods are safe for concurrent use.
type Server struct {
	// constant after New
	cfg     Config
	engine  *rtp.Engine
	log     *slog.Logger
	pionLog pionLog
	metrics *Metrics
	servers []server
	cert    tls.Certificate
	print   fingerprint
	network ice.NetworkType
	limit   *limit.Rate
	ready   chan struct{} // closed when Serve begins: HTTP may be there a moment before

	// constant after Listen
	port   *port
	mux    ice.UDPMux
	unhook func()

	warned atomic.Int64 // when it was last said that TURN servers give no address, in ns

	// guarded by mu
	mu     sync.Mutex
	closed bool
	admit  func() *leg.Cause
	accept func(context.Context, leg.Leg, Wish)
	serve  context.Context
	lines  map[string]*line // by id
	parked map[string]*line // by name
	begun  sync.WaitGroup   // what accept was given
	peers  sync.WaitGroup   // their goroutines
}

// New checks cfg and reads its secrets; nothing listens yet. m may be nil.
func New(cfg Config, engine *rtp.Engine, log *slog.Logger, m *Metrics) (*Server, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("rtc: %s", strings.Join(bad, "; "))
	}
	if m == nil {
		m = NewMetrics(nil)
	}
	s := &Server{cfg: cfg, engine: engine, log: log, pionLog: pionLog{log}, metrics: m, lines: map[string]*line{}, parked: map[string]*line{}, network: ice.NetworkTypeUDP4,
		limit: limit.NewRate(cfg.OffersPerSource, cfg.OffersBurst, time.Now), ready: make(chan struct{})}
	var err error
	if s.servers, err = cfg.servers(); err != nil {
		return nil, err
	}
	if a, err := netip.ParseAddrPort(cfg.Listen); err == nil && a.Addr().Is6() && !a.Addr().Is4In6() {
		s.network = ice.NetworkTypeUDP6
	}
	s.cert, s.print, err = newCertificate(time.Now())
	return s, err
}

// Listen takes the port. It does nothing where rtc.listen is empty.
func (s *Server) Listen() error {
	if s.cfg.Listen == "" {
		return nil
	}
	a, err := netip.ParseAddrPort(s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("rtc: listen on %q: %w", s.cfg.Listen, err)
	}
	c, err := listen(a, s.metrics)
	if err != nil {
		return fmt.Errorf("rtc: cannot listen on %s/udp: %w; stop what uses it, or choose another address with rtc.listen", s.cfg.Listen, err)
	}
	s.port, s.unhook = c, s.engine.AfterSlots(c.flush)
	if len(s.servers) > 0 { // STUN servers have to be asked from the port that browsers then reach
		s.mux = ice.NewUniversalUDPMuxDefault(ice.UniversalUDPMuxParams{UDPConn: c, Logger: s.pionLog.NewLogger("mux")})
	} else {
		s.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: c, Logger: s.pionLog.NewLogger("mux")})
	}
	close(c.begun)
	return nil
}

// Addr is the bound UDP address, "" when there is none.
func (s *Server) Addr() string {
	if s.port == nil {
		return ""
	}
	return s.port.LocalAddr().String()
}

// Admit makes f the door: nil lets a call in. Call it before Serve.
func (s *Server) Admit(f func() *leg.Cause) { s.admit = f }

// Serve, called once, gives calls to accept, each on a goroutine of its own, until ctx ends. Then every line is
// ended, and Serve returns when accept has returned from all of them.
func (s *Server) Serve(ctx context.Context, accept func(context.Context, leg.Leg, Wish)) error {
	s.mu.Lock()
	s.accept, s.serve = accept, ctx
	s.mu.Unlock()
	close(s.ready)
	<-ctx.Done()
	s.mu.Lock()
	s.accept = nil
	rest := make([]*line, 0, len(s.lines))
	for _, l := range s.lines {
		rest = append(rest, l)
	}
	s.mu.Unlock()
	for _, l := range rest {
		l.end(leg.ErrDrained, endedUs)
	}
	s.begun.Wait()
	return nil
}

// Close frees the port. Serve has returned.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	rest := make([]*line, 0, len(s.lines))
	for _, l := range s.lines {
		rest = append(rest, l)
	}
	s.mu.Unlock()
	for _, l := range rest {
		l.end(leg.ErrDrained, endedUs)
	}
	if s.mux != nil {
		s.unhook()
		_ = s.mux.Close()
		_ = s.port.Close()
	}
	s.peers.Wait()
}

// Lines is how many browsers are on the line.
func (s *Server) Lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

var (
	errFull  = &refusal{503, "as many browsers as rtc.max_sessions allows are connected; try again in a moment"}
	errClose = &refusal{503, "no calls are taken now; try again in a moment"}
	errNoUDP = &refusal{503, "calls from browsers are switched off here (rtc.listen)"}
)

// open makes a line for an offer and gives it to whoever takes calls; it returns the line when it was
// accepted, and the answer.
func (s *Server) open(ctx context.Context, o *offer, w Wish) (*line, answer, error) {
	l, err := s.newLine(ctx, o, w, "")
	if err != nil {
		return nil, answer{}, err
	}
	l.mu.Lock()
	a, err := l.write()
	l.mu.Unlock()
	if err == nil {
		err = l.peer.start()
	}
	if err != nil {
		l.end(err, endedRefused)
		return nil, a, err
	}
	select {
	case <-s.ready:
	case <-ctx.Done():
		l.end(leg.ErrHungUp, endedCaller)
		return nil, a, context.Cause(ctx)
	}
	s.mu.Lock()
	accept, serve := s.accept, s.serve
	if accept != nil {
		s.begun.Add(1)
	}
	s.mu.Unlock()
	if accept == nil {
		l.end(errClose, endedRefused)
		return nil, a, errClose
	}
	go func() {
		defer s.begun.Done()
		accept(serve, l, w)
	}()
	select {
	case <-l.accepted:
		return l, a, nil
	case <-l.ctx.Done():
		l.mu.Lock()
		why := l.why
		l.mu.Unlock()
		return nil, a, refused(why)
	case <-ctx.Done(): // the browser has gone
		l.end(leg.ErrHungUp, endedCaller)
		return nil, a, context.Cause(ctx)
	}
}

// refused says in HTTP why nobody took a call.
func refused(why leg.Cause) error {
	switch {
	case why.Status == 404:
		return &refusal{404, "there is no such bot here; GET /api/v1/bots lists who answers"}
	case why.Status == 503, why.Status == 486, why.Status == 480:
		return errClose
	case why.Status == 403:
		return &refusal{403, "this call is not taken"}
	}
	return &refusal{503, "the call was not taken; try again in a moment"}
}

// newLine makes the line of an offer, with its media and its first peer.
func (s *Server) newLine(ctx context.Context, o *offer, w Wish, name string) (*line, error) {
	if s.mux == nil {
		return nil, errNoUDP
	}
	c, err := o.choose(s.cfg.Codecs)
	if err != nil {
		return nil, err
	}
	tag := strings.ToLower(rand.Text())
	l := &line{s: s, name: name, id: strings.ToLower(rand.Text()), made: time.Now(), offer: o, coming: returnedItself, ssrc: random32(),
		accepted: make(chan struct{}), up: make(chan struct{}),
		info: leg.Info{ID: "rtc-" + tag[:12], From: anonymous, Called: w.Bot, Rate: infoOf(c.name).Rate, Codec: c.name, Tag: tag}}
	l.used.Store(name == "")
	l.ctx, l.cancel = context.WithCancelCause(context.Background())
	l.media = s.engine.OpenOver(wire{l}, rtp.Options{InBand: rtp.InBandAuto})
	if l.peer, err = newPeer(ctx, s, o, l); err != nil {
		l.media.Close()
		return nil, err
	}
	s.mu.Lock()
	full, closed := len(s.lines) >= s.cfg.MaxSessions, s.closed
	if !full && !closed {
		s.lines[l.id] = l
		s.metrics.lines.Set(float64(len(s.lines)))
	}
	s.mu.Unlock()
	if full || closed {
		l.media.Close()
		l.peer.close()
		if full {
			return nil, errFull
		}
		return nil, errClose
	}
	return l, nil
}

// anonymous is the caller of whom nothing is known (RFC 3323 §4.1.1.3).
const anonymous = "sip:anonymous@anonymous.invalid"

func random32() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, since Go 1.24
	return binary.BigEndian.Uint32(b[:])
}

// session is the number of a line in our o-lines.
func (s *Server) session(l *line) string { return fmt.Sprint(uint64(l.ssrc)<<16 | 1) }

// line finds one by its id.
func (s *Server) line(id string) (*line, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.lines[id]
	return l, ok
}

func (s *Server) forget(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.name != "" && s.parked[l.name] == l {
		delete(s.parked, l.name)
	}
	if s.lines[l.id] == l {
		delete(s.lines, l.id)
		s.metrics.lines.Set(float64(len(s.lines)))
	}
}

// again takes another offer of a browser whose line there is: an ICE restart when its certificate is
// the same, else a connection of its own, which takes over when it stands.
func (l *line) again(ctx context.Context, o *offer) (answer, error) {
	if _, err := o.choose(l.order()); err != nil {
		return answer{}, err
	}
	l.mu.Lock()
	p, same := l.peer, l.offer.same(o) && l.joinedB && !l.peer.closed.Load()
	l.mu.Unlock()
	if same {
		if err := p.restart(ctx, o.ufrag, o.pwd, o.candidates); err != nil {
			return answer{}, err
		}
	} else {
		var err error
		if p, err = newPeer(ctx, l.s, o, l); err != nil {
			return answer{}, err
		}
	}
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		p.close()
		return answer{}, errGone
	}
	old := l.peer
	l.peer, l.offer, l.coming = p, o, returnedAgain
	if same {
		l.coming = returnedRestart
	}
	a, err := l.write()
	l.mu.Unlock()
	if err == nil && !same {
		err = p.start()
		if l.out.Load() != old {
			old.close() // it never came to anything
		}
	}
	return a, err
}

// restart takes an ICE restart without an offer (RFC 9725 §4.3.2).
func (l *line) restart(ctx context.Context, f *fragment) (answer, *offer, error) {
	l.mu.Lock()
	p, o := l.peer, *l.offer
	l.mu.Unlock()
	o.ufrag, o.pwd, o.candidates = f.ufrag, f.pwd, f.candidates
	if p.closed.Load() {
		return answer{}, nil, &refusal{409, "the connection is closed; send a whole offer to come back to the call"}
	}
	a, err := l.again(ctx, &o)
	return a, &o, err
}

// same tells whether two offers are of one browser's one connection.
func (o *offer) same(other *offer) bool {
	for _, f := range o.fingerprints {
		for _, g := range other.fingerprints {
			if f == g {
				return true
			}
		}
	}
	return false
}

var errGone = &refusal{404, "there is no such call, or it has ended"}

// asRefusal is what a browser is told of an error.
func asRefusal(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	return &refusal{500, "the gateway could not answer; its log says why"}
}
