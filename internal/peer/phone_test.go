package peer

import "testing"

// TestALaw: the phone's own law is its own inverse on every code.
func TestALaw(t *testing.T) {
	t.Parallel()
	for i := range 256 {
		if v := expandA(byte(i)); compressA(v) != byte(i) {
			t.Errorf("code %#x is %d, which is coded %#x", i, v, compressA(v))
		}
	}
}
