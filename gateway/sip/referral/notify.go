package referral

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Notify is a NOTIFY for event refer, taken apart.
type Notify struct {
	ID         uint32 // the event's id: CSeq of the REFER
	HasID      bool
	Terminated bool   // they end the subscription with it
	Fragment   []byte // body of type message/sipfrag; nil when there is none
}

// ErrEvent means that a NOTIFY is for something else than a referral, or for one that nobody has.
var ErrEvent = errors.New("referral: NOTIFY for another event")

// ParseNotify reads the headers Event, Subscription-State and Content-Type of a NOTIFY. Anything that
// is no readable id is ErrEvent: it cannot be that of a REFER of ours.
func ParseNotify(event, state, contentType string, body []byte) (Notify, error) {
	name, params, _ := strings.Cut(event, ";")
	if !strings.EqualFold(strings.TrimSpace(name), "refer") {
		return Notify{}, ErrEvent
	}
	var n Notify
	for _, p := range strings.Split(params, ";") {
		k, v, _ := strings.Cut(p, "=")
		if !strings.EqualFold(strings.TrimSpace(k), "id") {
			continue
		}
		id, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(v), `"`), 10, 32)
		if err != nil {
			return Notify{}, ErrEvent
		}
		n.ID, n.HasID = uint32(id), true
	}
	word, _, _ := strings.Cut(state, ";")
	n.Terminated = strings.EqualFold(strings.TrimSpace(word), "terminated")
	kind, _, _ := strings.Cut(contentType, ";")
	if kind = strings.TrimSpace(kind); kind == "" || strings.EqualFold(kind, "message/sipfrag") {
		n.Fragment = body
	}
	return n, nil
}

// Fragment is what the sender of a REFER needs of a message/sipfrag body (RFC 3420).
type Fragment struct {
	Status     int           // 100 to 699
	Phrase     string        // printable ASCII, at most 64 bytes
	RetryAfter time.Duration // of a Retry-After header, at most a day; 0 when there is none
}

// ErrFragment means that a body has no status line.
var ErrFragment = errors.New("referral: no status line in the report")

const (
	maxFragment   = 8 << 10 // bytes that are looked at
	maxPhrase     = 64
	maxRetryAfter = 24 * time.Hour
)

// ParseFragment reads the status line and Retry-After. Empty lines before it, bare line feeds and a
// missing end of line are forgiven (RFC 3420 §2.2 leaves the rest of the message open).
func ParseFragment(body []byte) (Fragment, error) {
	if len(body) > maxFragment {
		body = body[:maxFragment]
	}
	line, rest, _ := bytes.Cut(bytes.TrimLeft(body, "\r\n\t "), []byte("\n"))
	f := bytes.SplitN(bytes.TrimSpace(line), []byte(" "), 3)
	if len(f) < 2 || !strings.EqualFold(string(f[0]), "SIP/2.0") || len(f[1]) != 3 {
		return Fragment{}, ErrFragment
	}
	status, err := strconv.ParseUint(string(f[1]), 10, 16)
	if err != nil || status < 100 || status > 699 {
		return Fragment{}, ErrFragment
	}
	out := Fragment{Status: int(status)}
	if len(f) == 3 {
		out.Phrase = printable(f[2])
	}
	for len(rest) > 0 {
		if line, rest, _ = bytes.Cut(rest, []byte("\n")); len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if name, v, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(bytes.TrimSpace(name)), "retry-after") {
			out.RetryAfter = RetryAfter(string(v))
		}
	}
	return out, nil
}

// RetryAfter reads the value of a Retry-After header (RFC 3261 §20.33), at most a day; 0 for none.
func RetryAfter(v string) time.Duration {
	v = strings.TrimSpace(v)
	end := 0
	for end < len(v) && v[end] >= '0' && v[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(v[:end], 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxRetryAfter)
}

func printable(b []byte) string {
	out := make([]byte, 0, maxPhrase)
	for _, c := range b {
		if c >= ' ' && c <= '~' && len(out) < maxPhrase {
			out = append(out, c)
		}
	}
	return string(out)
}
