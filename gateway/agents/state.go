package agents

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// State is everything that an agent's desk draws. It is whole each time: a desk that missed ten
// of them has missed nothing, and whether it rings follows from it alone.
type State struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Presence         // flattened
	Takes     bool   `json:"takes_calls"`
	TakesNot  string `json:"takes_calls_not,omitempty"` // why not: a status, unheard, no_microphone, offered, in_call
	TakesChat bool   `json:"takes_chats"`
	Next      Status `json:"next,omitempty"` // chosen in a call: what comes after it
	Offer     *Offer `json:"offer"`          // null: nothing rings
	Ended     *Ended `json:"ended"`          // how the last offer ended
	// ChatOffers are typed conversations that are offered, oldest first: beside a call, several at once.
	ChatOffers []Offer `json:"chat_offers"`
	// ChatEnded is how the last of these ended, or a chat that was taken from them.
	ChatEnded *Ended `json:"chat_ended"`
	// TakeOver is when the team takes over a caller whose agent was lost.
	TakeOver time.Time `json:"take_over,omitzero"`
	Now      time.Time `json:"now"` // the server's clock: times left are differences to it
}

// Colleague is one agent as others see them.
type Colleague struct {
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Status    Status    `json:"status"`
	Why       Why       `json:"why"`
	Reason    string    `json:"reason,omitempty"`
	Since     time.Time `json:"since"`
	Until     time.Time `json:"until,omitzero"` // free at the latest: end of wrap-up
	Call      string    `json:"call,omitempty"`
	Chats     int       `json:"chats"`
	Skills    []string  `json:"skills"`
	Languages []string  `json:"languages"`
	Free      bool      `json:"free"`
	TakesChat bool      `json:"takes_chats"`
	Phone     bool      `json:"telephone"` // they are rung on a telephone
}

// State is what name's desk draws now.
func (d *Desk) State(name string) State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state(d.of(name, ""))
}

func (d *Desk) state(s *seat) State {
	now := d.now()
	st := State{Name: s.name, Title: s.called(), Presence: s.Presence, Ended: s.last, Now: now, TakesChat: s.Presence.TakesChat(now, d.rules)}
	st.Takes, st.TakesNot = s.Presence.Takes(now, d.rules)
	if st.Chats == nil {
		st.Chats = []string{}
	}
	st.ChatEnded, st.ChatOffers = s.askedEnded, []Offer{}
	for _, o := range s.asked {
		st.ChatOffers = append(st.ChatOffers, o.offer)
	}
	slices.SortFunc(st.ChatOffers, func(a, b Offer) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Conv, b.Conv))
	})
	if st.Tabs == nil {
		st.Tabs = []Tab{}
	}
	if s.Call != "" {
		st.Next = s.next
	}
	if s.offer != nil {
		o := s.offer.offer
		st.Offer = &o
	}
	if !s.Lost.IsZero() {
		st.TakeOver = s.Lost.Add(d.rules.TakeOver)
	}
	return st
}

// Watch returns name's State, a number that grows when it changes, and a channel that is closed at
// the next change of anybody: then call it again. Changes that come faster than somebody looks are
// seen as one, so that a watcher costs a fixed amount, however slow it is.
func (d *Desk) Watch(name string) (st State, rev uint64, news <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.of(name, "")
	return d.state(s), s.rev, d.news
}

// Turn is the number that Team returns beside the team.
func (d *Desk) Turn() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turn
}

// Team is everybody who is configured or has signed in, by name, a number that grows when anything
// of it changes at a desk, and a channel as that of Watch.
func (d *Desk) Team() (team []Colleague, rev uint64, news <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	listed := d.team.list()
	for _, a := range listed {
		c := Colleague{Name: a.Name, Title: a.Title, Skills: namesOf(a.Skills), Languages: a.Languages, Status: Offline, Phone: a.Addr != ""}
		if d.team.inCall(a.Name) {
			c.Status = OnCall
		} else if a.Addr != "" {
			c.Status, c.Free = Available, true
		}
		if s := d.seats[a.Name]; s != nil && !s.Idle.IsZero() {
			d.describe(&c, s, now)
		}
		team = append(team, c)
	}
	for name, s := range d.seats {
		if !slices.ContainsFunc(listed, func(a Agent) bool { return a.Name == name }) && !s.Idle.IsZero() {
			c := Colleague{Name: name}
			d.describe(&c, s, now)
			team = append(team, c)
		}
	}
	for i := range team {
		if c := &team[i]; c.Title == "" {
			c.Title = c.Name
		}
		team[i].Skills, team[i].Languages = append([]string{}, team[i].Skills...), append([]string{}, team[i].Languages...)
	}
	slices.SortFunc(team, func(a, b Colleague) int { return strings.Compare(a.Name, b.Name) })
	return team, d.turn, d.news
}

// describe needs d.mu.
func (d *Desk) describe(c *Colleague, s *seat, now time.Time) {
	c.Status, c.Why, c.Reason, c.Since, c.Until, c.Call, c.Chats = s.Status, s.Why, s.Reason, s.Since, s.Until, s.Call, len(s.Chats)
	c.Phone = s.Phone != ""
	if s.title != "" {
		c.Title = s.title
	}
	free, _ := s.Presence.Takes(now, d.rules)
	c.Free = free && !d.team.inCall(s.name)
	c.TakesChat = s.Presence.TakesChat(now, d.rules)
}
