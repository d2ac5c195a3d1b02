//go:build libopus

package opus

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"testing"
	"time"

	libopus "github.com/hraban/opus"

	"decroche/media/resample"
	"decroche/media/wav"
)

// speech is two sentences of espeak-ng at 16 kHz.
func speech(t *testing.T) (frames [][]int16) {
	t.Helper()
	for _, u := range [][2]string{
		{"fr+f2", "Bonjour, je voudrais savoir où en est ma commande numéro six douze trente-quatre."},
		{"en+m4", "My parcel was due on Thursday and nobody has called me back."},
	} {
		out, err := exec.Command("espeak-ng", "-v", u[0], "--stdout", u[1]).Output()
		if err != nil {
			t.Skipf("espeak-ng does not speak (%v); apt install espeak-ng", err)
		}
		pcm, rate, err := wav.Read(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		r, err := resample.New(rate, Rate)
		if err != nil {
			t.Fatal(err)
		}
		pcm = r.Flush(r.Process(nil, pcm))
		for ; len(pcm) >= Frame; pcm = pcm[Frame:] {
			frames = append(frames, pcm[:Frame])
		}
	}
	return frames
}

// coder and hearer are either side's.
type (
	coder  func(pcm []int16) []byte
	hearer func(packet []byte) []int16
)

func ourCoder(t *testing.T, loss int) coder {
	e, err := NewEncoder(Config{FEC: true})
	if err != nil {
		t.Fatal(err)
	}
	e.Loss(loss)
	return func(pcm []int16) []byte { return e.Encode(nil, pcm) }
}

func theirCoder(t *testing.T, loss int) coder {
	e, err := libopus.NewEncoder(Rate, 1, libopus.AppVoIP)
	if err != nil {
		t.Fatal(err)
	}
	e.SetBitrate(32000)
	e.SetComplexity(0)
	e.SetInBandFEC(loss > 0)
	e.SetPacketLossPerc(loss)
	out := make([]byte, MaxPacket)
	return func(pcm []int16) []byte {
		n, err := e.Encode(pcm, out)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte(nil), out[:n]...)
	}
}

func ourHearer(t *testing.T) (hearer, *Decoder) {
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, MaxSamples)
	return func(p []byte) []int16 {
		n, err := d.Decode(out, p)
		if err != nil {
			t.Fatal(err)
		}
		return out[:n]
	}, d
}

func theirHearer(t *testing.T) (hearer, *libopus.Decoder) {
	d, err := libopus.NewDecoder(Rate, 1)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, MaxSamples)
	return func(p []byte) []int16 {
		n, err := d.Decode(p, out)
		if err != nil {
			t.Fatal(err)
		}
		return out[:n]
	}, d
}

// TestLibOpusDecode: packets of either encoder sound the same from either decoder, sample by
// sample while none is lost; what fills gaps is close, for it differs between versions of libopus.
func TestLibOpusDecode(t *testing.T) {
	frames := speech(t)
	for name, code := range map[string]coder{"our encoder": ourCoder(t, 10), "libopus": theirCoder(t, 10)} {
		we, _ := ourHearer(t)
		they, _ := theirHearer(t)
		for i, f := range frames {
			if p := code(f); !slices.Equal(we(p), they(p)) {
				t.Errorf("packets of %s: frame %d differs", name, i)
				break
			}
		}
	}
	for name, code := range map[string]coder{"our encoder": ourCoder(t, 10), "libopus": theirCoder(t, 10)} {
		we, ourDecoder := ourHearer(t)
		they, theirDecoder := theirHearer(t)
		copies, signal, noise := 0, 0.0, 0.0
		lost := false
		a, b := make([]int16, Frame), make([]int16, Frame)
		compare := func(x, y []int16) {
			for i := range x {
				d := float64(x[i]) - float64(y[i])
				signal, noise = signal+float64(y[i])*float64(y[i]), noise+d*d
			}
		}
		for i, f := range frames {
			packet := code(f)
			if i%9 == 8 {
				lost = true
				continue
			}
			if lost {
				lost = false
				if ourDecoder.Recover(a, packet) {
					copies++
					if err := theirDecoder.DecodeFEC(packet, b); err != nil {
						t.Fatal(err)
					}
				} else {
					ourDecoder.Conceal(a)
					if err := theirDecoder.DecodePLC(b); err != nil {
						t.Fatal(err)
					}
				}
				compare(a, b)
			}
			compare(we(packet), they(packet))
		}
		db := 10 * math.Log10(signal/noise)
		t.Logf("packets of %s, every ninth lost: %d of %d filled from copies, %.1f dB between the decoders", name, copies, len(frames)/9, db)
		if copies == 0 || db < 35 {
			t.Errorf("packets of %s: %d copies used, the decoders are %.1f dB apart", name, copies, db)
		}
	}
}

// TestLibOpusQuality prints both encoders side by side, heard by libopus's decoder, and what they
// and the decoders cost.
func TestLibOpusQuality(t *testing.T) {
	frames := speech(t)
	fmt.Println("| encoder, complexity 0, 32 kbit/s | bytes a frame | spectral distance, dB | µs to code | µs to decode (ours, libopus) |")
	fmt.Println("|---|---|---|---|---|")
	var distances [2]float64
	for i, c := range []struct {
		name string
		code coder
	}{{"gopus (ours)", ourCoder(t, 0)}, {"libopus", theirCoder(t, 0)}} {
		they, _ := theirHearer(t)
		we, _ := ourHearer(t)
		var packets [][]byte
		total := 0
		coded := median(len(frames), func(k int) {
			packets = append(packets, c.code(frames[k]))
			total += len(packets[k])
		})
		var heard []int16
		theirs := median(len(packets), func(k int) { heard = append(heard, they(packets[k])...) })
		ours := median(len(packets), func(k int) { we(packets[k]) })
		distances[i] = distance(frames, heard)
		fmt.Printf("| %s | %.0f | %.2f | %.0f | %.0f, %.0f |\n", c.name, float64(total)/float64(len(frames)), distances[i], coded, ours, theirs)
	}
	if distances[0] > distances[1]+0.5 {
		t.Errorf("our encoder is %.2f dB from what was said, libopus %.2f", distances[0], distances[1])
	}
}

// median is the middle of n times of do, in µs: a busy machine holds up a few.
func median(n int, do func(k int)) float64 {
	times := make([]time.Duration, n)
	for k := range times {
		begin := time.Now()
		do(k)
		times[k] = time.Since(begin)
	}
	slices.Sort(times)
	return float64(times[n/2].Nanoseconds()) / 1000
}

// distance is the mean distance of the logarithms of the spectra once the delay is taken out; a
// floor hides what nobody hears.
func distance(frames [][]int16, heard []int16) float64 {
	var said []int16
	for _, f := range frames {
		said = append(said, f...)
	}
	delay, most := 0, 0.0
	for k := range 300 {
		var r float64
		for i := 0; i+k < len(heard); i++ {
			r += float64(said[i]) * float64(heard[i+k])
		}
		if r > most {
			delay, most = k, r
		}
	}
	var sum float64
	count := 0
	for at := 0; at+delay+Frame <= len(heard); at += 2 * Frame {
		a, b := bands(said[at:at+Frame]), bands(heard[at+delay:at+delay+Frame])
		var d float64
		for i := range a {
			x := 10 * math.Log10((a[i]+1e5)/(b[i]+1e5))
			d += x * x
		}
		sum += math.Sqrt(d / float64(len(a)))
		count++
	}
	return sum / float64(count)
}

// bands is the power in 20 bands of 400 Hz.
func bands(pcm []int16) (out [20]float64) {
	for k := range 160 {
		var re, im float64
		for i, v := range pcm {
			w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/Frame)
			s, c := math.Sincos(2 * math.Pi * float64(k*i) / Frame)
			re, im = re+w*float64(v)*c, im+w*float64(v)*s
		}
		out[k/8] += re*re + im*im
	}
	return out
}
