package flowtest

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"decroche/flows"
	"decroche/internal/strictyaml"
)

// Talk is a conversation with a bot by hand, turn after turn, on the clock of golden
// conversations: what was talked can be saved as one that passes. One goroutine uses it.
type Talk struct {
	bot   *flows.Bot
	opt   TalkOptions
	p     *player
	stubs *stubs
	notes []string // of systems that nobody answers for, since the caller last did something
	draft Draft
	back  []moment // before each turn, for Undo
	slots map[string]string
}

// TalkOptions say where a Talk takes place.
type TalkOptions struct {
	Channel flows.Channel // voice when empty
	Lang    string        // the bot's default when empty
	Caller  string
	Now     time.Time // the clock when it begins; whole seconds are kept
	Stubs   Stubs     // what the systems answer
	// Live, when set, answers what Stubs do not: with the real systems.
	Live func(*flows.Act) (flows.Done, error)
}

// Stubs are answers of systems, by the name of the step that asks. The nil Stubs answer nothing.
type Stubs map[string][]reply

// ReadStubs reads a file of answers: what stands behind "http:" in a golden conversation. file
// names it in complaints, which are strictyaml.Problems.
func ReadStubs(file string, src []byte) (Stubs, error) {
	root, ps := strictyaml.Parse(file, src)
	if len(ps) > 0 {
		return nil, ps
	}
	out := Stubs{}
	r := &reader{strictyaml.NewReader(file, src)}
	if root != nil {
		for _, kv := range r.Keys(root, "the file") {
			out[kv.Key] = r.stub(kv.Value)
		}
	}
	if len(r.Bad) > 0 {
		return nil, r.Bad
	}
	return out, nil
}

// moment is a Talk before one turn.
type moment struct {
	state flows.State
	out   flows.Output
	turns []flows.Output
	said  []flows.Prompt
	now   time.Time
	used  map[string]int
	draft Draft
	slots map[string]string
}

// NewTalk begins a conversation; Said holds the greeting.
func NewTalk(bot *flows.Bot, opt TalkOptions) (*Talk, error) {
	if opt.Channel == "" {
		opt.Channel = flows.Voice
	}
	opt.Now = opt.Now.Truncate(time.Second).In(bot.Timezone)
	t := &Talk{bot: bot, opt: opt, stubs: &stubs{replies: map[string][]reply{}, used: map[string]int{}}, slots: map[string]string{}}
	for name, list := range opt.Stubs {
		t.stubs.replies[name] = list
	}
	t.p = &player{engine: bot.Engine(), now: opt.Now, answer: t.answer}
	t.draft = Draft{Channel: opt.Channel, Lang: opt.Lang, Caller: opt.Caller, Now: opt.Now}
	if err := t.p.turn(flows.Input{Kind: flows.Start, Channel: opt.Channel, Lang: opt.Lang, Caller: opt.Caller}); err != nil {
		return nil, err
	}
	t.expect()
	return t, nil
}

// Do lets the caller do something: key is a step of golden conversations (user, dtmf, quick,
// silence, returned, channel, hangup), text what stands behind it. A failed Do changes nothing.
func (t *Talk) Do(key, text string) error {
	s := step{key: key, text: text}
	switch key {
	case "silence":
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > time.Hour {
			return fmt.Errorf("%q is not a duration; write it like 6s", text)
		}
		s.wait = d
	case "channel":
		if c := flows.Channel(text); c != flows.Voice && c != flows.Text && c != flows.Speaker {
			return fmt.Errorf("%q is not a channel; there are voice, text and speaker", text)
		}
	case "returned":
		if t.p.out.Next != flows.HandOff {
			return errors.New("no hand-off is out that could end; /returned follows a line (hand-off: …)")
		}
	case "user", "dtmf", "quick", "hangup":
	default:
		return fmt.Errorf("%q is nothing that a caller does", key)
	}
	before := t.moment()
	in, shown, err := t.p.input(s)
	if err == nil {
		t.notes = nil
		err = t.p.caller(shown, in)
	}
	if err != nil {
		t.restore(before)
		return err
	}
	t.back = append(t.back, before)
	if key == "hangup" {
		t.draft.Raw("hangup", "true")
	} else if key == "silence" || key == "channel" || key == "returned" {
		t.draft.Raw(key, text)
	} else {
		t.draft.Add(key, text)
	}
	t.expect()
	return nil
}

// Undo takes the last Do back; false when there is none. Requests that were made stay made.
func (t *Talk) Undo() bool {
	if len(t.back) == 0 {
		return false
	}
	t.restore(t.back[len(t.back)-1])
	t.back = t.back[:len(t.back)-1]
	return true
}

func (t *Talk) moment() moment {
	used := map[string]int{}
	for k, v := range t.stubs.used {
		used[k] = v
	}
	return moment{t.p.state, t.p.out, t.p.turns, t.p.said, t.p.now, used, t.draft.clone(), t.slots}
}

func (t *Talk) restore(m moment) {
	t.p.state, t.p.out, t.p.turns, t.p.said, t.p.now = m.state, m.out, m.turns, m.said, m.now
	t.stubs.used, t.draft, t.slots, t.notes = m.used, m.draft, m.slots, nil
}

// Said is everything the bot said since the caller did something.
func (t *Talk) Said() []flows.Prompt { return t.p.said }

// Turns are the engine's outputs since then, the last one last.
func (t *Talk) Turns() []flows.Output { return t.p.turns }

// Notes are what the person should know beside: requests that nobody answered.
func (t *Talk) Notes() []string { return t.notes }

// Now is the conversation's clock.
func (t *Talk) Now() time.Time { return t.p.now }

// Answer sets what the system name answers from now on; src is written as behind "http:".
func (t *Talk) Answer(name, src string) error {
	stubs, err := ReadStubs("the answer", []byte(strictyaml.Quote(name)+": "+src))
	if err != nil {
		return err
	}
	t.stubs.replies[name], t.stubs.used[name] = stubs[name], 0
	return nil
}

// answer asks the stubs, then the real system, and writes down what came. A system for which
// nobody answers is in trouble, as it may be in life.
func (t *Talk) answer(act *flows.Act) (answer, error) {
	name, _ := act.Args["name"].(string)
	a := answer{outcome: "error"}
	var err error
	switch {
	case len(t.stubs.replies[name]) > 0:
		a, err = t.stubs.answer(act)
	case t.opt.Live != nil:
		a, err = t.live(act)
	default:
		t.notes = append(t.notes, fmt.Sprintf("%v %v: nobody answers here, so the flow was told \"error\"; give --http FILE, --live, or /http %s {status: 200, body: {…}}", act.Args["method"], act.Args["url"], name))
	}
	if err == nil {
		t.draft.Answered(name, a.outcome, a.status, a.body, a.after)
	}
	return a, err
}

// live asks the real system.
func (t *Talk) live(act *flows.Act) (answer, error) {
	began := time.Now()
	done, err := t.opt.Live(act)
	if err != nil {
		return answer{}, err
	}
	a := answer{outcome: done.Outcome, after: time.Since(began).Round(100 * time.Millisecond)}
	a.status, _ = done.Result["status"].(int)
	a.body, err = plainJSON(done.Result["body"])
	t.notes = append(t.notes, fmt.Sprintf("%v %v: %s", act.Args["method"], act.Args["url"], done.Outcome))
	return a, err
}

// expect writes down what is true now, so that it must be true again.
func (t *Talk) expect() {
	var flow string
	for _, o := range t.p.turns {
		for _, st := range o.Trace {
			if t.bot.HasFlow(st.Flow) {
				flow = st.Flow
			}
		}
	}
	t.draft.Flow(flow)
	for _, pr := range t.p.said {
		t.draft.Said(pr.Text, pr.Voice)
	}
	slots := map[string]string{}
	for _, s := range t.p.out.Slots {
		slots[s.Name] = s.Value
		if t.slots[s.Name] != s.Value {
			t.draft.Raw("slot", "{"+scalar(s.Name)+": "+strictyaml.Quote(s.Value)+"}")
		}
	}
	for name := range t.slots {
		if _, ok := slots[name]; !ok {
			t.draft.Raw("slot", "{"+scalar(name)+`: ""}`)
		}
	}
	t.slots = slots
	for _, o := range t.p.turns {
		if o.Callback != nil {
			t.draft.Event("callback", [][2]string{{"phone", o.Callback.Phone}, {"reason", o.Callback.Reason}})
		}
		if o.Rating != nil {
			t.draft.Raw("rating", fmt.Sprintf("{survey: %s, score: %d}", scalar(o.Rating.Survey), o.Rating.Score))
		}
	}
	switch out := t.p.out; {
	case out.Transfer != nil:
		t.draft.Transfer(out.Transfer.Reason, out.Transfer.Skills)
	case out.Next == flows.End && out.Outcome != "":
		t.draft.Raw("outcome", scalar(out.Outcome))
	}
}

// Draft is what was talked, as a golden conversation called name; it can be written at any time.
func (t *Talk) Draft(name string) Draft {
	d := t.draft.clone()
	d.Name = name
	return d
}

// number writes 0.71 without trailing zeros.
func number(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(f*1000)/1000, 'f', -1, 64), ".0")
}
