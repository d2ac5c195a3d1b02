//go:build !purego

package embedded

func init() {
	if haveAVX2 {
		kernels["AVX2"] = onSlices(dot4AVX2)
	}
}
