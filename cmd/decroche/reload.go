package main

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"decroche/asr"
	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
	"decroche/tts/cache"
)

// reloader reads the hotlines' folders again, and the configuration's file. The demo hotline, which is in the binary, never
// changes. New prompts are rendered, and a recogniser that knows the new sentences is made,
// before the first caller meets them.
func reloader(g *globals, cfg configs.Config, mouth *cache.Cache, log *slog.Logger) gateway.Reload {
	return gateway.Reload{
		File:    g.Config,
		Config:  func(ctx context.Context) (gateway.Config, error) { return settingsAgain(ctx, g) },
		Folders: hotlineFolders(cfg),
		Load:    hotlineLoader(cfg),
		Prepare: func(ctx context.Context, bots []*flows.Bot) (asr.Recogniser, error) {
			if err := warm(ctx, mouth, bots, log); err != nil {
				return nil, err
			}
			return newRecogniser(cfg, bots, log)
		},
	}
}

// settingsAgain reads and proves the configuration as a start would. What is wrong with hotlines alone is
// not asked: they are read again by themselves, and one with a mistake must keep no agent out.
func settingsAgain(ctx context.Context, g *globals) (gateway.Config, error) {
	cfg, doc, err := configs.Read(g.Config)
	if err != nil {
		return cfg.Gateway, err
	}
	if bad := inspect(ctx, cfg, doc, nil); len(bad) > 0 {
		return cfg.Gateway, bad
	}
	return cfg.Gateway, nil
}

// hotlineFolders are where the hotlines come from, "" for those that are in the binary.
func hotlineFolders(cfg configs.Config) []string {
	folders := slices.Clone(cfg.Gateway.Hotlines)
	for i, f := range folders {
		if _, ok := configs.BuiltIn(f); ok {
			folders[i] = ""
		}
	}
	return folders
}

// hotlineLoader reads a hotline as cfg says.
func hotlineLoader(cfg configs.Config) func(string, fs.FS) (*flows.Bot, error) {
	return func(name string, folder fs.FS) (*flows.Bot, error) { return configs.Bot(cfg, name, folder) }
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
