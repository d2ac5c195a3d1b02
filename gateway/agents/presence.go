package agents

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Status is what an agent does now. People set the first two and Offline; the rest follows from
// what happens.
type Status string

// The six statuses.
const (
	Available Status = "available"
	Break     Status = "break"   // with a reason, in their words
	OnCall    Status = "on_call" //
	WrapUp    Status = "wrap_up" // after a call, with time left
	Away      Status = "away"    // an offer was not taken
	Offline   Status = "offline"
)

// Why is what changed a status last; pages have a sentence for each.
type Why string

// The reasons of a change. No other is ever told.
const (
	WhySet       Why = "set"          // they did it themselves
	WhySignedIn  Why = "signed_in"    //
	WhySignedOut Why = "signed_out"   //
	WhyCall      Why = "call"         // they took a call
	WhyEnded     Why = "call_ended"   // their call is over: time to conclude
	WhyConcluded Why = "concluded"    // they chose a conclusion
	WhyTimeUp    Why = "wrap_up_over" // the time to conclude has passed
	WhyMissed    Why = "missed"       // an offer was not taken in time
	WhyLost      Why = "lost"         // nothing was heard from their desk for too long
	WhyFailed    Why = "failed"       // a call could not be joined: back to what they were
	WhyUnread    Why = "missed_chat"  // the offer of a typed conversation was not taken in time
)

// Refusals of what an agent asks for. Each is a sentence for people.
var (
	ErrInCall    = errors.New("you are in a call; end it first, or choose what comes after it")
	ErrOffered   = errors.New("a caller is being offered to you; accept or decline first")
	ErrNotWrapUp = errors.New("you are not wrapping up a call")
	ErrExtended  = errors.New("the time to conclude was extended already; it is extended once")
	ErrNoReason  = errors.New("reason: is empty; say what the break is for")
	ErrInChats   = errors.New("you have typed conversations; end them or give them back to the assistant first")
)

// Rules are the times by which presence is judged.
type Rules struct {
	WrapUp   time.Duration // to conclude after a call; 0: available at once
	Extend   time.Duration // added when they ask for more, once
	Unheard  time.Duration // without a heartbeat nobody is offered a caller after this
	Offline  time.Duration // and is offline after this
	Chats    int           // typed conversations at once, beside a call
	TakeOver time.Duration // a caller is kept so long for an agent whose line was lost
}

// DefaultRules are those of the configuration's defaults.
func DefaultRules() Rules { return DefaultDeskConfig().rules() }

// mostTabs is how many open desks of one agent are known; the one that was silent for longest makes room.
const mostTabs = 20

// Tab is one open desk of an agent. One of them has the sound.
type Tab struct {
	ID   string    `json:"id"`
	Seen time.Time `json:"seen"`
}

// Presence is one agent's state machine. Its methods do nothing but change it; the clock is an
// argument. The zero Presence is offline. It is a value: a copy is a snapshot (Tabs, Chats and Asked
// are replaced, never changed in place).
type Presence struct {
	Status   Status    `json:"status"`
	Why      Why       `json:"why"`
	Reason   string    `json:"reason,omitempty"` // of a break
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until,omitzero"`           // when wrap-up ends by itself
	Extended bool      `json:"extended,omitempty"`       // it was extended
	Call     string    `json:"call,omitempty"`           // conversation they speak in
	Offered  string    `json:"offered,omitempty"`        // conversation that is being offered
	Lost     time.Time `json:"lost,omitzero"`            // in a call: since when their line is gone and the caller is held
	Chats    []string  `json:"chats"`                    // typed conversations they have
	Asked    []string  `json:"-"`                        // typed conversations that are being offered
	Mic      bool      `json:"microphone"`               // their browser has one that works
	Phone    string    `json:"address,omitempty"`        // they take calls on this telephone instead
	NoPhone  bool      `json:"address_failed,omitempty"` // a call that they had could not be moved to their telephone: calls ring in the browser again
	Tabs     []Tab     `json:"tabs"`
	Sound    string    `json:"sound,omitempty"` // the tab that rings and speaks
	Idle     time.Time `json:"-"`               // end of the last call, or when they signed in
	Wrote    time.Time `json:"-"`               // end of the last typed conversation

	seen       time.Time // last heartbeat; zero: there was never one, and none is expected
	unseen     time.Time // since when none of their desks is open; zero: one is
	next       Status    // to go to after the call and its conclusion
	nextReason string
	leaving    bool // they have hung up: the end of their line is meant
	gone       bool // their line has ended: another must be opened
	onPhone    bool // the line of their call is a telephone's
	moving     bool // they asked for their call somewhere else: the end of its line is not meant
}

func (p *Presence) to(now time.Time, s Status, why Why, reason string) {
	if s != p.Status || why != p.Why || reason != p.Reason {
		p.Since = now
	}
	p.Status, p.Why, p.Reason, p.Until = s, why, reason, time.Time{}
}

// Set is what an agent chooses: available, break with a reason, or offline. In a call it is what
// comes after it.
func (p *Presence) Set(now time.Time, s Status, reason string) error {
	reason = strings.TrimSpace(reason)
	switch s {
	case Available, Offline:
		reason = ""
	case Break:
		if reason == "" {
			return ErrNoReason
		}
	default:
		return fmt.Errorf("status: %.40q is not one that can be chosen; use available, break or offline", string(s))
	}
	if p.Call != "" {
		if s == Offline {
			return ErrInCall
		}
		p.next, p.nextReason = s, reason
		return nil
	}
	switch {
	case p.Offered != "" || s == Offline && len(p.Asked) > 0:
		return ErrOffered
	case s == Offline && len(p.Chats) > 0:
		return ErrInChats
	}
	why := WhySet
	switch {
	case s == Offline:
		why, p.Tabs, p.Sound, p.seen = WhySignedOut, nil, "", time.Time{}
	case p.Status == Offline || p.Status == "":
		why, p.Idle = WhySignedIn, now
	}
	p.Extended = false
	p.to(now, s, why, reason)
	return nil
}

// Beat is a heartbeat of one of their desks. mic says whether its browser has a microphone that
// works; take lets the tab have the sound. An agent whom we had lost is again what they were.
func (p *Presence) Beat(now time.Time, tab string, mic, take bool) {
	p.seen, p.unseen, p.Mic = now, time.Time{}, mic
	tabs := slices.DeleteFunc(slices.Clone(p.Tabs), func(t Tab) bool { return t.ID == tab })
	if len(tabs) >= mostTabs {
		quiet := slices.MinFunc(tabs, func(a, b Tab) int { return a.Seen.Compare(b.Seen) })
		tabs = slices.DeleteFunc(tabs, func(t Tab) bool { return t == quiet })
	}
	p.Tabs = append(tabs, Tab{tab, now})
	slices.SortFunc(p.Tabs, func(a, b Tab) int { return strings.Compare(a.ID, b.ID) })
	if take || !slices.ContainsFunc(p.Tabs, func(t Tab) bool { return t.ID == p.Sound }) {
		p.Sound = tab
	}
	if p.Status == Offline && p.Why == WhyLost && p.next != "" {
		p.to(now, p.next, WhySignedIn, p.nextReason)
		p.next, p.nextReason = "", ""
	}
}

// Close tells that one of their desks was closed, as a page does when it is left.
func (p *Presence) Close(now time.Time, tab string) {
	open := len(p.Tabs) > 0
	p.Tabs = slices.DeleteFunc(slices.Clone(p.Tabs), func(t Tab) bool { return t.ID == tab })
	if open && len(p.Tabs) == 0 {
		p.unseen = now
	}
	if p.Sound == tab {
		p.Sound = ""
		if n := len(p.Tabs); n > 0 {
			p.Sound = p.Tabs[n-1].ID
		}
	}
}

// Takes says whether a caller can be offered now, and when not, why: the status, "unheard",
// "no_microphone", "offered" or "in_call".
func (p *Presence) Takes(now time.Time, r Rules) (yes bool, why string) {
	switch {
	case p.Call != "":
		return false, "in_call"
	case p.Offered != "":
		return false, "offered"
	case p.Status != Available:
		return false, string(p.Status)
	case !p.heard(now, r):
		return false, "unheard"
	case p.Phone == "" && !p.Mic:
		return false, "no_microphone"
	}
	return true, ""
}

// atWork reports whether they are there for callers: free, in a call or concluding one, with a page
// that is alive or a telephone, and what it takes to speak or to write.
func (p *Presence) atWork(now time.Time, r Rules) bool {
	switch {
	case p.Call != "":
		return true
	case p.Status != Available && p.Status != WrapUp || !p.heard(now, r):
		return false
	}
	return p.Phone != "" || p.Mic || r.Chats > 0
}

// heard reports whether a desk of theirs is alive, or none is expected.
func (p *Presence) heard(now time.Time, r Rules) bool {
	return p.seen.IsZero() && p.Phone != "" || len(p.Tabs) > 0 && now.Sub(p.seen) < r.Unheard
}

// Offer reserves them for a caller.
func (p *Presence) Offer(conv string) { p.Offered = conv }

// Withdraw ends an offer that was not taken. Who missed it is away; after every other ending they
// are what they were.
func (p *Presence) Withdraw(now time.Time, conv string, how Ending) {
	if p.Offered != conv || conv == "" {
		return
	}
	p.Offered = ""
	switch {
	case p.Call != "":
	case how == Expired && p.Status == Available:
		p.to(now, Away, WhyMissed, "")
	case how == NotReached && p.Status == Available:
		p.to(now, Available, WhyFailed, "")
	}
}

// Join puts them into the call that was offered.
func (p *Presence) Join(now time.Time, conv string) {
	if p.Call != conv {
		p.next, p.nextReason = p.Status, p.Reason
		if p.Status == "" || p.Status == Offline || p.Status == Away || p.Status == WrapUp {
			p.next, p.nextReason = Available, ""
		}
		p.to(now, OnCall, WhyCall, "")
	}
	p.Offered, p.Call, p.Lost, p.leaving, p.gone, p.moving = "", conv, time.Time{}, false, false, false
}

// Leave says that they hung up: the end of their line is meant.
func (p *Presence) Leave(conv string) bool {
	if p.Call != conv || conv == "" {
		return false
	}
	p.leaving = true
	return true
}

// Lose tells that their line has ended in the call; it returns for how long the caller is held
// for them, 0 when they hung up, as the end of a telephone's line says.
func (p *Presence) Lose(now time.Time, conv string, r Rules) time.Duration {
	if p.Call != conv || p.leaving || p.onPhone && !p.moving {
		return 0
	}
	if p.Lost.IsZero() {
		p.Lost = now
	}
	p.gone = true
	return max(0, p.Lost.Add(r.TakeOver).Sub(now))
}

// End tells that they are out of the call.
func (p *Presence) End(now time.Time, conv string, r Rules) {
	if p.Call != conv || conv == "" {
		return
	}
	lost := !p.Lost.IsZero()
	p.Call, p.Lost, p.leaving, p.moving, p.onPhone, p.Extended, p.Idle = "", time.Time{}, false, false, false, false, now
	switch {
	case lost && !p.heard(now, r):
		p.to(now, Offline, WhyLost, "")
	case r.WrapUp <= 0:
		p.resume(now, WhyEnded)
	default:
		p.to(now, WrapUp, WhyEnded, "")
		p.Until = now.Add(r.WrapUp)
	}
}

// resume goes to what was chosen, or to available.
func (p *Presence) resume(now time.Time, why Why) {
	s, reason := p.next, p.nextReason
	if s == "" {
		s = Available
	}
	p.next, p.nextReason = "", ""
	p.Idle = now
	p.to(now, s, why, reason)
}

// Extend gives more time to conclude, once.
func (p *Presence) Extend(now time.Time, r Rules) error {
	switch {
	case p.Status != WrapUp:
		return ErrNotWrapUp
	case p.Extended:
		return ErrExtended
	}
	p.Extended = true
	p.Until = p.Until.Add(r.Extend)
	return nil
}

// Conclude ends wrap-up. In a call it does nothing: wrap-up has not begun.
func (p *Presence) Conclude(now time.Time) {
	if p.Status == WrapUp {
		p.resume(now, WhyConcluded)
	}
}

// Tick lets time pass and reports whether anything changed.
func (p *Presence) Tick(now time.Time, r Rules) bool {
	changed := false
	if p.Status == WrapUp && !now.Before(p.Until) {
		p.resume(now, WhyTimeUp)
		changed = true
	}
	for _, t := range p.Tabs {
		if now.Sub(t.Seen) >= r.Unheard {
			p.Close(now, t.ID)
			changed = true
		}
	}
	if p.seen.IsZero() || now.Sub(p.seen) < r.Offline || p.Call != "" || p.Offered != "" || p.Status == Offline {
		return changed
	}
	if p.Status == Available || p.Status == Break {
		p.next, p.nextReason = p.Status, p.Reason // they come back as what they were
	} else {
		p.next, p.nextReason = "", ""
	}
	p.to(now, Offline, WhyLost, "")
	return true
}

// Wake is when Tick will next change something by itself; zero: never.
func (p *Presence) Wake(r Rules) (at time.Time) {
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	if p.Status == WrapUp {
		sooner(p.Until)
	}
	for _, t := range p.Tabs {
		sooner(t.Seen.Add(r.Unheard))
	}
	if !p.seen.IsZero() && p.Status != Offline && p.Call == "" && p.Offered == "" {
		sooner(p.seen.Add(r.Offline))
	}
	return at
}
