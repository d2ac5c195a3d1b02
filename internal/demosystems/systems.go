// Package demosystems is the back office of the four example hotlines: the order system of a
// shop, a bank, a telephone company and an IT desk, in one HTTP handler. State lives in memory
// and really changes (a blocked card stays blocked until the process ends); days are counted
// from today, so that the examples never grow old.
//
// It is no part of the gateway. cmd/demosystems serves it beside the gateway in `make run`, and
// tests serve it in process or as a process of their own binary.
package demosystems

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

//go:embed seed/*.json
var seeds embed.FS

// Tokens are the environment variables that hold each company's bearer token, and the token
// that both ends use when nothing was exported: a demonstration on loopback needs no set-up.
var Tokens = map[string]string{
	"COLIBRI_ORDERS_TOKEN": "demo-token-of-colibri",
	"BANQUE_TOKEN":         "demo-token-of-banque",
	"TELECOM_TOKEN":        "demo-token-of-telecom",
	"SUPPORT_TOKEN":        "demo-token-of-support",
}

// tokenOf names the variable of each company's token.
var tokenOf = map[string]string{
	"colibri": "COLIBRI_ORDERS_TOKEN", "banque": "BANQUE_TOKEN",
	"telecom": "TELECOM_TOKEN", "support-it": "SUPPORT_TOKEN",
}

// Systems is the handler. Any goroutine may use it.
type Systems struct {
	mux       *http.ServeMux
	tokens    map[string]string // company -> token
	companies []company
	repeats   *repeats
	faults    *faults
}

// company is one back office: its routes, and what a visitor of the index can try.
type company interface {
	name() string
	routes(mux *http.ServeMux)
	things() []thing
}

// thing is a line of the index: a number that can be told to the hotline.
type thing struct {
	ID   string `json:"id"`
	What string `json:"what"`
}

// office is what the companies share.
type office struct {
	mu       sync.Mutex
	now      func() time.Time
	sessions map[string]session // by token
	wrong    map[string]int     // failed identity checks by customer
}

// session is a customer who has shown who they are.
type session struct {
	who   string
	until time.Time
}

// New reads the seeds. token gives the value of an environment variable (os.Getenv, or a test's
// table); one that is empty stands for the demonstration's own token. now is the wall clock.
func New(token func(string) string, now func() time.Time) (*Systems, error) {
	s := &Systems{mux: http.NewServeMux(), tokens: map[string]string{}, repeats: newRepeats(), faults: &faults{}}
	for name, env := range tokenOf {
		if s.tokens[name] = token(env); s.tokens[name] == "" {
			s.tokens[name] = Tokens[env]
		}
	}
	for _, open := range []func(*office) (company, error){openShop, openBank, openTelecom, openDesk} {
		c, err := open(&office{now: now, sessions: map[string]session{}, wrong: map[string]int{}})
		if err != nil {
			return nil, err
		}
		inner := http.NewServeMux()
		c.routes(inner)
		s.mux.Handle("/"+c.name()+"/", s.guard(c.name(), http.StripPrefix("/"+c.name(), inner)))
		s.companies = append(s.companies, c)
	}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.HandleFunc("POST /faults", s.faults.set)
	s.mux.HandleFunc("DELETE /faults", s.faults.clear)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Systems) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// maxBody bounds a request, in bytes.
const maxBody = 64 << 10

// guard lets in whoever shows the company's token, as it is or as "Bearer TOKEN"; then come
// faults on demand, and answers that were given before.
func (s *Systems) guard(name string, next http.Handler) http.Handler {
	next = s.faults.middleware(s.repeats.middleware(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(shown), []byte(s.tokens[name])) != 1 {
			problem(w, http.StatusUnauthorized, "the Authorization header does not carry the token of "+name)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// read fills c's seed from seed/NAME.json.
func read(name string, into any) error {
	data, err := seeds.ReadFile("seed/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("demosystems: read the seed of %s: %w", name, err)
	}
	return nil
}

// body reads a JSON document; it answers 400 and reports false when there is none.
func body(w http.ResponseWriter, r *http.Request, into any) bool {
	err := json.NewDecoder(r.Body).Decode(into)
	if err == nil || err == io.EOF {
		return true
	}
	problem(w, http.StatusBadRequest, "the body is not the JSON document that this address wants")
	return false
}

// reply answers with a JSON document.
func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// problem answers with a problem document (RFC 9457).
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status), "detail": detail})
}

// day is today and offset days, as written in JSON.
func (o *office) day(offset int) string { return o.now().AddDate(0, 0, offset).Format(time.DateOnly) }

// sessionTime is how long an identity check holds.
const sessionTime = 15 * time.Minute

// maxWrong is how often somebody may be wrong about who they are before the door closes.
const maxWrong = 3

// identify compares what a customer knows with what is on file, and answers 200 with a session,
// 403, or 423 from the third mistake on. o.mu is held.
func (o *office) identify(w http.ResponseWriter, who, given, onFile string, also map[string]any) {
	if o.wrong[who] >= maxWrong {
		problem(w, http.StatusLocked, "too many wrong answers; a person has to look at it")
		return
	}
	if subtle.ConstantTimeCompare([]byte(given), []byte(onFile)) != 1 {
		o.wrong[who]++
		problem(w, http.StatusForbidden, "this is not what is on file")
		return
	}
	o.wrong[who] = 0
	token := rand.Text()
	o.sessions[token] = session{who, o.now().Add(sessionTime)}
	answer := map[string]any{"session": token}
	for k, v := range also {
		answer[k] = v
	}
	reply(w, http.StatusOK, answer)
}

// knows reports whether the request carries a session of who, and answers 403 otherwise.
// o.mu is held.
func (o *office) knows(w http.ResponseWriter, r *http.Request, who string) bool {
	s, ok := o.sessions[r.Header.Get("X-Session")]
	if !ok || s.who != who || o.now().After(s.until) {
		problem(w, http.StatusForbidden, "identity has not been checked; ask for a session first")
		return false
	}
	return true
}
