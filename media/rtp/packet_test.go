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
			r.add(start+uint16(i), ts+uint32(i)*160, time.Duration(i)*20*time.Millisecond, 8000, false)
		}
		fraction, lost, highest, jitter := r.report()
		if lost != 10 || fraction != 25 || uint16(highest) != start+99 || jitter != 0 {
			t.Errorf("start %d: fraction %d, lost %d, highest %d, jitter %d", start, fraction, lost, highest, jitter)
		}
		r.add(start+100, ts+16000, 2*time.Second, 8000, false)
		if fraction, lost, _, _ := r.report(); fraction != 0 || lost != 10 {
			t.Errorf("start %d, second interval: fraction %d, lost %d", start, fraction, lost)
		}
	}
	// Jitter of packets alternately 10 ms late converges to 10 ms.
	var r reception
	for i := range 500 {
		r.add(uint16(i), uint32(i)*160, time.Duration(i)*20*time.Millisecond+time.Duration(i%2)*10*time.Millisecond, 8000, false)
	}
	if got := r.jitter / 8; math.Abs(got-10) > 0.5 {
		t.Errorf("jitter %.1f ms, want 10", got)
	}
	// A key that is held for a second has one timestamp, and is no jitter; its packets are counted.
	r = reception{}
	for i := range 150 {
		held := i >= 50 && i < 100
		ts := uint32(i) * 160
		if held {
			ts = 50 * 160
		}
		r.add(uint16(i), ts, time.Duration(i)*20*time.Millisecond, 8000, held)
	}
	if _, lost, _, jitter := r.report(); jitter != 0 || lost != 0 || r.received != 150 || r.arrivals[20] != 149 {
		t.Errorf("a key that is held: jitter %d, lost %d, received %d, %d of them 20 ms apart", jitter, lost, r.received, r.arrivals[20])
	}
	// 70000 packets: the count does not wrap (a peer's did after 22 minutes).
	r = reception{}
	for i := range 70000 {
		r.add(uint16(i), uint32(i)*160, time.Duration(i)*20*time.Millisecond, 8000, false)
	}
	if _, lost, highest, _ := r.report(); lost != 0 || highest-r.base != 69999 {
		t.Errorf("after 70000 packets: lost %d, span %d", lost, highest-r.base)
	}
}

// hop is some packets in a row, 20 ms apart, as the latch sees them.
type hop struct {
	from   string
	ssrc   uint32
	n      int
	after  time.Duration // pause before
	taken  int           // how many are admitted
	begins bool          // a stream begins among them
}

// walk sends the hops through l and complains where they fare otherwise.
func walk(t *testing.T, name string, l *latch, hops []hop) {
	t.Helper()
	at := time.Unix(1000, 0)
	if l.last.After(at) {
		at = l.last
	}
	for i, e := range hops {
		at = at.Add(e.after)
		taken, began := 0, false
		for range e.n {
			at = at.Add(20 * time.Millisecond)
			ok, fresh := l.admit(netip.MustParseAddrPort(e.from), e.ssrc, at)
			if ok {
				taken++
			}
			began = began || fresh
		}
		if taken != e.taken || began != e.begins {
			t.Errorf("%s, step %d: %d of %d taken, begun %v; want %d, %v", name, i, taken, e.n, began, e.taken, e.begins)
		}
	}
}

const (
	public = "203.0.113.9:4000" // a caller without NAT, as announced
	other  = "203.0.113.9:1234" // another port of the same
	inside = "10.0.0.2:4000"    // announced behind NAT, and where its signalling comes from:
	nat    = "203.0.113.9"
	relay  = "192.0.2.77:6000" // carries the media of a NATted caller without being announced
	proxy  = "192.0.2.50"      // signals for a public caller
	foe    = "198.51.100.66:666"
)

// TestLatch: who gets a call's media, and who never does.
func TestLatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, announced, source string
		held                    bool
		hops                    []hop
	}{
		{"announced at once", public, nat, false, []hop{{public, 1, 5, 0, 5, true}}},
		{"another port of the announced host", public, nat, false, []hop{{other, 1, 5, 0, 5, true}}},
		{"any port of the signalling's host behind NAT", inside, nat, false, []hop{{other, 1, 5, 0, 5, true}}},
		{"the signalling's host beside the SDP", public, proxy, false, []hop{{proxy + ":9", 1, 5, 0, 5, true}, {public, 2, 5, 0, 3, true}}},
		{"one foreign packet", public, nat, false, []hop{{public, 1, 5, 0, 5, true}, {foe, 9, 1, 0, 0, false}, {public, 1, 5, 0, 5, false}}},
		{"foreign packets beside a live source", public, nat, false, []hop{{public, 1, 5, 0, 5, true},
			{foe, 9, 20, 0, 0, false}, {public, 1, 1, 0, 1, false}, {foe, 9, 20, 0, 0, false}, {public, 1, 1, 0, 1, false}}},
		{"theft while the caller pauses", public, nat, false, []hop{{public, 1, 5, 0, 5, true},
			{foe, 9, 500, 1200 * time.Millisecond, 0, false}, {public, 1, 5, 0, 5, false}}},
		{"theft while a NATted caller pauses", inside, nat, false, []hop{{other, 1, 5, 0, 5, true},
			{foe, 9, 500, 1200 * time.Millisecond, 0, false}, {other, 1, 5, 0, 5, false}}},
		{"theft before the caller's first packet", public, nat, false, []hop{{foe, 9, 500, 0, 0, false}, {public, 1, 5, 0, 5, true}}},
		{"the same without knowing the signalling", public, "", false, []hop{{foe, 9, 500, 0, 0, false}, {public, 1, 5, 0, 5, true}}},
		{"the same from inside our network", inside, "10.0.0.2", false, []hop{{"10.0.0.66:6", 9, 500, 0, 0, false}, {inside, 1, 5, 0, 5, true}}},
		{"theft on hold", inside, nat, true, []hop{{relay, 9, 500, 0, 0, false}, {other, 1, 5, 0, 5, true}}},
		{"a relay of a NATted caller needs ten", inside, nat, false, []hop{{relay, 1, 15, 0, 6, true}}},
		{"a stray packet before the relay's", inside, nat, false, []hop{{foe, 9, 1, 0, 0, false}, {relay, 1, 15, 0, 6, true}}},
		{"a burst is no relay", inside, nat, false, []hop{{foe, 9, 9, 0, 0, false}, {other, 1, 1, 0, 1, true}, {foe, 9, 500, 0, 0, false}}},
		{"a false relay loses to the caller at once", inside, nat, false, []hop{{foe, 9, 15, 0, 6, true},
			{other, 1, 5, 0, 5, true}, {foe, 9, 500, 2 * time.Second, 0, false}, {other, 1, 1, 0, 1, false}}},
		{"a relay's relay", inside, nat, false, []hop{{relay, 1, 15, 0, 6, true}, {foe, 9, 500, 2 * time.Second, 0, false}}},
		{"a relay changes its port", inside, nat, false, []hop{{relay, 1, 15, 0, 6, true}, {"192.0.2.77:6002", 1, 20, 0, 8, true}}},
		{"NAT gives another port", inside, nat, false, []hop{{other, 1, 5, 0, 5, true}, {"203.0.113.9:5555", 1, 20, 0, 8, true}}},
		{"NAT gives another port after a pause", inside, nat, false, []hop{{other, 1, 5, 0, 5, true}, {"203.0.113.9:5555", 1, 20, time.Second, 18, true}}},
		{"a neighbour behind the same NAT steals, the caller takes back", inside, nat, false, []hop{{other, 1, 5, 0, 5, true},
			{"203.0.113.9:6", 9, 20, 2 * time.Second, 18, true}, {other, 1, 5, 0, 3, true}, {"203.0.113.9:6", 9, 9, 0, 0, false}}},
		{"the announced port before its neighbours", public, nat, false, []hop{{other, 9, 5, 0, 5, true}, {public, 1, 1, 0, 0, false},
			{other, 9, 1, 0, 1, false}, {public, 1, 5, 0, 4, true}, {other, 9, 9, 0, 0, false}}},
		{"a flood hides nobody", inside, nat, false, []hop{{other, 1, 5, 0, 5, true}, {"203.0.113.9:5555", 1, 2, time.Second, 0, false},
			{foe, 9, 5, 0, 0, false}, {"203.0.113.9:5555", 1, 3, 0, 3, true}}},
		{"new stream from the same address", public, nat, false, []hop{{public, 1, 5, 0, 5, true}, {public, 2, 5, 0, 3, true}}},
		{"a forged packet with another SSRC", public, nat, false, []hop{{public, 1, 5, 0, 5, true}, {public, 2, 1, 0, 0, false}, {public, 1, 5, 0, 5, false}}},
		{"a zone is not part of the name", "[fe80::1]:4000", "fe80::1", false, []hop{{"[fe80::1%eth0]:4000", 1, 5, 0, 5, true}}},
	} {
		var l latch
		source, _ := netip.ParseAddr(c.source)
		l.announce(netip.MustParseAddrPort(c.announced), source, c.held)
		walk(t, c.name, &l, c.hops)
	}
}

// TestLatchAgain: what a re-INVITE does to it.
func TestLatchAgain(t *testing.T) {
	t.Parallel()
	pub, source := netip.MustParseAddrPort(public), netip.MustParseAddr(nat)
	for _, c := range []struct {
		name, announced, source string
		hops                    []hop
	}{
		{"the same address", public, nat, []hop{{public, 1, 5, 0, 5, false}, {foe, 9, 500, time.Second, 0, false}}},
		{"the same address by another proxy", public, proxy, []hop{{public, 1, 5, 0, 5, false}}},
		{"a hold without an address", "", nat, []hop{{public, 1, 5, 0, 5, false}, {foe, 9, 500, time.Second, 0, false}}},
		{"another address", foe, nat, []hop{{foe, 2, 5, 0, 5, true}, {public, 1, 1, 0, 0, false}, {foe, 2, 5, 0, 5, false}}},
		{"another port, while old packets still come", other, nat, []hop{{public, 1, 2, 0, 2, true}, {other, 2, 5, 0, 3, true}}},
		{"another network", "10.7.7.7:4000", "192.0.2.50", []hop{{"192.0.2.50:99", 1, 5, 0, 5, true}, {public, 1, 9, 0, 0, false}}},
	} {
		var l latch
		l.announce(pub, source, false)
		walk(t, c.name, &l, []hop{{public, 1, 5, 0, 5, true}})
		again, _ := netip.ParseAddrPort(c.announced)
		from, _ := netip.ParseAddr(c.source)
		l.announce(again, from, false)
		walk(t, c.name, &l, c.hops)
	}
	// Roaming with the old private address in the SDP: the new signalling address takes over at once.
	var l latch
	l.announce(netip.MustParseAddrPort(inside), source, false)
	walk(t, "before roaming", &l, []hop{{other, 1, 5, 0, 5, true}})
	l.announce(netip.MustParseAddrPort(inside), netip.MustParseAddr(proxy), false)
	walk(t, "after roaming", &l, []hop{{proxy + ":7", 1, 5, 0, 5, true}, {other, 1, 9, 0, 0, false}})
}
