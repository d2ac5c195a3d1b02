// Package chat conducts one typed conversation with the same mind the phone uses: the same
// flows, the same actions, the same events, without sound. It knows nothing of legs or engines.
//
// One goroutine, the caller of Run, owns the conversation; an action runs in another while the
// person waits, and Run returns only after it has ended.
package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// Recorder keeps the conversation's events, in order.
type Recorder interface{ Write(event.Body) }

// Message is one thing the bot writes.
type Message struct {
	Text  string
	Quick []string // answers that may be offered as buttons
	Step  string   // "flow/step", for tests and tools
}

// Peer is the person's end of the conversation. One goroutine calls both methods.
type Peer interface {
	// Send shows one message.
	Send(ctx context.Context, m Message) error
	// Receive waits for the next line; io.EOF when the person has left.
	Receive(ctx context.Context) (string, error)
}

// Session is one conversation. Fill in the fields, then Run once.
type Session struct {
	Conv         string
	Bot          string // name in the configuration
	Lang         string // to begin in; empty means the bot's default
	From         string // who writes, as far as known: "terminal", an address
	Phone        string // where they can be rung, empty when unknown
	Peer         Peer
	Mind         flows.Mind
	Understander flows.Understander // may be nil
	Actions      map[string]flows.Action
	Record       Recorder
	Callbacks    event.Callbacks // may be nil
	// UnderstandTimeout bounds the Understander; 0 means 1 s.
	UnderstandTimeout time.Duration
	Log               *slog.Logger     // may be nil; never told what anybody wrote
	Now               func() time.Time // wall time for the flow; nil means time.Now
}

// maxLine bounds one typed line, in bytes; the rest is dropped.
const maxLine = 4000

// Run converses until the person leaves, the flow ends, or ctx is cancelled, and writes
// event.Ended last. The error is nil for every ordinary end.
func (s *Session) Run(ctx context.Context) (err error) {
	log := s.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	t := &talk{s: s, log: log.With("conv", s.Conv), lang: s.Lang}
	ended := event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}
	defer func() {
		if p := recover(); p != nil {
			t.log.Error("chat panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New("internal error")
		}
		t.wg.Wait()
		s.Record.Write(ended)
		if err != nil {
			err = fmt.Errorf("chat %s: %w", s.Conv, err)
		}
	}()
	s.Record.Write(event.Started{Channel: "text", From: s.From, Bot: s.Bot, Lang: s.Lang})
	e, err := t.run(ctx)
	if t.calledBack && e.Outcome == "resolved" {
		e.Outcome = "callback"
	}
	ended = e
	return err
}

// talk is one running conversation; it belongs to the goroutine of Run.
type talk struct {
	s          *Session
	log        *slog.Logger
	wg         sync.WaitGroup // actions
	state      flows.State
	lang       string
	out        flows.Output
	calledBack bool
}

// errLeft is what run meets when the person has gone.
var errLeft = errors.New("the person has left")

func (t *talk) run(ctx context.Context) (event.Ended, error) {
	in := flows.Input{Kind: flows.Start, Channel: flows.Text, Lang: t.s.Lang, Caller: t.s.Phone}
	for {
		err := t.turn(ctx, in)
		if err == nil && t.out.Next == flows.End {
			return event.Ended{Outcome: or(t.out.Outcome, "resolved"), By: "bot"}, nil
		}
		if err == nil {
			in, err = t.next(ctx)
		}
		switch {
		case errors.Is(err, errLeft):
			return event.Ended{Outcome: t.closeBooks(ctx), By: "caller", Cause: "left"}, nil
		case errors.Is(err, errHandedOver):
			return event.Ended{Outcome: "callback", By: "bot"}, nil
		case ctx.Err() != nil:
			return event.Ended{Outcome: "failed", By: "gateway", Cause: context.Cause(ctx).Error()}, nil
		case err != nil:
			return event.Ended{Outcome: "failed", By: "gateway", Cause: "internal error"}, err
		}
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// turn lets the mind take one turn and shows what it says.
func (t *talk) turn(ctx context.Context, in flows.Input) error {
	in.Now = t.now()
	if in.Kind == flows.Said {
		in.Meaning = t.understand(ctx, in.Text)
	}
	out, err := t.s.Mind.Turn(ctx, t.state, in)
	if err != nil {
		t.s.Record.Write(event.Trouble{Where: "flow", What: err.Error(), Did: "ended the conversation"})
		t.show(ctx, flows.Prompt{Text: wordsFor(t.lang).broken, ID: "chat/broken"})
		return fmt.Errorf("flow: %w", err)
	}
	t.state, t.out, t.lang = out.State, out, or(out.Lang, t.lang)
	t.s.Record.Write(stepped(out))
	for _, p := range out.Say {
		if err := t.show(ctx, p); err != nil {
			return err
		}
	}
	if out.Callback != nil {
		t.callback(ctx, *out.Callback)
	}
	return nil
}

func stepped(out flows.Output) event.Stepped {
	ev := event.Stepped{Intent: out.Intent, Lang: out.Lang, Slots: slots(out.Slots)}
	for _, s := range out.Trace {
		ev.Steps = append(ev.Steps, event.Step(s))
	}
	return ev
}

func slots(in []flows.SlotValue) (out []event.Slot) {
	for _, s := range in {
		out = append(out, event.Slot(s))
	}
	return out
}

// understand asks the Understander; nil when there is none or it failed.
func (t *talk) understand(ctx context.Context, text string) *flows.Meaning {
	if t.s.Understander == nil || text == "" {
		return nil
	}
	d := t.s.UnderstandTimeout
	if d <= 0 {
		d = time.Second
	}
	uctx, cancel := context.WithTimeoutCause(ctx, d, fmt.Errorf("understanding took longer than %v", d))
	defer cancel()
	m, err := t.s.Understander.Understand(uctx, text, t.out.Expect)
	if err != nil {
		t.s.Record.Write(event.Trouble{Where: "understander", What: err.Error(), Did: "the flow understood by itself"})
		return nil
	}
	return &m
}

// show writes one prompt to the person and to the record. Prompts without text are for the voice.
func (t *talk) show(ctx context.Context, p flows.Prompt) error {
	if strings.TrimSpace(p.Text) == "" {
		return nil
	}
	if err := t.s.Peer.Send(ctx, Message{Text: p.Text, Quick: p.Quick, Step: p.ID}); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
			return errLeft
		}
		return fmt.Errorf("show a message: %w", err)
	}
	t.s.Record.Write(event.Prompted{Text: p.Text, Heard: p.Text, Step: p.ID, Lang: or(p.Lang, t.lang)})
	return nil
}

// next does what the mind asked for and returns what to tell it.
func (t *talk) next(ctx context.Context) (flows.Input, error) {
	switch t.out.Next {
	case flows.DoAct:
		return t.act(ctx, t.out.Act)
	case flows.HandOff:
		return t.handOff(ctx, t.out.Transfer)
	}
	for {
		line, err := t.s.Peer.Receive(ctx)
		if errors.Is(err, io.EOF) {
			return flows.Input{}, errLeft
		}
		if err != nil {
			return flows.Input{}, fmt.Errorf("read a line: %w", err)
		}
		if len(line) > maxLine {
			line = strings.ToValidUTF8(line[:maxLine], "")
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		t.s.Record.Write(event.Said{Text: line, Confidence: 1, How: "typed"})
		return flows.Input{Kind: flows.Said, Text: line, Confidence: 1}, nil
	}
}

// act runs one action to its end or its deadline; a line shows that it takes long.
func (t *talk) act(ctx context.Context, a *flows.Act) (flows.Input, error) {
	d := a.Deadline
	if d <= 0 {
		d = 5 * time.Second
	}
	began := time.Now()
	actx, cancel := context.WithTimeoutCause(ctx, d, fmt.Errorf("action %q took longer than %v", a.Name, d))
	defer cancel()
	type end struct {
		done flows.Done
		err  error
	}
	ended := make(chan end, 1)
	t.wg.Go(func() {
		done, err := flows.Perform(actx, t.s.Actions[a.Name], a)
		ended <- end{done, err}
	})
	late := time.NewTimer(cmpOr(a.FillerAfter, 1200*time.Millisecond))
	defer late.Stop()
	var e end
	for waiting := true; waiting; {
		select {
		case e = <-ended:
			waiting = false
		case <-late.C:
			if err := t.show(ctx, a.Filler); err != nil {
				return flows.Input{}, err
			}
		case <-actx.Done():
			waiting = false
			e.done.Outcome = "timeout"
			select {
			case e = <-ended: // both at once: the result counts
			default:
			}
		}
	}
	if ctx.Err() != nil {
		return flows.Input{}, context.Cause(ctx)
	}
	if e.err != nil {
		t.s.Record.Write(event.Trouble{Where: "action", What: e.err.Error(), Did: `told the flow "error"`})
		e.done = flows.Done{Outcome: "error"}
	}
	target, _ := a.Args["name"].(string)
	retries, _ := e.done.Result["retries"].(int)
	t.s.Record.Write(event.Acted{Name: a.Name, Target: target, Outcome: e.done.Outcome, TookMS: time.Since(began).Milliseconds(), Retries: retries})
	return flows.Input{Kind: flows.Acted, Outcome: e.done.Outcome, Result: e.done.Result}, nil
}

func cmpOr(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// errHandedOver ends a conversation in which a colleague will ring.
var errHandedOver = errors.New("a colleague rings back")

// handOff asks a colleague to ring back when there is a number; nobody can be put through into a
// text. Without a number the flow is told that nobody can be reached, and may ask for one.
func (t *talk) handOff(ctx context.Context, tr *flows.Transfer) (flows.Input, error) {
	began := time.Now()
	t.s.Record.Write(event.TransferStarted{Skills: tr.Skills, Reason: tr.Reason, Topic: tr.Topic, Summary: tr.Summary, Briefing: tr.Briefing})
	over := func() {
		t.s.Record.Write(event.TransferEnded{Outcome: "nobody", WaitedMS: time.Since(began).Milliseconds()})
	}
	if t.s.Phone == "" || t.s.Callbacks == nil || !t.callback(ctx, flows.Callback{Phone: t.s.Phone, Reason: tr.Reason}) {
		over()
		return flows.Input{Kind: flows.Returned, Outcome: "nobody"}, nil
	}
	over()
	if err := t.show(ctx, flows.Prompt{ID: "chat/callback", Text: fmt.Sprintf(wordsFor(t.lang).callback, t.s.Phone)}); err != nil {
		return flows.Input{}, err
	}
	return flows.Input{}, errHandedOver
}

// callback stores a request to be rung back; false when it is only in the events.
func (t *talk) callback(ctx context.Context, cb flows.Callback) bool {
	cb.Phone = or(cb.Phone, t.s.Phone)
	t.calledBack = true
	t.s.Record.Write(event.CallbackTaken{Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window})
	if t.s.Callbacks == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := t.s.Callbacks.AddCallback(ctx, event.Callback{Conv: t.s.Conv, At: t.now().UTC(), Phone: cb.Phone, Reason: cb.Reason,
		Window: cb.Window, Lang: t.lang, Slots: slots(t.out.Slots)})
	if err != nil {
		t.log.Error("a callback request could not be stored; it is only in the events", "error", err)
		t.s.Record.Write(event.Trouble{Where: "callback", What: err.Error(), Did: "kept in the events only"})
	}
	return err == nil
}

// closeBooks tells the mind that the person has gone and returns the outcome it gives.
func (t *talk) closeBooks(ctx context.Context) string {
	if t.state.Raw == nil {
		return "abandoned"
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	out, err := t.s.Mind.Turn(ctx, t.state, flows.Input{Kind: flows.Hangup, Now: t.now()})
	if err != nil || out.Next != flows.End {
		return "abandoned"
	}
	return or(out.Outcome, "abandoned")
}

func (t *talk) now() time.Time {
	if t.s.Now != nil {
		return t.s.Now()
	}
	return time.Now()
}

// words are the few sentences a chat says by itself.
type words struct{ broken, callback string }

func wordsFor(lang string) words {
	if strings.HasPrefix(lang, "fr") || lang == "" {
		return words{
			broken:   "Excusez-moi, j’ai un problème technique. Merci de réessayer un peu plus tard.",
			callback: "Un collègue vous rappelle au %s.",
		}
	}
	return words{
		broken:   "I'm sorry, I have a technical problem. Please try again a little later.",
		callback: "A colleague will call you back on %s.",
	}
}
