package sip

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// reliable is a provisional response that is repeated until its PRACK comes (RFC 3262 §3).
type reliable struct {
	rseq     uint32
	cseq     uint32
	data     []byte
	to       flow
	offered  bool // it carries our offer (the INVITE had none): the PRACK has the answer
	acked    bool
	interval time.Duration
	resend   *time.Timer
	giveUp   *time.Timer
}

// ringReliably sends a provisional response that the caller must confirm. When the INVITE had no
// offer, the first reliable response has to carry ours (RFC 3261 §13.2.1, RFC 3262 §5).
func (l *line) ringReliably(res *msg.Response) {
	r := &reliable{
		rseq:     1 + rand.Uint32N(1<<31-1),
		cseq:     l.invite.req.CSeq().SeqNo,
		to:       l.invite.reply,
		interval: l.s.timers.t1,
	}
	res.AppendHeader(msg.NewHeader("Require", "100rel"))
	res.AppendHeader(msg.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10)))
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		return
	}
	if l.sdpText == "" {
		r.offered = true
		l.offering = true
		text, _ := l.writer.write(func(v uint64) (string, error) { return l.local.offerText(v, "sendrecv"), nil })
		setSDP(res, text)
	}
	r.data = []byte(res.String())
	l.rel = r
	r.resend = time.AfterFunc(r.interval, func() { l.resendReliable(r) })
	r.giveUp = time.AfterFunc(64*l.s.timers.t1, func() { l.neverPracked(r) })
	l.mu.Unlock()
	l.invite.respond(res)
}

func (l *line) resendReliable(r *reliable) {
	l.mu.Lock()
	if r.acked || l.over {
		l.mu.Unlock()
		return
	}
	r.interval *= 2
	r.resend.Reset(r.interval)
	l.mu.Unlock()
	l.s.tp.send(r.to, r.data)
}

// neverPracked refuses the call (RFC 3262 §3: "reject the original request with a 5xx").
func (l *line) neverPracked(r *reliable) {
	l.mu.Lock()
	if r.acked || l.over || l.up {
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	l.s.reject(l.invite, vNoPrack, l.d.localTag, nil)
	l.finish(leg.ErrHungUp)
}

// onPrack confirms our reliable response; anything else is 481.
func (l *line) onPrack(tx *serverTx) {
	req := tx.req
	l.mu.Lock()
	r := l.rel
	if r == nil || r.acked || !matchesRAck(headerValue(req, "RAck"), r) {
		l.mu.Unlock()
		l.s.reject(tx, vNoDialog, l.d.localTag, nil)
		return
	}
	body, err := sessionBody(req)
	var answer string
	switch {
	case err != nil:
	case r.offered:
		if err = l.applyAnswer(req); err == nil {
			l.offering = false
		}
	case body != nil: // a second offer, in the PRACK (RFC 3262 §5)
		if err = l.answerOffer(body); err == nil {
			answer = l.sdpText
		}
	}
	if err != nil {
		l.mu.Unlock()
		l.s.reject(tx, verdictOf(err), l.d.localTag, l.s.explain(err))
		return
	}
	r.acked = true
	stopTimer(r.resend)
	stopTimer(r.giveUp)
	l.mu.Unlock()
	res := l.s.response(req, 200, "OK", l.d.localTag)
	setSDP(res, answer)
	tx.respond(res)
	close(l.answered)
}

// matchesRAck reads "RSeq CSeq INVITE" (RFC 3262 §7.2).
func matchesRAck(v string, r *reliable) bool {
	f := strings.Fields(v)
	if len(f) != 3 || f[2] != "INVITE" {
		return false
	}
	rseq, err1 := strconv.ParseUint(f[0], 10, 32)
	cseq, err2 := strconv.ParseUint(f[1], 10, 32)
	return err1 == nil && err2 == nil && uint32(rseq) == r.rseq && uint32(cseq) == r.cseq
}
