package console

import (
	"net/http"
	"strings"
)

// overview is the page of operators that has no script: what runs, who waits to be rung back.
const overview = "/overview"

// frontPolicy is what every page may load: everything from here and nothing inline. frames are who
// may show it in a frame, nobody when there are none.
func frontPolicy(frames []string) string {
	by := "'none'"
	if len(frames) > 0 {
		by = strings.Join(frames, " ")
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors " + by
}

// permissionsPolicy gives our own pages the microphone, and nobody anything else.
const permissionsPolicy = "microphone=(self), autoplay=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()"

// front serves a built page to anybody; what it shows it asks the API for.
func (s *Server) front(name string, frames ...string) http.HandlerFunc {
	policy := frontPolicy(frames)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if !s.built.Serve(w, r, name+"/index.html") {
			s.fail(w, r, http.StatusNotFound, "this page was not built; run make web")
		}
	}
}

// detached is the callers' page in a window of its own, which goes on with a conversation that its
// address names in the part that no server sees. Only a page of ours may open it (W3C Fetch Metadata):
// who comes by a link of somebody else gets the page without that part, so that nobody is led into
// a conversation that another person reads.
func (s *Server) detached() http.HandlerFunc {
	page := s.front("caller")
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Sec-Fetch-Site")
		if r.Header.Get("Sec-Fetch-Site") == "same-origin" {
			page(w, r)
			return
		}
		to := "/"
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to+"#", http.StatusSeeOther) // without its own fragment the browser would keep the old one
	}
}

// builtFile serves what built pages load.
func (s *Server) builtFile(w http.ResponseWriter, r *http.Request) {
	if name := r.PathValue("path"); strings.HasSuffix(name, ".html") || !s.built.Serve(w, r, name) {
		s.fail(w, r, http.StatusNotFound, "there is no such file; load the page again")
	}
}

// loader serves the script with which other sites take the widget in.
func (s *Server) loader(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	if !s.built.Serve(w, r, "widget.js") {
		s.fail(w, r, http.StatusNotFound, "the widget was not built; run make web")
	}
}
