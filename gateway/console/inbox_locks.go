package console

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// lockFor is how long a group is somebody's who looks at it; the page asks again while they do.
const lockFor = time.Minute

// locks are the groups of the inbox that somebody decides about now, one for each person: whoever takes
// another gives the former back. They are a courtesy between two who sort at once; nothing is lost when the
// gateway forgets them. The zero value is ready.
type locks struct {
	mu sync.Mutex
	by map[string]lock // user -> what they have
}

type lock struct {
	ID    int64     `json:"id"`   // of the group
	User  string    `json:"user"` // who has it
	Name  string    `json:"name"` // as others read it
	Until time.Time `json:"until"`
}

// take gives a group to a user for a while, unless somebody else has it: the lock is theirs then.
func (l *locks) take(id int64, user, name string, now time.Time) lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string]lock{}
	}
	l.sweep(now)
	for u, k := range l.by {
		if k.ID == id && u != user {
			return k
		}
	}
	l.by[user] = lock{id, user, name, now.Add(lockFor)}
	return l.by[user]
}

// drop gives a group back.
func (l *locks) drop(id int64, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[user].ID == id {
		delete(l.by, user)
	}
}

// other is the name of somebody else who has a group, "" when nobody has.
func (l *locks) other(id int64, user string, now time.Time) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	for u, k := range l.by {
		if k.ID == id && u != user {
			return k.Name
		}
	}
	return ""
}

// all are those that hold, by group.
func (l *locks) all(now time.Time) []lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	out := make([]lock, 0, len(l.by))
	for _, k := range l.by {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b lock) int { return strings.Compare(a.User, b.User) })
	return out
}

// sweep forgets those whose time is over; mu is held.
func (l *locks) sweep(now time.Time) {
	for u, k := range l.by {
		if !now.Before(k.Until) {
			delete(l.by, u)
		}
	}
}

func (s *Server) locked(w http.ResponseWriter, r *http.Request, by string) {
	s.fail(w, r, http.StatusConflict, by+" is on it; wait a minute, or take another group")
}

// listLocks tells who is on what.
func (s *Server) listLocks(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"locks": s.locks.all(s.now())})
}

// lockGroup takes a group for who asks; the answer names who has it, which may be somebody else.
func (s *Server) lockGroup(w http.ResponseWriter, r *http.Request) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	i := who(r)
	name := i.Display
	if name == "" {
		name = i.User
	}
	answer(w, s.locks.take(id, i.User, name, s.now()))
}

func (s *Server) unlockGroup(w http.ResponseWriter, r *http.Request) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	s.locks.drop(id, who(r).User)
	w.WriteHeader(http.StatusNoContent)
}
