package call

import (
	"context"
	"errors"
	"slices"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
)

// mouth is the one goroutine that sends to a leg. The conductor gives it one job at a time; a
// new job cancels the one before and begins when that has ended.
type mouth struct {
	c      *conductor
	leg    leg.Leg
	pauser leg.Pauser // nil when the leg cannot
	player leg.Player // the same
	jobs   chan *job  // room for one
	taps   playout

	// written by the goroutine, read when it has ended
	untold    *job // ended when the call was over already
	untoldEnd jobEnd

	// owned by the conductor
	now    *job // being performed, or being cancelled
	then   *job // begins when now has ended
	paused bool
	early  bool // paused for then, not for now
	absent bool // the far end is away: everything is held
}

// job is something to play: clips one after the other.
type job struct {
	what   string            // "say", "filler", "hold", "briefing", "bridge"; for decisions of the conductor
	next   func(i int) *clip // clip i, nil after the last; called by the mouth's goroutine
	keys   string            // pressed instead of anything played
	ready  *clip             // clip 0 when it was rendered ahead; nil otherwise
	gap    time.Duration     // silence after each clip but the last
	pieces []piece           // one per sentence, filled while playing; the conductor may read them when the job has ended
	first  func(at time.Time)
	began  func(i int, sofar []piece) // clip i begins; on the conductor
	ended  func(r jobEnd)             // on the conductor, exactly once
	ctx    context.Context            // of this job alone; nil until it starts
	cancel func()
	gone   bool // cancelled by the conductor
}

// jobEnd is how a job ended.
type jobEnd struct {
	played time.Duration // what the far end was played of it
	cut    bool          // cancelled before its end
	leg    error         // the leg failed
	err    error         // no clip had any sound
	broken error         // a clip broke off, or was mute while others were not
}

func (c *conductor) newMouth(l leg.Leg, heard Direction) *mouth {
	m := &mouth{c: c, leg: l, jobs: make(chan *job, 1), taps: playout{c: c, dir: heard}}
	m.pauser, _ = l.(leg.Pauser)
	m.player, _ = l.(leg.Player)
	return m
}

// run performs jobs until ctx ends.
func (m *mouth) run(ctx context.Context) {
	for {
		select {
		case j := <-m.jobs:
			end := m.perform(j)
			j.cancel()
			if !m.c.post(func() { m.over(j, end) }) {
				m.untold, m.untoldEnd = j, end
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// play cancels what is being played and plays j next. Conductor only.
func (m *mouth) play(ctx context.Context, j *job) {
	j.ctx, j.cancel = context.WithCancel(ctx)
	if j.ready != nil {
		context.AfterFunc(j.ctx, j.ready.cancel) // also when j never begins
	}
	if m.now == nil {
		m.start(j)
		return
	}
	m.stop()
	m.then = j
}

func (m *mouth) start(j *job) {
	m.now = j
	m.held()    // what was cancelled before took the hold with it
	m.jobs <- j // has room: the one before has ended
}

// stop cancels what is being played and what was to follow. Their ended functions still run.
func (m *mouth) stop() {
	if j := m.then; j != nil {
		m.then = nil
		j.cancel()
		j.ended(jobEnd{cut: true})
	}
	if m.now != nil {
		m.now.gone = true
		m.now.cancel()
	}
}

// idle reports whether nothing is being played or about to be.
func (m *mouth) idle() bool { return m.then == nil && (m.now == nil || m.now.gone) }

// playing returns the job that is heard now and was not cancelled, or nil.
func (m *mouth) playing() *job {
	if m.now == nil || m.now.gone {
		return nil
	}
	return m.now
}

// pause holds the sound where it is; false when the leg cannot. Conductor only, as is resume.
func (m *mouth) pause() bool {
	if m.pauser == nil {
		return false
	}
	m.pauser.Pause()
	m.taps.pause()
	m.paused, m.early = true, m.then != nil
	return true
}

func (m *mouth) resume() {
	if m.paused {
		m.paused = false
		if m.absent {
			return
		}
		m.taps.resume()
		m.pauser.Resume()
	}
}

// over is told that j has ended.
func (m *mouth) over(j *job, end jobEnd) {
	m.now = nil
	if m.then == nil || !m.early {
		m.resume()
	}
	m.early = false
	if next := m.then; next != nil {
		m.then = nil
		m.start(next)
	}
	j.ended(end)
}

// perform plays j to its last sample or to its cancellation.
func (m *mouth) perform(j *job) (end jobEnd) {
	p := performance{m: m, j: j, fit: fitter{to: m.leg.Info().Rate}}
	err := p.all()
	if err == nil {
		err = m.leg.Drain(j.ctx)
	}
	if err != nil {
		end.played = m.leg.Flush()
		m.taps.cut()
	} else {
		for _, pc := range j.pieces {
			end.played += pc.sent + gap
		}
	}
	end.broken = p.broken
	if end.cut = j.ctx.Err() != nil; !end.cut {
		end.leg = err
		if err == nil && p.sounds == 0 {
			end.err = p.broken
		}
	}
	return end
}

// performance is one job being played.
type performance struct {
	m      *mouth
	j      *job
	fit    fitter
	sounds int // clips that gave sound
	broken error
}

func (p *performance) all() error {
	if p.j.keys != "" {
		return p.m.leg.(leg.Presser).SendDigits(p.j.ctx, p.j.keys)
	}
	cur := p.j.next(0)
	for i := 0; cur != nil; i++ {
		following := p.j.next(i + 1) // is rendered while this one plays
		err := p.clip(i, cur)
		if err == nil && following != nil && p.j.gap > 0 {
			err = p.silence(p.j.gap)
		}
		cur.cancel()
		if err != nil {
			if following != nil {
				following.cancel()
			}
			return err
		}
		cur = following
	}
	return nil
}

// clip plays one clip; nil also when the clip broke off: the next may be better.
func (p *performance) clip(i int, c *clip) error {
	if c.coded != nil {
		return p.whole(i, c.coded)
	}
	for first := true; ; first = false {
		f, more, err := c.next(p.j.ctx)
		if err != nil {
			return err
		}
		if !more {
			p.finished(i, c, first)
			return nil
		}
		if err := p.send(f); err != nil {
			return err
		}
		if first {
			p.sounds++
			p.announce(i, time.Now())
		}
		if i < len(p.j.pieces) {
			p.j.pieces[i].sent += f.Len()
			p.j.pieces[i].origin = max(p.j.pieces[i].origin, f.Origin)
			if d, ok := c.known(); ok {
				p.j.pieces[i].length = d
			}
		}
	}
}

// whole hands the leg a clip that is ready for it, and does not wait for its end: whatever is sent
// next does.
func (p *performance) whole(i int, k *media.Clip) error {
	if err := p.m.player.Play(p.j.ctx, k); err != nil {
		return err
	}
	p.sounds++
	if i < len(p.j.pieces) {
		pc := &p.j.pieces[i]
		pc.sent, pc.length, pc.origin, pc.whole = k.Len(), k.Len(), k.Origin, true
	}
	p.announce(i, time.Now())
	return nil
}

func (p *performance) finished(i int, c *clip, silent bool) {
	if err := c.failure(); err != nil && p.j.ctx.Err() == nil {
		p.broken = errors.Join(p.broken, err)
	}
	if i < len(p.j.pieces) {
		p.j.pieces[i].whole = !silent
	}
}

// announce tells the conductor that clip i is being heard.
func (p *performance) announce(i int, at time.Time) {
	j := p.j
	if i == 0 && j.first != nil {
		p.m.c.post(func() { j.first(at) })
	}
	if j.began != nil {
		sofar := slices.Clone(j.pieces) // the conductor must not look at what we are filling
		p.m.c.post(func() { j.began(i, sofar) })
	}
}

func (p *performance) silence(d time.Duration) error {
	rate := p.m.leg.Info().Rate
	for ; d > 0; d -= media.FrameTime {
		if err := p.send(media.Frame{PCM: make([]int16, rate/50), Rate: rate}); err != nil {
			return err
		}
	}
	return nil
}

func (p *performance) send(f media.Frame) error {
	f, err := p.fit.fit(f)
	if err != nil {
		return err
	}
	p.m.taps.send(f)
	return p.m.leg.Send(p.j.ctx, f)
}
