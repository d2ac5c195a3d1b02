package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/number"
)

// settleFor is how long a hang-up waits for the answer to the last report of a transfer.
const settleFor = 500 * time.Millisecond

// request is a REFER of the far end. It is guarded by its line's mu.
type request struct {
	id      uint32 // its CSeq, which is the event's id
	mute    bool   // they want no reports (RFC 4488)
	last    bool   // the final report was sent
	settled bool   // it was answered, or nobody waits for that any more
	then    func() // what waits for it: our BYE
}

// OnRefer implements leg.Referee.
func (l *line) OnRefer(to func(leg.Ask)) {
	l.mu.Lock()
	l.onAsk = to
	l.mu.Unlock()
}

// onRefer answers a REFER in the dialog: 202 at once, the report "100 Trying" at once (RFC 3515 §2.4.4,
// §2.4.5), and the rest is for who owns the call.
func (l *line) onRefer(tx *serverTx) {
	req := tx.req
	values := append(req.GetHeaders("Refer-To"), req.GetHeaders("r")...)
	if len(values) != 1 { // RFC 3515 §2.4.1
		l.s.reject(tx, vBadRequest, l.d.localTag, nil)
		return
	}
	inv, err := parseReferTo(values[0].Value())
	switch {
	case errors.Is(err, errReferScheme):
		l.s.reject(tx, vScheme, l.d.localTag, nil)
		return
	case err != nil:
		l.s.reject(tx, vBadRequest, l.d.localTag, nil)
		return
	}
	mute := strings.EqualFold(strings.TrimSpace(headerValue(req, "Refer-Sub")), "false")
	l.mu.Lock()
	owner := l.onAsk
	open := l.asked != nil && !l.asked.last
	r := &request{id: req.CSeq().SeqNo, mute: mute}
	if owner != nil && l.up && !open {
		l.asked = r
	}
	up := l.up
	l.mu.Unlock()
	switch {
	case owner == nil || !up:
		l.s.reject(tx, verdict{603, "Decline", 0}, l.d.localTag, nil)
		return
	case open:
		l.s.reject(tx, vGlare, l.d.localTag, nil)
		return
	case !l.mayAsk():
		l.forgetAsk()
		l.s.log.Warn("who called us asked for a transfer and may not; name their network in sip.transfer.refer_from if they may", "call", l.info.ID)
		l.s.metrics.transfers.WithLabelValues("asked", "refused").Inc()
		l.s.reject(tx, vForbidden, l.d.localTag, nil)
		return
	}
	inv.Addr = l.s.meant(inv.Addr)
	if err := l.s.mayBeCalled(inv.Addr); err != nil {
		l.forgetAsk()
		l.s.log.Warn("transfer by the far end refused", "call", l.info.ID, "error", err)
		l.s.metrics.transfers.WithLabelValues("asked", "refused").Inc()
		l.s.reject(tx, vForbidden, l.d.localTag, nil)
		owner(leg.Ask{To: inv.Addr, Refused: true, Tell: func(int) {}})
		return
	}
	by := headerValue(req, "Referred-By", "b")
	if len(by) > maxReferTarget || strings.ContainsFunc(by, isControl) {
		by = ""
	}
	if by != "" {
		inv.Headers["Referred-By"] = by // this one, not that of an older transfer (RFC 3892 §2)
	}
	extra := []string{}
	if mute {
		extra = []string{"Refer-Sub", "false"}
	}
	res := l.s.response(req, 202, "Accepted", l.d.localTag, extra...)
	res.AppendHeader(l.contact())
	tx.respond(res)
	l.report(r, 100)
	l.s.metrics.transfers.WithLabelValues("asked", "begun").Inc()
	owner(leg.Ask{To: inv.Addr, ReferredBy: by, Invite: inv, Tell: func(status int) { l.report(r, status) }})
}

// forgetAsk forgets a REFER that was refused.
func (l *line) forgetAsk() {
	l.mu.Lock()
	l.asked = nil
	l.mu.Unlock()
}

// mayAsk tells whether the far end may have others called at our cost: whom we called ourselves, trunks, and
// the networks that were named. A stranger who called could call anybody by us else.
func (l *line) mayAsk() bool {
	l.mu.Lock()
	from := l.from
	l.mu.Unlock()
	if !l.incoming || l.s.trunkAt(from) != nil {
		return true
	}
	return slices.ContainsFunc(l.s.askers, func(p netip.Prefix) bool { return p.Contains(from.addr.Addr().Unmap()) })
}

// meant is whom an address names. A telephone that registered here writes our domain behind whatever is
// keyed: what is a number and nobody's here leaves by a trunk.
func (s *Server) meant(addr string) string {
	uri, err := parseTarget(leg.Invite{Addr: addr})
	if err != nil || uri.Host == "" || !s.registrar.serves(uri.Host) || !number.Like(uri.User) || s.registrar.targets(uri.User) != nil {
		return addr
	}
	return "tel:" + uri.User
}

// mayBeCalled asks the guard of outbound calls without counting a call: who dials is counted, and learns
// that nobody is there.
func (s *Server) mayBeCalled(addr string) error {
	uri, err := parseTarget(leg.Invite{Addr: addr})
	if err != nil {
		return err
	}
	ways, byTrunk, err := s.ways(uri)
	if s.guard == nil || errors.Is(err, errNotHere) || err == nil && ways[0].phone {
		return nil
	}
	if b := s.guard.judge(uri, byTrunk); b != nil {
		return b
	}
	return nil
}

// report sends NOTIFY with a status. The final one ends the subscription.
func (l *line) report(r *request, status int) {
	final := status >= 200
	l.mu.Lock()
	if r.last || status < 100 || status > 699 || l.weHung {
		l.mu.Unlock()
		return
	}
	if r.last = final; final {
		outcome := "failed"
		if status < 300 {
			outcome = "completed"
		}
		l.s.metrics.transfers.WithLabelValues("asked", outcome).Inc()
	}
	if r.mute || l.gone {
		r.settled = final
		over := final && l.gone && status >= 300
		l.mu.Unlock()
		if over { // they hung up while it was tried
			l.finish(leg.ErrHungUp)
		}
		return
	}
	req, next := l.d.request(msg.NOTIFY, 0)
	from := l.from
	l.mu.Unlock()
	state := "active;expires=180"
	if final {
		state = "terminated;reason=noresource" // RFC 3515 §2.4.7
	}
	req.AppendHeader(l.s.contact(from))
	req.AppendHeader(msg.NewHeader("Event", fmt.Sprintf("refer;id=%d", r.id)))
	req.AppendHeader(msg.NewHeader("Subscription-State", state))
	req.AppendHeader(msg.NewHeader("Allow", allowed))
	req.AppendHeader(msg.NewHeader("Content-Type", "message/sipfrag;version=2.0"))
	req.SetBody([]byte(fmt.Sprintf("SIP/2.0 %d %s\r\n", status, phrase(status))))
	if !final {
		l.ask(req, next, from, nil, nil)
		return
	}
	l.ask(req, next, from, func(_ *msg.Request, res *msg.Response) {
		if res.StatusCode >= 200 {
			l.settle(r)
		}
	}, func(error) { l.settle(r) })
	time.AfterFunc(settleFor, func() { l.settle(r) })
}

// settle lets our BYE go that waited for the last report.
func (l *line) settle(r *request) {
	l.mu.Lock()
	then := r.then
	r.settled, r.then = true, nil
	l.mu.Unlock()
	if then != nil {
		then()
	}
}

// afterReport runs bye once the last report of a transfer was answered, or at once. A transfer that has
// no outcome yet gets one.
func (l *line) afterReport(bye func()) {
	l.mu.Lock()
	r := l.asked
	open := r != nil && !r.last
	l.mu.Unlock()
	if open {
		l.report(r, 487)
	}
	l.mu.Lock()
	l.weHung = true
	if r != nil && !r.settled {
		r.then = bye
		bye = nil
	}
	l.mu.Unlock()
	if bye != nil {
		bye()
	}
}

// phrase is the reason phrase of a report.
func phrase(status int) string {
	switch status {
	case 100:
		return "Trying"
	case 180:
		return "Ringing"
	case 183:
		return "Session Progress"
	case 200:
		return "OK"
	case 404:
		return "Not Found"
	case 408:
		return "Request Timeout"
	case 480:
		return "Temporarily Unavailable"
	case 486:
		return "Busy Here"
	case 487:
		return "Request Terminated"
	case 503:
		return "Service Unavailable"
	case 603:
		return "Decline"
	}
	return "Result"
}

var (
	errReferTo     = errors.New("sip: Refer-To holds no address that could be called")
	errReferScheme = errors.New("sip: Refer-To has a scheme that is not called")
)

// referredHeaders are those that may be asked for within a Refer-To; others are left out.
var referredHeaders = []string{"User-to-User", "Call-Info", "Subject"}

// parseReferTo reads Refer-To (RFC 3515 §2.1): an address in angle brackets or bare, with Replaces and
// other headers escaped into it.
func parseReferTo(v string) (leg.Invite, error) {
	inv := leg.Invite{Headers: map[string]string{}}
	if len(v) > 4*maxReferTarget {
		return inv, errReferTo
	}
	if _, in, ok := strings.Cut(v, "<"); ok {
		if v, _, ok = strings.Cut(in, ">"); !ok {
			return inv, errReferTo
		}
	}
	addr, headers, _ := strings.Cut(strings.TrimSpace(v), "?")
	scheme, _, _ := strings.Cut(addr, ":")
	switch strings.ToLower(scheme) {
	case "sip", "sips", "tel":
	default:
		return inv, errReferScheme
	}
	if checkReferTarget(addr) != nil {
		return inv, errReferTo
	}
	inv.Addr = addr
	for _, h := range strings.Split(headers, "&") {
		k, escaped, _ := strings.Cut(h, "=")
		name, err := url.PathUnescape(k)
		value, err2 := url.PathUnescape(escaped)
		if err != nil || err2 != nil || strings.ContainsFunc(value, isControl) {
			return inv, errReferTo
		}
		if strings.EqualFold(name, "Replaces") {
			if _, err := parseReplaces(value); err != nil {
				return inv, errReferTo
			}
			inv.Replaces = value
		}
		for _, known := range referredHeaders {
			if strings.EqualFold(name, known) && len(value) <= maxReferHeader {
				inv.Headers[known] = value
			}
		}
	}
	return inv, nil
}
