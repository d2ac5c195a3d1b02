package chat

import (
	"context"
	"sync"
	"time"
)

// rooms are the conversations that somebody is busy with now: a message, an action, a watcher.
// The rest are in the store only.
type rooms struct {
	mu sync.Mutex // guards the map and what is in a room but its turn
	by map[string]*room
}

// room is one of them. It lives while refs is not zero.
type room struct {
	refs    int
	turn    chan struct{} // one token: who has it may change the conversation
	waiting int           // for the token
	changed chan struct{} // closed, and replaced, when something was committed
	acting  bool          // an action of it runs in this process
	helped  bool          // somebody fetches an agent for it, or watches over the one who has it
	readers int           // who wait for messages now
	read    bool          // somebody has
	unread  time.Time     // since when nobody does, of those that were read
	typed   time.Time     // when its agent last pressed a key
}

func (rs *rooms) enter(conv string) *room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r := rs.by[conv]
	if r == nil {
		r = &room{turn: make(chan struct{}, 1), changed: make(chan struct{})}
		rs.by[conv] = r
	}
	r.refs++
	return r
}

func (rs *rooms) leave(conv string, r *room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r.refs--; r.refs == 0 {
		delete(rs.by, conv)
	}
}

// lock takes the turn; ErrBusy when most wait for it already (0: no bound).
func (rs *rooms) lock(ctx context.Context, r *room, most int) error {
	rs.mu.Lock()
	if most > 0 && r.waiting >= most {
		rs.mu.Unlock()
		return ErrBusy
	}
	r.waiting++
	rs.mu.Unlock()
	defer func() {
		rs.mu.Lock()
		r.waiting--
		rs.mu.Unlock()
	}()
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (rs *rooms) unlock(r *room) { <-r.turn }

// next is closed at the next change.
func (rs *rooms) next(r *room) <-chan struct{} {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return r.changed
}

// wake tells every watcher of the room.
func (rs *rooms) wake(r *room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
}

// begin marks an action as running here; false when one does.
func (rs *rooms) begin(r *room) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r.acting {
		return false
	}
	r.acting = true
	return true
}

func (rs *rooms) end(r *room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r.acting = false
}

// help marks that somebody cares for the hand-off of the room; false when somebody does.
func (rs *rooms) help(r *room, yes bool) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if yes && r.helped {
		return false
	}
	r.helped = yes
	return true
}

// reads counts who waits for messages; who cares for the hand-off is told when the first comes and
// the last goes.
func (rs *rooms) reads(r *room, now time.Time, by int) {
	rs.mu.Lock()
	was := r.readers
	if r.readers += by; r.readers > 0 {
		r.read, r.unread = true, time.Time{}
	} else {
		r.unread = now
	}
	tell := r.helped && (was == 0) != (r.readers == 0)
	rs.mu.Unlock()
	if tell {
		rs.wake(r)
	}
}

// unreadSince is since when nobody reads a room that was read; zero: somebody does, or nobody ever did.
func (rs *rooms) unreadSince(r *room) time.Time {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if !r.read {
		return time.Time{}
	}
	return r.unread
}

// types notes that the agent presses keys, and tells when.
func (rs *rooms) types(r *room, at time.Time) {
	rs.mu.Lock()
	r.typed = at
	rs.mu.Unlock()
	rs.wake(r)
}

func (rs *rooms) typedAt(r *room) time.Time {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return r.typed
}
