package turneval

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/jitter"
)

const frameBytes = media.PhoneRate / 50 // 20 ms of A-law

// packet of the turn's sound on its way.
type packet struct {
	n       int // of its frame
	payload []byte
	arrives time.Duration
}

// burstFrames are lost by a burst: 120 ms.
const burstFrames = 6

// packets are what leaves the far end and arrives, in order of arrival. A good line delivers each
// packet when its last sample was spoken.
func (t *Turn) packets() []packet {
	r := rand.New(rand.NewPCG(t.Line.Seed, 3))
	var out []packet
	burst := int(t.Line.Burst.D() / media.FrameTime)
	for n := 0; (n+1)*frameBytes <= len(t.ALaw); n++ {
		p := packet{n: n, payload: t.ALaw[n*frameBytes : (n+1)*frameBytes], arrives: time.Duration(n+1) * media.FrameTime}
		lost := r.Float64() < t.Line.Loss
		if t.Line.Jitter > 0 {
			p.arrives += time.Duration(r.Float64() * float64(t.Line.Jitter) * float64(time.Millisecond))
		}
		switch {
		case lost, burst > 0 && n >= burst && n < burst+burstFrames, t.Line.DTX && t.silent(n):
		default:
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b packet) int { return cmp.Compare(a.arrives, b.arrives) })
	return out
}

// hangover is how long a far end with DTX goes on sending after speech.
const hangover = 200 * time.Millisecond

// silent tells whether a far end with DTX sends nothing in frame n: no word within hangover of it.
func (t *Turn) silent(n int) bool {
	from, to := time.Duration(n)*media.FrameTime, time.Duration(n+1)*media.FrameTime
	for _, w := range t.Words {
		if from < w.End.D()+hangover && to > w.Start.D()-media.FrameTime {
			return false
		}
	}
	return true
}

// frames are what the ears get, one every 20 ms: over a good line the sound as it is, over a bad
// one what the jitter buffer makes of it, as late as it does.
func (t *Turn) frames(yield func(media.Frame) bool) {
	if !t.Line.Bad() {
		for n := 0; (n+1)*frameBytes <= len(t.ALaw); n++ {
			if !yield(decode(n, t.ALaw[n*frameBytes:(n+1)*frameBytes], false)) {
				return
			}
		}
		return
	}
	buf := jitter.New(jitter.DefaultConfig())
	waiting := t.packets()
	for n := 0; (n+1)*frameBytes <= len(t.ALaw); n++ {
		now := time.Duration(n+1) * media.FrameTime
		for len(waiting) > 0 && waiting[0].arrives <= now {
			p := waiting[0]
			buf.Put(uint16(p.n), uint32(p.n*frameBytes), p.payload, p.arrives)
			waiting = waiting[1:]
		}
		payload, state := buf.Get(now)
		if !yield(decode(n, payload, state == jitter.Lost)) {
			return
		}
	}
}

func decode(n int, payload []byte, lost bool) media.Frame {
	f := media.Frame{PCM: make([]int16, len(payload)), Rate: media.PhoneRate, At: time.Duration(n) * media.FrameTime, Lost: lost}
	g711.DecodeA(f.PCM, payload)
	return f
}
