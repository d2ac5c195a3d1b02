package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/console"
	"decroche/gateway/leg"
	"decroche/gateway/outbound"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/media/amd"
)

// agentPatience is how long a callback waits in the queue for an agent before it lets others look again.
const agentPatience = time.Minute

// outLine rings people for the runner of calls that we place.
type outLine struct{ g *Gateway }

// Permit implements outbound.Line: the guard of outbound calls decides.
func (l outLine) Permit(number string) error {
	addr, err := l.g.dialable(number)
	if no, ok := errors.AsType[*console.NotCalled](err); ok {
		return errors.New(no.Detail)
	} else if err != nil {
		return err
	}
	return l.g.sip.Permit(addr)
}

// Country implements outbound.Line.
func (l outLine) Country() string { return l.g.cfg.Outbound.Country }

// Zone implements outbound.Line: people are on the clock of the bot.
func (l outLine) Zone(c store.OutboundCall) *time.Location {
	name := c.Plan.Bot
	if name == "" && c.Conv != "" {
		if sum, err := l.g.store.Conversation(context.Background(), c.Conv); err == nil {
			name = sum.Bot
		}
	}
	bots := l.g.hotlines.bots()
	for _, b := range bots {
		if b.Name == name {
			return b.Timezone
		}
	}
	if len(bots) > 0 {
		return bots[0].Timezone
	}
	return time.UTC
}

// Ring implements outbound.Line.
func (l outLine) Ring(ctx context.Context, c store.OutboundCall, t outbound.Try) outbound.Result {
	g := l.g
	now := g.hotlines.now.Load()
	bot, lang, st, no := g.whatFor(ctx, now, c)
	if no != nil {
		return outbound.Result{Refused: no}
	}
	addr, err := g.dialable(c.Phone)
	if no, ok := errors.AsType[*console.NotCalled](err); ok {
		return outbound.Result{Refused: &outbound.Refusal{Status: no.Status, Code: "not_dialled", Detail: no.Detail}}
	}
	if err := g.sip.Permit(addr); err != nil {
		return outbound.Result{Refused: &outbound.Refusal{Status: 403, Code: "prefix", Detail: fmt.Sprintf("this number may not be called: %v", err)}}
	}
	held, ok := g.holdAgent(t.Ringing, c, lang, t.ByHand)
	if !ok {
		return outbound.Result{}
	}
	defer held.release()
	if g.draining.Load() || !g.enter() {
		if t.ByHand {
			return outbound.Result{Refused: &outbound.Refusal{Status: 503, Code: "full", Detail: "no more calls can be placed now (max_calls, or the gateway is stopping)"}}
		}
		return outbound.Result{}
	}
	g.calls.Add(1)
	defer g.calls.Done()
	if err := t.Begin(); err != nil {
		g.live.Add(-1)
		return outbound.Result{Outcome: outbound.Failed, Detail: err.Error()}
	}
	ringing, stop := context.WithCancelCause(t.Ringing)
	defer stop(nil)
	defer context.AfterFunc(g.serving, func() { stop(context.Cause(g.serving)) })()
	line, err := g.sip.Dial(ringing, leg.Invite{Addr: addr, From: bot.Title(), RingFor: g.cfg.Placing.RingFor})
	if err != nil {
		g.live.Add(-1)
		return notAnswered(ringing, err)
	}
	s := g.placedSession(line, now, bot, lang, c, t.ByHand)
	s.State = st
	held.takeOver(s)
	t.Answered(s.Conv)
	if len(st.Raw) > 0 && c.Mind == nil {
		if err := g.chats.MovedTo(ctx, c.Conv, s.Conv, "called back"); err != nil && c.Conv != "" {
			g.log.Error("a typed conversation does not say that a call goes on with it", "conv", c.Conv, "err", err)
		}
	}
	g.conduct(g.serving, s, bot)
	return talked(s, c)
}

// whatFor finds which bot speaks, in which language, and from where a conversation goes on.
func (g *Gateway) whatFor(ctx context.Context, now *served, c store.OutboundCall) (*flows.Bot, string, flows.State, *outbound.Refusal) {
	if c.Kind == store.KindCallback {
		return g.resume(ctx, now, c)
	}
	for _, b := range now.bots {
		if c.Plan.Bot == "" || b.Name == c.Plan.Bot {
			return b, langNear(b, c.Lang), flows.State{}, nil
		}
	}
	return nil, "", flows.State{}, &outbound.Refusal{Status: 422, Code: "no_hotline", Detail: fmt.Sprintf("the hotline %.60q is not configured", c.Plan.Bot)}
}

// notAnswered is how an attempt ended that nobody picked up.
func notAnswered(ringing context.Context, err error) outbound.Result {
	if no, ok := errors.AsType[*leg.Refused](err); ok {
		return outbound.Result{Outcome: outbound.OfStatus(no.Status), Detail: strings.TrimSpace(fmt.Sprintf("%d %s", no.Status, no.Reason))}
	}
	if ringing.Err() != nil {
		return outbound.Result{Outcome: outbound.Cancelled, Detail: fmt.Sprint(context.Cause(ringing))}
	}
	return outbound.Result{Outcome: outbound.Failed, Detail: err.Error()}
}

// placedSession is a call that we have placed. Who rings by hand hears the person at once; a call that is
// placed by itself listens first to who has answered.
func (g *Gateway) placedSession(l leg.Leg, now *served, bot *flows.Bot, lang string, c store.OutboundCall, byHand bool) *call.Session {
	conv := l.Info().Tag
	if conv == "" {
		conv = strings.ToLower(rand.Text())
	}
	s := g.session(l, conv, now, bot, lang)
	s.Caller, s.Dialled = c.Phone, true
	if byHand {
		return s
	}
	p := flows.Outbound{Asked: c.Kind == store.KindCallback, Confirm: true, Name: c.Plan.Name, Start: c.Plan.Start, StopKey: g.cfg.Placing.StopKey}
	slots := map[string]string{}
	if c.Kind == store.KindCallback {
		for _, sl := range c.Slots {
			slots[sl.Name] = sl.Value
		}
	} else {
		p.Reason, slots = c.Reason, c.Plan.Slots
	}
	listen := g.cfg.Answering
	s.Outbound = &call.Outbound{Purpose: p, Slots: slots, Listen: &listen}
	if c.Plan.OnVoicemail == outbound.Message && c.Plan.Message != "" {
		s.Outbound.Message = bot.Voicemail(lang, c.Plan.Message)
	}
	return s
}

// talked is how an attempt ended that somebody, or something, picked up.
func talked(s *call.Session, c store.OutboundCall) outbound.Result {
	res := outbound.Result{Outcome: outbound.Answered, Conv: s.Conv}
	o := s.Outbound
	if o == nil {
		return res
	}
	res.Heard, res.Score, res.Detail = string(o.Heard.What), o.Heard.Score, o.Heard.Why
	switch {
	case o.Heard.What == amd.Voicemail && o.Left:
		res.Outcome = outbound.MessageLeft
	case o.Heard.What == amd.Voicemail:
		res.Outcome = outbound.Voicemail
	case o.Heard.What == amd.Fax:
		res.Outcome = outbound.Fax
	case o.NoCall:
		res.Outcome = outbound.StopCalling
	case o.Person == flows.PersonDenied:
		res.Outcome = outbound.WrongPerson
	case o.Person == flows.PersonConfirmed:
	case o.Spoke || o.Heard.What == amd.Person:
		res.Outcome = outbound.HungUp
	default:
		res.Outcome = outbound.Unconfirmed
	}
	return res
}

// held is an agent who is kept free for somebody whom we ring.
type held struct {
	agent agents.Assignment
	skill []string
	taken bool
}

// holdAgent reserves an agent for a callback where callbacks wait for one; false when none is free. The
// place in the queue is that of the moment when they asked.
func (g *Gateway) holdAgent(ctx context.Context, c store.OutboundCall, lang string, byHand bool) (*held, bool) {
	h := &held{}
	if byHand || c.Kind != store.KindCallback || g.cfg.Placing.Callbacks != outbound.ByAgent {
		return h, true
	}
	ctx, cancel := context.WithTimeout(ctx, agentPatience)
	defer cancel()
	a, err := g.router.Offer(ctx, agents.Request{Conv: c.Conv, Lang: lang, Since: c.At, Wait: agentPatience})
	if err != nil {
		return nil, false
	}
	h.agent, h.skill = a, []string{}
	return h, true
}

// release gives the agent back whom no call has taken.
func (h *held) release() {
	if h.agent.Release != nil && !h.taken {
		h.agent.Release()
	}
}

// takeOver lets the call's first hand-off, right after the person has said that it is them, go to the
// agent who is held.
func (h *held) takeOver(s *call.Session) {
	if h.agent.Release == nil || s.Outbound == nil {
		return
	}
	s.Outbound.Purpose.Person = true
	s.Desk = &firstHeld{h, s.Desk}
}

// firstHeld is a Router that first gives the agent who is held.
type firstHeld struct {
	h    *held
	then agents.Router
}

// Offer implements agents.Router.
func (f *firstHeld) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	if !f.h.taken {
		f.h.taken = true
		return f.h.agent, nil
	}
	return f.then.Offer(ctx, r)
}

// noCall puts a number on the list of those who are not to be rung, because they said so.
func (g *Gateway) noCall(ctx context.Context, conv, phone, how string) error {
	number, err := outbound.Number(phone, g.cfg.Outbound.Country)
	if err != nil {
		return err
	}
	_, err = g.placed.AddNoCall(ctx, store.NoCall{Number: number, At: time.Now(), How: how, Who: conv})
	return err
}

// placing is what the API does with calls that we place.
type placing struct{ g *Gateway }

// Order implements console.Placer.
func (p placing) Order(ctx context.Context, o store.OutboundCall) (store.OutboundCall, bool, error) {
	bot, _, _, no := p.g.whatFor(ctx, p.g.hotlines.now.Load(), store.OutboundCall{Kind: store.KindCall, Plan: o.Plan})
	if no != nil {
		return o, false, no
	}
	if err := bot.CanStart(o.Plan.Start); err != nil {
		return o, false, &outbound.Refusal{Status: 422, Code: "start", Detail: err.Error()}
	}
	o.Plan.Bot = bot.Name
	if o.Lang == "" {
		o.Lang = bot.DefaultLanguage()
	}
	return p.g.outbound.Order(ctx, o)
}

// Drop implements console.Placer.
func (p placing) Drop(ctx context.Context, id int64, why string) error {
	return p.g.outbound.Drop(ctx, id, why)
}

// Later implements console.Placer.
func (p placing) Later(ctx context.Context, id int64, at time.Time) error {
	return p.g.outbound.Later(ctx, id, at)
}

// Number implements console.Placer.
func (p placing) Number(typed string) (string, error) {
	return outbound.Number(typed, p.g.cfg.Outbound.Country)
}

var _ console.Placer = placing{}

// OpenOutbound opens what cfg's data folder keeps of calls to place and of numbers not to be called, beside
// a gateway that may be running. Call done at the end.
func OpenOutbound(ctx context.Context, cfg Config) (st store.Outbound, done func() error, err error) {
	db, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, databaseFile))
	if err != nil {
		return nil, nil, err
	}
	return db, db.Close, nil
}
