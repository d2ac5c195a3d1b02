package legtest

import (
	"context"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/codec/g711"
)

// Player is a Line that plays coded prompts as well: it implements leg.Player, in A-law.
type Player struct{ *Line }

var _ leg.Player = Player{}

// Codec implements leg.Player.
func (Player) Codec() string { return "PCMA" }

// Play implements leg.Player: the frames of the clip are in Played like those of Send.
func (p Player) Play(ctx context.Context, c *media.Clip) error {
	l := p.Line
	return l.wait(ctx, func(now time.Time) (bool, time.Duration) {
		if over := l.backlog(now) + media.FrameTime - Limit; over > 0 {
			return false, over
		}
		for i := range c.Frames() {
			pcm := make([]int16, len(c.Frame(i)))
			g711.DecodeA(pcm, c.Frame(i))
			l.queue, l.arrived = append(l.queue, media.Frame{PCM: pcm, Rate: l.info.Rate, Origin: c.Origin}), append(l.arrived, now)
		}
		l.clips++
		l.advance(now)
		return true, 0
	})
}

// Clips is how many clips Play has taken.
func (p Player) Clips() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clips
}
