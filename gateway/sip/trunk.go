package sip

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/sip/number"
	"decroche/internal/secret"
)

// A trunk is a carrier or a telephone system that calls leave by, with what is known of its health.
type trunk struct {
	// constant
	cfg      TrunkConfig
	way      msg.Uri // where requests are sent
	domain   string
	prefixes []string // canonical
	who      credentials
	tls      *tls.Config // nil: the system's certificates
	metrics  *Metrics
	log      *slog.Logger

	mu         sync.Mutex
	down       string    // why it counts as gone, "" when it does not
	since      time.Time // of that
	until      time.Time // when it is worth another try without a sign of life; zero: a ping will tell
	missed     int       // pings without an answer, in a row
	registered time.Time // until when; zero: not
	failure    string    // why it is not registered, "" when it is or never tried
	calls      int
	seen       map[netip.Addr]bool // addresses that it was found at
}

// downFor is how long a trunk that failed a call is left alone when nothing pings it.
const downFor = 30 * time.Second

// maxSeen bounds the addresses that are remembered of one trunk.
const maxSeen = 64

// newTrunk makes one; it reads the trunk's secret and certificates.
func newTrunk(cfg TrunkConfig, country string, log *slog.Logger, m *Metrics) (*trunk, error) {
	host, port, err := splitAddr(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("sip: trunk %q: %w", cfg.Name, err)
	}
	password, err := secret.Fetch(cfg.Password)
	if err != nil {
		return nil, fmt.Errorf("sip: trunk %q: password: %w", cfg.Name, err)
	}
	t := &trunk{cfg: cfg, domain: cmp.Or(cfg.Domain, host), who: credentials{cfg.Username, password}, metrics: m, log: log,
		prefixes: prefixesOf(cfg.Prefixes, country), seen: map[netip.Addr]bool{}}
	t.way = msg.Uri{Scheme: "sip", Host: bracket(host), Port: port}
	if cfg.Transport != "" && cfg.Transport != "udp" {
		t.way.UriParams = msg.HeaderParams{{K: "transport", V: cfg.Transport}}
	}
	if cfg.Transport == "tls" {
		if t.tls, err = clientTLS(cfg.CA, cmp.Or(cfg.ServerName, host)); err != nil {
			return nil, fmt.Errorf("sip: trunk %q: %w", cfg.Name, err)
		}
	}
	m.trunkUp.WithLabelValues(cfg.Name).Set(1)
	m.trunkCalls.WithLabelValues(cfg.Name)
	if cfg.Register {
		m.trunkRegistered.WithLabelValues(cfg.Name)
	}
	return t, nil
}

// uri is the Request-URI of somebody at the trunk.
func (t *trunk) uri(user string) msg.Uri {
	u := msg.Uri{Scheme: "sip", User: user, Host: bracket(t.domain)}
	if t.cfg.Domain == "" {
		u.Port = t.way.Port
	}
	return u
}

// rewrite is a canonical number as the trunk wants it.
func (t *trunk) rewrite(canon string) string {
	for _, r := range t.cfg.Rewrite {
		if strings.HasPrefix(canon, r.From) {
			return r.To + strings.TrimPrefix(canon, r.From)
		}
	}
	return canon
}

// takes tells how well the trunk fits a canonical number: the length of the prefix, -1 for not at all.
func (t *trunk) takes(canon string) int {
	p, ok := number.Longest(canon, t.prefixes)
	if !ok {
		return -1
	}
	return len(p)
}

// usable tells whether a call is worth trying: it counts as there, and is registered where it should be.
func (t *trunk) usable(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.down != "" && (t.until.IsZero() || now.Before(t.until)) {
		return false
	}
	return !t.cfg.Register || now.Before(t.registered) || t.failure == ""
}

// take takes one of max_calls; leave gives it back.
func (t *trunk) take() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cfg.MaxCalls > 0 && t.calls >= t.cfg.MaxCalls {
		return false
	}
	t.calls++
	t.metrics.trunkCalls.WithLabelValues(t.cfg.Name).Set(float64(t.calls))
	return true
}

func (t *trunk) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls--
	t.metrics.trunkCalls.WithLabelValues(t.cfg.Name).Set(float64(t.calls))
}

// failed notes that a call or pings found the trunk gone. again is when it may be tried without a ping
// having found it; zero leaves that to the pings.
func (t *trunk) failed(why string, again time.Time) {
	t.mu.Lock()
	news := t.down == ""
	if news {
		t.since = time.Now()
	}
	t.down, t.until = why, again
	t.mu.Unlock()
	t.metrics.trunkUp.WithLabelValues(t.cfg.Name).Set(0)
	if news {
		t.log.Warn("trunk is down", "trunk", t.cfg.Name, "why", why)
	}
}

// alive notes a sign of life.
func (t *trunk) alive() {
	t.mu.Lock()
	news := t.down != ""
	t.down, t.until, t.missed = "", time.Time{}, 0
	if news {
		t.since = time.Now()
	}
	t.mu.Unlock()
	t.metrics.trunkUp.WithLabelValues(t.cfg.Name).Set(1)
	if news {
		t.log.Info("trunk is up", "trunk", t.cfg.Name)
	}
}

// found notes an address of the trunk: what comes from there is let in.
func (t *trunk) found(a netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) < maxSeen {
		t.seen[a] = true
	}
}

func (t *trunk) at(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen[a]
}

// trunkAt is the trunk that a message comes from, nil for none of ours.
func (s *Server) trunkAt(f flow) *trunk {
	for _, t := range s.trunks {
		if t.at(f.addr.Addr()) {
			return t
		}
	}
	return nil
}

// named is the trunk that an address names, by its name or as its host; nil for none. Another port of
// the same machine is another matter.
func (s *Server) named(uri msg.Uri) *trunk {
	key := hostKey(uri.Host)
	for _, t := range s.trunks {
		switch {
		case t.cfg.Name == key && uri.Port == 0:
			return t
		case (hostKey(t.domain) == key || hostKey(t.way.Host) == key) && (uri.Port == 0 || uri.Port == int(portOf(t.way))):
			return t
		}
	}
	return nil
}

// choose puts the trunks that may dial a canonical number into the order in which they are tried: those
// that are there first, then by priority, and within one at random by weight (RFC 2782).
func (s *Server) choose(canon string, now time.Time) []*trunk {
	type ranked struct {
		t    *trunk
		gone bool
		draw float64
	}
	var list []ranked
	for _, t := range s.trunks {
		if t.takes(canon) < 0 {
			continue
		}
		// The largest of u^(1/w) is each trunk's with probability in proportion to its weight
		// (Efraimidis and Spirakis 2006), and so on for the rest.
		draw := 1 - rand.Float64()
		w := float64(max(t.cfg.Weight, 1))
		list = append(list, ranked{t, !t.usable(now), math.Pow(draw, 1/w)})
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		if a.gone != b.gone {
			if a.gone {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.t.cfg.Priority, b.t.cfg.Priority), cmp.Compare(b.draw, a.draw))
	})
	out := make([]*trunk, len(list))
	for i, r := range list {
		out[i] = r.t
	}
	return out
}

// TrunkState is how a trunk is doing.
type TrunkState struct {
	Name            string    // as configured
	Addr            string    // as configured
	Up              bool      // nothing says that it is gone
	Why             string    // it is not up, or not registered; "" else
	Since           time.Time // of Up; zero when it never changed
	Register        bool      // it should be registered
	RegisteredUntil time.Time // zero: not registered
	Calls, MaxCalls int       // MaxCalls 0: no bound
}

// Trunks tells how each trunk is doing, in the order of the configuration. Any goroutine may call it.
func (s *Server) Trunks() []TrunkState {
	out := make([]TrunkState, 0, len(s.trunks))
	for _, t := range s.trunks {
		t.mu.Lock()
		st := TrunkState{Name: t.cfg.Name, Addr: t.cfg.Addr, Up: t.down == "", Why: t.down, Since: t.since, Register: t.cfg.Register,
			RegisteredUntil: t.registered, Calls: t.calls, MaxCalls: t.cfg.MaxCalls}
		if st.Why == "" {
			st.Why = t.failure
		}
		t.mu.Unlock()
		if !time.Now().Before(st.RegisteredUntil) {
			st.RegisteredUntil = time.Time{}
		}
		out = append(out, st)
	}
	return out
}
