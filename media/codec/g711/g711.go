// Package g711 codes and decodes G.711, the codec every telephone speaks: one byte a sample,
// A-law (PCMA, RTP payload type 8) in Europe, µ-law (PCMU, payload type 0) in North America
// and Japan. Everything is a table look-up; nothing allocates, nothing fails.
//
// The tables follow ITU-T G.711 tables 1 and 2 with the rounding of the ITU's own reference
// code (G.191 g711.c): negative samples are taken by one's complement, so that a code and its
// mirror have mirrored decision values.
package g711

const (
	// SilenceA is the A-law byte of the smallest positive amplitude: what to send for silence.
	SilenceA = 0xD5
	// SilenceU is the µ-law byte of zero.
	SilenceU = 0xFF
)

// The encoders are indexed by the bits that matter: A-law looks at 12 of the 16, µ-law at 14.
// 4 KiB and 16 KiB, so that both stay in the first-level cache.
var (
	encodeA [1 << 12]byte
	encodeU [1 << 14]byte
	decodeA [256]int16
	decodeU [256]int16
)

func init() {
	for i := range encodeA {
		encodeA[i] = compressA(i - len(encodeA)/2)
	}
	for i := range encodeU {
		encodeU[i] = compressU(i - len(encodeU)/2)
	}
	for i := range decodeA {
		decodeA[i] = expandA(byte(i))
		decodeU[i] = expandU(byte(i))
	}
}

// EncodeA writes the A-law bytes of pcm to dst, one per sample. dst must be at least as long
// as pcm; the rest of it is left alone.
func EncodeA(dst []byte, pcm []int16) {
	dst = dst[:len(pcm)]
	for i, s := range pcm {
		dst[i] = encodeA[int(s>>4)+len(encodeA)/2]
	}
}

// DecodeA writes the samples of the A-law bytes b to dst, one per byte. dst must be at least
// as long as b; the rest of it is left alone.
func DecodeA(dst []int16, b []byte) {
	dst = dst[:len(b)]
	for i, c := range b {
		dst[i] = decodeA[c]
	}
}

// EncodeU writes the µ-law bytes of pcm to dst, one per sample. dst must be at least as long
// as pcm; the rest of it is left alone.
func EncodeU(dst []byte, pcm []int16) {
	dst = dst[:len(pcm)]
	for i, s := range pcm {
		dst[i] = encodeU[int(s>>2)+len(encodeU)/2]
	}
}

// DecodeU writes the samples of the µ-law bytes b to dst, one per byte. dst must be at least
// as long as b; the rest of it is left alone.
func DecodeU(dst []int16, b []byte) {
	dst = dst[:len(b)]
	for i, c := range b {
		dst[i] = decodeU[c]
	}
}

// compressA maps a 12-bit sample (the 16-bit one shifted right by four) to its A-law byte:
// sign, three bits of segment, four bits of place in it, every second bit inverted
// (G.711 table 1).
func compressA(x int) byte {
	sign := byte(0x80)
	if x < 0 {
		sign, x = 0, ^x
	}
	segment := 0
	for x > 31 {
		x >>= 1
		segment++
	}
	if segment > 0 || x > 15 { // from the second segment on, the leading one is implied
		x += (segment+1)<<4 - 16
	}
	return (sign | byte(x)) ^ 0x55
}

// compressU maps a 14-bit sample (the 16-bit one shifted right by two) to its µ-law byte: the
// magnitude plus a bias of 33 falls into one of eight segments that double; all bits are
// inverted (G.711 table 2).
func compressU(x int) byte {
	sign := byte(0x80)
	if x < 0 {
		sign, x = 0, ^x
	}
	x = min(x+33, 0x1FFF)
	segment := 0
	for x>>(segment+6) != 0 {
		segment++
	}
	code := segment<<4 | x>>(segment+1)&0x0F
	return sign | byte(^code&0x7F)
}

// expandA is the inverse of compressA: the middle of the code's interval, in 16 bits.
func expandA(c byte) int16 {
	c ^= 0x55
	x := int(c&0x0F)<<4 + 8
	if segment := int(c>>4) & 7; segment > 0 {
		x = (x + 0x100) << (segment - 1)
	}
	if c&0x80 == 0 {
		x = -x
	}
	return int16(x)
}

// expandU is the inverse of compressU: the middle of the code's interval, in 16 bits.
func expandU(c byte) int16 {
	c = ^c
	x := (int(c&0x0F)<<3+0x84)<<(c>>4&7) - 0x84
	if c&0x80 != 0 {
		x = -x
	}
	return int16(x)
}
