package terminal

import (
	"log/slog"
	"time"
)

// tally is what was lost on our side, as it stood at a moment.
type tally struct {
	at     time.Time
	missed int   // frames that the device had to do without us, or we without it
	unread int64 // frames that nobody listened to for phrases
}

func (t *Terminal) tallied() tally {
	now := tally{at: time.Now(), missed: t.o.Device.Missed()}
	if t.ears != nil {
		now.unread = t.ears.Dropped.Load()
	}
	return now
}

// Counted is a Call that can tell what became of its packets.
type Counted interface{ Counts() []slog.Attr }

// sum logs what a call was like, once, at its end. What was lost is said in figures, so that "it
// crackles" can be told from "the network is bad".
func (t *Terminal) sum(c Call) {
	now := t.tallied()
	why := "hung up here"
	if err := c.Cause(); err != nil {
		why = err.Error()
	}
	attrs := []slog.Attr{slog.String("why", why), slog.Duration("lasted", now.at.Sub(t.began.at).Round(time.Millisecond)),
		slog.Int("device_missed", now.missed-t.began.missed), slog.Int64("phrases_unheard", now.unread-t.began.unread)}
	if k, ok := c.(Counted); ok {
		attrs = append(attrs, k.Counts()...)
	}
	t.log.LogAttrs(t.ctx, slog.LevelInfo, "the call is over", attrs...)
}
