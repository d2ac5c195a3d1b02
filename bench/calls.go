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

// Calls describes many calls at once: each rings, hears the greeting, says its lines one after
// the other, hearing each answer out, and begins again until its time is over.
type Calls struct {
	Target   string
	Calls    int
	Rate     float64       // new calls per second
	Stay     time.Duration // from answer to hang-up
	Scripts  []Script      // call i plays Scripts[i % len]
	Dialer   leg.Dialer
	Mouth    tts.Synthesiser
	Progress func(done, of int) // may be nil
}

// Script is what one caller says, in which language and voice. Without lines, it only listens.
type Script struct {
	Lang, Voice string
	Lines       []string
}

// Call is what one call was like, as its caller saw it.
type Call struct {
	Conv       string
	Script     Script
	Setup      time.Duration   // INVITE -> 200
	FirstAudio time.Duration   // 200 -> first audible frame
	Answers    []time.Duration // end of a line -> first audible frame of the answer
	Turns      int
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
			out[i] = c.one(ctx, c.Scripts[i%len(c.Scripts)])
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

func (c Calls) one(ctx context.Context, script Script) (r Call) {
	r.Script = script
	ctx, cancel := context.WithTimeoutCause(ctx, c.Stay+60*time.Second, errors.New("bench: the call did not end in time"))
	defer cancel()
	began := time.Now()
	l, err := c.Dialer.Dial(ctx, leg.Invite{Addr: c.Target, From: "bench", RingFor: 30 * time.Second})
	if err != nil {
		r.Err = err
		return r
	}
	r.Setup, r.Conv = time.Since(began), l.Info().PeerTag
	p := &phone.Phone{Leg: l, Mouth: c.Mouth, Voice: script.Voice, Lang: script.Lang}
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
	for time.Since(answered) < c.Stay && len(script.Lines) > 0 {
		t, err := p.Turn(ctx, phone.Line{Text: script.Lines[r.Turns%len(script.Lines)]}, phone.Pace{})
		if err != nil {
			r.Err = fmt.Errorf("turn %d: %w", r.Turns+1, err)
			return r
		}
		r.Turns++
		r.Answers = append(r.Answers, time.Duration(t.AnswerMS)*time.Millisecond)
	}
	if err := p.Pause(ctx, c.Stay-time.Since(answered)); err != nil && !errors.Is(err, phone.ErrEnded) {
		r.Err = err
	}
	return r
}
