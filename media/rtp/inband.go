package rtp

import (
	"time"

	"decroche/media"
	"decroche/media/dtmf"
)

// inband finds keys in the sound of a far end that sends no events, and takes the tones out of
// what the others hear. It belongs to who calls Next.
type inband struct {
	d     *dtmf.Detector // nil until it is needed
	rate  int
	once  dtmf.Once
	clock time.Duration // media time of the newest frame
	frame media.Frame   // waits behind the key that was found in it
	waits bool
}

// kept returns the frame that waited behind a key.
func (b *inband) kept() (media.Frame, bool) {
	waits := b.waits
	b.waits = false
	return b.frame, waits
}

// hear looks for a key in f, when it should, and silences f while one is down. A key that it
// returns comes before f, which waits.
func (b *inband) hear(f *media.Frame, look bool) (key byte) {
	b.clock = f.At
	if !look {
		return 0
	}
	if b.d == nil || b.rate != f.Rate {
		d, err := dtmf.NewDetector(f.Rate)
		if err != nil {
			return 0
		}
		b.d, b.rate = d, f.Rate
	}
	key, down := b.d.Push(f.PCM)
	if down || key != 0 {
		clear(f.PCM)
	}
	if key == 0 || !b.once.New(key, dtmf.ByTone, b.clock) {
		return 0
	}
	b.frame, b.waits = *f, true
	return key
}
