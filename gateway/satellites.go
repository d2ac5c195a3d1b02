package gateway

import (
	"context"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/call"
	"decroche/gateway/console"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/rtc"
	"decroche/gateway/wyoming"
	"decroche/media"
	"decroche/tts"
)

// openSatellites prepares the connections to open speakers; Run makes them.
func (g *Gateway) openSatellites() (err error) {
	if g.satellites, err = wyoming.New(g.cfg.Wyoming, g.log, wyoming.NewMetrics(g.reg)); err != nil {
		return err
	}
	g.left = brokenOff{within: g.cfg.Wyoming.ContinueWithin, now: time.Now}
	g.satellites.Admit(g.admit)
	g.satellites.Speak(func(ctx context.Context, lang, text string) (media.Source, error) {
		if lang == "" {
			lang = "fr"
		}
		return g.engines.Mouth.Speak(ctx, tts.Utterance{Text: text, Language: lang, Rate: media.PhoneRate})
	})
	return nil
}

// acceptSatellite conducts the call of an open speaker. It is a call like any other, but that its flow
// knows that there are neither keys nor a screen, and that it goes on with one that was broken off
// there a moment ago.
func (g *Gateway) acceptSatellite(ctx context.Context, l leg.Leg, w wyoming.Wish) {
	g.calls.Add(1)
	defer g.calls.Done()
	defer g.left.enter(ctx, w.Name)()
	now := g.hotlines.now.Load()
	bot, lang, ok := now.wished(rtc.Wish{Bot: w.Bot, Lang: w.Lang})
	g.take(ctx, l, now, bot, lang, ok, func(s *call.Session) func() {
		s.Channel, s.Caller = flows.Speaker, w.Phone
		if was, ok := g.left.take(w.Name, bot.Name); ok {
			s.State, s.Known, s.Bot.Lang = was.state, true, was.lang
			g.log.Info("a satellite goes on with the call that was broken off", "satellite", w.Name, "conv", s.Conv)
		}
		m := &leavingMind{Mind: s.Mind}
		s.Mind = m
		end := g.showOn(l, s.Conv)
		return func() {
			end()
			g.left.keep(w.Name, bot.Name, m.left())
		}
	})
}

// speakers tells the API how each satellite is doing.
func (g *Gateway) speakers() []console.Satellite {
	list := g.satellites.States()
	out := make([]console.Satellite, len(list))
	for i, s := range list {
		out[i] = console.Satellite{Name: s.Name, Addr: s.Addr, Connected: s.Connected, Why: s.Why, InCall: s.InCall, Software: s.Software, Area: s.Area}
		if !s.Since.IsZero() {
			out[i].Since = &s.Since
		}
	}
	return out
}

// showOn tells the satellite of a leg what is said in its call, until the function is called.
func (g *Gateway) showOn(l leg.Leg, conv string) (end func()) {
	screen, ok := l.(wyoming.Screen)
	if !ok {
		return func() {}
	}
	sub := g.captions.Watch(conv)
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		shown := 0
		for {
			select {
			case <-sub.News():
				shown = show(screen, sub, shown)
			case <-done:
				show(screen, sub, shown)
				return
			}
		}
	}()
	return func() {
		close(done)
		<-over
		sub.Close()
	}
}

// show passes on what there is; shown is which prompt was shown last.
func show(screen wyoming.Screen, sub *event.CaptionSub, shown int) int {
	evs, said, _ := sub.Take()
	for _, e := range evs {
		if v, ok := e.Body.(event.Said); ok && v.Who == "" {
			screen.Heard(v.Text)
		}
	}
	for _, c := range said {
		if c.Who == "bot" && c.N > shown {
			shown = c.N
			screen.Says(c.Text, "")
		}
	}
	return shown
}

// broken is a conversation that was broken off.
type broken struct {
	bot, lang string
	state     flows.State
	at        time.Time
}

// brokenOff remembers, for each satellite, the conversation that was broken off last. In memory: it
// is for a minute.
type brokenOff struct {
	// constant
	within time.Duration
	now    func() time.Time

	mu    sync.Mutex
	by    map[string]broken        // by satellite; guarded by mu
	calls map[string]chan struct{} // the last call of each, closed when it is over; guarded by mu
}

// lastCall bounds how long a call waits until the one before it, of the same satellite, has ended: who
// wakes a box again at once would otherwise begin anew.
const lastCall = time.Second

// enter waits for the call before to end; the function it returns ends this one.
func (b *brokenOff) enter(ctx context.Context, satellite string) (leave func()) {
	mine := make(chan struct{})
	b.mu.Lock()
	before := b.calls[satellite]
	if b.calls == nil {
		b.calls = map[string]chan struct{}{}
	}
	b.calls[satellite] = mine
	b.mu.Unlock()
	if before != nil {
		late := time.NewTimer(lastCall)
		defer late.Stop()
		select {
		case <-before:
		case <-late.C:
		case <-ctx.Done():
		}
	}
	return func() { close(mine) }
}

// keep remembers a conversation that somebody may go on with; one that waits for nothing is none.
func (b *brokenOff) keep(satellite, bot string, was broken) {
	if waits, err := was.state.Waits(); err != nil || waits != flows.Said || b.within <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil {
		b.by = map[string]broken{}
	}
	was.bot, was.at = bot, b.now()
	b.by[satellite] = was
}

// take returns the one to go on with, once.
func (b *brokenOff) take(satellite, bot string) (broken, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was, ok := b.by[satellite]
	delete(b.by, satellite)
	return was, ok && was.bot == bot && b.now().Sub(was.at) <= b.within
}

// leavingMind is a mind that remembers where a conversation stood when its caller left.
type leavingMind struct {
	flows.Mind

	mu  sync.Mutex
	was broken // guarded by mu
}

// Turn implements flows.Mind. The conductor tells the mind last of all, and once, that the caller has
// gone; what was prepared ahead and given up is never told so.
func (m *leavingMind) Turn(ctx context.Context, st flows.State, in flows.Input) (flows.Output, error) {
	out, err := m.Mind.Turn(ctx, st, in)
	if in.Kind == flows.Hangup && err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.was = broken{state: st, lang: out.Lang}
	}
	return out, err
}

// left is the state in which the conversation was left; empty when it ended by itself.
func (m *leavingMind) left() broken {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.was
}
