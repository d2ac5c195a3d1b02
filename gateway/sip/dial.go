package sip

import (
	"context"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// target is one way to reach somebody who is dialled.
type target struct {
	uri    msg.Uri // what is asked for: the Request-URI
	flow   flow    // the way there where it is known, as to a phone that registered here; else it is looked for
	signer *signer // shows who we are to who asks; nil: we cannot
}

// next is what the way is looked for by.
func (t target) next() msg.Uri { return t.uri }

// Dial places a call; it implements leg.Dialer. It returns once the far end answered. Failures
// are a *leg.Refused. Cancelling ctx sends CANCEL at once and returns the context's cause. Call
// Listen, or let Serve have bound, before the first Dial.
func (s *Server) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	uri, err := parseTarget(to)
	if err != nil {
		return nil, err
	}
	if s.isClosed() {
		return nil, &leg.Refused{Addr: to.Addr, Reason: "the gateway is not running"}
	}
	l, err := s.place(ctx, target{uri: uri}, to)
	if err != nil {
		return nil, err
	}
	return l, nil
}
