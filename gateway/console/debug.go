package console

import (
	"net/http"
	"net/http/pprof"
)

// profile serves what the runtime tells of itself, for `go tool pprof`; it asks for the token like
// every page, for a profile costs processor time and names functions.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) {
	switch r.PathValue("name") {
	case "profile":
		pprof.Profile(w, r)
	case "trace":
		pprof.Trace(w, r)
	case "cmdline", "symbol":
		s.fail(w, r, http.StatusNotFound, "there is no such profile; /debug/pprof/ lists them")
	default:
		pprof.Index(w, r)
	}
}
