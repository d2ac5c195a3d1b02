package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"decroche/gateway/accounts"
	"decroche/gateway/chat"
	"decroche/internal/limit"
)

// chatPath is where everything of typed conversations is.
const chatPath = "/api/v1/chat"

// chatDoor is what every request about typed conversations passes: who may come, how often, from
// which sites.
type chatDoor struct {
	host    *chat.Host
	origins []string
	maxBody int64
	waits   chan struct{} // one slot per long poll, stream or socket
	rate    *limit.Rate
}

func newChatDoor(d Deps) chatDoor {
	if d.Chat == nil {
		return chatDoor{maxBody: maxBody}
	}
	cfg := d.Chat.Config()
	return chatDoor{host: d.Chat, origins: cfg.AllowedOrigins, maxBody: cfg.MaxBody(), waits: make(chan struct{}, cfg.MaxStreams),
		rate: limit.NewRate(cfg.RatePerSource, cfg.RateBurst, d.Now)}
}

// crossOrigin lets pages of allowed sites in, which then need a token as anybody does: no cookie
// of ours comes with their requests. The rest passes the protection that every route has.
func (c *chatDoor) crossOrigin(w http.ResponseWriter, r *http.Request, open, guarded http.Handler) {
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.ContainsFunc(c.origins, func(o string) bool { return strings.EqualFold(o, origin) }) {
		guarded.ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID")
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	r.Header.Del("Cookie") // whatever a browser sends along: here only tokens count
	open.ServeHTTP(w, r)
}

// originHosts are the allowed sites as the WebSocket library compares them.
func (c *chatDoor) originHosts() (out []string) {
	for _, o := range c.origins {
		if u, err := url.Parse(o); err == nil {
			out = append(out, u.Host)
		}
	}
	return out
}

// trusted tells whether somebody with an account asks: a token may speak for many people.
func trusted(r *http.Request) bool { return who(r).Known() }

// writes reports whether a request to a typed conversation could change it.
func writes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasSuffix(r.URL.Path, "/ws")
}

// chatGuard lets through who may read any conversation, or has the conversation's own token. An API
// token may write too, for the people of a messenger; whoever is signed in at a page of ours may not: their
// words would be taken for the caller's. A
// browser can send no header with an event stream or a WebSocket, so those may have the
// conversation's token, never an account's, as ?token=.
func (s *Server) chatGuard(needs accounts.Permission, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		given, isBearer := bearerToken(r)
		i, err := s.identify(r)
		if err == nil && i.May(needs) {
			if s.chat.host == nil {
				s.chatFail(w, r, errNoChat)
				return
			}
			if i.Session == "" || !writes(r) {
				next(w, as(r, i))
				return
			}
		}
		if !isBearer && r.Method == http.MethodGet {
			given = r.URL.Query().Get("token")
		}
		switch {
		case given == "" && err != nil:
			s.notKnown(w, r, err)
			return
		case given == "" && i.May(needs):
			s.refuse(w, r, http.StatusForbidden, codeRole, "what is written here stands in the record as the person's own words: send the token that came when the conversation was created; agents write at /api/v1/desk/chats")
			return
		case given == "" && i.Known():
			s.notAllowed(w, r, i, needs)
			return
		case given == "":
			s.unauthorised(w, r, `Bearer realm="decroche"`, codeSignIn, "send the token that came when the conversation was created, or the API's, as a bearer token")
			return
		}
		err = chat.ErrNotFound
		if s.chat.host != nil {
			err = s.chat.host.Open(r.Context(), r.PathValue("id"), given)
		}
		switch {
		case errors.Is(err, chat.ErrNotFound):
			if !s.wrongAgain(r) {
				s.tooMany(w, r)
				return
			}
			s.unauthorised(w, r, `Bearer realm="decroche", error="invalid_token"`, codeToken, "this token does not open the conversation, or it is no longer kept (chat.resume_for)")
		case err != nil:
			s.chatFail(w, r, err)
		default:
			next(w, r)
		}
	}
}
