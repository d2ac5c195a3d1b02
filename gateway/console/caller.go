package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"decroche/gateway/accounts"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/internal/limit"
)

const (
	callKept    = 2 * time.Hour // after its beginning, or its end as far as it is asked for
	mostKept    = 20000
	mostCallers = 5000 // event streams of callers
	mostWindows = 6    // of those, of one call: its page, a second window, and what a bad network left behind
	rateWait    = 5 * time.Second
	// Messages typed beside calls from one address, for ever and at once.
	typedPerSecond, typedAtOnce = 5, 20
)

// callDoor remembers which conversation a call of a page became. Who has the address of a call may
// read, write and rate it; it is as hard to guess as a token.
type callDoor struct {
	streams chan struct{} // one slot per event stream
	rate    *limit.Rate
	now     func() time.Time

	mu sync.Mutex
	by map[string]ownCall // by the last part of a call's address; guarded by mu
}

type ownCall struct {
	conv    string
	at      time.Time
	windows int // event streams that are open
}

func newCallDoor(now func() time.Time) *callDoor {
	return &callDoor{streams: make(chan struct{}, mostCallers), rate: limit.NewRate(typedPerSecond, typedAtOnce, now), now: now, by: map[string]ownCall{}}
}

// began notes a call that was answered.
func (d *callDoor) began(id, conv string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.by) >= mostKept {
		d.makeRoom()
	}
	d.by[id] = ownCall{conv: conv, at: d.now()}
}

// makeRoom forgets calls whose time is over; where there are none, the one that was not asked for for
// longest, so that a storm of calls takes nobody's captions away who reads them. mu is held.
func (d *callDoor) makeRoom() {
	oldest, at := "", time.Time{}
	for k, c := range d.by {
		switch {
		case c.windows > 0:
		case d.now().Sub(c.at) > callKept:
			delete(d.by, k)
		case oldest == "" || c.at.Before(at):
			oldest, at = k, c.at
		}
	}
	if len(d.by) >= mostKept {
		delete(d.by, oldest)
	}
}

// watch counts a window of a call; false when it has too many.
func (d *callDoor) watch(id string) (leave func(), ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.by[id]
	if c.windows >= mostWindows {
		return nil, false
	}
	c.windows++
	d.by[id] = c
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if c, ok := d.by[id]; ok {
			c.windows--
			d.by[id] = c
		}
	}, true
}

// find returns the conversation of a call, and keeps it for longer.
func (d *callDoor) find(id string) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.by[id]
	if !ok || d.now().Sub(c.at) > callKept {
		return "", false
	}
	c.at = d.now()
	d.by[id] = c
	return c.conv, true
}

// deviceCall looks at the token of who begins a call. One that opens nothing is refused, even where
// everybody may call: a device whose token was revoked has to learn of it. A device calls its own
// hotline, whatever it asks for, and is let through; false when it was refused.
func (s *Server) deviceCall(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	if token, _ := bearerToken(r); !accounts.IsAPIToken(token) || r.Method != http.MethodPost || q.Get("session") != "" || q.Get("conversation") != "" {
		return true
	}
	who, err := s.identify(r)
	if err != nil {
		if !s.wrongAgain(r) {
			s.tooMany(w, r)
			return false
		}
		s.fail(w, r, http.StatusUnauthorized, "this token is not known, or it was revoked or has expired; for a speaker make one with: decroche tokens device")
		return false
	}
	hotline, device := who.Device()
	switch {
	case !device:
		return true
	case q.Get("bot") != "" && q.Get("bot") != hotline:
		s.fail(w, r, http.StatusForbidden, "this device's token is for another hotline; leave hotline: out, or make another token with: decroche tokens device")
		return false
	}
	q.Set("bot", hotline)
	r.URL.RawQuery = q.Encode()
	*r = *r.WithContext(withDevice(r.Context()))
	return true
}

type deviceKey struct{}

// withDevice notes that a request is a device's, whose token was looked at.
func withDevice(ctx context.Context) context.Context {
	return context.WithValue(ctx, deviceKey{}, true)
}

// mayCall tells whether somebody may begin a call from a page: everybody while widget.enabled and
// widget.voice say so, else who may begin conversations, and who has one that goes on by voice. Coming
// back to a call needs its address alone.
func (s *Server) mayCall(r *http.Request) bool {
	q := r.URL.Query()
	if device, _ := r.Context().Value(deviceKey{}).(bool); device {
		return true
	}
	if r.Method != http.MethodPost || q.Get("session") != "" || s.widget.cfg.Enabled && s.widget.cfg.Voice {
		return true
	}
	if i, err := s.identify(r); err == nil && i.May(accounts.OpenChat) {
		return true
	}
	token, given := bearerToken(r)
	return given && q.Get("conversation") != "" && s.chat.host != nil && s.chat.host.Open(r.Context(), q.Get("conversation"), token) == nil
}

// browserCalls hands a request to whatever takes calls from browsers, and notes what was answered.
func (s *Server) browserCalls(w http.ResponseWriter, r *http.Request) {
	if s.d.Calls == nil {
		s.fail(w, r, http.StatusServiceUnavailable, "calls from browsers are not taken here")
		return
	}
	if !s.deviceCall(w, r) {
		return
	}
	if !s.mayCall(r) {
		s.fail(w, r, http.StatusForbidden, "nobody calls from a page here (widget.enabled, widget.voice); send an API token with the scope chat:open as a bearer token")
		return
	}
	s.d.Calls.ServeHTTP(w, r)
	location, conv := w.Header().Get("Location"), w.Header().Get("Decroche-Conversation")
	if r.Method == http.MethodPost && location != "" && conv != "" {
		s.calls.began(location[strings.LastIndexByte(location, '/')+1:], conv)
	}
}

// ownCall is the conversation of the call whose address was asked for; it has answered when there is
// none.
func (s *Server) ownCall(w http.ResponseWriter, r *http.Request) (conv string, ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if conv, ok = s.calls.find(r.PathValue("id")); ok {
		return conv, true
	}
	if !s.wrongAgain(r) {
		s.tooMany(w, r)
		return "", false
	}
	s.fail(w, r, http.StatusNotFound, "there is no such call, or it ended long ago")
	return "", false
}

// callType takes what a caller types beside their call.
func (s *Server) callType(w http.ResponseWriter, r *http.Request) {
	conv, ok := s.ownCall(w, r)
	if !ok {
		return
	}
	var body struct {
		Text string `json:"text"`
	}
	if !s.decode(w, r, `{"text": "…"}`, &body) {
		return
	}
	text := strings.TrimSpace(chat.Clean(body.Text))
	if text == "" || len(text) > 2000 || !utf8.ValidString(text) {
		code := "message"
		if text != "" {
			code = "too_long"
		}
		s.refuse(w, r, http.StatusUnprocessableEntity, code, "text: write something, at most 2000 bytes")
		return
	}
	if !allowed(s.calls.rate, r) {
		w.Header().Set("Retry-After", "1")
		s.fail(w, r, http.StatusTooManyRequests, "too many messages from this address; write slower")
		return
	}
	if !s.d.Type(conv, text) {
		s.fail(w, r, http.StatusConflict, "the call has ended, or too much waits in it")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// callRate takes how a caller liked a call that has ended, or just ends.
func (s *Server) callRate(w http.ResponseWriter, r *http.Request) {
	conv, ok := s.ownCall(w, r)
	if !ok {
		return
	}
	rated, ok := s.readRating(w, r, conv)
	if !ok {
		return
	}
	for until := time.Now().Add(rateWait); ; {
		err := s.d.Note(r.Context(), conv, rated)
		switch {
		case errors.Is(err, store.ErrRunning) && time.Now().Before(until) && r.Context().Err() == nil:
			time.Sleep(100 * time.Millisecond) // its last events are on their way to the disk
			continue
		case errors.Is(err, store.ErrRunning):
			s.fail(w, r, http.StatusConflict, "the call goes on; rate it when it has ended")
		case err != nil:
			s.broken(w, r, err)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
		return
	}
}

// mostRatings is how often one conversation is rated: who changes their mind may, and nobody fills the
// record.
const mostRatings = 5

// readRating reads a rating of a conversation by faces; it has answered when ok is false.
func (s *Server) readRating(w http.ResponseWriter, r *http.Request, conv string) (rated event.Rated, ok bool) {
	var body struct {
		Score   int    `json:"score"`
		Comment string `json:"comment"`
	}
	if !s.decode(w, r, `{"score": 3, "comment": "…"}`, &body) {
		return rated, false
	}
	if body.Score < 1 || body.Score > faces || len(body.Comment) > 2000 {
		s.fail(w, r, http.StatusUnprocessableEntity, "score: 1 (not good), 2 (fair) or 3 (good); comment: at most 2000 bytes")
		return rated, false
	}
	times := 0
	for e, err := range s.d.Store.Events(r.Context(), conv, 0) {
		if err != nil {
			s.broken(w, r, err)
			return rated, false
		}
		if _, is := e.Body.(event.Rated); is {
			times++
		}
	}
	if times >= mostRatings {
		s.fail(w, r, http.StatusUnprocessableEntity, "this conversation was rated several times already; the last one counts")
		return rated, false
	}
	return event.Rated{Survey: "faces", Score: body.Score, Scale: faces, Comment: chat.Clean(body.Comment)}, true
}
