package vcon

import (
	"errors"
	"slices"
	"strings"
	"time"

	"decroche/gateway/event"
)

// Source is what a vCon is made of.
type Source struct {
	Conv     string
	Host     string                   // whose gateway: a part of the UUID
	Site     string                   // the company, as people say it
	Bot      string                   // likewise
	Subject  string                   // what the caller wanted, as people say it
	Product  string                   // "decroche 1.2"
	Agent    func(name string) string // an agent as people say them; nil: the name
	Events   []event.Event            // all of the conversation, in order
	Sound    *Sound                   // nil: it was not recorded, or is deleted
	Notes    []Note
	Repeated string // the conversation in which the customer came back; "": none
	Export   Export // the zero value: nothing is said of it
}

// Sound is the recording, which stays where it is.
type Sound struct {
	URL      string // https; "" when nothing outside reaches it
	Filename string
	SHA512   []byte // of the file
}

// Note is what an agent wrote.
type Note struct {
	Agent, Text, Conclusion string
	At                      time.Time
}

// Indexes of the first two parties.
const (
	caller = 0
	bot    = 1
)

// maker makes one vCon; it is used once.
type maker struct {
	s        Source
	v        VCon
	begun    event.Started
	last     time.Time
	call     int            // index of the dialog that is the call; -1 for written conversations
	agents   map[string]int // party by name
	talks    int            // party who talks with the caller in the bot's place; -1: nobody
	lines    []Line
	slots    []event.Slot
	history  []Moment
	answered time.Time
	result   Result
	summary  []string
	model    *event.Summarised // nil: none
	handoff  *handoff          // that goes on
	reports  []handoff
}

// handoff is one of them, with the dialogs of its attempts.
type handoff struct {
	at      time.Time
	end     time.Time
	report  TransferReport
	failed  []int // dialogs
	targets []int // parties
	agent   int   // party who answered; -1: nobody
}

// Make writes a conversation. It fails when the events do not begin with its beginning.
func Make(s Source) (VCon, error) {
	if len(s.Events) == 0 {
		return VCon{}, errors.New("vcon: there are no events")
	}
	begun, ok := s.Events[0].Body.(event.Started)
	if !ok {
		return VCon{}, errors.New("vcon: the conversation's beginning is not among its events")
	}
	if s.Agent == nil {
		s.Agent = func(name string) string { return name }
	}
	m := &maker{s: s, begun: begun, call: -1, talks: -1, agents: map[string]int{}}
	at := s.Events[0].At
	m.v = VCon{Syntax: Syntax, UUID: UUID(s.Host, s.Conv, at), Extensions: []string{"CC"}, CreatedAt: at, Subject: s.Subject,
		Parties: []Party{callerOf(begun.From), {Name: s.Bot, Type: "bot", Role: "bot", Org: s.Site}}, Dialog: []Dialog{}, Analysis: []Analysis{}, Attachments: []Attachment{}}
	m.result = Result{Repeated: s.Repeated, Channel: begun.Channel, Lang: begun.Lang}
	if begun.Channel != "text" && begun.Channel != "speaker" { // of a speaker there are the words alone
		m.call = 0
		m.v.Dialog = append(m.v.Dialog, Dialog{Start: at})
	}
	for _, e := range s.Events {
		m.last = e.At
		m.event(e)
	}
	m.finish()
	return m.v, nil
}

// callerOf is who called. Of a SIP address that is a number, the number stands in tel.
func callerOf(from string) Party {
	p := Party{Type: "person", Role: "customer"}
	scheme, rest, _ := strings.Cut(from, ":")
	user, _, _ := strings.Cut(rest, "@")
	user, _, _ = strings.Cut(user, ";")
	number := strings.TrimPrefix(user, "+")
	switch {
	case (scheme == "sip" || scheme == "sips" || scheme == "tel") && len(number) > 2 && strings.Trim(number, "0123456789") == "":
		p.Tel = user
	case scheme == "sip" || scheme == "sips":
		p.SIP = from
	case strings.Trim(strings.TrimPrefix(from, "+"), "0123456789") == "":
		p.Tel = from
	}
	return p
}

// agent is the index of somebody of ours, made when they first appear.
func (m *maker) agent(name, addr, role string) int {
	if i, ok := m.agents[name]; ok {
		if p := &m.v.Parties[i]; p.SIP == "" && strings.HasPrefix(addr, "sip") {
			p.SIP = addr
		}
		return i
	}
	p := Party{Name: m.s.Agent(name), Type: "person", Role: role, Org: m.s.Site}
	if strings.HasPrefix(addr, "sip:") || strings.HasPrefix(addr, "sips:") {
		p.SIP = addr
	}
	m.v.Parties = append(m.v.Parties, p)
	m.agents[name] = len(m.v.Parties) - 1
	return m.agents[name]
}

// other is who talks with the caller now.
func (m *maker) other() int {
	if m.talks >= 0 {
		return m.talks
	}
	return bot
}

func (m *maker) moment(at time.Time, party int, what, button string) {
	m.history = append(m.history, Moment{party, at, what, button})
}

func (m *maker) event(e event.Event) {
	switch v := e.Body.(type) {
	case event.Answered:
		if m.answered.IsZero() {
			m.answered = e.At
			m.moment(e.At, caller, "join", "")
			m.moment(e.At, bot, "join", "")
		}
	case event.Prompted:
		text := v.Text
		if v.Cut {
			text = v.Heard
		}
		m.said(e.At.Add(-ms(v.ForMS)), Line{Party: bot, Text: text, Unheard: v.Cut}, m.call < 0, "")
	case event.Said:
		l := Line{Party: caller, Text: v.Text, Confidence: v.Confidence, How: v.How}
		if v.Who == "" {
			m.result.Turns++
		} else {
			if l.Party = m.talks; m.talks < 0 {
				l.Party = m.agent(v.Who, "", "agent")
			}
		}
		if v.How == "keys" {
			m.moment(e.At, l.Party, "keydown", v.Text)
		}
		m.said(e.At.Add(-ms(max(0, v.EndMS-v.StartMS))), l, m.call < 0 || v.How == "typed", v.ID)
	case event.Stepped:
		if v.Intent != "" {
			m.result.Intent = v.Intent
		}
		if v.Lang != "" {
			m.result.Lang = v.Lang
		}
		m.slots = event.MergeSlots(m.slots, v.Slots)
	case event.Labelled:
		m.result.Label = v.Intent
	case event.Summarised:
		m.model = &v
	case event.Rated:
		m.result.Rating = &Rating{v.Score, v.Scale, v.Comment}
	case event.Supervised:
		m.supervised(e.At, v)
	case event.Ended:
		m.result.Outcome, m.result.EndedBy = v.Outcome, v.By
		if m.handoff != nil {
			m.closeHandoff(e.At)
		}
	default:
		m.transfer(e)
	}
}

// said adds one utterance; a written one is a dialog of its own.
func (m *maker) said(at time.Time, l Line, written bool, id string) {
	if l.Text == "" {
		return
	}
	l.Start = at
	m.lines = append(m.lines, l)
	if !written {
		return
	}
	to := caller
	if l.Party == caller {
		to = m.other()
	}
	m.v.Dialog = append(m.v.Dialog, Dialog{Type: "text", Start: at, Parties: []int{l.Party, to}, MediaType: "text/plain", Body: l.Text, Encoding: "none", MessageID: id, Application: "decroche"})
}

// supervised notes who joined so that the caller heard them; who listened or whispered took no part.
func (m *maker) supervised(at time.Time, v event.Supervised) {
	switch v.Act {
	case event.ActJoin, event.ActTakeOver:
		p := m.agent(v.Who, "", "supervisor")
		m.moment(at, p, "join", "")
		if v.Act == event.ActTakeOver {
			m.talks = p
		}
	case event.ActHandBack:
		m.talks = -1
	case event.ActLeave:
		if p, ok := m.agents[v.Who]; ok && m.in(p) {
			m.moment(at, p, "drop", "")
		}
	}
}

// in reports whether a party is on the call.
func (m *maker) in(party int) bool {
	for i := len(m.history) - 1; i >= 0; i-- {
		if h := m.history[i]; h.Party == party && (h.Event == "join" || h.Event == "drop") {
			return h.Event == "join"
		}
	}
	return false
}

// finish makes what needs the whole conversation.
func (m *maker) finish() {
	m.v.UpdatedAt = m.last
	if m.handoff != nil {
		m.reports = append(m.reports, *m.handoff)
	}
	m.finishCall()
	all := make([]int, len(m.v.Dialog))
	for i := range all {
		all[i] = i
	}
	m.transfers()
	if len(m.lines) > 0 && m.call >= 0 { // of a written one the dialogs say it all
		m.analysis("transcript", []int{m.call}, "application/json", SchemaTranscript, m.lines)
	}
	if text := m.sumUp(); text != "" {
		m.analysis("summary", all, "text/plain", "", text)
	}
	if m.model != nil {
		m.analysis("summary", all, "text/plain", "", m.model.Text)
		m.v.Analysis[len(m.v.Analysis)-1].Product += ", " + m.model.Model
	}
	m.analysis("report", all, "application/json", SchemaResult, m.result)
	if m.s.Export.By != "" {
		m.analysis("report", all, "application/json", SchemaExport, m.s.Export)
	}
	m.attach()
}

// finishCall writes the dialog that is the call.
func (m *maker) finishCall() {
	if m.call < 0 {
		return
	}
	d := &m.v.Dialog[m.call]
	d.Application = "decroche"
	if m.answered.IsZero() {
		d.Type, d.Parties, d.Disposition = "incomplete", []int{caller, bot}, "hung-up"
		if m.result.Outcome == "failed" {
			d.Disposition = "failed"
		}
		return
	}
	d.Type, d.Start = "recording", m.answered
	seconds := m.last.Sub(m.answered).Seconds()
	for _, e := range m.s.Events {
		switch v := e.Body.(type) {
		case event.Ended:
			seconds = e.At.Sub(m.answered).Seconds()
		case event.Recorded:
			if m.s.Sound != nil {
				seconds = v.Seconds
			}
		}
	}
	seconds = max(0, seconds)
	d.Duration, d.History = &seconds, m.history
	ours := []int{bot}
	for i := range m.v.Parties[bot+1:] {
		if p := bot + 1 + i; slices.ContainsFunc(m.history, func(h Moment) bool { return h.Party == p && h.Event == "join" }) {
			ours = append(ours, p)
		}
	}
	d.Parties = append([]int{caller}, ours...)
	if m.s.Sound == nil {
		return
	}
	d.Parties = []any{caller, ours} // the caller on the left, on the right what the caller heard
	d.MediaType, d.Filename, d.URL, d.ContentHash = "audio/wav", m.s.Sound.Filename, m.s.Sound.URL, Hash(m.s.Sound.SHA512)
}

func (m *maker) analysis(kind string, dialogs []int, mediatype, schema string, body any) {
	enc := "json"
	if mediatype == "text/plain" {
		enc = "none"
	}
	m.v.Analysis = append(m.v.Analysis, Analysis{Type: kind, Dialog: dialogs, MediaType: mediatype, Vendor: Vendor, Product: m.s.Product, Schema: schema, Body: body, Encoding: enc})
}

// sumUp is what an agent read: the summary of the last hand-off, or else what the record says.
func (m *maker) sumUp() string {
	if len(m.summary) > 0 {
		return strings.Join(m.summary, "\n")
	}
	var out []string
	if m.s.Subject != "" {
		out = append(out, m.s.Subject)
	}
	for _, s := range m.slots {
		if s.Confirmed {
			out = append(out, s.Name+": "+s.Text())
		}
	}
	return strings.Join(out, "\n")
}

// attach adds what was found out, and what agents wrote. There is always a dialog to attach it to.
func (m *maker) attach() {
	if len(m.v.Dialog) == 0 {
		return
	}
	if len(m.slots) > 0 {
		slots := make([]Slot, len(m.slots))
		for i, s := range m.slots {
			slots[i] = Slot{s.Name, s.Text(), s.Confirmed}
		}
		m.v.Attachments = append(m.v.Attachments, Attachment{Purpose: "slots", Start: m.last, Party: bot, MediaType: "application/json", Body: slots, Encoding: "json"})
	}
	for _, n := range m.s.Notes {
		m.v.Attachments = append(m.v.Attachments, Attachment{Purpose: "note", Start: n.At, Party: m.agent(n.Agent, "", "agent"), MediaType: "application/json", Body: NoteBody{n.Text, n.Conclusion}, Encoding: "json"})
	}
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
