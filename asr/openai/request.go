package openai

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"strings"
	"time"

	"decroche/asr"
	"decroche/asr/stream"
	"decroche/internal/openai"
)

const path = "/audio/transcriptions"

// request recognises one part, in lang or in what the server finds when that is "".
func (t *turn) request(ctx context.Context, p part, lang, prompt string) (asr.Result, error) {
	cfg := t.r.cfg
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout, stream.ErrLate)
	defer cancel()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields := [][2]string{{"model", cfg.Model}, {"language", lang}, {"response_format", cfg.Format}, {"temperature", "0"}, {"prompt", prompt}}
	if cfg.Words {
		fields = append(fields, [2]string{"timestamp_granularities[]", "word"}, [2]string{"timestamp_granularities[]", "segment"})
	}
	if cfg.Stream {
		fields = append(fields, [2]string{"stream", "true"})
	}
	for _, f := range fields {
		if f[1] != "" {
			_ = form.WriteField(f[0], f[1]) // a buffer takes all
		}
	}
	file, err := form.CreateFormFile("file", "turn.wav")
	if err != nil {
		return asr.Result{}, fmt.Errorf("make a request: %w", err)
	}
	_, _ = file.Write(wave(p.pcm, cfg.Rate))
	_ = form.Close()
	resp, err := t.r.client.Post(ctx, path, form.FormDataContentType(), &body)
	if err != nil {
		return asr.Result{}, err
	}
	defer resp.Body.Close()
	end := p.at + time.Duration(len(p.pcm))*time.Second/time.Duration(cfg.Rate)
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		text, err := events(io.LimitReader(resp.Body, openai.MaxAnswer), func(so string) { t.p.Partial(asr.Result{Text: so, Start: p.at, End: end}) })
		if err != nil {
			return asr.Result{}, t.r.client.Broke(ctx, path, err)
		}
		return asr.Result{Text: text, Start: p.at, End: end}, nil
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, openai.MaxAnswer))
	if err != nil {
		return asr.Result{}, t.r.client.Broke(ctx, path, err)
	}
	res, err := parse(b, p.at, end)
	if err != nil {
		return asr.Result{}, t.r.client.Broke(ctx, path, err)
	}
	return res, nil
}

// wave is a WAV file in memory: 16-bit PCM, mono.
func wave(pcm []int16, rate int) []byte {
	n := uint32(2 * len(pcm))
	b := make([]byte, 0, 44+n)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, 36+n)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(2*rate))
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, n)
	return stream.Bytes(b, pcm)
}

// transcription is an answer, of json (text alone) or verbose_json.
type transcription struct {
	Text     *string `json:"text"`
	Language string  `json:"language"`
	Segments []struct {
		Start    float64 `json:"start"`
		End      float64 `json:"end"`
		LogProb  float64 `json:"avg_logprob"`
		NoSpeech float64 `json:"no_speech_prob"`
	} `json:"segments"`
	Words []struct {
		Word  string  `json:"word"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
	} `json:"words"`
}

// Above and below these a segment of Whisper's is silence that it wrote text into: the thresholds
// of its reference implementation (no_speech_threshold, logprob_threshold).
const (
	silent = .6
	unsure = -1
)

// parse reads an answer about audio between two times of the turn.
func parse(b []byte, at, end time.Duration) (asr.Result, error) {
	var m transcription
	if json.Unmarshal(b, &m) != nil || m.Text == nil {
		return asr.Result{}, openai.ErrGarbage
	}
	r := asr.Result{Text: strings.TrimSpace(*m.Text), Start: at, End: end, Language: m.Language}
	var sum, length float64
	empty := len(m.Segments) > 0
	for _, s := range m.Segments {
		n := max(.01, min(s.End-s.Start, 86400))
		sum, length = sum+n*math.Exp(min(0, s.LogProb)), length+n
		empty = empty && s.NoSpeech > silent && s.LogProb < unsure
	}
	if empty {
		return asr.Result{Start: at, End: end}, nil
	}
	if length > 0 {
		r.Confidence = min(1, sum/length)
	}
	last := at
	for _, w := range m.Words {
		start := max(last, at+seconds(w.Start))
		last = max(start, at+seconds(w.End))
		r.Words = append(r.Words, asr.Word{Text: strings.TrimSpace(w.Word), Start: start, End: last, Confidence: r.Confidence})
	}
	return r, nil
}

func seconds(s float64) time.Duration {
	return time.Duration(min(max(s, 0), 86400) * float64(time.Second))
}

// events reads server-sent events (WHATWG HTML §9.2.6, the data lines of it) until the text is
// done; partial gets the text so far.
func events(r io.Reader, partial func(so string)) (string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), openai.MaxAnswer)
	var so strings.Builder
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if data = bytes.TrimSpace(data); !ok || len(data) == 0 {
			continue
		}
		var e struct {
			Type  string `json:"type"`
			Delta string `json:"delta"`
			Text  string `json:"text"`
		}
		if json.Unmarshal(data, &e) != nil {
			return "", openai.ErrGarbage
		}
		switch e.Type {
		case "transcript.text.delta":
			so.WriteString(e.Delta)
			partial(strings.TrimSpace(so.String()))
		case "transcript.text.done":
			return strings.TrimSpace(e.Text), nil
		case "error":
			return "", openai.ErrGarbage
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	return "", io.ErrUnexpectedEOF
}
