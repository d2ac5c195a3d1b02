package sip

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/rtp"
)

var (
	expiredCause = leg.Cause{Status: 408, Text: "Session expired"}
	silentCause  = leg.Cause{Status: 408, Text: "No media"}
	noAckCause   = leg.Cause{Status: 408, Text: "No ACK"}
	incompatible = leg.Cause{Status: 488, Text: "Not Acceptable Here"}
)

// A line is one dialog with its media, made by an INVITE in either direction. It implements
// leg.Leg, leg.Pauser, leg.Feeder, leg.Sparer, leg.Player, leg.Confirmer, leg.Expecter, SendDigits and the abilities of leg/transfer.go.
//
// Three kinds of goroutine touch it: the one that reads messages, timers, and the application's.
// mu guards what they share; nothing is sent and nothing waits while it is held.
type line struct {
	// constant after it was made (info.Codec of a dialled line: after Dial)
	s        *Server
	incoming bool
	info     leg.Info
	ctx      context.Context
	cancel   context.CancelCauseFunc
	media    *rtp.Session
	local    endpoint
	made     time.Time
	signer   *signer       // shows who we are to who asks; nil: we cannot
	answered chan struct{} // closed when the reliable provisional was confirmed, or none was needed

	// guarded by mu
	mu       sync.Mutex
	d        dialog
	from     flow      // where their last request came from, or where ours went
	up       bool      // 2xx sent or received
	over     bool      // ended for the application; the dialog may still wait for an ACK
	endCause error     // why, when over
	invite   *serverTx // incoming: the INVITE
	writer   sdpWriter
	sdpText  string     // incoming: the answer to the INVITE's offer; "" when the offer goes into the 200
	params   rtp.Params // what is agreed now
	unacked  *unacked   // a 2xx of ours that waits for its ACK
	byeWhy   *leg.Cause // a BYE that waits for that ACK (RFC 3261 §15)
	rel      *reliable  // a provisional response of ours that waits for its PRACK
	offering bool       // an offer of ours is unanswered
	asking   bool       // a re-INVITE or UPDATE of ours is pending

	session       sessionTimer
	sessionTick   *time.Timer
	sessionRound  int
	refreshFailed bool     // the refresh that was sent has not been confirmed yet
	theyUpdate    bool     // the far end's Allow lists UPDATE
	timerHeaders  []string // incoming: what the 200 says about the session timer

	out *dialling // outgoing: the INVITE while it is pending

	ours       bool           // the Call-ID is ours
	holding    bool           // we hold the far end
	onHold     func(bool)     // told when the far end holds us
	onAsk      func(leg.Ask)  // takes their REFERs
	asked      *request       // their last REFER
	weHung     bool           // our BYE is sent, or waits only for the last report
	stays      bool           // their hang-up waits for the end of their REFER
	adopting   bool           // somebody is about to be there instead
	gone       bool           // and they have hung up: nobody is at the far end
	onReplaced func(leg.Info) // told when another far end has taken the call over
	husk       bool           // carries a dialog only, for a line that is taken over; constant
	confirmed  func()         // of a husk: its ACK has come; constant

	ref  *referring // the last REFER of ours
	hops int        // how often this gateway passed the call on before; constant

	afterwards []func() // called once when the line has ended: places are given back
}

// after has f called when the line has ended; at once when it has.
func (l *line) after(f func()) {
	l.mu.Lock()
	if !l.over {
		l.afterwards = append(l.afterwards, f)
		f = nil
	}
	l.mu.Unlock()
	if f != nil {
		f()
	}
}

// unacked is a 2xx that is repeated until its ACK comes (RFC 3261 §13.3.1.4).
type unacked struct {
	cseq     uint32
	data     []byte
	to       flow
	offer    bool // it carried our offer: the ACK has the answer
	interval time.Duration
	resend   *time.Timer
	giveUp   *time.Timer
}

// Info implements leg.Leg.
func (l *line) Info() leg.Info { return l.info }

// Answer implements leg.Leg: it sends 200 OK. When the caller required reliable provisional
// responses it first waits for the PRACK. It does not wait for the ACK, so that the greeting
// starts at once; a call that is never acknowledged ends by itself.
func (l *line) Answer(ctx context.Context) error {
	if !l.incoming {
		return nil
	}
	select {
	case <-l.answered:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
	return l.accept()
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

// Drain implements leg.Leg.
func (l *line) Drain(ctx context.Context) error { return l.mediaError(l.media.Drain(ctx)) }

// Flush implements leg.Leg.
func (l *line) Flush() time.Duration { return l.media.Flush() }

// Pause implements leg.Pauser.
func (l *line) Pause() { l.media.Pause() }

// Resume implements leg.Pauser.
func (l *line) Resume() { l.media.Resume() }

// Confirmed implements leg.Confirmer: our 2xx has its ACK, or theirs came, and RTP has arrived.
func (l *line) Confirmed() bool {
	l.mu.Lock()
	agreed := l.up && l.byeAllowed()
	l.mu.Unlock()
	return agreed && l.media.Reception().Packets > 0
}

// Expect implements leg.Expecter.
func (l *line) Expect(within time.Duration) { l.media.Expect(within) }

// Reception is what the far end's stream looked like so far; it makes a line a StatsLeg of the
// load tests.
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

// Hangup implements leg.Leg.
func (l *line) Hangup(_ context.Context, why leg.Cause) error {
	l.hangup(context.Canceled, why)
	return nil
}

// hangup ends the line from our side: a final response while it rings, BYE once it is up.
func (l *line) hangup(cause error, why leg.Cause) {
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		return
	}
	switch {
	case l.incoming && !l.up:
		invite := l.invite
		l.mu.Unlock()
		v := refusal(why)
		l.s.reject(invite, v, l.d.localTag, nil)
		l.finish(errors.Join(errRefused, cause))
	case !l.incoming && !l.up:
		out := l.out
		l.mu.Unlock()
		l.giveUp(out, cause)
	case !l.byeAllowed():
		l.byeWhy = &why
		l.mu.Unlock()
		l.retire(cause)
	case l.gone:
		l.mu.Unlock()
		l.finish(cause)
	default:
		l.mu.Unlock()
		l.retire(cause)
		l.afterReport(func() {
			l.bye(why)
			l.s.forget(l)
		})
	}
}

// byeAllowed: the callee may not send BYE before the ACK of the first 2xx (RFC 3261 §15); mu is held.
func (l *line) byeAllowed() bool {
	return !l.incoming || l.unacked == nil || l.unacked.cseq != l.invite.req.CSeq().SeqNo
}

// retire ends the line for the application: the context, the media, the timers. The dialog stays
// known until forget.
func (l *line) retire(cause error) bool {
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		return false
	}
	l.over = true
	l.endCause = cause
	stopTimer(l.sessionTick)
	if l.rel != nil {
		stopTimer(l.rel.resend)
		stopTimer(l.rel.giveUp)
	}
	after := l.afterwards
	l.afterwards = nil
	l.mu.Unlock()
	if l.husk { // the media are those of the line that goes on
		return true
	}
	for _, f := range after {
		f()
	}
	if errors.Is(cause, leg.ErrHungUp) {
		l.referHung()
	} else {
		l.dropReferral()
	}
	l.cancel(cause)
	l.media.Close()
	l.s.metrics.lines.WithLabelValues(l.direction()).Dec()
	l.s.metrics.ended.WithLabelValues(l.direction(), causeLabel(cause)).Inc()
	l.s.log.Info("line ended", "call", l.info.ID, "direction", l.direction(), "cause", causeLabel(cause))
	return true
}

// finish retires the line and forgets its dialog.
func (l *line) finish(cause error) {
	l.retire(cause)
	l.s.forget(l)
}

func (l *line) direction() string {
	if l.incoming {
		return "in"
	}
	return "out"
}

// bye sends BYE. Whatever the answer is, or if none comes, the call is over (RFC 3261 §15.1.1).
func (l *line) bye(why leg.Cause) {
	l.mu.Lock()
	req, next := l.d.request(msg.BYE, 0)
	from := l.from
	l.stopUnacked()
	l.mu.Unlock()
	if r := reasonHeader(why); r != "" {
		req.AppendHeader(msg.NewHeader("Reason", r))
	}
	l.ask(req, next, from, nil, nil)
}

// sendOK sends a 2xx to an INVITE and repeats it until the ACK comes.
func (l *line) sendOK(tx *serverTx, res *msg.Response, offer bool) bool {
	t := l.s.timers
	u := &unacked{cseq: tx.req.CSeq().SeqNo, data: []byte(res.String()), to: tx.reply, offer: offer, interval: t.t1}
	l.mu.Lock()
	l.stopUnacked()
	l.unacked = u
	u.resend = time.AfterFunc(u.interval, func() { l.resendOK(u) })
	u.giveUp = time.AfterFunc(l.s.cfg.AckTimeout, func() { l.ackMissing(u) })
	l.mu.Unlock()
	return tx.respond(res)
}

func (l *line) resendOK(u *unacked) {
	l.mu.Lock()
	if l.unacked != u {
		l.mu.Unlock()
		return
	}
	u.interval = min(2*u.interval, l.s.timers.t2)
	u.resend.Reset(u.interval)
	l.mu.Unlock()
	l.s.tp.send(u.to, u.data)
}

// ackMissing gives up a call whose 2xx was never confirmed: BYE, and the media are released.
func (l *line) ackMissing(u *unacked) {
	l.mu.Lock()
	if l.unacked != u {
		l.mu.Unlock()
		return
	}
	l.stopUnacked()
	l.mu.Unlock()
	l.retire(errNoAck)
	l.bye(noAckCause)
	l.s.forget(l)
}

// stopUnacked ends the repetition of a 2xx; mu is held.
func (l *line) stopUnacked() {
	if l.unacked != nil {
		stopTimer(l.unacked.resend)
		stopTimer(l.unacked.giveUp)
		l.unacked = nil
	}
}

// onAck is the ACK of a 2xx. It may carry the answer to our offer.
func (l *line) onAck(req *msg.Request) {
	l.mu.Lock()
	u := l.unacked
	if u == nil || req.CSeq().SeqNo != u.cseq {
		l.mu.Unlock()
		return // a repeated ACK
	}
	l.stopUnacked()
	var err error
	if u.offer {
		l.offering = false
		err = l.applyAnswer(req)
	}
	byeWhy, over := l.byeWhy, l.over
	l.byeWhy = nil
	l.mu.Unlock()
	switch {
	case l.husk && err == nil && !over:
		l.confirmed()
	case byeWhy != nil:
		l.bye(*byeWhy)
		l.s.forget(l)
	case over:
		l.s.forget(l)
	case err != nil:
		l.s.log.Warn("answer in ACK is unusable", "call", l.info.ID, "error", err)
		l.hangup(err, incompatible)
	}
}

// applyAnswer reads the answer to our offer from m and puts it into force; mu is held.
func (l *line) applyAnswer(m msg.Message) error {
	body, err := sessionBody(m)
	if err != nil {
		return err
	}
	if body == nil {
		return errNoCommon
	}
	d, err := parseSDP(body)
	if err != nil {
		return err
	}
	p, err := l.local.accept(d)
	if err != nil {
		return err
	}
	l.params = p
	l.media.Set(p)
	return nil
}
