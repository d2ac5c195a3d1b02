// Package event is the list of facts a conversation produces: one file per fact, each with its
// JSON example. The store keeps them; the Bus shows them to whoever watches. An event, once
// named, is never renamed: old records must stay readable.
package event

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is one fact about one conversation.
type Event struct {
	Conv string    // conversation ID
	Seq  uint64    // 1, 2, 3 … within the conversation
	At   time.Time // UTC
	Body Body
}

// Body is implemented by every event type in this package.
type Body interface{ Type() string }

// Decode turns a stored type name and JSON back into a Body.
func Decode(typ string, data []byte) (Body, error) {
	dec, ok := kinds[typ]
	if !ok {
		return nil, fmt.Errorf("event: unknown type %q", typ)
	}
	b, err := dec(func(v any) error { return json.Unmarshal(data, v) })
	if err != nil {
		return nil, fmt.Errorf("event: decode %s: %w", typ, err)
	}
	return b, nil
}
