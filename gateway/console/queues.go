package console

import (
	"net/http"

	"decroche/gateway/agents"
)

// listQueues is GET /api/v1/queues: who waits where, read off the queues themselves.
func (s *Server) listQueues(w http.ResponseWriter, _ *http.Request) {
	out := struct {
		Queues []agents.QueueState `json:"queues"`
	}{[]agents.QueueState{}}
	if s.d.Desk != nil {
		out.Queues = s.d.Desk.Queues()
	}
	answer(w, out)
}
