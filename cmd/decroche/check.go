package main

import (
	"fmt"
)

type checkCmd struct{}

// Run reads what serve would read. Mistakes leave with exit code 2.
func (c *checkCmd) Run(g *globals) error {
	cfg, bots, err := loadAll(g)
	if err != nil {
		return err
	}
	demoSecret(g, cfg)
	var bad []string
	bad = append(bad, missingSecrets(cfg, bots)...)
	for name, ref := range cfg.Gateway.Secrets {
		if err := readable(ref); err != nil {
			bad = append(bad, fmt.Sprintf("secrets.%s: %v", name, err))
		}
	}
	if len(bad) > 0 {
		return configError(bad)
	}
	for _, b := range bots {
		fmt.Printf("hotline %s: languages %v, answers %v\n", b.Name, b.Languages, b.Called())
	}
	fmt.Printf("recogniser %s, voice %s, %d agents\n", cfg.ASR.Engine, cfg.TTS.Engine, len(cfg.Gateway.Agents))
	fmt.Println("everything is in order")
	return nil
}
