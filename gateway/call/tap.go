package call

import (
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/media"
)

// Recording is told what a recording of the call has to know; a tap gives it the sound. Its
// methods return at once. Times are counted from the answer, as those of taps are.
type Recording interface {
	Announced(at time.Duration) // the caller has heard that they are recorded
	Pause(at time.Duration)     // what is said and keyed from then on is nobody's business; at may be past
	Resume(at time.Duration)
	Refuse() // the caller does not want it
}

// elapsed is the time since the answer. Conductor only.
func (c *conductor) elapsed() time.Duration { return c.mediaTime(time.Now()) }

// announced tells the recording that the caller has heard of it.
func (c *conductor) announced() {
	if c.recording != nil {
		c.recording.Announced(c.elapsed())
	}
}

// beforeWords is how much earlier than the detector says the first sound of a sensitive turn may be.
const beforeWords = 500 * time.Millisecond

// quiet is told what the mind made of a turn. The recording is silent from the question for a
// sensitive slot to its answer, and while the bot says its value. What the caller told without being
// asked is taken out again; it is called before tell forgets when that was.
func (c *conductor) quiet(out flows.Output) {
	if out.Sensitive {
		c.muffle(true)
		c.takeOut(&c.callerClock, c.untold...)
	}
	says := slices.ContainsFunc(out.Say, func(p flows.Prompt) bool { return strings.Contains(p.Text, flows.Masked) })
	c.hush(out.Sensitive || says || asksSensitive(out))
}

// takeOut takes what was said out of the recording again, from where the first of list began on its
// leg's clock until now, and longer where what follows is nobody's business either.
func (c *conductor) takeOut(clock *earClock, list ...event.Said) {
	if c.recording == nil {
		return
	}
	from := c.elapsed()
	for _, ev := range list {
		if ev.StartMS > 0 {
			from = min(from, time.Duration(ev.StartMS)*time.Millisecond+clock.off-beforeWords)
		}
	}
	c.recording.Pause(max(from, 0))
	if !c.hushed {
		c.recording.Resume(c.elapsed())
	}
}

func asksSensitive(out flows.Output) bool { return out.Next == flows.Listen && out.Expect.Sensitive }

// hush leaves out of the recording what is said and keyed from now on, keeps it from those who
// supervise, and lets both go on again.
func (c *conductor) hush(yes bool) {
	if yes == c.hushed {
		return
	}
	c.muffle(yes)
	if c.recording == nil {
		return
	}
	if yes {
		c.recording.Pause(c.elapsed())
	} else {
		c.recording.Resume(c.elapsed())
	}
}

// muffle keeps what is said from those who supervise, or lets them hear it again.
func (c *conductor) muffle(yes bool) {
	c.hushed = yes
	if c.room != nil {
		c.room.hush(yes)
	}
}

// refuse gives the recording up because the caller asked for that.
func (c *conductor) refuse() {
	if c.recording != nil {
		c.recording.Refuse()
		c.write(event.RecordingDeleted{Why: "refused"})
		c.recording = nil
	}
}

// tap gives f, played at due, to every tap. Any goroutine.
func (c *conductor) tap(dir Direction, due time.Time, f media.Frame) {
	for _, t := range c.s.Taps {
		t(dir, media.Frame{PCM: slices.Clone(f.PCM), Rate: f.Rate, At: c.mediaTime(due), Origin: f.Origin})
	}
}

// earClock puts the frames of one leg on the clock of the answer. A leg counts media time, evenly;
// we see each frame a little later, the more so the busier the machine is. The least delay seen is
// the true distance between the two clocks. The zero earClock is ready.
type earClock struct {
	off time.Duration
	set bool
}

// at is when the first sample of f was heard, since the answer; now is that too.
func (k *earClock) at(f media.Frame, now time.Duration) time.Duration {
	off := now - f.Len() - f.At
	if !k.set || off < k.off || off > k.off+time.Second { // far behind: the leg began to count anew
		k.off, k.set = off, true
	}
	return f.At + k.off
}

// tapHeard gives what a leg heard to every tap. Conductor only.
func (c *conductor) tapHeard(dir Direction, k *earClock, f media.Frame) {
	if len(c.s.Taps) > 0 {
		c.tap(dir, c.answer.Add(k.at(f, c.elapsed())), f)
	}
}

// playout tells the taps when a leg's far end hears what the mouth sends. The pacer holds up to
// 200 ms; what has not left when the sound is held or flushed is taken back, and, once it goes on,
// told again with the time when it really plays.
type playout struct {
	c   *conductor
	dir Direction

	mu     sync.Mutex // the mouth's goroutine sends, the conductor holds
	due    time.Time  // when what was sent so far will have been heard
	ahead  []planned  // what has not left yet, oldest first
	paused bool
}

// planned is a frame that plays at due.
type planned struct {
	due time.Time
	f   media.Frame
}

// send is told of a frame on its way to the leg.
func (p *playout) send(f media.Frame) {
	if len(p.c.s.Taps) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.paused {
		p.left(now)
		if p.due.Before(now) {
			p.due = now
		}
		p.c.tap(p.dir, p.due, f)
	}
	f.PCM = slices.Clone(f.PCM)
	p.ahead = append(p.ahead, planned{p.due, f})
	p.due = p.due.Add(f.Len())
}

// left forgets what has begun to play by now; mu is held.
func (p *playout) left(now time.Time) {
	n := 0
	for n < len(p.ahead) && !p.ahead[n].due.After(now) {
		n++
	}
	p.ahead = slices.Delete(p.ahead, 0, n)
}

// pause is told that the leg holds what has not left.
func (p *playout) pause() {
	if len(p.c.s.Taps) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.paused {
		return
	}
	p.paused = true
	p.left(time.Now())
	p.takeBack()
}

// resume is told that it plays on.
func (p *playout) resume() {
	if len(p.c.s.Taps) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.paused {
		return
	}
	p.paused = false
	at := time.Now()
	for i := range p.ahead {
		p.ahead[i].due = at
		p.c.tap(p.dir, at, p.ahead[i].f)
		at = at.Add(p.ahead[i].f.Len())
	}
	p.due = at
}

// cut is told that the leg was flushed.
func (p *playout) cut() {
	if len(p.c.s.Taps) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.paused {
		p.left(time.Now())
		p.takeBack()
	}
	if len(p.ahead) > 0 {
		p.due = p.ahead[0].due // the frame before it plays to its end
	}
	p.ahead, p.paused = p.ahead[:0], false
}

// takeBack tells the taps that what is ahead will not be heard; mu is held.
func (p *playout) takeBack() {
	if len(p.ahead) > 0 {
		p.c.tap(p.dir, p.ahead[0].due, media.Frame{Rate: p.ahead[0].f.Rate})
	}
}
