package embedded

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// fixture is one utterance and what the trainer's network made of it.
func fixture(t testing.TB) (pcm []int16, want [][]float32) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "fixture.raw"))
	if err != nil {
		t.Fatal("the fixture is gone: train/export.py writes it beside the weights")
	}
	pcm = make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	b, err := os.ReadFile(filepath.Join("testdata", "fixture.logits.bin"))
	if err != nil {
		t.Fatal(err)
	}
	rows, v := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
	for r := range rows {
		row := make([]float32, v)
		for i := range row {
			row[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[8+4*(r*v+i):]))
		}
		want = append(want, row)
	}
	return pcm, want
}

// posteriors runs the network over pcm in pieces of the given size.
func posteriors(m *acoustic, pcm []int16, piece int) [][]float32 {
	e, n := m.front.open(), m.open()
	var rows [][]float32
	keep := func(r []float32) { rows = append(rows, slices.Clone(r)) }
	for p := range slices.Chunk(pcm, piece) {
		e.write(p, func(mel []float32) { n.push(mel, keep) })
	}
	n.flush(keep)
	return rows
}

func TestSameAsTrainer(t *testing.T) {
	t.Parallel()
	pcm, want := fixture(t)
	got := posteriors(testModel(t), pcm, len(pcm))
	if len(got) != len(want) {
		t.Fatalf("%d rows, trainer has %d", len(got), len(want))
	}
	var worst float64
	for r := range got {
		if argmax(got[r]) != argmax(want[r]) {
			t.Errorf("row %d: best phoneme %d, trainer says %d", r, argmax(got[r]), argmax(want[r]))
		}
		for i := range got[r] {
			if want[r][i] > -8 {
				worst = max(worst, math.Abs(float64(got[r][i]-want[r][i])))
			}
		}
	}
	t.Logf("largest difference of a log posterior above -8: %.4f", worst)
	if worst > .5 {
		t.Errorf("log posteriors differ by up to %.3f from the trainer's", worst)
	}
}

func TestPiecesGiveTheSame(t *testing.T) {
	t.Parallel()
	pcm := noise(8000, 3000)
	m := testModel(t)
	want := posteriors(m, pcm, len(pcm))
	for _, piece := range []int{1, 7, 80, 160, 163, 4001} {
		if got := posteriors(m, pcm, piece); !slices.EqualFunc(got, want, func(a, b []float32) bool { return slices.Equal(a, b) }) {
			t.Errorf("pieces of %d samples change the posteriors", piece)
		}
	}
}

func noise(n int, level float64) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(max(-32767, min(32767, r.NormFloat64()*level)))
	}
	return pcm
}

// kernels are the vector kernels that this processor has, by their names.
var kernels = map[string]func(acc *[rowGroup]int32, w []int8, x []int16){"the one in use": dot4}

// onSlices gives a kernel the form of dot4.
func onSlices(kernel func(acc *[rowGroup]int32, w *int8, x *int16, n int)) func(*[rowGroup]int32, []int8, []int16) {
	return func(acc *[rowGroup]int32, w []int8, x []int16) { kernel(acc, &w[0], &x[0], len(x)) }
}

// Every kernel gives the bits of the plain one, for inputs of any size that the loader allows.
func TestDotKernelsAgree(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{16, 32, 48, 288, 1280, 16384} {
		most := min(math.MaxInt16, math.MaxInt32/(127*n))
		for name, fill := range map[string]func(i int) (w int8, x int16){
			"any":                 func(int) (int8, int16) { return int8(r.IntN(255) - 127), int16(r.IntN(2*most+1) - most) },
			"largest":             func(int) (int8, int16) { return 127, int16(most) },
			"smallest":            func(int) (int8, int16) { return 127, int16(-most) },
			"around whole bytes":  func(i int) (int8, int16) { return int8(i%3 - 1), int16(min(most, 256) + i%5 - 2) },
			"around minus a byte": func(i int) (int8, int16) { return int8(i%255 - 127), int16(-min(most, 256) - i%5 + 2) },
		} {
			w, x := make([]int8, 4*n), make([]int16, n)
			for i := range w {
				w[i], _ = fill(i)
			}
			for i := range x {
				_, x[i] = fill(i)
			}
			var want [rowGroup]int32
			dot4Plain(&want, w, x)
			var exact int64
			for i := range x {
				exact += int64(w[i]) * int64(x[i])
			}
			for kernel, dot := range kernels {
				var got [rowGroup]int32
				if dot(&got, w, x); got != want || int64(want[0]) != exact {
					t.Errorf("n=%d, %s: %s %v, plain %v, exact first row %d", n, name, kernel, got, want, exact)
				}
			}
		}
	}
}

func TestSpectrum(t *testing.T) {
	t.Parallel()
	e := testModel(t).front.open()
	pcm := noise(e.size, 8000)
	for i, x := range pcm {
		e.buf[i] = float32(x) / 32768
	}
	e.spectrum()
	for _, k := range []int{0, 1, 5, 63, 64, 100, 127, 128} {
		var re, im float64
		for i, v := range e.buf {
			s, c := math.Sincos(-2 * math.Pi * float64(i*k) / float64(e.size))
			re, im = re+float64(v*e.hann[i])*c, im+float64(v*e.hann[i])*s
		}
		if want := re*re + im*im; math.Abs(want-float64(e.power[k])) > 1e-3*(want+1e-3) {
			t.Errorf("bin %d: power %g, want %g", k, e.power[k], want)
		}
	}
}

// The 20 ms path allocates nothing.
func TestNoAllocation(t *testing.T) {
	m := testModel(t)
	e, n := m.front.open(), m.open()
	pcm := noise(160, 2000)
	row := func([]float32) {}
	push := func(mel []float32) { n.push(mel, row) }
	if a := testing.AllocsPerRun(50, func() { e.write(pcm, push) }); a > 0 {
		t.Errorf("%.1f allocations per packet", a)
	}
}
