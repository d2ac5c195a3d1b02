package rtp

import (
	"slices"

	"decroche/media/codec/g711"
)

// Everything that a session knows about codecs is in this file. Encoding happens on the goroutine
// that sends, decoding on the one that receives: the wheel only moves bytes.

// maxPayload bounds one coded frame, in bytes.
const maxPayload = 1500

// silenceOf is a codec's byte of silence.
func silenceOf(codec string) byte {
	if codec == "PCMU" {
		return g711.SilenceU
	}
	return g711.SilenceA
}

// lawOf names the codec of a static payload type.
func lawOf(pt uint8) string {
	if pt == 0 {
		return "PCMU"
	}
	return "PCMA"
}

// encode codes pcm behind dst.
func encode(dst []byte, codec string, pcm []int16) []byte {
	at := len(dst)
	dst = slices.Grow(dst, len(pcm))[:at+len(pcm)]
	if codec == "PCMU" {
		g711.EncodeU(dst[at:], pcm)
	} else {
		g711.EncodeA(dst[at:], pcm)
	}
	return dst
}

// decode fills dst with the sound of a payload and returns the part that was filled.
func decode(dst []int16, codec string, payload []byte) []int16 {
	dst = dst[:min(len(dst), len(payload))]
	if codec == "PCMU" {
		g711.DecodeU(dst, payload[:len(dst)])
	} else {
		g711.DecodeA(dst, payload[:len(dst)])
	}
	return dst
}

// recode turns a payload of the law from into the other one; dst may be src.
func recode(dst, src []byte, from string) {
	var pcm [frameSamples]int16
	for len(src) > 0 {
		n := min(len(src), len(pcm))
		if from == "PCMU" {
			g711.DecodeU(pcm[:n], src[:n])
			g711.EncodeA(dst[:n], pcm[:n])
		} else {
			g711.DecodeA(pcm[:n], src[:n])
			g711.EncodeU(dst[:n], pcm[:n])
		}
		dst, src = dst[n:], src[n:]
	}
}

// asAgreed gives every arriving payload the law that was agreed, so that the jitter buffer holds
// one kind; mu is held. Far ends that send the other law exist, and cost a table look-up.
func (s *Session) asAgreed(pt uint8, payload []byte) []byte {
	theirs := lawOf(pt)
	if pt == s.params.Type || theirs == s.params.Codec {
		return payload
	}
	recode(payload, payload, theirs) // the datagram is nobody else's
	return payload
}
