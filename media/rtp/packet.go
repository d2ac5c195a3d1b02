package rtp

import (
	"encoding/binary"
	"errors"
)

const headerLen = 12 // bytes of an RTP header without CSRCs and extension (RFC 3550 §5.1)

// header is what we need of a received RTP packet.
type header struct {
	marker bool
	pt     uint8
	seq    uint16
	ts     uint32
	ssrc   uint32
}

var errPacket = errors.New("not an RTP packet")

// parse reads one RTP packet (RFC 3550 §5.1, §5.3.1). payload points into b.
func parse(b []byte) (h header, payload []byte, err error) {
	if len(b) < headerLen || b[0]>>6 != 2 {
		return header{}, nil, errPacket
	}
	h = header{
		marker: b[1]&0x80 != 0,
		pt:     b[1] & 0x7f,
		seq:    binary.BigEndian.Uint16(b[2:]),
		ts:     binary.BigEndian.Uint32(b[4:]),
		ssrc:   binary.BigEndian.Uint32(b[8:]),
	}
	start := headerLen + 4*int(b[0]&0x0f) // CSRC list
	if b[0]&0x10 != 0 {                   // extension: 4 bytes of head, then words
		if len(b) < start+4 {
			return header{}, nil, errPacket
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 { // padding: the last byte counts it, itself included
		pad := int(b[end-1])
		if pad == 0 {
			return header{}, nil, errPacket
		}
		end -= pad
	}
	if start > end {
		return header{}, nil, errPacket
	}
	return h, b[start:end], nil
}

// put writes a plain header into b, which has room for it.
func (h header) put(b []byte) {
	b[0] = 0x80
	b[1] = h.pt
	if h.marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], h.seq)
	binary.BigEndian.PutUint32(b[4:], h.ts)
	binary.BigEndian.PutUint32(b[8:], h.ssrc)
}

// isRTCP tells RTCP from RTP on a shared port (RFC 5761 §4): packet types 192–223.
func isRTCP(b []byte) bool { return len(b) >= 8 && b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223 }
