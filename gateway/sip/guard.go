package sip

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/sip/number"
)

// A guard says whom the gateway may call, and counts: toll fraud is a caller, an agent's stolen session
// or a referring PBX that has calls placed to numbers which cost money. Every dial passes it, whoever
// ordered it, and so does every target of a REFER; what is not permitted fails before anything is sent.
// A nil guard permits everything: a phone in a terminal has none.
//
// Counts are windows that slide by the minute and by the hour, so that a cap cannot be used twice around the
// turn of the clock, and remember carries them over a restart.
type guard struct {
	// constant
	cfg     OutboundConfig
	allowed []string // beginnings of canonical numbers
	denied  []string
	caps    []OutboundCap // with canonical prefixes
	hosts   map[string]bool
	now     func() time.Time
	log     *slog.Logger
	metrics *Metrics

	mu     sync.Mutex
	known  map[string]bool // whole addresses that somebody configured
	theirs map[string]bool // and hosts
	all    tally
	by     map[string]*tally // of caps
	up     int               // calls to numbers that are up or ringing
	logged map[string]time.Time
	keeper *keeper // nil: counts are of this process
}

// barred is why a call is not permitted.
type barred struct {
	why  string // one of barredReasons
	text string
}

// Error implements error. It holds no whole number.
func (b *barred) Error() string { return "not permitted by outbound: " + b.text }

// The reasons, as they stand in metrics.
const (
	barPrefix = "prefix"
	barDenied = "denied"
	barHost   = "host"
	barHour   = "per_hour"
	barDay    = "per_day"
	barAtOnce = "at_once"
	barNumber = "not_a_number"
)

var barredReasons = []string{barPrefix, barDenied, barHost, barHour, barDay, barAtOnce, barNumber}

// newGuard makes one. known are addresses and hosts that other parts of the configuration name, as
// "sip:201@192.0.2.7" (this address) or "192.0.2.7" (this host).
func newGuard(cfg OutboundConfig, trunks []TrunkConfig, known []string, log *slog.Logger, m *Metrics) *guard {
	g := &guard{cfg: cfg, hosts: map[string]bool{}, now: time.Now, log: log, metrics: m,
		by: map[string]*tally{}, logged: map[string]time.Time{}}
	g.denied = prefixesOf(cfg.Denied, cfg.Country)
	g.allowed = prefixesOf(cfg.Prefixes, cfg.Country)
	if len(cfg.Prefixes) == 0 {
		for _, t := range trunks {
			g.allowed = append(g.allowed, prefixesOf(t.Prefixes, cfg.Country)...)
		}
	}
	for _, k := range cfg.Caps {
		if p, ok := number.Prefix(k.Prefix, cfg.Country); ok {
			k.Prefix = p
			g.caps = append(g.caps, k)
			g.by[p] = &tally{}
		}
	}
	for _, t := range trunks { // extensions of a telephone system
		host, _, _ := splitAddr(t.Addr)
		for _, h := range []string{t.Name, t.Domain, host} {
			if h != "" {
				g.hosts[hostKey(h)] = true
			}
		}
	}
	for _, h := range cfg.Hosts {
		g.hosts[hostKey(h)] = true
	}
	g.setKnown(known)
	return g
}

// setKnown replaces what other parts of the configuration name.
func (g *guard) setKnown(known []string) {
	addresses, hosts := map[string]bool{}, map[string]bool{}
	for _, k := range known {
		var uri msg.Uri
		switch {
		case !strings.Contains(k, ":") || strings.Count(k, ":") > 1 && !strings.Contains(k, "@"):
			hosts[hostKey(k)] = true
		case msg.ParseUri(k, &uri) == nil:
			addresses[addressKey(uri)] = true
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known, g.theirs = addresses, hosts
}

func prefixesOf(list []string, country string) []string {
	var out []string
	for _, p := range list {
		if p, ok := number.Prefix(p, country); ok {
			out = append(out, p)
		}
	}
	return out
}

// addressKey is an address as it is compared: who at which host and port.
func addressKey(uri msg.Uri) string {
	return fmt.Sprintf("%s@%s:%d", uri.User, hostKey(uri.Host), portOf(uri))
}

// check tells whether a call to uri would be let through now, and counts nothing. canon is the number that
// counts for it, "" for one that does not count.
func (g *guard) check(uri msg.Uri, trunk bool) (canon string, err error) {
	if b := g.judge(uri, trunk); b != nil {
		g.refuse(b, uri.User)
		return "", b
	}
	if !trunk && !number.Like(uri.User) {
		return "", nil
	}
	canon, ok := number.Canon(uri.User, g.cfg.Country)
	if !ok {
		canon = uri.User // a known address
	}
	g.mu.Lock()
	b := g.full(canon)
	g.mu.Unlock()
	if b != nil {
		g.refuse(b, uri.User)
		return "", b
	}
	return canon, nil
}

// enter asks for a call to uri; through a trunk, uri.User is the number as it is dialled before it is
// rewritten. leave gives the place of a call back and is called once, when it has ended; the error is
// a *barred.
func (g *guard) enter(uri msg.Uri, trunk bool) (leave func(), err error) {
	if g == nil {
		return func() {}, nil
	}
	canon, err := g.check(uri, trunk)
	if canon == "" {
		return func() {}, err
	}
	g.mu.Lock()
	b := g.full(canon) // another call may have been faster
	if b == nil {
		g.count(canon)
	}
	g.mu.Unlock()
	if b != nil {
		g.refuse(b, uri.User)
		return nil, b
	}
	g.metrics.outbound.Inc()
	var once sync.Once
	return func() {
		once.Do(func() {
			g.mu.Lock()
			g.up--
			g.mu.Unlock()
			g.metrics.outbound.Dec()
		})
	}, nil
}

// judge looks at whom a call is for.
func (g *guard) judge(uri msg.Uri, trunk bool) *barred {
	g.mu.Lock()
	known, theirs := g.known[addressKey(uri)], g.theirs[hostKey(uri.Host)]
	g.mu.Unlock()
	if known {
		return nil
	}
	if !trunk {
		if !theirs && !g.hosts[hostKey(uri.Host)] {
			return &barred{barHost, fmt.Sprintf("no part of the configuration names the host %q; add it to outbound.hosts", uri.Host)}
		}
		if !number.Like(uri.User) {
			return nil
		}
	}
	canon, ok := number.Canon(uri.User, g.cfg.Country)
	if !ok {
		return &barred{barNumber, fmt.Sprintf("%q is not a number", number.Mask(uri.User))}
	}
	if p, ok := number.Longest(canon, g.denied); ok {
		return &barred{barDenied, fmt.Sprintf("numbers that begin with %s are in outbound.denied", p)}
	}
	if _, ok := number.Longest(canon, g.allowed); !ok && (trunk || len(g.allowed) > 0) {
		return &barred{barPrefix, fmt.Sprintf("no prefix of outbound.prefixes, or of a trunk, fits %s", number.Mask(canon))}
	}
	return nil
}

// full tells which cap a call to canon would go beyond; nil for none. mu is held.
func (g *guard) full(canon string) *barred {
	now := g.now()
	over := func(t *tally, hour, day int, of string) *barred {
		switch h, d := t.sum(now); {
		case h >= hour:
			return &barred{barHour, fmt.Sprintf("%d calls%s began within an hour; outbound allows no more", h, of)}
		case d >= day:
			return &barred{barDay, fmt.Sprintf("%d calls%s began within a day; outbound allows no more", d, of)}
		}
		return nil
	}
	if g.up >= g.cfg.AtOnce {
		return &barred{barAtOnce, fmt.Sprintf("%d calls to numbers are up; outbound.at_once allows no more", g.up)}
	}
	if b := over(&g.all, g.cfg.PerHour, g.cfg.PerDay, ""); b != nil {
		return b
	}
	if k, ok := g.capOf(canon); ok {
		return over(g.by[k.Prefix], k.PerHour, k.PerDay, " to "+k.Prefix)
	}
	return nil
}

// count adds a call to canon; mu is held.
func (g *guard) count(canon string) {
	now := g.now()
	g.all.put(now, now, 1)
	k, ok := g.capOf(canon)
	if ok {
		g.by[k.Prefix].put(now, now, 1)
	}
	g.keeper.note(now, k.Prefix)
	g.up++
}

// capOf is the cap with the longest prefix that canon begins with.
func (g *guard) capOf(canon string) (best OutboundCap, ok bool) {
	for _, k := range g.caps {
		if strings.HasPrefix(canon, k.Prefix) && (!ok || len(k.Prefix) > len(best.Prefix)) {
			best, ok = k, true
		}
	}
	return best, ok
}

// refuse counts a refusal, and logs it once a minute for each reason: a flood of them must not fill
// the log.
func (g *guard) refuse(b *barred, who string) {
	g.metrics.barred.WithLabelValues(b.why).Inc()
	g.mu.Lock()
	now := g.now()
	quiet := now.Sub(g.logged[b.why]) < time.Minute && !g.logged[b.why].IsZero()
	if !quiet {
		g.logged[b.why] = now
	}
	g.mu.Unlock()
	if !quiet {
		g.log.Warn("outbound call refused", "reason", b.why, "to", number.Mask(who), "why", b.text)
	}
}

// tally counts calls by the minute for an hour and by the hour for a day.
type tally struct {
	minutes [60]slot
	hours   [25]slot // the one that is running, and a day
}

type slot struct {
	at int64 // which minute or hour since 1970
	n  int
}

// put counts n calls that began at, which is not after now; what is older than the windows is left out.
func (t *tally) put(at, now time.Time, n int) {
	bump := func(slots []slot, at, now int64) {
		if now-at >= int64(len(slots)) {
			return
		}
		s := &slots[at%int64(len(slots))]
		if s.at != at {
			*s = slot{at: at}
		}
		s.n += n
	}
	bump(t.minutes[:], at.Unix()/60, now.Unix()/60)
	bump(t.hours[:], at.Unix()/3600, now.Unix()/3600)
}

// sum is how many calls began in the last hour, and in the last day: the slots that are not wholly
// older than that.
func (t *tally) sum(now time.Time) (hour, day int) {
	m, h := now.Unix()/60, now.Unix()/3600
	for _, s := range t.minutes {
		if m-s.at < 60 {
			hour += s.n
		}
	}
	for _, s := range t.hours {
		if h-s.at < 25 {
			day += s.n
		}
	}
	return hour, day
}
