package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/number"
)

// target is one way to reach somebody who is dialled.
type target struct {
	uri    msg.Uri // what is asked for: the Request-URI
	way    msg.Uri // where it is sent; the zero Uri: where the Request-URI points
	flow   flow    // the way there where it is known, as to a phone that registered here; else it is looked for
	signer *signer // shows who we are to who asks; nil: we cannot
	trunk  *trunk  // by which it goes; nil: none
	phone  bool    // a phone that registered here
	plain  bool    // it does not take encrypted sound, and need not
}

// next is what the way is looked for by.
func (t target) next() msg.Uri {
	if t.way.Host != "" {
		return t.way
	}
	return t.uri
}

// Dial places a call; it implements leg.Dialer. It returns once the far end answered. Failures
// are a *leg.Refused. Cancelling ctx sends CANCEL at once and returns the context's cause. Call
// Listen, or let Serve have bound, before the first Dial.
//
// An address is "sip:201@host", at a trunk when the host is one or its name; a number, "tel:+336…" or
// "06 12…", which leaves by the trunks whose prefixes fit, each in turn while they fail; or a phone that
// registered here. The guard of outbound calls is asked first.
func (s *Server) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	uri, err := parseTarget(to)
	if err != nil {
		return nil, err
	}
	if s.isClosed() {
		return nil, &leg.Refused{Addr: to.Addr, Reason: "the gateway is not running"}
	}
	ways, byTrunk, err := s.ways(uri)
	switch {
	case err != nil && uri.Host == "" && len(s.trunks) == 0:
		return nil, fmt.Errorf("sip: dial %q: a number, and there is no trunk; write it like \"sip:201@192.0.2.7:5060\"", number.Mask(to.Addr))
	case errors.Is(err, errNotHere):
		return nil, &leg.Refused{Addr: to.Addr, Status: 480, Reason: err.Error()}
	case err != nil:
		return nil, &leg.Refused{Addr: to.Addr, Status: 404, Reason: err.Error()}
	}
	leave, try := func() {}, s.fork
	if !ways[0].phone {
		try = s.first
		if leave, err = s.guard.enter(uri, byTrunk); err != nil {
			return nil, &leg.Refused{Addr: to.Addr, Status: 403, Reason: err.Error()}
		}
	}
	l, err := try(ctx, ways, to)
	if err != nil {
		leave()
		return nil, err
	}
	l.after(leave)
	return l, nil
}

// Permit tells whether addr could be dialled now: whether there is a way to it, and the guard of outbound
// calls lets it through. It counts nothing; Dial asks again. nil means that it could.
func (s *Server) Permit(addr string) error {
	uri, err := parseTarget(leg.Invite{Addr: addr})
	if err != nil {
		return err
	}
	ways, byTrunk, err := s.ways(uri)
	if err != nil || ways[0].phone || s.guard == nil {
		return err
	}
	_, err = s.guard.check(uri, byTrunk)
	return err
}

// ways are the targets that reach an address, in the order in which they are tried. byTrunk says that
// its user is a number that leaves by a trunk.
func (s *Server) ways(uri msg.Uri) (list []target, byTrunk bool, err error) {
	if s.registrar.serves(uri.Host) {
		if list = s.registrar.targets(uri.User); list == nil {
			return nil, false, errNotHere
		}
		return list, false, nil
	}
	if uri.Host != "" {
		t := s.named(uri)
		if t == nil {
			return []target{{uri: uri}}, false, nil
		}
		if !number.Like(uri.User) { // an extension, or a name
			return []target{s.through(t, uri.User)}, false, nil
		}
		canon, ok := number.Canon(uri.User, s.country())
		if !ok {
			return nil, true, fmt.Errorf("%q is not a number", number.Mask(uri.User))
		}
		return []target{s.through(t, t.rewrite(canon))}, true, nil
	}
	canon, ok := number.Canon(uri.User, s.country())
	if !ok {
		return nil, true, fmt.Errorf("%q is not a number", number.Mask(uri.User))
	}
	for _, t := range s.choose(canon, time.Now()) {
		list = append(list, s.through(t, t.rewrite(canon)))
	}
	if list == nil {
		return nil, true, fmt.Errorf("no trunk dials %s; add its beginning to prefixes under trunks", number.Mask(canon))
	}
	return list, true, nil
}

// through is the target of a user at a trunk.
func (s *Server) through(t *trunk, user string) target {
	return target{uri: t.uri(user), way: t.way, flow: flow{tls: t.tls}, signer: newSigner(t.who), trunk: t}
}

func (s *Server) country() string {
	if s.cfg.Outbound == nil {
		return ""
	}
	return s.cfg.Outbound.Country
}

// errNotHere is a phone that has not registered.
var errNotHere = errors.New("the phone is not registered")

// errBusy is a trunk whose max_calls are taken.
var errBusy = errors.New("all calls that max_calls allows are up")

// first dials the ways in turn until one leads to an answer of the called party, be it a refusal. What
// only says that a trunk does not work is followed by the next.
func (s *Server) first(ctx context.Context, ways []target, to leg.Invite) (*line, error) {
	var last error
	for i, w := range ways {
		l, err := s.by(ctx, w, to)
		if err == nil {
			return l, nil
		}
		if last == nil || !errors.Is(err, errBusy) { // that a trunk is full says less than why another failed
			last = err
		}
		if w.trunk == nil || i == len(ways)-1 || ctx.Err() != nil || !trunkFailed(err) {
			break
		}
		s.metrics.failovers.Inc()
		s.log.Info("trunk failed a call; trying the next", "trunk", w.trunk.cfg.Name, "next", ways[i+1].trunk.cfg.Name, "error", err)
	}
	if errors.Is(last, errBusy) {
		return nil, &leg.Refused{Addr: to.Addr, Status: 503, Reason: "every trunk that could dial it is full"}
	}
	return nil, last
}

// by dials one way, within the bounds of its trunk.
func (s *Server) by(ctx context.Context, w target, to leg.Invite) (*line, error) {
	t := w.trunk
	if t == nil {
		to.Headers = configured(to.Headers, to.Facts, s.cfg.Headers)
		l, err := s.follow(ctx, w, to)
		var refused *leg.Refused
		if errors.As(err, &refused) && refused.Status == 488 && s.cfg.SRTP == "optional" && networkOf(w.next(), w.flow) == "TLS" && ctx.Err() == nil {
			w.plain = true // it may only mind the encryption
			return s.follow(ctx, w, to)
		}
		return l, err
	}
	if !t.take() {
		s.metrics.trunkTried.WithLabelValues(t.cfg.Name, "full").Inc()
		return nil, errBusy
	}
	to.Headers = configured(to.Headers, to.Facts, s.cfg.Headers, t.cfg.Headers)
	if to.FromUser == "" && fromUser(to) == "decroche" {
		to.FromUser = cmp.Or(t.cfg.Caller, t.cfg.Username)
	}
	l, err := s.follow(ctx, w, to)
	var refused *leg.Refused
	switch {
	case err == nil:
		t.alive()
		l.after(t.leave)
		s.metrics.trunkTried.WithLabelValues(t.cfg.Name, "answered").Inc()
		return l, nil
	case !trunkFailed(err):
		if errors.As(err, &refused) {
			t.alive()
		}
		s.metrics.trunkTried.WithLabelValues(t.cfg.Name, "refused").Inc()
	default:
		wait := downFor
		if errors.As(err, &refused) && refused.RetryAfter > 0 {
			wait = refused.RetryAfter
		}
		if !errors.As(err, &refused) || refused.Status != 401 && refused.Status != 407 { // it is there, and does not know us
			t.failed(err.Error(), time.Now().Add(wait))
		}
		s.metrics.trunkTried.WithLabelValues(t.cfg.Name, "failed").Inc()
	}
	t.leave()
	return nil, err
}

// trunkFailed tells a failure of a trunk from an answer of who was called: nobody there, no way to it,
// overload, errors of its own, or that it does not know us.
func trunkFailed(err error) bool {
	if errors.Is(err, errBusy) {
		return true
	}
	var r *leg.Refused
	if !errors.As(err, &r) {
		return false
	}
	switch r.Status {
	case 0, 401, 407, 500, 502, 503, 504:
		return true
	}
	return false
}

// bareNumber reads what follows "tel:", or a bare number, as a number without a host; ok is false for any
// other address.
func bareNumber(addr string) (user string, ok bool) {
	if len(addr) > 4 && strings.EqualFold(addr[:4], "tel:") {
		addr, _, _ = strings.Cut(addr[4:], ";") // RFC 3966 §3: parameters tell nothing that a trunk asks for
		addr = strings.ReplaceAll(addr, "-", "")
	} else if strings.ContainsAny(addr, ":@") {
		return "", false
	}
	if _, ok = number.Canon(addr, ""); !ok {
		return "", false
	}
	return addr, true
}
