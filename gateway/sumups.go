package gateway

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/sumup"
)

// sumUpWait is how long the record may take to have what a summary is asked for.
const sumUpWait = 10 * time.Second

// mostSumUps bounds the running conversations whose summaries are remembered.
const mostSumUps = 2000

// sumUps asks a language model for summaries: when a hand-off begins, for the page that its agent reads, and
// when a conversation has ended, for the record. It works beside the conversations, on what the record has, so
// that nothing ever waits for it. A nil *sumUps asks nobody.
type sumUps struct {
	model  *sumup.Model
	bus    *event.Bus
	events func(ctx context.Context, conv string) ([]event.Event, error)
	note   func(ctx context.Context, conv string, body event.Body) error
	log    *slog.Logger

	mu   sync.Mutex
	live map[string]string // by conversation; guarded by mu
}

// openSumUps makes what asks, where a model is configured.
func (g *Gateway) openSumUps() error {
	if g.cfg.Summary.URL == "" {
		return nil
	}
	m, err := sumup.New(g.cfg.Summary, g.reg)
	if err != nil {
		return err
	}
	g.sumUps = &sumUps{model: m, bus: g.bus, events: g.eventsOf, note: g.noteNow, log: g.log, live: map[string]string{}}
	return nil
}

// eventsOf are a conversation's events so far.
func (g *Gateway) eventsOf(ctx context.Context, conv string) (evs []event.Event, err error) {
	for e, err := range g.store.Events(ctx, conv, 0) {
		if err != nil {
			return nil, err
		}
		evs = append(evs, e)
	}
	return evs, nil
}

// now is what the model has made of a conversation that goes on; "" when nothing.
func (d *sumUps) now(conv string) string {
	if d == nil {
		return ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.live[conv]
}

// run follows all conversations until ctx ends, and then waits for the questions that are out.
func (d *sumUps) run(ctx context.Context) {
	if d == nil {
		return
	}
	var asked sync.WaitGroup
	defer asked.Wait()
	for ctx.Err() == nil {
		sub := d.bus.Subscribe()
		for {
			e, err := sub.Recv(ctx)
			if err != nil {
				break // ctx ended, the bus closed, or it was too slow and begins again
			}
			switch e.Body.(type) {
			case event.TransferStarted, event.Ended:
				asked.Go(func() { d.ask(ctx, e) })
			}
		}
		sub.Close()
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// ask asks for one summary and keeps it.
func (d *sumUps) ask(ctx context.Context, e event.Event) {
	_, ended := e.Body.(event.Ended)
	evs, err := d.until(ctx, e)
	if err == nil {
		var text string
		if text, err = d.model.Summary(ctx, evs); err == nil && ended {
			err = d.note(ctx, e.Conv, event.Summarised{Text: text, Model: d.model.Name()})
		} else if err == nil {
			d.keep(e.Conv, text)
		}
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) {
		d.log.Warn("no summary by the model; the one by rule stands", "conv", e.Conv, "err", err)
	}
	if ended {
		d.mu.Lock()
		delete(d.live, e.Conv)
		d.mu.Unlock()
	}
}

func (d *sumUps) keep(conv, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.live) >= mostSumUps {
		clear(d.live)
	}
	d.live[conv] = text
}

// until waits until the record has an event, and returns it all.
func (d *sumUps) until(ctx context.Context, e event.Event) ([]event.Event, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, sumUpWait, errors.New("the record is late"))
	defer cancel()
	for {
		evs, err := d.events(ctx, e.Conv)
		if err == nil && len(evs) > 0 && evs[len(evs)-1].Seq >= e.Seq {
			return evs, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
