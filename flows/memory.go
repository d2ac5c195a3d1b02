package flows

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"decroche/flows/entity"
)

// memoryVersion is raised when a State of an older build can no longer be read.
const memoryVersion = 1

// memory is what State holds.
type memory struct {
	V           int            `json:"v"`
	Lang        string         `json:"lang"`
	Channel     Channel        `json:"channel"`
	Caller      string         `json:"caller,omitempty"`
	Began       time.Time      `json:"began"`
	Opens       reopening      `json:"opens,omitzero"`
	Stack       []frame        `json:"stack,omitempty"`
	Wait        wait           `json:"wait"`
	Slots       []filled       `json:"slots,omitempty"`
	Saved       map[string]any `json:"saved,omitempty"`
	Tries       map[string]int `json:"tries,omitempty"`    // of steps with max
	Stumbles    map[string]int `json:"stumbles,omitempty"` // failures at a collect, over its confirmations too
	Rejected    []string       `json:"rejected,omitempty"`
	Partial     []string       `json:"partial,omitempty"` // readings of the beginning of a number, best first
	Intents     []string       `json:"intents,omitempty"` // understood, in order, without repetition
	Facts       []string       `json:"facts,omitempty"`   // for the agent, in the bot's words
	Heard       []string       `json:"heard,omitempty"`   // said lately, for the articles that an agent is shown
	Last        []Prompt       `json:"last,omitempty"`    // what was said last, for "repeat"
	Spoke       bool           `json:"spoke,omitempty"`   // the caller said a word
	Slow        bool           `json:"slow,omitempty"`    // and asked for slower speech
	Disclose    bool           `json:"disclose,omitempty"`
	Recording   string         `json:"recording,omitempty"` // "" when there is none, recordingOn, recordingOff
	FailedSteps int            `json:"failed_steps,omitempty"`
	Misses      int            `json:"misses,omitempty"` // turns not understood, for the briefing
	Handoffs    int            `json:"handoffs,omitempty"`
	Acts        int            `json:"acts,omitempty"`
	Answered    int            `json:"answered,omitempty"` // flows that came to their end
	Called      bool           `json:"callback,omitempty"` // a callback was taken
	Talked      bool           `json:"talked,omitempty"`   // an agent talked with the caller
	Wishes      int            `json:"wishes,omitempty"`   // begun so far
	Passed      []passed       `json:"passed,omitempty"`
	Missed      *missed        `json:"missed,omitempty"`
	Begun       *begun         `json:"begun,omitempty"`
	Left        *left          `json:"left,omitempty"`
	Survey      string         `json:"survey,omitempty"`   // to be asked at the end
	Surveyed    bool           `json:"surveyed,omitempty"` // asked, once in a conversation
	Score       int            `json:"score,omitempty"`
	Rating      *Rating        `json:"rating,omitempty"`  // not yet told, for a comment may follow
	Remark      string         `json:"remark,omitempty"`  // said in place of a note, which may follow
	Lot         int            `json:"lot,omitempty"`     // what the conversation drew, for samples; 0: no ID is known
	Closing     string         `json:"closing,omitempty"` // the outcome, while a survey holds the end up
	Over        bool           `json:"over,omitempty"`
	Ours        *ours          `json:"ours,omitempty"` // we have rung them
}

// frame is one running flow; the last of the stack is on top.
type frame struct {
	Flow   string `json:"flow"`
	Step   string `json:"step"`
	Intent string `json:"intent,omitempty"`
	Wish   int    `json:"wish,omitempty"`   // which of the caller's wishes it serves
	Called bool   `json:"called,omitempty"` // by the frame beneath, to which it returns without a word
	Done   bool   `json:"done,omitempty"`   // the flow that Step calls has come to its end
}

// filled is a slot with a value.
type filled struct {
	SlotValue
	Kind    string   `json:"kind,omitempty"`    // of package render
	Pending bool     `json:"pending,omitempty"` // waits for a yes
	Others  []string `json:"others,omitempty"`  // further readings, best first
}

// What the engine waits for.
const (
	forWish     = "wish"     // anything
	forMore     = "more"     // anything, or "no thanks"
	forValue    = "value"    // of the slot of the step on top
	forConfirm  = "confirm"  // of a pending slot
	forYesNo    = "yes_no"   // of the step on top
	forClarify  = "clarify"  // between Intents
	forCallback = "callback" // yes or no
	forPhone    = "phone"    // the number to call back
	forHelped   = "helped"   // whether an article was what they wanted
	forOffer    = "offer"    // whether they want a person
	forPerson   = "person"   // whether they are who we ring
	forLeave    = "leave"    // whether they leave a message
	forMessage  = "message"  // the message
	forScore    = "score"    // of a survey
	forComment  = "comment"  // of a survey
	forAct      = "act"
	forHandoff  = "handoff"
)

// asksYesNo reports whether a question is answered by yes or no.
func asksYesNo(what string) bool {
	switch what {
	case forYesNo, forConfirm, forCallback, forHelped, forOffer, forPerson, forLeave:
		return true
	}
	return false
}

// wait is the open question.
type wait struct {
	For      string   `json:"for"`
	Question question `json:"question"`          // said again by the ladder
	Intents  []string `json:"intents,omitempty"` // of clarify, and of a keypad menu
	Heard    string   `json:"heard,omitempty"`   // of clarify: the words to be clarified
	P        float64  `json:"p,omitempty"`       // of clarify: how sure the first of Intents was
	Reason   string   `json:"reason,omitempty"`  // of handoff and callback
	Own      bool     `json:"own,omitempty"`     // of handoff and callback: written in the step on top
	Fails    int      `json:"fails,omitempty"`   // in a row at this question
	Silences int      `json:"silences,omitempty"`
	Counted  bool     `json:"counted,omitempty"` // in FailedSteps already
	Greeted  bool     `json:"greeted,omitempty"`
	Layout   string   `json:"layout,omitempty"`
	Keys     string   `json:"keys,omitempty"` // "also" or "only" after a rung said so
	Patience bool     `json:"patience,omitempty"`
	Choices  []string `json:"choices,omitempty"` // quick replies that were read out, by key 1, 2 …
}

// question is words as shown and as spoken.
type question struct {
	Text  string   `json:"text,omitempty"`
	Voice string   `json:"voice,omitempty"`
	Quick []string `json:"quick,omitempty"`
}

func readMemory(st State) (*memory, error) {
	m := &memory{}
	if len(st.Raw) == 0 {
		return m, nil
	}
	if err := json.Unmarshal(st.Raw, m); err != nil {
		return nil, fmt.Errorf("flows: read the state of a conversation: %w", err)
	}
	if m.V != memoryVersion {
		return nil, fmt.Errorf("flows: state of version %d; this build reads version %d", m.V, memoryVersion)
	}
	return m, nil
}

// write is what the conversation keeps, at most limit bytes: what is only nice to have is dropped
// when it is more.
func (m *memory) write(limit int) (State, error) {
	m.V = memoryVersion
	for _, spare := range []func(){
		func() {}, func() { m.Heard, m.Rejected, m.Left = nil, nil, nil }, func() { m.Last, m.Passed = nil, nil }, func() { m.Facts, m.Missed, m.Begun = nil, nil, nil },
	} {
		spare()
		raw, err := json.Marshal(m)
		if err != nil {
			return State{}, fmt.Errorf("flows: write the state of a conversation: %w", err)
		}
		if len(raw) <= limit {
			return State{Raw: raw}, nil
		}
	}
	return State{}, fmt.Errorf("flows: a conversation keeps more than %d bytes (flows.max_state_bytes); save less of what systems answer", limit)
}

// maxFacts bounds what an agent is told; the oldest go.
const maxFacts = 20

// know adds a fact for the agent.
func (m *memory) know(fact string) {
	if fact == "" || contains(m.Facts, fact) {
		return
	}
	if m.Facts = append(m.Facts, fact); len(m.Facts) > maxFacts {
		m.Facts = m.Facts[1:]
	}
}

func (m *memory) top() *frame {
	if len(m.Stack) == 0 {
		return nil
	}
	return &m.Stack[len(m.Stack)-1]
}

func (m *memory) slot(name string) *filled {
	for i := range m.Slots {
		if m.Slots[i].Name == name {
			return &m.Slots[i]
		}
	}
	return nil
}

func (m *memory) drop(name string) {
	for i := range m.Slots {
		if m.Slots[i].Name == name {
			m.Slots = append(m.Slots[:i:i], m.Slots[i+1:]...)
			return
		}
	}
}

// partialLength is how many digits of a number were said already.
func (m *memory) partialLength() int {
	if len(m.Partial) == 0 {
		return 0
	}
	return len(m.Partial[0])
}

// maxRejected bounds the values that are remembered as refused; the oldest go.
const maxRejected = 40

func (m *memory) reject(slot, value string) {
	m.Rejected = append(m.Rejected, slot+"="+value)
	if n := len(m.Rejected); n > maxRejected {
		m.Rejected = m.Rejected[n-maxRejected:]
	}
}

func (m *memory) knowsIntent(name string) {
	if name != "" && !contains(m.Intents, name) {
		m.Intents = append(m.Intents, name)
	}
}

// kindOf is how a value of an entity type is written.
func kindOf(typ string) string {
	switch typ {
	case entity.TypeDigits, entity.TypePostcodeFR:
		return "digits"
	case entity.TypeSpelled:
		return "spelled"
	case entity.TypeAmount:
		return "money"
	case entity.TypeDate, entity.TypeTime, entity.TypeNumber, entity.TypePhone:
		return typ
	case entity.TypeList, entity.TypeYesNo:
		return kindWord
	}
	return ""
}

// kindWord is a slot whose value is a key for machines; people are told the word for it.
const kindWord = "word"

// values is the scope of templates during a turn.
type values struct {
	b *Bot
	m *memory
}

func (v values) value(name string) (string, string, bool) {
	if n, ok := strings.CutPrefix(name, "vars."); ok {
		s, ok := v.b.vars[n]
		return s, "", ok
	}
	switch name {
	case "channel":
		return string(v.m.Channel), "", true
	case "lang":
		return v.m.Lang, "", true
	case "caller":
		return v.m.Caller, "", v.m.Caller != ""
	}
	if s := v.m.slot(name); s != nil {
		if s.Kind == kindWord {
			return s.Value, writtenAs + s.Shown, true
		}
		return s.Value, s.Kind, true
	}
	if name == "opens" {
		return v.m.Opens.value()
	}
	x, ok := v.m.Saved[name]
	if !ok || x == nil {
		return "", "", false
	}
	return plain(x), "", true
}

// plain writes a JSON value as text.
func plain(x any) string {
	switch v := x.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(x)
}

// env is what expressions see.
func (v values) env(conf float64) map[string]any {
	env := map[string]any{"channel": string(v.m.Channel), "lang": v.m.Lang, "caller": v.m.Caller, "opens": v.m.Opens.text(), "conf": conf, "vars": v.b.anyVars}
	for _, n := range v.b.slots {
		env[n] = ""
	}
	for n := range v.b.saved {
		env[n] = v.m.Saved[n]
	}
	for i := range v.m.Slots {
		env[v.m.Slots[i].Name] = v.m.Slots[i].Value
	}
	return env
}

// dropTop takes off the wish at hand, with whatever it called.
func (m *memory) dropTop() {
	for n := len(m.Stack); n > 0; n-- {
		called := m.Stack[n-1].Called
		m.Stack = m.Stack[:n-1]
		if !called {
			break
		}
	}
}

// keepWishes drops the newest wishes above the first n, each with what it called.
func (m *memory) keepWishes(n int) {
	for i, f := range m.Stack {
		if f.Called {
			continue
		}
		if n--; n < 0 {
			m.Stack = m.Stack[:i]
			return
		}
	}
}
