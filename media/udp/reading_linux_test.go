package udp

import (
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkReading compares two ways to read packets that come one by one, each 100 µs, to eight
// sockets, as those of 200 calls do: a goroutine that waits at each socket, and one that looks into
// all of them every 5 ms. The figure is the CPU time of everything but the sender, per packet:
// decision 9 rests on it.
func BenchmarkReading(b *testing.B) {
	const apart = 100 * time.Microsecond
	read := map[string]func(b *testing.B) (to []netip.AddrPort, stop func()){
		"nobody":     nobodyReads,
		"waiting":    waitingReaders,
		"every-5-ms": drainer,
	}
	for _, name := range []string{"nobody", "waiting", "every-5-ms"} {
		b.Run(name, func(b *testing.B) {
			to, stop := read[name](b)
			defer stop()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			c, err := Listen(netip.AddrPortFrom(lo4, 0), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			out := NewOutbox()
			all, mine := usage(unix.RUSAGE_SELF), usage(unix.RUSAGE_THREAD)
			due := time.Now()
			for i := 0; b.Loop(); i++ {
				for due = due.Add(apart); time.Now().Before(due); { // a sleep is not as fine
				}
				out.Room(to[i%len(to)], 172)
				c.Send(out)
			}
			others := usage(unix.RUSAGE_SELF) - all - (usage(unix.RUSAGE_THREAD) - mine)
			b.ReportMetric(float64(others.Nanoseconds())/float64(b.N), "reading-ns/packet")
		})
	}
}

func usage(who int) time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(who, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func eight(b *testing.B) (list []Conn, to []netip.AddrPort) {
	for range 8 {
		c, err := Listen(netip.AddrPortFrom(lo4, 0), Options{RecvBuffer: 4 << 20})
		if err != nil {
			b.Fatal(err)
		}
		list, to = append(list, c), append(to, c.LocalAddr())
	}
	return list, to
}

func nobodyReads(b *testing.B) ([]netip.AddrPort, func()) {
	list, to := eight(b)
	return to, func() {
		for _, c := range list {
			c.Close()
		}
	}
}

func drainer(b *testing.B) ([]netip.AddrPort, func()) {
	list, to := eight(b)
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		in := NewInbox(64, 2048)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			for _, c := range list {
				for n := 64; n == 64; {
					n, _ = c.Recv(in)
				}
			}
		}
	})
	return to, func() {
		close(quit)
		done.Wait()
		for _, c := range list {
			c.Close()
		}
	}
}

func waitingReaders(b *testing.B) (to []netip.AddrPort, stop func()) {
	var conns []*net.UDPConn
	var done sync.WaitGroup
	for range 8 {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(lo4, 0)))
		if err != nil {
			b.Fatal(err)
		}
		conns, to = append(conns, c), append(to, unmap(c.LocalAddr().(*net.UDPAddr).AddrPort()))
		done.Go(func() {
			buf := make([]byte, 2048)
			for {
				if _, _, err := c.ReadFromUDPAddrPort(buf); err != nil {
					return
				}
			}
		})
	}
	return to, func() {
		for _, c := range conns {
			c.Close()
		}
		done.Wait()
	}
}
