package espeak

import "time"

// Trimming: what is quieter than this is silence, and this much of it stays at either end.
const (
	quiet = 60 // of 32768, about -55 dB: below espeak-ng's softest consonants
	keep  = 40 * time.Millisecond
)

// trimmer takes the silence off both ends of a stream, but for keep, and passes silence inside
// it on unchanged. It holds back only silent samples, so it adds no delay to speech.
type trimmer struct {
	keep    int // samples
	begun   bool
	pending []int16 // silence that may turn out to be the end
}

// push appends to dst what of src is certain to be inside the speech.
func (t *trimmer) push(dst, src []int16) []int16 {
	last := -1
	for i, s := range src {
		if s > quiet || s < -quiet {
			last = i
			break
		}
	}
	if last < 0 { // all silent
		t.pending = append(t.pending, src...)
		if !t.begun {
			t.shorten()
		}
		return dst
	}
	for i := len(src) - 1; i > last; i-- {
		if src[i] > quiet || src[i] < -quiet {
			last = i
			break
		}
	}
	t.pending = append(t.pending, src[:last+1]...)
	if !t.begun {
		t.begun = true
		t.cutHead(src[:last+1])
	}
	dst = append(dst, t.pending...)
	t.pending = append(t.pending[:0], src[last+1:]...)
	return dst
}

// cutHead leaves keep samples of silence before the first loud sample of speech, the tail of pending.
func (t *trimmer) cutHead(speech []int16) {
	first := 0
	for first < len(speech) && speech[first] <= quiet && speech[first] >= -quiet {
		first++
	}
	head := len(t.pending) - len(speech) + first
	if drop := head - t.keep; drop > 0 {
		t.pending = t.pending[drop:]
	}
}

func (t *trimmer) shorten() {
	if drop := len(t.pending) - t.keep; drop > 0 {
		t.pending = append(t.pending[:0], t.pending[drop:]...)
	}
}

// end returns what is left: at most keep of trailing silence, nothing when there was no speech.
func (t *trimmer) end(dst []int16) []int16 {
	if !t.begun {
		return dst
	}
	return append(dst, t.pending[:min(len(t.pending), t.keep)]...)
}
