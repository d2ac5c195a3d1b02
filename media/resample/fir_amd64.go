package resample

import "golang.org/x/sys/cpu"

var vectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// fir is firGo, by vectors of eight where the machine has them. Which samples stand together in a
// vector does not change a result: each output is summed up in the same order.
func fir(y, x, c []float32) {
	if !vectors {
		firGo(y, x, c)
		return
	}
	if len(y) == 0 || len(c) == 0 {
		return
	}
	_ = x[len(y)+len(c)-2] // what firAVX2 reads
	firAVX2(&y[0], &x[0], &c[0], len(y), len(c))
}

// firAVX2 works on n outputs, a multiple of 8.
//
//go:noescape
func firAVX2(y, x, c *float32, n, taps int)
