package console

import (
	"net/http"
	"strings"
	"testing"
)

// Profiles are there for who has the token, and for nobody else.
func TestProfilesAskForTheToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if w := h.ask(t, "GET", "/debug/pprof/goroutine?debug=1", "", bearer); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "goroutine profile") {
		t.Errorf("with the token: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/debug/pprof/goroutine", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("without the token: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/debug/pprof/cmdline", "", bearer); w.Code != http.StatusNotFound {
		t.Errorf("the command line, which may hold a secret: %d", w.Code)
	}
}
