package flows

import "strings"

// Waits tells a host that takes a State up again, after a restart or from its store, which input
// the conversation waits for: Start (it has not begun), Said (the caller's turn), Acted (an action
// was out), Returned (a hand-off was), or Hangup (it is over). An action or hand-off that died with
// the process that ran it is told as Acted or Returned with Outcome "error"; Moved does so by itself.
func (s State) Waits() (Kind, error) {
	m, err := readMemory(s)
	switch {
	case err != nil:
		return "", err
	case m.Over:
		return Hangup, nil
	case m.Wait.For == "":
		return Start, nil
	case m.Wait.For == forAct:
		return Acted, nil
	case m.Wait.For == forHandoff:
		return Returned, nil
	}
	return Said, nil
}

// Resumed says where the conversation went on when the step that it waited at is gone from a bot
// that was edited meanwhile, "at suivi_colis/numero for suivi_colis/code"; "" in every other turn.
func (o Output) Resumed() string {
	for _, s := range o.Trace {
		if was, ok := strings.CutPrefix(s.Note, resumedFor); ok {
			return "at " + s.Flow + "/" + s.Step + " for " + was
		}
		if s.Note == flowGone {
			return "without flow " + s.Flow + ", which is gone"
		}
	}
	return ""
}

// Notes of a trace that Resumed reads.
const (
	resumedFor = "resumed for "
	flowGone   = "flow is gone"
)

// moved goes on over another channel, or over the same one after a restart: who we are, where the
// line is new, and the open question in the new channel's form. What was out is lost: it ends in
// error, and goes where the flow sends errors.
func (t *turn) moved() {
	m := t.m
	if t.in.Caller != "" {
		m.Caller = clip(t.in.Caller, 200)
	}
	if m.Lot == 0 {
		m.Lot = lot(t.in.ID)
	}
	before := m.Channel
	if t.in.Channel != "" {
		m.Channel = t.in.Channel
	}
	t.noteHere("moved from %s to %s", before, m.Channel)
	if t.in.Outbound != nil && m.Channel == Voice {
		t.noticeRecording()
		t.ring(m.Wait)
		return
	}
	switch {
	case m.Channel == before:
		t.respond("moved_back", nil)
	case m.Channel == Text:
		t.respond("moved_text", nil)
	default:
		t.noticeRecording()
		if !t.in.Known {
			t.announce()
		}
	}
	t.takeUp()
}

// takeUp goes on with the open question; what was out is lost.
func (t *turn) takeUp() {
	switch t.m.Wait.For {
	case forAct:
		t.in.Outcome = "error"
		t.acted()
	case forHandoff:
		t.returned("error")
	default:
		t.reask()
	}
}

// announce begins a call that goes on with a conversation: it says that a machine speaks, in the
// bot's own words or before them.
func (t *turn) announce() {
	d := t.b.prompt("policy/disclosure", &t.b.disclosure, t.m.Lang, nil)
	p := t.respond("moved_voice", map[string]spoken{"company": {t.b.title, t.b.title}, "disclosure": {d.Text, d.Voice}})
	t.m.Disclose = !strings.Contains(flat(p.Voice), flat(d.Voice))
}

// settle finds the place of a conversation in a bot that was edited while it waited. It reports
// whether the turn is done with that: where the nearest step asks the same thing, the answer is
// taken as if nothing had happened.
func (t *turn) settle() bool {
	w := &t.m.Wait
	if !w.atStep() {
		return false
	}
	for f := t.m.top(); f != nil; f = t.m.top() {
		was := f.Step
		s := t.resume(f)
		if s == nil {
			t.m.Stack = t.m.Stack[:len(t.m.Stack)-1]
			continue
		}
		if t.fits(s) && (f.Step == was || w.For != forAct) { // an answer to a step that is gone is nobody's
			return false
		}
		t.note(f.Flow, f.Step, resumedFor+"a "+w.For)
		w.Own = false
		if t.in.Kind == Said {
			t.said = strings.TrimSpace(clip(t.in.Text, t.b.limits.MaxUtterance))
		}
		if t.in.Kind == Returned {
			return false
		}
		t.run()
		return true
	}
	if w.For != forAct && w.For != forHandoff { // no flow is left: what they say is a new wish
		*w = wait{For: forWish, Question: w.Question}
		return false
	}
	return false
}

// atStep reports whether the step on top has asked the open question.
func (w *wait) atStep() bool {
	switch w.For {
	case forValue, forConfirm, forYesNo, forScore, forComment, forAct:
		return true
	case forCallback, forHandoff:
		return w.Own
	}
	return false
}

// fits reports whether the step can take the answer to the open question.
func (t *turn) fits(s *step) bool {
	switch t.m.Wait.For {
	case forValue:
		return s.kind == kindCollect
	case forConfirm:
		return s.kind == kindCollect && t.m.slot(s.collect.slot) != nil
	case forYesNo:
		return s.kind == kindYesNo
	case forScore:
		return s.kind == kindScore
	case forComment:
		return s.kind == kindComment
	case forCallback:
		return s.kind == kindCallback
	case forAct:
		return s.kind == kindHTTP
	case forHandoff:
		return s.kind == kindTransfer
	}
	return true
}
