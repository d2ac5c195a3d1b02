// Package speech holds speech servers for tests: Wyoming, Vosk and OpenAI-compatible ones on real
// sockets, written from the public descriptions of these protocols and sharing no code with the
// adapters. Their language is of tones: each word of Words is one pitch, so that a test can tell
// from the text which audio arrived, and from the audio which text was spoken. They fail on demand.
package speech

import (
	"context"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Words are what can be said, each as a pitch of its own.
var Words = []string{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"}

const (
	wordTime = 120 * time.Millisecond
	gapTime  = 60 * time.Millisecond
	lowest   = 400 // Hz of the first word
	step     = 120 // Hz between two words
	loud     = 8000
)

// Say is text as tones, with silence around each. What is not in Words sounds like a word all the same.
func Say(text string, rate int) []int16 {
	gap := make([]int16, int(gapTime.Seconds()*float64(rate)))
	pcm := append([]int16(nil), gap...)
	for _, w := range strings.Fields(text) {
		n := 0
		for i, known := range Words {
			if strings.Trim(strings.ToLower(w), ".,!?") == known {
				n = i
			}
		}
		for i := range int(wordTime.Seconds() * float64(rate)) {
			pcm = append(pcm, int16(loud*math.Sin(2*math.Pi*float64(lowest+step*n)*float64(i)/float64(rate))))
		}
		pcm = append(pcm, gap...)
	}
	return pcm
}

// Hear reads the words of tones. A word that was cut short or has a hole in it is not heard.
func Hear(pcm []int16, rate int) string {
	var words []string
	win := rate / 100
	var tone []int16
	for at := 0; at <= len(pcm); at += win {
		piece := pcm[at:min(at+win, len(pcm))]
		if peak(piece) > loud/4 {
			tone = append(tone, piece...)
			continue
		}
		if w, ok := word(tone, rate); ok {
			words = append(words, w)
		}
		tone = nil
	}
	return strings.Join(words, " ")
}

func peak(pcm []int16) (p int) {
	for _, v := range pcm {
		p = max(p, int(v), -int(v))
	}
	return p
}

// word measures pitch by the crossings of zero, of full waves only: filters ring at the edges.
func word(tone []int16, rate int) (string, bool) {
	if float64(len(tone)) < .8*wordTime.Seconds()*float64(rate) {
		return "", false
	}
	first, last, n, below := -1, 0, 0, false
	for i, v := range tone {
		switch {
		case v < -loud/2:
			below = true
		case v > loud/2 && below:
			if first < 0 {
				first = i
			}
			last, n, below = i, n+1, false
		}
	}
	if n < 3 {
		return "", false
	}
	hz := float64(n-1) * float64(rate) / float64(last-first)
	i := int(math.Round((hz - lowest) / step))
	if i < 0 || i >= len(Words) {
		return "", false
	}
	return Words[i], true
}

// Fault is how a server fails. The zero Fault is none.
type Fault int

// Faults.
const (
	None    Fault = iota
	Dies          // breaks off in the middle of a word
	Silent        // takes everything and never answers
	Deaf          // accepts the connection and reads nothing
	Garbage       // answers with what is no message of the protocol
	Refuses       // turns the client away, with a message that repeats its secret and what was said
	Late          // answers right, 300 ms later than it could
)

// Server is what a test tells a peer, and learns from it. Set the fields before the first client.
type Server struct {
	Fault Fault
	// Secret, when given, must be presented as a bearer token; others are turned away with it in
	// the answer, as bad servers do.
	Secret string
	// Partials are sent while words come in.
	Partials bool
	// Language is what the server says that it heard, "" for one that does not tell.
	Language string
	// Rate of the voice, 22050 when zero.
	Rate int

	mu   sync.Mutex
	said []string // what was asked to be said, or heard
	asks []map[string]any
}

// Heard returns the texts that were recognised or spoken so far.
func (s *Server) Heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.said...)
}

// Asked returns the requests so far, as fields by name.
func (s *Server) Asked() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]map[string]any(nil), s.asks...)
}

func (s *Server) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, text)
}

func (s *Server) asked(fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asks = append(s.asks, fields)
}

func (s *Server) rate() int {
	if s.Rate == 0 {
		return 22050
	}
	return s.Rate
}

// late waits as a slow server does.
func (s *Server) late(ctx context.Context) {
	if s.Fault == Late {
		pause(ctx, 300*time.Millisecond)
	}
}

// pause waits for d or the test's end.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// listen accepts connections on loopback until the test ends, each in a goroutine that is waited
// for. It returns the address.
func listen(t testing.TB, serve func(ctx context.Context, conn net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				serve(ctx, conn)
			})
		}
	})
	t.Cleanup(func() {
		cancel()
		l.Close()
		all.Wait()
	})
	return l.Addr().String()
}
