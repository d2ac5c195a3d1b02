package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"decroche/configs"
	"decroche/flows"
	"decroche/gateway"
)

// loadConfig reads the configuration file, or the defaults.
func loadConfig(g *globals) (configs.Config, error) { return configs.Load(g.Config) }

// loadBots loads the hotlines.
func loadBots(cfg configs.Config) ([]*flows.Bot, error) { return configs.Bots(cfg) }

// loadAll reads configuration and hotlines and returns the complaints about both together.
func loadAll(g *globals) (configs.Config, []*flows.Bot, error) {
	cfg, err := loadConfig(g)
	var bad configs.Problems
	if err != nil && !errors.As(err, &bad) {
		return cfg, nil, err
	}
	bots, botErr := loadBots(cfg)
	var badBots configs.Problems
	if botErr != nil && !errors.As(botErr, &badBots) {
		return cfg, nil, botErr
	}
	if bad = append(bad, badBots...); len(bad) > 0 {
		return cfg, nil, bad
	}
	return cfg, bots, nil
}

// demoSecret lets the demo start on a machine where nothing was exported: without a file of
// yours, a missing token of the demo's order system is empty rather than a mistake. The order
// system asks for none either then.
func demoSecret(g *globals, cfg configs.Config) {
	if g.Config != "" {
		return
	}
	const name = "COLIBRI_ORDERS_TOKEN"
	if _, ok := os.LookupEnv(name); !ok && cfg.Gateway.Secrets["ORDERS_TOKEN"] == "env:"+name {
		_ = os.Setenv(name, "")
	}
}

// missingSecrets lists what the flows want to send and the configuration does not name.
func missingSecrets(cfg configs.Config, bots []*flows.Bot) (out []string) {
	for _, b := range bots {
		for _, s := range b.Secrets() {
			if _, ok := cfg.Gateway.Secrets[s]; !ok {
				out = append(out, fmt.Sprintf("hotline %s sends secret:%s, which is not under secrets:; add %s: env:NAME", b.Name, s, s))
			}
		}
	}
	return out
}

// readable tells whether a secret can be read, without keeping it.
func readable(ref string) error {
	s, err := gateway.ParseSecret(ref)
	if err != nil {
		return err
	}
	_, err = s.Read()
	return err
}

// configError is a list of complaints that leaves with the exit code of a bad configuration.
func configError(list []string) error {
	return &exitError{exitConfig, errors.New(strings.Join(list, "\n"))}
}
