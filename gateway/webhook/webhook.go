// Package webhook tells other systems what happens in typed conversations, so that any messenger
// can be connected: each message of the bot, each hand-off, callback and end is POSTed as signed
// JSON.
//
// Deliveries are stored in the transaction of the exchange that made them, so that none is lost
// and none tells of what did not happen. They leave in order within a conversation, are tried
// again for hours, also by the next process, and may arrive twice: their ID tells. An answer is
// only looked at for its status; redirects are not followed.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"decroche/gateway/digest"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/internal/hooksign"
)

const (
	timeout = 10 * time.Second // of one try, from connection to status
	maxRead = 64 << 10         // bytes of an answer that are read; the rest is cut off
	// A try that failed is made again after pauseFirst, then twice as long, up to pauseMost. After
	// maxTries, more than a day, a delivery is given up.
	pauseFirst, pauseMost = 5 * time.Second, 4 * time.Hour
	maxTries              = 18
	batch                 = 16 // conversations that are told at once, of each hook
	minKey                = 16
)

// Sender makes deliveries and sends them. Its methods are safe for concurrent use.
type Sender struct {
	box   store.Outbox
	hooks []*hook
	m     *Metrics
	log   *slog.Logger
	now   func() time.Time
}

type hook struct {
	name    string // in the outbox
	cfg     Config
	late    *Late    // what it is told is made when it leaves; nil: it was stored
	carrier *Carrier // brings it in its own way; nil: it is POSTed
	client  *http.Client
	wake    chan struct{} // one token
}

// New makes a Sender of hooks whose Key is set; nothing is sent before Run. m may be nil.
func New(box store.Outbox, hooks []Config, m *Metrics, log *slog.Logger, now func() time.Time) (*Sender, error) {
	if now == nil {
		now = time.Now
	}
	s := &Sender{box: box, m: m, log: log, now: now}
	for i, c := range hooks {
		if len(c.Key) < minKey {
			return nil, fmt.Errorf("webhooks[%d].secret: shorter than %d characters; use a longer one", i, minKey)
		}
		s.add(&hook{name: c.URL, cfg: c})
	}
	return s, nil
}

func (s *Sender) add(h *hook) {
	h.client, h.wake = client(h.cfg.AllowPrivate), make(chan struct{}, 1)
	s.hooks = append(s.hooks, h)
}

// client follows no redirect and, unless allowed, reaches no private address, whatever a name
// resolves to.
func client(allowPrivate bool) *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second}
	if !allowPrivate {
		d.Control = refusePrivate
	}
	return &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DialContext: d.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: batch, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: maxRead},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var (
	errPrivate = errors.New("the address is private; set allow_private: true if it is yours")
	shared     = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	nat64      = netip.MustParsePrefix("64:ff9b::/96")  // RFC 6052: may lead to any IPv4 address
)

func refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := ap.Addr().Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || shared.Contains(ip) || nat64.Contains(ip) {
		return errPrivate
	}
	return nil
}

// payload is the body of a delivery.
type payload struct {
	Type string    `json:"type"` // chat.message | chat.handoff | chat.callback | chat.left_message | chat.ended
	At   time.Time `json:"timestamp"`
	Data data      `json:"data"`
}

type data struct {
	Conv     string            `json:"conversation"`
	Bot      string            `json:"bot"`
	N        uint64            `json:"n"` // the message's number
	Lang     string            `json:"lang,omitempty"`
	Text     string            `json:"text,omitempty"`    // of a message, and of one that the person left
	Quick    []quick           `json:"quick,omitempty"`   // of a message
	From     string            `json:"from,omitempty"`    // of a message: agent, when a person wrote it
	Name     string            `json:"name,omitempty"`    // of that person
	Reason   string            `json:"reason,omitempty"`  // of a hand-off or callback
	Topic    string            `json:"topic,omitempty"`   // of a hand-off
	Summary  []string          `json:"summary,omitempty"` // of a hand-off
	Phone    string            `json:"phone,omitempty"`   // of a callback
	Outcome  string            `json:"outcome,omitempty"` // of an end
	Metadata map[string]string `json:"metadata,omitempty"`
}

type quick struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// describe turns an event into what is told; kind is "" for what is not.
func describe(c store.Chat, e event.Event) (kind string, d data) {
	d = data{Conv: c.Conv, Bot: c.Bot, N: e.Seq, Lang: c.Lang, Metadata: c.Metadata}
	switch v := e.Body.(type) {
	case event.Said:
		if v.Who != event.Agent {
			return "", d
		}
		d.Text, d.From, d.Name = v.Text, event.Agent, v.Name
		return "message", d
	case event.Prompted:
		d.Text, d.Lang = v.Text, v.Lang
		for _, q := range v.Quick {
			d.Quick = append(d.Quick, quick{q, q})
		}
		return "message", d
	case event.TransferStarted:
		d.Reason, d.Topic, d.Summary = v.Reason, v.Topic, v.Summary
		return "handoff", d
	case event.CallbackTaken:
		d.Reason, d.Phone = v.Reason, v.Phone
		if v.Reason == digest.ReasonMessage {
			d.Text = v.Message
			return "left_message", d
		}
		return "callback", d
	case event.Ended:
		d.Outcome = v.Outcome
		return "ended", d
	}
	return "", d
}

// stored tells whether h is POSTed what was stored when it happened.
func (h *hook) stored() bool { return h.late == nil && h.carrier == nil }

// Deliveries makes what is to be sent for evs. It does no I/O.
func (s *Sender) Deliveries(c store.Chat, evs []event.Event) (out []store.Delivery) {
	for _, e := range evs {
		kind, d := describe(c, e)
		if kind == "" {
			continue
		}
		body, err := json.Marshal(payload{"chat." + kind, e.At, d})
		if err != nil {
			continue // strings and numbers only: cannot be
		}
		for _, h := range s.hooks {
			if h.stored() && (len(h.cfg.Events) == 0 || slices.Contains(h.cfg.Events, kind)) {
				out = append(out, store.Delivery{Hook: h.name, Conv: c.Conv, Key: fmt.Sprintf("msg_%s_%d", c.Conv, e.Seq), Body: body, At: e.At})
			}
		}
	}
	return out
}

// Hooks are the names in the outbox of who is told.
func (s *Sender) Hooks() []string {
	names := []string{}
	for _, h := range s.hooks {
		names = append(names, h.name)
	}
	return names
}

// Wake says that deliveries were stored. It does not block.
func (s *Sender) Wake() {
	for _, h := range s.hooks {
		select {
		case h.wake <- struct{}{}:
		default:
		}
	}
}

// Run sends until ctx ends, each hook by itself, so that a slow one delays only its own.
func (s *Sender) Run(ctx context.Context) {
	if n, err := s.box.AbandonDeliveries(ctx, s.Hooks()); err != nil {
		s.log.Error("webhooks: the outbox could not be tidied", "err", err)
	} else if n > 0 {
		s.log.Warn("webhooks: gave up deliveries to addresses that are no longer configured", "deliveries", n)
	}
	var wg sync.WaitGroup
	for _, h := range s.hooks {
		wg.Go(func() { s.serve(ctx, h) })
	}
	wg.Wait()
}

func (s *Sender) serve(ctx context.Context, h *hook) {
	for ctx.Err() == nil {
		due, err := s.box.DueDeliveries(ctx, h.name, s.now(), batch)
		if err != nil && ctx.Err() == nil {
			s.log.Error("webhooks: the outbox could not be read; trying again", "err", err)
		}
		if len(due) == 0 {
			s.rest(ctx, h)
			continue
		}
		var wg sync.WaitGroup
		for _, d := range due {
			wg.Go(func() { s.send(ctx, h, d) })
		}
		wg.Wait()
	}
}

// rest waits until something may be due.
func (s *Sender) rest(ctx context.Context, h *hook) {
	wait := time.Minute
	if next, err := s.box.NextDelivery(ctx, h.name); err == nil && !next.IsZero() {
		wait = min(wait, max(100*time.Millisecond, next.Sub(s.now())))
	}
	if waiting, dead, err := s.box.CountDeliveries(ctx); err == nil {
		s.m.set(waiting, dead)
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-h.wake:
	case <-ctx.Done():
	}
}

// send makes one try and writes down how it went. What was sent for the last time when the
// process died is sent again by the next.
func (s *Sender) send(ctx context.Context, h *hook, d store.Delivery) {
	err := s.try(ctx, h, d)
	if ctx.Err() != nil {
		return
	}
	if err == nil || errors.Is(err, ErrGone) {
		outcome := "delivered"
		if err != nil {
			outcome = "erased"
		}
		s.m.count(outcome)
		if err := s.box.Delivered(ctx, d.ID); err != nil && ctx.Err() == nil {
			s.log.Error("webhooks: a delivery will be made again", "conv", d.Conv, "err", err)
			s.pause(ctx)
		}
		return
	}
	var gone *statusError
	dead := d.Tries+1 >= maxTries || errors.As(err, &gone) && gone.code == http.StatusGone || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrRefused)
	pause := min(pauseMost, pauseFirst<<min(d.Tries, 20))
	pause += time.Duration(rand.Int64N(int64(pause)/4 + 1)) // so that not all come back at once
	if dead {
		s.m.count("dead")
		s.log.Error("webhooks: a delivery was given up", "to", h.name, "conv", d.Conv, "tries", d.Tries+1, "err", err)
	} else {
		s.m.count("failed")
		s.log.Warn("webhooks: a delivery failed and will be tried again", "to", h.name, "conv", d.Conv, "tries", d.Tries+1, "in", pause, "err", err)
	}
	if err := s.box.Delay(ctx, d.ID, s.now().Add(pause), dead); err != nil && ctx.Err() == nil {
		s.log.Error("webhooks: the outbox could not be written", "err", err)
		s.pause(ctx)
	}
}

func (s *Sender) pause(ctx context.Context) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
}

type statusError struct{ code int }

func (e *statusError) Error() string { return "it answered " + strconv.Itoa(e.code) }

// try sends once; nil when the far end took it: any 2xx.
func (s *Sender) try(ctx context.Context, h *hook, d store.Delivery) error {
	if h.carrier != nil {
		return h.carrier.Send(ctx, d)
	}
	body, kind := d.Body, "application/json"
	if h.late != nil {
		var err error
		if body, err = h.late.body(ctx, d.Conv); err != nil {
			return err
		}
		kind = h.late.ContentType
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "decroche")
	hooksign.Headers(req.Header, h.cfg.Key, d.Key, s.now(), body)
	resp, err := h.client.Do(req)
	if err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), h.cfg.Key, "***"))
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxRead) // a short answer lets the connection serve again
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return &statusError{resp.StatusCode}
	}
	return nil
}
