package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// dialling is an INVITE of ours that has no final response yet. Guarded by its line's mu.
type dialling struct {
	req       *msg.Request
	tx        *clientTx
	to        flow
	progress  func(int)
	result    chan dialResult // one result, buffered
	gaveUp    bool            // whoever dialled is gone: CANCEL, and BYE to a late 200
	cancelAt  bool            // CANCEL as soon as a provisional response allows it (RFC 3261 §9.1)
	ack       []byte          // ACK of the winning 2xx, for its repetitions
	ackTo     flow
	answerAt  bool           // a reliable provisional carried the answer already
	answerTag string         // whose that was
	sound     leg.EarlySound // hears what comes before the answer; nil when nobody does
	earlyTag  string         // whose description is in force before the answer
	earlyStop context.CancelFunc
	earlyDone chan struct{}
	rseq      uint32   // last reliable provisional confirmed
	won       string   // remote tag of the 2xx that won
	asked     dialog   // as it was before, for those that answer after it
	lost      []string // those of the forks that answered after it
}

type dialResult struct {
	res *msg.Response // final response, nil when there was none
	err error
}

// place dials one target and returns once the far end answered. Failures are a *leg.Refused; when ctx
// ends, its cause.
func (s *Server) place(ctx context.Context, t target, to leg.Invite) (*line, error) {
	f := t.flow
	if !f.addr.IsValid() {
		var err error
		if f, err = s.hop(ctx, t.next(), t.flow); err != nil {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return nil, &leg.Refused{Addr: to.Addr, Reason: err.Error()}
		}
	}
	if t.trunk != nil {
		t.trunk.found(f.addr.Addr())
	}
	l, err := s.newLine(false, f, netip.AddrPort{}) // known when they answer
	if err != nil {
		return nil, fmt.Errorf("sip: dial %q: %w", to.Addr, err)
	}
	if l.local.way, err = s.outgoingWay(t, f); err != nil {
		l.media.Close()
		l.cancel(err)
		return nil, &leg.Refused{Addr: to.Addr, Status: 488, Reason: err.Error()}
	}
	l.local.sealed = l.local.way == secureOnly || l.local.way == eitherWay
	l.signer = t.signer
	s.prepare(l, t, to)
	if !s.register(l, "") {
		l.media.Close()
		l.cancel(leg.ErrDrained)
		return nil, &leg.Refused{Addr: to.Addr, Reason: "the gateway is shutting down"}
	}
	return s.dialTimes(ctx, l, t, to)
}

// parseTarget checks an Invite before anything is sent.
func parseTarget(to leg.Invite) (msg.Uri, error) {
	var uri msg.Uri
	addr := strings.TrimSpace(to.Addr)
	if user, ok := bareNumber(addr); ok {
		uri = msg.Uri{Scheme: "tel", User: user}
	} else if err := msg.ParseUri(addr, &uri); err != nil || uri.Host == "" || !strings.EqualFold(uri.Scheme, "sip") && !strings.EqualFold(uri.Scheme, "sips") {
		return uri, fmt.Errorf("sip: dial %q: not a SIP address; write it like \"sip:201@192.0.2.7:5060\"", to.Addr)
	} else if strings.ContainsFunc(addr, func(r rune) bool { return isControl(r) || r == ' ' }) {
		return uri, fmt.Errorf("sip: dial %q: holds a space or control character", to.Addr)
	}
	if err := checkFromUser(to.FromUser); err != nil {
		return uri, fmt.Errorf("sip: dial %q: %w", to.Addr, err)
	}
	if to.Replaces != "" {
		if _, err := parseReplaces(to.Replaces); err != nil {
			return uri, fmt.Errorf("sip: dial %q: %w", to.Addr, err)
		}
	}
	uri.Headers = nil // RFC 3261 §19.1.5: headers in a URI do not belong into a Request-URI
	for name, value := range to.Headers {
		if err := cleanHeader(name, value); err != nil {
			return uri, fmt.Errorf("sip: dial %q: %w", to.Addr, err)
		}
	}
	return uri, nil
}

// maxFromUser bounds the user part of our address, in bytes.
const maxFromUser = 64

// checkFromUser says why user cannot be the user part of our address. It allows what needs no
// escape in a URI (RFC 3261 §25.1) and "+", so that nothing can leave its place in the header.
func checkFromUser(user string) error {
	bad := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("+-._~", r)
	}
	if len(user) > maxFromUser || strings.ContainsFunc(user, bad) {
		return fmt.Errorf("cannot call from user %q; write up to %d letters, digits and + - . _ ~, like 0612345678", user, maxFromUser)
	}
	return nil
}

// fromUser is the user part of our address in a call.
func fromUser(to leg.Invite) string {
	digits := strings.TrimPrefix(to.From, "+")
	switch {
	case to.FromUser != "":
		return to.FromUser
	case digits != "" && len(to.From) <= maxFromUser && strings.Trim(digits, "0123456789") == "":
		return to.From
	}
	return "decroche"
}

// prepare fills in the dialog of a call that is about to be made.
func (s *Server) prepare(l *line, t target, to leg.Invite) {
	callID, uri := token()+token(), t.uri
	host, port := s.advertised(l.from.network, l.from.addr.Addr())
	l.d = dialog{callID: callID, localTag: token(), target: uri}
	l.d.local = msg.FromHeader{DisplayName: quoteName(to.From), Address: msg.Uri{Scheme: "sip", User: fromUser(to), Host: host, Port: port}}
	if t.trunk != nil {
		l.d.local.Address.Host, l.d.local.Address.Port = bracket(t.trunk.domain), 0
	}
	l.d.local.Params.Add("tag", l.d.localTag)
	l.d.remote = msg.ToHeader{Address: msg.Uri{Scheme: uri.Scheme, User: uri.User, Host: uri.Host, Port: uri.Port}}
	l.ours = true
	close(l.answered)
	l.info = leg.Info{ID: callID, From: l.d.local.Address.Addr(), To: uri.Addr(), FromName: l.d.local.DisplayName,
		Called: uri.User, Rate: 8000, Codec: s.cfg.Codecs[0], Headers: map[string]string{}}
}

// dialTimes sends the INVITE, and again when the far end asks who calls (RFC 3261 §22.2) or for a
// longer session interval (RFC 4028 §7.2).
func (s *Server) dialTimes(ctx context.Context, l *line, t target, to leg.Invite) (*line, error) {
	minSE := s.cfg.MinSE
	for range maxAsked {
		l.sendInvite(t.uri, to, minSE)
		res, err := l.awaitAnswer(ctx, to)
		l.endEarly()
		if err != nil {
			return nil, err
		}
		switch {
		case res.StatusCode < 300:
			return l, nil
		case res.StatusCode == 422 && parseMinSE(res) > minSE:
			minSE = parseMinSE(res)
			continue
		case challenges(res):
			if err := l.signer.challenged(l.invited(), res); err == nil {
				continue
			}
		}
		l.finish(errRefused)
		if movedTo(res) {
			return nil, &moved{refused(to, res), contactsOf(res)}
		}
		return nil, refused(to, res)
	}
	l.finish(errRefused)
	return nil, &leg.Refused{Addr: to.Addr, Status: 482, Reason: "Asked again and again"}
}

// invited is the INVITE that is pending, or was last.
func (l *line) invited() *msg.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.req
}

// sendInvite builds and sends one INVITE with our offer.
func (l *line) sendInvite(uri msg.Uri, to leg.Invite, minSE time.Duration) {
	s := l.s
	l.mu.Lock()
	req, _ := l.d.request(msg.INVITE, 0)
	text, _ := l.writer.write(func(v uint64) (string, error) { return l.local.offerText(v, "sendrecv"), nil })
	l.offering = true
	f := l.from
	l.mu.Unlock()

	req.PrependHeader(s.via(f.network, f.addr.Addr()))
	req.AppendHeader(s.contact(f))
	req.AppendHeader(msg.NewHeader("Allow", allowed))
	req.AppendHeader(msg.NewHeader("Supported", supported))
	req.AppendHeader(msg.NewHeader("Session-Expires", seconds(max(s.cfg.SessionExpires, minSE))))
	req.AppendHeader(msg.NewHeader("Min-SE", seconds(minSE)))
	if s.cfg.UserAgent != "" {
		req.AppendHeader(msg.NewHeader("User-Agent", s.cfg.UserAgent))
	}
	for name, value := range to.Headers {
		req.AppendHeader(msg.NewHeader(name, value))
	}
	if to.Replaces != "" {
		req.AppendHeader(msg.NewHeader("Replaces", to.Replaces))
	}
	setSDP(req, text)
	l.signer.sign(req)

	out := &dialling{req: req, to: f, progress: to.Progress, sound: to.Early, result: make(chan dialResult, 1)}
	l.mu.Lock()
	l.out = out
	l.mu.Unlock()
	f = s.forSize(f, req, uri)
	out.to = f
	tx := s.tx.prepare(req, f, func(res *msg.Response) { l.onInviteResponse(out, res) }, func(err error) { l.inviteLost(out, err) })
	l.mu.Lock()
	out.tx = tx
	l.mu.Unlock()
	tx.start()
}

// awaitAnswer waits for the final response of the INVITE, the caller's patience, or ctx.
func (l *line) awaitAnswer(ctx context.Context, to leg.Invite) (*msg.Response, error) {
	ringFor := to.RingFor
	if ringFor <= 0 {
		ringFor = l.s.cfg.RingFor
	}
	ring := time.NewTimer(ringFor)
	defer ring.Stop()
	quiet := time.NewTimer(min(l.s.cfg.NoReply, ringFor))
	defer quiet.Stop()
	l.mu.Lock()
	out := l.out
	l.mu.Unlock()
	for {
		select {
		case r := <-out.result:
			if r.err != nil {
				l.finish(r.err)
				return nil, &leg.Refused{Addr: to.Addr, Reason: r.err.Error()}
			}
			return r.res, nil
		case <-quiet.C:
			if out.tx.heard() {
				continue
			}
			l.giveUp(out, errRefused)
			return nil, &leg.Refused{Addr: to.Addr, Reason: fmt.Sprintf("no reply within %v", min(l.s.cfg.NoReply, ringFor))}
		case <-ring.C:
			heard := out.tx.heard()
			l.giveUp(out, errRefused)
			if !heard {
				return nil, &leg.Refused{Addr: to.Addr, Reason: fmt.Sprintf("no reply within %v", ringFor)}
			}
			return nil, &leg.Refused{Addr: to.Addr, Status: 408, Reason: fmt.Sprintf("no answer within %v", ringFor)}
		case <-ctx.Done():
			l.giveUp(out, errRefused)
			return nil, context.Cause(ctx)
		case <-l.ctx.Done():
			l.giveUp(out, errRefused)
			return nil, context.Cause(l.ctx)
		}
	}
}

// giveUp stops the ringing. The line lingers without media until the INVITE has ended, so that a
// 200 that crosses our CANCEL gets its ACK and BYE (RFC 3261 §9.1).
func (l *line) giveUp(out *dialling, cause error) {
	l.mu.Lock()
	if out == nil || out.gaveUp {
		l.mu.Unlock()
		return
	}
	out.gaveUp = true
	won := out.won != "" && l.up // the 2xx was faster, nobody took it
	heard := out.tx.heard()
	out.cancelAt = !heard
	l.mu.Unlock()
	l.retire(cause)
	switch {
	case won:
		l.bye(leg.Normal)
		l.s.forget(l)
	case heard:
		l.sendCancel(out)
	}
}

// sendCancel cancels the INVITE hop by hop (RFC 3261 §9.1) and puts a term to it.
func (l *line) sendCancel(out *dialling) {
	c := msg.NewRequest(msg.CANCEL, out.req.Recipient)
	c.AppendHeader(out.req.Via().Clone())
	msg.CopyHeaders("Route", out.req, c)
	c.AppendHeader(msg.HeaderClone(out.req.From()))
	c.AppendHeader(msg.HeaderClone(out.req.To()))
	c.AppendHeader(msg.HeaderClone(out.req.CallID()))
	c.AppendHeader(&msg.CSeqHeader{SeqNo: out.req.CSeq().SeqNo, MethodName: msg.CANCEL})
	forwards := msg.MaxForwardsHeader(70)
	c.AppendHeader(&forwards)
	c.SetBody(nil)
	out.tx.limit()
	l.s.tx.request(c, out.to, nil, nil)
}

// inviteLost is an INVITE without any final response.
func (l *line) inviteLost(out *dialling, err error) {
	l.mu.Lock()
	gaveUp := out.gaveUp
	l.mu.Unlock()
	if gaveUp {
		l.s.forget(l)
		return
	}
	select {
	case out.result <- dialResult{err: err}:
	default:
	}
}

// onInviteResponse handles each response to the INVITE, on the reading goroutine.
func (l *line) onInviteResponse(out *dialling, res *msg.Response) {
	switch {
	case res.StatusCode < 200:
		l.onProvisional(out, res)
	case res.StatusCode < 300:
		l.onAnswered(out, res)
	default:
		l.mu.Lock()
		gaveUp := out.gaveUp
		l.offering = false
		l.mu.Unlock()
		if gaveUp {
			l.s.forget(l)
			return
		}
		select {
		case out.result <- dialResult{res: res}:
		default:
		}
	}
}

// onProvisional reports progress, confirms reliable responses and sends a CANCEL that had to wait.
func (l *line) onProvisional(out *dialling, res *msg.Response) {
	l.mu.Lock()
	cancel := out.cancelAt
	out.cancelAt = false
	gaveUp := out.gaveUp
	l.mu.Unlock()
	if cancel {
		l.sendCancel(out)
	}
	if gaveUp {
		return
	}
	if requires(res, "100rel") && res.StatusCode > 100 {
		l.sendPrack(out, res)
	}
	l.early(out, res)
	if out.progress != nil && res.StatusCode > 100 {
		out.progress(res.StatusCode)
	}
}

// sendPrack confirms a reliable provisional response (RFC 3262 §4). An answer in it counts.
func (l *line) sendPrack(out *dialling, res *msg.Response) {
	rseq, err := strconv.ParseUint(strings.TrimSpace(headerValue(res, "RSeq")), 10, 32)
	if err != nil || tagOf(res.To().Params) == "" {
		return
	}
	l.mu.Lock()
	if out.rseq != 0 && uint32(rseq) != out.rseq+1 {
		l.mu.Unlock()
		return // a repetition, or one that overtook another
	}
	out.rseq = uint32(rseq)
	early := l.d // RFC 3262 §4: PRACK goes inside the early dialog of this response
	early.confirm(res)
	req, next := early.request(msg.PRACK, 0)
	l.d.localSeq = early.localSeq
	if body, _ := sessionBody(res); body != nil && !out.answerAt {
		if l.applyAnswer(res) == nil {
			out.answerAt, out.answerTag = true, tagOf(res.To().Params)
			l.offering = false
		}
	}
	l.mu.Unlock()
	req.AppendHeader(msg.NewHeader("RAck", fmt.Sprintf("%d %d INVITE", rseq, out.req.CSeq().SeqNo)))
	l.s.sendRequest(req, next, out.to, nil, nil)
}

// onAnswered takes a 2xx: the first one wins, a repetition gets the same ACK again, one from
// another fork is acknowledged and hung up (RFC 3261 §13.2.2.4).
func (l *line) onAnswered(out *dialling, res *msg.Response) {
	tag := tagOf(res.To().Params)
	l.mu.Lock()
	switch {
	case out.won == tag && out.ack != nil:
		ack, to := out.ack, out.ackTo
		l.mu.Unlock()
		l.s.tp.send(to, ack)
		return
	case out.won != "":
		loser, again := out.asked, slices.Contains(out.lost, tag)
		if !again {
			out.lost = append(out.lost, tag)
		}
		l.mu.Unlock()
		l.s.dismiss(loser, out, res, again)
		return
	}
	out.won, out.asked = tag, l.d
	l.d.confirm(res)
	ack, next := l.d.request(msg.ACK, out.req.CSeq().SeqNo)
	copyCredentials(out.req, ack)
	l.up = true
	l.offering = false
	l.theyUpdate = listsUpdate(res)
	var err error
	if (!out.answerAt || out.answerTag != tag) && !out.gaveUp { // another fork may have sent the early one
		err = l.applyAnswer(res)
	}
	l.info.Codec, l.info.Rate = l.params.Codec, l.media.Rate()
	l.info.Tag, l.info.PeerTag = l.d.localTag, tag
	gaveUp := out.gaveUp
	if !gaveUp && err == nil {
		l.armSession(l.s.agreedTimer(res))
	}
	from := out.to
	l.mu.Unlock()

	l.s.sendAckThen(ack, next, from, func(data []byte, to flow) {
		l.mu.Lock()
		out.ack, out.ackTo = data, to
		l.mu.Unlock()
	})
	switch {
	case gaveUp:
		l.bye(leg.Normal)
		l.s.forget(l)
	case err != nil:
		l.bye(incompatible)
		out.result <- dialResult{err: fmt.Errorf("answered, but not usable: %w", err)}
	default:
		l.s.metrics.setup.WithLabelValues("out").Observe(time.Since(l.made).Seconds())
		out.result <- dialResult{res: res}
	}
}

// dismiss acknowledges and ends the dialog of a fork that answered too late; again, when it repeats its 2xx,
// it acknowledges alone.
func (s *Server) dismiss(d dialog, out *dialling, res *msg.Response, again bool) {
	d.confirm(res)
	ack, next := d.request(msg.ACK, out.req.CSeq().SeqNo)
	copyCredentials(out.req, ack)
	s.sendAck(ack, next, out.to)
	if again {
		return
	}
	s.metrics.lateForks.Inc()
	bye, next := d.request(msg.BYE, 0)
	s.sendRequest(bye, next, out.to, nil, nil)
}

// glareWait is RFC 3261 §14.1: 2.1–4 s for the owner of the Call-ID, 0–2 s for the other.
func glareWait(owner bool) time.Duration {
	if owner {
		return 2100*time.Millisecond + time.Duration(rand.IntN(191))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(201)) * 10 * time.Millisecond
}
