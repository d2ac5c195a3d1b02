package store

import (
	"context"
	"time"
)

// Note is what one agent wrote about one conversation, and how they say it ended.
type Note struct {
	Conv       string    `json:"conversation"`
	Agent      string    `json:"agent"`
	Text       string    `json:"text"`
	Conclusion string    `json:"conclusion"`         // "" while they have chosen none
	Proposed   string    `json:"proposed,omitempty"` // what was proposed from the talk
	At         time.Time `json:"at"`
}

// Notes keeps what agents write. Each implementation passes storetest.RunNotes.
type Notes interface {
	// SetNote keeps n in place of the agent's note of that conversation.
	SetNote(ctx context.Context, n Note) error
	// Notes are those of a conversation, oldest first.
	Notes(ctx context.Context, conv string) ([]Note, error)
}
