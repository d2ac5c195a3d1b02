// Package dtmf carries telephone keys: as RTP events (RFC 4733), payload bytes in, digits out, and
// the other way round; and as the tones of old telephones (ITU-T Q.23), for far ends that know
// nothing else. It knows no sockets, no sequence numbers and no payload type (that one is
// negotiated, it is not always 101). Events are to be preferred: tones survive few codecs, and a
// Detector needs 30 ms of them.
package dtmf

import (
	"encoding/binary"
	"fmt"
	"time"
)

// payloadLen is the size of one event (RFC 4733 §2.3): event, E R volume, duration.
const payloadLen = 4

const endBit = 0x80

// digits are the events 0–15 (RFC 4733 §3.2, table 3) as people write them.
const digits = "0123456789*#ABCD"

// segmentLen is the longest duration one timestamp can hold. A key held longer continues under
// a new timestamp, exactly this much later (RFC 4733 §2.5.1.3).
const segmentLen = 0xFFFF

// remembered is how many past events a Receiver knows again. Duplicates of an event come within
// a few hundred milliseconds; nobody presses 8 keys in that time.
const remembered = 8

// Receiver turns event payloads into digits, each once. The zero value is ready. One goroutine
// at a time may use it. It allocates nothing.
type Receiver struct {
	seen  [remembered]uint32 // timestamps of past events, a ring
	n     int                // events ever seen
	event byte               // of the newest event
	ended bool               // an end packet of the newest event has come
}

// Push takes one payload with the timestamp of its RTP header and returns the digit ('0'–'9',
// '*', '#', 'A'–'D') on the first packet that speaks of it, whichever that is: the marker bit is
// never needed, and neither are the end packets, since both get lost (§2.5.1.4: the timestamp
// identifies the event). Payloads that are too short, and events that are no DTMF digits (flash
// hook, modem tones), yield nothing.
func (r *Receiver) Push(ts uint32, payload []byte) (digit byte, ok bool) {
	if len(payload) < payloadLen || int(payload[0]) >= len(digits) {
		return 0, false
	}
	event, ended := payload[0], payload[1]&endBit != 0
	for i := range min(r.n, remembered) {
		if r.seen[i] == ts {
			r.ended = r.ended || ended && r.newest() == ts
			return 0, false
		}
	}
	continued := r.n > 0 && !r.ended && event == r.event && ts-r.newest() == segmentLen
	r.seen[r.n%remembered] = ts
	r.n++
	if r.n == 2*remembered { // keep n small, and its place in the ring
		r.n = remembered
	}
	r.event, r.ended = event, ended
	if continued {
		return 0, false
	}
	return digits[event], true
}

func (r *Receiver) newest() uint32 { return r.seen[(r.n+remembered-1)%remembered] }

// Reset forgets everything: for a new SSRC, whose timestamps start anywhere.
func (r *Receiver) Reset() { *r = Receiver{} }

// Packet is one RTP packet of an outgoing event. All packets of an event carry the timestamp of
// its beginning, so TSOffset is always 0; the sequence number grows as usual.
type Packet struct {
	Payload  []byte // 4 bytes, owned by the receiver of the Packet
	Marker   bool   // the first packet of the event
	TSOffset uint32 // to be added to the timestamp of the event's beginning
	End      bool   // one of the three last packets
}

// Limits of the durations that a Sender accepts. Below 40 ms many receivers see no digit; above
// 5 s a person would have let go, and one timestamp suffices (see segmentLen) up to 12 kHz.
const (
	MinDuration = 40 * time.Millisecond
	MaxDuration = 5 * time.Second
)

// Sender makes the packets of a pressed key. The zero value suits telephones: 8000 Hz, a packet
// every 20 ms, −10 dBm0.
type Sender struct {
	Rate   int           // clock of the RTP stream, in Hz; 0 means 8000
	Period time.Duration // between packets; 0 means 20 ms, as the voice it replaces
	Volume int           // power as −dBm0, 1–63; 0 means 10
}

// Packets returns what to send for digit ('0'–'9', '*', '#', 'A'–'D' or 'a'–'d') pressed for
// dur, rounded up to whole periods: one packet per period from the first period's beginning,
// the last one three times (RFC 4733 §2.5.1.4), these again a period apart. Voice is not sent
// meanwhile.
func (s Sender) Packets(digit byte, dur time.Duration) ([]Packet, error) {
	event, ok := eventOf(digit)
	if !ok {
		return nil, fmt.Errorf("send key %q: not a telephone key; use one of %s", digit, digits)
	}
	if dur < MinDuration || dur > MaxDuration {
		return nil, fmt.Errorf("send key %q for %v: use %v to %v", digit, dur, MinDuration, MaxDuration)
	}
	rate, period, volume := s.Rate, s.Period, s.Volume
	if rate == 0 {
		rate = 8000
	}
	if period == 0 {
		period = 20 * time.Millisecond
	}
	if volume == 0 {
		volume = 10
	}
	step := int(int64(rate) * int64(period) / int64(time.Second))
	count := int((dur + period - 1) / period)
	if period < 0 || rate < 0 || step == 0 || step*count > segmentLen || volume < 0 || volume > 63 {
		return nil, fmt.Errorf("send key %q: rate %d, period %v and volume %d do not fit together", digit, rate, period, volume)
	}
	packets := make([]Packet, 0, count+2)
	for i := 1; i <= count; i++ {
		p := make([]byte, payloadLen)
		p[0], p[1] = event, byte(volume)
		binary.BigEndian.PutUint16(p[2:], uint16(step*i))
		packets = append(packets, Packet{Payload: p, Marker: i == 1})
	}
	last := &packets[count-1]
	last.End = true
	last.Payload[1] |= endBit
	for range 2 {
		packets = append(packets, Packet{Payload: append([]byte(nil), last.Payload...), End: true})
	}
	return packets, nil
}

func eventOf(digit byte) (byte, bool) {
	if digit >= 'a' && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	for i := range len(digits) {
		if digits[i] == digit {
			return byte(i), true
		}
	}
	return 0, false
}
