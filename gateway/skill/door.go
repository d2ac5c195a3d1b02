package skill

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"decroche/gateway/chat"
	"decroche/gateway/skill/alexa"
	"decroche/internal/limit"
)

// Deps is what a Door works with. Chat and Bots are needed.
type Deps struct {
	Chat    Conversations
	Bots    Bots
	Metrics *Metrics
	Log     *slog.Logger     // never told what anybody said
	Now     func() time.Time // wall time; nil means time.Now
	// PublicURL is where the gateway's own page is, for cards.
	PublicURL string
	// Trust is how requests are verified; Known is the Door's own. The zero one trusts the system's
	// authorities.
	Trust alexa.Trust
	// Client asks Alexa's services and the UserInfo endpoint; nil is an ordinary one.
	Client *http.Client
}

// Door answers POST requests of Alexa's. Its methods are safe for concurrent use.
type Door struct {
	// constant after New
	d        Deps
	cfg      AlexaConfig
	skills   map[string]SkillConfig
	verifier *alexa.Verifier
	services *alexa.Services
	client   *http.Client
	logged   *limit.Rate // refusals that make a line in the log
	left     *interrupted
}

// New makes a Door for a Config that Validate has nothing against.
func New(d Deps, c Config) *Door {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	o := &Door{d: d, cfg: c.Alexa, skills: map[string]SkillConfig{}, services: alexa.NewServices(d.Client), client: userInfoClient(d.Client),
		logged: limit.NewRate(1.0/loggedEvery, loggedAtOnce, d.Now)}
	for _, s := range c.Alexa.Skills {
		o.skills[s.ApplicationID] = s
	}
	t := d.Trust
	t.Known = func(app string) bool { _, ok := o.skills[app]; return ok }
	if t.Now == nil {
		t.Now = d.Now
	}
	o.verifier = alexa.NewVerifier(t)
	o.left = newInterrupted(c.Alexa.ResumeFor, d.Now)
	return o
}

// lastWords is what is left to write an answer down when answer_within has passed.
const lastWords = 400 * time.Millisecond

// ServeHTTP answers one request. What is not Amazon's gets 400 and nothing else: Amazon's own tests of a
// skill ask for that, and nobody else needs to know why.
func (o *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	defer func() { o.d.Metrics.took(time.Since(began)) }()
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	ctx, cancel := context.WithTimeoutCause(r.Context(), o.cfg.AnswerWithin+lastWords, errors.New("an answer to Alexa took longer than answer_within"))
	defer cancel()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, alexa.MaxBody))
	if err != nil {
		o.refuse(w, r, alexa.WhyBody)
		return
	}
	req, err := o.verifier.Verify(ctx, r.Header, body)
	if no, ok := errors.AsType[*alexa.Refusal](err); ok {
		o.refuse(w, r, no.Why)
		return
	}
	if err != nil { // the far side was too slow
		o.refuse(w, r, alexa.WhyFetch)
		return
	}
	o.d.Metrics.came(req.Body.Type)
	out := o.answer(ctx, req, began.Add(o.cfg.AnswerWithin))
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out) // who has gone needs no answer
}

// Refusals of one address that are logged: so many at once, and one in so many seconds for ever.
const (
	loggedAtOnce = 5
	loggedEvery  = 60
)

// refuse counts a refusal, and logs it unless its address has filled enough lines.
func (o *Door) refuse(w http.ResponseWriter, r *http.Request, why string) {
	o.d.Metrics.refusedFor(why)
	if ok, _ := o.logged.Take(limit.Source(r)); ok {
		o.d.Log.Warn("a request to the Alexa door was refused", "why", why, "from", limit.Source(r))
	}
	http.Error(w, "bad request", http.StatusBadRequest)
}

// sweepEvery is how often interrupted conversations are looked after.
const sweepEvery = time.Minute

// Run ends conversations that nobody has gone on with for resume_for, until ctx ends; those that an
// earlier process left, too.
func (o *Door) Run(ctx context.Context) {
	if _, err := o.d.Chat.EndIdle(ctx, Source, o.d.Now().Add(-o.cfg.ResumeFor)); err != nil && ctx.Err() == nil {
		o.d.Log.Error("conversations that an earlier process had with speakers could not be ended; chat.resume_for ends them", "err", err)
	}
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		for _, a := range o.left.sweep() {
			if err := o.d.Chat.End(ctx, a.conv); err != nil && ctx.Err() == nil && !errors.Is(err, chat.ErrNotFound) {
				o.d.Log.Error("a conversation with a speaker could not be ended; chat.resume_for ends it", "conv", a.conv, "err", err)
			}
		}
	}
}

// language is the bot's for a locale, "fr" for "fr-CA"; the bot's own where it speaks no such.
func language(spoken []string, locale, own string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	for _, l := range spoken {
		if l == base {
			return l
		}
	}
	return own
}
