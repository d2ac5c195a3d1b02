package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"decroche/gateway/outbound"
	"decroche/gateway/store"
)

// Placer takes orders for calls. Its errors may be an *outbound.Refusal.
type Placer interface {
	// Order checks an order and keeps it; existing says that it was taken before, by its key.
	Order(ctx context.Context, o store.OutboundCall) (_ store.OutboundCall, existing bool, err error)
	// Drop cancels a call; one that rings stops.
	Drop(ctx context.Context, id int64, why string) error
	// Later keeps a call for a moment, and not before; outbound.ErrTaken when it rings now or is finished.
	Later(ctx context.Context, id int64, at time.Time) error
	// Number is the form in which numbers are compared.
	Number(typed string) (string, error)
}

// What the audit list says of calls and numbers.
const (
	orderedCall   = "ordered_call"
	cancelledCall = "cancelled_call"
	addedNoCall   = "added_do_not_call"
	removedNoCall = "removed_do_not_call"
)

// Bounds of an order, in bytes.
const (
	mostReason  = 200
	mostMessage = 1000
	mostGiven   = 50
)

// withCalls refuses where no calls are placed.
func (s *Server) withCalls(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.d.Outbound == nil || s.d.Place == nil {
			s.fail(w, r, http.StatusServiceUnavailable, "this gateway places no calls")
			return
		}
		h(w, r)
	}
}

// callOut is one call as the API tells it.
type callOut struct {
	ID          int64                   `json:"id"`
	Kind        string                  `json:"kind"`
	To          string                  `json:"to"`
	State       string                  `json:"state"`
	Ordered     time.Time               `json:"ordered"`
	Next        time.Time               `json:"next,omitzero"`
	NotBefore   time.Time               `json:"not_before,omitzero"`
	NotAfter    time.Time               `json:"not_after,omitzero"`
	Tries       int                     `json:"tries"`
	Last        string                  `json:"last,omitempty"`
	Bot         string                  `json:"bot,omitempty"`
	Lang        string                  `json:"lang,omitempty"`
	Start       string                  `json:"start,omitempty"`
	Name        string                  `json:"name,omitempty"`
	Reason      string                  `json:"reason,omitempty"`
	Campaign    string                  `json:"campaign,omitempty"`
	Consent     *store.Consent          `json:"consent,omitempty"`
	OnVoicemail string                  `json:"on_voicemail,omitempty"`
	OrderedBy   string                  `json:"ordered_by,omitempty"`
	Conv        string                  `json:"conversation,omitempty"` // of the call that was answered
	Attempts    []store.OutboundAttempt `json:"attempts,omitempty"`
}

func outOf(c store.OutboundCall, tries []store.OutboundAttempt) callOut {
	to := c.Number
	if to == "" {
		to = c.Phone
	}
	return callOut{ID: c.ID, Kind: c.Kind, To: to, State: c.State, Ordered: c.At, Next: c.Due, NotBefore: c.From, NotAfter: c.Until, Tries: c.Tries, Last: c.Last,
		Bot: c.Plan.Bot, Lang: c.Lang, Start: c.Plan.Start, Name: c.Plan.Name, Reason: c.Reason, Campaign: c.Campaign, Consent: c.Plan.Consent,
		OnVoicemail: c.Plan.OnVoicemail, OrderedBy: c.Plan.OrderedBy, Conv: c.Call, Attempts: tries}
}

// order is what a program sends.
type order struct {
	To          string            `json:"to"`
	Bot         string            `json:"bot"`
	Start       string            `json:"start"`
	Lang        string            `json:"lang"`
	Name        string            `json:"name"`
	Reason      string            `json:"reason"`
	Slots       map[string]string `json:"slots"`
	Campaign    string            `json:"campaign"`
	Consent     *store.Consent    `json:"consent"`
	NotBefore   time.Time         `json:"not_before"`
	NotAfter    time.Time         `json:"not_after"`
	OnVoicemail string            `json:"on_voicemail"`
	Message     string            `json:"message"`
	Key         string            `json:"idempotency_key"`
}

// complaint says what is wrong with the form of an order; "" when nothing is.
func (o order) complaint() string {
	switch {
	case strings.TrimSpace(o.To) == "":
		return "to: empty; write a number, or a SIP address"
	case o.OnVoicemail != "" && o.OnVoicemail != outbound.HangUp && o.OnVoicemail != outbound.Message:
		return fmt.Sprintf("on_voicemail: %.40q is not known; use hang_up or message", o.OnVoicemail)
	case len(o.Reason) > mostReason || len(o.Name) > mostReason || len(o.To) > mostReason || len(o.Campaign) > mostReason || len(o.Start) > mostReason:
		return fmt.Sprintf("to, start, name, reason and campaign: at most %d bytes each", mostReason)
	case len(o.Message) > mostMessage:
		return fmt.Sprintf("message: at most %d bytes", mostMessage)
	case len(o.Slots) > mostGiven:
		return fmt.Sprintf("slots: at most %d", mostGiven)
	case len(o.Key) > mostReason || !utf8.ValidString(o.Key):
		return fmt.Sprintf("idempotency_key: at most %d bytes", mostReason)
	}
	return ""
}

// orderCall takes an order; 201 for a new one, 200 for one that was taken before.
func (s *Server) orderCall(w http.ResponseWriter, r *http.Request) {
	var o order
	if !s.decode(w, r, `{"to": "+33612345678", "reason": "votre rendez-vous de jeudi", "consent": {"how": "web_form", "when": "2026-10-01T10:00:00Z", "reference": "form 4711"}}`, &o) {
		return
	}
	if o.Key == "" {
		o.Key = r.Header.Get("Idempotency-Key")
	}
	if bad := o.complaint(); bad != "" {
		s.fail(w, r, http.StatusUnprocessableEntity, bad)
		return
	}
	c, existing, err := s.d.Place.Order(r.Context(), store.OutboundCall{
		Phone: o.To, Reason: o.Reason, Lang: o.Lang, From: o.NotBefore, Until: o.NotAfter, Key: o.Key, Campaign: o.Campaign,
		Plan: store.OutboundPlan{Bot: o.Bot, Start: o.Start, Name: o.Name, Slots: o.Slots, Consent: o.Consent, OnVoicemail: o.OnVoicemail, Message: o.Message, OrderedBy: who(r).User},
	})
	if err != nil {
		s.notPlaced(w, r, err)
		return
	}
	status := http.StatusOK
	if !existing {
		status = http.StatusCreated
		if err := s.acc.Audit(r.Context(), who(r), orderedCall, fmt.Sprintf("call %d", c.ID), c.Campaign); err != nil {
			s.broken(w, r, err)
			return
		}
	}
	w.Header().Set("Location", fmt.Sprintf("/api/v1/calls/%d", c.ID))
	answerStatus(w, status, outOf(c, nil))
}

// notPlaced answers for a refusal, with its code.
func (s *Server) notPlaced(w http.ResponseWriter, r *http.Request, err error) {
	if no, ok := errors.AsType[*outbound.Refusal](err); ok {
		s.refuse(w, r, no.Status, no.Code, no.Detail)
		return
	}
	if errors.Is(err, store.ErrKeyUsed) {
		s.refuse(w, r, http.StatusConflict, "key_used", "idempotency_key: it was used for a call to another number; choose another key")
		return
	}
	s.broken(w, r, err)
}

// listCalls are the calls that we place, oldest first.
func (s *Server) listCalls(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	q := store.OutboundQuery{Kind: v.Get("kind"), State: v.Get("state"), Campaign: v.Get("campaign"), Limit: 100}
	switch {
	case q.Kind != "" && q.Kind != store.KindCall && q.Kind != store.KindCallback:
		s.fail(w, r, http.StatusBadRequest, "kind: use call or callback")
		return
	case q.State != "" && !outboundState(q.State):
		s.fail(w, r, http.StatusBadRequest, "state: use pending, "+strings.Join(store.OutboundStates, ", "))
		return
	}
	if n := v.Get("limit"); n != "" {
		var err error
		if q.Limit, err = strconv.Atoi(n); err != nil || q.Limit < 1 || q.Limit > 500 {
			s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("limit: %.40q is not a number from 1 to 500", n))
			return
		}
	}
	if to := v.Get("to"); to != "" {
		var err error
		if q.Number, err = s.d.Place.Number(to); err != nil {
			s.fail(w, r, http.StatusBadRequest, "to: "+err.Error())
			return
		}
	}
	list, err := s.d.Outbound.OutboundCalls(r.Context(), q)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	out := make([]callOut, len(list))
	for i, c := range list {
		out[i] = outOf(c, nil)
	}
	answer(w, map[string]any{"calls": out})
}

func outboundState(s string) bool {
	return s == store.OutboundPending || slices.Contains(store.OutboundStates, s)
}

// callID is the call of the path; false when it was answered that there is none.
func (s *Server) callID(w http.ResponseWriter, r *http.Request) (store.OutboundCall, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.broken(w, r, store.ErrNotFound)
		return store.OutboundCall{}, false
	}
	c, err := s.d.Outbound.OutboundCall(r.Context(), id)
	if err != nil {
		s.broken(w, r, err)
		return c, false
	}
	return c, true
}

// oneCall is one call with its attempts.
func (s *Server) oneCall(w http.ResponseWriter, r *http.Request) {
	c, ok := s.callID(w, r)
	if !ok {
		return
	}
	tries, err := s.d.Outbound.Attempts(r.Context(), c.ID)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, outOf(c, tries))
}

// cancelCall drops a call that is not finished; when it rings it stops.
func (s *Server) cancelCall(w http.ResponseWriter, r *http.Request) {
	c, ok := s.callID(w, r)
	if !ok {
		return
	}
	if c.State == store.OutboundDone || c.State == store.OutboundDropped {
		s.refuse(w, r, http.StatusConflict, "over", "the call is "+c.State+" already")
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), cancelledCall, fmt.Sprintf("call %d", c.ID), c.Campaign); err != nil {
		s.broken(w, r, err)
		return
	}
	if err := s.d.Place.Drop(r.Context(), c.ID, "cancelled"); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// listNoCalls are the numbers that are not to be called, sorted, a page of them.
func (s *Server) listNoCalls(w http.ResponseWriter, r *http.Request) {
	const page = 500
	list, err := s.d.Outbound.NoCalls(r.Context(), r.URL.Query().Get("after"), page)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	out := struct {
		Numbers []store.NoCall `json:"numbers"`
		Next    string         `json:"next,omitempty"`
	}{Numbers: append([]store.NoCall{}, list...)}
	if len(list) == page {
		out.Next = list[page-1].Number
	}
	answer(w, out)
}

// addNoCall puts a number on the list.
func (s *Server) addNoCall(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Number string `json:"number"`
		Note   string `json:"note"`
	}
	if !s.decode(w, r, `{"number": "+33612345678", "note": "letter of 3 November"}`, &body) {
		return
	}
	number, err := s.d.Place.Number(body.Number)
	if err != nil {
		s.refuse(w, r, http.StatusUnprocessableEntity, "bad_number", "number: "+err.Error())
		return
	}
	if len(body.Note) > mostReason {
		s.fail(w, r, http.StatusUnprocessableEntity, fmt.Sprintf("note: at most %d bytes", mostReason))
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), addedNoCall, outbound.Shown(number), ""); err != nil {
		s.broken(w, r, err)
		return
	}
	if _, err := s.d.Outbound.AddNoCall(r.Context(), store.NoCall{Number: number, At: s.now(), How: "api", Who: who(r).User, Note: body.Note}); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// removeNoCall takes a number off the list: for who has said so themselves.
func (s *Server) removeNoCall(w http.ResponseWriter, r *http.Request) {
	number, err := s.d.Place.Number(r.PathValue("number"))
	if err != nil {
		s.broken(w, r, store.ErrNotFound)
		return
	}
	if err := s.acc.Audit(r.Context(), who(r), removedNoCall, outbound.Shown(number), ""); err != nil {
		s.broken(w, r, err)
		return
	}
	if err := s.d.Outbound.RemoveNoCall(r.Context(), number); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
