package event

import "sync"

// Caption is what somebody is saying at this moment, as far as it is known. It is no event: the
// next caption of the same speaker replaces it, and Said or Prompted, which follows, is the record.
type Caption struct {
	Who  string `json:"who"` // caller | bot | agent
	N    int    `json:"n"`   // which utterance of theirs; a caption of the next one has another
	Text string `json:"text"`
}

// Captions shows one conversation to whoever watches it: what is being said, and the events. A
// watcher of one conversation costs the others nothing, where a subscriber of the Bus is told of
// all. One who is slow misses captions that were replaced since, never the newest, and is told when
// events were dropped; nobody waits for a watcher. All methods are safe for concurrent use, and a
// nil Captions shows nothing.
type Captions struct {
	mu sync.Mutex
	by map[string]map[*CaptionSub]struct{} // by conversation; guarded by mu
}

// NewCaptions makes a Captions that shows the events of bus, which must not have published yet; nil
// for none.
func NewCaptions(bus *Bus) *Captions {
	c := &Captions{by: map[string]map[*CaptionSub]struct{}{}}
	if bus != nil {
		bus.mu.Lock()
		defer bus.mu.Unlock()
		bus.taps = append(bus.taps, c.happened)
	}
	return c
}

// happened tells the watchers of an event.
func (c *Captions) happened(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.by[e.Conv] {
		s.event(e)
	}
}

// Watched reports whether anybody watches a conversation, so that nothing is prepared for nobody.
func (c *Captions) Watched(conv string) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.by[conv]) > 0
}

// Show tells the watchers of a conversation what is being said. With nobody watching it costs a
// look into a map.
func (c *Captions) Show(conv string, said Caption) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.by[conv] {
		s.put(said)
	}
}

// Watch begins to watch a conversation. Close the CaptionSub when done.
func (c *Captions) Watch(conv string) *CaptionSub {
	s := &CaptionSub{c: c, conv: conv, news: make(chan struct{}, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by[conv] == nil {
		c.by[conv] = map[*CaptionSub]struct{}{}
	}
	c.by[conv][s] = struct{}{}
	return s
}

// CaptionSub is one watcher of one conversation.
type CaptionSub struct {
	c    *Captions
	conv string
	news chan struct{} // one place: there is something

	mu   sync.Mutex
	told []Caption // at most one per speaker, oldest first; guarded by mu
	evs  []Event   // guarded by mu
	gap  bool      // events were dropped; guarded by mu
}

// watchBuffer is how many events a watcher may lag behind: the busiest half minute of a call.
const watchBuffer = 64

func (s *CaptionSub) event(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.evs) < watchBuffer {
		s.evs = append(s.evs, e)
	} else {
		s.gap = true
	}
	s.wake()
}

// wake needs s.mu.
func (s *CaptionSub) wake() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *CaptionSub) put(said Caption) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range s.told {
		if t.Who == said.Who {
			s.told = append(s.told[:i], s.told[i+1:]...)
			break
		}
	}
	s.told = append(s.told, said)
	s.wake()
}

// News is sent to when Take has something.
func (s *CaptionSub) News() <-chan struct{} { return s.news }

// Take returns what happened since the last Take: events in order, then the newest caption of each
// speaker. After a gap events are missing: read them from the record.
func (s *CaptionSub) Take() (evs []Event, said []Caption, gap bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	evs, said, gap = s.evs, s.told, s.gap
	s.evs, s.told, s.gap = nil, nil, false
	return evs, said, gap
}

// Close stops watching. Idempotent.
func (s *CaptionSub) Close() {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	delete(s.c.by[s.conv], s)
	if len(s.c.by[s.conv]) == 0 {
		delete(s.c.by, s.conv)
	}
}
