package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"decroche/gateway/agents"
	"decroche/gateway/store"
)

const (
	mostNote = 8 << 10 // bytes of an agent's note
	mostTab  = 64      // of the name that a page gives itself
)

// withDesk answers 503 where there are no desks, and 403 to who is nobody in particular: the token
// printed at start takes no calls.
func (s *Server) withDesk(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.d.Desk == nil:
			s.refuse(w, r, http.StatusServiceUnavailable, "no_desks", "there are no desks here")
		case who(r).User == "":
			s.refuse(w, r, http.StatusForbidden, "nobody_signed_in", "sign in as an agent: the token printed at start is nobody whom callers could be put through to")
		default:
			next(w, r)
		}
	}
}

func (s *Server) deskState(w http.ResponseWriter, r *http.Request) {
	answer(w, struct {
		agents.State
		Breaks      []string `json:"breaks"`
		Conclusions []string `json:"conclusions"`
		Telephone   string   `json:"telephone,omitempty"` // theirs, as the configuration says
	}{s.d.Desk.State(who(r).User), s.d.Desk.Config().Breaks, s.d.Desk.Config().Conclusions, s.d.Desk.Own(who(r).User)})
}

// deskTeam is who is there, and how long callers wait for a person now.
func (s *Server) deskTeam(w http.ResponseWriter, _ *http.Request) {
	c := s.crew()
	c.Wait = roundWait(s.usualWait())
	answer(w, c)
}

// crew is everybody who can take callers, as others see them.
type crew struct {
	Agents []agents.Colleague `json:"agents"`           // never null: an empty team is a list too
	Wait   int64              `json:"wait_s,omitempty"` // for a person, as people say it; 0: nobody knows, or it is not told here
}

func (s *Server) crew() crew {
	if s.d.Desk == nil {
		return crew{Agents: []agents.Colleague{}}
	}
	team, _, _ := s.d.Desk.Team()
	return crewOf(team)
}

func crewOf(team []agents.Colleague) crew {
	if team == nil {
		team = []agents.Colleague{}
	}
	return crew{Agents: team}
}

// deskPresence is what an agent chooses.
func (s *Server) deskPresence(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status  agents.Status `json:"status"`
		Reason  string        `json:"reason"`
		Address *string       `json:"address"` // absent: as it was, until offline
	}
	if !s.decode(w, r, `{"status": "available"}`, &in) {
		return
	}
	if len(in.Reason) > 100 || strings.ContainsAny(in.Reason, "\r\n\x00") {
		s.refuse(w, r, http.StatusBadRequest, "too_long", "reason: write a few words on one line")
		return
	}
	me, addr := who(r), ""
	if in.Address != nil {
		var err error
		if addr, err = s.telephone(me.User, *in.Address); err != nil {
			s.refuse(w, r, http.StatusBadRequest, "telephone", err.Error())
			return
		}
	} else if in.Status != agents.Offline { // who comes back says again where they are
		addr = s.d.Desk.State(me.User).Presence.Phone
	}
	if err := s.d.Desk.Set(me.User, me.Display, in.Status, in.Reason, addr); err != nil {
		s.deskRefused(w, r, http.StatusBadRequest, err)
		return
	}
	s.deskMoved(w, r)
}

const mostAddress = 255 // bytes of a telephone's address

// telephone is what rings for what an agent typed.
func (s *Server) telephone(agent, typed string) (string, error) {
	switch {
	case len(typed) > mostAddress || !utf8.ValidString(typed) || strings.ContainsAny(typed, "\r\n\x00"):
		return "", errors.New("address: write a number, or sip:USER@HOST, on one line of 255 bytes at most")
	case s.d.Telephone != nil:
		return s.d.Telephone(agent, typed)
	}
	return strings.TrimSpace(typed), nil
}

// deskTelephone says where an agent's calls ring, the one they are in too: on a telephone, or in the
// browser again.
func (s *Server) deskTelephone(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Address *string `json:"address"`
	}
	if !s.decode(w, r, `{"address": "sip:201@192.0.2.7"}, a number, or "" for the browser,`, &in) {
		return
	}
	if in.Address == nil {
		s.refuse(w, r, http.StatusBadRequest, "bad_request", `address: is missing; write the telephone that is to ring, or "" for the browser`)
		return
	}
	me := who(r)
	addr, err := s.telephone(me.User, *in.Address)
	if err == nil {
		err = s.d.Desk.SetTelephone(me.User, me.Display, addr)
	}
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, "telephone", err.Error())
		return
	}
	s.deskMoved(w, r)
}

// deskMoved lets the call follow its agent, and answers with their desk.
func (s *Server) deskMoved(w http.ResponseWriter, r *http.Request) {
	me := who(r).User
	if s.d.Move != nil && s.d.Desk.Moves(me) != "" {
		if err := s.d.Move(r.Context(), me); err != nil {
			s.d.Log.Warn("the line from which an agent moves did not end in order", "agent", me, "error", err)
		}
	}
	answer(w, s.d.Desk.State(me))
}

// deskBeat says that a desk is there. The answer says whether it has the sound.
func (s *Server) deskBeat(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Tab        string `json:"tab"`
		Microphone bool   `json:"microphone"`
		TakeSound  bool   `json:"take_sound"`
	}
	if !s.decode(w, r, `{"tab": "k3v9", "microphone": true}`, &in) {
		return
	}
	if in.Tab == "" || len(in.Tab) > mostTab || !utf8.ValidString(in.Tab) {
		s.refuse(w, r, http.StatusBadRequest, "bad_request", "tab: give this page a name of its own, 64 bytes at most")
		return
	}
	me := who(r)
	s.d.Desk.Beat(me.User, me.Display, in.Tab, in.Microphone, in.TakeSound)
	st := s.d.Desk.State(me.User)
	answer(w, struct {
		Sound  bool          `json:"sound"` // this page rings and speaks
		Tabs   int           `json:"tabs"`
		Status agents.Status `json:"status"`
		Ended  bool          `json:"session_ended,omitempty"` // the call goes on, nothing else does before a sign-in
	}{st.Sound == in.Tab, len(st.Tabs), st.Status, me.Over})
}

// deskClose says that a page was left.
func (s *Server) deskClose(w http.ResponseWriter, r *http.Request) {
	s.d.Desk.Close(who(r).User, r.PathValue("tab"))
	w.WriteHeader(http.StatusNoContent)
}

// deskExtend asks for more time to conclude.
func (s *Server) deskExtend(w http.ResponseWriter, r *http.Request) {
	if err := s.d.Desk.Extend(who(r).User); err != nil {
		s.deskRefused(w, r, http.StatusConflict, err)
		return
	}
	answer(w, s.d.Desk.State(who(r).User))
}

func (s *Server) deskAccept(w http.ResponseWriter, r *http.Request) {
	s.deskDecided(w, r, s.d.Desk.Accept(who(r).User, r.PathValue("id")))
}

func (s *Server) deskDecline(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Reason agents.Decline `json:"reason"`
	}
	if s.decode(w, r, `{"reason": "file_open"}`, &in) {
		s.deskDecided(w, r, s.d.Desk.Decline(who(r).User, r.PathValue("id"), in.Reason))
	}
}

// deskDecided answers with the desk's state, which tells how the offer ended when it was too late.
func (s *Server) deskDecided(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.deskRefused(w, r, http.StatusConflict, err)
		return
	}
	answer(w, s.d.Desk.State(who(r).User))
}

// deskHangUp ends the agent's own part of a call. The bot closes it with the caller.
func (s *Server) deskHangUp(w http.ResponseWriter, r *http.Request) {
	if s.d.HangUp == nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "no_calls", "no calls are put through here")
		return
	}
	if err := s.d.HangUp(r.Context(), who(r).User, r.PathValue("id")); errors.Is(err, agents.ErrNoOffer) {
		s.refuse(w, r, http.StatusConflict, "not_your_call", "you are not in this call")
		return
	} else if err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) deskNotes(w http.ResponseWriter, r *http.Request) {
	if s.d.Notes == nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "no_notes", "notes are not kept here")
		return
	}
	if _, err := s.d.Store.Conversation(r.Context(), r.PathValue("id")); err != nil {
		s.broken(w, r, err)
		return
	}
	notes, err := s.d.Notes.Notes(r.Context(), r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, struct {
		Notes []store.Note `json:"notes"`
	}{append([]store.Note{}, notes...)})
}

// deskNote keeps what the agent has written so far, and the conclusion once they chose one: that ends
// their wrap-up.
func (s *Server) deskNote(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text       string `json:"text"`
		Conclusion string `json:"conclusion"`
		Proposed   string `json:"proposed"`
	}
	if s.d.Notes == nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "no_notes", "notes are not kept here")
		return
	}
	if !s.decode(w, r, `{"text": "Rappeler le transporteur.", "conclusion": ""}`, &in) {
		return
	}
	known := s.d.Desk.Config().Conclusions
	switch {
	case len(in.Text) > mostNote:
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "too_long", "text: 8 KiB at most")
		return
	case in.Conclusion != "" && !slices.Contains(known, in.Conclusion):
		s.refuse(w, r, http.StatusBadRequest, "conclusion", "conclusion: is none of "+strings.Join(known, ", ")+" (desk.conclusions)")
		return
	case in.Proposed != "" && !slices.Contains(known, in.Proposed):
		s.refuse(w, r, http.StatusBadRequest, "conclusion", "proposed: is none of "+strings.Join(known, ", ")+" (desk.conclusions)")
		return
	}
	conv, me := r.PathValue("id"), who(r).User
	sum, err := s.d.Store.Conversation(r.Context(), conv)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	n := store.Note{Conv: conv, Agent: me, Text: in.Text, Conclusion: in.Conclusion, Proposed: in.Proposed, At: s.now().UTC()}
	if err := s.d.Notes.SetNote(r.Context(), n); err != nil {
		s.broken(w, r, err)
		return
	}
	if in.Conclusion != "" && sum.Channel != "text" { // after a typed one there is no time to conclude
		s.d.Desk.Conclude(me)
	}
	answer(w, n)
}
