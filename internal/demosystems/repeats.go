package demosystems

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
)

// maxRepeats is how many answers are kept; the oldest goes first.
const maxRepeats = 1000

// repeats remembers answers by idempotency key, so that a request that is sent again does its
// work once and is answered the same. Answers of 500 and above are not kept: trying again is
// what the key is for.
type repeats struct {
	mu    sync.Mutex // held while a keyed request runs: a demo has few, and none is done twice
	byKey map[string]answer
	order []string
}

type answer struct {
	request [sha256.Size]byte // of method, path and body
	status  int
	kind    string
	body    []byte
}

func newRepeats() *repeats { return &repeats{byKey: map[string]answer{}} }

func (rp *repeats) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if key == "" || r.Method == http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			problem(w, http.StatusRequestEntityTooLarge, "the body is too long")
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), raw...))
		rp.mu.Lock()
		defer rp.mu.Unlock()
		a, known := rp.byKey[key]
		switch {
		case known && a.request != sum:
			problem(w, http.StatusUnprocessableEntity, "this idempotency key was used for another request")
			return
		case !known:
			kept := &keeper{ResponseWriter: w, status: http.StatusOK}
			next.ServeHTTP(kept, r)
			if kept.status < 500 {
				rp.keep(key, answer{sum, kept.status, w.Header().Get("Content-Type"), kept.body.Bytes()})
			}
			return
		}
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	})
}

// keep is called with rp.mu held.
func (rp *repeats) keep(key string, a answer) {
	if len(rp.order) == maxRepeats {
		delete(rp.byKey, rp.order[0])
		rp.order = rp.order[1:]
	}
	rp.byKey[key] = a
	rp.order = append(rp.order, key)
}

// keeper copies what is answered.
type keeper struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeper) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}
