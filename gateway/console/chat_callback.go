package console

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"decroche/gateway/store"
)

// NotCalled says why somebody was not rung back, in words for whoever asked.
type NotCalled struct {
	Status int    // as HTTP says it
	Code   string // for pages that say it in their own words
	Detail string
}

func (e *NotCalled) Error() string { return "console: " + e.Detail }

// ringMost is the longest that a phone rings before the request is answered.
const ringMost = 3 * time.Minute

// callBack rings somebody and answers when they have picked up, or not.
func (s *Server) callBack(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.broken(w, r, store.ErrNotFound)
		return
	}
	if s.d.CallBack == nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "no_calls", "this gateway places no calls")
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(ringMost + streamWrite))
	if err := s.acc.Audit(r.Context(), who(r), rangCallback, callbackName(id), ""); err != nil {
		s.broken(w, r, err)
		return
	}
	conv, err := s.d.CallBack(r.Context(), id, who(r).User)
	var no *NotCalled
	switch {
	case errors.As(err, &no):
		s.refuse(w, r, no.Status, no.Code, no.Detail)
	case err != nil:
		s.broken(w, r, err)
	default:
		answer(w, map[string]string{"conversation": conv})
	}
}
