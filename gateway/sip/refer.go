package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/referral"
)

// referring is a REFER of ours in the dialog of a line. r and tick are guarded by the line's mu.
type referring struct {
	l    *line
	r    *referral.Referral
	tick *time.Timer
	told func(leg.ReferralNews)
	with *line             // the consultation, nil when there is none
	done chan leg.Referred // one, buffered
	mark string            // by which the call is known if it comes back to us
	kind string            // "blind" or "attended"
	sent giveUp            // the request: it is not repeated for an attempt that has ended
}

// Bounds of what a referral may carry.
const (
	maxReferTarget  = 512 // bytes
	maxReferHeaders = 8
	maxReferHeader  = 512 // bytes of one value
	maxNoRefer      = 1024
)

// Refusals that nothing was sent for, as Referred.Reason.
const (
	reasonInProgress = "transfer_in_progress"
	reasonNoRefer    = "no_refer" // the far end refused REFER not long ago
	reasonBadTarget  = "bad_target"
	reasonBarred     = "not_permitted"
)

var errReferTarget = errors.New("cannot be transferred to; write it like \"sip:204@pbx.example\" or \"tel:+33123456789\"")

// Refer implements leg.Referrer.
func (l *line) Refer(ctx context.Context, to leg.Referral) leg.Referred {
	began := time.Now()
	kind, with := "blind", (*line)(nil)
	refuse := func(o referral.Outcome, reason string) leg.Referred {
		l.s.metrics.transfers.WithLabelValues(kind, string(o)).Inc()
		return leg.Referred{Outcome: string(o), Reason: reason, Began: began, Ended: time.Now()}
	}
	if to.With != nil {
		kind = "attended"
		var ok bool
		if with, ok = to.With.(*line); !ok || with.s != l.s {
			return refuse(referral.Refused, reasonBadTarget)
		}
	}
	mark := token()
	target, err := l.s.referTo(to, with, l.loopMark(mark))
	if err != nil {
		l.s.log.Info("transfer refused", "call", l.info.ID, "error", err)
		if errors.Is(err, errBarred) {
			return refuse(referral.Refused, reasonBarred)
		}
		return refuse(referral.Refused, reasonBadTarget)
	}
	if l.s.refusesRefer(l.peerAddr()) {
		return refuse(referral.Refused, reasonNoRefer)
	}
	ref := &referring{l: l, told: to.Told, with: with, done: make(chan leg.Referred, 1), mark: mark, kind: kind}
	l.mu.Lock()
	switch {
	case l.over || !l.up:
		l.mu.Unlock()
		return refuse(referral.CallerLeft, "")
	case l.ref != nil && !l.ref.r.Over():
		l.mu.Unlock()
		return refuse(referral.Refused, reasonInProgress)
	}
	l.ref = ref
	req, next := l.d.request(msg.REFER, 0)
	seq, from, who := l.d.localSeq, l.from, l.d.local.Address
	ref.r = referral.New(l.s.cfg.Transfer.timers(), seq, began)
	ref.arm()
	l.mu.Unlock()
	l.s.marked(mark, ref)
	l.silent(true)

	req.AppendHeader(l.s.contact(from))
	req.AppendHeader(msg.NewHeader("Refer-To", target))
	by := to.ReferredBy
	if by == "" {
		by = "<" + who.String() + ">"
	}
	req.AppendHeader(msg.NewHeader("Referred-By", by))
	req.AppendHeader(msg.NewHeader("Allow", allowed))
	req.AppendHeader(msg.NewHeader("Supported", supported))
	l.askUntil(req, next, from, &ref.sent, func(sent *msg.Request, res *msg.Response) {
		after := referral.RetryAfter(headerValue(res, "Retry-After"))
		ref.event(func(r *referral.Referral, now time.Time) referral.Effect {
			return r.Answered(now, res.StatusCode, sent.CSeq().SeqNo, after)
		})
	}, func(error) {
		ref.event(func(r *referral.Referral, now time.Time) referral.Effect { return r.Failed(now) })
	})
	select {
	case done := <-ref.done:
		return done
	case <-ctx.Done():
		ref.event(func(r *referral.Referral, now time.Time) referral.Effect { return r.Dropped(now) })
		return <-ref.done
	}
}

// event tells the referral what happened and does what that asks for. The line's mu is not held.
func (ref *referring) event(what func(*referral.Referral, time.Time) referral.Effect) {
	e, forget := ref.step(what)
	ref.do(e)
	if forget {
		ref.l.s.forget(ref.l)
	}
}

// step tells the referral what happened. forget: their BYE had left the dialog for the last report, and
// nothing more is awaited.
func (ref *referring) step(what func(*referral.Referral, time.Time) referral.Effect) (e referral.Effect, forget bool) {
	ref.l.mu.Lock()
	defer ref.l.mu.Unlock()
	before := ref.r.AwaitsReport()
	e = what(ref.r, time.Now())
	ref.arm()
	return e, before && !ref.r.AwaitsReport()
}

// arm sets the timer; the line's mu is held.
func (ref *referring) arm() {
	stopTimer(ref.tick)
	if due := ref.r.Due(); !due.IsZero() {
		ref.tick = time.AfterFunc(time.Until(due), func() {
			ref.event(func(r *referral.Referral, now time.Time) referral.Effect { return r.Tick(now) })
		})
	}
}

func (ref *referring) do(e referral.Effect) {
	l := ref.l
	if ref.told != nil {
		switch {
		case e.Status != 0:
			ref.told(leg.ReferralNews{Status: e.Status})
		case e.Quiet:
			ref.told(leg.ReferralNews{Quiet: true})
		case e.GaveUp:
			ref.told(leg.ReferralNews{GaveUp: true})
		}
	}
	if r := e.Result; r != nil {
		ref.ended(r)
	}
	if e.HangUp {
		l.s.spawn(func() { l.hangup(context.Canceled, leg.Normal) }) // a server that closes does it itself
	}
}

// ended hands the result over.
func (ref *referring) ended(r *referral.Result) {
	l := ref.l
	ref.sent.now()
	l.s.unmark(ref.mark)
	if r.Outcome != referral.Completed {
		l.silent(false)
	}
	l.s.metrics.transfers.WithLabelValues(ref.kind, string(r.Outcome)).Inc()
	l.s.log.Info("transfer ended", "call", l.info.ID, "kind", ref.kind, "outcome", string(r.Outcome), "status", r.Status, "reason", r.Reason)
	if r.NoRefer {
		l.s.noReferFrom(l.peerAddr())
	}
	reason := r.Reason
	if r.NoRefer && reason == "" {
		reason = reasonNoRefer
	}
	ref.done <- leg.Referred{Outcome: string(r.Outcome), Status: r.Status, Reason: reason, Proof: r.Proof, Rang: r.Rang,
		RetryAfter: r.RetryAfter, Began: r.Began, Ended: r.Ended}
	switch {
	case r.Gone:
		l.finish(leg.ErrHungUp)
	case r.Outcome == referral.Completed && ref.with != nil:
		time.AfterFunc(l.s.cfg.Transfer.Bye, func() {
			l.s.spawn(func() { ref.with.hangup(context.Canceled, leg.Normal) })
		})
	}
}

// onNotify answers a NOTIFY in the dialog: it may report how a transfer goes.
func (l *line) onNotify(tx *serverTx) {
	req := tx.req
	n, err := referral.ParseNotify(headerValue(req, "Event", "o"), headerValue(req, "Subscription-State"),
		headerValue(req, "Content-Type", "c"), req.Body())
	l.mu.Lock()
	ref := l.ref
	l.mu.Unlock()
	if err != nil || ref == nil {
		l.s.strayNotify(tx, l.d.localTag)
		return
	}
	e, forget := ref.step(func(r *referral.Referral, now time.Time) referral.Effect { return r.Notified(now, n) })
	// The answer goes first: whatever the report leads to comes behind it.
	if e.Reply == 200 {
		tx.respond(l.s.response(req, 200, "OK", l.d.localTag))
	} else {
		l.s.strayNotify(tx, l.d.localTag)
	}
	ref.do(e)
	if forget {
		l.s.forget(l)
	}
}

// strayNotify refuses a report that no transfer of ours waits for (RFC 3515 §2.4.6, RFC 6665 §4.1.3).
func (s *Server) strayNotify(tx *serverTx, tag string) {
	s.metrics.strayNotify.Inc()
	s.reject(tx, vNoDialog, tag, nil)
}

// referHung tells a transfer that the far end sent BYE. It reports whether the dialog has to be kept
// for the last report (RFC 5057 §3: the subscription outlives the call).
func (l *line) referHung() (keep bool) {
	l.mu.Lock()
	ref := l.ref
	l.mu.Unlock()
	if ref == nil {
		return false
	}
	e, _ := ref.step(func(r *referral.Referral, now time.Time) referral.Effect {
		e := r.Hung(now)
		keep = r.AwaitsReport()
		return e
	})
	ref.do(e)
	return keep
}

// dropReferral ends a transfer with its line.
func (l *line) dropReferral() {
	l.mu.Lock()
	ref := l.ref
	l.mu.Unlock()
	if ref != nil {
		ref.event(func(r *referral.Referral, now time.Time) referral.Effect { return r.Dropped(now) })
	}
}

// awaitsReport: the line is over, and the last NOTIFY of a transfer may still come; mu is held.
func (l *line) awaitsReport() bool { return l.ref != nil && l.ref.r.AwaitsReport() }

// silent lets the far end be silent for as long as it likes: whoever puts a caller through may stop
// their sound long before the outcome is known.
func (l *line) silent(yes bool) {
	l.mu.Lock()
	p, over := l.params, l.over
	l.mu.Unlock()
	if !over {
		p.Held = p.Held || yes
		l.media.Set(p)
	}
}

func (l *line) peerAddr() netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from.addr.Addr()
}

// referTo makes the value of Refer-To.
func (s *Server) referTo(to leg.Referral, with *line, mark string) (string, error) {
	target, replaces := to.To, ""
	if with != nil {
		with.mu.Lock()
		d, usable := with.d, with.up && !with.over
		with.mu.Unlock()
		if !usable {
			return "", fmt.Errorf("sip: transfer: the consultation is not up")
		}
		replaces = fmt.Sprintf("%s;to-tag=%s;from-tag=%s", d.callID, d.remoteTag, d.localTag)
		if target == "" {
			uri := d.target
			uri.Headers = nil
			target = uri.String()
		}
	}
	if err := checkReferTarget(target); err != nil {
		return "", err
	}
	if with == nil {
		if err := s.permit(target); err != nil {
			return "", fmt.Errorf("%w: %w", errBarred, err)
		}
	}
	if to.ReferredBy != "" && (strings.ContainsFunc(to.ReferredBy, isControl) || len(to.ReferredBy) > maxReferTarget) {
		return "", fmt.Errorf("sip: transfer: Referred-By: %w", errHeader)
	}
	headers, err := escapedHeaders(to.Headers)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(strings.ToLower(target), "tel:") {
		return "<" + target + ">", nil // RFC 3966 knows no headers
	}
	if replaces != "" {
		headers = append(headers, "Replaces="+escapeHeader(replaces))
	}
	headers = append(headers, loopHeader+"="+escapeHeader(mark))
	return "<" + target + "?" + strings.Join(headers, "&") + ">", nil
}

// permitTransfer asks the guard of outbound calls whether a far end may be sent to addr, and counts it as
// a call that was begun. No trunk of ours has to dial it: the far end does.
func (s *Server) permitTransfer(addr string) error {
	uri, err := parseTarget(leg.Invite{Addr: addr})
	if err != nil {
		return err
	}
	leave, err := s.guard.enter(uri, uri.Host == "")
	if err == nil {
		leave()
	}
	return err
}

var errBarred = errors.New("sip: transfer is not permitted")

// checkReferTarget says why somebody cannot be transferred to addr. Headers within an address would let
// whoever wrote it speak in our name, so they are refused; the scheme stays what it is.
func checkReferTarget(addr string) error {
	bad := func() error { return fmt.Errorf("sip: transfer: %q %w", addr, errReferTarget) }
	if len(addr) > maxReferTarget || strings.ContainsFunc(addr, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"?\\", r) }) {
		return bad()
	}
	scheme, rest, _ := strings.Cut(addr, ":")
	switch strings.ToLower(scheme) {
	case "tel": // RFC 3966 §3
		number, _, _ := strings.Cut(rest, ";")
		if strings.Trim(number, "+0123456789-.()*#") != "" || !strings.ContainsAny(number, "0123456789") {
			return bad()
		}
		return nil
	case "sip", "sips":
		var uri msg.Uri
		if err := msg.ParseUri(addr, &uri); err != nil || uri.Host == "" {
			return bad()
		}
		if m, has := uri.UriParams.Get("method"); has && !strings.EqualFold(m, "INVITE") {
			return bad()
		}
		return nil
	}
	return bad()
}

// escapedHeaders writes headers as an address carries them (RFC 3261 §19.1.1).
func escapedHeaders(h map[string]string) ([]string, error) {
	if len(h) > maxReferHeaders {
		return nil, fmt.Errorf("sip: transfer: %d headers; at most %d fit", len(h), maxReferHeaders)
	}
	var out []string
	for name, value := range h {
		if err := cleanHeader(name, value); err != nil {
			return nil, err
		}
		if strings.EqualFold(name, "Replaces") || strings.EqualFold(name, loopHeader) {
			return nil, fmt.Errorf("sip: header %q: the gateway writes that one itself", name)
		}
		if len(value) > maxReferHeader {
			return nil, fmt.Errorf("sip: transfer: header %q has %d bytes; at most %d fit", name, len(value), maxReferHeader)
		}
		out = append(out, escapeHeader(name)+"="+escapeHeader(value))
	}
	slices.Sort(out)
	return out, nil
}

// escapeHeader escapes everything that RFC 3261 §25.1 does not call unreserved.
func escapeHeader(v string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(v) {
		c := v[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*'()", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// noReferFrom notes that a far end takes no REFER.
func (s *Server) noReferFrom(a netip.Addr) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, until := range s.noRefer {
		if now.After(until) {
			delete(s.noRefer, k)
		}
	}
	if len(s.noRefer) < maxNoRefer {
		s.noRefer[a] = now.Add(s.cfg.Transfer.NoReferFor)
	}
}

// refusesRefer reports whether a far end refused REFER not long ago, or is a trunk that takes none.
func (s *Server) refusesRefer(a netip.Addr) bool {
	if t := s.trunkAt(flow{addr: netip.AddrPortFrom(a, 0)}); t != nil && t.cfg.NoRefer {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.noRefer[a])
}
