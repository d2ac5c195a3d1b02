package call

import (
	"cmp"
	"strings"

	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/sip/number"
)

// A far end may be exchanged for another in the middle of a call (RFC 3891): a telephone system gives the
// call to somebody else. The line is the same and nothing here has to be done for the sound; the record tells
// who has left and who is there.

// watchCallersPlace follows who is at the caller's end.
func (c *conductor) watchCallersPlace() {
	info := c.s.Leg.Info()
	was := info.From
	if c.s.Dialled {
		was = info.To
	}
	c.watchPlace(c.s.Leg, event.PartyCaller, "", was)
}

// watchPlace writes down who leaves and who joins at the far end of l, which is party's.
func (c *conductor) watchPlace(l leg.Leg, party, agent, was string) {
	r, ok := l.(leg.Replaced)
	if !ok {
		return
	}
	r.OnReplaced(func(by leg.Info) {
		c.spawn(func() {
			c.post(func() {
				c.write(event.PartyLeft{Party: party, Agent: agent, Addr: shown(was), Why: event.ByReplaces})
				c.write(event.PartyJoined{Party: party, Agent: agent, Addr: shown(by.From), Name: shown(by.FromName), Codec: by.Codec, Why: event.ByReplaces})
				was = by.From
			})
		})
	})
}

// shown is an address, or a name, with the middle of a number of the public network hidden: who joins did not
// ring us, and their number is not ours to keep. Extensions stay.
func shown(addr string) string {
	scheme, rest, ok := strings.Cut(addr, ":")
	if !ok {
		scheme, rest = "", addr
	}
	user, host, at := strings.Cut(rest, "@")
	user, params, more := strings.Cut(user, ";")
	if !isNumber(user) {
		return addr
	}
	user = number.Mask(user)
	if ok {
		user = scheme + ":" + user
	}
	if more {
		user += ";" + params
	}
	if at {
		user += "@" + host
	}
	return user
}

// codecOf is what is on the wire of l now: a re-INVITE may have changed it.
func codecOf(l leg.Leg) string {
	if p, ok := l.(leg.Player); ok {
		return cmp.Or(p.Codec(), l.Info().Codec)
	}
	return l.Info().Codec
}
