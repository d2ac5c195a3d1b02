package turneval

import (
	"context"
	"math"
	"math/rand/v2"

	"decroche/media"
)

// floorLevel is the noise of a good line, in dB below full scale.
const floorLevel = -62.0

// level of full scale in int16.
const fullScale = 32768

func dB(x float64) float64 { return math.Pow(10, x/20) }

// white is n samples of noise with an RMS of 1.
func white(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = r.NormFloat64()
	}
	return out
}

// lowpass is a one-pole filter at hz, run `times` over pcm in place.
func lowpass(pcm []float64, hz float64, times int) []float64 {
	a := 1 - math.Exp(-2*math.Pi*hz/media.PhoneRate)
	for range times {
		y := 0.0
		for i, x := range pcm {
			y += a * (x - y)
			pcm[i] = y
		}
	}
	return pcm
}

// highpass takes off what lowpass would leave.
func highpass(pcm []float64, hz float64) []float64 {
	a := 1 - math.Exp(-2*math.Pi*hz/media.PhoneRate)
	y := 0.0
	for i, x := range pcm {
		y += a * (x - y)
		pcm[i] = x - y
	}
	return pcm
}

// scale brings pcm to an RMS, in place.
func scale(pcm []float64, want float64) []float64 {
	if have := rms(pcm); have > 0 {
		for i := range pcm {
			pcm[i] *= want / have
		}
	}
	return pcm
}

// kinds of noise that turns are mixed with, beside "clean".
var kinds = []string{"babble", "street", "car", "office"}

// noise makes n samples of one kind with an RMS of 1.
func (m *maker) noise(ctx context.Context, kind string, r *rand.Rand, n int) ([]float64, error) {
	switch kind {
	case "babble":
		return m.babble(ctx, r, n)
	case "street": // a rumble that swells as vehicles pass, and their hiss
		pcm := lowpass(white(r, n), 400, 2)
		hiss := scale(highpass(lowpass(white(r, n), 1500, 1), 500), rms(pcm)/3)
		phase, slow := r.Float64()*2*math.Pi, 0.1+0.15*r.Float64()
		for i := range pcm {
			swell := 0.55 + 0.45*math.Sin(phase+2*math.Pi*slow*float64(i)/media.PhoneRate)
			pcm[i] = (pcm[i] + hiss[i]) * swell
		}
		return scale(pcm, 1), nil
	case "car": // engine and road: nearly all below 300 Hz, with the engine's hum
		pcm := lowpass(white(r, n), 180, 2)
		hum, hz := rms(pcm)*0.5, 55+30*r.Float64()
		for i := range pcm {
			pcm[i] += hum * math.Sin(2*math.Pi*hz*float64(i)/media.PhoneRate)
		}
		road := scale(lowpass(white(r, n), 1200, 1), rms(pcm)/6)
		for i := range pcm {
			pcm[i] += road[i]
		}
		return scale(pcm, 1), nil
	case "office": // air, distant talk, somebody typing
		pcm := scale(lowpass(white(r, n), 700, 1), 1)
		talk, err := m.babble(ctx, r, n)
		if err != nil {
			return nil, err
		}
		for i := range pcm {
			pcm[i] += 0.5 * talk[i]
		}
		for at := r.IntN(2000); at < n; at += 900 + r.IntN(2600) {
			mix(pcm, at, click(r), 2)
		}
		return scale(pcm, 1), nil
	}
	return scale(white(r, n), 1), nil
}

// talkers of a babble.
const talkers = 8

// babble is eight synthetic voices that talk at once, about other things.
func (m *maker) babble(ctx context.Context, r *rand.Rand, n int) ([]float64, error) {
	out := make([]float64, n)
	for i := range talkers {
		lang := []string{"fr", "en"}[i%2]
		voice := voices[lang][i/2%3] + variants[(i*5+1)%len(variants)]
		var stream []float64
		texts := m.scripts[lang].Lists[promptList[lang]]
		for j := range texts {
			pcm, err := m.say(ctx, lang, voice, 1, texts[(i+j)%len(texts)])
			if err != nil {
				return nil, err
			}
			stream = append(append(stream, pcm...), make([]float64, media.PhoneRate/5)...)
		}
		off := r.IntN(len(stream))
		for j := range out {
			out[j] += stream[(off+j)%len(stream)]
		}
	}
	return scale(out, 1), nil
}

// mix adds sound to pcm from at on.
func mix(pcm []float64, at int, sound []float64, gain float64) {
	for i, x := range sound {
		if j := at + i; j >= 0 && j < len(pcm) {
			pcm[j] += gain * x
		}
	}
}

// click is a key going down.
func click(r *rand.Rand) []float64 {
	pcm := highpass(white(r, media.PhoneRate/100), 1200)
	for i := range pcm {
		pcm[i] *= math.Exp(-float64(i) / 20)
	}
	return pcm
}

// sounds that people make without speaking, with the level in dB below full scale that they have
// in a handset.
var sounds = map[string]struct {
	level float64
	make  func(r *rand.Rand) []float64
}{
	"cough": {-16, func(r *rand.Rand) []float64 { // two bursts
		var out []float64
		for range 2 {
			b := lowpass(white(r, media.PhoneRate*(14+r.IntN(6))/100), 1800, 1)
			for i := range b {
				t := float64(i) / float64(len(b))
				b[i] *= min(1, t*20) * math.Exp(-4*t)
			}
			out = append(append(out, b...), make([]float64, media.PhoneRate/12)...)
		}
		return out[:len(out)-media.PhoneRate/12]
	}},
	"breath": {-34, func(r *rand.Rand) []float64 {
		b := highpass(lowpass(white(r, media.PhoneRate*(40+r.IntN(30))/100), 1600, 1), 400)
		for i := range b {
			b[i] *= math.Sin(math.Pi * float64(i) / float64(len(b)))
		}
		return b
	}},
	"door": {-20, func(r *rand.Rand) []float64 { // a thump, then the latch
		b := lowpass(white(r, media.PhoneRate*3/10), 150, 2)
		for i := range b {
			b[i] *= math.Exp(-float64(i) / 500)
		}
		mix(b, media.PhoneRate/8, click(r), rms(b)*4)
		return b
	}},
	"keyboard": {-30, func(r *rand.Rand) []float64 {
		b := make([]float64, media.PhoneRate)
		for at := 0; at < len(b); at += 600 + r.IntN(900) {
			mix(b, at, click(r), 1)
		}
		return b
	}},
}
