package line

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxAnswer = 1 << 20

// ask makes one request of the signalling and returns the body and the headers of its answer.
func (c *Call) ask(ctx context.Context, method, path, body, match string) (string, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, endpoint(c.opt.URL, path), strings.NewReader(body))
	if err != nil {
		return "", nil, fmt.Errorf("line: %w; look at gateway: in the configuration", err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/sdp")
	}
	if match != "" && method == http.MethodPatch {
		req.Header.Set("If-Match", match)
	}
	if method == http.MethodPost && c.opt.Token != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.opt.Token))
	}
	req.Header.Set("User-Agent", "decroche-speaker")
	res, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return "", nil, fmt.Errorf("line: reach the gateway: %w; look whether it runs and whether gateway: is its address", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", nil, fmt.Errorf("line: read the gateway's answer: %w", err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return "", nil, refusal(res, text)
	}
	return string(text), res.Header, nil
}

// refusal reads an answer that says no (RFC 9457).
func refusal(res *http.Response, body []byte) *Refused {
	r := &Refused{Status: res.StatusCode, Detail: http.StatusText(res.StatusCode)}
	var p struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &p) == nil && p.Detail != "" {
		r.Detail = p.Detail
	}
	if s, err := strconv.ParseUint(res.Header.Get("Retry-After"), 10, 12); err == nil {
		r.After = time.Duration(s) * time.Second
	}
	return r
}
