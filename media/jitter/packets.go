package jitter

import (
	"slices"
	"sync/atomic"
	"time"

	"decroche/media"
)

const (
	// slots bounds the packets that wait: 200 ms of the shortest that a call uses, 10 ms, and then
	// some.
	slots = 32
	// longest packet: Opus stops at 120 ms (RFC 6716 §3.2.5), Buffer at this.
	longest = 200 * time.Millisecond
)

// Piece is a part of what is to be heard, in the order of time.
type Piece struct {
	State State
	Ticks int // how long it lasts on the RTP clock
	// Payload is the packet of a Playing piece. For a Lost one it is the packet behind the gap, if
	// that is there and the gap ends with this piece: it may hold a copy of what was lost, and comes
	// again as Playing. It is valid until the next Put, Get or Reset.
	Payload []byte
}

// Packets is the buffer of one stream of a codec whose packets are whole or nothing. One goroutine
// at a time may use it, except Quiet's.
type Packets struct {
	stream
	room    int      // bytes of a slot
	last    int64    // extended sequence number of the packet played last
	usual   int64    // ticks of that packet
	owed    int64    // ticks due that no Piece has been given for
	wait    []slot   // packets, in the order of time
	free    [][]byte // memory of slots that are empty
	out     [maxPieces]Piece
	played  [maxPieces][]byte // memory of the packets that out refers to
	nPlayed int
	quiet   atomic.Bool // what was decoded last is quiet
}

// slot is a packet that waits.
type slot struct {
	at, ticks, seq int64
	data           []byte
}

// maxPieces bounds what one Get gives: eight packets of 2.5 ms are 20 ms.
const maxPieces = 8

// NewPackets makes an empty buffer for a codec whose RTP clock runs at clock Hz and whose packets
// have at most maxPacket bytes. It takes 40 times that much memory. It panics when cfg does not
// pass Validate.
func NewPackets(cfg Config, clock, maxPacket int) *Packets {
	if problems := cfg.Validate(); len(problems) > 0 {
		panic("jitter: " + problems[0])
	}
	b := &Packets{stream: stream{cfg: cfg.withDefaults(), frame: int64(clock / 50)}, room: maxPacket}
	b.arrivals.clock = int64(clock)
	memory := make([]byte, (slots+maxPieces)*maxPacket)
	b.wait, b.free = make([]slot, 0, slots), make([][]byte, 0, slots+maxPieces)
	for ; len(memory) > 0; memory = memory[maxPacket:] {
		b.free = append(b.free, memory[:0:maxPacket])
	}
	b.Reset()
	return b
}

// Reset forgets the stream: for a new SSRC. Counters go on.
func (b *Packets) Reset() {
	b.forget()
	b.empty()
}

// empty implements shelf.
func (b *Packets) empty() {
	b.recycle()
	for _, s := range b.wait {
		b.free = append(b.free, s.data[:0])
	}
	b.wait = b.wait[:0]
	b.usual = b.frame
	b.quiet.Store(false)
}

// Quiet tells that what was decoded last is silence, or is not: packets are left out, and pauses
// made longer, in silence only.
func (b *Packets) Quiet(yes bool) { b.quiet.Store(yes) }

// Put takes one packet of ticks on the RTP clock that arrived at the given time, on the clock of
// Get. The payload is copied.
func (b *Packets) Put(seq uint16, ts uint32, ticks int, payload []byte, arrived time.Duration) Verdict {
	if ticks <= 0 || int64(ticks) > b.ticks(longest) || len(payload) == 0 || len(payload) > b.room {
		return Malformed
	}
	return b.put(b, arrival{seq, ts, int64(ticks), payload}, arrived)
}

// place implements shelf.
func (b *Packets) place(at int64, p arrival, arrived time.Duration, _ bool) {
	b.approach(at, arrived)
	if limit := b.ticks(b.cfg.Max + slack); at+p.ticks-b.cursor > limit {
		b.dropTo(at + p.ticks - max(b.ticks(b.target), p.ticks))
	}
	if at < b.cursor {
		b.stats.Late++ // a part of it is over, and it cannot be cut
		return
	}
	if len(b.wait) == slots {
		b.dropTo(b.wait[0].at + b.wait[0].ticks)
	}
	i, _ := slices.BinarySearchFunc(b.wait, at, func(s slot, at int64) int { return int(s.at - at) })
	if i < len(b.wait) && b.wait[i].at < at+p.ticks || i > 0 && b.wait[i-1].at+b.wait[i-1].ticks > at {
		return // another packet has this time already
	}
	data := b.free[len(b.free)-1]
	b.free = b.free[:len(b.free)-1]
	b.wait = slices.Insert(b.wait, i, slot{at, p.ticks, b.number(p.seq), append(data[:0], p.payload...)})
	b.end = max(b.end, at+p.ticks)
}

// number extends a sequence number that is near the highest.
func (b *Packets) number(seq uint16) int64 { return b.highest + int64(int16(seq-uint16(b.highest))) }

// dropTo moves the cursor forward towards to, by whole packets and through gaps.
func (b *Packets) dropTo(to int64) {
	for len(b.wait) > 0 && b.wait[0].at+b.wait[0].ticks <= to {
		b.leaveOut()
	}
	if len(b.wait) > 0 {
		to = min(to, b.wait[0].at)
	}
	if to > b.cursor {
		b.cursor = to
	}
	b.end = max(b.end, b.cursor)
}

// leaveOut drops the first packet that waits.
func (b *Packets) leaveOut() {
	s := b.wait[0]
	b.stats.Dropped += int(max(1, s.ticks/b.frame))
	b.take()
	b.free = append(b.free, s.data[:0])
}

// take removes the first packet that waits and moves the cursor behind it.
func (b *Packets) take() slot {
	s := b.wait[0]
	b.wait = slices.Delete(b.wait, 0, 1)
	b.cursor, b.last, b.usual = s.at+s.ticks, s.seq, s.ticks
	return s
}

// recycle takes the memory of the last Get's packets back.
func (b *Packets) recycle() {
	for i := range b.nPlayed {
		b.free = append(b.free, b.played[i][:0])
	}
	b.nPlayed = 0
}

// Get returns what is to be heard next, in pieces of at least 20 ms together; none while a longer
// packet still lasts. now is the time on the clock of Put. Call it every 20 ms, on the pacer's
// beat. The slice and what it refers to are valid until the next call.
func (b *Packets) Get(now time.Duration) []Piece {
	b.nextGet = now + media.FrameTime
	b.recycle()
	b.owed += b.frame
	n := 0
	for ; b.owed > 0 && n < maxPieces; n++ {
		b.out[n] = b.piece(now)
		b.owed -= int64(b.out[n].Ticks)
	}
	return b.out[:n]
}

// nothing is a piece without sound for all that is owed; the cursor stays.
func (b *Packets) nothing(s State) Piece { return Piece{State: s, Ticks: int(b.owed)} }

func (b *Packets) piece(now time.Duration) Piece {
	plan := b.plan(now)
	switch {
	case !b.started:
		return b.nothing(Empty)
	case b.running:
	case plan < b.cursor:
		return b.nothing(Waiting)
	default:
		b.running = true
		b.last = b.wait[0].seq - 1
		b.dropTo(min(plan, b.wait[len(b.wait)-1].at)) // more came at once than is needed
	}
	if len(b.wait) == 0 {
		return b.nothing(Empty)
	}
	off := plan - b.cursor
	first := b.wait[0]
	if gap := first.at - b.cursor; gap > 0 {
		return b.gap(gap, off, first)
	}
	quiet := b.quiet.Load()
	switch {
	case quiet && off <= -b.frame/2: // too early by half a frame: a little more silence
		b.stats.Stretched++
		return b.nothing(Empty)
	case quiet && off >= b.spare(b.frame) && len(b.wait) > 1 && b.wait[1].at == first.at+first.ticks:
		b.leaveOut() // too late
	}
	s := b.take()
	b.played[b.nPlayed] = s.data
	b.nPlayed++
	return Piece{State: Playing, Ticks: int(s.ticks), Payload: s.data}
}

// gap is a piece of the time before the first packet that waits. It is the sender's pause when no
// number is missing, or when it is longer than what is missing (a lost packet of a pause); else it
// is loss.
func (b *Packets) gap(gap, off int64, first slot) Piece {
	missing := int64(0)
	for n := b.last + 1; n < first.seq && missing < 64; n++ {
		if d := b.highest - n; d >= 64 || b.came>>d&1 == 0 {
			missing++
		}
	}
	if missing == 0 || gap > missing*b.usual+b.frame/2 {
		if off >= b.frame && gap > b.frame { // too late: the pause is shorter
			b.stats.Dropped++
			b.cursor += b.frame
			gap -= b.frame
		} else if off <= -b.frame/2 { // too early: it is longer
			b.stats.Stretched++
			return b.nothing(Empty)
		}
		ticks := min(gap, b.owed)
		b.cursor += ticks
		return Piece{State: Empty, Ticks: int(ticks)}
	}
	ticks := min(gap, max(b.usual, 1))
	b.cursor += ticks
	p := Piece{State: Lost, Ticks: int(ticks)}
	if ticks == gap {
		p.Payload = first.data
	}
	return p
}
