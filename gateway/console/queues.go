package console

import (
	"net/http"
	"time"

	"decroche/gateway/agents"
)

// Settings tell what holds of the configuration's file while the gateway runs.
type Settings struct {
	// Loaded is when what holds was read.
	Loaded time.Time `json:"loaded"`
	// Problem is why the newest file does not hold, a line for each mistake; "" when it does.
	Problem string `json:"problem,omitempty"`
	// Restart are keys of the file that have changed and are read at the start only.
	Restart []string `json:"restart,omitempty"`
}

// queuesTold is how the queues stand, and what holds of the configuration.
type queuesTold struct {
	Queues        []agents.QueueState `json:"queues"`
	Configuration *Settings           `json:"configuration,omitempty"`
}

// listQueues is GET /api/v1/queues: who waits where, read off the queues themselves.
func (s *Server) listQueues(w http.ResponseWriter, _ *http.Request) { answer(w, s.queuesNow()) }

func (s *Server) queuesNow() queuesTold {
	out := queuesTold{Queues: []agents.QueueState{}}
	if s.d.Desk != nil {
		out.Queues = s.d.Desk.Queues()
	}
	if s.d.Settings != nil {
		now := s.d.Settings()
		out.Configuration = &now
	}
	return out
}
