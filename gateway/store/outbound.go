package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"decroche/gateway/event"
)

// States of a call that is to be placed. An open one waits for its time, or for somebody who rings by
// hand; the last three are ends, of which given_up is left to people.
const (
	OutboundOpen     = "open"
	OutboundDialling = "dialling"
	OutboundRetry    = "retry"
	OutboundDone     = "done"
	OutboundGivenUp  = "given_up"
	OutboundDropped  = "dropped"
	// OutboundPending, in a query, is everything that is not finished for people: all but done and dropped.
	OutboundPending = "pending"
)

// OutboundStates are the states that a call can have.
var OutboundStates = []string{OutboundOpen, OutboundDialling, OutboundRetry, OutboundDone, OutboundGivenUp, OutboundDropped}

// Kinds of calls that are placed.
const (
	KindCallback = "callback" // a person asked to be rung
	KindCall     = "call"     // a program ordered it
)

// ErrKeyUsed means that an idempotency key was used for another call.
var ErrKeyUsed = errors.New("store: this idempotency key was used for another call")

// ErrNotClaimed means that a call is not, or no longer, its holder's: its lease ran out, or somebody
// has dropped it.
var ErrNotClaimed = errors.New("store: the call is not held any more")

// OutboundCall is one call that is to be placed: a callback, or one that a program ordered.
type OutboundCall struct {
	ID     int64
	Kind   string // KindCallback | KindCall
	Conv   string // conversation in which it was asked for; "" for an ordered one
	At     time.Time
	Phone  string // as it was given
	Number string // as it is compared: E.164, or a SIP address; "" until it is planned
	Reason string
	Window string // in words
	Lang   string
	Slots  []event.Slot
	State  string
	From   time.Time // not before; zero: at once
	Until  time.Time // not after; zero: no end
	Due    time.Time // when it may be rung next; zero: by hand alone
	Tries  int
	Last   string          // outcome of the last attempt, or why it was dropped
	Call   string          // conversation of the call that was answered
	Mind   json.RawMessage // state of the flow that asked; nil: none is kept
	Taker  string          // user who rings there themselves; "": nobody has taken it

	Key      string // idempotency key, "" for none
	Campaign string
	Plan     OutboundPlan
}

// OutboundPlan is what an ordered call is for.
type OutboundPlan struct {
	Bot         string            `json:"bot,omitempty"`
	Start       string            `json:"start,omitempty"` // flow, or "flow/step"
	Name        string            `json:"name,omitempty"`  // whom it is for, as it is asked
	Slots       map[string]string `json:"slots,omitempty"` // as they would be typed
	Consent     *Consent          `json:"consent,omitempty"`
	OnVoicemail string            `json:"on_voicemail,omitempty"` // hang_up | message
	Message     string            `json:"message,omitempty"`      // left on a machine
	OrderedBy   string            `json:"ordered_by,omitempty"`   // user or token
}

// Consent is the proof that somebody agreed to be called.
type Consent struct {
	How       string    `json:"how"`       // web_form | paper | spoken | contract | …
	When      time.Time `json:"when"`      //
	Reference string    `json:"reference"` // where the proof lies
}

// OutboundAttempt is one time that somebody was rung.
type OutboundAttempt struct {
	N       int       `json:"n"`
	At      time.Time `json:"at"`
	End     time.Time `json:"end,omitzero"`
	By      string    `json:"by"`                // gateway, or the user who rang by hand
	Outcome string    `json:"outcome,omitempty"` // "" while it rings
	Detail  string    `json:"detail,omitempty"`
	Conv    string    `json:"conversation,omitempty"` // of the call that was answered
	Heard   string    `json:"heard,omitempty"`        // person | voicemail | fax | silence
	Score   float64   `json:"score,omitempty"`        // how sure that is, 0..1
}

// OutboundQuery selects calls that are placed.
type OutboundQuery struct {
	Kind     string // "" for all
	State    string // "" for all; OutboundPending for all that people may have to do with
	Number   string
	Campaign string
	Limit    int // 0: 100
}

// OutboundCount is what counts against limits.
type OutboundCount struct {
	Attempts int       // since the time asked for
	Last     time.Time // the last one; zero: none
}

// NoCall is a number that is not to be rung by us.
type NoCall struct {
	Number string    `json:"number"`
	At     time.Time `json:"at"`
	How    string    `json:"how"`           // said | typed | key | api | list | console
	Who    string    `json:"who,omitempty"` // conversation or user
	Note   string    `json:"note,omitempty"`
}

// Outbound keeps calls that are to be placed. A call is rung by who has claimed it, so that none is rung
// twice: neither by two processes, nor by one that died and comes back. Each implementation passes
// storetest.RunOutbound. All methods are safe for concurrent use.
type Outbound interface {
	// AddOutbound keeps c and returns its ID. With a Key that is kept already it adds nothing and
	// returns that one's ID and existing; ErrKeyUsed when that one rings another number.
	AddOutbound(ctx context.Context, c OutboundCall) (id int64, existing bool, err error)
	// OutboundCall returns one, or ErrNotFound.
	OutboundCall(ctx context.Context, id int64) (OutboundCall, error)
	// OutboundCalls are those of q, oldest first.
	OutboundCalls(ctx context.Context, q OutboundQuery) ([]OutboundCall, error)
	// Attempts are those of one call, in order.
	Attempts(ctx context.Context, id int64) ([]OutboundAttempt, error)

	// Unplanned are open callbacks that nobody has looked at yet, oldest first.
	Unplanned(ctx context.Context, limit int) ([]OutboundCall, error)
	// PlanOutbound sets Number, From, Until, Due, State and Last of an open or waiting call from c;
	// ErrNotClaimed when it is neither any more.
	PlanOutbound(ctx context.Context, c OutboundCall) error
	// NextOutbound is when the first call is due; zero when none is.
	NextOutbound(ctx context.Context) (time.Time, error)
	// Claim takes calls that are due at now for holder until lease: they are dialling from then on.
	// Callbacks come before ordered calls, and those that have waited longest first. Calls of the
	// campaigns in without wait.
	Claim(ctx context.Context, now, lease time.Time, holder string, limit int, without ...string) ([]OutboundCall, error)
	// ClaimOne takes one call that is not finished, due or not, because somebody rings it by hand.
	ClaimOne(ctx context.Context, id int64, lease time.Time, holder string) (OutboundCall, error)
	// Unclaim gives a call back that was not rung: it waits for due, in state open or retry as before,
	// or is finished in another state that c names.
	Unclaim(ctx context.Context, id int64, holder, state, last string, due time.Time) error
	// BeginAttempt writes down that the holder rings now, before anybody is rung, and counts it. n is its number.
	BeginAttempt(ctx context.Context, id int64, holder string, at, lease time.Time, by string) (n int, err error)
	// AnsweredAttempt writes down that somebody answered; conv is the call's conversation.
	AnsweredAttempt(ctx context.Context, id int64, n int, conv string) error
	// EndAttempt writes down how an attempt ended and what becomes of the call: state, and with
	// OutboundRetry when it is due. A call that was dropped meanwhile stays dropped, and one that
	// somebody has taken is not due.
	EndAttempt(ctx context.Context, id int64, a OutboundAttempt, state string, due time.Time) error
	// RecoverOutbound takes back what holders hold whose lease is over at now: all calls when all is
	// set, because a new process knows that no other lives. A call that nobody had answered is due
	// again at due, its attempt ended as "unknown"; one that was answered is given up, because who
	// answered is not rung again by itself. It returns how many.
	RecoverOutbound(ctx context.Context, now time.Time, all bool, due time.Time) (int, error)
	// SetOutbound sets a call's state by hand: open, done or dropped, with the reason; ErrNotFound.
	// One that is opened again is planned again.
	SetOutbound(ctx context.Context, id int64, state, why string) error

	// TakeOutbound gives a call that is not finished to a user, who rings there themselves: it is not due
	// any more. "" gives it back, and a callback is planned again. It returns whose it was; ErrNotClaimed
	// when it is somebody else's and over is false, or when it is finished.
	TakeOutbound(ctx context.Context, id int64, taker string, over bool) (was string, err error)

	// CountAttempts counts attempts to a number, or of a campaign when number is "", since a time.
	CountAttempts(ctx context.Context, number, campaign string, since time.Time) (OutboundCount, error)
	// CampaignCalls is how many calls of a campaign were ordered since a time, dropped ones aside.
	CampaignCalls(ctx context.Context, campaign string, since time.Time) (int, error)

	// AddNoCall adds numbers to those that are not rung, for ever, and drops what is still to be
	// rung there. A number that is on the list stays as it is. It returns how many are new.
	AddNoCall(ctx context.Context, list ...NoCall) (int, error)
	// RemoveNoCall takes a number off; ErrNotFound when it is not on.
	RemoveNoCall(ctx context.Context, number string) error
	// NoCall returns the entry of a number; ErrNotFound when it may be rung.
	NoCall(ctx context.Context, number string) (NoCall, error)
	// NoCalls are the entries after a number, sorted by number; at most limit, 0: 100.
	NoCalls(ctx context.Context, after string, limit int) ([]NoCall, error)
}
