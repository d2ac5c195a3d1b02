package console

import (
	"fmt"
	"net/http"
)

// liveCaptions streams what is being said in one running call, word by word (server-sent events), for a
// supervisor who reads it: the lines of the caller's own page, from now on. What was said before is in the
// conversation, and what may be sensitive is held back where it is said, as it is for the desk. Words that
// are still being said go to whoever follows their call alone: /api/v1/events would carry them to two
// hundred boards that do not show them.
func (s *Server) liveCaptions(w http.ResponseWriter, r *http.Request) {
	leave, ok := enter(s.readers)
	if !ok {
		w.Header().Set("Retry-After", "10")
		s.fail(w, r, http.StatusServiceUnavailable, fmt.Sprintf("%d running calls are read already, which is http.max_streams; close one, or raise it", cap(s.readers)))
		return
	}
	defer leave()
	conv := r.PathValue("id")
	sub := s.d.Captions.Watch(conv) // before it is looked at, so that nothing falls between
	defer sub.Close()
	now, ok := s.d.Board.Brief(conv)
	if !ok {
		s.fail(w, r, http.StatusNotFound, "no such conversation is running; look for it in /api/v1/conversations")
		return
	}
	c := newCaptioner(s, w)
	c.start, c.last = now.Live.Start, now.Live.Seq
	if now.Live.With == "agent" {
		c.with = s.d.Agent(now.Live.Agent)
	}
	if c.out.write(": here\n\n") == nil {
		c.follow(r.Context(), s, conv, sub, heartbeat)
	}
}

// newCaptioner begins before anything was said.
func newCaptioner(s *Server, w http.ResponseWriter) *captioner {
	return &captioner{out: newStream(w), agent: s.d.Agent, open: map[string][]captionJSON{}, shut: map[string]int{}}
}
