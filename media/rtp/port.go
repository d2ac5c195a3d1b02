package rtp

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// port is a pair of sockets, RTP and RTCP, and the sessions on it: one, or several whose far ends
// have different addresses. All of them are on the wheel with one worker, and that worker alone
// reads the sockets, each time before it plays the first member of a slot that is on this port.
type port struct {
	// constant
	engine *Engine
	shard  *shard
	number int
	shared bool // takes more than one call
	base   bool // one of the shard's first ports: stays open when its last call has ended
	wired  bool // no port at all, but a wire of its only call: see OpenOver

	// owned by the worker
	rtp, rtcp *lane
	drained   time.Time // due time of the slot for which the sockets were read
	reported  time.Time // and the control socket

	// guarded by Engine.mu
	calls int
	left  map[netip.Addr]time.Time // addresses of ended calls, whose late packets may still come

	// guarded by mu
	mu     sync.Mutex
	only   *Session                  // of a port that is not shared
	claims map[netip.Addr][]*Session // whose media come from an address
	doors  map[netip.Addr][]*Session // whose signalling does
}

// control is the lane of RTCP.
func (p *port) control(mux bool) *lane {
	if mux {
		return p.rtp
	}
	return p.rtcp
}

// controlEvery is how often RTCP is read: nothing in it is urgent.
const controlEvery = 200 * time.Millisecond

// drain reads what has come to the port, once in a slot. Its worker calls it.
func (p *port) drain(due time.Time) {
	if due.Equal(p.drained) {
		return
	}
	p.drained = due
	p.read(p.rtp, (*Session).packetIn)
	if p.rtcp != p.rtp && due.Sub(p.reported) >= controlEvery {
		p.reported = due
		p.read(p.rtcp, (*Session).controlIn)
	}
}

// read hands the packets of one socket to the sessions they are for.
func (p *port) read(l *lane, give func(s *Session, b []byte, from netip.AddrPort, at time.Time)) {
	in := p.shard.inbox
	for range drainRounds {
		l.conn.Recv(in) // an error is of one datagram, or says that the port is being closed
		foreign := 0
		for i := range in.Packets {
			q := &in.Packets[i]
			if s := p.owner(q.From); s != nil {
				give(s, q.Data, q.From, q.At)
			} else {
				foreign++
			}
		}
		if foreign > 0 {
			p.engine.metrics.foreign.Add(float64(foreign))
		}
		if !in.More {
			break
		}
	}
	if n := l.conn.Dropped(); n != l.dropped {
		p.engine.metrics.kernel.Add(float64(n - l.dropped))
		l.dropped = n
	}
}

// owner is whose packet from an address is. On a shared port an address that no signalling has
// vouched for is a stranger's; so is one from which several calls signal, unless one of them has
// its media there. Where the media of two have moved to one address (a re-INVITE may do that),
// only the very port counts that they announced or were heard from.
func (p *port) owner(from netip.AddrPort) *Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.only != nil {
		return p.only
	}
	ip := from.Addr().WithZone("")
	list := p.claims[ip]
	if len(list) == 0 {
		list = p.doors[ip]
	}
	if len(list) == 1 {
		return list[0]
	}
	for _, s := range list {
		s.mu.Lock()
		his := s.latch.locked && s.latch.addr == from || !s.latch.locked && s.params.Remote == from
		s.mu.Unlock()
		if his {
			return s
		}
	}
	return nil
}

// claim notes where the packets of s may come from: remote is the address in the SDP, source that
// of the signalling.
func (p *port) claim(s *Session, remote, source netip.Addr) {
	if !p.shared {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !remote.IsValid() || remote.IsUnspecified() { // held as in RFC 2543: it will come back
		remote = s.remote
	}
	p.unclaim(s)
	if s.gone { // a re-INVITE that crossed the end of the call
		return
	}
	s.remote, s.source = remote.WithZone(""), source.WithZone("")
	if s.remote.IsValid() {
		p.claims[s.remote] = append(p.claims[s.remote], s)
	}
	if s.source.IsValid() && s.source != s.remote {
		p.doors[s.source] = append(p.doors[s.source], s)
	}
}

// unclaim forgets s; mu is held.
func (p *port) unclaim(s *Session) {
	forget := func(m map[netip.Addr][]*Session, a netip.Addr) {
		if i := slices.Index(m[a], s); i >= 0 {
			if m[a] = slices.Delete(m[a], i, i+1); len(m[a]) == 0 {
				delete(m, a)
			}
		}
	}
	forget(p.claims, s.remote)
	forget(p.doors, s.source)
}

// holds reports whether a session's media come from a.
func (p *port) holds(a netip.Addr) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.claims[a]) > 0
}

// close frees the sockets; what waits in them is gone.
func (p *port) close() {
	p.rtp.conn.Close()
	p.rtcp.conn.Close()
}
