package console

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/internal/langtag"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// views are the page templates of one language.
type views struct{ t *template.Template }

func newViews(agent func(string) string) (map[string]*views, error) {
	out := map[string]*views{}
	for lang := range words {
		t, err := template.New("").Funcs(template.FuncMap{
			"say":    func(key string, args ...any) string { return say(lang, key, args...) },
			"code":   func(prefix, code string) string { return sayCode(lang, prefix, code) },
			"people": caller,
			"clock":  clock,
			"agent":  agent,
			"words":  func(s string) string { return strings.ReplaceAll(s, "_", " ") },
			"seg":    url.PathEscape,
			"tone":   tone,
			"iso":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
			"hour":   hour,
			"moment": func(t time.Time) string { return moment(lang, t) },
			"day":    func(t time.Time) string { return day(lang, t) },
			"long":   func(d time.Duration) string { return duration(lang, d) },
			"span":   func(s store.Summary) string { return duration(lang, s.End.Sub(s.Start).Truncate(time.Second)) },
		}).ParseFS(pageFiles, "pages/*.html")
		if err != nil {
			return nil, err
		}
		out[lang] = &views{t}
	}
	return out, nil
}

// named is title, but who has none, or is gone from the configuration, goes by their name.
func named(title func(name string) string) func(name string) string {
	return func(name string) string {
		if title == nil {
			return name
		}
		return cmp.Or(title(name), name)
	}
}

// caller is an address as people read it; "" for who hides it (RFC 3323 §4.1.1.3).
func caller(addr string) string {
	if p := People(addr); p != "anonymous" {
		return p
	}
	return ""
}

// tone is the colour of an outcome: ok, warn, danger, accent or none.
func tone(outcome string) string {
	switch outcome {
	case "resolved":
		return "ok"
	case "transferred", "callback":
		return "accent"
	case "abandoned", "unconfirmed":
		return "warn"
	case "failed", "unanswered":
		return "danger"
	}
	return ""
}

// frame is what every page has; the pages embed it.
type frame struct {
	Lang    string
	Title   string
	Site    string // name of the hotline
	Here    string // which entry of the navigation: "home", "conversations", ""
	Bare    bool   // no navigation: login, error, the agent's link
	Me      accounts.Identity
	Demo    bool   // every page says so
	Paper   bool   // a white sheet: the transcript
	Refresh int    // milliseconds between looks while something is live; 0 = finished
	FR, EN  string // this page in the other language
}

func (s *Server) frame(r *http.Request, lang, title, here string) frame {
	other := func(l string) string {
		q := r.URL.Query()
		q.Del("token")
		q.Set("lang", l)
		return r.URL.EscapedPath() + "?" + q.Encode()
	}
	return frame{Lang: lang, Title: title, Site: s.d.Info().Name, Here: here, Me: who(r), Demo: s.acc.Demo(), FR: other("fr"), EN: other("en")}
}

// show renders a page. It is sent whole or not at all, and not again when it has not changed.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name, lang string, data any) {
	var buf bytes.Buffer
	if err := s.views[lang].t.ExecuteTemplate(&buf, name, data); err != nil {
		s.d.Log.Error("console: a page could not be rendered", "page", name, "error", err)
		http.Error(w, "the page could not be rendered; the log says why", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(buf.Bytes())
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	h.Set("Vary", "Accept-Language, Cookie")
	if status == http.StatusOK {
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes())
}

// langFor is the language of an answer: ?lang, then the conversation's, then the browser's.
func (s *Server) langFor(r *http.Request, conv string) string {
	for _, l := range []string{r.URL.Query().Get("lang"), conv} {
		if _, ok := words[l]; ok {
			return l
		}
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base := langtag.Base(tag)
		if _, ok := words[base]; ok {
			return base
		}
	}
	return "fr"
}

func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, status int) {
	lang := s.langFor(r, "")
	key := "e" + strconv.Itoa(status)
	if status == http.StatusNotFound && strings.HasPrefix(r.URL.Path, "/t/") {
		key = "e404_link"
	}
	if _, ok := wordsFR[key]; !ok {
		key = "eother"
	}
	data := struct {
		frame
		Head, Hint string
		Status     int
	}{s.frame(r, lang, say(lang, key), ""), say(lang, key), say(lang, key+"_hint"), status}
	data.Bare = true
	s.show(w, r, status, "error", lang, data)
}

// homeLive is one running conversation on the home page.
type homeLive struct {
	event.Live
	Why string
}

func (s *Server) homePage(w http.ResponseWriter, r *http.Request) {
	lang := s.langFor(r, "")
	info := s.d.Info()
	loc := s.location(info.Bot)
	data := struct {
		frame
		Info      Info
		Started   time.Time
		Trouble   string
		Live      []homeLive
		Last      *store.Summary
		Callbacks []store.Callback
		More      bool
		Changed   int64 // a callback just marked, which can be taken back
	}{frame: s.frame(r, lang, say(lang, "nav_home"), "home"), Info: info, Started: info.Started.In(loc)}
	data.Refresh = 2000
	if err := s.d.Ready(); err != nil {
		data.Trouble = err.Error()
	}
	for _, l := range s.d.Board.Now().Live {
		data.Live = append(data.Live, homeLive{l, s.why(l.Bot, l.Intent, lang)})
	}
	for sum, err := range s.d.Store.Conversations(r.Context(), store.Query{Limit: 20}) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		if !sum.End.IsZero() {
			sum.End = sum.End.In(s.location(sum.Bot))
			data.Last = &sum
			break
		}
	}
	const most = 20
	callbacks := s.d.Store.Callbacks(r.Context(), store.CallbackQuery{State: store.OutboundPending, Limit: most + 1})
	if !who(r).May(accounts.ReadCallbacks) {
		callbacks = func(func(store.Callback, error) bool) {}
	}
	for c, err := range callbacks {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		c.At = c.At.In(loc)
		data.Callbacks = append(data.Callbacks, c)
	}
	if data.More = len(data.Callbacks) > most; data.More {
		data.Callbacks = data.Callbacks[:most]
	}
	data.Changed, _ = strconv.ParseInt(r.URL.Query().Get("callback"), 10, 64)
	s.show(w, r, http.StatusOK, "home", lang, data)
}

// callbackDone is the form on the home page.
func (s *Server) callbackDone(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	state := r.PostFormValue("state")
	if err != nil || !callbackState(state) {
		s.fail(w, r, http.StatusBadRequest, "send the form of the home page")
		return
	}
	err = s.d.Store.SetCallback(r.Context(), id, state)
	if err == nil {
		err = s.acc.Audit(r.Context(), who(r), setAct[state], callbackName(id), "")
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	to := overview
	if state != "open" {
		to += "?callback=" + strconv.FormatInt(id, 10)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// why says what the caller wants, in words.
func (s *Server) why(bot, intent, lang string) string {
	if intent == "" {
		return ""
	}
	if title := s.d.Title(bot, intent, lang); title != "" {
		return title
	}
	text := strings.ReplaceAll(intent, "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// listRow is one line of the list.
type listRow struct {
	store.Summary
	Why string
}

func (s *Server) listPage(w http.ResponseWriter, r *http.Request) {
	lang := s.langFor(r, "")
	q, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
		return
	}
	data := struct {
		frame
		Query    store.Query
		Rows     []listRow
		Older    string
		Paged    bool
		Filtered bool
		Outcomes []string
		Channels []string
		Door     string
	}{frame: s.frame(r, lang, say(lang, "list_title"), "conversations"), Query: q,
		Outcomes: []string{"resolved", "transferred", "callback", "unconfirmed", "abandoned", "failed", "unanswered"},
		Channels: []string{"voice", "text", "speaker"},
		Paged:    !q.Before.IsZero(), Filtered: q.Channel != "" || q.Outcome != "" || q.Open}
	if doors := s.d.Info().Doors; len(doors) > 0 {
		data.Door = doors[0].Addr
	}
	for sum, err := range s.d.Store.Conversations(r.Context(), q) {
		if err != nil {
			s.broken(w, r, err)
			return
		}
		data.Rows = append(data.Rows, listRow{sum, s.why(sum.Bot, sum.Intent, lang)})
		sum.Start = sum.Start.In(s.location(sum.Bot))
		data.Rows[len(data.Rows)-1].Summary.Start = sum.Start
	}
	if n := len(data.Rows); n == q.Limit {
		data.Older = "/conversations?" + nextPage(q, data.Rows[n-1].Summary)
	}
	if !data.Paged {
		data.Refresh = 2000
	}
	s.show(w, r, http.StatusOK, "list", lang, data)
}

func (s *Server) transcriptPage(w http.ResponseWriter, r *http.Request) {
	conv := r.PathValue("id")
	if _, err := s.d.Store.Conversation(r.Context(), conv); err == nil {
		s.seen(r, conv, who(r).User, false)
	}
	s.transcript(w, r, conv, false)
}

// linkedPage is the transcript for an agent who has only the link.
func (s *Server) linkedPage(w http.ResponseWriter, r *http.Request) {
	conv, err := s.d.Store.Link(r.Context(), r.PathValue("token"), s.now())
	if err != nil {
		if errors.Is(err, store.ErrNotFound) && !s.wrongAgain(r) {
			s.tooMany(w, r)
			return
		}
		s.broken(w, r, err)
		return
	}
	s.seen(r, conv, store.LinkName(r.PathValue("token")), true)
	w.Header().Set("Cache-Control", "no-store")
	s.transcript(w, r, conv, true)
}

func (s *Server) transcript(w http.ResponseWriter, r *http.Request, conv string, linked bool) {
	sum, evs, err := s.record(r, conv)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	lang := s.langFor(r, sum.Lang)
	loc := s.location(sum.Bot)
	data := struct {
		frame
		S      store.Summary
		Lines  []Line
		Brief  brief
		Help   []Article
		TZ     string
		Linked bool
		Spoken bool // somebody said something
		Label  labelling
		Sound  string // where the recording is, "" when there is none
		Views  []store.View
		Revoke bool
	}{frame: s.frame(r, lang, caller(sum.From), ""), S: sum, Lines: Lines(evs, lang, s.d.Agent), Brief: s.brief(sum, evs, lang), Help: s.articles(sum, evs), TZ: loc.String(), Linked: linked}
	data.Bare, data.Paper = linked, true
	if !linked {
		if data.Views, err = s.viewers(r.Context(), conv); err != nil {
			s.broken(w, r, err)
			return
		}
		for i := range data.Views {
			v := &data.Views[i]
			v.Last = v.Last.In(loc)
			if !v.Link {
				v.Who = s.reader(r.Context(), v.Who)
			}
		}
		data.Revoke = s.d.Views != nil && who(r).May(accounts.ExportConversations)
	}
	if !linked && who(r).May(accounts.LabelConversation) {
		data.Label = s.labelling(sum, evs)
	}
	if s.d.Recordings != nil && recorded(evs) && (linked || who(r).May(accounts.HearRecordings)) {
		if data.Sound = "/api/v1/conversations/" + url.PathEscape(conv) + "/recording"; linked {
			data.Sound = r.URL.Path + "/recording"
		}
	}
	data.S.Start = sum.Start.In(loc)
	if sum.End.IsZero() {
		data.Refresh = 1000
	}
	for _, l := range data.Lines {
		data.Spoken = data.Spoken || l.Who == byCaller || l.Who == byBot || l.Who == byAgent
	}
	s.show(w, r, http.StatusOK, "transcript", lang, data)
}

func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	body, err := staticFiles.ReadFile("static/" + r.PathValue("file"))
	if err != nil {
		s.fail(w, r, http.StatusNotFound, "there is no such file")
		return
	}
	sum := sha256.Sum256(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, r.PathValue("file"), time.Time{}, bytes.NewReader(body))
}
