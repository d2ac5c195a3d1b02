package console

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"decroche/gateway/inbox"
	"decroche/gateway/store"
)

// intentShape is what an intent's name looks like.
var intentShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// inboxQuery reads ?state=&bot=&lang= strictly.
func inboxQuery(r *http.Request) (inbox.Query, error) {
	var q inbox.Query
	for key, vs := range r.URL.Query() {
		switch v := vs[0]; key {
		case "state":
			if q.State = v; v != "" && v != store.UtteranceOpen && v != store.UtteranceAccepted && v != store.UtteranceDismissed {
				return q, fmt.Errorf("state: %.40q is not one; use open, accepted or dismissed", v)
			}
		case "bot":
			q.Bot = v
		case "lang":
			if q.Lang = v; v != "" && v != "fr" && v != "en" {
				return q, fmt.Errorf("lang: %.40q is not one; use fr or en", v)
			}
		default:
			return q, fmt.Errorf("%.40q is not a filter; there are state, bot and lang", key)
		}
	}
	return q, nil
}

// withInbox answers 404 where there is none.
func (s *Server) withInbox(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.d.Inbox == nil {
			s.fail(w, r, http.StatusNotFound, "this gateway keeps no inbox")
			return
		}
		next(w, r)
	}
}

func (s *Server) listInbox(w http.ResponseWriter, r *http.Request) {
	q, err := inboxQuery(r)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	groups, err := s.d.Inbox.Groups(r.Context(), q)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if groups == nil {
		groups = []inbox.Group{}
	}
	answer(w, map[string]any{"groups": groups})
}

// groupID is the {id} of a path; 404 when it is none.
func (s *Server) groupID(w http.ResponseWriter, r *http.Request) (int64, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.broken(w, r, store.ErrNotFound)
	}
	return id, err == nil
}

func (s *Server) oneGroup(w http.ResponseWriter, r *http.Request) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	g, err := s.d.Inbox.Group(r.Context(), id)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, g)
}

// acceptGroup accepts a group, or with dry_run shows what that would change.
func (s *Server) acceptGroup(w http.ResponseWriter, r *http.Request) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	var body struct {
		inbox.Choice
		DryRun bool `json:"dry_run"`
	}
	if !s.decode(w, r, `{"intent": "…", "text": "…", "force": false, "dry_run": true}`, &body) {
		return
	}
	do := s.d.Inbox.Accept
	if body.DryRun {
		do = s.d.Inbox.Try
	}
	effect, err := do(r.Context(), id, body.Choice)
	var no inbox.RefusedError
	switch {
	case err == nil:
		answer(w, effect)
	case errors.Is(err, inbox.ErrBreaks), inbox.Changed(err):
		s.fail(w, r, http.StatusConflict, err.Error())
	case errors.As(err, &no):
		s.fail(w, r, http.StatusUnprocessableEntity, err.Error())
	default:
		s.broken(w, r, err)
	}
}

func (s *Server) dismissGroup(w http.ResponseWriter, r *http.Request) {
	s.setGroup(w, r, store.UtteranceDismissed)
}

func (s *Server) reopenGroup(w http.ResponseWriter, r *http.Request) {
	s.setGroup(w, r, store.UtteranceOpen)
}

func (s *Server) setGroup(w http.ResponseWriter, r *http.Request, state string) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	if _, err := s.d.Inbox.Set(r.Context(), id, state); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// inboxPage shows the groups in one state, and, after a decision, what it did or would do.
func (s *Server) inboxPage(w http.ResponseWriter, r *http.Request) {
	s.showInbox(w, r, http.StatusOK, nil, "")
}

// inboxEffect is an Effect on the page.
type inboxEffect struct {
	inbox.Effect
	Broken bool // it was asked to be written and breaks golden conversations
}

func (s *Server) showInbox(w http.ResponseWriter, r *http.Request, status int, effect *inboxEffect, trouble string) {
	lang := s.langFor(r, "")
	q := inbox.Query{State: r.URL.Query().Get("state")}
	if !slices.Contains([]string{store.UtteranceAccepted, store.UtteranceDismissed}, q.State) {
		q.State = store.UtteranceOpen
	}
	groups, err := s.d.Inbox.Groups(r.Context(), q)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	data := struct {
		frame
		State   string
		States  []string
		Groups  []inbox.Group
		More    int
		Effect  *inboxEffect
		Trouble string
		Undo    int64 // a group just decided, which can be opened again
	}{frame: s.frame(r, lang, say(lang, "inbox_title"), "inbox"), State: q.State, States: []string{store.UtteranceOpen, store.UtteranceAccepted, store.UtteranceDismissed},
		Groups: groups, Effect: effect, Trouble: trouble}
	const most = 50
	if data.More = len(groups) - most; data.More > 0 {
		data.Groups = groups[:most]
	}
	data.Undo, _ = strconv.ParseInt(r.URL.Query().Get("done"), 10, 64)
	s.show(w, r, status, "inbox", lang, data)
}

// intentsFor are the intents that a group may be given, its suggestions first.
func (s *Server) intentsFor(g inbox.Group) []inbox.Suggestion {
	out := slices.Clone(g.Suggest)
	for _, k := range s.d.Inbox.Intents(g.Bot, g.Lang) {
		if !slices.ContainsFunc(out, func(o inbox.Suggestion) bool { return o.Intent == k.Intent }) {
			out = append(out, k)
		}
	}
	return out
}

// inboxForm takes one decision of the page.
func (s *Server) inboxForm(w http.ResponseWriter, r *http.Request) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	choice := inbox.Choice{Intent: r.PostFormValue("intent"), Text: r.PostFormValue("text"), Force: r.PostFormValue("do") == "force"}
	var effect inbox.Effect
	var err error
	switch r.PostFormValue("do") {
	case "try":
		if effect, err = s.d.Inbox.Try(r.Context(), id, choice); err == nil {
			s.showInbox(w, r, http.StatusOK, &inboxEffect{Effect: effect}, "")
			return
		}
	case "accept", "force":
		if effect, err = s.d.Inbox.Accept(r.Context(), id, choice); errors.Is(err, inbox.ErrBreaks) {
			s.showInbox(w, r, http.StatusConflict, &inboxEffect{effect, true}, "")
			return
		}
	case "dismiss":
		_, err = s.d.Inbox.Set(r.Context(), id, store.UtteranceDismissed)
	case "reopen":
		_, err = s.d.Inbox.Set(r.Context(), id, store.UtteranceOpen)
	default:
		s.fail(w, r, http.StatusBadRequest, "send the form of the page")
		return
	}
	var no inbox.RefusedError
	switch {
	case errors.As(err, &no), inbox.Changed(err):
		s.showInbox(w, r, http.StatusUnprocessableEntity, nil, err.Error())
	case err != nil:
		s.broken(w, r, err)
	case r.PostFormValue("do") == "reopen":
		http.Redirect(w, r, "/inbox", http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/inbox?done="+strconv.FormatInt(id, 10), http.StatusSeeOther)
	}
}
