package flows

import (
	"time"

	"decroche/flows/entity"
)

type stepKind string

const (
	kindSay      stepKind = "say"
	kindReset    stepKind = "reset"
	kindUnrecord stepKind = "recording"
	kindLimit    stepKind = "max"
	kindCollect  stepKind = "collect"
	kindYesNo    stepKind = "ask_yes_no"
	kindHTTP     stepKind = "http"
	kindSwitch   stepKind = "switch"
	kindTransfer stepKind = "transfer"
	kindCallback stepKind = "callback"
	kindGoto     stepKind = "goto"
	kindEnd      stepKind = "end"
	kindGoodbye  stepKind = "goodbye"
	kindCall     stepKind = "call"
	kindSurvey   stepKind = "survey"

	// The steps of a survey itself.
	kindScore   stepKind = "score"
	kindComment stepKind = "comment"
	kindVerdict stepKind = "verdict"
)

// step is one compiled step. What is written as one step in YAML may be several of these:
// "{say, reset, goto, max}" is max, reset, say, goto, with IDs that share the written one.
type step struct {
	id   string
	flow string
	kind stepKind
	at   place
	next string // "" ends the flow

	say       *phrase // said by say; asked by collect and ask_yes_no
	fact      *phrase // what an agent should know once this step was passed
	uninter   bool    // interrupt: false, or listen: {bargein: false}
	guard     bool    // interrupt: false: no other wish and no article takes the caller away
	patience  time.Duration
	ends      Ends
	retry     []rung
	slots     []string // of reset
	max       int
	over      string // where max leads ("" is a person), and a low note of a survey
	collect   *collectStep
	yesNo     *yesNoStep
	http      *httpStep
	branches  []branch
	handoff   *handoffStep
	callback  *callbackStep
	gotoName  string // of goto and call, as written, resolved into gotoFlow and gotoStep
	gotoFlow  string
	gotoStep  string
	outcome   string   // of goodbye
	survey    string   // of survey, end and goodbye
	reads     []string // names whose change makes it worth doing again; of http and switch
	reachable bool
}

type collectStep struct {
	slot       string
	entity     string // as declared; "" when written in the step
	spec       entity.Spec
	keys       bool
	when       *condition
	confirm    *phrase
	echo       *phrase
	doConfirm  bool   // confirm at all
	sensitive  bool   // the value is written nowhere
	customer   bool   // the value tells who the customer is
	missing    string // where a caller goes who cannot give the value; "" stays
	slotTitles map[string]string
}

// rung is one answer to silence or to words not understood.
type rung struct {
	say     *phrase
	silence *phrase // said instead of say when the caller was silent
	dtmf    string  // "", "also", "only"
	layout  string
	then    string // a step to run instead of asking again
}

type yesNoStep struct{ yes, no string }

type header struct {
	name  string
	value *template
}

type httpStep struct {
	name     string
	method   string
	url      *template
	headers  []header
	sign     string // NAME of the secret; "" for none
	body     *bodyNode
	timeout  time.Duration
	retry    int
	wait     *phrase
	save     []saved
	outcomes map[string]string // outcome -> step
}

type saved struct {
	name string
	from *condition
}

// bodyNode is a JSON document whose strings are templates.
type bodyNode struct {
	text   *template
	value  any
	keys   []string
	fields []*bodyNode
	list   bool
}

type branch struct {
	when *condition // nil: else
	to   string
}

// rungStep is whom a hand-off asks next.
type rungStep struct {
	skills []*template
	queue  string
}

type handoffStep struct {
	skills   []*template
	then     []rungStep
	queue    string
	priority *template // nil: 0
	vip      *template // nil: not
	owner    *template // nil: nobody
	reason   string
	say      *phrase
	maxWait  time.Duration
	outcomes map[string]string
}

type callbackStep struct {
	phone   string // "caller" or a slot
	window  string
	reason  string
	confirm bool
	other   string // where a refusal leads; "" goes on
}

// eachPhrase visits what the step may say, with a short word for each.
func (s *step) eachPhrase(visit func(what string, ph *phrase)) {
	if s.say != nil {
		visit("", s.say)
	}
	for i, r := range s.retry {
		if r.say != nil {
			visit("retry"+itoa(i+1), r.say)
		}
		if r.silence != nil {
			visit("silence"+itoa(i+1), r.silence)
		}
	}
	if c := s.collect; c != nil {
		if c.confirm != nil {
			visit("confirm", c.confirm)
		}
		if c.echo != nil {
			visit("echo", c.echo)
		}
	}
	if s.http != nil && s.http.wait != nil {
		visit("wait", s.http.wait)
	}
	if s.handoff != nil && s.handoff.say != nil {
		visit("say", s.handoff.say)
	}
}

// exits lists the steps that may follow, "" for the end of the flow left out.
func (s *step) exits() []string {
	var out []string
	for _, r := range s.retry {
		out = append(out, r.then)
	}
	switch s.kind {
	case kindSay, kindReset, kindUnrecord, kindCollect, kindCallback, kindCall, kindSurvey, kindScore, kindComment:
		out = append(out, s.next)
	case kindLimit, kindVerdict:
		out = append(out, s.next, s.over)
	case kindYesNo:
		out = append(out, s.yesNo.yes, s.yesNo.no)
	case kindHTTP:
		for _, to := range s.http.outcomes {
			out = append(out, to)
		}
	case kindSwitch:
		for _, b := range s.branches {
			out = append(out, b.to)
		}
	case kindTransfer:
		for _, to := range s.handoff.outcomes {
			out = append(out, to)
		}
	case kindGoto:
		if s.gotoFlow == s.flow {
			out = append(out, s.gotoStep)
		}
	}
	if s.collect != nil {
		out = append(out, s.collect.missing)
	}
	if s.callback != nil {
		out = append(out, s.callback.other)
	}
	return out
}
