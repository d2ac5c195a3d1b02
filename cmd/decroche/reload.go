package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"decroche/asr"
	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/tts/cache"
)

// reloader reads the hotlines' folders again. The demo hotline, which is in the binary, never
// changes. New prompts are rendered, and a recogniser that knows the new sentences is made,
// before the first caller meets them.
func reloader(cfg configs.Config, mouth *cache.Cache, log *slog.Logger) gateway.Reload {
	return gateway.Reload{
		Folders: cfg.Gateway.Hotlines,
		Load: func(folder string) (*flows.Bot, error) {
			return configs.Bot(cfg, folder, os.DirFS(folder))
		},
		Prepare: func(ctx context.Context, bots []*flows.Bot) (asr.Recogniser, error) {
			if err := warm(ctx, mouth, bots, log); err != nil {
				return nil, err
			}
			return newRecogniser(cfg, bots, log)
		},
	}
}

// reloadOnHangup reads the hotlines again at each SIGHUP, until the function it returns is called.
func reloadOnHangup(ctx context.Context, gw *gateway.Gateway) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	hup, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hup, syscall.SIGHUP)
	go func() {
		defer close(done)
		for {
			select {
			case <-hup:
				gw.Reload(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		signal.Stop(hup)
		cancel()
		<-done
	}
}
