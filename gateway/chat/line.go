package chat

import (
	"slices"
	"sync"
	"time"

	"decroche/gateway/agents"
)

// line is who waits for an agent, in the order of their turn: who asked first before who asked later, but
// for what priority is worth (agents.Desk.TurnOf).
type line struct {
	mu   sync.Mutex    // guards all below
	list []inLine      // whose turn is first, first
	gone chan struct{} // closed, and replaced, when somebody has left it
}

type inLine struct {
	req  agents.Request
	turn time.Time
}

// join puts a conversation into the line, or what it asks for up to date.
func (l *line) join(req agents.Request, turn time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.IndexFunc(l.list, func(o inLine) bool { return o.req.Conv == req.Conv }); i >= 0 {
		l.list[i].req = req
		return
	}
	i, _ := slices.BinarySearchFunc(l.list, turn, func(o inLine, t time.Time) int {
		if o.turn.After(t) {
			return 1
		}
		return -1 // behind those of the same moment
	})
	l.list = slices.Insert(l.list, i, inLine{req, turn})
}

func (l *line) leave(conv string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.list)
	if l.list = slices.DeleteFunc(l.list, func(o inLine) bool { return o.req.Conv == conv }); len(l.list) < n && l.gone != nil {
		close(l.gone)
		l.gone = nil
	}
}

// moves is closed when somebody leaves the line.
func (l *line) moves() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone == nil {
		l.gone = make(chan struct{})
	}
	return l.gone
}

// before is how many wait in front of a conversation.
func (l *line) before(conv string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, slices.IndexFunc(l.list, func(o inLine) bool { return o.req.Conv == conv }))
}

// ahead are the requests of who waits in front of a conversation.
func (l *line) ahead(conv string) (out []agents.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.list {
		if o.req.Conv == conv {
			return out
		}
		out = append(out, o.req)
	}
	return nil
}

// waits remembers how long people waited for an agent lately, so that others can be told something
// true.
type waits struct {
	mu   sync.Mutex
	list []waited // guarded by mu
}

type waited struct {
	at time.Time
	d  time.Duration
}

const (
	waitsKept  = 20
	waitsCount = 2 * time.Hour // older ones say nothing about now
	waitsLeast = 3             // fewer are no experience
)

func (w *waits) add(at time.Time, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list[max(0, len(w.list)+1-waitsKept):], waited{at, d})
}

// usual is the median of what people waited lately; false when too few did.
func (w *waits) usual(now time.Time) (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []time.Duration
	for _, o := range w.list {
		if now.Sub(o.at) < waitsCount {
			all = append(all, o.d)
		}
	}
	if len(all) < waitsLeast {
		return 0, false
	}
	slices.Sort(all)
	return all[len(all)/2], true
}

// UsualWait is how long people waited for an agent lately; false when nobody can know.
func (h *Host) UsualWait() (time.Duration, bool) { return h.waits.usual(h.now()) }
