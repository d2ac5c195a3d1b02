package event

import (
	"slices"
	"sort"
	"time"
)

// Board keeps one line per running conversation, made from the events of a Bus. Whoever watches
// gets the lines and then every event after them, with nothing missing in between. All methods
// are safe for concurrent use.
type Board struct {
	bus  *Bus
	rule *rules            // guarded by bus.mu
	live map[string]*Live  // guarded by bus.mu
	told map[string]*Brief // guarded by bus.mu
}

// Who talks with the caller now.
const (
	WithBot     = "bot"
	WithNobody  = "ringing" // the hand-off began, nobody has answered yet
	WithAgent   = "agent"
	NotAnswered = "arriving" // the call is there, no media yet
)

// Live is one running conversation.
type Live struct {
	ID      string    `json:"id"`
	Channel string    `json:"channel"`
	From    string    `json:"from"`
	Called  string    `json:"called"`
	Bot     string    `json:"bot"`
	Lang    string    `json:"lang"`
	Start   time.Time `json:"start"`
	With    string    `json:"with"`             // arriving | bot | ringing | agent
	Since   time.Time `json:"since"`            // when With became so
	Agent   string    `json:"agent,omitempty"`  // being rung, or talking
	Intent  string    `json:"intent,omitempty"` // what the caller wants
	Step    string    `json:"step,omitempty"`   // "flow/step" the engine is at
	Skills  []string  `json:"skills,omitempty"` // the last hand-off asked for
	Queue   string    `json:"queue,omitempty"`  // and the configured queue that is for them; "": none is
	Slots   []Slot    `json:"slots,omitempty"`
	Turns   int       `json:"turns"`
	Heard   string    `json:"heard,omitempty"` // last words of the caller
	Seq     uint64    `json:"seq"`             // last event counted in
	// Supervisors are on the call now, in the order in which they came.
	Supervisors []Supervisor `json:"supervisors,omitempty"`
	// What the agent does meanwhile.
	Held   bool      `json:"held,omitempty"`   // the caller is on hold
	HeldAt time.Time `json:"held_at,omitzero"` // since then
	Muted  bool      `json:"muted,omitempty"`  // the agent's microphone is off
	Onward *Onward   `json:"onward,omitempty"` // they pass the caller on
	// Facts are what calls for a supervisor.
	Facts Facts `json:"facts,omitzero"`
}

// Supervisor is somebody who supervises a running conversation.
type Supervisor struct {
	ID  string `json:"id"`
	Who string `json:"who"`
	Act string `json:"act"` // listen | whisper | join | take_over
}

// Snapshot is the running conversations at one moment, oldest first.
type Snapshot struct {
	Live []Live `json:"live"`
}

// NewBoard makes a Board fed by bus, which must not have published yet. It counts by the default rules.
func NewBoard(bus *Bus) *Board {
	b := &Board{bus: bus, rule: newRules(DefaultBoardConfig()), live: map[string]*Live{}, told: map[string]*Brief{}}
	bus.mu.Lock()
	defer bus.mu.Unlock()
	bus.taps = append(bus.taps, b.apply)
	return b
}

// SetRules says when a conversation calls for a supervisor; what was counted before stays as it was. Call it
// before the first conversation.
func (b *Board) SetRules(c BoardConfig) {
	b.bus.mu.Lock()
	b.rule = newRules(c)
	b.bus.mu.Unlock()
}

// Rules are those by which conversations are counted now. The lists are shared; do not change them.
func (b *Board) Rules() BoardConfig {
	b.bus.mu.Lock()
	defer b.bus.mu.Unlock()
	return b.rule.BoardConfig
}

// Watch returns the running conversations and a subscription that starts with the very next
// event. Close the Sub when done; on ErrGap call Watch again.
func (b *Board) Watch() (Snapshot, *Sub) {
	b.bus.mu.Lock()
	s, sub := b.snapshot(), b.bus.subscribe("")
	b.bus.mu.Unlock()
	return s.sorted(), sub
}

// Now returns the running conversations.
func (b *Board) Now() Snapshot {
	b.bus.mu.Lock()
	s := b.snapshot()
	b.bus.mu.Unlock()
	return s.sorted()
}

// snapshot needs bus.mu, under which it only copies: calls wait for it.
func (b *Board) snapshot() Snapshot {
	s := Snapshot{Live: make([]Live, 0, len(b.live))}
	for _, l := range b.live {
		s.Live = append(s.Live, *l) // Slots and Supervisors are replaced, never changed, so sharing them is safe
	}
	return s
}

func (s Snapshot) sorted() Snapshot {
	sort.Slice(s.Live, func(i, j int) bool {
		if !s.Live[i].Start.Equal(s.Live[j].Start) {
			return s.Live[i].Start.Before(s.Live[j].Start)
		}
		return s.Live[i].ID < s.Live[j].ID
	})
	return s
}

// apply counts one event in; it runs under bus.mu.
func (b *Board) apply(e Event) {
	if _, over := e.Body.(Ended); over {
		delete(b.live, e.Conv)
		delete(b.told, e.Conv)
		return
	}
	l := b.live[e.Conv]
	if l == nil {
		if _, opens := e.Body.(Started); !opens {
			return // a straggler of a conversation that is over
		}
		l = &Live{ID: e.Conv, Start: e.At, With: NotAnswered, Since: e.At}
		b.live[e.Conv], b.told[e.Conv] = l, &Brief{}
	}
	b.told[e.Conv].count(e)
	l.Seq = e.Seq
	with, step := l.With, l.Step
	l.count(e)
	l.learn(e, with, step, b.rule)
}

// count folds one event into the line.
func (l *Live) count(e Event) {
	with := l.With
	switch v := e.Body.(type) {
	case Started:
		l.Channel, l.From, l.Called, l.Bot, l.Lang = v.Channel, v.From, v.Called, v.Bot, v.Lang
		if v.Channel != "voice" {
			with = WithBot
		}
	case Answered:
		with = WithBot
	case Said:
		if v.Who == "" {
			l.Turns++
			l.Heard = v.Text
		}
	case Stepped:
		if v.Intent != "" {
			l.Intent = v.Intent
		}
		if v.Lang != "" {
			l.Lang = v.Lang
		}
		if n := len(v.Steps); n > 0 {
			l.Step = v.Steps[n-1].Flow + "/" + v.Steps[n-1].Step
		}
		l.Slots = MergeSlots(l.Slots, v.Slots)
	case TransferStarted:
		with, l.Agent, l.Skills, l.Queue = WithNobody, "", v.Skills, v.Queue
	case TransferRinging:
		if l.Onward == nil { // else the agent who passes the caller on has them still
			l.Agent = v.Agent
		}
	case Bridged:
		with, l.Agent = WithAgent, v.Agent
	case AgentLost:
		with, l.Muted = WithNobody, false // they come back with an open microphone
	case AgentBack:
		with, l.Agent = WithAgent, v.Agent
	case TransferEnded:
		with, l.Agent = WithBot, ""
		l.Held, l.HeldAt, l.Muted, l.Onward = false, time.Time{}, false, nil
	case AgentActed:
		l.acted(v, e.At)
	case Supervised:
		l.supervised(v)
	}
	if with != l.With {
		l.With, l.Since = with, e.At
	}
}

// supervised notes who is on the call. The list is replaced, never changed: snapshots share it.
func (l *Live) supervised(v Supervised) {
	switch v.Act {
	case ActListen, ActWhisper, ActJoin, ActTakeOver, ActLeave:
	default:
		return
	}
	now := slices.Clone(l.Supervisors)
	i := slices.IndexFunc(now, func(s Supervisor) bool { return s.ID == v.ID })
	switch {
	case v.Act == ActLeave && i >= 0:
		now = slices.Delete(now, i, i+1)
	case v.Act == ActLeave:
	case i >= 0:
		now[i].Act = v.Act
	default:
		now = append(now, Supervisor{v.ID, v.Who, v.Act})
	}
	l.Supervisors = now
}

// MergeSlots returns known with news written over it, slot by slot, in the order in which slots
// first appeared. Neither argument is changed.
func MergeSlots(known, news []Slot) []Slot {
	if len(news) == 0 {
		return known
	}
	out := slices.Clone(known)
	for _, s := range news {
		if i := slices.IndexFunc(out, func(o Slot) bool { return o.Name == s.Name }); i >= 0 {
			out[i] = s
		} else {
			out = append(out, s)
		}
	}
	return out
}
