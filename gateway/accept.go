package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"decroche/gateway/call"
	"decroche/gateway/leg"
	"decroche/gateway/store"
)

// accept conducts one incoming call on its own goroutine. The dialog's tag, which we made and
// nobody can guess, names the conversation.
func (g *Gateway) accept(ctx context.Context, l leg.Leg) {
	g.calls.Add(1)
	defer g.calls.Done()
	g.live.Add(1)
	defer g.live.Add(-1)
	info := l.Info()
	bot, lang, ok := g.route(info.Called)
	if !ok {
		g.log.Info("nobody answers this number", "called", info.Called)
		_ = l.Hangup(context.WithoutCancel(ctx), leg.NotFound)
		return
	}
	conv := info.Tag
	if conv == "" {
		conv = strings.ToLower(rand.Text())
	}
	log := g.log.With("conversation", conv)
	w := store.NewWriter(g.store, conv, g.bus, time.Now)
	s := &call.Session{
		Conv: conv, Leg: l, Bot: call.BotInfo{Name: bot.Name, Title: bot.Title(), Lang: lang},
		Mind: bot.Engine(), Actions: g.actions,
		Ears: g.engines.Ears, Mouth: g.engines.Mouth, Desk: g.router, Dial: g.sip,
		Record: w, Callbacks: callbacks{g.store, conv}, Link: func(ctx context.Context) (string, string, error) { return g.link(ctx, conv) },
		Config: g.cfg.Call, Metrics: g.metrics, Log: log, Now: time.Now,
	}
	if err := s.Run(ctx); err != nil {
		log.Error("call failed", "err", err)
	}
	c, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), 10*time.Second, errors.New("the record was not written within 10 s"))
	defer cancel()
	if err := w.Close(c); err != nil {
		log.Error("the record is not complete", "err", err)
	}
}

// link makes the transcript link that an agent gets: the page's address, and its token as the
// reference for User-to-User.
func (g *Gateway) link(ctx context.Context, conv string) (url, ref string, err error) {
	token, err := g.store.AddLink(ctx, conv, time.Now().Add(g.cfg.TranscriptLink))
	if err != nil {
		return "", "", fmt.Errorf("make the transcript link: %w", err)
	}
	return g.publicURL() + "/t/" + token, conv, nil
}

func (g *Gateway) publicURL() string {
	if g.cfg.PublicURL != "" {
		return strings.TrimRight(g.cfg.PublicURL, "/")
	}
	return "http://" + g.console.Addr()
}

// callbacks stores what a call's flow took down.
type callbacks struct {
	store store.Store
	conv  string
}

func (c callbacks) AddCallback(ctx context.Context, cb call.Callback) (int64, error) {
	return c.store.AddCallback(ctx, store.Callback{
		Conv: c.conv, At: time.Now(), Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window, Lang: cb.Lang, Slots: cb.Slots, State: "open",
	})
}
