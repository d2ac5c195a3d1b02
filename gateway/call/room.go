package call

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/media/mix"
)

// room is where the sound of a supervised call meets: who is in the call is fed into it, each
// supervisor gets what their role lets them hear. There is none while nobody supervises, but for the
// second in which the caller is told who answers while both hear each other already. Its goroutine
// mixes each 20 ms and waits for nobody. Caller and agent hear each other past it, and through it only
// while somebody speaks in between: a listener changes nothing about what they hear.
type room struct {
	c    *conductor
	mix  *mix.Room
	stop context.CancelFunc

	// fed from any goroutine; the fields belong to the conductor
	caller, bot *mix.Party
	agent       *mix.Party // nil unless a person speaks with the caller

	mu       sync.Mutex // guards what the mixing goroutine shares with the conductor
	outs     []hearer
	toCaller hearer // of a bridge that goes through here; no clip otherwise
	toAgent  hearer
	line     *clip // said by the bot meanwhile; nil when nothing is
	lineOver func()
	onPause  func()      // waits for a pause in what the bot says
	spoke    atomic.Bool // the bot made a sound since the last frame
	fit      fitter
}

// hearer is somebody who is given what a party hears.
type hearer struct {
	party *mix.Party
	clip  *clip
	rate  int
}

func (h hearer) give() {
	if h.clip != nil {
		h.clip.feed(media.Frame{PCM: append([]int16(nil), h.party.Heard()...), Rate: h.rate})
	}
}

// maxRoomRate bounds what is mixed: wideband is what telephones have at most.
const maxRoomRate = 16000

// openRoom makes the room of the call; rate is that of the first who listens.
func (c *conductor) openRoom(rate int) error {
	over, ok := c.s.Leg.(leg.Overhearer)
	if !ok {
		return refuse(WhyCannotHear)
	}
	theirs := c.s.Leg.Info().Rate
	m, err := mix.NewRoom(min(max(theirs, rate), maxRoomRate))
	if err != nil {
		return err
	}
	r := &room{c: c, mix: m, fit: fitter{to: theirs}}
	if r.caller, err = m.Join(mix.Caller, theirs); err != nil {
		return err
	}
	if r.bot, err = m.Join(mix.Bot, theirs); err != nil {
		return err
	}
	c.room = r
	ctx, stop := context.WithCancel(c.ctx)
	r.stop = func() {
		over.Overhear(nil)
		stop()
	}
	if p, ok := c.s.Leg.(leg.Sparer); ok {
		p.Sparse(false)
	}
	r.hush(c.hushed)
	if c.handoff != nil && c.handoff.talking() {
		c.handoff.at.enterRoom()
	} else {
		over.Overhear(r.overheard)
	}
	c.spawn(func() { r.run(ctx) })
	return nil
}

// closeRoom ends it when nobody supervises any more, and no name is being said.
func (c *conductor) closeRoom() {
	if c.room == nil || len(c.supervisors) > 0 || c.under != nil {
		return
	}
	c.room.stop()
	c.room, c.through = nil, false
	if p, ok := c.s.Leg.(leg.Sparer); ok && len(c.s.Taps) == 0 {
		p.Sparse(true)
	}
}

// hush lets those who listen hear nothing of what is sensitive, as a recording keeps nothing of it.
func (r *room) hush(yes bool) {
	gain := float32(1)
	if yes {
		gain = 0
	}
	r.caller.Gain(gain)
	r.bot.Gain(gain)
}

// run mixes until ctx ends, against a running deadline.
func (r *room) run(ctx context.Context) {
	due := time.Now()
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-next.C:
		case <-ctx.Done():
			return
		}
		if over := r.tick(); over != nil {
			r.c.post(over)
		}
		if due = due.Add(media.FrameTime); time.Since(due) > 5*media.FrameTime {
			due = time.Now() // what was missed is missed
		}
		next.Reset(time.Until(due))
	}
}

// pauses runs f on the conductor when the bot makes its next pause.
func (r *room) pauses(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onPause = f
}

// betweenWords is the level, in dBFS, below which a frame of a voice is a pause.
const betweenWords = -45

// overheard takes what leaves for the caller.
func (r *room) overheard(pcm []int16) {
	r.bot.Feed(pcm)
	if turn.Level(pcm) > betweenWords {
		r.spoke.Store(true)
	}
}

// tick mixes 20 ms. It returns what to tell the conductor: that the bot has paused, or the line ended.
func (r *room) tick() (over func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if spoke := r.spoke.Swap(false); !spoke && r.onPause != nil {
		over, r.onPause = r.onPause, nil
	}
	if r.line != nil {
		switch f, there, whole := r.line.poll(); {
		case there:
			if f, err := r.fit.fit(f); err == nil {
				r.bot.Feed(f.PCM)
			}
		case whole:
			over, r.line, r.lineOver = r.lineOver, nil, nil
		}
	}
	r.mix.Mix()
	for _, h := range r.outs {
		h.give()
	}
	r.toCaller.give()
	r.toAgent.give()
	return over
}

// add begins to give h what its party hears.
func (r *room) add(h hearer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outs = append(r.outs, h)
}

// remove ends it.
func (r *room) remove(c *clip) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, h := range r.outs {
		if h.clip == c {
			r.outs = append(r.outs[:i:i], r.outs[i+1:]...)
			return
		}
	}
}

// say lets the bot say cl to the caller while somebody else has the call; over runs on the conductor
// afterwards.
func (r *room) say(cl *clip, over func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line, r.lineOver, r.onPause = cl, over, nil
}

// speaks reports whether the bot says something here.
func (r *room) speaks() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.line != nil
}

// plumb decides which way the sound of caller and agent goes: past the room, or through it while
// somebody in it is heard by one of them.
func (c *conductor) plumb() {
	r := c.room
	if r == nil {
		c.through = false
		return
	}
	h := c.handoff
	bridged := h != nil && h.talking()
	c.through = bridged && r.agent != nil && r.speaks()
	for _, v := range c.supervisors {
		c.through = c.through || bridged && r.agent != nil && v.role != Listener && v.at == nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.toCaller, r.toAgent = hearer{}, hearer{}
	if c.through {
		r.toCaller = hearer{r.caller, h.at.toCaller, c.s.Leg.Info().Rate}
		r.toAgent = hearer{r.agent, h.at.toAgent, h.at.leg.Info().Rate}
	}
}

// enterRoom puts whoever has been joined with the caller into the room; the bot has left the talk.
func (at *attempt) enterRoom() {
	r := at.h.c.room
	if r == nil {
		return
	}
	at.h.c.s.Leg.(leg.Overhearer).Overhear(nil)
	if v := at.v; v != nil {
		_ = v.party.Become(mix.Agent)
		r.agent = v.party
	} else if p, err := r.mix.Join(mix.Agent, at.leg.Info().Rate); err == nil {
		r.agent = p
	} else {
		at.h.c.trouble("supervision", err, "those who listen do not hear the agent")
	}
	at.h.c.plumb()
}

// leaveRoom takes them out of it: the bot speaks with the caller again, and whoever whispered to the
// agent or spoke between the two only listens.
func (at *attempt) leaveRoom() {
	c := at.h.c
	r := c.room
	if r == nil || at.stage != joined {
		return
	}
	if r.agent != nil && at.v == nil {
		r.agent.Leave()
	}
	r.agent = nil
	r.mu.Lock()
	r.line, r.lineOver = nil, nil
	r.mu.Unlock()
	at.helloOver()
	if c.room == nil { // nobody else needed it
		return
	}
	for _, v := range c.supervisors {
		if v.role != Listener && v.at == nil {
			c.become(v, Listener, "no agent any more")
		}
	}
	c.plumb()
	c.s.Leg.(leg.Overhearer).Overhear(r.overheard)
}

// poll is next without waiting: whole says that no more frames come.
func (c *clip) poll() (f media.Frame, there, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.frames) == 0 {
		return f, false, c.whole
	}
	f = c.frames[0]
	c.frames[0] = media.Frame{}
	if c.frames = c.frames[1:]; len(c.frames) == 0 {
		c.frames = nil
	}
	poke(c.less)
	return f, true, false
}
