// Package relay is a bad line between callers and a server: packets get lost, late and out of
// order, by chances that a seed decides, so that a run can be played again. It works in user
// space and needs no privileges, unlike netem.
package relay

import (
	"container/heap"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options are how bad the line is, in both directions. The zero value is a good line.
type Options struct {
	Loss    float64       // share of packets that never arrive, 0 to 1
	Jitter  time.Duration // each packet is late by 0 to Jitter, evenly; none overtakes another by that alone
	Reorder float64       // share of packets that the one behind overtakes, 0 to 1
	Seed    uint64
}

// Validate returns every problem of o.
func (o Options) Validate() []string {
	var bad []string
	for key, v := range map[string]float64{"loss": o.Loss, "reorder": o.Reorder} {
		if !(v >= 0 && v <= 1) {
			bad = append(bad, fmt.Sprintf("%s: %v is not between 0 and 1", key, v))
		}
	}
	if o.Jitter < 0 || o.Jitter > 2*time.Second {
		bad = append(bad, fmt.Sprintf("jitter: %v is not between 0s and 2s", o.Jitter))
	}
	return bad
}

// Stats counts packets.
type Stats struct {
	Passed, Lost, Reordered uint64
}

// Relay holds a pair of sockets for each call, on one address. Its methods may be called from any
// goroutine.
type Relay struct {
	opt                     Options
	ip                      netip.Addr
	passed, lost, reordered atomic.Uint64
	readers                 sync.WaitGroup

	mu    sync.Mutex
	calls map[int]*path
}

// path is one call: what comes in at one end leaves at the other.
type path struct {
	toCaller, toServer *end
}

// end is the socket that one party sends to; it passes on to the other party, from the other end.
type end struct {
	relay *Relay
	conn  *net.UDPConn
	other *end
	to    atomic.Pointer[netip.AddrPort] // the party on this side

	// owned by read
	rand *rand.Rand
	last time.Time // when the packet before leaves
	held queue     // what has come and has not left
}

// held is a packet that waits for its time; of two with the same time the one that came first leaves
// first.
type held struct {
	due  time.Time
	came uint64
	b    []byte
}

// queue is a heap of packets, the next to leave first.
type queue struct {
	list []held
	came uint64
}

func (q *queue) Len() int { return len(q.list) }
func (q *queue) Less(i, j int) bool {
	a, b := &q.list[i], &q.list[j]
	return a.due.Before(b.due) || a.due.Equal(b.due) && a.came < b.came
}
func (q *queue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *queue) Push(x any)    { q.list = append(q.list, x.(held)) }
func (q *queue) Pop() any {
	x := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return x
}

// New makes a relay on the address ip.
func New(ip netip.Addr, o Options) *Relay {
	return &Relay{opt: o, ip: ip, calls: map[int]*path{}}
}

// Insert puts the relay between call i, whose caller receives at caller, and its server; it
// returns the address that the server is to be told.
func (r *Relay) Insert(i int, caller netip.AddrPort) (netip.AddrPort, error) {
	a, err := r.open(uint64(2 * i))
	if err != nil {
		return netip.AddrPort{}, err
	}
	b, err := r.open(uint64(2*i + 1))
	if err != nil {
		_ = a.conn.Close()
		return netip.AddrPort{}, err
	}
	a.other, b.other = b, a
	a.to.Store(&caller)
	r.mu.Lock()
	r.calls[i] = &path{toCaller: a, toServer: b}
	r.mu.Unlock()
	r.readers.Go(a.read)
	r.readers.Go(b.read)
	return b.addr(), nil
}

// Answer is told where the server of call i receives, and returns the address that its caller is
// to send to.
func (r *Relay) Answer(i int, server netip.AddrPort) netip.AddrPort {
	r.mu.Lock()
	p := r.calls[i]
	r.mu.Unlock()
	if p == nil {
		return server
	}
	p.toServer.to.Store(&server)
	return p.toCaller.addr()
}

func (r *Relay) open(stream uint64) (*end, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(r.ip, 0)))
	if err != nil {
		return nil, fmt.Errorf("relay: open a socket: %w; raise the limit of open files (ulimit -n)", err)
	}
	return &end{relay: r, conn: conn, rand: rand.New(rand.NewPCG(r.opt.Seed, stream))}, nil
}

func (e *end) addr() netip.AddrPort {
	return netip.AddrPortFrom(e.relay.ip, e.conn.LocalAddr().(*net.UDPAddr).AddrPort().Port())
}

// overtaken is how much later than its turn a packet leaves that is to be overtaken: more than the
// 20 ms to the next.
const overtaken = 25 * time.Millisecond

// read takes what its party sends and passes it on when it is due, until the socket is closed. One
// goroutine does both, so that nothing is overtaken that is not meant to be.
func (e *end) read() {
	buf := make([]byte, 2048)
	for {
		var next time.Time // none: whenever something comes
		if len(e.held.list) > 0 {
			next = e.held.list[0].due
		}
		_ = e.conn.SetReadDeadline(next)
		n, _, err := e.conn.ReadFromUDPAddrPort(buf)
		switch now := time.Now(); {
		case err == nil:
			e.take(buf[:n], now)
			e.leave(now)
		case errors.Is(err, os.ErrDeadlineExceeded):
			e.leave(now)
		case errors.Is(err, net.ErrClosed):
			return
		}
	}
}

// take decides what becomes of a packet that comes now.
func (e *end) take(b []byte, now time.Time) {
	o := &e.relay.opt
	lose, late, reorder := e.rand.Float64() < o.Loss, time.Duration(e.rand.Float64()*float64(o.Jitter)), e.rand.Float64() < o.Reorder
	if lose {
		e.relay.lost.Add(1)
		return
	}
	due := now.Add(late)
	if reorder {
		due = due.Add(overtaken) // and those behind need not wait for it
		e.relay.reordered.Add(1)
	} else {
		if due.Before(e.last) {
			due = e.last
		}
		e.last = due
	}
	e.relay.passed.Add(1)
	e.held.came++
	heap.Push(&e.held, held{due, e.held.came, append([]byte(nil), b...)})
}

// leave passes on what is due.
func (e *end) leave(now time.Time) {
	for len(e.held.list) > 0 && !e.held.list[0].due.After(now) {
		e.pass(heap.Pop(&e.held).(held).b)
	}
}

// pass sends a packet to the other party, from the end that it knows.
func (e *end) pass(packet []byte) {
	if to := e.other.to.Load(); to != nil {
		_, _ = e.other.conn.WriteToUDPAddrPort(packet, *to)
	}
}

// Stats is what happened so far, both directions together.
func (r *Relay) Stats() Stats { return Stats{r.passed.Load(), r.lost.Load(), r.reordered.Load()} }

// Close ends every path and waits for the readers.
func (r *Relay) Close() {
	r.mu.Lock()
	for _, p := range r.calls {
		_ = p.toCaller.conn.Close()
		_ = p.toServer.conn.Close()
	}
	r.calls = map[int]*path{}
	r.mu.Unlock()
	r.readers.Wait()
}
