package jitter

import (
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
	for _, c := range script {
		switch c {
		case 'P':
			p := l.next()
			l.put(p)
			if l.overtook != nil {
				l.put(*l.overtook)
				l.overtook = nil
			}
		case 'L':
			l.next()
		case 'O':
			p := l.next()
			l.overtook = &p
		case 'D':
			l.put(l.last)
		case '.':
			l.ts += uint32(l.ptime)
		case 'H':
			l.held = append(l.held, l.next())
		case 'F':
			for _, p := range l.held {
				l.put(p)
			}
			l.held = nil
		case 'G':
			l.get()
		case ' ':
		default:
			panic("script")
		}
	}
	return l
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
