package rtp

import (
	"decroche/media/codec"
	"decroche/media/codec/g711"
	"decroche/media/resample"
)

// What a session knows about codecs is in this file and in hear.go. Encoding happens on the
// goroutine that sends, so that the wheel only moves bytes, except for what was coded before a
// re-INVITE changed the codec; decoding on the wheel for who is fed, else on the one that receives.

// infoOf are the facts of a codec that the signalling agreed on. It panics for one that it cannot
// have agreed on: that is a mistake in the wiring.
func infoOf(name string) codec.Info {
	info, err := codec.Lookup(name)
	if err != nil {
		panic("rtp: " + err.Error())
	}
	return info
}

// lawOf names the G.711 codec of a static payload type.
func lawOf(pt uint8) string {
	if pt == 0 {
		return "PCMU"
	}
	return "PCMA"
}

// companded tells whether a codec is G.711, whose two laws we take for one another.
func companded(name string) bool { return name == "PCMA" || name == "PCMU" }

// silenceByte is what the ring fills gaps with.
func silenceByte(name string) byte {
	if name == "PCMU" {
		return g711.SilenceU
	}
	return g711.SilenceA
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

// recode turns a payload of the law from into the other one; dst may be src.
func recode(dst, src []byte, from string) {
	var pcm [160]int16
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

// encoder is the sending half of the session's codec. It belongs to who sends.
type encoder struct {
	name  string // what codec was made for
	codec codec.Codec
	fit   *resample.Resampler // from the leg's rate; nil when the codec has the same
	pcm   []int16
	loss  int32
}

// encode codes one frame of the leg's rate behind dst.
func (e *encoder) encode(dst []byte, p Params, rate int, loss int32, pcm []int16) []byte {
	if e.codec == nil || e.name != p.Codec {
		*e = encoder{name: p.Codec, codec: newCodec(p), fit: fitter(rate, infoOf(p.Codec).Rate)}
	}
	if loss != e.loss {
		e.loss = loss
		e.codec.Loss(int(loss))
	}
	if e.fit != nil {
		e.pcm = e.fit.Process(e.pcm[:0], pcm)
		pcm = e.pcm
	}
	return e.codec.Encode(dst, pcm)
}

// What the far end may ask for with maxaveragebitrate: less than what we send unasked, but no less
// than RFC 7587 §6.1 allows.
const usualBitrate, leastBitrate = 32000, 6000

// newCodec makes the codec that was agreed, which exists: Set has looked.
func newCodec(p Params) codec.Codec {
	opt := codec.Options{FEC: p.FEC}
	if p.Bitrate > 0 && p.Bitrate < usualBitrate {
		opt.Bitrate = max(p.Bitrate, leastBitrate)
	}
	c, err := codec.New(p.Codec, opt)
	if err != nil {
		panic("rtp: " + err.Error())
	}
	return c
}

// fitter converts between two rates; nil when they are one.
func fitter(from, to int) *resample.Resampler {
	if from == to {
		return nil
	}
	r, err := resample.New(from, to)
	if err != nil {
		panic("rtp: " + err.Error()) // the rates of codecs fit
	}
	return r
}

// transcoder turns frames of one codec into another's, for what was coded before a re-INVITE and
// for clips of another codec. The wheel uses it, so it costs the wheel what the codecs cost.
type transcoder struct {
	from, to codec.Codec
	fit      *resample.Resampler
	heard    []int16
	fitted   []int16
}

func newTranscoder(from, to string) *transcoder {
	t := &transcoder{from: newCodec(Params{Codec: from}), to: newCodec(Params{Codec: to})}
	a, b := t.from.Info(), t.to.Info()
	t.fit = fitter(a.Rate, b.Rate)
	t.heard, t.fitted = make([]int16, 6*a.Samples()), make([]int16, 0, 6*b.Samples())
	return t
}

// frame appends frame in the other codec to dst.
func (t *transcoder) frame(dst, frame []byte) []byte {
	pcm := t.heard[:t.from.Decode(t.heard, frame)]
	if t.fit != nil {
		t.fitted = t.fit.Process(t.fitted[:0], pcm)
		pcm = t.fitted
	}
	return t.to.Encode(dst, pcm)
}

// convert appends a frame of another codec than the session's to dst; mu is held.
func (s *Session) convert(dst, frame []byte, from string) []byte {
	to := s.params.Codec
	if companded(from) && companded(to) {
		at := len(dst)
		dst = append(dst, frame...)
		recode(dst[at:], dst[at:], from)
		return dst
	}
	if t := s.between; t == nil || t.from.Info().Name != from || t.to.Info().Name != to {
		s.between = newTranscoder(from, to)
	}
	return s.between.frame(dst, frame)
}
