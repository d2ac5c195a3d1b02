package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"decroche/gateway/event"
)

// ErrRunning means that a conversation has not ended, so nobody but its own writer may add to it.
var ErrRunning = errors.New("store: the conversation has not ended")

// States of an Utterance.
const (
	UtteranceOpen      = "open"      // nobody has looked at it
	UtteranceAccepted  = "accepted"  // it became an example
	UtteranceDismissed = "dismissed" // it teaches nothing
)

// OutOfScope stands as Decided with UtteranceDismissed: the utterance is nothing that this hotline is for.
const OutOfScope = "out_of_scope"

// Utterance is one event.Unclear, with what the conversation later showed and what was decided
// about it. It is erased with its conversation.
type Utterance struct {
	ID      int64 // grows with time of writing
	Conv    string
	Seq     uint64 // of the event
	At      time.Time
	Bot     string
	Lang    string
	Channel string
	Text    string // as it was said or typed: personal data may be in it
	Guess   string // best intent at the time
	P       float64
	Why     string // no_match | clarified | corrected | transferred
	Asked   string // what the bot had asked, a slot or "flow/step"; "" when any wish was welcome
	Intent  string // what was meant, when the conversation showed it at once
	Final   string // the last intent of the conversation, "" when there was none
	Label   string // what an agent found the conversation to be about
	State   string
	Decided string // with UtteranceAccepted: the intent it became an example of; with UtteranceDismissed: OutOfScope or ""
}

// UtteranceQuery selects utterances.
type UtteranceQuery struct {
	State string // "" for all
	Bot   string // "" for all
	After int64  // only those with a larger ID
	Limit int    // 0: 1000
}

// Inbox keeps what was not understood, beside the events of a Store. Each implementation passes
// storetest.RunInbox.
type Inbox interface {
	// Utterances yields utterances, oldest first.
	Utterances(ctx context.Context, q UtteranceQuery) iter.Seq2[Utterance, error]
	// SetUtterances decides about utterances, all or none: state is one of the three, intent
	// stands with UtteranceAccepted, and with UtteranceDismissed when it is OutOfScope. ErrNotFound when one is not there (any more).
	SetUtterances(ctx context.Context, ids []int64, state, intent string) error
	// Label writes an agent's classification as the last event of an ended conversation.
	// ErrNotFound or, while the conversation runs, ErrRunning.
	Label(ctx context.Context, conv string, label event.Labelled, at time.Time) error
}
