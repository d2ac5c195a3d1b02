package rtc

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/rtp"
)

// Ways in which a browser came back.
const (
	returnedItself  = "by_itself"
	returnedRestart = "restart"
	returnedAgain   = "again"
)

// errNever means that a browser took our answer and never connected.
var errNever = errors.New("rtc: the browser never connected")

// A line is one caller's leg. It implements leg.Leg, leg.Pauser, leg.Feeder, leg.Sparer, leg.Player,
// leg.Absenter, leg.Confirmer and SendDigits, and is the owner of its peers.
type line struct {
	// constant after it was made
	s        *Server
	name     string // who is parked on it; "" for a caller
	info     leg.Info
	made     time.Time
	ctx      context.Context
	cancel   context.CancelCauseFunc
	media    *rtp.Session
	ssrc     uint32
	accepted chan struct{} // closed when somebody answers it
	up       chan struct{} // closed when sound can flow for the first time

	out atomic.Pointer[peer] // what packets leave by

	used atomic.Bool // somebody listens: a caller's line always, a parked one during a call
	ears sync.Mutex  // of a parked line: who takes what it hears

	id string // names it to the browser, who may end the call with it; guarded by s.mu

	// guarded by mu
	mu      sync.Mutex
	peer    *peer  // the newest; out is another one until it has joined
	offer   *offer // that it was answered for
	version int    // of our answers; also the ETag
	waiting *time.Timer
	lostAt  time.Time
	coming  string // how the newest peer came
	answers bool   // accepted is closed
	joinedB bool   // up is closed
	over    bool
	desk    *desk      // the call on a parked line
	away    func(bool) // told that the browser is gone and back; nil for nobody
	why     leg.Cause  // of a refusal
}

// Info implements leg.Leg.
func (l *line) Info() leg.Info { return l.info }

// Answer implements leg.Leg: the browser gets our answer, and Answer returns when it has connected, so
// that nothing is said before it can be heard.
func (l *line) Answer(ctx context.Context) error {
	l.mu.Lock()
	if !l.answers && !l.over {
		l.answers = true
		close(l.accepted)
	}
	l.mu.Unlock()
	select {
	case <-l.up:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
}

// Receive implements leg.Leg.
func (l *line) Receive(ctx context.Context) (leg.Heard, error) {
	h, err := l.media.Receive(ctx)
	return leg.Heard{Frame: h.Frame, Digit: h.Digit}, err
}

// Feed implements leg.Feeder.
func (l *line) Feed(to leg.Sink) {
	l.media.Feed(func(h rtp.Heard) { to.Hear(leg.Heard{Frame: h.Frame, Digit: h.Digit}) }, to.Gone)
}

// Away implements leg.Absenter.
func (l *line) Away(to func(gone bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = to
}

// Overhear implements leg.Overhearer.
func (l *line) Overhear(to func(pcm []int16)) { l.media.Overhear(to) }

// Sparse implements leg.Sparer.
func (l *line) Sparse(yes bool) { l.media.Sparse(yes) }

// Codec implements leg.Player.
func (l *line) Codec() string { return l.media.Codec() }

// Play implements leg.Player.
func (l *line) Play(ctx context.Context, c *media.Clip) error {
	return l.mediaError(l.media.Play(ctx, c))
}

// Send implements leg.Leg.
func (l *line) Send(ctx context.Context, f media.Frame) error {
	return l.mediaError(l.media.Send(ctx, f))
}

// SendDigits presses keys as RFC 4733 events and waits until the last has left.
func (l *line) SendDigits(ctx context.Context, digits string) error {
	return l.mediaError(l.media.SendDigits(ctx, digits))
}

// Drain implements leg.Leg.
func (l *line) Drain(ctx context.Context) error { return l.mediaError(l.media.Drain(ctx)) }

// Flush implements leg.Leg.
func (l *line) Flush() time.Duration { return l.media.Flush() }

// Pause implements leg.Pauser.
func (l *line) Pause() { l.media.Pause() }

// Resume implements leg.Pauser.
func (l *line) Resume() { l.media.Resume() }

// Confirmed implements leg.Confirmer: the browser has connected, and sound came from it.
func (l *line) Confirmed() bool {
	select {
	case <-l.up:
		return l.media.Reception().Packets > 0
	default:
		return false
	}
}

// Reception is what the browser's stream looked like so far.
func (l *line) Reception() rtp.Reception { return l.media.Reception() }

// mediaError says why a line is gone rather than that its media are.
func (l *line) mediaError(err error) error {
	if errors.Is(err, rtp.ErrClosed) {
		if cause := context.Cause(l.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
			return cause
		}
		return io.ErrClosedPipe
	}
	return err
}

// Hangup implements leg.Leg: before Answer the offer is refused with why, later the connection closes.
func (l *line) Hangup(_ context.Context, why leg.Cause) error {
	l.mu.Lock()
	refused := !l.answers
	if refused && !l.over {
		l.why = why
	}
	l.mu.Unlock()
	if refused {
		l.end(context.Canceled, endedRefused)
	} else {
		l.end(context.Canceled, endedUs)
	}
	return nil
}

// end ends the line, once: the leg, its media, the connection.
func (l *line) end(cause error, label string) {
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		return
	}
	l.over = true
	p := l.peer
	if l.waiting != nil {
		l.waiting.Stop()
	}
	l.mu.Unlock()
	l.s.forget(l)
	l.cancel(cause)
	l.media.Close() // its BYE leaves by the peer
	if old := l.out.Swap(nil); old != nil && old != p {
		old.close()
	}
	if p != nil {
		p.close()
	}
	l.s.metrics.ended.WithLabelValues(label).Inc()
	l.s.log.Info("browser line ended", "call", l.info.ID, "cause", label)
}

// wire is the line as its media session sees it.
type wire struct{ l *line }

// Send implements rtp.Wire.
func (w wire) Send(packet []byte) error {
	if p := w.l.out.Load(); p != nil {
		return p.send(packet)
	}
	return nil
}

// came implements owner.
func (l *line) came(p *peer, packet []byte, at time.Time) {
	if l.out.Load() == p && l.used.Load() {
		l.media.Put(packet, at)
	}
}

// joined implements owner: sound flows by p from now on, and what was before it goes.
func (l *line) joined(p *peer) {
	l.mu.Lock()
	if l.over || p != l.peer {
		l.mu.Unlock()
		return
	}
	if l.waiting != nil {
		l.waiting.Stop()
		l.waiting = nil
	}
	first, how := !l.joinedB, l.coming
	l.joinedB, l.coming = true, returnedItself
	params := l.params()
	lostAt := l.lostAt
	l.lostAt = time.Time{}
	if !lostAt.IsZero() && l.away != nil {
		l.away(false)
	}
	l.mu.Unlock()
	old := l.out.Swap(p)
	l.media.Set(params)
	if old != nil && old != p {
		old.close()
	}
	if first {
		l.s.metrics.connect.Observe(time.Since(l.made).Seconds())
		close(l.up)
		l.s.log.Info("browser connected", "call", l.info.ID, "codec", params.Codec, "after", time.Since(l.made).Round(time.Millisecond))
		return
	}
	l.s.metrics.returns.WithLabelValues(how).Inc()
	if !lostAt.IsZero() {
		l.s.metrics.away.Observe(time.Since(lostAt).Seconds())
	}
	l.s.log.Info("browser came back", "call", l.info.ID, "how", how)
}

// lost implements owner: the leg goes on, its caller is silent, and after reconnect_for it ends.
func (l *line) lost(p *peer, why error) {
	l.mu.Lock()
	if l.over || p != l.peer {
		l.mu.Unlock()
		return
	}
	cause, label, wait := error(leg.ErrMediaTimeout), endedLost, l.s.cfg.ReconnectFor
	if !l.joinedB {
		cause, label, wait = errNever, endedNever, 0
	}
	if l.waiting == nil {
		l.lostAt = time.Now()
		l.waiting = time.AfterFunc(wait, func() { l.end(cause, label) })
		if l.joinedB && l.away != nil {
			l.away(true)
		}
	}
	l.mu.Unlock()
	l.s.log.Info("browser lost; its call waits", "call", l.info.ID, "for", wait, "error", why)
}

// params are what was agreed, for the media session; mu is held.
func (l *line) params() rtp.Params {
	o := l.offer
	c, _ := o.choose(l.order())
	used := l.used.Load()
	return rtp.Params{
		Codec: c.name, Type: c.typ, EventType: o.event(infoOf(c.name).EventClock()), FEC: c.fec, DTX: c.dtx, Bitrate: c.bitrate,
		Ptime: media.FrameTime, Send: o.receive && used, Receive: o.send && used, SSRC: l.ssrc,
	}
}

// order is that of the codecs: whoever comes back keeps the one that was agreed, if it can.
func (l *line) order() []string {
	if l.info.Codec == "" {
		return l.s.cfg.Codecs
	}
	return append([]string{l.info.Codec}, l.s.cfg.Codecs...)
}

// write makes our answer to the newest offer; mu is held.
func (l *line) write() (answer, error) {
	c, err := l.offer.choose(l.order())
	if err != nil {
		return answer{}, err
	}
	l.version++
	a := answer{session: l.s.session(l), version: l.version, codec: c, event: l.offer.event(infoOf(c.name).EventClock()), ssrc: l.ssrc, cname: "decroche"}
	return a, l.peer.answer(&a)
}
