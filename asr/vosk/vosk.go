// Package vosk recognises through vosk-server (github.com/alphacep/vosk-server) by its WebSocket:
// one connection a turn, a message of configuration, audio while the caller speaks, partial and
// final results as JSON.
package vosk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/coder/websocket"

	"decroche/asr"
	"decroche/asr/stream"
	"decroche/internal/langtag"
	"decroche/internal/secret"
)

// Recogniser is a client of one server a language. It is safe for concurrent use and needs no closing.
type Recogniser struct {
	// constant after New
	cfg  Config
	key  secret.Value
	http *http.Client
}

// New makes a Recogniser and reads the secret that Config.Key refers to. It does not connect: the
// servers may start later.
func New(cfg Config) (*Recogniser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/vosk: %s", strings.Join(bad, "; "))
	}
	key, err := secret.Fetch(cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("asr/vosk: key: %w", err)
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableKeepAlives = true // a connection that comes up after its caller has left is closed
	return &Recogniser{cfg: cfg, key: key, http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the key and the caller's voice go to the configured server alone
	}}}, nil
}

// String names the engine as the log and doctor should.
func (r *Recogniser) String() string {
	return "vosk for " + strings.Join(slices.Sorted(maps.Keys(r.cfg.URLs)), " and ")
}

// Check lets each server listen to nothing and tells which answered, for doctor.
func (r *Recogniser) Check(ctx context.Context) (string, error) {
	for _, lang := range slices.Sorted(maps.Keys(r.cfg.URLs)) {
		s, err := r.Open(ctx, asr.Options{Language: lang})
		if err != nil {
			return "", err
		}
		_ = s.CloseSend()
		for err == nil {
			_, err = s.Recv()
		}
		s.Close()
		if !errors.Is(err, io.EOF) {
			return "", err
		}
	}
	return "each of its servers answers", nil
}

// Open begins a turn. It does not wait for the server: a server that is away is Recv's error.
func (r *Recogniser) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	lang := langtag.Base(opt.Language)
	if lang == "" {
		lang = slices.Sorted(maps.Keys(r.cfg.URLs))[0]
	}
	url := r.cfg.URLs[lang]
	if url == "" {
		return nil, asr.Unsupported("asr/vosk: open for language %q: there are servers for %s; add one to asr.vosk.urls", opt.Language, strings.Join(slices.Sorted(maps.Keys(r.cfg.URLs)), " and "))
	}
	set := stream.Settings{Engine: "asr/vosk", From: opt.Rate, To: r.cfg.Rate}
	return stream.Open(ctx, set, func(ctx context.Context, p *stream.Port) error { return r.turn(ctx, p, url, opt.Hints) })
}

// setup is the first message.
type setup struct {
	Config struct {
		Rate         int      `json:"sample_rate"`
		Words        bool     `json:"words"`
		Alternatives int      `json:"max_alternatives"`
		Phrases      []string `json:"phrase_list,omitempty"`
	} `json:"config"`
}

// maxMessage bounds one answer, in bytes.
const maxMessage = 1 << 20

func (r *Recogniser) turn(ctx context.Context, p *stream.Port, url string, hints []string) error {
	dial, cancel := context.WithTimeoutCause(ctx, r.cfg.ConnectTimeout, stream.ErrLate)
	defer cancel()
	opt := &websocket.DialOptions{HTTPClient: r.http, HTTPHeader: http.Header{}}
	if r.key != "" {
		opt.HTTPHeader.Set("Authorization", "Bearer "+string(r.key))
	}
	conn, resp, err := websocket.Dial(dial, url, opt)
	switch {
	case err != nil && dial.Err() != nil:
		return fmt.Errorf("connect to %s: %w", url, context.Cause(dial))
	case err != nil && resp != nil:
		return fmt.Errorf("connect to %s: it answers with HTTP status %d instead of a WebSocket", url, resp.StatusCode)
	case err != nil:
		return fmt.Errorf("connect to %s: %w", url, err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	t := &turn{cfg: r.cfg, p: p, conn: conn, url: url, hints: hints}
	t.total.Store(math.MaxInt64)
	return stream.Duplex(ctx, r.cfg.Timeout, t.send, t.receive)
}

type turn struct {
	cfg   Config
	p     *stream.Port
	conn  *websocket.Conn
	url   string
	hints []string
	total atomic.Int64 // answers that the whole turn has, once all is sent
	texts int          // finals so far; receive's
}

// send passes the audio on. The last message is written exactly so: the server compares text.
func (t *turn) send(ctx context.Context) error {
	var s setup
	s.Config.Rate, s.Config.Words, s.Config.Alternatives = t.cfg.Rate, true, t.cfg.Alternatives
	if t.cfg.PhraseList && len(t.hints) > 0 {
		s.Config.Phrases = append(slices.Clone(t.hints), "[unk]")
	}
	head, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := t.write(ctx, websocket.MessageText, head); err != nil {
		return err
	}
	var b []byte
	for n := int64(0); ; n++ {
		pcm, err := t.p.Read(ctx, t.cfg.Rate/10)
		if errors.Is(err, io.EOF) {
			t.total.Store(n + 1)
			return t.write(ctx, websocket.MessageText, []byte(`{"eof" : 1}`))
		}
		if err != nil {
			return err
		}
		b = stream.Bytes(b[:0], pcm)
		if err := t.write(ctx, websocket.MessageBinary, b); err != nil {
			return err
		}
	}
}

func (t *turn) write(ctx context.Context, kind websocket.MessageType, b []byte) error {
	wctx, cancel := context.WithTimeoutCause(ctx, t.cfg.Timeout, stream.ErrLate)
	defer cancel()
	err := t.conn.Write(wctx, kind, b)
	switch {
	case err == nil:
		return nil
	case wctx.Err() != nil:
		return fmt.Errorf("send to %s: %w", t.url, context.Cause(wctx))
	}
	return fmt.Errorf("send to %s: the connection broke", t.url)
}

// receive reads one answer for each message sent; the one for the end is the last.
func (t *turn) receive(ctx context.Context) error {
	for n := int64(0); n < t.total.Load(); n++ {
		_, b, err := t.conn.Read(ctx)
		if err != nil {
			if websocket.CloseStatus(err) == websocket.StatusNormalClosure && t.total.Load() < math.MaxInt64 && t.texts > 0 {
				return nil // a server that answers less often
			}
			return fmt.Errorf("%s broke off before its last result", t.url)
		}
		if err := t.answer(b, n+1 >= t.total.Load()); err != nil {
			return err
		}
	}
	return nil
}

// answer delivers one message.
func (t *turn) answer(b []byte, last bool) error {
	r, partial, err := parse(b)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", t.url, err)
	case partial:
		t.p.Partial(r)
	case r.Text != "" || last && t.texts == 0:
		t.texts++
		if !t.p.Final(r) {
			return fmt.Errorf("%s sends more results than anybody reads", t.url)
		}
	}
	return nil
}
