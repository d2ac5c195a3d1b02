package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/chat"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// Chat holds one typed conversation with a bot, with the same actions, flows and record as a
// call. It works beside a running gateway: both write the same database.
func Chat(ctx context.Context, cfg Config, bot *flows.Bot, lang string, peer chat.Peer, log *slog.Logger) (err error) {
	actions, err := newActions(cfg)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("data_dir: %w; choose a folder that can be written to", err)
	}
	st, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	conv := strings.ToLower(rand.Text())
	w := store.NewWriter(st, conv, nil, time.Now)
	s := &chat.Session{
		Conv: conv, Bot: bot.Name, Lang: lang, From: "terminal", Peer: peer, Mind: bot.Engine(), Actions: actions,
		Record: w, Callbacks: callbacks{st, conv}, Log: log, Now: time.Now,
	}
	runErr := s.Run(ctx)
	c, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), recordWait, errors.New("the record was not written in time"))
	defer cancel()
	return errors.Join(runErr, w.Close(c))
}
