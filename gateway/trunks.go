package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/console"
	"decroche/gateway/sip"
	"decroche/gateway/store"
)

// sipConfig is what the SIP side needs of the whole configuration: with the trunks, and with whom others
// dial, which is what may be called when nothing more is said.
func (g *Gateway) sipConfig() sip.Config {
	c := g.cfg.SIP
	c.Trunks, c.Outbound = g.cfg.Trunks, &g.cfg.Outbound
	c.Phones, c.Known = dialled(g.cfg, g.staff.Load().agents)
	return c
}

// dialled are the phones that may register here, and whom others dial.
func dialled(cfg Config, list agents.Config) (phones []sip.Phone, known []string) {
	for _, a := range list {
		if a.Addr != "" && a.Addr != agents.Registered {
			known = append(known, a.Addr)
		}
		if a.Phone.Username != "" {
			phones = append(phones, sip.Phone{Username: a.Phone.Username, Password: a.Phone.Password})
		}
	}
	if _, host, ok := strings.Cut(cfg.CallbackVia, "@"); ok {
		host, _, _ = strings.Cut(host, ";")
		if !strings.HasSuffix(host, "]") {
			if i := strings.LastIndexByte(host, ':'); i >= 0 {
				host = host[:i]
			}
		}
		known = append(known, strings.Trim(host, "[]"))
	}
	return phones, known
}

// reachable gives agents whose own phones register here the address at which these are rung.
func reachable(list agents.Config, domain string) agents.Config {
	out := slices.Clone(list)
	for i, a := range out {
		if a.Addr == agents.Registered {
			out[i].Addr = "sip:" + a.Phone.Username + "@" + domain
		}
	}
	return out
}

// undialled are complaints about agents with a number that no trunk dials.
func undialled(c Config) (bad []string) {
	for i, a := range c.Agents {
		n, ok := strings.CutPrefix(strings.ToLower(a.Addr), "tel:")
		if ok && !slices.ContainsFunc(c.Trunks, func(t sip.TrunkConfig) bool { return t.Dials(n, c.Outbound.Country) }) {
			bad = append(bad, fmt.Sprintf("agents[%d].addr: no trunk dials this number; add its beginning to prefixes under trunks, or write sip:NUMBER@HOST", i))
		}
	}
	return bad
}

// trunks tells the API how each trunk is doing.
func (g *Gateway) trunks() []console.Trunk {
	list := g.sip.Trunks()
	out := make([]console.Trunk, len(list))
	for i, t := range list {
		out[i] = console.Trunk{Name: t.Name, Addr: t.Addr, Up: t.Up, Why: t.Why, Register: t.Register, Calls: t.Calls, MaxCalls: t.MaxCalls}
		if !t.Since.IsZero() {
			out[i].Since = &t.Since
		}
		if !t.RegisteredUntil.IsZero() {
			out[i].RegisteredUntil = &t.RegisteredUntil
		}
	}
	return out
}

// phones tells the API where each phone is registered.
func (g *Gateway) phones() []console.Phone {
	list := g.sip.Phones()
	out := make([]console.Phone, len(list))
	for i, p := range list {
		out[i] = console.Phone{Username: p.Username, Contacts: p.Contacts}
		if !p.Until.IsZero() {
			out[i].Until = &p.Until
		}
	}
	return out
}

// dialledBefore gives the guard of outbound calls what the store keeps of their number.
type dialledBefore struct{ store.Counts }

// Dialled implements sip.Counts.
func (d dialledBefore) Dialled(ctx context.Context, since time.Time, limit int) ([]sip.Dialled, error) {
	list, err := d.Counts.Dialled(ctx, since, limit)
	out := make([]sip.Dialled, len(list))
	for i, n := range list {
		out[i] = sip.Dialled(n)
	}
	return out, err
}

// KeepDialled implements sip.Counts.
func (d dialledBefore) KeepDialled(ctx context.Context, list []sip.Dialled, since time.Time) error {
	out := make([]store.Dialled, len(list))
	for i, n := range list {
		out[i] = store.Dialled(n)
	}
	return d.Counts.KeepDialled(ctx, out, since)
}
