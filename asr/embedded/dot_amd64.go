//go:build !purego

package embedded

import "golang.org/x/sys/cpu"

var haveAVX2 = cpu.X86.HasAVX2

// dot4AVX2 sums four rows of n int8 weights against n int16 inputs. n is a positive multiple of 16.
//
//go:noescape
func dot4AVX2(acc *[rowGroup]int32, w *int8, x *int16, n int)

func dot4(acc *[rowGroup]int32, w []int8, x []int16) {
	if !haveAVX2 {
		dot4Plain(acc, w, x)
		return
	}
	_ = w[rowGroup*len(x)-1]
	dot4AVX2(acc, &w[0], &x[0], len(x))
}
