package desk

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// ringFor is how long a desk rings when the invitation does not say.
const ringFor = 20 * time.Second

// openLine is how long an agent's browser may take once they have accepted.
const openLine = 5 * time.Second

// Dialer is a leg.Dialer that reaches agents at their desks, "desk:karim": it shows the offer, waits
// for their yes, and dials what they answer with. Every other address goes to Phone. Its methods may
// be called from any goroutine.
type Dialer struct {
	Desk  *agents.Desk
	Board *event.Board
	Names Names
	// Notes are what agents wrote in a conversation; may be nil.
	Notes func(ctx context.Context, conv string) []agents.Written
	Phone leg.Dialer // telephones: "sip:…"
	Web   leg.Dialer // browsers: "rtc:karim"; nil: none can be reached

	mu    sync.Mutex
	lines map[part]leg.Leg // of agents in calls
}

// part is one agent's in one conversation: while a caller is passed on there are two.
type part struct{ conv, agent string }

var _ leg.Dialer = (*Dialer)(nil)

// Dial implements leg.Dialer. Who was asked and did not take the caller is told by an error that is
// both a *leg.Refused, with the status of what happened (603 declined, 408 expired, 503 no line), and an
// *agents.NotTaken.
func (d *Dialer) Dial(ctx context.Context, to leg.Invite) (leg.Leg, error) {
	name, ours := strings.CutPrefix(to.Addr, agents.Scheme)
	if !ours {
		return d.Phone.Dial(ctx, to)
	}
	conv := d.Desk.Reserved(name)
	b, _ := d.Board.Brief(conv)
	offer := Describe(b, d.Names)
	offer.Conv = conv
	if d.Notes != nil {
		offer.Notes = d.Notes(ctx, conv)
	}
	ring := to.RingFor
	if ring <= 0 {
		ring = ringFor
	}
	of, err := d.Desk.Show(name, offer, ring)
	if err != nil {
		return nil, refused(to.Addr, err)
	}
	if to.Progress != nil {
		to.Progress(180)
	}
	ringing, stop := context.WithTimeout(ctx, ring)
	defer stop()
	var l leg.Leg
	if to.Addr = of.Phone(); to.Addr != "" && of.Again() {
		l, err = d.move(ctx, of, name, ring, to)
	} else if to.Addr != "" {
		l, err = d.pickUp(ringing, of, to)
	} else {
		l, err = d.click(ctx, ringing, of, name, to)
	}
	if err != nil {
		return nil, err
	}
	if !of.Join() { // the caller left at the last moment
		hangUp(ctx, l)
		return nil, refused(agents.Scheme+name, &agents.NotTaken{Agent: name, How: agents.CallerGone})
	}
	d.keep(part{conv, name}, l)
	return l, nil
}

// click waits for the agent's yes, then opens the line to their browser.
func (d *Dialer) click(ctx, ringing context.Context, of *agents.Offering, name string, to leg.Invite) (leg.Leg, error) {
	to.Addr = agents.Scheme + name
	if err := of.Wait(ringing); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, refused(to.Addr, err)
	}
	if d.Web == nil {
		return nil, refused(to.Addr, of.Fail(errors.New("browsers cannot be reached here (rtc.listen is empty)")))
	}
	to.Addr, to.RingFor, to.Progress = "rtc:"+name, openLine, nil
	l, err := d.Web.Dial(ctx, to)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, refused(agents.Scheme+name, of.Fail(err))
	}
	return l, nil
}

// move rings the telephone to which a call is to move. One that does not take it leaves time enough to go
// on in the browser, when the agent's page is open.
func (d *Dialer) move(ctx context.Context, of *agents.Offering, name string, ring time.Duration, to leg.Invite) (leg.Leg, error) {
	to.RingFor = ring * 3 / 5
	ringing, stop := context.WithTimeout(ctx, to.RingFor)
	defer stop()
	l, err := d.pickUp(ringing, of, to)
	if err == nil || ctx.Err() != nil {
		return l, err
	}
	select {
	case <-of.Done(): // they chose another place meanwhile, or picking it up was refused
	default:
		err = errors.Join(err, of.Fail(err))
	}
	if d.Desk.NoTelephone(name, of.Conv()) {
		return nil, refused(agents.Scheme+name, &agents.NotTaken{Agent: name, How: agents.NotReached, Err: err})
	}
	return nil, err
}

// pickUp rings the agent's telephone; to pick it up is to accept, and a no at the desk stops it.
func (d *Dialer) pickUp(ringing context.Context, of *agents.Offering, to leg.Invite) (leg.Leg, error) {
	dialling, stop := context.WithCancel(ringing)
	defer stop()
	go func() {
		select {
		case <-of.Done():
			stop()
		case <-dialling.Done():
		}
	}()
	l, err := d.Phone.Dial(dialling, to)
	if err == nil {
		return l, nil
	}
	if no, ok := errors.AsType[*leg.Refused](err); ok && ringing.Err() == nil {
		select {
		case <-of.Done():
		default:
			if o := agents.OutcomeOf(no.Status, true); o == agents.NoAnswer {
				of.Expire()
			} else if o != agents.Refused && o != agents.Busy {
				return nil, errors.Join(err, of.Fail(err))
			} else {
				of.Refuse()
			}
		}
		return nil, err
	}
	if not := of.Wait(ringing); not != nil && !errors.Is(context.Cause(ringing), context.Canceled) {
		return nil, refused(to.Addr, not)
	}
	return nil, err
}

// refused puts an offer's ending into the words of telephones.
func refused(addr string, err error) error {
	status, reason := 503, "no line"
	if no, ok := errors.AsType[*agents.NotTaken](err); ok {
		switch reason = string(no.How); no.How {
		case agents.Declined:
			status = 603
		case agents.Expired:
			status = 408
		case agents.Elsewhere, agents.CallerGone:
			status = 487
		}
	}
	return errors.Join(&leg.Refused{Addr: addr, Status: status, Reason: reason}, err)
}

func hangUp(ctx context.Context, l leg.Leg) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = l.Hangup(ctx, leg.Normal)
}

// keep remembers the agent's line of a conversation.
func (d *Dialer) keep(in part, l leg.Leg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lines == nil {
		d.lines = map[part]leg.Leg{}
	}
	for p := range d.lines { // what is over is forgotten with the next call of the same agent
		if p.agent == in.agent {
			delete(d.lines, p)
		}
	}
	d.lines[in] = l
}

// Move lets the call that an agent is in follow them to where their calls ring now (Desk.SetTelephone):
// its line is hung up, and the call, which holds the caller, dials them again. Nothing without such a call.
func (d *Dialer) Move(ctx context.Context, name string) error {
	conv := d.Desk.Moves(name)
	d.mu.Lock()
	l := d.lines[part{conv, name}]
	delete(d.lines, part{conv, name})
	d.mu.Unlock()
	if l == nil {
		return nil // it is lost already, and dialled again
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return l.Hangup(ctx, leg.Normal)
}

// HangUp ends the agent's part of a call because they ask for it: the end of their line is meant, and
// the flow goes on with the caller. agents.ErrNoOffer when they are in no such call.
func (d *Dialer) HangUp(ctx context.Context, name, conv string) error {
	if !d.Desk.Leave(name, conv) {
		return agents.ErrNoOffer
	}
	d.mu.Lock()
	l := d.lines[part{conv, name}]
	delete(d.lines, part{conv, name})
	d.mu.Unlock()
	if l == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return l.Hangup(ctx, leg.Normal)
}
