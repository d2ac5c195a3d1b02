package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/phone"
	"decroche/media/rtp"
	"decroche/tts"
)

// Calls describes many calls at once: each rings, hears the greeting, talks as Talk tells, and
// stays until its time is over.
type Calls struct {
	Target string
	Calls  int
	Rate   float64       // new calls per second
	Stay   time.Duration // from answer to hang-up
	// Talk is what caller i says, until its time is over; it returns the latencies of the answers
	// it got. nil: the callers only listen.
	Talk     func(ctx context.Context, i int, p *phone.Phone, conv string, until time.Time) (answers []time.Duration, err error)
	Dialer   leg.Dialer
	Mouth    tts.Synthesiser
	Progress func(done, of int) // may be nil
}

// Call is what one call was like, as its caller saw it.
type Call struct {
	Conv       string
	Setup      time.Duration   // INVITE -> 200
	FirstAudio time.Duration   // 200 -> first audible frame
	Answers    []time.Duration // end of a line -> first audible frame of the answer
	Stats      rtp.Reception
	Err        error
}

// StatsLeg is the optional ability of a leg to tell what its receiving side counted.
type StatsLeg interface{ Reception() rtp.Reception }

// Run places the calls and returns when all have ended.
func (c Calls) Run(ctx context.Context) []Call {
	out := make([]Call, c.Calls)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	began := time.Now()
	for i := range c.Calls {
		due := began.Add(time.Duration(float64(i) / c.Rate * float64(time.Second)))
		wg.Go(func() {
			select {
			case <-time.After(time.Until(due)):
			case <-ctx.Done():
				out[i].Err = context.Cause(ctx)
				return
			}
			out[i] = c.one(ctx, i)
			mu.Lock()
			defer mu.Unlock()
			done++
			if c.Progress != nil {
				c.Progress(done, c.Calls)
			}
		})
	}
	wg.Wait()
	return out
}

func (c Calls) one(ctx context.Context, i int) (r Call) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.Stay+60*time.Second, errors.New("bench: the call did not end in time"))
	defer cancel()
	began := time.Now()
	l, err := c.Dialer.Dial(ctx, leg.Invite{Addr: c.Target, From: "bench", RingFor: 30 * time.Second})
	if err != nil {
		r.Err = err
		return r
	}
	r.Setup, r.Conv = time.Since(began), l.Info().PeerTag
	p := &phone.Phone{Leg: l, Mouth: c.Mouth, Lang: "fr"}
	p.Start(ctx)
	answered := time.Now()
	defer func() {
		if err := p.Hangup(context.WithoutCancel(ctx)); err != nil && r.Err == nil {
			r.Err = err
		}
		if s, ok := l.(StatsLeg); ok {
			r.Stats = s.Reception()
		}
	}()
	g, err := p.Greeting(ctx, phone.Pace{})
	if err != nil {
		r.Err = fmt.Errorf("greeting: %w", err)
		return r
	}
	r.FirstAudio = time.Duration(g.AnswerMS) * time.Millisecond
	if c.Talk != nil {
		if r.Answers, err = c.Talk(ctx, i, p, r.Conv, answered.Add(c.Stay)); err != nil {
			r.Err = err
			return r
		}
	}
	if err := p.Pause(ctx, c.Stay-time.Since(answered)); err != nil && !errors.Is(err, phone.ErrEnded) {
		r.Err = err
	}
	return r
}
