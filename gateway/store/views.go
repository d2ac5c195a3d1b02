package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Views keeps who opened the transcript of a conversation, and takes its links back. All methods are safe for
// concurrent use.
type Views interface {
	// AddView counts v.Who once more, at v.Last; the rest of v but Conv and Link means nothing.
	AddView(ctx context.Context, v View) error
	// Views are those who opened a conversation's transcript, the latest first.
	Views(ctx context.Context, conv string) ([]View, error)
	// RevokeLinks takes back the links that open a conversation and returns how many still did at now.
	RevokeLinks(ctx context.Context, conv string, now time.Time) (int, error)
}

// View is somebody who opened a transcript.
type View struct {
	Conv  string    `json:"-"`
	Who   string    `json:"who"`  // an account, or the name of a link
	Link  bool      `json:"link"` // who holds the link, whoever that is
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Times int       `json:"times"`
}

// LinkName is what a link is called where it must open nothing: eight digits that tell links apart.
func LinkName(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:4])
}
