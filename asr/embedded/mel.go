package embedded

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// frontEnd holds the constant tables of the log-mel front end; one serves all sessions.
type frontEnd struct {
	hop, mels    int
	size         int         // FFT length = window length, a power of two
	hann         []float32   // periodic Hann window
	swap         []uint8     // bit reversal of size/2 indices
	twiddle      []complex64 // exp(-2πik/size), k < size/2
	low          []int       // first bin of each mel filter
	filter       [][]float32 // its weights
	prior, init  float64
	scale, floor float64
}

func newFrontEnd(h *header) *frontEnd {
	f := &frontEnd{hop: h.Hop, mels: h.Mels, size: h.Win, prior: h.Norm.Prior, init: h.Norm.Init, scale: h.Norm.Scale, floor: h.Floor}
	n := f.size
	f.hann = make([]float32, n)
	for i := range f.hann {
		f.hann[i] = float32(.5 - .5*math.Cos(2*math.Pi*float64(i)/float64(n)))
	}
	half := n / 2
	f.twiddle, f.swap = make([]complex64, half), make([]uint8, half)
	shift := 64 - bits.Len(uint(half-1))
	for k := range half {
		f.twiddle[k] = complex64(cmplx.Rect(1, -2*math.Pi*float64(k)/float64(n)))
		f.swap[k] = uint8(bits.Reverse64(uint64(k)) >> shift)
	}
	mel := func(hz float64) float64 { return 2595 * math.Log10(1+hz/700) }
	edge := func(i int) float64 {
		m := mel(h.Fmin) + (mel(h.Fmax)-mel(h.Fmin))*float64(i)/float64(h.Mels+1)
		return 700 * (math.Pow(10, m/2595) - 1)
	}
	f.low, f.filter = make([]int, f.mels), make([][]float32, f.mels)
	for m := range f.filter {
		a, b, c := edge(m), edge(m+1), edge(m+2)
		for k := 0; k <= half; k++ {
			hz := float64(k) * float64(h.Rate) / float64(n)
			v := min((hz-a)/max(b-a, 1e-3), (c-hz)/max(c-b, 1e-3))
			if v <= 0 {
				continue
			}
			if f.filter[m] == nil {
				f.low[m] = k
			}
			f.filter[m] = append(f.filter[m], float32(v))
		}
	}
	return f
}

// ears is the front end of one session: it turns samples into normalised log-mel vectors.
type ears struct {
	*frontEnd
	table *[8192]float32
	buf   []float32   // the last size samples; new ones fill the tail
	have  int         // samples in the tail that do not make a hop yet
	z     []complex64 // FFT work space, size/2
	power []float32   // size/2+1
	sum   []float64   // running sum of each mel, for the mean
	count float64
	out   []float32
	loud  []float32 // mean log-mel of every frame, before normalising: how loud it was
}

func (f *frontEnd) open() *ears {
	return &ears{frontEnd: f, table: alawTable(), buf: make([]float32, f.size), z: make([]complex64, f.size/2),
		power: make([]float32, f.size/2+1), sum: make([]float64, f.mels), out: make([]float32, f.mels),
		loud: make([]float32, 0, 1<<10)}
}

func (e *ears) reset() {
	clear(e.buf)
	clear(e.sum)
	e.have, e.count, e.loud = 0, 0, e.loud[:0]
}

// write feeds samples and calls frame with each new vector; the vector is valid during the call.
// pcm: mono int16 at the model's rate, any length.
func (e *ears) write(pcm []int16, frame func([]float32)) {
	for len(pcm) > 0 {
		n := min(e.hop-e.have, len(pcm))
		if e.have == 0 {
			copy(e.buf, e.buf[e.hop:])
		}
		tail := e.buf[e.size-e.hop+e.have:][:n]
		for i, x := range pcm[:n] {
			tail[i] = e.table[uint16(x)>>3]
		}
		pcm = pcm[n:]
		if e.have += n; e.have == e.hop {
			e.have = 0
			e.analyse()
			frame(e.out)
		}
	}
}

// analyse computes the log-mel vector of the window that ends now, less its running mean.
func (e *ears) analyse() {
	e.spectrum()
	e.count++
	var loud float64
	for m := range e.out {
		var s float32
		p := e.power[e.low[m]:]
		for i, w := range e.filter[m] {
			s += w * p[i]
		}
		v := math.Log(float64(s) + e.floor)
		e.sum[m] += v
		loud += v
		e.out[m] = float32((v - (e.sum[m]+e.prior*e.init)/(e.count+e.prior)) / e.scale)
	}
	e.loud = append(e.loud, float32(loud/float64(e.mels)))
}

// spectrum fills power with |FFT|² of the windowed buffer: a complex FFT of half the length over
// even and odd samples, then the split.
func (e *ears) spectrum() {
	z, half := e.z, len(e.z)
	for i := range z {
		z[e.swap[i]] = complex(e.buf[2*i]*e.hann[2*i], e.buf[2*i+1]*e.hann[2*i+1])
	}
	for span := 1; span < half; span *= 2 {
		step := half / span // twiddles are of the full length
		for lo := 0; lo < half; lo += 2 * span {
			a, b := z[lo:lo+span], z[lo+span:lo+2*span]
			for k := range a {
				u, v := a[k], b[k]*e.twiddle[k*step]
				a[k], b[k] = u+v, u-v
			}
		}
	}
	for k := 0; k <= half; k++ {
		a, b := z[k%half], z[(half-k)%half]
		bc := complex(real(b), -imag(b))
		even, odd := (a+bc)*.5, (a-bc)*complex(0, -.5)
		if k == half {
			odd = -odd
		} else {
			odd *= e.twiddle[k]
		}
		s := even + odd
		e.power[k] = real(s)*real(s) + imag(s)*imag(s)
	}
}
