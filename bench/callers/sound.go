package callers

import (
	"decroche/media/codec/g711"
)

// frameBytes is 20 ms of G.711.
const frameBytes = 160

// The RTP payload types of G.711 (RFC 3551 §6).
const (
	typePCMU = 0
	typePCMA = 8
)

// Clip is a sound encoded beforehand, frame by frame, in both laws. It is never changed after it
// was made, so that any number of calls may play it.
type Clip struct {
	pcma, pcmu []byte
}

// NewClip encodes 8 kHz samples; the last frame is filled up with silence.
func NewClip(pcm []int16) *Clip {
	n := (len(pcm) + frameBytes - 1) / frameBytes * frameBytes
	full := make([]int16, n)
	copy(full, pcm)
	c := &Clip{pcma: make([]byte, n), pcmu: make([]byte, n)}
	g711.EncodeA(c.pcma, full)
	g711.EncodeU(c.pcmu, full)
	return c
}

// Frames is how many frames of 20 ms the clip has.
func (c *Clip) Frames() int { return len(c.pcma) / frameBytes }

// Frame is the i-th frame in a payload type's law.
func (c *Clip) Frame(i int, pt uint8) []byte {
	b := c.pcma
	if pt == typePCMU {
		b = c.pcmu
	}
	return b[i*frameBytes : (i+1)*frameBytes : (i+1)*frameBytes]
}

// Silence is one frame of it.
var Silence = NewClip(make([]int16, frameBytes))

// audibleLevel is how loud a sample has to be, of 32768, to count as heard, and audibleSamples how
// many such samples of a packet make it audible: comfort noise and dither are quieter, the first
// packet of a word is not.
const (
	audibleLevel   = 400
	audibleSamples = 8
)

// loud tells for each byte of a law whether it is louder than audibleLevel.
var loud = func() (t [2][256]byte) {
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	var pcm [256]int16
	for law, decode := range []func([]int16, []byte){g711.DecodeA, g711.DecodeU} {
		decode(pcm[:], all[:])
		for i, s := range pcm {
			if s >= audibleLevel || s <= -audibleLevel {
				t[law][i] = 1
			}
		}
	}
	return t
}()

// Packet is one RTP packet as it came.
type Packet struct {
	At      int64 // when the kernel got it, in nanoseconds since 1970
	Seq     uint16
	TS      uint32
	Type    uint8
	Marker  bool
	Payload []byte // valid during the call of Hear
}

// Audible reports whether somebody who listens would hear something: not silence, not comfort
// noise, not a telephone event.
func (p Packet) Audible() bool {
	var t *[256]byte
	switch p.Type {
	case typePCMA:
		t = &loud[0]
	case typePCMU:
		t = &loud[1]
	default:
		return false
	}
	n := 0
	for _, b := range p.Payload {
		if n += int(t[b]); n >= audibleSamples {
			return true
		}
	}
	return false
}
