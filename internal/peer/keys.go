package peer

import (
	"encoding/binary"
	"strings"
	"time"
)

// Press presses keys (0-9, *, #, A-D) on the phone, 100 ms each and as long between two, as RFC 4733 events, and
// returns when they are sent or the call has ended. The hum rests meanwhile.
func (c *PhoneCall) Press(keys string) {
	for _, k := range keys {
		done := make(chan struct{})
		select {
		case c.keys <- key{event: byte(strings.IndexRune("0123456789*#ABCD", k)), done: done}:
		case <-c.quit:
			return
		}
		select {
		case <-done:
		case <-c.quit:
			return
		}
		if !c.sleep(100 * time.Millisecond) {
			return
		}
	}
}

// key is one that is being pressed.
type key struct {
	event byte
	start uint32 // RTP timestamp
	sent  int    // packets
	done  chan struct{}
}

// A key is five packets of growing duration, then the end three times (RFC 4733 §2.5.1.4).
const keyPackets, keyEnds = 5, 3

// packet writes k's next packet into the payload that follows an RTP header, and reports whether it was the last.
func (k *key) packet(rtp []byte, now uint32) (n int, last bool) {
	if k.sent == 0 {
		k.start = now
	}
	k.sent++
	rtp[1] = 101
	if k.sent == 1 {
		rtp[1] |= 0x80
	}
	binary.BigEndian.PutUint32(rtp[4:], k.start)
	rtp[12], rtp[13] = k.event, 10
	if k.sent > keyPackets {
		rtp[13] |= 0x80
	}
	binary.BigEndian.PutUint16(rtp[14:], uint16(160*min(k.sent, keyPackets)))
	return 16, k.sent == keyPackets+keyEnds
}
