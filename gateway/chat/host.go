package chat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

// Memory is where conversations are between two messages.
type Memory interface {
	store.Chats
	Events(ctx context.Context, conv string, after uint64) iter.Seq2[event.Event, error]
}

// Hooks are told what happens, by deliveries that are stored with the exchange that made them.
type Hooks interface {
	// Deliveries makes what is to be sent for evs. It does no I/O.
	Deliveries(c store.Chat, evs []event.Event) []store.Delivery
	// Wake says that deliveries were stored. It does not block.
	Wake()
}

// Deps is what a Host works with. Memory and Bots are needed, the rest may be nil.
type Deps struct {
	// NoCall puts a number on the list of those who are not to be called, because they wrote so; may be nil.
	NoCall  func(ctx context.Context, conv, phone, how string) error
	Memory  Memory
	Bots    func(name string) (Bot, bool) // as they are now: asked at each turn; "" is the first one
	Actions map[string]flows.Action       // by name
	Bus     *event.Bus
	Desk    *agents.Desk                   // agents who can be given a conversation; nil: none
	Offer   func(conv string) agents.Offer // what an agent reads before they accept; needed with Desk
	Hooks   Hooks
	Metrics *Metrics
	Log     *slog.Logger     // never told what anybody wrote
	Now     func() time.Time // wall time; nil means time.Now
	// UnderstandTimeout bounds a Bot's Understander; 0 means 1.5 s.
	UnderstandTimeout time.Duration
}

// Host holds conversations. Its methods are safe for concurrent use: the messages of one
// conversation are taken strictly one after the other, those of different ones in parallel.
type Host struct {
	// constant after New
	d   Deps
	cfg Config
	run string // of this process, to notice that a conversation comes from another

	handing context.Context // of who fetches agents and watches over them
	letGo   context.CancelFunc
	helpers sync.WaitGroup // these
	line    line           // who waits for an agent
	waits   waits          // how long others did

	ctx    context.Context // of the actions
	stop   context.CancelFunc
	acts   sync.WaitGroup // actions
	rooms  rooms
	open   atomic.Int64 // conversations, about: counted anew by Sweep
	closed atomic.Bool
}

// storeWait bounds one exchange's turn and commit. The sender may have gone by then; the exchange
// is finished all the same, so that a repetition finds its answer.
const storeWait = 15 * time.Second

// New makes a Host; nothing runs yet. Close it when done.
func New(d Deps, cfg Config) *Host {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.UnderstandTimeout <= 0 {
		d.UnderstandTimeout = 1500 * time.Millisecond
	}
	h := &Host{d: d, cfg: cfg, run: rand.Text(), rooms: rooms{by: map[string]*room{}}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.handing, h.letGo = context.WithCancel(context.Background())
	return h
}

// Config is what the Host was made with.
func (h *Host) Config() Config { return h.cfg }

// Create begins a conversation and returns it with the bot's first messages.
func (h *Host) Create(ctx context.Context, o Opening) (Opened, error) {
	if err := o.check(); err != nil {
		return Opened{}, err
	}
	bot, ok := h.d.Bots(o.Bot)
	if !ok {
		return Opened{}, ErrNoBot
	}
	if h.closed.Load() {
		return Opened{}, ErrClosed
	}
	if !h.enter() {
		h.d.Metrics.Refused("full")
		return Opened{}, ErrFull
	}
	token := newToken()
	hash := sha256.Sum256([]byte(token))
	now := h.now()
	x := &exchange{h: h, bot: bot, now: now, c: store.Chat{Conv: strings.ToLower(rand.Text()), Bot: bot.Name, Lang: o.Lang, Phone: o.Phone,
		Source: o.From, Metadata: o.Metadata, Token: hash[:], Created: now}}
	r := h.rooms.enter(x.c.Conv)
	defer h.rooms.leave(x.c.Conv, r)
	if err := h.rooms.lock(ctx, r, 0); err != nil {
		return Opened{}, err
	}
	defer h.rooms.unlock(r)
	ctx, cancel := lasting(ctx)
	defer cancel()
	x.w.Channel, x.w.Instead = o.Channel, o.Instead
	x.write(event.Started{Channel: string(x.w.channel()), From: o.From, Bot: bot.Name, Version: bot.Version, Lang: o.Lang})
	x.take(ctx, flows.Input{Kind: flows.Start, ID: x.c.Conv, Channel: x.w.channel(), Lang: o.Lang, Caller: o.Phone})
	if err := h.finish(ctx, r, x); err != nil {
		h.leave()
		return Opened{}, err
	}
	h.d.Metrics.count(opened)
	return Opened{ID: x.c.Conv, Token: token, Bot: bot.Name, Lang: x.c.Lang, Page: x.page()}, nil
}

// Send takes one message and returns what the bot answers to it. While the bot is busy with an
// action the message is kept and Page.Working is true: the answer comes by itself later. A
// message whose ID came before is not taken again; its answer is returned as it was. The error is
// an *InputError, one of this package's, or of the store.
func (h *Host) Send(ctx context.Context, conv string, in Incoming) (Page, error) {
	began := time.Now()
	if err := h.cfg.check(&in); err != nil {
		h.d.Metrics.Refused("unreadable")
		return Page{}, err
	}
	var p Page
	err := h.with(ctx, conv, func(ctx context.Context, r *room, x *exchange) (err error) {
		if in.ID != "" {
			seq, seen, err := h.d.Memory.SeenChat(ctx, conv, in.ID)
			if err != nil {
				return err
			}
			if seen {
				h.d.Metrics.count(repeated)
				if p = x.page(); seq > 0 {
					p, err = h.since(ctx, x, seq)
				}
				return err
			}
		}
		if !x.c.Ended.IsZero() {
			return ErrEnded
		}
		if in, err = x.w.resolve(in); err != nil {
			return err
		}
		if x, err = h.drain(ctx, r, x); err != nil {
			return err
		}
		if !x.c.Ended.IsZero() {
			return ErrEnded
		}
		if x.w.Next == flows.DoAct {
			p = x.page()
			return h.queue(ctx, r, x, in)
		}
		x.hear(ctx, in)
		if err := h.finish(ctx, r, x); err != nil {
			return err
		}
		p = x.page()
		h.d.Metrics.took(time.Since(began))
		return nil
	})
	return p, err
}

// TakeUp goes on with a conversation that was left for a while: the bot says the open question again.
// Of one with an action out, or with an agent, nothing is said.
func (h *Host) TakeUp(ctx context.Context, conv string) (p Page, err error) {
	err = h.with(ctx, conv, func(ctx context.Context, r *room, x *exchange) error {
		if !x.c.Ended.IsZero() {
			return ErrEnded
		}
		if x.w.Next == flows.Listen {
			x.arrived("")
			x.take(ctx, flows.Input{Kind: flows.Moved, Channel: x.w.channel(), Known: true})
			if err := h.finish(ctx, r, x); err != nil {
				return err
			}
		}
		p = x.page()
		return nil
	})
	return p, err
}

// Refuse writes into the conversation, in its language, that the bot cannot read what was sent,
// and that it can note what it says.
func (h *Host) Refuse(ctx context.Context, conv string) error {
	h.d.Metrics.Refused("attachment")
	return h.with(ctx, conv, func(ctx context.Context, r *room, x *exchange) error {
		if !x.c.Ended.IsZero() {
			return ErrEnded
		}
		x.show(flows.Prompt{ID: "chat/attachment", Text: wordsFor(x.c.Lang).attachment})
		return h.finish(ctx, r, x)
	})
}

// Refused counts a refusal of whoever stands in front of the Host: "rate".
func (h *Host) Refused(why string) { h.d.Metrics.Refused(why) }

// End closes the conversation because the person has left. One that has ended stays as it is.
func (h *Host) End(ctx context.Context, conv string) error {
	return h.end(ctx, conv, "caller", "left")
}

func (h *Host) end(ctx context.Context, conv, by, cause string) error {
	return h.alone(ctx, conv, false, func(ctx context.Context, r *room, x *exchange) error {
		if !x.c.Ended.IsZero() {
			return nil
		}
		x.closeHand(agents.CallerLeft)
		outcome := x.closeBooks(ctx)
		if x.w.Talked {
			outcome = "transferred"
		}
		x.over(event.Ended{Outcome: outcome, By: by, Cause: cause})
		return h.finish(ctx, r, x)
	})
}

// Open tells whether token opens the conversation: ErrNotFound when it does not, or there is none.
func (h *Host) Open(ctx context.Context, conv, token string) error {
	c, err := h.d.Memory.Chat(ctx, conv)
	if err != nil {
		return notFound(err)
	}
	sum := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(sum[:], c.Token) != 1 {
		return ErrNotFound
	}
	return nil
}

// with runs f while it alone may change the conversation, whose bot must be there. f's context
// outlives the sender's.
func (h *Host) with(ctx context.Context, conv string, f func(context.Context, *room, *exchange) error) error {
	return h.alone(ctx, conv, true, f)
}

// alone is with, where needed says whether the bot must be there.
func (h *Host) alone(ctx context.Context, conv string, needed bool, f func(context.Context, *room, *exchange) error) error {
	if h.closed.Load() {
		return ErrClosed
	}
	r := h.rooms.enter(conv)
	defer h.rooms.leave(conv, r)
	if err := h.rooms.lock(ctx, r, h.cfg.MaxQueue); err != nil {
		if errors.Is(err, ErrBusy) {
			h.d.Metrics.Refused("busy")
		}
		return err
	}
	defer h.rooms.unlock(r)
	ctx, cancel := lasting(ctx)
	defer cancel()
	for try := 0; ; try++ {
		x, err := h.load(ctx, conv)
		if err == nil || !needed && errors.Is(err, ErrNoBot) {
			err = f(ctx, r, x)
		}
		if !errors.Is(err, store.ErrStale) || try == 3 {
			return notFound(err)
		}
	}
}

func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(context.WithoutCancel(ctx), storeWait, errors.New("chat: the store took too long"))
}

func notFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// ownID begins the ID of a message that waits and came without one; no sender's can begin so.
const ownID = "\x7fown-"

// queue keeps a message that came while an action is out, and sees to it that the action runs.
func (h *Host) queue(ctx context.Context, r *room, x *exchange, in Incoming) error {
	if in.ID == "" {
		in.ID = ownID + rand.Text()
	}
	err := h.d.Memory.QueueChat(ctx, store.ChatInput{Conv: x.c.Conv, ID: in.ID, At: h.now(), Body: encode(in)}, h.cfg.MaxQueue)
	if errors.Is(err, store.ErrQueueFull) {
		h.d.Metrics.Refused("busy")
		return ErrBusy
	}
	if err == nil {
		h.d.Metrics.count(queued)
		h.act(r, x)
	}
	return err
}

// drain takes the messages that wait, until none does or an action is out, and returns the
// conversation as it is then.
func (h *Host) drain(ctx context.Context, r *room, x *exchange) (*exchange, error) {
	for x.w.Next != flows.DoAct && x.c.Ended.IsZero() {
		next, waiting, err := h.d.Memory.NextChat(ctx, x.c.Conv)
		if errors.Is(err, store.ErrNotFound) {
			return x, nil
		}
		if err != nil {
			return x, err
		}
		var in Incoming
		if err := decode(next.Body, &in); err != nil {
			return x, fmt.Errorf("chat %s: read a message that waits: %w", x.c.Conv, err)
		}
		x.hear(ctx, in)
		x.w.More = waiting > 1
		if err := h.finish(ctx, r, x); err != nil {
			return x, err
		}
		if x, err = h.load(ctx, x.c.Conv); err != nil {
			return x, err
		}
	}
	return x, nil
}

// finish makes an exchange durable, then visible, then begins what it asked for.
func (h *Host) finish(ctx context.Context, r *room, x *exchange) error {
	if err := x.commit(ctx); err != nil {
		return err
	}
	h.catchUp(ctx, x)
	for _, e := range x.evs {
		if h.d.Bus != nil {
			h.d.Bus.Publish(e)
		}
		if m, ok := message(e); ok {
			h.d.Metrics.said(m.From)
		}
		if _, over := e.Body.(event.Ended); over {
			h.d.Metrics.count(ended)
			h.leave()
		}
	}
	if x.told {
		h.d.Hooks.Wake()
	}
	h.act(r, x)
	h.help(r, x)
	h.rooms.wake(r)
	return nil
}

// catchUp tells who watches here of what an earlier process wrote, before the first news of it.
func (h *Host) catchUp(ctx context.Context, x *exchange) {
	if !x.elsewhere || x.was == 0 || h.d.Bus == nil || !x.c.Ended.IsZero() {
		return
	}
	for e, err := range h.d.Memory.Events(ctx, x.c.Conv, 0) {
		if err != nil || e.Seq > x.was {
			return
		}
		h.d.Bus.Publish(e)
	}
}

// enter takes one of max_open; false when all are taken.
func (h *Host) enter() bool {
	n := h.open.Add(1)
	if n > int64(h.cfg.MaxOpen) {
		h.open.Add(-1)
		return false
	}
	h.d.Metrics.setOpen(n)
	return true
}

func (h *Host) leave() { h.d.Metrics.setOpen(h.open.Add(-1)) }

func (h *Host) now() time.Time { return h.d.Now().UTC() }

// newToken makes a resume token of 160 random bits.
func newToken() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails, since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// resolve turns a button into what it says.
func (w waiting) resolve(in Incoming) (Incoming, error) {
	if in.Quick == "" {
		return in, nil
	}
	in.Text, in.Quick = in.Quick, ""
	for _, q := range w.Quick {
		if strings.EqualFold(q, in.Text) {
			in.Text = q
			return in, nil
		}
	}
	n, err := strconv.Atoi(in.Text)
	if err != nil {
		return in, nil // a button of an earlier question: it says what it says
	}
	if n < 1 || n > len(w.Quick) {
		return in, refused(422, "quick: there is no button %d; the last question has %d", n, len(w.Quick))
	}
	in.Text = w.Quick[n-1]
	return in, nil
}
