package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"decroche/gateway/chat"
)

// chatEvents streams one conversation as server-sent events (WHATWG HTML §9.2): "message" with
// its number as the event's ID, "working" when the bot begins or ends to be busy, "with" when a person
// of the company comes, goes or types, "ended". A
// browser that reconnects sends the last ID and misses nothing.
func (s *Server) chatEvents(w http.ResponseWriter, r *http.Request) {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	after, leave, ok := s.chatWatch(w, r, last)
	if !ok {
		return
	}
	defer leave()
	out := newStream(w)
	if out.write("retry: 2000\n\n") != nil {
		return
	}
	_ = s.chatFollow(r.Context(), r.PathValue("id"), after, func(f chatFrame) error {
		if f.Type == "alive" {
			return out.write(": still here\n\n")
		}
		if f.Message == nil {
			return out.send(f.Type, f)
		}
		data, err := json.Marshal(f.Message)
		if err != nil {
			return err
		}
		return out.write(fmt.Sprintf("id: %d\nevent: message\ndata: %s\n\n", f.Message.N, data))
	})
}

// chatWatch lets a watcher in who has read up to a message number, as the client wrote it; leave
// lets it out. It has answered when ok is false.
func (s *Server) chatWatch(w http.ResponseWriter, r *http.Request, last string) (after uint64, leave func(), ok bool) {
	after, err := afterNumber(last)
	if err == nil {
		leave, err = s.chatWait(w)
	}
	if err != nil {
		s.chatFail(w, r, err)
	}
	return after, leave, err == nil
}

// chatFrame is one thing told to a watcher of a conversation.
type chatFrame struct {
	Type    string        `json:"type"` // message | working | with | ended | accepted | error
	Message *chat.Message `json:"message,omitempty"`
	Working *bool         `json:"working,omitempty"`
	With    *chat.With    `json:"with,omitempty"`
	Outcome string        `json:"outcome,omitempty"`
	ID      string        `json:"client_id,omitempty"`
	Status  int           `json:"status,omitempty"`
	Detail  string        `json:"detail,omitempty"`
}

// chatFollow tells what happens in a conversation until it has ended, ctx ends or tell fails. A
// frame "alive" comes when nothing happens for a while.
func (s *Server) chatFollow(ctx context.Context, conv string, after uint64, tell func(chatFrame) error) error {
	var known *chat.Page
	for {
		wait := heartbeat
		if known == nil {
			wait = 0
		}
		p, err := s.chat.host.Messages(ctx, conv, after, wait, known)
		if err != nil {
			return err
		}
		for i := range p.Messages {
			if err := tell(chatFrame{Type: "message", Message: &p.Messages[i]}); err != nil {
				return err
			}
		}
		if was := known != nil && known.Working; was != p.Working {
			if err := tell(chatFrame{Type: "working", Working: &p.Working}); err != nil {
				return err
			}
		} else if with := withNow(&p); *with != *withNow(known) {
			if err := tell(chatFrame{Type: "with", With: with}); err != nil {
				return err
			}
		} else if len(p.Messages) == 0 && known != nil && !p.Ended {
			if err := tell(chatFrame{Type: "alive"}); err != nil {
				return err
			}
		}
		if p.Ended {
			return tell(chatFrame{Type: "ended", Outcome: p.Outcome})
		}
		after, known = max(after, p.Next), &p
	}
}

// withNow is who has the conversation, the bot before anything is known.
func withNow(p *chat.Page) *chat.With {
	if p == nil || p.With == nil {
		return &chat.With{State: chat.FromBot}
	}
	return p.With
}

// chatSocket is a conversation over one WebSocket (RFC 6455): text frames with a message as POST
// takes it come in, chatFrames go out. ?after= resumes.
func (s *Server) chatSocket(w http.ResponseWriter, r *http.Request) {
	after, leave, ok := s.chatWatch(w, r, r.URL.Query().Get("after"))
	if !ok {
		return
	}
	defer leave()
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		s.fail(w, r, http.StatusUpgradeRequired, "this address takes WebSockets; without one use GET "+strings.TrimSuffix(r.URL.Path, "ws")+"events")
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // each write has its own
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: s.chat.originHosts(), CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	defer c.CloseNow()
	c.SetReadLimit(s.chat.maxBody)
	ctx, cancel := context.WithCancel(r.Context())
	sock := &chatSock{s: s, r: r, c: c, conv: r.PathValue("id")}
	reading := make(chan struct{})
	go func() { // ends with the connection, which CloseNow ends
		defer close(reading)
		defer cancel()
		sock.read(ctx)
	}()
	err = s.chatFollow(ctx, sock.conv, after, func(f chatFrame) error { return sock.write(ctx, f) })
	if err == nil {
		sock.answering.Lock() // the message that ended it is owed its answer
		sock.answering.Unlock()
		_ = c.Close(websocket.StatusNormalClosure, "the conversation has ended")
	}
	cancel()
	_ = c.CloseNow()
	<-reading
}

// chatSock is one WebSocket. Its methods may be called together.
type chatSock struct {
	s    *Server
	r    *http.Request
	c    *websocket.Conn
	conv string

	answering sync.Mutex // held from a message until its answer is written
}

// write sends one frame; a reader that does not take it in time is gone.
func (k *chatSock) write(ctx context.Context, f chatFrame) error {
	ctx, cancel := context.WithTimeout(ctx, streamWrite)
	defer cancel()
	if f.Type == "alive" {
		return k.c.Ping(ctx)
	}
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return k.c.Write(ctx, websocket.MessageText, data)
}

// read takes messages until the connection ends.
func (k *chatSock) read(ctx context.Context) {
	for {
		kind, data, err := k.c.Read(ctx)
		if err != nil {
			return
		}
		if k.answer(ctx, kind, data) != nil {
			return
		}
	}
}

// answer takes one message and writes how that went.
func (k *chatSock) answer(ctx context.Context, kind websocket.MessageType, data []byte) error {
	k.answering.Lock()
	defer k.answering.Unlock()
	return k.write(ctx, k.take(ctx, kind, data))
}

// take hands one message over and says how that went.
func (k *chatSock) take(ctx context.Context, kind websocket.MessageType, data []byte) chatFrame {
	if !trusted(k.r) && !allowed(k.s.chat.rate, k.r) {
		k.s.chat.host.Refused("rate")
		return k.problem(errRate, "")
	}
	var err error
	var in chat.Incoming
	if kind == websocket.MessageBinary {
		err = &chat.InputError{Status: http.StatusUnprocessableEntity, Detail: "attachments cannot be read here; send what it says as text", Attachment: true}
	} else {
		in, err = k.s.chat.host.Config().ParseIncoming(data)
	}
	var bad *chat.InputError
	if errors.As(err, &bad) && bad.Attachment {
		if rerr := k.s.chat.host.Refuse(ctx, k.conv); rerr != nil {
			err = rerr
		}
	}
	if err == nil {
		_, err = k.s.chat.host.Send(ctx, k.conv, in)
	}
	if err != nil {
		return k.problem(err, in.ID)
	}
	return chatFrame{Type: "accepted", ID: in.ID}
}

func (k *chatSock) problem(err error, id string) chatFrame {
	status, detail, _ := k.s.chatProblem(k.r, err)
	return chatFrame{Type: "error", Status: status, Detail: detail, ID: id}
}
