package dtmf

import (
	"fmt"
	"math"
)

// Tones of a telephone's keys, in Hz (ITU-T Q.23): one of a row and one of a column.
var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
	keypad  = [4]string{"123A", "456B", "789C", "*0#D"}
)

// A key is looked for in windows of 20 ms, one each 7.5 ms. Of a tone of 40 ms, the shortest that
// ITU-T Q.24 asks for, four hold three quarters or more, wherever it begins; from the phase between
// two of them its frequency is known to a few hertz, which the energy in so short a window cannot tell.
const (
	windowsPerSecond = 50
	hopShare         = 8 // windows overlap: a hop is 3/8 of one
	hopParts         = 3
)

// Limits, after ITU-T Q.24 (the columns of several administrations differ; these satisfy AT&T's and
// the European ones with the margins that noise and companding need).
const (
	minLevel   = -33.0 // dBm0 of each tone: −25 must be taken
	maxTwist   = 7.5   // dB by which the column may be the louder one: 4 must be taken
	maxReverse = 10.5  // dB by which the row may be: 8 must be taken
	maxOff     = 0.025 // of the frequency: 1.5 % must be taken, 3.5 % must not
	purity     = 0.70  // of the sound is in the two tones: 15 dB of noise leave 0.95, speech has less
	staysPure  = 0.45  // once a key is down: clicks and a voice over it do not end it
	fades      = 0.1   // of the power at the beginning, below which a key is up
	pressHop   = 3     // windows with it in a row: a tone of 40 ms gives four, one of 20 ms two
	releaseHop = 3     // windows without it in a row: 22 ms, so that a gap of 10 ms is none
	dBm0       = 3.14  // level of a sine wave at full scale in A-law (G.711, table 1)
)

// Detector finds the keys in the sound of one line, for far ends that send no events. It does not
// allocate. One goroutine at a time may use it. Sounds that are no keys are: tones shorter than
// about 25 ms, those more than 2.5 % off, and what a voice says.
type Detector struct {
	// constant after NewDetector
	size, hop int
	turn      [8]float64    // 2cos of each tone
	shift     [8][2]float64 // cos and sin of the phase by which each tone advances in a hop
	unit      [8][2]float64 // cos and sin of the tone's step
	hann      []float64
	scale     float64 // of a windowed full-scale sine's power

	ring []int16 // the last size samples
	n    int     // samples until the next window
	pos  int

	last  window // the one before
	key   byte   // down, 0 for none
	power float64
	miss  int
	run   int // windows in a row that hold the same key
}

// window is what one window holds.
type window struct {
	key      byte // whose tones are loudest and fit together; 0 for none
	row, col int
	power    float64 // of both tones
	share    float64 // of the whole sound
	phase    [2][2]float64
}

// NewDetector makes a Detector for sound at rate samples per second, 8000 to 48000.
func NewDetector(rate int) (*Detector, error) {
	if rate < 8000 || rate > 48000 {
		return nil, fmt.Errorf("look for keys at %d Hz: only 8000 to 48000 Hz hold them", rate)
	}
	d := &Detector{size: rate / windowsPerSecond}
	d.hop = d.size * hopParts / hopShare
	d.hann, d.ring, d.n = make([]float64, d.size), make([]int16, d.size), d.size
	sum := 0.0
	for i := range d.hann {
		d.hann[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(d.size))
		sum += d.hann[i] * d.hann[i]
	}
	d.scale = sum / float64(d.size)
	for i := range d.turn {
		w := 2 * math.Pi * tone(i) / float64(rate)
		d.turn[i] = 2 * math.Cos(w)
		d.unit[i] = [2]float64{math.Cos(w), math.Sin(w)}
		d.shift[i] = [2]float64{math.Cos(w * float64(d.hop)), math.Sin(w * float64(d.hop))}
	}
	return d, nil
}

// tone is the frequency of tone i: the rows, then the columns.
func tone(i int) float64 {
	if i < 4 {
		return rows[i]
	}
	return columns[i-4]
}

// Push takes the next samples. key is the digit whose press was recognised in them, 0 for none: at
// most one in 20 ms. down reports whether a key is down at their end, so that nobody else need
// hear them.
func (d *Detector) Push(pcm []int16) (key byte, down bool) {
	for len(pcm) > 0 {
		n := min(d.n, len(pcm))
		for _, v := range pcm[:n] {
			d.ring[d.pos] = v
			if d.pos++; d.pos == d.size {
				d.pos = 0
			}
		}
		pcm = pcm[n:]
		if d.n -= n; d.n == 0 {
			d.n = d.hop
			if k := d.look(); k != 0 {
				key = k
			}
		}
	}
	return key, d.key != 0
}

// look judges the window that ends now; it returns a key that has gone down.
func (d *Detector) look() (pressed byte) {
	w := d.measure()
	switch {
	case d.key != 0 && w.key == d.key && w.share >= staysPure && w.power >= d.power*fades:
		d.miss = 0
	case d.key != 0:
		if d.miss++; d.miss >= releaseHop {
			d.key = 0
		}
	}
	switch {
	case w.key == 0 || w.share < purity:
		d.run = 0
	case d.run > 0 && d.last.key == w.key && d.tuned(w):
		d.run++
	default:
		d.run = 1
	}
	if d.run >= pressHop && d.key != w.key {
		d.key, d.power, d.miss, pressed = w.key, w.power, 0, w.key
	}
	d.last = w
	return pressed
}

// measure takes the tones out of the window (Goertzel's algorithm) and finds the key they make.
func (d *Detector) measure() (w window) {
	floor := levelOf(minLevel) * float64(d.size) * d.scale
	var sum int64
	for _, v := range d.ring {
		sum += int64(v) * int64(v)
	}
	if float64(sum) < floor { // nothing so quiet holds a key: most of a call
		return w
	}
	var s1, s2 [8]float64
	total := 0.0
	at := d.pos
	for _, h := range d.hann {
		x := float64(d.ring[at]) * h
		if at++; at == d.size {
			at = 0
		}
		total += x * x
		for i := range s1 {
			s0 := x + d.turn[i]*s1[i] - s2[i]
			s2[i], s1[i] = s1[i], s0
		}
	}
	if total < floor {
		return w
	}
	var power [8]float64
	var re, im [8]float64
	for i := range power {
		re[i], im[i] = s1[i]-s2[i]*d.unit[i][0], s2[i]*d.unit[i][1]
		power[i] = re[i]*re[i] + im[i]*im[i]
	}
	row, col := loudest(power[:4]), 4+loudest(power[4:])
	// A sine of amplitude a gives (a·Σh/2)², and a²/2·Σh² to the whole: Σh is size/2.
	norm := 2 * d.scale * float64(d.size) / (float64(d.size) / 2 * float64(d.size) / 2)
	pr, pc := power[row]*norm, power[col]*norm
	if pr < floor || pc < floor || pc > pr*ratio(maxTwist) || pr > pc*ratio(maxReverse) {
		return w
	}
	w.row, w.col, w.power, w.share = row, col, pr+pc, (pr+pc)/total
	w.key = keypad[row][col-4]
	w.phase = [2][2]float64{{re[row], im[row]}, {re[col], im[col]}}
	return w
}

// tuned reports whether both tones are as far on in w, against the window before, as tones of the
// right frequency are.
func (d *Detector) tuned(w window) bool {
	for k, i := range [2]int{w.row, w.col} {
		a, b := d.last.phase[k], w.phase[k]
		// b·conj(a)·conj(shift): what is left is the tone's own deviation.
		re, im := b[0]*a[0]+b[1]*a[1], b[1]*a[0]-b[0]*a[1]
		c, s := d.shift[i][0], d.shift[i][1]
		off := math.Atan2(im*c-re*s, re*c+im*s) / (2 * math.Pi * float64(d.hop))
		if math.Abs(off*float64(d.size)*windowsPerSecond) > maxOff*tone(i) {
			return false
		}
	}
	return true
}

func loudest(power []float64) (best int) {
	for i, p := range power {
		if p > power[best] {
			best = i
		}
	}
	return best
}

// ratio is a ratio of powers.
func ratio(dB float64) float64 { return math.Pow(10, dB/10) }

// levelOf is the mean square of a tone at a level.
func levelOf(level float64) float64 { return 32768 * 32768 / 2 * ratio(level-dBm0) }

// Reset forgets what was heard: for another line.
func (d *Detector) Reset() {
	clear(d.ring)
	d.n, d.pos, d.last, d.key, d.miss, d.run = d.size, 0, window{}, 0, 0, 0
}

// Tones writes the sound of a key, each of its tones at level dBm0, from sample at on: the way to
// press one where no events were agreed. It returns pcm.
func Tones(pcm []int16, digit byte, rate, at int, level float64) ([]int16, error) {
	row, col, ok := keyOf(digit)
	if !ok {
		return nil, fmt.Errorf("sound key %q: not a telephone key; use one of %s", digit, digits)
	}
	amp := math.Sqrt(2 * levelOf(level))
	for i := range pcm {
		t := 2 * math.Pi * float64(at+i) / float64(rate)
		v := amp * (math.Sin(t*rows[row]) + math.Sin(t*columns[col]))
		pcm[i] = int16(max(-32768, min(32767, math.Round(v))))
	}
	return pcm, nil
}

func keyOf(digit byte) (row, col int, ok bool) {
	if digit >= 'a' && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	for row, line := range keypad {
		for col := range line {
			if line[col] == digit {
				return row, col, true
			}
		}
	}
	return 0, 0, false
}
