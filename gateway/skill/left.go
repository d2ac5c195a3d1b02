package skill

import (
	"crypto/sha256"
	"sync"
	"time"
)

// mostLeft bounds how many interrupted conversations are remembered.
const mostLeft = 50_000

// interrupted remembers whose conversation is open, so that who comes back soon can go on with it. It
// is lost with the process: then a new conversation begins, and the old one is ended in time.
type interrupted struct {
	// constant after newInterrupted
	lasts time.Duration
	now   func() time.Time

	mu sync.Mutex // guards by
	by map[[32]byte]left
}

// left is a conversation, and what opens it.
type left struct {
	at at
	t  time.Time
}

func newInterrupted(d time.Duration, now func() time.Time) *interrupted {
	return &interrupted{lasts: d, now: now, by: map[[32]byte]left{}}
}

// nobody is who cannot be told from others: nothing is remembered of them.
var nobody [32]byte

// whose is a person at one skill, as a hash: the ID itself is kept nowhere.
func whose(app, user string) [32]byte {
	if user == "" {
		return nobody
	}
	return sha256.Sum256([]byte(app + "\x00" + user))
}

func (i *interrupted) put(who [32]byte, a at) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, had := i.by[who]; who == nobody || !had && len(i.by) >= mostLeft {
		return
	}
	i.by[who] = left{a, i.now()}
}

// find is the conversation that somebody left not long ago.
func (i *interrupted) find(who [32]byte) (at, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	l, ok := i.by[who]
	if !ok || i.now().Sub(l.t) >= i.lasts {
		return at{}, false
	}
	return l.at, true
}

// drop forgets a person's conversation.
func (i *interrupted) drop(who [32]byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.by, who)
}

// sweep forgets those that nobody came back for, and returns them.
func (i *interrupted) sweep() (gone []at) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for who, l := range i.by {
		if i.now().Sub(l.t) >= i.lasts {
			delete(i.by, who)
			gone = append(gone, l.at)
		}
	}
	return gone
}
