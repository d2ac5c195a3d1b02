package gateway

import (
	"context"

	"decroche/gateway/desk"
)

// openDesk makes what rings agents: at their desks, and whoever is dialled besides on telephones.
func (g *Gateway) openDesk() {
	g.desks = &desk.Dialer{Desk: g.router, Board: g.board, Names: g.deskNames(), Phone: g.sip, Web: g.rtc}
}

// deskNames are how this hotline's people call its things.
func (g *Gateway) deskNames() desk.Names { return desk.Names{Intent: g.title, Agent: g.agentTitle} }

// hangUpAgent ends an agent's part of a call, as they asked.
func (g *Gateway) hangUpAgent(ctx context.Context, agent, conv string) error {
	return g.desks.HangUp(ctx, agent, conv)
}
