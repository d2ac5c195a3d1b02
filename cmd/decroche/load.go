package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/internal/demosystems"
)

// loadConfig reads the configuration file, or the defaults.
func loadConfig(g *globals) (configs.Config, error) { return configs.Load(g.Config) }

// loadBots loads the hotlines.
func loadBots(cfg configs.Config) ([]*flows.Bot, error) { return configs.Bots(cfg) }

// loadAll reads configuration and hotlines and returns the complaints about both together.
func loadAll(g *globals) (configs.Config, []*flows.Bot, error) {
	l, err := load(g)
	if err == nil && len(l.bad) > 0 {
		err = l.bad
	}
	return l.cfg, l.bots, err
}

// loadToServe is loadAll with all else that can be known before serving: the complaints of
// inspect beside those about the files, and hints about what works and may surprise.
func loadToServe(ctx context.Context, g *globals) (cfg configs.Config, bots []*flows.Bot, hints configs.Problems, err error) {
	l, err := load(g)
	if err != nil {
		return l.cfg, nil, nil, err
	}
	demoSecret(l.cfg)
	if g.Config == "" || l.doc.Read() {
		for _, p := range inspect(ctx, l.cfg, l.doc, l.bots) {
			if key, _, _ := strings.Cut(p.Msg, ": "); !l.doc.Bad(key) && !l.blames(key) {
				l.bad = append(l.bad, p)
			}
		}
	}
	bad, crm := configs.CRM(l.cfg, l.doc, l.bots)
	if l.bad = append(l.bad, bad...); len(l.bad) > 0 {
		l.bad.Sort()
		return l.cfg, nil, nil, l.bad
	}
	hints = append(append(configs.Demonstrations(l.cfg, l.doc), configs.Unstaffed(l.cfg, l.doc, l.bots)...), configs.Warnings(l.cfg, l.bots)...)
	hints = append(hints, crm...)
	hints = append(hints, configs.OpenSpeakers(l.cfg, l.doc, l.bots)...)
	for _, p := range l.cfg.Gateway.VCon.Expired(time.Now()) {
		key, _, _ := strings.Cut(p, ": ")
		hints = append(hints, configs.At(l.doc, "vcon."+key, strings.TrimPrefix(p, key+": ")))
	}
	return l.cfg, l.bots, hints, nil
}

// loaded is what the files say, and what is wrong with it.
type loaded struct {
	cfg  configs.Config
	doc  *configs.Document
	bots []*flows.Bot
	bad  configs.Problems
}

// blames tells whether a complaint about a key of the configuration was made already.
func (l *loaded) blames(key string) bool {
	return slices.ContainsFunc(l.bad, func(p configs.Problem) bool {
		return p.File == l.doc.File && strings.HasPrefix(p.Msg, key+": ")
	})
}

// load reads configuration and hotlines. Hotlines that are no folders are complained about once,
// and none is looked for when the configuration could not be read.
func load(g *globals) (loaded, error) {
	cfg, doc, err := configs.Read(g.Config)
	l := loaded{cfg: cfg, doc: doc}
	if err != nil && !errors.As(err, &l.bad) {
		return l, err
	}
	if err != nil && g.Config != "" && !doc.Read() {
		return l, nil
	}
	folders := cfg
	folders.Gateway.Hotlines = nil
	for i, h := range cfg.Gateway.Hotlines {
		if key := configs.HotlineKey(i); !doc.Bad(key) && !l.blames(key) {
			folders.Gateway.Hotlines = append(folders.Gateway.Hotlines, h)
		}
	}
	if len(folders.Gateway.Hotlines) == 0 && (len(cfg.Gateway.Hotlines) > 0 || doc.Bad("hotlines")) {
		return l, nil
	}
	l.bots, err = loadBots(folders)
	var bad configs.Problems
	if err != nil && !errors.As(err, &bad) {
		return l, err
	}
	l.bad = append(l.bad, bad...)
	return l, nil
}

// loadExample is loadAll for one of the example hotlines, asked for by name and without a
// configuration.
func loadExample(name string) (configs.Config, []*flows.Bot, error) {
	cfg, err := configs.Examples()
	if err != nil {
		return cfg, nil, err
	}
	cfg.Gateway.Hotlines = []string{name}
	bots, err := loadBots(cfg)
	return cfg, bots, err
}

// demoSecret lets the examples start on a machine where nothing was exported: where no hotline
// of yours is served, a token that is missing is the one that the demo companies' systems take
// then. In production it stays missing.
func demoSecret(cfg configs.Config) {
	if cfg.Gateway.Production {
		return
	}
	for _, h := range cfg.Gateway.Hotlines {
		if _, ok := configs.BuiltIn(h); !ok {
			return
		}
	}
	for _, ref := range cfg.Gateway.Secrets {
		env, ok := strings.CutPrefix(ref, "env:")
		if token := demosystems.Tokens[env]; ok && token != "" && os.Getenv(env) == "" {
			_ = os.Setenv(env, token)
		}
	}
}
