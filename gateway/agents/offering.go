package agents

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Offering is one offer while it rings at an agent's desk. Its end is decided once; whoever asks
// afterwards is told how.
type Offering struct {
	d     *Desk
	name  string
	conv  string
	phone string
	chat  bool          // of a typed conversation: beside a call, and several at once
	done  chan struct{} // closed at the end

	// guarded by d.mu
	offer  Offer
	rejoin bool
	auto   time.Time // until then the agent is joined again without a click
	how    Ending    // "" while it rings
	reason Decline
}

// Show lets the agent's desk ring with an offer, for as long as ring says. They must be reserved
// for o.Conv. An agent whose line was lost in that very call is offered it again; when their desk
// is heard of within rejoin_within, that is taken for a yes.
func (d *Desk) Show(name string, o Offer, ring time.Duration) (*Offering, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[name]
	if s == nil || o.Conv == "" || s.Offered != o.Conv && s.Call != o.Conv {
		return nil, &NotTaken{Agent: name, How: NotReached, Err: errors.New("they are not reserved for this conversation")}
	}
	if s.Call == o.Conv && s.leaving {
		return nil, &NotTaken{Agent: name, How: Declined}
	}
	now := d.now()
	of := &Offering{d: d, name: name, conv: o.Conv, phone: s.Phone, done: make(chan struct{}), rejoin: s.Call == o.Conv}
	o.At, o.Expires, o.Rings = now, now.Add(ring), "browser"
	if s.Phone != "" {
		o.Rings = "telephone"
	}
	if of.rejoin {
		o.Origin = "rejoin"
		of.auto = s.Lost.Add(d.cfg.RejoinWithin)
	}
	of.offer, s.offer = o, of
	d.changed(s)
	d.mayRejoin(s)
	return of, nil
}

// mayRejoin needs d.mu.
func (d *Desk) mayRejoin(s *seat) {
	o := s.offer
	if o == nil || !o.rejoin || o.phone != "" || !s.Mic || len(s.Tabs) == 0 || !s.seen.After(s.Lost) || d.now().After(o.auto) {
		return
	}
	o.finish(d.now(), Taken, "", "")
}

// Phone is the telephone that rings for this offer; "" means the browser.
func (o *Offering) Phone() string { return o.phone }

// Again says that the agent has the caller already and is to be joined with them once more.
func (o *Offering) Again() bool { return o.rejoin }

// Conv is the conversation offered.
func (o *Offering) Conv() string { return o.conv }

// Reserved is the conversation that an agent is reserved for or in; "" none.
func (d *Desk) Reserved(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[name]
	switch {
	case s == nil:
		return ""
	case s.Offered != "":
		return s.Offered
	}
	return s.Call
}

// Wait returns nil when the agent accepted, else a *NotTaken. When ctx ends the offer is
// withdrawn, with the ending that its cause tells: a *Withdrawn, a deadline, or the caller's leaving.
func (o *Offering) Wait(ctx context.Context) error {
	select {
	case <-o.done:
	case <-ctx.Done():
		o.withdraw(context.Cause(ctx))
	}
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	if o.how == Taken {
		return nil
	}
	return &NotTaken{Agent: o.name, How: o.how, Reason: o.reason}
}

// Done is closed when the offer has ended, for who rings a telephone meanwhile.
func (o *Offering) Done() <-chan struct{} { return o.done }

func (o *Offering) withdraw(why error) {
	how, by := CallerGone, ""
	if w, ok := errors.AsType[*Withdrawn](why); ok && w.Outcome != CallerLeft {
		how, by = Elsewhere, w.By
	} else if errors.Is(why, context.DeadlineExceeded) {
		how = Expired
	}
	o.end(how, "", by)
}

// Join puts the agent into the call: their line is open. False when the offer ended otherwise
// meanwhile, or the agent has gone.
func (o *Offering) Join() bool {
	o.end(Taken, "", "")
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	s := o.d.seats[o.name]
	if o.how != Taken || s.Offered != o.conv && s.Call != o.conv {
		return false
	}
	s.Presence.Join(o.d.now(), o.conv)
	s.onPhone = o.phone != ""
	o.d.changed(s)
	return true
}

// Fail says that they accepted, or would have, and their line could not be opened: they are again
// what they were.
func (o *Offering) Fail(err error) error {
	o.end(NotReached, "", "")
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	if o.how == Taken { // accepted before
		o.how = NotReached
		s := o.d.seats[o.name]
		if s.last != nil && s.last.Conv == o.conv {
			last := *s.last
			last.How = NotReached
			s.last = &last
		}
		s.Presence.Withdraw(o.d.now(), o.conv, NotReached)
		o.d.changed(s)
	}
	return &NotTaken{Agent: o.name, How: o.how, Reason: o.reason, Err: err}
}

// Expire says that their telephone rang in vain.
func (o *Offering) Expire() { o.end(Expired, "", "") }

// Refuse says that the call was declined on their telephone.
func (o *Offering) Refuse() { o.end(Declined, "", "") }

// end ends the offer unless it has ended.
func (o *Offering) end(how Ending, reason Decline, by string) {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	o.finish(o.d.now(), how, reason, by)
}

// finish needs d.mu.
func (o *Offering) finish(now time.Time, how Ending, reason Decline, by string) bool {
	if o.how != "" {
		return false
	}
	o.how, o.reason = how, reason
	close(o.done)
	s := o.d.seats[o.name]
	ended := &Ended{Conv: o.conv, Who: o.offer.Who, How: how, By: by, Reason: reason, After: now.Sub(o.offer.At).Seconds(), At: now}
	switch {
	case o.chat:
		delete(s.asked, o.conv)
		s.askedEnded = ended
		s.Presence.WithdrawChat(now, o.conv, how)
	default:
		if s.offer == o {
			s.offer = nil
		}
		if s.last = ended; how != Taken {
			s.Presence.Withdraw(now, o.conv, how)
		}
	}
	o.d.changed(s)
	return true
}

// Accept takes the offer of a conversation. ErrNoOffer when it has ended: State tells how.
func (d *Desk) Accept(name, conv string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	o := d.offered(name, conv)
	if s := d.seats[name]; o == nil && s != nil && slices.Contains(s.Chats, conv) {
		return nil // from another page of theirs, a moment ago
	}
	if o == nil {
		return ErrNoOffer
	}
	if o.phone != "" { // picking it up accepts
		return nil
	}
	o.finish(d.now(), Taken, "", "")
	return nil
}

// ErrDecline means that the reason is none of the three.
var ErrDecline = errors.New("reason: is none of file_open, not_my_skill, technical")

// Decline refuses the offer of a conversation.
func (d *Desk) Decline(name, conv string, reason Decline) error {
	switch reason {
	case FileOpen, NoSkill, Technical:
	default:
		return ErrDecline
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	o := d.offered(name, conv)
	if o == nil {
		return ErrNoOffer
	}
	o.finish(d.now(), Declined, reason, "")
	return nil
}

// offered needs d.mu: what rings at name's desk for a conversation, a call or a typed one.
func (d *Desk) offered(name, conv string) *Offering {
	switch s := d.seats[name]; {
	case s == nil:
		return nil
	case s.offer != nil && s.offer.conv == conv:
		return s.offer
	default:
		return s.asked[conv]
	}
}
