// Package gateway wires the rooms together: SIP in front, one conductor per call, the store
// behind, the console beside. It starts everything in order, admits calls, and drains: parts
// stop last in, first out.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"decroche/asr"
	"decroche/flows"
	"decroche/flows/action"
	"decroche/flows/nlu/remote"
	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/call"
	"decroche/gateway/chat"
	"decroche/gateway/console"
	"decroche/gateway/desk"
	"decroche/gateway/event"
	"decroche/gateway/inbox"
	"decroche/gateway/leg"
	"decroche/gateway/outbound"
	"decroche/gateway/record"
	"decroche/gateway/rtc"
	"decroche/gateway/sip"
	"decroche/gateway/skill"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/webhook"
	"decroche/gateway/wyoming"
	"decroche/media/pacer"
	"decroche/media/rtp"
	"decroche/tts"
)

// Engines are the adapters that the binary chose; the gateway knows none by name.
type Engines struct {
	Ears  asr.Recogniser
	Mouth tts.Synthesiser
	// Metrics are the engines' own, shown beside the gateway's.
	Metrics []prometheus.Collector
	// Reload reads hotlines again while the gateway runs; the zero Reload never does.
	Reload Reload
}

// Gateway answers calls. Make it with New, run it once with Run.
type Gateway struct {
	// constant after New
	cfg        Config
	log        *slog.Logger
	engines    Engines
	hotlines   *hotlines // what answers new conversations
	inbox      *inbox.Inbox
	actions    map[string]flows.Action
	reg        *prometheus.Registry
	metrics    *call.Metrics
	ahead      *call.Budget
	wheel      *pacer.Wheel
	sip        *sip.Server
	rtc        *rtc.Server     // browsers
	satellites *wyoming.Server // open speakers
	left       brokenOff       // what they may go on with
	store      *watchedStore
	recorder   *record.Recorder
	bus        *event.Bus
	captions   *event.Captions
	pens       pens
	waits      *waits // how long callers wait for a person
	board      *event.Board
	router     *agents.Desk          // who can be rung, at desks and on telephones
	staff      atomic.Pointer[staff] // who is configured, and where callers wait
	settings   *settings             // the configuration's file, when it is read again
	desks      *desk.Dialer          // rings them
	notes      store.Notes           // what agents write
	views      store.Views           // who opened transcripts
	sumUps     *sumUps               // nil: no model is asked for summaries
	chats      *chat.Host
	remote     *remote.Client   // nil when no model is asked
	cut        cutOff           // who waited for a person when an earlier process died
	webhooks   *webhook.Sender  // tells others what is written in chats
	skill      *skill.Door      // Alexa; nil when no skill is configured
	memory     store.Chats      // what the store keeps of chats
	placed     store.Outbound   // and of calls that we place
	dialled    store.Counts     // and how many began
	outbound   *outbound.Runner // rings what is due
	people     store.Accounts   // what the store keeps of users
	accounts   *accounts.Accounts
	index      store.Index // lets conversations be searched
	dead       store.DeadLetters
	counted    store.Figures // of the day
	exports    *Exporter
	note       noter  // adds to the record of a conversation that has ended
	newAdmin   string // who needs a one-time link, because no admin can sign in yet; "" when one can
	console    *console.Server
	stops      []stop // in the order of starting

	draining atomic.Bool
	live     atomic.Int64    // calls that are conducted; max_calls bounds them
	controls controls        // by which supervisors reach them
	calls    sync.WaitGroup  // these and those whose record is still being written
	serving  context.Context // of calls that we place; set by Run before anything serves
}

// databaseFile is the store, in the data folder.
const databaseFile = "decroche.db"

// stop is one part's way to end; parts end last in, first out.
type stop struct {
	name string
	f    func()
}

// New builds every part and binds every port, so that what cannot work fails here, in plain
// words, before the first call.
func New(ctx context.Context, cfg Config, engines Engines, bots []*flows.Bot, log *slog.Logger) (_ *Gateway, err error) {
	g := &Gateway{cfg: cfg, log: log, engines: engines, reg: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			g.stopAll()
		}
	}()
	g.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	g.reg.MustRegister(engines.Metrics...)
	g.metrics = call.NewMetrics(g.reg)
	g.ahead = call.NewBudget(2 * runtime.GOMAXPROCS(0))
	g.hotlines = newHotlines(bots, engines.Ears, engines.Reload, cfg, log, g.reg)
	if g.actions, err = newActions(cfg); err != nil {
		return nil, err
	}
	if err := g.openUnderstander(); err != nil {
		return nil, err
	}
	now, err := newStaff(cfg)
	if err != nil {
		return nil, err
	}
	g.staff.Store(now)
	g.router = agents.NewDesk(cfg.Desk, now.agents, time.Now)
	g.router.SetQueues(now.queues)
	agents.NewMetrics(g.reg, g.router)
	if err := g.openStore(ctx); err != nil {
		return nil, err
	}
	if err := g.openLines(); err != nil {
		return nil, err
	}
	g.openDesk()
	g.settings = newSettings(g)
	if err := g.openConsole(ctx); err != nil {
		return nil, err
	}
	return g, nil
}

func newActions(cfg Config) (map[string]flows.Action, error) {
	secrets := map[string]string{}
	for name, ref := range cfg.Secrets {
		s, err := ParseSecret(ref)
		if err != nil {
			return nil, fmt.Errorf("secrets.%s: %w", name, err)
		}
		if secrets[name], err = s.Read(); err != nil {
			return nil, fmt.Errorf("secrets.%s: %w", name, err)
		}
	}
	ac := cfg.Actions
	ac.Secrets = secrets
	a := action.NewHTTP(ac)
	return map[string]flows.Action{a.Spec().Name: a}, nil
}

func (g *Gateway) openStore(ctx context.Context) error {
	if err := os.MkdirAll(g.cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("data_dir: %w; choose a folder that can be written to", err)
	}
	st, err := sqlite.Open(ctx, filepath.Join(g.cfg.DataDir, databaseFile), sqlite.WithMetrics(g.reg))
	if err != nil {
		return err
	}
	g.store = &watchedStore{Store: st, log: g.log}
	g.inbox = NewInbox(st, g.hotlines.bots, g.engines.Reload)
	g.onStop("store", func() {
		if err := st.Close(); err != nil {
			g.log.Error("closing the store failed", "err", err)
		}
	})
	if err := g.openWebhooks(st); err != nil { // before Recover, which tells of calls that were cut off
		return err
	}
	n, err := st.Recover(ctx, time.Now())
	if err != nil {
		return err
	}
	if n > 0 {
		g.log.Warn("closed conversations that an earlier process left open", "conversations", n)
	}
	if n, err := g.cut.keep(ctx, st); err != nil {
		return err
	} else if n > 0 {
		g.log.Warn("callers waited for a person when it died; they are in the list of callbacks, for people to ring", "callbacks", n)
	}
	g.notes, g.views = st, st
	g.bus = event.NewBus(event.NewMetrics(g.reg))
	g.captions = event.NewCaptions(g.bus)
	g.board = event.NewBoard(g.bus)
	g.board.SetRules(g.cfg.Board)
	g.waits = newWaits(time.Now)
	g.onStop("event bus", g.bus.Close)
	g.placed, g.dialled = st, st
	g.outbound = outbound.NewRunner(g.cfg.Placing, st, outLine{g}, time.Now, g.log, outbound.NewMetrics(g.reg))
	if n, err := g.outbound.Recover(ctx); err != nil {
		return err
	} else if n > 0 {
		g.log.Warn("took back calls that an earlier process was about to place", "calls", n)
	}
	g.memory, g.people, g.note, g.index, g.counted, g.dead = st, st, st.Note, st, st, st
	if err := g.openRecorder(ctx, st); err != nil {
		return err
	}
	if err := g.openSumUps(); err != nil {
		return err
	}
	g.exports = NewExporter(g.cfg, st, g.recorder, g.hotlines.bots)
	g.exports.titles = func() agents.Config { return g.staff.Load().agents }
	return g.openChats(ctx, st)
}

// openLines binds what calls come in by.
func (g *Gateway) openLines() error {
	g.wheel = pacer.New(g.cfg.Pacer)
	g.wheel.SetMetrics(pacer.NewMetrics(g.reg))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); g.wheel.Run(ctx) }()
	g.onStop("pacer", func() { cancel(); <-done })

	rc := g.cfg.Media
	engine, err := rtp.NewEngine(rc, g.wheel, rtp.NewMetrics(g.reg))
	if err != nil {
		return fmt.Errorf("rtp: %w", err)
	}
	if g.sip, err = sip.New(g.sipConfig(), engine, g.log, sip.NewMetrics(g.reg)); err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	g.sip.Admit(g.admit)
	if err := g.sip.Listen(); err != nil {
		return err
	}
	g.onStop("sip", g.sip.Close)
	g.sip.Remember(context.Background(), dialledBefore{g.dialled})
	if g.rtc, err = rtc.New(g.cfg.RTC, engine, g.log, rtc.NewMetrics(g.reg)); err != nil {
		return err
	}
	g.rtc.Admit(g.admit)
	if err := g.rtc.Listen(); err != nil {
		return err
	}
	g.onStop("rtc", g.rtc.Close)
	if err := g.openSatellites(); err != nil {
		return err
	}
	return nil
}

func (g *Gateway) openConsole(ctx context.Context) (err error) {
	hc := g.cfg.HTTP
	hc.PublicURL = g.cfg.PublicURL
	if err := g.openAccounts(ctx, g.people, console.BaseURL(hc, hc.Listen)+console.OIDCReturn); err != nil {
		return err
	}
	g.console, err = console.New(console.Deps{
		Store: g.store, Board: g.board, Gatherer: g.reg, Ready: g.ready, Info: g.info, Location: g.location, Title: g.title, Agent: g.agentTitle, Chat: g.chats, Recordings: g.recorder, CallBack: g.CallBack, Outbound: g.placed, Place: placing{g}, Bots: g.hotlines.info, Inbox: g.inbox, Articles: newFollowers(g.knowledge).articles, Log: g.log,
		Widget: g.cfg.Widget, Demo: g.cfg.Accounts.Demo, Accounts: g.accounts, Agents: g.router.SignedIn, Wait: g.waits.usual, Desk: g.router, Notes: g.notes, Views: g.views, SumUp: g.sumUps.now, Index: g.index, Figures: g.counted, Dead: letters{g.dead, g.webhooks}, Exports: g.exports, Asks: g.asks, Search: g.search, Calls: g.rtc, Park: g.rtc.Park, Alexa: g.openSkill(), Voice: g.rtc.Addr() != "",
		Trunks: g.trunks, Phones: g.phones, Satellites: g.speakers, CRM: g.crm, Settings: g.settings.info,
		Captions: g.captions, Type: g.pens.write, Note: g.noteNow,
		Supervise: g.supervise, Supervision: g.supervision, HangUp: g.hangUpAgent, Telephone: g.telephone, Move: g.desks.Move, DeskAct: g.deskAct, DeskSteps: g.deskSteps, Propose: g.propose,
	}, hc)
	if err != nil {
		return err
	}
	return g.console.Listen()
}

func (g *Gateway) onStop(name string, f func()) { g.stops = append(g.stops, stop{name, f}) }

func (g *Gateway) stopAll() {
	for i := len(g.stops) - 1; i >= 0; i-- {
		began := time.Now()
		g.stops[i].f()
		g.log.Debug("stopped", "part", g.stops[i].name, "took", time.Since(began))
	}
	g.stops = nil
}

// SIPAddr and HTTPAddr are the bound addresses.
func (g *Gateway) SIPAddr() string { return g.sip.Addr() }

// RTCAddr is the bound UDP address of browsers' sound, "" when there is none.
func (g *Gateway) RTCAddr() string { return g.rtc.Addr() }

// HTTPAddr is the bound address of API and pages.
func (g *Gateway) HTTPAddr() string { return g.console.Addr() }

// Token opens API and pages.
func (g *Gateway) Token() string { return g.console.Token() }

// LoginURL opens the pages; it holds the API token.
func (g *Gateway) LoginURL() string { return g.console.LoginURL() }

// Run answers calls until ctx ends; then it drains: new calls get 503, running ones go on for
// drain_timeout or until cut ends, when the rest is ended with BYE. It returns when everything
// it began has ended.
func (g *Gateway) Run(ctx, cut context.Context) error {
	defer g.stopAll()
	serve, stopServing := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stopServing(nil)
	g.serving = serve
	failed := make(chan error, 4)
	var parts sync.WaitGroup
	parts.Go(func() { failed <- g.console.Serve(serve) })
	parts.Go(func() { failed <- g.sip.Serve(serve, g.accept) })
	parts.Go(func() { failed <- g.rtc.Serve(serve, g.acceptBrowser) })
	parts.Go(func() { failed <- g.satellites.Serve(serve, g.acceptSatellite) })
	parts.Go(func() { g.router.Run(serve) })
	parts.Go(func() { g.chats.Run(serve) })
	if g.skill != nil {
		parts.Go(func() { g.skill.Run(serve) })
	}
	parts.Go(func() { g.outbound.Run(ctx) })
	parts.Go(func() { g.waits.run(serve, g.board) })
	parts.Go(func() { g.webhooks.Run(serve) })
	parts.Go(func() { g.sumUps.run(serve) })
	parts.Go(func() { g.accounts.Run(serve) })
	parts.Go(func() { g.recorder.Run(serve) })
	parts.Go(func() { g.keepIndexed(serve) })
	parts.Go(func() { g.hotlines.watch(serve, g.cfg.Reload.Every) })
	parts.Go(func() { g.settings.watch(serve, g.cfg.Reload.Every) })

	var err error
	select {
	case <-ctx.Done():
		g.drain(cut)
	case err = <-failed:
		if err == nil {
			err = errors.New("gateway: a part ended before it was asked to")
		}
	}
	stopServing(leg.ErrDrained) // ends what is left with BYE
	parts.Wait()                // sip.Serve returns last: from then on no call begins
	g.calls.Wait()
	return err
}

// drain waits for running calls, at most drain_timeout, or until cut.
func (g *Gateway) drain(cut context.Context) {
	g.draining.Store(true)
	n := g.live.Load()
	g.log.Info("draining: no new calls", "running", n, "timeout", g.cfg.DrainTimeout)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	deadline := time.After(g.cfg.DrainTimeout)
	for g.live.Load() > 0 {
		select {
		case <-look.C:
		case <-cut.Done():
			g.log.Warn("cutting running calls", "running", g.live.Load())
			return
		case <-deadline:
			g.log.Warn("drain_timeout passed; cutting running calls", "running", g.live.Load())
			return
		}
	}
}

// enter takes one of max_calls; false when all are taken. Who entered leaves with live.Add(-1).
func (g *Gateway) enter() bool {
	for {
		n := g.live.Load()
		if n >= int64(g.cfg.MaxCalls) {
			return false
		}
		if g.live.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// admit is the door: nil lets a new call in. It refuses cheaply, before media are opened, and is
// asked for OPTIONS too, so it takes no place; calls that come at once pass it together, and
// accept counts them.
func (g *Gateway) admit() *leg.Cause {
	switch {
	case g.draining.Load():
		c := leg.Draining
		return &c
	case g.live.Load() >= int64(g.cfg.MaxCalls):
		c := leg.Overloaded
		return &c
	}
	return nil
}

// ready is /readyz.
func (g *Gateway) ready() error {
	switch {
	case g.draining.Load():
		return errors.New("draining: no new calls are taken")
	case g.live.Load() >= int64(g.cfg.MaxCalls):
		return fmt.Errorf("full: %d calls are running, max_calls is %d", g.live.Load(), g.cfg.MaxCalls)
	}
	return g.store.healthy()
}

func (g *Gateway) location(bot string) *time.Location {
	for _, b := range g.hotlines.bots() {
		if b.Name == bot {
			return b.Timezone
		}
	}
	return time.UTC
}

// wished finds the bot that a page names, or the first; in the page's language where it speaks that.
func (s *served) wished(w rtc.Wish) (*flows.Bot, string, bool) {
	for _, b := range s.bots {
		if w.Bot == "" || w.Bot == b.Name {
			return b, langNear(b, w.Lang), true
		}
	}
	return nil, "", false
}

// langNear is the bot's language for a page's, "fr" for "fr-CA"; its own where it speaks no such.
func langNear(b *flows.Bot, tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	for _, l := range b.Languages {
		if strings.EqualFold(l, tag) || strings.EqualFold(l, base) {
			return l
		}
	}
	return b.DefaultLanguage()
}

// route finds who answers a called number.
func (s *served) route(called string) (*flows.Bot, string, bool) {
	for _, b := range s.bots {
		if lang, ok := b.LangFor(called); ok {
			return b, lang, true
		}
	}
	return nil, "", false
}
