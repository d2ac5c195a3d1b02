// Package skill is the door of smart speakers on the web: it lets people talk to a hotline through an
// Alexa skill, and has nothing of its own to say.
//
// The one idea: a skill is a conversation of gateway/chat that somebody hears. A verified request
// (package alexa) becomes one message, or the opening, of such a conversation; what the bot answers
// becomes one response, within the eight seconds that Alexa waits. The door keeps nothing that a
// restart would lose but the offer to take up an interrupted conversation: which conversation a session
// has stands, with the token that opens it, in the session attributes that Alexa gives back.
//
// What a speaker cannot do is done otherwise: nobody is put through, who asks for a person is rung
// back or finds a link in the Alexa app; there are no keys, and no recording.
package skill

import (
	"context"
	"time"

	"decroche/flows"
	"decroche/gateway/chat"
)

// Path is where requests of Alexa's come in.
const Path = "/alexa"

// Source is chat.Opening.From of conversations through this door.
const Source = "alexa"

// Conversations are what the door opens onto; *chat.Host is one.
type Conversations interface {
	Create(ctx context.Context, o chat.Opening) (chat.Opened, error)
	Send(ctx context.Context, conv string, in chat.Incoming) (chat.Page, error)
	Messages(ctx context.Context, conv string, after uint64, wait time.Duration, known *chat.Page) (chat.Page, error)
	TakeUp(ctx context.Context, conv string) (chat.Page, error)
	Open(ctx context.Context, conv, token string) error
	End(ctx context.Context, conv string) error
	EndIdle(ctx context.Context, source string, before time.Time) (int, error)
}

// Bots finds a hotline by its name, as it is now; "" is the first one.
type Bots func(name string) (*flows.Bot, bool)
