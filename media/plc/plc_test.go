package plc

import (
	"bytes"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os/exec"
	"testing"

	"decroche/media/resample"
	"decroche/media/tone"
	"decroche/media/wav"
)

// filler is one way to treat gaps.
type filler interface {
	Good(pcm []int16)
	Conceal(pcm []int16)
}

// mute leaves silence, and again says the last frame once more: what is done without a concealer.
type (
	mute  struct{}
	again struct{ last [320]int16 }
)

func (mute) Good([]int16)            {}
func (mute) Conceal(pcm []int16)     { clear(pcm) }
func (a *again) Good(pcm []int16)    { copy(a.last[:], pcm) }
func (a *again) Conceal(pcm []int16) { copy(pcm, a.last[:]) }
func fillers(rate int) []filler      { return []filler{mute{}, &again{}, New(rate)} }
func speech(t testing.TB, rate int) []int16 {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; apt install espeak-ng")
	}
	var all []int16
	for _, u := range [][2]string{
		{"fr+m3", "Bonjour, je voudrais savoir où en est ma commande numéro six douze trente-quatre."},
		{"fr+f2", "Non merci, je préfère parler à quelqu’un de votre service."},
		{"en+m4", "My parcel was due on Thursday and nobody has called me back."},
		{"en-us+f3", "Could you please repeat the address, I did not hear the street."},
	} {
		out, err := exec.Command("espeak-ng", "-v", u[0], "--stdout", u[1]).Output()
		if err != nil {
			t.Fatal(err)
		}
		pcm, from, err := wav.Read(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		r, err := resample.New(from, rate)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r.Flush(r.Process(nil, pcm))...)
	}
	return all
}

// lose runs f over pcm with some of its frames missing and returns what is heard, and which
// frames were missing.
func lose(f filler, pcm []int16, rate int, loss, burst float64) (out []int16, missing []bool) {
	r := rand.New(rand.NewPCG(11, uint64(loss*1000)))
	n := rate / 50
	lost := false
	for at := 0; at+n <= len(pcm); at += n {
		frame := append([]int16(nil), pcm[at:at+n]...)
		if lost {
			lost = r.Float64() < burst
		} else {
			lost = r.Float64() < loss
		}
		if lost {
			f.Conceal(frame)
		} else {
			f.Good(frame)
		}
		out, missing = append(out, frame...), append(missing, lost)
	}
	return out, missing
}

// judge compares what is heard with what was said, in windows of 20 ms every 5 ms over each gap and
// both its ends: the signal-to-noise ratio, and the distance of the logarithms of the spectra in dB
// (with a floor 50 dB below the loudest), which is nearer to what ears find.
func judge(said, heard []int16, missing []bool, rate int) (snr, distance float64) {
	n := rate / 50
	var signal, noise, sum float64
	count := 0
	for at := 0; at+n <= len(missing)*n; at += n / 4 {
		if !missing[at/n] && !missing[min(at/n+1, len(missing)-1)] && (at < n || !missing[at/n-1]) {
			continue
		}
		a, b := said[at:at+n], heard[at:at+n]
		var energy float64
		for i := range a {
			e := float64(a[i]) - float64(b[i])
			energy += float64(a[i]) * float64(a[i])
			noise += e * e
		}
		signal += energy
		if energy < 100*100*float64(n) {
			continue // a pause: nothing to hear
		}
		p, q := spectrum(a), spectrum(b)
		var d float64
		for i := range p {
			x := 10 * math.Log10((p[i]+1e4)/(q[i]+1e4))
			d += x * x
		}
		sum += math.Sqrt(d / float64(len(p)))
		count++
	}
	return 10 * math.Log10(signal/noise), sum / float64(count)
}

// spectrum is the power in 40 bands of 100 Hz.
func spectrum(pcm []int16) []float64 {
	n := len(pcm)
	rate := n * 50
	windowed := make([]float64, n)
	for i, v := range pcm {
		windowed[i] = float64(v) * (0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n)))
	}
	out := make([]float64, 40)
	for k := range 80 {
		turn := cmplx.Rect(1, -2*math.Pi*50*float64(k)/float64(rate))
		var sum complex128
		for _, v := range windowed { // Horner
			sum = sum*turn + complex(v, 0)
		}
		out[k/2] += real(sum)*real(sum) + imag(sum)*imag(sum)
	}
	return out
}

// TestSpeech: better than silence and than saying the last frame again, at any loss.
func TestSpeech(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 16000} {
		pcm := speech(t, rate)
		for _, loss := range []float64{0.01, 0.03, 0.05} {
			for _, burst := range []float64{0, 0.5} {
				if rate > 8000 && (loss != 0.03 || burst > 0) {
					continue // the same by other numbers
				}
				var snr, distance [3]float64
				line := ""
				for i, f := range fillers(rate) {
					heard, missing := lose(f, pcm, rate, loss, burst)
					snr[i], distance[i] = judge(pcm, heard, missing, rate)
					line += fmt.Sprintf("  %5.1f dB %5.2f", snr[i], distance[i])
				}
				t.Logf("%5d Hz, %v %% lost, burst %v: silence, repetition, ours (SNR, spectral distance):%s", rate, 100*loss, burst, line)
				room := 1.0
				if burst > 0 {
					room = 1.1 // in a long gap we fade, which spectra dislike and ears do not
				}
				if distance[2] >= room*min(distance[0], distance[1]) || snr[2] <= snr[1] {
					t.Errorf("%d Hz, %v %%: not better than the plain ways", rate, 100*loss)
				}
			}
		}
	}
}

// A vowel goes on in its own pitch, without a step at either end of the gap.
func TestVowelGoesOn(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{80, 110, 150, 190, 260} {
		for _, rate := range []int{8000, 16000} {
			n := rate / 50
			pcm := make([]int16, 20*n)
			for i := range pcm {
				for h := 1.0; h < 8; h++ {
					pcm[i] += int16(2500 / h * math.Sin(2*math.Pi*hz*h*float64(i)/float64(rate)))
				}
			}
			steepest := 0
			for i := 1; i < len(pcm); i++ {
				steepest = max(steepest, abs(int(pcm[i])-int(pcm[i-1])))
			}
			heard := append([]int16(nil), pcm...)
			c := New(rate)
			for k := range 20 {
				if f := heard[k*n : (k+1)*n]; k == 10 {
					c.Conceal(f)
				} else {
					c.Good(f)
				}
			}
			for i := 1; i < len(heard); i++ {
				if d := abs(int(heard[i]) - int(heard[i-1])); d > steepest*13/10+50 {
					t.Errorf("%v Hz at %d: a step of %d at sample %d, the vowel has at most %d", hz, rate, d, i-10*n, steepest)
				}
			}
			if l := tone.Goertzel(heard[10*n:11*n], rate, hz); l < 0.6*tone.Goertzel(pcm[10*n:11*n], rate, hz) {
				t.Errorf("%v Hz at %d: the gap has a level of %.3f", hz, rate, l)
			}
		}
	}
}

// A long gap fades: it is half as loud at 60 ms, and what remains is the noise of the line.
func TestFades(t *testing.T) {
	t.Parallel()
	c := New(8000)
	r := rand.New(rand.NewPCG(4, 4))
	quiet := func(pcm []int16) {
		for i := range pcm {
			pcm[i] = int16(30 * r.NormFloat64())
		}
	}
	frame := make([]int16, 160)
	for range 100 {
		quiet(frame)
		c.Good(frame)
	}
	for k := range 10 {
		for i := range frame {
			frame[i] = int16(6000 * math.Sin(2*math.Pi*120*float64(k*160+i)/8000))
		}
		c.Good(frame)
	}
	var levels []int
	for range 10 {
		c.Conceal(frame)
		var sum float64
		for _, v := range frame {
			sum += float64(v) * float64(v)
		}
		levels = append(levels, int(math.Sqrt(sum/160)))
	}
	t.Log(levels)
	if levels[0] < 3500 || levels[2] > levels[0]*3/4 || levels[4] > 60 || levels[9] < 10 || levels[9] > 60 {
		t.Errorf("levels of a gap of 200 ms are %v", levels)
	}
}

// Gaps and sound of any length, from the first sample on.
func TestAnyLengths(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, rate := range []int{8000, 16000} {
		c := New(rate)
		for range 1000 {
			pcm := make([]int16, r.IntN(1000))
			for i := range pcm {
				pcm[i] = int16(r.Uint32())
			}
			if r.IntN(2) == 0 {
				c.Conceal(pcm)
			} else {
				c.Good(pcm)
			}
		}
	}
}

func abs(v int) int { return max(v, -v) }

func TestNoAllocation(t *testing.T) {
	c, frame := New(8000), make([]int16, 160)
	if n := testing.AllocsPerRun(100, func() { c.Conceal(frame); c.Good(frame) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func Benchmark(b *testing.B) {
	for _, rate := range []int{8000, 16000} {
		pcm, frame := speech(b, rate)[rate:], make([]int16, rate/50)
		c := New(rate)
		run := func(name string, do func()) {
			b.Run(fmt.Sprintf("%d/%s", rate, name), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					copy(frame, pcm[i%100*len(frame):])
					do()
				}
			})
		}
		run("good", func() { c.Good(frame) })
		run("first of a gap, and good", func() { c.Conceal(frame); c.Good(frame) })
		run("gap goes on", func() { c.Conceal(frame); c.lost = len(frame) })
	}
}
