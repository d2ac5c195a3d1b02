package sip

import (
	"errors"
	"sync"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/digest"
	"decroche/internal/secret"
)

// maxAsked is how often one call or registration may be sent again because the far end asked for
// something first: who we are (a proxy and the far end, a nonce that grew old), a longer interval.
const maxAsked = 6

// maxRealms is how many parties on the way may ask who we are.
const maxRealms = 4

var (
	errNoCredentials = errors.New("sip: the far end asks who we are, and no username and password are configured for it")
	errCredentials   = errors.New("sip: the far end does not take username and password; check those of the trunk")
)

// credentials are what is shown to who asks who we are.
type credentials struct {
	username string
	password secret.Value
}

// signer answers those who ask who we are on the way of a dialog or a registration: the far end with
// 401, proxies with 407 (RFC 3261 §22.2, §22.3). It remembers their challenges, so that later requests
// carry answers at once. A nil signer has no credentials. Any goroutine may call it.
type signer struct {
	who credentials // constant

	mu    sync.Mutex
	known []*demand
}

// demand is a challenge, and how often it was answered.
type demand struct {
	proxy     bool
	challenge digest.Challenge
	count     uint32
}

func newSigner(who credentials) *signer {
	if who.username == "" {
		return nil
	}
	return &signer{who: who}
}

// challenges tells whether a response asks who we are.
func challenges(res *msg.Response) bool { return res.StatusCode == 401 || res.StatusCode == 407 }

// challenged takes in the challenges of a 401 or 407. nil says that the request is worth sending once
// more, with a new CSeq and signed; an error that it was refused: nothing there can be answered, or
// what we showed was right for this nonce and is not believed.
func (s *signer) challenged(req *msg.Request, res *msg.Response) error {
	if s == nil {
		return errNoCredentials
	}
	proxy, name, answer := false, "WWW-Authenticate", "Authorization"
	if res.StatusCode == 407 {
		proxy, name, answer = true, "Proxy-Authenticate", "Proxy-Authorization"
	}
	byRealm := map[string][]digest.Challenge{}
	var realms []string
	for _, h := range res.GetHeaders(name) {
		if c, err := digest.ParseChallenge(h.Value()); err == nil {
			if byRealm[c.Realm] == nil {
				realms = append(realms, c.Realm)
			}
			byRealm[c.Realm] = append(byRealm[c.Realm], c)
		}
	}
	shown := map[string]bool{} // nonces that the request answered
	for _, h := range req.GetHeaders(answer) {
		if a, err := digest.ParseAnswer(h.Value()); err == nil {
			shown[a.Nonce] = true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := false
	for _, realm := range realms {
		c, ok := digest.Best(byRealm[realm])
		if !ok || shown[c.Nonce] || !c.Stale && s.answered(proxy, realm, shown) {
			continue
		}
		fresh = s.remember(proxy, c) || fresh
	}
	if !fresh {
		return errCredentials
	}
	return nil
}

// answered tells whether one of the nonces shown was that of this realm: then a new one that is not
// called stale says that the password is wrong; mu is held.
func (s *signer) answered(proxy bool, realm string, shown map[string]bool) bool {
	for _, d := range s.known {
		if d.proxy == proxy && d.challenge.Realm == realm && shown[d.challenge.Nonce] && d.count == 1 {
			return true
		}
	}
	return false
}

// remember keeps a challenge in the place of the realm's last one; false when there are too many
// realms. mu is held.
func (s *signer) remember(proxy bool, c digest.Challenge) bool {
	for _, d := range s.known {
		if d.proxy == proxy && d.challenge.Realm == c.Realm {
			d.challenge, d.count = c, 0
			return true
		}
	}
	if len(s.known) >= maxRealms {
		return false
	}
	s.known = append(s.known, &demand{proxy: proxy, challenge: c})
	return true
}

// sign adds an answer to each challenge known so far; those that a request had before are replaced.
func (s *signer) sign(req *msg.Request) {
	if s == nil {
		return
	}
	removeAll(req, "Authorization")
	removeAll(req, "Proxy-Authorization")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.known {
		d.count++
		a, err := digest.Respond(d.challenge, s.who.username, string(s.who.password), string(req.Method), req.Recipient.String(), d.count)
		if err != nil {
			continue
		}
		name := "Authorization"
		if d.proxy {
			name = "Proxy-Authorization"
		}
		req.AppendHeader(msg.NewHeader(name, a.String()))
	}
}

func removeAll(req *msg.Request, name string) {
	for range len(req.GetHeaders(name)) {
		req.RemoveHeader(name)
	}
}

// copyCredentials gives the ACK of a 2xx what its INVITE had (RFC 3261 §22.1).
func copyCredentials(invite, ack *msg.Request) {
	msg.CopyHeaders("Authorization", invite, ack)
	msg.CopyHeaders("Proxy-Authorization", invite, ack)
}

// again makes the request that follows on a challenged one: the same with the next CSeq, signed anew.
// The Via is added when it is sent.
func (s *signer) again(req *msg.Request, cseq uint32) *msg.Request {
	next := req.Clone()
	removeAll(next, "Via")
	next.ReplaceHeader(&msg.CSeqHeader{SeqNo: cseq, MethodName: req.Method})
	s.sign(next)
	return next
}

// ask sends a request inside the dialog, and once more for each challenge that the line's credentials
// answer. onRes, which may be nil, sees every response but those challenges, with the request that it
// belongs to; onEnd may be nil.
func (l *line) ask(req *msg.Request, next msg.Uri, prev flow, onRes func(*msg.Request, *msg.Response), onEnd func(error)) {
	l.askUntil(req, next, prev, nil, onRes, onEnd)
}

// askUntil is ask for a request that may be given up.
func (l *line) askUntil(req *msg.Request, next msg.Uri, prev flow, until *giveUp, onRes func(*msg.Request, *msg.Response), onEnd func(error)) {
	l.signer.sign(req)
	l.askTimes(req, next, prev, maxAsked, until, onRes, onEnd)
}

func (l *line) askTimes(req *msg.Request, next msg.Uri, prev flow, times int, until *giveUp, onRes func(*msg.Request, *msg.Response), onEnd func(error)) {
	l.s.sendRevocable(req, next, prev, until, func(res *msg.Response) {
		if challenges(res) && times > 1 && l.signer.challenged(req, res) == nil {
			l.mu.Lock()
			l.d.localSeq++
			cseq := l.d.localSeq
			l.mu.Unlock()
			l.askTimes(l.signer.again(req, cseq), next, prev, times-1, until, onRes, onEnd)
			return
		}
		if onRes != nil {
			onRes(req, res)
		}
	}, onEnd)
}

// refused is what a final failure means to who dialled.
func refused(to leg.Invite, res *msg.Response) *leg.Refused {
	return &leg.Refused{Addr: to.Addr, Status: res.StatusCode, Reason: res.Reason, RetryAfter: retryAfter(res)}
}
