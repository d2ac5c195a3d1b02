package agents

import (
	"errors"
	"slices"
	"time"
)

// ReachChat tells whether an agent at a desk could be given a typed conversation: nil when somebody
// who suits is free, ErrBusy when nobody is and somebody will be, else ErrNobody. It reserves nobody.
func (d *Desk) ReachChat(req Request) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.chooseChat(req)
	return err
}

// OfferChat reserves an agent at a desk for a typed conversation: of those who suit, who has least to
// do. They are shown nothing before ShowChat. The error is ErrBusy or ErrNobody. DropChat ends what
// it began.
func (d *Desk) OfferChat(req Request) (agent, title string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.chooseChat(req)
	if err != nil {
		return "", "", err
	}
	s.AskChat(req.Conv)
	d.changed(s)
	return s.name, s.called(), nil
}

// chooseChat needs d.mu.
func (d *Desk) chooseChat(req Request) (*seat, error) {
	now := d.now()
	req.Owner = d.named(req.Owner)
	var names []string
	for name, s := range d.seats {
		if s.Status != Offline {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	seats, soon := make([]Seat, len(names)), make([]Seat, len(names))
	for i, name := range names {
		s := d.seats[name]
		seat := d.seatOf(s)
		seat.Load = len(s.Chats) + len(s.Asked)
		if s.Call != "" {
			seat.Load++
		}
		if s.Wrote.After(seat.Idle) {
			seat.Idle = s.Wrote
		}
		seat.Free = s.TakesChat(now, d.rules)
		seats[i] = seat
		seat.Free = s.willTakeChat(now, d.rules)
		soon[i] = seat
	}
	i, err := Choose(req, seats)
	if err == nil {
		return d.seats[names[i]], nil
	}
	if errors.Is(err, ErrBusy) { // who has a break or is away is nobody to wait for
		if _, later := Choose(req, soon); later != nil {
			err = ErrNobody
		}
	}
	return nil, err
}

// ShowChat shows a typed conversation to the agent who is reserved for it, until ring has passed: who
// holds the Offering ends it then (Expire).
func (d *Desk) ShowChat(name string, o Offer, ring time.Duration) (*Offering, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[name]
	if s == nil || !slices.Contains(s.Asked, o.Conv) {
		return nil, &NotTaken{Agent: name, How: NotReached, Err: errors.New("they are not reserved for this conversation")}
	}
	now := d.now()
	o.At, o.Expires, o.Rings, o.Channel = now, now.Add(ring), "browser", "text"
	of := &Offering{d: d, name: name, conv: o.Conv, chat: true, done: make(chan struct{}), offer: o}
	if s.asked == nil {
		s.asked = map[string]*Offering{}
	}
	s.asked[o.Conv] = of
	d.changed(s)
	return of, nil
}

// Result is how an offer ended: nil when it was accepted, a *NotTaken otherwise. Ask after Done.
func (o *Offering) Result() error {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	if o.how == Taken {
		return nil
	}
	return &NotTaken{Agent: o.name, How: o.how, Reason: o.reason}
}

// Withdraw ends an offer that nobody has to answer any more. by is who has the caller then, "" nobody.
func (o *Offering) Withdraw(how Ending, by string) { o.end(how, "", by) }

// KeepChat gives an agent a typed conversation that was theirs before the gateway was started again.
func (d *Desk) KeepChat(name, title, conv string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.of(name, title)
	s.KeepChat(d.now(), conv)
	d.changed(s)
}

// DropChat takes a typed conversation, or the reservation for one, from an agent. how says why when it
// was not they who ended it: CallerGone, Elsewhere; "" when it was.
func (d *Desk) DropChat(name, conv string, how Ending) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[name]
	if s == nil {
		return
	}
	now := d.now()
	if o := s.asked[conv]; o != nil {
		o.finish(now, or(how, CallerGone), "", "")
	}
	had := slices.Contains(s.Chats, conv)
	s.Presence.WithdrawChat(now, conv, CallerGone)
	s.Presence.DropChat(now, conv)
	if l := s.askedEnded; had && how != "" && (l == nil || l.Conv == conv) {
		e := Ended{Conv: conv, How: how, At: now}
		if l != nil {
			e.Who = l.Who
		}
		s.askedEnded = &e
	}
	d.changed(s)
}

func or(a, b Ending) Ending {
	if a != "" {
		return a
	}
	return b
}

// ChatLine tells of a typed conversation whether name has it, and since when no page of theirs is
// there to show it; zero: one is. news is closed at the next change of anybody.
func (d *Desk) ChatLine(name, conv string) (has bool, lost time.Time, news <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.seats[name]; s != nil {
		has, lost = slices.Contains(s.Chats, conv), s.unseen
	}
	return has, lost, d.news
}

// News is closed at the next change of anybody.
func (d *Desk) News() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.news
}
