package call

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"decroche/gateway/agents"
	"decroche/media"
	"decroche/media/tone"
)

// The caller waits in a queue: they hear where they stand when they have come, and again when it has
// got better, never more often than the queue says, and never that it has got worse (a VIP may pass
// them). What a queue is and who is next is the Router's; this is only what is said of it.

// queued is what the caller was told of their place.
type queued struct {
	mu      sync.Mutex // guards all below: sentences are chosen by the mouth
	told    bool
	before  int           // said last
	at      time.Time     // of the last sentence
	spoke   bool          // the last step was one
	patient int           // how often they were told to be
	music   *Music        // of the queue; nil: a tone
	played  time.Duration // of it
}

// waitingLines is what is said at each step of a hold, "" for the tone. A step is asked for twice, and
// one ahead of what plays; any goroutine may ask.
func (h *handoff) waitingLines() func(i int) string {
	q, lines, conv := &h.q, linesFor(h.c.lang), h.c.s.Conv
	placer, _ := h.c.s.Desk.(agents.Placer)
	music := h.c.s.Music
	var said []string // guarded by q.mu
	return func(i int) string {
		q.mu.Lock()
		defer q.mu.Unlock()
		for len(said) <= i {
			var p agents.Place
			waits := false
			if placer != nil {
				p, waits = placer.Place(conv)
			}
			if waits && music != nil {
				q.music = music(p.Music)
			}
			said = append(said, q.line(len(said), p, waits, &lines))
		}
		return said[i]
	}
}

// between is what plays where no sentence is said; any goroutine may ask.
func (h *handoff) between(rate int) media.Source {
	h.q.mu.Lock()
	defer h.q.mu.Unlock()
	every := h.c.cfg.HoldEvery
	if h.q.music == nil {
		return tone.Source(tone.Hold(), rate, every)
	}
	h.q.played += every
	return h.q.music.source(h.q.played-every, every)
}

// line needs q.mu: what is said at step i to who waits at p. Between two sentences there is the tone.
func (q *queued) line(i int, p agents.Place, waits bool, l *lines) string {
	pause := q.spoke || i == 0
	q.spoke = false
	say := func(s string) string { q.spoke, q.at = true, time.Now(); return s }
	switch {
	case waits && !q.told, waits && !pause && p.Position && p.Before < q.before && time.Since(q.at) >= p.Every:
		q.told, q.before = true, p.Before
		return say(l.placeLine(p))
	case pause || waits && time.Since(q.at) < p.Every:
		return ""
	case waits:
		q.patient++
		return say(l.queueing[min(q.patient, len(l.queueing))-1])
	}
	return say(l.holding[min(i/2, len(l.holding)-1)])
}

// placeLine tells where somebody stands.
func (l *lines) placeLine(p agents.Place) string {
	how := ""
	if p.TellsEstimate && p.Estimate > 0 {
		how = l.about(p.Estimate)
	}
	switch {
	case !p.Position && how == "":
		return l.allBusy
	case !p.Position:
		return fmt.Sprintf(l.allBusyFor, how)
	case p.Before == 0 && how == "":
		return l.youAreNext
	case p.Before == 0:
		return fmt.Sprintf(l.youAreNextFor, how)
	}
	ahead := l.oneAhead
	if p.Before > 1 {
		ahead = fmt.Sprintf(l.manyAhead, p.Before)
	}
	if how == "" {
		return ahead + "."
	}
	return ahead + ", " + how + "."
}

// about is a wait as it is said: in whole minutes, rounded up, and not beyond a quarter of an hour.
func (l *lines) about(d time.Duration) string {
	switch n := int((d + time.Minute - 1) / time.Minute); {
	case d < 45*time.Second:
		return l.underMinute
	case n == 1:
		return l.oneMinute
	case n <= 15:
		return fmt.Sprintf(l.someMinutes, n)
	}
	return l.overQuarter
}

// left is told that the queue has let the caller go without an agent. h.instead is what the queue
// proposes then (agents.ToCallback, ToMessage, ToBot, "" nothing); the flow is told (Input.Instead).
func (h *handoff) left(err error) (agents.Outcome, bool) {
	l, ok := errors.AsType[*agents.Left](err)
	if !ok {
		return "", false
	}
	h.instead, h.opens = l.To, l.Opens
	if l.Outcome == agents.Nobody {
		return h.orLast(agents.Nobody), true
	}
	return l.Outcome, true
}
