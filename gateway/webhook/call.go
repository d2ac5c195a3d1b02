package webhook

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"decroche/gateway/digest"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

// callPrefix is before the kinds that are told of calls.
const callPrefix = "call."

// callData is what is told of a call. Slots are as the record has them: what is sensitive is masked.
type callData struct {
	Conv     string        `json:"conversation"`
	Bot      string        `json:"bot"`
	N        uint64        `json:"n"` // number of the event
	Lang     string        `json:"lang,omitempty"`
	From     string        `json:"from"`
	Start    time.Time     `json:"start"`
	Intent   string        `json:"intent,omitempty"`
	Slots    []event.Slot  `json:"slots,omitempty"`
	Agent    string        `json:"agent,omitempty"`
	Reason   string        `json:"reason,omitempty"`   // of a hand-off or callback
	Topic    string        `json:"topic,omitempty"`    // of a hand-off
	Summary  []string      `json:"summary,omitempty"`  // of a hand-off: what the agent reads; of the end: the conversation in sentences
	Reasons  []string      `json:"reasons,omitempty"`  // of the end: why hand-offs began and callbacks were taken, each once
	Outcomes []string      `json:"outcomes,omitempty"` // of the end: how the hand-offs ended, in their order
	Message  string        `json:"message,omitempty"`  // that the caller left, also of the end
	Phone    string        `json:"phone,omitempty"`    // of a callback
	Window   string        `json:"window,omitempty"`   // of a callback
	Outcome  string        `json:"outcome,omitempty"`  // of the end of a hand-off or of the call
	EndedBy  string        `json:"ended_by,omitempty"` // of an end
	Transfer string        `json:"transfer,omitempty"` // outcome of the last hand-off
	Rated    *store.Rating `json:"rated,omitempty"`
}

// Calls makes what is to be sent for an event of a call, given its summary up to it. It does no I/O. Only
// who names a kind of calls in Events is told: connectors of messengers expect none. What is told Late is
// among it, of every conversation.
func (s *Sender) Calls(sum store.Summary, e event.Event) (out []store.Delivery) {
	out = append(s.late(e), s.carried(sum, e)...)
	if sum.Channel != "voice" {
		return out
	}
	d := callData{Conv: e.Conv, Bot: sum.Bot, N: e.Seq, Lang: sum.Lang, From: sum.From, Start: sum.Start, Intent: sum.Intent, Slots: sum.Slots, Agent: sum.Agent, Transfer: sum.Transfer, Rated: sum.Rated}
	kind := callPrefix
	switch v := e.Body.(type) {
	case event.TransferStarted:
		kind += "handoff"
		d.Reason, d.Topic, d.Summary = v.Reason, v.Topic, v.Summary
	case event.TransferEnded:
		kind += "handoff_ended"
		d.Outcome = v.Outcome
	case event.CallbackTaken:
		kind += "callback"
		d.Reason, d.Phone, d.Window = v.Reason, v.Phone, v.Window
		if v.Reason == digest.ReasonMessage {
			kind, d.Message = callPrefix+"left_message", v.Message
		}
	case event.Ended:
		kind += "ended"
		d.Outcome, d.EndedBy = v.Outcome, v.By
		told := digest.Of(sum, append(sum.Handed[:len(sum.Handed):len(sum.Handed)], e), digest.Options{Lang: sum.Lang})
		d.Summary, d.Reasons, d.Outcomes, d.Message = told.Sentences, told.Reasons, told.Outcomes, told.Message
	default:
		return out
	}
	for _, h := range s.hooks {
		if !h.stored() || !slices.Contains(h.cfg.Events, kind) {
			continue
		}
		body, err := json.Marshal(struct {
			Type string    `json:"type"`
			At   time.Time `json:"timestamp"`
			Data callData  `json:"data"`
		}{kind, e.At, d})
		if err != nil {
			continue // strings and numbers only: cannot be
		}
		out = append(out, store.Delivery{Hook: h.name, Conv: e.Conv, Key: fmt.Sprintf("msg_%s_%d", e.Conv, e.Seq), Body: body, At: e.At})
	}
	return out
}
