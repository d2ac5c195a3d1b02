package flowtest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"decroche/flows"
)

// clock is the first instant of conversations that name none.
var clock = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// player plays one conversation.
type player struct {
	engine *flows.Engine
	now    time.Time
	state  flows.State
	out    flows.Output   // of the last turn
	turns  []flows.Output // since the caller last did something
	said   []string       // by the bot since then, as shown and as spoken
	script strings.Builder
	http   map[string]stub
	used   map[string]int
	cut    *string
}

// play returns "" or the diff.
func play(bot *flows.Bot, c conversation) string {
	p := &player{engine: bot.Engine(), now: clock, http: c.HTTP, used: map[string]int{}}
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Sprintf("now: %v; write it as 2026-11-23T10:00:00+01:00", err)
		}
		p.now = at
	}
	if err := p.turn(flows.Input{Kind: flows.Start, Channel: c.Channel, Lang: c.Lang, Caller: c.Caller}); err != nil {
		return p.failed(0, "the conversation begins", err.Error())
	}
	for i, s := range c.Steps {
		want, got, err := p.step(s)
		switch {
		case err != nil:
			return p.failed(i+1, "step "+strconv.Itoa(i+1), err.Error())
		case want != "":
			return p.failed(i+1, want, got)
		}
	}
	return ""
}

func (p *player) failed(step int, want, got string) string {
	return fmt.Sprintf("%s- %s\n+ %s\n(step %d)", p.script.String(), want, got, step)
}

// step plays one step. want is not empty when it did not hold.
func (p *player) step(s step) (want, got string, err error) {
	switch {
	case s.User != nil:
		return "", "", p.caller(*s.User, flows.Input{Kind: flows.Said, Text: *s.User, Confidence: 1})
	case s.ASR != nil:
		in := flows.Input{Kind: flows.Said, Text: s.ASR[0].Text, Confidence: s.ASR[0].Conf}
		for _, h := range s.ASR[1:] {
			in.Alternatives = append(in.Alternatives, flows.Alternative{Text: h.Text, Confidence: h.Conf})
		}
		return "", "", p.caller(fmt.Sprintf("%s (%.2f)", in.Text, in.Confidence), in)
	case s.DTMF != nil:
		return "", "", p.caller("["+*s.DTMF+"]", flows.Input{Kind: flows.Digits, Digits: *s.DTMF})
	case s.Silence != nil:
		p.now = p.now.Add(*s.Silence)
		return "", "", p.caller("("+s.Silence.String()+" of silence)", flows.Input{Kind: flows.Silence})
	case s.Returned != nil:
		return "", "", p.caller("(hand-off: "+*s.Returned+")", flows.Input{Kind: flows.Returned, Outcome: *s.Returned})
	case s.Hangup:
		return "", "", p.caller("(hangs up)", flows.Input{Kind: flows.Hangup})
	case s.Cut != nil:
		p.cut = s.Cut
		return "", "", nil
	}
	want, got = p.check(s)
	return want, got, nil
}

func (p *player) caller(shown string, in flows.Input) error {
	fmt.Fprintf(&p.script, "  user: %s\n", shown)
	if p.cut != nil {
		in.Cut, in.Heard, p.cut = true, *p.cut, nil
	}
	p.said, p.turns = nil, nil
	return p.turn(in)
}

// turn runs one input and the actions that it leads to.
func (p *player) turn(in flows.Input) error {
	for {
		p.now = p.now.Add(time.Second)
		in.Now = p.now
		out, err := p.engine.Turn(context.Background(), p.state, in)
		if err != nil {
			return err
		}
		p.state, p.out = out.State, out
		p.turns = append(p.turns, out)
		for _, pr := range out.Say {
			p.prompt(pr)
		}
		if out.Transfer != nil {
			if out.Transfer.Say.Text != "" {
				p.prompt(out.Transfer.Say)
			}
			fmt.Fprintf(&p.script, "  (transfer: %s %s; %s)\n", out.Transfer.Reason, strings.Join(out.Transfer.Skills, "+"), out.Transfer.Briefing)
		}
		if out.Callback != nil {
			fmt.Fprintf(&p.script, "  (callback: %s, %s)\n", out.Callback.Phone, out.Callback.Reason)
		}
		if out.Next == flows.End {
			fmt.Fprintf(&p.script, "  (end: %s)\n", out.Outcome)
		}
		if out.Next != flows.DoAct {
			return nil
		}
		if in, err = p.act(out); err != nil {
			return err
		}
	}
}

func (p *player) prompt(pr flows.Prompt) {
	p.said = append(p.said, pr.Text, pr.Voice)
	fmt.Fprintf(&p.script, "  bot : %s\n", pr.Text)
}

// act answers an action from the stubs.
func (p *player) act(out flows.Output) (flows.Input, error) {
	name, _ := out.Act.Args["name"].(string)
	address, _ := out.Act.Args["url"].(string)
	st, ok := p.http[name]
	if !ok || len(st.replies) == 0 {
		return flows.Input{}, fmt.Errorf("the bot calls http %q (%s); write what it answers under http:", name, address)
	}
	n := min(p.used[name], len(st.replies)-1)
	p.used[name]++
	r := st.replies[n]
	if r.URL != "" && !strings.Contains(address, r.URL) {
		return flows.Input{}, fmt.Errorf("http %q asked for %s, not for %s", name, address, r.URL)
	}
	if r.After > out.Act.FillerAfter && out.Act.Filler.Voice != "" {
		p.prompt(out.Act.Filler)
	}
	outcome := r.Outcome
	switch {
	case r.After > out.Act.Deadline:
		outcome = "timeout"
	case outcome == "" && r.Status >= 200 && r.Status < 300:
		outcome = "ok"
	case outcome == "":
		outcome = strconv.Itoa(r.Status)
	}
	p.now = p.now.Add(r.After)
	fmt.Fprintf(&p.script, "  (http %s: %s)\n", name, outcome)
	body, err := plainJSON(r.Body)
	if err != nil {
		return flows.Input{}, fmt.Errorf("http %q: body: %w", name, err)
	}
	return flows.Input{Kind: flows.Acted, Outcome: outcome, Result: map[string]any{"status": r.Status, "body": body}}, nil
}

// plainJSON gives a YAML value the types that a JSON response has.
func plainJSON(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(raw, &out)
	return out, err
}

// same makes typography irrelevant: apostrophes and spaces of every width.
var same = strings.NewReplacer("’", "'", "\u202f", " ", "\u00a0", " ", "«", `"`, "»", `"`)

func normal(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(same.Replace(s)), " "))
}

// says reports whether the bot's words hold the text or match the /expression/.
func (p *player) says(want string) (bool, error) {
	all := normal(strings.Join(p.said, "\n"))
	if len(want) > 1 && strings.HasPrefix(want, "/") && strings.HasSuffix(want, "/") {
		re, err := regexp.Compile("(?i)" + same.Replace(want[1:len(want)-1]))
		if err != nil {
			return false, err
		}
		return re.MatchString(all), nil
	}
	return strings.Contains(all, normal(want)), nil
}

// check holds an expectation against what happened.
func (p *player) check(s step) (want, got string) {
	switch {
	case s.Bot != nil || s.Quiet != nil:
		text, not := s.Bot, false
		if text == nil {
			text, not = s.Quiet, true
		}
		ok, err := p.says(*text)
		if err != nil {
			return "bot : " + *text, err.Error()
		}
		if ok != not {
			return "", ""
		}
		var shown []string
		for i := 0; i < len(p.said); i += 2 {
			shown = append(shown, p.said[i])
		}
		if not {
			return "bot does not say: " + *text, "bot : " + strings.Join(shown, " ")
		}
		return "bot : " + *text, "bot : " + strings.Join(shown, " ")
	case s.Slot != nil:
		return p.checkSlots(s.Slot)
	case s.Flow != nil:
		passed := map[string]bool{}
		for _, o := range p.turns {
			for _, st := range o.Trace {
				passed[st.Flow] = true
			}
		}
		return differs("flow", *s.Flow, strings.Join(keys(passed), ", "), passed[*s.Flow])
	case s.Lang != nil:
		return differs("lang", *s.Lang, p.out.Lang, p.out.Lang == *s.Lang)
	case s.Outcome != nil:
		return differs("outcome", *s.Outcome, fmt.Sprintf("%s %s", p.out.Next, p.out.Outcome), p.out.Next == flows.End && p.out.Outcome == *s.Outcome)
	case s.Event != nil:
		return p.checkEvent(s.Event)
	}
	return "a step that does or checks something", "an empty step"
}

func differs(what, want, got string, ok bool) (string, string) {
	if ok {
		return "", ""
	}
	return what + ": " + want, what + ": " + got
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (p *player) checkSlots(want map[string]string) (string, string) {
	have := map[string]string{}
	for _, s := range p.out.Slots {
		have[s.Name] = s.Value
	}
	for name, v := range want {
		if have[name] != v {
			return fmt.Sprintf("slot: %s = %q", name, v), fmt.Sprintf("slot: %s = %q", name, have[name])
		}
	}
	return "", ""
}

func (p *player) checkEvent(e *event) (string, string) {
	switch {
	case e.Transfer != nil:
		tr := p.out.Transfer
		if tr == nil {
			return "event: transfer", "event: " + string(p.out.Next)
		}
		w := e.Transfer
		got := fmt.Sprintf("transfer: reason %s, skills %v, topic %q, briefing %q, summary %q", tr.Reason, tr.Skills, tr.Topic, tr.Briefing, tr.Summary)
		ok := (w.Reason == "" || w.Reason == tr.Reason) && (w.Skills == nil || equal(w.Skills, tr.Skills)) &&
			strings.Contains(normal(tr.Topic), normal(w.Topic)) && strings.Contains(normal(tr.Briefing), normal(w.Briefing)) &&
			strings.Contains(normal(strings.Join(tr.Summary, " ")), normal(w.Summary))
		return differs("event", fmt.Sprintf("transfer: %+v", *w), got, ok)
	case e.Callback != nil:
		for _, o := range p.turns {
			if cb := o.Callback; cb != nil {
				w := e.Callback
				ok := (w.Phone == "" || w.Phone == cb.Phone) && (w.Reason == "" || w.Reason == cb.Reason) && (w.Window == "" || w.Window == cb.Window)
				return differs("event", fmt.Sprintf("callback: %+v", *w), fmt.Sprintf("callback: %+v", *cb), ok)
			}
		}
		return "event: callback", "event: " + string(p.out.Next)
	case e.Act != nil:
		for _, o := range p.turns {
			if o.Act == nil {
				continue
			}
			name, _ := o.Act.Args["name"].(string)
			method, _ := o.Act.Args["method"].(string)
			address, _ := o.Act.Args["url"].(string)
			w := e.Act
			if (w.Name == "" || w.Name == name) && (w.Method == "" || w.Method == method) && strings.Contains(address, w.URL) {
				return "", ""
			}
		}
		return fmt.Sprintf("event: act %+v", *e.Act), "event: no such action"
	}
	happened := map[string]bool{string(p.out.Next): true}
	for _, o := range p.turns {
		happened["act"] = happened["act"] || o.Act != nil
		happened["callback"] = happened["callback"] || o.Callback != nil
		happened["transfer"] = happened["transfer"] || o.Transfer != nil
		for _, st := range o.Trace {
			happened[st.Note] = true
		}
	}
	return differs("event", e.word, strings.Join(keys(happened), ", "), happened[e.word])
}

func equal(a, b []string) bool {
	return strings.Join(a, "\x00") == strings.Join(b, "\x00")
}
