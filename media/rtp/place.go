package rtp

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

const (
	// bindTries bounds how many pairs that other programs hold are met before giving up: Open is
	// called where calls come in and must not search for long.
	bindTries = 100
	// lateFor is how long packets of an ended call may still come: no call from the same address
	// gets its port meanwhile.
	lateFor = 3 * time.Second
	// oneCallBuffer is enough for one call's packets, however late they are read.
	oneCallBuffer = 256 << 10
)

// place gives s a port of the shard with the fewest sessions; when no port can be opened any more,
// one of any shard where it fits.
func (e *Engine) place(s *Session) error {
	ip := s.opt.Remote.Addr().WithZone("")
	shared := e.cfg.PortMode == Shared && ip.IsValid() && !ip.IsUnspecified() && !natted(s.opt.Remote.Addr(), s.opt.Source)
	e.mu.Lock()
	sh := slices.MinFunc(e.shards, func(a, b *shard) int { return a.sessions - b.sessions })
	base := false
	if shared {
		var p *port
		if p, base = sh.find(ip, e.cfg.SharedPorts); p != nil {
			e.join(p, s)
			e.mu.Unlock()
			return nil
		}
	}
	sh.sessions++ // while the port is being bound: calls that come at once must spread
	e.mu.Unlock()
	p, err := e.bind(sh, shared)
	e.mu.Lock()
	defer e.mu.Unlock()
	sh.sessions--
	if err == nil {
		p.base = base
		if shared {
			sh.ports = append(sh.ports, p)
		}
		e.join(p, s)
		return nil
	}
	for _, other := range e.shards {
		if !shared {
			break
		}
		if p, _ := other.find(ip, 0); p != nil {
			e.join(p, s)
			return nil
		}
	}
	return err
}

// find returns the port of the shard that suits a call from ip and has the fewest calls; none while
// another first port may be opened, or when all hold a call from ip. Engine.mu is held.
func (sh *shard) find(ip netip.Addr, want int) (best *port, base bool) {
	bases, now := 0, time.Now()
	for _, p := range sh.ports {
		if p.base {
			bases++
		}
		if at, ok := p.left[ip]; ok {
			if now.Sub(at) < lateFor {
				continue
			}
			delete(p.left, ip)
		}
		if (best == nil || p.calls < best.calls) && !p.holds(ip) {
			best = p
		}
	}
	if bases < want && (best == nil || best.calls > 0) {
		return nil, true
	}
	return best, false
}

// join makes s a session of p; Engine.mu is held.
func (e *Engine) join(p *port, s *Session) {
	s.port = p
	p.calls++
	p.shard.sessions++
	e.sessions[s] = struct{}{}
	if !p.shared {
		p.mu.Lock()
		p.only = s
		p.mu.Unlock()
		return
	}
	p.claim(s, s.opt.Remote.Addr(), s.opt.Source)
}

// leave gives back the port of a session that has left the wheel. One without calls is closed,
// and with it what waits in its sockets is gone; a shard's first ports stay, and what still comes
// to them is nobody's.
func (e *Engine) leave(s *Session) {
	e.metrics.sessions.Dec()
	p := s.port
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.sessions, s)
	p.shard.sessions--
	p.calls--
	p.mu.Lock()
	remote := s.remote
	p.unclaim(s)
	s.gone = true
	p.mu.Unlock()
	if p.calls > 0 || p.base {
		now := time.Now()
		if len(p.left) > leftMost {
			for a, at := range p.left {
				if now.Sub(at) >= lateFor {
					delete(p.left, a)
				}
			}
		}
		p.left[remote] = now
		return
	}
	if p.shared {
		p.shard.forget(p)
	}
	p.close()
	if !p.wired {
		delete(e.open, p.number)
		e.metrics.ports.Dec()
	}
}

// leftMost addresses are remembered before the old ones are looked for.
const leftMost = 256

// forget takes p off the shard's list; Engine.mu is held.
func (sh *shard) forget(p *port) {
	for i, q := range sh.ports {
		if q == p {
			last := len(sh.ports) - 1
			sh.ports[i], sh.ports[last] = sh.ports[last], nil
			sh.ports = sh.ports[:last]
			return
		}
	}
}

// bind opens the next free pair, even port first (RFC 3550 §11).
func (e *Engine) bind(sh *shard, shared bool) (*port, error) {
	buffer := e.cfg.SocketBuffer
	if !shared {
		buffer = min(buffer, oneCallBuffer)
	}
	var failed error
	for range bindTries {
		number, ok := e.reserve()
		if !ok {
			break
		}
		a, err := e.listen(e.cfg.BindIP, number, buffer)
		if err == nil {
			b, err2 := e.listen(e.cfg.BindIP, number+1, buffer)
			if err2 == nil {
				p := &port{engine: e, shard: sh, number: number, shared: shared, rtp: &lane{conn: a}, rtcp: &lane{conn: b}}
				if shared {
					p.left = map[netip.Addr]time.Time{}
					p.claims, p.doors = map[netip.Addr][]*Session{}, map[netip.Addr][]*Session{}
				}
				e.mu.Lock()
				e.open[number] = p
				e.mu.Unlock()
				e.metrics.ports.Inc()
				if shared {
					got, _ := a.Buffers()
					e.metrics.buffer.Set(float64(got))
				}
				return p, nil
			}
			a.Close()
			err = err2
		}
		e.mu.Lock()
		delete(e.open, number)
		e.mu.Unlock()
		failed = err
	}
	if failed != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNoPort, failed)
	}
	return nil, ErrNoPort
}

// reserve takes the next pair that no session of ours has.
func (e *Engine) reserve() (number int, ok bool) {
	first := evenFrom(e.cfg.PortMin)
	pairs := (e.cfg.PortMax - first + 1) / 2
	e.mu.Lock()
	defer e.mu.Unlock()
	for range pairs {
		number = first + 2*e.next
		e.next = (e.next + 1) % pairs
		if _, taken := e.open[number]; !taken {
			e.open[number] = nil
			return number, true
		}
	}
	return 0, false
}
