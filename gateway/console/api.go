package console

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
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
	answer(w, out)
}

var wordShape = regexp.MustCompile(`^[a-z_]{1,40}$`)

// parseQuery reads ?before=&before_id=&limit=&channel=&outcome=&open= strictly: a filter that
// is not understood must not look as if it had matched everything.
func parseQuery(raw string) (store.Query, error) {
	q := store.Query{Limit: 50}
	vals, err := url.ParseQuery(raw)
	if err != nil {
		return q, errors.New("the query cannot be read; escape it as a URL")
	}
	for key, vs := range vals {
		v := vs[0]
		if len(vs) > 1 {
			return q, fmt.Errorf("%.40q is given twice; give it once", key)
		}
		if v == "" {
			continue // an empty form field
		}
		switch key {
		case "before":
			if q.Before, err = time.Parse(time.RFC3339Nano, v); err != nil || q.Before.Year() < 1970 || q.Before.Year() > 9999 {
				return q, fmt.Errorf("before: %.40q is not a time; write it as 2026-11-21T09:30:00Z", v)
			}
		case "before_id":
			if len(v) > 200 {
				return q, errors.New("before_id: longer than 200 bytes")
			}
			q.BeforeID = v
		case "limit":
			if q.Limit, err = strconv.Atoi(v); err != nil || q.Limit < 1 || q.Limit > 500 {
				return q, fmt.Errorf("limit: %.40q is not a number from 1 to 500", v)
			}
		case "channel", "outcome":
			if !wordShape.MatchString(v) {
				return q, fmt.Errorf("%s: %.40q is not one; it is a word in small letters", key, v)
			}
			if key == "channel" {
				q.Channel = v
			} else {
				q.Outcome = v
			}
		case "open":
			if q.Open, err = strconv.ParseBool(v); err != nil {
				return q, fmt.Errorf("open: %.40q is neither true nor false", v)
			}
		case "lang": // of the pages
		default:
			return q, fmt.Errorf("%.40q is not a filter; there are before, before_id, limit, channel, outcome and open", key)
		}
	}
	if q.BeforeID != "" && q.Before.IsZero() {
		return q, errors.New("before_id: needs before")
	}
	return q, nil
}

// nextPage is the query of what follows last.
func nextPage(q store.Query, last store.Summary) string {
	v := url.Values{"before": {last.Start.UTC().Format(time.RFC3339Nano)}, "before_id": {last.ID}, "limit": {strconv.Itoa(q.Limit)}}
	if q.Channel != "" {
		v.Set("channel", q.Channel)
	}
	if q.Outcome != "" {
		v.Set("outcome", q.Outcome)
	}
	if q.Open {
		v.Set("open", "true")
	}
	return v.Encode()
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
		Timezone string      `json:"timezone"`
		Events   []eventJSON `json:"events"`
		Lines    []Line      `json:"transcript"`
	}{Summary: sum, Timezone: s.location(sum.Bot).String(), Events: make([]eventJSON, len(evs)), Lines: Lines(evs, s.langFor(r, sum.Lang), s.d.Agent)}
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
	if q.State != "" && !callbackState(q.State) {
		s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("state: %.40q is not one; use open, done or dropped", q.State))
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

func callbackState(s string) bool { return s == "open" || s == "done" || s == "dropped" }

func (s *Server) setCallback(w http.ResponseWriter, r *http.Request) {
	if mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mt != "application/json" && mt != "application/merge-patch+json" {
		s.fail(w, r, http.StatusUnsupportedMediaType, `send {"state": "done"} as application/json`)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.fail(w, r, http.StatusRequestEntityTooLarge, `send {"state": "done"} and nothing more`)
		return
	}
	var change struct {
		State string `json:"state"`
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&change); err != nil || dec.More() || !callbackState(change.State) {
		s.fail(w, r, http.StatusBadRequest, `send {"state": "open"}, "done" or "dropped", and nothing more`)
		return
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.broken(w, r, store.ErrNotFound)
		return
	}
	if err := s.d.Store.SetCallback(r.Context(), id, change.State); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
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
		s.fail(w, r, http.StatusNotFound, "there is no such record; it may have been erased")
	case r.Context().Err() != nil:
		return // they have gone
	default:
		s.d.Log.Error("console: the record could not be read", "route", r.Pattern, "error", err)
		s.fail(w, r, http.StatusInternalServerError, "the record could not be read; the log says why")
	}
}

func (s *Server) location(bot string) *time.Location {
	if loc := s.d.Location(bot); loc != nil {
		return loc
	}
	return time.UTC
}
