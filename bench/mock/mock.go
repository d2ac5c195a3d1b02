// Package mock is the speech and language servers of a bench: they answer with fixed delays and
// cost next to nothing, so that what is measured is everything around them. They speak the
// protocols that real ones speak (vosk-server's WebSocket, OpenAI's chat completions and speech),
// in a process of their own.
//
// The recogniser knows the fixtures (bench.Book) and appends a number of its own to each complete
// line, so that every answer is another one and no cache can have it. The voice knows what may
// be said: what else it is asked to say shows that a conversation left its path, and makes the
// run void.
package mock

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"decroche/bench"
)

// Delays are what the engines take. They are printed with every result: figures of other delays
// are other figures.
type Delays struct {
	Partial    time.Duration `json:"partial"`     // between partial results
	Final      time.Duration `json:"final"`       // end of the sound -> final result
	FirstToken time.Duration `json:"first_token"` // question -> first word of the model
	Tokens     float64       `json:"tokens"`      // words of the model per second
	FirstAudio time.Duration `json:"first_audio"` // text -> first sound of the voice
}

// Usual are the delays of the public method that the bench follows.
func Usual() Delays {
	return Delays{Partial: 250 * time.Millisecond, Final: 50 * time.Millisecond, FirstToken: 400 * time.Millisecond, Tokens: 60, FirstAudio: 150 * time.Millisecond}
}

// answerTokens is how many words the model's answer has.
const answerTokens = 18

// Model is how long one answer of the model takes.
func (d Delays) Model() time.Duration {
	return d.FirstToken + time.Duration(answerTokens/d.Tokens*float64(time.Second))
}

// Floor is what one turn takes at least, with all engines one after the other.
func (d Delays) Floor() time.Duration { return d.Final + d.Model() + d.FirstAudio }

// Server is the three engines. Make it with New.
type Server struct {
	// constant after New
	delays Delays
	book   *bench.Book
	intent string
	may    *regexp.Regexp
	mux    *http.ServeMux

	next    atomic.Int64
	stats   [3]atomic.Int64 // turns recognised, questions, sentences
	unknown atomic.Int64

	mu      sync.Mutex
	warming bool
	known   map[string]bool // said before the run began
	strange []string
}

// New makes the engines: the model finds intent in everything, the voice may say what matches may
// beside what it is asked to say before Begin.
func New(d Delays, book *bench.Book, intent string, may *regexp.Regexp) *Server {
	s := &Server{delays: d, book: book, intent: intent, may: may, mux: http.NewServeMux(), warming: true, known: map[string]bool{}}
	s.mux.HandleFunc("GET /vosk", s.recognise)
	s.mux.HandleFunc("POST /v1/chat/completions", s.complete)
	s.mux.HandleFunc("POST /v1/audio/speech", s.speak)
	s.mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"data":[{"id":"mock"}]}`)
	})
	s.mux.HandleFunc("POST /begin", func(http.ResponseWriter, *http.Request) { s.begin() })
	s.mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(s.Stats()) })
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Stats is what the engines were asked.
type Stats struct {
	Turns, Questions, Sentences int64
	Unknown                     int64    // sentences that the voice should not have been asked for
	Strange                     []string // the first of them
}

// Stats tells what happened since Begin.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Stats{s.stats[0].Load(), s.stats[1].Load(), s.stats[2].Load(), s.unknown.Load(), slices.Clone(s.strange)}
}

// begin ends the warming up: from now on every sentence is looked at.
func (s *Server) begin() {
	s.mu.Lock()
	s.warming = false
	s.mu.Unlock()
	for i := range s.stats {
		s.stats[i].Store(0)
	}
}

// sleep waits until due or the end of ctx.
func sleep(ctx context.Context, due time.Time) {
	t := time.NewTimer(time.Until(due))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// recognise is one turn over vosk-server's protocol: an answer for each message but the configuration.
func (s *Server) recognise(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx := r.Context()
	ear := s.book.Listen()
	var heard, next time.Duration
	shown := ""
	for {
		kind, b, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if kind == websocket.MessageText && strings.Contains(string(b), "eof") {
			sleep(ctx, time.Now().Add(s.delays.Final))
			_ = conn.Write(ctx, websocket.MessageText, s.final(ear))
			_ = conn.Close(websocket.StatusNormalClosure, "")
			return
		}
		if kind == websocket.MessageText {
			continue
		}
		pcm := make([]int16, len(b)/2)
		for i := range pcm {
			pcm[i] = int16(uint16(b[2*i]) | uint16(b[2*i+1])<<8)
		}
		ear.Hear(pcm)
		if heard += time.Duration(len(pcm)) * time.Second / 8000; heard >= next {
			next = heard + s.delays.Partial
			shown = ear.Text()
		}
		out, _ := json.Marshal(map[string]string{"partial": shown})
		if conn.Write(ctx, websocket.MessageText, out) != nil {
			return
		}
	}
}

// final is the last message of a turn.
func (s *Server) final(ear *bench.Listener) []byte {
	s.stats[0].Add(1)
	text := ear.Text()
	if ear.Complete() {
		text += fmt.Sprintf(" %04d", s.next.Add(1)*7919%10000)
	}
	type word struct {
		Word  string  `json:"word"`
		Conf  float64 `json:"conf"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
	}
	m := struct {
		Text   string `json:"text"`
		Result []word `json:"result"`
	}{Text: text}
	for i, w := range strings.Fields(text) {
		m.Result = append(m.Result, word{w, 0.97, 0.2 * float64(i), 0.2*float64(i) + 0.2})
	}
	b, _ := json.Marshal(m)
	return b
}

// complete is one question to the model.
func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	due := time.Now().Add(s.delays.Model())
	s.stats[1].Add(1)
	sleep(r.Context(), due)
	w.Header().Set("Content-Type", "application/json")
	content, _ := json.Marshal(map[string]any{"intent": s.intent, "sure": true, "second": "(none)"})
	_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": string(content)}}}})
}

// speak is one sentence: silence until the first audio is due, then all of it.
func (s *Server) speak(w http.ResponseWriter, r *http.Request) {
	due := time.Now().Add(s.delays.FirstAudio)
	var q struct{ Input string }
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&q) != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	if s.look(q.Input) && r.URL.RawQuery != calibrating {
		due = time.Now() // prompts that are rendered ahead of time are not what is measured
	}
	pcm := bench.Hum(time.Duration(max(1, bench.Letters(q.Input))) * bench.PerLetter)
	b := make([]byte, 2*len(pcm))
	for i, x := range pcm {
		b[2*i], b[2*i+1] = byte(x), byte(uint16(x)>>8)
	}
	sleep(r.Context(), due)
	w.Header().Set("Content-Type", "audio/pcm")
	_, _ = w.Write(b)
}

// calibrating is the query of a request whose delay is measured before the run begins.
const calibrating = "calibrate"

// look counts a sentence and reports whether the run has not begun.
func (s *Server) look(text string) (warming bool) {
	s.stats[2].Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.warming:
		s.known[text] = true
	case !s.known[text] && !s.may.MatchString(text):
		s.unknown.Add(1)
		if len(s.strange) < 5 {
			s.strange = append(s.strange, text)
		}
	}
	return s.warming
}

// Calibration is how far the engines are from their delays, medians as a client sees them.
type Calibration struct {
	FinalMS float64 `json:"final_ms"`
	ModelMS float64 `json:"model_ms"`
	AudioMS float64 `json:"first_audio_ms"`
}

// Off is the largest deviation from d, in milliseconds.
func (c Calibration) Off(d Delays) float64 {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return max(math.Abs(c.FinalMS-ms(d.Final)), math.Abs(c.ModelMS-ms(d.Model())), math.Abs(c.AudioMS-ms(d.FirstAudio)))
}

// Calibrate asks a running server at base ("http://host:port") for everything, some times over.
func Calibrate(ctx context.Context, base string) (c Calibration, err error) {
	const times = 15
	ask := func(path, body string) (float64, error) {
		var list []float64
		for range times {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path, strings.NewReader(body))
			if err != nil {
				return 0, err
			}
			began := time.Now()
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return 0, err
			}
			var one [1]byte
			_, err = resp.Body.Read(one[:])
			list = append(list, time.Since(began).Seconds()*1000)
			_ = resp.Body.Close()
			if err != nil && resp.ContentLength == 0 {
				return 0, err
			}
		}
		return bench.Percentile(list, 50), nil
	}
	if c.ModelMS, err = ask("/v1/chat/completions", "{}"); err != nil {
		return c, fmt.Errorf("mock: calibrate the model: %w", err)
	}
	if c.AudioMS, err = ask("/v1/audio/speech?"+calibrating, `{"input": "a"}`); err != nil {
		return c, fmt.Errorf("mock: calibrate the voice: %w", err)
	}
	var list []float64
	for range times {
		took, err := turn(ctx, base)
		if err != nil {
			return c, fmt.Errorf("mock: calibrate the recogniser: %w", err)
		}
		list = append(list, took)
	}
	c.FinalMS = bench.Percentile(list, 50)
	return c, nil
}

// turn is how long the recogniser takes for its final result.
func turn(ctx context.Context, base string) (ms float64, err error) {
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(base, "http")+"/vosk", nil)
	if err != nil {
		return 0, err
	}
	defer conn.CloseNow()
	began := time.Now()
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"eof" : 1}`)); err != nil {
		return 0, err
	}
	if _, _, err := conn.Read(ctx); err != nil {
		return 0, err
	}
	return time.Since(began).Seconds() * 1000, nil
}
