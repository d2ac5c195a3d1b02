package sip

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"decroche/gateway/leg"
)

// TestFiftyCallsLeaveNothing: fifty calls at once over real sockets, both ways audible, and when
// all is closed no goroutine is left. It does not run in parallel, so that it counts only its own.
func TestFiftyCallsLeaveNothing(t *testing.T) {
	const calls = 50
	before := runtime.NumGoroutine()
	t.Run("calls", func(t *testing.T) {
		bot := newRig(t, testConfig(), nil, func(ctx context.Context, l leg.Leg) {
			if l.Answer(ctx) == nil {
				hum(ctx, l, 440)
			}
		})
		phone := newRig(t, testConfig(), nil, nil)
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range calls {
			wg.Go(func() {
				l, err := phone.Dial(ctx, leg.Invite{Addr: bot.uri("hotline")})
				if err != nil {
					t.Error(err)
					return
				}
				if err := hears(ctx, l, 440); err != nil {
					t.Error(err)
				}
				l.Hangup(ctx, leg.Normal)
			})
		}
		wg.Wait()
		for end := time.Now().Add(5 * time.Second); bot.Lines()+phone.Lines() > 0 && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		if n := bot.Lines() + phone.Lines(); n > 0 {
			t.Errorf("%d lines after the last BYE", n)
		}
	})
	after := 0
	for range 200 {
		if after = runtime.NumGoroutine(); after <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after:\n%s", before, after, buf[:runtime.Stack(buf, true)])
}
