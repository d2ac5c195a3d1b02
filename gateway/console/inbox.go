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
	answer(w, struct {
		Groups  []inbox.Group  `json:"groups"`
		Intents []inboxIntents `json:"intents"`
	}{groups, s.choices(groups)})
}

// inboxIntents are what the groups of one bot and language may mean.
type inboxIntents struct {
	Bot     string        `json:"bot"`
	Lang    string        `json:"lang"`
	Intents []inboxIntent `json:"intents"`
}

type inboxIntent struct {
	Intent string `json:"intent"`
	Title  string `json:"title,omitempty"`
}

func (s *Server) choices(groups []inbox.Group) []inboxIntents {
	out := []inboxIntents{}
	for _, g := range groups {
		if slices.ContainsFunc(out, func(o inboxIntents) bool { return o.Bot == g.Bot && o.Lang == g.Lang }) {
			continue
		}
		c := inboxIntents{g.Bot, g.Lang, []inboxIntent{}}
		for _, k := range s.d.Inbox.Intents(g.Bot, g.Lang) {
			c.Intents = append(c.Intents, inboxIntent{k.Intent, k.Title})
		}
		out = append(out, c)
	}
	return out
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
	if err == nil {
		answer(w, effect)
		return
	}
	s.notWritten(w, r, err)
}

// notWritten answers for an example that was not written.
func (s *Server) notWritten(w http.ResponseWriter, r *http.Request, err error) {
	var no inbox.RefusedError
	switch {
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

func (s *Server) outOfScope(w http.ResponseWriter, r *http.Request) {
	s.setGroup(w, r, inbox.OutOfScope)
}

func (s *Server) setGroup(w http.ResponseWriter, r *http.Request, state string) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	if by := s.locks.other(id, who(r).User, s.now()); by != "" {
		s.locked(w, r, by)
		return
	}
	if _, err := s.d.Inbox.Set(r.Context(), id, state); err != nil {
		s.broken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// publishInbox writes the examples of several groups together, or with dry_run shows what that would change.
func (s *Server) publishInbox(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Picks  []inbox.Pick `json:"picks"`
		Force  bool         `json:"force"`
		DryRun bool         `json:"dry_run"`
	}
	if !s.decode(w, r, `{"picks": [{"id": 1, "intent": "…", "text": "…"}], "force": false, "dry_run": true}`, &body) {
		return
	}
	for _, p := range body.Picks {
		if by := s.locks.other(p.ID, who(r).User, s.now()); by != "" && !body.DryRun {
			s.locked(w, r, by)
			return
		}
	}
	p, err := s.d.Inbox.Publish(r.Context(), body.Picks, body.Force, body.DryRun)
	if err != nil {
		s.notWritten(w, r, err)
		return
	}
	if p.Written {
		if err := s.acc.Audit(r.Context(), who(r), publishedExamples, "hotline "+p.Bot, strconv.Itoa(len(p.Added))+" examples"); err != nil {
			s.d.Log.Error("console: a publication could not be written into the audit list", "error", err)
		}
	}
	answer(w, p)
}

// publishedExamples is what the audit list says of a publication.
const publishedExamples = "published_examples"
