// Package media is the vocabulary of sound: mono PCM frames, where they come from and the
// clock they run on. Every feature (codec, jitter, pacer, vad, …) is a package below it.
package media

import "time"

// FrameTime is the playing time of one packet on the phone side (RFC 3551 §4.2 default for G.711).
const FrameTime = 20 * time.Millisecond

// PhoneRate is the sample rate of telephone audio, in Hz.
const PhoneRate = 8000

// Origin tells how sound came into being, for the marks that the law asks of artificial sound
// (Regulation (EU) 2024/1689, article 50(2)).
type Origin uint8

// Origins: recorded or received, of a person or of whom we do not know; synthesised by rules;
// synthesised by a model that was trained on recordings.
const (
	Captured Origin = iota
	Algorithmic
	Trained
)

// String is the term of the IPTC vocabulary digitalsourcetype, "" for Captured.
func (o Origin) String() string {
	switch o {
	case Algorithmic:
		return "algorithmicMedia"
	case Trained:
		return "trainedAlgorithmicMedia"
	}
	return ""
}

// Frame is mono 16-bit linear PCM. By convention it lasts 20 ms, but any whole number of
// samples is legal.
//
// Whose PCM it is: what a Source gives belongs to who reads it. What a leg or session gives by
// Receive is lent until the next Receive: who keeps it, or passes it to another goroutine, copies
// it. Who takes a frame as an argument (Send, Write, a detector) does not keep PCM after
// returning. So a call's sound costs no allocation per frame.
type Frame struct {
	PCM    []int16
	Rate   int           // samples per second: 8000, 16000 or 48000
	At     time.Duration // media time of the first sample, counted from answer
	Origin Origin        // how it was made
	Lost   bool          // concealed: PCM is a guess for listeners in place of packets that never came; recognisers get silence
}

// Len is the playing time of f.
func (f Frame) Len() time.Duration {
	if f.Rate <= 0 {
		return 0
	}
	return time.Duration(len(f.PCM)) * time.Second / time.Duration(f.Rate)
}

// Source yields frames faster than or at real time; pacing is the reader's business.
// ReadFrame returns io.EOF after the last frame. Close releases the source early, unblocks a
// pending ReadFrame and may be called more than once.
type Source interface {
	ReadFrame() (Frame, error)
	Close() error
}
