package demosystems

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Numbers that misbehave on purpose wherever they stand in an address, so that failures can be
// tried by voice: the first answers 500, the second takes eight seconds.
const (
	failingNumber = "99990500"
	slowNumber    = "99990008"
	slowness      = 8 * time.Second
)

// fault is what a test asks for: requests whose path begins with Path are answered after
// DelayMS, with Status when there is one, as many Times as it says (0: until cleared).
//
//	POST /faults {"path": "/banque/cards", "status": 500, "delay_ms": 0, "times": 2}
//	DELETE /faults
type fault struct {
	Path    string `json:"path"`
	Status  int    `json:"status"`
	DelayMS int    `json:"delay_ms"`
	Times   int    `json:"times"`
}

type faults struct {
	mu   sync.Mutex
	list []*fault
}

func (f *faults) set(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	var x fault
	if !body(w, r, &x) {
		return
	}
	if x.Path == "" || x.Status != 0 && (x.Status < 400 || x.Status > 599) || x.DelayMS < 0 || x.DelayMS > 60_000 {
		problem(w, http.StatusUnprocessableEntity, "a fault has a path, and a status of 400 to 599 or a delay_ms of at most 60000")
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) == 100 {
		problem(w, http.StatusTooManyRequests, "a hundred faults are set already; DELETE /faults first")
		return
	}
	f.list = append(f.list, &x)
	w.WriteHeader(http.StatusNoContent)
}

func (f *faults) clear(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
	w.WriteHeader(http.StatusNoContent)
}

// next is what is to go wrong with this request.
func (f *faults) next(path string) (status int, delay time.Duration) {
	for _, part := range strings.Split(path, "/") {
		switch part {
		case failingNumber:
			return http.StatusInternalServerError, 0
		case slowNumber:
			return 0, slowness
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, x := range f.list {
		if !strings.HasPrefix(path, x.Path) {
			continue
		}
		if x.Times--; x.Times == 0 {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
		}
		return x.Status, time.Duration(x.DelayMS) * time.Millisecond
	}
	return 0, 0
}

func (f *faults) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, delay := f.next(r.URL.Path)
		if delay > 0 {
			select {
			case <-time.After(delay):
			case <-r.Context().Done():
				return
			}
		}
		if status != 0 {
			problem(w, status, "this fault was asked for")
			return
		}
		next.ServeHTTP(w, r)
	})
}
