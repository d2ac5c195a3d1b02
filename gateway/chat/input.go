package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Incoming is one message of the person. Exactly one of Text, Quick and Digits is given.
type Incoming struct {
	ID     string `json:"id"`     // the sender's own; a repetition is answered, not done again. "" for none
	Text   string `json:"text"`   // typed
	Quick  string `json:"quick"`  // a button: its number from 1, or its value
	Digits string `json:"digits"` // keyed: 0-9, * and #
	// Intent is what the door has understood already, one of the bot's own intents; "" lets the bot
	// understand. Unheard is somebody who spoke and was not understood at all: Text is empty then.
	// Neither can be sent from outside.
	Intent  string `json:"intent,omitempty"`
	Unheard bool   `json:"unheard,omitempty"`
}

// InputError is a message that was refused, and why.
type InputError struct {
	Status     int    // as HTTP says it: 400, 413, 422
	Detail     string // what is wrong and what to do
	Attachment bool   // it carried something else than words
}

func (e *InputError) Error() string { return "chat: " + e.Detail }

func refused(status int, format string, args ...any) *InputError {
	return &InputError{Status: status, Detail: fmt.Sprintf(format, args...)}
}

const (
	maxID     = 100 // bytes of a sender's ID
	maxDigits = 64
	maxMeta   = 4096 // bytes of all metadata together
	maxMetas  = 20
	maxPhone  = 200
	// maxDepth is how deep JSON from outside may nest; ours needs two.
	maxDepth = 8
)

// MaxBody is how long a request may be that carries a message: JSON may write each byte as six.
func (c Config) MaxBody() int64 { return int64(6*c.MaxText + maxMeta + 2048) }

// ParseIncoming reads a message as JSON, {"id": …, "text": …}, strictly. The error is an *InputError.
func (c Config) ParseIncoming(data []byte) (Incoming, error) {
	var raw struct {
		ID     string          `json:"id"`
		Text   *string         `json:"text"`
		Quick  json.RawMessage `json:"quick"`
		Digits *string         `json:"digits"`
	}
	if err := parse(data, &raw, `{"id": "m1", "text": "bonjour"}`); err != nil {
		return Incoming{}, err
	}
	in := Incoming{ID: raw.ID}
	given := 0
	if raw.Text != nil {
		given++
		in.Text = *raw.Text
	}
	if raw.Digits != nil {
		given++
		in.Digits = *raw.Digits
	}
	if len(raw.Quick) > 0 && string(raw.Quick) != "null" {
		given++
		var n int
		if json.Unmarshal(raw.Quick, &n) == nil {
			in.Quick = strconv.Itoa(n)
		} else if json.Unmarshal(raw.Quick, &in.Quick) != nil {
			return in, refused(400, "quick: give the number of a button, from 1, or its value")
		}
	}
	if given != 1 {
		return in, refused(400, `give one of "text", "quick" and "digits"`)
	}
	return in, c.check(&in)
}

// check cleans a message and refuses what cannot be one. The error is an *InputError.
func (c Config) check(in *Incoming) error {
	if len(in.ID) > maxID || !printable(in.ID) {
		return refused(400, "id: use at most %d bytes of printable text", maxID)
	}
	for _, s := range []string{in.Text, in.Quick} {
		if len(s) > c.MaxText {
			return refused(413, "the message has %d bytes; at most %d are taken (chat.max_text)", len(s), c.MaxText)
		}
		if !utf8.ValidString(s) {
			return refused(400, "the message is not UTF-8; send it as UTF-8")
		}
	}
	in.Text, in.Quick = Clean(in.Text), Clean(in.Quick)
	if in.Digits != "" {
		if len(in.Digits) > maxDigits || strings.Trim(in.Digits, "0123456789*#") != "" {
			return refused(422, "digits: use at most %d of 0-9, * and #", maxDigits)
		}
		return nil
	}
	if in.Text == "" && in.Quick == "" && !in.Unheard {
		return refused(422, "the message is empty; write something")
	}
	return nil
}

// ParseOpening reads what begins a conversation; nothing at all is fine. The error is an *InputError.
func ParseOpening(data []byte) (Opening, error) {
	var o Opening
	if len(bytes.TrimSpace(data)) == 0 {
		return o, nil
	}
	if err := parse(data, &o, `{"bot": "colibri", "lang": "fr"}`); err != nil {
		return o, err
	}
	return o, o.check()
}

func (o Opening) check() error {
	switch {
	case len(o.Bot) > 100 || len(o.Lang) > 20:
		return refused(400, "bot, lang: too long")
	case len(o.Phone) > maxPhone || !printable(o.Phone) || strings.Trim(o.Phone, "+0123456789 .-()") != "" && !strings.HasPrefix(o.Phone, "sip:"):
		return refused(422, "phone: %.40q is no number; write it as +33612345678", o.Phone)
	case len(o.Metadata) > maxMetas:
		return refused(422, "metadata: %d entries; at most %d are kept", len(o.Metadata), maxMetas)
	}
	total := 0
	for k, v := range o.Metadata {
		total += len(k) + len(v)
	}
	if total > maxMeta {
		return refused(413, "metadata: %d bytes; at most %d are kept", total, maxMeta)
	}
	return nil
}

// attachments are what messengers call things that are no words.
var attachments = []string{"attachment", "attachments", "file", "files", "image", "images", "media", "audio", "video", "document"}

// parse decodes one JSON object strictly.
func parse(data []byte, v any, example string) error {
	if !utf8.Valid(data) {
		return refused(400, "the request is not UTF-8; send it as UTF-8")
	}
	if err := depth(data); err != nil {
		return err
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(data, &keys) == nil {
		for _, k := range attachments {
			if _, ok := keys[k]; ok {
				return &InputError{Status: 422, Detail: k + ": attachments cannot be read here; send what it says as text", Attachment: true}
			}
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return refused(400, "the request cannot be read (%s); send %s", plainly(err), example)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return refused(400, "the request goes on after its end; send %s", example)
	}
	return nil
}

// depth refuses JSON that nests deeper than anything we take.
func depth(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for d := 0; ; {
		t, err := dec.Token()
		if err != nil {
			return nil // the strict decoder will say it better
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			if d++; d > maxDepth {
				return refused(400, "the request nests deeper than %d levels", maxDepth)
			}
		case json.Delim('}'), json.Delim(']'):
			d--
		}
	}
}

func plainly(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) { // whose own text names our types
		if kind.Field == "" {
			return "it is no object but a JSON " + kind.Value
		}
		return strings.TrimPrefix(kind.Field, ".") + " cannot be a JSON " + kind.Value
	}
	s := strings.TrimPrefix(err.Error(), "json: ")
	if len(s) > 120 {
		s = s[:120]
	}
	return strings.ToValidUTF8(s, "")
}

func printable(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// Clean removes what is not writing: control characters but line ends and tabs, and the marks
// that turn the direction of what stands around them, with which a message could make a
// transcript read as what nobody wrote (Unicode TR 36 §3.6). Letters of any script, and emoji with
// their joiners, stay.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
	return strings.TrimSpace(s)
}

// Cut shortens a line to what one message may hold, at the end of a letter.
func (c Config) Cut(s string) string {
	if len(s) <= c.MaxText {
		return s
	}
	return strings.ToValidUTF8(s[:c.MaxText], "")
}
