package rtp

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"decroche/internal/peer"
	"decroche/media/pacer"
)

// FuzzSession sends a call whatever strangers may send, cut into datagrams by their lengths: from
// its own far end, from another address, to RTP and to RTCP. The call goes on: it still sends one
// packet each 20 ms, and gives frames of 20 ms.
func FuzzSession(f *testing.F) {
	pack := func(list ...[]byte) (b []byte) {
		for i, d := range list {
			b = append(b, byte(i), byte(len(d)))
			b = append(b, d...)
		}
		return b
	}
	voice := make([]byte, 172)
	header{pt: 8, ssrc: 7}.put(voice)
	key := []byte{0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 5, 0x8a, 3, 0x20}
	report := appendReport(nil, sending{ssrc: 7, cname: "x"}, true, time.Unix(1, 0), &block{ssrc: 2}, true)
	f.Add(pack(voice, report, key, voice[:12]))
	f.Add(pack([]byte{0xb3, 0xe5, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 5, 1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		network := &peer.Net{}
		cfg := DefaultConfig()
		cfg.BindIP = "10.0.0.1"
		e, err := NewEngine(cfg, pacer.New(pacer.Config{Workers: 1}), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		e.ListenWith(func(ip string, port int) (Conn, error) {
			return network.Listen(netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port)))
		})
		s, err := e.Open(Options{Remote: farRTP})
		if err != nil {
			t.Fatal(err)
		}
		s.Set(params())
		at, due := time.Now(), time.Now()
		for len(b) >= 2 {
			kind, n := b[0], min(int(b[1]), len(b)-2)
			d := append([]byte(nil), b[2:2+n]...)
			b = b[2+n:]
			at = at.Add(time.Duration(kind>>3) * time.Millisecond)
			from := farRTP
			if kind&2 != 0 {
				from = netip.MustParseAddrPort("10.0.0.66:666")
			}
			if kind&4 != 0 && len(d) >= 12 { // let it pass for the stream's
				binary.BigEndian.PutUint32(d[8:], 7)
			}
			if kind&1 != 0 {
				s.controlIn(d, from, at)
			} else {
				s.packetIn(d, from, at)
			}
			due = due.Add(20 * time.Millisecond)
			before := s.packets
			s.Tick(due)
			if out := s.port.rtp.out; s.packets != before+1 || out == nil {
				t.Fatalf("%d packets in 20 ms", s.packets-before)
			}
			s.port.shard.flush()
			for {
				h, ok, err := s.Next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				if h.Digit == 0 && len(h.Frame.PCM) != 160 {
					t.Fatalf("a frame of %d samples", len(h.Frame.PCM))
				}
			}
		}
	})
}
