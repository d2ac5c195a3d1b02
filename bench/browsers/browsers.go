// Package browsers is the rig of `decroche bench rtc`: browsers made of software (internal/browser,
// pion/webrtc), which call a gateway through its HTTP door, speak, listen and count. It runs in a
// process of its own, apart from what it measures.
package browsers

import (
	"context"
	"fmt"
	"sync"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
	"decroche/gateway/leg"
	"decroche/internal/browser"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// Options of a run.
type Options struct {
	URL    string // of the gateway's HTTP port
	Calls  int
	Rate   float64       // new calls a second
	Stay   time.Duration // of each call, from its click
	Codec  string        // that is offered
	Silent bool          // callers say nothing
	Tell   func(done, of int)
	// Steady is called when every call is up, and again before the first ends.
	Steady func(begin bool)
}

// Call is what one browser saw.
type Call struct {
	Err     error
	Connect time.Duration // from the click until the connection stood
	Audible time.Duration // from the click until the greeting was heard; negative when it never was
	Packets uint64
	// Gaps are sequence numbers that never came, from half a second after the connection stood: while
	// pion's handshake is not quite done at our end, it keeps 15 packets and drops the rest.
	Gaps uint64
	// Holes are when they were found.
	Holes []Hole
}

// Hole is sequence numbers of one call that had not come when those behind them had.
type Hole struct {
	At      time.Duration // since the first click of the run, within a second
	After   time.Duration // since the call's connection stood
	Packets uint64
}

// Result is what all of them saw.
type Result struct {
	Calls []Call
	// Inter counts packets by the milliseconds since the one before, while all calls were up.
	Inter [256]uint64
	Bare  *callers.Histogram // of the same time
}

// audible is the level, in squares of samples, above which something is heard: −40 dBFS.
const audible = 327 * 327

// Run calls, waits and hangs up. The error is of the rig; those of calls are in the Result.
func Run(ctx context.Context, o Options) (*Result, error) {
	wheel := pacer.New(pacer.DefaultConfig())
	turn, stop := context.WithCancel(context.Background())
	var turning sync.WaitGroup
	turning.Go(func() { wheel.Run(turn) })
	defer turning.Wait()
	defer stop()
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), wheel, nil)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	host := browser.NewHost(engine)
	defer host.Close()

	r := &rig{o: o, host: host, clip: speech(o.Codec), res: &Result{Calls: make([]Call, o.Calls)}, live: make([]*browser.Browser, o.Calls)}
	gap := time.Duration(float64(time.Second) / o.Rate)
	began := time.Now()
	r.began = began
	var calls, bare sync.WaitGroup
	timer, stopTimer := context.WithCancel(ctx)
	defer stopTimer()
	for i := range o.Calls {
		if wait(ctx, began.Add(time.Duration(i)*gap)) != nil {
			break
		}
		calls.Go(func() { r.call(ctx, i) })
		if o.Tell != nil {
			o.Tell(i+1, o.Calls)
		}
	}
	up := began.Add(time.Duration(o.Calls)*gap + 2*time.Second) // the last one has connected
	if wait(ctx, up) == nil {
		before := r.arrivals()
		r.steady(true)
		bare.Go(func() { r.res.Bare = callers.BareTimer(timer) })
		_ = wait(ctx, began.Add(o.Stay-time.Second))
		stopTimer()
		bare.Wait()
		for i, n := range r.arrivals() {
			r.res.Inter[i] = n - before[i]
		}
		r.steady(false)
	}
	calls.Wait()
	return r.res, context.Cause(ctx)
}

// rig is one run.
type rig struct {
	o     Options
	began time.Time
	host  *browser.Host
	clip  *media.Clip
	res   *Result

	mu   sync.Mutex // guards live
	live []*browser.Browser
}

func (r *rig) steady(begin bool) {
	if r.o.Steady != nil {
		r.o.Steady(begin)
	}
}

// arrivals sums what the browsers on the line have counted.
func (r *rig) arrivals() (sum [256]uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.live {
		if b == nil {
			continue
		}
		for i, n := range b.Reception().Interarrival {
			sum[i] += uint64(n)
		}
	}
	return sum
}

// call is one browser from click to hang-up.
func (r *rig) call(ctx context.Context, i int) {
	c := &r.res.Calls[i]
	c.Audible = -1
	click := time.Now()
	connect, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("no connection within 30 s"))
	defer cancel()
	b, err := r.host.Call(connect, browser.Options{URL: r.o.URL, Codecs: []string{r.o.Codec}})
	if err != nil {
		c.Err = err
		return
	}
	c.Connect = time.Since(click)
	r.mu.Lock()
	r.live[i] = b
	r.mu.Unlock()
	var sound sync.WaitGroup
	stay, leave := context.WithDeadline(ctx, click.Add(r.o.Stay))
	defer leave()
	sound.Go(func() { c.Audible = listen(stay, b, click) })
	if !r.o.Silent {
		sound.Go(func() { speak(stay, b, r.clip) })
	}
	_ = wait(ctx, click.Add(c.Connect+500*time.Millisecond))
	before := b.Reception().Missing
	c.Holes = r.watch(stay, b, click.Add(c.Connect), before)
	got := b.Reception()
	c.Packets, c.Gaps = got.Packets, got.Missing-min(before, got.Missing)
	if b.Gone() {
		c.Err = fmt.Errorf("the gateway ended the call")
	}
	bye, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	if err := b.Hangup(bye, leg.Normal); err != nil && c.Err == nil {
		c.Err = err
	}
	leave()
	sound.Wait()
}

// watch looks at a call each second until ctx ends, and tells when packets went missing.
func (r *rig) watch(ctx context.Context, b *browser.Browser, up time.Time, before uint64) (holes []Hole) {
	each := time.NewTicker(time.Second)
	defer each.Stop()
	for {
		var end bool
		select {
		case <-each.C:
		case <-ctx.Done():
			end = true
		}
		if n := b.Reception().Missing; n > before {
			holes = append(holes, Hole{time.Since(r.began), time.Since(up), n - before})
			before = n
		}
		if end {
			return holes
		}
	}
}

// listen waits for the first sound and returns when that was, since the click. After it nobody
// listens: what comes is counted, not decoded.
func listen(ctx context.Context, b *browser.Browser, click time.Time) time.Duration {
	for {
		h, err := b.Receive(ctx)
		if err != nil {
			return -1
		}
		var e int
		for _, v := range h.Frame.PCM {
			e += int(v) * int(v)
		}
		if n := len(h.Frame.PCM); n > 0 && e/n > audible {
			return time.Since(click)
		}
	}
}

// speak says the same again and again.
func speak(ctx context.Context, b *browser.Browser, clip *media.Clip) {
	for ctx.Err() == nil {
		if clip != nil {
			if b.Play(ctx, clip) != nil {
				return
			}
			continue
		}
		if b.Send(ctx, media.Frame{PCM: make([]int16, b.Info().Rate), Rate: b.Info().Rate}) != nil {
			return
		}
	}
}

// speech is what callers say: 1.2 s of voice in 4 s. In G.711 it is coded once for all.
func speech(codec string) *media.Clip {
	pcm := append(bench.Hum(1200*time.Millisecond), bench.Quiet(2800*time.Millisecond)...)
	data := make([]byte, len(pcm))
	switch codec {
	case "PCMU":
		g711.EncodeU(data, pcm)
	case "PCMA":
		g711.EncodeA(data, pcm)
	default:
		return nil
	}
	return media.NewClip(codec, 0, data, 160)
}

func wait(ctx context.Context, until time.Time) error {
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
