package outbound

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"decroche/gateway/store"
)

// Try is one attempt as a Line sees it.
type Try struct {
	// Ringing ends when nobody wants the phone to ring any more; a conversation goes on.
	Ringing context.Context
	// ByHand says that a person wants it now, and listens for it.
	ByHand bool
	// Begin is called once, just before the phone rings: the attempt is written down and counts from
	// then on. An error means that it may not be rung.
	Begin func() error
	// Answered is called once, when somebody has picked up, with the call's conversation.
	Answered func(conv string)
}

// Result is how an attempt ended.
type Result struct {
	Outcome string   // one of the package's; "" when nobody was rung
	Refused *Refusal // with Outcome "": why nobody can be rung; nil: later, no agent or no room is free
	Detail  string   // in plain words
	Conv    string
	Heard   string  // person | voicemail | fax | silence
	Score   float64 // how sure that is
}

// Line rings people.
type Line interface {
	// Ring makes one attempt and returns when it, and the conversation that it led to, is over.
	Ring(ctx context.Context, c store.OutboundCall, t Try) Result
	// Permit says why a number, as Number writes it, may not be called at all: the guard against toll
	// fraud. nil lets it be called.
	Permit(number string) error
	// Country is the code of ours, "33".
	Country() string
	// Zone is the clock of who is rung.
	Zone(c store.OutboundCall) *time.Location
}

// ErrTaken means that a call is being rung already, or is finished.
var ErrTaken = errors.New("outbound: the call is being rung already, or is done")

// Store is what the Runner keeps calls in.
type Store interface{ store.Outbound }

// Runner rings what is due. Make it with NewRunner, and Run it once.
type Runner struct {
	// constant after NewRunner
	cfg    Config
	st     Store
	line   Line
	now    func() time.Time
	log    *slog.Logger
	m      *Metrics
	holder string
	wake   chan struct{} // one token when there is something new

	wg      sync.WaitGroup
	mu      sync.Mutex
	ringing map[int64]context.CancelCauseFunc // by call
	begun   map[string][]time.Time            // of campaigns, in the last minute
	busy    map[string]int                    // calls of campaigns that ring or talk
}

// NewRunner makes a Runner of a validated cfg. now is the wall clock, time.Now when nil.
func NewRunner(cfg Config, st Store, line Line, now func() time.Time, log *slog.Logger, m *Metrics) *Runner {
	if now == nil {
		now = time.Now
	}
	return &Runner{cfg: cfg, st: st, line: line, now: now, log: log, m: m, holder: rand.Text(), wake: make(chan struct{}, 1),
		ringing: map[int64]context.CancelCauseFunc{}, begun: map[string][]time.Time{}, busy: map[string]int{}}
}

// look is how often the Runner looks although nobody told it to; talkLease is for how long a call that
// is answered is this process's, ringLease adds to the time that a phone may ring.
const (
	look      = 2 * time.Second
	ringLease = 2 * time.Minute
	talkLease = 6 * time.Hour
)

// Nudge tells that something new is in the store.
func (r *Runner) Nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Recover takes back what a process that died had claimed. Call it before Run, when no other process
// has the store.
func (r *Runner) Recover(ctx context.Context) (int, error) {
	now := r.now()
	return r.st.RecoverOutbound(ctx, now, true, now.Add(r.cfg.Unreachable))
}

// Run lets time pass until ctx ends. It returns when every call that it began has ended, so end these
// by their own context.
func (r *Runner) Run(ctx context.Context) {
	defer r.wg.Wait()
	t := time.NewTicker(look)
	defer t.Stop()
	for {
		if err := r.Tick(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("calls to place cannot be read or written", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-r.wake:
		}
	}
}

// Tick does what is to be done now: it plans what came in, takes back what nobody holds any more, and
// begins to ring what is due.
func (r *Runner) Tick(ctx context.Context) error {
	now := r.now()
	if err := r.plan(ctx, now); err != nil {
		return err
	}
	if n, err := r.st.RecoverOutbound(ctx, now, false, now.Add(r.cfg.Unreachable)); err != nil {
		return err
	} else if n > 0 {
		r.log.Warn("took back calls whose lease was over", "calls", n)
	}
	next, err := r.st.NextOutbound(ctx)
	if err != nil || next.IsZero() || next.After(now) {
		return err
	}
	room := r.room()
	if room <= 0 {
		return nil
	}
	list, err := r.st.Claim(ctx, now, now.Add(ringLease+r.cfg.RingFor), r.holder, room, r.full(now)...)
	if err != nil {
		return err
	}
	for _, c := range list {
		ctx := context.WithoutCancel(ctx) // a call that has begun ends by its line's own context
		ringing, cancel := context.WithCancelCause(ctx)
		r.enter(c, cancel)
		r.wg.Go(func() {
			defer r.Nudge() // there is room for another
			defer cancel(nil)
			defer r.leave(c)
			r.ring(ctx, c, "gateway", ringing, func(string) {})
		})
	}
	return nil
}

// plan gives numbers, windows and times to callbacks that came in.
func (r *Runner) plan(ctx context.Context, now time.Time) error {
	list, err := r.st.Unplanned(ctx, 100)
	if err != nil {
		return err
	}
	for _, c := range list {
		c = r.cfg.Plan(c, now.In(r.line.Zone(c)), r.line.Country(), r.line.Permit)
		if _, err := r.st.NoCall(ctx, c.Number); err == nil && !c.Due.IsZero() { // who asks again is for a person to judge
			c.Due, c.Last = time.Time{}, StopCalling
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := r.st.PlanOutbound(ctx, c); err != nil && !errors.Is(err, store.ErrNotClaimed) {
			return err
		}
	}
	return nil
}

func (r *Runner) room() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cfg.AtOnce - len(r.ringing)
}

// full are the campaigns that may begin no call now.
func (r *Runner) full(now time.Time) (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.cfg.Campaigns {
		if r.fullNow(name, now) {
			out = append(out, name)
		}
	}
	return out
}

// fullNow needs r.mu.
func (r *Runner) fullNow(campaign string, now time.Time) bool {
	p := r.cfg.Campaigns[campaign]
	list := r.begun[campaign]
	for len(list) > 0 && now.Sub(list[0]) >= time.Minute {
		list = list[1:]
	}
	r.begun[campaign] = list
	return p.PerMinute > 0 && len(list) >= p.PerMinute || p.AtOnce > 0 && r.busy[campaign] >= p.AtOnce
}

func (r *Runner) enter(c store.OutboundCall, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ringing[c.ID] = cancel
	r.m.ringing(len(r.ringing))
}

func (r *Runner) leave(c store.OutboundCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ringing, c.ID)
	r.m.ringing(len(r.ringing))
}

// may takes one of the campaign's places, or says no.
func (r *Runner) may(campaign string, now time.Time) bool {
	if campaign == "" {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fullNow(campaign, now) {
		return false
	}
	r.begun[campaign] = append(r.begun[campaign], now)
	r.busy[campaign]++
	return true
}

func (r *Runner) over(campaign string) {
	if campaign != "" {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.busy[campaign]--
	}
}

// ring makes one attempt at a call that is claimed, and writes down what becomes of it. answered is told
// when somebody picks up.
func (r *Runner) ring(ctx context.Context, c store.OutboundCall, by string, ringing context.Context, answered func(conv string)) Result {
	if no := r.mayRing(ctx, c, by); no != nil {
		return Result{Refused: no}
	}
	if !r.may(c.Campaign, r.now()) {
		r.giveBack(ctx, c, "", "", r.now().Add(time.Second))
		return Result{}
	}
	defer r.over(c.Campaign)
	try := store.OutboundAttempt{By: by}
	res := r.line.Ring(ctx, c, Try{
		Ringing: ringing,
		ByHand:  by != "gateway",
		Begin: func() (err error) {
			now := r.now()
			try.At = now
			try.N, err = r.st.BeginAttempt(ctx, c.ID, r.holder, now, now.Add(ringLease+r.cfg.RingFor+talkLease), by)
			return err
		},
		Answered: func(conv string) {
			if err := r.st.AnsweredAttempt(ctx, c.ID, try.N, conv); err != nil {
				r.log.Error("an answered call could not be noted as answered", "call", c.ID, "err", err)
			}
			answered(conv)
		},
	})
	now := r.now().In(r.line.Zone(c))
	if try.N == 0 {
		r.notRung(ctx, c, by, res.Refused, now)
		return res
	}
	state, due := r.cfg.After(c, res.Outcome, try.N, now)
	if c.Kind == store.KindCallback && r.cfg.Callbacks == ByHand && fates[res.Outcome].pause != nil { // nobody rings it but people
		state, due = store.OutboundOpen, time.Time{}
	}
	try.End, try.Outcome, try.Detail, try.Conv, try.Heard, try.Score = now, res.Outcome, res.Detail, res.Conv, res.Heard, res.Score
	if err := r.st.EndAttempt(ctx, c.ID, try, state, due); err != nil {
		r.log.Error("how a call that we placed ended is not written down", "call", c.ID, "err", err)
	}
	r.m.ended(c.Kind, res.Outcome)
	r.log.Info("placed a call", "call", c.ID, "kind", c.Kind, "to", Shown(c.Number), "attempt", try.N, "outcome", res.Outcome, "state", state, "due", due)
	return res
}

// notRung gives a call back for which no phone rang.
func (r *Runner) notRung(ctx context.Context, c store.OutboundCall, by string, no *Refusal, now time.Time) {
	switch {
	case by != "gateway": // as it was
		r.giveBack(ctx, c, "", "", c.Due)
	case no != nil:
		r.giveBack(ctx, c, store.OutboundGivenUp, no.Code, time.Time{})
	default:
		r.giveBack(ctx, c, "", "", now.Add(r.cfg.AgentWait))
	}
}

// mayRing looks once more, just before the phone rings: what was allowed when the call was planned need
// not be now. What may not ring now waits, or is dropped.
func (r *Runner) mayRing(ctx context.Context, c store.OutboundCall, by string) *Refusal {
	if entry, err := r.st.NoCall(ctx, c.Number); err == nil {
		no := r.cfg.saidNo(entry)
		if by != "gateway" { // they may have asked since: it stays on the list for people
			r.giveBack(ctx, c, "", no.Code, c.Due)
			return no
		}
		r.giveBack(ctx, c, store.OutboundDropped, no.Code, time.Time{})
		return no
	}
	if by != "gateway" { // a person decides
		return nil
	}
	now := r.now().In(r.line.Zone(c))
	if !c.Until.IsZero() && !now.Before(c.Until) {
		r.giveBack(ctx, c, store.OutboundGivenUp, "window_passed", time.Time{})
		return refuse(409, "window_passed", "the time they gave has passed")
	}
	due, no := r.cfg.Due(c, now)
	if no == nil && due.After(now) {
		r.giveBack(ctx, c, "", "", due)
		return refuse(409, "hours", "nobody may be rung before %s", due.Format("2006-01-02 15:04"))
	}
	if no == nil && c.Kind == store.KindCall {
		no = r.cfg.checkAgain(c, now, r.facts(ctx, c, now))
	}
	if no != nil {
		r.giveBack(ctx, c, store.OutboundGivenUp, no.Code, time.Time{})
	}
	return no
}

// facts are what the limits of a number depend on.
func (r *Runner) facts(ctx context.Context, c store.OutboundCall, now time.Time) (f Facts) {
	f.Barred = r.line.Permit(c.Number)
	for _, l := range []struct {
		to   *int
		days int
	}{{&f.Day, 1}, {&f.Week, 7}, {&f.Month, 30}} {
		n, err := r.st.CountAttempts(ctx, c.Number, "", now.AddDate(0, 0, -l.days))
		if err != nil {
			r.log.Error("attempts cannot be counted", "err", err)
		}
		*l.to = n.Attempts
	}
	if entry, err := r.st.NoCall(ctx, c.Number); err == nil {
		f.NoCall = &entry
	}
	if c.Campaign != "" {
		var err error
		if f.CampaignCalls, err = r.st.CampaignCalls(ctx, c.Campaign, time.Unix(0, 0)); err != nil {
			r.log.Error("the calls of a campaign cannot be counted", "err", err)
		}
	}
	return f
}

func (r *Runner) giveBack(ctx context.Context, c store.OutboundCall, state, last string, due time.Time) {
	if err := r.st.Unclaim(ctx, c.ID, r.holder, state, last, due); err != nil && !errors.Is(err, store.ErrNotClaimed) {
		r.log.Error("a call to place could not be given back", "call", c.ID, "err", err)
	}
}

// RingNow rings one call because a person wants it now, whatever the hours, and returns when somebody
// has answered, with the conversation, or when the attempt is over. Cancelling ctx stops the ringing.
func (r *Runner) RingNow(ctx context.Context, id int64, by string) (conv string, res Result, err error) {
	if list, err := r.st.Unplanned(ctx, 1000); err == nil { // it may be a moment old
		for _, c := range list {
			if c.ID == id {
				err = r.plan(ctx, r.now())
				break
			}
		}
	}
	c, err := r.st.ClaimOne(ctx, id, r.now().Add(ringLease+r.cfg.RingFor), r.holder)
	if errors.Is(err, store.ErrNotClaimed) {
		err = ErrTaken
	}
	if err != nil {
		return "", res, err
	}
	ringing, cancel := context.WithCancelCause(ctx)
	r.enter(c, cancel)
	picked, over := make(chan string, 1), make(chan Result, 1)
	r.wg.Go(func() {
		defer cancel(nil)
		defer r.leave(c)
		over <- r.ring(context.WithoutCancel(ctx), c, by, ringing, func(conv string) { picked <- conv })
	})
	select {
	case conv = <-picked:
		return conv, res, nil
	case res = <-over:
		return res.Conv, res, nil
	}
}

// Later keeps a call for a moment that somebody has agreed on, and not before: the machine rings then, at
// the next time that its hours allow, where it rings at all and nobody has taken the call. The error is
// ErrTaken for one that rings now or is finished.
func (r *Runner) Later(ctx context.Context, id int64, at time.Time) error {
	c, err := r.st.OutboundCall(ctx, id)
	switch {
	case err != nil:
		return err
	case c.State == store.OutboundGivenUp:
		if err := r.st.SetOutbound(ctx, id, store.OutboundOpen, ""); err != nil {
			return err
		}
		c.State = store.OutboundOpen
	case c.State != store.OutboundOpen && c.State != store.OutboundRetry:
		return ErrTaken
	}
	now := r.now().In(r.line.Zone(c))
	c.Window, c.Last = "", "" // what was said about the time counts no more
	c = r.cfg.Plan(c, now, r.line.Country(), r.line.Permit)
	byItself := !c.Due.IsZero()
	c.From, c.Until, c.Due = at, time.Time{}, time.Time{}
	if _, err := r.st.NoCall(ctx, c.Number); err == nil {
		byItself, c.Last = false, StopCalling
	}
	if byItself && c.Taker == "" {
		due, no := r.cfg.Due(c, now)
		if no != nil {
			return no
		}
		c.Due = due
	}
	if err := r.st.PlanOutbound(ctx, c); errors.Is(err, store.ErrNotClaimed) {
		return ErrTaken
	} else if err != nil {
		return err
	}
	r.Nudge()
	return nil
}

// errDropped is why a phone stops ringing whose call was dropped.
var errDropped = errors.New("outbound: the call was dropped")

// Drop ends a call: it is not rung any more, and when it rings now it stops. One that was answered goes on.
func (r *Runner) Drop(ctx context.Context, id int64, why string) error {
	if err := r.st.SetOutbound(ctx, id, store.OutboundDropped, why); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.ringing[id]; cancel != nil {
		cancel(errDropped)
	}
	return nil
}

// Order takes an order for a call: it checks it, keeps it and says when it rings first. existing says that
// the same order was taken before; then nothing is checked again.
func (r *Runner) Order(ctx context.Context, o store.OutboundCall) (_ store.OutboundCall, existing bool, err error) {
	no := r.accept(ctx, &o)
	if no != nil && (o.Key == "" || o.Number == "") {
		r.m.refused(no.Code)
		return o, false, no
	}
	if no != nil { // a repeated order is answered as the first, although limits are reached by now
		list, err := r.st.OutboundCalls(ctx, store.OutboundQuery{Number: o.Number, Limit: 500})
		if err != nil {
			return o, false, err
		}
		for _, c := range list {
			if c.Key == o.Key {
				return c, true, nil
			}
		}
		r.m.refused(no.Code)
		return o, false, no
	}
	id, existing, err := r.st.AddOutbound(ctx, o)
	if err != nil {
		return o, false, err
	}
	r.Nudge()
	o, err = r.st.OutboundCall(ctx, id)
	return o, existing, err
}

// accept fills in what an order lacks, and says why it is refused.
func (r *Runner) accept(ctx context.Context, o *store.OutboundCall) *Refusal {
	o.Kind, o.At, o.State = store.KindCall, r.now(), store.OutboundOpen
	if !r.cfg.Orders {
		return refuse(403, "off", "calls are not ordered here; set placing.orders to true")
	}
	number, err := Number(o.Phone, r.line.Country())
	if err != nil {
		return refuse(422, "bad_number", "to: %v", err)
	}
	o.Number = number
	now := o.At.In(r.line.Zone(*o))
	if !o.From.IsZero() && !o.Until.IsZero() && !o.From.Before(o.Until) {
		return refuse(422, "window", "not_after: is not later than not_before")
	}
	if !o.Until.IsZero() && !o.Until.After(now) {
		return refuse(422, "window", "not_after: has passed")
	}
	if no := r.cfg.Check(*o, r.facts(ctx, *o, now), now); no != nil {
		return no
	}
	due, no := r.cfg.Due(*o, now)
	o.Due = due
	if p := r.cfg.Campaigns[o.Campaign]; no == nil {
		if o.Plan.OnVoicemail == "" {
			o.Plan.OnVoicemail = p.OnVoicemail
		}
		if o.Plan.Message == "" {
			o.Plan.Message = p.Message
		}
	}
	return no
}
