package jitter

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// parcels plays a script against Packets, with the letters of line, and R for a packet that is no
// sound. The n-th packet is n; each Piece of a Get is written as the letter of its packet, '-' for
// Lost, '+' for Lost with the packet behind the gap at hand, '_' Empty, 'w' Waiting; '.' is a Get
// without any, because a longer packet still lasts.
type parcels struct {
	*line
	b *Packets
}

func newParcels(seq uint16, ts uint32, ticks int) *parcels {
	p := &parcels{line: &line{seq: seq, ts: ts, ptime: ticks, now: time.Hour}, b: NewPackets(DefaultConfig(), 48000, 100)}
	return p
}

func (p *parcels) put(k packet) {
	p.last = k
	p.verdicts.WriteString(p.b.Put(k.seq, k.ts, p.ptime, k.payload[:1], p.now).String()[:1])
}

func (p *parcels) next() packet {
	k := packet{p.seq, p.ts, []byte{byte(p.sent)}}
	p.sent, p.seq, p.ts = p.sent+1, p.seq+1, p.ts+uint32(p.ptime)
	return k
}

func (p *parcels) play(script string) *parcels {
	p.read(script, p.next, p.put, func(c rune) {
		switch c {
		case 'R':
			p.b.Seen(p.seq)
			p.seq++
		case 'G':
			p.get()
		}
	})
	return p
}

func (p *parcels) get() {
	p.now += 20 * ms
	pieces := p.b.Get(p.now)
	if len(pieces) == 0 {
		p.out.WriteByte('.')
	}
	for _, piece := range pieces {
		switch {
		case piece.State == Playing:
			p.out.WriteByte('a' + piece.Payload[0]%26)
		case piece.State == Lost && piece.Payload != nil:
			p.out.WriteByte('+')
		default:
			p.out.WriteByte("_w?-"[piece.State])
		}
	}
}

func TestPacketScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		ms           int
		script, want string
		stats        Stats
	}{
		{"steady", 20, "PGPGPGPGPGPG", "wwabcd", Stats{Received: 6}},
		{"nothing comes", 20, "GGG", "___", Stats{}},
		{"one lost, the next is there", 20, "PGPGPGLGPGPGPG", "wwabc+e", Stats{Received: 6, Lost: 1}},
		{"three lost", 20, "PGPGPGPGLGLGLGPGPGPGPGPG", "wwabcd_-+hij", Stats{Received: 9, Lost: 3}},
		{"overtaken", 20, "PGPGPGOGPGPGPG", "wwabcde", Stats{Received: 7}},
		{"duplicates", 20, "PDGPDGDPGDDPGPG", "wwabc", Stats{Received: 5, Duplicates: 5}},
		{"held for 40 ms: all is played", 20, "PGPGPGPGHGHGPFGPGPGPG", "wwabcdefgh", Stats{Received: 10}},
		{"sender pauses: no loss", 20, "PGPGPG.G.G.G.G.GPGPGPGPGPGPG", "wwabc_____defg", Stats{Received: 9}},
		{"a key is pressed: no loss", 20, "PGPGPGR.GR.GR.GPGPGPGPGPGPG", "wwabc___defg", Stats{Received: 9}},
		{"packets of 10 ms", 10, "PPGPPGPPGPPGPPG", "wabcdefgh", Stats{Received: 10}},
		{"packets of 10 ms, one lost", 10, "PPGPPGPPGLPGPPGPPG", "wabcdef+hij", Stats{Received: 11, Lost: 1}},
		{"packets of 60 ms", 60, "GGPGGGPGGGPGGGPGGGPGGG", "__wwa..b..c..d..e", Stats{Received: 5}},
		{"packets of 60 ms, one lost", 60, "GGPGGGPGGGLGGGPGGGPGGG", "__wwa..b.._+.d..e", Stats{Received: 4, Lost: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, at := range beginnings {
				p := newParcels(at.seq, at.ts, 48*tt.ms).play(tt.script)
				if got := p.out.String(); got != tt.want {
					t.Errorf("from %d/%d: played %q, want %q", at.seq, at.ts, got, tt.want)
				}
				s := p.b.Stats()
				s.Jitter, s.Target = 0, 0
				if s != tt.stats {
					t.Errorf("from %d/%d: %+v, want %+v", at.seq, at.ts, s, tt.stats)
				}
			}
		})
	}
}

// runPackets is run for Packets, at a clock of 48 kHz: the sender says nothing at all in its pauses
// when dtx is set, but for a packet every 400 ms, and else soft noise, which the far side tells to
// be quiet.
func (w world) runPackets(t *testing.T, seq uint16, ts uint32, dtx bool) (o outcome) {
	t.Helper()
	r := rand.New(rand.NewPCG(23, 24))
	type flying struct {
		packet
		arrives time.Duration
	}
	var air []flying
	period := time.Duration(w.ptime) * time.Second / 8000
	sender := time.Duration(float64(period) / (1 + w.drift/1e6))
	b := NewPackets(DefaultConfig(), 48000, 16)
	lost, empty, played := 0, 0, 0 // ticks
	next, last, until := time.Duration(0), time.Duration(-1), time.Duration(0)
	for now := time.Duration(0); now < w.length; now += 20 * ms {
		for next <= now {
			into := next % (2500 * ms)
			spurt := into < 2000*ms
			if spurt || !dtx || into%(400*ms) < period {
				p := packet{seq, ts, binary.BigEndian.AppendUint64(nil, uint64(next)<<1)}
				if spurt {
					p.payload[7] |= 1
				}
				if r.Float64() >= w.loss {
					air = append(air, flying{p, next + w.delay(r, next)})
				}
				seq++
			}
			ts, next = ts+uint32(6*w.ptime), next+sender
		}
		slices.SortStableFunc(air, func(a, b flying) int { return cmp.Compare(a.arrives, b.arrives) })
		for len(air) > 0 && air[0].arrives <= now {
			b.Put(air[0].seq, air[0].ts, 6*w.ptime, air[0].payload, air[0].arrives)
			air = air[1:]
		}
		until = max(until, now)
		for _, p := range b.Get(now) {
			length := time.Duration(p.Ticks) * time.Second / 48000
			switch p.State {
			case Lost:
				lost += p.Ticks
			case Empty:
				empty += p.Ticks
			case Playing:
				played += p.Ticks
				v := binary.BigEndian.Uint64(p.Payload)
				born, spurt := time.Duration(v>>1), v&1 == 1
				if born <= last {
					o.backward++
				}
				last = born
				if spurt {
					o.delay = append(o.delay, until-born)
				}
				b.Quiet(!spurt)
			}
			until += length
		}
	}
	slices.Sort(o.delay)
	o.stats, o.lost, o.empty, o.played = b.Stats(), lost/960, empty/960, played/960
	return o
}

func TestPacketPaths(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		w          world
		dtx        bool
		mean, most time.Duration // delay of packets played, path included
		lost       int           // frames of a thousand that were Lost
		empty      int           // and Empty, pauses of DTX not counted
	}{
		{"perfect", world{ptime: 160, delay: fixed(10 * ms)}, false, 60 * ms, 90 * ms, 0, 1},
		{"40 ms of jitter, 3 % lost, 2 % overtaken", world{ptime: 160, loss: 0.03, delay: harsh}, false, 110 * ms, 160 * ms, 36, 12},
		{"jitter of 80 ms", world{ptime: 160, delay: uniform(10*ms, 80*ms)}, false, 140 * ms, 190 * ms, 6, 6},
		{"packets of 10 ms", world{ptime: 80, loss: 0.03, delay: uniform(10*ms, 15*ms)}, false, 70 * ms, 110 * ms, 35, 10},
		{"packets of 40 ms", world{ptime: 320, loss: 0.03, delay: uniform(10*ms, 15*ms)}, false, 110 * ms, 160 * ms, 40, 45},
		{"packets of 60 ms", world{ptime: 480, loss: 0.03, delay: uniform(10*ms, 15*ms)}, false, 130 * ms, 190 * ms, 40, 60},
		{"pauses without packets", world{ptime: 160, delay: uniform(10*ms, 15*ms)}, true, 70 * ms, 110 * ms, 0, 200},
		{"the same, with 3 % lost", world{ptime: 160, loss: 0.03, delay: uniform(10*ms, 15*ms)}, true, 80 * ms, 120 * ms, 35, 200},
		{"path grows by 70 ms", world{ptime: 160, delay: func(_ *rand.Rand, at time.Duration) time.Duration {
			if at > 30*time.Second {
				return 80 * ms
			}
			return 10 * ms
		}}, false, 120 * ms, 170 * ms, 0, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, at := range beginnings[3:] {
				w := tt.w
				w.length = 60 * time.Second
				o := w.runPackets(t, at.seq, at.ts, tt.dtx)
				sum := time.Duration(0)
				for _, d := range o.delay {
					sum += d
				}
				mean, most := sum/time.Duration(len(o.delay)), o.delay[len(o.delay)-1]
				all := o.played + o.lost + o.empty
				if at == beginnings[3] {
					t.Logf("mean %v, most %v, %d ‰ lost, %d ‰ empty, %+v", mean, most, 1000*o.lost/all, 1000*o.empty/all, o.stats)
				}
				if mean > tt.mean || most > tt.most || 1000*o.lost/all > tt.lost || 1000*o.empty/all > tt.empty || o.backward > 0 {
					t.Errorf("mean %v, most %v, %d ‰ lost, %d ‰ empty, %d backward; want at most %v, %v, %d, %d, 0",
						mean, most, 1000*o.lost/all, 1000*o.empty/all, o.backward, tt.mean, tt.most, tt.lost, tt.empty)
				}
			}
		})
	}
}

// harsh is the path that the issue of the conversations names: 40 ms of jitter, and one packet in
// fifty takes so much longer that others overtake it.
func harsh(r *rand.Rand, _ time.Duration) time.Duration {
	d := 10*ms + time.Duration(r.Int64N(int64(40*ms)))
	if r.Float64() < 0.02 {
		d += 25 * ms
	}
	return d
}

// TestDrift: half an hour with a sender whose clock is wrong by 200 ppm, either way, costs 360 ms of
// sound left out or put in, in silence, and no more delay than at the beginning. The slow sender of
// packets pauses without any (DTX), which costs nothing at all.
func TestDrift(t *testing.T) {
	t.Parallel()
	for _, drift := range []float64{200, -200} {
		w := world{ptime: 160, delay: uniform(10*ms, 10*ms), drift: drift, length: 30 * time.Minute}
		for name, run := range map[string]func() outcome{
			"buffer":  func() outcome { return w.run(t, beginnings[3]) },
			"packets": func() outcome { return w.runPackets(t, beginnings[3].seq, beginnings[3].ts, drift < 0) },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				o := run()
				most := o.delay[len(o.delay)-1]
				t.Logf("%v ppm: median %v, most %v, %+v", drift, o.delay[len(o.delay)/2], most, o.stats)
				moved := o.stats.Dropped + o.stats.Stretched
				if o.lost > 0 || o.backward > 0 || o.stats.Late > 2 || most > 110*ms || moved > 30 {
					t.Errorf("%v ppm: %d lost, %d backward, most %v, %d frames moved, %+v; want no loss, 110ms, about 18", drift, o.lost, o.backward, most, moved, o.stats)
				}
			})
		}
	}
}

// Bursts, wrap and a change of source on the same buffer, one after the other.
func TestPacketTroubles(t *testing.T) {
	t.Parallel()
	for _, at := range beginnings {
		p := newParcels(at.seq, at.ts, 960).play("PGPGPGPG")
		p.b.Reset() // another SSRC
		p.seq, p.ts = p.seq+20000, p.ts^0x12345678
		p.play("PGPGPGPG")
		p.ts += 48000 * 5 // the sender restarts its clock
		p.play("PGPGPGPGPG")
		if got := p.verdicts.String(); got != "aaaaaaaasraaa" {
			t.Errorf("from %d/%d: verdicts %q", at.seq, at.ts, got)
		}
		if got := p.out.String(); got != "wwabwwefgwwjk" {
			t.Errorf("from %d/%d: played %q", at.seq, at.ts, got)
		}
	}
}

func TestPacketsMalformed(t *testing.T) {
	t.Parallel()
	b := NewPackets(DefaultConfig(), 48000, 100)
	for _, tt := range []struct{ ticks, n int }{{0, 10}, {-1, 10}, {9601, 10}, {960, 0}, {960, 101}} {
		if v := b.Put(1, 1, tt.ticks, make([]byte, tt.n), 0); v != Malformed {
			t.Errorf("%d ticks in %d bytes are %v", tt.ticks, tt.n, v)
		}
	}
}

// No packets, however mad, make it panic, or hand out more or less than the time that passes; and
// a sane stream after them is played.
func FuzzPackets(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 1, 20, 1, 0, 1, 0, 0, 3, 192, 20})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 1, 60, 0, 0, 127, 0, 0, 0, 20, 240})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := NewPackets(DefaultConfig(), 48000, 64)
		now, given, due := time.Duration(0), 0, 0
		get := func() (played int) {
			for _, p := range b.Get(now) {
				if p.Ticks <= 0 {
					t.Fatalf("a piece of %d ticks", p.Ticks)
				}
				given += p.Ticks
				if p.State == Playing {
					played += p.Ticks
				}
			}
			due += 960
			if given > due+9600 {
				t.Fatalf("%d ticks given of %d", given, due)
			}
			return played
		}
		for ; len(data) >= 8; data = data[8:] {
			seq, ts := uint16(data[0])<<8|uint16(data[1]), uint32(data[2])<<24|uint32(data[3])<<16|uint32(data[4])<<8|uint32(data[5])
			now += time.Duration(data[6]) * ms
			b.Put(seq, ts, int(data[7])*40, data[:1+int(data[7])%len(data)], now)
			b.Quiet(data[7]&1 == 1)
			if data[6]&1 != 0 {
				get()
			}
		}
		played := 0
		for i := range 80 {
			now += 20 * ms
			b.Put(uint16(i+1000), uint32(i*960), 960, []byte{1}, now)
			played += get()
		}
		if played < 40*960 {
			t.Fatalf("of 1.6 sane seconds only %d ms were played", played/48)
		}
	})
}

func TestPacketsNoAllocation(t *testing.T) {
	b, i := NewPackets(DefaultConfig(), 48000, 200), 0
	payload := make([]byte, 80)
	if n := testing.AllocsPerRun(500, func() {
		now := time.Duration(i) * 20 * ms
		if i%30 != 7 {
			b.Put(uint16(i), uint32(i*960), 960, payload, now)
		}
		b.Get(now)
		i++
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPackets(b *testing.B) {
	buf := NewPackets(DefaultConfig(), 48000, 1500)
	payload := make([]byte, 80)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now := time.Duration(i) * 20 * ms
		buf.Put(uint16(i), uint32(i*960), 960, payload, now)
		buf.Get(now)
	}
}
