// Package event is the list of facts a conversation produces: one file per fact, each with its
// JSON example. The store keeps them; the Bus shows them to whoever watches. An event, once
// named, is never renamed: old records must stay readable.
package event

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Event is one fact about one conversation.
type Event struct {
	Conv string    // conversation ID
	Seq  uint64    // 1, 2, 3 … within the conversation
	At   time.Time // UTC
	Body Body

	shared *encoding // of an event that a Bus shows: encoded once, for all who watch
}

type encoding struct {
	once sync.Once
	json []byte
	err  error
}

// JSON is the event as streams and API show it, on one line:
// {"conversation":"c7f3","seq":4,"at":"…","type":"said","body":{…}}. What a Bus has shown is encoded
// once, whoever asks; the bytes must not be changed.
func (e Event) JSON() ([]byte, error) {
	if e.shared == nil {
		return e.encode()
	}
	e.shared.once.Do(func() { e.shared.json, e.shared.err = e.encode() })
	return e.shared.json, e.shared.err
}

func (e Event) encode() ([]byte, error) {
	return json.Marshal(struct {
		Conv string    `json:"conversation"`
		Seq  uint64    `json:"seq"`
		At   time.Time `json:"at"`
		Type string    `json:"type"`
		Body Body      `json:"body"`
	}{e.Conv, e.Seq, e.At, e.Body.Type(), e.Body})
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
