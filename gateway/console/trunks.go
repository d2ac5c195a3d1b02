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

// Satellite is how an open speaker is doing that the gateway connects to, as the API tells it.
type Satellite struct {
	Name      string     `json:"name"`
	Addr      string     `json:"addr"`
	Connected bool       `json:"connected"`
	Since     *time.Time `json:"since,omitempty"` // of the last connection; absent when there never was one
	Why       string     `json:"why,omitempty"`   // it is not connected
	InCall    bool       `json:"in_call"`
	Software  string     `json:"software,omitempty"` // what it says that it is
	Area      string     `json:"area,omitempty"`     // and where it stands
}

// listSatellites is GET /api/v1/satellites.
func (s *Server) listSatellites(w http.ResponseWriter, _ *http.Request) {
	list := []Satellite{}
	if s.d.Satellites != nil {
		list = append(list, s.d.Satellites()...)
	}
	answer(w, map[string]any{"satellites": list})
}

// Phone is where an agent's own phone is registered from, as the API tells it.
type Phone struct {
	Username string     `json:"username"`
	Contacts int        `json:"contacts"`        // places that ring; 0: not registered
	Until    *time.Time `json:"until,omitempty"` // when the last of them ends
}

// listPhones is GET /api/v1/phones.
func (s *Server) listPhones(w http.ResponseWriter, _ *http.Request) {
	list := []Phone{}
	if s.d.Phones != nil {
		list = append(list, s.d.Phones()...)
	}
	answer(w, map[string]any{"phones": list})
}
