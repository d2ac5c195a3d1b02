package console

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// openapi is a copy of docs/openapi.yaml, because embedding cannot reach outside the package; a
// test holds the two together.
//
//go:generate cp ../../docs/openapi.yaml openapi.yaml
//go:embed openapi.yaml
var openapi []byte

// eventJSON is an event as API and stream show it.
type eventJSON struct {
	Conv string     `json:"conversation,omitempty"` // only in the stream
	Seq  uint64     `json:"seq"`
	At   time.Time  `json:"at"`
	Type string     `json:"type"`
	Body event.Body `json:"body"`
}

func (s *Server) listConversations(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	out := struct {
		Conversations []store.Summary `json:"conversations"`
		Next          string          `json:"next,omitempty"`
		Indexing      *indexing       `json:"indexing,omitempty"`
	}{Conversations: []store.Summary{}}
	for sum, err := range s.d.Store.Conversations(r.Context(), q) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		out.Conversations = append(out.Conversations, sum)
	}
	if n := len(out.Conversations); n == q.Limit {
		out.Next = "/api/v1/conversations?" + nextPage(q, out.Conversations[n-1])
	}
	if out.Indexing, err = s.indexing(r.Context(), q); err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, out)
}

// indexing says that conversations of before the index are not all found yet.
type indexing struct {
	Left int `json:"left"`
	Of   int `json:"of"`
}

// indexing is nil when nothing is left, or when the answer does not depend on it.
func (s *Server) indexing(ctx context.Context, q store.Query) (*indexing, error) {
	if s.d.Index == nil || q.Text == "" && q.Number == "" && q.Queue == "" {
		return nil, nil
	}
	left, of, err := s.d.Index.Indexing(ctx)
	if left == 0 || err != nil {
		return nil, err
	}
	return &indexing{left, of}, nil
}

// record is one conversation with its events.
func (s *Server) record(r *http.Request, id string) (store.Summary, []event.Event, error) {
	sum, err := s.d.Store.Conversation(r.Context(), id)
	if err != nil {
		return sum, nil, err
	}
	var evs []event.Event
	for e, err := range s.d.Store.Events(r.Context(), id, 0) {
		if err != nil {
			return sum, nil, err
		}
		evs = append(evs, e)
	}
	return sum, evs, nil
}

func (s *Server) oneConversation(w http.ResponseWriter, r *http.Request) {
	sum, evs, err := s.record(r, r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	out := struct {
		store.Summary
		Timezone string       `json:"timezone"`
		Events   []eventJSON  `json:"events"`
		Lines    []Line       `json:"transcript"`
		Views    []store.View `json:"viewed_by"`
	}{Summary: sum, Timezone: s.location(sum.Bot).String(), Events: make([]eventJSON, len(evs)), Lines: Lines(evs, s.langFor(r, sum.Lang), s.d.Agent)}
	if out.Views, err = s.viewers(r.Context(), sum.ID); err != nil {
		s.broken(w, r, err)
		return
	}
	for i, e := range evs {
		out.Events[i] = eventJSON{Seq: e.Seq, At: e.At, Type: e.Body.Type(), Body: e.Body}
	}
	answer(w, out)
}

func (s *Server) plainTranscript(w http.ResponseWriter, r *http.Request) {
	sum, evs, err := s.record(r, r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	lang := s.langFor(r, sum.Lang)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, Plain(sum, evs, lang, s.location(sum.Bot), s.d.Agent))
}

func (s *Server) listCallbacks(w http.ResponseWriter, r *http.Request) {
	q := store.CallbackQuery{State: r.URL.Query().Get("state"), Limit: 100}
	if q.State != "" && !outboundState(q.State) {
		s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("state: %.40q is not one; use pending, %s", q.State, strings.Join(store.OutboundStates, ", ")))
		return
	}
	if v := r.URL.Query().Get("limit"); v != "" {
		var err error
		if q.Limit, err = strconv.Atoi(v); err != nil || q.Limit < 1 || q.Limit > 500 {
			s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("limit: %.40q is not a number from 1 to 500", v))
			return
		}
	}
	out := struct {
		Callbacks []store.Callback `json:"callbacks"`
	}{[]store.Callback{}}
	for c, err := range s.d.Store.Callbacks(r.Context(), q) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		out.Callbacks = append(out.Callbacks, c)
	}
	answer(w, out)
}

func (s *Server) description(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openapi)
}

func (s *Server) alive(w http.ResponseWriter, r *http.Request) {
	answer(w, map[string]string{"status": "alive"})
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.d.Ready(); err != nil {
		w.Header().Set("Retry-After", "5")
		s.fail(w, r, http.StatusServiceUnavailable, err.Error())
		return
	}
	answer(w, map[string]string{"status": "ready"})
}

// broken answers for an error of the store: 404 for what is not there, 500 for the rest, whose
// text goes to the log only.
func (s *Server) broken(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.refuse(w, r, http.StatusNotFound, "no_record", "there is no such record; it may have been erased")
	case r.Context().Err() != nil:
		return // they have gone
	default:
		s.d.Log.Error("console: the record could not be read", "route", r.Pattern, "error", err)
		s.refuse(w, r, http.StatusInternalServerError, "broken", "the record could not be read; the log says why")
	}
}

func (s *Server) location(bot string) *time.Location {
	if loc := s.d.Location(bot); loc != nil {
		return loc
	}
	return time.UTC
}
