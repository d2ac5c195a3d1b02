package flowtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/flows"
)

// clock is the first instant of conversations that name none.
var clock = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// maxActs bounds the requests of one turn: a flow that asks for ever would play for ever.
const maxActs = 50

// player plays one conversation.
type player struct {
	engine *flows.Engine
	now    time.Time
	state  flows.State
	out    flows.Output   // of the last turn
	turns  []flows.Output // since the caller last did something
	said   []flows.Prompt // by the bot since then
	script strings.Builder
	answer func(*flows.Act) (answer, error)
	cut    *string
	spoken string // language of the next words
	fixes  []Fix  // collected when update is set
	update bool
	record bool
	kept   []Turn // when record is set
}

// play returns "" or the diff, with Options.Update the expectations to rewrite, and with
// Options.Record the turns.
func play(bot *flows.Bot, c conversation, opt Options) (diff string, fixes []Fix, turns []Turn) {
	stubs := &stubs{replies: c.http, used: map[string]int{}}
	p := &player{engine: bot.Engine(), now: c.now, answer: stubs.answer, update: opt.Update, record: opt.Record}
	if p.record {
		p.kept = []Turn{{}}
	}
	if err := p.turn(flows.Input{Kind: flows.Start, Channel: c.channel, Lang: c.lang, Caller: c.caller}); err != nil {
		return p.failed(0, c.line, "the conversation begins", err.Error()), nil, p.kept
	}
	for i, s := range c.steps {
		want, got, err := p.step(s)
		switch {
		case err != nil:
			if diff == "" {
				diff = p.failed(i+1, s.line, s.key, err.Error())
			}
			return diff, nil, p.kept
		case want != "" && diff == "":
			if diff = p.failed(i+1, s.line, want, got); !p.record {
				return diff, nil, nil
			}
		}
	}
	return diff, p.fixes, p.kept
}

func (p *player) failed(step, line int, want, got string) string {
	return fmt.Sprintf("%s- %s\n+ %s\n(step %d, line %d)", p.script.String(), want, got, step, line)
}

// step plays one step. want is not empty when it did not hold.
func (p *player) step(s step) (want, got string, err error) {
	switch s.key {
	case "cut":
		p.cut = &s.text
		return "", "", nil
	case "spoken":
		p.spoken = s.text
		return "", "", nil
	case "user", "asr", "dtmf", "quick", "silence", "returned", "channel", "hangup":
		in, shown, err := p.input(s)
		if err != nil {
			return "", "", err
		}
		return "", "", p.caller(shown, in)
	}
	if want, got = p.check(s); want != "" && p.update && s.key == "bot" {
		if f, ok := p.fix(s); ok {
			p.fixes = append(p.fixes, f)
			return "", "", nil
		}
	}
	return want, got, nil
}

// input is what the caller does, for the engine and for people.
func (p *player) input(s step) (in flows.Input, shown string, err error) {
	switch s.key {
	case "user":
		return flows.Input{Kind: flows.Said, Text: s.text, Confidence: 1}, s.text, nil
	case "asr":
		in = flows.Input{Kind: flows.Said, Text: s.heard[0].text, Confidence: s.heard[0].conf}
		for _, h := range s.heard[1:] {
			in.Alternatives = append(in.Alternatives, flows.Alternative{Text: h.text, Confidence: h.conf})
		}
		return in, fmt.Sprintf("%s (%.2f)", in.Text, in.Confidence), nil
	case "dtmf":
		return flows.Input{Kind: flows.Digits, Digits: s.text}, "[" + s.text + "]", nil
	case "quick":
		offered := p.buttons()
		if !slices.ContainsFunc(offered, func(q string) bool { return normal(q) == normal(s.text) }) {
			return in, "", fmt.Errorf("there is no button %q; the bot offers %q", s.text, offered)
		}
		return flows.Input{Kind: flows.Said, Text: s.text, Confidence: 1}, "(" + s.text + ")", nil
	case "silence":
		p.now = p.now.Add(s.wait)
		return flows.Input{Kind: flows.Silence}, "(" + s.wait.String() + " of silence)", nil
	case "returned":
		return flows.Input{Kind: flows.Returned, Outcome: s.text}, "(hand-off: " + s.text + ")", nil
	case "channel":
		return flows.Input{Kind: flows.Moved, Channel: flows.Channel(s.text), Caller: s.caller}, "(goes on by " + s.text + ")", nil
	}
	return flows.Input{Kind: flows.Hangup}, "(hangs up)", nil
}

// buttons are those of the last prompts that have some.
func (p *player) buttons() (out []string) {
	for _, pr := range p.said {
		if len(pr.Quick) > 0 {
			out = pr.Quick
		}
	}
	return out
}

func (p *player) caller(shown string, in flows.Input) error {
	fmt.Fprintf(&p.script, "  user: %s\n", shown)
	if p.cut != nil {
		in.Cut, in.Heard, p.cut = true, *p.cut, nil
	}
	if in.Kind == flows.Said {
		in.Lang, p.spoken = p.spoken, ""
	}
	p.said, p.turns = nil, nil
	if p.record {
		p.kept = append(p.kept, Turn{Caller: shown})
	}
	return p.turn(in)
}

// turn runs one input and the actions that it leads to.
func (p *player) turn(in flows.Input) error {
	for range maxActs {
		p.now = p.now.Add(time.Second)
		in.Now = p.now
		out, err := p.engine.Turn(context.Background(), p.state, in)
		if err != nil {
			return err
		}
		p.state, p.out = out.State, out
		p.turns = append(p.turns, out)
		if p.record {
			last := &p.kept[len(p.kept)-1]
			last.Outputs = append(last.Outputs, out)
		}
		for _, pr := range out.Say {
			p.prompt(pr)
		}
		p.happened(out)
		if out.Next != flows.DoAct {
			return nil
		}
		if in, err = p.act(out); err != nil {
			return err
		}
	}
	return fmt.Errorf("the bot made %d requests in one turn and asks for another", maxActs)
}

// happened writes down what is not said.
func (p *player) happened(out flows.Output) {
	if t := out.Transfer; t != nil {
		if t.Say.Text != "" && (len(out.Say) == 0 || out.Say[len(out.Say)-1].Text != t.Say.Text) {
			p.prompt(t.Say)
		}
		fmt.Fprintf(&p.script, "  (transfer: %s %s; %s)\n", t.Reason, strings.Join(t.Skills, "+"), t.Briefing)
	}
	if out.Callback != nil {
		fmt.Fprintf(&p.script, "  (callback: %s, %s)\n", out.Callback.Phone, out.Callback.Reason)
	}
	if out.Rating != nil {
		fmt.Fprintf(&p.script, "  (rating: %s %d/%d)\n", out.Rating.Survey, out.Rating.Score, out.Rating.Scale)
	}
	if out.Next == flows.End {
		fmt.Fprintf(&p.script, "  (end: %s)\n", out.Outcome)
	}
}

func (p *player) prompt(pr flows.Prompt) {
	p.said = append(p.said, pr)
	fmt.Fprintf(&p.script, "  bot : %s\n", pr.Text)
}

// answer is how an action ended.
type answer struct {
	outcome string
	status  int
	body    any
	after   time.Duration
}

// act has an action done and tells the engine how it ended.
func (p *player) act(out flows.Output) (flows.Input, error) {
	a, err := p.answer(out.Act)
	if err != nil {
		return flows.Input{}, err
	}
	if a.after > out.Act.FillerAfter && out.Act.Filler.Voice != "" {
		p.prompt(out.Act.Filler)
	}
	p.now = p.now.Add(a.after)
	name, _ := out.Act.Args["name"].(string)
	fmt.Fprintf(&p.script, "  (http %s: %s)\n", name, a.outcome)
	return flows.Input{Kind: flows.Acted, Outcome: a.outcome, Result: map[string]any{"status": a.status, "body": a.body}}, nil
}

// stubs answer in the place of the systems.
type stubs struct {
	replies map[string][]reply
	used    map[string]int
}

func (s *stubs) answer(act *flows.Act) (answer, error) {
	name, _ := act.Args["name"].(string)
	address, _ := act.Args["url"].(string)
	list := s.replies[name]
	if len(list) == 0 {
		return answer{}, fmt.Errorf("the bot calls http %q (%s); write what it answers under http:", name, address)
	}
	r := list[min(s.used[name], len(list)-1)]
	s.used[name]++
	if r.request != nil {
		if err := r.request.check(act); err != nil {
			return answer{}, fmt.Errorf("http %q %w", name, err)
		}
	}
	a := answer{outcome: r.outcome, status: r.status, body: r.body, after: r.after}
	switch {
	case r.after > act.Deadline:
		a.outcome, a.after = "timeout", act.Deadline
	case a.outcome == "" && r.status >= 200 && r.status < 300:
		a.outcome = "ok"
	case a.outcome == "":
		a.outcome = strconv.Itoa(r.status)
	}
	return a, nil
}

// check holds what was asked for against what should have been.
func (q *request) check(act *flows.Act) error {
	if got, _ := act.Args["url"].(string); !strings.Contains(got, q.url) {
		return fmt.Errorf("asked for %s, not for %s", got, q.url)
	}
	if got, _ := act.Args["method"].(string); q.method != "" && got != q.method {
		return fmt.Errorf("was a %s, not a %s", got, q.method)
	}
	headers, _ := act.Args["headers"].(map[string]any)
	for _, h := range q.headers {
		found := false
		for name, v := range headers {
			found = found || strings.EqualFold(name, h[0]) && fmt.Sprint(v) == h[1]
		}
		if !found {
			return fmt.Errorf("has not the header %s: %s, but %v", h[0], h[1], headers)
		}
	}
	if q.body == nil {
		return nil
	}
	got, err := plainJSON(act.Args["body"])
	if err != nil {
		return errors.New("has a body that is no JSON")
	}
	if at, ok := holds(got, q.body); !ok {
		return fmt.Errorf("has another body%s: %v", at, got)
	}
	return nil
}
