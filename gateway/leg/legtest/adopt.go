package legtest

import (
	"context"
	"errors"

	"decroche/gateway/leg"
)

// Stay implements leg.Adopter.
func (l *Line) Stay() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stays = true
}

// Adopt implements leg.Adopter: what the far end of other says is heard on l from now on.
func (l *Line) Adopt(_ context.Context, other leg.Leg) error {
	o, ok := other.(*Line)
	if !ok {
		return errors.New("legtest: the leg is no line")
	}
	o.mu.Lock()
	voice := o.voice
	o.mu.Unlock()
	_ = o.Hangup(context.Background(), leg.Normal)
	l.mu.Lock()
	if l.gone || l.cause != nil {
		l.mu.Unlock()
		return errors.New("legtest: the line has ended")
	}
	asked, told := l.asked, l.onReplaced
	l.asked, l.voice, l.leaving = nil, voice, false
	l.change()
	l.mu.Unlock()
	if asked != nil {
		asked.tell(200)
	}
	if told != nil {
		told(leg.Info{From: o.info.To, Codec: o.info.Codec})
	}
	return nil
}

// outlived reports whether a hang-up waits for the end of what the far end asked for; mu is held.
func (l *Line) outlived() bool {
	if l.leaving = l.stays && l.asked != nil; l.leaving {
		l.voice = nil
	}
	return l.leaving
}

// settle ends what the far end asked for: one that has hung up meanwhile is gone.
func (l *Line) settle(a *Asked, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if status < 200 || l.asked != a {
		return
	}
	l.asked = nil
	if l.leaving {
		l.gone = true
		l.change()
	}
}
