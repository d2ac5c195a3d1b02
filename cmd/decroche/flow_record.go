package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/gateway"
	"decroche/gateway/event"
)

// fromRecord saves a conversation that really took place.
func (c *flowTalkCmd) fromRecord(ctx context.Context, g *globals) (err error) {
	if c.Save == "" {
		return errors.New("--from needs --save FILE, where the golden conversation goes")
	}
	save, err := c.savePath()
	if err != nil {
		return err
	}
	cfg, err := loadConfig(g)
	if err != nil {
		return err
	}
	st, err := gateway.OpenRecord(ctx, cfg.Gateway)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	sum, err := st.Conversation(ctx, c.From)
	if err != nil {
		return fmt.Errorf("conversation %q: %w", c.From, err)
	}
	d := recorded{d: flowtest.Draft{Name: c.testName(), Channel: flows.Channel(sum.Channel), Lang: sum.Lang}}
	for e, err := range st.Events(ctx, c.From, 0) {
		if err != nil {
			return err
		}
		d.event(e)
	}
	d.d.Comments = append(d.d.Comments, "From the record. It holds what the caller really said: take out what should not be kept.")
	if asked := d.d.Answers(); len(asked) > 0 {
		d.d.Comments = append(d.d.Comments, "The record does not hold what systems answered, only how it ended: complete the bodies of "+strings.Join(asked, ", ")+".")
	}
	return writeDraft(save, d.d)
}

// recorded turns events into a golden conversation.
type recorded struct {
	d        flowtest.Draft
	cut      string // heard of a prompt that was spoken over, until the words follow
	returned string // how the hand-off ended, until the bot goes on
	slots    map[string]string
}

func (r *recorded) event(e event.Event) {
	switch v := e.Body.(type) {
	case event.Started:
		r.d.Now, r.d.Caller = e.At.Truncate(time.Second), number(v.From)
		if v.Lang != "" {
			r.d.Lang = v.Lang
		}
	case event.Said:
		if v.Who == "" {
			r.said(v)
		}
	case event.Silent:
		r.d.Raw("silence", (time.Duration(v.ForMS) * time.Millisecond).String())
	case event.Moved:
		if v.Channel != "" && v.Channel != string(r.d.Channel) {
			r.d.Raw("channel", v.Channel)
		}
	case event.Prompted:
		r.prompted(v)
	case event.Stepped:
		r.stepped(v)
	case event.Acted:
		r.acted(v)
	case event.TransferStarted:
		r.d.Transfer(v.Reason, v.Skills)
	case event.TransferEnded:
		r.returned = v.Outcome
	case event.CallbackTaken:
		r.d.Event("callback", [][2]string{{"phone", v.Phone}, {"reason", v.Reason}})
	case event.Rated:
		r.d.Raw("rating", strconv.Itoa(v.Score))
	case event.Ended:
		if v.By == "caller" && r.returned == "" {
			r.d.Raw("hangup", "true")
		}
		if r.returned == "" && v.By != "gateway" {
			r.d.Raw("outcome", v.Outcome)
		}
	}
}

func (r *recorded) said(v event.Said) {
	if r.cut != "" && v.Barge {
		r.d.Add("cut", r.cut)
	}
	r.cut = ""
	if v.Lang != "" {
		r.d.Raw("spoken", v.Lang)
	}
	switch {
	case v.How == "keys":
		r.d.Add("dtmf", v.Text)
	case v.How == "speech" && v.Confidence > 0:
		texts, confs := []string{v.Text}, []float64{v.Confidence}
		for _, a := range v.Alternatives {
			texts, confs = append(texts, a.Text), append(confs, a.Confidence)
		}
		r.d.Heard(texts, confs)
	default:
		r.d.Add("user", v.Text)
	}
}

// prompted expects what the mind said; lines of the host ("call/holding") are not its own.
func (r *recorded) prompted(v event.Prompted) {
	room, _, ok := strings.Cut(v.Step, "/")
	if !ok || room == "call" || room == "chat" {
		return
	}
	if v.Cut {
		r.cut = v.Heard
	}
	r.d.Said(v.Text, "")
}

func (r *recorded) stepped(v event.Stepped) {
	if r.returned != "" {
		r.d.Raw("returned", r.returned)
		r.returned = ""
	}
	if v.Intent != "" {
		r.d.Flow(lastFlow(v.Steps))
	}
	if r.slots == nil {
		r.slots = map[string]string{}
	}
	for _, s := range v.Slots {
		if r.slots[s.Name] != s.Value {
			r.d.Raw("slot", fmt.Sprintf("{%s: %q}", s.Name, s.Value))
			r.slots[s.Name] = s.Value
		}
	}
}

func lastFlow(steps []event.Step) string {
	for i := len(steps) - 1; i >= 0; i-- {
		if f := steps[i].Flow; f != "" && f != "policy" {
			return f
		}
	}
	return ""
}

func (r *recorded) acted(v event.Acted) {
	status, err := strconv.Atoi(v.Outcome)
	var body any
	if v.Outcome == "ok" {
		status, body = 200, map[string]any{}
	} else if err != nil {
		status = 0
	}
	r.d.Answered(v.Target, v.Outcome, status, body, 0)
}

// number is the telephone number in a caller's address, "" when there is none.
func number(from string) string {
	_, rest, _ := strings.Cut(from, ":")
	user, _, _ := strings.Cut(rest, "@")
	if digits := strings.TrimPrefix(user, "+"); len(digits) < 8 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return user
}
