package jitter

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// line plays a script against a Buffer, in the way of pjproject's Jbtest.dat. One character is
// one packet time of the sender or one Get:
//
//	P a packet is sent and arrives       L is sent and lost
//	O is sent and overtaken by the next  D the last one arrives again
//	. the sender is silent (DTX)         H is sent and held back until F frees all held
//	G 20 ms pass, then the next frame is taken
//
// The n-th packet sent is full of loud bytes that mean n; Get's results are written as the
// letter of the packet ('a' is the first), '-' Lost, '_' Empty, 'w' Waiting.
type line struct {
	b        *Buffer
	seq      uint16
	ts       uint32
	now      time.Duration
	ptime    int // samples per packet
	sent     int
	overtook *packet
	held     []packet
	last     packet
	out      strings.Builder
	verdicts strings.Builder
}

type packet struct {
	seq     uint16
	ts      uint32
	payload []byte
}

func newLine(cfg Config, seq uint16, ts uint32) *line {
	return &line{b: New(cfg), seq: seq, ts: ts, ptime: 160, now: time.Hour}
}

// mark is a loud byte that tells the n-th packet; its magnitude is 64 or more.
func mark(n int) byte { return (0x40 | byte(n%64)) ^ 0xD5 }

func letter(c byte) byte { return 'a' + (c^0xD5)&0x3F%26 }

func (l *line) next() packet {
	p := packet{l.seq, l.ts, make([]byte, l.ptime)}
	for i := range p.payload {
		p.payload[i] = mark(l.sent % 26)
	}
	l.sent++
	l.seq++
	l.ts += uint32(l.ptime)
	return p
}

func (l *line) put(p packet) {
	l.last = p
	l.verdicts.WriteString(l.b.Put(p.seq, p.ts, p.payload, l.now).String()[:1])
}

func (l *line) get() {
	l.now += 20 * ms
	payload, state := l.b.Get(l.now)
	if len(payload) != 160 {
		panic("not a frame")
	}
	switch state {
	case Playing:
		if payload[159] == 0xD5 {
			l.out.WriteByte('s') // silence played
		} else {
			l.out.WriteByte(letter(payload[159]))
		}
	default:
		l.out.WriteByte("_w?-"[state])
		for _, c := range payload {
			if state != Lost && c != 0xD5 {
				panic("not silence")
			}
		}
	}
}

func (l *line) play(script string) *line {
	l.read(script, l.next, l.put, func(c rune) {
		switch c {
		case 'G':
			l.get()
		case ' ':
		default:
			panic("script")
		}
	})
	return l
}

// read acts a script: what the network does to packets is the same for both buffers, and the rest
// goes to other.
func (l *line) read(script string, next func() packet, put func(packet), other func(c rune)) {
	for _, c := range script {
		switch c {
		case 'P':
			put(next())
			if l.overtook != nil {
				put(*l.overtook)
				l.overtook = nil
			}
		case 'L':
			next()
		case 'O':
			p := next()
			l.overtook = &p
		case 'D':
			put(l.last)
		case '.':
			l.ts += uint32(l.ptime)
		case 'H':
			l.held = append(l.held, next())
		case 'F':
			for _, p := range l.held {
				put(p)
			}
			l.held = nil
		default:
			other(c)
		}
	}
}

// Sequence numbers and timestamps where 8, 16, 32 bits end.
var beginnings = []struct {
	seq uint16
	ts  uint32
}{{0, 0}, {127, 127}, {32767, 1<<31 - 200}, {65535, 1<<32 - 100}, {65530, 1<<32 - 1600}}

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, script, want string
		stats              Stats // Jitter and Target are not compared
	}{
		{"steady", "PGPGPGPGPGPG", "wwabcd", Stats{Received: 6}},
		{"nothing comes", "GGG", "___", Stats{}},
		{"one lost", "PGPGPGLGPGPGPG", "wwabc-e", Stats{Received: 6, Lost: 1}},
		{"burst of three lost", "PGPGPGLGLGLGPGPGPGPGPG", "wwabc_--ghi", Stats{Received: 8, Lost: 3}},
		{"overtaken", "PGPGPGOGPGPGPG", "wwabcde", Stats{Received: 7}},
		{"lost and overtaken", "PGPGLGOGPGPG", "wwab-d", Stats{Received: 5, Lost: 1}},
		{"duplicates", "PDGPDGDPGDDPGPG", "wwabc", Stats{Received: 5, Duplicates: 5}},
		{"held for 40 ms: all is played", "PGPGPGPGHGHGPFGPGPGPG", "wwabcdefgh", Stats{Received: 10}},
		{"sender pauses: no loss", "PGPGPG.G.G.G.G.GPGPGPGPGPGPG", "wwabc___ssdefg", Stats{Received: 9}},
		{"first packets overtaken", "OPGPGPG", "wab", Stats{Received: 4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, at := range beginnings {
				l := newLine(DefaultConfig(), at.seq, at.ts).play(tt.script)
				if got := l.out.String(); got != tt.want {
					t.Errorf("from %d/%d: played %q, want %q", at.seq, at.ts, got, tt.want)
				}
				s := l.b.Stats()
				s.Jitter, s.Target = 0, 0
				if s != tt.stats {
					t.Errorf("from %d/%d: %+v, want %+v", at.seq, at.ts, s, tt.stats)
				}
			}
		})
	}
}

// Other packet times give the same sound in 20 ms frames.
func TestPacketTimes(t *testing.T) {
	t.Parallel()
	for _, ptime := range []int{80, 160, 240, 320, 480} {
		for _, at := range beginnings {
			b := New(DefaultConfig())
			now, silent := time.Duration(0), 0
			var heard []byte
			seq, ts, n := at.seq, at.ts, 0
			for ms10 := range 400 { // 4 s
				now += 10 * ms
				for ; n*ptime <= ms10*80; n++ {
					payload := make([]byte, ptime)
					for i := range payload {
						payload[i] = mark((n*ptime + i) / 80) // changes every 10 ms
					}
					if v := b.Put(seq, ts, payload, now); v != Accepted {
						t.Fatalf("ptime %d: packet %d %v", ptime/8, n, v)
					}
					seq, ts = seq+1, ts+uint32(ptime)
				}
				if ms10%2 == 1 {
					frame, state := b.Get(now)
					if state == Playing {
						heard = append(heard, frame...)
					} else if silent++; len(heard) > 0 {
						t.Fatalf("ptime %d: %v after %d samples", ptime/8, state, len(heard))
					}
				}
			}
			for i, c := range heard {
				if c != mark(i/80) {
					t.Fatalf("ptime %d: sample %d is %#x, want %#x", ptime/8, i, c, mark(i/80))
				}
			}
			if silent > 4 { // 50 ms and the grain of the beat
				t.Errorf("ptime %d: began after %d frames", ptime/8, silent)
			}
		}
	}
}

func TestJumps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		move func(l *line)
	}{
		{"timestamp ahead", func(l *line) { l.ts += 9000 }},
		{"timestamp back", func(l *line) { l.ts -= 9000 }},
		{"timestamp far off", func(l *line) { l.ts += 1 << 31 }},
		{"sequence ahead", func(l *line) { l.seq += 5000 }},
		{"sequence back", func(l *line) { l.seq -= 200 }},
		{"both", func(l *line) { l.seq += 30000; l.ts ^= 0xABCDEF01 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, at := range beginnings {
				l := newLine(DefaultConfig(), at.seq, at.ts).play("PGPGPGPG")
				tt.move(l)
				l.play("PGPGPGPGPGPG")
				if got := l.verdicts.String(); got != "aaaasraaaa" {
					t.Errorf("verdicts %q, want a suspect, a reset, then accepted", got)
				}
				if got := l.out.String(); !strings.HasSuffix(got, "fgh") {
					t.Errorf("played %q, want the new stream from its second packet", got)
				}
				if s := l.b.Stats(); s.Resets != 1 || s.Lost != 0 {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// Timestamps set back by less than a second: five packets are late, then it begins anew.
func TestSmallJumpBack(t *testing.T) {
	t.Parallel()
	for _, at := range beginnings {
		l := newLine(DefaultConfig(), at.seq, at.ts).play("PGPGPGPG")
		l.ts -= 4800
		l.play("PGPGPGPGPGPGPGPG")
		if got := l.verdicts.String(); got != "aaaallllraaa" {
			t.Errorf("verdicts %q", got)
		}
		if got := l.out.String(); !strings.HasSuffix(got, "ij") {
			t.Errorf("played %q", got)
		}
		if s := l.b.Stats(); s.Received != 12 || s.Resets != 1 || s.Lost != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// A single foreign packet moves nothing.
func TestStrayPackets(t *testing.T) {
	t.Parallel()
	l := newLine(DefaultConfig(), 100, 100)
	for range 50 {
		l.play("P")
		if v := l.b.Put(l.seq+9999, l.ts+77777, []byte{1, 2, 3}, l.now); v != Suspect {
			t.Fatalf("a stray packet is %v", v)
		}
		l.play("G")
	}
	alphabet := "abcdefghijklmnopqrstuvwxyz"
	if got := l.out.String(); got != "ww"+alphabet+alphabet[:22] || l.b.Stats().Resets != 0 {
		t.Errorf("played %q", got)
	}
}

func TestLatePacket(t *testing.T) {
	t.Parallel()
	l := newLine(DefaultConfig(), 65534, 1<<32-320).play("PGPGPGHGPGPGPGFPGPGPG")
	if got := l.out.String(); got != "wwabc-efgh" {
		t.Errorf("played %q", got)
	}
	if got := l.verdicts.String(); got != "aaaaaalaaa" {
		t.Errorf("verdicts %q", got)
	}
	if s := l.b.Stats(); s.Late != 1 || s.Lost != 0 || s.Received != 10 || s.Target < 60*ms {
		t.Errorf("%+v", s)
	}
}

func TestSSRCChange(t *testing.T) {
	t.Parallel()
	l := newLine(DefaultConfig(), 7, 7).play("PGPGLGPGPG")
	l.b.Reset()
	l.seq, l.ts = 60000, 3_000_000_000
	l.play("PGPGPGPGPG")
	if got := l.out.String(); got != "wwab-wwfgh" {
		t.Errorf("played %q", got)
	}
	if s := l.b.Stats(); s.Lost != 1 || s.Received != 9 {
		t.Errorf("%+v", s)
	}
}

// DTMF packets use up sequence numbers.
func TestSeen(t *testing.T) {
	t.Parallel()
	l := newLine(DefaultConfig(), 65535, 0).play("PGPGPG")
	for range 6 {
		l.b.Seen(l.seq)
		l.seq++
		l.play(".G")
	}
	l.play("PGPGPGPG")
	if s := l.b.Stats(); s.Lost != 0 || s.Received != 7 {
		t.Errorf("%+v", s)
	}
	if got := l.out.String(); strings.Contains(got, "-") {
		t.Errorf("played %q", got)
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	b := New(DefaultConfig())
	for _, n := range []int{0, 1601, 60000} {
		if v := b.Put(1, 1, make([]byte, n), 0); v != Malformed {
			t.Errorf("%d bytes are %v", n, v)
		}
	}
	if _, s := b.Get(0); s != Empty {
		t.Errorf("state %v", s)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); len(p) != 0 {
		t.Errorf("defaults: %v", p)
	}
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Min: time.Second, Max: time.Second, Start: time.Second}, "min: 1s is out of range; write 10ms to 200ms"},
		{Config{Max: 10 * ms}, "max: 10ms is out of range; write a duration from min (20ms) to 200ms"},
		{Config{Start: 130 * ms}, "start: 130ms is out of range; write a duration from min (20ms) to max (120ms)"},
	} {
		if got := tt.cfg.Validate(); len(got) == 0 || got[0] != tt.want {
			t.Errorf("%+v: %q, want %q", tt.cfg, got, tt.want)
		}
	}
}

// world sends talk spurts of two seconds with half a second of soft noise between them through a
// path of random delay, with clocks that differ, and says how it went.
type world struct {
	ptime  int // samples
	delay  func(r *rand.Rand, at time.Duration) time.Duration
	loss   float64
	gaps   bool    // all packets of 100 ms in each second are lost
	drift  float64 // the sender's clock, in parts per million fast
	length time.Duration
}

type outcome struct {
	delay       []time.Duration // of each frame played, from capture of its first sample
	lost, empty int             // frames
	played      int
	backward    int // samples out of order
	stats       Stats
}

func (w world) run(t *testing.T, at struct {
	seq uint16
	ts  uint32
}) (o outcome) {
	t.Helper()
	r := rand.New(rand.NewPCG(21, 22))
	type flying struct {
		packet
		arrives time.Duration
	}
	var air []flying
	period := time.Duration(w.ptime) * time.Second / 8000
	sender := time.Duration(float64(period) / (1 + w.drift/1e6))
	b := New(DefaultConfig())
	seq, ts := at.seq, at.ts
	next, sent := time.Duration(0), 0
	// Each byte of payload says when it was sent, in packets modulo 64, and is loud in a spurt.
	born := map[byte]time.Duration{}
	last := -1
	for now := time.Duration(0); now < w.length; now += 20 * ms {
		for next <= now {
			p := packet{seq, ts, make([]byte, w.ptime)}
			spurt := next%(2500*ms) < 2000*ms
			for i := range p.payload {
				p.payload[i] = mark(sent)
				if !spurt {
					p.payload[i] = 0xD5 ^ byte(r.IntN(4))
				}
			}
			if spurt {
				born[mark(sent)] = next
			}
			if r.Float64() >= w.loss && !(w.gaps && next%time.Second < 100*ms) {
				air = append(air, flying{p, next + w.delay(r, next)})
			}
			seq, ts, sent, next = seq+1, ts+uint32(w.ptime), sent+1, next+sender
		}
		slices.SortStableFunc(air, func(a, b flying) int { return cmp.Compare(a.arrives, b.arrives) })
		for len(air) > 0 && air[0].arrives <= now {
			b.Put(air[0].seq, air[0].ts, air[0].payload, air[0].arrives)
			air = air[1:]
		}
		payload, state := b.Get(now)
		switch state {
		case Lost:
			o.lost++
		case Empty:
			o.empty++
		case Playing:
			o.played++
			if c := payload[0]; (c^0xD5)&0x40 != 0 {
				o.delay = append(o.delay, now-born[c])
				n := int((c ^ 0xD5) & 0x3F)
				if last >= 0 && (n-last+64)%64 > 32 {
					o.backward++
				}
				last = n
			} else {
				last = -1
			}
		}
	}
	slices.Sort(o.delay)
	o.stats = b.Stats()
	return o
}

func fixed(d time.Duration) func(*rand.Rand, time.Duration) time.Duration {
	return func(*rand.Rand, time.Duration) time.Duration { return d }
}

func uniform(base, width time.Duration) func(*rand.Rand, time.Duration) time.Duration {
	return func(r *rand.Rand, _ time.Duration) time.Duration { return base + time.Duration(r.Int64N(int64(width))) }
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		w          world
		mean, most time.Duration // delay of played frames, path included
		missing    int           // frames of a thousand that were Lost or Empty
	}{
		{"perfect", world{delay: fixed(10 * ms)}, 60 * ms, 100 * ms, 0},
		{"jitter of 30 ms", world{delay: uniform(10*ms, 30*ms)}, 90 * ms, 130 * ms, 2},
		{"jitter of 80 ms", world{delay: uniform(10*ms, 80*ms)}, 140 * ms, 190 * ms, 5},
		{"3 % lost", world{delay: uniform(10*ms, 10*ms), loss: 0.03}, 70 * ms, 110 * ms, 45},
		{"40 ms of jitter, 3 % lost, 2 % overtaken", world{delay: harsh, loss: 0.03}, 110 * ms, 160 * ms, 45},
		{"bursts: 100 ms lost each second", world{delay: uniform(10*ms, 10*ms), gaps: true}, 80 * ms, 130 * ms, 130},
		{"sender 300 ppm fast", world{delay: fixed(10 * ms), drift: 300}, 60 * ms, 110 * ms, 1},
		{"sender 300 ppm slow", world{delay: fixed(10 * ms), drift: -300}, 60 * ms, 100 * ms, 1},
		{"spikes of 150 ms every 3 s", world{delay: func(_ *rand.Rand, at time.Duration) time.Duration {
			if since := at % (3 * time.Second); since < 150*ms {
				return 160*ms - since
			}
			return 10 * ms
		}}, 150 * ms, 230 * ms, 30},
		{"path grows by 70 ms", world{delay: func(_ *rand.Rand, at time.Duration) time.Duration {
			if at > 30*time.Second {
				return 80 * ms
			}
			return 10 * ms
		}}, 110 * ms, 170 * ms, 3},
		{"packets of 60 ms", world{ptime: 480, delay: uniform(10*ms, 15*ms)}, 100 * ms, 160 * ms, 5},
		{"packets of 30 ms", world{ptime: 240, delay: uniform(10*ms, 15*ms)}, 80 * ms, 130 * ms, 5},
		{"packets of 10 ms", world{ptime: 80, delay: uniform(10*ms, 15*ms)}, 70 * ms, 110 * ms, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, at := range beginnings[3:] { // numbers wrap within the first second
				w := tt.w
				w.length = 45 * time.Second
				if w.drift != 0 {
					w.length = 3 * time.Minute
				}
				if w.ptime == 0 {
					w.ptime = 160
				}
				o := w.run(t, at)
				sum := time.Duration(0)
				for _, d := range o.delay {
					sum += d
				}
				mean, most := sum/time.Duration(len(o.delay)), o.delay[len(o.delay)-1]
				missing := (o.lost + o.empty) * 1000 / (o.played + o.lost + o.empty)
				if at == beginnings[3] {
					t.Logf("mean %v, most %v, %d ‰ missing (%d lost, %d empty), %+v", mean, most, missing, o.lost, o.empty, o.stats)
				}
				if mean > tt.mean || most > tt.most || missing > tt.missing || o.backward > 0 {
					t.Errorf("mean %v, most %v, %d ‰ missing, %d backward; want at most %v, %v, %d, 0", mean, most, missing, o.backward, tt.mean, tt.most, tt.missing)
				}
			}
		})
	}
}

// No packets, however mad, make it panic, allocate or answer with another length; and a sane
// stream after them is played.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 1, 160, 1, 0, 1, 0, 0, 0, 160, 160})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 1, 80, 0, 0, 127, 0, 0, 0, 20, 240})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := New(DefaultConfig())
		now := time.Duration(0)
		payload := make([]byte, 2048)
		for ; len(data) >= 8; data = data[8:] {
			seq, ts := uint16(data[0])<<8|uint16(data[1]), uint32(data[2])<<24|uint32(data[3])<<16|uint32(data[4])<<8|uint32(data[5])
			now += time.Duration(data[6]) * ms
			b.Put(seq, ts, payload[:int(data[7])*7], now)
			if data[6]&1 != 0 {
				if p, _ := b.Get(now); len(p) != 160 {
					t.Fatalf("%d bytes", len(p))
				}
			}
		}
		played := 0
		for i := range 60 {
			now += 20 * ms
			b.Put(uint16(i+1000), uint32(i*160), payload[:160], now)
			if _, s := b.Get(now); s == Playing {
				played++
			}
		}
		if s := b.Stats(); s.Lost < 0 || s.Target < 20*ms || s.Target > 120*ms {
			t.Fatalf("%+v", s)
		}
		if played < 40 {
			t.Fatalf("of a sane second only %d frames were played", played)
		}
	})
}

func BenchmarkPutGet(b *testing.B) {
	buf := New(DefaultConfig())
	payload := make([]byte, 160)
	for i := range payload {
		payload[i] = mark(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now := time.Duration(i) * 20 * ms
		buf.Put(uint16(i), uint32(i*160), payload, now)
		buf.Get(now)
	}
}
