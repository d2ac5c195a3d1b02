package console

import (
	"net/http"
	"time"
)

// Trunk is how a carrier or a telephone system is doing that calls leave by, as the API tells it.
type Trunk struct {
	Name            string     `json:"name"`
	Addr            string     `json:"addr"`
	Up              bool       `json:"up"`                         // nothing says that it is gone
	Since           *time.Time `json:"since,omitempty"`            // of up; absent when it never changed
	Why             string     `json:"why,omitempty"`              // it is not up, or not registered
	Register        bool       `json:"register"`                   // we should be registered there
	RegisteredUntil *time.Time `json:"registered_until,omitempty"` // absent: we are not
	Calls           int        `json:"calls"`
	MaxCalls        int        `json:"max_calls"` // 0: no bound
}

// listTrunks is GET /api/v1/trunks.
func (s *Server) listTrunks(w http.ResponseWriter, _ *http.Request) {
	list := []Trunk{}
	if s.d.Trunks != nil {
		list = append(list, s.d.Trunks()...)
	}
	answer(w, map[string]any{"trunks": list})
}
