//go:build !purego

package embedded

func init() {
	kernels["NEON"] = onSlices(dot4NEON)
	if haveSDOT {
		kernels["SDOT"] = onSlices(dot4SDOT)
	}
}
