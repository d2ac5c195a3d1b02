package speech

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// Vosk serves recognition as vosk-server does; it returns ws://host:port. After
// https://github.com/alphacep/vosk-server, websocket/README.md and asr_server.py: an optional
// message {"config": …}, binary audio, one answer a message, the text message {"eof" : 1}, the
// last result, the end.
func (s *Server) Vosk(t testing.TB) string {
	return ws(s.web(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		if s.Fault == Refuses {
			http.Error(w, "not you, "+r.Header.Get("Authorization"), http.StatusForbidden)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(1 << 20)
		if s.Fault == Deaf {
			<-ctx.Done()
			return
		}
		(&voskPeer{s: s, conn: conn, rate: 8000}).serve(ctx)
	}))
}

type voskPeer struct {
	s    *Server
	conn *websocket.Conn
	rate int
	pcm  []int16
	done int // words in results so far
	last string
}

func (p *voskPeer) serve(ctx context.Context) {
	for {
		kind, b, err := p.conn.Read(ctx)
		if err != nil {
			return
		}
		if kind == websocket.MessageText && strings.Contains(string(b), "config") {
			var m struct{ Config map[string]any }
			if json.Unmarshal(b, &m) != nil {
				return
			}
			p.s.asked(m.Config)
			if rate, ok := m.Config["sample_rate"].(float64); ok {
				p.rate = int(rate)
			}
			continue
		}
		eof := kind == websocket.MessageText && string(b) == `{"eof" : 1}`
		if !eof {
			p.pcm = append(p.pcm, samples(b)...)
		}
		if !p.answer(ctx, eof) {
			return
		}
		if eof {
			p.conn.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

// answer sends a partial, or a result after every third word and at the end.
func (p *voskPeer) answer(ctx context.Context, eof bool) bool {
	if !eof && !p.s.Partials && p.s.Fault != Dies && p.s.Fault != Garbage {
		return p.send(ctx, map[string]any{"partial": ""})
	}
	words := strings.Fields(Hear(p.pcm, p.rate))
	fresh := words[min(p.done, len(words)):]
	switch {
	case p.s.Fault == Silent:
		if eof {
			<-ctx.Done()
		}
		return true
	case p.s.Fault == Dies && len(words) > 0:
		return false
	case p.s.Fault == Garbage && len(words) > 0:
		return p.conn.Write(ctx, websocket.MessageText, []byte("<html>"+strings.Join(words, " ")+p.s.Secret)) == nil
	}
	if !eof && len(fresh) < 3 {
		return p.send(ctx, map[string]any{"partial": strings.Join(fresh, " ")})
	}
	p.done = len(words)
	if eof {
		p.s.note(strings.Join(words, " "))
		p.s.late(ctx)
	}
	var result []any
	for i, w := range fresh {
		result = append(result, map[string]any{"word": w, "conf": .9, "start": .18 * float64(i), "end": .18*float64(i) + .12})
	}
	m := map[string]any{"text": strings.Join(fresh, " ")}
	if len(result) > 0 {
		m["result"] = result
	}
	return p.send(ctx, m)
}

func (p *voskPeer) send(ctx context.Context, m map[string]any) bool {
	b, _ := json.MarshalIndent(m, "", "  ") // as Vosk writes it
	return p.conn.Write(ctx, websocket.MessageText, b) == nil
}
