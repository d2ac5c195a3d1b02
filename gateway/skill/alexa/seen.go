package alexa

import (
	"sync"
	"time"
)

// maxSeen is how many requests are remembered in each half of the time; a request more is refused.
const maxSeen = 200_000

// seen remembers requests for as long as their timestamps are good, in two halves: the older one is
// dropped when the newer has lasted that long.
type seen struct {
	lasts time.Duration
	now   func() time.Time

	mu       sync.Mutex // guards all below
	new, old map[string]struct{}
	began    time.Time // of new
}

func newSeen(d time.Duration, now func() time.Time) *seen {
	return &seen{lasts: d, now: now, new: map[string]struct{}{}, began: now()}
}

// once lets a request pass the first time.
func (s *seen) once(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); now.Sub(s.began) >= s.lasts {
		s.old, s.new = s.new, map[string]struct{}{}
		if now.Sub(s.began) >= 2*s.lasts {
			s.old = nil
		}
		s.began = now
	}
	_, a := s.new[id]
	_, b := s.old[id]
	switch {
	case a || b:
		return refuse(WhyReplay)
	case len(s.new) >= maxSeen:
		return refuse(WhyBusy)
	}
	s.new[id] = struct{}{}
	return nil
}
