package store

import (
	"context"
	"errors"
	"time"

	"decroche/gateway/event"
)

// Errors of Chats.
var (
	// ErrStale means that somebody else has written to the conversation since it was read: read
	// it again and decide again.
	ErrStale = errors.New("store: the conversation has moved on since it was read")
	// ErrQueueFull means that as many messages wait in the conversation as are allowed.
	ErrQueueFull = errors.New("store: too many messages wait in this conversation")
)

// Chats is durable memory for typed conversations, which are data between two messages and no
// running thing: a mind's state, what it waits for, and messages that came while it was busy.
// Each implementation passes storetest.RunChats. All methods are safe for concurrent use.
type Chats interface {
	// Chat returns one conversation, or ErrNotFound.
	Chat(ctx context.Context, conv string) (Chat, error)
	// CommitChat writes a whole exchange, all or nothing, and returns once it is durable. It
	// fails with ErrStale when the conversation is no longer as c.Was says.
	CommitChat(ctx context.Context, c ChatCommit) error
	// QueueChat keeps a message for later and returns once it is durable. It does nothing when a
	// message of that ID came before, and fails with ErrQueueFull when most already wait.
	QueueChat(ctx context.Context, in ChatInput, most int) error
	// SeenChat tells whether a message of that ID came before, and the number of the event that
	// holds it; 0 while it waits.
	SeenChat(ctx context.Context, conv, id string) (seq uint64, seen bool, err error)
	// NextChat returns the message that has waited longest and how many wait with it, or
	// ErrNotFound.
	NextChat(ctx context.Context, conv string) (in ChatInput, waiting int, err error)
	// UnfinishedChats names conversations that have something to do without a new message: an
	// action was out, or messages wait. Oldest first.
	UnfinishedChats(ctx context.Context) ([]string, error)
	// IdleChats names conversations last touched before then, at most limit, oldest first; those
	// that have ended are included.
	IdleChats(ctx context.Context, then time.Time, limit int) ([]string, error)
	// CountChats counts open conversations touched since then.
	CountChats(ctx context.Context, since time.Time) (int, error)
	// Callback returns one request to be rung back, or ErrNotFound.
	Callback(ctx context.Context, id int64) (Callback, error)
	// ForgetChat removes what Chats keeps of a conversation; its record stays.
	ForgetChat(ctx context.Context, conv string) error
}

// Chat is one typed conversation between two messages.
type Chat struct {
	Conv     string
	Bot      string
	Lang     string // of the last prompt
	Phone    string // where the person can be rung, "" when unknown
	Source   string // who opened it: "terminal", "api", an address
	Metadata map[string]string
	Token    []byte // SHA-256 of the token that resumes it; nil: nobody's
	State    []byte // of the mind, JSON
	Wait     []byte // what the host waits for, JSON
	Acting   bool   // an action is out
	Seq      uint64 // number of the last event
	Created  time.Time
	Touched  time.Time // last commit
	Ended    time.Time // zero while it is open
}

// ChatCommit is one exchange: what came, what was done, how the conversation stands now.
type ChatCommit struct {
	Chat      Chat   // as it is afterwards
	Was       uint64 // Seq of the Chat it was made from; 0 makes a new conversation
	Events    []event.Event
	Taken     string // ID of the message this answers: remembered, and taken out of the queue; "" for none
	TakenSeq  uint64 // number of the event that holds it
	Callbacks []Callback
	Outbox    []Delivery
}

// ChatInput is a message that waits.
type ChatInput struct {
	Conv string
	ID   string // unique within the conversation
	At   time.Time
	Body []byte // as the host wrote it, JSON
}

// Outbox keeps what must be told to others until they have it. Each implementation passes
// storetest.RunChats. All methods are safe for concurrent use.
type Outbox interface {
	// DueDeliveries returns what may be tried now of one hook: of each conversation only the
	// oldest, so that they arrive in order. At most limit, oldest first.
	DueDeliveries(ctx context.Context, hook string, now time.Time, limit int) ([]Delivery, error)
	// NextDelivery is when the hook's next one is due; zero when none waits.
	NextDelivery(ctx context.Context, hook string) (time.Time, error)
	// AbandonDeliveries gives up what is for other hooks than these and returns how many.
	AbandonDeliveries(ctx context.Context, hooks []string) (int, error)
	// Delivered removes one.
	Delivered(ctx context.Context, id int64) error
	// Delay counts one failed try and sets when the next may be; dead gives it up, so that what
	// follows it can go.
	Delay(ctx context.Context, id int64, next time.Time, dead bool) error
	// CountDeliveries returns how many wait and how many were given up.
	CountDeliveries(ctx context.Context) (waiting, dead int, err error)
}

// DeadLetters are the deliveries that were given up, for people to look at. All methods are safe for
// concurrent use.
type DeadLetters interface {
	// DeadDeliveries are the newest that were given up, at most limit, newest first.
	DeadDeliveries(ctx context.Context, limit int) ([]Delivery, error)
	// ReviveDeliveries has them tried again from now on, as if for the first time: those with one of the
	// ids, nil for all; and only what is for one of the hooks, nil for any. It returns how many.
	ReviveDeliveries(ctx context.Context, hooks []string, ids []int64, now time.Time) (int, error)
	// DropDeliveries forgets them: those with one of the ids, nil for all. It returns how many.
	DropDeliveries(ctx context.Context, ids []int64) (int, error)
	// CountDeliveries returns how many wait and how many were given up.
	CountDeliveries(ctx context.Context) (waiting, dead int, err error)
}

// Delivery is one thing to tell.
type Delivery struct {
	ID    int64
	Hook  string // who is told: the name in the configuration
	Conv  string
	Key   string // unique and constant over tries: the receiver may use it to drop repetitions
	Body  []byte // JSON
	At    time.Time
	Tries int
	Next  time.Time // not before
}
