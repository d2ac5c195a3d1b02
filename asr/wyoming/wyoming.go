// Package wyoming recognises through any server of the Wyoming protocol (faster-whisper, Vosk,
// Sherpa, …): one connection a turn, audio while the caller speaks, partial transcripts from
// servers that stream them.
package wyoming

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"decroche/asr"
	"decroche/asr/stream"
	"decroche/internal/langtag"
	"decroche/internal/wyoming"
)

// Config says which server recognises. Start from DefaultConfig.
type Config struct {
	// Address of the server, tcp://host:port or unix:///path. The protocol has no encryption:
	// this machine or a network of one's own.
	Address string `yaml:"address"`
	// Model by its name, for servers that have several; empty: the server's choice.
	Model string `yaml:"model"`
	// Languages that the server is asked for; others are refused, for a server asked for what it
	// does not know answers in what it does.
	Languages []string `yaml:"languages"`
	// DetectLanguage lets the server find out which language a caller speaks who may speak several;
	// for servers that name it in their transcripts, as faster-whisper can.
	DetectLanguage bool `yaml:"detect_language"`
	// Rate of the audio that is sent, in samples per second: what the model was made for.
	Rate int `yaml:"rate"`
	// Expect sends what the flow expects, its phrases and the wish for partial texts: an extension
	// that `decroche worker` understands and other servers pass over.
	Expect bool `yaml:"expect"`
	// ConnectTimeout bounds connecting, Timeout the wait for the text after the caller's turn
	// and for the server to take audio.
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	Timeout        time.Duration `yaml:"timeout"`
	// Engine begins errors, for engines that are this protocol underneath; empty: asr/wyoming.
	Engine string `yaml:"-"`
}

// DefaultConfig is a server on this machine, on the port that the Whisper add-on made customary.
func DefaultConfig() Config {
	return Config{Address: "tcp://127.0.0.1:10300", Languages: []string{"fr", "en"}, Rate: 16000, ConnectTimeout: time.Second, Timeout: 5 * time.Second}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if _, _, err := wyoming.Split(c.Address); err != nil {
		bad = append(bad, "address: "+strings.Replace(err.Error(), " address;", " server's address;", 1))
	}
	if len(c.Languages) == 0 {
		bad = append(bad, "languages: is empty; name those that the server knows, e.g. [fr, en]")
	}
	if c.Rate < 8000 || c.Rate > 48000 {
		bad = append(bad, fmt.Sprintf("rate: %d is out of range; 16000 suits nearly every model, choose 8000 to 48000", c.Rate))
	}
	if c.ConnectTimeout < 10*time.Millisecond || c.ConnectTimeout > 30*time.Second {
		bad = append(bad, fmt.Sprintf("connect_timeout: %v is not between 10ms and 30s", c.ConnectTimeout))
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		bad = append(bad, fmt.Sprintf("timeout: %v is not between 10ms and 1m", c.Timeout))
	}
	return bad
}

// Recogniser is a client of one server. It is safe for concurrent use and needs no closing.
type Recogniser struct{ cfg Config } // constant after New

// key is where the engine's settings stand in the configuration.
func (c Config) key() string { return strings.ReplaceAll(c.Engine, "/", ".") }

// New makes a Recogniser. It does not connect: the server may start later.
func New(cfg Config) (*Recogniser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/wyoming: %s", strings.Join(bad, "; "))
	}
	if cfg.Engine == "" {
		cfg.Engine = "asr/wyoming"
	}
	return &Recogniser{cfg: cfg}, nil
}

// String names the engine as the log and doctor should.
func (r *Recogniser) String() string { return "wyoming at " + r.cfg.Address }

// Check asks the server what it has and returns it in words, for doctor.
func (r *Recogniser) Check(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.cfg.ConnectTimeout+r.cfg.Timeout, stream.ErrLate)
	defer cancel()
	info, err := wyoming.Describe(ctx, r.cfg.Address)
	if err != nil {
		return "", fmt.Errorf("%s: ask %s what it has: %w", r.cfg.Engine, r.cfg.Address, err)
	}
	if len(info.ASR) == 0 {
		return "", fmt.Errorf("%s: the server at %s does not recognise speech; look for the port of one that does", r.cfg.Engine, r.cfg.Address)
	}
	var names []string
	for _, s := range info.ASR {
		for _, m := range s.Models {
			names = append(names, m.Name)
		}
	}
	if r.cfg.Model != "" && !slices.Contains(names, r.cfg.Model) {
		return "", fmt.Errorf("%s: the server at %s has no model %q; it has %s", r.cfg.Engine, r.cfg.Address, r.cfg.Model, strings.Join(names, ", "))
	}
	return fmt.Sprintf("%s with %s", info.ASR[0].Name, strings.Join(names[:min(3, len(names))], ", ")), nil
}

// Open begins a turn. It does not wait for the server: a server that is away is Recv's error.
func (r *Recogniser) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	lang := langtag.Base(opt.Language)
	if lang != "" && !slices.Contains(r.cfg.Languages, lang) {
		return nil, asr.Unsupported("%s: open for language %q: it is set to %s; add it to %s.languages when the server knows it", r.cfg.Engine, opt.Language, strings.Join(r.cfg.Languages, " and "), r.cfg.key())
	}
	opt.Others = slices.DeleteFunc(slices.Clone(opt.Others), func(l string) bool { return !slices.Contains(r.cfg.Languages, langtag.Base(l)) })
	ask := wyoming.Transcribe{Name: r.cfg.Model, Language: lang}
	if r.cfg.DetectLanguage && len(opt.Others) > 0 {
		ask.Language = ""
	}
	if r.cfg.Expect {
		e := opt.Expect
		ask.Expect, ask.Hints, ask.Partials = &wyoming.Expect{Kind: e.Kind, Digits: e.Digits, Layout: e.Layout}, opt.Hints, true
	}
	set := stream.Settings{Engine: r.cfg.Engine, From: opt.Rate, To: r.cfg.Rate}
	return stream.Open(ctx, set, func(ctx context.Context, p *stream.Port) error { return r.turn(ctx, p, opt, ask) })
}

// turn is one connection.
func (r *Recogniser) turn(ctx context.Context, p *stream.Port, opt asr.Options, ask wyoming.Transcribe) error {
	dial, cancel := context.WithTimeoutCause(ctx, r.cfg.ConnectTimeout, stream.ErrLate)
	conn, err := wyoming.Dial(dial, r.cfg.Address)
	cancel()
	if err != nil {
		return fmt.Errorf("connect to %s: %w", r.cfg.Address, err)
	}
	defer conn.Close()
	t := &turn{cfg: r.cfg, p: p, conn: conn, opt: opt, ask: ask}
	return stream.Duplex(ctx, r.cfg.Timeout, t.send, t.receive)
}

type turn struct {
	cfg  Config
	p    *stream.Port
	conn net.Conn
	opt  asr.Options
	ask  wyoming.Transcribe
	at   atomic.Int64 // nanoseconds of audio sent, what is being sent included
}

// send passes the audio on.
func (t *turn) send(ctx context.Context) error {
	audio := wyoming.Audio{Rate: t.cfg.Rate, Width: 2, Channels: 1}
	if err := t.write("transcribe", t.ask, nil); err != nil {
		return err
	}
	if err := t.write("audio-start", audio, nil); err != nil {
		return err
	}
	var b []byte
	for {
		pcm, err := t.p.Read(ctx, t.cfg.Rate/10)
		if errors.Is(err, io.EOF) {
			return t.write("audio-stop", audio.At(t.p.Heard()), nil)
		}
		if err != nil {
			return err
		}
		b = stream.Bytes(b[:0], pcm)
		from := time.Duration(t.at.Load())
		t.at.Store(int64(t.p.Heard())) // before the server can answer
		if err := t.write("audio-chunk", audio.At(from), b); err != nil {
			return err
		}
	}
}

func (t *turn) write(kind string, data any, payload []byte) error {
	_ = t.conn.SetWriteDeadline(time.Now().Add(t.cfg.Timeout))
	if err := wyoming.Write(t.conn, kind, data, payload); err != nil {
		return fmt.Errorf("send %s to %s: %w", kind, t.cfg.Address, err)
	}
	return nil
}

// receive reads events until the transcript. A server that streams sends transcript-start,
// transcript-chunk …, transcript, transcript-stop; others transcript alone.
func (t *turn) receive(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { t.conn.Close() })()
	in := wyoming.NewReader(t.conn)
	var so strings.Builder
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%s broke off before its transcript", t.cfg.Address)
		}
		if err != nil {
			return fmt.Errorf("read from %s: %w", t.cfg.Address, err)
		}
		done, err := t.event(e, &so)
		if err != nil || done {
			return err
		}
	}
}

// maxText bounds what one turn's transcript may grow to, in bytes.
const maxText = 64 << 10

// event takes one message; so collects the pieces of a streamed transcript.
func (t *turn) event(e wyoming.Event, so *strings.Builder) (done bool, err error) {
	var said wyoming.Transcript
	if err := e.Decode(&said); err != nil {
		return false, err
	}
	if len(said.Text)+so.Len() > maxText || len(said.Words) > maxText || len(said.Alternatives) > maxText {
		return false, fmt.Errorf("%s sent a transcript of more than %d bytes", t.cfg.Address, maxText)
	}
	switch e.Type {
	case "transcript-start":
		so.Reset()
	case "transcript-chunk":
		so.WriteString(said.Text)
		t.p.Partial(t.result(wyoming.Transcript{Text: so.String()}))
	case "transcript":
		res := t.result(said)
		res.Language, _ = t.opt.Told(said.Language, res.Text)
		t.p.Final(res)
		return true, nil
	case "transcript-stop": // without a transcript: the pieces are all there is
		t.p.Final(t.result(wyoming.Transcript{Text: so.String()}))
		return true, nil
	case "error": // its text may repeat what was said
		return false, t.refused(e)
	}
	return false, nil
}

// refused is what an error event means.
func (t *turn) refused(e wyoming.Event) error {
	var f wyoming.Failure
	if e.Decode(&f) == nil && f.Code == wyoming.Unsupported {
		return asr.Unsupported("%s does not serve what this turn expects; its own log says more", t.cfg.Address)
	}
	return fmt.Errorf("%s answers with an error; its own log says more", t.cfg.Address)
}

// result is a transcript as the callers of Recv know it. What a server says of times and
// confidence is taken within bounds.
func (t *turn) result(said wyoming.Transcript) asr.Result {
	heard := time.Duration(t.at.Load())
	r := asr.Result{Text: strings.TrimSpace(said.Text), Confidence: share(said.Confidence), End: heard}
	if said.End > 0 {
		r.End = within(said.End, 0, heard)
	}
	r.Start = within(said.Start, 0, r.End)
	var from time.Duration
	for _, w := range said.Words {
		from = within(w.Start, from, heard)
		r.Words = append(r.Words, asr.Word{Text: w.Text, Start: from, End: within(w.End, from, heard), Confidence: share(w.Confidence)})
	}
	for _, a := range said.Alternatives {
		r.Alternatives = append(r.Alternatives, asr.Alternative{Text: a.Text, Confidence: share(a.Confidence)})
	}
	return r
}

// within is a time in milliseconds, not before from and not after to.
func within(ms int64, from, to time.Duration) time.Duration {
	ms = min(max(ms, 0), to.Milliseconds()) // before it is a Duration, which cannot hold every number
	return max(from, time.Duration(ms)*time.Millisecond)
}

func share(v float64) float64 { return min(1, max(0, v)) }
