package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

// waiting is what a conversation waits for, as it stands in the store.
type waiting struct {
	Next    flows.Next   `json:"next"`
	Act     *flows.Act   `json:"act,omitempty"`     // with Next "act"
	Began   time.Time    `json:"began,omitzero"`    // of Act
	Expect  flows.Expect `json:"expect,omitzero"`   // with Next "listen"
	Quick   []string     `json:"quick,omitempty"`   // buttons of the last question
	Called  bool         `json:"called,omitempty"`  // a callback was taken
	More    bool         `json:"more,omitempty"`    // messages wait
	Outcome string       `json:"outcome,omitempty"` // once it has ended
	Run     string       `json:"run"`               // the process that wrote this
	Hand    *handing     `json:"hand,omitempty"`    // with Next "hand_off"
	Talked  bool         `json:"talked,omitempty"`  // an agent has had the conversation
	// Channel is how the conversation takes place, and Instead what the flow proposes in the place of a
	// person (Opening); both stay for its whole life.
	Channel flows.Channel `json:"channel,omitempty"`
	Instead string        `json:"instead,omitempty"`
}

// exchange is one step of a conversation at work: what came, what the mind makes of it, and what
// will be written at once. It belongs to whoever has the room's turn.
type exchange struct {
	h         *Host
	bot       Bot
	c         store.Chat
	was       uint64 // c.Seq when it was read
	w         waiting
	now       time.Time
	evs       []event.Event
	callbacks []store.Callback
	taken     string // ID of the message
	takenSeq  uint64
	out       flows.Output
	told      bool // deliveries were stored
	hush      bool // what was said told the value of a sensitive slot
	elsewhere bool // an earlier process held it last: who watches here has not seen its beginning
}

// load reads a conversation. One whose bot is gone comes with ErrNoBot: it can be ended, not gone
// on with.
func (h *Host) load(ctx context.Context, conv string) (*exchange, error) {
	c, err := h.d.Memory.Chat(ctx, conv)
	if err != nil {
		return nil, err
	}
	x := &exchange{h: h, c: c, was: c.Seq, now: h.now()}
	if err := decode(c.Wait, &x.w); err != nil {
		return nil, fmt.Errorf("chat %s: read what it waits for: %w", conv, err)
	}
	x.elsewhere = x.w.Run != h.run
	var ok bool
	if x.bot, ok = h.d.Bots(c.Bot); (!ok || c.Bot == "") && c.Ended.IsZero() {
		return x, ErrNoBot
	}
	return x, nil
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // an action's arguments that are no JSON: a wiring mistake
		panic(fmt.Sprintf("chat: encode %T: %v", v, err))
	}
	return b
}

func decode(data []byte, v any) error { return json.Unmarshal(data, v) }

// write adds an event.
func (x *exchange) write(b event.Body) {
	x.c.Seq++
	x.evs = append(x.evs, event.Event{Conv: x.c.Conv, Seq: x.c.Seq, At: x.now, Body: b})
}

// page is what the exchange said, as its sender sees it.
func (x *exchange) page() Page {
	p := Page{Messages: []Message{}, Next: x.c.Seq, Working: x.busy(), Ended: !x.c.Ended.IsZero(), Outcome: x.w.Outcome, With: x.h.company(x)}
	for _, e := range x.evs {
		p.take(e)
	}
	return p
}

// take adds what an event shows.
func (p *Page) take(e event.Event) {
	if m, ok := message(e); ok {
		p.Messages = append(p.Messages, m)
	}
	if _, ok := e.Body.(event.TransferStarted); ok {
		p.Person = true
	}
}

// channel is how the conversation takes place.
func (w *waiting) channel() flows.Channel {
	if w.Channel == "" {
		return flows.Text
	}
	return w.Channel
}

// busy tells whether more comes by itself.
func (x *exchange) busy() bool { return (x.w.Next == flows.DoAct || x.w.More) && x.c.Ended.IsZero() }

// commit makes everything durable. In a new process the record says that it went on there.
func (x *exchange) commit(ctx context.Context) error {
	x.c.Touched = x.now
	x.w.Run = x.h.run
	x.c.Wait, x.c.Acting = encode(x.w), (x.w.Next == flows.DoAct || x.w.Hand != nil) && x.c.Ended.IsZero()
	cm := store.ChatCommit{Chat: x.c, Was: x.was, Events: x.evs, Taken: x.taken, TakenSeq: x.takenSeq, Callbacks: x.callbacks}
	if x.h.d.Hooks != nil {
		cm.Outbox = x.h.d.Hooks.Deliveries(x.c, x.evs)
		x.told = len(cm.Outbox) > 0
	}
	if err := x.h.d.Memory.CommitChat(ctx, cm); err != nil {
		return fmt.Errorf("chat %s: %w", x.c.Conv, err)
	}
	return nil
}

// arrived notes that the conversation was last held by another process.
func (x *exchange) arrived(note string) {
	if x.was > 0 && x.w.Run != "" && x.w.Run != x.h.run {
		x.write(event.Moved{Channel: string(x.w.channel()), Why: "restarted", Note: note})
		x.w.Run = x.h.run
	}
}

// hear takes one message.
func (x *exchange) hear(ctx context.Context, in Incoming) {
	x.arrived("")
	said := event.Said{Text: in.Text, Confidence: 1, How: "typed", ID: in.ID}
	fin := flows.Input{Kind: flows.Said, Text: in.Text, Confidence: 1}
	if in.Intent != "" {
		fin.Meaning = &flows.Meaning{Intent: in.Intent, Confidence: 1, Margin: 1}
	}
	if x.w.channel() == flows.Speaker {
		said.How = "speech"
	}
	if in.Digits != "" {
		said.Text, said.How = in.Digits, "keys"
		fin = flows.Input{Kind: flows.Digits, Digits: in.Digits}
	}
	if strings.HasPrefix(in.ID, ownID) {
		said.ID = ""
	}
	x.write(said)
	if x.w.Hand != nil {
		x.taken, x.takenSeq = in.ID, x.c.Seq
		x.toPerson(ctx, fin)
		return
	}
	at := len(x.evs) - 1
	x.hush = x.w.Expect.Sensitive
	x.taken, x.takenSeq = in.ID, x.c.Seq
	x.take(ctx, fin)
	if x.hush { // nothing is stored yet
		said.Text = flows.Masked
		x.evs[at].Body = said
	}
}

// maxHandoffs bounds how often one exchange may ask for a person.
const maxHandoffs = 5

// take lets the mind take turns until it waits for somebody else.
func (x *exchange) take(ctx context.Context, in flows.Input) {
	for n := 0; ; n++ {
		if err := x.turn(ctx, in); err != nil {
			x.broken(err)
			return
		}
		if x.out.Next != flows.HandOff {
			break
		}
		if n == maxHandoffs {
			x.broken(fmt.Errorf("the flow asked for a person %d times in one turn", n))
			return
		}
		var more bool
		if in, more = x.handOff(x.out.Transfer); !more {
			return
		}
	}
	if x.out.Next == flows.End {
		outcome := or(x.out.Outcome, "resolved")
		if x.w.Talked && outcome == "resolved" {
			outcome = "transferred"
		}
		if x.w.Called && outcome == "resolved" {
			outcome = "callback"
		}
		x.over(event.Ended{Outcome: outcome, By: "bot"})
	}
}

// turn is one turn of the mind and what it says.
func (x *exchange) turn(ctx context.Context, in flows.Input) error {
	in.Now = x.now
	if in.Kind == flows.Said && in.Meaning == nil {
		in.Meaning = x.understand(ctx, in.Text)
	}
	out, err := x.decide(ctx, in)
	if err != nil {
		return err
	}
	if out.LangWhy != "" {
		x.write(event.Language{From: x.c.Lang, To: out.Lang, Why: out.LangWhy})
	}
	x.hush = x.hush || out.Sensitive
	x.out, x.c.Lang = out, or(out.Lang, x.c.Lang)
	if out.Next != flows.End || !x.w.Called && out.Callback == nil {
		x.c.State = out.State.Raw // else the state before the end stays: a call goes on from it
	}
	x.w = waiting{Next: out.Next, Act: out.Act, Expect: out.Expect, Called: x.w.Called, Talked: x.w.Talked, Run: x.w.Run, Channel: x.w.Channel, Instead: x.w.Instead}
	if out.Next == flows.DoAct {
		if out.Act == nil {
			return errors.New("the flow asks for an action and names none")
		}
		x.w.Began = x.now
	}
	if out.Next == flows.HandOff && out.Transfer == nil {
		return errors.New("the flow asks for a person and does not say what for")
	}
	x.note(out)
	for _, p := range out.Say {
		x.show(p)
	}
	if out.Callback != nil {
		x.callBack(*out.Callback)
	}
	if out.DoNotCall {
		x.noCalls()
	}
	return nil
}

// decide asks the mind. One that panics has failed; it does not take other conversations along.
func (x *exchange) decide(ctx context.Context, in flows.Input) (out flows.Output, err error) {
	defer func() {
		if p := recover(); p != nil {
			x.h.d.Log.Error("the flow panicked", "conv", x.c.Conv, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New("internal error")
		}
	}()
	return x.bot.Mind.Turn(ctx, flows.State{Raw: x.c.State}, in)
}

// note writes what the turn was, in the order of a call's record.
func (x *exchange) note(out flows.Output) {
	ev := event.Stepped{Intent: out.Intent, Lang: out.Lang, Slots: slots(out.Slots)}
	for _, s := range out.Trace {
		ev.Steps = append(ev.Steps, event.Step(s))
	}
	x.write(ev)
	if r := out.Rating; r != nil {
		x.write(event.Rated{Survey: r.Survey, Score: r.Score, Scale: r.Scale, Comment: r.Comment})
	}
	if note := out.Resumed(); note != "" {
		x.write(event.Moved{Channel: string(x.w.channel()), Why: "the flow was edited", Note: note})
	}
	x.unclear(out)
}

// unclear writes what was not understood.
func (x *exchange) unclear(out flows.Output) {
	for _, u := range out.Unclear {
		x.write(event.Unclear{Text: u.Text, Lang: or(out.Lang, x.c.Lang), Guess: u.Guess, P: u.P, Why: u.Why, Asked: u.Asked, Intent: u.Intent})
	}
}

func slots(in []flows.SlotValue) (out []event.Slot) {
	for _, s := range in {
		out = append(out, event.Slot(s))
	}
	return out
}

// understand asks the Understander; nil when there is none or it failed.
func (x *exchange) understand(ctx context.Context, text string) *flows.Meaning {
	if x.bot.Understander == nil || text == "" {
		return nil
	}
	d := x.h.d.UnderstandTimeout
	ctx, cancel := context.WithTimeoutCause(ctx, d, fmt.Errorf("understanding took longer than %v", d))
	defer cancel()
	m, err := x.bot.Understander.Understand(ctx, text, x.w.Expect)
	if errors.Is(err, flows.ErrOwnMind) {
		return nil
	}
	if err != nil {
		x.write(event.Trouble{Where: "understander", What: err.Error(), Did: "the flow understood by itself"})
		return nil
	}
	return &m
}

// show adds one prompt. Prompts without text are for the voice.
func (x *exchange) show(p flows.Prompt) {
	said := event.Prompted{Text: p.Text, Step: p.ID, Lang: or(p.Lang, x.c.Lang), Quick: p.Quick}
	if x.w.channel() == flows.Speaker {
		said.Text, said.Voice, said.SSML = or(said.Text, p.Voice), or(p.Voice, p.Text), p.SSML
	}
	if strings.TrimSpace(said.Text) == "" {
		return
	}
	if len(p.Quick) > 0 {
		x.w.Quick = p.Quick
	}
	said.Heard = said.Text
	x.write(said)
}

// noCalls puts the number that the person gave on the list of those who are not to be called.
func (x *exchange) noCalls() {
	x.write(event.NoCalls{How: "typed"})
	if x.h.d.NoCall == nil || x.c.Phone == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := x.h.d.NoCall(ctx, x.c.Conv, x.c.Phone, "typed"); err != nil {
		x.h.d.Log.Error("who does not want to be called could not be put on the list; the event says so alone", "conv", x.c.Conv, "err", err)
	}
}

// callBack takes down a request to be rung back; it is stored with the exchange.
func (x *exchange) callBack(cb flows.Callback) {
	cb.Phone = or(cb.Phone, x.c.Phone)
	x.w.Called = true
	x.write(event.CallbackTaken{Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window, Message: cb.Message})
	x.callbacks = append(x.callbacks, store.Callback{Conv: x.c.Conv, At: x.now, Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window,
		Lang: x.c.Lang, Slots: slots(cb.With(x.out.Slots)), State: "open"})
}

// broken ends a conversation whose flow failed: with the state it has it would fail again.
func (x *exchange) broken(err error) {
	x.h.d.Log.Error("a flow failed", "conv", x.c.Conv, "bot", x.c.Bot, "err", err)
	x.write(event.Trouble{Where: "flow", What: err.Error(), Did: "ended the conversation"})
	x.show(flows.Prompt{ID: "chat/broken", Text: wordsFor(x.c.Lang).broken})
	x.over(event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"})
}

// over ends the conversation.
func (x *exchange) over(e event.Ended) {
	x.closeHand(agents.CallerLeft)
	x.write(e)
	x.c.Ended = x.now
	x.w = waiting{Next: flows.End, Outcome: e.Outcome, Called: x.w.Called, Channel: x.w.Channel, Instead: x.w.Instead}
}

// closeBooks tells the mind that the person has gone and returns the outcome it gives.
func (x *exchange) closeBooks(ctx context.Context) string {
	if x.bot.Mind == nil { // it is gone
		return "abandoned"
	}
	out, err := x.decide(ctx, flows.Input{Kind: flows.Hangup, Now: x.now})
	if err != nil {
		return "abandoned"
	}
	if r := out.Rating; r != nil {
		x.write(event.Rated{Survey: r.Survey, Score: r.Score, Scale: r.Scale, Comment: r.Comment})
	}
	x.unclear(out) // who leaves after "pardon?" says most
	if out.Next != flows.End {
		return "abandoned"
	}
	if !x.w.Called {
		x.c.State = out.State.Raw
	}
	return or(out.Outcome, "abandoned")
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
