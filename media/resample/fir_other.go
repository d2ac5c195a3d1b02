//go:build !amd64

package resample

func fir(y, x, c []float32) { firGo(y, x, c) }
