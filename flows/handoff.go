package flows

import (
	"strconv"
	"strings"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// person hands the caller to a human by the policy: sayName is what they are told.
func (t *turn) person(reason, sayName string) {
	if t.m.Handoffs >= t.b.policy.maxHandoffs && reason != ReasonAsked {
		t.noteHere("given up after %d hand-offs", t.m.Handoffs)
		t.respond("given_up", nil)
		t.end("failed")
		return
	}
	h := *t.b.policy.handoff
	if f := t.m.top(); f != nil {
		if fl := t.b.flows[f.Flow]; fl != nil && len(fl.skills) > 0 {
			h.skills = fl.skills
		}
	}
	t.handoff(&h, nil, reason)
	if h.say == nil || reason != ReasonAsked {
		t.out.Transfer.Say = t.response(sayName, nil)
	}
}

// handoff asks the host for a human. s is the step that wrote it, nil for the policy's own.
func (t *turn) handoff(h *handoffStep, s *step, reason string) {
	tr := &Transfer{Queue: h.queue, MaxWait: h.maxWait, Reason: reason}
	tr.Priority, tr.VIP, tr.Owner = t.ranking(h)
	skills, then := h.skills, h.then
	if len(skills) == 0 {
		skills = t.b.policy.handoff.skills
		if len(then) == 0 {
			then = t.b.policy.handoff.then
		}
	}
	tr.Skills = t.skillsOf(skills)
	for _, r := range then {
		tr.Then = append(tr.Then, Rung{Skills: t.skillsOf(r.skills), Queue: r.queue})
	}
	if h.reason != "" {
		tr.Reason = h.reason
	}
	switch {
	case h.say != nil && s != nil:
		tr.Say = t.b.prompt(promptID(s.flow, s.id, "say"), h.say, t.m.Lang, t.scope())
	case h.say != nil:
		tr.Say = t.b.prompt("policy/transfer", h.say, t.m.Lang, t.scope())
	case tr.Reason == ReasonNotUnderstood:
		tr.Say = t.response("person", nil)
	case tr.Reason != ReasonAsked && len(t.out.Say) > 0: // "La recherche est en panne. Bien sûr." answers nothing
		tr.Say = t.response("handoff_on", nil)
	default:
		tr.Say = t.response("handoff", nil)
	}
	tr.Topic, tr.Summary, tr.Briefing = t.topic(), t.summary(tr.Reason), t.briefing(tr.Reason)
	tr.Articles = t.articles()
	t.m.Handoffs++
	t.m.Wait = wait{For: forHandoff, Reason: tr.Reason, Own: s != nil}
	t.out.Next, t.out.Transfer = HandOff, tr
	t.noteHere("transfer %s", tr.Reason)
}

// skillsOf is what templates say now, each once.
func (t *turn) skillsOf(list []*template) (out []string) {
	for _, tp := range list {
		if skill, _ := tp.raw(t.scope(), false); skill != "" && !contains(out, skill) {
			out = append(out, skill)
		}
	}
	return out
}

// ranking is who goes first, and to whom, as far as the conversation shows it. What a company's system
// answered is taken as far as it makes sense: a word where a number should be is no priority.
func (t *turn) ranking(h *handoffStep) (priority int, vip bool, owner string) {
	text := func(tp *template) string {
		if tp == nil {
			return ""
		}
		v, _ := tp.raw(t.scope(), false)
		return strings.TrimSpace(v)
	}
	if n, err := strconv.Atoi(text(h.priority)); err == nil {
		priority = min(max(n, 0), 10)
	}
	switch strings.ToLower(text(h.vip)) {
	case "true", "yes", "oui", "vip", "1":
		vip = true
	}
	if owner = text(h.owner); len(owner) > 100 {
		owner = ""
	}
	return priority, vip, owner
}

// returned routes the outcome of a hand-off: the flow's own route, else the house ladder.
// Whatever happened, what the caller told is kept.
func (t *turn) returned(outcome string) {
	w := t.m.Wait
	t.noteHere("returned %s", outcome)
	t.m.Opens = reopening{}
	if t.in.Opens.After(t.in.Now) {
		t.m.Opens = reopening{t.in.Opens, t.in.Now}
	}
	if outcome == "completed" {
		t.m.Talked = true
	}
	if s := t.current(); w.Own && s != nil && s.handoff != nil {
		if to, routed := s.handoff.outcomes[outcome]; routed {
			t.jump(to)
			t.run()
			return
		}
	}
	switch outcome {
	case "completed":
		t.m.Closing, t.m.Stack = "transferred", nil
		if sv := t.surveyFor("transferred"); sv != nil {
			t.askSurvey(sv)
		}
		t.run()
		return
	case "caller_left":
		t.end(t.outcomeOnHangup())
		return
	case "cancelled":
		t.respond("still_here", nil)
		t.goOn(w)
		return
	case "busy", "full":
		t.respond("busy", nil)
	case "closed":
		t.closedUntil()
	default:
		if t.in.Apart {
			t.respond("nobody_apart", nil)
		} else {
			t.respond("nobody", nil)
		}
	}
	switch t.in.Instead {
	case "message":
		t.offerMessage(w)
	case "bot":
		t.goOn(w)
	default:
		t.offerCallback(w, outcome)
	}
}

// offerCallback asks whether to ring back, where the bot may.
func (t *turn) offerCallback(w wait, outcome string) {
	if t.b.policy.callback == nil || t.m.Called {
		t.offerMessage(w)
		return
	}
	p := t.respond("callback_offer", nil)
	t.ask(forCallback, p)
	t.m.Wait.Reason = outcome
	t.leaveHandoff(w)
}

// goOn returns to the question that was open before the hand-off, where there is one.
func (t *turn) goOn(w wait) {
	t.leaveHandoff(w)
	if s := t.current(); s == nil || s.collect == nil && s.yesNo == nil {
		t.m.Stack = nil
	}
	t.said = ""
	t.run()
}

// leaveHandoff drops what a hand-off has made pointless: the flow that asked for the person
// itself, or everything when the bot had understood nothing. A flow that was only
// interrupted by the wish for a person stays.
func (t *turn) leaveHandoff(w wait) {
	switch {
	case w.Reason == ReasonNotUnderstood || w.Reason == ReasonError:
		t.m.Stack = nil
	case w.Own && len(t.m.Stack) > 0:
		t.m.dropTop()
	}
}

// passCallback is the callback step of a flow.
func (t *turn) passCallback(s *step) {
	if !s.callback.confirm {
		t.m.Wait = wait{For: forCallback, Own: true, Reason: s.callback.reason}
		t.takeCallback()
		return
	}
	var p Prompt
	if s.say != nil {
		p = t.say(promptID(s.flow, s.id, ""), s.say, nil)
	} else {
		p = t.respond("callback_offer", nil)
	}
	t.ask(forCallback, p)
	t.m.Wait.Own, t.m.Wait.Reason = true, s.callback.reason
}

// callbackNow is the callback in question: the step's own, or the policy's.
func (t *turn) callbackNow() *callbackStep {
	if s := t.current(); t.m.Wait.Own && s != nil && s.callback != nil {
		return s.callback
	}
	if c := t.b.policy.callback; c != nil {
		return c
	}
	return &callbackStep{phone: "caller"}
}

func (t *turn) answerCallback() bool {
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	if !ok {
		// A number said at once is a yes.
		if v := entity.Parse(entity.Spec{Type: entity.TypePhone}, t.m.Lang, t.said, t.in.Now); len(v) > 0 {
			t.take(v[0].Text)
			return true
		}
		return false
	}
	// "Oui, au 06…", and "non, plutôt au 06…", are the same wish.
	if v := entity.Parse(entity.Spec{Type: entity.TypePhone}, t.m.Lang, rest, t.in.Now); len(v) > 0 {
		t.take(v[0].Text)
		return true
	}
	if yes {
		t.takeCallback()
		return true
	}
	if rest != "" && t.correction() { // "non, c'est 45 12 78 02": the number was wrong, not the offer
		return true
	}
	if rest != "" && !t.m.Wait.Own && !t.allWords(rest, closings) {
		stack := t.m.Stack
		t.m.Stack = nil
		if t.otherWish() {
			return true
		}
		t.m.Stack = stack
	}
	t.refuseCallback(nlu.Command(t.m.Lang, t.said) == nlu.CommandCancel)
	return true
}

// refuseCallback goes on without one; who gives up altogether is not offered a message either.
func (t *turn) refuseCallback(givenUp bool) {
	t.noteHere("callback refused")
	w, cb := t.m.Wait, t.callbackNow()
	t.said = ""
	if s := t.current(); w.Own && s != nil && s.callback != nil {
		if cb.other != "" {
			t.jump(cb.other)
		} else {
			t.respond("callback_refused", nil)
			t.jump(s.next)
		}
		t.run()
		return
	}
	t.respond("callback_refused", nil)
	if givenUp {
		t.goOn(wait{})
		return
	}
	t.offerMessage(wait{})
}

// takeCallback takes the number of the slot or of the line, and asks for one when neither
// can be rung.
func (t *turn) takeCallback() {
	cb := t.callbackNow()
	if cb.phone != "caller" {
		if sl := t.m.slot(cb.phone); sl != nil {
			t.take(sl.Value)
			return
		}
	} else if n := dialable(t.m.Caller, t.m.Channel); n != "" {
		t.take(n)
		return
	}
	w := t.m.Wait
	p := t.respond("callback_number", nil)
	t.ask(forPhone, p)
	t.m.Wait.Own, t.m.Wait.Reason = w.Own, w.Reason
}

func (t *turn) answerPhone() bool {
	v := entity.Parse(entity.Spec{Type: entity.TypePhone}, t.m.Lang, t.said, t.in.Now)
	if len(v) == 0 {
		return false
	}
	t.take(v[0].Text)
	return true
}

// take stores the request and goes on: in the flow that wrote it, else to "anything else?".
func (t *turn) take(phone string) {
	cb, w := t.callbackNow(), t.m.Wait
	reason := w.Reason
	if reason == "" {
		reason = cb.reason
	}
	if reason == "" {
		reason = t.topic()
	}
	t.said = ""
	t.out.Callback = &Callback{Phone: phone, Reason: reason, Window: cb.window}
	t.m.Called = true
	t.noteHere("callback taken")
	if n := phoneDigits(phone); n != "" {
		ph := t.b.responses["callback_taken_number"]
		p := t.b.prompt("policy/callback_taken_number", &ph, t.m.Lang, phoneScope{n, t.scope()})
		t.out.Say = append(t.out.Say, p)
	} else {
		t.respond("callback_taken", nil)
	}
	if s := t.current(); w.Own && s != nil {
		t.jump(s.next)
	} else {
		t.m.Stack = nil
	}
	t.run()
}

// phoneScope gives {{phone n}} the number.
type phoneScope struct {
	number string
	over   scope
}

func (p phoneScope) value(name string) (string, string, bool) {
	if name == "n" || name == "phone" {
		return p.number, "phone", true
	}
	return p.over.value(name)
}

// dialable returns what can be rung of a caller: the number of a line, or the address of a
// SIP phone. A bare name rings nobody, and a typed conversation has neither.
func dialable(caller string, ch Channel) string {
	c := strings.TrimSpace(caller)
	if hidden(c) {
		return ""
	}
	if n := phoneDigits(c); n != "" {
		return n
	}
	if ch != Voice {
		return ""
	}
	if strings.Trim(c, "0123456789") == "" { // an extension
		return c
	}
	return sipAddress(c)
}

// hidden reports whether an address says that its owner does not want to be known (RFC 3323 §4.1).
func hidden(caller string) bool {
	_, user, ok := strings.Cut(caller, ":")
	if !ok {
		user = caller
	}
	user, host, _ := strings.Cut(strings.ToLower(user), "@")
	switch user {
	case "", "anonymous", "restricted", "unavailable", "unknown", "private":
		return true
	}
	return strings.HasSuffix(host, ".invalid")
}

// sipAddress returns "sip:USER@HOST[:PORT]" of an address, without parameters and headers, and ""
// when it is none that can be rung.
func sipAddress(s string) string {
	scheme, rest, ok := strings.Cut(s, ":")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "sip" && scheme != "sips" {
		return ""
	}
	user, host, ok := strings.Cut(rest, "@")
	host, _, _ = strings.Cut(host, "?")
	host, _, _ = strings.Cut(host, ";")
	if !ok || user == "" || !plainAddress(user, "-_.!~*'()&=+$,;?/%") || strings.Trim(host, ".:[]") == "" || !plainAddress(host, "-.:[]") {
		return ""
	}
	return scheme + ":" + user + "@" + host
}

// plainAddress reports whether s has only letters, digits and marks.
func plainAddress(s, marks string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(marks, r)
	})
}

// phoneDigits returns the number in a telephone or SIP address, "" when it is a name or too
// short to be one (E.164: up to 15 digits).
func phoneDigits(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "sips:"), "sip:"), "tel:")
	s, _, _ = strings.Cut(s, "@")
	s, _, _ = strings.Cut(s, ";")
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9' || r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" .-()/", r):
		default:
			return ""
		}
	}
	if n := len(strings.TrimPrefix(b.String(), "+")); n < 8 || n > 15 {
		return ""
	}
	return b.String()
}
