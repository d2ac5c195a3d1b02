package embedded

import "testing"

func TestALaw(t *testing.T) {
	t.Parallel()
	// From ITU-T G.711 table 1a: decision values and the code words of the ends of each segment.
	for _, c := range []struct {
		x    int16
		code byte
		back int16
	}{
		{0, 0xD5, 8}, {15, 0xD5, 8}, {16, 0xD4, 24}, {-1, 0x55, -8}, {-16, 0x55, -8}, {-17, 0x54, -24},
		{511, 0xD5 ^ 0x1F, 504}, {512, 0xD5 ^ 0x20, 528}, {32767, 0xD5 ^ 0x7F, 32256}, {-32768, 0x55 ^ 0x7F, -32256},
	} {
		if got := alawEncode(c.x); got != c.code {
			t.Errorf("alawEncode(%d) = %#x, want %#x", c.x, got, c.code)
		}
		if got := alawDecode(c.code); got != c.back {
			t.Errorf("alawDecode(%#x) = %d, want %d", c.code, got, c.back)
		}
	}
	for code := range 256 { // every code word survives the trip
		if got := alawEncode(alawDecode(byte(code))); got != byte(code) {
			t.Errorf("code %#x came back as %#x", code, got)
		}
	}
}
