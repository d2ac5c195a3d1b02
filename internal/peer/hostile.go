package peer

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Hostile is a telephone system that follows a script: what it does right it does as the standards ask
// (it repeats requests until they are answered, and answers again what is repeated to it), so that only
// what the script does wrong is wrong. It works in virtual time and over real sockets.
//
// A script is a list of steps:
//
//	refer 202                    await REFER, answer it; further words become headers: "refer 503 Retry-After: 9"
//	refer -                      await REFER, do not answer
//	late 202                     answer the last REFER now
//	notify 486 end               report within the dialog; "end" ends the subscription; "none" and "broken"
//	                             are bodies; "id=99" and "id=cseq" the event's id; "!481" the answer expected
//	bye                          send BYE and await its answer
//	expect INFO                  await a request and answer it with 200; BYE is answered at any time
//	wait 300ms
type Hostile struct {
	*Script
	t testing.TB

	mu       sync.Mutex
	answers  map[string]string // by branch and method: what was answered
	inbox    []Message         // requests that no step has asked for yet
	replies  []Message
	requests []string // every new request that came, with its CSeq
	refer    Message
	byed     bool
	stop     chan struct{}
	once     sync.Once
	done     chan struct{}
}

// NewHostile takes the dialog of s, which is confirmed. Close it.
func NewHostile(t testing.TB, s *Script) *Hostile {
	h := &Hostile{Script: s, t: t, answers: map[string]string{}, stop: make(chan struct{}), done: make(chan struct{})}
	go h.listen()
	return h
}

// listen sorts what comes, and answers again what was answered before.
func (h *Hostile) listen() {
	defer close(h.done)
	for {
		h.Raw.mu.Lock()
		got, wake := h.Raw.got, h.Raw.wake
		h.Raw.got = nil
		h.Raw.mu.Unlock()
		for _, m := range got {
			h.sort(m)
		}
		if len(got) > 0 {
			continue
		}
		select {
		case <-wake:
		case <-h.stop:
			return
		}
	}
}

func (h *Hostile) sort(m Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m.Status() != 0 {
		h.replies = append(h.replies, m)
		return
	}
	key := branchOf(m) + m.Method()
	answer, seen := h.answers[key]
	switch {
	case seen && answer != "":
		h.Send(m.From.String(), answer)
	case seen, m.Method() == "ACK":
	default:
		h.answers[key] = ""
		h.requests = append(h.requests, m.Get("cseq"))
		h.inbox = append(h.inbox, m)
		if m.Method() == "BYE" { // whatever the script is about, who is left confirms it
			h.byed = true
			h.answers[key] = ReplyText(m, 200, "OK", h.Tag, "")
			h.Send(m.From.String(), h.answers[key])
		}
	}
}

func branchOf(m Message) string {
	_, b, _ := strings.Cut(m.Get("via"), "branch=")
	b, _, _ = strings.Cut(b, ";")
	return b
}

// Close ends the script's reader.
func (h *Hostile) Close() {
	h.once.Do(func() { close(h.stop) })
	<-h.done
}

// Requests are the CSeq values of all requests that came, repetitions left out.
func (h *Hostile) Requests() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.requests...)
}

// Byed reports whether a BYE came.
func (h *Hostile) Byed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.byed
}

// poll waits until f says yes.
func (h *Hostile) poll(d time.Duration, f func() bool) bool {
	for end := time.Now().Add(d); ; time.Sleep(5 * time.Millisecond) {
		h.mu.Lock()
		ok := f()
		h.mu.Unlock()
		if ok {
			return true
		}
		if !time.Now().Before(end) {
			return false
		}
	}
}

// Take awaits a request with this method.
func (h *Hostile) Take(d time.Duration, method string) (m Message, ok bool) {
	ok = h.poll(d, func() bool {
		for i := range h.inbox {
			if h.inbox[i].Method() == method {
				m = h.inbox[i]
				h.inbox = append(h.inbox[:i], h.inbox[i+1:]...)
				return true
			}
		}
		return false
	})
	return m, ok
}

// Respond answers a request, and its repetitions.
func (h *Hostile) Respond(m Message, status int, extra string) {
	text := ReplyText(m, status, "Reply", h.Tag, extra)
	h.mu.Lock()
	h.answers[branchOf(m)+m.Method()] = text
	h.mu.Unlock()
	h.Send(m.From.String(), text)
}

// Demand sends a request and repeats it until a final response comes, which it returns; 0 for none.
func (h *Hostile) Demand(method, extra string) Message {
	h.Script.Request(method, extra)
	branch, text := h.Branch, h.Text(method, extra)
	var got Message
	for wait, end := 500*time.Millisecond, time.Now().Add(32*time.Second); time.Now().Before(end); wait = min(2*wait, 4*time.Second) {
		if h.poll(wait, func() bool {
			for _, m := range h.replies {
				if branchOf(m) == branch && m.Status() >= 200 {
					got = m
					return true
				}
			}
			return false
		}) {
			break
		}
		h.Send(h.To, text)
	}
	return got
}

// Run follows the script.
func (h *Hostile) Run(steps ...string) {
	h.t.Helper()
	for _, s := range steps {
		h.step(s)
	}
}

func (h *Hostile) step(s string) {
	h.t.Helper()
	word, rest, _ := strings.Cut(s, " ")
	switch word {
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			h.t.Fatalf("step %q: %v", s, err)
		}
		time.Sleep(d)
	case "refer":
		m, ok := h.Take(10*time.Second, "REFER")
		if !ok {
			h.t.Errorf("step %q: no REFER came", s)
			return
		}
		h.refer = m
		h.answerRefer(rest)
	case "late":
		h.answerRefer(rest)
	case "notify":
		h.notify(rest)
	case "bye":
		if m := h.Demand("BYE", ""); m.Status() != 200 && m.Status() != 481 {
			h.t.Errorf("BYE was answered %d", m.Status())
		}
	case "expect":
		m, ok := h.Take(time.Minute, rest)
		if !ok {
			h.t.Errorf("step %q: it never came", s)
			return
		}
		if rest != "BYE" {
			h.Respond(m, 200, "")
		}
	default:
		h.t.Fatalf("step %q: unknown", s)
	}
}

func (h *Hostile) answerRefer(words string) {
	code, extra, _ := strings.Cut(words, " ")
	if status, err := strconv.Atoi(code); err == nil {
		h.Respond(h.refer, status, extra)
	}
}

func (h *Hostile) notify(words string) {
	h.t.Helper()
	event, state, body, want := "refer", "active;expires=60", "", 200
	for _, w := range strings.Fields(words) {
		switch {
		case w == "end":
			state = "terminated;reason=noresource"
		case w == "id=cseq":
			n, _, _ := strings.Cut(h.refer.Get("cseq"), " ")
			event = "refer;id=" + n
		case strings.HasPrefix(w, "id="):
			event = "refer;" + w
		case w[0] == '!':
			want, _ = strconv.Atoi(w[1:])
		case w == "none":
		case w == "broken":
			body = "\n\nthis is no status line"
		case strings.HasPrefix(w, "retry="):
			body += "\nRetry-After: " + w[6:]
		default:
			body = "\n\nSIP/2.0 " + w + " Whatever"
		}
	}
	extra := fmt.Sprintf("Event: %s\nSubscription-State: %s", event, state)
	if body != "" {
		extra += "\nContent-Type: message/sipfrag;version=2.0" + body + "\n"
	}
	if m := h.Demand("NOTIFY", extra); m.Status() != want {
		h.t.Errorf("NOTIFY %s was answered %d, want %d", words, m.Status(), want)
	}
}
