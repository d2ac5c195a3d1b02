// Package console is the gateway's HTTP side: the API, the pages that show conversations, the
// metrics. It reads what others recorded and decides nothing about calls. Everything that shows
// what a caller said asks for the token, or for an unguessable link that expires.
package console

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/gateway/accounts"
	"decroche/gateway/agents"
	"decroche/gateway/chat"
	"decroche/gateway/event"
	"decroche/gateway/inbox"
	"decroche/gateway/store"
	"decroche/internal/limit"
	"decroche/web"
)

const (
	maxBody      = 16 << 10 // bytes of a request; the largest is a login
	alexaBody    = 128 << 10
	stopDeadline = 5 * time.Second
)

// Deps is what the console shows. Store and Board are needed, the rest may be nil.
type Deps struct {
	Store    store.Store
	Board    *event.Board
	Gatherer prometheus.Gatherer
	Ready    func() error                                 // why no new call is taken; nil when all is well
	Info     func() Info                                  // for the home page
	Location func(bot string) *time.Location              // the bot's timezone; nil, or a nil result, means UTC
	Title    func(bot, intent, lang string) string        // an intent as people say it; "" or nil shows its name
	Bots     func() []Bot                                 // what answers; nil: nothing is told
	Inbox    *inbox.Inbox                                 // what was not understood; nil: there is none
	Agent    func(name string) string                     // an agent as people say it; nil or "" shows the name
	Articles func(store.Summary, []event.Event) []Article // the bot's knowledge that fits a conversation best, best first; nil: none
	// CallBack rings who asked for it and returns the call's conversation once they answered; the
	// error may be a *NotCalled. who is the user who wants it. nil: no calls are placed.
	CallBack func(ctx context.Context, callback int64, who string) (conv string, err error)
	// Outbound keeps calls that we place and numbers not to be called, Place takes orders for calls; nil:
	// none are taken.
	Outbound store.Outbound
	Place    Placer
	// Supervise does one act with a running call and returns the ID of what came of it, a listener or
	// a hint, "" where nothing has one. The error may be a *NotDone. nil: nobody supervises.
	Supervise func(ctx context.Context, a Act) (id string, err error)
	// Supervision tells who supervises a running call and what can be done with it, as the API says
	// it. The error may be a *NotDone.
	Supervision func(ctx context.Context, conv string) (any, error)
	// Recordings gives the sound of calls; nil: there is none.
	Recordings Recordings
	// Widget says who may write and call from a page; the zero value: nobody without the token.
	Widget     WidgetConfig
	Voice      bool                                                          // calls from a page can be taken
	Demo       bool                                                          // pages say that this is a demonstration
	Agents     func() int                                                    // how many agents are signed in, free or not; nil: as if there were one
	Trunks     func() []Trunk                                                // how the trunks are doing; nil: there are none
	Satellites func() []Satellite                                            // how open speakers are doing; nil: there are none
	Phones     func() []Phone                                                // where agents' phones are registered; nil: there are none
	CRM        func(b event.Brief) string                                    // the customer's page, "" for none; nil: there is no CRM
	Settings   func() Settings                                               // what holds of the configuration's file; nil: it is never read again
	Wait       func() time.Duration                                          // how long a caller waits for a person now; 0, or nil: nobody knows
	Asks       func(bot, lang string) []string                               // what people may ask, as buttons, best first; nil: nothing
	Search     func(bot, lang, text string) []Article                        // a bot's knowledge about text, best first; nil: nothing
	Captions   *event.Captions                                               // what is being said, for the pages of callers and the board; nil: only what was said
	Type       func(conv, text string) bool                                  // hands a running call what its caller typed; false when it cannot take it
	Note       func(ctx context.Context, conv string, body event.Body) error // adds to the record of a conversation that has ended
	Chat       *chat.Host                                                    // typed conversations; nil: their routes answer 503
	// Calls takes the offers of browsers that call, and decides itself who may, from which sites and
	// how often; nil: nobody.
	Calls http.Handler
	// Alexa takes the requests of Alexa's skills, which it verifies itself; nil: there is no such address.
	Alexa http.Handler
	// Park takes the offer of a browser that waits for calls, under a name: that of the user for a desk,
	// and BoardLine of it for a board. nil: no browser is reached.
	Park func(w http.ResponseWriter, r *http.Request, name string)
	// Accounts say who asks; nil: those in Store, with the defaults and the token of Config.
	Accounts *accounts.Accounts
	// Desk is presence and offers of agents; nil: there are no desks.
	Desk *agents.Desk
	// HangUp ends an agent's part of a call, as they asked; nil: nobody can.
	HangUp func(ctx context.Context, agent, conv string) error
	// Telephone is what rings when an agent typed where their calls are to ring, an error for people when
	// nothing may. nil: SIP addresses.
	Telephone func(agent, typed string) (addr string, err error)
	// Move lets the call that an agent is in follow them to where their calls ring now; nil: no calls are
	// put through.
	Move func(ctx context.Context, agent string) error
	// DeskAct does what an agent asks for in their call; a *NotDone says why it was not. nil: nothing.
	DeskAct DeskActor
	// DeskSteps tells where the bot can go on with a caller; nil: nobody knows.
	DeskSteps Stepper
	// Propose is the conclusion that the rules propose for a conversation; nil: none.
	Propose func(evs []event.Event) string
	// Index tells how much of the record can be searched; nil: all of it.
	Index store.Index
	// Exports writes conversations as vCons; nil: nothing does.
	Exports Exports
	// Figures count the day; nil: there are none.
	Figures store.Figures
	// Dead are deliveries that were given up; nil: there are none.
	Dead Letters
	// Notes keeps what agents write; nil: they cannot.
	Notes store.Notes
	// SumUp is what a language model has made of a conversation that goes on, "" when nothing has; nil: none
	// is asked.
	SumUp func(conv string) string
	// Views keeps who opened transcripts; nil: nobody does.
	Views store.Views
	Now   func() time.Time
	Log   *slog.Logger
}

// Info is what the home page says about this gateway.
type Info struct {
	Name    string // whose hotline: "Colibri Express"
	Version string
	Bot     string // whose timezone the home page uses
	Doors   []Door
	Started time.Time
}

// Door is one address that callers may ring.
type Door struct {
	Addr string // "sip:hotline@192.0.2.5:5060"
	Lang string // "fr"
}

// Server serves API and pages. Its methods are safe for concurrent use.
type Server struct {
	// constant after New
	d         Deps
	cfg       Config
	acc       *accounts.Accounts
	secure    bool // cookies only over TLS
	recheck   time.Duration
	hosts     map[string]bool
	views     map[string]*views
	built     *web.Files
	handler   http.Handler
	now       func() time.Time
	wrong     *limit.Rate
	begun     *limit.Rate   // sign-ins at the identity provider
	locks     locks         // of the inbox
	boards    chan struct{} // one slot for each stream of all events
	desks     chan struct{} // and for each of a desk
	readers   chan struct{} // and for each of a supervisor who reads one running call
	chat      chatDoor
	widget    widgetDoor
	calls     *callDoor
	listeners listeners

	mu sync.Mutex // guards ln
	ln net.Listener
}

// New checks cfg and makes the server; nothing listens yet.
func New(d Deps, cfg Config) (*Server, error) {
	problems := cfg.Validate()
	if d.Widget.Enabled {
		problems = append(problems, d.Widget.Validate()...)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("console: %s", strings.Join(problems, "; "))
	}
	if d.Store == nil || d.Board == nil {
		return nil, errors.New("console: needs a store and a board")
	}
	fillIn(&d)
	s := &Server{d: d, cfg: cfg, acc: d.Accounts, recheck: recheck, now: d.Now, wrong: limit.NewRate(1/wrongRefill.Seconds(), wrongTries, d.Now), begun: limit.NewRate(begunPerSecond, begunAtOnce, d.Now), boards: make(chan struct{}, cfg.MaxStreams), desks: make(chan struct{}, cfg.MaxStreams), readers: make(chan struct{}, cfg.MaxStreams), hosts: map[string]bool{}}
	if err := s.openAccounts(); err != nil {
		return nil, err
	}
	s.secure = cfg.TLSCert != "" || strings.HasPrefix(cfg.PublicURL, "https:")
	for _, h := range cfg.Hosts {
		s.hosts[strings.ToLower(h)] = true
	}
	if u, err := url.Parse(cfg.PublicURL); err == nil && u.Host != "" {
		s.hosts[strings.ToLower(u.Hostname())] = true
	}
	var err error
	if s.views, err = newViews(d.Agent); err != nil {
		return nil, fmt.Errorf("console: read the page templates: %w", err)
	}
	if s.built, err = web.New(); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	s.chat, s.widget, s.calls = newChatDoor(d), newWidgetDoor(d), newCallDoor(d.Now)
	proxies, err := limit.ParseProxies(cfg.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("console: trusted_proxies: %w", err)
	}
	s.handler = proxies.Wrap(s.outer(s.mux()))
	return s, nil
}

// openAccounts makes accounts when none were given, and refuses a demo that others could reach.
func (s *Server) openAccounts() (err error) {
	if s.acc == nil {
		st, ok := s.d.Store.(store.Accounts)
		if !ok {
			return errors.New("console: needs accounts, or a store that keeps them")
		}
		if s.acc, err = accounts.New(st, accounts.DefaultConfig(), accounts.Options{StartToken: s.cfg.Token, Now: s.now, Log: s.d.Log}); err != nil {
			return err
		}
	}
	if s.acc.Demo() && (s.cfg.Public() || s.cfg.Named(s.cfg.PublicURL)) {
		return errors.New("console: accounts.demo lets anybody in, and others can reach the pages; listen on loopback without a public_url, or turn the demo off")
	}
	return nil
}

func fillIn(d *Deps) {
	if d.Gatherer == nil {
		d.Gatherer = prometheus.NewRegistry()
	}
	if d.Ready == nil {
		d.Ready = func() error { return nil }
	}
	if d.Info == nil {
		d.Info = func() Info { return Info{} }
	}
	if d.Location == nil {
		d.Location = func(string) *time.Location { return time.UTC }
	}
	if d.Title == nil {
		d.Title = func(_, _, _ string) string { return "" }
	}
	d.Agent = named(d.Agent)
	if d.Articles == nil {
		d.Articles = func(store.Summary, []event.Event) []Article { return nil }
	}
	if d.Agents == nil {
		d.Agents = func() int { return 1 }
	}
	if d.Captions == nil {
		d.Captions = event.NewCaptions(nil)
	}
	if d.Type == nil {
		d.Type = func(_, _ string) bool { return false }
	}
	if d.Note == nil {
		d.Note = func(context.Context, string, event.Body) error { return store.ErrNotFound }
	}
	if d.Asks == nil {
		d.Asks = func(_, _ string) []string { return nil }
	}
	if d.Search == nil {
		d.Search = func(_, _, _ string) []Article { return nil }
	}
	if d.Bots == nil {
		d.Bots = func() []Bot { return nil }
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
}

// Token is the bearer token: the configured one, or the one made by New. It is for the lines
// printed at start, never for a log.
func (s *Server) Token() string { return s.acc.StartToken() }

// Handler is everything the server serves, for tests.
func (s *Server) Handler() http.Handler { return s.handler }

// Listen takes the address, so that a port in use is known before anything is announced. Serve
// calls it when it was not called. Idempotent.
func (s *Server) Listen() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ln != nil {
		return nil
	}
	var tlsConf *tls.Config
	if s.cfg.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(s.cfg.TLSCert, s.cfg.TLSKey)
		if err != nil {
			return fmt.Errorf("console: read tls_cert %q and tls_key %q: %w", s.cfg.TLSCert, s.cfg.TLSKey, err)
		}
		tlsConf = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	}
	ln, err := net.Listen("tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("console: cannot listen on %s: %w; stop what uses it, or choose another address with http.listen", s.cfg.Listen, err)
	}
	if tlsConf != nil {
		ln = tls.NewListener(ln, tlsConf)
	}
	s.ln = ln
	return nil
}

// Addr is the address listened on ("127.0.0.1:8080"), or the configured one before Listen.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ln == nil {
		return s.cfg.Listen
	}
	return s.ln.Addr().String()
}

// URL is where people reach path ("/conversations"): public_url, or the listening address.
func (s *Server) URL(path string) string { return BaseURL(s.cfg, s.Addr()) + path }

// BaseURL is where people reach a server of that configuration that listens on addr, without a
// slash at its end.
func BaseURL(c Config, addr string) string {
	if base := strings.TrimSuffix(c.PublicURL, "/"); base != "" {
		return base
	}
	if c.TLSCert != "" {
		return "https://" + addr
	}
	return "http://" + addr
}

// LoginURL opens the pages without typing the token. It is a secret like the token.
func (s *Server) LoginURL() string { return s.URL("/login?token=" + url.QueryEscape(s.Token())) }

// WelcomeURL is where a user sets a password with a one-time link.
func (s *Server) WelcomeURL(token string) string { return s.URL("/welcome/" + url.PathEscape(token)) }

// TranscriptURL is the link an agent gets: token comes from store.AddLink.
func (s *Server) TranscriptURL(token string) string { return s.URL("/t/" + url.PathEscape(token)) }

// Serve answers requests until ctx ends, then lets running ones finish for five seconds and cuts
// the event streams. It returns nil after such an end.
func (s *Server) Serve(ctx context.Context) error {
	if err := s.Listen(); err != nil {
		return err
	}
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second, // streams move it on with each message
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.d.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(s.ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("console: serve %s: %w", s.Addr(), err)
	case <-ctx.Done():
	}
	cut() // a stream would otherwise keep Shutdown waiting
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopDeadline)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		_ = srv.Close()
	}
	<-failed
	return nil
}

// callsPath is where browsers call. What stands there has its own list of sites and its own limits.
const callsPath = "/api/v1/webrtc/calls"

// BoardLine names the line of a user's board beside that of their desk: who is agent and supervisor has
// both at once. No user's name has a slash in it.
func BoardLine(user string) string { return user + "/board" }

// parkDesk makes the connection of an agent's or a supervisor's browser, over which calls then reach
// them at once.
func (s *Server) parkDesk(w http.ResponseWriter, r *http.Request) {
	page := r.URL.Query().Get("page")
	switch user := who(r).User; {
	case page != "" && page != "desk" && page != "board":
		s.fail(w, r, http.StatusBadRequest, fmt.Sprintf("page: %.40q is none; use desk or board", page))
	case s.d.Park == nil:
		s.fail(w, r, http.StatusServiceUnavailable, "calls do not reach browsers here")
	case user == "":
		s.fail(w, r, http.StatusForbidden, "a desk is somebody's: sign in with a name")
	case page == "board":
		s.d.Park(w, r, BoardLine(user))
	default:
		s.d.Park(w, r, user)
	}
}

// outer is what every request passes first.
func (s *Server) outer(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusForbidden, "changes are taken only from our own pages or from scripts with the bearer token")
	}))
	inner := next
	next = cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", frontPolicy(nil))
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !s.ourHost(r.Host) {
			s.fail(w, r, http.StatusMisdirectedRequest, "this name is not known here; add it to http.hosts, or set public_url")
			return
		}
		if strings.HasPrefix(r.URL.Path, callsPath) {
			inner.ServeHTTP(w, r)
			return
		}
		if !strings.HasPrefix(r.URL.Path, chatPath) {
			most := int64(maxBody)
			if r.URL.Path == alexaPath {
				most = alexaBody
			}
			if strings.HasPrefix(r.URL.Path, deskChatsPath) {
				most = s.chat.maxBody
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
			next.ServeHTTP(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, s.chat.maxBody)
		s.chat.crossOrigin(w, r, inner, next)
	})
}

// ourHost refuses names that a stranger's DNS could point at loopback: a page of theirs would
// otherwise speak to us as if it were ours. Addresses cannot be rebound. A server for others
// is asked by names we cannot know, unless they were configured.
func (s *Server) ourHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if isLoopback(host) || s.hosts[host] {
		return true
	}
	if listen, _, err := net.SplitHostPort(s.cfg.Listen); err == nil && isLoopback(listen) {
		return false
	}
	return net.ParseIP(host) != nil || len(s.hosts) == 0
}
