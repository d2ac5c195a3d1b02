// Package openai is what the two adapters of the OpenAI protocol share: where a server is, the key
// it wants, and errors that repeat neither the key nor what a caller said.
package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"decroche/internal/secret"
)

// ErrGarbage means that an answer is not of the protocol. What it says is never shown.
var ErrGarbage = errors.New("what came is no answer of the OpenAI protocol")

// MaxAnswer bounds an answer that is text, in bytes.
const MaxAnswer = 1 << 20

// Check returns what is wrong with a server's address and the reference to its key, each "key:
// what is wrong; what to do".
func Check(base, key string) (bad []string) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		bad = append(bad, "url: is not where an OpenAI-compatible server begins; write for example http://127.0.0.1:8000/v1")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		bad = append(bad, "url: a password or key has no place in an address; refer to it in key")
	case key != "" && u.Scheme == "http" && !near(u.Hostname()):
		bad = append(bad, "url: the key would travel unencrypted to another network; write https://")
	}
	if key != "" {
		if _, err := secret.Parse(key); err != nil {
			bad = append(bad, "key: "+err.Error())
		}
	}
	return bad
}

// near tells whether a host is this machine or on a private network.
func near(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// Client speaks to one server. It is safe for concurrent use and needs no closing.
type Client struct {
	base string
	key  secret.Value
	http *http.Client
}

// New makes a Client of an address that Check finds in order and reads the key.
func New(base, key string) (*Client, error) {
	v, err := secret.Fetch(key)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	t.MaxResponseHeaderBytes = 64 << 10
	return &Client{base: strings.TrimSuffix(base, "/"), key: v, http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the key and the caller's words go to the configured server alone
	}}}, nil
}

// Post sends a request; ctx bounds it and the reading of its answer. The answer has status 200,
// and the caller closes its body.
func (c *Client) Post(ctx context.Context, path, kind string, body io.Reader) (*http.Response, error) {
	return c.do(ctx, http.MethodPost, path, kind, body)
}

func (c *Client) do(ctx context.Context, method, path, kind string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask %s%s: %w", c.base, path, err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.key))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.Broke(ctx, path, err)
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, &StatusError{Path: c.base + path, Status: resp.StatusCode, Code: c.code(resp.Body)}
	}
	return resp, nil
}

// Broke is an error of a connection, without what the other side said.
func (c *Client) Broke(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("ask %s%s: %w", c.base, path, context.Cause(ctx))
	}
	var dial *net.OpError
	switch {
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Errorf("ask %s%s: %w", c.base, path, dial)
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("ask %s%s: the server broke off", c.base, path)
	case errors.As(err, &dial):
		return fmt.Errorf("ask %s%s: the connection broke", c.base, path)
	}
	return fmt.Errorf("ask %s%s: %w", c.base, path, ErrGarbage)
}

// StatusError is a server's refusal.
type StatusError struct {
	Path   string
	Status int
	Code   string // the protocol's, when it is one of those in codes
}

// Error says what to do where the status tells.
func (e *StatusError) Error() string {
	s := fmt.Sprintf("ask %s: HTTP status %d", e.Path, e.Status)
	if e.Code != "" {
		s += " " + e.Code
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		s += "; is the key right?"
	case http.StatusNotFound:
		s += "; are url and model right?"
	case http.StatusTooManyRequests:
		s += "; the quota of the account is used up, or too many ask at once"
	}
	return s
}

// codes are the protocol's words for what went wrong that say something to an operator. Others
// are not repeated: a server may put anything there.
var codes = map[string]bool{"invalid_api_key": true, "insufficient_quota": true, "rate_limit_exceeded": true, "model_not_found": true,
	"invalid_request_error": true, "server_error": true, "unsupported_format": true, "audio_too_short": true}

func (c *Client) code(body io.Reader) string {
	var m struct {
		Error struct {
			Code string `json:"code"`
			Type string `json:"type"`
		} `json:"error"`
	}
	b, _ := io.ReadAll(io.LimitReader(body, 16<<10))
	if json.Unmarshal(b, &m) != nil {
		return ""
	}
	for _, s := range []string{m.Error.Code, m.Error.Type} {
		if codes[s] {
			return s
		}
	}
	return ""
}

// Models asks which models there are, for doctor; many servers have no list and none is returned.
func (c *Client) Models(ctx context.Context, most time.Duration) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	resp, err := c.do(ctx, http.MethodGet, "/models", "", nil)
	if err != nil {
		var status *StatusError
		if errors.As(err, &status) && (status.Status == http.StatusNotFound || status.Status == http.StatusMethodNotAllowed) {
			return nil, nil
		}
		return nil, err
	}
	defer resp.Body.Close()
	var m struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, MaxAnswer)).Decode(&m) != nil {
		return nil, fmt.Errorf("ask %s/models: %w", c.base, ErrGarbage)
	}
	var names []string
	for _, d := range m.Data {
		names = append(names, d.ID)
	}
	return names, nil
}
