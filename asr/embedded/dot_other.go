//go:build purego || !(amd64 || arm64)

package embedded

func dot4(acc *[rowGroup]int32, w []int8, x []int16) { dot4Plain(acc, w, x) }
