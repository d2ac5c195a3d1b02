package embedded

// dotRows sets y[o] = scale[o]·step·Σ w[o][i]·x[i] for every row. w holds len(y) rows of len(x)
// weights; len(x) is a multiple of vectorLen and len(y) of rowGroup. Sums are exact integers, so
// the vector kernel and the plain one below give the same bits.
func dotRows(y []float32, w []int8, x []int16, scale []float32, step float32) {
	n := len(x)
	var acc [rowGroup]int32
	for o := 0; o+rowGroup <= len(y); o += rowGroup {
		dot4(&acc, w[o*n:(o+rowGroup)*n], x)
		s, d := scale[o:o+rowGroup:o+rowGroup], y[o:o+rowGroup:o+rowGroup]
		d[0] = float32(acc[0]) * (s[0] * step)
		d[1] = float32(acc[1]) * (s[1] * step)
		d[2] = float32(acc[2]) * (s[2] * step)
		d[3] = float32(acc[3]) * (s[3] * step)
	}
}

// dot4Plain is the reference: four rows of w against x, in plain Go.
func dot4Plain(acc *[rowGroup]int32, w []int8, x []int16) {
	n := len(x)
	a, b, c, d := w[:n:n], w[n:2*n:2*n], w[2*n:3*n:3*n], w[3*n:4*n:4*n]
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	x = x[:len(a)]
	var s0, s1, s2, s3 int32
	for i, v := range a {
		xi := int32(x[i])
		s0 += int32(v) * xi
		s1 += int32(b[i]) * xi
		s2 += int32(c[i]) * xi
		s3 += int32(d[i]) * xi
	}
	acc[0], acc[1], acc[2], acc[3] = s0, s1, s2, s3
}
