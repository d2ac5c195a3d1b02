package jitter

import (
	"encoding/binary"
	"time"

	"decroche/media"
)

const (
	// quietest is where the floor of magnitudes begins, in codes of 0–127 (a logarithmic
	// scale: 16 codes are 6 dB). 10 is about −63 dBm0, a good line.
	quietest = 10
	// quietBand above the floor still counts as silence: about 3 dB.
	quietBand = 8
	// rise of the floor per frame: 4 codes a second, so that a noisy line is learned in
	// seconds and a sentence is not taken for noise.
	rise = 0.08

	// patience is how many Gets a last piece shorter than a frame waits for its continuation.
	patience = 3
)

// Get returns the next 20 ms, 160 bytes that are valid until the next call, and what they are.
// now is the time on the clock of Put. Call it every 20 ms, on the pacer's beat. Whatever the
// state, the bytes can be decoded: where nothing is, they are silence.
func (b *Buffer) Get(now time.Duration) (payload []byte, state State) {
	b.nextGet = now + media.FrameTime
	b.hole = [2]int{}
	if !b.started {
		return b.silence(), Empty
	}
	if !b.running {
		plan := b.plan(now)
		if plan < b.cursor {
			return b.silence(), Waiting
		}
		b.running = true
		b.dropTo(min(plan, b.end-frame)) // more came at once than is needed
	}
	if b.end-b.cursor < frame {
		return b.starve()
	}
	b.hungry = 0
	off, quiet, hole := b.look(now)
	switch {
	case quiet && off <= -frame/2: // too early by half a frame: say this silence twice
		b.stats.Stretched++
		b.copy()
		return b.out[:], Playing
	case b.end-b.cursor < 2*frame: // nothing to spare
	case quiet && off >= b.spare(frame), hole && off >= frame: // too late
		b.dropTo(b.cursor + frame)
	}
	missing := b.copy()
	b.mark(b.cursor, b.cursor+frame, false)
	b.cursor += frame
	if missing > frame/2 {
		return b.out[:], Lost
	}
	return b.out[:], Playing
}

// starve is Get without enough sound for a frame. The cursor stays, so a packet that is merely
// late is still played, and the delay has grown by itself.
func (b *Buffer) starve() ([]byte, State) {
	b.hungry++
	if b.end <= b.cursor || b.hungry <= patience {
		return b.silence(), Empty
	}
	b.copy()
	b.mark(b.cursor, b.end, false)
	b.cursor = b.end
	return b.out[:], Playing
}

// copy fills out from the cursor on, with silence where bytes are missing, and counts these.
func (b *Buffer) copy() (missing int64) {
	if b.whole() {
		n := copy(b.out[:], b.ring[b.cursor&ringMask:])
		copy(b.out[n:], b.ring[:])
		return 0
	}
	for i := range b.out {
		p := (b.cursor + int64(i)) & ringMask
		if b.have[p>>6]>>(p&63)&1 != 0 {
			b.out[i] = b.ring[p]
		} else {
			b.out[i] = b.cfg.Silence
			if missing == 0 {
				b.hole[0] = i
			}
			b.hole[1] = i + 1
			missing++
		}
	}
	return missing
}

// Missing tells which bytes of the last Get, from ≤ i < to, stand for sound that never came: all
// of a Lost frame, and part of a Playing one when packets are no multiple of 20 ms. It is the part
// to conceal; 0, 0 means none.
func (b *Buffer) Missing() (from, to int) { return b.hole[0], b.hole[1] }

func (b *Buffer) silence() []byte {
	for i := range b.out {
		b.out[i] = b.cfg.Silence
	}
	return b.out[:]
}

// look tells how far the plan is ahead of the cursor, and whether the next frame is silence or
// missing. Silence is judged against a floor that follows the line's noise. In both laws the low
// seven bits, taken against the byte of silence, grow with the magnitude.
func (b *Buffer) look(now time.Duration) (off int64, quiet, hole bool) {
	off = b.plan(now) - b.cursor
	sum, n := 0, int(frame)
	if at := b.cursor & ringMask; b.whole() && at+frame <= ringLen {
		sum = loudness(b.ring[at:at+frame], b.cfg.Silence)
	} else {
		n = 0
		for i := range frame {
			p := (b.cursor + i) & ringMask
			if b.have[p>>6]>>(p&63)&1 != 0 {
				sum += int((b.ring[p] ^ b.cfg.Silence) & 0x7F)
				n++
			}
		}
	}
	if n == 0 {
		return off, false, true
	}
	mean := float32(sum) / float32(n)
	b.floor = min(b.floor+rise, max(mean, quietest))
	return off, mean <= b.floor+quietBand, false
}

// loudness is the sum of the magnitudes of a frame, eight bytes at a time.
func loudness(b []byte, silence byte) (sum int) {
	const odd, each = 0x00FF00FF00FF00FF, 0x0101010101010101
	flip, four := each*uint64(silence), uint64(0)
	for ; len(b) >= 8; b = b[8:] {
		v := (binary.LittleEndian.Uint64(b) ^ flip) & (each * 0x7F)
		four += v&odd + v>>8&odd // of 16 bits each: 20 times 254 fit
	}
	for ; four > 0; four >>= 16 {
		sum += int(four & 0xFFFF)
	}
	return sum
}
