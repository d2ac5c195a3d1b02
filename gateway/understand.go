package gateway

import (
	"fmt"
	"time"

	"decroche/flows"
	"decroche/flows/nlu/remote"
	"decroche/gateway/call"
)

// openUnderstander makes the client of the model that callers' words are shown to, when the
// configuration names one.
func (g *Gateway) openUnderstander() error {
	c := g.cfg.Understand
	if !c.On() {
		return nil
	}
	key := ""
	if c.Key != "" {
		ref, err := ParseSecret(c.Key)
		if err == nil {
			key, err = ref.Read()
		}
		if err != nil {
			return fmt.Errorf("understand.key: %w", err)
		}
	}
	g.remote = remote.New(c, remote.Key(key), remote.NewMetrics(g.reg))
	g.onStop("remote understander", g.remote.Close)
	return nil
}

// understander is nil without a model: bots then understand by themselves.
func (g *Gateway) understander(b *flows.Bot) flows.Understander {
	if g.remote == nil {
		return nil
	}
	return g.remote.For(b)
}

// callConfig gives a model the time that its own settings allow.
func (g *Gateway) callConfig() call.Config {
	c := g.cfg.Call
	c.UnderstandTimeout = g.patience(c.UnderstandTimeout)
	return c
}

// patience is how long a conversation waits for a model: a little longer than the model's own
// time, so that a late answer counts against the model and not as the asker's leaving.
func (g *Gateway) patience(without time.Duration) time.Duration {
	if g.remote == nil {
		return without
	}
	return max(without, g.cfg.Understand.Timeout+200*time.Millisecond)
}
