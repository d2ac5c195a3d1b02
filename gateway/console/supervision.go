package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"decroche/gateway/accounts"
)

// Act is one thing that a supervisor does with a running call.
type Act struct {
	Conv string // the conversation
	Who  string // the supervisor's user name
	What string // one of the acts below
	ID   string // role, leave, take_over: which of the people on the call

	Address string // listen: "sip:…" a telephone, "rtc:NAME" a browser that waits
	Role    string // listen, role: listen | whisper | join
	Title   string // take_over: how the caller hears them
	Text    string // hint, verbatim
	Reason  string // end
	Step    string // hand_back
	Slots   map[string]string
}

// Acts, as Act.What says them.
const (
	ActListen   = "listen"
	ActRole     = "role"
	ActLeave    = "leave"
	ActTakeOver = "take_over"
	ActHandBack = "hand_back"
	ActHint     = "hint"
	ActVerbatim = "verbatim"
	ActEnd      = "end"
)

// audited is how the audit list says each act.
var audited = map[string]string{
	ActListen: "listened", ActRole: "changed_role", ActLeave: "stopped_listening", ActTakeOver: "took_over",
	ActHandBack: "handed_back", ActHint: "hinted", ActVerbatim: "dictated", ActEnd: "ended_call",
}

// notDone is the word in the audit list for an act, written down before, that then could not be done.
const notDone = "not_done"

// NotDone says why an act was not done, for the person who asked.
type NotDone struct {
	Status int    // of HTTP
	Code   string // for pages that say it in their own words
	Detail string
}

func (e *NotDone) Error() string { return e.Detail }

// act does a, once it stands in the audit list: an act that cannot be written down is not done. The
// words of a hint are in the record of the call, not in the list.
func (s *Server) act(w http.ResponseWriter, r *http.Request, a Act, detail string) (id string, ok bool) {
	if s.d.Supervise == nil {
		s.fail(w, r, http.StatusServiceUnavailable, "this gateway conducts no calls")
		return "", false
	}
	a.Conv, a.ID, a.Who = r.PathValue("id"), r.PathValue("who"), who(r).User
	about := "conversation " + a.Conv
	if err := s.acc.Audit(r.Context(), who(r), audited[a.What], about, detail); err != nil {
		s.broken(w, r, err)
		return "", false
	}
	id, err := s.d.Supervise(r.Context(), a)
	if err == nil {
		return id, true
	}
	if aerr := s.acc.Audit(context.WithoutCancel(r.Context()), who(r), notDone, about, audited[a.What]+": "+err.Error()); aerr != nil {
		s.d.Log.Error("console: an act that was not done could not be written down as such", "error", aerr)
	}
	s.actFailed(w, r, err)
	return "", false
}

func (s *Server) actFailed(w http.ResponseWriter, r *http.Request, err error) {
	if no, ok := errors.AsType[*NotDone](err); ok {
		s.refuse(w, r, no.Status, no.Code, no.Detail)
		return
	}
	s.broken(w, r, err)
}

// supervision tells who is on a call and what can be done with it.
func (s *Server) supervision(w http.ResponseWriter, r *http.Request) {
	if s.d.Supervision == nil {
		s.fail(w, r, http.StatusServiceUnavailable, "this gateway conducts no calls")
		return
	}
	st, err := s.d.Supervision(r.Context(), r.PathValue("id"))
	if err != nil {
		s.actFailed(w, r, err)
		return
	}
	answer(w, st)
}

// superviseListen dials the supervisor's line and answers once they hear the call.
func (s *Server) superviseListen(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Address string `json:"address"`
		Role    string `json:"role"`
	}
	if !s.decode(w, r, `{"address": "sip:…" or "rtc:me", "role": "listen"},`, &body) {
		return
	}
	if body.Address == "rtc:me" {
		body.Address = "rtc:" + who(r).User
	}
	switch {
	case body.Role == "":
		body.Role = ActListen
	case !supervisorRole(body.Role):
		s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("role: %.40q is none; use listen, whisper or join", body.Role))
		return
	}
	if user, browser := strings.CutPrefix(body.Address, "rtc:"); browser && user != who(r).User {
		s.fail(w, r, http.StatusBadRequest, "address: another person's browser; use rtc:me")
		return
	} else if !browser && !strings.HasPrefix(body.Address, "sip:") || len(body.Address) > 200 {
		s.fail(w, r, http.StatusBadRequest, "address: use sip:… for a telephone, or rtc:me for this browser")
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(ringMost + streamWrite))
	id, ok := s.act(w, r, Act{What: ActListen, Address: body.Address, Role: body.Role}, body.Role+" at "+body.Address)
	if !ok {
		return
	}
	w.Header().Set("Location", r.URL.Path+"/"+id)
	answerStatus(w, http.StatusCreated, map[string]string{"id": id, "role": body.Role})
}

func supervisorRole(s string) bool { return s == "listen" || s == "whisper" || s == "join" }

func (s *Server) superviseRole(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Role string `json:"role"`
	}
	if !s.decode(w, r, `{"role": "listen"}, "whisper" or "join",`, &body) {
		return
	}
	if !supervisorRole(body.Role) {
		s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("role: %.40q is none; use listen, whisper or join", body.Role))
		return
	}
	s.done(w, r, Act{What: ActRole, Role: body.Role}, body.Role)
}

func (s *Server) superviseLeave(w http.ResponseWriter, r *http.Request) {
	s.done(w, r, Act{What: ActLeave}, "")
}

func (s *Server) superviseTakeOver(w http.ResponseWriter, r *http.Request) {
	title := who(r).Display
	if i, ok := s.named(who(r)); ok {
		title = i
	}
	s.done(w, r, Act{What: ActTakeOver, Title: title}, "")
}

// named is how callers hear somebody who is an agent too.
func (s *Server) named(i accounts.Identity) (string, bool) {
	t := s.d.Agent(i.User)
	return t, t != "" && t != i.User
}

func (s *Server) superviseHandBack(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Step  string            `json:"step"`
		Slots map[string]string `json:"slots"`
	}
	if !s.decode(w, r, `{"step": "flow/step", "slots": {"name": "value"}}, both may be left out,`, &body) {
		return
	}
	s.done(w, r, Act{What: ActHandBack, Step: body.Step, Slots: body.Slots}, body.Step)
}

func (s *Server) superviseHint(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Text     string `json:"text"`
		Verbatim bool   `json:"verbatim"`
	}
	if !s.decode(w, r, `{"text": "…", "verbatim": false},`, &body) {
		return
	}
	a := Act{What: ActHint, Text: body.Text}
	if body.Verbatim {
		a.What = ActVerbatim
	}
	if id, ok := s.act(w, r, a, ""); ok {
		answerStatus(w, http.StatusAccepted, map[string]string{"id": id})
	}
}

func (s *Server) superviseEnd(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Reason string `json:"reason"`
	}
	if !s.decode(w, r, `{"reason": "…"},`, &body) {
		return
	}
	if body.Reason = strings.TrimSpace(clean(body.Reason)); body.Reason == "" || len(body.Reason) > 300 {
		s.fail(w, r, http.StatusBadRequest, "reason: say in a few words why the call is ended")
		return
	}
	s.done(w, r, Act{What: ActEnd, Reason: body.Reason}, body.Reason)
}

// done is act for what has no answer but that it was done.
func (s *Server) done(w http.ResponseWriter, r *http.Request, a Act, detail string) {
	if _, ok := s.act(w, r, a, detail); ok {
		w.WriteHeader(http.StatusNoContent)
	}
}
