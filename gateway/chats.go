package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/chat"
	"decroche/gateway/desk"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/webhook"
)

// Chats opens the typed conversations of cfg for a terminal, with the same actions, flows and
// record as a call. It works beside a running gateway: both write the same database. Call close
// when done: it lets actions in progress end while ctx lasts.
func Chats(ctx context.Context, cfg Config, bots []*flows.Bot, log *slog.Logger) (_ *chat.Host, closeAll func(context.Context) error, err error) {
	actions, err := newActions(cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("data_dir: %w; choose a folder that can be written to", err)
	}
	st, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, databaseFile))
	if err != nil {
		return nil, nil, err
	}
	h := chat.New(chat.Deps{Memory: st, Bots: chatBots(func() []*flows.Bot { return bots }, nil), Actions: actions, Log: log}, cfg.Chat)
	return h, func(ctx context.Context) error {
		h.Close(ctx)
		return st.Close()
	}, nil
}

// chatBots finds a bot by its name, as they are at the time.
func chatBots(now func() []*flows.Bot, understander func(*flows.Bot) flows.Understander) func(string) (chat.Bot, bool) {
	return func(name string) (chat.Bot, bool) {
		for _, b := range now() {
			if name == "" || b.Name == name {
				out := chat.Bot{Name: b.Name, Version: b.Version, Mind: b.Engine()}
				if understander != nil {
					out.Understander = understander(b)
				}
				return out, true
			}
		}
		return chat.Bot{}, false
	}
}

// openWebhooks makes what tells others, with the secrets read.
func (g *Gateway) openWebhooks(st *sqlite.Store) error {
	var list []webhook.Config
	for i, c := range g.cfg.Chat.Webhooks {
		ref, err := ParseSecret(c.Secret)
		if err == nil {
			c.Key, err = ref.Read()
		}
		if err != nil {
			return fmt.Errorf("chat.webhooks[%d].secret: %w", i, err)
		}
		list = append(list, c)
	}
	s, err := webhook.New(st, list, webhook.NewMetrics(g.reg), g.log, nil)
	if err != nil {
		return fmt.Errorf("chat.%w", err)
	}
	if err := g.openVConPosts(s); err != nil {
		return err
	}
	if err := g.openMails(s, st); err != nil {
		return err
	}
	g.webhooks = s
	st.Tell(func(sum store.Summary, e event.Event) []store.Delivery {
		g.cut.note(sum, e)
		return s.Calls(sum, e)
	}, s.Wake)
	return nil
}

// openChats starts the host of typed conversations and goes on with what an earlier process left.
func (g *Gateway) openChats(ctx context.Context, st *sqlite.Store) error {
	g.chats = chat.New(chat.Deps{
		Hooks:  g.webhooks,
		NoCall: g.noCall,
		Memory: st, Bots: chatBots(g.hotlines.bots, g.understander), Actions: g.actions, Bus: g.bus, Desk: g.router, Offer: g.chatOffer,
		Metrics: chat.NewMetrics(g.reg), Log: g.log, UnderstandTimeout: g.patience(0),
	}, g.cfg.Chat)
	g.onStop("chats", func() {
		c, cancel := context.WithTimeoutCause(context.Background(), recordWait, errors.New("actions took too long"))
		defer cancel()
		g.chats.Close(c)
	})
	n, err := g.chats.Resume(ctx)
	if n > 0 {
		g.log.Info("going on with typed conversations that were busy when the gateway stopped", "conversations", n)
	}
	return err
}

// chatOffer is what an agent reads before they take a typed conversation.
func (g *Gateway) chatOffer(conv string) agents.Offer {
	b, _ := g.board.Brief(conv)
	o := desk.Describe(b, g.deskNames())
	o.Conv = conv
	return o
}
