package speech

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// OpenAI serves /audio/transcriptions, /audio/speech and /models below the address it returns.
// After https://platform.openai.com/docs/api-reference/audio: multipart requests, json and
// verbose_json, server-sent events with stream=true; JSON requests and raw audio for speech.
func (s *Server) OpenAI(t testing.TB) string {
	return s.web(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		if s.Fault == Deaf {
			<-ctx.Done()
			return
		}
		switch r.Method + " " + r.URL.Path {
		case "GET /v1/models":
			fmt.Fprint(w, `{"object":"list","data":[{"id":"tones-1","object":"model"}]}`)
		case "POST /v1/audio/transcriptions":
			s.transcribe(ctx, w, r)
		case "POST /v1/audio/speech":
			s.speech(ctx, w, r)
		default:
			http.NotFound(w, r)
		}
	}) + "/v1"
}

// trouble answers as a failing server does; what was said stands in the answer.
func (s *Server) trouble(ctx context.Context, w http.ResponseWriter, text string) bool {
	switch s.Fault {
	case Silent:
		<-ctx.Done()
	case Garbage:
		fmt.Fprintf(w, "<html>%s %s", text, s.Secret)
	case Refuses:
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprintf(w, `{"error":{"message":"no more for %s: %s","type":%q,"code":"insufficient_quota"}}`, s.Secret, text, text)
	case Late:
		s.late(ctx)
		return false
	default:
		return false
	}
	return true
}

func (s *Server) transcribe(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(32 << 20); err != nil {
		http.Error(w, "no form", http.StatusBadRequest)
		return
	}
	defer r.MultipartForm.RemoveAll()
	f, _, err := r.FormFile("file")
	if err != nil {
		http.Error(w, "no file", http.StatusBadRequest)
		return
	}
	b, _ := io.ReadAll(f)
	if len(b) < 44 || string(b[:4]) != "RIFF" || string(b[36:40]) != "data" || binary.LittleEndian.Uint32(b[40:]) != uint32(len(b)-44) || binary.LittleEndian.Uint32(b[4:]) != uint32(len(b)-8) {
		http.Error(w, "no WAV file", http.StatusBadRequest)
		return
	}
	rate := int(binary.LittleEndian.Uint32(b[24:]))
	text := Hear(samples(b[44:]), rate)
	ask := map[string]any{"rate": rate, "seconds": float64(len(b)-44) / 2 / float64(rate)}
	for k, v := range r.MultipartForm.Value {
		ask[k] = v[0]
	}
	s.asked(ask)
	s.note(text)
	if s.trouble(ctx, w, text) {
		return
	}
	if r.FormValue("stream") == "true" {
		s.events(w, text)
		return
	}
	answer := map[string]any{"text": text}
	if r.FormValue("response_format") == "verbose_json" {
		var words []any
		for i, word := range strings.Fields(text) {
			words = append(words, map[string]any{"word": word, "start": .18 * float64(i), "end": .18*float64(i) + .12})
		}
		answer["words"] = words
		answer["language"] = s.Language
		answer["segments"] = []any{map[string]any{"start": 0, "end": 1.0, "text": " " + text, "avg_logprob": -.1, "no_speech_prob": .01}}
	}
	out, _ := json.Marshal(answer)
	if s.Fault == Dies {
		w.Header().Set("Content-Length", fmt.Sprint(len(out)))
		w.Write(out[:len(out)/2])
		breakOff(w)
		return
	}
	w.Write(out)
}

// events answers with server-sent events, a word each.
func (s *Server) events(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i, word := range strings.Fields(text) {
		if i > 0 {
			word = " " + word
		}
		fmt.Fprintf(w, "event: transcript.text.delta\ndata: {\"type\":\"transcript.text.delta\",\"delta\":%q}\n\n", word)
		w.(http.Flusher).Flush()
		if s.Fault == Dies {
			breakOff(w)
			return
		}
	}
	fmt.Fprintf(w, "data: {\"type\":\"transcript.text.done\",\"text\":%q}\n\ndata: [DONE]\n\n", text)
}

func (s *Server) speech(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	var ask map[string]any
	if json.NewDecoder(r.Body).Decode(&ask) != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	s.asked(ask)
	text, _ := ask["input"].(string)
	s.note(text)
	if s.trouble(ctx, w, text) {
		return
	}
	rate := 24000
	if ask["response_format"] == "wav" {
		rate = s.rate()
		h := make([]byte, 44)
		copy(h, "RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
		binary.LittleEndian.PutUint32(h[24:], uint32(rate))
		binary.LittleEndian.PutUint32(h[28:], uint32(2*rate))
		copy(h[32:], "\x02\x00\x10\x00data\xff\xff\xff\xff")
		w.Write(h)
	}
	b := octets(Say(text, rate))
	for n := 1; len(b) > 0; n = 2001 { // pieces that cut samples in two
		k := min(n, len(b))
		w.Write(b[:k])
		w.(http.Flusher).Flush()
		b = b[k:]
		if s.Fault == Dies && len(b) < rate {
			time.Sleep(time.Millisecond)
			breakOff(w)
			return
		}
	}
}
