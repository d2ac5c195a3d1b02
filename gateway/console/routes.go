package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// route is one line of what the server offers. docs/openapi.yaml describes exactly those that
// are not pages; a test holds the two together.
type route struct {
	method, path string
	page         bool // for people, not in the API description
	open         bool // no token needed
	own          bool // a typed conversation's own token opens it too
	anyone       bool // people without an account too, when the widget is enabled
	handle       http.HandlerFunc
}

func (s *Server) routes() []route {
	metrics := promhttp.HandlerFor(s.d.Gatherer, promhttp.HandlerOpts{})
	listen := strings.TrimSuffix(s.cfg.Listen, s.cfg.Listen[strings.LastIndexByte(s.cfg.Listen, ':'):])
	return []route{
		{method: "GET", path: "/api/v1/conversations", handle: s.listConversations},
		{method: "GET", path: "/api/v1/conversations/{id}", handle: s.oneConversation},
		{method: "GET", path: "/api/v1/conversations/{id}/transcript", handle: s.plainTranscript},
		{method: "GET", path: "/api/v1/conversations/{id}/recording", handle: s.withRecordings(s.getRecording)},
		{method: "DELETE", path: "/api/v1/conversations/{id}/recording", handle: s.withRecordings(s.deleteRecording)},
		{method: "DELETE", path: "/api/v1/recordings", handle: s.withRecordings(s.deleteRecordings)},
		{method: "GET", path: "/api/v1/conversations/{id}/articles", handle: s.listArticles},
		{method: "GET", path: "/api/v1/callbacks", handle: s.listCallbacks},
		{method: "PATCH", path: "/api/v1/callbacks/{id}", handle: s.setCallback},
		{method: "POST", path: "/api/v1/conversations/{id}/label", handle: s.withInbox(s.labelConversation)},
		{method: "GET", path: "/api/v1/inbox", handle: s.withInbox(s.listInbox)},
		{method: "GET", path: "/api/v1/inbox/{id}", handle: s.withInbox(s.oneGroup)},
		{method: "POST", path: "/api/v1/inbox/{id}/accept", handle: s.withInbox(s.acceptGroup)},
		{method: "POST", path: "/api/v1/inbox/{id}/dismiss", handle: s.withInbox(s.dismissGroup)},
		{method: "POST", path: "/api/v1/inbox/{id}/reopen", handle: s.withInbox(s.reopenGroup)},
		{method: "GET", path: "/api/v1/bots", handle: s.listBots},
		{method: "POST", path: "/api/v1/callbacks/{id}/call", handle: s.callBack},
		{method: "GET", path: "/api/v1/events", handle: s.events},
		{method: "GET", path: "/api/v1/widget", open: true, handle: s.widgetInfo},
		{method: "GET", path: "/api/v1/widget/articles", anyone: true, handle: s.widgetSearch},
		{method: "POST", path: "/api/v1/widget/callbacks", anyone: true, handle: s.widgetCallback},
		{method: "POST", path: "/api/v1/chat", anyone: true, handle: s.chatCreate},
		{method: "DELETE", path: "/api/v1/chat/{id}", own: true, handle: s.chatEnd},
		{method: "GET", path: "/api/v1/chat/{id}/messages", own: true, handle: s.chatMessages},
		{method: "POST", path: "/api/v1/chat/{id}/messages", own: true, handle: s.chatSend},
		{method: "POST", path: "/api/v1/chat/{id}/rating", own: true, handle: s.chatRate},
		{method: "GET", path: "/api/v1/chat/{id}/events", own: true, handle: s.chatEvents},
		{method: "GET", path: "/api/v1/chat/{id}/ws", own: true, handle: s.chatSocket},
		{method: "POST", path: "/api/v1/webrtc/calls", open: true, handle: s.browserCalls},
		{method: "OPTIONS", path: "/api/v1/webrtc/calls", open: true, handle: s.browserCalls},
		{method: "PATCH", path: "/api/v1/webrtc/calls/{id}", open: true, handle: s.browserCalls},
		{method: "DELETE", path: "/api/v1/webrtc/calls/{id}", open: true, handle: s.browserCalls},
		{method: "OPTIONS", path: "/api/v1/webrtc/calls/{id}", open: true, handle: s.browserCalls},
		{method: "GET", path: "/api/openapi.yaml", open: true, handle: s.description},
		// Counts hold nothing personal, but on an address for others they ask for the token too.
		{method: "GET", path: "/metrics", open: isLoopback(strings.Trim(listen, "[]")), handle: metrics.ServeHTTP},
		{method: "GET", path: "/healthz", open: true, handle: s.alive},
		{method: "GET", path: "/readyz", open: true, handle: s.ready},

		{method: "GET", path: "/{$}", page: true, open: true, handle: s.front("caller")},
		{method: "GET", path: "/widget", page: true, open: true, handle: s.front("widget", append([]string{"'self'"}, s.widget.cfg.Sites...)...)},
		{method: "GET", path: "/widget.js", page: true, open: true, handle: s.loader},
		{method: "GET", path: "/web/{path...}", page: true, open: true, handle: s.builtFile},
		{method: "GET", path: overview, page: true, handle: s.homePage},
		{method: "GET", path: "/conversations", page: true, handle: s.listPage},
		{method: "GET", path: "/conversations/{id}", page: true, handle: s.transcriptPage},
		{method: "POST", path: "/conversations/{id}/label", page: true, handle: s.withInbox(s.labelForm)},
		{method: "POST", path: "/callbacks/{id}", page: true, handle: s.callbackDone},
		{method: "GET", path: "/inbox", page: true, handle: s.withInbox(s.inboxPage)},
		{method: "POST", path: "/inbox/{id}", page: true, handle: s.withInbox(s.inboxForm)},
		{method: "GET", path: "/t/{token}", page: true, open: true, handle: s.linkedPage},
		{method: "GET", path: "/t/{token}/recording", page: true, open: true, handle: s.withRecordings(s.linkedRecording)},
		{method: "GET", path: "/debug/pprof/{name...}", page: true, handle: s.profile},
		{method: "GET", path: "/login", page: true, open: true, handle: s.login},
		{method: "POST", path: "/login", page: true, open: true, handle: s.login},
		{method: "POST", path: "/logout", page: true, open: true, handle: s.logout},
		{method: "GET", path: "/static/{file}", page: true, open: true, handle: s.static},
	}
}

// mux dispatches by path, then by method, so that a wrong method is 405 with the right ones.
func (s *Server) mux() http.Handler {
	byPath := map[string]map[string]http.HandlerFunc{}
	for _, r := range s.routes() {
		if byPath[r.path] == nil {
			byPath[r.path] = map[string]http.HandlerFunc{}
		}
		h := r.handle
		switch {
		case r.own:
			h = s.chatGuard(h)
		case r.anyone:
			h = s.anyone(h)
		case !r.open:
			h = s.guard(h)
		}
		byPath[r.path][r.method] = h
	}
	mux := http.NewServeMux()
	for path, methods := range byPath {
		var allow []string
		for m := range methods {
			allow = append(allow, m)
			if m == "GET" {
				allow = append(allow, "HEAD")
			}
		}
		slices.Sort(allow)
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			method := r.Method
			if method == http.MethodHead {
				method = http.MethodGet
			}
			h, ok := methods[method]
			if !ok {
				w.Header().Set("Allow", strings.Join(allow, ", "))
				s.fail(w, r, http.StatusMethodNotAllowed, "this address takes "+strings.Join(allow, ", "))
				return
			}
			h(w, r)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusNotFound, "there is nothing at this address; /api/openapi.yaml lists what there is")
	})
	return mux
}
