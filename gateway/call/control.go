package call

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"decroche/gateway/leg"
)

// Control reaches a running call from outside: whoever supervises it listens, whispers, joins,
// takes the caller over and gives them back, gives the flow a hint, ends the call. Everything it asks
// for is done by the conductor, between two other things; the call never waits for anybody who
// listens. The zero Control is ready: give it to Session.Control before Run. Its methods may be called
// from any goroutine, before, during and after the call; they answer ErrOver, *NotNow, *TakenError,
// or the end of ctx.
type Control struct {
	mu   sync.Mutex
	c    *conductor // nil before Run
	over bool
}

// ErrOver means that the call has ended.
var ErrOver = errors.New("the call is over")

// NotNow says why something cannot be done with a call at this moment.
type NotNow struct {
	Code string // for machines: one of the Why constants
	Text string // for people
}

func (e *NotNow) Error() string { return e.Text }

// Codes of NotNow.
const (
	WhyNotAnswered = "not_answered"
	WhyNoAgent     = "no_agent"     // nobody but the bot speaks with the caller
	WhyWithAgent   = "with_agent"   // a person does, or is being rung
	WhyEnding      = "ending"       // the last words are being said
	WhyHolds       = "has_the_call" // the supervisor speaks with the caller already
	WhyFull        = "full"         // too many listen
	WhyCannotHear  = "cannot_overhear"
	WhyLeft        = "left"     // the supervisor is no longer on the call
	WhyTooMany     = "too_many" // hints wait already
	WhyFlow        = "flow"     // the flow cannot go on there

	// To an agent who speaks with the caller.
	WhyNotYours   = "not_your_call"
	WhyLineLost   = "line_lost"
	WhyHeld       = "on_hold"
	WhyNotHeld    = "not_on_hold"
	WhyOnward     = "transferring" // they pass the caller on already
	WhyNoOnward   = "not_transferring"
	WhyStillRings = "still_rings"
	WhySelf       = "yourself"
	WhyNobody     = "nobody" // has that name or these skills, or can be rung
	WhyBusy       = "busy"
	WhyNoKeys     = "no_keys"
	WhyBadKeys    = "bad_keys"
)

var notNow = map[string]string{
	WhyNotAnswered: "the call is not answered yet; try again in a moment",
	WhyNoAgent:     "no agent speaks with the caller; give the bot a hint, or take the call over",
	WhyWithAgent:   "the bot does not speak with the caller now; whisper to the agent",
	WhyEnding:      "the call is ending: the last words are being said",
	WhyHolds:       "you speak with the caller already; hand them back first",
	WhyFull:        "too many people are on this call",
	WhyCannotHear:  "this kind of line cannot be listened to; read the transcript",
	WhyLeft:        "you are no longer on this call; listen again",
	WhyTooMany:     "five hints wait for the bot already; wait until one was used",

	WhyNotYours:   "you do not speak with this caller",
	WhyLineLost:   "your line to this caller is lost; wait until you are joined again",
	WhyHeld:       "the caller is on hold; resume first",
	WhyNotHeld:    "the caller is not on hold",
	WhyOnward:     "you are passing this caller on already; complete that or take them back",
	WhyNoOnward:   "you are not passing this caller on",
	WhyStillRings: "nobody has answered yet; wait, or take the caller back",
	WhySelf:       "that is you; choose a colleague",
	WhyNobody:     "nobody of that name or with these skills can be rung now",
	WhyBusy:       "everybody who suits is in a call; choose somebody else, or try again in a moment",
	WhyNoKeys:     "keys cannot be sent on this line",
	WhyBadKeys:    "keys: use 1 to 32 of 0-9, *, #, A-D",
}

func refuse(code string) error { return &NotNow{code, notNow[code]} }

// TakenError means that somebody else took the caller over first.
type TakenError struct{ By string }

func (e *TakenError) Error() string { return fmt.Sprintf("%s has taken the call over already", e.By) }

// bind makes c the call that is reached; nil says that it is over.
func (k *Control) bind(c *conductor) {
	if k != nil {
		k.mu.Lock()
		k.c, k.over = c, c == nil
		k.mu.Unlock()
	}
}

// do runs f on the conductor and waits until it has called done, at once or later.
func (k *Control) do(ctx context.Context, f func(c *conductor, done func(error))) error {
	k.mu.Lock()
	c, over := k.c, k.over
	k.mu.Unlock()
	switch {
	case over:
		return ErrOver
	case c == nil:
		return refuse(WhyNotAnswered)
	}
	result := make(chan error, 1)
	run := func() {
		if c.over {
			result <- ErrOver
			return
		}
		f(c, func(err error) { result <- err })
	}
	select {
	case c.posts <- run:
	case <-c.ctx.Done():
		return ErrOver
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.ctx.Done():
	}
	select {
	case err := <-result:
		return err
	default:
		return ErrOver
	}
}

// now is do for what is done at once.
func (k *Control) now(ctx context.Context, f func(c *conductor) error) error {
	return k.do(ctx, func(c *conductor, done func(error)) { done(f(c)) })
}

// Listen lets the person at l hear the call: the caller, and our side as the caller hears it, the
// bot or the agent, from this moment on. Nobody hears them. The leg becomes the call's: it is hung up
// when they leave, when the call ends, and when Listen fails. Its own end ends the listening and
// nothing else. who is their name, for the record.
func (k *Control) Listen(ctx context.Context, l leg.Leg, who string) (*Supervision, error) {
	v := &Supervision{k: k, Who: who, leg: l, role: Listener, asked: time.Now(), ended: make(chan struct{}), gone: make(chan struct{})}
	if err := k.now(ctx, func(c *conductor) error { return c.listen(v) }); err != nil {
		if ctx.Err() != nil { // it may have begun all the same
			_ = k.now(context.WithoutCancel(ctx), func(c *conductor) error { c.leave(v, "gave up"); return nil })
		}
		hangUp(ctx, l)
		return nil, err
	}
	return v, nil
}

// Hint gives the flow something that a supervisor knows: with verbatim words to be said as they
// are, at the next pause, by the bot's voice; without it a fact or a wish that the flow takes at the
// caller's next turn. It returns the hint's ID at once; an event.Supervised with that ID says at which
// turn it was used, or why it could not be.
func (k *Control) Hint(ctx context.Context, who, text string, verbatim bool) (id string, err error) {
	err = k.now(ctx, func(c *conductor) (err error) {
		id, err = c.hint(who, text, verbatim)
		return err
	})
	return id, err
}

// HandBack gives a caller whom a person speaks with, a supervisor or an agent, back to the bot: at a
// step, "flow/step" or "" for the open question, with slots changed. A supervisor who had taken them
// over listens again; an agent's phone is hung up. An error leaves everything as it was; a
// *flows.ResumeError says what is wrong with step or slots.
func (k *Control) HandBack(ctx context.Context, who, step string, slots map[string]string) error {
	return k.do(ctx, func(c *conductor, done func(error)) { c.handBack(who, false, "", step, slots, done) })
}

// GiveBack is HandBack for the agent who speaks with the caller. did is what they did, for the caller, as it
// follows their name: "a ouvert l’enquête"; "" says only that the bot goes on.
func (k *Control) GiveBack(ctx context.Context, agent, did, step string, slots map[string]string) error {
	return k.do(ctx, func(c *conductor, done func(error)) { c.handBack(agent, true, did, step, slots, done) })
}

// End ends the call, after a courteous line. reason is for the record.
func (k *Control) End(ctx context.Context, who, reason string) error {
	return k.now(ctx, func(c *conductor) error { return c.dismiss(who, reason) })
}

// State is what a supervisor may know and do now.
type State struct {
	With        string            `json:"with"`                 // bot | ringing | agent | supervisor
	Agent       string            `json:"agent,omitempty"`      // who speaks with the caller
	TakenBy     string            `json:"taken_by,omitempty"`   // the supervisor who does
	Muted       bool              `json:"muted,omitempty"`      // listeners hear nothing: something sensitive is being asked for
	Supervisors []Present         `json:"supervisors"`          // on the call, in the order in which they came
	Impossible  map[string]string `json:"impossible,omitempty"` // acts that cannot be done now, and why: a code of NotNow
}

// Present is one supervisor on a call.
type Present struct {
	ID    string    `json:"id"`
	Who   string    `json:"who"`
	Role  Role      `json:"role"`
	Taken bool      `json:"taken,omitempty"` // they speak with the caller in the bot's place
	Since time.Time `json:"since"`
}

// State tells how things stand.
func (k *Control) State(ctx context.Context) (st State, err error) {
	err = k.now(ctx, func(c *conductor) error { st = c.supervisionState(); return nil })
	return st, err
}

// Find returns who is on the call by their ID; nil when nobody is.
func (k *Control) Find(ctx context.Context, id string) (v *Supervision) {
	_ = k.now(ctx, func(c *conductor) error {
		for _, x := range c.supervisors {
			if x.ID == id {
				v = x
			}
		}
		return nil
	})
	return v
}
