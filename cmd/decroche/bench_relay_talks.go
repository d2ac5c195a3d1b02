package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
	"decroche/tts/espeak"
)

// relayScene is a hotline and its callers, whom a line lies between.
type relayScene struct {
	server *server
	target string        // SIP address
	stay   time.Duration // longest call
	hash   string        // of what the callers say
	close  func()
	// caller makes caller i, for one wave.
	caller func(ctx context.Context, i int) *callers.Dialogue
	// judge tells from the record of caller i what went wrong; "" when they got what they wanted.
	judge func(rec record, i int) string
}

// wrong reads the record of caller i's conversation and judges it.
func (s *relayScene) wrong(ctx context.Context, i int, conv string) string {
	rec, err := waitRecord(ctx, s.server.set.api(), conv)
	if err != nil {
		return err.Error()
	}
	return s.judge(rec, i)
}

// mockTalks are conversations with the airline and mock engines. They succeed when each line was
// heard to its end, as the only words of its turn, and answered with the number that came with it.
func mockTalks(ctx context.Context, c *benchRelayCmd) (*relayScene, error) {
	set, err := (&benchConversationCmd{Engine: "mock", Ladder: []int{c.Calls}, Waves: 1, Turns: 8, Off: c.Off}).scene(ctx)
	if err != nil {
		return nil, err
	}
	var whole []callers.Line
	for i, s := range bench.AirlineLines(8) {
		if s.Then == "" && len(whole) < c.Turns {
			whole = append(whole, set.lines[i])
		}
	}
	return &relayScene{
		server: &set.server, target: "sip:bench@" + set.server.set.sip, hash: set.report.Fixtures, close: set.close,
		stay: time.Duration(len(whole)+2) * 20 * time.Second,
		caller: func(_ context.Context, i int) *callers.Dialogue {
			return &callers.Dialogue{Lines: whole, Quiet: 500 * time.Millisecond, Pause: time.Duration(i*37%1000) * time.Millisecond, Patience: 10 * time.Second}
		},
		judge: func(rec record, _ int) string { return answeredEach(rec, whole) },
	}, nil
}

var answers = regexp.MustCompile(bench.Answers)

// answeredEach tells what in a record is not line after line, each with its answer.
func answeredEach(rec record, lines []callers.Line) string {
	said, told := []string{}, 0
	for _, e := range rec.Events {
		var b struct{ Text string }
		if json.Unmarshal(e.Body, &b) != nil {
			continue
		}
		switch {
		case e.Type == "said":
			said = append(said, b.Text)
		case e.Type == "prompted" && answers.MatchString(b.Text):
			told++
		}
	}
	for i, l := range lines {
		if i >= len(said) {
			return fmt.Sprintf("of %q nothing was heard", l.Name)
		}
		if number, ok := strings.CutPrefix(said[i], l.Name+" "); !ok || len(number) != 4 {
			return fmt.Sprintf("%q was heard as %q", l.Name, said[i])
		}
	}
	switch {
	case len(said) > len(lines):
		return fmt.Sprintf("heard beside what was said: %q", said[len(lines):])
	case told != len(lines):
		return fmt.Sprintf("%d lines were answered %d times", len(lines), told)
	}
	return ""
}

// What the callers of the demo hotline say.
const (
	sayWant = iota
	sayWhich
	sayNumber
	sayYes
	sayNo
	sayHours
	demoLines // how many: hang up
)

// demoSaid are the recipes of the lines that one voice says: digits one by one, in pairs, since
// tens are ambiguous however good the line ("cinquante-quatre, vingt" and "cinquante,
// quatre-vingts").
func demoSaid(voice int) []bench.Spec {
	specs, number := make([]bench.Spec, demoLines), oneByOne(demoOrders[voice%len(demoOrders)].number)
	for i, text := range [demoLines]string{
		sayWant: wants["fr"][voice%len(wants["fr"])], sayWhich: meant["fr"],
		sayNumber: number, sayYes: yes["fr"], sayNo: no["fr"] + number, sayHours: "quels sont vos horaires d'ouverture ?",
	} {
		specs[i] = bench.Spec{Text: text, Lang: "fr", Voice: accents["fr"][0] + "+" + unseen[voice]}
	}
	return specs
}

// oneByOne says digits in French, a breath between the pairs.
func oneByOne(digits string) string {
	names := [...]string{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"}
	var b strings.Builder
	for i, d := range digits {
		switch {
		case i == 0:
		case i%2 == 0:
			b.WriteString(", ")
		default:
			b.WriteString(" ")
		}
		b.WriteString(names[d-'0'])
	}
	return b.String()
}

// mostTurns is how many turns a caller takes before giving up; three or four are needed.
const mostTurns = 10

// demoTalks are calls to the demo hotline with the embedded recogniser: where is my parcel, the
// eight digits, yes or no to a number that was read back, the opening hours. They succeed when the
// right parcel was looked up and told of, and then the hours: as with people, a question may be
// asked again. Callers speak with voices that the recogniser was not trained on.
func demoTalks(ctx context.Context, c *benchRelayCmd) (*relayScene, error) {
	mouth, err := espeak.New(espeak.DefaultConfig())
	if err != nil {
		return nil, fmt.Errorf("callers speak with espeak-ng: %w", err)
	}
	said := make([][]callers.Line, len(unseen)) // by voice
	var all []bench.Fixture
	for v := range unseen {
		fixtures, err := bench.Make(ctx, mouth, demoSaid(v))
		if err != nil {
			return nil, err
		}
		for _, f := range fixtures {
			said[v] = append(said[v], callers.Line{Name: f.Text, Clip: callers.NewClip(f.PCM)})
		}
		all = append(all, fixtures...)
	}
	agent, err := newLine(ctx, nil) // nobody is handed over, but the hotline has people
	if err != nil {
		return nil, err
	}
	s := &relayScene{server: &server{}, hash: bench.Hash(all), stay: mostTurns * 30 * time.Second}
	if s.server.set, err = startScenery(ctx, c.Systems, agent.server.Addr(), fmt.Sprintf("max_calls: %d\nlog_level: warn", c.Calls+10)); err != nil {
		agent.close()
		return nil, err
	}
	s.server.pid, s.target = s.server.set.gatewayPID(), "sip:hotline@"+s.server.set.sip
	s.close = func() { s.server.set.stop(); agent.close() }
	order := func(i int) string { return demoOrders[i%len(unseen)%len(demoOrders)].number }
	s.caller = func(ctx context.Context, i int) *callers.Dialogue {
		w := &demoCaller{ctx: ctx, said: said[i%len(said)], person: person{api: s.server.set.api(), order: order(i)}}
		return &callers.Dialogue{Lines: said[i%len(said)], Next: w.next, Quiet: time.Second, Pause: time.Duration(i*37%1000) * time.Millisecond, Patience: 10 * time.Second}
	}
	s.judge = func(rec record, i int) string {
		d := demoCall{Order: order(i)}
		d.judge(rec, demoOrders[i%len(unseen)%len(demoOrders)].answer["fr"])
		switch {
		case !d.Found:
			return "the parcel was not found by its number"
		case !d.Answered:
			return "the parcel's answer was not said"
		case !toldHours(rec):
			return "the opening hours were not said"
		}
		return ""
	}
	return s, nil
}

// toldHours tells whether the record shows that the caller heard the opening hours.
func toldHours(rec record) bool {
	for _, e := range rec.Events {
		var b struct{ Text string }
		if e.Type == "prompted" && json.Unmarshal(e.Body, &b) == nil && strings.Contains(b.Text, "lundi au samedi") {
			return true
		}
	}
	return false
}

// demoCaller knows what to say next from the gateway's live record, as a person who heard the
// question would. It reads it on a goroutine of its own, which ends with the answer.
type demoCaller struct {
	ctx    context.Context // of the wave
	said   []callers.Line
	person person
	turns  int // owned by next

	mu      sync.Mutex
	reading bool
	known   bool
	line    int
	err     error
}

// next is callers.Dialogue.Next.
func (w *demoCaller) next(c *callers.Call, said int) (line int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.known:
		w.known, w.reading = false, false
		if w.turns++; w.err == nil && w.line < demoLines && w.turns >= mostTurns {
			w.err = fmt.Errorf("%d turns led nowhere, the last said %q", w.turns, w.said[said].Name)
		}
		if w.err != nil {
			c.Fail(w.err)
		}
		return w.line, true
	case !w.reading:
		w.reading, w.person.conv = true, c.Tag
		go w.read(said)
	}
	return 0, false
}

// read finds out what the bot wants now that the caller has said a line.
func (w *demoCaller) read(said int) {
	line, err := w.after(said)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line, w.err, w.known = line, err, true
}

func (w *demoCaller) after(said int) (int, error) {
	ctx, cancel := context.WithTimeoutCause(w.ctx, 20*time.Second, errors.New("the gateway's record could not be read within 20 s"))
	defer cancel()
	if said == sayHours {
		rec, err := w.person.api.conversation(ctx, w.person.conv)
		if err == nil && toldHours(rec) {
			return demoLines, nil
		}
		return sayHours, err
	}
	ask, err := w.person.asked(ctx)
	switch {
	case err != nil:
		return demoLines, err
	case ask == "answer":
		return sayHours, nil
	case ask == "which":
		return sayWhich, nil
	case ask == "right":
		return sayYes, nil
	case ask == "wrong":
		return sayNo, nil
	case ask == "number":
		return sayNumber, nil
	}
	if said == sayYes || said == sayNo { // it did not tell the number to be asked for again in the usual words
		return sayNumber, nil
	}
	return said, nil
}
