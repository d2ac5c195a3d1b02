package sip

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/media/codec"
	"decroche/media/rtp"
)

// keptHeaders are the incoming headers that reach leg.Info.Headers.
var keptHeaders = []string{"User-to-User", "Call-Info", "Diversion", "P-Asserted-Identity", "Alert-Info", "Subject"}

const maxKeptHeader = 1024 // bytes of one kept header; longer ones are left out

// onInvite begins a call: 100 at once, then the questions in the order in which a refusal is
// cheapest, then the application on a goroutine of its own.
func (s *Server) onInvite(tx *serverTx, from flow) {
	req := tx.req
	if other := s.merged(req); other {
		s.reject(tx, vMerged, token(), nil)
		return
	}
	tx.respond(s.response(req, 100, "Trying", ""))
	if len(req.GetHeaders("Replaces")) > 0 {
		s.onReplaces(tx, from)
		return
	}
	if c := s.closedFor(); c != nil {
		s.reject(tx, refusal(*c), token(), nil)
		return
	}
	st, headers, f := s.answerTimer(req)
	if f != nil {
		s.reject(tx, f.verdict, token(), f.extra)
		return
	}
	hops, loop := s.looped(req)
	if loop {
		s.log.Warn("call refused: it was passed on from here and came back", "from", from.addr.String())
		s.reject(tx, vLoop, token(), nil)
		return
	}
	l, err := s.newIncoming(tx, from)
	if err != nil {
		s.log.Warn("call refused", "from", from.addr.String(), "error", err)
		s.reject(tx, verdictOf(err), token(), s.explain(err))
		return
	}
	l.session, l.timerHeaders, l.hops = st, headers, hops
	if !s.register(l, mergeKey(req)) {
		l.media.Close()
		s.reject(tx, vOverload, l.d.localTag, nil)
		return
	}
	tx.whenCancelled(l.cancelled)
	if !s.spawn(func() { s.serveLine(l) }) {
		l.hangup(leg.ErrDrained, leg.Draining)
	}
}

// readyWait is how long a call that came between Listen and Serve may ring.
const readyWait = 2 * time.Second

// explain adds the header that tells what would have been acceptable.
func (s *Server) explain(err error) []string {
	switch verdictOf(err).status {
	case 415:
		return []string{"Accept", acceptType}
	case 488:
		return []string{"Warning", fmt.Sprintf("305 decroche %q", "Incompatible media format")}
	}
	return nil
}

// serveLine gives a ringing line to the application and cleans up behind it.
func (s *Server) serveLine(l *line) {
	l.ring()
	select {
	case <-s.ready:
		_, accept := s.served()
		accept(l.ctx, l)
	case <-l.ctx.Done():
	case <-time.After(readyWait): // a program that only dials
	}
	l.hangup(context.Canceled, leg.Unavailable)
}

// newIncoming makes the line of an INVITE: media port, answer to its offer, who it is.
func (s *Server) newIncoming(tx *serverTx, from flow) (*line, error) {
	req := tx.req
	body, err := sessionBody(req)
	if err != nil {
		return nil, err
	}
	l, err := s.newLine(true, from, s.remoteOf(body))
	if err != nil {
		return nil, err
	}
	l.invite = tx
	if t := s.trunkAt(from); t != nil { // it may ask who hangs up, or refers
		l.signer = newSigner(t.who)
	}
	l.d = serverDialog(req, token())
	l.theyUpdate = listsUpdate(req)
	l.info = incomingInfo(req, from, s.cfg.Codecs[0])
	l.info.Tag, l.info.PeerTag = l.d.localTag, l.d.remoteTag
	if body != nil {
		if err := l.answerOffer(body); err != nil {
			l.media.Close()
			l.cancel(err)
			return nil, err
		}
		l.info.Codec = l.params.Codec
		if info, err := codec.Lookup(l.info.Codec); err == nil {
			l.info.Rate = info.Rate
		}
	} else {
		l.local.rate = l.info.Rate // who answers is told the rate before a codec is agreed
	}
	return l, nil
}

// remoteOf is where an offer says that the caller's media come from; invalid when it does not say,
// or is refused later.
func (s *Server) remoteOf(body []byte) (a netip.AddrPort) {
	d, err := parseSDP(body)
	if err != nil {
		return a
	}
	c, err := endpoint{codecs: s.cfg.Codecs, way: eitherWay}.choose(d)
	if err != nil {
		return a
	}
	ip, err := d.media[c.index].address(d)
	if err != nil {
		return a
	}
	return netip.AddrPortFrom(ip, uint16(d.media[c.index].port))
}

// newLine makes what both directions share. remote is where the far end's media come from, as far
// as is known.
func (s *Server) newLine(incoming bool, f flow, remote netip.AddrPort) (*line, error) {
	l := &line{s: s, incoming: incoming, from: f, made: time.Now(), answered: make(chan struct{})}
	base, _ := s.served()
	l.ctx, l.cancel = context.WithCancelCause(base)
	media, err := s.media.Open(rtp.Options{
		Timeout:   s.cfg.MediaTimeout,
		InBand:    s.cfg.DTMF.inBand(),
		OnTimeout: func() { l.hangup(leg.ErrMediaTimeout, silentCause) },
		Remote:    remote, Source: f.addr.Addr().Unmap(),
	})
	if err != nil {
		l.cancel(err)
		return nil, err
	}
	l.media = media
	addr := s.cfg.ExternalAddress
	if addr == "" {
		addr = s.localAddr(f.addr.Addr()).String()
	}
	l.local = endpoint{addr: addr, port: media.Port(), codecs: s.cfg.Codecs, id: uint64(l.made.UnixNano()) >> 10,
		peer: f.addr.Addr(), owns: s.ownsSocket, keys: &keyring{}, way: s.incomingWay(f)}
	l.local.sealed = l.local.way == secureOnly
	l.writer.version = 1
	return l, nil
}

// ownsSocket reports whether packets to a would come back to this server: to its SIP port, or to
// the media of a call.
func (s *Server) ownsSocket(a netip.AddrPort) bool {
	if ext, err := netip.ParseAddr(s.cfg.ExternalAddress); err == nil && ext.Unmap() == a.Addr() && s.bound.Addr().IsValid() {
		a = netip.AddrPortFrom(s.localAddr(a.Addr()), a.Port())
	}
	return s.media.Owns(a) || a.Port() == s.bound.Port() && rtp.Reaches(a.Addr(), s.bound.Addr())
}

// answerOffer computes the answer to an offer and remembers what it settles; nothing is in force
// yet. Before the line is registered, or with mu held.
func (l *line) answerOffer(body []byte) error {
	d, err := parseSDP(body)
	if err != nil {
		return err
	}
	local := l.local
	local.peer = l.from.addr.Addr() // it may have moved since the INVITE
	var p rtp.Params
	text, err := l.writer.write(func(version uint64) (string, error) {
		text, agreed, err := local.answerTo(d, version)
		p = agreed
		return text, err
	})
	if err != nil {
		return err
	}
	l.sdpText, l.params = text, p
	l.local.sealed = p.Secure != nil
	return nil
}

// incomingInfo describes the caller.
func incomingInfo(req *msg.Request, from flow, codec string) leg.Info {
	info := leg.Info{
		ID:       string(*req.CallID()),
		From:     req.From().Address.Addr(),
		To:       req.To().Address.Addr(),
		FromName: quoteName(req.From().DisplayName),
		Called:   req.Recipient.User,
		Rate:     8000,
		Codec:    codec,
		Headers:  map[string]string{},
	}
	if info.Called == "" && req.Recipient.Raw() != "" { // tel:+33…
		info.Called = req.Recipient.Raw()
	}
	for _, name := range keptHeaders {
		if v := headerValue(req, name); v != "" && len(v) <= maxKeptHeader {
			info.Headers[name] = v
		}
	}
	if v := historyOf(req); v != "" {
		info.Headers["History-Info"] = v
	}
	return info
}

// ring tells the caller that we are here: 180, sent reliably when the caller requires it (RFC 3262 §3).
func (l *line) ring() {
	req := l.invite.req
	res := l.s.response(req, 180, "Ringing", l.d.localTag, "Allow", allowed)
	res.AppendHeader(l.contact())
	if !requires(req, "100rel") {
		close(l.answered)
		l.invite.respond(res)
		return
	}
	l.ringReliably(res)
}

// accept sends the 200.
func (l *line) accept() error {
	l.mu.Lock()
	if l.over {
		defer l.mu.Unlock()
		return l.endCause
	}
	if l.up {
		l.mu.Unlock()
		return nil
	}
	l.up = true
	text, offer := l.okText()
	params, st := l.params, l.session
	headers := append([]string{"Allow", allowed, "Supported", supported}, l.timerHeaders...)
	l.mu.Unlock()

	res := l.s.response(l.invite.req, 200, "OK", l.d.localTag, headers...)
	res.AppendHeader(l.contact())
	setSDP(res, text)
	if !offer {
		l.media.Set(params)
	}
	if !l.sendOK(l.invite, res, offer) {
		l.finish(leg.ErrHungUp) // a CANCEL was faster
		return leg.ErrHungUp
	}
	l.s.metrics.setup.WithLabelValues("in").Observe(time.Since(l.made).Seconds())
	l.mu.Lock()
	l.armSession(st)
	l.mu.Unlock()
	return nil
}

// okText is the SDP of the first 200: the answer, or our offer when the INVITE had none, or
// nothing when a reliable provisional and its PRACK settled it already. mu is held.
func (l *line) okText() (text string, offer bool) {
	if l.sdpText != "" {
		return l.sdpText, false
	}
	if l.rel != nil && l.rel.offered {
		return "", false
	}
	l.offering = true
	text, _ = l.writer.write(func(v uint64) (string, error) { return l.local.offerText(v, "sendrecv"), nil })
	return text, true
}

// cancelled is the CANCEL of an unanswered INVITE (RFC 3261 §9.2).
func (l *line) cancelled() {
	l.mu.Lock()
	if l.up || l.over {
		l.mu.Unlock()
		return
	}
	invite := l.invite
	l.mu.Unlock()
	l.s.reject(invite, vTerminated, l.d.localTag, nil)
	l.finish(leg.ErrHungUp)
}

// reject sends a final failure.
func (s *Server) reject(tx *serverTx, v verdict, tag string, extra []string) {
	if v.retryAfter > 0 {
		extra = append(extra, "Retry-After", strconv.Itoa(v.retryAfter))
	}
	tx.respond(s.response(tx.req, v.status, v.text, tag, extra...))
}

// setSDP puts a description into a message; "" leaves it without a body.
func setSDP(m interface {
	AppendHeader(msg.Header)
	SetBody([]byte)
}, text string) {
	if text == "" {
		return
	}
	ct := msg.ContentTypeHeader(acceptType)
	m.AppendHeader(&ct)
	m.SetBody([]byte(text))
}

// listsUpdate reports whether the sender takes UPDATE.
func listsUpdate(m msg.Message) bool {
	for _, t := range headerTokens(m, "Allow") {
		if t == "update" {
			return true
		}
	}
	return false
}
