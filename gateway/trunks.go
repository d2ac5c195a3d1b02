package gateway

import (
	"strings"

	"decroche/gateway/console"
	"decroche/gateway/sip"
)

// sipConfig is what the SIP side needs of the whole configuration: with the trunks, and with whom others
// dial, which is what may be called when nothing more is said.
func (g *Gateway) sipConfig() sip.Config {
	c := g.cfg.SIP
	c.Trunks, c.Outbound = g.cfg.Trunks, &g.cfg.Outbound
	for _, a := range g.cfg.Agents {
		if a.Addr != "" {
			c.Known = append(c.Known, a.Addr)
		}
	}
	if _, host, ok := strings.Cut(g.cfg.CallbackVia, "@"); ok {
		host, _, _ = strings.Cut(host, ";")
		if !strings.HasSuffix(host, "]") {
			if i := strings.LastIndexByte(host, ':'); i >= 0 {
				host = host[:i]
			}
		}
		c.Known = append(c.Known, strings.Trim(host, "[]"))
	}
	return c
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
