package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// passHTTP asks the host for a request.
func (t *turn) passHTTP(s *step) {
	h := s.http
	address, missing := h.url.raw(t.scope(), true)
	if len(missing) > 0 {
		t.noteHere("no value for %s", strings.Join(missing, ", "))
		t.jump(h.outcomes["error"])
		return
	}
	headers := map[string]any{}
	for _, hd := range h.headers {
		if _, secret := secretName(hd.value.src); secret {
			headers[hd.name] = hd.value.src
			continue
		}
		v, _ := hd.value.raw(t.scope(), false)
		if strings.HasPrefix(v, "secret:") || strings.ContainsAny(v, "\r\n") {
			v = "" // what a caller said never becomes a secret or a second header
		}
		headers[hd.name] = v
	}
	args := map[string]any{"name": h.name, "method": h.method, "url": address, "headers": headers,
		"retry": h.retry, "timeout_ms": int(h.timeout / time.Millisecond)}
	if h.sign != "" {
		args["sign"] = h.sign
	}
	if h.body != nil {
		args["body"] = h.body.json(t.scope())
	}
	t.m.Acts++
	act := &Act{Name: "http", Args: args, FillerAfter: t.b.policy.filler, Late: t.response("waiting_long", nil), LateAfter: t.b.policy.late,
		Deadline: h.timeout*time.Duration(h.retry+1) + 500*time.Millisecond}
	if h.method != "GET" {
		act.IdempotencyKey = t.key(s)
		args["idempotency_key"] = act.IdempotencyKey
	}
	if h.wait != nil {
		act.Filler = t.b.prompt(promptID(s.flow, s.id, "wait"), h.wait, t.m.Lang, t.scope())
	} else {
		act.Filler = t.response("waiting", nil)
	}
	t.m.Wait = wait{For: forAct}
	t.out.Next, t.out.Act = DoAct, act
}

// key names this request of this conversation, the same however often it is sent.
func (t *turn) key(s *step) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s|%d|%s|%s|%s|%d", t.b.Name, t.m.Began.UnixNano(), t.m.Caller, s.flow, s.id, t.m.Acts)))
	return hex.EncodeToString(sum[:16])
}

// acted routes the outcome of a request.
func (t *turn) acted() {
	s := t.current()
	if s == nil || s.http == nil {
		t.run() // the step is gone from a newer bot: go on from the nearest
		return
	}
	outcome := t.in.Outcome
	if outcome == "ok" && !t.save(s) {
		outcome = "error"
	}
	to, routed := s.http.outcomes[outcome]
	if !routed {
		to = s.http.outcomes["error"]
	}
	t.noteHere("%s %s", s.http.name, t.in.Outcome)
	t.jump(to)
	t.run()
}

// save keeps what the flow wants of a response. It reports false when something is not there:
// a system that answers 200 with the wrong document has failed.
func (t *turn) save(s *step) bool {
	env := map[string]any{"body": t.in.Result["body"], "status": asInt(t.in.Result["status"])}
	for _, sv := range s.http.save {
		v, err := sv.from.eval(env)
		if err != nil || v == nil {
			t.noteHere("no value for %s", sv.name)
			return false
		}
		switch x := v.(type) {
		case string:
			if len(x) > t.b.limits.MaxSavedBytes {
				t.noteHere("value of %s is too long", sv.name)
				return false
			}
		case bool, float64:
		case int:
			v = float64(x)
		default:
			t.noteHere("value of %s is neither text, number nor true/false", sv.name)
			return false
		}
		if t.m.Saved == nil {
			t.m.Saved = map[string]any{}
		}
		t.m.Saved[sv.name] = v
	}
	return true
}

func asInt(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}
