package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"decroche/configs"
	"decroche/gateway/sip"
)

// trunksHere asks each trunk whether it is there. Nothing is registered and nobody is called.
func trunksHere(ctx context.Context, cfg configs.Config) []finding {
	out := make([]finding, len(cfg.Gateway.Trunks))
	var wg sync.WaitGroup
	for i, t := range cfg.Gateway.Trunks {
		wg.Go(func() {
			f := finding{what: "trunk " + t.Name, advice: fmt.Sprintf("correct trunks[%d], or ask who runs %s whether it takes calls from here", i, t.Addr)}
			c, cancel := context.WithTimeoutCause(ctx, 4*time.Second, errors.New("no answer to OPTIONS within 4 s"))
			defer cancel()
			if said, err := sip.Probe(c, t, cfg.Gateway.SIP.ExternalAddress); err != nil {
				f.note = err.Error()
			} else {
				f.ok, f.note = true, fmt.Sprintf("%s answers %s; %s", t.Addr, said, trunkUse(t))
			}
			out[i] = f
		})
	}
	wg.Wait()
	return out
}

// trunkUse tells what a trunk is for, in a line.
func trunkUse(t sip.TrunkConfig) string {
	way := t.Transport
	if way == "" {
		way = "udp"
	}
	if t.Media == "srtp" {
		way += " with SRTP"
	}
	use := "dials nothing, takes calls only"
	if len(t.Prefixes) > 0 {
		use = "dials " + strings.Join(t.Prefixes, ", ")
	}
	if t.Register {
		use += ", registers as " + t.Username
	}
	return "over " + way + ", " + use
}
