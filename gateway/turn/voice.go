package turn

import "time"

// voice is what is surely the caller's own: sounds with a pitch that are about as loud as those before.
// Voice detection takes what stands above the floor of the noise, so traffic that swells while
// somebody speaks is speech to it for 300 ms more, and somebody's voice in a crowd for as long as it
// lasts.
type voice struct {
	until time.Duration // media time of the end of the last such sound; 0 before the first of the turn
	level float64       // of such sounds, a running mean, dBFS
}

// faint is how much quieter than the caller's vowels a vowel is somebody else's: the last syllable of
// a number is 5 to 10 dB below the loudest. Whoever goes on that faintly is the caller after all, away
// from the telephone or behind a bang: fading is how much less is asked for after each frame, 5 dB in
// a second.
const (
	faint  = 12.0 // dB
	fading = 0.1  // dB
)

// push takes one frame of speech that ends at media time at.
func (v *voice) push(at time.Duration, s Sound) {
	switch {
	case s.Pitch == 0:
	case v.until > 0 && s.Level < v.level-faint:
		v.level -= fading
	default:
		v.until, v.level = at, follow(v.level, s.Level)
	}
}

// Behind the caller's last vowel there may be consonants: those of "six" until its word has come,
// and once all of the answer has come only as much as voice detection hears behind any end.
const (
	doubtful = 160 * time.Millisecond
	hanging  = 60 * time.Millisecond
)

// told reports whether all that is expected has come: nothing can follow.
func (d *Detector) told() bool { return d.words.Want > 0 && d.words.Fill == Complete }

// spoke is the end of what the caller said, where nothing can follow: a sound that is doubtful,
// and lasts, is noise.
func (d *Detector) spoke() time.Duration {
	end := min(d.lastOn, d.sure+doubtful)
	switch {
	case d.voice.until == 0: // nobody tells pitches
	case d.told():
		end = min(end, d.voice.until+hanging)
	default:
		end = min(end, d.voice.until+doubtful)
	}
	return end
}
