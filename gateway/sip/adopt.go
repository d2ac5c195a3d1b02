package sip

import (
	"context"
	"errors"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/media/rtp"
)

// Who called us may ask for somebody else in their own place, by REFER: their telephone system moves its end
// of the call. We call whom they name, and the line gets that dialog in exchange for its own, as when an INVITE
// with Replaces comes (docs/decisions/0014): whoever owns the call has nothing to do.

// Stay implements leg.Adopter.
func (l *line) Stay() {
	l.mu.Lock()
	l.stays = true
	l.mu.Unlock()
}

// outlives keeps the line when its far end hangs up in the middle of its own REFER, as many do at the 202.
func (l *line) outlives() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stays || !l.up || l.over || l.gone || l.asked == nil || l.asked.last && !l.adopting {
		return false
	}
	l.gone = true
	l.armSession(sessionTimer{})
	l.media.Set(mute(l.params))
	return true
}

// stale tells whether a request of ours was for a far end that is there no more; mu is held.
func (l *line) stale(req *msg.Request) bool { return l.gone || callIDOf(req) != l.d.callID }

// mute is p with nobody at the far end: nothing is sent, and nobody misses what does not come.
func mute(p rtp.Params) rtp.Params {
	p.Send, p.Receive, p.Held = false, false, true
	return p
}

// Adopt implements leg.Adopter.
func (l *line) Adopt(ctx context.Context, other leg.Leg) error {
	n, ok := other.(*line)
	if !ok || n.s != l.s {
		return errors.New("sip: adopt: the leg was dialled elsewhere")
	}
	if err := l.handOver(ctx, n); err != nil {
		n.hangup(context.Canceled, leg.Normal)
		return err
	}
	l.mu.Lock()
	told, by := l.onReplaced, leg.Info{From: n.info.To, Codec: l.params.Codec}
	l.mu.Unlock()
	n.mu.Lock()
	gone := n.gone
	n.mu.Unlock()
	if gone {
		n.finish(context.Canceled)
	} else {
		n.hangup(context.Canceled, leg.Normal) // who was there before
	}
	if err := l.direct(ctx, false); err != nil { // their sound comes to us
		l.s.metrics.transfers.WithLabelValues("replaced", "failed").Inc()
		return err
	}
	if told != nil {
		told(by)
	}
	l.s.metrics.transfers.WithLabelValues("replaced", "completed").Inc()
	l.s.log.Info("the far end of a call was exchanged as it asked", "call", l.info.ID)
	return nil
}

// handOver tells the far end of l that it is done, and exchanges the dialogs of l and n.
func (l *line) handOver(ctx context.Context, n *line) error {
	l.mu.Lock()
	r := l.asked
	l.adopting = r != nil // they may hang up as soon as they read the report
	l.mu.Unlock()
	if r != nil {
		l.report(r, 200)
		if err := l.settled(ctx, r); err != nil {
			return err
		}
	}
	for {
		l.mu.Lock()
		if !l.asking && !l.offering && l.unacked == nil || l.over || l.gone {
			break
		}
		l.mu.Unlock()
		if err := l.rest(ctx, busyWait); err != nil {
			return err
		}
	}
	defer l.mu.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case l.over:
		return l.endCause
	case n.over:
		return n.endCause
	}
	l.exchange(n)
	return nil
}

// exchange gives l the far end of n, and n that of l; mu of both is held.
func (l *line) exchange(n *line) {
	s, held := l.s, !l.params.Send
	l.d, n.d = n.d, l.d
	l.from, n.from = n.from, l.from
	l.signer, n.signer = n.signer, l.signer
	l.gone, n.gone = false, l.gone
	l.asking, l.offering, l.adopting, l.asked = false, false, false, nil
	l.writer, l.theyUpdate, l.ours, l.holding, l.refreshFailed = n.writer, n.theyUpdate, true, false, false
	mine := l.local
	l.local = n.local
	l.local.port, l.local.rate = mine.port, l.media.Rate()
	l.params = n.params
	l.params.Send, l.params.Receive = true, true
	l.media.Set(mute(l.params)) // until it is agreed where their sound goes
	l.armSession(n.session)
	l.afterwards = append(l.afterwards, n.afterwards...) // the place of the call that goes on
	n.afterwards = nil
	s.mu.Lock()
	s.lines[dialogID(l.d.callID, l.d.localTag)] = l
	s.lines[dialogID(n.d.callID, n.d.localTag)] = n
	s.mu.Unlock()
	if told := l.onHold; held && told != nil {
		s.spawn(func() { told(false) })
	}
}

// settled waits until the last report of r was answered, or nobody waits for that any more.
func (l *line) settled(ctx context.Context, r *request) error {
	done := make(chan struct{})
	l.mu.Lock()
	if r.settled {
		close(done)
	} else {
		r.then = func() { close(done) }
	}
	l.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
}
