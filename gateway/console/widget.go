package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/chat"
	"decroche/internal/limit"
)

// widgetDoor is what people without an account pass: whether they may come at all, how often.
type widgetDoor struct {
	cfg   WidgetConfig
	hours []hours
	rate  *limit.Rate
}

func newWidgetDoor(d Deps) widgetDoor {
	w := widgetDoor{cfg: d.Widget, rate: limit.NewRate(d.Widget.RatePerSource, d.Widget.RateBurst, d.Now)}
	for _, text := range d.Widget.Hours {
		if h, err := parseHours(text); err == nil { // New has validated it
			w.hours = append(w.hours, h)
		}
	}
	return w
}

// anyone lets through who may, and, where the configuration lets people write from pages, whoever
// asks from one of ours, a few times. Pages of other sites are kept out by the protection that every
// route has.
func (s *Server) anyone(needs accounts.Permission, next http.HandlerFunc) http.HandlerFunc {
	known := s.guard(needs, next)
	return func(w http.ResponseWriter, r *http.Request) {
		if _, given := bearerToken(r); given || !s.widget.cfg.Enabled || s.signedIn(r) {
			known(w, r)
			return
		}
		if !allowed(s.widget.rate, r) {
			w.Header().Set("Retry-After", "2")
			s.fail(w, r, http.StatusTooManyRequests, "too many conversations from this address (widget.rate_per_source); wait a moment")
			return
		}
		next(w, r)
	}
}

// signedIn tells whether the request comes with a session that is good.
func (s *Server) signedIn(r *http.Request) bool {
	return s.acc.StillOpen(r.Context(), s.cookie(r), s.client(r)) == nil
}

// WidgetInfo is what a page needs to know before it shows anything.
type WidgetInfo struct {
	Bot       string   `json:"bot"`
	Title     string   `json:"title"`
	Languages []string `json:"languages"`
	Timezone  string   `json:"timezone"`
	// Show is whether the widget appears at all; Open whether somebody can be written to and called.
	Show bool `json:"show"`
	Open bool `json:"open"`
	// Why it is not open: disabled, hours, agents, full; "" when it is.
	Why     string     `json:"why"`
	Opens   *time.Time `json:"opens,omitempty"`
	AfterMS int64      `json:"after_ms"`
	Voice   bool       `json:"voice"`
	// WaitS is how long a caller waits for a person, in seconds, rounded up; absent when nobody knows.
	WaitS  int64    `json:"wait_s,omitempty"`
	Phone  string   `json:"phone,omitempty"`
	Accent string   `json:"accent,omitempty"`
	Asks   []string `json:"asks"` // what may be asked, as buttons
	Demo   bool     `json:"demo"`
}

// bot is the hotline of that name, the first one for "".
func (s *Server) bot(name string) (Bot, bool) {
	for _, b := range s.d.Bots() {
		if name == "" || b.Name == name {
			return b, true
		}
	}
	return Bot{}, false
}

// widgetInfo says what to show to somebody who has opened a page.
func (s *Server) widgetInfo(w http.ResponseWriter, r *http.Request) {
	b, ok := s.bot(r.URL.Query().Get("bot"))
	if !ok {
		s.fail(w, r, http.StatusNotFound, "bot: there is none of that name in the configuration; leave it out for the first one")
		return
	}
	lang := s.langFor(r, "")
	loc := s.location(b.Name)
	c := s.widget.cfg
	i := WidgetInfo{Bot: b.Name, Title: b.Title, Languages: b.Languages, Timezone: loc.String(), AfterMS: c.After.Milliseconds(), Voice: c.Voice && s.d.Voice, Phone: c.Phone, Accent: c.Accent, Asks: []string{}, Demo: s.d.Demo}
	now := s.now().In(loc)
	switch {
	case !c.Enabled || s.chat.host == nil:
		i.Why = "disabled"
	case len(s.widget.hours) > 0 && !slices.ContainsFunc(s.widget.hours, func(h hours) bool { return h.open(now) }):
		i.Why = "hours"
		if t := opens(s.widget.hours, now); !t.IsZero() {
			t = t.UTC()
			i.Opens = &t
		}
	case c.NeedsAgent && s.d.Agents() == 0:
		i.Why = "agents"
	}
	i.Open = i.Why == ""
	i.Show = i.Open || i.Why != "disabled" && c.Outside == "offer"
	if asks := s.d.Asks(b.Name, lang); len(asks) > 0 {
		i.Asks = asks
	}
	i.WaitS = roundWait(s.usualWait())
	if i.Voice && s.d.Ready() != nil {
		i.Why = "full" // no call now; typing goes on
	}
	answer(w, i)
}

// usualWait is how long people waited for a person lately, on the line and in writing; where that is
// not known, how long in writing; 0 when nobody knows, or nobody is there to wait for.
func (s *Server) usualWait() time.Duration {
	if s.d.Agents != nil && s.d.Agents() == 0 {
		return 0
	}
	if s.d.Wait != nil {
		if d := s.d.Wait(); d > 0 {
			return d
		}
	}
	if s.chat.host == nil {
		return 0
	}
	d, _ := s.chat.host.UsualWait()
	return d
}

// roundWait says a wait as people do, in seconds: up to the next ten seconds, above a minute to the
// next half one.
func roundWait(d time.Duration) int64 {
	step := 10 * time.Second
	if d > time.Minute {
		step = 30 * time.Second
	}
	return int64((d + step - 1).Truncate(step) / time.Second)
}

// mostFound is how many articles a search shows.
const mostFound = 5

// widgetSearch looks into a bot's knowledge: what people find when nobody can be reached.
func (s *Server) widgetSearch(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	b, ok := s.bot(q.Get("bot"))
	text := strings.TrimSpace(q.Get("q"))
	switch {
	case !ok:
		s.fail(w, r, http.StatusNotFound, "bot: there is none of that name in the configuration; leave it out for the first one")
		return
	case text == "" || len(text) > 500:
		s.fail(w, r, http.StatusBadRequest, "q: write what you look for, at most 500 bytes")
		return
	}
	found := s.d.Search(b.Name, s.langFor(r, ""), text)
	answer(w, struct {
		Articles []Article `json:"articles"`
	}{append([]Article{}, found[:min(len(found), mostFound)]...)})
}

// widgetCallback takes down that somebody wants to be rung.
func (s *Server) widgetCallback(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Bot    string `json:"bot"`
		Lang   string `json:"lang"`
		Phone  string `json:"phone"`
		Reason string `json:"reason"`
		Window string `json:"window"`
	}
	if !s.decode(w, r, `{"phone": "+33612345678", "reason": "…", "window": "9 h - 12 h"}`, &body) {
		return
	}
	if s.chat.host == nil {
		s.chatFail(w, r, errNoChat)
		return
	}
	digits := 0
	for _, c := range body.Phone {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if digits < 6 || len(body.Reason) > 1000 || len(body.Window) > 200 || strings.HasPrefix(body.Phone, "sip:") {
		s.fail(w, r, http.StatusUnprocessableEntity, "phone: write the number with its digits, at least six; reason: at most 1000 bytes")
		return
	}
	o := chat.Opening{Bot: body.Bot, Lang: body.Lang, Phone: body.Phone, From: body.Phone}
	if err := s.chat.host.AskCallback(r.Context(), o, body.Reason, body.Window); err != nil {
		s.chatFail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// faces is how many faces there are to choose from.
const faces = 3

// chatRate takes how somebody liked a conversation: 1 not good, 2 fair, 3 good.
func (s *Server) chatRate(w http.ResponseWriter, r *http.Request) {
	rated, ok := s.readRating(w, r, r.PathValue("id"))
	if !ok {
		return
	}
	if err := s.chat.host.Rate(r.Context(), r.PathValue("id"), rated); err != nil {
		s.chatFail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
