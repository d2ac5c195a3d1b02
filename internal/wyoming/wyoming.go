// Package wyoming frames the Wyoming protocol (github.com/OHF-Voice/wyoming, README "Format"):
// a line of JSON {type, data?, data_length?, payload_length?}, then as many bytes of JSON that are
// merged over data, then as many bytes of payload, which is mostly audio.
//
// The protocol has neither encryption nor authentication: it belongs on one machine or on a
// network of one's own.
package wyoming

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Bounds of what a peer may send. Audio comes in pieces far below MaxPayload; info lists every
// voice of a server and may be long.
const (
	maxLine    = 1 << 20
	maxData    = 4 << 20
	MaxPayload = 1 << 20
)

// ErrGarbage means that the other side does not speak Wyoming. What it sent is never shown.
var ErrGarbage = errors.New("what came is not the Wyoming protocol")

// Event is one message.
type Event struct {
	Type    string
	Payload []byte

	data  json.RawMessage // of the header
	extra json.RawMessage // merged over data
}

// Decode reads the event's data into v, a pointer to a struct; what is absent stays as it was.
func (e Event) Decode(v any) error {
	for _, d := range []json.RawMessage{e.data, e.extra} {
		if len(d) == 0 {
			continue
		}
		if json.Unmarshal(d, v) != nil {
			return fmt.Errorf("%w: data of %s", ErrGarbage, e.Type)
		}
	}
	return nil
}

// Bounds is how many bytes each part of an event may have.
type Bounds struct{ Line, Data, Payload int64 }

// Reader reads events. Not safe for concurrent use.
type Reader struct {
	r    *bufio.Reader
	most Bounds
}

// NewReader returns a Reader of r, which takes what a server of speech may send.
func NewReader(r io.Reader) *Reader { return NewBoundedReader(r, Bounds{maxLine, maxData, MaxPayload}) }

// NewBoundedReader returns a Reader of r that takes no more than most.
func NewBoundedReader(r io.Reader, most Bounds) *Reader {
	return &Reader{bufio.NewReaderSize(r, 4096), most}
}

// header is an event's first line. "version" and what may come are ignored.
type header struct {
	Type          string          `json:"type"`
	Data          json.RawMessage `json:"data"`
	DataLength    int64           `json:"data_length"`
	PayloadLength int64           `json:"payload_length"`
}

// Next reads one event. It returns io.EOF when the stream ends between two events and
// io.ErrUnexpectedEOF when it ends inside one.
func (r *Reader) Next() (Event, error) {
	line, err := r.line()
	if err != nil {
		return Event{}, err
	}
	var h header
	if json.Unmarshal(line, &h) != nil || !word(h.Type) {
		return Event{}, fmt.Errorf("%w: the first line is no event", ErrGarbage)
	}
	if h.DataLength < 0 || h.DataLength > r.most.Data || h.PayloadLength < 0 || h.PayloadLength > r.most.Payload {
		return Event{}, fmt.Errorf("%w: an event of %d and %d bytes", ErrGarbage, h.DataLength, h.PayloadLength)
	}
	e := Event{Type: h.Type}
	if string(h.Data) != "null" {
		e.data = h.Data
	}
	if e.extra, err = r.take(h.DataLength); err != nil {
		return Event{}, err
	}
	if e.Payload, err = r.take(h.PayloadLength); err != nil {
		return Event{}, err
	}
	return e, nil
}

// line reads up to the next newline, within bounds. Empty lines are passed over.
func (r *Reader) line() ([]byte, error) {
	var line []byte
	for {
		part, err := r.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case int64(len(line)) > r.most.Line:
			return nil, fmt.Errorf("%w: a line of more than %d bytes", ErrGarbage, r.most.Line)
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case len(line) > 1:
			return line, nil
		default:
			line = line[:0]
		}
	}
}

// take reads n bytes. Memory grows with what comes, not with what is promised.
func (r *Reader) take(n int64) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(r.r, n))
	if err == nil && int64(len(b)) < n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// word tells whether an event's type is one: it appears in errors.
func word(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// Write sends one event in one piece; data may be nil.
func Write(w io.Writer, kind string, data any, payload []byte) error {
	h := struct {
		Type          string `json:"type"`
		DataLength    int    `json:"data_length,omitempty"`
		PayloadLength int    `json:"payload_length,omitempty"`
	}{Type: kind, PayloadLength: len(payload)}
	var extra []byte
	if data != nil {
		var err error
		if extra, err = json.Marshal(data); err != nil {
			return fmt.Errorf("write %s: %w", kind, err)
		}
		h.DataLength = len(extra)
	}
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	b = append(append(append(b, '\n'), extra...), payload...)
	_, err = w.Write(b)
	return err
}

// Audio is the data of audio-start and audio-chunk. Width is bytes a sample.
type Audio struct {
	Rate      int   `json:"rate"`
	Width     int   `json:"width"`
	Channels  int   `json:"channels"`
	Timestamp int64 `json:"timestamp"` // milliseconds
}

// At is a with a timestamp.
func (a Audio) At(d time.Duration) Audio {
	a.Timestamp = d.Milliseconds()
	return a
}

// Split reads an address, tcp://host:port or unix:///path, for net.Dial.
func Split(address string) (network, addr string, err error) {
	network, addr, _ = strings.Cut(address, "://")
	switch network {
	case "tcp":
		if host, port, e := net.SplitHostPort(addr); e == nil && host != "" && port != "" {
			return network, addr, nil
		}
	case "unix":
		if strings.HasPrefix(addr, "/") {
			return network, addr, nil
		}
	}
	return "", "", fmt.Errorf("%q is not a Wyoming address; write tcp://host:port or unix:///path", address)
}

// Dial connects to an address as Split reads it.
func Dial(ctx context.Context, address string) (net.Conn, error) {
	network, addr, err := Split(address)
	if err != nil {
		return nil, err
	}
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

// Info is what of an info event matters here.
type Info struct {
	ASR       []Service  `json:"asr"`
	TTS       []Service  `json:"tts"`
	Wake      []Service  `json:"wake,omitempty"`
	Snd       []Player   `json:"snd,omitempty"`
	Satellite *Satellite `json:"satellite,omitempty"`
}

// About is what the protocol wants to be told of everything in an info event.
type About struct {
	Attribution struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"attribution"`
	Installed   bool   `json:"installed"`
	Description string `json:"description"`
	Version     string `json:"version"`
}

// Service is one program behind a server.
type Service struct {
	About
	Name      string  `json:"name"`
	Models    []Model `json:"models,omitempty"` // of recognisers
	Voices    []Model `json:"voices,omitempty"` // of synthesisers
	Partials  bool    `json:"supports_transcript_streaming"`
	Streaming bool    `json:"supports_synthesize_streaming"`
}

// Model is a model or a voice.
type Model struct {
	About
	Name      string   `json:"name"`
	Languages []string `json:"languages"`
}

// Describe asks a server what it has. ctx bounds all of it.
func Describe(ctx context.Context, address string) (Info, error) {
	conn, err := Dial(ctx, address)
	if err != nil {
		return Info{}, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	info, err := Ask(conn, NewReader(conn))
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return info, err
}

// Ask asks what is at the other end of a connection what it has, and passes over what else it says
// first.
func Ask(w io.Writer, r *Reader) (info Info, err error) {
	if err := Write(w, "describe", nil, nil); err != nil {
		return info, err
	}
	for range 100 { // what else it says first
		e, err := r.Next()
		if err != nil {
			return info, err
		}
		if e.Type == "info" {
			return info, e.Decode(&info)
		}
	}
	return info, fmt.Errorf("%w: no info", ErrGarbage)
}
