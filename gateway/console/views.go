package console

import (
	"context"
	"net/http"
	"net/url"

	"decroche/gateway/store"
)

// revokedLinks is what the audit list says when links to a transcript were taken back.
const revokedLinks = "revoked_links"

// seen notes that somebody opened a transcript: once for each time that a browser goes there, and not for
// looks that a page takes by itself while the conversation goes on. A record that cannot take it keeps nobody
// from reading.
func (s *Server) seen(r *http.Request, conv, who string, link bool) {
	if s.d.Views == nil || r.Method != http.MethodGet || r.Header.Get("If-None-Match") != "" {
		return
	}
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" && dest != "document" {
		return
	}
	if err := s.d.Views.AddView(context.WithoutCancel(r.Context()), store.View{Conv: conv, Who: who, Link: link, Last: s.now()}); err != nil {
		s.d.Log.Error("console: who opened a transcript could not be noted", "conv", conv, "error", err)
	}
}

// viewers are those who opened a conversation's transcript; never nil.
func (s *Server) viewers(ctx context.Context, conv string) ([]store.View, error) {
	if s.d.Views == nil {
		return []store.View{}, nil
	}
	v, err := s.d.Views.Views(ctx, conv)
	if v == nil {
		v = []store.View{}
	}
	return v, err
}

// reader is what people call an account: as agents are called, else by the account's own name.
func (s *Server) reader(ctx context.Context, user string) string {
	if t := s.d.Agent(user); t != user {
		return t
	}
	return s.acc.Called(ctx, user)
}

// revoke takes back the links to a conversation's transcript; who holds one is told that it is no longer
// valid.
func (s *Server) revoke(r *http.Request, conv string) (n int, err error) {
	if _, err := s.d.Store.Conversation(r.Context(), conv); err != nil {
		return 0, err
	}
	if s.d.Views == nil {
		return 0, nil
	}
	if err := s.acc.Audit(r.Context(), who(r), revokedLinks, "conversation "+conv, ""); err != nil {
		return 0, err
	}
	return s.d.Views.RevokeLinks(r.Context(), conv, s.now())
}

func (s *Server) revokeLinks(w http.ResponseWriter, r *http.Request) {
	n, err := s.revoke(r, r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	answer(w, map[string]int{"revoked": n})
}

// revokeForm is the button beside a transcript.
func (s *Server) revokeForm(w http.ResponseWriter, r *http.Request) {
	conv := r.PathValue("id")
	if _, err := s.revoke(r, conv); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/conversations/"+url.PathEscape(conv), http.StatusSeeOther)
}
