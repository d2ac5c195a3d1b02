package console

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"decroche/gateway/store"
)

// mostDead is how many deliveries that were given up are listed, the newest.
const mostDead = 200

// What the audit list says of deliveries.
const (
	retriedDeliveries = "retried_deliveries"
	droppedDeliveries = "dropped_deliveries"
)

// Letters are deliveries to other systems that were given up. Its methods are safe for concurrent use.
type Letters interface {
	// DeadDeliveries are the newest, at most limit, newest first.
	DeadDeliveries(ctx context.Context, limit int) ([]store.Delivery, error)
	// CountDeliveries returns how many wait and how many were given up.
	CountDeliveries(ctx context.Context) (waiting, dead int, err error)
	// Retry has those with one of the ids, nil for all, tried again at once, as if for the first time. What is
	// for somebody who is no longer configured stays as it is. It returns how many are tried.
	Retry(ctx context.Context, ids []int64) (int, error)
	// DropDeliveries forgets those with one of the ids, nil for all, and returns how many.
	DropDeliveries(ctx context.Context, ids []int64) (int, error)
}

// deadLetter is a delivery that was given up. What it would have told is in the record.
type deadLetter struct {
	ID    int64     `json:"id"`
	Conv  string    `json:"conversation"`
	URL   string    `json:"url"`
	Key   string    `json:"webhook_id"`
	At    time.Time `json:"at"`
	Tries int       `json:"tries"`
}

// withLetters answers 404 where nobody is told anything.
func (s *Server) withLetters(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.d.Dead == nil {
			s.fail(w, r, http.StatusNotFound, "this gateway tells nobody")
			return
		}
		handle(w, r)
	}
}

// deadLetters lists what others should have been told and were not.
func (s *Server) deadLetters(w http.ResponseWriter, r *http.Request) {
	waiting, given, err := s.d.Dead.CountDeliveries(r.Context())
	if err != nil {
		s.broken(w, r, err)
		return
	}
	dead, err := s.d.Dead.DeadDeliveries(r.Context(), mostDead)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	out := []deadLetter{}
	for _, d := range dead {
		out = append(out, deadLetter{d.ID, d.Conv, d.Hook, d.Key, d.At, d.Tries})
	}
	answer(w, map[string]any{"waiting": waiting, "given_up": given, "dead": out})
}

// retryDead and dropDead have deliveries that were given up sent after all, or forgotten.
func (s *Server) retryDead(w http.ResponseWriter, r *http.Request) {
	s.changeDead(w, r, retriedDeliveries, "retried", s.d.Dead.Retry)
}

func (s *Server) dropDead(w http.ResponseWriter, r *http.Request) {
	s.changeDead(w, r, droppedDeliveries, "dropped", s.d.Dead.DropDeliveries)
}

func (s *Server) changeDead(w http.ResponseWriter, r *http.Request, act, done string, change func(context.Context, []int64) (int, error)) {
	var body struct {
		IDs []int64 `json:"ids"`
		All bool    `json:"all"`
	}
	if !s.decode(w, r, `{"ids": [12, 13]} or {"all": true}`, &body) {
		return
	}
	if len(body.IDs) > 0 == body.All || len(body.IDs) > mostDead {
		s.fail(w, r, http.StatusUnprocessableEntity, fmt.Sprintf("say which: ids, at most %d, or all: true", mostDead))
		return
	}
	which := "all"
	if !body.All {
		which = fmt.Sprintf("%d of them", len(body.IDs))
	}
	if err := s.acc.Audit(r.Context(), who(r), act, "deliveries", which); err != nil {
		s.broken(w, r, err)
		return
	}
	n, err := change(r.Context(), body.IDs)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, map[string]int{done: n})
}
