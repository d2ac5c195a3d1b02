package vcon

import (
	"strings"
	"time"

	"decroche/gateway/event"
)

// transfer folds what belongs to hand-offs.
func (m *maker) transfer(e event.Event) {
	switch v := e.Body.(type) {
	case event.TransferStarted:
		if m.handoff != nil { // the one before it has no end in the record
			m.closeHandoff(e.At)
		}
		m.handoff = &handoff{at: e.At, agent: -1, report: TransferReport{Reason: v.Reason, Skills: v.Skills, Topic: v.Topic, Briefing: v.Briefing}}
		if len(v.Summary) > 0 {
			m.summary = v.Summary
		}
	case event.TransferRinging:
		if m.handoff != nil {
			m.target(m.agent(v.Agent, v.Addr, "agent"))
		}
	case event.TransferAttempt:
		m.attempt(e.At, v)
	case event.Bridged:
		p := m.agent(v.Agent, "", "agent")
		if m.talks = p; !m.in(p) {
			m.moment(e.At, p, "join", "")
		}
		if m.handoff != nil {
			m.target(p)
			m.handoff.agent, m.handoff.report.WaitedMS = p, e.At.Sub(m.handoff.at).Milliseconds()
		}
	case event.PartyLeft:
		p := caller
		if v.Party == event.PartyAgent {
			if p = m.talks; p < 0 {
				p = m.agent(v.Agent, v.Addr, "agent")
			}
		}
		m.moment(e.At, p, "drop", "")
	case event.PartyJoined:
		m.joined(e.At, v)
	case event.AgentLost:
		m.moment(e.At, caller, "hold", "")
	case event.AgentBack:
		m.moment(e.At, caller, "unhold", "")
	case event.TransferEnded:
		if m.handoff != nil {
			m.handoff.report.Outcome, m.handoff.report.TalkedMS = v.Outcome, v.TalkedMS
			if v.WaitedMS > 0 || m.handoff.agent < 0 {
				m.handoff.report.WaitedMS = v.WaitedMS
			}
			m.closeHandoff(e.At)
		}
	}
}

// joined notes who has come in the place of somebody: a party of their own, whose words the following are
// when it is an agent's place.
func (m *maker) joined(at time.Time, v event.PartyJoined) {
	name, role := v.Name, "customer"
	if name == "" {
		name = v.Addr
	}
	if v.Party == event.PartyAgent {
		role = "agent"
	}
	p := m.agent(name, v.Addr, role)
	m.moment(at, p, "join", "")
	if v.Party == event.PartyAgent && m.talks >= 0 {
		m.talks = p
	}
}

// target notes who was rung.
func (m *maker) target(party int) {
	for _, t := range m.handoff.targets {
		if t == party {
			return
		}
	}
	m.handoff.targets = append(m.handoff.targets, party)
}

// attempt notes an agent who was rung; one who did not answer is a dialog that did not come about (§4.3.9).
func (m *maker) attempt(at time.Time, v event.TransferAttempt) {
	h := m.handoff
	if h == nil {
		return
	}
	p := m.agent(v.Agent, v.Addr, "agent")
	m.target(p)
	h.report.Attempts = append(h.report.Attempts, Attempt{p, v.Outcome, v.Reason, v.TookMS})
	if v.Outcome == "completed" {
		return
	}
	m.v.Dialog = append(m.v.Dialog, Dialog{Type: "incomplete", Start: at.Add(-ms(v.TookMS)), Parties: []int{bot, p}, Disposition: disposition(v.Outcome), Application: "decroche"})
	h.failed = append(h.failed, len(m.v.Dialog)-1)
}

// disposition says why a dialog did not come about, in the draft's words.
func disposition(outcome string) string {
	switch outcome {
	case "busy":
		return "busy"
	case "no_answer", "timeout":
		return "no-answer"
	case "caller_left", "cancelled":
		return "hung-up"
	}
	return "failed"
}

// closeHandoff ends the hand-off that goes on.
func (m *maker) closeHandoff(at time.Time) {
	if m.talks >= 0 && m.in(m.talks) {
		m.moment(at, m.talks, "drop", "")
	}
	m.talks = -1
	m.handoff.end = at
	m.reports = append(m.reports, *m.handoff)
	m.handoff = nil
}

// transfers writes a dialog for each hand-off (§4.3.14), and its reasons as an analysis. The caller's
// line stays the same when an agent joins it, so that the target's dialog is the call itself; where nobody
// answered, the targets are the attempts.
func (m *maker) transfers() {
	for _, h := range m.reports {
		d := Dialog{Type: "transfer", Start: h.at, Transferee: index(caller), Transferor: index(bot), Target: h.targets, TargetOf: h.failed, Skill: strings.Join(h.report.Skills, ", ")}
		if m.call >= 0 {
			d.Original = index(m.call)
			if h.agent >= 0 {
				d.Target, d.TargetOf = []int{h.agent}, []int{m.call}
			}
		}
		m.v.Dialog = append(m.v.Dialog, d)
		m.analysis("report", []int{len(m.v.Dialog) - 1}, "application/json", SchemaTransfer, h.report)
	}
}

func index(i int) *int { return &i }
