package sip

import (
	"bytes"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// onRequest is a request inside the dialog of l, other than ACK and CANCEL.
func (l *line) onRequest(tx *serverTx, from flow) {
	req := tx.req
	l.mu.Lock()
	late := req.CSeq().SeqNo <= l.d.remoteSeq
	if !late {
		l.d.remoteSeq = req.CSeq().SeqNo
		from.tls, from.pinned = l.from.tls, l.from.pinned
		l.from = from
	}
	over := l.over && !(req.Method == msg.NOTIFY && l.awaitsReport())
	l.mu.Unlock()
	switch {
	case late: // RFC 3261 §12.2.2
		l.s.reject(tx, vOutOfOrder, l.d.localTag, nil)
		return
	case over && req.Method != msg.BYE:
		l.s.reject(tx, vNoDialog, l.d.localTag, nil)
		return
	}
	switch req.Method {
	case msg.BYE:
		tx.respond(l.s.response(req, 200, "OK", l.d.localTag))
		l.onBye()
	case msg.INVITE, msg.UPDATE:
		l.onReoffer(tx)
	case msg.PRACK:
		l.onPrack(tx)
	case msg.INFO:
		l.onInfo(tx)
	case msg.OPTIONS:
		l.s.answerOptions(tx, l.d.localTag)
	case msg.NOTIFY:
		l.onNotify(tx)
	case msg.REFER:
		l.onRefer(tx)
	case msg.SUBSCRIBE: // we have no subscription (RFC 6665 §4.1.3)
		l.s.reject(tx, vNoDialog, l.d.localTag, nil)
	default:
		l.s.reject(tx, vNotAllowed, l.d.localTag, []string{"Allow", allowed})
	}
}

// onBye ends the line. An INVITE that is still unanswered gets its 487 (RFC 3261 §15.1.2).
func (l *line) onBye() {
	l.mu.Lock()
	invite := l.invite
	unanswered := l.incoming && !l.up
	l.stopUnacked()
	l.mu.Unlock()
	if unanswered {
		l.s.reject(invite, vTerminated, l.d.localTag, nil)
	}
	if l.outlives() {
		return
	}
	if l.referHung() {
		l.retire(leg.ErrHungUp)
		return
	}
	l.finish(leg.ErrHungUp)
}

// reofferVerdict says whether a re-INVITE or UPDATE comes at a time when it may (RFC 3261 §14.2,
// RFC 3311 §5.2); mu is held.
func (l *line) reofferVerdict(req *msg.Request, hasOffer bool) *verdict {
	switch {
	case req.Method == msg.INVITE && !l.up:
		return &vBusyHere
	case req.Method == msg.UPDATE && !hasOffer:
		return nil
	case l.asking || l.offering:
		return &vGlare
	case !l.up: // UPDATE with an offer while the INVITE's own offer has no answer on the wire
		return &vBusyHere
	}
	return nil
}

// onReoffer answers a re-INVITE or UPDATE: hold, resume, another address or codec, or only a
// refresh of the session timer. A refused one leaves everything as it was (RFC 3261 §14.2).
func (l *line) onReoffer(tx *serverTx) {
	req := tx.req
	st, headers, f := l.s.answerTimer(req)
	if f != nil {
		l.s.reject(tx, f.verdict, l.d.localTag, f.extra)
		return
	}
	body, err := sessionBody(req)
	if err != nil {
		l.s.reject(tx, verdictOf(err), l.d.localTag, l.s.explain(err))
		return
	}
	l.mu.Lock()
	if v := l.reofferVerdict(req, body != nil); v != nil {
		l.mu.Unlock()
		l.s.reject(tx, *v, l.d.localTag, nil)
		return
	}
	var text string
	offer, heldBefore := false, !l.params.Send
	switch {
	case body != nil:
		before := l.params
		if err := l.answerOffer(body); err != nil {
			l.mu.Unlock()
			l.s.reject(tx, verdictOf(err), l.d.localTag, l.s.explain(err))
			return
		}
		text = l.sdpText
		if l.params != before {
			l.media.Set(l.params)
		}
	case req.Method == msg.INVITE: // no offer: ours goes into the 200, the answer comes with the ACK (§14.2)
		offer, l.offering = true, true
		text, _ = l.writer.write(func(v uint64) (string, error) { return l.local.offerText(v, "sendrecv"), nil })
	}
	told := l.holdNews(heldBefore)
	l.d.refreshTarget(req)
	l.theyUpdate = l.theyUpdate || listsUpdate(req)
	if l.up {
		l.refreshFailed = false
		l.armSession(st)
	}
	l.mu.Unlock()

	told()
	res := l.s.response(req, 200, "OK", l.d.localTag, append([]string{"Allow", allowed, "Supported", supported}, headers...)...)
	res.AppendHeader(l.contact())
	setSDP(res, text)
	if req.Method == msg.INVITE {
		l.sendOK(tx, res, offer)
	} else {
		tx.respond(res)
	}
}

// onInfo takes keys that arrive as INFO (application/dtmf-relay, as many PBXs send them) and
// confirms empty ones; other content is 415.
func (l *line) onInfo(tx *serverTx) {
	ct := strings.ToLower(strings.TrimSpace(headerValue(tx.req, "Content-Type", "c")))
	switch {
	case len(tx.req.Body()) == 0:
	case strings.HasPrefix(ct, "application/dtmf-relay"), strings.HasPrefix(ct, "application/dtmf"):
		if digit, ok := infoDigit(tx.req.Body()); ok {
			l.media.Key(digit)
		}
	default:
		l.s.reject(tx, vMediaType, l.d.localTag, []string{"Accept", "application/dtmf-relay"})
		return
	}
	tx.respond(l.s.response(tx.req, 200, "OK", l.d.localTag))
}

// infoDigit reads "Signal=5" lines, or a body that is one key.
func infoDigit(body []byte) (byte, bool) {
	body = bytes.TrimSpace(body)
	for _, line := range bytes.Split(body, []byte("\n")) {
		k, v, ok := bytes.Cut(line, []byte("="))
		if ok && strings.EqualFold(string(bytes.TrimSpace(k)), "signal") {
			body = bytes.TrimSpace(v)
			break
		}
	}
	switch s := strings.ToUpper(string(body)); {
	case len(s) == 1 && strings.Contains("0123456789*#ABCD", s):
		return s[0], true
	case s == "10":
		return '*', true
	case s == "11":
		return '#', true
	}
	return 0, false
}

// refresh sends the session refresh: UPDATE when the far end takes it, else a re-INVITE with the
// description we sent last (RFC 4028 §10).
func (l *line) refresh() {
	l.mu.Lock()
	if l.over || l.asking || l.unacked != nil {
		l.mu.Unlock()
		return // sessionDue is armed again and comes back
	}
	l.asking = true
	method := msg.INVITE
	if l.theyUpdate {
		method = msg.UPDATE
	}
	req, next := l.d.request(method, 0)
	from, interval := l.from, l.session.interval
	text := ""
	if method == msg.INVITE {
		l.offering = true
		text, _ = l.writer.write(func(v uint64) (string, error) { return l.currentOffer(v), nil })
	}
	l.mu.Unlock()

	req.AppendHeader(l.s.contact(from))
	req.AppendHeader(msg.NewHeader("Supported", supported))
	req.AppendHeader(msg.NewHeader("Allow", allowed))
	req.AppendHeader(msg.NewHeader("Session-Expires", seconds(interval)+";refresher=uac"))
	req.AppendHeader(msg.NewHeader("Min-SE", seconds(l.s.cfg.MinSE)))
	setSDP(req, text)
	l.ask(req, next, from, l.refreshed, func(error) { l.refreshLost() })
}

// holdNews compares whether the far end holds us with before; what it returns tells the owner of a
// change, without mu, which is held here.
func (l *line) holdNews(before bool) func() {
	held, told := !l.params.Send, l.onHold
	if held == before || told == nil {
		return func() {}
	}
	return func() { told(held) }
}

// currentOffer offers what is in force; a line that the far end holds stays held.
func (l *line) currentOffer(version uint64) string {
	dir := "sendrecv"
	switch { // we may hold them, and they us
	case !l.params.Send && l.holding:
		dir = "inactive"
	case !l.params.Send:
		dir = "recvonly"
	case l.holding:
		dir = "sendonly"
	}
	return l.local.offerText(version, dir)
}

// refreshed handles the final response to a refresh.
func (l *line) refreshed(req *msg.Request, res *msg.Response) {
	if res.StatusCode < 200 {
		return
	}
	invite := req.Method == msg.INVITE
	l.mu.Lock()
	if l.stale(req) {
		l.mu.Unlock()
		return
	}
	l.asking, l.offering = false, false
	var ack *msg.Request
	var next msg.Uri
	from := l.from
	if invite && res.StatusCode < 300 {
		l.d.refreshTarget(res)
		ack, next = l.d.request(msg.ACK, req.CSeq().SeqNo)
	}
	over, again := l.over, false
	switch {
	case over:
	case res.StatusCode < 300:
		if invite {
			if err := l.applyAnswer(res); err != nil {
				l.s.log.Warn("answer to our refresh is unusable; keeping the media as they are", "call", l.info.ID, "error", err)
			}
		} else {
			l.d.refreshTarget(res)
		}
		l.refreshFailed = false
		if st := l.s.agreedTimer(res); st.interval > 0 || l.session.theirs {
			l.armSession(st)
		} else {
			l.armSession(l.session) // they know no timer: go on as before
		}
	case res.StatusCode == 491: // RFC 3261 §14.1: who chose the Call-ID waits longer
		wait := glareWait(l.ours)
		round := l.sessionRound
		time.AfterFunc(wait, func() {
			l.mu.Lock()
			stale := round != l.sessionRound
			l.mu.Unlock()
			if !stale {
				l.refresh()
			}
		})
	case res.StatusCode == 422:
		again = l.session.interval < parseMinSE(res)
		l.session.interval = max(l.session.interval, parseMinSE(res))
	case (res.StatusCode == 405 || res.StatusCode == 501) && !invite:
		l.theyUpdate = false
		again = true
	case res.StatusCode != 481 && res.StatusCode != 408 && !l.session.theirs:
		// No timer runs at the far end, so nothing is lost with a refresh it does not like.
		l.refreshFailed = false
		l.armSession(l.session)
	}
	l.mu.Unlock()
	if ack != nil {
		l.s.sendAck(ack, next, from)
	}
	if again {
		l.refresh()
	}
	switch res.StatusCode {
	case 481, 408: // RFC 3261 §12.2.1.2: the far end knows nothing of this dialog any more
		l.retire(leg.ErrHungUp)
		l.bye(leg.Normal)
		l.s.forget(l)
	}
}

// refreshLost is a refresh that nobody answered: RFC 4028 §10 and RFC 3261 §12.2.1.2 say BYE.
func (l *line) refreshLost() {
	l.mu.Lock()
	l.asking, l.offering = false, false
	l.mu.Unlock()
	l.hangup(errExpired, expiredCause)
}
