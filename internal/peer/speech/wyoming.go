package speech

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Wyoming serves recognition and synthesis by the Wyoming protocol; it returns tcp://host:port.
// After https://github.com/OHF-Voice/wyoming, README: format, event types, event flow.
func (s *Server) Wyoming(t testing.TB) string {
	return "tcp://" + listen(t, func(ctx context.Context, conn net.Conn) {
		(&wyomingPeer{s: s, ctx: ctx, conn: conn, in: bufio.NewReader(conn)}).serve()
	})
}

type wyomingPeer struct {
	s    *Server
	ctx  context.Context
	conn net.Conn
	in   *bufio.Reader

	pcm      []int16
	rate     int
	partial  string
	streamed strings.Builder // of synthesize-chunk
	stream   bool
}

func (p *wyomingPeer) serve() {
	if p.s.Fault == Deaf {
		<-p.ctx.Done()
		return
	}
	for {
		line, err := p.in.ReadBytes('\n')
		if err != nil {
			return
		}
		var head map[string]any
		if json.Unmarshal(line, &head) != nil {
			return
		}
		data, _ := head["data"].(map[string]any)
		if data == nil {
			data = map[string]any{}
		}
		if n, ok := head["data_length"].(float64); ok {
			b := make([]byte, int(n))
			if _, err := io.ReadFull(p.in, b); err != nil || json.Unmarshal(b, &data) != nil {
				return
			}
		}
		var payload []byte
		if n, ok := head["payload_length"].(float64); ok {
			payload = make([]byte, int(n))
			if _, err := io.ReadFull(p.in, payload); err != nil {
				return
			}
		}
		kind, _ := head["type"].(string)
		if !p.event(kind, data, payload) {
			return
		}
	}
}

// send writes an event with its data in the header or, as the reference library does, after it.
func (p *wyomingPeer) send(kind string, data map[string]any, payload []byte, inHeader bool) bool {
	head := map[string]any{"type": kind, "version": "1.7.2"}
	var extra []byte
	if inHeader {
		head["data"] = data
	} else if len(data) > 0 {
		extra, _ = json.Marshal(data)
		head["data_length"] = len(extra)
	}
	if len(payload) > 0 {
		head["payload_length"] = len(payload)
	}
	b, _ := json.Marshal(head)
	b = append(append(append(b, '\n'), extra...), payload...)
	_, err := p.conn.Write(b)
	return err == nil
}

// event answers one message; false ends the connection.
func (p *wyomingPeer) event(kind string, data map[string]any, payload []byte) bool {
	switch kind {
	case "describe":
		return p.send("info", map[string]any{
			"asr": []any{map[string]any{"name": "tones", "supports_transcript_streaming": p.s.Partials, "models": []any{map[string]any{"name": "sine", "languages": []string{"fr", "en"}}}}},
			"tts": []any{map[string]any{"name": "tones", "supports_synthesize_streaming": true, "voices": []any{map[string]any{"name": "siffleur", "languages": []string{"fr"}}}}},
		}, nil, false)
	case "transcribe", "synthesize-start":
		p.s.asked(data)
		p.stream = kind == "synthesize-start"
		p.streamed.Reset()
	case "audio-start":
		p.pcm, p.partial = nil, ""
		rate, _ := data["rate"].(float64)
		p.rate = int(rate)
	case "audio-chunk":
		return p.chunk(data, payload)
	case "audio-stop":
		return p.transcript()
	case "synthesize-chunk":
		text, _ := data["text"].(string)
		p.streamed.WriteString(text)
	case "synthesize":
		if p.stream {
			return true // the whole text, for servers that do not stream
		}
		p.s.asked(data)
		text, _ := data["text"].(string)
		return p.speak(text)
	case "synthesize-stop":
		ok := p.speak(p.streamed.String())
		p.stream = false
		return ok && p.send("synthesize-stopped", nil, nil, false)
	}
	return true
}

func (p *wyomingPeer) chunk(data map[string]any, payload []byte) bool {
	if data["width"] != 2.0 || data["channels"] != 1.0 || data["rate"] != float64(p.rate) {
		return false
	}
	p.pcm = append(p.pcm, samples(payload)...)
	if !p.s.Partials && p.s.Fault != Dies && p.s.Fault != Garbage {
		return true
	}
	now := Hear(p.pcm, p.rate)
	switch {
	case p.s.Fault == Dies && now != "":
		return false
	case p.s.Fault == Garbage && now != "":
		fmt.Fprintf(p.conn, "%s <html> %s\n", now, p.s.Secret)
	case p.s.Partials && p.s.Fault == None && now != p.partial:
		if p.partial == "" && !p.send("transcript-start", map[string]any{"language": "fr"}, nil, false) {
			return false
		}
		more := strings.TrimPrefix(now, p.partial)
		p.partial = now
		return p.send("transcript-chunk", map[string]any{"text": more}, nil, true)
	}
	return true
}

func (p *wyomingPeer) transcript() bool {
	text := Hear(p.pcm, p.rate)
	p.s.note(text)
	switch p.s.Fault {
	case Silent:
		return true
	case Refuses:
		return p.send("error", map[string]any{"text": "cannot hear " + text + p.s.Secret, "code": "model-missing"}, nil, false)
	}
	p.s.late(p.ctx)
	said := map[string]any{"text": text}
	if p.s.Language != "" {
		said["language"] = p.s.Language
	}
	return p.send("transcript", said, nil, false) && (!p.s.Partials || p.send("transcript-stop", nil, nil, false))
}

// speak sends tones in pieces of 40 ms.
func (p *wyomingPeer) speak(text string) bool {
	p.s.note(text)
	rate := p.s.rate()
	format := map[string]any{"rate": rate, "width": 2, "channels": 1}
	switch p.s.Fault {
	case Silent:
		return true
	case Garbage:
		fmt.Fprintf(p.conn, "%s <html> %s\n", text, p.s.Secret)
		return true
	case Refuses:
		return p.send("error", map[string]any{"text": "cannot say " + text, "code": "voice-missing"}, nil, false)
	}
	p.s.late(p.ctx)
	if !p.send("audio-start", format, nil, false) {
		return false
	}
	for pcm := Say(text, rate); len(pcm) > 0; {
		n := min(rate/25, len(pcm))
		if !p.send("audio-chunk", format, octets(pcm[:n]), n%2 == 0) {
			return false
		}
		pcm = pcm[n:]
		if p.s.Fault == Dies && len(pcm) < 2*rate/5 {
			time.Sleep(time.Millisecond) // so that what was sent is not lost in the reset
			return false
		}
	}
	return p.send("audio-stop", nil, nil, false)
}

func samples(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
	}
	return pcm
}

func octets(pcm []int16) []byte {
	b := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		b = append(b, byte(v), byte(uint16(v)>>8))
	}
	return b
}
