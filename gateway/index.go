package gateway

import (
	"context"
	"time"
)

// indexTold is how often the log says how far the index of old conversations is.
const indexTold = 10 * time.Second

// keepIndexed lets conversations be found by what was said in them. Those of before the index are taken
// in at the first start; calls are answered meanwhile. What cannot be taken in now is tried again: until
// then it is not found, and nothing else suffers.
func (g *Gateway) keepIndexed(ctx context.Context) {
	var told time.Time
	tell := func(left, of int) {
		if now := time.Now(); left == 0 || now.Sub(told) >= indexTold {
			told = now
			g.log.Info("old conversations are being made searchable", "done", of-left, "of", of)
		}
	}
	for ctx.Err() == nil {
		if err := g.index.KeepIndexed(ctx, tell); err != nil {
			g.log.Error("what was said could not be made searchable; trying again", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(indexTold):
			}
		}
	}
}
