package console

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/chat"
)

// maxWait is the longest that a poll waits for a message: below what proxies allow.
const maxWait = 25 * time.Second

// Refusals of this page's own.
var (
	errNoChat = errors.New("console: no typed conversations here")
	errWaits  = errors.New("console: too many wait for messages")
	errRate   = errors.New("console: too many messages from one address")
)

// chatFail answers for an error of a typed conversation; every one says what to do.
func (s *Server) chatFail(w http.ResponseWriter, r *http.Request, err error) {
	status, detail, retry := s.chatProblem(r, err)
	if status == 0 {
		return // they have gone
	}
	if retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retry))
	}
	s.refuse(w, r, status, chatCode(status), detail)
}

// chatCode is a refusal of a typed conversation, for pages that say it in their own words.
func chatCode(status int) (code string) {
	switch status {
	case http.StatusNotFound, http.StatusConflict:
		code = "chat_over"
	case http.StatusTooManyRequests:
		code = "too_fast"
	case http.StatusRequestEntityTooLarge:
		code = "too_long"
	case http.StatusServiceUnavailable:
		code = "unavailable"
	default:
		code = "message"
	}
	return code
}

// chatProblem is an error as HTTP says it; retry is in seconds, 0 for never. Status 0 means that
// nobody is there to be answered.
func (s *Server) chatProblem(r *http.Request, err error) (status int, detail string, retry int) {
	var in *chat.InputError
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &in):
		return in.Status, in.Detail, 0
	case errors.As(err, &long):
		return http.StatusRequestEntityTooLarge, "the request is too long; a message may have " + strconv.Itoa(s.chat.host.Config().MaxText) + " bytes (chat.max_text)", 0
	case errors.Is(err, chat.ErrNotFound):
		return http.StatusNotFound, "there is no such conversation, or it is no longer kept (chat.resume_for)", 0
	case errors.Is(err, chat.ErrEnded):
		return http.StatusConflict, "the conversation has ended; begin a new one", 0
	case errors.Is(err, chat.ErrBusy):
		return http.StatusTooManyRequests, "too many messages wait in this conversation (chat.max_queue); send the next after the answer", 1
	case errors.Is(err, errRate):
		return http.StatusTooManyRequests, "too many messages from this address (chat.rate_per_source); write slower", 1
	case errors.Is(err, chat.ErrFull):
		return http.StatusServiceUnavailable, "too many conversations are open (chat.max_open); try again later", 30
	case errors.Is(err, errWaits):
		return http.StatusServiceUnavailable, "too many wait for messages (chat.max_streams); poll without wait", 10
	case errors.Is(err, chat.ErrClosed):
		return http.StatusServiceUnavailable, "the gateway is stopping; send the same message again in a moment", 2
	case errors.Is(err, errNoChat):
		return http.StatusServiceUnavailable, "this gateway has no typed conversations", 0
	case errors.Is(err, chat.ErrNoBot) && r.PathValue("id") != "":
		return http.StatusConflict, "the conversation's bot is not in the configuration now; begin a new one, or bring the bot back", 0
	case errors.Is(err, chat.ErrNoBot):
		return http.StatusUnprocessableEntity, "bot: there is none of that name in the configuration; leave it out for the first one", 0
	case r.Context().Err() != nil:
		return 0, "", 0
	}
	s.d.Log.Error("console: a typed conversation failed", "route", r.Pattern, "error", err)
	return http.StatusServiceUnavailable, "the record cannot be written now; send the same message again under the same id", 5
}

func (s *Server) chatCreate(w http.ResponseWriter, r *http.Request) {
	if s.chat.host == nil {
		s.chatFail(w, r, errNoChat)
		return
	}
	body, err := readJSON(r, true)
	if err != nil {
		s.chatFail(w, r, err)
		return
	}
	o, err := chat.ParseOpening(body)
	if err != nil {
		s.chatFail(w, r, err)
		return
	}
	if o.From = o.Phone; o.From == "" {
		o.From = "api"
	}
	c, err := s.chat.host.Create(r.Context(), o)
	if err != nil {
		s.chatFail(w, r, err)
		return
	}
	w.Header().Set("Location", chatPath+"/"+c.ID+"/messages")
	answerStatus(w, http.StatusCreated, c)
}

// readJSON reads a request's body when it is JSON. Anything else is refused as an attachment.
func readJSON(r *http.Request, mayBeEmpty bool) ([]byte, error) {
	mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case mayBeEmpty && r.Header.Get("Content-Type") == "" && r.ContentLength == 0:
		return nil, nil
	case err == nil && mt == "application/json":
	case err == nil && (strings.HasPrefix(mt, "multipart/") || strings.HasPrefix(mt, "image/") || strings.HasPrefix(mt, "audio/") || strings.HasPrefix(mt, "video/") || mt == "application/pdf" || mt == "application/octet-stream"):
		return nil, &chat.InputError{Status: http.StatusUnsupportedMediaType, Detail: "attachments cannot be read here; send what it says as text: {\"text\": \"…\"} as application/json", Attachment: true}
	default:
		return nil, &chat.InputError{Status: http.StatusUnsupportedMediaType, Detail: "send {\"text\": \"…\"} as application/json"}
	}
	return io.ReadAll(r.Body)
}

func (s *Server) chatSend(w http.ResponseWriter, r *http.Request) {
	if !trusted(r) && !allowed(s.chat.rate, r) {
		s.chat.host.Refused("rate")
		s.chatFail(w, r, errRate)
		return
	}
	body, err := readJSON(r, false)
	var p chat.Page
	if err == nil {
		p, err = s.chatTake(r.Context(), r.PathValue("id"), body)
	}
	if err != nil {
		var in *chat.InputError
		if errors.As(err, &in) && in.Attachment {
			if rerr := s.chat.host.Refuse(r.Context(), r.PathValue("id")); rerr != nil {
				err = rerr
			}
		}
		s.chatFail(w, r, err)
		return
	}
	status := http.StatusOK
	if p.Working {
		status = http.StatusAccepted
	}
	answerStatus(w, status, p)
}

// chatTake reads one message and hands it over.
func (s *Server) chatTake(ctx context.Context, conv string, body []byte) (chat.Page, error) {
	in, err := s.chat.host.Config().ParseIncoming(body)
	if err != nil {
		return chat.Page{}, err
	}
	return s.chat.host.Send(ctx, conv, in)
}

func (s *Server) chatEnd(w http.ResponseWriter, r *http.Request) {
	if err := s.chat.host.End(r.Context(), r.PathValue("id")); err != nil {
		s.chatFail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// chatMessages answers with what was written after a message, at once or when there is something.
func (s *Server) chatMessages(w http.ResponseWriter, r *http.Request) {
	after, err := afterNumber(r.URL.Query().Get("after"))
	if err != nil {
		s.chatFail(w, r, err)
		return
	}
	var wait time.Duration
	if v := r.URL.Query().Get("wait"); v != "" {
		if wait, err = time.ParseDuration(v); err != nil || wait < 0 {
			s.fail(w, r, http.StatusBadRequest, "wait: write how long as 25s; at most "+maxWait.String()+" are waited")
			return
		}
		wait = min(wait, maxWait)
	}
	if wait > 0 {
		leave, err := s.chatWait(w)
		if err != nil {
			s.chatFail(w, r, err)
			return
		}
		defer leave()
	}
	p, err := s.chat.host.Messages(r.Context(), r.PathValue("id"), after, wait, nil)
	if err != nil {
		s.chatFail(w, r, err)
		return
	}
	answer(w, p)
}

// chatWait takes a place among those who wait and moves the connection's write deadline as far.
func (s *Server) chatWait(w http.ResponseWriter) (leave func(), err error) {
	select {
	case s.chat.waits <- struct{}{}:
	default:
		return nil, errWaits
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(maxWait + streamWrite))
	return func() { <-s.chat.waits }, nil
}

// afterNumber reads ?after= or Last-Event-ID.
func afterNumber(v string) (uint64, error) {
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(v, 10, 62)
	if err != nil {
		return 0, &chat.InputError{Status: http.StatusBadRequest, Detail: "after: give the number of the last message you have"}
	}
	return n, nil
}
