package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"decroche/flows"
	"decroche/gateway/chat"
	"decroche/gateway/console"
	"decroche/gateway/leg"
	"decroche/gateway/store"
)

// CallBack rings whoever asked for it and lets the bot go on with them: from where a typed
// conversation stood, with its slots, or from the beginning when that is no longer kept. It
// returns when they have answered, with the call's own conversation, which the typed one names in
// its record; the callback is then done. Otherwise it stays open. The error is a
// *console.NotCalled for whatever the person who asked may do something about.
func (g *Gateway) CallBack(ctx context.Context, id int64) (conv string, err error) {
	cb, err := g.memory.Callback(ctx, id)
	if err != nil {
		return "", err
	}
	if cb.State != "open" {
		return "", &console.NotCalled{Status: 409, Detail: "the callback is " + cb.State + "; set it to open first"}
	}
	addr, err := g.dialable(cb.Phone)
	if err != nil {
		return "", err
	}
	now := g.hotlines.now.Load()
	bot, lang, st, err := g.resume(ctx, now, cb)
	if err != nil {
		return "", err
	}
	if _, twice := g.ringing.LoadOrStore(id, true); twice {
		return "", &console.NotCalled{Status: 409, Detail: "this person is being rung already"}
	}
	defer g.ringing.Delete(id)
	if g.draining.Load() || !g.enter() {
		return "", &console.NotCalled{Status: 503, Detail: "no more calls can be placed now (max_calls, or the gateway is stopping)"}
	}
	g.calls.Add(1)
	l, err := g.sip.Dial(ctx, leg.Invite{Addr: addr, From: bot.Title(), RingFor: g.cfg.Call.RingFor})
	if err != nil {
		g.live.Add(-1)
		g.calls.Done()
		var no *leg.Refused
		if errors.As(err, &no) {
			return "", &console.NotCalled{Status: 502, Detail: fmt.Sprintf("nobody answered (%d %s); the callback stays open", no.Status, no.Reason)}
		}
		return "", err
	}
	if conv = l.Info().Tag; conv == "" {
		conv = strings.ToLower(rand.Text())
	}
	s := g.session(l, conv, now, bot, lang)
	s.State, s.Caller = st, cb.Phone
	go func() {
		defer g.calls.Done()
		g.conduct(g.serving, s, bot)
	}()
	if len(st.Raw) > 0 {
		if err := g.chats.MovedTo(ctx, cb.Conv, conv, "called back"); err != nil {
			g.log.Error("a typed conversation does not say that a call goes on with it", "conv", cb.Conv, "err", err)
		}
	}
	if err := g.store.SetCallback(context.WithoutCancel(ctx), id, "done"); err != nil {
		g.log.Error("a callback was made and is still open", "callback", id, "err", err)
	}
	return conv, nil
}

// resume finds who rings and from where the conversation goes on; a zero State begins one.
func (g *Gateway) resume(ctx context.Context, now *served, cb store.Callback) (*flows.Bot, string, flows.State, error) {
	name, lang, st, err := g.chats.State(ctx, cb.Conv)
	if errors.Is(err, chat.ErrNotFound) { // a call, or too long ago
		var sum store.Summary
		sum, err = g.store.Conversation(ctx, cb.Conv)
		name, lang = sum.Bot, cb.Lang
	}
	if err != nil {
		return nil, "", st, err
	}
	if w, err := st.Waits(); err != nil || w == flows.Hangup || w == flows.Start {
		st = flows.State{}
	}
	for _, b := range now.bots {
		if b.Name == name {
			return b, lang, st, nil
		}
	}
	return nil, "", st, &console.NotCalled{Status: 409, Detail: fmt.Sprintf("the hotline %q is no longer configured", name)}
}

// dialable is the address of a number somebody left. It is theirs to choose, so only digits reach
// callback_via, and a SIP address of their own is dialled as it is.
func (g *Gateway) dialable(phone string) (string, error) {
	if strings.HasPrefix(phone, "sip:") {
		return phone, nil
	}
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()", r) {
			return -1
		}
		return r
	}, phone)
	if digits := strings.TrimPrefix(number, "+"); len(digits) < 3 || strings.Trim(digits, "0123456789") != "" {
		return "", &console.NotCalled{Status: 422, Detail: fmt.Sprintf("%.40q is no number that can be dialled", phone)}
	}
	switch {
	case g.cfg.CallbackVia == "" && len(g.cfg.Trunks) > 0:
		return "tel:" + number, nil
	case g.cfg.CallbackVia == "":
		return "", &console.NotCalled{Status: 409, Detail: "numbers cannot be dialled; list your trunk under trunks, or set callback_via to its address"}
	}
	return strings.Replace(g.cfg.CallbackVia, "{number}", number, 1), nil
}
