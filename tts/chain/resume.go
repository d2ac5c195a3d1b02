package chain

import "unicode"

// lookMS is how far behind the estimated place a pause is looked for: a short word's length.
const lookMS = 160

// quiet is the mean level, of 32767, below which 10 ms count as a pause between words.
const quiet = 150

// rest is what the listener does not have yet of the sound made so far. It begins in the first
// pause behind the estimated place, so that no word begins in its midst, or exactly there when
// the voice makes no pause.
func (t *take) rest(rate int) []int16 {
	t.skipped = true
	pcm := t.ahead
	t.ahead = nil
	if t.skip >= len(pcm) {
		return nil
	}
	w := rate / 100
	for at := t.skip; at+w <= len(pcm) && at < t.skip+rate*lookMS/1000; at += w {
		sum := 0
		for _, v := range pcm[at : at+w] {
			sum += max(int(v), -int(v))
		}
		if sum < quiet*w {
			return pcm[at:]
		}
	}
	return pcm[t.skip:]
}

// speakable tells whether a text has anything that makes sound.
func speakable(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}
