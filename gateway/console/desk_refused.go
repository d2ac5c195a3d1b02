package console

import (
	"errors"
	"net/http"

	"decroche/gateway/agents"
)

// deskCodes are what stands against an agent's wish, with the code under which the desk says it in its
// reader's language (schema DeskRefusal of docs/openapi.yaml).
var deskCodes = []struct {
	err    error
	status int
	code   string
}{
	{agents.ErrInCall, http.StatusConflict, "in_call"},
	{agents.ErrOffered, http.StatusConflict, "offered"},
	{agents.ErrInChats, http.StatusConflict, "in_chats"},
	{agents.ErrNotWrapUp, http.StatusConflict, "not_wrapping_up"},
	{agents.ErrExtended, http.StatusConflict, "extended"},
	{agents.ErrNoOffer, http.StatusConflict, "offer_gone"},
	{agents.ErrNoReason, http.StatusBadRequest, "no_reason"},
	{agents.ErrDecline, http.StatusBadRequest, "bad_request"},
}

// deskRefused answers for what an agent asked of their own desk; status is of an error that has none here.
func (s *Server) deskRefused(w http.ResponseWriter, r *http.Request, status int, err error) {
	for _, c := range deskCodes {
		if errors.Is(err, c.err) {
			s.refuse(w, r, c.status, c.code, err.Error())
			return
		}
	}
	s.refuse(w, r, status, "bad_request", err.Error())
}
