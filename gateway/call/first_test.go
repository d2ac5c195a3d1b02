package call

import (
	"context"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/media"
)

// firstSound is a script that notes how much silence its first session was given before sound.
type firstSound struct {
	*asrtest.Script
	before time.Duration
}

func (f *firstSound) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	s, err := f.Script.Open(ctx, opt)
	if err != nil {
		return nil, err
	}
	return &noting{Session: s, of: f}, nil
}

type noting struct {
	asr.Session
	of    *firstSound
	sound bool
}

func (n *noting) Write(f media.Frame) error {
	for _, v := range f.PCM {
		n.sound = n.sound || v > 100 || v < -100
	}
	if !n.sound {
		n.of.before += f.Len()
	}
	return n.Session.Write(f)
}
