package gateway

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/call"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/gateway/speech"
	"decroche/gateway/store"
)

// recordWait bounds how long the end of a call waits for its record to be durable.
const recordWait = 10 * time.Second

// accept conducts one incoming call on its own goroutine. The dialog's tag, which we made and
// nobody can guess, names the conversation.
func (g *Gateway) accept(ctx context.Context, l leg.Leg) {
	g.calls.Add(1)
	defer g.calls.Done()
	info := l.Info()
	now := g.hotlines.now.Load() // for this call to its end, whatever is loaded meanwhile
	bot, lang, ok := now.route(info.Called)
	g.take(ctx, l, now, bot, lang, ok, nil)
}

// acceptBrowser conducts the call of a page, which names its bot rather than a number.
func (g *Gateway) acceptBrowser(ctx context.Context, l leg.Leg, w rtc.Wish) {
	g.calls.Add(1)
	defer g.calls.Done()
	now := g.hotlines.now.Load()
	bot, lang, ok := now.wished(w)
	g.take(ctx, l, now, bot, lang, ok, func(s *call.Session) func() {
		if w.Speaker {
			s.Channel = flows.Speaker
		}
		typed, back := g.pens.give(s.Conv)
		s.Typed = typed
		if w.Chat != "" {
			s.Resume = func(ctx context.Context) (flows.State, string) { return g.goesOn(ctx, s.Conv, bot.Name, w) }
		}
		return back
	})
}

// take conducts a call that a bot was found for, or refuses it. prepare, which may be nil, adds to a
// call that is taken; what it returns is done after the call.
func (g *Gateway) take(ctx context.Context, l leg.Leg, now *served, bot *flows.Bot, lang string, ok bool, prepare func(*call.Session) func()) {
	info := l.Info()
	if !ok {
		g.log.Info("nobody answers this number", "called", info.Called)
		_ = l.Hangup(context.WithoutCancel(ctx), leg.NotFound)
		return
	}
	if !g.enter() {
		_ = l.Hangup(context.WithoutCancel(ctx), leg.Overloaded)
		return
	}
	conv := info.Tag
	if conv == "" {
		conv = strings.ToLower(rand.Text())
	}
	s := g.session(l, conv, now, bot, lang)
	if prepare != nil {
		defer prepare(s)()
	}
	g.conduct(ctx, s, bot)
}

// session is a call of a bot over a leg.
func (g *Gateway) session(l leg.Leg, conv string, now *served, bot *flows.Bot, lang string) *call.Session {
	return &call.Session{
		Conv: conv, Leg: l, Bot: call.BotInfo{Name: bot.Name, Title: bot.Title(), Version: bot.Version, Lang: lang, Languages: bot.Languages, Sensitive: bot.Sensitive(), Style: speech.Of(bot)},
		Mind: bot.Engine(), Understander: g.understander(bot), Actions: g.actions,
		Ears: now.ears, Mouth: g.engines.Mouth, Desk: g.router, Dial: lines{g.desks, g.rtc},
		CRM:      func() string { b, _ := g.board.Brief(conv); return g.crm(b) },
		Captions: g.captions, Callbacks: callbacks{g.store, conv}, Budget: g.ahead, Link: func(ctx context.Context) (string, string, error) { return g.link(ctx, conv) },
		NoCall: func(ctx context.Context, number, how string) error { return g.noCall(ctx, conv, number, how) },
		Music:  func(file string) *call.Music { return g.staff.Load().music[file] },
		Config: g.callConfig(), VAD: g.cfg.VAD, Turn: g.cfg.Turn, Metrics: g.metrics, Log: g.log, Now: time.Now,
	}
}

// conduct runs a call to its end and its record to the disk. The caller has entered.
func (g *Gateway) conduct(ctx context.Context, s *call.Session, bot *flows.Bot) {
	conv := s.Conv
	w := store.NewWriter(g.store, conv, g.bus, time.Now)
	s.Record = w
	finish := g.record(s, g.recordShare(bot))
	leave := g.controls.enter(s)
	err := s.Run(ctx)
	leave()
	g.live.Add(-1) // the caller has gone; a slow disk must not keep their place
	if err != nil {
		g.log.Error("call failed", "conv", conv, "err", err)
	}
	c, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), recordWait, errRecordLate)
	defer cancel()
	if err := w.Close(c); err != nil {
		g.log.Error("the record is not complete", "conv", conv, "err", err)
	}
	finish(c) // it notes itself in the record, which has ended
}

// link makes the transcript link that an agent gets: the page's address, which holds a token of
// its own, and as the reference for User-to-User the conversation's id. The id travels through
// phones and exchanges unhidden; that is safe, because it opens nothing without the API token.
func (g *Gateway) link(ctx context.Context, conv string) (url, ref string, err error) {
	token, err := g.store.AddLink(ctx, conv, time.Now().Add(g.cfg.TranscriptLink))
	if err != nil {
		return "", "", fmt.Errorf("make the transcript link: %w", err)
	}
	return g.console.TranscriptURL(token), conv, nil
}

// callbacks stores what a flow took down, in a call or a chat.
type callbacks struct {
	store store.Store
	conv  string
}

func (c callbacks) AddCallback(ctx context.Context, cb event.Callback) (int64, error) {
	return c.store.AddCallback(ctx, store.Callback{
		Conv: c.conv, At: time.Now(), Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window, Lang: cb.Lang, Slots: cb.Slots, State: "open", Mind: cb.State,
	})
}
