package callers

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

// Sink receives the streams of senders that need no call: flow i at Addr(i) and the sink's port.
type Sink struct {
	wire  wire
	port  uint16
	calls []*Call
	// Inter are the times between two packets of a flow that follow each other. To be read when Run
	// has returned, as is what Packets returns.
	Inter Histogram
}

// Addr is the address of flow i, one of its own for each of the first MostCalls.
func Addr(i int) netip.Addr { return netip.AddrFrom4(addressOf(i)) }

// NewSink opens a sink for n flows. It needs Linux.
func NewSink(n int) (*Sink, error) {
	if !shares {
		return nil, fmt.Errorf("callers: a sink for many flows needs Linux on amd64 or arm64")
	}
	if n < 1 || n > MostCalls {
		return nil, fmt.Errorf("callers: %d flows are not between 1 and %d", n, MostCalls)
	}
	w, err := newWire(netip.IPv4Unspecified(), false)
	if err != nil {
		return nil, err
	}
	at, err := w.open(0)
	if err != nil {
		w.close()
		return nil, err
	}
	s := &Sink{wire: w, port: at.Port()}
	for i := range n {
		c := &Call{Index: i}
		c.Stats.inter = &s.Inter
		s.calls = append(s.calls, c)
	}
	return s, nil
}

// Port is where the flows are to be sent.
func (s *Sink) Port() uint16 { return s.port }

// Run receives until ctx ends and closes the sink.
func (s *Sink) Run(ctx context.Context) {
	defer s.wire.close()
	t := time.NewTicker(slotTime)
	defer t.Stop()
	for {
		s.wire.read(-1, func(i int, at int64, b []byte) {
			if i >= 0 && i < len(s.calls) {
				s.calls[i].hear(at, b)
			}
		})
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// Packets is how many packets came, how many numbers are missing among them and in how many
// places sound was left out.
func (s *Sink) Packets() (n, gaps, skips uint64) {
	for _, c := range s.calls {
		n, gaps, skips = n+c.Stats.Packets, gaps+c.Stats.Gaps, skips+c.Stats.Skips
	}
	return n, gaps, skips
}
