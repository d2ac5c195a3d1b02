package call

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/asr/asrtest"
	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/tts/ttstest"
)

// mind answers by a table: what it was told (input kind and words) to what it does.
type mind struct {
	mu      sync.Mutex
	answers map[string]flows.Output // by "start", "said WORDS", "digits KEYS", "silence", "acted OUTCOME", "returned OUTCOME", "hangup"
	told    []flows.Input
	err     error         // of every turn but start
	takes   time.Duration // each turn
	fails   func(flows.Input) error
}

func (m *mind) Turn(ctx context.Context, st flows.State, in flows.Input) (flows.Output, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.takes > 0 {
		select {
		case <-time.After(m.takes):
		case <-ctx.Done():
			return flows.Output{}, context.Cause(ctx)
		}
	}
	m.told = append(m.told, in)
	key := string(in.Kind)
	switch in.Kind {
	case flows.Said, flows.Aside:
		key += " " + in.Text
	case flows.Digits:
		key += " " + in.Digits
	case flows.Acted, flows.Returned:
		key += " " + in.Outcome
	}
	if m.fails != nil {
		if err := m.fails(in); err != nil {
			return flows.Output{}, err
		}
	}
	out, ok := m.answers[strings.TrimSpace(key)]
	if !ok {
		if in.Kind == flows.Hangup {
			out = flows.Output{Next: flows.End, Outcome: "abandoned"}
		} else {
			return flows.Output{}, fmt.Errorf("test: no answer for %q", key)
		}
	}
	out.State = flows.State{Raw: json.RawMessage(`{}`)}
	return out, nil
}

// kinds lists what the mind was told, "said bonjour|silence".
func (m *mind) kinds() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for _, in := range m.told {
		out = append(out, strings.TrimSpace(string(in.Kind)+" "+in.Text+in.Digits+in.Outcome))
	}
	return strings.Join(out, "|")
}

func prompt(text string) flows.Prompt {
	return flows.Prompt{ID: "t/" + strings.Fields(text)[0], Text: text, Voice: text, Barge: true}
}

func listen(text string) flows.Output {
	return flows.Output{Say: []flows.Prompt{prompt(text)}, Next: flows.Listen, Expect: flows.Expect{Silence: 5 * time.Second}}
}

func end(text, outcome string) flows.Output {
	return flows.Output{Say: []flows.Prompt{prompt(text)}, Next: flows.End, Outcome: outcome}
}

// notes is a Recorder that remembers.
type notes struct {
	mu     sync.Mutex
	began  time.Time
	bodies []event.Body
	at     []time.Duration
}

func (n *notes) Write(b event.Body) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bodies = append(n.bodies, b)
	n.at = append(n.at, time.Since(n.began))
}

func all[T event.Body](n *notes) (out []T) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, b := range n.bodies {
		if t, ok := b.(T); ok {
			out = append(out, t)
		}
	}
	return out
}

// String is the conversation, for failures.
func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var sb strings.Builder
	for i, b := range n.bodies {
		j, _ := json.Marshal(b)
		fmt.Fprintf(&sb, "%8v %s %s\n", n.at[i], b.Type(), j)
	}
	return sb.String()
}

// stage is everything around one call under test.
type rig struct {
	t     *testing.T
	line  *legtest.Line
	mind  *mind
	ears  *asrtest.Script
	voice *ttstest.Voice
	notes *notes
	s     *Session
	done  chan error
	stop  context.CancelFunc
}

func newRig(t *testing.T, answers map[string]flows.Output, turns ...asrtest.Turn) *rig {
	r := &rig{t: t, line: legtest.New(leg.Info{}), mind: &mind{answers: answers}, ears: &asrtest.Script{Turns: turns},
		voice: &ttstest.Voice{}, notes: &notes{began: time.Now()}, done: make(chan error, 1)}
	r.s = &Session{Conv: "c1", Leg: r.line, Bot: BotInfo{Name: "test", Title: "Test", Lang: "fr"}, Mind: r.mind, Ears: r.ears,
		Mouth: r.voice, Record: r.notes, Config: DefaultConfig(), Metrics: NewMetrics(nil)}
	return r
}

func (r *rig) start() {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.stop = cancel
	go func() { r.done <- r.s.Run(ctx) }()
}

// over waits for the call's end, and checks what must hold of every call.
func (r *rig) over() event.Ended {
	r.t.Helper()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Errorf("run: %v", err)
		}
	case <-time.After(10 * time.Minute):
		r.t.Fatalf("the call did not end\n%v", r.notes)
	}
	r.stop()
	if _, _, ok := r.line.HungUp(); !ok {
		r.t.Error("the leg was not hung up")
	}
	ends := all[event.Ended](r.notes)
	if len(ends) != 1 || r.notes.bodies[len(r.notes.bodies)-1] != event.Body(ends[0]) {
		r.t.Fatalf("%d ends, or not last\n%v", len(ends), r.notes)
	}
	if r.voice.Open() != 0 {
		r.t.Errorf("%d sources were left open", r.voice.Open())
	}
	if r.t.Failed() {
		r.t.Logf("told: %s\n%v", r.mind.kinds(), r.notes)
	}
	return ends[0]
}

// played is every word that left towards the caller.
func (r *rig) played() string { return r.voice.Words(r.line.PCM(0)) }

// spoken waits until the bot has finished a prompt.
func (r *rig) spoken() {
	r.t.Helper()
	if !r.line.AwaitSpoken(30 * time.Second) {
		r.t.Fatalf("the bot said nothing\n%v", r.notes)
	}
}

// says lets the caller speak for d and waits until they have.
func (r *rig) says(d time.Duration) {
	r.line.Say(d)
	time.Sleep(d)
}

func words(text string) asrtest.Turn { return asrtest.Turn{Text: text} }

var hello = map[string]flows.Output{
	"start":                 listen("bonjour je vous écoute"),
	"said où est mon colis": listen("il arrive demain"),
	"said merci au revoir":  end("merci bonne journée", "resolved"),
	"silence":               listen("vous êtes là"),
}

// test runs f in a bubble of virtual time; a goroutine that outlives it fails the test.
func test(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, f)
}

func TestGreetListenAnswerEnd(t *testing.T) {
	test(t, func(t *testing.T) {
		r := newRig(t, hello, words("où est mon colis"), words("merci au revoir"))
		r.start()
		r.spoken()
		r.says(900 * time.Millisecond)
		stopped := r.line.Since()
		r.spoken()
		first, _ := r.line.FirstSound(stopped)
		if d := first - stopped; d <= 0 || d > 900*time.Millisecond {
			t.Errorf("answered after %v", d)
		}
		r.says(900 * time.Millisecond)
		ended := r.over()
		if ended != (event.Ended{Outcome: "resolved", By: "bot", Cause: "normal clearing"}) {
			t.Errorf("ended %+v", ended)
		}
		if got, want := r.played(), "bonjour je vous écoute il arrive demain merci bonne journée"; got != want {
			t.Errorf("played %q, want %q", got, want)
		}
		ps := all[event.Prompted](r.notes)
		if len(ps) != 3 || ps[1].Heard != "il arrive demain" || ps[1].Cut {
			t.Fatalf("prompts %+v", ps)
		}
		if got := time.Duration(ps[1].AnswerMS) * time.Millisecond; got < first-stopped-60*time.Millisecond || got > first-stopped+60*time.Millisecond {
			t.Errorf("answer latency %v, the line says %v", got, first-stopped)
		}
		if sd := all[event.Said](r.notes); len(sd) != 2 || sd[0].Text != "où est mon colis" || sd[0].How != "speech" || sd[0].EndMS-sd[0].StartMS < 700 {
			t.Errorf("said %+v", sd)
		}
	})
}

func TestSilenceLadder(t *testing.T) {
	test(t, func(t *testing.T) {
		a := map[string]flows.Output{"start": listen("bonjour je vous écoute"), "silence": listen("vous êtes là")}
		r := newRig(t, a)
		r.start()
		r.spoken()
		quiet := r.line.Since()
		r.spoken()
		again, _ := r.line.FirstSound(quiet)
		if d := again - quiet; d < 4500*time.Millisecond || d > 5*time.Second {
			t.Errorf("asked again after %v of silence, want 5 s counted from the end of the prompt", d)
		}
		r.mind.mu.Lock()
		a["silence"] = end("au revoir", "abandoned")
		r.mind.mu.Unlock()
		if e := r.over(); e.Outcome != "abandoned" || e.By != "bot" {
			t.Errorf("ended %+v", e)
		}
		if s := all[event.Silent](r.notes); len(s) != 2 || s[0].ForMS != 5000 {
			t.Errorf("silences %+v", s)
		}
	})
}
