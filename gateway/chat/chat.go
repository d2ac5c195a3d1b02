// Package chat holds typed conversations with the same mind the phone uses: the same flows, the
// same actions, the same events, without sound.
//
// The one idea: a conversation is data, not a goroutine. Between two messages it is a line in the
// store; a message loads it, the mind takes a turn, and what came, what was said and how the
// conversation stands now are written in one transaction before anybody sees the answer. So ten
// thousand idle conversations cost nothing, a conversation may pause for days, and a process that
// is killed loses none: what was acknowledged is on disk, and what was not is sent again under the
// same ID and answered once. Only an action in progress is a goroutine; it is remembered as out,
// and one that died with the process is asked for again under its idempotency key. So is a hand-off: an
// agent is fetched, and while they write with the person the mind is not asked; who was asked and who
// has the conversation stands in the store, and the next process goes on with them.
//
// The messages of a conversation are its record: Prompted and Said events, by their numbers.
package chat

import (
	"errors"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// Errors of a Host. Each knows by itself what the sender may do.
var (
	// ErrNotFound means that there is no such conversation, or that the token is not its own.
	ErrNotFound = errors.New("chat: there is no such conversation")
	// ErrEnded means that the conversation is over; begin another.
	ErrEnded = errors.New("chat: the conversation has ended; begin a new one")
	// ErrBusy means that too many messages of the conversation wait (chat.max_queue).
	ErrBusy = errors.New("chat: too many messages wait in this conversation")
	// ErrFull means that too many conversations are open (chat.max_open).
	ErrFull = errors.New("chat: too many conversations are open")
	// ErrNoBot means that the bot is not configured, or no longer.
	ErrNoBot = errors.New("chat: there is no such bot in the configuration")
	// ErrNotYours means that the conversation is with the bot, or with another agent.
	ErrNotYours = errors.New("chat: the conversation is not with you: it is with the assistant, or with somebody else")
	// ErrClosed means that the gateway is stopping.
	ErrClosed = errors.New("chat: the gateway is stopping; try again in a moment")
)

// Who wrote a Message.
const (
	FromBot   = "bot"
	FromUser  = "user"
	FromAgent = "agent"
)

// Message is one line of a conversation.
type Message struct {
	N     uint64    `json:"n"` // its number; they grow, with gaps
	At    time.Time `json:"at"`
	From  string    `json:"from"`           // bot | user | agent
	Name  string    `json:"name,omitempty"` // of the agent, as the person knows them
	Text  string    `json:"text"`
	Lang  string    `json:"lang,omitempty"`
	Quick []Quick   `json:"quick,omitempty"`     // answers that may be offered as buttons
	ID    string    `json:"client_id,omitempty"` // of a user's message, as its sender named it
	Step  string    `json:"step,omitempty"`      // "flow/step" that said it
	// Voice is Text as it is spoken, SSML a whole <speak> document of it where the flow marked it; both
	// are of conversations that somebody hears, flows.Speaker.
	Voice string `json:"-"`
	SSML  string `json:"-"`
}

// Quick is one answer that may be offered as a button: show Label, send Value.
type Quick struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Page is a stretch of a conversation and how it stands.
type Page struct {
	Messages []Message `json:"messages"`
	Next     uint64    `json:"next"`    // ask for what comes after this
	Working  bool      `json:"working"` // the bot is busy, more will come by itself
	Ended    bool      `json:"ended"`
	Outcome  string    `json:"outcome,omitempty"` // when Ended: resolved | transferred | callback | unconfirmed | abandoned | failed
	With     *With     `json:"with,omitempty"`    // the person of the company who has it, or is being fetched; nil: the bot has it
	// Person says that a person was asked for in this stretch.
	Person bool `json:"-"`
}

// Bot is who answers.
type Bot struct {
	Name         string
	Version      string // hash of its folder, for the record
	Mind         flows.Mind
	Understander flows.Understander // may be nil: the mind understands by itself
}

// Opening begins a conversation.
type Opening struct {
	Bot      string            `json:"bot"`      // "" for the first one
	Lang     string            `json:"lang"`     // "" for the bot's default
	Phone    string            `json:"phone"`    // where the person can be rung; may be empty
	Metadata map[string]string `json:"metadata"` // of whoever connects us; returned with each webhook
	From     string            `json:"-"`        // who writes, as far as known: "terminal", "api", an address
	// Channel is how it takes place: flows.Text when empty, or flows.Speaker. At a speaker nobody can be
	// put through: who asks for a person is rung back.
	Channel flows.Channel `json:"-"`
	// Instead, at a speaker, is what the flow proposes to who asks for a person: "" is a callback, "bot"
	// goes on without, because the door has shown another way.
	Instead string `json:"-"`
}

// Opened is a new conversation.
type Opened struct {
	ID    string `json:"id"`
	Token string `json:"token"` // opens this conversation alone; it is not kept, only its hash
	Bot   string `json:"bot"`
	Lang  string `json:"lang"`
	Page
}

// message turns an event into a line, false when it is none.
func message(e event.Event) (Message, bool) {
	switch v := e.Body.(type) {
	case event.Prompted:
		m := Message{N: e.Seq, At: e.At, From: FromBot, Text: v.Text, Lang: v.Lang, Step: v.Step, Voice: v.Voice, SSML: v.SSML}
		for _, q := range v.Quick {
			m.Quick = append(m.Quick, Quick{q, q})
		}
		return m, true
	case event.Said:
		m := Message{N: e.Seq, At: e.At, From: FromUser, Text: v.Text, ID: v.ID}
		if v.Who == event.Agent {
			m.From, m.Name = FromAgent, v.Name
		}
		return m, true
	}
	return Message{}, false
}
