// Package wyomingtest is a fake Wyoming satellite, for tests of those who serve such boxes. It does
// what the satellites of github.com/rhasspy/wyoming-satellite do, event by event, and was written from
// the protocol's description and from what those send and expect:
//
//   - one server at a time: a second connection is closed;
//   - it answers describe with info, and ping with pong, and pings back once it was pinged;
//   - after run-satellite it waits for its wake word. Wake sends detection and run-pipeline, without
//     audio-start, and from then on a chunk of 1024 samples each 64 ms: what Say was given, or silence;
//   - transcript, error and pause-satellite stop the stream; the next Wake starts it again. A satellite of
//     the kind Always streams from run-satellite on and never stops;
//   - what it is sent to play takes as long as it lasts, from audio-start on, and is followed by
//     played.
//
// Time is the bubble's inside testing/synctest, where a call of a minute takes no time.
//
//	sat := wyomingtest.New(wyomingtest.Wake)
//	go sat.Serve(ctx, conn)
//	sat.WaitFor(ctx, "run-satellite")
//	sat.Wake("hey jarvis")
//	sat.Say(pcm)
package wyomingtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/internal/wyoming"
)

// Kind is how a satellite decides when to stream.
type Kind int

// Kinds: with a wake word of its own; always; with a button or a voice detector, without a wake word.
const (
	Wake Kind = iota
	Always
	Button
)

// MicRate is the rate of the microphone, in Hz; SpeakerRate that of the loudspeaker.
const (
	MicRate     = 16000
	SpeakerRate = 22050
)

// chunk is how many samples the microphone streams at once.
const chunk = 1024

// Prompt is something that the satellite played.
type Prompt struct {
	Text string // of synthesize, "" when nothing was told
	PCM  []int16
	Rate int
	At   time.Time     // of audio-start
	Len  time.Duration // of what was played
}

// Satellite is one box. Make it with New; its methods are safe for concurrent use.
type Satellite struct {
	kind Kind
	// Played says whether it tells that it has played; older boxes do not. Set it before Serve.
	Played bool
	// Detects says whether Wake is followed by run-pipeline; some boxes leave that out. Set it before
	// Serve.
	Detects bool

	mu      sync.Mutex
	changed chan struct{}
	send    func(kind string, data any, payload []byte) error // nil without a server
	events  []string                                          // what came, audio-chunks left out
	voice   []int16                                           // still to be streamed
	streams bool
	paused  bool
	text    string // of the next prompt
	playing *Prompt
	prompts []Prompt
	scripts []string // texts of transcripts
	refused int      // connections that came while there was one
	pinged  bool
}

// New makes a satellite that tells when it has played.
func New(kind Kind) *Satellite {
	return &Satellite{kind: kind, Played: true, changed: make(chan struct{})}
}

// Listen serves connections to a port of this machine until ctx ends, and returns its address as a
// configuration has it.
func (s *Satellite) Listen(ctx context.Context) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("wyomingtest: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = s.Serve(ctx, c) }()
		}
	}()
	return "tcp://" + l.Addr().String(), nil
}

// Serve is one connection of a server, until that or ctx ends.
func (s *Satellite) Serve(ctx context.Context, conn net.Conn) error {
	defer conn.Close()
	var writes sync.Mutex
	send := func(kind string, data any, payload []byte) error {
		writes.Lock()
		defer writes.Unlock()
		return wyoming.Write(conn, kind, data, payload)
	}
	s.mu.Lock()
	if s.send != nil {
		s.refused++
		s.mu.Unlock()
		return errors.New("wyomingtest: another server is connected")
	}
	s.send, s.pinged, s.paused = send, false, true
	s.change()
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	var pumps sync.WaitGroup
	pumps.Go(func() { s.stream(ctx) })
	defer func() {
		cancel()
		pumps.Wait()
		s.mu.Lock()
		s.send, s.streams = nil, false
		s.change()
		s.mu.Unlock()
	}()
	in := wyoming.NewReader(conn)
	for {
		e, err := in.Next()
		if err != nil {
			return err
		}
		if err := s.take(ctx, e, &pumps); err != nil {
			return err
		}
	}
}

// take does what the server asks for.
func (s *Satellite) take(ctx context.Context, e wyoming.Event, pumps *sync.WaitGroup) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Type != "audio-chunk" {
		s.events = append(s.events, e.Type)
		defer s.change()
	}
	switch e.Type {
	case "describe":
		return s.send("info", info(), nil)
	case "ping":
		var p wyoming.Ping
		_ = e.Decode(&p)
		if !s.pinged {
			s.pinged = true
			pumps.Go(func() { s.ping(ctx) })
		}
		return s.send("pong", p, nil)
	case "run-satellite":
		s.paused, s.streams = false, false
		if s.kind == Always {
			s.streams = true
			return s.send("run-pipeline", wyoming.RunPipeline{Start: wyoming.StageWake, End: wyoming.StageTTS, Restart: true, Snd: sound()}, nil)
		}
	case "transcript":
		var t wyoming.Transcript
		_ = e.Decode(&t)
		s.scripts = append(s.scripts, t.Text)
		s.streams = s.kind == Always
	case "error":
		s.streams = s.kind == Always
	case "pause-satellite":
		s.paused, s.streams = true, false
	case "synthesize":
		var t wyoming.Synthesize
		_ = e.Decode(&t)
		if s.playing == nil {
			s.text = t.Text
		} else { // it came as the prompt began, or several are played in one
			s.playing.Text = strings.TrimSpace(s.playing.Text + " " + t.Text)
		}
	case "audio-start":
		var a wyoming.Audio
		_ = e.Decode(&a)
		s.playing = &Prompt{Text: s.text, Rate: a.Rate, At: time.Now()}
		s.text = ""
	case "audio-chunk":
		s.play(e)
	case "audio-stop":
		s.stopped(ctx, pumps)
	}
	return nil
}

// play takes a piece of a prompt; mu is held.
func (s *Satellite) play(e wyoming.Event) {
	if s.playing == nil {
		return // as aplay does without audio-start: nothing
	}
	for at := 0; at+1 < len(e.Payload); at += 2 {
		s.playing.PCM = append(s.playing.PCM, int16(binary.LittleEndian.Uint16(e.Payload[at:])))
	}
	s.playing.Len = time.Duration(len(s.playing.PCM)) * time.Second / time.Duration(max(1, s.playing.Rate))
}

// stopped ends a prompt: it is told when the last of it was heard; mu is held.
func (s *Satellite) stopped(ctx context.Context, pumps *sync.WaitGroup) {
	if s.playing == nil {
		return
	}
	p := *s.playing
	s.playing, s.prompts = nil, append(s.prompts, p)
	if !s.Played {
		return
	}
	send := s.send
	pumps.Go(func() {
		t := time.NewTimer(time.Until(p.At.Add(p.Len)))
		defer t.Stop()
		select {
		case <-t.C:
			_ = send("played", nil, nil)
		case <-ctx.Done():
		}
	})
}

// ping asks whether the server is still there.
func (s *Satellite) ping(ctx context.Context) {
	t := time.NewTicker(2 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.mu.Lock()
			send := s.send
			s.mu.Unlock()
			if send == nil || send("ping", nil, nil) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// stream is the microphone.
func (s *Satellite) stream(ctx context.Context) {
	t := time.NewTicker(chunk * time.Second / MicRate)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		s.mu.Lock()
		send, on := s.send, s.streams && !s.paused
		payload := make([]byte, 2*chunk)
		if on {
			n := min(chunk, len(s.voice))
			for i, v := range s.voice[:n] {
				binary.LittleEndian.PutUint16(payload[2*i:], uint16(v))
			}
			if s.voice = s.voice[n:]; n > 0 {
				s.change()
			}
		}
		s.mu.Unlock()
		if on && send("audio-chunk", wyoming.Audio{Rate: MicRate, Width: 2, Channels: 1}, payload) != nil {
			return
		}
	}
}

// Wake is the wake word, or the button: the microphone streams from here on.
func (s *Satellite) Wake(word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.send == nil || s.paused {
		return
	}
	start := wyoming.StageASR
	if s.kind == Wake {
		_ = s.send("detection", wyoming.Detection{Name: word}, nil)
	} else {
		start = wyoming.StageWake
	}
	s.streams = true
	if !s.Detects {
		_ = s.send("run-pipeline", wyoming.RunPipeline{Start: start, End: wyoming.StageTTS, Snd: sound()}, nil)
	}
}

// Release is the button let go of: the microphone stops.
func (s *Satellite) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = false
	if s.send != nil {
		_ = s.send("audio-stop", wyoming.Stamp{}, nil)
	}
}

// Send sends an event of the test's own.
func (s *Satellite) Send(kind string, data any, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.send != nil {
		_ = s.send(kind, data, payload)
	}
}

// Say is heard by the microphone, behind what it hears already; 16,000 samples a second.
func (s *Satellite) Say(pcm []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.voice = append(s.voice, pcm...)
}

// Prompts are what was played, in order; one that still plays is left out.
func (s *Satellite) Prompts() []Prompt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.prompts)
}

// Transcripts are the texts that ended streams.
func (s *Satellite) Transcripts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.scripts)
}

// Events are the kinds of what came, in order, audio-chunk left out.
func (s *Satellite) Events() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// Streaming reports whether the microphone streams.
func (s *Satellite) Streaming() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams
}

// Refused is how many connections came while there was one.
func (s *Satellite) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// Until waits until f holds, which is asked whenever something has happened.
func (s *Satellite) Until(ctx context.Context, f func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if f() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wyomingtest: waited in vain; events so far: %v: %w", s.Events(), context.Cause(ctx))
		}
	}
}

// WaitFor waits for the n-th event of a kind, from 1.
func (s *Satellite) WaitFor(ctx context.Context, kind string, n int) error {
	return s.Until(ctx, func() bool {
		count := 0
		for _, e := range s.Events() {
			if e == kind {
				count++
			}
		}
		return count >= n
	})
}

// WaitPrompts waits until n prompts were played.
func (s *Satellite) WaitPrompts(ctx context.Context, n int) error {
	return s.Until(ctx, func() bool { return len(s.Prompts()) >= n })
}

// Hush waits until more than n prompts were played, and then nothing for d: it is the caller's turn. It
// returns what was played since the n-th.
func (s *Satellite) Hush(ctx context.Context, n int, d time.Duration) ([]Prompt, error) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		s.mu.Lock()
		list, plays := slices.Clone(s.prompts), s.playing != nil
		s.mu.Unlock()
		if len(list) > n && !plays {
			if last := list[len(list)-1]; time.Since(last.At.Add(last.Len)) > d {
				return list[n:], nil
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("wyomingtest: %d prompts, %d were waited for; events so far: %v: %w", len(list), n+1, s.Events(), context.Cause(ctx))
		}
	}
}

// Playing reports whether a prompt plays, and how much of it has come.
func (s *Satellite) Playing() (Prompt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.playing == nil {
		return Prompt{}, false
	}
	p := *s.playing
	p.PCM = slices.Clone(p.PCM)
	return p, true
}

// Voice is a sound that voice detectors take for a voice: 140 Hz with its overtones.
func Voice(d time.Duration) []int16 {
	out := make([]int16, int(d*MicRate/time.Second))
	for i := range out {
		x := 0.0
		for k := 1.0; k <= 12; k++ {
			x += math.Sin(2*math.Pi*140*k*float64(i)/MicRate) / k
		}
		out[i] = int16(5000 * x)
	}
	return out
}

// change wakes every waiter; mu is held.
func (s *Satellite) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func sound() *wyoming.Audio { return &wyoming.Audio{Rate: SpeakerRate, Width: 2, Channels: 1} }

// info is what the box says of itself.
func info() wyoming.Info {
	return wyoming.Info{Satellite: &wyoming.Satellite{Name: "scripted satellite", About: wyoming.About{Installed: true, Version: "1.4.1"}, Area: "salon", Words: []string{"hey_jarvis"}},
		Snd: []wyoming.Player{{Name: "speaker", Format: *sound()}}}
}
