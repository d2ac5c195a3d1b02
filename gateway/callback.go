package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"decroche/flows"
	"decroche/gateway/chat"
	"decroche/gateway/console"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
)

// CallBack rings whoever asked for it, because who asks for it now, and lets the bot go on with them: from
// where the conversation stood, with its slots, or from the beginning when that is no longer kept. It
// returns when they have answered, with the call's own conversation, which a typed one names in its
// record. Otherwise the callback stays open. The error is a *console.NotCalled for whatever the
// person who asked may do something about.
func (g *Gateway) CallBack(ctx context.Context, id int64, who string) (conv string, err error) {
	cb, err := g.memory.Callback(ctx, id)
	if err != nil {
		return "", err
	}
	if cb.State == store.OutboundDone || cb.State == store.OutboundDropped {
		return "", &console.NotCalled{Status: 409, Code: "callback_closed", Detail: "the callback is " + cb.State + "; set it to open first"}
	}
	if cb.Taker != "" && cb.Taker != who {
		return "", console.CallbackTaken(cb.Taker)
	}
	conv, res, err := g.outbound.RingNow(ctx, id, who)
	switch {
	case errors.Is(err, outbound.ErrTaken):
		return "", &console.NotCalled{Status: 409, Code: "callback_rings", Detail: "this person is being rung already"}
	case err != nil:
		return "", err
	case conv != "":
		return conv, nil
	case res.Refused != nil:
		return "", &console.NotCalled{Status: res.Refused.Status, Code: "callback_refused", Detail: res.Refused.Detail}
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	}
	return "", &console.NotCalled{Status: 502, Code: "callback_no_answer", Detail: fmt.Sprintf("nobody answered (%s); the callback stays open", res.Detail)}
}

// resume finds who rings and from where the conversation goes on; a zero State begins one.
func (g *Gateway) resume(ctx context.Context, now *served, cb store.OutboundCall) (*flows.Bot, string, flows.State, *outbound.Refusal) {
	name, lang, st, err := g.chats.State(ctx, cb.Conv)
	if errors.Is(err, chat.ErrNotFound) { // a call, or too long ago
		var sum store.Summary
		if sum, err = g.store.Conversation(ctx, cb.Conv); errors.Is(err, store.ErrNotFound) && len(now.bots) == 1 {
			sum.Bot, err = now.bots[0].Name, nil // its record is erased; the person is not
		}
		name, lang, st = sum.Bot, cb.Lang, flows.State{Raw: cb.Mind}
	}
	if err != nil {
		return nil, "", st, &outbound.Refusal{Status: 409, Code: "no_conversation", Detail: "the conversation in which they asked cannot be read: " + err.Error()}
	}
	if len(st.Raw) > 0 {
		if w, err := st.Waits(); err != nil || w == flows.Hangup || w == flows.Start {
			st = flows.State{}
		}
	}
	for _, b := range now.bots {
		if b.Name == name {
			return b, lang, st, nil
		}
	}
	return nil, "", st, &outbound.Refusal{Status: 409, Code: "no_hotline", Detail: fmt.Sprintf("the hotline %q is no longer configured", name)}
}

// dialable is the address of a number. It is for somebody else to choose, so only digits reach
// callback_via, and a SIP address of their own is dialled as it is. The error is a *console.NotCalled.
func (g *Gateway) dialable(phone string) (string, error) {
	if strings.HasPrefix(phone, "sip:") {
		return phone, nil
	}
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()\u00a0\u202f", r) {
			return -1
		}
		return r
	}, strings.TrimPrefix(strings.TrimSpace(phone), "tel:"))
	if digits := strings.TrimPrefix(number, "+"); len(digits) < 3 || strings.Trim(digits, "0123456789") != "" {
		return "", &console.NotCalled{Status: 422, Code: "number", Detail: fmt.Sprintf("%.40q is no number that can be dialled", phone)}
	}
	switch {
	case g.cfg.CallbackVia == "" && len(g.cfg.Trunks) > 0:
		return "tel:" + number, nil
	case g.cfg.CallbackVia == "":
		return "", &console.NotCalled{Status: 409, Code: "no_numbers", Detail: "numbers cannot be dialled; list your trunk under trunks, or set callback_via to its address"}
	}
	return strings.Replace(g.cfg.CallbackVia, "{number}", number, 1), nil
}
