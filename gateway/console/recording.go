package console

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/record"
	"decroche/gateway/store"
)

// Recordings gives and deletes the sound of calls; a record.Recorder does.
type Recordings interface {
	// Open opens the file: store.ErrNotFound, or record.ErrOpen while it is written.
	Open(ctx context.Context, conv string) (*os.File, store.Recording, error)
	// Opened notes in the conversation that somebody listened.
	Opened(ctx context.Context, conv, by, from string)
	Delete(ctx context.Context, conv string) error
	// DeleteCaller deletes every recording of a caller and returns how many.
	DeleteCaller(ctx context.Context, caller string) (int, error)
}

// What the audit list says of recordings.
const (
	heardRecording    = "heard_recording"
	deletedRecording  = "deleted_recording"
	deletedRecordings = "deleted_recordings" // of one caller, whose number is not told: they asked for that
)

const (
	// recordingTime is how long a recording may take to be sent: an hour of sound in ten minutes
	// needs 100 kB a second.
	recordingTime = 10 * time.Minute
	// listening is one event in the record, not one for each range that a player asks for.
	listening = 10 * time.Minute
	// maxListeners bounds how many are told apart; beyond it each request is an event.
	maxListeners = 1000
)

// listeners remembers who listens to what, so that one listening is noted once.
type listeners struct {
	mu   sync.Mutex
	seen map[string]time.Time // by conversation and address
}

// fresh reports whether this listening is to be noted.
func (l *listeners) fresh(who string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]time.Time{}
	}
	for k, at := range l.seen {
		if now.Sub(at) >= listening {
			delete(l.seen, k)
		}
	}
	if _, ok := l.seen[who]; ok {
		return false
	}
	if len(l.seen) < maxListeners {
		l.seen[who] = now
	}
	return true
}

// withRecordings answers 404 where nothing is ever recorded.
func (s *Server) withRecordings(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.d.Recordings == nil {
			s.fail(w, r, http.StatusNotFound, "this gateway keeps no recordings")
			return
		}
		next(w, r)
	}
}

func (s *Server) getRecording(w http.ResponseWriter, r *http.Request) {
	s.sendRecording(w, r, r.PathValue("id"), "api")
}

// linkedRecording is for an agent who has only the link to the transcript.
func (s *Server) linkedRecording(w http.ResponseWriter, r *http.Request) {
	conv, err := s.d.Store.Link(r.Context(), r.PathValue("token"), s.now())
	switch {
	case errors.Is(err, store.ErrNotFound) && !s.wrongAgain(r):
		s.tooMany(w, r)
	case err != nil:
		s.broken(w, r, err)
	default:
		s.sendRecording(w, r, conv, "link")
	}
}

// sendRecording sends the file, or the ranges of it that are asked for.
func (s *Server) sendRecording(w http.ResponseWriter, r *http.Request, conv, by string) {
	f, rec, err := s.d.Recordings.Open(r.Context(), conv)
	if errors.Is(err, record.ErrOpen) {
		s.fail(w, r, http.StatusConflict, "the call is still being recorded; ask again when it has ended")
		return
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	defer f.Close()
	from := r.RemoteAddr
	if host, _, err := net.SplitHostPort(from); err == nil {
		from = host
	}
	if me := who(r); r.Method != http.MethodHead && s.listeners.fresh(conv+" "+from+" "+me.User, s.now()) {
		if err := s.noteListening(r, conv); err != nil {
			s.broken(w, r, err)
			return
		}
		s.d.Recordings.Opened(r.Context(), conv, by, from)
	}
	h := w.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("Content-Disposition", `inline; filename="`+rec.Start.Format("2006-01-02T15-04-05")+`.wav"`)
	h.Set("Cache-Control", "no-store")
	h.Set("ETag", `"`+rec.SHA256+`"`)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(recordingTime))
	http.ServeContent(w, r, "", rec.Start, f)
}

// noteListening writes down who listens, before they hear anything. Who has only the link is nobody; the
// record of the call has their address.
func (s *Server) noteListening(r *http.Request, conv string) error {
	if !who(r).Known() {
		return nil
	}
	return s.acc.Audit(r.Context(), who(r), heardRecording, "conversation "+conv, "")
}

func (s *Server) deleteRecording(w http.ResponseWriter, r *http.Request) {
	if _, err := s.d.Store.Conversation(r.Context(), r.PathValue("id")); err != nil {
		s.broken(w, r, err)
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), deletedRecording, "conversation "+r.PathValue("id"), ""); err != nil {
		s.broken(w, r, err)
		return
	}
	if err := s.d.Recordings.Delete(r.Context(), r.PathValue("id")); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// deleteRecordings deletes what there is of one caller, who may ask for that (GDPR article 17).
func (s *Server) deleteRecordings(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	caller := q.Get("caller")
	if store.Caller(caller) == "" || len(q) != 1 || len(q["caller"]) != 1 {
		s.fail(w, r, http.StatusBadRequest, "caller: name the number or address whose recordings are to be deleted, and nothing else: ?caller=%2B33612345678")
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), deletedRecordings, "recordings of one caller", ""); err != nil {
		s.broken(w, r, err)
		return
	}
	n, err := s.d.Recordings.DeleteCaller(r.Context(), caller)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, map[string]int{"deleted": n})
}

// recorded reports whether a conversation has a recording, by its events: one that was kept and
// not deleted since.
func recorded(evs []event.Event) (has bool) {
	for _, e := range evs {
		switch e.Body.(type) {
		case event.Recorded:
			has = true
		case event.RecordingDeleted:
			has = false
		}
	}
	return has
}
