package record

import (
	"math"
	"sync"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/resample"
)

// rate is that of every recording, in samples per second: a telephone's.
const rate = media.PhoneRate

const (
	chunkSamples = rate / 2 // half a second is written at once
	// holdSamples is how much of the newest time stays in the window: what was queued ahead can be
	// taken back (200 ms at most), and a slow goroutine of the audio path is waited for.
	holdSamples = rate
)

// chunk is half a second of both channels, interleaved, as A-law.
type chunk [2 * chunkSamples]byte

// silence is a chunk of it.
var silence = func() (c chunk) {
	for i := range c {
		c[i] = g711.SilenceA
	}
	return c
}()

var chunks = sync.Pool{New: func() any { return new(chunk) }}

// window is the newest part of the time line. A nil chunk is silence.
type window struct {
	base int64 // first sample
	held []*chunk
}

// lay writes samples of one channel at pos, which is in the window or beyond.
func (w *window) lay(ch Channel, pos int64, pcm []int16) {
	for len(pcm) > 0 {
		c, at := w.chunk(pos)
		n := min(len(pcm), chunkSamples-at)
		var coded [chunkSamples]byte
		g711.EncodeA(coded[:n], pcm[:n])
		for i, b := range coded[:n] {
			c[2*(at+i)+int(ch)] = b
		}
		pcm, pos = pcm[n:], pos+int64(n)
	}
}

// chunk returns the one that holds sample pos, made when absent, and where in it that is.
func (w *window) chunk(pos int64) (*chunk, int) {
	i := int((pos - w.base) / chunkSamples)
	for len(w.held) <= i {
		w.held = append(w.held, nil)
	}
	if w.held[i] == nil {
		w.held[i] = chunks.Get().(*chunk)
		*w.held[i] = silence
	}
	return w.held[i], int((pos - w.base) % chunkSamples)
}

// blank makes one channel silent from sample from up to sample to, as far as the window holds them.
func (w *window) blank(ch Channel, from, to int64) {
	from = max(from, w.base)
	to = min(to, w.base+int64(len(w.held))*chunkSamples)
	for pos := from; pos < to; pos++ {
		i := int((pos - w.base) / chunkSamples)
		if w.held[i] == nil {
			pos = w.base + int64(i+1)*chunkSamples - 1
			continue
		}
		w.held[i][2*((pos-w.base)%chunkSamples)+int64(ch)] = g711.SilenceA
	}
}

// pop takes the oldest half second out.
func (w *window) pop() (c *chunk) {
	if len(w.held) > 0 {
		c = w.held[0]
		copy(w.held, w.held[1:])
		w.held = w.held[:len(w.held)-1]
	}
	w.base += chunkSamples
	return c
}

// stretch is a piece of the time line, in samples.
type stretch struct{ from, to int64 }

// forever ends a stretch whose end is not known.
const forever = math.MaxInt64

// track is one channel's place on the time line.
type track struct {
	next  int64     // where a frame belongs that follows the one before
	far   int64     // end of everything laid
	mutes []stretch // where nothing is kept; the last may be open
	fit   *resample.Resampler
	from  int // rate that fit converts
}

// slack is how far a frame's time may be from the end of the one before and still be taken for its
// continuation: 10 ms on either channel keep both within one frame of each other. Beyond it the
// time decides, so a clock that drifts by 100 ppm costs one seam in 100 s and no misalignment.
const slack = rate / 100

// place is where a frame of n samples that began at pos goes.
func (t *track) place(pos int64, n int) int64 {
	if d := pos - t.next; d > -slack && d < slack {
		pos = t.next
	}
	t.next = pos + int64(n)
	t.far = max(t.far, t.next)
	return pos
}

// takeBack forgets what is from pos on.
func (t *track) takeBack(pos int64) { t.next, t.far = min(t.next, pos), min(t.far, pos) }

// atRate brings a frame to the recording's rate.
func (t *track) atRate(f media.Frame) []int16 {
	if f.Rate == rate {
		return f.PCM
	}
	if t.fit == nil || t.from != f.Rate {
		r, err := resample.New(f.Rate, rate)
		if err != nil {
			return nil
		}
		t.fit, t.from = r, f.Rate
	}
	return t.fit.Process(nil, f.PCM)
}

// mute begins a stretch without sound at pos, unless one has begun.
func (t *track) mute(pos int64) {
	if n := len(t.mutes); n > 0 && t.mutes[n-1].to == forever {
		return
	}
	t.mutes = append(t.mutes, stretch{pos, forever})
}

// unmute ends it and returns how long it was.
func (t *track) unmute(pos int64) time.Duration {
	n := len(t.mutes)
	if n == 0 || t.mutes[n-1].to != forever {
		return 0
	}
	m := &t.mutes[n-1]
	m.to = max(pos, m.from)
	return span(m.to - m.from)
}

// forget drops stretches that ended before pos.
func (t *track) forget(pos int64) {
	for len(t.mutes) > 0 && t.mutes[0].to <= pos {
		t.mutes = t.mutes[1:]
	}
}

// span is how long n samples play.
func span(n int64) time.Duration { return time.Duration(n) * time.Second / rate }

// sampleAt is the sample that is due at a time since the answer.
func sampleAt(at time.Duration) int64 {
	return int64(max(at, 0)+time.Second/(2*rate)) * rate / int64(time.Second)
}
