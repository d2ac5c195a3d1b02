// Package vad tells how likely it is that a frame of telephone sound is speech.
//
// Its idea is evidence: a frame counts as far as it stands above the noise floor, in the four
// best of seven bands, and fully only when it is periodic, as vowels are. Vowels start a voice;
// hiss alone never does (so noise, breath and clicks do not), but keeps one alive for a while
// (so the s at the end of a word stays in). Pure tones, DTMF above all, count nothing. It is no
// match for a neural detector on music or on one voice behind another, a crowd takes it 1.6 s to
// learn, and a whisper it does not hear; it costs a few microseconds and needs no model.
package vad

import "math"

const (
	// decay of the evidence in 20 ms. Full evidence crosses the threshold in the second frame,
	// and after the voice stops it falls below in the third.
	decay = 0.7
	// threshold of evidence is where the probability is one half, ceiling is the most there is.
	threshold = 1.5
	ceiling   = 2.4

	// unvoiced is what a frame without pitch counts, before a voice was heard and during one.
	unvoicedBefore = 0.3
	unvoicedDuring = 0.62
	// fullyVoiced is no hiss any more, and not looked at for one.
	fullyVoiced = 0.6
	// hissLimit is how many samples without pitch a voice may last on: 300 ms.
	hissLimit = 2400

	// Correlation with itself one pitch period ago: below pitchNone not periodic at all, above
	// pitchFull surely.
	pitchNone, pitchFull = 0.42, 0.68

	marginSpan = 5.0 // dB more than Config.Margin that unsteady noise may demand
	ramp       = 3.0 // dB above the margin at which a frame counts fully

	// How fast the floor follows, as parts of the difference per 20 ms.
	fall   = 0.12
	rise   = 0.05
	settle = 0.25 // during the first half second, when all that is known is a guess
	doubt  = 0.04 // then, when it seems to be a voice; and in a voice that never breaks off
	crowd  = 0.15 // then, when what seems to be a voice has no gaps

	// One voice falls by far more than crowdDepth dB between its syllables, eight together do
	// not. swing is how fast crest and trough forget, dB per 20 ms.
	crowdDepth = 16
	swing      = 0.4

	// unbroken is how many samples a voice lasts without the least gap: 1.2 s. What goes on is
	// a crowd.
	unbroken = 9600

	// A line is strange for its first half second, in which what is known of its noise is a
	// guess, and partly so for two seconds: what seems to be a voice may be the crowd around the
	// caller. In samples.
	strange, stranger = 4000, 16000

	// While a voice is heard the floor knows only this: in 1.4 s a voice leaves every band for a
	// moment, so what has always been there is noise. Two halves, in samples.
	gapWindow = 5600
)

// Detector listens to one stream of 8000 Hz. One goroutine at a time may use it; it allocates
// nothing after New.
type Detector struct {
	cfg Config // constant after New

	floor    [bands]float32    // dBFS
	smooth   [bands]float32    // level over three frames or so, dBFS
	least    [2][bands]float32 // of smooth, in this half window and the last one
	half     int               // samples in this half window
	unsteady float32           // mean rise of noise above its own floor, dB
	evidence float64
	run      int     // samples of voice without a gap, up to unbroken
	level    float32 // of the last frame, dBFS
	crest    float32 // of the level over the last second or so, dBFS
	trough   float32 // likewise
	hertz    float32 // its pitch; 0 without one
	hiss     int     // samples since the last pitch
	vowel    float32 // of the last frame alone, see Vowel
	sibilant float32 // likewise
	heard    int     // samples ever, up to stranger

	past  past
	pitch pitch // most frames do not touch it
}

// New makes a Detector. It panics when cfg does not pass Validate.
func New(cfg Config) *Detector {
	if problems := cfg.Validate(); len(problems) > 0 {
		panic("vad: " + problems[0])
	}
	d := &Detector{cfg: cfg.withDefaults()}
	d.Reset()
	return d
}

// Reset forgets the line: for another caller, or another path of the same.
func (d *Detector) Reset() {
	d.past, d.pitch = past{}, pitch{}
	for i := range d.floor {
		d.floor[i] = -62
		d.smooth[i] = -90
	}
	d.least = [2][bands]float32{d.smooth, d.smooth}
	d.half, d.run = 0, 0
	d.level, d.hertz, d.crest, d.trough = -90, 0, 0, 0
	d.unsteady, d.evidence, d.hiss, d.heard = 0, 0, hissLimit, 0
	d.vowel, d.sibilant = 0, 0
}

// Push takes the next frame, mono at 8000 Hz, 10 to 20 ms (longer ones are cut into 20 ms, of
// which the last one's answer is given), and returns the probability in [0, 1] that a voice is
// speaking now. Half is the place to decide. pcm is not kept.
func (d *Detector) Push(pcm []int16) float64 {
	for len(pcm) > maxFrame {
		d.push(pcm[:maxFrame])
		pcm = pcm[maxFrame:]
	}
	if len(pcm) > 0 {
		d.push(pcm)
	}
	return probability(d.evidence)
}

// Level is how loud the last frame was, in dBFS; a full-scale sine is 0.
func (d *Detector) Level() float64 { return float64(d.level) }

// Pitch is the fundamental of the voice in the last frame, in Hz, and 0 when it had none.
func (d *Detector) Pitch() float64 { return float64(d.hertz) }

// Vowel is how surely the last frame, taken alone, is voiced and stands above the noise, in [0, 1]:
// what Push's answer follows two or three frames later. Noise reaches it now and then, for a frame.
func (d *Detector) Vowel() float64 { return float64(d.vowel) }

// Sibilant is how much of the last frame, taken alone, is a hiss that stands above the noise: the
// share of the power above 2600 Hz, in [0, 1]. In s, ch and j it is about half, in a vowel, a cough
// or a breath much less, and a click counts nothing. A voice does not begin for it: hiss is what lines do.
func (d *Detector) Sibilant() float64 { return float64(d.sibilant) }

// probability maps evidence to [0, 1]: half at threshold, 0.94 at the ceiling.
func probability(evidence float64) float64 {
	e := evidence * evidence * evidence
	const t = threshold * threshold * threshold
	return e * e / (e*e + t*t)
}

func (d *Detector) push(pcm []int16) {
	share := float64(len(pcm)) / maxFrame // of a 20 ms frame
	w := works.Get().(*work)
	defer works.Put(w)
	d.past.push(pcm)
	level, energy := w.levels(&d.past)

	above, peak := d.above(&level)
	margin := d.cfg.Margin + min(marginSpan, max(0, 2*float64(d.unsteady)-2))
	stands := clamp((float64(above) - margin) / ramp)
	if float64(energy) < d.cfg.Quietest || float64(peak) < margin {
		stands = 0
	}
	voiced := 0.0
	if stands > 0 && w.tone() {
		stands = 0
	}
	if stands > 0 { // most frames of a call do not, and the search for a pitch is most of the work
		voiced = clamp((d.pitch.correlate(&d.past) - pitchNone) / (pitchFull - pitchNone))
	}

	if voiced > 0.3 && stands > 0 {
		d.hiss = 0
	} else {
		d.hiss = min(d.hiss+len(pcm), hissLimit)
	}
	base := unvoicedBefore
	if d.evidence >= threshold && d.hiss < hissLimit {
		base = unvoicedDuring
	}
	count := stands * (base + (1-base)*voiced)
	d.vowel, d.sibilant = float32(stands*voiced), 0
	if stands > 0 && voiced < fullyVoiced {
		if d.sibilant = float32(stands) * w.sibilance(); d.sibilant > 0.25 && click(pcm) {
			d.sibilant = 0
		}
	}
	d.evidence = min(ceiling, d.evidence*faded(share)+count*share)
	d.level, d.hertz = energy, 0
	if d.heard == 0 {
		d.crest, d.trough = energy, energy
	}
	d.crest, d.trough = max(energy, d.crest-swing*float32(share)), min(energy, d.trough+swing*float32(share))
	if voiced > 0.3 && stands > 0 {
		d.hertz = 4000 / d.pitch.lag
	}
	d.learn(&level, above, voiced > 0.3 && stands > 0, share)
}

// faded is what is left of the evidence after a share of a frame.
func faded(share float64) float64 {
	if share == 1 {
		return decay
	}
	return math.Pow(decay, share)
}

// above returns how far the level stands above the floor: the mean of the four best bands, and
// the best, in dB.
func (d *Detector) above(level *[bands]float32) (mean, best float32) {
	var top [4]float32
	for i, l := range level {
		x := l - d.floor[i]
		for j := range top {
			if x > top[j] {
				x, top[j] = top[j], x
			}
		}
	}
	return (top[0] + top[1] + top[2] + top[3]) / 4, top[0]
}

// learn moves the floor towards the level: downwards always, upwards quickly while nobody
// speaks, and during a voice to what was there even in its gaps.
func (d *Detector) learn(level *[bands]float32, above float32, voice bool, share float64) {
	s := float32(share)
	speaking := voice || d.evidence >= threshold*2/3
	up := float32(rise)
	if d.run = min(d.run+int(share*maxFrame), unbroken); !speaking {
		d.run = 0
	}
	switch {
	case d.heard < strange && !speaking:
		up = settle
	case d.heard < stranger && d.crest-d.trough < crowdDepth:
		up = crowd
	case d.heard < strange || d.run == unbroken:
		up = doubt
	case speaking:
		up = 0
	}
	if d.heard < stranger {
		d.heard += int(share * maxFrame)
	}
	d.half += int(share * maxFrame)
	turned := d.half >= gapWindow
	if turned {
		d.half, d.least[1] = 0, d.least[0]
	}
	for i, l := range level {
		d.smooth[i] += (l - d.smooth[i]) * 0.4 * s
		if turned {
			d.least[0][i] = d.smooth[i]
		}
		d.least[0][i] = min(d.least[0][i], d.smooth[i])
		if diff := l - d.floor[i]; diff < 0 {
			d.floor[i] += diff * fall * s
		} else {
			d.floor[i] += diff * up * s
		}
		d.floor[i] = max(d.floor[i], min(d.least[0][i], d.least[1][i]), -75)
	}
	if !speaking {
		d.unsteady += (above - d.unsteady) * 0.03 * s
	}
}

// click tells whether the sound of a frame lies in one moment of it, as that of a key does. Noise has
// peaks of three to four times its mean (root of the square), and of five where it begins in the middle.
func click(pcm []int16) bool {
	sum, peak := 0, 0
	for _, v := range pcm {
		e := int(v) * int(v)
		sum += e
		peak = max(peak, e)
	}
	return peak*len(pcm) > 6*6*sum
}

func clamp(x float64) float64 { return min(1, max(0, x)) }
