package console

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"decroche/gateway/accounts"
)

// route is one line of what the server offers. docs/openapi.yaml describes exactly those that
// are not pages; a test holds the two together.
type route struct {
	method, path string
	needs        accounts.Permission // what who asks must be allowed to do; "" with open alone
	page         bool                // for people, or in a form that another company sets: not in the API description
	open         bool                // for everybody
	own          bool                // a typed conversation's own token opens it too
	anyone       bool                // people without an account too, when the widget is enabled
	stream       bool                // goes on for long: ends when the session does
	late         bool                // in a call, a session whose time is over opens it too
	handle       http.HandlerFunc
}

// alexaPath is where Alexa's requests come in, in the form that Amazon sets.
const alexaPath = "/alexa"

func (s *Server) routes() []route {
	metrics := promhttp.HandlerFor(s.d.Gatherer, promhttp.HandlerOpts{})
	listen := strings.TrimSuffix(s.cfg.Listen, s.cfg.Listen[strings.LastIndexByte(s.cfg.Listen, ':'):])
	list := []route{
		{method: "GET", path: "/api/v1/conversations", needs: accounts.ReadConversations, handle: s.listConversations},
		{method: "GET", path: "/api/v1/conversations.csv", needs: accounts.ExportConversations, handle: s.exportTable},
		{method: "GET", path: "/api/v1/figures", needs: accounts.WatchLive, handle: s.dayFigures},
		{method: "GET", path: "/api/v1/webhooks/dead", needs: accounts.ReadConversations, handle: s.withLetters(s.deadLetters)},
		{method: "POST", path: "/api/v1/webhooks/dead/retry", needs: accounts.ManageDeliveries, handle: s.withLetters(s.retryDead)},
		{method: "POST", path: "/api/v1/webhooks/dead/drop", needs: accounts.ManageDeliveries, handle: s.withLetters(s.dropDead)},
		{method: "GET", path: "/api/v1/agents", needs: accounts.WatchLive, handle: s.agentsNow},
		{method: "GET", path: "/api/v1/board", needs: accounts.WatchLive, handle: s.getBoard},
		{method: "GET", path: "/api/v1/queues", needs: accounts.WatchLive, handle: s.listQueues},
		{method: "GET", path: "/api/v1/trunks", needs: accounts.WatchLive, handle: s.listTrunks},
		{method: "GET", path: "/api/v1/satellites", needs: accounts.WatchLive, handle: s.listSatellites},
		{method: "GET", path: "/api/v1/phones", needs: accounts.WatchLive, handle: s.listPhones},
		{method: "GET", path: "/api/v1/conversations/{id}", needs: accounts.ReadConversations, handle: s.oneConversation},
		{method: "GET", path: "/api/v1/conversations/{id}/transcript", needs: accounts.ReadConversations, handle: s.plainTranscript},
		{method: "GET", path: "/api/v1/conversations/{id}/vcon", needs: accounts.ExportConversations, handle: s.exportVCon},
		{method: "GET", path: "/api/v1/conversations/{id}/recording", needs: accounts.HearRecordings, handle: s.withRecordings(s.getRecording)},
		{method: "DELETE", path: "/api/v1/conversations/{id}/recording", needs: accounts.EraseRecordings, handle: s.withRecordings(s.deleteRecording)},
		{method: "DELETE", path: "/api/v1/recordings", needs: accounts.EraseRecordings, handle: s.withRecordings(s.deleteRecordings)},
		{method: "GET", path: "/api/v1/conversations/{id}/articles", needs: accounts.ReadConversations, handle: s.listArticles},
		{method: "GET", path: "/api/v1/callbacks", needs: accounts.ReadCallbacks, handle: s.listCallbacks},
		{method: "PATCH", path: "/api/v1/callbacks/{id}", needs: accounts.WorkCallbacks, handle: s.setCallback},
		{method: "DELETE", path: "/api/v1/conversations/{id}/links", needs: accounts.ExportConversations, handle: s.revokeLinks},
		{method: "POST", path: "/api/v1/conversations/{id}/label", needs: accounts.LabelConversation, handle: s.withInbox(s.labelConversation)},
		{method: "GET", path: "/api/v1/inbox", needs: accounts.ReadInbox, handle: s.withInbox(s.listInbox)},
		{method: "GET", path: "/api/v1/inbox/locks", needs: accounts.ReadInbox, handle: s.withInbox(s.listLocks)},
		{method: "POST", path: "/api/v1/inbox/publish", needs: accounts.WorkInbox, handle: s.withInbox(s.publishInbox)},
		{method: "POST", path: "/api/v1/inbox/{id}/lock", needs: accounts.WorkInbox, handle: s.withInbox(s.lockGroup)},
		{method: "DELETE", path: "/api/v1/inbox/{id}/lock", needs: accounts.WorkInbox, handle: s.withInbox(s.unlockGroup)},
		{method: "GET", path: "/api/v1/inbox/{id}/sound", needs: accounts.HearRecordings, handle: s.withInbox(s.groupSound)},
		{method: "POST", path: "/api/v1/inbox/{id}/out-of-scope", needs: accounts.WorkInbox, handle: s.withInbox(s.outOfScope)},
		{method: "GET", path: "/api/v1/inbox/{id}", needs: accounts.ReadInbox, handle: s.withInbox(s.oneGroup)},
		{method: "POST", path: "/api/v1/inbox/{id}/accept", needs: accounts.WorkInbox, handle: s.withInbox(s.acceptGroup)},
		{method: "POST", path: "/api/v1/inbox/{id}/dismiss", needs: accounts.WorkInbox, handle: s.withInbox(s.dismissGroup)},
		{method: "POST", path: "/api/v1/inbox/{id}/reopen", needs: accounts.WorkInbox, handle: s.withInbox(s.reopenGroup)},
		{method: "GET", path: "/api/v1/bots", needs: accounts.ReadBots, handle: s.listBots},
		{method: "POST", path: "/api/v1/callbacks/{id}/call", needs: accounts.WorkCallbacks, handle: s.callBack},
		{method: "GET", path: "/api/v1/calls", needs: accounts.ReadCalls, handle: s.withCalls(s.listCalls)},
		{method: "POST", path: "/api/v1/calls", needs: accounts.OrderCalls, handle: s.withCalls(s.orderCall)},
		{method: "GET", path: "/api/v1/calls/{id}", needs: accounts.ReadCalls, handle: s.withCalls(s.oneCall)},
		{method: "DELETE", path: "/api/v1/calls/{id}", needs: accounts.OrderCalls, handle: s.withCalls(s.cancelCall)},
		{method: "GET", path: "/api/v1/do-not-call", needs: accounts.ReadCalls, handle: s.withCalls(s.listNoCalls)},
		{method: "POST", path: "/api/v1/do-not-call", needs: accounts.ManageNoCalls, handle: s.withCalls(s.addNoCall)},
		{method: "DELETE", path: "/api/v1/do-not-call/{number}", needs: accounts.ManageNoCalls, handle: s.withCalls(s.removeNoCall)},
		{method: "GET", path: "/api/v1/events", needs: accounts.WatchLive, stream: true, handle: s.events},
		{method: "GET", path: "/api/v1/calls/{id}/captions", needs: accounts.WatchLive, stream: true, handle: s.liveCaptions},
		{method: "GET", path: "/api/v1/desk", needs: accounts.TakeCalls, handle: s.withDesk(s.deskState)},
		{method: "GET", path: "/api/v1/desk/events", needs: accounts.TakeCalls, stream: true, handle: s.withDesk(s.deskEvents)},
		{method: "GET", path: "/api/v1/desk/team", needs: accounts.TakeCalls, handle: s.withDesk(s.deskTeam)},
		{method: "POST", path: "/api/v1/desk/presence", needs: accounts.TakeCalls, handle: s.withDesk(s.deskPresence)},
		{method: "PUT", path: "/api/v1/desk/telephone", needs: accounts.TakeCalls, handle: s.withDesk(s.deskTelephone)},
		{method: "POST", path: "/api/v1/desk/heartbeat", needs: accounts.TakeCalls, late: true, handle: s.withDesk(s.deskBeat)},
		{method: "DELETE", path: "/api/v1/desk/tabs/{tab}", needs: accounts.TakeCalls, handle: s.withDesk(s.deskClose)},
		{method: "POST", path: "/api/v1/desk/wrap-up", needs: accounts.TakeCalls, handle: s.withDesk(s.deskExtend)},
		{method: "POST", path: "/api/v1/desk/offers/{id}/accept", needs: accounts.TakeCalls, handle: s.withDesk(s.deskAccept)},
		{method: "POST", path: "/api/v1/desk/offers/{id}/decline", needs: accounts.TakeCalls, handle: s.withDesk(s.deskDecline)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/hang-up", needs: accounts.TakeCalls, late: true, handle: s.withDesk(s.deskHangUp)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/hold", needs: accounts.TakeCalls, handle: s.simply(DeskHold)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/resume", needs: accounts.TakeCalls, handle: s.simply(DeskResume)},
		{method: "PUT", path: "/api/v1/desk/calls/{id}/microphone", needs: accounts.TakeCalls, handle: s.withDesk(s.deskMicrophone)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/keys", needs: accounts.TakeCalls, handle: s.withDesk(s.deskKeys)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/transfer", needs: accounts.TakeCalls, handle: s.withDesk(s.deskTransfer)},
		{method: "DELETE", path: "/api/v1/desk/calls/{id}/transfer", needs: accounts.TakeCalls, handle: s.simply(DeskTakeBack)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/transfer/complete", needs: accounts.TakeCalls, handle: s.simply(DeskComplete)},
		{method: "GET", path: "/api/v1/desk/calls/{id}/steps", needs: accounts.TakeCalls, handle: s.withDesk(s.deskSteps)},
		{method: "POST", path: "/api/v1/desk/calls/{id}/hand-back", needs: accounts.TakeCalls, handle: s.withDesk(s.deskHandBack)},
		{method: "GET", path: "/api/v1/desk/calls/{id}/proposal", needs: accounts.TakeCalls, handle: s.withDesk(s.deskProposal)},
		{method: "GET", path: "/api/v1/desk/calls/{id}/notes", needs: accounts.TakeCalls, handle: s.withDesk(s.deskNotes)},
		{method: "PUT", path: "/api/v1/desk/calls/{id}/note", needs: accounts.TakeCalls, handle: s.withDesk(s.deskNote)},
		{method: "POST", path: "/api/v1/desk/chats/{id}/messages", needs: accounts.TakeCalls, handle: s.withDeskChat(s.deskSay)},
		{method: "POST", path: "/api/v1/desk/chats/{id}/typing", needs: accounts.TakeCalls, handle: s.withDeskChat(s.deskTypes)},
		{method: "POST", path: "/api/v1/desk/chats/{id}/end", needs: accounts.TakeCalls, handle: s.withDeskChat(s.deskEndChat)},
		{method: "POST", path: "/api/v1/desk/chats/{id}/hand-back", needs: accounts.TakeCalls, handle: s.withDeskChat(s.deskGiveBack)},
		{method: "GET", path: "/api/v1/widget", open: true, handle: s.widgetInfo},
		{method: "GET", path: "/api/v1/widget/articles", needs: accounts.OpenChat, anyone: true, handle: s.widgetSearch},
		{method: "POST", path: "/api/v1/widget/callbacks", needs: accounts.OpenChat, anyone: true, handle: s.widgetCallback},
		{method: "POST", path: "/api/v1/chat", needs: accounts.OpenChat, anyone: true, handle: s.chatCreate},
		{method: "DELETE", path: "/api/v1/chat/{id}", needs: accounts.OpenChat, own: true, handle: s.chatEnd},
		{method: "GET", path: "/api/v1/chat/{id}/messages", needs: accounts.OpenChat, own: true, handle: s.chatMessages},
		{method: "POST", path: "/api/v1/chat/{id}/messages", needs: accounts.OpenChat, own: true, handle: s.chatSend},
		{method: "POST", path: "/api/v1/chat/{id}/rating", needs: accounts.OpenChat, own: true, handle: s.chatRate},
		{method: "GET", path: "/api/v1/chat/{id}/events", needs: accounts.OpenChat, own: true, stream: true, handle: s.chatEvents},
		{method: "GET", path: "/api/v1/chat/{id}/ws", needs: accounts.OpenChat, own: true, stream: true, handle: s.chatSocket},
		{method: "POST", path: "/api/v1/webrtc/desk", needs: accounts.TakeCalls, handle: s.parkDesk},
		{method: "POST", path: "/api/v1/webrtc/calls", open: true, handle: s.browserCalls},
		{method: "OPTIONS", path: "/api/v1/webrtc/calls", open: true, handle: s.browserCalls},
		{method: "PATCH", path: "/api/v1/webrtc/calls/{id}", open: true, handle: s.browserCalls},
		{method: "DELETE", path: "/api/v1/webrtc/calls/{id}", open: true, handle: s.browserCalls},
		{method: "OPTIONS", path: "/api/v1/webrtc/calls/{id}", open: true, handle: s.browserCalls},
		{method: "GET", path: "/api/v1/webrtc/calls/{id}/events", open: true, handle: s.callEvents},
		{method: "POST", path: "/api/v1/webrtc/calls/{id}/messages", open: true, handle: s.callType},
		{method: "POST", path: "/api/v1/webrtc/calls/{id}/rating", open: true, handle: s.callRate},
		{method: "GET", path: "/api/v1/calls/{id}/supervision", needs: accounts.Supervise, handle: s.supervision},
		{method: "POST", path: "/api/v1/calls/{id}/supervision", needs: accounts.Supervise, handle: s.superviseListen},
		{method: "PATCH", path: "/api/v1/calls/{id}/supervision/{who}", needs: accounts.Supervise, handle: s.superviseRole},
		{method: "DELETE", path: "/api/v1/calls/{id}/supervision/{who}", needs: accounts.Supervise, handle: s.superviseLeave},
		{method: "POST", path: "/api/v1/calls/{id}/supervision/{who}/take-over", needs: accounts.Supervise, handle: s.superviseTakeOver},
		{method: "GET", path: "/api/v1/calls/{id}/supervision/steps", needs: accounts.Supervise, handle: s.deskSteps},
		{method: "POST", path: "/api/v1/calls/{id}/supervision/hand-back", needs: accounts.Supervise, handle: s.superviseHandBack},
		{method: "POST", path: "/api/v1/calls/{id}/supervision/hint", needs: accounts.Supervise, handle: s.superviseHint},
		{method: "POST", path: "/api/v1/calls/{id}/supervision/end", needs: accounts.Supervise, handle: s.superviseEnd},
		{method: "POST", path: "/api/v1/sign-in", open: true, handle: s.apiSignIn},
		{method: "POST", path: "/api/v1/sign-out", needs: accounts.Self, handle: s.apiSignOut},
		{method: "GET", path: "/api/v1/me", needs: accounts.Self, handle: s.apiMe},
		{method: "PUT", path: "/api/v1/me/password", needs: accounts.Self, handle: s.apiPassword},
		{method: "GET", path: "/api/v1/sessions", needs: accounts.Self, handle: s.listSessions},
		{method: "DELETE", path: "/api/v1/sessions/{id}", needs: accounts.Self, handle: s.endSession},
		{method: "GET", path: "/api/v1/users", needs: accounts.ManageUsers, handle: s.listUsers},
		{method: "POST", path: "/api/v1/users", needs: accounts.ManageUsers, handle: s.addUser},
		{method: "PATCH", path: "/api/v1/users/{name}", needs: accounts.ManageUsers, handle: s.changeUser},
		{method: "POST", path: "/api/v1/users/{name}/link", needs: accounts.ManageUsers, handle: s.linkUser},
		{method: "GET", path: "/api/v1/tokens", needs: accounts.ManageTokens, handle: s.listTokens},
		{method: "POST", path: "/api/v1/tokens", needs: accounts.ManageTokens, handle: s.createToken},
		{method: "DELETE", path: "/api/v1/tokens/{id}", needs: accounts.ManageTokens, handle: s.revokeToken},
		{method: "GET", path: "/api/v1/audit", needs: accounts.ReadAudit, handle: s.listAudit},
		{method: "GET", path: "/api/openapi.yaml", open: true, handle: s.description},
		// Counts hold nothing personal, but on an address for others they ask for the token too.
		{method: "GET", path: "/metrics", needs: accounts.ReadMetrics, open: isLoopback(strings.Trim(listen, "[]")), handle: metrics.ServeHTTP},
		{method: "GET", path: "/healthz", open: true, handle: s.alive},
		{method: "GET", path: "/readyz", open: true, handle: s.ready},

		{method: "GET", path: "/{$}", page: true, open: true, handle: s.front("caller")},
		{method: "GET", path: "/detached", page: true, open: true, handle: s.detached()},
		{method: "GET", path: "/widget", page: true, open: true, handle: s.front("widget", append([]string{"'self'"}, s.widget.cfg.Sites...)...)},
		{method: "GET", path: "/widget.js", page: true, open: true, handle: s.loader},
		{method: "GET", path: "/web/{path...}", page: true, open: true, handle: s.builtFile},
		{method: "GET", path: "/api", page: true, open: true, handle: s.front("api")},
		{method: "GET", path: "/desk", needs: accounts.TakeCalls, page: true, handle: s.front("desk")},
		{method: "GET", path: "/board", needs: accounts.WatchLive, page: true, handle: s.front("board")},
		{method: "GET", path: overview, needs: accounts.ReadConversations, page: true, handle: s.homePage},
		{method: "GET", path: "/conversations", needs: accounts.ReadConversations, page: true, handle: s.listPage},
		{method: "GET", path: "/conversations/{id}", needs: accounts.ReadConversations, page: true, handle: s.transcriptPage},
		{method: "POST", path: "/conversations/{id}/revoke", needs: accounts.ExportConversations, page: true, handle: s.revokeForm},
		{method: "POST", path: "/conversations/{id}/label", needs: accounts.LabelConversation, page: true, handle: s.withInbox(s.labelForm)},
		{method: "POST", path: "/callbacks/{id}", needs: accounts.WorkCallbacks, page: true, handle: s.callbackDone},
		{method: "GET", path: "/inbox", needs: accounts.ReadInbox, page: true, handle: s.withInbox(s.front("inbox"))},
		{method: "GET", path: "/t/{token}", page: true, open: true, handle: s.linkedPage},
		{method: "GET", path: "/t/{token}/recording", page: true, open: true, handle: s.withRecordings(s.linkedRecording)},
		{method: "GET", path: "/debug/pprof/{name...}", needs: accounts.Debug, page: true, handle: s.profile},
		{method: "GET", path: "/login", page: true, open: true, handle: s.loginPage},
		{method: "POST", path: "/login", page: true, open: true, handle: s.login},
		{method: "POST", path: "/login/demo", page: true, open: true, handle: s.loginDemo},
		{method: "GET", path: "/login/oidc", page: true, open: true, handle: s.loginOIDC},
		{method: "GET", path: oidcReturn, page: true, open: true, handle: s.returnOIDC},
		{method: "GET", path: "/welcome/{token}", page: true, open: true, handle: s.welcomePage},
		{method: "POST", path: "/welcome/{token}", page: true, open: true, handle: s.welcome},
		{method: "POST", path: "/logout", page: true, open: true, handle: s.logout},
		{method: "GET", path: "/static/{file}", page: true, open: true, handle: s.static},
	}
	if s.d.Alexa != nil {
		list = append(list, route{method: "POST", path: alexaPath, page: true, open: true, handle: s.d.Alexa.ServeHTTP})
	}
	return list
}

// door is a route's handler behind what it needs.
func (s *Server) door(r route) http.HandlerFunc {
	h := s.plausible(r.path, r.handle)
	if r.stream {
		h = s.watched(h)
	}
	switch {
	case r.open:
		return h
	case r.own:
		return s.chatGuard(r.needs, h)
	case r.anyone:
		return s.anyone(r.needs, h)
	case r.late:
		return s.guardBy(s.overdue, r.needs, h)
	}
	return s.guard(r.needs, h)
}

// mostName bounds a part of a path that names something, in bytes: ids, user names and one-time tokens
// are far shorter.
const mostName = 200

// plausible keeps what can be nobody's name away from a route's handler: too long, no text, or with signs
// that end lines. It would be written into the audit list and the log before the record says that it is
// not there.
func (s *Server) plausible(path string, next http.HandlerFunc) http.HandlerFunc {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && name != "$}" && name != "path...}" {
			parts = append(parts, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	if len(parts) == 0 {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) {
		for _, p := range parts {
			v := r.PathValue(p)
			if len(v) > mostName || !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
				s.fail(w, r, http.StatusNotFound, "there is nothing of that name here")
				return
			}
		}
		next(w, r)
	}
}

// mux dispatches by path, then by method, so that a wrong method is 405 with the right ones.
func (s *Server) mux() http.Handler {
	byPath := map[string]map[string]http.HandlerFunc{}
	for _, r := range s.routes() {
		if byPath[r.path] == nil {
			byPath[r.path] = map[string]http.HandlerFunc{}
		}
		byPath[r.path][r.method] = s.door(r)
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
		s.fail(w, r, http.StatusNotFound, "there is nothing at this address; /api shows what there is")
	})
	return mux
}
