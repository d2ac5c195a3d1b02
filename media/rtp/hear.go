package rtp

import (
	"time"

	"decroche/media"
	"decroche/media/codec"
	"decroche/media/jitter"
	"decroche/media/resample"
)

// intake is the jitter buffer of the codec that was agreed: a ring for G.711, whole packets for
// everything else. It is guarded by Session.mu.
type intake struct {
	ring    *jitter.Buffer
	packets *jitter.Packets
	info    codec.Info
}

// become makes the buffer that info asks for.
func (in *intake) become(cfg jitter.Config, info codec.Info) {
	in.info = info
	if companded(info.Name) {
		if in.ring == nil {
			in.ring = jitter.New(cfg)
		}
		in.ring.Reset()
		in.ring.SetSilence(silenceByte(info.Name))
		in.packets = nil
		return
	}
	in.ring, in.packets = nil, jitter.NewPackets(cfg, info.Clock, info.MaxPacket)
}

func (in *intake) reset() {
	if in.ring != nil {
		in.ring.Reset()
	} else {
		in.packets.Reset()
	}
}

// target is the delay that the buffer aims at.
func (in *intake) target() time.Duration {
	if in.ring != nil {
		return in.ring.Stats().Target
	}
	return in.packets.Stats().Target
}

func (in *intake) seen(seq uint16) {
	if in.ring != nil {
		in.ring.Seen(seq)
	} else {
		in.packets.Seen(seq)
	}
}

func (in *intake) put(seq uint16, ts uint32, payload []byte, at time.Duration) jitter.Verdict {
	if in.ring != nil {
		return in.ring.Put(seq, ts, payload, at)
	}
	return in.packets.Put(seq, ts, in.info.Length(payload), payload, at)
}

// maxNoise is how much of a comfort noise packet is kept: the level and ten coefficients.
const maxNoise = 11

// A line on which nothing has come for idleAfter frames (1 s) is listened to less often: its
// silence is handed on idleBatch frames at a time, until something comes. To who wants no more than
// signs of it (Sparse), from sparseAfter frames (3 s) on, when every turn has ended, one frame in
// sparseEvery is handed on and the others are left out.
const (
	idleAfter   = 50
	idleBatch   = 5
	sparseAfter = 150
	sparseEvery = 10
)

// Sparse says whether who receives can do without most of the silence of a line on which nothing
// has come for 3 s: then one frame in 200 ms tells of it. Frame.At shows what was left out. What
// comes is told at once, with the last moments before it.
func (s *Session) Sparse(yes bool) {
	s.mu.Lock()
	s.sparse = yes
	s.mu.Unlock()
}

// play takes what is due out of the jitter buffer and hands it to Receive; mu is held.
func (s *Session) play(due time.Time) {
	at := max(due.Sub(s.answeredAt), 0)
	if s.idle++; s.idle > idleAfter && s.noises == 0 {
		batch := idleBatch
		if s.sparse && s.idle > sparseAfter {
			batch = sparseEvery
		}
		if s.unsaid++; s.unsaid >= batch {
			if batch == sparseEvery {
				s.unsaid = 1
			}
			s.handSilence(at)
			s.told()
		}
		return
	}
	s.handSilence(at - media.FrameTime)
	if in := &s.intake; in.ring != nil {
		payload, state := in.ring.Get(due.Sub(s.began))
		it := item{at: at, codec: in.info.Name, state: state, lasts: media.FrameTime}
		it.holeFrom, it.holeTo = in.ring.Missing()
		if state == jitter.Playing {
			it.data = payload
		}
		s.hand(it)
	} else {
		in.packets.Quiet(s.quiet.Load())
		for _, p := range in.packets.Get(due.Sub(s.began)) {
			lasts := time.Duration(p.Ticks) * time.Second / time.Duration(in.info.Clock)
			s.hand(item{at: at, codec: in.info.Name, state: p.State, lasts: lasts, data: p.Payload})
			at += lasts
		}
	}
	s.told()
}

// handSilence hands on the frames of silence that were held back, the last of them at the time
// given; mu is held.
func (s *Session) handSilence(last time.Duration) {
	for ; s.unsaid > 0; s.unsaid-- {
		s.hand(item{at: max(last-time.Duration(s.unsaid-1)*media.FrameTime, 0), codec: s.intake.info.Name, state: jitter.Empty, lasts: media.FrameTime})
	}
}

// hand gives one piece of sound to the sink, or keeps it for Receive; mu is held.
func (s *Session) hand(it item) {
	it.noise, it.noises, it.fresh = s.noise, s.noises, s.fresh
	s.noises, s.fresh = 0, false
	if s.sink != nil {
		s.feed(it)
	} else if s.heard.push(it) {
		s.engine.metrics.queueFull.Inc()
	}
}

// told wakes who receives; mu is held.
func (s *Session) told() {
	if s.sink == nil {
		s.heard.poke()
	}
}

// ear decodes what the session heard. It belongs to who receives, and with a sink to the clock.
type ear struct {
	rate   int  // of the frames it gives
	ring   bool // what it hears comes from a ring, which needs not be told what is quiet
	codec  codec.Codec
	info   codec.Info          // of codec
	fit    *resample.Resampler // to that rate; nil when the codec has the same
	pcm    []int16             // one packet
	fitted []int16
	frame  []int16 // 20 ms, lent to who receives

	// sound that waits to be cut into frames, and how it came: only where packets are not frames
	wait []int16
	runs []run
	at   time.Duration // of the first sample that waits

	told    [maxNoise]byte
	sounded bool          // something was heard since the codec was made
	pause   time.Duration // without a packet
}

// run tells of samples that wait whether they are a guess.
type run struct {
	samples int
	lost    bool
}

// concealed is how long an unexplained silence counts as loss: so much is filled with the sound
// before and marked, and what follows is the noise of the line.
const concealed = 60 * time.Millisecond

// listen makes the ear fit an item's codec.
func (e *ear) listen(name string, rate int) {
	if e.codec != nil && e.info.Name == name {
		return
	}
	c := newCodec(Params{Codec: name})
	info := c.Info()
	n := info.Samples()
	if !companded(name) {
		n *= 6
	}
	*e = ear{rate: rate, ring: companded(name), codec: c, info: info, fit: fitter(info.Rate, rate), pcm: make([]int16, n), frame: make([]int16, rate/50)}
}

// hear decodes one item and reports whether it is a frame already: then nothing waited, and f.PCM
// is lent. Otherwise the sound waits to be cut.
func (e *ear) hear(it item) (f media.Frame, whole bool) {
	pcm, lost := e.decode(it)
	if e.fit != nil {
		e.fitted = e.fit.Process(e.fitted[:0], pcm)
		pcm = e.fitted
	}
	if len(e.wait) == 0 {
		if len(pcm) == len(e.frame) {
			return media.Frame{PCM: pcm, Rate: e.rate, At: it.at, Lost: lost}, true
		}
		e.at = it.at
	}
	e.wait = append(e.wait, pcm...)
	e.runs = append(e.runs, run{len(pcm), lost})
	return media.Frame{}, false
}

// cut takes a frame of what waits.
func (e *ear) cut() (f media.Frame, ok bool) {
	n := len(e.frame)
	if n == 0 || len(e.wait) < n {
		return media.Frame{}, false
	}
	copy(e.frame, e.wait)
	e.wait = e.wait[:copy(e.wait, e.wait[n:])]
	lost := 0
	for left := n; left > 0; {
		r := &e.runs[0]
		k := min(left, r.samples)
		if r.lost {
			lost += k
		}
		left -= k
		if r.samples -= k; r.samples == 0 {
			e.runs = e.runs[:copy(e.runs, e.runs[1:])]
		}
	}
	f = media.Frame{PCM: e.frame, Rate: e.rate, At: e.at, Lost: lost > n/2}
	e.at += media.FrameTime
	return f, true
}

// decode gives the sound of an item, and whether it is a guess.
func (e *ear) decode(it item) (pcm []int16, lost bool) {
	if it.fresh {
		e.codec.ResetHearing()
		e.sounded, e.pause = false, 0
	}
	if it.noises > 0 {
		e.codec.Noise(e.told[:copy(e.told[:], it.noise[:it.noises])])
		e.pause = concealed // the far end explains its silence
	}
	pcm = e.pcm[:min(len(e.pcm), int(it.lasts*time.Duration(e.info.Rate)/time.Second))]
	switch it.state {
	case jitter.Playing:
		e.pause, e.sounded = 0, true
		if it.holeTo > it.holeFrom { // of a ring: a byte is a sample
			e.codec.Decode(pcm[:it.holeFrom], it.data[:it.holeFrom])
			e.codec.Conceal(pcm[it.holeFrom:it.holeTo])
			e.codec.Decode(pcm[it.holeTo:], it.data[it.holeTo:])
			return pcm, false
		}
		if n := e.codec.Decode(e.pcm, it.data); n > 0 {
			return e.pcm[:n], false
		}
		e.codec.Conceal(pcm) // no packet of the codec after all
		return pcm, true
	case jitter.Lost:
		if it.data != nil && e.codec.Recover(pcm, it.data) {
			return pcm, false
		}
		e.codec.Conceal(pcm)
		return pcm, true
	}
	if !e.sounded {
		clear(pcm) // nothing has come yet
		return pcm, false
	}
	e.codec.Conceal(pcm)
	lost = e.pause < concealed
	e.pause += it.lasts
	return pcm, lost
}

// quiet tells whether a frame is silence to the ear: below -50 dB of full scale.
func quiet(pcm []int16) bool {
	sum := 0
	for _, v := range pcm {
		sum += int(max(v, -v))
	}
	return sum < 80*len(pcm)
}
