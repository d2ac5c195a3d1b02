package main

import (
	"context"
	"fmt"
)

type checkCmd struct{}

// Run reads what serve would read and looks at what serve would need. Mistakes leave with exit
// code 2; hints do not.
func (c *checkCmd) Run(ctx context.Context, g *globals) error {
	cfg, bots, hints, err := loadToServe(ctx, g)
	if err != nil {
		return err
	}
	for _, b := range bots {
		fmt.Printf("hotline %s: languages %v, answers %v\n", b.Name, b.Languages, b.Called())
	}
	fmt.Printf("recogniser %s, voice %s, %d agents\n", cfg.ASR, cfg.TTS, len(cfg.Gateway.Agents))
	for _, t := range cfg.Gateway.Trunks {
		fmt.Printf("trunk %s: %s %s\n", t.Name, t.Addr, trunkUse(t))
	}
	for _, h := range hints {
		fmt.Printf("hint: %s\n", h.Caret())
	}
	fmt.Println("everything is in order")
	return nil
}
