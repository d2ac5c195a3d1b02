package sip

import (
	"errors"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/number"
)

// replaces is the Replaces header (RFC 3891 §6.1), as its reader has to compare it: toTag is ours.
type replaces struct {
	callID, toTag, fromTag string
	earlyOnly              bool
}

var errReplaces = errors.New("sip: Replaces names no dialog")

const maxReplaces = 512 // bytes

func parseReplaces(v string) (r replaces, err error) {
	if len(v) > maxReplaces || strings.ContainsFunc(v, isControl) {
		return r, errReplaces
	}
	id, params, _ := strings.Cut(v, ";")
	r.callID = strings.TrimSpace(id)
	for _, p := range strings.Split(params, ";") {
		k, val, _ := strings.Cut(strings.TrimSpace(p), "=")
		field := &r.toTag
		switch strings.ToLower(strings.TrimSpace(k)) {
		case "to-tag":
		case "from-tag":
			field = &r.fromTag
		case "early-only":
			r.earlyOnly = true
			continue
		default:
			continue
		}
		if *field != "" {
			return r, errReplaces // RFC 3891 §6.1: exactly one of each
		}
		*field = strings.TrimSpace(val)
	}
	if r.callID == "" || strings.ContainsAny(r.callID, " \t,") || r.toTag == "" || r.fromTag == "" {
		return r, errReplaces
	}
	return r, nil
}

// OnReplaced implements leg.Replaced.
func (l *line) OnReplaced(to func(by leg.Info)) {
	l.mu.Lock()
	l.onReplaced = to
	l.mu.Unlock()
}

// onReplaces is an INVITE that takes a call over (RFC 3891 §3). The line stays and only its dialog is
// exchanged, so that whoever owns the call has nothing to do: docs/decisions/0014. It is never a new call.
func (s *Server) onReplaces(tx *serverTx, from flow) {
	req := tx.req
	l, v := s.replaceable(req, from)
	if v != nil {
		s.metrics.transfers.WithLabelValues("replaced", "refused").Inc()
		s.reject(tx, *v, token(), nil)
		return
	}
	st, headers, f := s.answerTimer(req)
	if f != nil {
		s.reject(tx, f.verdict, token(), f.extra)
		return
	}
	body, err := sessionBody(req)
	if err != nil {
		s.reject(tx, verdictOf(err), token(), s.explain(err))
		return
	}
	// The husk carries the new dialog until its ACK has come, then the old one until its BYE is sent.
	n := &line{s: s, incoming: true, husk: true, made: time.Now(), ctx: l.ctx, cancel: func(error) {}, media: l.media,
		invite: tx, from: from, local: l.local, info: incomingInfo(req, from, l.media.Codec()), answered: make(chan struct{})}
	close(n.answered)
	n.d = serverDialog(req, token())
	n.local.id = uint64(n.made.UnixNano()) >> 10
	n.local.rate = l.media.Rate()
	n.writer.version = 1
	n.theyUpdate = listsUpdate(req)
	n.session, n.up = st, true
	n.info.Tag, n.info.PeerTag, n.info.Rate = n.d.localTag, n.d.remoteTag, n.local.rate
	text, offer := "", body == nil
	if body != nil {
		if err := n.answerOffer(body); err != nil {
			s.reject(tx, verdictOf(err), n.d.localTag, s.explain(err))
			return
		}
		text = n.sdpText
		n.info.Codec = n.params.Codec
	} else {
		text, offer = n.okText()
	}
	n.confirmed = func() { s.succeed(l, n, offer) }
	s.mu.Lock()
	closed := s.closed
	if !closed {
		s.lines[dialogID(n.d.callID, n.d.localTag)] = n
	}
	s.mu.Unlock()
	if closed {
		s.reject(tx, vOverload, n.d.localTag, nil)
		return
	}
	res := s.response(req, 200, "OK", n.d.localTag, append([]string{"Allow", allowed, "Supported", supported}, headers...)...)
	res.AppendHeader(n.contact())
	setSDP(res, text)
	n.sendOK(tx, res, offer)
}

// replaceable finds the line that an INVITE may take over, or the status that says why there is none.
func (s *Server) replaceable(req *msg.Request, from flow) (*line, *verdict) {
	values := req.GetHeaders("Replaces")
	r, err := parseReplaces(values[0].Value())
	if err != nil || len(values) > 1 {
		return nil, &vBadRequest
	}
	s.mu.Lock()
	l := s.lines[dialogID(r.callID, r.toTag)]
	s.mu.Unlock()
	if l == nil || l.husk {
		return nil, &vNoDialog
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	// RFC 3891 §3 has 481 for an early dialog that the far end began. One that we began may be taken over
	// there, and is not here either: docs/transfers.md says why.
	case l.d.remoteTag != r.fromTag, !l.up:
		return nil, &vNoDialog
	case l.over:
		return nil, &verdict{603, "Decline", 0}
	case r.earlyOnly:
		return nil, &verdict{486, "Busy Here", 0}
	case !s.mayTake(l, from):
		s.log.Warn("somebody tried to take a call over who may not; name their network in sip.transfer.replaces_from if they may",
			"call", l.info.ID, "from", from.addr.Addr().String(), "by", number.Mask(req.From().Address.User))
		return nil, &vForbidden
	case l.asking || l.offering || l.unacked != nil:
		return nil, &vGlare
	}
	return l, nil
}

// mayTake: the far end of the call itself, which could do as it likes anyway, and the networks that were
// named (RFC 3891 §8); mu of l is held.
func (s *Server) mayTake(l *line, from flow) bool {
	a := from.addr.Addr().Unmap()
	if a == l.from.addr.Addr().Unmap() {
		return true
	}
	for _, p := range s.takers {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// succeed gives l the dialog of n, which was confirmed, and ends the old one from n.
func (s *Server) succeed(l, n *line, offered bool) {
	l.mu.Lock()
	n.mu.Lock()
	over := l.over
	var told func(leg.Info)
	if !over {
		l.d, n.d = n.d, l.d
		l.from, n.from = n.from, l.from
		l.signer, n.signer = n.signer, l.signer
		l.writer, l.sdpText, l.theyUpdate, l.params = n.writer, n.sdpText, n.theyUpdate, n.params
		l.local.id = n.local.id
		l.ours = false
		l.refreshFailed = false
		l.armSession(n.session)
		told = l.onReplaced
	}
	params := l.params
	s.mu.Lock()
	s.lines[dialogID(n.d.callID, n.d.localTag)] = n
	if !over {
		s.lines[dialogID(l.d.callID, l.d.localTag)] = l
	}
	s.mu.Unlock()
	n.mu.Unlock()
	l.mu.Unlock()
	if !over {
		if !offered {
			l.media.Set(params)
		}
		s.metrics.transfers.WithLabelValues("replaced", "completed").Inc()
		s.log.Info("a call was taken over", "call", l.info.ID)
		if told != nil {
			told(n.info)
		}
	}
	n.bye(leg.Normal)
	s.forget(n)
}
