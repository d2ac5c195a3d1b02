package g722

// band is the ADPCM state that the sending and the receiving side of one band share.
type band struct {
	s, sz  int32    // prediction: whole, and by the zeros
	r1     int32    // past reconstructed signal
	r2     int32    //
	p1, p2 int32    // past partially reconstructed signal
	a1, a2 int32    // poles
	d      [6]int32 // past differences, newest first
	b      [6]int32 // zeros
	nb     int32    // logarithm of the step
	det    int32    // step
}

// Tables of the Recommendation: decision levels (14), output codes (15), quantizer values (18 and
// 19), logarithmic scale factors (20), the inverse logarithm (21).
var (
	decision = [30]int32{0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714,
		786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919}
	codeMinus = [31]byte{0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15,
		14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4}
	codePlus = [31]byte{0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43,
		42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32}
	level4 = [16]int32{0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288,
		4240, 2584, 1200, 0}
	level6 = [64]int32{-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280,
		-11192, -10232, -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576,
		-3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984,
		13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576,
		3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136}
	level2    = [4]int32{-7408, -1616, 7408, 1616}
	scaleLow  = [16]int32{-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60}
	scaleHigh = [4]int32{798, -214, 798, -214}
	inverse   = [32]int32{2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656,
		2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676,
		3756, 3838, 3922, 4008}
)

// codeLow codes one sample of the lower band to six bits (SUBTRA, QUANTL).
func (b *band) codeLow(x int32) byte {
	e := limit(x - b.s)
	size := e ^ e>>31 // |e|, by one's complement
	low, high := 1, len(decision)
	for low < high { // the first level above size; the levels grow
		if mid := (low + high) / 2; size < decision[mid]*b.det>>12 {
			high = mid
		} else {
			low = mid + 1
		}
	}
	code := codePlus[low]
	if e < 0 {
		code = codeMinus[low]
	}
	d := b.det * level4[code>>2] >> 15 // INVQAL
	b.stepLow(code >> 2)
	b.predict(d)
	return code
}

// soundLow is the sample that six bits stand for (INVQBL, LIMIT).
func (b *band) soundLow(code byte) int32 {
	x := b.s + b.det*level6[code&63]>>15
	d := b.det * level4[code>>2&15] >> 15
	b.stepLow(code >> 2)
	b.predict(d)
	return min(max(x, -16384), 16383)
}

// codeHigh codes one sample of the higher band to two bits (SUBTRA, QUANTH).
func (b *band) codeHigh(x int32) byte {
	e := limit(x - b.s)
	code := byte(3)
	if e^e>>31 >= b.det*564>>12 {
		code = 2
	}
	if e < 0 {
		code -= 2
	}
	b.soundHigh(code)
	return code
}

// soundHigh is the sample that two bits stand for (INVQAH, LIMIT).
func (b *band) soundHigh(code byte) int32 {
	d := b.det * level2[code&3] >> 15
	x := b.s + d
	b.nb = min(max(b.nb*127>>7+scaleHigh[code&3], 0), 22528) // LOGSCH
	b.det = step(b.nb, 10)
	b.predict(d)
	return min(max(x, -16384), 16383)
}

// stepLow adapts the step of the lower band to four bits of code (LOGSCL, SCALEL).
func (b *band) stepLow(code byte) {
	b.nb = min(max(b.nb*127>>7+scaleLow[code&15], 0), 18432)
	b.det = step(b.nb, 8)
}

// step is the inverse logarithm (SCALEL, SCALEH).
func step(nb, shift int32) int32 {
	v := inverse[nb>>6&31]
	if s := shift - nb>>11; s < 0 {
		v <<= -s
	} else {
		v >>= s
	}
	return v << 2
}

// predict adapts the predictor to the difference d and predicts the next sample (RECONS, PARREC,
// UPPOL2, UPPOL1, UPZERO, DELAYA, FILTEP, FILTEZ, PREDIC).
func (b *band) predict(d int32) {
	r, p := limit(b.s+d), limit(b.sz+d)

	w := limit(b.a1 << 2)
	if (p ^ b.p1) >= 0 {
		w = min(-w, 32767)
	}
	w >>= 7
	if (p ^ b.p2) >= 0 {
		w += 128
	} else {
		w -= 128
	}
	a2 := min(max(w+b.a2*32512>>15, -12288), 12288)

	w = 192
	if (p ^ b.p1) < 0 {
		w = -192
	}
	most := 15360 - a2
	a1 := min(max(w+b.a1*32640>>15, -most), most)

	w = 128
	if d == 0 {
		w = 0
	}
	var sz int32
	now := d
	for i, past := range b.d {
		zero := b.b[i] * 32640 >> 15
		if (d ^ past) >= 0 {
			zero += w
		} else {
			zero -= w
		}
		b.b[i] = zero // stays within 16 bits: |zero| ≤ 32640/32768·|zero| + 128 never passes 32767
		b.d[i] = now
		sz += zero * limit(2*now) >> 15
		now = past
	}
	b.p2, b.p1 = b.p1, p
	b.r2, b.r1 = b.r1, r
	b.a1, b.a2 = a1, a2
	b.sz = limit(sz)
	b.s = limit(limit(a1*limit(2*b.r1)>>15+a2*limit(2*b.r2)>>15) + b.sz)
}

// limit keeps x within 16 bits.
func limit(x int32) int32 { return min(max(x, -32768), 32767) }
