package rtp

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// TestParseAgainstPion: what a library of others writes, with every optional part, we read the same.
func TestParseAgainstPion(t *testing.T) {
	t.Parallel()
	for _, seq := range []uint16{0, 127, 32767, 65535} {
		p := rtp.Packet{Header: rtp.Header{Version: 2, Marker: true, PayloadType: 101, SequenceNumber: seq, Timestamp: 0xfffffff0,
			SSRC: 7, CSRC: []uint32{1, 2, 3}}, Payload: []byte{1, 2, 3, 4}}
		if err := p.SetExtension(1, []byte{9, 9, 9}); err != nil {
			t.Fatal(err)
		}
		p.Padding, p.PaddingSize = true, 4
		b, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		h, payload, err := parse(b)
		if err != nil || !bytes.Equal(payload, p.Payload) || h != (header{true, 101, seq, 0xfffffff0, 7}) {
			t.Errorf("seq %d: %+v %v %v", seq, h, payload, err)
		}
	}
	h := header{true, 8, 65535, 1 << 31, 0xdeadbeef}
	b := make([]byte, 14)
	h.put(b)
	var p rtp.Packet
	if err := p.Unmarshal(b); err != nil || !p.Marker || p.PayloadType != 8 || p.SequenceNumber != 65535 || p.Timestamp != 1<<31 || p.SSRC != 0xdeadbeef {
		t.Errorf("pion reads %+v, %v", p, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := make([]byte, 20)
	header{pt: 8}.put(good)
	for name, edit := range map[string]func([]byte) []byte{
		"short":               func(b []byte) []byte { return b[:11] },
		"version 1":           func(b []byte) []byte { b[0] = 0x40; return b },
		"CSRCs beyond":        func(b []byte) []byte { b[0] |= 15; return b },
		"extension beyond":    func(b []byte) []byte { b[0] |= 0x10; binary.BigEndian.PutUint16(b[14:], 9); return b },
		"extension cut":       func(b []byte) []byte { b[0] |= 0x10; return b[:14] },
		"padding of nothing":  func(b []byte) []byte { b[0] |= 0x20; return b },
		"padding beyond":      func(b []byte) []byte { b[0] |= 0x20; b[19] = 9; return b },
		"padding of all 256s": func(b []byte) []byte { b[0] |= 0x20; b[19] = 255; return b },
	} {
		if _, _, err := parse(edit(bytes.Clone(good))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzRTP(f *testing.F) {
	f.Add([]byte{0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xd5})
	f.Add([]byte{0xb3, 0xe5, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 5, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, err := parse(b)
		var p rtp.Packet
		if perr := p.Unmarshal(b); err == nil && perr == nil && len(p.CSRC) == int(b[0]&15) && p.PaddingSize == 0 && !p.Padding {
			if p.SequenceNumber != h.seq || p.SSRC != h.ssrc || !bytes.Equal(p.Payload, payload) {
				t.Errorf("we read %+v %x, pion %+v %x", h, payload, p.Header, p.Payload)
			}
		}
	})
}

func TestReportAgainstPion(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 6e8, time.UTC)
	me := sending{ssrc: 1, ts: 160, packets: 10, octets: 1600, cname: "a@decroche"}
	rb := &block{ssrc: 2, fraction: 3, lost: -4, highest: 5, jitter: 6, lsr: 7, dlsr: 8}
	for _, sent := range []bool{true, false} {
		pkts, err := rtcp.Unmarshal(appendReport(nil, me, sent, now, rb, true))
		if err != nil || len(pkts) != 3 {
			t.Fatalf("%v, %v", pkts, err)
		}
		if err := rtcp.CompoundPacket(pkts).Validate(); err != nil {
			t.Error(err)
		}
		var got []rtcp.ReceptionReport
		switch p := pkts[0].(type) {
		case *rtcp.SenderReport:
			got = p.Reports
			if p.NTPTime>>32 != uint64(now.Unix()+2208988800) || p.PacketCount != 10 || p.OctetCount != 1600 || p.RTPTime != 160 || !sent {
				t.Errorf("SR is %+v", p)
			}
		case *rtcp.ReceiverReport:
			got = p.Reports
			if sent {
				t.Error("RR although packets were sent")
			}
		}
		if len(got) != 1 || got[0].SSRC != 2 || got[0].FractionLost != 3 || got[0].TotalLost != 1<<24-4 || got[0].LastSequenceNumber != 5 || got[0].Jitter != 6 || got[0].LastSenderReport != 7 || got[0].Delay != 8 {
			t.Errorf("report blocks are %+v", got)
		}
		if sdes := pkts[1].(*rtcp.SourceDescription); sdes.Chunks[0].Items[0].Text != "a@decroche" {
			t.Errorf("SDES is %+v", sdes)
		}
		if bye := pkts[2].(*rtcp.Goodbye); bye.Sources[0] != 1 {
			t.Errorf("BYE is %+v", bye)
		}
		r, ok := parseRTCP(appendReport(nil, sending{ssrc: 9, cname: "b"}, sent, now, &block{ssrc: 1, lost: -4, fraction: 3}, true), 1)
		if !ok || r.ssrc != 9 || !r.bye || r.sender != sent || r.ours == nil || r.ours.lost != -4 || r.ours.fraction != 3 {
			t.Errorf("our own report reads %+v, %v", r, ok)
		}
	}
}

func FuzzRTCP(f *testing.F) {
	f.Add(appendReport(nil, sending{ssrc: 1, cname: "x"}, true, time.Unix(1, 0), &block{ssrc: 2}, true))
	f.Add([]byte{0x81, 201, 0, 7})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, ok := parseRTCP(b, 2)
		if ok && r.ours != nil {
			if d := r.ours.roundTrip(time.Unix(1, 0)); d < 0 {
				t.Errorf("round trip %v", d)
			}
		}
	})
}

func TestReception(t *testing.T) {
	t.Parallel()
	for _, start := range []uint16{0, 127, 32767, 65535, 65530} {
		var r reception
		ts := uint32(0xffffff00)
		for i := range 100 {
			if i%10 == 3 { // every tenth is lost
				continue
			}
			r.add(start+uint16(i), ts+uint32(i)*160, time.Duration(i)*20*time.Millisecond)
		}
		fraction, lost, highest, jitter := r.report()
		if lost != 10 || fraction != 25 || uint16(highest) != start+99 || jitter != 0 {
			t.Errorf("start %d: fraction %d, lost %d, highest %d, jitter %d", start, fraction, lost, highest, jitter)
		}
		r.add(start+100, ts+16000, 2*time.Second)
		if fraction, lost, _, _ := r.report(); fraction != 0 || lost != 10 {
			t.Errorf("start %d, second interval: fraction %d, lost %d", start, fraction, lost)
		}
	}
	// Jitter of packets alternately 10 ms late converges to 10 ms.
	var r reception
	for i := range 500 {
		r.add(uint16(i), uint32(i)*160, time.Duration(i)*20*time.Millisecond+time.Duration(i%2)*10*time.Millisecond)
	}
	if got := r.jitter / 8; math.Abs(got-10) > 0.5 {
		t.Errorf("jitter %.1f ms, want 10", got)
	}
	// 70000 packets: the count does not wrap (a peer's did after 22 minutes).
	r = reception{}
	for i := range 70000 {
		r.add(uint16(i), uint32(i)*160, time.Duration(i)*20*time.Millisecond)
	}
	if _, lost, highest, _ := r.report(); lost != 0 || highest-r.base != 69999 {
		t.Errorf("after 70000 packets: lost %d, span %d", lost, highest-r.base)
	}
}

func TestLatch(t *testing.T) {
	t.Parallel()
	announced := netip.MustParseAddrPort("10.0.0.2:4000")
	nat := netip.MustParseAddrPort("203.0.113.9:1234")
	foe := netip.MustParseAddrPort("198.51.100.66:666")
	now := time.Unix(1000, 0)
	type event struct {
		addr   netip.AddrPort
		ssrc   uint32
		n      int           // packets, 20 ms apart
		after  time.Duration // pause before
		taken  int           // how many are admitted
		begins bool          // a stream begins among them
	}
	for _, c := range []struct {
		name   string
		events []event
	}{
		{"announced at once", []event{{announced, 1, 5, 0, 5, true}}},
		{"another port of the announced host", []event{{netip.AddrPortFrom(announced.Addr(), 9), 1, 5, 0, 5, true}}},
		{"NAT needs three", []event{{nat, 1, 5, 0, 3, true}}},
		{"one stray packet before the call's own", []event{{foe, 9, 1, 0, 0, false}, {nat, 1, 5, 0, 3, true}}},
		{"one foreign packet", []event{{announced, 1, 5, 0, 5, true}, {foe, 9, 1, 0, 0, false}, {announced, 1, 5, 0, 5, false}}},
		{"a thousand foreign packets beside a live source", []event{{announced, 1, 5, 0, 5, true},
			{foe, 9, 20, 0, 0, false}, {announced, 1, 1, 0, 1, false}, {foe, 9, 20, 0, 0, false}, {announced, 1, 1, 0, 1, false}}},
		{"moved after silence", []event{{announced, 1, 5, 0, 5, true}, {nat, 1, 20, 2 * time.Second, 11, true}}},
		{"ten in a row are not enough without silence", []event{{announced, 1, 5, 0, 5, true}, {nat, 1, 40, 0, 0, false}}},
		{"foreign packets with other SSRCs each", []event{{announced, 1, 5, 0, 5, true},
			{foe, 2, 1, 2 * time.Second, 0, false}, {foe, 3, 9, 0, 0, false}, {foe, 4, 9, 0, 0, false}}},
		{"new stream from the same address", []event{{announced, 1, 5, 0, 5, true}, {announced, 2, 5, 0, 3, true}}},
		{"a forged packet with another SSRC", []event{{announced, 1, 5, 0, 5, true}, {announced, 2, 1, 0, 0, false}, {announced, 1, 5, 0, 5, false}}},
	} {
		var l latch
		l.announce(announced)
		at := now
		for i, e := range c.events {
			at = at.Add(e.after)
			taken, began := 0, false
			for range e.n {
				at = at.Add(20 * time.Millisecond)
				ok, fresh := l.admit(e.addr, e.ssrc, at)
				if ok {
					taken++
				}
				began = began || fresh
			}
			if taken != e.taken || began != e.begins {
				t.Errorf("%s, step %d: %d of %d taken, begun %v; want %d, %v", c.name, i, taken, e.n, began, e.taken, e.begins)
			}
		}
	}
	// A re-INVITE with another address opens it, with the same one does not.
	var l latch
	l.announce(announced)
	l.admit(nat, 1, now)
	l.admit(nat, 1, now)
	l.admit(nat, 1, now)
	l.announce(announced)
	if !l.locked {
		t.Error("an unchanged address opened the latch")
	}
	l.announce(foe)
	if ok, _ := l.admit(foe, 2, now); !ok {
		t.Error("the address of a re-INVITE was not taken at once")
	}
}
