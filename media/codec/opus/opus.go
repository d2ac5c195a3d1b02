// Package opus is the Opus codec for telephone conversations (RFC 6716, RFC 7587): mono, 20 ms
// packets out, packets of any length in, at 16 kHz. It wraps thesyncim/gopus, pure Go and young:
// nothing outside this package knows it, whatever it panics at is an ordinary bad packet here, and
// the decoder is fuzzed. With the build tag libopus the tests hold it against libopus.
//
// 16 kHz is what a leg needs: wideband is the widest that Opus codes speech in below 24 kbit/s
// or so, the recognisers want no more, EN 301 549 §6.1 asks for 7 kHz, and decoding to 48 kHz costs
// a resampler on each side for sound that nobody has. On the wire the clock is 48 kHz whatever the
// sound is (RFC 7587 §4.1).
package opus

import (
	"errors"
	"fmt"

	"github.com/thesyncim/gopus"
)

const (
	// Rate is the sample rate of the PCM side, in Hz.
	Rate = 16000
	// Clock is that of the RTP timestamps, in Hz.
	Clock = 48000
	// Frame is the length of a coded packet in samples: 20 ms.
	Frame = Rate / 50
	// MaxSamples is the longest packet, 120 ms (RFC 6716 §3.2.5).
	MaxSamples = Rate * 120 / 1000
	// MaxPacket bounds a packet, in bytes: one frame has at most 1275 (RFC 6716 §3.2.1), and what is
	// longer comes from no telephone.
	MaxPacket = 1500
)

// ErrPacket is returned for what is no Opus packet.
var ErrPacket = errors.New("opus: not a packet")

// Config of an encoder. The zero value means the defaults of each field.
type Config struct {
	// Bitrate in bit/s, 6,000 to 128,000; 0 means 32,000: at complexity 0 the encoder finds room for
	// the copies of FEC from there on (with 24,000 it leaves them out, silently, as libopus does).
	Bitrate int
	// Complexity, 0 to 10. 0, the default, costs half of 5 and two fifths of what 8 costs, for a
	// difference few hear on a telephone.
	Complexity int
	// FEC lets Loss put a coarse copy of each frame into the next packet (RFC 7587 §3.3).
	FEC bool
	// DTX sends next to nothing while nobody speaks (RFC 7587 §3.1.3).
	DTX bool
}

// Encoder codes one stream. It is not safe for concurrent use. It takes about 150 KB.
type Encoder struct {
	e     *gopus.Encoder
	fec   bool
	frame [Frame]int16
	out   [MaxPacket]byte
}

// Validate says what NewEncoder would refuse.
func (c Config) Validate() error {
	if c.Bitrate != 0 && (c.Bitrate < 6000 || c.Bitrate > 128000) || c.Complexity < 0 || c.Complexity > 10 {
		return fmt.Errorf("opus: %d bit/s at complexity %d: use 6000 to 128000 and 0 to 10", c.Bitrate, c.Complexity)
	}
	return nil
}

// NewEncoder returns an encoder at rest.
func NewEncoder(cfg Config) (*Encoder, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Bitrate == 0 {
		cfg.Bitrate = 32000
	}
	e, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: Rate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		return nil, fmt.Errorf("opus: make encoder: %w", err)
	}
	e.SetDTX(cfg.DTX)
	err = errors.Join(e.SetFrameSize(Frame), e.SetComplexity(cfg.Complexity), e.SetBitrate(cfg.Bitrate),
		e.SetSignal(gopus.SignalVoice))
	if err != nil {
		return nil, fmt.Errorf("opus: set up encoder: %w", err)
	}
	return &Encoder{e: e, fec: cfg.FEC}, nil
}

// Loss tells how many percent of the packets get lost on the way. From 1 on, where Config.FEC
// allows it, packets carry copies; these cost the library three allocations a packet, which is
// why a good line has none.
func (e *Encoder) Loss(percent int) {
	e.e.SetFEC(e.fec && percent > 0)
	if percent > 0 {
		percent = max(percent, leastLoss)
	}
	_ = e.e.SetPacketLoss(min(max(percent, 0), 100)) // it refuses what is out of range only
}

// leastLoss is what the encoder is told when any is reported: below, it saves the copies.
const leastLoss = 10

// Encode appends the packet of pcm, 20 ms, to dst. What is shorter is filled up with silence, what
// is longer is cut. With DTX dst may come back as it was: then there is nothing to send.
func (e *Encoder) Encode(dst []byte, pcm []int16) []byte {
	n := copy(e.frame[:], pcm)
	clear(e.frame[n:])
	n, err := e.e.EncodeInt16(e.frame[:], e.out[:])
	if err != nil || n <= 2 && e.e.DTXEnabled() { // RFC 7587 §3.1.3: such packets need not be sent
		return dst
	}
	return append(dst, e.out[:n]...)
}

// Reset forgets what was coded.
func (e *Encoder) Reset() { e.e.Reset() }

// Decoder decodes one stream. It is not safe for concurrent use. It takes about 225 KB.
type Decoder struct {
	d     *gopus.Decoder
	out   [MaxSamples]int16
	float [MaxSamples]float32
}

// NewDecoder returns a decoder at rest.
func NewDecoder() (*Decoder, error) {
	d, err := gopus.NewDecoder(gopus.DecoderConfig{SampleRate: Rate, Channels: 1, MaxPacketSamples: MaxSamples, MaxPacketBytes: MaxPacket})
	if err != nil {
		return nil, fmt.Errorf("opus: make decoder: %w", err)
	}
	return &Decoder{d: d}, nil
}

// Decode writes the sound of packet, mono even when it was stereo, to pcm and returns how many
// samples these are. What pcm has no room for is left out; MaxSamples are always enough.
func (d *Decoder) Decode(pcm []int16, packet []byte) (n int, err error) {
	if Ticks(packet) == 0 {
		return 0, ErrPacket
	}
	defer d.survive(&n, &err)
	n, err = d.d.DecodeInt16(packet, d.out[:])
	if err != nil {
		return 0, fmt.Errorf("%w (%v)", ErrPacket, err)
	}
	return copy(pcm, d.out[:n]), nil
}

// Conceal fills pcm with what the lost packet may have sounded like. It works in pieces of 2.5 ms;
// what is left of pcm is silence.
func (d *Decoder) Conceal(pcm []int16) {
	var n int
	var err error
	defer func() { clear(pcm[n:]) }()
	defer d.survive(&n, &err)
	const grain = Rate / 400
	for want := min(len(pcm)-n, Frame) / grain * grain; want > 0; want = min(len(pcm)-n, Frame) / grain * grain {
		k, err := d.d.DecodeInt16(nil, pcm[n:n+want])
		if err != nil || k == 0 {
			return
		}
		n += k
	}
}

// Recover fills pcm, as long as one packet, with the coarse copy of a lost packet that the one
// after it carries, and reports whether it did; pcm is untouched when next has none. Afterwards
// next itself is to be decoded.
func (d *Decoder) Recover(pcm []int16, next []byte) (ok bool) {
	if Ticks(next) == 0 || len(pcm) == 0 || len(pcm) > MaxSamples || !hasCopy(next) {
		return false
	}
	n := 0
	var err error
	defer func() { ok = ok && err == nil }()
	defer d.survive(&n, &err)
	n, err = d.d.DecodeWithFEC(next, d.float[:len(pcm)], true)
	if err != nil || n != len(pcm) {
		return false
	}
	for i, v := range d.float[:n] {
		pcm[i] = int16(min(max(v*32768, -32768), 32767))
	}
	return true
}

// hasCopy reports whether packet carries the frame before it.
func hasCopy(packet []byte) (has bool) {
	defer func() {
		if recover() != nil {
			has = false
		}
	}()
	return gopus.PacketHasLBRR(packet)
}

// Reset forgets what was decoded.
func (d *Decoder) Reset() { d.d.Reset() }

// survive turns a panic of the library into a bad packet, and begins anew: nothing is known of
// the state it left.
func (d *Decoder) survive(n *int, err *error) {
	if p := recover(); p != nil {
		*n, *err = 0, fmt.Errorf("%w (decoder: %v)", ErrPacket, p)
		d.d.Reset()
	}
}

// Ticks is the playing time of packet on the RTP clock, read from its first two bytes (RFC 6716
// §3.1); 0 when it is none, or would last longer than 120 ms.
func Ticks(packet []byte) int {
	if len(packet) == 0 || len(packet) > MaxPacket {
		return 0
	}
	count := 1
	switch packet[0] & 3 {
	case 1, 2:
		count = 2
	case 3:
		if len(packet) < 2 {
			return 0
		}
		count = int(packet[1] & 0x3F)
	}
	n := count * frameTicks[packet[0]>>3]
	if n > Clock*120/1000 {
		return 0
	}
	return n
}

// frameTicks is the length of a frame by configuration, at 48 kHz (RFC 6716 table 2).
var frameTicks = [32]int{
	480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920, 2880, // SILK: 10, 20, 40, 60 ms
	480, 960, 480, 960, // hybrid: 10, 20 ms
	120, 240, 480, 960, 120, 240, 480, 960, 120, 240, 480, 960, 120, 240, 480, 960, // CELT: 2.5 to 20 ms
}
