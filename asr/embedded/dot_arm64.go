//go:build !purego

package embedded

import "golang.org/x/sys/cpu"

// haveSDOT: the processor sums products of bytes (Armv8.2 FEAT_DotProd; in every server core
// since Neoverse N1 and every Apple one).
var haveSDOT = cpu.ARM64.HasASIMDDP

// dot4SDOT and dot4NEON sum four rows of n int8 weights against n int16 inputs. n is a positive
// multiple of 16. The first takes the inputs apart into bytes, the second widens the weights and
// runs on every arm64 processor.
//
//go:noescape
func dot4SDOT(acc *[rowGroup]int32, w *int8, x *int16, n int)

//go:noescape
func dot4NEON(acc *[rowGroup]int32, w *int8, x *int16, n int)

func dot4(acc *[rowGroup]int32, w []int8, x []int16) {
	_ = w[rowGroup*len(x)-1]
	if haveSDOT {
		dot4SDOT(acc, &w[0], &x[0], len(x))
		return
	}
	dot4NEON(acc, &w[0], &x[0], len(x))
}
