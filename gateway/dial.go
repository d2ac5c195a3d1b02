package gateway

import (
	"context"
	"strings"

	"decroche/gateway/leg"
)

// lines dials by what an address begins with: "rtc:nadia" is a browser that is parked, everything
// else a telephone.
type lines struct{ phones, browsers leg.Dialer }

// Dial implements leg.Dialer.
func (d lines) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	if strings.HasPrefix(to.Addr, "rtc:") {
		return d.browsers.Dial(ctx, to)
	}
	return d.phones.Dial(ctx, to)
}
