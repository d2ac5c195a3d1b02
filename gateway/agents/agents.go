// Package agents finds a human for a caller: who is signed in at a desk or configured with a
// telephone, with which skills and languages, who is free now, in which order to ring them, and
// what they are shown before they accept.
//
// What decides is pure: Route says which of the callers who wait gets which agent, Choose whom to ring for
// one who does not, Hours when somebody is there, Presence is one agent's state machine, all with the clock
// as an argument. Desk holds them together. Nothing here knows what a telephone is.
package agents

import (
	"context"
	"errors"
	"time"
)

// Errors of Offer.
var (
	// ErrNobody means that no configured agent has the skills, or all who have them were tried.
	ErrNobody = errors.New("agents: nobody left to ring with these skills")
	// ErrBusy means that agents with these skills exist and all are in a call.
	ErrBusy = errors.New("agents: everybody with these skills is in a call")
)

// Outcome is how one attempt, or one whole hand-off, ended: the one table used by flows, API,
// metrics and records.
type Outcome string

// Outcomes of one attempt; the last three only of a whole hand-off.
const (
	Completed   Outcome = "completed"   // the agent answered and spoke with the caller
	Refused     Outcome = "refused"     // 603, or the agent declined
	Busy        Outcome = "busy"        // 486, 600
	NoAnswer    Outcome = "no_answer"   // rang out
	Unreachable Outcome = "unreachable" // no route, connection refused, 404, 408 without ringing, 480, 503
	Timeout     Outcome = "timeout"     // max_wait of the hand-off passed
	CallerLeft  Outcome = "caller_left" // the caller hung up while it rang
	AgentLeft   Outcome = "agent_left"  // the agent hung up before both were joined
	Cancelled   Outcome = "cancelled"   // the caller changed their mind
	Error       Outcome = "error"       // our own fault
	Unknown     Outcome = "unknown"     // the gateway died meanwhile
	Full        Outcome = "full"
	Closed      Outcome = "closed"
	Nobody      Outcome = "nobody" // no agent with these skills
)

// Request is what the caller needs.
type Request struct {
	Conv     string
	Skills   []string // all must be present; languages are skills too: "fr", "en"
	Lang     string
	Priority int
	Tried    []string // agents already rung for this hand-off
	Agent    string   // this one and nobody else, by name; "": whoever has the skills
	// Queue is where they wait; "" or one that is not configured: found by Skills and Lang.
	Queue string
	// Owner is the customer's own agent, by name or title: asked first, waited for a little.
	Owner string
	VIP   bool
	// Since is when they began to wait, so that they keep their place when they ask again; zero: now.
	Since time.Time
	// Wait is how long they may still wait for an agent who is busy; 0: not at all.
	Wait time.Duration
}

// Assignment is one agent reserved for one caller until Release is called.
type Assignment struct {
	Agent   string // name in the configuration
	Title   string // how the caller hears them: "Karim"
	Addr    string // dialable, e.g. "sip:201@192.0.2.7", "desk:karim"
	Release func() // gives the agent back; safe to call more than once
	Group   bool   // a queue or ring group of another telephone system: nobody there is briefed or asked
	Refer   bool   // the caller's own exchange is to ring them, where it can
	// Attended: once they have taken the caller, the caller's own exchange is to connect both, where it can.
	Attended bool
	// Keep is asked when the agent's line has ended although caller and agent were talking: for
	// how long the caller is held for them, who may have lost their network or loaded their page
	// again. 0: they hung up, it was meant. nil: the same.
	Keep func() time.Duration
	// Line tells, while they talk, that the agent's desk is gone although their line has not ended:
	// hold the caller for so long; 0: it is back. May be nil.
	Line <-chan time.Duration
	// Sees says that they read who calls and why on a screen before they accept: no spoken briefing
	// keeps the two apart.
	Sees bool
	// RingFor is how long their line rings; 0: as long as any.
	RingFor time.Duration
	// Ended tells how ringing them has ended, Completed once they speak with the caller, before Release, and
	// for how long their telephone asked to be left alone (Retry-After, RFC 3261 §20.33; 0: it did not say);
	// may be nil.
	Ended func(o Outcome, alone time.Duration)
	// Joined tells that caller and agent speak with each other; may be nil, safe to call more than once.
	Joined func()
}

// Router reserves agents. Offer does not ring: the caller of Offer dials Addr and calls Offer
// again, with the agent in Tried, when that failed.
type Router interface {
	Offer(ctx context.Context, r Request) (Assignment, error)
}
