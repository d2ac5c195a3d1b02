package console

import (
	"fmt"
	"strings"
	"time"

	"decroche/gateway/event"
)

// Who speaks in a Line.
const (
	byCaller = "caller"
	byBot    = "bot"
	byAgent  = "agent"
	byNobody = "note"  // something that happened
	bySteps  = "steps" // what the engine did, for who wants to know
)

// doubtful is the confidence below which words are marked as perhaps misheard.
const doubtful = 0.7

// Line is one line of a transcript as people read it.
type Line struct {
	Seq        uint64    `json:"seq"` // of the event it was made from, the first when of several
	At         time.Time `json:"at"`  // when it began
	OffsetMS   int64     `json:"offset_ms"`
	Who        string    `json:"who"`               // caller | bot | agent | note | steps
	Name       string    `json:"name,omitempty"`    // of the agent
	Text       string    `json:"text"`              // of the bot: what the caller heard
	Unheard    string    `json:"unheard,omitempty"` // of the bot: what was cut off
	How        string    `json:"how,omitempty"`     // of the caller: speech | keys | typed
	Confidence float64   `json:"confidence,omitempty"`
	Doubtful   bool      `json:"doubtful,omitempty"`
	Readings   []string  `json:"readings,omitempty"` // what else it may have been
	Tone       string    `json:"tone,omitempty"`     // of a note: ok | warn | danger
	Icon       string    `json:"-"`
	Details    []string  `json:"details,omitempty"` // of steps
	Last       uint64    `json:"-"`                 // last event that is in it
}

// Lines makes a transcript of a conversation's events, in lang ("fr" or "en"): what was said in
// the language it was said in, what happened in lang. agent gives an agent's name as people say it,
// nil keeps the one of the configuration. Pure.
func Lines(evs []event.Event, lang string, agent func(name string) string) []Line {
	if agent == nil {
		agent = func(name string) string { return name }
	}
	b := &lines{lang: lang, title: agent, out: []Line{}}
	for _, e := range evs {
		if b.start.IsZero() {
			b.start = e.At
		}
		b.add(e)
	}
	return b.out
}

type lines struct {
	lang  string
	start time.Time
	title func(name string) string
	agent string // who talks with the caller, as people say it
	out   []Line
}

func (b *lines) say(key string, args ...any) string { return say(b.lang, key, args...) }

func (b *lines) put(e event.Event, at time.Time, l Line) {
	if at.Before(b.start) {
		at = b.start
	}
	l.Seq, l.Last, l.At, l.OffsetMS = e.Seq, e.Seq, at, at.Sub(b.start).Milliseconds()
	b.out = append(b.out, l)
}

func (b *lines) note(e event.Event, tone, icon, text string) {
	b.put(e, e.At, Line{Who: byNobody, Tone: tone, Icon: icon, Text: text})
}

// step adds to the running fold of technical lines.
func (b *lines) step(e event.Event, text string) {
	if n := len(b.out); n > 0 && b.out[n-1].Who == bySteps {
		l := &b.out[n-1]
		l.Details = append(l.Details, text)
		l.Last = e.Seq
		l.Text = b.say("steps", len(l.Details))
		return
	}
	b.put(e, e.At, Line{Who: bySteps, Icon: "steps", Text: b.say("steps", 1), Details: []string{text}})
}

func (b *lines) add(e event.Event) {
	switch v := e.Body.(type) {
	case event.Started:
		b.step(e, b.say("started", People(v.From), v.Called))
	case event.Answered:
		b.step(e, b.say("answered", v.Codec))
	case event.Prompted:
		heard, unheard := split(v)
		l := Line{Who: byBot, Text: heard, Unheard: unheard}
		if v.Author != "" {
			l.Name = b.title(v.Author)
		}
		b.put(e, e.At.Add(-time.Duration(v.ForMS)*time.Millisecond), l)
	case event.Said:
		b.said(e, v)
	case event.Silent:
		b.note(e, "", "silent", b.say("silent", b.seconds(v.ForMS)))
	case event.Stepped:
		b.stepped(e, v)
	case event.Acted:
		b.step(e, b.say("acted", v.Target, b.say1("act_", v.Outcome), b.seconds(v.TookMS)))
	case event.Trouble:
		b.note(e, "warn", "warn", b.say("trouble", v.Where, v.Did))
	case event.Language:
		b.note(e, "", "fwd", b.say(changeOf(v.Why), b.say1("lang_", v.To)))
	case event.CallbackTaken:
		b.note(e, "ok", "back", b.say("callback_taken", People(v.Phone)))
	case event.Recorded:
		b.step(e, b.say("recorded", b.duration(int64(1000*v.Seconds))))
	case event.RecordingDeleted:
		b.note(e, "", "check", b.say("recording_deleted", b.say1("gone_", v.Why)))
	case event.RecordingOpened:
		b.step(e, b.say("recording_opened"))
	case event.Supervised:
		b.supervised(e, v)
	case event.Summarised:
		b.step(e, b.say("summarised", v.Model))
	case event.Ended:
		tone := "ok"
		if v.Outcome == "failed" || v.Outcome == "unanswered" {
			tone = "danger"
		} else if v.Outcome == "abandoned" || v.Outcome == "unconfirmed" {
			tone = "warn"
		}
		b.note(e, tone, "hang", b.say("ended", b.say1("by_", v.By), b.say1("out_", v.Outcome)))
	default:
		b.transfer(e)
	}
}

// supervised tells what a supervisor did. Whether a hint was given is of interest to few; what became of
// it, to all.
func (b *lines) supervised(e event.Event, v event.Supervised) {
	who := v.Who
	if t := b.title(v.Who); t != "" {
		who = t
	}
	text := fmt.Sprintf(b.say1("super_", v.Act), who)
	switch v.Act {
	case event.ActHint, event.ActVerbatim, event.ActHintUnused:
		if v.Text != "" {
			text += " «\u202f" + v.Text + "\u202f»"
		}
		if v.Why != "" {
			text += " (" + b.say1("unused_", v.Why) + ")"
		}
		b.step(e, text)
		return
	case event.ActHintUsed, event.ActSaid:
		b.step(e, text)
		return
	case event.ActEnd:
		text += " (" + v.Why + ")"
	}
	b.note(e, "", "join", text)
}

// changeOf is the sentence for why the language changed.
func changeOf(why string) string {
	if why == "heard" {
		return "language_heard"
	}
	return "language_asked"
}

func (b *lines) said(e event.Event, v event.Said) {
	l := Line{Who: byCaller, Text: v.Text, How: v.How, Confidence: v.Confidence}
	if v.Who == "agent" {
		l.Who, l.Name = byAgent, b.agent
		if v.Name != "" {
			l.Name = v.Name
		}
	}
	l.Doubtful = v.How == "speech" && v.Confidence > 0 && v.Confidence < doubtful
	for _, a := range v.Alternatives {
		l.Readings = append(l.Readings, a.Text)
	}
	at := e.At
	if v.EndMS > v.StartMS {
		at = at.Add(-time.Duration(v.EndMS-v.StartMS) * time.Millisecond)
	}
	b.put(e, at, l)
}

func (b *lines) stepped(e event.Event, v event.Stepped) {
	if v.Intent != "" {
		b.step(e, b.say("intent", v.Intent))
	}
	for _, s := range v.Steps {
		text := s.Flow + " → " + s.Step
		if s.Note != "" {
			text += " (" + s.Note + ")"
		}
		b.step(e, text)
	}
	for _, s := range v.Slots {
		b.step(e, s.Name+" = "+s.Text())
	}
}

func (b *lines) transfer(e event.Event) {
	switch v := e.Body.(type) {
	case event.TransferStarted:
		b.note(e, "", "fwd", b.say("transfer_started", b.say1("reason_", v.Reason), strings.Join(v.Skills, ", ")))
	case event.TransferRinging:
		b.note(e, "", "phone", b.say("transfer_ringing", b.title(v.Agent)))
	case event.TransferAttempt:
		switch {
		case v.Outcome == "completed" && v.Via != "":
			b.note(e, "ok", "join", b.say("connected_away", b.title(v.Agent)))
			return
		case v.Outcome == "completed":
			return // Bridged says it better
		case notTheirs(v):
			b.note(e, "", "fwd", b.say("connect_failed", b.title(v.Agent), b.seconds(v.TookMS)))
			return
		}
		text := b.say("transfer_attempt", b.title(v.Agent), b.say1("try_", v.Outcome), b.seconds(v.TookMS))
		if v.Status != 0 {
			text += fmt.Sprintf(" (%d)", v.Status)
		}
		b.note(e, "warn", "warn", text)
	case event.Bridged:
		b.agent = b.title(v.Agent)
		b.note(e, "ok", "join", b.say("bridged", b.agent))
	case event.TransferEnded:
		if v.Outcome == "completed" {
			b.note(e, "ok", "check", b.say("transfer_done", b.title(v.Agent), b.duration(v.TalkedMS), b.seconds(v.WaitedMS)))
		} else {
			b.note(e, "warn", "warn", b.say("transfer_failed", b.say1("try_", v.Outcome), b.seconds(v.WaitedMS)))
		}
		b.agent = ""
	case event.AgentLost:
		b.note(e, "warn", "warn", b.say("agent_lost", b.title(v.Agent)))
	case event.AgentBack:
		b.note(e, "ok", "check", b.say("agent_back", b.title(v.Agent)))
	case event.PartyLeft: // who joined says it
	case event.PartyJoined:
		b.joined(e, v)
	case event.CallerAway:
		b.note(e, "", "silent", b.say(heldOr(v.Held, "caller_away")))
	case event.CallerBack:
		b.note(e, "", "check", b.say(heldOr(v.Held, "caller_back")))
	default:
		b.step(e, e.Body.Type())
	}
}

// notTheirs reports whether an attempt failed at the caller's exchange, with an agent who had taken the caller.
func notTheirs(v event.TransferAttempt) bool {
	switch v.Outcome {
	case "completed", "agent_left", "caller_left", "cancelled":
		return false
	}
	return v.Via == "attended"
}

// joined tells that another telephone has taken the place of somebody's; of an agent's, it is who speaks now.
func (b *lines) joined(e event.Event, v event.PartyJoined) {
	who := v.Name
	if who == "" {
		who = People(v.Addr)
	}
	if v.Party == event.PartyAgent {
		b.note(e, "", "fwd", b.say("agent_replaced", who, b.title(v.Agent)))
		b.agent = who
		return
	}
	b.note(e, "", "fwd", b.say("caller_replaced", who))
}

// say1 translates a code such as "busy" by the key prefix+code, or shows the code itself.
func (b *lines) say1(prefix, code string) string { return sayCode(b.lang, prefix, code) }

func (b *lines) seconds(ms int64) string { return seconds(b.lang, ms) }
func (b *lines) duration(ms int64) string {
	return duration(b.lang, time.Duration(ms)*time.Millisecond)
}

// split tells what of a prompt was heard from what was cut off.
func split(v event.Prompted) (heard, unheard string) {
	if !v.Cut {
		return v.Text, ""
	}
	if rest, ok := strings.CutPrefix(v.Text, v.Heard); ok {
		return strings.TrimSpace(v.Heard), strings.TrimSpace(rest)
	}
	// What was heard was noted in other words than the text (numbers as they are spoken): show
	// it as it is, and only that there was more.
	return strings.TrimSpace(v.Heard), "…"
}

// People writes a SIP address or a number as a person would: "+33 6 12 34 56 78".
func People(addr string) string {
	if user, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimPrefix(addr, "sips:"), "sip:"), "tel:"); ok || user != "" {
		if at := strings.LastIndexByte(user, '@'); at > 0 {
			user = user[:at]
		}
		user, _, _ = strings.Cut(user, ";")
		switch {
		case len(user) == 12 && strings.HasPrefix(user, "+33") && digits(user[1:]):
			return "+33\u00a0" + user[3:4] + pairs(user[4:])
		case len(user) == 10 && user[0] == '0' && digits(user):
			return strings.TrimPrefix(pairs(user), "\u00a0")
		}
		return user
	}
	return addr
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func pairs(s string) string {
	var b strings.Builder
	for len(s) > 1 {
		b.WriteString("\u00a0" + s[:2])
		s = s[2:]
	}
	return b.String()
}

// heldOr is the key of the words for a caller who is away, or back: from a page, or from a hold.
func heldOr(held bool, key string) string {
	if held {
		return key + "_held"
	}
	return key
}
