// Package agents is many agents' telephones for benches of transfers: some answer and take the
// caller, others refuse, ring out, die, answer too late or do what RFC 3261 forbids. Each INVITE is
// met with a behaviour drawn from a seeded deck, and everything that happens on the wire is written
// into a log of the telephone's own, from which Log.Outcome says how the attempt ended for who only
// sees the wire. It speaks plain text over UDP and G.711 and shares nothing with the gateway's stack.
package agents

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"decroche/bench/callers"
	"decroche/bench/siptext"
)

// ToneHz is what an agent who took the caller sounds like, and CallerHz what callers do.
const (
	ToneHz   = 1875.0
	CallerHz = 2437.5
)

// Options describe the telephones. Clock times are drawn around these.
type Options struct {
	Seed  uint64
	Deck  []Behaviour // drawn in a random order, again and again; one of each that needs no Told when empty
	Talk  time.Duration
	Leave float64 // share of agents who hang up first, after Talk
	// Lost is asked about each SIP message, sent or read, whether it is lost; nil: none is. Any goroutine.
	Lost func() bool
	// Told is told in what the caller has to take part, by the History-Info of the INVITE: for CallerLeaves and
	// BothLeave when they hang up, for GoesMute since when nothing comes from here. It must not block.
	Told func(came string, b Behaviour, at time.Time)
}

// Phones are the telephones of all agents, on one socket.
type Phones struct {
	opt  Options
	conn *net.UDPConn
	at   string
	ctx  context.Context // the life of the phones
	stop context.CancelFunc
	all  sync.WaitGroup

	mu    sync.Mutex // guards what follows, and every phone's call
	rand  *rand.Rand
	deck  []Behaviour
	calls map[string]*call // by Call-ID
	logs  []*Log
}

// Open opens the telephones on a free port of loopback. Close ends them.
func Open(o Options) (*Phones, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("open the agents' telephones: %w", err)
	}
	_ = conn.SetReadBuffer(4 << 20)
	if len(o.Deck) == 0 {
		o.Deck = All()[:13]
	}
	p := &Phones{opt: o, conn: conn, at: conn.LocalAddr().String(), calls: map[string]*call{}, rand: rand.New(rand.NewPCG(o.Seed, 7))}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.all.Go(p.read)
	p.all.Go(p.sound)
	return p, nil
}

// Addr is the SIP address of agent name.
func (p *Phones) Addr(name string) string { return "sip:" + name + "@" + p.at }

// Close ends the telephones and waits for everything that they began.
func (p *Phones) Close() {
	p.stop()
	_ = p.conn.SetReadDeadline(time.Now())
	p.all.Wait()
	_ = p.conn.Close()
}

// Logs are the logs of all attempts, in the order of their INVITEs, and may be read while the
// telephones are open: they are copies.
func (p *Phones) Logs() []Log {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Log, len(p.logs))
	for i, l := range p.logs {
		out[i] = *l
	}
	return out
}

// draw takes the next behaviour; mu is held.
func (p *Phones) draw() Behaviour {
	if len(p.deck) == 0 {
		p.deck = append(p.deck, p.opt.Deck...)
		p.rand.Shuffle(len(p.deck), func(i, j int) { p.deck[i], p.deck[j] = p.deck[j], p.deck[i] })
	}
	b := p.deck[0]
	p.deck = p.deck[1:]
	return b
}

// between draws a time; mu is held.
func (p *Phones) between(low, high time.Duration) time.Duration {
	return low + time.Duration(p.rand.Int64N(int64(high-low)+1))
}

// read takes what the gateway sends until the socket's deadline.
func (p *Phones) read() {
	buf := make([]byte, 64<<10)
	for {
		n, from, err := p.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP answer
		}
		if o := p.opt.Lost; o != nil && o() {
			continue
		}
		m, ok := siptext.Parse(append([]byte(nil), buf[:n]...))
		if !ok {
			continue
		}
		now := time.Now()
		p.mu.Lock()
		c := p.calls[m.CallID]
		switch {
		case c != nil && m.Status > 0:
			c.response(m, now)
		case c != nil:
			c.request(m, now)
		case m.Method == "INVITE":
			p.rings(m, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), now)
		case m.Status == 0 && m.Method != "ACK":
			p.send(siptext.Answer(m, "481 Call/Transaction Does Not Exist", "", p.at, "", ""), from)
		}
		p.mu.Unlock()
	}
}

func (p *Phones) send(b []byte, to netip.AddrPort) {
	if o := p.opt.Lost; o != nil && o() {
		return
	}
	_, _ = p.conn.WriteToUDPAddrPort(b, to)
}

// rings begins a call; mu is held.
func (p *Phones) rings(m siptext.Message, from netip.AddrPort, now time.Time) {
	l := &Log{Agent: m.User, Behaviour: p.draw(), Invited: now}
	c := &call{p: p, log: l, invite: m, to: from, tag: fmt.Sprintf("a%x", p.rand.Uint64()), events: make(chan struct{}, 1)}
	c.plan = plan{ring: p.between(200*time.Millisecond, 1200*time.Millisecond), think: p.between(500*time.Millisecond, 4500*time.Millisecond), leaves: p.rand.Float64() < p.opt.Leave, again: p.between(0, 2*time.Second)}
	p.calls[m.CallID], p.logs = c, append(p.logs, l)
	p.all.Go(c.play)
}

// tone is what agents who took a caller send.
var tone = callers.Tone(ToneHz, 6000)
