package resample

// firGo adds to every y[i] the sum of c[k]·x[i+k]. Four outputs are kept in registers, so that each
// step loads one coefficient and one new sample for four products. len(y) is a multiple of lanes,
// and x has len(y)+len(c)-1 samples or more.
func firGo(y, x, c []float32) {
	for i := 0; i+4 <= len(y); i += 4 {
		w := x[i : i+len(c)+3]
		x0, x1, x2 := w[0], w[1], w[2]
		y0, y1, y2, y3 := y[i], y[i+1], y[i+2], y[i+3]
		for k, f := range c {
			x3 := w[k+3]
			y0 += f * x0
			y1 += f * x1
			y2 += f * x2
			y3 += f * x3
			x0, x1, x2 = x1, x2, x3
		}
		y[i], y[i+1], y[i+2], y[i+3] = y0, y1, y2, y3
	}
}
