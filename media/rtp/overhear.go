package rtp

import (
	"decroche/media/codec"
	"decroche/media/resample"
)

// overhearing gives somebody what leaves for the far end. It works behind the queue, on coded frames,
// so that a prompt that all calls share is heard from the moment on at which somebody begins to
// listen. Its owner is whoever holds the session's mu.
type overhearing struct {
	to     func(pcm []int16)
	codec  codec.Codec // decodes; its own, because decoders remember
	name   string      // what codec is
	fit    *resample.Resampler
	pcm    []int16
	fitted []int16
}

// Overhear gives to each frame of sound when it leaves, decoded, at the session's Rate. Silence
// between prompts is not given. It is called on the goroutine of the clock, must return at once and
// must not call the session; the samples are lent. nil ends it: to is not called afterwards.
func (s *Session) Overhear(to func(pcm []int16)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overhear = nil
	if to != nil && !s.closed {
		s.overhear = &overhearing{to: to}
	}
}

// take decodes one frame and gives it.
func (o *overhearing) take(frame []byte, name string, rate int) {
	if o.codec == nil || o.name != name {
		o.codec, o.name = newCodec(Params{Codec: name}), name
		info := o.codec.Info()
		o.fit, o.pcm = fitter(info.Rate, rate), make([]int16, 6*info.Samples())
	}
	pcm := o.pcm[:o.codec.Decode(o.pcm, frame)]
	if o.fit != nil {
		o.fitted = o.fit.Process(o.fitted[:0], pcm)
		pcm = o.fitted
	}
	o.to(pcm)
}
