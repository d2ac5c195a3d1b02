package console

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
)

// What the audit list says of callbacks.
const (
	tookCallback     = "took_callback"
	gaveBackCallback = "gave_back_callback"
	rangCallback     = "rang_callback"
	movedCallback    = "moved_callback"
)

// setAct is what the audit list says when a callback is set to a state.
var setAct = map[string]string{store.OutboundOpen: "opened_callback", store.OutboundDone: "did_callback", store.OutboundDropped: "dropped_callback"}

func callbackState(state string) bool { return setAct[state] != "" }

func callbackName(id int64) string { return fmt.Sprintf("callback %d", id) }

// mostLater is how far ahead somebody may be promised a call.
const mostLater = 366 * 24 * time.Hour

const codeTaken = "callback_taken"

// CallbackTaken says that a callback is another user's.
func CallbackTaken(by string) *NotCalled {
	return &NotCalled{Status: http.StatusConflict, Code: codeTaken, Detail: fmt.Sprintf("%s has taken this callback", by)}
}

// callbackChange is what PATCH /api/v1/callbacks/{id} may change, one thing at a time.
type callbackChange struct {
	State string    `json:"state"`
	Taken *bool     `json:"taken"`
	Next  time.Time `json:"next"`
}

// complaint says what is wrong with the form of a change; "" when nothing is.
func (c callbackChange) complaint(now time.Time) string {
	n := 0
	for _, given := range []bool{c.State != "", c.Taken != nil, !c.Next.IsZero()} {
		if given {
			n++
		}
	}
	switch {
	case n != 1:
		return "send one of state, taken and next"
	case c.State != "" && !callbackState(c.State):
		return fmt.Sprintf("state: %.40q is not one; use open, done or dropped", c.State)
	case !c.Next.IsZero() && (c.Next.Before(now) || c.Next.After(now.Add(mostLater))):
		return "next: a moment to come, within a year"
	}
	return ""
}

// setCallback changes one callback: its state, who has taken it, or when it is to be rung.
func (s *Server) setCallback(w http.ResponseWriter, r *http.Request) {
	var change callbackChange
	if !s.decodeAs(w, r, `{"state": "done"}, "open" or "dropped", {"taken": true} or {"next": "2026-11-23T15:00:00+01:00"},`, &change, "application/json", "application/merge-patch+json") {
		return
	}
	if bad := change.complaint(s.now()); bad != "" {
		s.fail(w, r, http.StatusBadRequest, bad)
		return
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.broken(w, r, store.ErrNotFound)
		return
	}
	switch {
	case change.State != "":
		s.changed(w, r, id, setAct[change.State], "", s.d.Store.SetCallback(r.Context(), id, change.State))
	case s.d.Outbound == nil || s.d.Place == nil:
		s.refuse(w, r, http.StatusServiceUnavailable, "no_calls", "this gateway places no calls")
	case change.Taken != nil:
		s.takeCallback(w, r, id, *change.Taken)
	default:
		s.moveCallback(w, r, id, change.Next)
	}
}

// takeCallback gives a callback to who asks, or back to everybody. One that somebody has already is theirs,
// but for supervisors.
func (s *Server) takeCallback(w http.ResponseWriter, r *http.Request, id int64, take bool) {
	me, over := who(r).User, who(r).May(accounts.Supervise)
	cb, err := s.d.Outbound.OutboundCall(r.Context(), id)
	if err == nil && cb.Kind != store.KindCallback {
		err = store.ErrNotFound
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	act, taker := tookCallback, me
	if !take {
		act, taker = gaveBackCallback, ""
		over = over || cb.Taker == me
	}
	was, err := s.d.Outbound.TakeOutbound(r.Context(), id, taker, over)
	if errors.Is(err, store.ErrNotClaimed) {
		if was != "" && was != me {
			no := CallbackTaken(was)
			s.refuse(w, r, no.Status, no.Code, no.Detail)
			return
		}
		s.refuse(w, r, http.StatusConflict, "callback_closed", "the callback is "+cb.State+"; set it to open first")
		return
	}
	detail := ""
	if was != "" && was != me {
		detail = "it was " + was + "'s"
	}
	s.changed(w, r, id, act, detail, err)
}

// moveCallback keeps a callback for another time.
func (s *Server) moveCallback(w http.ResponseWriter, r *http.Request, id int64, at time.Time) {
	cb, err := s.d.Outbound.OutboundCall(r.Context(), id)
	switch {
	case err == nil && cb.Kind != store.KindCallback:
		err = store.ErrNotFound
	case err == nil && cb.Taker != "" && cb.Taker != who(r).User && !who(r).May(accounts.Supervise):
		no := CallbackTaken(cb.Taker)
		s.refuse(w, r, no.Status, no.Code, no.Detail)
		return
	}
	if err == nil {
		err = s.d.Place.Later(r.Context(), id, at)
	}
	if errors.Is(err, outbound.ErrTaken) {
		s.refuse(w, r, http.StatusConflict, "callback_closed", "the callback is "+cb.State+"; it cannot be moved")
		return
	}
	if no, ok := errors.AsType[*outbound.Refusal](err); ok {
		s.refuse(w, r, no.Status, no.Code, no.Detail)
		return
	}
	s.changed(w, r, id, movedCallback, at.UTC().Format(time.RFC3339), err)
}

// changed answers for a change of a callback, and writes it into the audit list.
func (s *Server) changed(w http.ResponseWriter, r *http.Request, id int64, act, detail string, err error) {
	if err == nil {
		err = s.acc.Audit(r.Context(), who(r), act, callbackName(id), detail)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
