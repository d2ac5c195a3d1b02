package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/jitter"
)

// Condition is what happens to a voice between mouth and recogniser. The zero value is A-law and
// nothing else.
type Condition struct {
	Name  string
	Codec string // "" or alaw, ulaw, none
	// BabbleDB is how much louder the voice is than a room of others, with Babble.
	Babble   bool
	BabbleDB float64
	// Loss is the share of packets that never arrive, 0 to 0.5, in bursts of two on average, and
	// goes through the gateway's own jitter buffer, which puts silence in their place.
	Loss float64
}

// Usual are the conditions that a report has when nobody says otherwise.
const Usual = "alaw,ulaw,babble:15,babble:12,loss:3,loss:10"

// ParseConditions reads a list such as "alaw,babble:12,babble:12+loss:3": alaw, ulaw or none, a
// babble in dB, a loss in per cent.
func ParseConditions(s string) ([]Condition, error) {
	var list []Condition
	for name := range strings.SplitSeq(s, ",") {
		c, err := parseCondition(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func parseCondition(name string) (Condition, error) {
	c := Condition{Name: name}
	for part := range strings.SplitSeq(name, "+") {
		kind, value, has := strings.Cut(part, ":")
		n, err := strconv.ParseFloat(value, 64)
		ok := err == nil && has
		switch kind {
		case "alaw", "ulaw", "none":
			ok = !has
			c.Codec = kind
		case "babble":
			ok = ok && n >= -20 && n <= 60
			c.Babble, c.BabbleDB = true, n
		case "loss":
			ok = ok && n >= 0 && n <= 50
			c.Loss = n / 100
		default:
			ok = false
		}
		if !ok {
			return c, fmt.Errorf("condition %q: write alaw, ulaw or none, babble:DB (-20 to 60), loss:PERCENT (0 to 50), joined by + as in babble:12+loss:3", name)
		}
	}
	if c.Codec == "none" && c.Loss > 0 {
		return c, fmt.Errorf("condition %q: packets are lost on a telephone line, which has alaw or ulaw", name)
	}
	return c, nil
}

// Apply returns pcm, 8 kHz, as it arrives. babble is what Room made; seed places it and decides
// which packets are lost, so that the same is heard each time.
func (c Condition) Apply(pcm []int16, babble []float64, seed uint64) []int16 {
	out := append([]int16(nil), pcm...)
	if c.Babble && len(babble) > 0 {
		mix(out, babble, c.BabbleDB, seed)
	}
	if c.Codec == "none" {
		return out
	}
	wire := make([]byte, len(out))
	if c.Codec == "ulaw" {
		g711.EncodeU(wire, out)
	} else {
		g711.EncodeA(wire, out)
	}
	if c.Loss > 0 {
		wire = c.line(wire, seed)
	}
	if c.Codec == "ulaw" {
		g711.DecodeU(out, wire)
	} else {
		g711.DecodeA(out, wire)
	}
	return out
}

// line sends packets of 20 ms through a network that loses some, two states as Gilbert's, and
// takes them out of a jitter buffer at the beat of a call.
func (c Condition) line(wire []byte, seed uint64) []byte {
	const packet = media.PhoneRate / 50
	cfg := jitter.DefaultConfig()
	if c.Codec == "ulaw" {
		cfg.Silence = g711.SilenceU
	}
	b := jitter.New(cfg)
	r := rand.New(rand.NewPCG(7, seed))
	const stay = .5 // in the bad state: two packets on average
	enter := c.Loss * (1 - stay) / (1 - c.Loss)
	bad := false
	out := make([]byte, 0, len(wire))
	var now time.Duration
	playing := false // before that the buffer waits, and what it plays meanwhile is no part of the recording
	for at := 0; len(out) < len(wire); at += packet {
		if at < len(wire) {
			odds := enter
			if bad {
				odds = stay
			}
			if bad = r.Float64() < odds && at > 0; !bad {
				b.Put(uint16(at/packet), uint32(at), wire[at:min(at+packet, len(wire))], now)
			}
		}
		frame, state := b.Get(now)
		if playing = playing || state != jitter.Waiting; playing {
			out = append(out, frame[:min(packet, len(wire)-len(out))]...)
		}
		now += media.FrameTime
	}
	return out
}

// roomLength is how long the babble is before it repeats.
const roomLength = 20 * media.PhoneRate

// Room is forty voices at once out of these recordings, each as loud as the other: the noise of a
// busy office. It is the same each time.
func Room(said [][]int16) []float64 {
	if len(said) == 0 {
		return nil
	}
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]float64, roomLength)
	for range 40 {
		x := said[r.IntN(len(said))]
		p := math.Sqrt(power(x)) + 1
		for at, i := r.IntN(len(b)), 0; i < len(x); i++ {
			b[(at+i)%len(b)] += float64(x[i]) / p
		}
	}
	return b
}

// mix adds babble so that the voice is db louder, both over the whole recording.
func mix(x []int16, babble []float64, db float64, seed uint64) {
	at := int(rand.New(rand.NewPCG(3, seed)).Uint64N(uint64(len(babble))))
	var e float64
	for i := range x {
		v := babble[(at+i)%len(babble)]
		e += v * v
	}
	if e == 0 {
		return
	}
	g := math.Sqrt(power(x) * float64(len(x)) / e * math.Pow(10, -db/10))
	for i := range x {
		x[i] = int16(max(-32767, min(32767, float64(x[i])+g*babble[(at+i)%len(babble)])))
	}
}

// power is the mean square of a recording.
func power(x []int16) (e float64) {
	for _, v := range x {
		e += float64(v) * float64(v)
	}
	return e / float64(max(1, len(x)))
}
