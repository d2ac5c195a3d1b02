package sip

import (
	"context"
	"fmt"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// Hold implements leg.Holder: a re-INVITE that offers to send only (RFC 3264 §8.4).
func (l *line) Hold(ctx context.Context) error { return l.direct(ctx, true) }

// Unhold implements leg.Holder.
func (l *line) Unhold(ctx context.Context) error { return l.direct(ctx, false) }

// OnHold implements leg.Holdee.
func (l *line) OnHold(to func(held bool)) {
	l.mu.Lock()
	l.onHold = to
	l.mu.Unlock()
}

// maxGlare bounds how often an offer is repeated because both sides offered at once.
const maxGlare = 5

// busyWait is how long an offer waits for one that is on its way.
const busyWait = 50 * time.Millisecond

// direct offers a direction, again while both sides offer at once.
func (l *line) direct(ctx context.Context, hold bool) error {
	for glare := 0; ; {
		res, err := l.offer(ctx, hold)
		switch {
		case err != nil:
			return err
		case res == nil: // an offer of somebody's is on its way
			if err := l.rest(ctx, busyWait); err != nil {
				return err
			}
		case res.StatusCode < 300:
			return nil
		case res.StatusCode == 491 && glare < maxGlare: // RFC 3261 §14.1
			glare++
			l.s.metrics.glares.Inc()
			l.mu.Lock()
			ours := l.ours
			l.mu.Unlock()
			if err := l.rest(ctx, glareWait(ours)); err != nil {
				return err
			}
		default:
			return fmt.Errorf("sip: hold: the far end answered %d %s", res.StatusCode, oneLine(res.Reason))
		}
	}
}

func (l *line) rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
}

// offer sends one re-INVITE and waits for its final answer; a nil response says that it could not be
// sent now.
func (l *line) offer(ctx context.Context, hold bool) (*msg.Response, error) {
	l.mu.Lock()
	switch {
	case l.over:
		defer l.mu.Unlock()
		return nil, l.endCause
	case !l.up:
		l.mu.Unlock()
		return nil, fmt.Errorf("sip: hold: the line is not answered yet")
	case l.asking || l.offering || l.unacked != nil:
		l.mu.Unlock()
		return nil, nil
	}
	before := l.holding
	l.asking, l.offering, l.holding = true, true, hold
	req, next := l.d.request(msg.INVITE, 0)
	from, interval := l.from, l.session.interval
	text, _ := l.writer.write(func(v uint64) (string, error) { return l.currentOffer(v), nil })
	l.mu.Unlock()

	req.AppendHeader(l.s.contact(from))
	req.AppendHeader(msg.NewHeader("Supported", supported))
	req.AppendHeader(msg.NewHeader("Allow", allowed))
	if interval > 0 {
		req.AppendHeader(msg.NewHeader("Session-Expires", seconds(interval)))
		req.AppendHeader(msg.NewHeader("Min-SE", seconds(l.s.cfg.MinSE)))
	}
	setSDP(req, text)
	type end struct {
		res *msg.Response
		err error
	}
	done := make(chan end, 1)
	l.ask(req, next, from, func(sent *msg.Request, res *msg.Response) {
		if res.StatusCode < 200 {
			return
		}
		err := l.offered(sent, res, before)
		select {
		case done <- end{res, err}:
		default: // a repeated 2xx
		}
	}, func(err error) {
		l.mu.Lock()
		l.asking, l.offering, l.holding = false, false, before
		l.mu.Unlock()
		done <- end{nil, fmt.Errorf("sip: hold: %w", err)}
	})
	select {
	case e := <-done:
		return e.res, e.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-l.ctx.Done():
		return nil, context.Cause(l.ctx)
	}
}

// offered takes the final answer to our offer.
func (l *line) offered(sent *msg.Request, res *msg.Response, before bool) error {
	l.mu.Lock()
	if l.stale(sent) {
		l.mu.Unlock()
		return nil
	}
	l.asking, l.offering = false, false
	if res.StatusCode >= 300 {
		l.holding = before
		l.mu.Unlock()
		if res.StatusCode == 481 || res.StatusCode == 408 { // RFC 3261 §12.2.1.2
			l.retire(leg.ErrHungUp)
			l.bye(leg.Normal)
			l.s.forget(l)
		}
		return nil
	}
	l.d.refreshTarget(res)
	ack, next := l.d.request(msg.ACK, sent.CSeq().SeqNo)
	copyCredentials(sent, ack)
	from := l.from
	var err error
	if !l.over {
		err = l.applyAnswer(res)
		if st := l.s.agreedTimer(res); st.interval > 0 {
			l.armSession(st)
		}
	}
	l.mu.Unlock()
	l.s.sendAck(ack, next, from)
	if err != nil {
		return fmt.Errorf("sip: hold: the answer is unusable: %w", err)
	}
	return nil
}
