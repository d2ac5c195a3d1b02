package call

import (
	"strings"
	"time"
	"unicode/utf8"

	"decroche/media"
)

// gap is the pause between two sentences: synthesisers' own silence is trimmed away.
const gap = 180 * time.Millisecond

// speaking is how long a letter takes on average, for sentences whose sound is not complete yet
// when somebody interrupts: 160 words a minute of five letters and a space.
const speaking = 62 * time.Millisecond

// estimate is how long text takes to say, when nothing better is known.
func estimate(text string) time.Duration {
	return time.Duration(utf8.RuneCountInString(text)) * speaking
}

// heardOf returns the words of text that were heard when the fraction f of its playing time has
// passed. A word counts by its letters and the space before it, and as heard when more than half
// of it was.
func heardOf(text string, f float64) string {
	words := strings.Fields(text)
	if f >= 1 || len(words) == 0 {
		return text
	}
	total := 0
	for _, w := range words {
		total += utf8.RuneCountInString(w) + 1
	}
	sum := 0.0
	for i, w := range words {
		n := float64(utf8.RuneCountInString(w) + 1)
		if (sum+n/2)/float64(total) > f {
			return strings.Join(words[:i], " ")
		}
		sum += n
	}
	return strings.Join(words, " ")
}

// piece is one sentence of a prompt, as far as it was sent.
type piece struct {
	prompt int           // index into the job's prompts
	text   string        // what was to be spoken
	sent   time.Duration // speech that went to the leg
	whole  bool          // all of the speech went to the leg
	length time.Duration // of the whole speech when it is known, else 0
	origin media.Origin  // how the speech was made
}

// share returns, for each of n prompts, which fraction of it had been played when the far end
// had listened for played.
func share(pieces []piece, n int, played time.Duration) []float64 {
	length, heard := make([]time.Duration, n), make([]time.Duration, n)
	left := played
	for _, p := range pieces {
		d := p.length
		if d == 0 {
			d = max(p.sent, estimate(p.text))
		}
		if p.whole {
			d = p.sent
		}
		length[p.prompt] += d
		part := min(left, d)
		heard[p.prompt] += part
		left -= part
		left -= min(left, gap)
	}
	out := make([]float64, n)
	for i := range out {
		if length[i] > 0 && heard[i] > 0 {
			// half a frame is what the pacer's rounding may hide
			out[i] = min(1, float64(heard[i]+10*time.Millisecond)/float64(length[i]))
		}
	}
	return out
}
