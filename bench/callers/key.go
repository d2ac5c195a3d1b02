package callers

import (
	"encoding/binary"
	"strings"
)

// typeEvent is the payload type of telephone events that our offers name.
const typeEvent = 101

// A key lasts keyPackets packets, the last keyEnds of which say that it is over (RFC 4733 §2.5.1.4).
const keyPackets, keyEnds = 8, 3

// KeyEvent is packet i of so many of a key being pressed, of which the last ends say that it is over.
func KeyEvent(key byte, i, packets, ends int) []byte {
	b := []byte{byte(max(0, strings.IndexByte("0123456789*#ABCD", key))), 10, 0, 0}
	if i >= packets-ends {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], uint16(min(i+1, packets-ends+1)*frameBytes))
	return b
}
