package event

import (
	"context"
	"encoding/json"
	"time"
)

// Callback is a request to be rung back, as the caller left it, by voice or in writing. It is
// kept beside the events: somebody will work on it.
type Callback struct {
	Conv   string
	At     time.Time
	Phone  string
	Reason string
	Window string
	Lang   string
	Slots  []Slot
	State  json.RawMessage // of the flow that took it down; nil: none is kept with it
}

// Callbacks keeps requests to be rung back and returns their IDs.
type Callbacks interface {
	AddCallback(ctx context.Context, c Callback) (int64, error)
}
