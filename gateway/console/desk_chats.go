package console

import (
	"errors"
	"net/http"

	"decroche/gateway/chat"
)

// deskChatsPath is where what agents write is; a message there may be as long as anybody's.
const deskChatsPath = "/api/v1/desk/chats/"

// withDeskChat answers 503 where there are no typed conversations or no desks.
func (s *Server) withDeskChat(next http.HandlerFunc) http.HandlerFunc {
	return s.withDesk(func(w http.ResponseWriter, r *http.Request) {
		if s.chat.host == nil {
			s.chatFail(w, r, errNoChat)
			return
		}
		next(w, r)
	})
}

// deskSay takes what an agent writes to the person.
func (s *Server) deskSay(w http.ResponseWriter, r *http.Request) {
	body, err := readJSON(r, false)
	var in chat.Incoming
	if err == nil {
		in, err = s.chat.host.Config().ParseIncoming(body)
	}
	var m chat.Message
	if err == nil {
		m, err = s.chat.host.AgentSays(r.Context(), r.PathValue("id"), who(r).User, in)
	}
	if err != nil {
		s.deskChatFail(w, r, err)
		return
	}
	answer(w, m)
}

// deskTypes shows the person that the agent is writing.
func (s *Server) deskTypes(w http.ResponseWriter, r *http.Request) {
	s.deskChatDone(w, r, s.chat.host.AgentTypes(r.Context(), r.PathValue("id"), who(r).User))
}

// deskEndChat lets the agent leave; the bot closes the conversation with the person.
func (s *Server) deskEndChat(w http.ResponseWriter, r *http.Request) {
	s.deskChatDone(w, r, s.chat.host.AgentEnds(r.Context(), r.PathValue("id"), who(r).User))
}

// deskGiveBack gives the person back to the bot, at a step and with slots changed.
func (s *Server) deskGiveBack(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Step  string            `json:"step"`
		Slots map[string]string `json:"slots"`
	}
	if r.ContentLength != 0 && !s.decode(w, r, `{"step": "suivi_colis/numero", "slots": {"commande": "45127802"}}`, &in) {
		return
	}
	s.deskChatDone(w, r, s.chat.host.AgentGivesBack(r.Context(), r.PathValue("id"), who(r).User, in.Step, in.Slots))
}

func (s *Server) deskChatDone(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.deskChatFail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// deskChatFail answers for what an agent cannot do with a typed conversation.
func (s *Server) deskChatFail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, chat.ErrNotYours):
		s.refuse(w, r, http.StatusConflict, "not_your_chat", "this conversation is not with you: it is with the assistant, or with somebody else")
	case errors.Is(err, chat.ErrEnded):
		s.refuse(w, r, http.StatusConflict, "chat_over", "the conversation has ended; what was written stays in its record")
	default:
		s.chatFail(w, r, err)
	}
}
