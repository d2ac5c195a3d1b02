package flows

import (
	"strings"

	"decroche/flows/nlu"
)

// command obeys the words that work at every turn.
func (t *turn) command() bool {
	c := nlu.Command(t.m.Lang, t.said)
	if c == nlu.CommandStop && t.m.Ours != nil && strings.Trim(strings.ToLower(t.said), " .!\u00a0\u202f") == "stop" { // to who has rung them
		c = nlu.CommandNoCall
	}
	if c == "" || c == nlu.CommandNoCall && !t.canStopCalls() || c == nlu.CommandNoRecording && t.m.Recording == "" || c == nlu.CommandDontHave && !t.canLack() || (c == nlu.CommandCancel || c == nlu.CommandGoodbye) && t.declines() {
		return false
	}
	t.noteHere("command %s", c)
	switch c {
	case nlu.CommandAgent:
		if t.m.Missed != nil {
			t.m.Missed.Why = "transferred"
		}
		t.topicOf()
		t.person(ReasonAsked, "handoff")
	case nlu.CommandRepeat:
		t.again()
	case nlu.CommandSlower:
		t.m.Slow = true
		t.again()
	case nlu.CommandCancel:
		t.cancel()
	case nlu.CommandStop:
		t.respond("listening", nil)
		t.out.Next = Listen
	case nlu.CommandWait:
		t.respond("silence_1", nil)
		t.m.Wait.Patience = true
		t.out.Next = Listen
	case nlu.CommandGoodbye:
		t.goodbye(t.outcomeOnGoodbye())
	case nlu.CommandDontHave:
		t.said = ""
		t.jump(t.current().collect.missing)
		t.run()
	case nlu.CommandHelp:
		t.help()
	case nlu.CommandNoRecording:
		t.refuseRecording()
	case nlu.CommandNoCall:
		t.noMoreCalls()
	default:
		return false
	}
	return true
}

// nothings are folded words that, beside a no, ask for nothing and end nothing.
var nothings = map[string]map[string]bool{
	"fr": wordSet("rien du tout d autre merci bien beaucoup non nan laissez laisse tomber tant pis c est ce n bon ca ira va pas la peine grave besoin euh finalement pour moi je vous remercie monsieur madame"),
	"en": wordSet("nothing at all else thanks thank you no nope never mind nevermind leave it forget don t bother that s okay ok fine i m good it doesn matter need um uh really very much"),
}

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// declines reports whether what sounds like "give it up" or "I'm done" is a no to the open question,
// as "non rien du tout" is. At a value that is read back "laissez tomber" gives up all the same.
func (t *turn) declines() bool {
	if !asksYesNo(t.m.Wait.For) {
		return false
	}
	if yes, ok, _ := nlu.YesNo(t.m.Lang, t.said); !ok || yes {
		return false
	}
	words := strings.Fields(foldedWords(t.said))
	if t.m.Wait.For == forConfirm && !contains(words, "rien") && !contains(words, "nothing") {
		return false
	}
	for _, w := range words {
		if !nothings[t.m.Lang][w] {
			return false
		}
	}
	return true
}

// canLack reports whether the open question has a way for callers who cannot answer it.
func (t *turn) canLack() bool {
	s := t.current()
	return t.m.Wait.For == forValue && s != nil && s.collect != nil && s.collect.missing != ""
}

// help says what can be said, and the open question; it costs nothing.
func (t *turn) help() {
	if len(t.m.Stack) > 0 {
		t.respond("help_question", t.questionWords())
	} else {
		t.respond("other_way", t.titleWords())
	}
	t.out.Next = Listen
}

func (t *turn) outcomeOnGoodbye() string {
	if len(t.m.Stack) > 0 && t.m.Answered == 0 {
		return "abandoned"
	}
	if o := t.outcomeNow(); o != "abandoned" || t.m.Wait.For != forWish {
		return o
	}
	return "abandoned"
}

// topicOf learns what a caller who asks for a person wants, from the same sentence.
func (t *turn) topicOf() {
	if len(t.m.Stack) > 0 {
		return
	}
	low := " " + strings.ToLower(t.said) + " "
	for _, about := range aboutWords[t.m.Lang] {
		_, tail, found := strings.Cut(low, about)
		if !found {
			continue
		}
		mean, err := t.b.understandNow(t.ctx, t.m.Lang, strings.TrimSpace(tail), t.expect())
		act, _ := t.b.Thresholds(t.m.Lang)
		if in := t.b.intent(mean.Intent); err == nil && in != nil && mean.Confidence >= act && !t.b.flows[in.flow].onlyPerson() {
			t.m.knowsIntent(in.name)
			return
		}
	}
}

// aboutWords stand between the request for a person and what it is about.
var aboutWords = map[string][]string{
	"fr": {" au sujet d", " à propos d", " concernant ", " pour ", " parce que ", " car "},
	"en": {" about ", " regarding ", " concerning ", " because ", " for "},
}

// again says the last prompts once more; it costs nothing.
func (t *turn) again() {
	for _, p := range t.m.Last {
		t.out.Say = append(t.out.Say, p)
	}
	t.out.Next = Listen
}

// cancel drops the running flow.
func (t *turn) cancel() {
	switch w := t.m.Wait; {
	case w.For == forMore, w.For == forWish && len(t.m.Intents) > 0: // "rien", "laissez tomber"
		t.farewell(t.outcomeNow())
		return
	case w.For == forScore || w.For == forComment:
		t.pop()
		t.run()
		return
	case w.For == forCallback || w.For == forPhone:
		t.refuseCallback(true)
		return
	case w.For == forLeave:
		t.noMessage()
		return
	}
	t.respond("cancelled", nil)
	if len(t.m.Stack) > 0 {
		t.m.dropTop()
		for i := len(t.m.Slots) - 1; i >= 0; i-- {
			if t.m.Slots[i].Pending {
				t.m.drop(t.m.Slots[i].Name)
			}
		}
	}
	if f := t.m.top(); f != nil {
		t.said = ""
		t.run()
		return
	}
	t.respond("anything_else", nil)
	t.wish(forMore)
}
