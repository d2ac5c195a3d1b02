// Package worker keeps engines that are C libraries in a process of their own. Server is that
// process's inside: it offers any recognisers and voices over the Wyoming protocol, to the
// gateway or to any other client. Supervisor is the gateway's side: it starts the process, starts
// it again when it dies, and gives up for a while on one that cannot live.
//
// It knows nothing of particular engines, and refuses to share memory with them.
package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/asr"
	"decroche/internal/langtag"
	"decroche/internal/wyoming"
	"decroche/tts"
)

// Ear is a recogniser that a server offers.
type Ear struct {
	Name       string
	Version    string
	Languages  []string
	Recogniser asr.Recogniser
}

// Mouth is a synthesiser that a server offers.
type Mouth struct {
	Name        string
	Version     string
	Voices      map[string][]string // languages by the voice's name
	Rate        int                 // samples a second that it renders at
	Synthesiser tts.Synthesiser
}

// Server offers engines over the Wyoming protocol. Set the fields before Serve.
type Server struct {
	Ears   []Ear
	Mouths []Mouth
	// MaxStreams is how many connections may be open; more are told so and closed. 0 is 64.
	MaxStreams int
	// Idle is how long a connection may say nothing. 0 is a minute.
	Idle time.Duration
	Log  *slog.Logger // nil is the default
}

// Serve answers until ctx ends, then closes l and every connection and waits for them. Its error
// is l's.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.MaxStreams == 0 {
		s.MaxStreams = 64
	}
	if s.Idle == 0 {
		s.Idle = time.Minute
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(ctx, func() { l.Close() })()
	var open sync.WaitGroup
	defer open.Wait()
	defer cancel()
	places := make(chan struct{}, s.MaxStreams)
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("worker: accept: %w", err)
		}
		select {
		case places <- struct{}{}:
			open.Go(func() {
				defer func() { <-places }()
				s.answer(ctx, conn)
			})
		default:
			s.Log.Warn("worker: a connection too many was turned away", "streams", s.MaxStreams)
			conn.Close()
		}
	}
}

// client is one connection. Its fields belong to the goroutine that reads, but for the writer.
type client struct {
	s    *Server
	conn net.Conn
	turn *turn // what is being heard

	mu sync.Mutex // one event is written at a time
}

// answer serves one connection to its end.
func (s *Server) answer(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	c := &client{s: s, conn: conn}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	var speaking sync.WaitGroup
	defer func() {
		stop()
		cancel()
		conn.Close()
		c.end()
		speaking.Wait()
	}()
	in := wyoming.NewReader(conn)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(s.Idle))
		e, err := in.Next()
		if err != nil {
			if errors.Is(err, wyoming.ErrGarbage) {
				s.Log.Warn("worker: a client does not speak Wyoming", "error", err)
			}
			return
		}
		if err := c.event(ctx, e, &speaking); err != nil {
			s.Log.Info("worker: a turn was refused", "error", err)
			if c.fail(err) != nil {
				return
			}
		}
	}
}

// event takes one message. Its error is told to the client.
func (c *client) event(ctx context.Context, e wyoming.Event, speaking *sync.WaitGroup) error {
	switch e.Type {
	case "describe":
		return c.write("info", c.s.info(), nil)
	case "ping":
		return c.write("pong", nil, nil)
	case "transcribe":
		c.end()
		return c.ask(e)
	case "audio-start":
		return c.begin(ctx, e)
	case "audio-chunk":
		return c.hear(ctx, e)
	case "audio-stop":
		return c.finish()
	case "synthesize":
		var ask wyoming.Synthesize
		if err := e.Decode(&ask); err != nil {
			return err
		}
		m, err := c.s.mouth(ask.Voice)
		if err != nil {
			return err
		}
		speaking.Go(func() {
			if err := c.speak(ctx, m, ask); err != nil && ctx.Err() == nil {
				c.s.Log.Warn("worker: a prompt was not rendered", "engine", m.Name, "error", err)
				_ = c.fail(err)
			}
		})
	}
	return nil // of a later version of the protocol, or for another kind of server
}

// writeTime bounds how long a client may take nothing.
const writeTime = 10 * time.Second

func (c *client) write(kind string, data any, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTime))
	return wyoming.Write(c.conn, kind, data, payload)
}

// fail tells the client why its wish is not met.
func (c *client) fail(err error) error {
	f := wyoming.Failure{Text: err.Error()}
	var u *asr.UnsupportedError
	if errors.As(err, &u) {
		f.Code = wyoming.Unsupported
	}
	return c.write("error", f, nil)
}

// info is what the server offers.
func (s *Server) info() wyoming.Info {
	about := func(what, version string) wyoming.About {
		a := wyoming.About{Installed: true, Description: what, Version: version}
		a.Attribution.Name = "decroche worker"
		return a
	}
	info := wyoming.Info{ASR: []wyoming.Service{}, TTS: []wyoming.Service{}}
	for _, e := range s.Ears {
		a := about("speech to text, led by what is expected", e.Version)
		info.ASR = append(info.ASR, wyoming.Service{About: a, Name: e.Name, Models: []wyoming.Model{{About: a, Name: e.Name, Languages: e.Languages}}})
	}
	for _, m := range s.Mouths {
		a := about("text to speech", m.Version)
		var voices []wyoming.Model
		for name, langs := range m.Voices {
			voices = append(voices, wyoming.Model{About: a, Name: name, Languages: langs})
		}
		slices.SortFunc(voices, func(a, b wyoming.Model) int { return strings.Compare(a.Name, b.Name) })
		info.TTS = append(info.TTS, wyoming.Service{About: a, Name: m.Name, Voices: voices})
	}
	return info
}

// ear is who hears a turn: the one of that name, or the first that knows the language.
func (s *Server) ear(name, lang string) (Ear, error) {
	for _, e := range s.Ears {
		if name == e.Name || name == "" && (lang == "" || slices.Contains(e.Languages, langtag.Base(lang))) {
			return e, nil
		}
	}
	return Ear{}, asr.Unsupported("no recogniser here is called %q and hears %q", name, lang)
}

// mouth is who speaks: the one that has the voice, or the first that has one of the language.
func (s *Server) mouth(v *wyoming.Voice) (Mouth, error) {
	if v == nil {
		v = &wyoming.Voice{}
	}
	for _, m := range s.Mouths {
		for name, langs := range m.Voices {
			if v.Name == name || v.Name == "" && (v.Language == "" || slices.Contains(langs, langtag.Base(v.Language))) {
				return m, nil
			}
		}
	}
	return Mouth{}, fmt.Errorf("no voice here is called %q and speaks %q", v.Name, v.Language)
}

// speak renders one text.
func (c *client) speak(ctx context.Context, m Mouth, ask wyoming.Synthesize) error {
	u := tts.Utterance{Text: ask.Text, Speed: ask.Speed, Rate: m.Rate}
	if ask.Voice != nil {
		u.Voice, u.Language = ask.Voice.Name, ask.Voice.Language
	}
	src, err := m.Synthesiser.Speak(ctx, u)
	if err != nil {
		return err
	}
	defer src.Close()
	audio := wyoming.Audio{Rate: m.Rate, Width: 2, Channels: 1}
	if err := c.write("audio-start", audio, nil); err != nil {
		return err
	}
	var at time.Duration
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return c.write("audio-stop", audio.At(at), nil)
		}
		if err != nil {
			return err
		}
		if err := c.write("audio-chunk", audio.At(at), bytesOf(f.PCM)); err != nil {
			return err
		}
		at += f.Len()
	}
}
