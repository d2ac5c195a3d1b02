package alexa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Services asks Alexa's own services, at the address and with the token of a verified request. Its
// methods are safe for concurrent use.
type Services struct{ client *http.Client }

// servicesWait bounds one request to them.
const servicesWait = 2 * time.Second

// NewServices makes one; client nil is an ordinary one. Redirects are not followed: the token is for
// Amazon alone.
func NewServices(client *http.Client) *Services {
	c := http.Client{}
	if client != nil {
		c = *client
	}
	c.Timeout = servicesWait
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("a redirect") }
	return &Services{client: &c}
}

// endpointHost are the hosts of Alexa's services: one for each region of the world.
var endpointHost = regexp.MustCompile(`^api(?:\.[a-z]{2})?\.amazonalexa\.com$`)

// Endpoint checks the address of Alexa's services, "https://api.eu.amazonalexa.com", and returns it
// without a slash at its end.
func Endpoint(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() != "" && u.Port() != "443" ||
		strings.Trim(u.Path, "/") != "" || !endpointHost.MatchString(u.Hostname()) || strings.HasSuffix(u.Host, ":") {
		return "", errors.New("alexa: the address of Alexa's services is not one of Amazon's")
	}
	return "https://" + u.Host, nil
}

// Progress has Alexa say something while the answer to r is still being made: "one moment, I'm
// looking". speech is a whole <speak> document of at most MaxProgress characters. Amazon takes up to
// five for one request, before its answer.
func (s *Services) Progress(ctx context.Context, r *Request, speech string) error {
	var d struct {
		Header struct {
			ID string `json:"requestId"`
		} `json:"header"`
		Directive struct {
			Type   string `json:"type"`
			Speech string `json:"speech"`
		} `json:"directive"`
	}
	d.Header.ID, d.Directive.Type, d.Directive.Speech = r.Body.ID, "VoicePlayer.Speak", speech
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, r, http.MethodPost, "/v1/directives", body)
	return err
}

// PermissionMobile lets a skill read the mobile number of who uses it, once they have agreed.
const PermissionMobile = "alexa::profile:mobile_number:read"

// ErrNoPermission means that the person has not agreed.
var ErrNoPermission = errors.New("alexa: the person has not agreed that the skill reads this")

// Mobile is the person's own mobile number, in E.164, from their Amazon account; "" when they gave
// none, ErrNoPermission when they have not agreed.
func (s *Services) Mobile(ctx context.Context, r *Request) (string, error) {
	data, err := s.ask(ctx, r, http.MethodGet, "/v2/accounts/~current/settings/Profile.mobileNumber", nil)
	if err != nil || len(data) == 0 {
		return "", err
	}
	return parseMobile(data)
}

// parseMobile reads {"countryCode": "+33", "phoneNumber": "0612345678"}.
func parseMobile(data []byte) (string, error) {
	var m struct {
		Country string `json:"countryCode"`
		Number  string `json:"phoneNumber"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return "", errors.New("alexa: the answer with a number cannot be read")
	}
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	country, number := digits(m.Country), digits(m.Number)
	if strings.HasPrefix(strings.TrimSpace(m.Number), "+") {
		country = ""
	} else if country == "" {
		return "", nil
	} else if country != "39" { // Italy's numbers keep their first zero abroad
		number = strings.TrimPrefix(number, "0")
	}
	if n := len(country + number); n < 8 || n > 15 {
		return "", nil
	}
	return "+" + country + number, nil
}

// ask makes one request; the error names neither token nor content.
func (s *Services) ask(ctx context.Context, r *Request, method, path string, body []byte) ([]byte, error) {
	base, err := Endpoint(r.Context.System.Endpoint)
	if err != nil {
		return nil, err
	}
	if r.Context.System.Token == "" {
		return nil, errors.New("alexa: the request has no token for Alexa's services")
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("alexa: %s %s cannot be asked for", method, path)
	}
	req.Header.Set("Authorization", "Bearer "+r.Context.System.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("alexa: %s %s was not answered", method, path)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	switch {
	case err != nil:
		return nil, fmt.Errorf("alexa: %s %s was not answered to its end", method, path)
	case resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusUnauthorized:
		return nil, ErrNoPermission
	case resp.StatusCode >= 300:
		return nil, fmt.Errorf("alexa: %s %s: %s", method, path, resp.Status)
	}
	return data, nil
}
