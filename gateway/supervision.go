package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"decroche/flows"
	"decroche/gateway/call"
	"decroche/gateway/console"
	"decroche/gateway/leg"
)

// controls are the running calls, by conversation: as many as max_calls lets in.
type controls struct{ by sync.Map }

// enter makes a call reachable until the function it returns is called.
func (k *controls) enter(s *call.Session) (leave func()) {
	s.Control = new(call.Control)
	k.by.Store(s.Conv, s.Control)
	return func() { k.by.Delete(s.Conv) }
}

// call is a running one.
func (k *controls) call(conv string) (*call.Control, error) {
	if c, ok := k.by.Load(conv); ok {
		return c.(*call.Control), nil
	}
	return nil, &console.NotDone{Status: http.StatusNotFound, Code: "over", Detail: "no such call is running; its record says how it ended"}
}

// Control reaches a running call; nil when there is none of that conversation.
func (g *Gateway) Control(conv string) *call.Control {
	k, _ := g.controls.call(conv)
	return k
}

// supervision tells who supervises a call and what can be done with it.
func (g *Gateway) supervision(ctx context.Context, conv string) (any, error) {
	k, err := g.controls.call(conv)
	if err != nil {
		return nil, err
	}
	st, err := k.State(ctx)
	if err != nil {
		return nil, refused(err)
	}
	return st, nil
}

// supervise does one act of a supervisor.
func (g *Gateway) supervise(ctx context.Context, a console.Act) (id string, err error) {
	k, err := g.controls.call(a.Conv)
	if err != nil {
		return "", err
	}
	switch a.What {
	case console.ActListen:
		id, err = g.listen(ctx, k, a)
	case console.ActHint, console.ActVerbatim:
		id, err = k.Hint(ctx, a.Who, a.Text, a.What == console.ActVerbatim)
	case console.ActHandBack:
		err = k.HandBack(ctx, a.Who, a.Step, a.Slots)
	case console.ActEnd:
		err = k.End(ctx, a.Who, a.Reason)
	default:
		err = g.superviseAs(ctx, k, a)
	}
	return id, refused(err)
}

// superviseAs does what a supervisor may with their own place on a call.
func (g *Gateway) superviseAs(ctx context.Context, k *call.Control, a console.Act) error {
	v := k.Find(ctx, a.ID)
	switch {
	case v == nil:
		return &console.NotDone{Status: http.StatusNotFound, Code: "left", Detail: "nobody of that ID is on the call; listen again"}
	case v.Who != a.Who:
		return &console.NotDone{Status: http.StatusForbidden, Code: "not_yours", Detail: "that is " + v.Who + "'s place on the call; listen with your own"}
	}
	switch a.What {
	case console.ActRole:
		return v.SetRole(ctx, call.Role(a.Role))
	case console.ActLeave:
		return v.Leave(ctx)
	case console.ActTakeOver:
		return v.TakeOver(ctx, a.Title)
	}
	return fmt.Errorf("supervise: act %q is none", a.What)
}

// listen rings the supervisor's line and lets them hear the call.
func (g *Gateway) listen(ctx context.Context, k *call.Control, a console.Act) (id string, err error) {
	l, err := g.dialSupervisor(ctx, a.Address)
	if err != nil {
		return "", err
	}
	v, err := k.Listen(ctx, l, a.Who)
	if err != nil {
		return "", err
	}
	if a.Role != string(call.Listener) {
		if err := v.SetRole(ctx, call.Role(a.Role)); err != nil {
			_ = v.Leave(context.WithoutCancel(ctx))
			return "", err
		}
	}
	return v.ID, nil
}

// dialSupervisor reaches a telephone, or a browser that waits.
func (g *Gateway) dialSupervisor(ctx context.Context, addr string) (leg.Leg, error) {
	to := leg.Invite{Addr: addr, From: "Supervision", RingFor: g.cfg.Call.RingFor}
	if strings.HasPrefix(addr, "rtc:") { // their board; where none is open, their desk
		to.Addr = console.BoardLine(addr)
	}
	l, err := lines{g.sip, g.rtc}.Dial(ctx, to)
	if no, ok := errors.AsType[*leg.Refused](err); ok && to.Addr != addr && no.Status == leg.Unavailable.Status {
		to.Addr = addr
		l, err = lines{g.sip, g.rtc}.Dial(ctx, to)
	}
	if no, ok := errors.AsType[*leg.Refused](err); ok {
		return nil, &console.NotDone{Status: http.StatusBadGateway, Code: "no_answer", Detail: fmt.Sprintf("your line did not answer (%d %s); open the sound of the board, or see that the telephone is there", no.Status, no.Reason)}
	}
	return l, err
}

// refused says what a call answered as the API does.
func refused(err error) error {
	if err == nil {
		return nil
	}
	if no, ok := errors.AsType[*call.NotNow](err); ok {
		return &console.NotDone{Status: http.StatusConflict, Code: no.Code, Detail: no.Text}
	}
	if no, ok := errors.AsType[*call.TakenError](err); ok {
		return &console.NotDone{Status: http.StatusConflict, Code: "taken_over", Detail: no.Error()}
	}
	if no, ok := errors.AsType[*call.HintError](err); ok {
		return &console.NotDone{Status: http.StatusBadRequest, Code: "hint", Detail: no.Error()}
	}
	if no, ok := errors.AsType[*flows.ResumeError](err); ok {
		return &console.NotDone{Status: http.StatusBadRequest, Code: "step", Detail: no.Detail}
	}
	if errors.Is(err, call.ErrOver) {
		return &console.NotDone{Status: http.StatusConflict, Code: "over", Detail: "the call is over"}
	}
	return err
}
