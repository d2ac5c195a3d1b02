package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/console"
	"decroche/gateway/desk"
	"decroche/gateway/event"
)

// openDesk makes what rings agents: at their desks, and whoever is dialled besides on telephones.
func (g *Gateway) openDesk() {
	g.desks = &desk.Dialer{Desk: g.router, Board: g.board, Names: g.deskNames(), Notes: g.written, Phone: g.sip, Web: g.rtc}
}

// deskNames are how this hotline's people call its things.
func (g *Gateway) deskNames() desk.Names {
	return desk.Names{Intent: g.title, Agent: g.agentTitle, CRM: g.cfg.Desk.CRM, Hidden: flows.Masked}
}

// hangUpAgent ends an agent's part of a call, as they asked.
func (g *Gateway) hangUpAgent(ctx context.Context, agent, conv string) error {
	return g.desks.HangUp(ctx, agent, conv)
}

// telephone is what rings when an agent typed where their calls are to ring. What goes to where
// numbers are dialled (callback_via) is a number, however it is written, and begins as desk.numbers says.
func (g *Gateway) telephone(agent, typed string) (string, error) {
	addr, number, err := g.cfg.Desk.Telephone(typed, g.router.Own(agent))
	if err != nil {
		return "", err
	}
	if user, host, ok := strings.Cut(addr, "@"); ok && addr != g.router.Own(agent) && strings.EqualFold(hostOf(host), hostOf(afterAt(g.cfg.CallbackVia))) {
		_, number, _ = strings.Cut(user, ":")
		if number, err = g.cfg.Desk.Number(number); err != nil {
			return "", errors.New("address" + strings.TrimPrefix(err.Error(), "number"))
		}
	}
	if number == "" {
		return addr, nil
	}
	addr, err = g.dialable(number)
	if no, ok := errors.AsType[*console.NotCalled](err); ok {
		return "", errors.New("address: " + no.Detail)
	}
	return addr, err
}

// afterAt is what stands behind the @ of an address.
func afterAt(addr string) string {
	_, host, _ := strings.Cut(addr, "@")
	return host
}

// hostOf is the host and port of what stands behind an @.
func hostOf(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return s
}

// written is what agents noted in a conversation, for the one whom it is offered to.
func (g *Gateway) written(ctx context.Context, conv string) (out []agents.Written) {
	if g.notes == nil {
		return nil
	}
	notes, err := g.notes.Notes(ctx, conv)
	if err != nil {
		g.log.Warn("an offer was shown without the notes of who had the caller before", "conv", conv, "error", err)
		return nil
	}
	for _, n := range notes {
		if n.Text != "" {
			name := g.agentTitle(n.Agent)
			if name == "" {
				name = n.Agent
			}
			out = append(out, agents.Written{Agent: name, Text: n.Text})
		}
	}
	return out
}

// deskAct does what an agent asks for in their call.
func (g *Gateway) deskAct(ctx context.Context, a console.DeskAct) error {
	k, err := g.controls.call(a.Conv)
	if err != nil {
		return err
	}
	switch a.What {
	case console.DeskHold:
		err = k.Hold(ctx, a.Agent)
	case console.DeskResume:
		err = k.Resume(ctx, a.Agent)
	case console.DeskMicrophone:
		err = k.Mute(ctx, a.Agent, a.Muted)
	case console.DeskKeys:
		err = k.Press(ctx, a.Agent, a.Keys)
	case console.DeskComplete:
		err = k.Complete(ctx, a.Agent)
	case console.DeskTakeBack:
		err = k.TakeBack(ctx, a.Agent)
	case console.DeskHandBack:
		err = k.GiveBack(ctx, a.Agent, a.Did, a.Step, a.Slots)
	case console.DeskTransfer:
		err = g.transfer(ctx, k, a)
	default:
		err = fmt.Errorf("desk: act %q is none", a.What)
	}
	return refused(err)
}

// transfer passes the caller on. Why a colleague cannot take them is told by what they do now.
func (g *Gateway) transfer(ctx context.Context, k *call.Control, a console.DeskAct) error {
	to := call.Onward{Agent: a.To.Agent, Skills: a.To.Skills, Number: a.Number, Warm: a.Warm, Why: a.Why, Brief: a.Brief}
	if a.Number != "" {
		addr, err := g.dialable(a.Number)
		if no, ok := errors.AsType[*console.NotCalled](err); ok {
			return &console.NotDone{Status: no.Status, Code: no.Code, Detail: "number: " + no.Detail}
		} else if err != nil {
			return err
		}
		to.Addr = addr
	}
	err := k.Transfer(ctx, a.Agent, to)
	if no, ok := errors.AsType[*call.NotNow](err); ok && a.To.Agent != "" && (no.Code == call.WhyBusy || no.Code == call.WhyNobody) {
		return g.notFree(a.To.Agent)
	}
	return err
}

// notFree says why an agent who was asked for by name cannot be rung.
func (g *Gateway) notFree(name string) error {
	team, _, _ := g.router.Team()
	for _, c := range team {
		if c.Name == name {
			return &console.NotDone{Status: http.StatusConflict, Code: "not_free", Detail: fmt.Sprintf("%s cannot take a call now (%s); choose somebody else, or a skill", c.Title, c.Status)}
		}
	}
	return &console.NotDone{Status: http.StatusNotFound, Code: "unknown", Detail: fmt.Sprintf("nobody here is called %.40q; choose from the team", name)}
}

// deskSteps tells where the bot of a running call can go on.
func (g *Gateway) deskSteps(_ context.Context, conv string) (console.DeskSteps, error) {
	b, ok := g.board.Brief(conv)
	if !ok {
		return console.DeskSteps{}, &console.NotDone{Status: http.StatusNotFound, Code: "over", Detail: "no such call is running; its record says how it ended"}
	}
	st := console.DeskSteps{At: b.Step, Steps: []console.DeskStep{}, Slots: []console.DeskSlot{}}
	var bot *flows.Bot
	for _, x := range g.hotlines.bots() {
		if x.Name == b.Bot {
			bot = x
		}
	}
	if bot == nil {
		return st, nil
	}
	for _, p := range bot.Places(b.Lang) {
		st.Steps = append(st.Steps, console.DeskStep(p))
	}
	for _, s := range b.Slots {
		v := console.DeskSlot{Name: s.Name, Value: s.Shown}
		if v.Value == "" {
			v.Value = s.Value
		}
		v.Title, v.Open = bot.SlotTitle(s.Name, b.Lang)
		st.Slots = append(st.Slots, v)
	}
	return st, nil
}

// propose is the conclusion that the rules propose.
func (g *Gateway) propose(evs []event.Event) string { return desk.Propose(g.cfg.Desk, evs) }

// crm is the customer's page, "" for none.
func (g *Gateway) crm(b event.Brief) string { return g.cfg.Desk.CRM.Fill(desk.Pop(b, flows.Masked)) }
