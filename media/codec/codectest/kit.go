// Package codectest is the conformance kit of codecs: what every one of them has to keep, whatever
// it is. A codec's tests call Run with what to expect of it.
package codectest

import (
	"math"
	"math/rand/v2"
	"testing"

	"decroche/media/codec"
)

// Want is what a codec promises.
type Want struct {
	SNR    float64 // least signal-to-noise ratio of speech-like sound, in dB, once the delay is taken out
	Delay  int     // most samples that the sound may come later, both ways together
	Bytes  int     // most bytes of a packet of 20 ms
	Copies bool    // Recover works on a stream of its own
}

// frames of the sound that is sent: 2 s.
const frames = 100

// Run tests the codec that open makes anew at each call. The test must not be parallel, for
// allocations are counted.
func Run(t *testing.T, open func() codec.Codec, want Want) {
	t.Run("round trip", func(t *testing.T) { roundTrip(t, open(), want) })
	t.Run("silence", func(t *testing.T) { silence(t, open(), open(), want) })
	t.Run("odd lengths", func(t *testing.T) { oddLengths(t, open()) })
	t.Run("garbage", func(t *testing.T) { garbage(t, open()) })
	t.Run("loss", func(t *testing.T) { loss(t, open(), open(), want) })
	t.Run("no allocation", func(t *testing.T) { allocations(t, open()) })
}

// vowels is sound like a voice's: harmonics of a pitch that moves, in syllables with soft noise
// between them.
func vowels(rate, n int) []int16 {
	r := rand.New(rand.NewPCG(3, 5))
	out, phase := make([]int16, n), 0.0
	for i := range out {
		at := float64(i) / float64(rate)
		phase += 2 * math.Pi * (120 + 30*math.Sin(2*math.Pi*1.3*at)) / float64(rate)
		loud := math.Max(0, math.Sin(2*math.Pi*2.2*at))
		v := 0.0
		for h := 1; h <= 20; h++ {
			v += math.Sin(float64(h)*phase) / float64(1+h*h/9)
		}
		out[i] = int16(4000*loud*v + 20*r.NormFloat64())
	}
	return out
}

func roundTrip(t *testing.T, c codec.Codec, want Want) {
	info := c.Info()
	n := info.Samples()
	in := vowels(info.Rate, frames*n)
	var out []int16
	room := make([]int16, 6*n)
	for i := 0; i < len(in); i += n {
		packet := c.Encode(nil, in[i:i+n])
		if len(packet) == 0 || len(packet) > want.Bytes {
			t.Fatalf("frame %d has %d bytes, want 1 to %d", i/n, len(packet), want.Bytes)
		}
		if got := info.Length(packet); got != info.Ticks() {
			t.Fatalf("frame %d lasts %d ticks, want %d", i/n, got, info.Ticks())
		}
		got := c.Decode(room, packet)
		if got != n {
			t.Fatalf("frame %d has %d samples, want %d", i/n, got, n)
		}
		out = append(out, room[:got]...)
	}
	snr, delay := SNR(in, out, want.Delay)
	t.Logf("%.1f dB, %d samples late", snr, delay)
	if snr < want.SNR {
		t.Errorf("%.1f dB signal to noise at a delay of %d samples, want %v", snr, delay, want.SNR)
	}
}

// SNR is the best signal-to-noise ratio of out against in, in dB, over delays of 0 to most samples.
func SNR(in, out []int16, most int) (snr float64, delay int) {
	snr = math.Inf(-1)
	for d := 0; d <= most; d++ {
		var signal, noise float64
		for i := len(in) / 10; i+d < len(out) && i < len(in); i++ {
			v, e := float64(in[i]), float64(out[i+d])-float64(in[i])
			signal += v * v
			noise += e * e
		}
		if db := 10 * math.Log10(signal/(noise+1e-9)); db > snr {
			snr, delay = db, d
		}
	}
	return snr, delay
}

// silence stays silence, from the beginning and after sound, and a long one too.
func silence(t *testing.T, c, hearer codec.Codec, want Want) {
	n := c.Info().Samples()
	sound := vowels(c.Info().Rate, 20*n)
	room := make([]int16, 6*n)
	hear := func(packet []byte) float64 {
		if len(packet) > want.Bytes {
			t.Fatalf("silence has %d bytes", len(packet))
		}
		k := hearer.Decode(room, packet)
		if k != n {
			t.Fatalf("silence lasts %d samples, want %d", k, n)
		}
		return rms(room[:k])
	}
	for round := range 3 {
		for i := range 60 {
			if level := hear(c.Info().Silence()); i > 5 && level > 12 {
				t.Fatalf("round %d: frame %d of silence has a level of %.1f", round, i, level)
			}
		}
		loud := 0.0
		for i := 0; i < len(sound); i += n {
			loud = max(loud, hear(c.Encode(nil, sound[i:i+n])))
		}
		if loud < 1500 {
			t.Fatalf("round %d: sound after silence has a level of %.1f", round, loud)
		}
	}
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

// oddLengths: neither sound nor room of any length breaks anything.
func oddLengths(t *testing.T, c codec.Codec) {
	n := c.Info().Samples()
	sound := vowels(c.Info().Rate, 4*n)
	room := make([]int16, 6*n)
	for _, k := range []int{0, 1, 2, 3, 7, n - 1, n, n + 1, 2*n + 1, 4 * n} {
		packet := c.Encode(nil, sound[:k])
		if k > 0 && len(packet) == 0 {
			t.Errorf("%d samples are no packet", k)
		}
		for _, space := range []int{0, 1, 5, n - 1, n, 6 * n} {
			if got := c.Decode(room[:space], packet); got > space {
				t.Errorf("%d samples written into room for %d", got, space)
			}
		}
		c.Conceal(room[:k])
		if c.Recover(room[:k], nil) {
			t.Errorf("a copy was found in nothing")
		}
	}
}

// garbage: bytes from strangers are sound, or no packet, but never a panic; and good sound after
// them is heard.
func garbage(t *testing.T, c codec.Codec) {
	r := rand.New(rand.NewPCG(9, 9))
	n := c.Info().Samples()
	room := make([]int16, 6*n)
	for i := range 500 {
		packet := make([]byte, r.IntN(1+i*3))
		for j := range packet {
			packet[j] = byte(r.Uint32())
		}
		c.Info().Length(packet)
		c.Decode(room, packet)
		if i%7 == 0 {
			c.Conceal(room[:n])
		}
		c.Recover(room[:n], packet)
	}
	c.ResetHearing()
	sound, loud := vowels(c.Info().Rate, 20*n), 0.0
	for i := 0; i < len(sound); i += n {
		k := c.Decode(room, c.Encode(nil, sound[i:i+n]))
		loud = max(loud, rms(room[:k]))
	}
	if loud < 1500 || loud > 15000 {
		t.Errorf("sound after garbage has a level of %.0f", loud)
	}
}

// loss: a short gap is filled, a long one fades, and the sound comes back.
func loss(t *testing.T, c, hearer codec.Codec, want Want) {
	n := c.Info().Samples()
	sound := vowels(c.Info().Rate, frames*n)
	room := make([]int16, 6*n)
	filled, gaps, copies := 0.0, 0.0, 0
	c.Loss(10)
	var before []byte
	for i := 0; i < frames; i++ {
		frame := sound[i*n : (i+1)*n]
		packet := c.Encode(nil, frame)
		if i%10 == 9 {
			before = packet
			continue
		}
		if before != nil { // the one before was lost
			if hearer.Recover(room[:n], packet) {
				copies++
			} else {
				hearer.Conceal(room[:n])
			}
			before = nil
			if level := rms(frame); level > 1500 {
				filled += rms(room[:n])
				gaps += level
			}
		}
		hearer.Decode(room, packet)
	}
	if filled < gaps/3 || filled > gaps*3 {
		t.Errorf("gaps have a level of %.0f where the sound has %.0f", filled, gaps)
	}
	if want.Copies != (copies > 0) {
		t.Errorf("%d gaps were filled from copies; want some: %v", copies, want.Copies)
	}
	var level float64
	for range 25 {
		hearer.Conceal(room[:n])
		level = rms(room[:n])
	}
	if level > 250 {
		t.Errorf("after 500 ms of nothing the level is still %.0f", level)
	}
	loud := 0.0
	for i := range 20 {
		k := hearer.Decode(room, c.Encode(nil, sound[i*n:(i+1)*n]))
		loud = max(loud, rms(room[:k]))
	}
	if loud < 1500 {
		t.Errorf("sound after the gap has a level of %.0f", loud)
	}
}

// allocations: a frame costs none.
func allocations(t *testing.T, c codec.Codec) {
	n := c.Info().Samples()
	sound, room := vowels(c.Info().Rate, 50*n), make([]int16, 6*n)
	packet := make([]byte, 0, c.Info().MaxPacket)
	i := 0
	if a := testing.AllocsPerRun(200, func() {
		packet = c.Encode(packet[:0], sound[i*n:(i+1)*n])
		c.Decode(room, packet)
		i = (i + 1) % 50
	}); a >= 1 {
		t.Errorf("%v allocations per frame", a)
	}
}
