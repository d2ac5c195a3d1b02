package udp

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// fedRoom is how many packets wait for Recv: 2.5 s of one call, as a socket's buffer would hold when
// the clock is held up. What comes then is dropped.
const fedRoom = 128

// Fed is a Conn without a socket: what it receives is handed to it, and what it sends is handed
// on. It is how sound takes part that another protocol carries, and that came to us decrypted. It
// knows one address, which all packets come from and go to.
type Fed struct {
	// constant
	peer netip.AddrPort
	send func(packet []byte) error

	dropped atomic.Uint64

	// guarded by mu
	mu     sync.Mutex
	closed bool
	came   []fed
	spare  [][]byte // buffers go round
}

// fed is one packet that waits for Recv.
type fed struct {
	data []byte
	at   time.Time
}

// Feed makes a Conn of one far end. send gets each packet that leaves, on the goroutine of who calls
// Send; it must neither wait nor keep the packet.
func Feed(peer netip.AddrPort, send func(packet []byte) error) *Fed {
	return &Fed{peer: peer, send: send}
}

// Put hands in a packet that came at a time, and copies it. Any goroutine may call it.
func (f *Fed) Put(packet []byte, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if len(f.came) >= fedRoom {
		f.dropped.Add(1)
		return
	}
	var b []byte
	if n := len(f.spare); n > 0 {
		b, f.spare = f.spare[n-1][:0], f.spare[:n-1]
	}
	f.came = append(f.came, fed{append(b, packet...), at})
}

// Recv implements Conn.
func (f *Fed) Recv(in *Inbox) (int, error) {
	in.Packets, in.More = in.room[:0], false
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, net.ErrClosed
	}
	n := min(len(f.came), len(in.room))
	for _, k := range f.came[:n] {
		if len(k.data) > in.size {
			f.dropped.Add(1)
		} else {
			b := in.slot(len(in.Packets))
			in.Packets = append(in.Packets, Packet{b[:copy(b, k.data)], f.peer, k.at})
		}
		f.spare = append(f.spare, k.data)
	}
	f.came = append(f.came[:0], f.came[n:]...)
	in.More = len(f.came) > 0
	return len(in.Packets), nil
}

// Send implements Conn.
func (f *Fed) Send(out *Outbox) (sent int, first error) {
	for _, q := range out.parts {
		if err := f.send(out.arena[q.from:q.upTo]); err == nil {
			sent++
		} else if first == nil {
			first = err
		}
	}
	out.Reset()
	return sent, first
}

// LocalAddr implements Conn; it has none.
func (f *Fed) LocalAddr() netip.AddrPort { return netip.AddrPort{} }

// Buffers implements Conn; they are not the system's.
func (f *Fed) Buffers() (recv, send int) { return 0, 0 }

// Dropped implements Conn.
func (f *Fed) Dropped() uint64 { return f.dropped.Load() }

// Close implements Conn. Whose packets these were is told nothing.
func (f *Fed) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed, f.came, f.spare = true, nil, nil
	return nil
}
