package console

import (
	"net/http"
	"time"
)

// mostDead is how many deliveries that were given up are listed, the newest.
const mostDead = 200

// deadLetter is a delivery to a webhook that was given up. What it would have told is in the record.
type deadLetter struct {
	ID    int64     `json:"id"`
	Conv  string    `json:"conversation"`
	URL   string    `json:"url"`
	Key   string    `json:"webhook_id"`
	At    time.Time `json:"at"`
	Tries int       `json:"tries"`
}

// deadLetters lists what others should have been told and were not.
func (s *Server) deadLetters(w http.ResponseWriter, r *http.Request) {
	if s.d.Dead == nil {
		s.fail(w, r, http.StatusNotFound, "this gateway tells nobody")
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
	answer(w, map[string]any{"dead": out})
}
