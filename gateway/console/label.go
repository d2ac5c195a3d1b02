package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"decroche/gateway/event"
	"decroche/gateway/inbox"
	"decroche/gateway/store"
)

// labelling is the form beside a transcript with which an agent says what the conversation was
// about. The zero value shows none.
type labelling struct {
	Choices []inbox.Suggestion // intents of the hotline
	Now     string             // title of the one given last, "" when nobody has said
	Intent  string             // its name, else what the bot understood
}

// labelling is empty while the conversation runs, and where there is no inbox to learn from it.
func (s *Server) labelling(sum store.Summary, evs []event.Event) labelling {
	if s.d.Inbox == nil || sum.End.IsZero() {
		return labelling{}
	}
	l := labelling{Choices: s.d.Inbox.Intents(sum.Bot, sum.Lang)}
	given := ""
	for _, e := range evs {
		switch v := e.Body.(type) {
		case event.Labelled:
			given = v.Intent
		case event.Stepped:
			if v.Intent != "" && l.Intent == "" {
				l.Intent = v.Intent
			}
		}
	}
	if given != "" {
		l.Intent, l.Now = given, given
		for _, c := range l.Choices {
			if c.Intent == given && c.Title != "" {
				l.Now = c.Title
			}
		}
	}
	return l
}

// label keeps an agent's classification of a conversation that has ended. What is wrong with the
// request is told by an HTTP status and a sentence; err is the record's.
func (s *Server) label(ctx context.Context, conv, agent, intent string) (status int, wrong string, err error) {
	if !intentShape.MatchString(intent) || len(agent) > 100 {
		return http.StatusBadRequest, "intent: give the name of an intent, like remboursement", nil
	}
	sum, err := s.d.Store.Conversation(ctx, conv)
	if err != nil {
		return 0, "", err
	}
	known := s.d.Inbox.Intents(sum.Bot, sum.Lang)
	if known != nil && !slices.ContainsFunc(known, func(k inbox.Suggestion) bool { return k.Intent == intent }) {
		return http.StatusUnprocessableEntity, fmt.Sprintf("hotline %q has no intent %q", sum.Bot, intent), nil
	}
	err = s.d.Inbox.Label(ctx, sum.ID, agent, intent)
	if errors.Is(err, store.ErrRunning) {
		return http.StatusConflict, "the conversation has not ended; label it when it has", nil
	}
	return 0, "", err
}

// labelConversation takes a classification by API.
func (s *Server) labelConversation(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Intent string `json:"intent"`
		Agent  string `json:"agent"`
	}
	if !s.decode(w, r, `{"intent": "remboursement", "agent": "karim"}`, &body) {
		return
	}
	if me := who(r); me.Session != "" && me.User != "" {
		if body.Agent != "" && body.Agent != me.User {
			s.fail(w, r, http.StatusForbidden, "agent: you are "+me.User+"; leave it out, you label in your own name")
			return
		}
		body.Agent = me.User
	}
	switch status, wrong, err := s.label(r.Context(), r.PathValue("id"), body.Agent, body.Intent); {
	case err != nil:
		s.broken(w, r, err)
	case wrong != "":
		s.fail(w, r, status, wrong)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// labelForm takes the form of the transcript's page, and shows the page again.
func (s *Server) labelForm(w http.ResponseWriter, r *http.Request) {
	conv := r.PathValue("id")
	switch status, wrong, err := s.label(r.Context(), conv, who(r).User, r.PostFormValue("intent")); {
	case err != nil:
		s.broken(w, r, err)
	case wrong != "":
		s.fail(w, r, status, wrong)
	default:
		http.Redirect(w, r, "/conversations/"+url.PathEscape(conv)+"#labelling", http.StatusSeeOther)
	}
}
