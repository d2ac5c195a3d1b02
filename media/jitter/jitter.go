// Package jitter turns packets that come when they like into a frame every 20 ms.
//
// Its idea: bytes lie in a ring at the place their timestamp says, so packets of any length, in
// any order, fall into place by themselves; sequence numbers only tell loss from a pause of the
// sender. A cursor walks along the ring one frame per Get. Where the cursor should be follows
// from the fastest packet seen lately plus a target delay; it is moved there by leaving out or
// repeating a frame in silence, and by waiting when nothing is there.
//
// Buffer serves G.711, one byte per timestamp unit at 8000 Hz, in 6 KiB: its frames can be cut
// anywhere and judged for silence as they are. Packets serves every other codec, whose packets are
// whole or nothing: it hands them over one by one when their time has come, tells which are missing
// and shows the one behind a gap, for it may hold a copy of the lost one. Both share what the
// headers and the clock tell (stream), and neither allocates after it was made.
package jitter

import (
	"time"

	"decroche/media"
)

const (
	frame = int64(media.PhoneRate / 50) // samples, and bytes, per Get: 20 ms

	ringLen  = 4096 // samples, 512 ms; a power of two
	ringMask = ringLen - 1

	// slack above Config.Max that the buffer tolerates before it drops speech: a 60 ms packet
	// that has just come must fit.
	slack = 80 * time.Millisecond

	// jump is the distance in time from where a packet should be that makes it part of another
	// stream, and dropout and misorder the same in sequence numbers (RFC 3550 A.1).
	jump     = time.Second
	dropout  = 3000
	misorder = 100

	// step is the lateness from which the path, not the packet, is taken to be slower.
	step = 240 * time.Millisecond

	// hopeless is how many packets in a row may be late before the sender is taken to have set
	// its timestamps back.
	hopeless = 5

	// window is how long the fastest packet is remembered, in two halves.
	window = 8 * time.Second
)

// Verdict is what became of a packet.
type Verdict uint8

const (
	Accepted  Verdict = iota
	Duplicate         // its sequence number had come before
	Late              // its time has been played already
	Reset             // the buffer began anew with it: a jump of more than a second
	Suspect           // it is far from the stream and was kept out; if the next one follows on it, that is a Reset
	Malformed         // empty, or longer than 200 ms
)

var verdicts = [...]string{"accepted", "duplicate", "late", "reset", "suspect", "malformed"}

// String is the word for metrics and logs.
func (v Verdict) String() string { return verdicts[v] }

// State says what Get's payload is.
type State uint8

const (
	Empty   State = iota // nothing has come, or the sender pauses: silence
	Waiting              // the first packets are here, their time has not come: silence
	Playing              // sound
	Lost                 // a gap: later packets are here, these never came; silence stands for them
)

var states = [...]string{"empty", "waiting", "playing", "lost"}

// String is the word for metrics and logs.
func (s State) String() string { return states[s] }

// Stats count since New; Jitter and Target are of now.
type Stats struct {
	Received   int           // packets that belong to the stream, each once; late ones too
	Lost       int           // packets missing by sequence number (RFC 3550 A.3), never below zero
	Late       int           // packets that came after their time
	Duplicates int           // packets that came again
	Dropped    int           // frames left out to shorten the delay
	Stretched  int           // frames said twice to lengthen it
	Resets     int           // times the stream began anew
	Jitter     time.Duration // interarrival jitter, RFC 3550 A.8
	Target     time.Duration // delay aimed at
}

// Buffer is one stream's. One goroutine at a time may use it.
type Buffer struct {
	stream
	ring   [ringLen]byte
	have   [ringLen / 64]uint64 // one bit per byte of ring
	out    [frame]byte
	floor  float32 // mean magnitude of the quietest frames lately, see look
	hole   [2]int  // see Missing
	hungry int     // Gets in a row without enough sound for a frame
}

// New makes an empty Buffer. It panics when cfg does not pass Validate.
func New(cfg Config) *Buffer {
	if problems := cfg.Validate(); len(problems) > 0 {
		panic("jitter: " + problems[0])
	}
	b := &Buffer{stream: stream{cfg: cfg.withDefaults(), frame: frame}}
	b.arrivals.clock = media.PhoneRate
	b.Reset()
	return b
}

// Reset forgets the stream: for a new SSRC or codec. Counters go on.
func (b *Buffer) Reset() {
	b.forget()
	b.empty()
}

// empty implements shelf.
func (b *Buffer) empty() {
	b.have = [ringLen / 64]uint64{}
	b.floor, b.hungry = quietest, 0
}

// SetSilence changes the codec's byte of silence.
func (b *Buffer) SetSilence(s byte) { b.cfg.Silence = s }

// Put takes one packet that arrived at the given time, on any clock that does not jump (the one
// of Get). The payload is copied.
func (b *Buffer) Put(seq uint16, ts uint32, payload []byte, arrived time.Duration) Verdict {
	if len(payload) == 0 || len(payload) > media.PhoneRate/5 {
		return Malformed
	}
	return b.put(b, arrival{seq, ts, int64(len(payload)), payload}, arrived)
}

// place implements shelf: it copies the part of p that is still to come into the ring. After a
// packet that was not missing, a gap is the sender's pause and becomes silence.
func (b *Buffer) place(at int64, p arrival, arrived time.Duration, follows bool) {
	last := at + p.ticks
	b.approach(at, arrived)
	if limit := b.ticks(b.cfg.Max + slack); last-b.cursor > limit {
		b.dropTo(last - max(b.ticks(b.target), p.ticks))
	}
	if follows && b.end < at {
		for i := b.end; i < at; i++ {
			b.ring[i&ringMask] = b.cfg.Silence
		}
		b.mark(b.end, at, true)
	}
	if late := b.cursor - at; late > 0 {
		at, p.payload = b.cursor, p.payload[min(late, p.ticks):]
	}
	n := copy(b.ring[at&ringMask:], p.payload)
	copy(b.ring[:], p.payload[n:])
	b.mark(at, last, true)
	b.end = max(b.end, last)
}

// mark notes for the samples from, … to-1 whether they are there.
func (b *Buffer) mark(from, to int64, there bool) {
	for from < to {
		p := from & ringMask
		n := min(to-from, 64-p&63)
		if bits := ^uint64(0) >> (64 - n) << (p & 63); there {
			b.have[p>>6] |= bits
		} else {
			b.have[p>>6] &^= bits
		}
		from += n
	}
}

// whole tells whether the frame at the cursor is there, every byte of it.
func (b *Buffer) whole() bool {
	for from, to := b.cursor, b.cursor+frame; from < to; {
		p := from & ringMask
		n := min(to-from, 64-p&63)
		if bits := ^uint64(0) >> (64 - n) << (p & 63); b.have[p>>6]&bits != bits {
			return false
		}
		from += n
	}
	return true
}

// dropTo moves the cursor forward towards to, by whole frames.
func (b *Buffer) dropTo(to int64) {
	skipped := (to - b.cursor) / frame
	if skipped <= 0 {
		return
	}
	next := b.cursor + skipped*frame
	b.mark(b.cursor, min(next, b.cursor+ringLen), false)
	b.cursor = next
	b.end = max(b.end, next)
	b.stats.Dropped += int(skipped)
}
