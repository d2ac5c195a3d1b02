package chat

import (
	"context"
	"sync"
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
