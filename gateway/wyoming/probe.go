package wyoming

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"decroche/internal/wyoming"
)

// Probe asks a satellite what it is, and disturbs nobody: a describe is answered whoever else is
// connected. It says so in a line.
func Probe(ctx context.Context, c Config, s Satellite) (string, error) {
	one := &satellite{s: &Server{cfg: c}, cfg: s, log: slog.New(slog.DiscardHandler)}
	conn, err := one.dial(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	info, err := wyoming.Ask(conn, wyoming.NewBoundedReader(conn, bounds))
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return "", err
	}
	if info.Satellite == nil {
		return "", errors.New("it is no satellite; look for the port of one, 10700 mostly")
	}
	words := "no wake word of its own"
	if w := info.Satellite.Words; len(w) > 0 {
		words = "woken by " + plain(strings.Join(w, ", "))
	} else if s.Wake == WakeSpeech {
		words = "woken by a voice"
	}
	return plain(strings.TrimSpace(info.Satellite.Name+" "+info.Satellite.Version)) + ", " + words, nil
}
