package sip

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

// request is the way of every request: who may, is it sound, is it a repetition, whose is it.
func (s *Server) request(req *msg.Request, from flow) {
	label := string(req.Method)
	if !known(label) {
		label = "other"
	}
	s.metrics.requests.WithLabelValues(label).Inc()

	f := check(req)
	if f != nil && (req.Via() == nil || req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil) {
		if req.Method != msg.ACK && req.Via() != nil && s.mayAnswer(from) {
			s.stateless(req, from, f.verdict, f.extra)
		} else {
			s.metrics.dropped.WithLabelValues("malformed").Inc()
		}
		return
	}
	if req.Method == msg.ACK {
		s.onAck(req, f)
		return
	}
	key := serverKey(req, req.Method)
	if tx := s.tx.server(key); tx != nil {
		tx.repeated()
		return
	}
	l := s.find(req)
	if l == nil && !s.welcome(req, from) {
		return
	}
	if f != nil {
		if s.mayAnswer(from) {
			s.stateless(req, from, f.verdict, f.extra)
		}
		return
	}
	tx, fresh := s.tx.open(key, req, replyFlow(req, from))
	if !fresh {
		tx.repeated()
		return
	}
	s.dispatch(tx, l, from)
}

// dispatch gives a sound, new request to whom it belongs.
func (s *Server) dispatch(tx *serverTx, l *line, from flow) {
	req := tx.req
	inside := tagOf(req.To().Params) != ""
	switch {
	case req.Method == msg.CANCEL:
		s.onCancel(tx)
	case l != nil:
		l.onRequest(tx, from)
	case inside && req.Method != msg.OPTIONS: // RFC 3261 §12.2.2: a dialog we do not have
		s.reject(tx, vNoDialog, "", nil)
	case req.Method == msg.INVITE:
		s.onInvite(tx, from)
	case req.Method == msg.REGISTER:
		s.onRegister(tx, from)
	case req.Method == msg.OPTIONS:
		s.answerOptions(tx, token())
	case req.Method == msg.BYE, req.Method == msg.UPDATE, req.Method == msg.PRACK, req.Method == msg.INFO, req.Method == msg.NOTIFY:
		s.reject(tx, vNoDialog, token(), nil)
	default:
		s.reject(tx, vNotAllowed, token(), []string{"Allow", allowed})
	}
}

// welcome applies the allow-list and the rate limit to a request outside any dialog of ours.
func (s *Server) welcome(req *msg.Request, from flow) bool {
	if !s.permitted(from) {
		s.metrics.dropped.WithLabelValues("not_allowed").Inc()
		if s.mayAnswer(from) {
			s.stateless(req, from, vForbidden, nil)
		}
		return false
	}
	ok, excess := s.limit.take(from.addr.Addr(), time.Now())
	if ok {
		return true
	}
	s.metrics.dropped.WithLabelValues("rate").Inc()
	if excess <= s.limit.burst { // beyond that, answering would only double the flood
		v := vOverload
		s.stateless(req, from, v, []string{"Retry-After", strconv.Itoa(v.retryAfter)})
	}
	return false
}

func (s *Server) permitted(from flow) bool {
	if len(s.allow) == 0 {
		return true
	}
	for _, p := range s.allow {
		if p.Contains(from.addr.Addr()) {
			return true
		}
	}
	return s.trunkAt(from) != nil
}

// mayAnswer keeps refusals of nonsense within the same rate as calls.
func (s *Server) mayAnswer(from flow) bool {
	ok, excess := s.limit.take(from.addr.Addr(), time.Now())
	return ok || excess <= s.limit.burst
}

// stateless answers without keeping anything (RFC 3261 §8.2.7): the tag is computed from the
// request, so that a repetition gets the same one.
func (s *Server) stateless(req *msg.Request, from flow, v verdict, extra []string) {
	who := ""
	if f := req.From(); f != nil {
		who = tagOf(f.Params)
	}
	sum := sha256.Sum256([]byte(s.secret + callIDOf(req) + "|" + who))
	res := s.response(req, v.status, v.text, hex.EncodeToString(sum[:8]), extra...)
	s.tp.send(replyFlow(req, from), []byte(res.String()))
}

// onAck is an ACK: of a failure (its transaction takes it) or of a 2xx (its line does).
func (s *Server) onAck(req *msg.Request, f *fault) {
	if tx := s.tx.server(serverKey(req, msg.INVITE)); tx != nil && tx.acked() {
		return
	}
	if f != nil {
		s.metrics.dropped.WithLabelValues("malformed").Inc()
		return
	}
	if l := s.find(req); l != nil {
		l.onAck(req)
	}
}

// onCancel answers a CANCEL and passes it to the INVITE it is for (RFC 3261 §9.2).
func (s *Server) onCancel(tx *serverTx) {
	invite := s.tx.server(serverKey(tx.req, msg.INVITE))
	if invite == nil {
		s.reject(tx, vNoDialog, token(), nil)
		return
	}
	tx.respond(s.response(tx.req, 200, "OK", token()))
	invite.cancel()
}

// answerOptions says what we can do, or that we are not taking calls (RFC 3261 §11.2).
func (s *Server) answerOptions(tx *serverTx, tag string) {
	if c := s.closedFor(); c != nil {
		s.reject(tx, refusal(*c), tag, nil)
		return
	}
	tx.respond(s.response(tx.req, 200, "OK", tag,
		"Allow", allowed, "Supported", supported, "Accept", acceptType, "Accept-Encoding", "identity", "Accept-Language", "fr, en"))
}

func known(method string) bool {
	for _, k := range knownMethods {
		if k == method {
			return true
		}
	}
	return false
}
