package embedded

import "sync"

// alawTable maps a linear sample, shifted right by three, to what is left of it after one trip
// through ITU-T G.711 A-law, as -1..1. The model was trained on speech that went through A-law,
// so µ-law and clean audio take the same trip here. A sample's low three bits never matter to
// A-law, hence 8192 entries.
var alawTable = sync.OnceValue(func() *[8192]float32 {
	var t [8192]float32
	for i := range t {
		t[i] = float32(alawDecode(alawEncode(int16(i<<3)))) / 32768
	}
	return &t
})

// alawEncode codes one linear sample (ITU-T G.711 §3.1, table 1a; even bits inverted).
func alawEncode(x int16) byte {
	v, mask := int(x)>>3, byte(0xD5)
	if v < 0 {
		v, mask = -v-1, 0x55
	}
	if v < 32 {
		return byte(v>>1) ^ mask
	}
	seg := 1
	for v >= 64<<(seg-1) {
		seg++
	}
	return byte(seg<<4|(v>>seg)&15) ^ mask
}

// alawDecode is the middle of the interval that a codes (ITU-T G.711 §3.1).
func alawDecode(a byte) int16 {
	a ^= 0x55
	v := int16(a&15)<<4 + 8
	if seg := a >> 4 & 7; seg > 0 {
		v = (v + 0x100) << (seg - 1)
	}
	if a&0x80 == 0 {
		return -v
	}
	return v
}
