package udp

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// PacketConn is what Pump needs of a socket; *net.UDPConn is one.
type PacketConn interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	Close() error
}

// pumpRoom is how many datagrams wait for Recv: at 50 a second from each of a hundred calls,
// 50 ms. The rest waits in the socket.
const (
	pumpRoom = 256
	pumpSize = 2048
)

// Pump makes a Conn of any socket that reads and writes one datagram at a time: a goroutine reads
// ahead, up to 256 datagrams of 2048 bytes. It is what Listen gives where the system has no batches,
// and how sockets in memory take part (tests in virtual time). It owns c.
func Pump(c PacketConn, local netip.AddrPort) Conn {
	p := &pump{c: c, local: local, free: make(chan *kept, pumpRoom), came: make(chan *kept, pumpRoom)}
	p.reading.Go(p.read)
	return p
}

type pump struct {
	c          PacketConn
	local      netip.AddrPort
	recv, send int
	reading    sync.WaitGroup
	free, came chan *kept // buffers go round
	made       int        // of the reader
	dropped    atomic.Uint64
	closed     atomic.Bool
}

// kept is one datagram on its way from the reader to Recv.
type kept struct {
	data [pumpSize]byte
	n    int
	from netip.AddrPort
	at   time.Time
}

func (p *pump) read() {
	defer close(p.came)
	for {
		k := p.buffer()
		n, from, err := p.c.ReadFromUDPAddrPort(k.data[:])
		if p.closed.Load() {
			return
		}
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			p.free <- k
			time.Sleep(time.Millisecond) // an ICMP answer; never a busy loop
			continue
		}
		k.n, k.from, k.at = n, unmap(from), time.Now()
		p.came <- k
	}
}

// buffer returns a free one, waiting while all are full.
func (p *pump) buffer() *kept {
	select {
	case k := <-p.free:
		return k
	default:
	}
	if p.made < pumpRoom {
		p.made++
		return new(kept)
	}
	return <-p.free
}

// Recv implements Conn.
func (p *pump) Recv(in *Inbox) (int, error) {
	in.Packets, in.More = in.room[:0], false
	for len(in.Packets) < len(in.room) {
		select {
		case k, open := <-p.came:
			if !open {
				return len(in.Packets), net.ErrClosed
			}
			if k.n > in.size {
				p.dropped.Add(1)
			} else {
				b := in.slot(len(in.Packets))
				in.Packets = append(in.Packets, Packet{b[:copy(b, k.data[:k.n])], k.from, k.at})
			}
			p.free <- k // has room for all that were ever made
		default:
			return len(in.Packets), nil
		}
	}
	in.More = true
	return len(in.Packets), nil
}

// Send implements Conn.
func (p *pump) Send(out *Outbox) (sent int, first error) {
	for _, q := range out.parts {
		if _, err := p.c.WriteToUDPAddrPort(out.arena[q.from:q.upTo], q.to); err == nil {
			sent++
		} else if first == nil {
			first = err
		}
	}
	out.Reset()
	return sent, first
}

// LocalAddr implements Conn.
func (p *pump) LocalAddr() netip.AddrPort { return p.local }

// Buffers implements Conn.
func (p *pump) Buffers() (recv, send int) { return p.recv, p.send }

// Dropped implements Conn.
func (p *pump) Dropped() uint64 { return p.dropped.Load() }

// Close implements Conn. It returns when the reader has ended.
func (p *pump) Close() error {
	if p.closed.Swap(true) {
		return nil
	}
	err := p.c.Close()
	for { // the reader may wait for a buffer
		select {
		case k, open := <-p.came:
			if !open {
				p.reading.Wait()
				return err
			}
			p.free <- k
		}
	}
}

// listenPump is Listen with nothing but the net package.
func listenPump(addr netip.AddrPort, opt Options) (Conn, error) {
	var ip net.IP
	if addr.Addr().IsValid() {
		ip = addr.Addr().AsSlice()
	}
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: ip, Port: int(addr.Port()), Zone: addr.Addr().Zone()})
	if err != nil {
		return nil, err
	}
	if opt.RecvBuffer > 0 {
		_ = c.SetReadBuffer(opt.RecvBuffer) // smaller buffers serve too
	}
	if opt.SendBuffer > 0 {
		_ = c.SetWriteBuffer(opt.SendBuffer)
	}
	return Pump(c, unmap(c.LocalAddr().(*net.UDPAddr).AddrPort())), nil
}
