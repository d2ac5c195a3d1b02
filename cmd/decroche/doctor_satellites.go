package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"decroche/configs"
	"decroche/gateway/wyoming"
)

// satellitesHere asks each open speaker what it is. None is woken.
func satellitesHere(ctx context.Context, cfg configs.Config) []finding {
	c := cfg.Gateway.Wyoming
	out := make([]finding, len(c.Satellites))
	var wg sync.WaitGroup
	for i, s := range c.Satellites {
		wg.Go(func() {
			f := finding{what: "satellite " + s.Name, advice: fmt.Sprintf("switch it on, or correct wyoming.satellites[%d].addr", i)}
			d, cancel := context.WithTimeoutCause(ctx, 6*time.Second, errors.New("no answer to describe within 6 s"))
			defer cancel()
			if said, err := wyoming.Probe(d, c, s); err != nil {
				f.note = err.Error()
			} else {
				f.ok, f.note = true, said
			}
			out[i] = f
		})
	}
	wg.Wait()
	return out
}
