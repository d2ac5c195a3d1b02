package console

import (
	"encoding/json"
	"net/http"
	"strings"
)

// problem is an error answer of the API: RFC 9457, application/problem+json.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"` // what to do
	Code   string `json:"code,omitempty"`   // of a refusal, for pages that say it in their own words
}

// fail answers with an error in the form the path speaks: problem+json below /api, a page elsewhere.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int, detail string) {
	s.refuse(w, r, status, "", detail)
}

// refuse is fail with a code.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, code, detail string) {
	w.Header().Set("Cache-Control", "no-store")
	if forPeople(r.URL.Path) && wantsPage(r) {
		s.errorPage(w, r, status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code})
}

// forPeople tells a page from what scripts read.
func forPeople(path string) bool {
	return !strings.HasPrefix(path, "/api/") && path != "/metrics" && path != "/healthz" && path != "/readyz"
}

// wantsPage tells a browser from a script.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// answer writes v as JSON.
func answer(w http.ResponseWriter, v any) { answerStatus(w, http.StatusOK, v) }

func answerStatus(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
