package callers

import "time"

// Talker plays a clip over and over and listens to nothing.
type Talker struct {
	Clip  *Clip
	Start int // the frame it begins with, so that callers do not speak in step
	at    int
	begun bool
}

// Say implements Script.
func (t *Talker) Say(*Call, time.Time) (*Clip, int) {
	if !t.begun {
		t.at, t.begun = t.Start, true
	}
	i := t.at % t.Clip.Frames()
	t.at++
	return t.Clip, i
}

// Hear implements Script.
func (t *Talker) Hear(*Call, Packet) {}
