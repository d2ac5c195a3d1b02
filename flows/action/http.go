// Package action does the work that flows ask for: today, HTTP requests. Actions are run by
// the host (call, chat), never by the engine, and never while the caller's audio waits.
//
// A failure of the far system is an outcome with a route in the flow, not an error: an
// error here means that the wiring is wrong.
package action

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"decroche/flows"
	"decroche/internal/hooksign"
)

// Config says what HTTP actions may do.
type Config struct {
	// Timeout bounds one request of an action that names none, connection to last byte.
	Timeout time.Duration `yaml:"timeout"`
	// MaxBody bounds what is read of a response, in bytes; a longer one ends in "error".
	MaxBody int64 `yaml:"max_body"`
	// AllowPrivate lets flows reach loopback, link-local and private addresses. Off, a flow
	// can only reach public ones, whatever its URL resolves to.
	AllowPrivate bool `yaml:"allow_private"`
	// Secrets are the values behind "secret:NAME" in headers. They are put in here, as the
	// request leaves, and are in no template, log, outcome or error.
	Secrets map[string]string `yaml:"-"`
}

// DefaultConfig is what a gateway uses that says nothing else.
func DefaultConfig() Config {
	return Config{Timeout: 3 * time.Second, MaxBody: 1 << 20, AllowPrivate: true}
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var out []string
	if c.Timeout < 100*time.Millisecond || c.Timeout > time.Minute {
		out = append(out, fmt.Sprintf("timeout: %v is not between 100ms and 1m; a caller waits for it", c.Timeout))
	}
	if c.MaxBody < 1<<10 || c.MaxBody > 16<<20 {
		out = append(out, fmt.Sprintf("max_body: %d bytes is not between 1 KiB and 16 MiB", c.MaxBody))
	}
	for name, v := range c.Secrets {
		if strings.ContainsAny(v, "\r\n") {
			out = append(out, fmt.Sprintf("secrets.%s: has a line break; a header cannot carry it (does the file end in one?)", name))
		}
	}
	return out
}

// httpAction is the action "http".
type httpAction struct {
	cfg    Config
	client *http.Client
}

// maxRetryPause bounds the pause between two attempts: a caller is waiting.
const maxRetryPause = 400 * time.Millisecond

// NewHTTP returns the action that makes HTTP requests. It keeps connections alive between
// calls, follows redirects only to the host that was asked, and may be used by any number of
// calls at once.
//
// Args: name, method, url, headers (values may be "secret:NAME"), sign (the NAME of a secret), body (any
// JSON value), retry (0..3), timeout_ms, idempotency_key. Outcomes: "ok" (2xx), the status ("404"),
// "timeout", "error". Result: {"status": 200, "body": …}, body nil when the response is not JSON
// and was not ok.
func NewHTTP(cfg Config) flows.Action {
	def := DefaultConfig()
	if cfg.Timeout <= 0 {
		cfg.Timeout = def.Timeout
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = def.MaxBody
	}
	dialer := &net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}
	if !cfg.AllowPrivate {
		dialer.Control = refusePrivate
	}
	transport := &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: 100, MaxIdleConnsPerHost: 20,
		IdleConnTimeout: 20 * time.Second, TLSHandshakeTimeout: 3 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	return &httpAction{cfg: cfg, client: &http.Client{Transport: transport, CheckRedirect: sameHost}}
}

var errPrivate = errors.New("action: address is private and allow_private is off")

// refusePrivate looks at the address that is really dialled, after the name was resolved.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := ap.Addr().Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || sharedSpace.Contains(ip) || nat64.Contains(ip) {
		return errPrivate
	}
	return nil
}

var (
	sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	nat64       = netip.MustParsePrefix("64:ff9b::/96")  // RFC 6052: may lead to any IPv4 address
)

var errRedirect = errors.New("action: redirect to another host refused")

// sameHost lets a redirect stay on the host and scheme that were asked: anything else would
// carry the caller's data, and the token, to a stranger.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return errRedirect
	}
	return nil
}

// Spec names the action and the words it ends in beside statuses.
func (a *httpAction) Spec() flows.Spec { return flows.HTTPSpec }

// request is what the arguments say.
type request struct {
	method, url string
	headers     http.Header
	body        []byte
	retry       int
	timeout     time.Duration
	id, key     string // of a request that is signed
}

// Run makes the request, again when it may help: after a connection error, 502, 503, 504 or
// 429, at most "retry" times. An error means arguments that make no request; it never holds
// a secret or what a caller said.
func (a *httpAction) Run(ctx context.Context, args map[string]any) (flows.Done, error) {
	rq, err := a.read(args)
	if err != nil {
		return flows.Done{}, err
	}
	var done flows.Done
	for try := 0; ; try++ {
		var again bool
		done, again = a.once(ctx, rq)
		if !again || try >= rq.retry || ctx.Err() != nil {
			return done, nil
		}
		pause := time.NewTimer(min(100*time.Millisecond<<try, maxRetryPause) + rand.N(100*time.Millisecond))
		select {
		case <-ctx.Done():
			pause.Stop()
			return done, nil
		case <-pause.C:
		}
	}
}

func (a *httpAction) read(args map[string]any) (request, error) {
	name, _ := args["name"].(string)
	fault := func(format string, v ...any) (request, error) {
		return request{}, fmt.Errorf("action: http %q: %s", name, fmt.Sprintf(format, v...))
	}
	rq := request{method: http.MethodGet, timeout: a.cfg.Timeout, headers: http.Header{"Accept": {"application/json"}, "User-Agent": {"decroche"}}}
	rq.url, _ = args["url"].(string)
	u, err := url.Parse(rq.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fault("url is not an http:// or https:// address")
	}
	if m, ok := args["method"].(string); ok && m != "" {
		rq.method = strings.ToUpper(m)
	}
	if ms := number(args["timeout_ms"]); ms > 0 {
		rq.timeout = time.Duration(ms) * time.Millisecond
	}
	rq.retry = min(max(number(args["retry"]), 0), 3)
	if body, ok := args["body"]; ok && body != nil {
		if rq.body, err = json.Marshal(body); err != nil {
			return fault("body cannot be written as JSON")
		}
		rq.headers.Set("Content-Type", "application/json")
	}
	if key, ok := args["idempotency_key"].(string); ok && key != "" {
		rq.headers.Set("Idempotency-Key", key)
	}
	if name, ok := args["sign"].(string); ok && name != "" {
		key, known := a.cfg.Secrets[name]
		if !known {
			return fault("sign needs the secret %q, which is not configured; add it under secrets:", name)
		}
		rq.id, rq.key = rq.headers.Get("Idempotency-Key"), key
	}
	for k, v := range headerArgs(args["headers"]) {
		if secret, isSecret := strings.CutPrefix(v, "secret:"); isSecret {
			value, known := a.cfg.Secrets[secret]
			if !known {
				return fault("header %s needs the secret %q, which is not configured; add it under secrets:", k, secret)
			}
			v = value
		}
		rq.headers.Set(k, v)
	}
	return rq, nil
}

// headerArgs takes headers as written by the engine, or after a passage through JSON.
func headerArgs(v any) map[string]string {
	switch h := v.(type) {
	case map[string]string:
		return h
	case map[string]any:
		out := map[string]string{}
		for k, x := range h {
			if s, ok := x.(string); ok {
				out[k] = s
			}
		}
		return out
	}
	return nil
}

func number(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}

// once makes one attempt. again is true when another one may end better.
func (a *httpAction) once(ctx context.Context, rq request) (done flows.Done, again bool) {
	ctx, cancel := context.WithTimeout(ctx, rq.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, rq.method, rq.url, bytes.NewReader(rq.body))
	if err != nil {
		return flows.Done{Outcome: "error"}, false
	}
	req.Header = rq.headers.Clone()
	if rq.key != "" {
		hooksign.Headers(req.Header, rq.key, rq.id, time.Now(), rq.body)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return failure(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, a.cfg.MaxBody+1))
	if err != nil {
		return failure(err)
	}
	result := map[string]any{"status": resp.StatusCode}
	if int64(len(raw)) > a.cfg.MaxBody {
		return flows.Done{Outcome: "error", Result: result}, false
	}
	ok := resp.StatusCode >= 200 && resp.StatusCode < 300
	body, err := decode(raw)
	if err != nil && ok {
		return flows.Done{Outcome: "error", Result: result}, false
	}
	result["body"] = body
	if ok {
		return flows.Done{Outcome: "ok", Result: result}, false
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		again = true
	}
	return flows.Done{Outcome: strconv.Itoa(resp.StatusCode), Result: result}, again
}

// failure is the outcome of a request that brought no response.
func failure(err error) (flows.Done, bool) {
	var ne net.Error
	switch {
	case errors.Is(err, errRedirect), errors.Is(err, errPrivate):
		return flows.Done{Outcome: "error"}, false
	case errors.Is(err, context.Canceled):
		return flows.Done{Outcome: "error"}, false
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return flows.Done{Outcome: "timeout"}, true
	}
	return flows.Done{Outcome: "error"}, true
}

// decode reads one JSON value; an empty body is nil.
func decode(raw []byte) (any, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("action: response is not JSON: %w", err)
	}
	return v, nil
}
