package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

const (
	// lostGrace is how long an agent's page may be gone before the person is told: loading it again
	// takes less.
	lostGrace = 4 * time.Second
	// awayAfter is how long nobody may read before the agent is told that the page was closed.
	awayAfter = 10 * time.Second
	// tellEvery is the least time between two sentences about the place in the line.
	tellEvery = 45 * time.Second
	// lookAgain is how often a busy desk is asked although nothing seems to have changed.
	lookAgain = 10 * time.Second
)

// helper sees one conversation's hand-off through: it asks agents one after the other, and watches
// over the one who has it. There is one for each conversation whose hand-off is out, in one
// process. It decides from the store alone what is to be done next, so that it can die at any
// moment; what it remembers is what must be given back to the desk.
type helper struct {
	h    *Host
	conv string
	r    *room
	n    uint64 // the hand-off

	of    *agents.Offering // shown now
	asked string           // the agent who is reserved
	until time.Time        // of the offer
	has   string           // the agent who has the conversation
	wake  time.Time        // when to look again although nothing has changed
}

// help begins to see a hand-off through, unless somebody does. It needs the room's turn.
func (h *Host) help(r *room, x *exchange) {
	if x.w.Hand == nil || !x.c.Ended.IsZero() || h.handing.Err() != nil || !h.rooms.help(r, true) {
		return
	}
	a := &helper{h: h, conv: x.c.Conv, r: r}
	h.rooms.enter(a.conv)
	h.d.Metrics.hand(1)
	h.helpers.Go(func() {
		defer h.d.Metrics.hand(-1)
		defer h.rooms.leave(a.conv, r)
		a.run(h.handing)
	})
}

// run looks at the conversation and does the next thing, each time something has changed.
func (a *helper) run(ctx context.Context) {
	for pause := retryFirst; ctx.Err() == nil; {
		changed, moved := a.h.rooms.next(a.r), a.h.line.moves()
		var news <-chan struct{}
		if a.h.d.Desk != nil {
			news = a.h.d.Desk.News()
		}
		a.wake = a.h.now().Add(lookAgain)
		done, again, err := a.look(ctx)
		switch {
		case done:
			return
		case err != nil && ctx.Err() == nil:
			a.h.d.Log.Error("a hand-off could not be seen to; trying again", "conv", a.conv, "err", err)
			a.wake = a.h.now().Add(pause)
			pause, changed, news, moved = min(2*pause, retryMost), nil, nil, nil
		case again:
			pause = retryFirst
			continue
		default:
			pause = retryFirst
		}
		a.wait(ctx, changed, news, moved)
	}
}

// wait returns when something may have changed.
func (a *helper) wait(ctx context.Context, changed, news, moved <-chan struct{}) {
	t := time.NewTimer(max(time.Millisecond, a.wake.Sub(a.h.now())))
	defer t.Stop()
	var answered <-chan struct{}
	if a.of != nil {
		answered = a.of.Done()
	}
	select {
	case <-changed:
	case <-news:
	case <-moved:
	case <-answered:
	case <-t.C:
	case <-ctx.Done():
	}
}

// at makes sure that the helper looks again at t.
func (a *helper) at(t time.Time) {
	if t.Before(a.wake) {
		a.wake = t
	}
}

// look does the next thing; again says that there may be another at once, done that nothing is left.
func (a *helper) look(ctx context.Context) (done, again bool, err error) {
	x, err := a.h.load(ctx, a.conv)
	if err != nil && !errors.Is(err, ErrNoBot) {
		if done = errors.Is(notFound(err), ErrNotFound); done {
			a.leave()
		}
		return done, false, err
	}
	g := x.w.Hand
	if g != nil && g.N != a.n { // the one before ended while nobody looked
		a.leave()
		a.n = g.N
	}
	switch {
	case g == nil || !x.c.Ended.IsZero():
		a.leave()
		return a.over()
	case a.h.d.Desk == nil: // there are no desks any more
		again, err = a.settle(g, func(ctx context.Context, x *exchange) { x.giveUp(ctx, agents.Unknown) })
	case g.With != nil:
		again, err = a.stay(x, g)
	default:
		again, err = a.seek(x, g)
	}
	return false, again, err
}

// over ends the helper unless there is another hand-off by now.
func (a *helper) over() (done, again bool, err error) {
	err = a.h.turn(a.conv, a.r, func(ctx context.Context) error {
		x, err := a.h.load(ctx, a.conv)
		if err != nil && !errors.Is(err, ErrNoBot) {
			return err
		}
		if done = x.w.Hand == nil || !x.c.Ended.IsZero(); done {
			a.h.rooms.help(a.r, false)
		}
		return nil
	})
	return done, !done, err
}

// turn runs f with the room's turn.
func (h *Host) turn(conv string, r *room, f func(context.Context) error) error {
	if err := h.rooms.lock(h.handing, r, 0); err != nil {
		return err
	}
	defer h.rooms.unlock(r)
	ctx, cancel := lasting(h.handing)
	defer cancel()
	return f(ctx)
}

// settle changes the conversation, when the hand-off is still as g says: false when it is not.
func (a *helper) settle(g *handing, f func(context.Context, *exchange)) (did bool, err error) {
	err = a.h.turn(a.conv, a.r, func(ctx context.Context) error {
		x, err := a.h.load(ctx, a.conv)
		if err != nil {
			return err
		}
		now := x.w.Hand
		if now == nil || !x.c.Ended.IsZero() || now.N != g.N || (now.With == nil) != (g.With == nil) {
			return nil
		}
		did = true
		x.arrived("")
		f(ctx, x)
		return a.h.finish(ctx, a.r, x)
	})
	return did, err
}

// leave gives back what the desk has of us.
func (a *helper) leave() {
	a.h.line.leave(a.conv)
	if a.asked != "" {
		a.h.d.Desk.DropChat(a.asked, a.conv, agents.CallerGone)
	}
	if a.has != "" {
		a.h.d.Desk.DropChat(a.has, a.conv, "")
	}
	a.of, a.asked, a.has = nil, "", ""
}

// seek asks the next agent, or waits for the answer of one, or until one is free.
func (a *helper) seek(x *exchange, g *handing) (again bool, err error) {
	now := a.h.now()
	req := g.request(a.conv, x.c.Lang)
	a.h.line.join(req, a.h.d.Desk.TurnOf(req, g.Began))
	if a.of != nil {
		select {
		case <-a.of.Done():
			return a.answered(g)
		default:
		}
	}
	switch {
	case !now.Before(g.Until):
		return a.settle(g, func(ctx context.Context, x *exchange) { x.giveUp(ctx, agents.Timeout) })
	case a.of != nil:
		if !now.Before(a.until) {
			a.of.Expire()
			return true, nil
		}
		a.at(a.until)
		a.at(g.Until)
		return false, nil
	case g.Asked != nil: // the process that asked them is gone
		return a.settle(g, func(_ context.Context, x *exchange) {
			x.w.Hand.Tried = x.w.Hand.Tried[:max(0, len(x.w.Hand.Tried)-1)]
			x.attempted(agents.Unknown, "")
		})
	}
	for _, r := range a.h.line.ahead(a.conv) {
		if a.h.d.Desk.ReachChat(r) == nil { // they are about to be asked for who came first
			a.at(now.Add(retryFirst))
			return false, nil
		}
	}
	name, title, err := a.h.d.Desk.OfferChat(req)
	switch {
	case errors.Is(err, agents.ErrBusy):
		return a.tell(x, g)
	case err != nil:
		o := agents.Nobody
		if g.Last != "" {
			o = g.Last
		}
		return a.settle(g, func(ctx context.Context, x *exchange) { x.giveUp(ctx, o) })
	}
	a.asked = name
	return a.ask(g, title)
}

// ask shows the conversation to the agent who is reserved.
func (a *helper) ask(g *handing, title string) (bool, error) {
	name := a.asked
	did, err := a.settle(g, func(_ context.Context, x *exchange) {
		n := x.w.Hand
		n.Tries++
		n.Tried = append(n.Tried, name)
		n.Asked = &colleague{name, title, x.now}
		x.write(event.TransferRinging{Agent: name, Addr: agents.Scheme + name, Try: n.Tries})
	})
	if err != nil || !did {
		a.leave()
		return true, err
	}
	of, err := a.h.d.Desk.ShowChat(name, a.h.d.Offer(a.conv), a.h.cfg.RingFor)
	if err != nil { // they have gone between the two
		a.leave()
		return a.settle(g, func(_ context.Context, x *exchange) { x.attempted(agents.Unreachable, "") })
	}
	a.of, a.until = of, a.h.now().Add(a.h.cfg.RingFor)
	return true, nil
}

// answered takes an agent's answer.
func (a *helper) answered(g *handing) (bool, error) {
	no, _ := errors.AsType[*agents.NotTaken](a.of.Result())
	name := a.asked
	did, err := a.settle(g, func(_ context.Context, x *exchange) {
		n := x.w.Hand
		if n.Asked == nil {
			return
		}
		if no != nil {
			x.attempted(outcomeOf(no.How), no.Reason)
			return
		}
		who := colleague{n.Asked.Agent, n.Asked.Title, x.now}
		x.attempted(agents.Completed, "")
		n.With, n.Lost, n.Last = &who, time.Time{}, ""
		x.w.Talked = true
		if n.Waited == 0 {
			n.Waited = max(time.Millisecond, x.now.Sub(n.Began))
			a.h.waits.add(x.now, n.Waited)
			a.h.d.Metrics.found(n.Waited)
		}
		x.write(event.Bridged{Agent: who.Agent})
		x.own("joined", fmt.Sprintf(wordsFor(x.c.Lang).joined, who.Title))
	})
	if err != nil {
		return false, err // the answer is asked for again
	}
	a.of, a.asked = nil, ""
	if no != nil {
		return true, nil
	}
	if a.has = name; !did { // the person left at the same moment
		a.h.d.Desk.DropChat(name, a.conv, agents.CallerGone)
		a.has = ""
	}
	return true, nil
}

// outcomeOf puts an offer's ending into the words of the record.
func outcomeOf(how agents.Ending) agents.Outcome {
	switch how {
	case agents.Declined:
		return agents.Refused
	case agents.Expired:
		return agents.NoAnswer
	case agents.NotReached:
		return agents.Unreachable
	case agents.CallerGone:
		return agents.CallerLeft
	}
	return agents.Cancelled
}

// tell says something true about the wait: at first, and again when it has become less.
func (a *helper) tell(x *exchange, g *handing) (bool, error) {
	now, before := a.h.now(), a.h.line.before(a.conv)
	a.at(g.Until)
	if g.Told > 0 && (before+1 >= g.Told || now.Sub(g.ToldAt) < tellEvery) {
		if before+1 < g.Told {
			a.at(g.ToldAt.Add(tellEvery))
		}
		return false, nil
	}
	usual, known := a.h.waits.usual(now)
	return a.settle(g, func(_ context.Context, x *exchange) {
		n := x.w.Hand
		x.own("waiting", wordsFor(x.c.Lang).place(before, usual, known, n.Told > 0))
		n.Told, n.ToldAt = before+1, x.now
	})
}

// stay watches over the agent who has the conversation, and over who reads it on the other side.
func (a *helper) stay(x *exchange, g *handing) (bool, error) {
	who, desk := *g.With, a.h.d.Desk
	if a.has != who.Agent { // an earlier process gave it to them
		desk.KeepChat(who.Agent, who.Title, a.conv)
		a.has = who.Agent
	}
	a.h.line.leave(a.conv)
	now := a.h.now()
	has, lost, _ := desk.ChatLine(who.Agent, a.conv)
	gone := now.Sub(lost)
	takeOver := desk.Config().TakeOverAfter
	switch {
	case !has || !lost.IsZero() && gone >= takeOver:
		return a.loseThem(g, lost)
	case lost.IsZero() && !g.Lost.IsZero():
		return a.settle(g, func(_ context.Context, x *exchange) {
			x.write(event.AgentBack{Agent: who.Agent, AfterMS: x.now.Sub(x.w.Hand.Lost).Milliseconds()})
			x.own("back", fmt.Sprintf(wordsFor(x.c.Lang).back, who.Title))
			x.w.Hand.Lost = time.Time{}
		})
	case !lost.IsZero() && g.Lost.IsZero() && gone >= lostGrace:
		return a.settle(g, func(_ context.Context, x *exchange) {
			x.write(event.AgentLost{Agent: who.Agent, Why: "desk"})
			x.own("returns", fmt.Sprintf(wordsFor(x.c.Lang).returns, who.Title))
			x.w.Hand.Lost = lost
		})
	case !lost.IsZero() && g.Lost.IsZero():
		a.at(lost.Add(lostGrace))
	case !lost.IsZero():
		a.at(lost.Add(takeOver))
	}
	return a.watchReader(g, who)
}

// loseThem lets the team take over a conversation whose agent did not come back.
func (a *helper) loseThem(g *handing, lost time.Time) (bool, error) {
	did, err := a.settle(g, func(_ context.Context, x *exchange) {
		n := x.w.Hand
		who := n.With
		if n.Lost.IsZero() {
			x.write(event.AgentLost{Agent: who.Agent, Why: "desk"})
		}
		n.Spoke += x.now.Sub(who.Since)
		n.Tried, n.Last = append(n.Tried, who.Agent), agents.AgentLeft
		n.With, n.Lost, n.Away, n.Told = nil, time.Time{}, time.Time{}, 0
		n.Began, n.Until = x.now, x.now.Add(n.MaxWait)
		x.own("lost", fmt.Sprintf(wordsFor(x.c.Lang).lost, who.Title))
	})
	if did && err == nil {
		a.h.d.Desk.DropChat(a.has, a.conv, agents.Elsewhere)
		a.has = ""
	}
	return did, err
}

// watchReader tells the agent that the person has closed the page, and that they are back.
func (a *helper) watchReader(g *handing, who colleague) (bool, error) {
	unread := a.h.rooms.unreadSince(a.r)
	switch {
	case unread.IsZero() && !g.Away.IsZero():
		return a.settle(g, func(_ context.Context, x *exchange) {
			x.write(event.CallerBack{Agent: who.Agent, AfterMS: x.now.Sub(x.w.Hand.Away).Milliseconds()})
			x.w.Hand.Away = time.Time{}
		})
	case !unread.IsZero() && g.Away.IsZero() && a.h.now().Sub(unread) >= awayAfter:
		return a.settle(g, func(_ context.Context, x *exchange) {
			x.write(event.CallerAway{Agent: who.Agent})
			x.w.Hand.Away = unread
		})
	case !unread.IsZero() && g.Away.IsZero():
		a.at(unread.Add(awayAfter))
	}
	return false, nil
}
