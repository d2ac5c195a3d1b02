package console

import (
	"context"
	"errors"
	"net/http"

	"decroche/gateway/event"
	"decroche/gateway/inbox"
	"decroche/gateway/record"
	"decroche/gateway/store"
)

// saidSound is where an utterance stands in the recording of its call.
type saidSound struct {
	Utterance int64  `json:"utterance"`
	Conv      string `json:"conversation"`
	From      int64  `json:"from_ms"`
	To        int64  `json:"to_ms"`
}

// groupSound tells which of a group's utterances can be heard, and where. What was typed, not recorded, or
// erased is absent.
func (s *Server) groupSound(w http.ResponseWriter, r *http.Request) {
	id, ok := s.groupID(w, r)
	if !ok {
		return
	}
	g, err := s.d.Inbox.Group(r.Context(), id)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	out := []saidSound{}
	for _, u := range g.Said {
		from, to, err := s.soundOf(r.Context(), u)
		if err != nil {
			s.broken(w, r, err)
			return
		}
		if to > from {
			out = append(out, saidSound{u.ID, u.Conv, from, to})
		}
	}
	answer(w, map[string]any{"sounds": out})
}

// soundOf is from when to when an utterance is heard, in ms of the recording, which begins when the call is
// answered; 0, 0 when it is not.
func (s *Server) soundOf(ctx context.Context, u inbox.Said) (from, to int64, err error) {
	if s.d.Recordings == nil {
		return 0, 0, nil
	}
	f, _, err := s.d.Recordings.Open(ctx, u.Conv)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, record.ErrOpen) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	_ = f.Close()
	for e, err := range s.d.Store.Events(ctx, u.Conv, 0) {
		if err != nil {
			return 0, 0, err
		}
		if e.Seq >= u.Seq {
			break
		}
		if v, ok := e.Body.(event.Said); ok && v.Who == "" { // the last sentence before it was judged
			from, to = v.StartMS, v.EndMS
		}
	}
	return from, to, nil
}
