package rtc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/limit"
)

const (
	// Path is where offers go.
	Path = "/api/v1/webrtc/calls"
	// maxOffer is enough for the longest offer of a browser, about 10 KB with video and 20 candidates.
	maxOffer  = 64 << 10
	typeSDP   = "application/sdp"
	typeTrick = "application/trickle-ice-sdpfrag"
)

// ServeHTTP answers everything below Path: POST an offer, PATCH or DELETE what its Location names
// (RFC 9725), OPTIONS for pages of other sites. The path value "id" is the Location's.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !s.origin(w, r) {
		s.fail(w, r, &refusal{403, "pages of this site may not call here; add it to rtc.origins"})
		return
	}
	var err error
	switch r.Method {
	case http.MethodOptions:
		w.Header().Set("Accept-Post", typeSDP)
		s.links(w)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodPost:
		err = s.post(w, r)
	case http.MethodPatch:
		err = s.patch(w, r)
	case http.MethodDelete:
		err = s.delete(w, r)
	default:
		w.Header().Set("Allow", "POST, PATCH, DELETE, OPTIONS")
		err = &refusal{405, "POST an offer, PATCH or DELETE the call that it made"}
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// origin lets in our own pages, those of allowed sites, and whatever is no page; false for others.
func (s *Server) origin(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if u, err := url.Parse(origin); err == nil && strings.EqualFold(u.Host, r.Host) {
		return true
	}
	if !slices.ContainsFunc(s.cfg.Origins, func(o string) bool { return strings.EqualFold(o, origin) }) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Retry-After, "+conversationHeader+", "+heldHeader)
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "POST, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
		h.Set("Access-Control-Max-Age", "600")
	}
	return true
}

// heldHeader is for how many milliseconds a call waits for a browser that was lost.
const heldHeader = "Decroche-Held-For"

// conversationHeader names the conversation that a call became.
const conversationHeader = "Decroche-Conversation"

// post takes an offer: a new call, or with ?session= the return to one.
func (s *Server) post(w http.ResponseWriter, r *http.Request) error {
	if s.mux == nil {
		return errNoUDP
	}
	q := r.URL.Query()
	known, back := s.line(q.Get("session"))
	counted := limit.Source(r)
	if back {
		counted = known.counted()
	}
	if ok, after := s.limit.Take(counted); !ok {
		return &tooMany{after}
	}
	if err := s.admission(); err != nil && q.Get("session") == "" {
		return err
	}
	body, err := read(w, r, typeSDP)
	if err != nil {
		return err
	}
	o, err := parseOffer(body)
	if err != nil {
		return err
	}
	if q.Get("session") != "" {
		l := known
		if !back {
			return errGone
		}
		a, err := l.again(r.Context(), o)
		if err != nil {
			return err
		}
		s.answered(w, l, http.StatusOK, typeSDP, a.write(o))
		return nil
	}
	wish := Wish{Bot: q.Get("bot"), Lang: q.Get("lang"), Chat: q.Get("conversation"), Speaker: q.Get("door") == "speaker"}
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		wish.Token = strings.TrimSpace(token)
	}
	if len(wish.Bot) > 100 || len(wish.Lang) > 35 || len(wish.Chat) > 100 || len(wish.Token) > 200 {
		return malformed("bot, lang or conversation is too long to be one of ours")
	}
	l, a, err := s.open(r.Context(), o, wish)
	if err != nil {
		return err
	}
	s.answered(w, l, http.StatusCreated, typeSDP, a.write(o))
	return nil
}

// admission asks whether a call may come in at all, before anything is made for it.
func (s *Server) admission() error {
	s.mu.Lock()
	full := len(s.lines) >= s.cfg.MaxSessions
	s.mu.Unlock()
	if full {
		return errFull
	}
	if s.admit != nil && s.admit() != nil {
		return errClose
	}
	return nil
}

// patch takes candidates, or an ICE restart, as a fragment or a whole offer.
func (s *Server) patch(w http.ResponseWriter, r *http.Request) error {
	l, ok := s.line(r.PathValue("id"))
	if !ok {
		return errGone
	}
	if ok, after := s.limit.Take(l.counted()); !ok {
		return &tooMany{after}
	}
	body, err := read(w, r, typeSDP, typeTrick)
	if err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == typeSDP {
		o, err := parseOffer(body)
		if err != nil {
			return err
		}
		l.mu.Lock()
		tag := l.tag()
		l.mu.Unlock()
		if match := r.Header.Get("If-Match"); match != "" && match != "*" && match != tag {
			return errMoved
		}
		a, err := l.again(r.Context(), o)
		if err != nil {
			return err
		}
		s.answered(w, l, http.StatusOK, typeSDP, a.write(o))
		return nil
	}
	f, err := parseFragment(body)
	if err != nil {
		return err
	}
	l.mu.Lock()
	p, tag, same := l.peer, l.tag(), f.ufrag == l.offer.ufrag && f.pwd == l.offer.pwd
	l.mu.Unlock()
	match := r.Header.Get("If-Match")
	switch {
	case same && match != "" && match != "*" && match != tag:
		return errMoved
	case same:
		p.add(f.candidates)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	a, o, err := l.restart(r.Context(), f)
	if err != nil {
		return err
	}
	s.answered(w, l, http.StatusOK, typeTrick, a.fragment(o))
	return nil
}

// errMoved refuses what was meant for a connection that is no longer this call's: another page has
// taken the call up, or it was restarted.
var errMoved = &refusal{412, "the connection was restarted since, or another page has the call; its ETag is another now"}

// delete is the browser's way to hang up.
func (s *Server) delete(w http.ResponseWriter, r *http.Request) error {
	l, ok := s.line(r.PathValue("id"))
	if !ok {
		return errGone
	}
	l.end(leg.ErrHungUp, endedCaller)
	w.WriteHeader(http.StatusOK)
	return nil
}

// tag is the ETag of the connection as it is now (RFC 9725 §4.3.1); mu is held.
func (l *line) tag() string { return strconv.Quote(strconv.Itoa(l.version)) }

func (s *Server) answered(w http.ResponseWriter, l *line, status int, kind string, body []byte) {
	l.mu.Lock()
	tag := l.tag()
	l.mu.Unlock()
	s.mu.Lock()
	id := l.id
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Location", Path+"/"+id)
	h.Set("ETag", tag)
	h.Set("Accept-Patch", typeSDP+", "+typeTrick)
	h.Set(conversationHeader, l.info.Tag)
	h.Set(heldHeader, strconv.FormatInt(s.cfg.ReconnectFor.Milliseconds(), 10))
	s.links(w)
	s.metrics.offers.WithLabelValues(strconv.Itoa(status)).Inc()
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// links tells of ICE servers that callers may use (RFC 9725 §4.6).
func (s *Server) links(w http.ResponseWriter) {
	for _, srv := range s.servers {
		if !srv.share {
			continue
		}
		link := fmt.Sprintf(`<%s>; rel="ice-server"`, srv.uri.String())
		if srv.uri.Username != "" {
			link += fmt.Sprintf(`; username=%q; credential=%q; credential-type="password"`, srv.uri.Username, srv.uri.Password)
		}
		w.Header().Add("Link", link)
	}
}

// read takes a body of one of the kinds.
func read(w http.ResponseWriter, r *http.Request, kinds ...string) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(kinds, kind) {
		w.Header().Set("Accept-Post", strings.Join(kinds, ", "))
		return nil, &refusal{415, "send Content-Type: " + strings.Join(kinds, " or ")}
	}
	if accept := r.Header.Get("Accept"); accept != "" && !accepts(accept) {
		return nil, &refusal{406, "the answer is application/sdp; accept that"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOffer))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return nil, &refusal{413, fmt.Sprintf("the offer is longer than %d bytes; a browser's has about 5000", maxOffer)}
	case err != nil:
		return nil, malformed("the offer did not come whole")
	}
	return body, nil
}

// accepts tells whether an Accept header takes a session description.
func accepts(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		kind, _, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case typeSDP, typeTrick, "application/*", "*/*":
			return true
		}
	}
	return false
}

// counted is what returns to a line are counted against. Who knows its secret is no stranger, and their
// address may be that of an office whose network has just come back, with thirty of them.
func (l *line) counted() string { return "line " + l.info.ID }

// tooMany refuses an offer for a while.
type tooMany struct{ after time.Duration }

// Error implements error.
func (t *tooMany) Error() string { return "too many offers from here; wait a moment" }

// problem is an error answer: RFC 9457.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// retryAfter is what a full or closing gateway asks for, in seconds.
const retryAfter = 5

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var many *tooMany
	v := asRefusal(err)
	if errors.As(err, &many) {
		v = &refusal{429, many.Error()}
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(many.after.Seconds())))))
	}
	switch v.status {
	case 500:
		s.log.Error("an offer could not be answered", "error", err)
	case 503:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	if r.Method == http.MethodPost || r.Method == http.MethodPatch {
		s.metrics.offers.WithLabelValues(strconv.Itoa(v.status)).Inc()
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(v.status)
	_ = json.NewEncoder(w).Encode(problem{"about:blank", http.StatusText(v.status), v.status, v.detail})
}
