// Package store remembers conversations: every event, and the summaries, callbacks and links
// made from them. Times are UTC. A record that Append accepted survives kill -9.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"decroche/gateway/event"
)

// ErrNotFound means that there is no such conversation, callback or link.
var ErrNotFound = errors.New("store: not found")

// Store is durable memory. SQLite is the default; each implementation passes storetest.Run.
// All methods are safe for concurrent use.
type Store interface {
	// Append writes events, all or nothing, and returns once they are durable. It is idempotent
	// by (conversation, seq): an event already there is left as it is.
	Append(ctx context.Context, evs ...event.Event) error
	// Events yields a conversation's events after the given Seq, in order.
	Events(ctx context.Context, conv string, after uint64) iter.Seq2[event.Event, error]
	// Conversations yields summaries, newest first.
	Conversations(ctx context.Context, q Query) iter.Seq2[Summary, error]
	// Conversation returns one summary, or ErrNotFound.
	Conversation(ctx context.Context, conv string) (Summary, error)

	// AddCallback stores a request to be rung back and returns its ID.
	AddCallback(ctx context.Context, c Callback) (int64, error)
	// Callbacks yields requests, oldest first.
	Callbacks(ctx context.Context, q CallbackQuery) iter.Seq2[Callback, error]
	// SetCallback changes a request's state ("open", "done", "dropped"), or ErrNotFound. One that is
	// opened again is planned again (Outbound).
	SetCallback(ctx context.Context, id int64, state string) error

	// AddLink makes an unguessable token that opens one conversation's transcript until expires.
	AddLink(ctx context.Context, conv string, expires time.Time) (token string, err error)
	// Link resolves a token at time now; ErrNotFound when unknown or expired.
	Link(ctx context.Context, token string, now time.Time) (conv string, err error)

	// Recover closes conversations that a dead process left open (outcome "failed", by "gateway")
	// and hand-offs left open (outcome "unknown"); it returns how many. Typed conversations that
	// Chats keeps are paused, not broken, and stay open. Called once at start.
	Recover(ctx context.Context, now time.Time) (int, error)
	Close() error
}

// Query selects conversations.
type Query struct {
	Before time.Time // only those that started before; zero: no bound
	// BeforeID, with Before, also lets through conversations that started exactly then and whose
	// ID sorts after BeforeID: the last line of one page is the place where the next begins.
	BeforeID string
	Limit    int    // 0: 50; at most 500
	Channel  string // "" for all
	Outcome  string // "" for all; several are separated by commas
	Open     bool   // only those still running

	Since  time.Time // only those that started then or later; zero: no bound
	Text   string    // only those in which all of this was said, as Terms reads it; "" for all
	Number string    // only callers whose number fits, as Numbers reads it; "" for all
	Intent string    // only those of an intent whose name holds this; "" for all
	Agent  string    // only those of an agent whose name holds this; "" for all
	Queue  string    // only those handed off last to a queue whose name holds this; "" for all
	Bot    string    // "" for all
}

// Summary is one line of the call list, kept up to date by Append.
type Summary struct {
	ID       string       `json:"id"`
	Channel  string       `json:"channel"`
	From     string       `json:"from"`
	Called   string       `json:"called"`
	Bot      string       `json:"bot"`
	Lang     string       `json:"lang"`
	Start    time.Time    `json:"start"`
	End      time.Time    `json:"end,omitzero"` // zero while it runs
	Outcome  string       `json:"outcome,omitempty"`
	EndedBy  string       `json:"ended_by,omitempty"`
	Intent   string       `json:"intent,omitempty"`
	Turns    int          `json:"turns"`              // what the caller said, keyed or typed
	Transfer string       `json:"transfer,omitempty"` // outcome of the last hand-off
	Agent    string       `json:"agent,omitempty"`
	Slots    []event.Slot `json:"slots,omitempty"`
	Queue    string       `json:"queue,omitempty"` // of the last hand-off: "litige, fr"
	Rated    *Rating      `json:"rated,omitempty"` // the last one; nil: none
	Topic    string       `json:"topic,omitempty"` // the first intent
	// Placed: we rang them, they did not come to us.
	Placed bool `json:"placed,omitempty"`
	// Repeated is the conversation in which the same customer came back about the same topic, within
	// RepeatWithin: this one resolved nothing. "" for none.
	Repeated string `json:"repeated,omitempty"`
	Match    *Match `json:"match,omitempty"` // where the words of Query.Text stand; nil without them
	// Handed are the hand-offs and callbacks of before: the transfer_started, transfer_ended and
	// callback_taken. They are there when an end is told to others, and nowhere else.
	Handed []event.Event `json:"-"`
}

// Callback is one request to be rung back.
type Callback struct {
	ID     int64        `json:"id"`
	Conv   string       `json:"conversation"`
	At     time.Time    `json:"at"`
	Phone  string       `json:"phone"`
	Reason string       `json:"reason"`
	Window string       `json:"window,omitempty"`
	Lang   string       `json:"lang"`
	Slots  []event.Slot `json:"slots,omitempty"`
	State  string       `json:"state"` // open | dialling | retry | done | given_up | dropped

	From  time.Time       `json:"from,omitzero"`      // the window: not before
	Until time.Time       `json:"until,omitzero"`     // and not after
	Next  time.Time       `json:"next,omitzero"`      // when it is rung by itself; zero: by hand alone
	Tries int             `json:"tries"`              // times that it was rung
	Last  string          `json:"last,omitempty"`     // how the last one ended
	Call  string          `json:"call,omitempty"`     // conversation of the call that was answered
	Taker string          `json:"taken_by,omitempty"` // user who rings there themselves
	Mind  json.RawMessage `json:"-"`                  // state of the flow that took it; nil: none is kept
}

// CallbackQuery selects callbacks.
type CallbackQuery struct {
	State string // "" for all; OutboundPending for all that are neither done nor dropped
	Limit int    // 0: 100
}
