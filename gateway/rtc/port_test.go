package rtc

import (
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pion/ice/v4"
)

// Connections that close do not fail what others send meanwhile: ICE sets a write deadline on the
// socket when one does. On a net.UDPConn this test counts 1 to 25 failures.
func TestClosingFailsNobody(t *testing.T) {
	t.Parallel()
	m := NewMetrics(nil)
	o, err := listen(netip.MustParseAddrPort("127.0.0.1:0"), m)
	if err != nil {
		t.Fatal(err)
	}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: o, Logger: pionLog{slog.New(slog.NewTextHandler(io.Discard, nil))}.NewLogger("mux")})
	close(o.begun)
	t.Cleanup(func() { _ = mux.Close() })
	mine, err := mux.GetConn("mine", o.LocalAddr())
	if err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	var writing sync.WaitGroup
	var failed, sent atomic.Int64
	for range 2 { // as the wheel's workers do
		writing.Go(func() {
			for !over.Load() {
				sent.Add(1)
				if _, err := mine.WriteTo([]byte{64, 1, 2}, o.LocalAddr()); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	for range 300 {
		a, err := ice.NewAgentWithOptions(ice.WithUDPMux(mux), ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled),
			ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4}), ice.WithIncludeLoopback(), ice.WithCandidateTypes([]ice.CandidateType{ice.CandidateTypeHost}))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		if err := a.OnCandidate(func(c ice.Candidate) {
			if c == nil {
				close(done)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if err := a.GatherCandidates(); err != nil {
			t.Fatal(err)
		}
		<-done
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	over.Store(true)
	writing.Wait()
	if n := failed.Load(); n > 0 {
		t.Errorf("%d of %d packets failed while others closed", n, sent.Load())
	}
}
