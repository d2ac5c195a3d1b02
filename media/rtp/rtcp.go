package rtp

import (
	"encoding/binary"
	"time"
)

// RTCP packet types (RFC 3550 §12.1).
const (
	rtcpSR   = 200
	rtcpRR   = 201
	rtcpSDES = 202
	rtcpBYE  = 203
)

// sending is what a sender report says about us.
type sending struct {
	ssrc    uint32
	ts      uint32 // RTP timestamp now
	packets uint32
	octets  uint32
	cname   string
}

// block is a reception report block (RFC 3550 §6.4.1).
type block struct {
	ssrc     uint32
	fraction uint8
	lost     int32
	highest  uint32
	jitter   uint32
	lsr      uint32 // middle bits of the last SR's NTP time
	dlsr     uint32 // since then, in 1/65536 s
}

// ntp is a wall time in NTP format.
func ntp(t time.Time) uint64 {
	const epoch = 2208988800 // seconds from 1900 to 1970
	return uint64(t.Unix()+epoch)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// appendReport appends a compound packet: SR or RR, SDES with CNAME, and BYE when it is the last
// (RFC 3550 §6.1). An SR is sent when packets were sent since the last report.
func appendReport(b []byte, s sending, sent bool, now time.Time, rb *block, bye bool) []byte {
	blocks := 0
	if rb != nil {
		blocks = 1
	}
	if sent {
		b = append(b, 0x80|byte(blocks), rtcpSR, 0, byte(6+6*blocks))
		b = binary.BigEndian.AppendUint32(b, s.ssrc)
		b = binary.BigEndian.AppendUint64(b, ntp(now))
		b = binary.BigEndian.AppendUint32(b, s.ts)
		b = binary.BigEndian.AppendUint32(b, s.packets)
		b = binary.BigEndian.AppendUint32(b, s.octets)
	} else {
		b = append(b, 0x80|byte(blocks), rtcpRR, 0, byte(1+6*blocks))
		b = binary.BigEndian.AppendUint32(b, s.ssrc)
	}
	if rb != nil {
		b = binary.BigEndian.AppendUint32(b, rb.ssrc)
		b = binary.BigEndian.AppendUint32(b, uint32(rb.fraction)<<24|uint32(rb.lost)&0xffffff)
		b = binary.BigEndian.AppendUint32(b, rb.highest)
		b = binary.BigEndian.AppendUint32(b, rb.jitter)
		b = binary.BigEndian.AppendUint32(b, rb.lsr)
		b = binary.BigEndian.AppendUint32(b, rb.dlsr)
	}
	item := append([]byte{1, byte(len(s.cname))}, s.cname...)
	item = append(item, 0)
	for len(item)%4 != 0 {
		item = append(item, 0)
	}
	b = append(b, 0x81, rtcpSDES, 0, byte(1+len(item)/4))
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	b = append(b, item...)
	if bye {
		b = append(b, 0x81, rtcpBYE, 0, 1)
		b = binary.BigEndian.AppendUint32(b, s.ssrc)
	}
	return b
}

// remoteReport is what we take from a compound packet of the far end.
type remoteReport struct {
	ssrc   uint32 // whose report this is
	lsr    uint32 // middle bits of an SR's NTP time, 0 when there was no SR
	ours   *block // their report about our stream
	bye    bool
	sender bool
}

// parseRTCP reads a compound packet (RFC 3550 appendix A.2). Types we do not know are skipped.
func parseRTCP(b []byte, ourSSRC uint32) (remoteReport, bool) {
	var r remoteReport
	for first := true; len(b) > 0; first = false {
		if len(b) < 4 || b[0]>>6 != 2 {
			return r, false
		}
		n := 4 * (1 + int(binary.BigEndian.Uint16(b[2:])))
		if n > len(b) {
			return r, false
		}
		p, count, kind := b[:n], int(b[0]&0x1f), b[1]
		b = b[n:]
		if first && kind != rtcpSR && kind != rtcpRR {
			return r, false
		}
		switch kind {
		case rtcpSR, rtcpRR:
			at := 8
			if kind == rtcpSR {
				if len(p) < 28 {
					return r, false
				}
				r.sender = true
				r.lsr = uint32(binary.BigEndian.Uint64(p[8:]) >> 16)
				at = 28
			}
			if len(p) < 8 || len(p) < at+24*count {
				return r, false
			}
			r.ssrc = binary.BigEndian.Uint32(p[4:])
			for i := range count {
				if q := p[at+24*i:]; binary.BigEndian.Uint32(q) == ourSSRC {
					r.ours = readBlock(q)
				}
			}
		case rtcpBYE:
			r.bye = true
		}
	}
	return r, true
}

func readBlock(q []byte) *block {
	lost := int32(binary.BigEndian.Uint32(q[4:])<<8) >> 8 // 24 bits, signed
	return &block{
		ssrc: binary.BigEndian.Uint32(q), fraction: q[4], lost: lost,
		highest: binary.BigEndian.Uint32(q[8:]), jitter: binary.BigEndian.Uint32(q[12:]),
		lsr: binary.BigEndian.Uint32(q[16:]), dlsr: binary.BigEndian.Uint32(q[20:]),
	}
}

// roundTrip is A − LSR − DLSR (RFC 3550 §6.4.1); 0 when it cannot be told.
func (k *block) roundTrip(now time.Time) time.Duration {
	if k.lsr == 0 {
		return 0
	}
	d := int32(uint32(ntp(now)>>16) - k.lsr - k.dlsr)
	if d <= 0 {
		return 0
	}
	return time.Duration(d) * time.Second / 65536
}
