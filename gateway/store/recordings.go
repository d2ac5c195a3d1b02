package store

import (
	"context"
	"net/url"
	"strings"
	"time"

	"decroche/gateway/event"
)

// Recording is the sound of one call, as far as the record knows: the samples are in a file
// elsewhere.
type Recording struct {
	Conv    string        `json:"conversation"`
	Bot     string        `json:"bot"`
	Caller  string        `json:"-"` // who called, as Caller writes it; "" unknown
	Start   time.Time     `json:"start"`
	File    string        `json:"-"`              // in the folder of recordings
	Open    bool          `json:"open,omitempty"` // still being written, or left so by a dead process
	Length  time.Duration `json:"-"`
	Bytes   int64         `json:"bytes"`
	SHA256  string        `json:"sha256"` // of the file, hexadecimal
	Dropped time.Duration `json:"-"`      // sound that did not get to the disk in time; silence stands for it
}

// RecordingQuery selects recordings.
type RecordingQuery struct {
	Before time.Time // only those that started before; zero: no bound
	Caller string    // only those of one caller, as SameCaller compares; "" for all
	Open   bool      // only those that are open
	Orphan bool      // only whole ones whose conversation was erased
	After  string    // only conversations whose ID sorts after
	Limit  int       // 0: 100
}

// Recordings keeps what recordings there are, beside the events of a Store. Each implementation
// passes storetest.RunRecordings.
type Recordings interface {
	// AddRecording notes a recording that is about to be written.
	AddRecording(ctx context.Context, r Recording) error
	// KeepRecording notes that an open one is whole. ErrNotFound when it was dropped meanwhile:
	// its file must go.
	KeepRecording(ctx context.Context, r Recording) error
	// Recording returns one, or ErrNotFound.
	Recording(ctx context.Context, conv string) (Recording, error)
	// Recordings returns those of q, in the order of their conversations' IDs.
	Recordings(ctx context.Context, q RecordingQuery) ([]Recording, error)
	// DropRecording forgets one; nil also when there is none.
	DropRecording(ctx context.Context, conv string) error
	// Note writes body as the last event of a conversation that has ended: what was done with
	// its record afterwards. ErrNotFound or, while it runs, ErrRunning.
	Note(ctx context.Context, conv string, body event.Body, at time.Time) error
}

// Caller is the one form in which a caller is kept and looked for: of "sip:+33612345678@trunk",
// "tel:+33-6-12-34-56-78" and "0033 6 12 34 56 78" it makes "+33612345678"; an address without a number
// stays an address in lower case, without its scheme and parameters. "+33 (0)6 …" is how people
// write what is dialled without the zero. Callers without an identity are "".
func Caller(uri string) string {
	s := strings.ToLower(strings.TrimSpace(uri))
	scheme, rest, ok := strings.Cut(s, ":")
	if ok && (scheme == "sip" || scheme == "sips" || scheme == "tel" || scheme == "rtc") {
		s = rest
	}
	user, host, at := strings.Cut(s, "@")
	user, _, _ = strings.Cut(user, ";")
	host, _, _ = strings.Cut(host, ";")
	if plain, err := url.PathUnescape(user); err == nil { // a "+" may be %2B (RFC 3261 §19.1.2)
		user = plain
	}
	if strings.HasPrefix(user, "+") || strings.HasPrefix(user, "00") {
		user = strings.Replace(user, "(0)", "", 1)
	}
	if ok && !at && strings.HasPrefix(scheme, "sip") { // a host, and nobody at it
		return ""
	}
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./()\u00a0\u202f", r) {
			return -1
		}
		return r
	}, user)
	if digits := strings.TrimPrefix(number, "+"); digits != "" && strings.Trim(digits, "0123456789") == "" {
		if rest, ok := strings.CutPrefix(number, "00"); ok {
			return "+" + rest
		}
		return number
	}
	switch {
	case user == "" || user == "anonymous" || host == "anonymous.invalid":
		return ""
	case at:
		return user + "@" + host
	}
	return user
}

// SameCaller reports whether two callers, as Caller writes them, are one: a number in its national
// form, "0612345678", is the same as in its international one, "+33612345678". Which country is
// meant nobody says, so the last digits decide, at least seven of them.
func SameCaller(a, b string) bool {
	if a == b {
		return a != ""
	}
	if strings.HasPrefix(a, "+") {
		a, b = b, a
	}
	national := strings.TrimPrefix(a, "0")
	return strings.HasPrefix(b, "+") && !strings.HasPrefix(a, "+") && len(national) >= callerTail && strings.HasSuffix(b, national) && len(b)-1-len(national) <= 3
}

// callerTail is how many digits of a number two ways to write it have in common at least.
const callerTail = 7

// CallerKey is equal for all callers that SameCaller takes for one: what an index holds.
func CallerKey(caller string) string {
	if digits := strings.TrimPrefix(caller, "+"); len(digits) >= callerTail && strings.Trim(digits, "0123456789") == "" {
		return digits[len(digits)-callerTail:]
	}
	return caller
}
